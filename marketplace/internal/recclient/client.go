// Package recclient asks the recommendations service over gRPC. It is the only package of
// the marketplace that knows the service's contract.
package recclient

import (
	"context"
	"errors"
	"math"
	"strings"

	"google.golang.org/grpc"

	"bookmarket/marketplace/internal/shop"
	bookmarketv1 "bookmarket/protobufs/gen/bookmarketv1"
)

// Limits of what is taken from an answer, whoever gave it.
const (
	maxCategories = 1000
	maxTextBytes  = 1 << 10 // of a title or a name: more than the service keeps
)

// errUnusable keeps the shop from taking a broken answer for an empty one: it shows what it
// remembers instead.
var errUnusable = errors.New("nothing in the answer can be shown")

// A Client is a [shop.Recommender].
type Client struct {
	catalog         bookmarketv1.CatalogServiceClient
	recommendations bookmarketv1.RecommendationServiceClient
}

// New returns a client that speaks over a connection made by [Dial].
func New(conn grpc.ClientConnInterface) *Client {
	return &Client{
		catalog:         bookmarketv1.NewCatalogServiceClient(conn),
		recommendations: bookmarketv1.NewRecommendationServiceClient(conn),
	}
}

// ListCategories returns the categories that have books, the largest first, or the error of
// the call.
func (c *Client) ListCategories(ctx context.Context) ([]shop.Category, error) {
	resp, err := c.catalog.ListCategories(ctx, new(bookmarketv1.ListCategoriesRequest))
	if err != nil {
		return nil, err
	}
	return usable(resp.GetCategories(), maxCategories, func(category *bookmarketv1.Category) (shop.Category, bool) {
		slug, name := category.GetSlug(), category.GetName()
		return shop.Category{Slug: slug, Name: name}, isText(slug) && isText(name)
	})
}

// Recommend returns up to n books of the category with a slug for a reader, or the error of
// the call.
func (c *Client) Recommend(ctx context.Context, reader int64, slug string, n int) ([]shop.Book, error) {
	resp, err := c.recommendations.Recommend(ctx, &bookmarketv1.RecommendRequest{
		UserId:     reader,
		Category:   slug,
		MaxResults: int32(min(n, math.MaxInt32)), //nolint:gosec // it fits now
	})
	if err != nil {
		return nil, err
	}
	return usable(resp.GetRecommendations(), n, func(recommendation *bookmarketv1.Recommendation) (shop.Book, bool) {
		book := recommendation.GetBook()
		known := shop.Book{ID: book.GetId(), Title: book.GetTitle()}
		if authors := book.GetAuthors(); len(authors) > 0 && isText(authors[0]) {
			known.Author = authors[0]
		}
		return known, known.ID > 0 && isText(known.Title)
	})
}

// usable returns the first n parts of an answer that can be shown, and [errUnusable] where it
// has parts and none can be.
func usable[From, To any](parts []From, n int, read func(From) (To, bool)) ([]To, error) {
	var list []To
	for _, part := range parts {
		if len(list) == n {
			break
		}
		if value, ok := read(part); ok {
			list = append(list, value)
		}
	}
	if len(parts) > 0 && len(list) == 0 {
		return nil, errUnusable
	}
	return list, nil
}

func isText(text string) bool {
	return len(text) <= maxTextBytes && strings.TrimSpace(text) != ""
}
