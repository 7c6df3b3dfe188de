package rpc_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"bookmarket/protobufs/gen/tutorialpb"
	"bookmarket/recommendations/internal/recommend"
)

// The books of the tutorial, written down here again so that a change of either shows.
var tutorialBooks = map[tutorialpb.BookCategory]map[int32]string{
	tutorialpb.BookCategory_MYSTERY: {
		1: "The Maltese Falcon", 2: "Murder on the Orient Express", 3: "The Hound of the Baskervilles",
	},
	tutorialpb.BookCategory_SCIENCE_FICTION: {
		4: "The Hitchhiker's Guide to the Galaxy", 5: "Ender's Game", 6: "The Dune Chronicles",
	},
	tutorialpb.BookCategory_SELF_HELP: {
		7: "The 7 Habits of Highly Effective People", 8: "How to Win Friends and Influence People", 9: "Man's Search for Meaning",
	},
}

// What the tutorial's clients rely on: as many different books of the category as were asked
// for, or all there are, with the tutorial's ids and titles.
func TestRecommend(t *testing.T) {
	client := tutorialpb.NewRecommendationsClient(connect(t, served{tutorial: tutorial()}))
	for category, books := range tutorialBooks {
		for maxResults, want := range map[int32]int{1: 1, 2: 2, 3: 3, 4: 3, 100: 3, 101: 3, math.MaxInt32: 3} {
			t.Run(fmt.Sprintf("%v %d", category, maxResults), func(t *testing.T) {
				resp, err := client.Recommend(t.Context(), &tutorialpb.RecommendationRequest{UserId: 1, Category: category, MaxResults: maxResults})
				if err != nil {
					t.Fatal(err)
				}
				seen := make(map[int32]bool)
				for _, book := range resp.GetRecommendations() {
					if books[book.GetId()] != book.GetTitle() {
						t.Errorf("%d %q is no book of the category", book.GetId(), book.GetTitle())
					}
					seen[book.GetId()] = true
				}
				if len(resp.GetRecommendations()) != want || len(seen) != want {
					t.Errorf("want %d different books, got %v", want, resp.GetRecommendations())
				}
			})
		}
	}
}

// A fresh choice, in a fresh order, each time: of 200 answers with 2 of 3 books, each of the
// 6 arrangements fails to come up once in 10^15 runs.
func TestRecommendIsRandom(t *testing.T) {
	client := tutorialpb.NewRecommendationsClient(connect(t, served{tutorial: tutorial()}))
	seen := make(map[[2]int32]bool)
	for range 200 {
		resp, err := client.Recommend(t.Context(), &tutorialpb.RecommendationRequest{UserId: 1, MaxResults: 2})
		if err != nil {
			t.Fatal(err)
		}
		got := resp.GetRecommendations()
		seen[[2]int32{got[0].GetId(), got[1].GetId()}] = true
	}
	if len(seen) != 6 {
		t.Errorf("only these pairs came up: %v", seen)
	}
}

func TestRecommendRefuses(t *testing.T) {
	type request = tutorialpb.RecommendationRequest
	tests := map[string]struct {
		request *request
		code    codes.Code
		message string
		detail  string
	}{
		"unknown category":       {&request{UserId: 1, Category: 7, MaxResults: 3}, codes.NotFound, "Category not found", "bookmarket/CATEGORY_NOT_FOUND"},
		"negative category":      {&request{UserId: 1, Category: -1, MaxResults: 3}, codes.NotFound, "Category not found", "bookmarket/CATEGORY_NOT_FOUND"},
		"max_results unset":      {&request{UserId: 1}, codes.InvalidArgument, "max_results must be 1 or more, got 0", "max_results:NOT_POSITIVE"},
		"max_results negative":   {&request{UserId: 1, MaxResults: math.MinInt32}, codes.InvalidArgument, "max_results must be 1 or more, got -2147483648", "max_results:NOT_POSITIVE"},
		"user_id unset":          {&request{MaxResults: 3}, codes.InvalidArgument, "user_id must be 1 or more, got 0", "user_id:NOT_POSITIVE"},
		"user_id negative":       {&request{UserId: -1, MaxResults: 3}, codes.InvalidArgument, "user_id must be 1 or more, got -1", "user_id:NOT_POSITIVE"},
		"nothing set":            {&request{}, codes.InvalidArgument, "user_id must be 1 or more, got 0; max_results must be 1 or more, got 0", "user_id:NOT_POSITIVE max_results:NOT_POSITIVE"},
		"all that can be wrong":  {&request{UserId: -1, Category: 7, MaxResults: -1}, codes.InvalidArgument, "user_id must be 1 or more, got -1; max_results must be 1 or more, got -1", "user_id:NOT_POSITIVE max_results:NOT_POSITIVE"},
		"the largest user there": {&request{UserId: math.MaxInt32, MaxResults: 3}, codes.OK, "", ""},
	}
	client := tutorialpb.NewRecommendationsClient(connect(t, served{tutorial: tutorial()}))
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := client.Recommend(t.Context(), tt.request)
			s := status.Convert(err)
			if s.Code() != tt.code || s.Message() != tt.message || details(s) != tt.detail {
				t.Errorf("got %v %q, details %q\nwant %v %q, details %q", s.Code(), s.Message(), details(s), tt.code, tt.message, tt.detail)
			}
		})
	}
}

