package rpc_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"bookmarket/protobufs/gen/bookmarketv1"
	"bookmarket/recommendations/internal/recommend"
)

// shelf returns six books: mysteries 1 to 4, science fiction 4 to 6, the first the most
// popular; 5 and 6 are a series by one author.
func shelf() []recommend.Book {
	var books []recommend.Book
	for id := int64(1); id <= 6; id++ {
		book := recommend.Book{ID: id, Title: "Title " + string(rune('A'+6-id)), RatingsCount: 700 - 100*id}
		if id <= 4 {
			book.Categories = append(book.Categories, recommend.NewCategory("Mystery"))
		}
		if id >= 4 {
			book.Categories = append(book.Categories, recommend.NewCategory("Science fiction"))
		}
		if id >= 5 {
			book.Authors = []string{"Émile Zola"}
			book.Series, book.SeriesPosition = "Les Rougon", new(float64(7-id))
		}
		books = append(books, book)
	}
	return books
}

func ids(books []*bookmarketv1.Book) string {
	var list []string
	for _, book := range books {
		list = append(list, fmt.Sprint(book.GetId()))
	}
	return strings.Join(list, " ")
}

func TestListCategories(t *testing.T) {
	client := bookmarketv1.NewCatalogServiceClient(connect(t, shop(t, shelf())))
	resp, err := client.ListCategories(t.Context(), &bookmarketv1.ListCategoriesRequest{})
	if err != nil {
		t.Fatal(err)
	}
	want := &bookmarketv1.ListCategoriesResponse{Categories: []*bookmarketv1.Category{
		{Slug: "mystery", Name: "Mystery", BookCount: 4},
		{Slug: "science-fiction", Name: "Science fiction", BookCount: 3},
	}}
	if !proto.Equal(resp, want) {
		t.Errorf("got %v", resp)
	}
}

func TestListBooks(t *testing.T) {
	client := bookmarketv1.NewCatalogServiceClient(connect(t, shop(t, shelf())))
	type request = bookmarketv1.ListBooksRequest
	for name, tt := range map[string]struct {
		request *request
		want    string
	}{
		"all":            {&request{}, "1 2 3 4 5 6"},
		"a category":     {&request{Category: "science-fiction"}, "4 5 6"},
		"an author":      {&request{Author: "emile zola"}, "5 6"},
		"a series":       {&request{Series: "les rougon"}, "6 5"},
		"nobody's books": {&request{Author: "nobody"}, ""},
		"by title":       {&request{OrderBy: bookmarketv1.BookOrder_BOOK_ORDER_TITLE}, "6 5 4 3 2 1"},
	} {
		t.Run(name, func(t *testing.T) {
			resp, err := client.ListBooks(t.Context(), tt.request)
			if err != nil || ids(resp.GetBooks()) != tt.want || resp.GetNextPageToken() != "" {
				t.Errorf("got %s, %v, want %s", ids(resp.GetBooks()), err, tt.want)
			}
			if int(resp.GetTotalSize()) != len(resp.GetBooks()) {
				t.Errorf("%d books in all, got %d", resp.GetTotalSize(), len(resp.GetBooks()))
			}
		})
	}
}

func TestPages(t *testing.T) {
	client := bookmarketv1.NewCatalogServiceClient(connect(t, shop(t, shelf())))
	var pages []string
	req := &bookmarketv1.ListBooksRequest{PageSize: 4}
	for {
		resp, err := client.ListBooks(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, ids(resp.GetBooks()))
		if resp.GetNextPageToken() == "" {
			break
		}
		req.PageToken, req.PageSize = resp.GetNextPageToken(), 1
	}
	if want := []string{"1 2 3 4", "5", "6"}; !slices.Equal(pages, want) {
		t.Errorf("got %q, want %q", pages, want)
	}

	// The token of one question is no answer to another one.
	first, err := client.ListBooks(t.Context(), &bookmarketv1.ListBooksRequest{PageSize: 1})
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]*bookmarketv1.ListBooksRequest{
		"another category": {PageToken: first.GetNextPageToken(), Category: "mystery"},
		"another order":    {PageToken: first.GetNextPageToken(), OrderBy: bookmarketv1.BookOrder_BOOK_ORDER_YEAR},
		"no token":         {PageToken: "hello"},
		"no base64":        {PageToken: "\u2603"},
		"a long token":     {PageToken: strings.Repeat("A", 5000)},
	} {
		_, err := client.ListBooks(t.Context(), bad)
		if s := status.Convert(err); s.Code() != codes.InvalidArgument || details(s) != "page_token:MALFORMED" {
			t.Errorf("%s: got %v, details %q", name, s, details(s))
		}
	}
	_, err = client.SearchBooks(t.Context(), &bookmarketv1.SearchBooksRequest{Query: "title", PageToken: first.GetNextPageToken()})
	if s := status.Convert(err); details(s) != "page_token:MALFORMED" {
		t.Errorf("another method: got %v, details %q", s, details(s))
	}
}

