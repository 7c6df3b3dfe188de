package rpc

import (
	"context"

	bookmarketv1 "bookmarket/protobufs/gen/bookmarketv1"
	"bookmarket/recommendations/internal/recommend"
)

// What requests for recommendations may ask for.
const (
	maxResults      = 100 // more is no error
	standardResults = 10
	maxRecent       = 100
	maxExcluded     = 1000

	maxContributions = 10 // of a reason
)

// A Recommender recommends books; [recommend.Recommender] is one.
type Recommender interface {
	Recommend(ctx context.Context, req recommend.Request) (recommend.List, error)
	Similar(ctx context.Context, bookID, userID int64, n int) (recommend.List, error)
	Popular(category string, n int) (recommend.List, error)
	Trending(category string, n int) (recommend.List, error)
}

// Recommendation serves bookmarket.v1.RecommendationService.
type Recommendation struct {
	bookmarketv1.UnsafeRecommendationServiceServer

	recommender Recommender
}

// NewRecommendation returns the service.
func NewRecommendation(recommender Recommender) *Recommendation {
	return &Recommendation{recommender: recommender}
}

// Recommend recommends books to a reader.
func (s *Recommendation) Recommend(ctx context.Context, req *bookmarketv1.RecommendRequest) (*bookmarketv1.RecommendResponse, error) {
	var c check
	c.notNegative("user_id", req.GetUserId())
	c.text("category", req.GetCategory())
	n := c.size("max_results", req.GetMaxResults(), standardResults, maxResults)
	c.ids("recent_book_ids", req.GetRecentBookIds(), maxRecent)
	c.ids("exclude_book_ids", req.GetExcludeBookIds(), maxExcluded)
	if d := req.GetDiversity(); !(d >= 0 && d <= 1) { // NaN is neither
		c.fail("diversity", outOfRange, "must be between 0 and 1, got %v", d)
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	diversity := recommend.DefaultDiversity
	if req.Diversity != nil {
		diversity = float64(req.GetDiversity())
	}
	list, err := s.recommender.Recommend(ctx, recommend.Request{
		UserID:    req.GetUserId(),
		Category:  req.GetCategory(),
		N:         n,
		Recent:    req.GetRecentBookIds(),
		Exclude:   req.GetExcludeBookIds(),
		Diversity: diversity,
	})
	if err != nil {
		return nil, err
	}
	return &bookmarketv1.RecommendResponse{
		Recommendations: recommendations(list),
		ModelVersion:    list.ModelVersion,
	}, nil
}

// ListSimilarBooks lists books that go with a book.
func (s *Recommendation) ListSimilarBooks(ctx context.Context, req *bookmarketv1.ListSimilarBooksRequest) (*bookmarketv1.ListSimilarBooksResponse, error) {
	var c check
	c.positive("book_id", req.GetBookId())
	c.notNegative("user_id", req.GetUserId())
	n := c.size("max_results", req.GetMaxResults(), standardResults, maxResults)
	if err := c.err(); err != nil {
		return nil, err
	}
	list, err := s.recommender.Similar(ctx, req.GetBookId(), req.GetUserId(), n)
	if err != nil {
		return nil, err
	}
	return &bookmarketv1.ListSimilarBooksResponse{
		Recommendations: recommendations(list),
		ModelVersion:    list.ModelVersion,
	}, nil
}

// ListPopularBooks lists what most readers read, ever or lately.
func (s *Recommendation) ListPopularBooks(_ context.Context, req *bookmarketv1.ListPopularBooksRequest) (*bookmarketv1.ListPopularBooksResponse, error) {
	var c check
	c.text("category", req.GetCategory())
	n := c.size("max_results", req.GetMaxResults(), standardResults, maxResults)
	ask := s.recommender.Popular
	switch req.GetWindow() {
	case bookmarketv1.ListPopularBooksRequest_WINDOW_UNSPECIFIED, bookmarketv1.ListPopularBooksRequest_WINDOW_ALL_TIME:
	case bookmarketv1.ListPopularBooksRequest_WINDOW_TRENDING:
		ask = s.recommender.Trending
	default:
		c.fail("window", outOfRange, "knows no window %d", req.GetWindow())
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	list, err := ask(req.GetCategory(), n)
	if err != nil {
		return nil, err
	}
	return &bookmarketv1.ListPopularBooksResponse{
		Recommendations: recommendations(list),
		ModelVersion:    list.ModelVersion,
	}, nil
}

func recommendations(list recommend.List) []*bookmarketv1.Recommendation {
	messages := make([]*bookmarketv1.Recommendation, len(list.Recommendations))
	for i, r := range list.Recommendations {
		messages[i] = &bookmarketv1.Recommendation{
			Book:   listed(r.Book),
			Score:  r.Score,
			Reason: reason(&list.Recommendations[i]),
		}
	}
	return messages
}

func reason(r *recommend.Recommendation) *bookmarketv1.Reason {
	message := &bookmarketv1.Reason{Kind: bookmarketv1.Reason_Kind(r.Reason)}
	for _, c := range r.Because[:min(maxContributions, len(r.Because))] {
		message.BecauseOf = append(message.BecauseOf, &bookmarketv1.Contribution{BookId: c.BookID, Share: c.Score})
	}
	return message
}
