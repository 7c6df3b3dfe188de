package postgres

import (
	"context"
	"net"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// cleanupTimeout is how long a connection that is given up may take to end in good order.
const cleanupTimeout = time.Second

// A connection is one to a server. The driver cleans up for 15 seconds after a statement that it
// gave up, and so long the connection keeps its place in the pool: all of them do, after a
// network that has swallowed what was under way. So there are limits here.
type connection struct{ net.Conn }

// SetDeadline takes a deadline at its word only if it is soon.
func (c connection) SetDeadline(deadline time.Time) error {
	if latest := time.Now().Add(cleanupTimeout); deadline.After(latest) {
		deadline = latest
	}
	return c.Conn.SetDeadline(deadline)
}

// dial connects to a server, or only to cancel a statement of another connection. Until the
// server has accepted it the connection has a deadline: one that cancels has it for ever.
func dial(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := net.Dialer{
		Timeout: connectTimeout,
		// A machine that is gone is found out within seconds.
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 3 * time.Second, Interval: time.Second, Count: 3},
	}
	conn, err := dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return connection{conn}, conn.SetDeadline(time.Now().Add(connectTimeout))
}

// accepted ends the deadline that a connection began with.
func accepted(_ context.Context, conn *pgconn.PgConn) error {
	return conn.Conn().SetDeadline(time.Time{})
}