func TestSearchBooks(t *testing.T) {
	client := bookmarketv1.NewCatalogServiceClient(connect(t, shop(t, shelf())))
	type request = bookmarketv1.SearchBooksRequest
	for name, tt := range map[string]struct {
		request *request
		want    string
	}{
		"a title":       {&request{Query: "title c"}, "4"},
		"a beginning":   {&request{Query: "tit"}, "1 2 3 4 5 6"},
		"in a category": {&request{Query: "title", Category: "science-fiction"}, "4 5 6"},
		"an author":     {&request{Query: "émile"}, "5 6"},
		"nothing":       {&request{Query: "zzz"}, ""},
		"a sign":        {&request{Query: "?"}, ""},
	} {
		resp, err := client.SearchBooks(t.Context(), tt.request)
		if err != nil || ids(resp.GetBooks()) != tt.want {
			t.Errorf("%s: got %s, %v, want %s", name, ids(resp.GetBooks()), err, tt.want)
		}
	}
}

func TestGetBooks(t *testing.T) {
	full := recommend.Book{
		ID: 1 << 40, Title: "Dune", OriginalTitle: "Dune, complete", Authors: []string{"Frank Herbert"},
		Categories: []recommend.Category{recommend.NewCategory("Science fiction")}, Year: -5, ISBN13: "9780441172719",
		Language: "en", Description: "Sand.", Series: "Dune", SeriesPosition: new(0.0), AverageRating: 4.5, RatingsCount: 9,
		Price: recommend.Money{Currency: "EUR", Units: 9, Nanos: 1}, CoverURL: "https://books.example/1",
	}
	client := bookmarketv1.NewCatalogServiceClient(connect(t, shop(t, append(shelf(), full))))
	want := &bookmarketv1.Book{
		Id: 1 << 40, Title: "Dune", OriginalTitle: "Dune, complete", Authors: []string{"Frank Herbert"},
		Categories: []string{"science-fiction"}, PublicationYear: -5, Isbn13: "9780441172719",
		Language: "en", Description: "Sand.", Series: "Dune", SeriesPosition: new(0.0), AverageRating: 4.5, RatingsCount: 9,
		Price: &bookmarketv1.Money{CurrencyCode: "EUR", Units: 9, Nanos: 1}, CoverUrl: "https://books.example/1",
	}
	got, err := client.GetBook(t.Context(), &bookmarketv1.GetBookRequest{BookId: 1 << 40})
	if err != nil || !proto.Equal(got.GetBook(), want) {
		t.Errorf("got %v, %v", got, err)
	}
	batch, err := client.BatchGetBooks(t.Context(), &bookmarketv1.BatchGetBooksRequest{BookIds: []int64{3, 99, 1 << 40, 3, 1}})
	if err != nil || ids(batch.GetBooks()) != "3 1099511627776 1" {
		t.Fatalf("got %v, %v", batch, err)
	}
	want.Description = "" // lists have none
	if !proto.Equal(batch.GetBooks()[1], want) {
		t.Errorf("got %v", batch.GetBooks()[1])
	}
}

func event(id string, book int64, kind bookmarketv1.Activity_Kind, rating int32) *bookmarketv1.Activity {
	return &bookmarketv1.Activity{EventId: id, UserId: 1 << 33, BookId: book, Kind: kind, Rating: rating}
}

