package process

import (
	"strings"
	"testing"

	"bookmarket/e2e/internal/pagetest"
)

const requestIDHeader = "X-Request-Id"

// A request's id names the page in the marketplace's log and the three calls that it took in
// the log of recommendations.
func TestRequestIDTravels(t *testing.T) {
	t.Parallel()
	rec, market, url := startShop(t)
	tests := []struct {
		name, sent string
		kept       bool
	}{
		{name: "none", sent: ""},
		{name: "good", sent: "trace-4711.a_B", kept: true},
		{name: "too long", sent: strings.Repeat("x", 65)},
		{name: "made to forge a line", sent: `x" level="ERROR`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			page := pagetest.Prompt(t, url, requestIDHeader, tt.sent)
			id := page.Header.Get(requestIDHeader)
			if id == "" || (id == tt.sent) != tt.kept {
				t.Fatalf("sent the id %q, the page says %q", tt.sent, id)
			}
			if line := market.Await(t, "msg", "http", "request_id", id); line["path"] != "/" {
				t.Errorf("the marketplace's line is %v", line)
			}
			const shelves = 3
			const recommend = "/bookmarket.v1.RecommendationService/Recommend"
			for _, line := range rec.AwaitN(t, shelves, "msg", "rpc", "request_id", id, "method", recommend) {
				if line["code"] != "OK" {
					t.Errorf("a line of recommendations is %v", line)
				}
			}
		})
	}
}

// When recommendations fails, the marketplace's line about it names the page, too.
func TestRequestIDNamesFailures(t *testing.T) {
	t.Parallel()
	rec, market, url := startShop(t)
	rec.Kill(t)
	pagetest.Prompt(t, url, requestIDHeader, "failing-page")
	market.Await(t, "level", "WARN", "request_id", "failing-page")
}
