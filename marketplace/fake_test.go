package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding"
	grpcproto "google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/types/known/timestamppb"

	"bookmarket/protobufs/gen/bookmarketv1"
)

// fakeBooks is how many books the lists of the fake have. There is one more, secretBook, which no
// page sees but its own.
const (
	fakeBooks  = 60
	secretBook = fakeBooks + 1
)

var fakeCategories = []string{"mystery", "science-fiction", "self-help", "poetry", "history"}

// A recommendations is a fake of the service on a network in memory: it answers every call, from
// a small catalogue, and keeps what readers do. Trouble may befall it.
type recommendations struct {
	bookmarketv1.UnimplementedCatalogServiceServer
	bookmarketv1.UnimplementedRecommendationServiceServer
	bookmarketv1.UnimplementedActivityServiceServer

	mu      sync.Mutex
	answer  answer                                  // of every call; nil: as it should be
	connect func(context.Context) (net.Conn, error) // how to reach it
	server  *grpc.Server
	kept    []*bookmarketv1.Activity // the latest last
}

// An answer gives what is to be sent for a call; handle is what should be.
type answer func(ctx context.Context, method string, handle func() (any, error)) (any, error)

// start begins to serve as it should.
func (r *recommendations) start() { r.serve(healthpb.HealthCheckResponse_SERVING) }

func (r *recommendations) serve(state healthpb.HealthCheckResponse_ServingStatus) {
	states := health.NewServer()
	states.SetServingStatus(bookmarketv1.RecommendationService_ServiceDesc.ServiceName, state)
	server := grpc.NewServer(
		grpc.WaitForHandlers(true), // the bubble does, too
		grpc.ForceServerCodecV2(plainBytes{}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 5 * time.Second, PermitWithoutStream: true}),
		grpc.UnaryInterceptor(func(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
			handle := func() (any, error) { return handler(ctx, req) }
			if how := r.how(); how != nil {
				return how(ctx, info.FullMethod, handle)
			}
			return handle()
		}),
	)
	healthpb.RegisterHealthServer(server, states)
	bookmarketv1.RegisterCatalogServiceServer(server, r)
	bookmarketv1.RegisterRecommendationServiceServer(server, r)
	bookmarketv1.RegisterActivityServiceServer(server, r)
	listener := bufconn.Listen(64 << 10)
	go server.Serve(listener) //nolint:errcheck // stop ends it
	r.mu.Lock()
	defer r.mu.Unlock()
	r.server, r.connect = server, listener.DialContext
}

// stop hangs up on everybody and lets nobody connect.
func (r *recommendations) stop() {
	r.mu.Lock()
	server := r.server
	r.connect = func(context.Context) (net.Conn, error) { return nil, errors.New("connection refused") }
	r.mu.Unlock()
	server.Stop()
}

// replace has those who connect meet somebody else.
func (r *recommendations) replace(by func(net.Conn)) {
	r.stop()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.connect = func(context.Context) (net.Conn, error) {
		here, there := net.Pipe()
		go by(there)
		return here, nil
	}
}

func (r *recommendations) dial(ctx context.Context, _ string) (net.Conn, error) {
	r.mu.Lock()
	connect := r.connect
	r.mu.Unlock()
	return connect(ctx)
}

func (r *recommendations) how() answer {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.answer
}

func (r *recommendations) setAnswer(how answer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = how
}

// keeps reports whether the fake keeps that somebody did something with a book.
func (r *recommendations) keeps(book int64, kind bookmarketv1.Activity_Kind) bool {
	return r.count(func(a *bookmarketv1.Activity) bool { return a.GetBookId() == book && a.GetKind() == kind }) > 0
}

func (r *recommendations) count(which func(*bookmarketv1.Activity) bool) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, activity := range r.kept {
		if which(activity) {
			n++
		}
	}
	return n
}

func fakeBook(id int64) *bookmarketv1.Book {
	book := &bookmarketv1.Book{
		Id:              id,
		Title:           fmt.Sprintf("Title %d", id),
		Authors:         []string{fmt.Sprintf("Author %d", id%7)},
		Categories:      []string{fakeCategories[id%int64(len(fakeCategories))]},
		PublicationYear: 2000,
		AverageRating:   4,
		RatingsCount:    1000 - id,
	}
	if id <= 3 {
		position := float64(id)
		book.Series, book.SeriesPosition = "The series", &position
	}
	return book
}

// fakeList returns the books that suit, in order, n at most.
func fakeList(n int32, suits func(*bookmarketv1.Book) bool) []*bookmarketv1.Book {
	var list []*bookmarketv1.Book
	for id := int64(1); id <= fakeBooks && len(list) < int(n); id++ {
		if book := fakeBook(id); suits(book) {
			list = append(list, book)
		}
	}
	return list
}

