package monitoring

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"bookmarket/e2e/internal/proctest"
	"bookmarket/protobufs/gen/bookmarketv1"
)

const patience = 30 * time.Second

// TestLive runs a small shop and a Prometheus that watches it by our configuration, and holds
// every metric and label that the rules and the dashboard name against what is there.
func TestLive(t *testing.T) {
	prometheus := startPrometheus(t, startShop(t))
	t.Run("what alerts read", func(t *testing.T) {
		for file, list := range rules(t) {
			for _, rule := range list {
				prometheus.reads(t, file+": "+rule.Alert+rule.Record, rule.Expr)
			}
		}
	})
	t.Run("what the dashboard reads", func(t *testing.T) {
		for title, queries := range dashboardQueries(t) {
			for _, query := range queries {
				prometheus.reads(t, title, query)
			}
		}
	})
	t.Run("rules are evaluated and nothing is wrong", func(t *testing.T) {
		all := prometheus.evaluated(t)
		for _, rule := range all {
			if rule.Health != "ok" || rule.State == "firing" {
				t.Errorf("%+v", rule)
			}
		}
		if n, want := len(all), count(rules(t)); n != want {
			t.Errorf("%d rules are evaluated, want %d", n, want)
		}
	})
}

func count(byFile map[string][]rule) (n int) {
	for _, list := range byFile {
		n += len(list)
	}
	return n
}

// startShop runs both services, has each do what it counts, and returns their admin addresses by
// the job that asks them.
func startShop(t *testing.T) map[string]string {
	t.Helper()
	dir := t.TempDir()
	if err := proctest.Build(dir, "recommendations", "marketplace"); err != nil {
		t.Fatal(err)
	}
	rec := proctest.Start(t, []string{
		"RECOMMENDATIONS_GRPC_ADDR=127.0.0.1:0", "RECOMMENDATIONS_ADMIN_ADDR=127.0.0.1:0",
		"RECOMMENDATIONS_CATALOG=tutorial", "RECOMMENDATIONS_DATABASE_URL=memory:",
	}, filepath.Join(dir, "recommendations"))
	rec.Await(t, "msg", "ready")
	market := proctest.Start(t, []string{
		"MARKETPLACE_HTTP_ADDR=127.0.0.1:0", "MARKETPLACE_GRPC_ADDR=127.0.0.1:0", "MARKETPLACE_ADMIN_ADDR=127.0.0.1:0",
		"RECOMMENDATIONS_HOST=" + rec.Addr(t, "grpc"),
	}, filepath.Join(dir, "marketplace"))
	market.Await(t, "msg", "ready")

	client := http.Client{Timeout: patience}
	resp, err := client.Get("http://" + market.Addr(t, "http") + "/")
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("the page: %v, %v", resp, err)
	}
	_ = resp.Body.Close()
	resp, err = client.Post("http://"+market.Addr(t, "http")+"/books/6-the-dune-chronicles/want", "application/x-www-form-urlencoded", http.NoBody)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("a reader wants a book: %v, %v", resp, err)
	}
	_ = resp.Body.Close()
	conn, err := grpc.NewClient(rec.Addr(t, "grpc"), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close() //nolint:errcheck // nothing is lost with it
	event := &bookmarketv1.Activity{EventId: "watched", UserId: 1 << 33, BookId: 1, Kind: bookmarketv1.Activity_KIND_WANT}
	_, err = bookmarketv1.NewActivityServiceClient(conn).RecordActivity(t.Context(), &bookmarketv1.RecordActivityRequest{Activities: []*bookmarketv1.Activity{event}})
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{"recommendations": rec.Addr(t, "admin"), "marketplace": market.Addr(t, "admin")}
}

// A prometheus is a running one, by its address.
type prometheus struct{ addr string }

// startPrometheus runs one by monitoring/prometheus.yml, except that it is in a hurry and finds the
// services where they are.
func startPrometheus(t *testing.T, targets map[string]string) prometheus {
	t.Helper()
	var config map[string]any
	read(t, path("monitoring/prometheus.yml"), &config)
	config["global"] = map[string]any{"scrape_interval": "500ms", "scrape_timeout": "500ms", "evaluation_interval": "500ms"}
	files, _ := config["rule_files"].([]any)
	for i, file := range files {
		files[i] = path("monitoring", fmt.Sprint(file))
	}
	jobs, _ := config["scrape_configs"].([]any)
	if len(jobs) != len(targets) {
		t.Errorf("%d jobs, want %d", len(jobs), len(targets))
	}
	for _, job := range jobs {
		settings, _ := job.(map[string]any)
		delete(settings, "dns_sd_configs")
		settings["static_configs"] = []any{map[string]any{"targets": []string{targets[fmt.Sprint(settings["job_name"])]}}}
	}
	content, err := yaml.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "prometheus.yml"), content, 0o600); err != nil {
		t.Fatal(err)
	}
	p := prometheus{proctest.FreeAddr(t)}
	proctest.Start(t, nil, tool(t, "prometheus"), "--config.file="+filepath.Join(dir, "prometheus.yml"),
		"--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address="+p.addr, "--log.level=warn")
	return p
}

// What a panel's variables and the codes of failures, of which a healthy shop has none, stand for.
var (
	variables = strings.NewReplacer("$namespace", ".*", "$__rate_interval", "1m")
	failures  = regexp.MustCompile(`\b((?:grpc_)?code)=~?"[^"]*"`)
)

// reads checks that a query is understood, and that there is something of everything that it reads.
func (p prometheus) reads(t *testing.T, name, query string) {
	t.Helper()
	query = variables.Replace(query)
	p.get(t, "query", url.Values{"query": {query}}, new(any))
	for _, selector := range selectors(query) {
		match := failures.ReplaceAllString(selector, `$1=~".+"`)
		if !p.has(t, match) {
			t.Errorf("%s: the services export no %s", name, selector)
		}
	}
}

// has reports whether there is a series that matches, which there may only be after some scrapes.
func (p prometheus) has(t *testing.T, match string) bool {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		var series []any
		p.get(t, "series", url.Values{"match[]": {match}}, &series)
		if len(series) > 0 {
			return true
		}
	}
	return false
}

// A ruleState is what became of a rule.
type ruleState struct{ Name, Health, LastError, State string }

// evaluated returns all rules, once each was looked at for the first time.
func (p prometheus) evaluated(t *testing.T) (all []ruleState) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		var answer struct {
			Groups []struct{ Rules []ruleState }
		}
		p.get(t, "rules", nil, &answer)
		all = nil
		for _, group := range answer.Groups {
			all = append(all, group.Rules...)
		}
		if !slices.ContainsFunc(all, func(r ruleState) bool { return r.Health == "unknown" }) {
			break
		}
	}
	return all
}

// get asks Prometheus and decodes the answer's data. It may just be starting.
func (p prometheus) get(t *testing.T, api string, query url.Values, data any) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.addr+"/api/v1/"+api+"?"+query.Encode(), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	for ctx.Err() == nil && (err != nil || resp.StatusCode == http.StatusServiceUnavailable) {
		if err == nil {
			_ = resp.Body.Close()
		}
		time.Sleep(100 * time.Millisecond)
		resp, err = http.DefaultClient.Do(req)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // it was read to its end
	answer := struct {
		Status, Error string
		Data          any
	}{Data: data}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || answer.Status != "success" {
		t.Fatalf("%s: %v, %s", query, err, answer.Error)
	}
}
