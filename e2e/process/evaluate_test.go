package process

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"bookmarket/e2e/internal/proctest"
)

const evaluateLimit = 60 * time.Second

// An evaluation is what a script reads of a result.
type evaluation struct {
	K          int
	Users      int
	Items      int
	TrainPairs int `json:"train_pairs"`
	TestPairs  int `json:"test_pairs"`
	Models     []struct {
		Name              string
		Users             int
		Recall, NDCG, MAP float64
		Coverage          float64
		Intervals         map[string][]float64
		TrainSeconds      float64 `json:"train_seconds"`
		Difference        *struct{ From string }
	}
}

// The keys that docs/evaluate.md tells of.
var (
	evaluationKeys = []string{"k", "seed", "users", "items", "train_pairs", "test_pairs", "folded_in", "side_information", "held_out_popularity", "models"}
	modelKeys      = []string{
		"name", "users", "recall", "ndcg", "map", "intervals", "coverage", "novelty", "diversity", "popularity", "gini",
		"train_seconds", "rank_seconds", "groups", "buckets",
	}
)

// Models are measured on a shop's files, without a store, settings or a network: the result goes to
// standard output and into a page that stands alone.
func TestEvaluate(t *testing.T) {
	t.Parallel()
	books, ratings := genreFiles(t, 300, 1000)
	p := evaluate(t, 0, "--ratings", ratings, "--books", books, "--models", "linear,itemknn,popular", "--json", "--report", "quality.html")
	checkFolder(t, p, "quality.html")

	var keys map[string]json.RawMessage
	var models []map[string]json.RawMessage
	var result evaluation
	decode(t, p.Stdout.String(), &keys)
	decode(t, p.Stdout.String(), &result)
	decode(t, string(keys["models"]), &models)
	for _, key := range evaluationKeys {
		if keys[key] == nil {
			t.Errorf("the result lacks %s", key)
		}
	}
	var names []string
	for i, m := range result.Models {
		for _, key := range modelKeys {
			if models[i][key] == nil {
				t.Errorf("the result of %s lacks %s", m.Name, key)
			}
		}
		names = append(names, m.Name)
		if m.Users != result.Users || m.Recall <= 0 || m.Recall > 1 || m.NDCG <= 0 || m.NDCG > 1 || m.MAP <= 0 || m.MAP > 1 || m.Coverage <= 0 || m.Coverage > 1 {
			t.Errorf("of %s it says %+v", m.Name, m)
		}
		if in := m.Intervals["ndcg"]; len(in) != 2 || in[0] > m.NDCG || in[1] < m.NDCG {
			t.Errorf("the NDCG of %s is %v, in %v", m.Name, m.NDCG, in)
		}
		if (i == 0) != (m.Difference == nil) || i > 0 && m.Difference.From != "linear" {
			t.Errorf("%s is compared with %+v", m.Name, m.Difference)
		}
	}
	if !slices.Equal(names, []string{"linear", "itemknn", "popular"}) || result.K != 20 || result.Users != 1000 || result.Items != 300 || result.TestPairs < 2000 || result.TrainPairs < 8000 {
		t.Errorf("it measured %v: %+v", names, result)
	}
	if len(result.Models) == 3 && result.Models[0].NDCG < 2*result.Models[2].NDCG {
		t.Errorf("linear has %v, popular books for everybody %v", result.Models[0].NDCG, result.Models[2].NDCG)
	}

	content, err := os.ReadFile(filepath.Join(p.Dir, "quality.html"))
	page := string(content)
	if err != nil || !strings.HasPrefix(page, "<!DOCTYPE html>") || !strings.HasSuffix(strings.TrimSpace(page), "</html>") || strings.Count(page, "<svg") < 5 {
		t.Errorf("the report is no page with figures: %v, %.200s", err, page)
	}
	for _, load := range []string{"http:", "https:", "src=", "href=", "<link", "<script", "url(", "@import"} {
		if strings.Contains(page, load) {
			t.Errorf("the report loads something: it has %s", load)
		}
	}
}

