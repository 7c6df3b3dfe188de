package evaluating

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// write returns the name of a file with this content.
func write(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// run runs the command as a shell does.
func run(ctx context.Context, t *testing.T, stdin string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var c Command
	parser, err := kong.New(&c, kong.Exit(func(int) { t.Fatal("kong ends the test") }))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(args); err != nil {
		t.Fatal(err)
	}
	var out, errOut strings.Builder
	err = c.Execute(ctx, strings.NewReader(stdin), &out, &errOut)
	return out.String(), errOut.String(), err
}

// runJSON returns what the command prints with --json.
func runJSON(t *testing.T, args ...string) *Result {
	t.Helper()
	stdout, stderr, err := run(t.Context(), t, "", append(args, "--json")...)
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	var result Result
	decoder := json.NewDecoder(strings.NewReader(stdout))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&result); err != nil {
		t.Fatal(err)
	}
	return &result
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

// Item 10 has three users, 20 and 30 have one, 40 and 50 none:
//
//	user 1 has 10, 20: the list is 30 40, held out are 30 and 40: perfect
//	user 2 has 10:     the list is 20 30, held out is 30: a hit at place 2
//	user 3 has 10, 30: the list is 20 40, held out is 50: none
//	user 4 has nothing held out
const (
	handTrain = "1 10 20\n2 10\n3 10 30\n4\n"
	handTest  = "1 30 40\n2 30\n3 50\n"
)

// Scripts rely on the keys.
func TestJSONByHand(t *testing.T) {
	stdout, _, err := run(t.Context(), t, "", "--train", write(t, handTrain), "--test", write(t, handTest), "--models", "popular,random", "--k", "2", "--json")
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		K      int
		Models []map[string]any
	}
	if err := json.Unmarshal([]byte(stdout), &got); err != nil {
		t.Fatal(err)
	}
	if got.K != 2 || len(got.Models) != 2 {
		t.Fatalf("k is %d of %d models", got.K, len(got.Models))
	}
	popular := got.Models[0]
	for key, want := range map[string]any{
		"name": "popular", "users": 3.0, "recall": 2.0 / 3, "ndcg": (1 + 1/math.Log2(3)) / 3, "map": 0.5, "coverage": 0.6,
	} {
		number, isNumber := want.(float64)
		if value, ok := popular[key].(float64); isNumber && !(ok && near(value, number)) || !isNumber && popular[key] != want {
			t.Errorf("%s is %v, want %v", key, popular[key], want)
		}
	}
	for _, key := range []string{"train_seconds", "novelty", "diversity", "popularity", "gini", "intervals", "buckets", "groups"} {
		if popular[key] == nil {
			t.Errorf("%s is missing", key)
		}
	}
	if popular["difference"] != nil || got.Models[1]["difference"] == nil {
		t.Error("it is the second model that differs from the first")
	}
}

