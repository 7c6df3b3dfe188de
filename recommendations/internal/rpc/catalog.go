package rpc

import (
	"context"
	"strings"

	bookmarketv1 "bookmarket/protobufs/gen/bookmarketv1"
	"bookmarket/recommendations/internal/catalog"
	"bookmarket/recommendations/internal/recommend"
)

// What requests for lists may ask for.
const (
	maxPage      = 100
	standardPage = 20
	maxBatch     = 100
)

// Catalog serves bookmarket.v1.CatalogService out of the latest catalogue.
type Catalog struct {
	bookmarketv1.UnsafeCatalogServiceServer

	latest func() *catalog.Catalog
}

// NewCatalog returns the service. latest returns nil while there is no catalogue yet.
func NewCatalog(latest func() *catalog.Catalog) *Catalog { return &Catalog{latest: latest} }

func (s *Catalog) books() (*catalog.Catalog, error) {
	if books := s.latest(); books != nil {
		return books, nil
	}
	return nil, recommend.ErrStarting
}

// ListCategories lists the categories that have books.
func (s *Catalog) ListCategories(context.Context, *bookmarketv1.ListCategoriesRequest) (*bookmarketv1.ListCategoriesResponse, error) {
	books, err := s.books()
	if err != nil {
		return nil, err
	}
	resp := new(bookmarketv1.ListCategoriesResponse)
	for _, category := range books.Categories() {
		resp.Categories = append(resp.Categories, &bookmarketv1.Category{
			Slug:      category.Slug,
			Name:      category.Name,
			BookCount: int32(category.Books), //nolint:gosec // memory holds fewer
		})
	}
	return resp, nil
}

var orders = map[bookmarketv1.BookOrder]catalog.Order{
	bookmarketv1.BookOrder_BOOK_ORDER_UNSPECIFIED: catalog.Default,
	bookmarketv1.BookOrder_BOOK_ORDER_POPULARITY:  catalog.Popularity,
	bookmarketv1.BookOrder_BOOK_ORDER_RATING:      catalog.Rating,
	bookmarketv1.BookOrder_BOOK_ORDER_YEAR:        catalog.Year,
	bookmarketv1.BookOrder_BOOK_ORDER_TITLE:       catalog.Title,
}

func (c *check) order(field string, value bookmarketv1.BookOrder) catalog.Order {
	order, ok := orders[value]
	if !ok {
		c.fail(field, outOfRange, "knows no order %d", value)
	}
	return order
}

// ListBooks lists the books of a category, by an author, of a series, or all of them.
func (s *Catalog) ListBooks(_ context.Context, req *bookmarketv1.ListBooksRequest) (*bookmarketv1.ListBooksResponse, error) {
	asked := question(&bookmarketv1.ListBooksRequest{
		Category: req.GetCategory(), Author: req.GetAuthor(), Series: req.GetSeries(), OrderBy: req.GetOrderBy(),
	})
	var c check
	c.text("category", req.GetCategory())
	c.text("author", req.GetAuthor())
	c.text("series", req.GetSeries())
	if given(req.GetCategory(), req.GetAuthor(), req.GetSeries()) > 1 {
		c.fail("category", conflicting, "and author and series exclude each other: set one of them")
	}
	order := c.order("order_by", req.GetOrderBy())
	n := c.size("page_size", req.GetPageSize(), standardPage, maxPage)
	after := cursor[catalog.Cursor](&c, "page_token", req.GetPageToken(), asked)
	if err := c.err(); err != nil {
		return nil, err
	}
	books, err := s.books()
	if err != nil {
		return nil, err
	}
	filter := catalog.Filter{Category: req.GetCategory(), Author: req.GetAuthor(), Series: req.GetSeries()}
	page, err := books.List(filter, order, after, n)
	if err != nil {
		return nil, err
	}
	return &bookmarketv1.ListBooksResponse{
		Books:         listedAll(page.Books),
		NextPageToken: next(asked, page.Next),
		TotalSize:     int32(page.Total), //nolint:gosec // memory holds fewer
	}, nil
}

func given(values ...string) (n int) {
	for _, value := range values {
		if value != "" {
			n++
		}
	}
	return n
}

// SearchBooks finds books by words of their title, author and series, or by ISBN.
func (s *Catalog) SearchBooks(_ context.Context, req *bookmarketv1.SearchBooksRequest) (*bookmarketv1.SearchBooksResponse, error) {
	asked := question(&bookmarketv1.SearchBooksRequest{
		Query: req.GetQuery(), Category: req.GetCategory(), OrderBy: req.GetOrderBy(),
	})
	var c check
	if strings.TrimSpace(req.GetQuery()) == "" {
		c.fail("query", required, "must not be empty")
	}
	c.text("query", req.GetQuery())
	c.text("category", req.GetCategory())
	order := c.order("order_by", req.GetOrderBy())
	n := c.size("page_size", req.GetPageSize(), standardPage, maxPage)
	after := cursor[catalog.Cursor](&c, "page_token", req.GetPageToken(), asked)
	if err := c.err(); err != nil {
		return nil, err
	}
	books, err := s.books()
	if err != nil {
		return nil, err
	}
	page, err := books.Search(req.GetQuery(), req.GetCategory(), order, after, n)
	if err != nil {
		return nil, err
	}
	return &bookmarketv1.SearchBooksResponse{
		Books:         listedAll(page.Books),
		NextPageToken: next(asked, page.Next),
		TotalSize:     int32(page.Total), //nolint:gosec // memory holds fewer
	}, nil
}

// GetBook returns one book.
func (s *Catalog) GetBook(_ context.Context, req *bookmarketv1.GetBookRequest) (*bookmarketv1.GetBookResponse, error) {
	var c check
	c.positive("book_id", req.GetBookId())
	if err := c.err(); err != nil {
		return nil, err
	}
	books, err := s.books()
	if err != nil {
		return nil, err
	}
	book, ok := books.Book(req.GetBookId())
	if !ok {
		return nil, recommend.ErrBookNotFound
	}
	return &bookmarketv1.GetBookResponse{Book: detailed(book)}, nil
}

// BatchGetBooks returns those of the books that exist.
func (s *Catalog) BatchGetBooks(_ context.Context, req *bookmarketv1.BatchGetBooksRequest) (*bookmarketv1.BatchGetBooksResponse, error) {
	var c check
	c.ids("book_ids", req.GetBookIds(), maxBatch)
	if err := c.err(); err != nil {
		return nil, err
	}
	books, err := s.books()
	if err != nil {
		return nil, err
	}
	resp := new(bookmarketv1.BatchGetBooksResponse)
	seen := make(map[int64]bool)
	for _, id := range req.GetBookIds() {
		if book, ok := books.Book(id); ok && !seen[id] {
			seen[id] = true
			resp.Books = append(resp.Books, listed(book))
		}
	}
	return resp, nil
}