func of(category string) func(*bookmarketv1.Book) bool {
	return func(b *bookmarketv1.Book) bool { return category == "" || slices.Contains(b.GetCategories(), category) }
}

func recommended(books []*bookmarketv1.Book, reason *bookmarketv1.Reason) []*bookmarketv1.Recommendation {
	list := make([]*bookmarketv1.Recommendation, len(books))
	for i, book := range books {
		list[i] = &bookmarketv1.Recommendation{Book: book, Reason: reason}
	}
	return list
}

func refusal(code codes.Code, reason string) error {
	refused, err := status.New(code, "refused").WithDetails(&errdetails.ErrorInfo{Domain: "bookmarket", Reason: reason})
	if err != nil {
		return err
	}
	return refused.Err()
}

// ListCategories implements the contract.
func (*recommendations) ListCategories(context.Context, *bookmarketv1.ListCategoriesRequest) (*bookmarketv1.ListCategoriesResponse, error) {
	resp := new(bookmarketv1.ListCategoriesResponse)
	for _, slug := range fakeCategories {
		resp.Categories = append(resp.Categories, &bookmarketv1.Category{Slug: slug, Name: slug, BookCount: fakeBooks / 5})
	}
	return resp, nil
}

// ListBooks implements the contract.
func (*recommendations) ListBooks(_ context.Context, req *bookmarketv1.ListBooksRequest) (*bookmarketv1.ListBooksResponse, error) {
	if req.GetCategory() != "" && !slices.Contains(fakeCategories, req.GetCategory()) {
		return nil, refusal(codes.NotFound, "CATEGORY_NOT_FOUND")
	}
	books := fakeList(req.GetPageSize(), func(b *bookmarketv1.Book) bool {
		return of(req.GetCategory())(b) &&
			(req.GetAuthor() == "" || slices.Contains(b.GetAuthors(), req.GetAuthor())) &&
			(req.GetSeries() == "" || b.GetSeries() == req.GetSeries())
	})
	return &bookmarketv1.ListBooksResponse{Books: books, TotalSize: int32(len(books))}, nil //nolint:gosec // a few
}

// SearchBooks implements the contract.
func (*recommendations) SearchBooks(_ context.Context, req *bookmarketv1.SearchBooksRequest) (*bookmarketv1.SearchBooksResponse, error) {
	books := fakeList(req.GetPageSize(), func(b *bookmarketv1.Book) bool { return strings.Contains(b.GetTitle(), req.GetQuery()) })
	return &bookmarketv1.SearchBooksResponse{Books: books, TotalSize: int32(len(books))}, nil //nolint:gosec // a few
}

// GetBook implements the contract.
func (*recommendations) GetBook(_ context.Context, req *bookmarketv1.GetBookRequest) (*bookmarketv1.GetBookResponse, error) {
	if req.GetBookId() > secretBook {
		return nil, refusal(codes.NotFound, "BOOK_NOT_FOUND")
	}
	return &bookmarketv1.GetBookResponse{Book: fakeBook(req.GetBookId())}, nil
}

// BatchGetBooks implements the contract.
func (*recommendations) BatchGetBooks(_ context.Context, req *bookmarketv1.BatchGetBooksRequest) (*bookmarketv1.BatchGetBooksResponse, error) {
	resp := new(bookmarketv1.BatchGetBooksResponse)
	for _, id := range req.GetBookIds() {
		if id <= secretBook {
			resp.Books = append(resp.Books, fakeBook(id))
		}
	}
	return resp, nil
}

// Recommend implements the contract. Readers get half of the books, and as the reason what they
// rated, or looked at.
func (r *recommendations) Recommend(_ context.Context, req *bookmarketv1.RecommendRequest) (*bookmarketv1.RecommendResponse, error) {
	reason := &bookmarketv1.Reason{Kind: bookmarketv1.Reason_KIND_POPULAR}
	if recent := req.GetRecentBookIds(); len(recent) > 0 {
		reason = &bookmarketv1.Reason{Kind: bookmarketv1.Reason_KIND_SIMILAR_CONTENT, BecauseOf: []*bookmarketv1.Contribution{{BookId: recent[0], Share: 1}}}
	}
	if r.count(func(a *bookmarketv1.Activity) bool { return a.GetUserId() == req.GetUserId() }) > 0 {
		reason = &bookmarketv1.Reason{Kind: bookmarketv1.Reason_KIND_BECAUSE_YOU_LIKED, BecauseOf: []*bookmarketv1.Contribution{{BookId: 1, Share: 1}}}
	}
	return &bookmarketv1.RecommendResponse{Recommendations: recommended(fakeList(req.GetMaxResults(), of(req.GetCategory())), reason)}, nil
}

