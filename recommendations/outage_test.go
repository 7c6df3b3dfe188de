package main

import (
	"context"
	"fmt"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"bookmarket/protobufs/gen/bookmarketv1"
	"bookmarket/recommendations/internal/store/postgres/postgrestest"
)

// What is promised while the database is gone, and when it returns.
const (
	refuseLimit = time.Second
	noticeLimit = 2 * time.Second
	returnLimit = 5 * time.Second
)

// However PostgreSQL is lost: reads go on from memory, writes are refused in time, health says
// which part is affected, and all is well soon after the database's return, with everything
// that was acknowledged.
func TestDatabaseGone(t *testing.T) {
	server := postgrestest.Start(t, postgrestest.Durable)
	r := start(t, server.NewDatabase(t), "tutorial")
	r.ready(t)
	outages := []struct {
		name       string
		begin, end func(testing.TB)
	}{
		{"paused", server.Pause, server.Resume},
		{"stopped at once", server.Stop, server.Start},
		{"paused again", server.Pause, server.Resume},
		{"restarted", func(testing.TB) {}, server.Restart},
	}
	for i, outage := range outages {
		passed := t.Run(outage.name, func(t *testing.T) {
			known, stranger := int64(1000+2*i), int64(1001+2*i)
			if err := r.buy(t.Context(), known, 1); err != nil {
				t.Fatal(err)
			}
			// What the database says of the purchase drops the history once more: the reader goes on
			// reading until it has.
			for range 20 {
				if got := r.mysteries(t, known); got != 2 {
					t.Fatalf("a reader who bought one of three mysteries is recommended %d", got)
				}
				time.Sleep(20 * time.Millisecond)
			}
			outage.begin(t)
			if outage.name != "restarted" {
				r.whileGone(t, known, stranger)
			}
			outage.end(t)
			returned := time.Now()
			within(t, returnLimit, "a write", func() bool { return r.buy(t.Context(), known, 2) == nil })
			within(t, returnLimit-time.Since(returned), "the activity service SERVING", func() bool { return r.serving(t, activityService) })
			within(t, returnLimit-time.Since(returned), "the reader's history", func() bool { return r.mysteries(t, known) == 1 })
			list, err := r.activity.ListActivity(t.Context(), &bookmarketv1.ListActivityRequest{UserId: known})
			if err != nil || len(list.GetActivities()) != 2 {
				t.Errorf("of two purchases that were acknowledged there are %v, %v", list, err)
			}
		})
		if !passed {
			return // the next outage would begin in this one
		}
	}
}

// whileGone checks what is promised without a database.
func (r *running) whileGone(t *testing.T, known, stranger int64) {
	t.Helper()
	gone := time.Now()
	for range 3 {
		began := time.Now()
		err := r.buy(t.Context(), stranger, 1)
		if took := time.Since(began); status.Code(err) != codes.Unavailable || took > refuseLimit {
			t.Errorf("a write ended with %v after %v", err, took)
		}
	}
	within(t, noticeLimit-time.Since(gone), "the activity service NOT_SERVING", func() bool { return !r.serving(t, activityService) })
	for end := time.Now().Add(2 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if !r.serving(t, whole) || !r.serving(t, readService) {
			t.Fatal("the read services are NOT_SERVING")
		}
		began := time.Now()
		if got := r.mysteries(t, known); got != 2 {
			t.Fatalf("a reader who is in memory is recommended %d of 2 mysteries", got)
		}
		if got := r.mysteries(t, stranger); got != 3 {
			t.Fatalf("a reader whom only the database knows is recommended %d of 3 mysteries", got)
		}
		if _, err := r.books.SearchBooks(t.Context(), &bookmarketv1.SearchBooksRequest{Query: "dune"}); err != nil {
			t.Fatalf("search: %v", err)
		}
		if took := time.Since(began); took > 250*time.Millisecond {
			t.Errorf("three answers from memory took %v", took)
		}
		if code := r.live(t); code != 200 {
			t.Fatalf("/livez answers %d", code)
		}
	}
}

// buy records a purchase, and waits for the answer longer than it may take.
func (r *running) buy(ctx context.Context, reader, book int64) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	_, err := r.activity.RecordActivity(ctx, &bookmarketv1.RecordActivityRequest{Activities: []*bookmarketv1.Activity{{
		EventId: fmt.Sprintf("%d-%d", reader, book), UserId: reader, BookId: book, Kind: bookmarketv1.Activity_KIND_PURCHASE,
	}}})
	return err
}

// mysteries returns how many mysteries a reader is recommended.
func (r *running) mysteries(t *testing.T, reader int64) int {
	t.Helper()
	resp, err := r.recommendations.Recommend(t.Context(), &bookmarketv1.RecommendRequest{UserId: reader, Category: "mystery"})
	if err != nil {
		t.Fatalf("recommend: %v", err)
	}
	return len(resp.GetRecommendations())
}

// The service may be started before its database.
func TestStartedBeforeTheDatabase(t *testing.T) {
	server := postgrestest.Start(t, postgrestest.Fast)
	url := server.NewDatabase(t)
	server.Stop(t)
	r := start(t, url, "tutorial")
	within(t, 10*time.Second, "a line that says what is waited for", func() bool { return r.log.has("waiting for the store") })
	if r.serving(t, whole) || r.serving(t, activityService) {
		t.Error("it serves without ever having seen its database")
	}
	if code := r.live(t); code != 200 {
		t.Errorf("/livez answers %d", code)
	}
	server.Start(t)
	within(t, returnLimit, "a service that is ready", func() bool { return r.serving(t, whole) && r.serving(t, activityService) })
}