// details names the fields of a BadRequest, the domain and reason of an ErrorInfo, and when to
// try again.
func details(s *status.Status) string {
	var list []string
	for _, detail := range s.Details() {
		switch d := detail.(type) {
		case *errdetails.BadRequest:
			for _, violation := range d.GetFieldViolations() {
				list = append(list, violation.GetField()+":"+violation.GetReason())
			}
		case *errdetails.ErrorInfo:
			list = append(list, d.GetDomain()+"/"+d.GetReason())
		case *errdetails.RetryInfo:
			list = append(list, "retry:"+d.GetRetryDelay().AsDuration().String())
		default:
			list = append(list, fmt.Sprintf("%T", d))
		}
	}
	return strings.Join(list, " ")
}

// A fakeSampler answers with the first books that may be, or with an error.
type fakeSampler struct {
	books []recommend.Book
	err   error
}

func (s fakeSampler) Sample(_ context.Context, _ int64, _ string, n int, may func(*recommend.Book) bool, _ func(int) int) ([]*recommend.Book, error) {
	var books []*recommend.Book
	for i := range s.books {
		if may(&s.books[i]) && len(books) < n {
			books = append(books, &s.books[i])
		}
	}
	return books, s.err
}

// More than a hundred are a hundred.
func TestMostResults(t *testing.T) {
	client := tutorialpb.NewRecommendationsClient(connect(t, served{tutorial: fakeSampler{books: make([]recommend.Book, 200)}}))
	for asked, want := range map[int32]int{99: 99, 100: 100, 101: 100, math.MaxInt32: 100} {
		resp, err := client.Recommend(t.Context(), &tutorialpb.RecommendationRequest{UserId: 1, MaxResults: asked})
		if got := len(resp.GetRecommendations()); err != nil || got != want {
			t.Errorf("asked for %d of 200 books: %d, %v, want %d", asked, got, err, want)
		}
	}
}

func TestDomainErrors(t *testing.T) {
	tests := map[string]struct {
		err    error
		code   codes.Code
		detail string
	}{
		"category":    {fmt.Errorf("store: %w", recommend.ErrCategoryNotFound), codes.NotFound, "bookmarket/CATEGORY_NOT_FOUND"},
		"book":        {recommend.ErrBookNotFound, codes.NotFound, "bookmarket/BOOK_NOT_FOUND"},
		"starting":    {recommend.ErrStarting, codes.Unavailable, "bookmarket/STARTING retry:1s"},
		"unavailable": {fmt.Errorf("dial 10.0.0.7: %w", recommend.ErrUnavailable), codes.Unavailable, "bookmarket/STORE_UNAVAILABLE retry:1s"},
		"full":        {fmt.Errorf("write 10.0.0.7: %w", recommend.ErrStorageFull), codes.ResourceExhausted, "bookmarket/STORAGE_FULL retry:10s"},
		"others":      {errors.New("disk on fire at 10.0.0.7"), codes.Internal, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			client := tutorialpb.NewRecommendationsClient(connect(t, served{tutorial: fakeSampler{err: tt.err}}))
			_, err := client.Recommend(t.Context(), &tutorialpb.RecommendationRequest{UserId: 1, MaxResults: 3})
			s := status.Convert(err)
			if s.Code() != tt.code || details(s) != tt.detail || strings.Contains(s.Message(), "10.0.0.7") {
				t.Errorf("got %v, details %q", s, details(s))
			}
		})
	}
}

// Ids that the frozen contract cannot say are left out of it, and leave no gap.
func TestLargeIDs(t *testing.T) {
	books := []recommend.Book{{ID: math.MaxInt32 + 1}, {ID: math.MaxInt32}, {ID: 1}}
	client := tutorialpb.NewRecommendationsClient(connect(t, served{tutorial: fakeSampler{books: books}}))
	resp, err := client.Recommend(t.Context(), &tutorialpb.RecommendationRequest{UserId: 1, MaxResults: 2})
	if err != nil {
		t.Fatal(err)
	}
	var ids []int32
	for _, book := range resp.GetRecommendations() {
		ids = append(ids, book.GetId())
	}
	if want := []int32{math.MaxInt32, 1}; !slices.Equal(ids, want) {
		t.Errorf("got %v, want %v", ids, want)
	}
}

// FuzzRecommend sends any bytes as a request through the whole server. It must answer books
// or one of the contract's errors, never INTERNAL.
func FuzzRecommend(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0x08, 1, 0x10, 1, 0x18, 3})          // user 1, science fiction, 3 results
	f.Add([]byte{0x08, 1, 0x10, 7, 0x18, 3})          // no such category
	f.Add([]byte{0x18, 0xff, 0xff, 0xff, 0xff, 0x0f}) // a negative number cut to 32 bits
	f.Add([]byte{0x08})                               // cut off
	f.Add([]byte{0x0a, 0x05, 'h', 'e', 'l', 'l', 'o'})
	conn := connect(f, served{tutorial: tutorial()})
	f.Fuzz(func(t *testing.T, request []byte) {
		resp := new(tutorialpb.RecommendationResponse)
		err := conn.Invoke(t.Context(), tutorialpb.Recommendations_Recommend_FullMethodName, raw(request), resp, grpc.ForceCodecV2(rawCodec{}))
		switch s := status.Convert(err); s.Code() {
		case codes.OK:
			if n := len(resp.GetRecommendations()); n < 1 || n > 3 {
				t.Errorf("%d books", n)
			}
		case codes.InvalidArgument, codes.NotFound:
			if details(s) == "" {
				t.Errorf("%v has no details", s)
			}
		case codes.Internal:
			// gRPC's own answer to bytes that are no message at all.
			if !strings.Contains(s.Message(), "unmarshal") {
				t.Errorf("got %v", s)
			}
		default:
			t.Errorf("got %v", s)
		}
	})
}
