package sqlite

import (
	"time"

	sqlite3 "modernc.org/sqlite/lib"
)

const (
	// maxGroup is how many requests share a transaction at most.
	maxGroup = 256
	// pollLock is how often a writer that waits for another process tries again. SQLite's own
	// waiting doubles its pauses up to 100 ms, and would not get in between the batches of an
	// import.
	pollLock = time.Millisecond
	// A writer that has been busy for a turn leaves a gap, in which other processes can take
	// the lock: it cannot know whether one waits.
	turn = 50 * time.Millisecond
	gap  = 3 * pollLock
	// scrubInterval is how often the writer tries again to empty the WAL.
	scrubInterval = 100 * time.Millisecond
)

// A writer makes all changes of a store, in one goroutine and on one connection: as many
// requests as have come in while it was busy share a transaction, and so a sync of the disk.
type writer struct {
	store   *Store
	session *session // nil: to be opened
	// scrub says that the WAL holds what was erased, or may do so.
	scrub bool
	// idle is when there was a gap last.
	idle time.Time
}

func newWriter(s *Store, scrub bool) *writer { return &writer{store: s, scrub: scrub} }

func (w *writer) run() {
	defer w.hangUp()
	retry := time.NewTicker(scrubInterval)
	defer retry.Stop()
	for {
		select {
		case <-w.store.closing:
			return
		default: // first of all
		}
		select {
		case <-w.store.closing:
			return
		case first := <-w.store.requests:
			w.serve(first)
			w.pause()
		case <-retry.C:
		}
		if w.scrub {
			w.scrub = w.emptyWAL() != nil
		}
	}
}

// serve runs a request, and those that wait with it, and answers them.
func (w *writer) serve(first *request) {
	tx, err := w.begin(first)
	if err != nil {
		if first.begin() {
			first.done <- writeError(err)
		}
		return
	}
	group, errs := w.runGroup(tx, first)
	if err := w.end(tx); err != nil {
		for i := range errs {
			errs[i] = writeError(err)
		}
	} else if tx.erased && w.emptyWAL() != nil {
		w.scrub = true
	}
	for i, r := range group {
		r.done <- errs[i]
	}
}

// pause leaves a gap if it is time for one.
func (w *writer) pause() {
	if time.Since(w.idle) > turn {
		time.Sleep(gap)
		w.idle = time.Now()
	}
}

// begin takes the lock, for as long as the first request waits for it.
func (w *writer) begin(first *request) (*transaction, error) {
	if err := w.open(); err != nil {
		return nil, err
	}
	for {
		err := w.session.exec("BEGIN IMMEDIATE")
		if err == nil {
			break
		}
		if !isBusy(err) {
			return nil, err
		}
		if first.turn.Load() == abandoned {
			return nil, err
		}
		time.Sleep(pollLock)
	}
	tx := &transaction{session: w.session}
	if err := tx.loadState(); err != nil {
		w.rollback()
		return nil, err
	}
	w.store.watchers.observe(tx.state)
	return tx, nil
}

// runGroup runs the requests that have come by now and returns them with their errors. One
// that fails leaves nothing behind; but the failure of storage is that of the transaction.
func (w *writer) runGroup(tx *transaction, first *request) (group []*request, errs []error) {
	r := first
	for {
		if r.begin() {
			alone := len(group) == 0 && len(w.store.requests) == 0
			group, errs = append(group, r), append(errs, writeError(tx.try(r.run, alone)))
		}
		if len(group) == maxGroup || tx.broken != nil {
			return group, errs
		}
		select {
		case r = <-w.store.requests:
		default:
			return group, errs
		}
	}
}

// end commits, and rolls back where that fails.
func (w *writer) end(tx *transaction) error {
	err := tx.broken
	if err == nil {
		err = tx.saveState()
	}
	if err == nil {
		w.store.watchers.expect(tx.state)
		err = w.session.exec("COMMIT")
	}
	if err != nil {
		w.store.watchers.expect(state{})
		w.rollback()
		return err
	}
	w.store.watchers.committed(tx.state, tx.change)
	return nil
}

// rollback ends the transaction, if SQLite has not done so already. A connection that cannot
// do that is replaced.
func (w *writer) rollback() {
	if err := w.session.exec("ROLLBACK"); err != nil && code(err) != sqlite3.SQLITE_ERROR {
		w.hangUp()
	}
}

// open opens the session, if there is none.
func (w *writer) open() (err error) {
	if w.session == nil {
		w.session, err = newSession(w.store.writes)
	}
	return err
}

func (w *writer) hangUp() {
	if w.session != nil {
		w.session.close()
		w.session = nil
	}
}
