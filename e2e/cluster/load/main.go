// Command load fetches a page so many times a second, and tells how many of the requests failed. Like browsers it
// begins a request when its time has come, however long the ones before it take.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	url := flag.String("url", "", "page to fetch")
	rate := flag.Int("rate", 100, "requests a second; every other one on a connection of its own")
	dial := flag.String("dial", "", "instead of fetching pages, try until this address takes a connection")
	limit := flag.Duration("for", 0, "ends after so long (default: at SIGTERM)")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if *limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, *limit)
		defer cancel()
	}
	if err := run(ctx, os.Stdout, *url, *rate, *dial); err != nil {
		fmt.Fprintln(os.Stdout, err)
		os.Exit(1) //nolint:gocritic // what is deferred ends with the process
	}
}

func run(ctx context.Context, out io.Writer, url string, rate int, dial string) error {
	switch {
	case dial != "":
		return connect(ctx, out, dial)
	case url == "" || rate <= 0:
		return errors.New("an --url and a --rate above zero, or --dial")
	}
	l := newLoad(url)
	l.run(ctx, out, rate)
	if l.failed > 0 {
		return errors.New("some requests failed")
	}
	return nil
}

// connect tries until a connection opens, and returns the last failure when ctx ends first.
func connect(ctx context.Context, out io.Writer, address string) error {
	var dialer net.Dialer
	var last error
	for {
		attempt, cancel := context.WithTimeout(ctx, 2*time.Second)
		conn, err := dialer.DialContext(attempt, "tcp", address)
		cancel()
		if err == nil {
			fmt.Fprintln(out, "connected")
			return conn.Close()
		}
		if last == nil || ctx.Err() == nil {
			last = err
		}
		select {
		case <-ctx.Done():
			return last
		case <-time.After(200 * time.Millisecond):
		}
	}
}
