// Package cli runs a benchmark as a command: it ends on a signal, and says by its exit code whether
// it measured.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// Main parses the command's arguments, measures, and ends the process where either fails: with 2
// where the arguments are wrong, with 1 otherwise. parse says itself what is wrong; run prints its
// report to out, and to progress how far it is.
func Main[O any](name string, parse func(args []string, output io.Writer) (O, error), run func(ctx context.Context, out, progress io.Writer, o O) error) {
	o, err := parse(os.Args[1:], os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		os.Exit(2) // the flag package has said why
	}
	// Either signal must end the servers, too.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err = run(ctx, os.Stdout, os.Stderr, o)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}
