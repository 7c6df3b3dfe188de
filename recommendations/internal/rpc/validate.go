package rpc

import (
	"fmt"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
)

// An invalidError says which fields of a request are wrong, and how.
type invalidError struct {
	violations []*errdetails.BadRequest_FieldViolation
}

func (e *invalidError) Error() string {
	descriptions := make([]string, len(e.violations))
	for i, v := range e.violations {
		descriptions[i] = v.GetDescription()
	}
	return strings.Join(descriptions, "; ")
}

type field struct {
	name  string
	value int32
}

// positive reports every field that is not above zero, all in one error.
func positive(fields ...field) error {
	var violations []*errdetails.BadRequest_FieldViolation
	for _, f := range fields {
		if f.value > 0 {
			continue
		}
		violations = append(violations, &errdetails.BadRequest_FieldViolation{
			Field:       f.name,
			Description: fmt.Sprintf("%s must be 1 or more, got %d", f.name, f.value),
			Reason:      "NOT_POSITIVE",
		})
	}
	if violations == nil {
		return nil
	}
	return &invalidError{violations}
}
