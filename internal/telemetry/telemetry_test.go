package telemetry

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"bookmarket/internal/buildinfo"
)

func TestRequestID(t *testing.T) {
	for id, kept := range map[string]bool{
		"a": true, "0123-abc_DEF.9": true, strings.Repeat("x", 64): true,
		"": false, strings.Repeat("x", 65): false, "a b": false, "a\nb": false, "é": false, `a"b`: false, "\x00": false,
	} {
		got := RequestID(WithRequestID(t.Context(), id))
		if (got == id) != kept {
			t.Errorf("%q became %q", id, got)
		}
		if !validRequestID(got) {
			t.Errorf("%q became %q, which is not valid", id, got)
		}
	}
	if id := RequestID(t.Context()); id != "" {
		t.Errorf("a context without a request has the id %q", id)
	}
	if a, b := RequestID(WithRequestID(t.Context(), "")), RequestID(WithRequestID(t.Context(), "")); a == b {
		t.Errorf("two requests have the id %q", a)
	}
}

func TestLogger(t *testing.T) {
	var out bytes.Buffer
	log := NewLogger(&out, "test", LogSettings{LogLevel: slog.LevelWarn})
	ctx := WithRequestID(t.Context(), "request-7")
	log.InfoContext(ctx, "not logged")
	log.With("a", 1).WarnContext(ctx, "logged", Milliseconds("took_ms", 1500*time.Microsecond))
	var line map[string]any
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatalf("not one line of JSON: %v\n%s", err, out.String())
	}
	delete(line, "time")
	for key, want := range map[string]any{
		"level": "WARN", "msg": "logged", "service": "test", "request_id": "request-7", "a": 1.0, "took_ms": 1.5,
	} {
		if line[key] != want {
			t.Errorf("%s is %v, want %v", key, line[key], want)
		}
	}
	out.Reset()
	log.WithGroup("g").Warn("no request", "b", 2)
	if strings.Contains(out.String(), "request_id") || !strings.Contains(out.String(), `"g":{"b":2}`) {
		t.Errorf("got %s", out.String())
	}
}

func TestLogFormat(t *testing.T) {
	for format, want := range map[string]string{"text": "level=INFO", "json": `"level":"INFO"`, "": `"level":"INFO"`} {
		var out bytes.Buffer
		NewLogger(&out, "test", LogSettings{LogFormat: format}).InfoContext(context.Background(), "x")
		if !strings.Contains(out.String(), want) {
			t.Errorf("format %q wrote %s", format, out.String())
		}
	}
	for format, ok := range map[string]bool{"": true, "json": true, "text": true, "xml": false} {
		if err := (LogSettings{LogFormat: format}).Verify("SHOP"); (err == nil) != ok {
			t.Errorf("format %q: %v", format, err)
		}
	}
}

// Which build runs is what alerts and dashboards join everything else with.
func TestBuildInfo(t *testing.T) {
	defer func(version, revision string) { buildinfo.Version, buildinfo.Revision = version, revision }(buildinfo.Version, buildinfo.Revision)
	buildinfo.Version, buildinfo.Revision = "v1.2.3", "abc123"
	want := `# HELP bookmarket_build_info Always 1; the labels say which build runs.
# TYPE bookmarket_build_info gauge
bookmarket_build_info{go_version="` + runtime.Version() + `",revision="abc123",version="v1.2.3"} 1
`
	if err := testutil.GatherAndCompare(NewRegistry(), strings.NewReader(want), "bookmarket_build_info"); err != nil {
		t.Error(err)
	}
}

func TestRegistry(t *testing.T) {
	registry := NewRegistry()
	for _, name := range []string{"bookmarket_build_info", "go_goroutines", "process_cpu_seconds_total"} {
		if n, err := testutil.GatherAndCount(registry, name); err != nil || n != 1 {
			t.Errorf("%s: %d series, %v", name, n, err)
		}
	}
}
