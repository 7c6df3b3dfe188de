// Package browsertest drives a real browser over the shop's pages, as their visitors do, and notices
// what a visitor of a good page never causes: errors, dialogs, requests to others, scripts that the
// page forbids itself.
package browsertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// How long anything may take on a busy machine. No test is about these times.
const (
	startLimit = 60 * time.Second
	patience   = 20 * time.Second
)

// A Browser is a running Chromium that tests share. What one test leaves in it, no other sees.
type Browser struct {
	ctx       context.Context
	cancel    context.CancelFunc
	userAgent string
}

// Start runs a browser with a profile of its own, which Close removes.
func Start() (*Browser, error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.WSURLReadTimeout(startLimit),
		// A page that asks for another host has failed its test; it must not reach it, either.
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
		chromedp.Flag("no-proxy-server", true),
		chromedp.Flag("lang", "en-US"),
	)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocator, cancelAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	// What a closing browser says is of no interest.
	ctx, cancel := chromedp.NewContext(allocator, chromedp.WithErrorf(func(string, ...any) {}))
	b := &Browser{ctx: ctx, cancel: func() { cancel(); cancelAllocator() }}
	timer := time.AfterFunc(startLimit, b.cancel)
	version, err := chromedp.CallBrowser(ctx, browser.GetVersion, cdp.Empty{})
	if err == nil {
		err = chromedp.Do(ctx) // its first tab, that all others are opened beside
	}
	if !timer.Stop() {
		err = errors.Join(err, fmt.Errorf("the browser has not started within %v", startLimit))
	}
	if err != nil {
		b.cancel()
		return nil, err
	}
	b.userAgent = strings.Replace(version.UserAgent, "Headless", "", 1)
	return b, nil
}

// Close ends the browser.
func (b *Browser) Close() { b.cancel() }

// A Tab is a window of a visitor who was never at the shop.
type Tab struct {
	t      testing.TB
	ctx    context.Context
	origin string
	watch  *watch
}

// Open opens a tab on the shop at origin ("http://127.0.0.1:5000") that lasts as long as the test. Any
// problem that it notices and that the test did not take from it fails the test.
func (b *Browser) Open(t testing.TB, origin string, look Look) *Tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	tab := &Tab{t: t, ctx: ctx, origin: origin, watch: newWatch(origin)}
	t.Cleanup(func() {
		cancel()
		for _, problem := range tab.Problems() {
			t.Errorf("the browser says: %s", problem)
		}
	})
	tab.must(chromedp.Listen(ctx, func(event any) { tab.onEvent(event) }))
	tab.must(chromedp.Do(ctx, look.steps(b.userAgent)...))
	call(tab, runtime.AddBinding, runtime.AddBindingParams{Name: violationBinding})
	call(tab, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: violationScript})
	call(tab, audits.Enable, cdp.Empty{})
	call(tab, accessibility.Enable, cdp.Empty{})
	return tab
}

// Visit opens an address of the shop, and returns the status of the page when it and all that belongs
// to it are there.
func (tab *Tab) Visit(path string) (status int) {
	tab.t.Helper()
	tab.watch.reset()
	tab.Follow(func() {
		done := call(tab, page.Navigate, page.NavigateParams{URL: tab.origin + path})
		if done.ErrorText != "" {
			tab.t.Fatalf("%s: %s", path, done.ErrorText)
		}
	})
	return tab.watch.documentStatus()
}

// SetCookies makes the visitor somebody who was at the shop before.
func (tab *Tab) SetCookies(cookies []*http.Cookie) {
	tab.t.Helper()
	for _, c := range cookies {
		call(tab, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, URL: tab.origin})
	}
}

// SetHeader has the browser send a header with all that it asks for, in place of its own.
func (tab *Tab) SetHeader(name, value string) {
	tab.t.Helper()
	text, err := json.Marshal(value)
	tab.must(err)
	call(tab, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{name: text}})
}

// Submit sends the page's form to an address, with a text in some of its fields, as the browser does by
// itself. It returns the status of the page that the form leads to.
func (tab *Tab) Submit(action, text string, fields []string) (status int) {
	tab.t.Helper()
	args, err := json.Marshal([]any{action, text, fields})
	tab.must(err)
	tab.Follow(func() { Eval[bool](tab, "("+submit+")(..."+string(args)+")") })
	return tab.watch.documentStatus()
}

// submit makes the fields that the form has only as buttons.
const submit = `(action, text, fields) => {
  const form = [...document.forms].find(f => f.getAttribute("action") === action)
  for (const name of fields) {
    const field = document.createElement("input")
    field.type = "hidden"
    field.name = name
    field.value = text
    form.querySelector("input[name=" + name + "]")?.remove()
    form.append(field)
  }
  form.submit()
  return true
}`

// Follow does something that leads to another page, and returns when that page is complete.
func (tab *Tab) Follow(do func()) {
	tab.t.Helper()
	before := tab.watch.loads()
	do()
	if !tab.watch.await(patience, func(w *watch) bool { return w.loaded > before && len(w.awaited()) == 0 }) {
		tab.t.Fatalf("no other page within %v; still at %s; under way: %v", patience, tab.Address(), tab.watch.underWay())
	}
}

// Problems returns what the tab noticed since it was asked last.
func (tab *Tab) Problems() []string { return tab.watch.takeProblems() }

// Traffic returns how many requests the latest visit made, and how many bytes came over the wire.
func (tab *Tab) Traffic() (requests int, bytes float64) { return tab.watch.traffic() }

// Address returns where the tab is, without the shop's origin.
func (tab *Tab) Address() string {
	tab.t.Helper()
	return strings.TrimPrefix(Eval[string](tab, "location.href"), tab.origin)
}

// Eval evaluates an expression in the page, whose scripts may be off; a promise is waited for.
func Eval[T any](tab *Tab, expression string) T {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	tab.must(err)
	return value
}

// call runs a command of the browser's protocol.
func call[P, R any](tab *Tab, command cdp.Command[P, R], params P) R {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	result, err := chromedp.Call(ctx, command, params)
	if err != nil {
		tab.t.Fatalf("%s: %v", command.Method, err)
	}
	return result
}

func (tab *Tab) must(err error) {
	tab.t.Helper()
	if err != nil {
		tab.t.Fatal(err)
	}
}
