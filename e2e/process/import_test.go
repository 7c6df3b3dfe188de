package process

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"bookmarket/e2e/internal/proctest"
	"bookmarket/protobufs/gen/bookmarketv1"
)

const importLimit = 30 * time.Second

// A shop's own books go into the store of a running service, which shows them without a
// restart; a second import changes nothing, and rows that cannot be used are told by line.
func TestImport(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	database := "RECOMMENDATIONS_DATABASE_URL=sqlite:" + filepath.Join(dir, "shop.db")
	rec := start(t, recommendations, database)
	books := filepath.Join(dir, "books.csv")
	write(t, books, "title,id,authors,categories\nDas Schloß,100,Franz Kafka,Classics\nNo id,,,\n\"A line\nbreak\",101,,Classics;Mystery\n")
	for _, run := range []struct{ name, counts string }{
		{"first", "2 new, 0 changed, 0 equal, 1 refused"},
		{"second", "0 new, 0 changed, 2 equal, 1 refused"},
	} {
		p, code := proctest.Run(t, importLimit, []string{database}, program(recommendations), "import", "--books", books)
		if out := p.Stdout.String(); code != 0 || !strings.Contains(out, run.counts) {
			t.Errorf("the %s import ended with %d and %q, want %q", run.name, code, out, run.counts)
		}
		if fault := books + ":3: id: "; !strings.Contains(p.Stderr.String(), fault) {
			t.Errorf("the %s import says nothing of %s", run.name, fault)
		}
	}
	client := bookmarketv1.NewCatalogServiceClient(dial(t, rec.Addr(t, "grpc")))
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	for {
		found, err := client.SearchBooks(ctx, &bookmarketv1.SearchBooksRequest{Query: "schloss kafka"})
		if err != nil {
			t.Fatalf("within five seconds the new book cannot be found: %v", err)
		}
		if len(found.GetBooks()) == 1 && found.GetBooks()[0].GetId() == 100 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// Ctrl-C ends an import between two batches, says so, and a later one completes it.
func TestImportInterrupted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	env := []string{"RECOMMENDATIONS_DATABASE_URL=sqlite:" + filepath.Join(dir, "shop.db")}
	const rows = 300_000
	var b strings.Builder
	b.WriteString("user_id,book_id,rating\n")
	for i := range rows {
		fmt.Fprintf(&b, "%d,%d,5\n", 1+i/10, 1+i%10)
	}
	ratings := filepath.Join(dir, "ratings.csv")
	write(t, ratings, b.String())
	p := proctest.Start(t, env, program(recommendations), "import", "--ratings", ratings)
	time.Sleep(300 * time.Millisecond) // it is somewhere in the middle; where does not matter
	p.Signal(t, syscall.SIGINT)
	if code := p.Exit(t, importLimit); code != 1 {
		t.Errorf("an interrupted import ended with %d, %s", code, p.Stderr.String())
	}
	again, code := proctest.Run(t, importLimit, env, program(recommendations), "import", "--ratings", ratings)
	var added, equal int
	_, counts, _ := strings.Cut(again.Stdout.String(), "rows: ")
	if _, err := fmt.Sscanf(strings.ReplaceAll(counts, ",", ""), "%d new 0 changed %d equal 0 refused", &added, &equal); err != nil || code != 0 {
		t.Fatalf("the second import ended with %d and %q: %v", code, again.Stdout.String(), err)
	}
	if added+equal != rows || added == 0 {
		t.Errorf("of %d rows the second import found %d new and %d there", rows, added, equal)
	}
}

// Refused imports say why, and leave the store as it was.
func TestImportRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.csv")
	write(t, bad, "id,title\n0,Nobody's\n")
	sqlite := "RECOMMENDATIONS_DATABASE_URL=sqlite:" + filepath.Join(dir, "shop.db")
	for name, tt := range map[string]struct {
		env  string
		args []string
		says string
	}{
		"nothing to import":    {sqlite, nil, "nothing to import"},
		"no such file":         {sqlite, []string{"--books", filepath.Join(dir, "none.csv")}, "none.csv"},
		"no usable row":        {sqlite, []string{"--books", bad}, "no usable row"},
		"the first bad row":    {sqlite, []string{"--books", bad, "--on-error", "abort"}, bad + ":2: id: "},
		"a store that is lost": {"RECOMMENDATIONS_DATABASE_URL=memory:", []string{"--books", bad}, "RECOMMENDATIONS_DATABASE_URL"},
	} {
		p, code := proctest.Run(t, importLimit, []string{tt.env}, program(recommendations), append([]string{"import"}, tt.args...)...)
		if code != 1 || !strings.Contains(p.Stderr.String(), tt.says) {
			t.Errorf("%s: ended with %d, saying %q", name, code, p.Stderr.String())
		}
	}
}

// A copy that is made while readers act is a store with everything that was acknowledged
// before, and starts like one.
func TestBackup(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	database := "RECOMMENDATIONS_DATABASE_URL=sqlite:" + filepath.Join(dir, "shop.db")
	client := bookmarketv1.NewActivityServiceClient(dial(t, start(t, recommendations, database).Addr(t, "grpc")))
	record := func(n int) {
		event := &bookmarketv1.Activity{EventId: fmt.Sprint("event-", n), UserId: 7, BookId: 1, Kind: bookmarketv1.Activity_KIND_VIEW}
		if _, err := client.RecordActivity(t.Context(), &bookmarketv1.RecordActivityRequest{Activities: []*bookmarketv1.Activity{event}}); err != nil {
			t.Error(err)
		}
	}
	const before = 500
	for n := range before {
		record(n)
	}
	done, acting := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(acting)
		for n := before; ; n++ {
			select {
			case <-done:
				return
			default:
				record(n)
			}
		}
	}()
	backup := filepath.Join(dir, "backup.db")
	p, code := proctest.Run(t, importLimit, []string{database}, program(recommendations), "backup", backup)
	close(done)
	<-acting
	if code != 0 {
		t.Fatalf("the backup ended with %d: %s", code, p.Stderr.String())
	}
	if p, code := proctest.Run(t, importLimit, []string{database}, program(recommendations), "backup", backup); code != 1 {
		t.Errorf("a second backup into the same file ended with %d: %s", code, p.Stderr.String())
	}

	restored := bookmarketv1.NewActivityServiceClient(dial(t, start(t, recommendations, "RECOMMENDATIONS_DATABASE_URL=sqlite:"+backup).Addr(t, "grpc")))
	list, err := restored.ListActivity(t.Context(), &bookmarketv1.ListActivityRequest{UserId: 7, PageSize: 1000})
	if err != nil || len(list.GetActivities()) < before {
		t.Fatalf("the copy has %d events of at least %d, %v", len(list.GetActivities()), before, err)
	}
	for i, event := range list.GetActivities() { // newest first
		if want := fmt.Sprint("event-", len(list.GetActivities())-1-i); event.GetEventId() != want {
			t.Fatalf("the copy has %s where %s is expected: what it holds is not what had happened by one moment", event.GetEventId(), want)
		}
	}
	checkFile(t, backup)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
