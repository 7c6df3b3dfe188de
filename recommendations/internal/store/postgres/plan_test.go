package postgres

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store/postgres/postgrestest"
)

// What is asked all the time is looked up in an index, and comes in its order, however much there is.
func TestPlans(t *testing.T) {
	server := postgrestest.Start(t, postgrestest.Fast)
	url := server.NewDatabase(t)
	s := open(t, url)
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	const readers, events, batch = 500, 100_000, 10_000
	began := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for n := 0; n < events; n += batch {
		activities := make([]recommend.Activity, batch)
		for i := range activities {
			activities[i] = view(fmt.Sprint("event-", n+i), int64((n+i)%readers+1), int64(i%1000+1))
			activities[i].OccurredAt = began.Add(time.Duration(n+i) * time.Minute)
		}
		if _, err := s.PutActivity(t.Context(), activities); err != nil {
			t.Fatal(err)
		}
	}
	server.Exec(t, url, "VACUUM ANALYZE activity")
	lately := began.Add((events - 1000) * time.Minute).UnixMicro()
	for _, tt := range []struct {
		name  string
		query string
		args  []any
		index string
		sorts bool
	}{
		{"first page", selectPage, []any{1, 101}, "activity_by_reader", false},
		{"next page", selectNext, []any{1, 101, lately, 99}, "activity_by_reader", false},
		{"history", selectHistory, []any{1, 1, 200}, "activity_by_reader", true}, // a reader's alone
		{"days", selectDays, []any{microsPerDay, lately}, "Index Only Scan using activity_by_time", true},
		{"delete a reader", deleteUser, []any{1}, "activity_by_reader", true},
	} {
		rows, err := s.pool.Query(t.Context(), "EXPLAIN "+tt.query, tt.args...)
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		var plan strings.Builder
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintln(&plan, line)
		}
		if err := rows.Err(); err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		got := plan.String()
		if strings.Contains(got, "Seq Scan") || !strings.Contains(got, tt.index) || !tt.sorts && strings.Contains(got, "Sort") {
			t.Errorf("%s:\n%s", tt.name, got)
		}
	}
}
