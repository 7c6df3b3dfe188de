// Package recclient asks the recommendations service over gRPC. It is the only package of
// the marketplace that knows the service's contract.
package recclient

import (
	"context"
	"fmt"
	"math"

	"google.golang.org/grpc"

	"bookmarket/marketplace/internal/shop"
	"bookmarket/protobufs/gen/tutorialpb"
)

// A Client is a [shop.Recommender].
type Client struct {
	recommendations tutorialpb.RecommendationsClient
}

// New returns a client that speaks over a connection made by [Dial].
func New(conn grpc.ClientConnInterface) *Client {
	return &Client{tutorialpb.NewRecommendationsClient(conn)}
}

var categories = map[shop.Category]tutorialpb.BookCategory{
	shop.Mystery:        tutorialpb.BookCategory_MYSTERY,
	shop.ScienceFiction: tutorialpb.BookCategory_SCIENCE_FICTION,
	shop.SelfHelp:       tutorialpb.BookCategory_SELF_HELP,
}

// Recommend returns up to n books of a category for a reader, or the error of the call.
func (c *Client) Recommend(ctx context.Context, reader int64, category shop.Category, n int) ([]shop.Book, error) {
	known, ok := categories[category]
	if !ok || reader > math.MaxInt32 || n > math.MaxInt32 {
		return nil, fmt.Errorf("the contract cannot say reader %d, category %q, %d books", reader, category, n)
	}
	resp, err := c.recommendations.Recommend(ctx, &tutorialpb.RecommendationRequest{
		UserId:     int32(reader), //nolint:gosec // checked above
		Category:   known,
		MaxResults: int32(n), //nolint:gosec // checked above
	})
	if err != nil {
		return nil, err
	}
	var books []shop.Book
	for _, book := range resp.GetRecommendations() {
		if len(books) == n {
			break // whoever answers, a shelf holds no more
		}
		books = append(books, shop.Book{ID: int64(book.GetId()), Title: book.GetTitle()})
	}
	return books, nil
}
