package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// A page that takes longer has failed.
const pageTimeout = 5 * time.Second

// So many failures are told in words.
const maxReasons = 5

// A load counts what became of its requests.
type load struct {
	url         string
	fresh, kept *http.Client // a connection for each request, and connections that stay open

	mu       sync.Mutex
	requests int // that have ended
	failed   int
	sorry    int // complete pages that say they have no books to recommend
	slowest  time.Duration
	reasons  []string // of the first failures
}

func newLoad(url string) *load {
	return &load{
		url:   url,
		fresh: &http.Client{Timeout: pageTimeout, Transport: &http.Transport{DisableKeepAlives: true}},
		kept:  &http.Client{Timeout: pageTimeout, Transport: &http.Transport{MaxIdleConnsPerHost: 100}},
	}
}

// run makes requests until ctx ends, waits for those on their way, and prints the totals: each second so far, and at
// the end.
func (l *load) run(ctx context.Context, out io.Writer, rate int) {
	var under sync.WaitGroup
	defer func() {
		under.Wait()
		fmt.Fprintln(out, l)
	}()
	began := time.Now()
	for n := 0; ; n++ {
		// By the clock: a late start does not push back those after it.
		due := began.Add(time.Duration(n) * time.Second / time.Duration(rate))
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Until(due)):
		}
		client, kind := l.fresh, "new connection"
		if n%2 == 1 {
			client, kind = l.kept, "kept connection"
		}
		under.Go(func() { l.request(client, kind) })
		if n%rate == rate-1 {
			fmt.Fprintln(out, l)
		}
	}
}

func (l *load) request(client *http.Client, kind string) {
	start := time.Now()
	page, err := fetch(client, l.url)
	took := time.Since(start)

	l.mu.Lock()
	defer l.mu.Unlock()
	l.requests++
	l.slowest = max(l.slowest, took)
	if err == nil {
		if bytes.Contains(page, []byte(`class="sorry"`)) {
			l.sorry++
		}
		return
	}
	l.failed++
	if len(l.reasons) < maxReasons {
		l.reasons = append(l.reasons, fmt.Sprintf("%s after %v, %s: %v", start.UTC().Format("15:04:05.000"), took.Round(time.Millisecond), kind, err))
	}
}

// fetch returns the page, and an error unless it is a complete one with status 200.
func fetch(client *http.Client, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close() //nolint:errcheck // it was read to its end
	page, err := io.ReadAll(resp.Body)
	switch {
	case err != nil:
		return page, fmt.Errorf("the page broke off: %w", err)
	case resp.StatusCode != http.StatusOK:
		return page, errors.New(resp.Status)
	case !bytes.HasSuffix(bytes.TrimSpace(page), []byte("</html>")):
		return page, errors.New("the page has no end")
	}
	return page, nil
}

// String is a line for people and for scripts: requests=1200 failed=0 sorry=0 slowest=35ms.
func (l *load) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	line := fmt.Sprintf("requests=%d failed=%d sorry=%d slowest=%v", l.requests, l.failed, l.sorry, l.slowest.Round(time.Millisecond))
	if l.failed > 0 {
		line += "; first failures: " + strings.Join(l.reasons, "; ")
	}
	return line
}