// A table is what people see; two files that were split before are taken as they are.
func TestEvaluateSplit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	train, test := filepath.Join(dir, "train.txt"), filepath.Join(dir, "test.txt")
	write(t, train, "0 0 1 2\n1 0 1\n2 2 3\n")
	write(t, test, "0 3\n1 2\n2 0 1\n")
	p := evaluate(t, 0, "--train", train, "--test", test, "--k", "2", "--models", "popular,random")
	checkFolder(t, p)
	for _, want := range []string{"popular", "random", "recall@2", "ndcg@2"} {
		if !strings.Contains(strings.ToLower(p.Stdout.String()), want) {
			t.Errorf("the table lacks %s:\n%s", want, p.Stdout.String())
		}
	}
}

// What is wrong with a file is told by line and column, and nothing is left behind.
func TestEvaluateRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	broken, flawed, none := filepath.Join(dir, "broken.csv"), filepath.Join(dir, "flawed.csv"), filepath.Join(dir, "none.csv")
	write(t, broken, "user_id,book_id,rating\n1,ten,5\n")
	write(t, flawed, "user_id,book_id,rating\n1,1,5\n1,2,5\n1,3,6\n2,1,5\n2,2,5\n")
	for name, tt := range map[string]struct {
		args []string
		code int
		says []string
	}{
		"no usable row":  {[]string{"--ratings", broken}, 1, []string{broken + ":2: book_id: ", broken + ": has no usable row"}},
		"a bad row":      {[]string{"--ratings", flawed, "--min-reader-items", "2", "--holdout", "0.5", "--models", "popular"}, 0, []string{flawed + ":4: rating: ", "left out 1 row"}},
		"no such file":   {[]string{"--ratings", none}, 1, []string{none}},
		"no file":        {nil, 1, []string{"--ratings"}},
		"no such model":  {[]string{"--ratings", flawed, "--models", "magic"}, 1, []string{"magic"}},
		"too long lists": {[]string{"--ratings", flawed, "--k", "1001"}, 1, []string{"--k"}},
	} {
		p := evaluate(t, tt.code, append(tt.args, "--report", "quality.html")...)
		for _, says := range tt.says {
			if !strings.Contains(p.Stderr.String(), says) {
				t.Errorf("%s: it says %q, not %q", name, p.Stderr.String(), says)
			}
		}
		if tt.code == 0 {
			checkFolder(t, p, "quality.html")
			continue
		}
		if p.Stdout.String() != "" {
			t.Errorf("%s: on standard output is %q", name, p.Stdout.String())
		}
		checkFolder(t, p)
	}
}

// Ctrl-C ends it soon, without half a report.
func TestEvaluateInterrupted(t *testing.T) {
	t.Parallel()
	_, ratings := genreFiles(t, 1000, 20_000)
	p := proctest.Start(t, nil, program(recommendations), "evaluate", "--ratings", ratings, "--report", "quality.html")
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		if files, err := os.ReadDir(p.Dir); err == nil && len(files) > 0 { // the report has begun: it listens
			break
		}
		if time.Now().After(end) {
			t.Fatal("no report has begun")
		}
	}
	time.Sleep(300 * time.Millisecond)
	p.Signal(t, syscall.SIGINT)
	if code := p.Exit(t, interruptLimit); code != 1 || p.Stdout.String() != "" {
		t.Errorf("it was interrupted and ended with %d, %q, %q", code, p.Stdout.String(), p.Stderr.String())
	}
	checkFolder(t, p)
}

// evaluate runs the evaluate command, which must end with a code. No setting matters to it.
func evaluate(t *testing.T, code int, args ...string) *proctest.Process {
	t.Helper()
	env := []string{"RECOMMENDATIONS_DATABASE_URL=nowhere", "RECOMMENDATIONS_GRPC_ADDR=nowhere"}
	p, got := proctest.Run(t, evaluateLimit, env, program(recommendations), append([]string{"evaluate"}, args...)...)
	if got != code {
		t.Errorf("evaluate %v ended with %d, want %d: %s", args, got, code, p.Stderr.String())
	}
	return p
}

// checkFolder wants these files in the process's working folder, and no others.
func checkFolder(t *testing.T, p *proctest.Process, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(p.Dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	if !slices.Equal(names, want) {
		t.Errorf("it leaves the files %v, want %v", names, want)
	}
}

func decode(t *testing.T, text string, to any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), to); err != nil {
		t.Fatalf("%v in %.200s", err, text)
	}
}
