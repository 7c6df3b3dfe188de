package recclient

import (
	"cmp"
	"context"
	"slices"

	"bookmarket/marketplace/internal/shop"
	bookmarketv1 "bookmarket/protobufs/gen/bookmarketv1"
)

const (
	maxCategories = 1000
	maxBooks      = 100 // of an answer
)

// Categories implements [shop.Catalog].
func (c *Client) Categories(ctx context.Context) ([]shop.Category, error) {
	resp, err := c.catalog.ListCategories(ctx, new(bookmarketv1.ListCategoriesRequest))
	if err != nil {
		return nil, asShop(err)
	}
	categories, err := usable(resp.GetCategories(), maxCategories, readCategory, func(c shop.Category) string { return c.Slug })
	slices.SortStableFunc(categories, func(a, b shop.Category) int { return cmp.Compare(b.Count, a.Count) })
	return categories, err
}

func readCategory(c *bookmarketv1.Category) (shop.Category, bool) {
	slug, isSlug := slug(c.GetSlug())
	name, isName := line(c.GetName())
	return shop.Category{Slug: slug, Name: name, Count: int(max(0, c.GetBookCount()))}, isSlug && isName
}

// Book implements [shop.Catalog].
func (c *Client) Book(ctx context.Context, id int64) (*shop.Book, error) {
	if id < 1 {
		return nil, shop.ErrNotFound
	}
	resp, err := c.catalog.GetBook(ctx, &bookmarketv1.GetBookRequest{BookId: id})
	if err != nil {
		return nil, asShop(err)
	}
	book, ok := readBook(resp.GetBook())
	if !ok || book.ID != id {
		return nil, errUnusable
	}
	book.Description = paragraphs(resp.GetBook().GetDescription())
	return book, nil
}

// Books implements [shop.Catalog].
func (c *Client) Books(ctx context.Context, ids []int64) ([]*shop.Book, error) {
	ids = validIDs(ids)
	if len(ids) == 0 {
		return nil, nil
	}
	resp, err := c.catalog.BatchGetBooks(ctx, &bookmarketv1.BatchGetBooksRequest{BookIds: ids})
	if err != nil {
		return nil, asShop(err)
	}
	books, err := usable(resp.GetBooks(), len(ids), func(b *bookmarketv1.Book) (*shop.Book, bool) {
		book, ok := readBook(b)
		return book, ok && slices.Contains(ids, book.ID)
	}, bookID)
	slices.SortFunc(books, func(a, b *shop.Book) int {
		return cmp.Compare(slices.Index(ids, a.ID), slices.Index(ids, b.ID))
	})
	return books, err
}

// validIDs returns those ids that books can have, each once, as many as the service takes.
func validIDs(ids []int64) []int64 {
	var valid []int64
	for _, id := range ids {
		if len(valid) == maxBooks {
			break
		}
		if id > 0 && !slices.Contains(valid, id) {
			valid = append(valid, id)
		}
	}
	return valid
}

// List implements [shop.Catalog].
func (c *Client) List(ctx context.Context, q shop.ListQuery) (shop.List, error) {
	switch {
	case !askable(q.Category):
		return shop.List{}, shop.ErrNotFound
	case !askable(q.Author), !askable(q.Series):
		return shop.List{}, nil // as of any name that nobody has
	case !printable(q.Page, maxToken):
		return shop.List{}, shop.ErrBadPage
	}
	resp, err := c.catalog.ListBooks(ctx, &bookmarketv1.ListBooksRequest{
		Category:  q.Category,
		Author:    q.Author,
		Series:    q.Series,
		OrderBy:   orders[q.Order],
		PageSize:  size(q.Size),
		PageToken: q.Page,
	})
	if err != nil {
		return shop.List{}, asShop(err)
	}
	return readList(resp, size(q.Size), q.Page)
}

// Search implements [shop.Catalog].
func (c *Client) Search(ctx context.Context, q shop.SearchQuery) (shop.List, error) {
	switch {
	case !askable(q.Category):
		return shop.List{}, shop.ErrNotFound
	case !printable(q.Page, maxToken):
		return shop.List{}, shop.ErrBadPage
	}
	resp, err := c.catalog.SearchBooks(ctx, &bookmarketv1.SearchBooksRequest{
		Query:     searchable(q.Text),
		Category:  q.Category,
		OrderBy:   orders[q.Order],
		PageSize:  size(q.Size),
		PageToken: q.Page,
	})
	if err != nil {
		return shop.List{}, asShop(err)
	}
	return readList(resp, size(q.Size), q.Page)
}

var orders = map[shop.Order]bookmarketv1.BookOrder{
	shop.ByPopularity: bookmarketv1.BookOrder_BOOK_ORDER_POPULARITY,
	shop.ByRating:     bookmarketv1.BookOrder_BOOK_ORDER_RATING,
	shop.ByYear:       bookmarketv1.BookOrder_BOOK_ORDER_YEAR,
	shop.ByTitle:      bookmarketv1.BookOrder_BOOK_ORDER_TITLE,
}

// size returns how many books to ask for: the service takes 0 for a number of its own.
func size(n int) int32 {
	return int32(min(max(n, 1), maxBooks))
}

// readList reads the answer to either request for a page of books.
func readList(page interface {
	GetBooks() []*bookmarketv1.Book
	GetNextPageToken() string
	GetTotalSize() int32
}, most int32, asked string,
) (shop.List, error) {
	books, err := usable(page.GetBooks(), int(most), readBook, bookID)
	if err != nil {
		return shop.List{}, err
	}
	return shop.List{
		Books: books,
		Next:  nextPage(page.GetNextPageToken(), asked, len(books)),
		Total: max(len(books), int(page.GetTotalSize())),
	}, nil
}
