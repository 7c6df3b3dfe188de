package recclient

import (
	"context"

	"bookmarket/marketplace/internal/shop"
	bookmarketv1 "bookmarket/protobufs/gen/bookmarketv1"
)

// Recommend implements [shop.Recommender].
func (c *Client) Recommend(ctx context.Context, v shop.Visitor, slug string, n int) ([]shop.Pick, error) {
	if !askable(slug) {
		return nil, shop.ErrNotFound
	}
	resp, err := c.recommendations.Recommend(ctx, &bookmarketv1.RecommendRequest{
		UserId:        max(0, v.Reader),
		Category:      slug,
		MaxResults:    size(n),
		RecentBookIds: validIDs(v.Recent),
	})
	return readPicks(resp, err, n, 0)
}

// Similar implements [shop.Recommender].
func (c *Client) Similar(ctx context.Context, book, reader int64, n int) ([]shop.Pick, error) {
	if book < 1 {
		return nil, shop.ErrNotFound
	}
	resp, err := c.recommendations.ListSimilarBooks(ctx, &bookmarketv1.ListSimilarBooksRequest{
		BookId:     book,
		UserId:     max(0, reader),
		MaxResults: size(n),
	})
	return readPicks(resp, err, n, book)
}

// Popular implements [shop.Recommender].
func (c *Client) Popular(ctx context.Context, slug string, n int) ([]shop.Pick, error) {
	if !askable(slug) {
		return nil, shop.ErrNotFound
	}
	resp, err := c.recommendations.ListPopularBooks(ctx, &bookmarketv1.ListPopularBooksRequest{
		Category:   slug,
		Window:     bookmarketv1.ListPopularBooksRequest_WINDOW_ALL_TIME,
		MaxResults: size(n),
	})
	return readPicks(resp, err, n, 0)
}

// Trending implements [shop.Recommender].
func (c *Client) Trending(ctx context.Context, n int) ([]shop.Pick, error) {
	resp, err := c.recommendations.ListPopularBooks(ctx, &bookmarketv1.ListPopularBooksRequest{
		Window:     bookmarketv1.ListPopularBooksRequest_WINDOW_TRENDING,
		MaxResults: size(n),
	})
	return readPicks(resp, err, n, 0)
}

// readPicks reads the end of any call for recommendations, which must not have a certain book.
func readPicks(resp interface {
	GetRecommendations() []*bookmarketv1.Recommendation
}, err error, n int, without int64,
) ([]shop.Pick, error) {
	if err != nil {
		return nil, asShop(err)
	}
	return usable(resp.GetRecommendations(), int(size(n)), func(r *bookmarketv1.Recommendation) (shop.Pick, bool) {
		book, ok := readBook(r.GetBook())
		if !ok || book.ID == without {
			return shop.Pick{}, false
		}
		return shop.Pick{Book: book, Reason: readReason(r.GetReason(), book.ID)}, true
	}, func(p shop.Pick) int64 { return p.Book.ID })
}

// maxBecause is how many books a reason names: more of them convince nobody.
const maxBecause = 3

// readReason returns why a book is recommended. A reason that speaks of books, and has none
// that added to the score, is none.
func readReason(r *bookmarketv1.Reason, book int64) shop.Reason {
	reason := shop.Reason{Kind: reasons[r.GetKind()]}
	if reason.Kind != shop.BecauseYouLiked && reason.Kind != shop.SimilarContent {
		return reason
	}
	for _, part := range r.GetBecauseOf() {
		if len(reason.Because) == maxBecause {
			break
		}
		if id := part.GetBookId(); id > 0 && id != book && part.GetShare() > 0 && !among(reason.Because, id) {
			reason.Because = append(reason.Because, &shop.Book{ID: id})
		}
	}
	if reason.Because == nil {
		return shop.Reason{}
	}
	return reason
}

func among(books []*shop.Book, id int64) bool {
	for _, book := range books {
		if book.ID == id {
			return true
		}
	}
	return false
}

var reasons = map[bookmarketv1.Reason_Kind]shop.ReasonKind{
	bookmarketv1.Reason_KIND_BECAUSE_YOU_LIKED: shop.BecauseYouLiked,
	bookmarketv1.Reason_KIND_SIMILAR_CONTENT:   shop.SimilarContent,
	bookmarketv1.Reason_KIND_POPULAR:           shop.Popular,
	bookmarketv1.Reason_KIND_TRENDING:          shop.Trending,
}
