// Command tiers runs every tier of the project's tests that this machine can run, and ends with
// what it left out and why: a test that nobody ran must not look like one that passed.
//
// With STRICT=1 in the environment, what was left out counts as failed.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	os.Exit(run())
}

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	s := session{out: os.Stdout, root: ".", strict: os.Getenv("STRICT") != ""}
	s.runAll(ctx, tiers)
	if s.total.failed > 0 || ctx.Err() != nil {
		return 1
	}
	return 0
}
