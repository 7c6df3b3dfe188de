package pagetest

import (
	"fmt"
	"net/http"
	"runtime"
	"testing"
	"time"
)

// What the shop promises its visitors while recommendations is gone, and when it returns.
const (
	PromptLimit = 350 * time.Millisecond
	FreshLimit  = 5 * time.Second
)

// Prompt visits the page and fails the test unless it came within [PromptLimit].
func Prompt(t testing.TB, url string, headers ...string) *Page {
	t.Helper()
	page, err := TryPrompt(t, url, headers...)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// PromptForm sends a form as Prompt visits a page, and returns what it is answered with, which may
// be the way to the next page. It may be sent again.
func PromptForm(t testing.TB, url, form string, headers ...string) *Page {
	t.Helper()
	page, err := promptly(t, func() (*Page, error) { return send(t, http.MethodPost, url, form, headers...) })
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// TryPrompt is Prompt for goroutines other than the test's own.
func TryPrompt(t testing.TB, url string, headers ...string) (*Page, error) {
	t.Helper()
	return promptly(t, func() (*Page, error) { return Get(t, url, headers...) })
}

// promptly returns the page of a visit that came within [PromptLimit].
//
// On a machine that has more to do than it can, a slow page may say nothing of the shop: it
// also passes through this process, and through Docker's, and each waits for a processor. So
// clocks that only sleep run beside each visit, and a visit that took too long is repeated
// where they overslept together for half of what a page has left beside its wait for
// recommendations. A slow shop does not hold up the clocks, and is not excused; neither is a
// machine that is always busy: no page passes but one that came within the limit.
func promptly(t testing.TB, visit func() (*Page, error)) (*Page, error) {
	t.Helper()
	for range visits {
		clocks := startClocks()
		page, err := visit()
		stall := clocks.stop()
		switch {
		case err != nil:
			return nil, fmt.Errorf("no page: %w", err)
		case page.Took <= PromptLimit:
			return page, nil
		case stall < stallLimit:
			return nil, fmt.Errorf("the page took %v, more than %v", page.Took, PromptLimit)
		}
		t.Logf("a page took %v while clocks overslept for %v: visiting again", page.Took, stall)
	}
	return nil, fmt.Errorf("none of %d pages came within %v, on a busy machine", visits, PromptLimit)
}

// FreshAgain visits the page until it shows fresh recommendations, and fails the test when
// that is not within [FreshLimit] of since, or a page on the way is incomplete.
func FreshAgain(t testing.TB, url string, since time.Time) *Page {
	t.Helper()
	for {
		page, err := Get(t, url)
		switch {
		case err != nil:
			t.Fatalf("no page: %v", err)
		case time.Since(since) > FreshLimit:
			t.Fatalf("%v after recommendations returned, the page is %v", time.Since(since), page)
		case page.Fresh():
			return page
		case !page.complete():
			t.Fatalf("an incomplete page: %v", page)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

const (
	visits     = 5
	threads    = 4 // one clock alone may be lucky
	tick       = time.Millisecond
	stallLimit = 50 * time.Millisecond
)

// clocks notice when this machine has no processor for who wants to go on.
type clocks struct {
	quit  chan struct{}
	stall chan time.Duration // one from each
}

func startClocks() clocks {
	c := clocks{quit: make(chan struct{}), stall: make(chan time.Duration, threads)}
	for range threads {
		go c.run()
	}
	return c
}

// run sleeps a tick at a time, on a thread of its own.
func (c clocks) run() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var stall time.Duration
	for last := time.Now(); ; {
		select {
		case <-c.quit:
			c.stall <- stall
			return
		default:
			time.Sleep(tick)
		}
		now := time.Now()
		if slept := now.Sub(last); slept > 3*tick { // nobody sleeps to the point
			stall += slept - tick
		}
		last = now
	}
}

// stop returns for how long the clocks overslept, all together.
func (c clocks) stop() time.Duration {
	close(c.quit)
	var stall time.Duration
	for range threads {
		stall += <-c.stall
	}
	return stall
}
