// Package browser looks at both services through a real browser, as their visitors do: by mouse,
// finger and keyboard, in each language and both themes, with scripts and without.
package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"bookmarket/e2e/internal/browsertest"
	"bookmarket/e2e/internal/proctest"
)

// What all tests share: starting a browser takes seconds, and so does filling a store.
var (
	chromium *browsertest.Browser
	// bundled is the address of a shop with the catalogue that the program brings along.
	bundled string
	// programs is the folder of the compiled services.
	programs string
)

func TestMain(m *testing.M) { os.Exit(prepareAndRun(m)) }

func prepareAndRun(m *testing.M) (code int) {
	dir, err := os.MkdirTemp("", "bookmarket-browser-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a folder of the system's to clean
	ctx, cancel := context.WithCancel(context.Background())
	shop := &sharedShop{}
	defer func() {
		cancel()
		shop.wait()
	}()
	programs = dir
	if err = proctest.Build(dir, "recommendations", "marketplace"); err == nil {
		err = shop.start(ctx)
	}
	if err == nil {
		chromium, err = browsertest.Start()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer chromium.Close()
	bundled = shop.url
	return m.Run()
}

// settings are what each service begins with; each of its servers chooses its own port.
var settings = map[string][]string{
	"recommendations": {"RECOMMENDATIONS_GRPC_ADDR=127.0.0.1:0", "RECOMMENDATIONS_ADMIN_ADDR=127.0.0.1:0", "RECOMMENDATIONS_DATABASE_URL=memory:"},
	"marketplace":     {"MARKETPLACE_HTTP_ADDR=127.0.0.1:0", "MARKETPLACE_GRPC_ADDR=127.0.0.1:0", "MARKETPLACE_ADMIN_ADDR=127.0.0.1:0", "MARKETPLACE_RATE_LIMIT=0"},
}

// A sharedShop is both services, until its context ends.
type sharedShop struct {
	url                     string // without the slash at its end
	recommendations, market *proctest.Process
}

// start runs both services; env are further settings of recommendations.
func (s *sharedShop) start(ctx context.Context, env ...string) (err error) {
	s.recommendations, err = launch(ctx, "recommendations", env...)
	if err != nil {
		return err
	}
	grpc, err := address(s.recommendations, "grpc")
	if err != nil {
		return err
	}
	return s.open(ctx, grpc)
}

// open runs the marketplace alone, which looks for recommendations at an address.
func (s *sharedShop) open(ctx context.Context, recommendations string) (err error) {
	s.market, err = launch(ctx, "marketplace", "RECOMMENDATIONS_HOST="+recommendations)
	if err != nil {
		return err
	}
	http, err := address(s.market, "http")
	s.url = "http://" + http
	return err
}

// wait returns when both have ended.
func (s *sharedShop) wait() {
	for _, p := range []*proctest.Process{s.market, s.recommendations} {
		if p != nil {
			p.Wait()
		}
	}
}

func launch(ctx context.Context, service string, env ...string) (*proctest.Process, error) {
	p, err := proctest.Launch(ctx, programs, append(settings[service], env...), filepath.Join(programs, service))
	if err != nil {
		return nil, err
	}
	_, err = p.TryAwaitN(1, "msg", "ready")
	return p, err
}

var errNoAddress = errors.New("a server listens without saying where")

func address(p *proctest.Process, server string) (string, error) {
	lines, err := p.TryAwaitN(1, "msg", "listening", "server", server)
	if err != nil {
		return "", err
	}
	addr, ok := lines[0]["addr"].(string)
	if !ok {
		return "", errNoAddress
	}
	return addr, nil
}
