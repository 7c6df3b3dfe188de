// Package rpc serves the domain over gRPC: it validates what comes in, calls the domain, and
// translates what goes out.
package rpc

import (
	"context"
	"math"

	"bookmarket/protobufs/gen/tutorialpb"
	"bookmarket/recommendations/internal/recommend"
)

// maxResults is the most that one answer holds; asking for more is no error.
const maxResults = 100

// A Sampler picks books at random; [recommend.Recommender] is one.
type Sampler interface {
	Sample(ctx context.Context, category recommend.Category, n int, may func(recommend.Book) bool, intN func(int) int) ([]recommend.Book, error)
}

// Recommendations serves the tutorial's contract.
type Recommendations struct {
	tutorialpb.UnsafeRecommendationsServer // every method is here, and the compiler says so

	sampler Sampler
	intN    func(int) int
}

// NewRecommendations returns the service. intN(k) must be uniform over 0..k-1 and safe for
// concurrent use, as that of math/rand/v2 is.
func NewRecommendations(sampler Sampler, intN func(int) int) *Recommendations {
	return &Recommendations{sampler: sampler, intN: intN}
}

// categories are those that the frozen enum knows.
var categories = map[tutorialpb.BookCategory]recommend.Category{
	tutorialpb.BookCategory_MYSTERY:         recommend.Mystery,
	tutorialpb.BookCategory_SCIENCE_FICTION: recommend.ScienceFiction,
	tutorialpb.BookCategory_SELF_HELP:       recommend.SelfHelp,
}

// Recommend returns a random choice of the category's books, in random order.
func (s *Recommendations) Recommend(ctx context.Context, req *tutorialpb.RecommendationRequest) (*tutorialpb.RecommendationResponse, error) {
	if err := positive(
		field{"user_id", req.GetUserId()},
		field{"max_results", req.GetMaxResults()},
	); err != nil {
		return nil, err
	}
	category, ok := categories[req.GetCategory()]
	if !ok {
		return nil, recommend.ErrCategoryNotFound
	}
	books, err := s.sampler.Sample(ctx, category, min(int(req.GetMaxResults()), maxResults), sayable, s.intN)
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
func sayable(book recommend.Book) bool { return book.ID <= math.MaxInt32 }
