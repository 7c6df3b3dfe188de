package process

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"bookmarket/e2e/internal/proctest"
	"bookmarket/protobufs/gen/bookmarketv1"
)

const (
	trainLimit = 60 * time.Second
	// servedLimit is how soon a server recommends by a model that another process has published.
	servedLimit = 5 * time.Second
	// interruptLimit is how soon Ctrl-C ends what learns.
	interruptLimit = 2 * time.Second
)

// Models that the train command learns, or takes back, reach the running server.
func TestTrain(t *testing.T) {
	t.Parallel()
	shop := newGenreShop(t, 800, 8000)
	ana, bo := newReader(t, shop.server, 1_000_001), newReader(t, shop.server, 1_000_002)
	ana.rates(t, 1, 5)
	if before := ana.recommended(t, "", 10); modelOf(before) != 0 {
		t.Fatalf("without an interval it begins with %s", before.GetModelVersion())
	}

	first := ana.awaitModel(t, shop.learns(t), servedLimit)
	shop.checkGenre(t, first, 1)
	shop.trains(t, "nothing to learn: a model was learned from the same data\n")

	// Many who like two books of different genres together: that is another model.
	bought := filepath.Join(t.TempDir(), "bought.csv")
	write(t, bought, "user_id,book_id\n"+strings.Join(slices.Collect(func(yield func(string) bool) {
		for user := range 400 {
			if !yield(fmt.Sprintf("%d,1\n%d,%d", 2_000_000+user, 2_000_000+user, 2)) {
				return
			}
		}
	}), "\n"))
	if p, code := proctest.Run(t, importLimit, shop.env, program(recommendations), "import", "--ratings", bought); code != 0 {
		t.Fatalf("the import ended with %d: %s", code, p.Stderr.String())
	}
	second := ana.awaitModel(t, shop.learns(t), servedLimit)
	if slices.Equal(ids(second), ids(first)) || !slices.Contains(ids(second), 2) {
		t.Errorf("what is bought together with book 1 is not recommended to who liked that: %v", ids(second))
	}

	back := shop.trains(t, "the model before the latest serves again, as model ", "--rollback")
	if third := ana.awaitModel(t, versionIn(t, back), servedLimit); !slices.Equal(ids(third), ids(first)) {
		t.Errorf("the model before recommended %v, and now recommends %v", ids(first), ids(third))
	}
	shop.trains(t, "nothing to learn: ")
	none := shop.train(t, "--rollback")
	if code := none.Exit(t, trainLimit); code != 1 || !strings.HasSuffix(none.Stderr.String(), "recommendations: there is no earlier model to go back to\n") {
		t.Errorf("one rollback too many ended with %d, %q, %q", code, none.Stdout.String(), none.Stderr.String())
	}

	// Of two at once one learns.
	bo.rates(t, 1, 5)
	both := []*proctest.Process{shop.train(t), shop.train(t)}
	if a, b := both[0].Exit(t, trainLimit), both[1].Exit(t, trainLimit); a+b != 1 {
		t.Errorf("two at once ended with %d and %d", a, b)
	} else if refused := both[b]; refused.Stdout.String() != "" || !strings.Contains(refused.Stderr.String(), "recommendations: another process is training\n") {
		t.Errorf("the one that was refused says %q, %q", refused.Stdout.String(), refused.Stderr.String())
	}
	ana.awaitModel(t, versionIn(t, both[0].Stdout.String()+both[1].Stdout.String()), servedLimit)

	// Ctrl-C.
	bo.rates(t, 2, 5)
	p := shop.train(t)
	p.Await(t, "msg", "store") // from here on it listens to signals
	time.Sleep(100 * time.Millisecond)
	p.Signal(t, syscall.SIGINT)
	if code := p.Exit(t, interruptLimit); code != 1 || p.Stdout.String() != "" || !strings.HasSuffix(p.Stderr.String(), "recommendations: interrupted\n") {
		t.Errorf("it was interrupted and ended with %d, %q, %q", code, p.Stdout.String(), p.Stderr.String())
	}
	checkFile(t, shop.file)
	ana.awaitModel(t, shop.learns(t), servedLimit)
}

const trainKills = 20

