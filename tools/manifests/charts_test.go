package manifests_test

import (
	"bytes"
	stdjson "encoding/json"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// variants are the values that a chart is rendered with: none, each file that it brings along for that, named as in
// chart-testing, ci/NAME-values.yaml, and each that it offers to users, NAME-values.yaml.
func variants(t *testing.T, chart string) map[string][]string {
	t.Helper()
	var files []string
	for _, pattern := range []string{"ci/*-values.yaml", "*-values.yaml"} {
		found, err := filepath.Glob(filepath.Join(chart, pattern))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	all := map[string][]string{"helm/" + filepath.Base(chart): nil}
	for _, file := range files {
		name := strings.TrimSuffix(strings.TrimPrefix(file, chart+"/"), "-values.yaml")
		all["helm/"+filepath.Base(chart)+"/"+name] = []string{"--values", file}
	}
	return all
}

// chartsIn returns the folders of the charts.
func chartsIn(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*", "Chart.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no charts in %s (%v)", dir, err)
	}
	var found []string
	for _, file := range files {
		found = append(found, filepath.Dir(file))
	}
	return found
}

// The charts run on the first of these, as they say, and on all up to today's.
const (
	oldest = "1.29.0"
	newest = "1.37.0"
)

// TestBothHelms: Helm 3 is still what many have. Both find nothing to complain of, and make the same of each chart.
func TestBothHelms(t *testing.T) {
	dir := charts(t)
	for _, chart := range chartsIn(t, dir) {
		all := variants(t, chart)
		if !slices.ContainsFunc(slices.Collect(maps.Keys(all)), func(name string) bool { return strings.Contains(name, "/ci/") }) {
			t.Errorf("helm/%s/ci has no *-values.yaml: nothing but the defaults is ever rendered", filepath.Base(chart))
		}
		for name, values := range all {
			for _, kubernetes := range []string{oldest, newest} {
				t.Run(name+" on "+kubernetes, func(t *testing.T) {
					// Helm 3 believes in Kubernetes 1.20 where it was built as Go programs are.
					args := append([]string{chart, "--kube-version", kubernetes}, values...)
					rendered := map[string]string{}
					for major, find := range helmOf {
						program, err := find()
						if err != nil {
							t.Fatal(err)
						}
						if out, err := run(t, nil, program, append([]string{"lint", "--strict"}, args...)...); err != nil {
							t.Errorf("Helm %s lint: %v\n%s", major, err, out)
						}
						out, err := run(t, nil, program, append([]string{"template", "x"}, args...)...)
						if err != nil {
							t.Fatalf("Helm %s template: %v", major, err)
						}
						// Helm 4 leaves empty lines at the end of a document.
						rendered[major] = documentEnd.ReplaceAllString(cookieKey.ReplaceAllString(string(out), "$1"), "\n---\n")
					}
					if rendered["3"] != rendered["4"] {
						t.Errorf("Helm 3 and 4 differ at:\n%s", firstDifference(rendered["3"], rendered["4"]))
					}
				})
			}
		}
	}
}

// cookieKey is made at random where no cluster has it already.
var cookieKey = regexp.MustCompile(`(?m)^( {2}cookie-key: )[A-Za-z0-9+/]{59}=$`)

var documentEnd = regexp.MustCompile(`\s+(---\n|$)`)

// firstDifference returns the first lines that two texts do not share.
func firstDifference(a, b string) string {
	linesA, linesB := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(linesA), len(linesB)) {
		if linesA[i] != linesB[i] {
			return fmt.Sprintf("line %d:\n%s\n%s", i+1, linesA[i], linesB[i])
		}
	}
	return fmt.Sprintf("the end of %d and %d lines", len(linesA), len(linesB))
}

// TestOldestKubernetes: what a newer Kubernetes offers stands behind a condition.
func TestOldestKubernetes(t *testing.T) {
	dir := charts(t)
	for _, chart := range chartsIn(t, dir) {
		for name, values := range variants(t, chart) {
			t.Run(name, func(t *testing.T) {
				m := template(t, "x", chart, append([]string{"--kube-version", oldest}, values...)...)
				for name, w := range m.workloads(t) {
					for _, c := range w.spec.Containers {
						if c.Lifecycle != nil && c.Lifecycle.PreStop != nil && c.Lifecycle.PreStop.Sleep != nil {
							t.Errorf("%s: %s sleeps before its end, which Kubernetes %s refuses", name, c.Name, oldest)
						}
					}
				}
			})
		}
	}
}

// An exception is what kube-score warns of and a chart does on purpose.
type exception struct {
	in, kind, check string // patterns of path.Match: a rendering's name, an object's kind and a check's name
	why             string
}

