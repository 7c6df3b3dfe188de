package storetest

import (
	"errors"
	"fmt"
	"time"

	"bookmarket/recommendations/internal/recommend"
)

var lifeCases = []testCase{
	{"is ready", func(s *subject) { s.must(s.store.Ready(s.ctx)) }},
	{"migrating again changes nothing", migrateAgain},
	{"migrating at the same time is harmless", migrateTogether},
	{"a closed store says that it cannot be reached", closed},
	{"closing twice is harmless", closeTwice},
	{"closing ends who watches", closeEndsWatch},
	{"closing while others write loses nothing acknowledged", closeAmongWriters},
}

func migrateAgain(s *subject) {
	s.something()
	revision := s.revision()
	s.must(s.store.Migrate(s.ctx))
	s.stillSomething()
	expect(s, "the revision", s.revision(), revision)
}

func migrateTogether(s *subject) {
	s.something()
	together(func(int) {
		if err := s.store.Migrate(s.ctx); err != nil {
			s.Error(err)
		}
	})
	s.stillSomething()
}

func closed(s *subject) {
	s.something()
	s.must(s.store.Close())
	for _, c := range calls() {
		if err := c.do(s.ctx, s.store); !errors.Is(err, recommend.ErrUnavailable) {
			s.Errorf("%s returned %v, want %v", c.method, err, recommend.ErrUnavailable)
		}
	}
}

func closeTwice(s *subject) {
	s.must(s.store.Close())
	s.must(s.store.Close())
}

func closeEndsWatch(s *subject) {
	w := s.watch(func() {})
	s.must(s.store.Close())
	select {
	case err := <-w.ended:
		if !errors.Is(err, recommend.ErrUnavailable) {
			s.Errorf("the watch ended with %v, want %v", err, recommend.ErrUnavailable)
		}
	case <-time.After(patience):
		s.Error("the watch did not end")
	}
}

// Every write is either kept or told that the store cannot be reached.
func closeAmongWriters(s *subject) {
	together(func(writer int) {
		for i := 0; ; i++ {
			if writer == 0 && i == 10 {
				if err := s.store.Close(); err != nil {
					s.Error(err)
				}
			}
			recorded, err := s.store.RecordActivity(s.ctx, []recommend.Activity{view(fmt.Sprintf("%d-%d", writer, i), 1, noon)})
			if errors.Is(err, recommend.ErrUnavailable) && recorded == 0 {
				return
			}
			if err != nil || recorded != 1 {
				s.Errorf("recorded %d with error %v", recorded, err)
				return
			}
		}
	})
}
