package importrules

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "bookmarket/"

// A rule says what the packages below a folder may import of this module, beside themselves,
// and may not of others. A package obeys the rule of the longest folder that it is below.
type rule struct {
	below  string
	may    []string // folders of this module
	mayNot []string // other modules' packages, and the standard library's
	why    string
}

var rules = []rule{
	{
		"protobufs", nil, nil,
		"the contract stands alone: both services and their clients depend on it",
	},
	{
		"internal",
		[]string{"internal"},
		nil,
		"the platform serves both services and knows neither",
	},
	{
		"internal/settings", nil, nil,
		"everything stands on the settings",
	},
	{
		"internal/settings/settingstest",
		[]string{"internal"},
		nil,
		"what tests the settings' document knows how it is written",
	},
	{
		"recommendations",
		[]string{"internal", "protobufs/gen", "recommendations"},
		nil,
		"the services meet only on the wire",
	},
	{
		"recommendations/engine", nil,
		[]string{"google.golang.org", "net", "database/sql", "os", "io", "log", "time", "golang.org", "github.com"},
		"the maths can be read, tested and judged alone: data, time and randomness are arguments",
	},
	{
		"recommendations/internal/config",
		[]string{"internal"},
		nil,
		"settings know nothing of what they set",
	},
	{
		"recommendations/internal/recommend",
		[]string{"recommendations/engine"},
		[]string{"google.golang.org", "net", "database/sql", "os", "log/slog"},
		"the domain must be readable, and testable, without any transport or storage",
	},
	{
		"recommendations/internal/dataset",
		[]string{"recommendations/internal/recommend"},
		nil,
		"books are data of the domain, whoever asks for them",
	},
	{
		"recommendations/internal/dataset/bundled/bundledtest",
		[]string{"recommendations/engine/matrix", "recommendations/internal/dataset"},
		nil,
		"it gives what is bundled to benchmarks of the engine",
	},
	{
		"recommendations/internal/catalog",
		[]string{"recommendations/internal/recommend"},
		[]string{"google.golang.org", "net", "database/sql", "os", "log/slog"},
		"books in memory are found without asking anybody",
	},
	{
		"recommendations/internal/store",
		[]string{"recommendations/internal/recommend"},
		[]string{"google.golang.org"},
		"a store implements what the domain declares, and does not know who calls",
	},
	{
		"recommendations/internal/readers",
		[]string{"recommendations/internal/recommend", "recommendations/internal/store"},
		[]string{"google.golang.org"},
		"what readers did is known to the domain, whoever asks and wherever it is kept",
	},
	{
		"recommendations/internal/training",
		[]string{"recommendations/engine", "recommendations/internal/catalog", "recommendations/internal/recommend", "recommendations/internal/store"},
		[]string{"google.golang.org"},
		"a model is made of what the store holds, whoever serves it",
	},
	{
		"recommendations/internal/console", nil,
		[]string{"google.golang.org", "net", "database/sql"},
		"how far work is can be shown whatever is worked on",
	},
	{
		"recommendations/internal/evaluating",
		[]string{"recommendations/engine", "recommendations/internal/console", "recommendations/internal/dataset", "recommendations/internal/recommend"},
		[]string{"google.golang.org", "net", "database/sql"},
		"models are judged on files alone, without a store or a server",
	},
	{
		"recommendations/internal/importing",
		[]string{"recommendations/internal/console", "recommendations/internal/dataset", "recommendations/internal/recommend", "recommendations/internal/store"},
		[]string{"google.golang.org"},
		"files go into a store without a server",
	},
	{
		"recommendations/internal/rpc",
		[]string{"protobufs/gen", "recommendations/internal/catalog", "recommendations/internal/recommend", "recommendations/internal/store"},
		nil,
		"the edge translates between the contract and the domain, whatever stands behind it",
	},
	{
		"marketplace",
		[]string{"internal", "marketplace"},
		nil,
		"the services meet only on the wire, and recclient alone knows the contract",
	},
	{
		"marketplace/internal/config",
		[]string{"internal"},
		nil,
		"settings know nothing of what they set",
	},
	{
		"marketplace/internal/shop",
		[]string{"marketplace/internal/lru"},
		[]string{"google.golang.org", "net", "html/template", "os"},
		"the domain must be readable, and testable, without any transport or page",
	},
	{
		"marketplace/internal/recclient",
		[]string{"internal/telemetry", "protobufs/gen", "marketplace/internal/shop"},
		nil,
		"one package of the marketplace knows the contract",
	},
	{
		"marketplace/internal/web",
		[]string{"internal/telemetry", "marketplace/internal/lru", "marketplace/internal/shop"},
		[]string{"google.golang.org"},
		"pages show the domain, wherever it got its books",
	},
	{
		"bench",
		[]string{"bench", "protobufs/gen"},
		nil,
		"a benchmark drives what is shipped, from outside",
	},
}

