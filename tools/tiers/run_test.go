package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestReport(t *testing.T) {
	tools := need{check: "false", missing: "the tools are not built"}
	cluster := need{check: "false", missing: "no cluster", optional: true}
	there := need{check: "true", missing: "never said"}

	for _, tt := range []struct {
		name   string
		tier   tier
		strict bool
		want   []string // in this order
		last   string
	}{
		{
			name: "a script that counts",
			tier: tier{run: "echo '3 passed, 0 failed'", needs: []need{there}},
			want: []string{"x  ", " 3 passed in ", "why:\n  nothing\n"},
			last: "3 passed, 0 failed",
		},
		{
			name: "a command that does not count",
			tier: tier{run: "echo hello"},
			last: "1 passed, 0 failed",
		},
		{
			name: "a script that fails shows what it printed",
			tier: tier{run: "echo out; echo err >&2; echo '3 passed, 2 failed'; exit 1"},
			want: []string{"\nout\nerr\n", "3 passed, 2 FAILED in "},
			last: "3 passed, 2 failed",
		},
		{
			name: "a script that fails although it counts no failure",
			tier: tier{run: "echo '3 passed, 0 failed'; exit 1"},
			want: []string{"FAIL: x: exit status 1"},
			last: "3 passed, 1 failed",
		},
		{
			name: "a tally that no newline ends",
			tier: tier{run: "printf '3 passed, 0 failed'"},
			last: "3 passed, 0 failed",
		},
		{
			name: "a test that a script leaves out",
			tier: tier{run: "echo 'left out: shellcheck: not installed'; echo '3 passed, 0 failed'"},
			want: []string{"3 passed, 1 left out in ", "why:\n  x shellcheck: not installed\n"},
			last: "3 passed, 0 failed",
		},
		{
			name:   "a test that a script leaves out, strictly",
			tier:   tier{run: "echo 'left out: versions: no history (optional)'; echo 'left out: shellcheck: not installed'; echo '3 passed, 0 failed'"},
			strict: true,
			want:   []string{"x versions: no history (optional)\n", "x shellcheck: not installed (counts as failed"},
			last:   "3 passed, 1 failed",
		},
		{
			name: "a script that cannot run here",
			tier: tier{run: "echo working; echo 'no network namespaces'; exit 77"},
			want: []string{"why:\n  x: no network namespaces\n"},
			last: "0 passed, 0 failed",
		},
		{
			name:   "a script that cannot run here, strictly",
			tier:   tier{run: "echo 'no network namespaces'; exit 77"},
			strict: true,
			want:   []string{"x: no network namespaces (counts as failed"},
			last:   "0 passed, 1 failed",
		},
		{
			name: "a need that is not met",
			tier: tier{run: "echo ran", needs: []need{there, tools}},
			want: []string{"left out\n", "why:\n  x: the tools are not built\n"},
			last: "0 passed, 0 failed",
		},
		{
			name:   "a need that is not met, strictly",
			tier:   tier{run: "echo ran", needs: []need{tools}},
			strict: true,
			want:   []string{"x: the tools are not built (counts as failed"},
			last:   "0 passed, 1 failed",
		},
		{
			name:   "a need that strict mode does without",
			tier:   tier{run: "echo ran", needs: []need{cluster}},
			strict: true,
			want:   []string{"x: no cluster\n"},
			last:   "0 passed, 0 failed",
		},
		{
			name:   "what runs instead is still listed",
			tier:   tier{run: "false", or: "true", needs: []need{tools}},
			strict: true,
			want:   []string{"1 passed in ", "x: the tools are not built (counts as failed"},
			last:   "1 passed, 1 failed",
		},
		{
			name: "a tier that takes too long",
			tier: tier{run: "echo begun; sleep 60", limit: 100 * time.Millisecond},
			want: []string{"begun\nFAIL: x: did not end within 100ms"},
			last: "0 passed, 1 failed",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.tier.name = "x"
			if tt.tier.limit == 0 {
				tt.tier.limit = time.Minute
			}
			var out strings.Builder
			s := session{out: &out, root: t.TempDir(), strict: tt.strict}
			s.runAll(t.Context(), []tier{tt.tier})

			rest := out.String()
			for _, want := range tt.want {
				_, after, found := strings.Cut(rest, want)
				if !found {
					t.Fatalf("the report lacks %q, or has it too early:\n%s", want, out.String())
				}
				rest = after
			}
			if !strings.HasSuffix(out.String(), "\n"+tt.last+"\n") {
				t.Errorf("the last line is not %q:\n%s", tt.last, out.String())
			}
		})
	}
}

func TestGoTestTier(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module x\n\ngo 1.26.0\n",
		"x_test.go": `package x

import "testing"

func TestGood(t *testing.T) {}
func TestBad(t *testing.T)  { t.Error("broken on purpose") }
func TestSkip(t *testing.T) { t.Skip("left out on purpose") }
`,
	} {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	s := session{out: &out, root: root}
	s.runAll(t.Context(), []tier{{name: "unit", dir: ".", run: "go test ./...", limit: 5 * time.Minute}})
	for _, want := range []string{
		"x_test.go:6: broken on purpose\n",
		"  x TestSkip: x_test.go:7: left out on purpose\n1 passed, 1 failed\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, out.String())
		}
	}
}

func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	pipe := &notifier{seen: make(chan struct{})}
	go func() {
		<-pipe.seen
		cancel()
	}()
	s := session{out: pipe, root: t.TempDir()}
	s.runAll(ctx, []tier{
		{name: "first", run: "sleep 60", limit: time.Minute},
		{name: "second", run: "true", limit: time.Minute},
	})
	for _, want := range []string{"FAIL: first: context canceled", "  second: interrupted\n0 passed, 1 failed\n"} {
		if !strings.Contains(pipe.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, pipe.String())
		}
	}
}

// A notifier tells of its first write.
type notifier struct {
	strings.Builder
	seen chan struct{}
}

func (n *notifier) Write(p []byte) (int, error) {
	if n.Len() == 0 {
		close(n.seen)
	}
	return n.Builder.Write(p)
}

func TestNothingOutlivesItsTier(t *testing.T) {
	root := t.TempDir()
	s := session{out: &strings.Builder{}, root: root}
	s.runAll(t.Context(), []tier{{
		name: "x", run: "(sleep 2; touch late) >/dev/null 2>&1 &", limit: time.Minute,
	}})
	time.Sleep(3 * time.Second)
	if _, err := os.Stat(filepath.Join(root, "late")); err == nil {
		t.Error("what the tier started in the background went on after its end")
	}
}
