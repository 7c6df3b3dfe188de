// Package postgres keeps books and what readers did in PostgreSQL, version 15 or newer. Several
// processes may use a database at the same time: replicas of the service, and an import.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"bookmarket/recommendations/internal/store"
)

const (
	// connectTimeout is how long a server may take to accept a connection.
	connectTimeout = 2 * time.Second
	// pingTimeout is how long it may take to say on a connection that it is alive.
	pingTimeout = 500 * time.Millisecond
	// statementTimeout ends what nobody waits for any more on the server's side. The longest
	// statement is the one that adds up everything that readers ever did.
	statementTimeout = 5 * time.Minute
	// maxConnections is how many there are at most unless the URL says otherwise (pool_max_conns),
	// beside those that wait for changes, train, or ask during a longer write whether the server
	// is there.
	maxConnections = 10
)

// A Store is a [store.Store] in a database.
type Store struct {
	pool *pgxpool.Pool

	closing context.Context //nolint:containedctx // the store's own life, which ends with Close
	stop    context.CancelFunc
	writing sync.RWMutex // held for reading by writes under way
	leases  sync.WaitGroup
	probing sync.WaitGroup // what asks during longer writes whether the server is there
}

var _ store.Store = (*Store)(nil)

// errURL says nothing of the URL: what cannot be parsed may have a password anywhere.
var errURL = errors.New("the URL must be postgres://USER:PASSWORD@HOST:PORT/DATABASE, with special characters as %XX")

// Open returns the store in a database, which need not be there yet.
func Open(url string) (*Store, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errURL
	}
	if !strings.Contains(url, "pool_max_conns=") {
		config.MaxConns = maxConnections
	}
	config.PingTimeout = pingTimeout
	config.AfterConnect = commitDurably
	config.ConnConfig.ConnectTimeout = connectTimeout
	config.ConnConfig.DialFunc = dial
	config.ConnConfig.AfterConnect = accepted
	setDefault(config.ConnConfig, "application_name", "bookmarket")
	setDefault(config.ConnConfig, "statement_timeout", strconv.FormatInt(statementTimeout.Milliseconds(), 10))
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		return nil, fmt.Errorf("make a pool of connections: %w", err)
	}
	closing, stop := context.WithCancel(context.Background())
	return &Store{pool: pool, closing: closing, stop: stop}, nil
}

// setDefault sets a parameter of a connection's session that the URL does not set.
func setDefault(config *pgx.ConnConfig, parameter, value string) {
	if _, set := config.RuntimeParams[parameter]; !set {
		config.RuntimeParams[parameter] = value
	}
}

// commitDurably makes a new connection's commits wait for the disk where the server's settings
// say that they need not. What else they say stays, such as to wait for a standby as well.
func commitDurably(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, "SELECT set_config(name, 'on', false) FROM pg_settings WHERE name = 'synchronous_commit' AND setting = 'off'")
	return err
}

// Ready returns nil while the store can be written to.
func (s *Store) Ready(ctx context.Context) error {
	return s.write(ctx, func(ctx context.Context) error {
		var readOnly bool
		if err := s.pool.QueryRow(ctx, "SELECT current_setting('transaction_read_only')::boolean").Scan(&readOnly); err != nil {
			return err
		}
		if readOnly { // a standby, or told so
			return errReadOnly
		}
		return nil
	})
}

// Close waits for writes under way and ends all others.
func (s *Store) Close() error {
	s.stop()
	s.writing.Lock()
	defer s.writing.Unlock()
	s.leases.Wait()
	s.probing.Wait()
	s.pool.Close()
	return nil
}
