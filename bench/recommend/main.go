// Command recommend measures what the recommendations service costs beside the least that a
// grpc-go server can cost: both answer the same calls with the same bytes, as processes of
// their own, one after the other. Or it measures the service while it learns. docs/performance.md says how to read what it prints.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"time"

	"bookmarket/bench/internal/cli"
)

func main() { cli.Main("recommend", parse, run) }

// options say how much is measured, and under which load.
type options struct {
	rounds      int
	window      time.Duration // of one measurement; a round has four for each comparison
	rate        float64       // calls a second; 0: half of the slower server's maximum
	connections int
	inFlight    int
	learning    bool
}

func parse(args []string, output io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("recommend", flag.ContinueOnError)
	flags.SetOutput(output)
	flags.IntVar(&o.rounds, "rounds", 15, "how often each server is measured, in turn")
	seconds := flags.Float64("seconds", 1, "length of one measurement; a round has four for each comparison")
	flags.Float64Var(&o.rate, "rate", 0, "calls a second of the fixed rate; 0: half of the slower server's maximum")
	flags.IntVar(&o.connections, "connections", 4, "connections to each server")
	flags.IntVar(&o.inFlight, "in-flight", 64, "most calls under way at once, over all connections")
	flags.BoolVar(&o.learning, "learning", false, "measure the service while it learns in the background beside the same at rest")
	short := flags.Bool("short", false, "one round of moments: shows that the benchmark works, and nothing else")
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	if *short {
		o.rounds, *seconds = 1, 0.3
	}
	o.window = time.Duration(*seconds * float64(time.Second))
	if flags.NArg() > 0 || o.rounds < 1 || o.window <= 0 || o.rate < 0 || o.connections < 1 || o.inFlight < 1 {
		err := fmt.Errorf("no measurement can be made of %q", args)
		fmt.Fprintln(output, err)
		flags.Usage()
		return options{}, err
	}
	return o, nil
}

// run measures and prints the report to out; progress tells whoever waits how far it is.
func run(ctx context.Context, out, progress io.Writer, o options) error {
	fmt.Fprintln(progress, "building and starting the servers, which takes a while where they learn")
	b, err := newBench(ctx, o.connections)
	if err != nil {
		return err
	}
	defer b.close()
	set := besideBare
	if o.learning {
		set = besideLearning
	}
	comparisons, err := set(ctx, b)
	if err != nil {
		return err
	}
	for _, s := range b.running {
		if err := s.process.Suspend(); err != nil {
			return err
		}
	}
	for _, c := range comparisons {
		if c.rate = o.rate; c.rate > 0 {
			continue
		}
		fmt.Fprintln(progress, "looking for the maximum rate of", c.name)
		maximum, err := c.maximumRate(ctx, o)
		if err != nil {
			return err
		}
		c.rate = maximum / 2
	}
	for round := range o.rounds {
		fmt.Fprintf(progress, "round %d of %d\n", round+1, o.rounds)
		for _, c := range comparisons {
			if err := c.measure(ctx, o); err != nil {
				return err
			}
		}
	}
	return report(out, o, comparisons)
}
