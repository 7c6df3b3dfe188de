package sqlite

import (
	"context"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	driver "modernc.org/sqlite"
)

// openTimeout is how long another process may be in the way of opening the file, as one is that
// has just made it.
const openTimeout = 5 * time.Second

// readers is how many reads may happen at the same time.
const readers = 8

// settings are those that tests of durability differ in.
type settings struct {
	synchronous    string
	autocheckpoint int  // pages in the WAL; what a commit finds there goes into the file
	scrub          bool // empty the WAL soon after the start
}

// durable is what a store promises to be. A process that was killed may have left in the WAL
// what it had erased.
var durable = settings{synchronous: "FULL", autocheckpoint: 4000, scrub: true}

func (s *Store) open(with settings) error {
	absolute, err := filepath.Abs(s.path)
	if err != nil {
		return err
	}
	if err := touch(absolute); err != nil {
		return err
	}
	s.leaseFile = absolute + ".training"
	// Every commit is synced before it is answered, and what is deleted is overwritten. Without
	// a folder for temporary files, as in a read-only container, they must be in memory.
	write := url.Values{
		"_txlock":      {"immediate"},
		"_synchronous": {with.synchronous},
		"_pragma": {
			"secure_delete(ON)", "temp_store(MEMORY)", "cache_size(-32768)",
			"wal_autocheckpoint(" + strconv.Itoa(with.autocheckpoint) + ")", "journal_size_limit(67108864)",
		},
	}
	read := url.Values{"_query_only": {"1"}, "_busy_timeout": {"900"}, "_pragma": {"temp_store(MEMORY)", "cache_size(-8192)"}}
	if s.writes, err = connect(absolute, write, 1); err != nil {
		return err
	}
	if s.reads, err = connect(absolute, read, readers); err != nil {
		return err
	}
	s.aside, err = connect(absolute, write, 0)
	if err != nil {
		return err
	}
	return s.useWAL()
}

// touch creates what is missing, readable to nobody else, and returns the system's own words
// where the file cannot be used: SQLite's are fewer.
func touch(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the operator names the file
	if err != nil {
		return err
	}
	return file.Close()
}

func connect(path string, parameters url.Values, most int) (*sql.DB, error) {
	name := url.URL{Scheme: "file", Path: path, RawQuery: parameters.Encode()}
	connector, err := driver.NewConnector(name.String())
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(most)
	db.SetMaxIdleConns(max(most, 1))
	return db, nil
}

// useWAL puts the file into WAL mode, which it keeps. Another process that does so at the same
// time is waited for: SQLite itself gives up there at once.
func (s *Store) useWAL() error {
	ctx, cancel := context.WithTimeout(context.Background(), openTimeout)
	defer cancel()
	return retryBusy(ctx, func() error {
		_, err := s.writes.ExecContext(ctx, "PRAGMA journal_mode = WAL")
		return err
	})
}

// retryBusy calls f again for as long as another connection is in its way and ctx lasts.
func retryBusy(ctx context.Context, f func() error) error {
	for {
		err := f()
		if !isBusy(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pollLock):
		}
	}
}
