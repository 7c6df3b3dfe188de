package recclient_test

import (
	"context"
	"net"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"bookmarket/marketplace/internal/shop"
	bookmarketv1 "bookmarket/protobufs/gen/bookmarketv1"
)

// What cannot be shown stays out. An answer that has nothing else is a failure, an empty one is not.
func TestGarbage(t *testing.T) {
	long := strings.Repeat("x", 1<<10+1)
	book := func(id int64, title string) *bookmarketv1.Recommendation {
		return &bookmarketv1.Recommendation{Book: &bookmarketv1.Book{Id: id, Title: title, Authors: []string{long}}}
	}
	badBooks := []*bookmarketv1.Recommendation{{}, book(0, "t"), book(-1, "t"), book(7, ""), book(7, " \n"), book(7, long)}
	badCategories := []*bookmarketv1.Category{{}, {Slug: "s"}, {Name: "n"}, {Slug: " ", Name: "n"}, {Slug: "s", Name: " "}, {Slug: long, Name: "n"}, {Slug: "s", Name: long}}
	good := []shop.Book{{ID: 7, Title: "t"}}
	fine := book(7, "t")
	fine.Book.Authors = nil
	category := &bookmarketv1.Category{Slug: "s", Name: "n"}
	for name, tt := range map[string]struct {
		recommendations []*bookmarketv1.Recommendation
		categories      []*bookmarketv1.Category
		books           []shop.Book
		listed          int
		fails           bool
	}{
		"empty":       {nil, nil, nil, 0, false},
		"only bad":    {badBooks, badCategories, nil, 0, true},
		"one is good": {append(badBooks, book(7, "t")), append(badCategories, category), good, 1, false},
		"many":        {slices.Repeat([]*bookmarketv1.Recommendation{fine}, 5000), slices.Repeat([]*bookmarketv1.Category{category}, 5000), slices.Repeat(good, 3), 1000, false},
	} {
		t.Run(name, func(t *testing.T) {
			_, addr := serve(t, "127.0.0.1:0", always(func(context.Context) ([]*bookmarketv1.Category, []*bookmarketv1.Recommendation, error) {
				return tt.categories, tt.recommendations, nil
			}))
			client := dial(t, addr)
			books, err := client.Recommend(t.Context(), 0, "mystery", 3)
			if !reflect.DeepEqual(books, tt.books) || (err != nil) != tt.fails {
				t.Errorf("got the books %.100v, %v", books, err)
			}
			categories, err := client.ListCategories(t.Context())
			if len(categories) != tt.listed || (err != nil) != tt.fails {
				t.Errorf("got %d categories, %v", len(categories), err)
			}
		})
	}
}

func TestFailures(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections, says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close() //nolint:errcheck // the test is over
	_, slow := serve(t, "127.0.0.1:0", always(func(ctx context.Context) ([]*bookmarketv1.Category, []*bookmarketv1.Recommendation, error) {
		<-ctx.Done()
		return nil, nil, ctx.Err()
	}))
	_, failing := serve(t, "127.0.0.1:0", always(func(context.Context) ([]*bookmarketv1.Category, []*bookmarketv1.Recommendation, error) {
		return nil, nil, status.Error(codes.Internal, "internal error")
	}))
	_, huge := serve(t, "127.0.0.1:0", always(func(context.Context) ([]*bookmarketv1.Category, []*bookmarketv1.Recommendation, error) {
		text := strings.Repeat("x", 2<<20)
		return []*bookmarketv1.Category{{Name: text}}, []*bookmarketv1.Recommendation{{Book: &bookmarketv1.Book{Title: text}}}, nil
	}))
	for name, tt := range map[string]struct {
		addr string
		code codes.Code
	}{
		"nobody there": {"127.0.0.1:1", codes.Unavailable},
		"silent":       {silent.Addr().String(), codes.DeadlineExceeded},
		"slow":         {slow, codes.DeadlineExceeded},
		"failing":      {failing, codes.Internal},
		"huge":         {huge, codes.ResourceExhausted},
	} {
		t.Run(name, func(t *testing.T) {
			client := dial(t, tt.addr)
			if _, err := client.Recommend(t.Context(), 0, "mystery", 3); status.Code(err) != tt.code {
				t.Errorf("got %v, want %v", err, tt.code)
			}
			if _, err := client.ListCategories(t.Context()); status.Code(err) != tt.code {
				t.Errorf("categories: got %v, want %v", err, tt.code)
			}
		})
	}
}

// What a replica did not begin is tried again; what it failed at is not.
func TestRetries(t *testing.T) {
	for code, want := range map[codes.Code]int{codes.Unavailable: 3, codes.Internal: 1, codes.ResourceExhausted: 1} {
		calls := 0
		_, addr := serve(t, "127.0.0.1:0", always(func(context.Context) ([]*bookmarketv1.Category, []*bookmarketv1.Recommendation, error) {
			calls++
			return nil, nil, status.Error(code, "")
		}))
		client := dial(t, addr)
		for what, call := range map[string]func() error{
			"recommend":       func() error { return second(client.Recommend(t.Context(), 0, "mystery", 3)) },
			"list categories": func() error { return second(client.ListCategories(t.Context())) },
		} {
			calls = 0
			if err := call(); status.Code(err) != code {
				t.Errorf("%s: %v came back as %v", what, code, err)
			}
			if calls != want {
				t.Errorf("%s: %v: %d calls, want %d", what, code, calls, want)
			}
		}
	}
}

func second[T any](_ T, err error) error { return err }

// A server that came back answers again within five seconds, without our doing.
func TestComesBack(t *testing.T) {
	service := fakeService{recommend: func(context.Context, *bookmarketv1.RecommendRequest) (*bookmarketv1.RecommendResponse, error) {
		return recommended(&bookmarketv1.Book{Id: 1, Title: "t"}), nil
	}}
	server, addr := serve(t, "127.0.0.1:0", service)
	client := dial(t, addr)
	if _, err := client.Recommend(t.Context(), 0, "mystery", 3); err != nil {
		t.Fatal(err)
	}
	server.Stop()
	time.Sleep(3 * time.Second) // long enough for the pauses between tries to be at their longest
	if _, err := client.Recommend(t.Context(), 0, "mystery", 3); err == nil {
		t.Fatal("answered by a server that is stopped")
	}
	serve(t, addr, service)
	back := time.Now()
	for {
		if _, err := client.Recommend(t.Context(), 0, "mystery", 3); err == nil {
			return
		}
		if waited := time.Since(back); waited > 5*time.Second {
			t.Fatalf("no answer %v after its return", waited)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
