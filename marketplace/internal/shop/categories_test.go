package shop

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"testing/synctest"
	"time"
)

func TestArrange(t *testing.T) {
	var many []Category
	for i := range 40 {
		many = append(many, Category{fmt.Sprint("c", i), fmt.Sprint("C", i)})
	}
	tests := map[string]struct{ all, want []Category }{
		"none":                      {nil, []Category{}},
		"the tutorial's":            {[]Category{selfHelp, scienceFiction, mystery}, leading},
		"none of the tutorial's":    {many[:3], many[:3]},
		"the tutorial's first":      {[]Category{many[1], selfHelp, many[0], mystery}, []Category{mystery, selfHelp, many[1], many[0]}},
		"as the catalogue says":     {[]Category{{"mystery", "Crime"}}, []Category{{"mystery", "Crime"}}},
		"one of them twice":         {[]Category{many[1], many[1], mystery, many[0], mystery}, []Category{mystery, many[1], many[0]}},
		"many":                      {many, many[:12]},
		"the tutorial's among many": {append(many[:40:40], selfHelp), append([]Category{selfHelp}, many[:11]...)},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := arrange(tt.all); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

// follow lets the shop keep up with its recommender until the test ends.
func follow(t *testing.T, s *Shop) {
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.Follow(ctx)
	}()
	t.Cleanup(func() { end(); <-ended })
	synctest.Wait()
}

// An import shows within two seconds, and pages go on asking for nothing but books.
func TestFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		recommender := &fakeRecommender{categories: []Category{}}
		s := quiet(recommender)
		follow(t, s)
		asked := 1
		for _, step := range []struct {
			what       string
			fails      error
			categories []Category
			want       []string
		}{
			{"an empty catalogue", nil, []Category{}, []string{}},
			{"an import", nil, []Category{poetry}, alike(3, Fresh, poetry)},
			{"another", nil, []Category{poetry, mystery}, alike(3, Fresh, mystery, poetry)},
			{"down: both are remembered", errors.New("down"), nil, alike(3, Remembered, mystery, poetry)},
			{"back with other books", nil, []Category{selfHelp}, alike(3, Fresh, selfHelp)},
		} {
			recommender.change(step.categories...)
			recommender.set(0, step.fails)
			time.Sleep(2 * time.Second)
			synctest.Wait()
			asked++
			for range 3 {
				if got := look(s.Shelves(t.Context())); !reflect.DeepEqual(got, step.want) {
					t.Errorf("%s: got %q, want %q", step.what, got, step.want)
				}
			}
			if recommender.asked != asked {
				t.Errorf("%s: asked for the categories %d times, want %d", step.what, recommender.asked, asked)
			}
		}
		if len(s.remembered) != 1 {
			t.Errorf("remembers %v, of which only self-help can be shown", s.remembered)
		}
	})
}

// Categories that nobody answers with must not hold up the next question, nor the end.
func TestFollowHasALimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		recommender := &fakeRecommender{takes: time.Hour}
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		start := time.Now()
		quiet(recommender).Follow(ctx)
		if took := time.Since(start); took != 3*time.Second || recommender.asked != 2 {
			t.Errorf("asked %d times within %v", recommender.asked, took)
		}
	})
}