// A reader's way through the services: what they do changes the next answer, can be listed,
// undone and erased.
func TestReader(t *testing.T) {
	conn := connect(t, shop(t, shelf()))
	books, activity := bookmarketv1.NewRecommendationServiceClient(conn), bookmarketv1.NewActivityServiceClient(conn)
	recommended := func(want string) {
		t.Helper()
		resp, err := books.Recommend(t.Context(), &bookmarketv1.RecommendRequest{UserId: 1 << 33, Category: "mystery"})
		var list []*bookmarketv1.Book
		for _, r := range resp.GetRecommendations() {
			list = append(list, r.GetBook())
			if r.GetReason().GetKind() != bookmarketv1.Reason_KIND_POPULAR || resp.GetModelVersion() == "" {
				t.Errorf("got %v", resp)
			}
		}
		if err != nil || ids(list) != want {
			t.Errorf("recommended are %s, %v, want %s", ids(list), err, want)
		}
	}
	recommended("1 2 3 4")
	events := []*bookmarketv1.Activity{
		event("a", 1, bookmarketv1.Activity_KIND_RATING, 5),
		event("b", 2, bookmarketv1.Activity_KIND_NOT_INTERESTED, 0),
		event("c", 3, bookmarketv1.Activity_KIND_VIEW, 0),
		event("a", 4, bookmarketv1.Activity_KIND_PURCHASE, 0), // the id counts once
	}
	recorded, err := activity.RecordActivity(t.Context(), &bookmarketv1.RecordActivityRequest{Activities: events})
	if err != nil || recorded.GetRecordedCount() != 3 {
		t.Fatalf("got %v, %v", recorded, err)
	}
	recommended("3 4")

	list, err := activity.ListActivity(t.Context(), &bookmarketv1.ListActivityRequest{UserId: 1 << 33, PageSize: 2})
	if err != nil || len(list.GetActivities()) != 2 || list.GetActivities()[0].GetEventId() != "c" || list.GetNextPageToken() == "" {
		t.Fatalf("got %v, %v", list, err)
	}
	if at := list.GetActivities()[0].GetOccurredAt().AsTime(); !at.Equal(now) {
		t.Errorf("an event without a time happened at %v", at)
	}
	rest, err := activity.ListActivity(t.Context(), &bookmarketv1.ListActivityRequest{UserId: 1 << 33, PageToken: list.GetNextPageToken()})
	if err != nil || len(rest.GetActivities()) != 1 || rest.GetNextPageToken() != "" {
		t.Fatalf("got %v, %v", rest, err)
	}
	want := event("a", 1, bookmarketv1.Activity_KIND_RATING, 5)
	want.OccurredAt = timestamppb.New(now)
	if !proto.Equal(rest.GetActivities()[0], want) {
		t.Errorf("got %v, want %v", rest.GetActivities()[0], want)
	}

	undone, err := activity.DeleteActivity(t.Context(), &bookmarketv1.DeleteActivityRequest{UserId: 1 << 33, EventIds: []string{"b", "unknown"}})
	if err != nil || undone.GetDeletedCount() != 1 {
		t.Fatalf("got %v, %v", undone, err)
	}
	recommended("2 3 4")
	erased, err := activity.DeleteUserData(t.Context(), &bookmarketv1.DeleteUserDataRequest{UserId: 1 << 33})
	if err != nil || erased.GetDeletedActivityCount() != 2 {
		t.Fatalf("got %v, %v", erased, err)
	}
	recommended("1 2 3 4")
}

func TestOccurredAt(t *testing.T) {
	client := bookmarketv1.NewActivityServiceClient(connect(t, shop(t, nil)))
	then := now.Add(-time.Hour).Add(1234 * time.Nanosecond)
	sent := event("a", 1, bookmarketv1.Activity_KIND_WANT, 0)
	sent.OccurredAt = timestamppb.New(then)
	if _, err := client.RecordActivity(t.Context(), &bookmarketv1.RecordActivityRequest{Activities: []*bookmarketv1.Activity{sent}}); err != nil {
		t.Fatal(err)
	}
	list, err := client.ListActivity(t.Context(), &bookmarketv1.ListActivityRequest{UserId: 1 << 33})
	if err != nil || len(list.GetActivities()) != 1 {
		t.Fatalf("got %v, %v", list, err)
	}
	if at := list.GetActivities()[0].GetOccurredAt().AsTime(); !at.Equal(then.Truncate(time.Microsecond)) {
		t.Errorf("sent %v, got %v", then, at)
	}
}

func TestPopularAndSimilar(t *testing.T) {
	client := bookmarketv1.NewRecommendationServiceClient(connect(t, shop(t, shelf())))
	popular, err := client.ListPopularBooks(t.Context(), &bookmarketv1.ListPopularBooksRequest{Category: "science-fiction", MaxResults: 2})
	if err != nil || len(popular.GetRecommendations()) != 2 || popular.GetRecommendations()[0].GetBook().GetId() != 4 {
		t.Errorf("got %v, %v", popular, err)
	}
	trending, err := client.ListPopularBooks(t.Context(), &bookmarketv1.ListPopularBooksRequest{Window: bookmarketv1.ListPopularBooksRequest_WINDOW_TRENDING})
	if err != nil || len(trending.GetRecommendations()) != 6 {
		t.Errorf("got %v, %v", trending, err)
	}
	similar, err := client.ListSimilarBooks(t.Context(), &bookmarketv1.ListSimilarBooksRequest{BookId: 6})
	if err != nil || len(similar.GetRecommendations()) != 2 || similar.GetModelVersion() == "" {
		t.Errorf("got %v, %v", similar, err)
	}
}