// Wherever train is killed, the store has models that are whole, servers serve on, and the next
// one can train.
func TestTrainKilled(t *testing.T) {
	t.Parallel()
	shop := newGenreShop(t, 300, 1000)
	ana, bo := newReader(t, shop.server, 1_000_001), newReader(t, shop.server, 1_000_002)
	ana.rates(t, 1, 5)
	began := time.Now()
	version := shop.learns(t)
	took := time.Since(began)
	ana.awaitModel(t, version, servedLimit)

	finished := 0
	for kill := range trainKills {
		bo.rates(t, int64(2+kill), 4) // there is something new to learn
		p := shop.train(t)
		time.Sleep(time.Duration(rand.Int64N(int64(took * 5 / 4))))
		if !p.KillIfRunning(t) {
			finished++
			took -= took / 5 // the first may have had a busier machine
			if code := p.Exit(t, soon); code != 0 {
				t.Errorf("train ended with %d: %s", code, p.Stderr.String())
			}
		}
		checkFile(t, shop.file)
		if answer := ana.recommended(t, "", 10); len(answer.GetRecommendations()) != 10 || modelOf(answer) < version {
			t.Errorf("after %d kills %d books are recommended by %s", kill+1, len(answer.GetRecommendations()), answer.GetModelVersion())
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("killed %d times within %v; %d were done before", trainKills, took, finished)
	if finished > trainKills/2 {
		t.Errorf("%d of %d were done before they were killed", finished, trainKills)
	}

	bo.rates(t, 1, 5)
	answer := ana.awaitModel(t, shop.learns(t), servedLimit)
	shop.checkGenre(t, answer, 1)
	checkModels(t, shop.server)
	shop.server.Kill(t)
	shop.server = start(t, recommendations, shop.env...)
	if again := newReader(t, shop.server, ana.id).recommended(t, "", 10); modelOf(again) != modelOf(answer) {
		t.Errorf("after a restart books are recommended by %s, before by %s", again.GetModelVersion(), answer.GetModelVersion())
	}
	checkModels(t, shop.server)
}

// checkModels wants every model that a server has met to be whole.
func checkModels(t *testing.T, server *proctest.Process) {
	t.Helper()
	if log := server.Stderr.String(); strings.Contains(log, "cannot be used") {
		t.Error("a model in the store is damaged")
	}
}

const genres = 5

// A genreShop is a server on a SQLite store with books of some genres, and readers who like one
// of these each. Nothing is learned before somebody says so.
type genreShop struct {
	server *proctest.Process
	file   string
	env    []string
}

func newGenreShop(t *testing.T, books, readers int) *genreShop {
	t.Helper()
	booksFile, ratingsFile := genreFiles(t, books, readers)
	s := &genreShop{file: filepath.Join(t.TempDir(), "shop.db")}
	s.env = []string{
		"RECOMMENDATIONS_DATABASE_URL=sqlite:" + s.file,
		"RECOMMENDATIONS_CATALOG=" + booksFile,
		"RECOMMENDATIONS_RATINGS=" + ratingsFile,
		"RECOMMENDATIONS_TRAIN_INTERVAL=0",
	}
	s.server = start(t, recommendations, s.env...)
	return s
}

// genreFiles writes books of some genres, and what readers who like one of these each rated.
func genreFiles(t *testing.T, books, readers int) (booksFile, ratingsFile string) {
	t.Helper()
	dir := t.TempDir()
	var b, r strings.Builder
	b.WriteString("id,title,categories\n")
	for id := 1; id <= books; id++ {
		fmt.Fprintf(&b, "%d,Book %d,Genre %d\n", id, id, id%genres)
	}
	r.WriteString("user_id,book_id,rating\n")
	random := rand.New(rand.NewPCG(1, 2))
	for user := 1; user <= readers; user++ {
		for range 15 {
			fmt.Fprintf(&r, "%d,%d,%d\n", user, 1+genres*random.IntN(books/genres)+(user+genres-1)%genres, 4+random.IntN(2))
		}
	}
	booksFile, ratingsFile = filepath.Join(dir, "books.csv"), filepath.Join(dir, "ratings.csv")
	write(t, booksFile, b.String())
	write(t, ratingsFile, r.String())
	return booksFile, ratingsFile
}

// train starts the train command.
func (s *genreShop) train(t *testing.T, args ...string) *proctest.Process {
	t.Helper()
	return proctest.Start(t, s.env, program(recommendations), append([]string{"train"}, args...)...)
}

// learns has the train command learn a model, and returns its version.
func (s *genreShop) learns(t *testing.T) int {
	t.Helper()
	out := s.trains(t, "\nlearned in ")
	return versionIn(t, out)
}

// versionIn returns the version of the model that an output tells of.
func versionIn(t *testing.T, out string) int {
	t.Helper()
	found := regexp.MustCompile(`\bmodel (\d+)\n`).FindStringSubmatch(out)
	if found == nil {
		t.Fatalf("no version in %q", out)
	}
	version, err := strconv.Atoi(found[1])
	if err != nil {
		t.Fatal(err)
	}
	return version
}

// trains runs the train command, which must succeed and say something, and returns what it says.
func (s *genreShop) trains(t *testing.T, says string, args ...string) string {
	t.Helper()
	p := s.train(t, args...)
	code, out := p.Exit(t, trainLimit), p.Stdout.String()
	if code != 0 || !strings.Contains(out, says) {
		t.Fatalf("train %v ended with %d, %q, %q; want %q", args, code, out, p.Stderr.String(), says)
	}
	return out
}

// checkGenre wants books of the genre of one that the reader likes, because of that.
func (s *genreShop) checkGenre(t *testing.T, answer *bookmarketv1.RecommendResponse, liked int64) {
	t.Helper()
	for _, r := range answer.GetRecommendations() {
		if r.GetBook().GetId()%genres != liked%genres || !slices.Equal(because(r), []int64{liked}) {
			t.Errorf("who likes book %d is recommended %d for %v", liked, r.GetBook().GetId(), r.GetReason())
		}
	}
}
