package process

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	_ "modernc.org/sqlite" // reads the file that a killed process left

	"bookmarket/e2e/internal/proctest"
	"bookmarket/protobufs/gen/bookmarketv1"
)

const (
	crashes      = 200
	crashWriters = 8
	// readyLimit is how soon a service must take events again after it was killed.
	readyLimit = 2 * time.Second
)

// Whatever was acknowledged outlives the process: it is killed in the middle of writes, two
// hundred times on one file, and each time the file is whole, the next process is ready in
// time, nothing acknowledged is missing and nothing counts twice.
func TestKilledWhileWriting(t *testing.T) {
	file := filepath.Join(t.TempDir(), "recommendations.db")
	env := []string{"RECOMMENDATIONS_DATABASE_URL=sqlite:" + file, "RECOMMENDATIONS_CATALOG=none"}
	var slowest time.Duration
	acknowledged := 0
	for crash := int64(1); crash <= crashes; crash++ {
		began := time.Now()
		p, conn := startWriting(t, env)
		slowest = max(slowest, time.Since(began))
		if crash > 1 {
			acknowledged += checkReader(t, conn, crash-1)
		}
		notes := writeEvents(t, conn, crash)
		time.Sleep(time.Duration(50+rand.IntN(100)) * time.Millisecond)
		p.Kill(t)
		written[crash] = notes()
		checkFile(t, file)
		_ = conn.Close()
		if t.Failed() {
			return
		}
	}
	_, conn := startWriting(t, env)
	defer conn.Close() //nolint:errcheck // the test is over
	// What was there after one crash is after the others, too.
	for crash := int64(1); crash <= crashes; crash++ {
		checkReader(t, conn, crash)
	}
	if slowest > readyLimit {
		t.Errorf("after a crash it took up to %v until events were taken again, more than %v", slowest, readyLimit)
	}
	if acknowledged < 10*crashes {
		t.Errorf("only %d events were acknowledged in %d lives: nothing was in the middle of a write", acknowledged, crashes)
	}
	t.Logf("%d events acknowledged, ready within %v", acknowledged, slowest)
}

// written are the events of each life that were sent, and whether they were acknowledged.
var written = make(map[int64]map[string]bool)

// startWriting starts a service and returns when it takes events.
func startWriting(t *testing.T, env []string) (*proctest.Process, *grpc.ClientConn) {
	t.Helper()
	p := proctest.Start(t, append(anyPorts[recommendations], env...), program(recommendations))
	// Without books it is never ready as a whole; it takes events all the same.
	conn := dial(t, p.Addr(t, "grpc"))
	ctx, cancel := context.WithTimeout(t.Context(), 2*readyLimit)
	defer cancel()
	for {
		answer, err := healthpb.NewHealthClient(conn).Check(ctx,
			&healthpb.HealthCheckRequest{Service: bookmarketv1.ActivityService_ServiceDesc.ServiceName}, grpc.WaitForReady(true))
		if err != nil {
			t.Fatalf("no health: %v", err)
		}
		if answer.GetStatus() == healthpb.HealthCheckResponse_SERVING {
			return p, conn
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// writeEvents records events of a reader until the service is gone. The function that it returns
// waits for that and returns which events were sent, and whether they were acknowledged.
func writeEvents(t *testing.T, conn *grpc.ClientConn, reader int64) func() map[string]bool {
	t.Helper()
	client := bookmarketv1.NewActivityServiceClient(conn)
	notes := make([]map[string]bool, crashWriters)
	var writing sync.WaitGroup
	for w := range crashWriters {
		notes[w] = make(map[string]bool)
		writing.Go(func() {
			for n := 0; ; n++ {
				batch := make([]*bookmarketv1.Activity, 1+n%3)
				for i := range batch {
					id := fmt.Sprintf("%d-%d-%d-%d", reader, w, n, i)
					batch[i] = &bookmarketv1.Activity{EventId: id, UserId: reader, BookId: 1, Kind: bookmarketv1.Activity_KIND_VIEW}
					notes[w][id] = false
				}
				if _, err := client.RecordActivity(t.Context(), &bookmarketv1.RecordActivityRequest{Activities: batch}); err != nil {
					return
				}
				for _, event := range batch {
					notes[w][event.GetEventId()] = true
				}
			}
		})
	}
	return func() map[string]bool {
		writing.Wait()
		all := make(map[string]bool)
		for _, of := range notes {
			maps.Copy(all, of)
		}
		return all
	}
}

// checkReader compares what is kept about a reader with what was written in that life, and
// returns how many events were acknowledged.
func checkReader(t *testing.T, conn *grpc.ClientConn, reader int64) (acknowledged int) {
	t.Helper()
	kept := make(map[string]int)
	client := bookmarketv1.NewActivityServiceClient(conn)
	for token := ""; ; {
		page, err := client.ListActivity(t.Context(), &bookmarketv1.ListActivityRequest{UserId: reader, PageSize: 1000, PageToken: token})
		if err != nil {
			t.Fatalf("life %d: %v", reader, err)
		}
		for _, event := range page.GetActivities() {
			kept[event.GetEventId()]++
		}
		if token = page.GetNextPageToken(); token == "" {
			break
		}
	}
	for id, times := range kept {
		if _, sent := written[reader][id]; !sent || times != 1 {
			t.Errorf("life %d: event %s is kept %d times, and was sent: %t", reader, id, times, sent)
		}
	}
	for id, ack := range written[reader] {
		if ack {
			acknowledged++
		}
		if ack && kept[id] == 0 {
			t.Errorf("life %d: event %s was acknowledged and is lost", reader, id)
		}
	}
	return acknowledged
}

// checkFile has SQLite look at every page of the file that a killed process left.
func checkFile(t *testing.T, file string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+file+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // nothing is written
	var verdict string
	if err := db.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("the file's integrity: %s, %v", verdict, err)
	}
}