// ratings is a file in which users of two tastes have some items of theirs, each with something
// that is not liked, written twice or disliked later.
func ratings(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("user_id,book_id,rating\n")
	row := func(user, item, rating int) {
		for _, n := range []int{user, item} {
			b.WriteString(strings.TrimSpace(string(mustJSON(t, n))) + ",")
		}
		b.WriteString(string(mustJSON(t, rating)) + "\n")
	}
	for user := range 120 {
		for nth := range 6 + user%5 {
			row(user+1, 1+user%2*40+(user*7+nth*nth)%40, 4+nth%2)
		}
		row(user+1, 100, 3)
	}
	row(1, 1, 1)
	return write(t, b.String())
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// The result is that of the seed and the file, whatever runs it.
func TestSameAgain(t *testing.T) {
	file := ratings(t)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var results []*Result
	for _, workers := range []int{1, 4} {
		runtime.GOMAXPROCS(workers)
		result := runJSON(t, "--ratings", file, "--fold-in", "0.1")
		for _, m := range result.Models {
			m.TrainSeconds, m.RankSeconds = 0, 0
		}
		results = append(results, result)
	}
	if !reflect.DeepEqual(results[0], results[1]) {
		t.Errorf("with one processor and with four:\n%+v\n%+v", results[0], results[1])
	}
	r := results[0]
	if r.Users != 120 || r.Items > 80 || r.FoldedIn != 12 || len(r.Models) != len(models()) {
		t.Errorf("%d users, %d items, %d folded in, %d models", r.Users, r.Items, r.FoldedIn, len(r.Models))
	}
	for _, m := range r.Models[:len(r.Models)-2] {
		popular := r.Models[len(r.Models)-2]
		if popular.Name != "popular" || m.Recall < popular.Recall || m.Parameters == nil {
			t.Errorf("%s has recall %.3f with %v, popular has %.3f", m.Name, m.Recall, m.Parameters, popular.Recall)
		}
	}
	if other := runJSON(t, "--ratings", file, "--seed", "2", "--models", "popular"); other.Models[0].Recall == r.Models[len(r.Models)-2].Recall {
		t.Error("another seed makes the same split")
	}
}

// A file comes by standard input as well, and the table tells of every model.
func TestTable(t *testing.T) {
	content, err := os.ReadFile(ratings(t))
	if err != nil {
		t.Fatal(err)
	}
	stdout, stderr, err := run(t.Context(), t, string(content), "--ratings", "-", "--models", "popular,random")
	if err != nil || stderr != "" {
		t.Fatalf("%v\n%s", err, stderr)
	}
	for _, want := range []string{"120 users and ", "recall@20", "\npopular ", "\nrandom ", "\nheld out ", "in ndcg@20."} {
		if !strings.Contains(stdout, want) {
			t.Errorf("%q is missing in\n%s", want, stdout)
		}
	}
}

// What is wrong with a file is told by line, and the rest counts.
func TestBadRows(t *testing.T) {
	train := write(t, "user_id,book_id,rating\n1,10,5\n1,20,5\n2,10,7\n2,x,5\n2,10,4\n3,10,4\n")
	test := write(t, "1 30\n2 20 -4\n3 10 20\n")
	stdout, stderr, err := run(t.Context(), t, "", "--train", train, "--test", test, "--models", "popular")
	want := train + ":4: rating: must be between 1 and 5, got 7\n" +
		train + ":5: book_id: must be a whole number, got \"x\"\n" +
		train + ": left out 2 rows that cannot be used, of 6\n" +
		test + ":2: item_id: must be 0 or more, got -4\n" +
		test + ": left out 1 row that cannot be used, of 5\n" +
		test + ": left out 1 pair of a user and an item that are in " + train + " as well\n"
	if err != nil || stderr != want || !strings.HasPrefix(stdout, "3 users and 3 items: 4 pairs to learn from, 3 held out\n") {
		t.Errorf("%v, got\n%swant\n%sand\n%s", err, stderr, want, stdout)
	}
}

func TestBadFiles(t *testing.T) {
	train, test := write(t, handTrain), write(t, handTest)
	empty, bad, rare := write(t, "1\n2\n"), write(t, "1,2,5\n"), write(t, "user_id,book_id,rating\n1,1,5\n1,2,3\n")
	lone, lonely := write(t, "1 1\n"), write(t, "1 2\n")
	for problem, args := range map[string][]string{
		"no such file":                   {"--train", "/nowhere/train", "--test", test},
		bad + ":1: header: lacks":        {"--train", bad, "--test", test},
		empty + ": has no usable row":    {"--train", train, "--test", empty},
		"nothing is held out":            {"--train", train, "--test", train},
		"there is nothing to learn from": {"--train", lone, "--test", lonely, "--fold-in", "0.9"},
		"no user has 5 items rated 4":    {"--ratings", rare},
		"--report: ":                     {"--train", train, "--test", test, "--report", "/nowhere/report.html"},
		"is a folder":                    {"--train", train, "--test", test, "--report", t.TempDir()},
	} {
		_, _, err := run(t.Context(), t, "", append(args, "--models", "popular")...)
		if err == nil || !strings.Contains(err.Error(), problem) {
			t.Errorf("%v: %v, want %s", args, err, problem)
		}
	}
}

// All that is wrong with the flags is told at once.
func TestBadFlags(t *testing.T) {
	_, _, err := run(t.Context(), t, "", "--train", "x", "--ratings", "y", "--models", "best", "--k", "0", "--holdout", "1", "--fold-in=-1", "--min-rating", "9", "--min-reader-items", "0")
	for _, want := range []string{
		`--models: there is no model "best"; there are ` + strings.Join(modelNames(), ", "),
		"name either one file", "--k: ", "--holdout: ", "--fold-in: ", "--min-rating: ", "--min-reader-items: ",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in\n%v", want, err)
		}
	}
	for want, args := range map[string][]string{
		"name either one file":                 {},
		"only one file can be standard input":  {"--train", "-", "--test", "-"},
		"--models: popular is there twice":     {"--ratings", "x", "--models", "popular,popular"},
		"name either one file, by --ratings, ": {"--train", "x"},
	} {
		if _, _, err := run(t.Context(), t, "", args...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %s", args, err, want)
		}
	}
}

