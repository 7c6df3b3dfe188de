package rpc

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"google.golang.org/genproto/googleapis/rpc/errdetails"

	"bookmarket/recommendations/internal/recommend"
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

// Reasons of field violations; promises to clients like those of the table in errors.go.
const (
	notPositive = "NOT_POSITIVE"
	outOfRange  = "OUT_OF_RANGE"
	tooMany     = "TOO_MANY"
	tooLong     = "TOO_LONG"
	required    = "REQUIRED"
	malformed   = "MALFORMED"
	conflicting = "CONFLICTING"
)

// A check collects what is wrong with a request, so that one answer names all of it.
type check struct{ invalid invalidError }

func (c *check) fail(field, reason, format string, args ...any) {
	if len(c.invalid.violations) >= maxViolations {
		return
	}
	c.invalid.violations = append(c.invalid.violations, &errdetails.BadRequest_FieldViolation{
		Field:       field,
		Description: field + " " + fmt.Sprintf(format, args...),
		Reason:      reason,
	})
}

// maxViolations keeps an answer about hundreds of bad events within the size of a header:
// gRPC sends errors there.
const maxViolations = 10

func (c *check) err() error {
	if c.invalid.violations == nil {
		return nil
	}
	return &c.invalid
}

func (c *check) positive(field string, value int64) {
	if value <= 0 {
		c.fail(field, notPositive, "must be 1 or more, got %d", value)
	}
}

func (c *check) notNegative(field string, value int64) {
	if value < 0 {
		c.fail(field, outOfRange, "must not be below 0, got %d", value)
	}
}

// ids checks a list of ids, and that it has no more than may be.
func (c *check) ids(field string, ids []int64, most int) {
	if len(ids) > most {
		c.fail(field, tooMany, "must have at most %d ids, got %d", most, len(ids))
		return
	}
	for i, id := range ids {
		c.positive(fmt.Sprintf("%s[%d]", field, i), id)
	}
}

// maxText is how many characters a query or a name may have.
const maxText = 200

func (c *check) text(field, value string) {
	if n := utf8.RuneCountInString(value); n > maxText {
		c.fail(field, tooLong, "must have at most %d characters, got %d", maxText, n)
	}
}

// event checks one of a request's events, and says which it is.
func (c *check) event(field string, err error) {
	for _, fault := range faults(err) {
		c.fail(field+"."+fault.Field, outOfRange, "%s", fault.Problem)
	}
}

// faults takes the errors of a Validate method apart.
func faults(err error) []*recommend.FieldError {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok { // errors.As would find the first only
		var list []*recommend.FieldError
		for _, e := range joined.Unwrap() {
			list = append(list, faults(e)...)
		}
		return list
	}
	if fault, ok := errors.AsType[*recommend.FieldError](err); ok {
		return []*recommend.FieldError{fault}
	}
	return nil
}

// size returns how many results a request asks for: standard where it does not say, and never
// more than most.
func (c *check) size(field string, value int32, standard, most int) int {
	c.notNegative(field, int64(value))
	if value == 0 {
		return standard
	}
	return min(int(value), most)
}
