package training

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store/memory"
)

// A slowSource counts for minutes, as a large database does.
type slowSource struct {
	*fakeSource

	takes  time.Duration
	fails  error
	trends int // how often readers of each day were asked for
}

func (s *slowSource) wait(ctx context.Context) error {
	s.mu.Lock()
	takes, fails := s.takes, s.fails
	s.mu.Unlock()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(takes):
		return fails
	}
}

func (s *slowSource) BookStats(ctx context.Context) (map[int64]recommend.BookStats, error) {
	if err := s.wait(ctx); err != nil {
		return nil, err
	}
	return s.fakeSource.BookStats(ctx)
}

func (s *slowSource) DailyReaders(ctx context.Context, since time.Time) ([]recommend.DailyReaders, error) {
	s.set(func(*fakeSource) { s.trends++ })
	if err := s.wait(ctx); err != nil {
		return nil, err
	}
	return s.fakeSource.DailyReaders(ctx, since)
}

func slow(takes time.Duration) *slowSource {
	today := time.Now().UTC().Truncate(24 * time.Hour)
	return &slowSource{takes: takes, fakeSource: &fakeSource{
		Models: memory.New(), revision: 3,
		stats: map[int64]recommend.BookStats{2: {Readers: 5}},
		daily: []recommend.DailyReaders{{Day: today, BookID: 2, Kind: recommend.View, Readers: 1}},
	}}
}

// A service starts before readers are counted, shows new books meanwhile, and then the counts.
func TestCountingTakesLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := slow(5 * time.Minute)
		began := time.Now()
		publisher, log := runningOn(t, s)
		if took := time.Since(began); took > loadTimeout || publisher.Catalog().Len() != 3 {
			t.Fatalf("after %v there are %d books", took, publisher.Catalog().Len())
		}
		if !strings.Contains(log.String(), "takes long") {
			t.Errorf("logged %s", log)
		}
		for books := int64(4); books < 7; books++ {
			s.set(func(s *fakeSource) { s.revision = books })
			publisher.Changed()
			time.Sleep(2 * time.Second)
			synctest.Wait()
			if n := publisher.Catalog().Len(); int64(n) != books {
				t.Fatalf("two seconds after a change there are %d books, want %d", n, books)
			}
		}
		if n := publisher.Catalog().Popularity(2); n != 0 {
			t.Fatalf("%d readers were counted at once", n)
		}
		before := publisher.Model().Version
		time.Sleep(s.takes + 2*time.Second)
		synctest.Wait()
		if n := publisher.Catalog().Popularity(2); n != 5 {
			t.Errorf("in the end %d readers are counted, want 5", n)
		}
		if publisher.Model().Version == before {
			t.Error("trends do not show")
		}
		s.set(func(*fakeSource) { s.counts, s.trends = 0, 0 })
		time.Sleep(time.Hour)
		synctest.Wait()
		if s.counts < 3 || s.counts > 4 {
			t.Errorf("in an hour readers were counted %d times, want every quarter", s.counts)
		}
		if s.trends < 5 || s.trends > 6 {
			t.Errorf("in an hour readers of each day were counted %d times for five minutes, want half of the time", s.trends)
		}
	})
}

// A database that ends the statement after minutes is not asked for it again at once.
func TestCountingFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := slow(5 * time.Minute)
		s.fails = errors.New("canceling statement due to statement timeout")
		publisher, log := runningOn(t, s)
		time.Sleep(statsInterval - time.Minute)
		synctest.Wait()
		if n := publisher.Catalog().Len(); n != 3 {
			t.Errorf("there are %d books", n)
		}
		if n := strings.Count(log.String(), `msg="a count failed" of="the readers of each book"`); n != 1 {
			t.Errorf("it was counted %d times in vain:\n%s", n, log)
		}
		if s.trends > 2 {
			t.Errorf("readers of each day were counted %d times in vain", s.trends)
		}
		if strings.Contains(log.String(), "stays as it is") {
			t.Errorf("it kept a model back:\n%s", log)
		}
	})
}

// A store that is lost while it counts is asked again as soon as it is back.
func TestCountingIsInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := slow(firstPatience + time.Second)
		s.fails = recommend.ErrUnavailable
		publisher, _ := runningOn(t, s)
		time.Sleep(2 * time.Second)
		s.set(func(*fakeSource) { s.takes, s.fails = 0, nil })
		time.Sleep(2 * trendInterval)
		synctest.Wait()
		if n := publisher.Catalog().Popularity(2); n != 5 {
			t.Errorf("%d readers are counted, want 5", n)
		}
	})
}
