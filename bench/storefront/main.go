// Command storefront measures how soon visitors see the first byte of a page: both services run as
// they are shipped, and visitors come at a fixed rate. A bare net/http server that has the page in
// memory is measured beside them. docs/performance.md says how to read what it prints.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"runtime"
	"time"

	"bookmarket/bench/internal/cli"
	"bookmarket/bench/internal/load"
	"bookmarket/bench/internal/stats"
)

// goal is what the first byte may take, 99 times of 100.
const goal = 20 * time.Millisecond

func main() { cli.Main("storefront", parse, run) }

// options say how much is measured, and under which load.
type options struct {
	rounds int
	window time.Duration // of one measurement
	rate   float64       // visitors a second
	learn  bool          // wait for a model, so that pages are personal
}

func parse(args []string, output io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("storefront", flag.ContinueOnError)
	flags.SetOutput(output)
	flags.IntVar(&o.rounds, "rounds", 5, "how often each page is measured, in turn")
	seconds := flags.Float64("seconds", 5, "length of one measurement")
	flags.Float64Var(&o.rate, "rate", 200, "visitors a second")
	short := flags.Bool("short", false, "one round of moments, without a model: shows that the benchmark works, and nothing else")
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	o.learn = true
	if *short {
		o.rounds, *seconds, o.learn = 1, 0.3, false
	}
	o.window = time.Duration(*seconds * float64(time.Second))
	if flags.NArg() > 0 || o.rounds < 1 || o.window <= 0 || o.rate <= 0 {
		err := fmt.Errorf("no measurement can be made of %q", args)
		fmt.Fprintln(output, err)
		flags.Usage()
		return options{}, err
	}
	return o, nil
}

// maxInFlight is far more than answer at once where pages come in time.
const maxInFlight = 256

// run measures and prints the report to out; progress tells whoever waits how far it is.
func run(ctx context.Context, out, progress io.Writer, o options) error {
	fmt.Fprintln(progress, "building and starting the services, and learning a model, which takes a minute")
	s, err := startShop(ctx, o.learn)
	if err != nil {
		return err
	}
	defer s.close()
	pages, err := s.pages(ctx)
	if err != nil {
		return err
	}
	for round := range o.rounds {
		fmt.Fprintf(progress, "round %d of %d\n", round+1, o.rounds)
		for i := range pages {
			measured, err := load.Open(ctx, pages[i].firstByte, o.rate, maxInFlight, o.window)
			if err != nil {
				return fmt.Errorf("%s: %w", pages[i].name, err)
			}
			pages[i].latencies = append(pages[i].latencies, measured.Latencies...)
		}
	}
	fmt.Fprintf(out, "%d CPUs, %s %s/%s; %.0f visitors a second; %d rounds of %v; first byte, ms\n\n",
		runtime.GOMAXPROCS(0), runtime.Version(), runtime.GOOS, runtime.GOARCH, o.rate, o.rounds, o.window)
	fmt.Fprintf(out, "%-34s %8s %8s %8s %8s %8s %8s %9s\n", "page", "kB", "kB in br", "p50", "p90", "p99", "slowest", "p99/goal")
	for _, p := range pages {
		p99 := stats.Percentile(p.latencies, 99)
		fmt.Fprintf(out, "%-34s %8.1f %8.1f %8.2f %8.2f %8.2f %8.2f %9.2f\n", p.name, kB(p.bytes), kB(p.compressed),
			ms(stats.Percentile(p.latencies, 50)), ms(stats.Percentile(p.latencies, 90)), ms(p99), ms(stats.Percentile(p.latencies, 100)),
			p99.Seconds()/goal.Seconds())
	}
	return nil
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func kB(n int) float64 { return float64(n) / 1000 }
