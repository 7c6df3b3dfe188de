package compose

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"bookmarket/e2e/internal/pagetest"
	"bookmarket/protobufs/gen/bookmarketv1"
)

const (
	trials    = 1000
	seenLimit = time.Second
)

// Two replicas on one PostgreSQL: what a reader does at one of them counts at the other one
// within a second, although it had the reader's history in memory.
func TestPostgres(t *testing.T) {
	p := newProject(t, "compose.postgres.yml")
	p.env = append(p.env, "BOOKMARKET_GRPC_PORTS=0") // any two
	p.compose(t, "up", "--build", "--wait")
	if page := pagetest.Prompt(t, p.url); !page.Fresh() {
		t.Errorf("the first page is %v", page)
	}
	passwordIsNobodysElse(t, p)
	here, there := p.replica(t, 1), p.replica(t, 2)

	var mu sync.Mutex
	var took []time.Duration
	const atOnce = 4
	var trying sync.WaitGroup
	for worker := range atOnce {
		trying.Go(func() {
			for reader := worker; reader < trials; reader += atOnce {
				from, to := here, there
				if worker%2 == 1 {
					from, to = there, here
				}
				seen, err := visible(t.Context(), from, to, int64(reader)+1<<33)
				if err != nil {
					t.Errorf("reader %d: %v", reader, err)
					return
				}
				mu.Lock()
				took = append(took, seen)
				mu.Unlock()
			}
		})
	}
	trying.Wait()
	if len(took) == 0 {
		t.Fatal("no trial ended")
	}
	slices.Sort(took)
	t.Logf("an event is seen by the other replica after %v (median), %v (99 of 100), %v (longest of %d)",
		took[len(took)/2], took[len(took)*99/100], took[len(took)-1], len(took))
}

// visible buys the book that one replica recommends first at the other one, and returns how
// long the first goes on recommending it.
func visible(ctx context.Context, here, there replica, reader int64) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	first, err := there.best(ctx, reader)
	if err != nil {
		return 0, err
	}
	_, err = here.activity.RecordActivity(ctx, &bookmarketv1.RecordActivityRequest{Activities: []*bookmarketv1.Activity{{
		EventId: fmt.Sprintf("trial-%d", reader), UserId: reader, BookId: first, Kind: bookmarketv1.Activity_KIND_PURCHASE,
	}}})
	if err != nil {
		return 0, err
	}
	for began := time.Now(); ; time.Sleep(time.Millisecond) {
		now, err := there.best(ctx, reader)
		switch since := time.Since(began); {
		case err != nil:
			return 0, err
		case since > seenLimit:
			return 0, fmt.Errorf("after %v the other replica still recommended what was bought, or had not answered", since)
		case now != first:
			return since, nil
		}
	}
}

// A replica is one of several recommendations.
type replica struct {
	recommendations bookmarketv1.RecommendationServiceClient
	activity        bookmarketv1.ActivityServiceClient
}

// best returns the book that a reader is recommended first.
func (r replica) best(ctx context.Context, reader int64) (int64, error) {
	resp, err := r.recommendations.Recommend(ctx, &bookmarketv1.RecommendRequest{UserId: reader, MaxResults: 1})
	if err != nil {
		return 0, err
	}
	if len(resp.GetRecommendations()) == 0 {
		return 0, fmt.Errorf("nothing is recommended")
	}
	return resp.GetRecommendations()[0].GetBook().GetId(), nil
}

// replica connects to a replica by its number, from 1.
func (p *project) replica(t *testing.T, number int) replica {
	t.Helper()
	addr := p.compose(t, "port", fmt.Sprintf("--index=%d", number), "recommendations", "50051")
	if !strings.HasPrefix(addr, "127.0.0.1:") {
		t.Errorf("replica %d is published at %s", number, addr)
	}
	conn, err := grpc.NewClient(addr, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return replica{bookmarketv1.NewRecommendationServiceClient(conn), bookmarketv1.NewActivityServiceClient(conn)}
}
