package rpc

import (
	"errors"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"

	"bookmarket/recommendations/internal/recommend"
)

// domain qualifies the reasons below (google.rpc.ErrorInfo).
const domain = "bookmarket"

// table says what callers are told about each error of the domain. What is not in it is
// INTERNAL and tells nothing. A reason is a promise to clients; it never changes.
var table = []struct {
	is      error
	code    codes.Code
	message string
	reason  string
}{
	{recommend.ErrCategoryNotFound, codes.NotFound, "Category not found", "CATEGORY_NOT_FOUND"},
}

// Status is the service's only translation of errors into what callers are told.
func Status(err error) (*status.Status, bool) {
	if invalid, ok := errors.AsType[*invalidError](err); ok {
		return withDetails(codes.InvalidArgument, invalid.Error(),
			&errdetails.BadRequest{FieldViolations: invalid.violations}), true
	}
	for _, row := range table {
		if errors.Is(err, row.is) {
			return withDetails(row.code, row.message,
				&errdetails.ErrorInfo{Reason: row.reason, Domain: domain}), true
		}
	}
	return nil, false
}

func withDetails(code codes.Code, message string, detail protoadapt.MessageV1) *status.Status {
	s := status.New(code, message)
	detailed, err := s.WithDetails(detail)
	if err != nil {
		return s // cannot happen with these messages; the code still stands
	}
	return detailed
}
