// Package client has Python ask recommendations, as the tutorial does: with stubs that
// Debian's generator makes from the contract, and Debian's gRPC for Python.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bookmarket/e2e/internal/proctest"
)

// Debian's packages belong to this Python and to no other that may come first in PATH.
const python = "/usr/bin/python3"

// An answer is what reader.py prints for a call.
type answer struct {
	Books   []book `json:"books"`
	Code    string `json:"code"`
	Details string `json:"details"`
}

// A book is [id, title].
type book [2]any

// The tutorial's books, as titles by id.
var (
	mystery        = shelf{1: "The Maltese Falcon", 2: "Murder on the Orient Express", 3: "The Hound of the Baskervilles"}
	scienceFiction = shelf{4: "The Hitchhiker's Guide to the Galaxy", 5: "Ender's Game", 6: "The Dune Chronicles"}
	selfHelp       = shelf{7: "The 7 Habits of Highly Effective People", 8: "How to Win Friends and Influence People", 9: "Man's Search for Meaning"}
)

type shelf map[int]string

func TestTutorialClient(t *testing.T) {
	r := newReader(t)
	tests := []struct {
		name  string
		wish  string
		from  shelf // the books are different ones of these
		books int
		code  string
		text  string
	}{
		{name: "three science-fiction books", wish: `{"category": 1, "max_results": 3}`, from: scienceFiction, books: 3},
		{name: "the enum by its name", wish: `{"category": "SELF_HELP", "max_results": 2}`, from: selfHelp, books: 2},
		{name: "more books than there are", wish: `{"category": 0, "max_results": 50}`, from: mystery, books: 3},
		{name: "a category that does not exist", wish: `{"category": 7, "max_results": 3}`, code: "NOT_FOUND", text: "Category not found"},
		{name: "no number of books", wish: `{"category": 1}`, code: "INVALID_ARGUMENT", text: "max_results must be 1 or more, got 0"},
	}
	var wishes []string
	for _, tt := range tests {
		wishes = append(wishes, tt.wish)
	}
	answers := r.ask(t, wishes)
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := answers[i]
			if got.Code != tt.code || got.Details != tt.text {
				t.Fatalf("Python sees %q, %q; want %q, %q", got.Code, got.Details, tt.code, tt.text)
			}
			if titles := tt.from.titles(t, got.Books); len(titles) != tt.books {
				t.Errorf("%d different books, want %d: %v", len(titles), tt.books, got.Books)
			}
		})
	}
}

// The tutorial's readers see other books, or the same in another order, at every call.
func TestTutorialClientSeesChance(t *testing.T) {
	r := newReader(t)
	orders := make(map[string]bool)
	for _, got := range r.ask(t, slices.Repeat([]string{`{"category": 1, "max_results": 3}`}, 60)) {
		var order []string
		for _, b := range got.Books {
			order = append(order, b[1].(string))
		}
		orders[strings.Join(order, "|")] = true
	}
	// Each order is missing with a chance of one in fifty thousand; one of them may be.
	if len(orders) < 5 {
		t.Errorf("three books came in %d of their 6 orders in 60 calls: %v", len(orders), slices.Collect(maps.Keys(orders)))
	}
}

// titles returns the different titles among books, each of which must be on the shelf.
func (s shelf) titles(t *testing.T, books []book) map[string]bool {
	t.Helper()
	titles := make(map[string]bool)
	for _, b := range books {
		id, ok := b[0].(float64)
		if title := s[int(id)]; !ok || title == "" || b[1] != title {
			t.Errorf("%v is not on the shelf", b)
		}
		titles[s[int(id)]] = true
	}
	return titles
}

// A reader runs reader.py.
type reader struct {
	stubs string // the folder of the generated modules
	addr  string // of recommendations
}

// newReader makes the stubs and starts the service, or skips the test.
func newReader(t *testing.T) reader {
	t.Helper()
	needPython(t)
	dir := t.TempDir()
	generateStubs(t, dir)
	return reader{stubs: dir, addr: startRecommendations(t, dir)}
}

// needPython skips the test where the machine cannot run it.
func needPython(t *testing.T) {
	t.Helper()
	const install = "apt-get install python3-grpcio python3-protobuf protobuf-compiler protobuf-compiler-grpc"
	if out, err := exec.CommandContext(t.Context(), python, "-c", "import grpc, google.protobuf").CombinedOutput(); err != nil {
		t.Skipf("Debian's Python has no gRPC (%s): %v %s", install, err, out)
	}
	for _, program := range []string{"protoc", "grpc_python_plugin"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed (%s)", program, install)
		}
	}
}

// generateStubs writes the Python modules of the contract into dir.
func generateStubs(t *testing.T, dir string) {
	t.Helper()
	plugin, err := exec.LookPath("grpc_python_plugin")
	if err != nil {
		t.Fatal(err)
	}
	protoc := exec.CommandContext(t.Context(), "protoc",
		"--proto_path="+filepath.Join(proctest.Root(), "protobufs"),
		"--plugin=protoc-gen-grpc_python="+plugin,
		"--python_out="+dir, "--grpc_python_out="+dir,
		"recommendations.proto")
	if out, err := protoc.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", protoc, err, out)
	}
}

// startRecommendations builds and runs the service and returns its address.
func startRecommendations(t *testing.T, dir string) string {
	t.Helper()
	if err := proctest.Build(dir, "recommendations"); err != nil {
		t.Fatal(err)
	}
	p := proctest.Start(t,
		[]string{
			"RECOMMENDATIONS_GRPC_ADDR=127.0.0.1:0", "RECOMMENDATIONS_ADMIN_ADDR=127.0.0.1:0",
			"RECOMMENDATIONS_CATALOG=tutorial", "RECOMMENDATIONS_DATABASE_URL=memory:",
		},
		filepath.Join(dir, "recommendations"))
	p.Await(t, "msg", "ready")
	return p.Addr(t, "grpc")
}

// ask makes calls, and returns an answer for each.
func (r reader) ask(t *testing.T, wishes []string) []answer {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	script := exec.CommandContext(ctx, python, "reader.py", r.addr)
	script.Env = []string{"PYTHONPATH=" + r.stubs, "PYTHONDONTWRITEBYTECODE=1", "LC_ALL=C.UTF-8"}
	script.Stdin = strings.NewReader(strings.Join(wishes, "\n"))
	var problems bytes.Buffer
	script.Stderr = &problems
	out, err := script.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, problems.String())
	}
	var answers []answer
	for line := range strings.Lines(string(out)) {
		var a answer
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		answers = append(answers, a)
	}
	if len(answers) != len(wishes) {
		t.Fatalf("%d answers to %d calls:\n%s", len(answers), len(wishes), out)
	}
	return answers
}
