package adminserver

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"bookmarket/internal/telemetry"
)

func TestEndpoints(t *testing.T) {
	ready := false
	admin := handler(telemetry.NewRegistry(), func(context.Context) bool { return ready })
	tests := []struct {
		method, path string
		ready        bool
		status       int
		contains     string
	}{
		{"GET", "/livez", true, 200, "alive"},
		{"GET", "/livez", false, 200, "alive"}, // a restart would mend nothing
		{"GET", "/readyz", true, 200, "ready"},
		{"GET", "/readyz", false, 503, "not ready"},
		{"GET", "/metrics", false, 200, "bookmarket_build_info{"},
		{"GET", "/debug/pprof/", false, 200, "goroutine"},
		{"GET", "/debug/pprof/heap?debug=1", false, 200, "heap profile"},
		{"GET", "/debug/pprof/cmdline", false, 200, "adminserver"},
		{"GET", "/", false, 404, ""},
		{"POST", "/livez", false, 405, ""},
	}
	for _, tt := range tests {
		ready = tt.ready
		answer := httptest.NewRecorder()
		admin.ServeHTTP(answer, httptest.NewRequest(tt.method, tt.path, http.NoBody))
		if answer.Code != tt.status || !strings.Contains(answer.Body.String(), tt.contains) {
			t.Errorf("%s %s while ready is %v: %d %.80q", tt.method, tt.path, tt.ready, answer.Code, answer.Body)
		}
	}
}