// ListSimilarBooks implements the contract.
func (*recommendations) ListSimilarBooks(_ context.Context, req *bookmarketv1.ListSimilarBooksRequest) (*bookmarketv1.ListSimilarBooksResponse, error) {
	books := fakeList(req.GetMaxResults(), func(b *bookmarketv1.Book) bool { return b.GetId() != req.GetBookId() })
	reason := &bookmarketv1.Reason{Kind: bookmarketv1.Reason_KIND_SIMILAR_CONTENT, BecauseOf: []*bookmarketv1.Contribution{{BookId: req.GetBookId(), Share: 1}}}
	return &bookmarketv1.ListSimilarBooksResponse{Recommendations: recommended(books, reason)}, nil
}

// ListPopularBooks implements the contract.
func (*recommendations) ListPopularBooks(_ context.Context, req *bookmarketv1.ListPopularBooksRequest) (*bookmarketv1.ListPopularBooksResponse, error) {
	kind := bookmarketv1.Reason_KIND_POPULAR
	if req.GetWindow() == bookmarketv1.ListPopularBooksRequest_WINDOW_TRENDING {
		kind = bookmarketv1.Reason_KIND_TRENDING
	}
	books := fakeList(req.GetMaxResults(), of(req.GetCategory()))
	return &bookmarketv1.ListPopularBooksResponse{Recommendations: recommended(books, &bookmarketv1.Reason{Kind: kind})}, nil
}

// RecordActivity implements the contract.
func (r *recommendations) RecordActivity(_ context.Context, req *bookmarketv1.RecordActivityRequest) (*bookmarketv1.RecordActivityResponse, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	resp := new(bookmarketv1.RecordActivityResponse)
	for _, activity := range req.GetActivities() {
		if activity.GetOccurredAt() == nil {
			activity.OccurredAt = timestamppb.Now()
		}
		known := func(a *bookmarketv1.Activity) bool { return a.GetEventId() == activity.GetEventId() }
		if !slices.ContainsFunc(r.kept, known) {
			r.kept = append(r.kept, activity)
			resp.RecordedCount++
		}
	}
	return resp, nil
}

// ListActivity implements the contract.
func (r *recommendations) ListActivity(_ context.Context, req *bookmarketv1.ListActivityRequest) (*bookmarketv1.ListActivityResponse, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	resp := new(bookmarketv1.ListActivityResponse)
	for _, activity := range slices.Backward(r.kept) {
		if activity.GetUserId() == req.GetUserId() {
			resp.Activities = append(resp.Activities, activity)
		}
	}
	slices.SortStableFunc(resp.GetActivities(), func(a, b *bookmarketv1.Activity) int {
		return cmp.Compare(b.GetOccurredAt().GetSeconds(), a.GetOccurredAt().GetSeconds())
	})
	return resp, nil
}

// DeleteActivity implements the contract.
func (r *recommendations) DeleteActivity(_ context.Context, req *bookmarketv1.DeleteActivityRequest) (*bookmarketv1.DeleteActivityResponse, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	before := len(r.kept)
	r.kept = slices.DeleteFunc(r.kept, func(a *bookmarketv1.Activity) bool {
		return a.GetUserId() == req.GetUserId() && slices.Contains(req.GetEventIds(), a.GetEventId())
	})
	return &bookmarketv1.DeleteActivityResponse{DeletedCount: int32(before - len(r.kept))}, nil //nolint:gosec // a few
}

// DeleteUserData implements the contract.
func (r *recommendations) DeleteUserData(_ context.Context, req *bookmarketv1.DeleteUserDataRequest) (*bookmarketv1.DeleteUserDataResponse, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	before := len(r.kept)
	r.kept = slices.DeleteFunc(r.kept, func(a *bookmarketv1.Activity) bool { return a.GetUserId() == req.GetUserId() })
	return &bookmarketv1.DeleteUserDataResponse{DeletedActivityCount: int64(before - len(r.kept))}, nil
}

// plainBytes is gRPC's own codec, except that bytes are sent as they are.
type plainBytes struct{}

func (plainBytes) Name() string { return grpcproto.Name }

func (plainBytes) Marshal(v any) (mem.BufferSlice, error) {
	if b, ok := v.([]byte); ok {
		return mem.BufferSlice{mem.SliceBuffer(b)}, nil
	}
	return encoding.GetCodecV2(grpcproto.Name).Marshal(v)
}

func (plainBytes) Unmarshal(data mem.BufferSlice, v any) error {
	return encoding.GetCodecV2(grpcproto.Name).Unmarshal(data, v)
}

// silent takes what is said and never answers; hangingUp does not even listen.
func silent(conn net.Conn)    { _, _ = io.Copy(io.Discard, conn) }
func hangingUp(conn net.Conn) { _ = conn.Close() }
