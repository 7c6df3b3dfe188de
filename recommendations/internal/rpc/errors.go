package rpc

import (
	"errors"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"

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
	retry   time.Duration // when it may help to ask again; 0: it does not
}{
	{recommend.ErrCategoryNotFound, codes.NotFound, "Category not found", "CATEGORY_NOT_FOUND", 0},
	{recommend.ErrBookNotFound, codes.NotFound, "Book not found", "BOOK_NOT_FOUND", 0},
	{recommend.ErrStarting, codes.Unavailable, "The books are not read yet", "STARTING", time.Second},
	{recommend.ErrUnavailable, codes.Unavailable, "The store cannot be reached", "STORE_UNAVAILABLE", time.Second},
	{recommend.ErrStorageFull, codes.ResourceExhausted, "The store has no space left", "STORAGE_FULL", 10 * time.Second},
}

// Status is the service's only translation of errors into what callers are told.
func Status(err error) (*status.Status, bool) {
	if invalid, ok := errors.AsType[*invalidError](err); ok {
		return withDetails(codes.InvalidArgument, invalid.Error(),
			&errdetails.BadRequest{FieldViolations: invalid.violations}), true
	}
	for _, row := range table {
		if errors.Is(err, row.is) {
			details := []protoadapt.MessageV1{&errdetails.ErrorInfo{Reason: row.reason, Domain: domain}}
			if row.retry > 0 {
				details = append(details, &errdetails.RetryInfo{RetryDelay: durationpb.New(row.retry)})
			}
			return withDetails(row.code, row.message, details...), true
		}
	}
	return nil, false
}

func withDetails(code codes.Code, message string, details ...protoadapt.MessageV1) *status.Status {
	s := status.New(code, message)
	detailed, err := s.WithDetails(details...)
	if err != nil {
		return s // cannot happen with these messages; the code still stands
	}
	return detailed
}
