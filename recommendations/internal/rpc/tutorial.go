// Package rpc serves the domain over gRPC: it validates what comes in, calls the domain, and
// translates what goes out.
package rpc

import (
	"context"
	"math"

	"bookmarket/protobufs/gen/tutorialpb"
	"bookmarket/recommendations/internal/recommend"
)

// A Sampler picks a reader's books for the tutorial's contract; [recommend.Recommender] is one.
type Sampler interface {
	Sample(ctx context.Context, userID int64, category string, n int, may func(*recommend.Book) bool, intN func(int) int) ([]*recommend.Book, error)
}

// Tutorial serves the tutorial's contract.
type Tutorial struct {
	tutorialpb.UnsafeRecommendationsServer // every method is here, and the compiler says so

	sampler Sampler
	intN    func(int) int
}

// NewTutorial returns the service. intN(k) must be uniform over 0..k-1 and safe for
// concurrent use, as that of math/rand/v2 is.
func NewTutorial(sampler Sampler, intN func(int) int) *Tutorial {
	return &Tutorial{sampler: sampler, intN: intN}
}

// categories are those that the frozen enum knows.
var categories = map[tutorialpb.BookCategory]string{
	tutorialpb.BookCategory_MYSTERY:         recommend.Mystery,
	tutorialpb.BookCategory_SCIENCE_FICTION: recommend.ScienceFiction,
	tutorialpb.BookCategory_SELF_HELP:       recommend.SelfHelp,
}

// Recommend returns books of a category in random order: a random choice for a reader who did
// nothing yet, the best for any other.
func (s *Tutorial) Recommend(ctx context.Context, req *tutorialpb.RecommendationRequest) (*tutorialpb.RecommendationResponse, error) {
	var c check
	c.positive("user_id", int64(req.GetUserId()))
	c.positive("max_results", int64(req.GetMaxResults()))
	if err := c.err(); err != nil {
		return nil, err
	}
	category, ok := categories[req.GetCategory()]
	if !ok {
		return nil, recommend.ErrCategoryNotFound
	}
	books, err := s.sampler.Sample(ctx, int64(req.GetUserId()), category, min(int(req.GetMaxResults()), maxResults), sayable, s.intN)
	if err != nil {
		return nil, err
	}
	resp := &tutorialpb.RecommendationResponse{
		Recommendations: make([]*tutorialpb.BookRecommendation, 0, len(books)),
	}
	for _, book := range books {
		resp.Recommendations = append(resp.Recommendations, &tutorialpb.BookRecommendation{
			Id:    int32(book.ID), //nolint:gosec // only books that are sayable were asked for
			Title: book.Title,
		})
	}
	return resp, nil
}

// sayable reports whether the frozen contract has room for the book's id.
func sayable(book *recommend.Book) bool { return book.ID <= math.MaxInt32 }
