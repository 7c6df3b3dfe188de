package sqlite

import (
	"database/sql"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

// No read goes through more of the file than it returns, except those that count everything,
// and none sorts what lies there in order.
func TestPlans(t *testing.T) {
	s := newStore(t)
	_, _, err1 := s.ListActivity(t.Context(), 1, nil, 10)
	_, _, err2 := s.ListActivity(t.Context(), 1, &store.Cursor{OccurredAt: 5, Seq: 5}, 10)
	_, err3 := s.History(t.Context(), 1)
	_, err4 := s.BookStats(t.Context())
	_, err5 := s.DailyReaders(t.Context(), time.Time{})
	_, err6 := s.ModelVersion(t.Context())
	err7 := s.Interactions(t.Context(), func(recommend.Activity) error { return nil })
	if err := errors.Join(err1, err2, err3, err4, err5, err6, err7); err != nil {
		t.Fatal(err)
	}
	if _, err := s.LatestModel(t.Context()); !errors.Is(err, store.ErrNoModel) {
		t.Fatal(err)
	}
	checked := 0
	s.statements.Range(func(query, _ any) bool {
		checked++
		text := query.(string)
		got := plan(t, s, text)
		switch {
		case strings.Contains(text, "ORDER BY user_id"): // BookStats, Interactions
			if got != "SCAN activity" {
				t.Errorf("%s\n%s\nwant a scan in the order of the table", text, got)
			}
		case strings.Contains(text, "count("): // DailyReaders
			if !strings.Contains(got, "USING COVERING INDEX activity_by_time (occurred_at>") {
				t.Errorf("%s\n%s\nwant a search of the index alone", text, got)
			}
		case strings.Contains(got, "SCAN activity") || strings.Contains(got, "TEMP B-TREE"):
			t.Errorf("%s\n%s\nwant a search in the order of the table", text, got)
		}
		return true
	})
	if checked != 8 {
		t.Errorf("%d queries were checked, want 8", checked)
	}
}

var parameter = regexp.MustCompile(`\?\d*`)

// plan returns how SQLite answers a query, whatever its parameters are.
func plan(t *testing.T, s *Store, query string) string {
	t.Helper()
	rows, err := s.aside.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+parameter.ReplaceAllString(query, "1"))
	if err != nil {
		t.Fatal(err)
	}
	var steps []string
	err = scanAll(rows, func(rows *sql.Rows) error {
		var id, parent, unused int
		var step string
		err := rows.Scan(&id, &parent, &unused, &step)
		steps = append(steps, step)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(steps, "; ")
}
