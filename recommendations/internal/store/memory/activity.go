package memory

import (
	"context"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

// RecordActivity adds events that are not kept already.
func (s *Store) RecordActivity(ctx context.Context, activities []recommend.Activity) (recorded int, err error) {
	err = s.write(ctx, func() (change store.Change) {
		for _, a := range activities {
			if _, known := s.events[a.EventID]; known {
				continue
			}
			s.add(a)
			recorded++
			change.Users = append(change.Users, a.UserID)
		}
		return change
	})
	return recorded, err
}

// PutActivity adds or replaces events. One that is replaced keeps its place in the order of
// arrival.
func (s *Store) PutActivity(ctx context.Context, activities []recommend.Activity) (counts store.Counts, err error) {
	last := make(map[string]int, len(activities))
	for i := range activities {
		last[activities[i].EventID] = i
	}
	err = s.write(ctx, func() (change store.Change) {
		for i := range activities {
			id := activities[i].EventID
			if at, first := last[id]; first {
				delete(last, id)
				s.put(activities[at], &counts, &change)
			}
		}
		return change
	})
	return counts, err
}

func (s *Store) put(a recommend.Activity, counts *store.Counts, change *store.Change) {
	kept, known := s.events[a.EventID]
	switch {
	case !known:
		counts.New++
		s.add(a)
	case kept.Activity == a:
		counts.Equal++
		return
	default:
		counts.Changed++
		change.Users = append(change.Users, kept.UserID)
		s.remove(kept)
		s.keep(&event{a, kept.seq})
	}
	change.Users = append(change.Users, a.UserID)
}

// add keeps an event that is new.
func (s *Store) add(a recommend.Activity) {
	s.seq++
	s.keep(&event{a, s.seq})
}

func (s *Store) keep(e *event) {
	s.events[e.EventID] = e
	if s.readers[e.UserID] == nil {
		s.readers[e.UserID] = make(map[string]*event)
	}
	s.readers[e.UserID][e.EventID] = e
}

func (s *Store) remove(e *event) {
	delete(s.events, e.EventID)
	delete(s.readers[e.UserID], e.EventID)
	if len(s.readers[e.UserID]) == 0 {
		delete(s.readers, e.UserID)
	}
}

// DeleteActivity removes events of a reader's.
func (s *Store) DeleteActivity(ctx context.Context, userID int64, eventIDs []string) (deleted int, err error) {
	err = s.write(ctx, func() (change store.Change) {
		for _, id := range eventIDs {
			if e, kept := s.readers[userID][id]; kept {
				s.remove(e)
				deleted++
				change.Users = []int64{userID}
			}
		}
		return change
	})
	return deleted, err
}

// DeleteUser removes everything about a reader.
func (s *Store) DeleteUser(ctx context.Context, userID int64) (deleted int64, err error) {
	err = s.write(ctx, func() store.Change {
		for _, e := range s.sorted(userID) {
			s.remove(e)
			deleted++
		}
		if deleted == 0 {
			return store.Change{}
		}
		return store.Change{Users: []int64{userID}}
	})
	return deleted, err
}