func TestMostRecommendations(t *testing.T) {
	books := make([]recommend.Book, 300)
	for i := range books {
		books[i] = recommend.Book{ID: int64(i + 1), Title: "x"}
	}
	client := bookmarketv1.NewRecommendationServiceClient(connect(t, shop(t, books)))
	for asked, want := range map[int32]int{0: 10, 1: 1, 100: 100, 101: 100, 1 << 30: 100} {
		resp, err := client.Recommend(t.Context(), &bookmarketv1.RecommendRequest{MaxResults: asked})
		if got := len(resp.GetRecommendations()); err != nil || got != want {
			t.Errorf("asked for %d: %d, %v, want %d", asked, got, err, want)
		}
	}
}

// A hundred of the largest books that are allowed fit in a message.
func TestLargestAnswer(t *testing.T) {
	books := make([]recommend.Book, 100)
	for i := range books {
		b := recommend.Book{
			ID: 1<<62 + int64(i), Title: strings.Repeat("t", recommend.MaxTitle), OriginalTitle: strings.Repeat("o", recommend.MaxTitle),
			Language: strings.Repeat("l", 35), Description: strings.Repeat("d", recommend.MaxDescription), Series: strings.Repeat("s", recommend.MaxName),
			SeriesPosition: new(1.0), ISBN13: "9780441172719", Year: -9999, AverageRating: 4.5, RatingsCount: 1 << 62,
			Price:    recommend.Money{Currency: "EUR", Units: 1 << 62, Nanos: 999_999_999},
			CoverURL: "https://books.example/" + strings.Repeat("c", recommend.MaxURL-22),
		}
		for j := range recommend.MaxNames {
			b.Authors = append(b.Authors, strings.Repeat("a", recommend.MaxName-2)+fmt.Sprintf("%02d", j))
			b.Categories = append(b.Categories, recommend.NewCategory(strings.Repeat("c", recommend.MaxName-2)+fmt.Sprintf("%02d", j)))
		}
		if err := b.Validate(); err != nil {
			t.Fatal(err)
		}
		books[i] = b
	}
	conn := connect(t, shop(t, books))
	list, err := bookmarketv1.NewCatalogServiceClient(conn).ListBooks(t.Context(), &bookmarketv1.ListBooksRequest{PageSize: 100})
	if err != nil || len(list.GetBooks()) != 100 {
		t.Errorf("a page of %d books, %v", len(list.GetBooks()), err)
	}
	resp, err := bookmarketv1.NewRecommendationServiceClient(conn).Recommend(t.Context(), &bookmarketv1.RecommendRequest{MaxResults: 100})
	if err != nil || len(resp.GetRecommendations()) != 100 {
		t.Errorf("%d recommendations, %v", len(resp.GetRecommendations()), err)
	}
}

func TestBeforeTheBooks(t *testing.T) {
	recommender := recommend.New(func() *recommend.Model { return nil }, noReaders{}, func(recommend.Source) {})
	conn := connect(t, served{tutorial: recommender, recommender: recommender})
	books, recommendations := bookmarketv1.NewCatalogServiceClient(conn), bookmarketv1.NewRecommendationServiceClient(conn)
	_, categories := books.ListCategories(t.Context(), &bookmarketv1.ListCategoriesRequest{})
	_, list := books.ListBooks(t.Context(), &bookmarketv1.ListBooksRequest{})
	_, found := books.SearchBooks(t.Context(), &bookmarketv1.SearchBooksRequest{Query: "x"})
	_, book := books.GetBook(t.Context(), &bookmarketv1.GetBookRequest{BookId: 1})
	_, batch := books.BatchGetBooks(t.Context(), &bookmarketv1.BatchGetBooksRequest{})
	_, recommended := recommendations.Recommend(t.Context(), &bookmarketv1.RecommendRequest{})
	_, popular := recommendations.ListPopularBooks(t.Context(), &bookmarketv1.ListPopularBooksRequest{})
	_, similar := recommendations.ListSimilarBooks(t.Context(), &bookmarketv1.ListSimilarBooksRequest{BookId: 1})
	for i, err := range []error{categories, list, found, book, batch, recommended, popular, similar} {
		if s := status.Convert(err); s.Code() != codes.Unavailable || details(s) != "bookmarket/STARTING retry:1s" {
			t.Errorf("call %d: got %v, details %q", i, s, details(s))
		}
	}
}