var accepted = []exception{
	{"*", "*", "container-image-pull-policy", "a restart must not depend on the registry"},
	{"*", "Deployment", "deployment-replicas", "a store on one volume has one pod"},
	{"*", "Deployment", "deployment-strategy", "a store on one volume has one pod, which must end before the next one starts"},
	{"*", "Deployment", "deployment-has-host-podantiaffinity", "topologySpreadConstraints spread the pods, which it does not know"},
	{"*", "CronJob", "cronjob-has-deadline", "a run that is late learns as well, and two never run at once"},
	{"*", "NetworkPolicy", "networkpolicy-targets-pod", "one is for the pods of jobs, which are not in every rendering"},
	{"*", "Pod", "pod-networkpolicy", "the pod of helm test lives for seconds, and only calls the services"},
	{"*ephemeral", "Deployment", "pod-networkpolicy", "these values turn the policy off"},
	{"k8s", "Deployment", "pod-networkpolicy", "the local overlay, by its short name"},
	{"k8s overlays local", "Deployment", "pod-networkpolicy", "many a cluster on a laptop knows no policies; production has them"},
}

// matches tells whether the exception is for this warning. The names of renderings have slashes, to which path.Match
// gives a meaning.
func (e exception) matches(in, kind, check string) bool {
	for _, m := range [][2]string{{e.in, strings.ReplaceAll(in, "/", " ")}, {e.kind, kind}, {e.check, check}} {
		if ok, err := path.Match(m[0], m[1]); err != nil || !ok {
			return false
		}
	}
	return true
}

// TestKubeScore runs a critic on every rendering.
func TestKubeScore(t *testing.T) {
	used := make([]bool, len(accepted))
	for name, m := range renderings(t) {
		t.Run(name, func(t *testing.T) {
			// It ends with 1 where it finds something; what it prints says what.
			out, complaint := run(t, m.documents, "kube-score", "score", "--kubernetes-version", "v"+strings.TrimSuffix(oldest, ".0"),
				"--ignore-container-cpu-limit", // It would throttle a burst that the node has room for.
				"--output-format", "json", "-")
			for _, s := range scores(t, out, complaint) {
				kind, _, _ := strings.Cut(s.object, "/")
				i := slices.IndexFunc(accepted, func(e exception) bool { return e.matches(name, kind, s.check) })
				if i < 0 {
					t.Errorf("%s: %s: %s", s.object, s.check, s.comments)
					continue
				}
				used[i] = true
			}
		})
	}
	for i, e := range accepted {
		if !used[i] {
			t.Errorf("accepted: %v: nothing gives cause for it any more", e)
		}
	}
}

// A score is one thing that kube-score found.
type score struct {
	object, check string
	comments      []string
}

func scores(t *testing.T, out []byte, complaint error) []score {
	t.Helper()
	var objects []struct {
		Name   string `json:"object_name"`
		Checks []struct {
			Check    struct{ ID string }
			Grade    int
			Skipped  bool
			Comments []struct{ Path, Summary, Description string }
		}
	}
	if err := stdjson.Unmarshal(out, &objects); err != nil || len(objects) == 0 {
		t.Fatalf("kube-score looked at nothing: %v, %v\n%s", complaint, err, out)
	}
	const fine = 7 // "almost OK"; a warning is 5
	var found []score
	for _, o := range objects {
		for _, c := range o.Checks {
			if c.Skipped || c.Grade >= fine {
				continue
			}
			s := score{object: o.Name, check: c.Check.ID}
			for _, comment := range c.Comments {
				s.comments = append(s.comments, strings.TrimSpace(comment.Path+" "+comment.Summary+". "+comment.Description))
			}
			found = append(found, s)
		}
	}
	return found
}

// TestUnits runs the charts' own tests of their templates.
func TestUnits(t *testing.T) {
	dir := charts(t)
	for _, chart := range chartsIn(t, dir) {
		t.Run(filepath.Base(chart), func(t *testing.T) {
			suites, err := filepath.Glob(filepath.Join(chart, "tests", "*_test.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			if len(suites) == 0 {
				t.Fatalf("helm/%s/tests has no *_test.yaml", filepath.Base(chart))
			}
			// A packed dependency's tests ran where it is unpacked.
			out, err := run(t, nil, "helm-unittest", "--strict", "--with-subchart=false", chart)
			if err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// TestReadmes: what a README says of values is written by helm-docs.
func TestReadmes(t *testing.T) {
	dir := charts(t)
	for _, chart := range chartsIn(t, dir) {
		t.Run(filepath.Base(chart), func(t *testing.T) {
			if _, err := os.Stat(filepath.Join(chart, "README.md.gotmpl")); err != nil {
				t.Fatal(err)
			}
			before, err := os.ReadFile(filepath.Join(chart, "README.md"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := run(t, nil, "helm-docs", "--chart-search-root", chart); err != nil {
				t.Fatal(err)
			}
			after, err := os.ReadFile(filepath.Join(chart, "README.md"))
			if err != nil {
				t.Fatal(err)
			}
			// A row's last column is the value's description.
			if row := regexp.MustCompile(`(?m)^\| .*\|\s*\|$`).Find(after); row != nil {
				t.Errorf("a value without a comment that starts with # --: %s", row)
			}
			if !bytes.Equal(before, after) {
				t.Errorf("helm/%s/README.md is stale: run `make helm-docs`; it would be\n%s", filepath.Base(chart), after)
			}
		})
	}
}