// Without --models all are measured, and the help names each.
func TestDefaultModels(t *testing.T) {
	field, _ := reflect.TypeFor[Command]().FieldByName("Models")
	names := strings.Join(modelNames(), ",")
	if got := field.Tag.Get("default"); got != names {
		t.Errorf("the default is %s, want %s", got, names)
	}
	if help := field.Tag.Get("help"); !strings.Contains(help, strings.Join(modelNames(), ", ")) {
		t.Errorf("the help %q lacks a model", help)
	}
}

// A cancelled evaluation ends soon and leaves nothing behind.
func TestCancelled(t *testing.T) {
	folder, file := t.TempDir(), ratings(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, name := range modelNames() {
		_, _, err := run(ctx, t, "", "--ratings", file, "--models", name, "--report", filepath.Join(folder, "report.html"))
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s ends with %v", name, err)
		}
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("%v is left, %v", left, err)
	}
}

// Neither does a standard input hold it up that says nothing.
func TestCancelledInput(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	in, out := io.Pipe()
	defer out.Close() //nolint:errcheck // Nobody reads it.
	cancel()
	c := Command{Ratings: "-", Holdout: 0.2, MinReaderItems: 5, K: 20, Models: []string{"popular"}}
	if err := c.Execute(ctx, in, io.Discard, io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("it ends with %v", err)
	}
	_ = in.Close() // for the goroutine that reads it
}

// spy keeps what a model gets to see, and recommends by popularity.
func spy(seen *[]training) model {
	return model{"spy", func(ctx context.Context, t training, progress func(done, total int)) (*learned, error) {
		*seen = append(*seen, t)
		return learnPopular(ctx, t, progress)
	}}
}

// No model sees what is held out, nor anything of users who are folded in.
func TestModelsSeeTheTrainingPartAlone(t *testing.T) {
	d := splitData(newPairs(rowsOf(t, ratings(t)), 4, false), 4, 0.3, 5)
	d.training.k, d.training.seed = 5, 5
	d.foldIn(0.25, 5)
	var seen []training
	if _, err := evaluate(t.Context(), d, []model{spy(&seen)}, func(string, int, int) {}); err != nil {
		t.Fatal(err)
	}
	want := make(map[string]int) // histories of users who are not folded in
	for reader, foldedIn := range d.foldedIn {
		if !foldedIn {
			want[string(mustJSON(t, d.histories.Row(reader)))]++
		}
	}
	got := make(map[string]int)
	for reader := range seen[0].readers.Rows() {
		got[string(mustJSON(t, seen[0].readers.Row(reader)))]++
	}
	if len(seen) != 1 || seen[0].readers.Rows() != 90 || !maps.Equal(got, want) {
		t.Errorf("the model saw %d users, want 90 and their histories alone", seen[0].readers.Rows())
	}
	for reader := range d.held.Rows() {
		for _, item := range d.held.Row(reader) {
			if slices.Contains(d.histories.Row(reader), item) {
				t.Fatalf("item %d of user %d is held out and known", item, reader)
			}
		}
	}
}

// What models choose has nothing to do with what they are measured by.
func TestChoiceIgnoresTheTest(t *testing.T) {
	all := newPairs(rowsOf(t, ratings(t)), 4, false)
	train, test, other := splitData(all, 4, 0.3, 1), pairs{{UserID: 1, ItemID: 1}}, pairs{{UserID: 2, ItemID: 45}, {UserID: 9, ItemID: 3}}
	var known pairs
	for reader := range train.histories.Rows() {
		for _, item := range train.histories.Row(reader) {
			known = append(known, all[0])
			known[len(known)-1].UserID, known[len(known)-1].ItemID = int64(reader), train.items[item]
		}
	}
	for _, m := range models() {
		var chosen []map[string]float64
		for _, held := range []pairs{test, other} {
			d := newData(known, held.without(known))
			d.training.k, d.training.seed = 5, 1
			result, err := evaluate(t.Context(), d, []model{m}, func(string, int, int) {})
			if err != nil {
				t.Fatal(m.name, err)
			}
			chosen = append(chosen, result.Models[0].Parameters)
		}
		if !maps.Equal(chosen[0], chosen[1]) {
			t.Errorf("%s chose %v, and by another test %v", m.name, chosen[0], chosen[1])
		}
	}
}
