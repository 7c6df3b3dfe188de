package postgres

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"bookmarket/recommendations/internal/store"
)

const (
	// listenAgain is how soon a connection that was lost is replaced.
	listenAgain = 500 * time.Millisecond
	// pingAfter is how long there may be silence before the server is asked whether it is there.
	pingAfter = 500 * time.Millisecond
	// closeTimeout is how long the server may take to see a connection off.
	closeTimeout = 500 * time.Millisecond
)

// Watch calls changed for each change that the database tells of, on a connection of its own.
// Each time that it has made one it reports that everything may have changed before.
func (s *Store) Watch(ctx context.Context, changed func(store.Change)) error {
	listening, stop := context.WithCancel(ctx)
	defer stop()
	defer context.AfterFunc(s.closing, stop)()
	for {
		s.listen(listening, changed)
		select {
		case <-listening.Done():
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return errClosed
		case <-time.After(listenAgain):
		}
	}
}

// listen reports changes until the connection is lost, or none can be had. Why is not told: all
// who ask the store something now are told the same.
func (s *Store) listen(ctx context.Context, changed func(store.Change)) {
	conn, err := s.startListening(ctx)
	if err != nil {
		return
	}
	defer closeSoon(ctx, conn)
	changed(store.Change{Catalog: true, Model: true, All: true})
	for {
		message, err := receive(ctx, conn)
		if err != nil {
			return
		}
		changed(parseChange(message))
	}
}

func (s *Store) startListening(ctx context.Context) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
	if err != nil {
		return nil, err
	}
	if _, err := conn.Exec(ctx, "LISTEN bookmarket"); err != nil {
		closeSoon(ctx, conn)
		return nil, err
	}
	return conn, nil
}

// receive returns the next message.
func receive(ctx context.Context, conn *pgx.Conn) (string, error) {
	for {
		waiting, cancel := context.WithTimeout(ctx, pingAfter)
		notification, err := conn.WaitForNotification(waiting)
		cancel()
		if err == nil {
			return notification.Payload, nil
		}
		if ctx.Err() != nil || !pgconn.Timeout(err) {
			return "", err
		}
		if err := ping(ctx, conn); err != nil {
			return "", err
		}
	}
}

// ping finds out whether the server is there: one that is paused, or cut off, says nothing.
func ping(ctx context.Context, conn *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	return conn.Ping(ctx)
}

func closeSoon(ctx context.Context, conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer cancel()
	_ = conn.Close(ctx) // It is of no use any more, whatever this says.
}

// parseChange reads a message of the triggers in migrations. What a newer program's say, and
// this one does not know, may be anything.
func parseChange(message string) store.Change {
	switch message {
	case "catalog":
		return store.Change{Catalog: true}
	case "model":
		return store.Change{Model: true}
	case "all":
		return store.Change{All: true}
	}
	var users []int64
	for id := range strings.SplitSeq(message, ",") {
		user, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			return store.Change{Catalog: true, Model: true, All: true}
		}
		users = append(users, user)
	}
	return store.Change{Users: users}
}
