package main

import (
	"fmt"
	"strings"
	"testing"

	"bookmarket/protobufs/gen/bookmarketv1"
)

// A reader whose id nobody would write by chance.
const somebody = 8_123_456_789_012_345

// Whatever a reader does, and whether it goes well or not, no log line at info level and no
// metric tells who it was.
func TestNoTraceOfReaders(t *testing.T) {
	r := start(t, "memory:", "tutorial")
	r.ready(t)
	ctx := t.Context()
	event := &bookmarketv1.Activity{EventId: fmt.Sprintf("view-%d", int64(somebody)), UserId: somebody, BookId: 1, Kind: bookmarketv1.Activity_KIND_VIEW}
	bad := &bookmarketv1.Activity{EventId: "x", UserId: somebody, BookId: -1}
	for name, call := range map[string]func() error{
		"record": func() error {
			_, err := r.activity.RecordActivity(ctx, &bookmarketv1.RecordActivityRequest{Activities: []*bookmarketv1.Activity{event}})
			return err
		},
		"recommend": func() error {
			_, err := r.recommendations.Recommend(ctx, &bookmarketv1.RecommendRequest{UserId: somebody})
			return err
		},
		"list": func() error {
			_, err := r.activity.ListActivity(ctx, &bookmarketv1.ListActivityRequest{UserId: somebody})
			return err
		},
		"erase": func() error {
			_, err := r.activity.DeleteUserData(ctx, &bookmarketv1.DeleteUserDataRequest{UserId: somebody})
			return err
		},
	} {
		if err := call(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := r.activity.RecordActivity(ctx, &bookmarketv1.RecordActivityRequest{Activities: []*bookmarketv1.Activity{bad}}); err == nil {
		t.Error("a bad event was kept")
	}
	if _, err := r.recommendations.Recommend(ctx, &bookmarketv1.RecommendRequest{UserId: somebody, Category: "cookery"}); err == nil {
		t.Error("there is no such category")
	}

	id := fmt.Sprint(int64(somebody))
	log := r.log.String()
	if strings.Contains(log, id) {
		t.Errorf("the log names the reader:\n%s", log)
	}
	if !strings.Contains(log, "RecordActivity") {
		t.Errorf("the log has no line about the call that failed, so it proves nothing:\n%s", log)
	}
	metrics := r.metrics(t)
	if strings.Contains(metrics, id) {
		t.Error("a metric names the reader")
	}
	if !strings.Contains(metrics, `recommendations_history_lookups_total{result="miss"}`) {
		t.Errorf("the metrics do not count what was asked, so they prove nothing:\n%s", metrics)
	}
}

func (r *running) metrics(t *testing.T) string {
	t.Helper()
	_, body := r.admin(t, "/metrics")
	return body
}
