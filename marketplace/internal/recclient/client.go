// Package recclient asks the recommendations service over gRPC. It is the only package of
// the marketplace that knows the service's contract, and the one that makes sure that whatever
// the service answers is what the shop expects.
package recclient

import (
	"errors"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"bookmarket/marketplace/internal/shop"
	bookmarketv1 "bookmarket/protobufs/gen/bookmarketv1"
)

// A Client is a [shop.Catalog], a [shop.Recommender] and a [shop.Activity].
type Client struct {
	catalog         bookmarketv1.CatalogServiceClient
	recommendations bookmarketv1.RecommendationServiceClient
	activity        bookmarketv1.ActivityServiceClient
}

var _ interface {
	shop.Catalog
	shop.Recommender
	shop.Activity
} = (*Client)(nil)

// New returns a client that speaks over a connection made by [Dial].
func New(conn grpc.ClientConnInterface) *Client {
	return &Client{
		catalog:         bookmarketv1.NewCatalogServiceClient(conn),
		recommendations: bookmarketv1.NewRecommendationServiceClient(conn),
		activity:        bookmarketv1.NewActivityServiceClient(conn),
	}
}

// asShop returns the shop's own error for one of a call that has one, and any other as it is.
// It goes by what the contract promises; texts are for people and may change.
func asShop(err error) error {
	answer := status.Convert(err)
	for _, detail := range answer.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			if answer.Code() == codes.NotFound && notFound[detail.GetReason()] {
				return shop.ErrNotFound
			}
		case *errdetails.BadRequest:
			for _, violation := range detail.GetFieldViolations() {
				if answer.Code() == codes.InvalidArgument && violation.GetField() == "page_token" {
					return shop.ErrBadPage
				}
			}
		}
	}
	return err
}

var notFound = map[string]bool{"BOOK_NOT_FOUND": true, "CATEGORY_NOT_FOUND": true}

// errUnusable keeps the shop from taking a broken answer for an empty one: it shows what it
// remembers instead.
var errUnusable = errors.New("nothing in the answer can be shown")

// usable returns the first n parts of an answer that can be shown, each once, and
// [errUnusable] where it has parts and none can be.
func usable[From, To any, ID comparable](parts []From, n int, read func(From) (To, bool), id func(To) ID) ([]To, error) {
	list := make([]To, 0, min(n, len(parts)))
	seen := make(map[ID]bool, cap(list))
	for _, part := range parts {
		if len(list) == n {
			break
		}
		if value, ok := read(part); ok && !seen[id(value)] {
			seen[id(value)] = true
			list = append(list, value)
		}
	}
	if len(parts) > 0 && len(list) == 0 {
		return nil, errUnusable
	}
	return list, nil
}