// A goFile is what the rules look at.
type goFile struct {
	path    string // with slashes, from the root
	folder  string
	test    bool
	imports []string
	doc     string // of the package
}

// root is where go.mod is.
const root = "../.."

// files parses every Go file of the module, in this process, so that the test cache knows
// which files the result depends on.
func files(t *testing.T) []goFile {
	t.Helper()
	var list []goFile
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			nested := path != root && exists(filepath.Join(path, "go.mod"))
			if nested || path != root && strings.HasPrefix(entry.Name(), ".") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		file := goFile{
			path:   filepath.ToSlash(relative),
			folder: filepath.ToSlash(filepath.Dir(relative)),
			test:   strings.HasSuffix(path, "_test.go"),
			doc:    strings.TrimSpace(parsed.Doc.Text()),
		}
		for _, spec := range parsed.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			file.imports = append(file.imports, name)
		}
		list = append(list, file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 30 {
		t.Fatalf("found %d Go files only: is %s the module's root?", len(list), root)
	}
	return list
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func below(folder, parent string) bool {
	return folder == parent || strings.HasPrefix(folder, parent+"/")
}

func TestImports(t *testing.T) {
	for _, file := range files(t) {
		r, ok := ruleFor(file.folder)
		if !ok {
			t.Errorf("%s is below no folder that has a rule: add one", file.path)
			continue
		}
		for _, name := range file.imports {
			if r.forbids(name, file.test) {
				t.Errorf("%s imports %s: %s", file.path, name, r.why)
			}
		}
	}
}

func ruleFor(folder string) (longest rule, ok bool) {
	for _, r := range rules {
		if below(folder, r.below) && len(r.below) > len(longest.below) {
			longest, ok = r, true
		}
	}
	return longest, ok
}

// forbids reports whether an import breaks the rule. A test may use all of its own service and
// of the platform, but never the other service.
func (r rule) forbids(name string, inTest bool) bool {
	ours, isOurs := strings.CutPrefix(name, module)
	if !isOurs {
		return !inTest && slices.ContainsFunc(r.mayNot, func(other string) bool {
			// net/url is no network: it takes texts apart.
			return name != "net/url" && below(name, other)
		})
	}
	allowed := append([]string{r.below}, r.may...)
	if inTest {
		service, _, _ := strings.Cut(r.below, "/")
		allowed = append(allowed, service, "internal", "protobufs/gen")
	}
	return !slices.ContainsFunc(allowed, func(parent string) bool { return below(ours, parent) })
}

func TestRulesFindSomething(t *testing.T) {
	tests := []struct {
		folder    string
		test      bool
		name      string
		forbidden bool
	}{
		{"recommendations", false, "bookmarket/marketplace/internal/shop", true},
		{"recommendations/internal/rpc", true, "bookmarket/marketplace/internal/shop", true},
		{"recommendations/internal/rpc", true, "bookmarket/internal/grpcserver", false},
		{"recommendations/internal/rpc", false, "bookmarket/internal/grpcserver", true},
		{"recommendations/internal/recommend", false, "google.golang.org/grpc/codes", true},
		{"recommendations/internal/recommend", false, "context", false},
		{"recommendations/engine/linear", false, "bookmarket/recommendations/internal/recommend", true},
		{"recommendations/engine/linear", false, "log/slog", true},
		{"recommendations/engine/linear", false, "math/rand/v2", false},
		{"marketplace/internal/web", false, "bookmarket/protobufs/gen/tutorialpb", true},
		{"marketplace/internal/web", false, "bookmarket/marketplace/internal/recclient", true},
		{"marketplace/internal/recclient", false, "bookmarket/protobufs/gen/tutorialpb", false},
		{"internal", false, "bookmarket/recommendations/internal/config", true},
	}
	for _, tt := range tests {
		r, _ := ruleFor(tt.folder)
		if got := r.forbids(tt.name, tt.test); got != tt.forbidden {
			t.Errorf("%s (test: %v) may not import %s: %v, want %v", tt.folder, tt.test, tt.name, got, tt.forbidden)
		}
	}
}

// Go's convention, so that go doc says something: "Package name …", or "Command name …".
func TestPackagesSayWhatTheyAreFor(t *testing.T) {
	documented := make(map[string]bool)
	for _, file := range files(t) {
		if below(file.folder, "protobufs/gen") {
			continue // nothing in there is written by hand
		}
		says := strings.HasPrefix(file.doc, "Package ") || strings.HasPrefix(file.doc, "Command ")
		documented[file.folder] = documented[file.folder] || says
	}
	for folder, says := range documented {
		if !says {
			t.Errorf("no file of %s begins with a comment that says what the package is for", folder)
		}
	}
}
