package browsertest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Every page gets a listener for what its content security policy has stopped.
const (
	violationBinding = "reportViolation"
	violationScript  = `addEventListener("securitypolicyviolation", e => ` + violationBinding + `(e.effectiveDirective + " " + e.blockedURI + " " + e.sample))`
)

// A watch collects what a tab reports while its test goes on.
type watch struct {
	origin string

	mu       sync.Mutex
	problems []string
	inFlight map[network.RequestID]request
	loaded   int // pages
	status   int // of the latest page
	requests int
	bytes    float64
	changed  chan struct{} // closed at the next event
}

// A request is one that has no answer yet.
type request struct {
	address string
	loader  cdp.LoaderID // the document that asks
	awaited bool         // by who waits for the document to be complete
}

func newWatch(origin string) *watch {
	return &watch{origin: origin, inFlight: map[network.RequestID]request{}, changed: make(chan struct{})}
}

// onEvent is called for one event after the other, and must not wait for the browser.
func (tab *Tab) onEvent(event any) {
	if _, ok := event.(*page.EventJavascriptDialogOpening); ok {
		// The page stands still until somebody answers.
		go func() {
			_, _ = chromedp.Call(tab.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
		}()
	}
	tab.watch.see(event)
}

// see remembers an event.
func (w *watch) see(event any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := event.(type) {
	case *page.EventLoadEventFired:
		w.loaded++
	case *page.EventFrameNavigated:
		w.navigated(e.Frame)
	case *network.EventRequestWillBeSent:
		w.requested(e)
	case *network.EventResponseReceived:
		w.answered(e)
	case *network.EventLoadingFinished:
		w.bytes += e.EncodedDataLength
		delete(w.inFlight, e.RequestID)
	case *network.EventLoadingFailed:
		if !e.Canceled {
			w.problem("request failed: %s: %s %s", w.inFlight[e.RequestID].address, e.ErrorText, e.BlockedReason)
		}
		delete(w.inFlight, e.RequestID)
	default:
		w.complain(event)
	}
	close(w.changed)
	w.changed = make(chan struct{})
}

func (w *watch) requested(e *network.EventRequestWillBeSent) {
	if !strings.HasPrefix(e.Request.URL, w.origin+"/") {
		w.problem("request to another origin: %.200s", e.Request.URL)
	}
	if e.RedirectResponse == nil {
		w.requests++
	}
	// The icon is for the browser, which may leave it when the page changes, and say nothing.
	w.inFlight[e.RequestID] = request{e.Request.URL, e.LoaderID, e.Type != network.ResourceTypeOther}
}

// navigated forgets what an earlier document has asked for.
func (w *watch) navigated(frame *cdp.Frame) {
	if frame.ParentID == "" {
		maps.DeleteFunc(w.inFlight, func(_ network.RequestID, r request) bool { return r.loader != frame.LoaderID })
	}
}

func (w *watch) answered(e *network.EventResponseReceived) {
	switch {
	case e.Type == network.ResourceTypeDocument:
		w.status = int(e.Response.Status)
	case e.Response.Status >= 400:
		w.problem("request answered with %d: %s", e.Response.Status, e.Response.URL)
	}
}

// complaints are what a page writes to its console when something is wrong.
var complaints = []runtime.ConsoleAPICalledType{
	runtime.ConsoleAPICalledTypeError, runtime.ConsoleAPICalledTypeWarning, runtime.ConsoleAPICalledTypeAssert,
}

// complain notes the events that no page may cause.
func (w *watch) complain(event any) {
	switch e := event.(type) {
	case *page.EventJavascriptDialogOpening:
		w.problem("dialog (%s): %s", e.Type, e.Message)
	case *runtime.EventExceptionThrown:
		w.problem("uncaught exception: %v", &chromedp.ExceptionError{ExceptionDetails: e.ExceptionDetails})
	case *runtime.EventConsoleAPICalled:
		if slices.Contains(complaints, e.Type) {
			var words []string
			for _, arg := range e.Args {
				words = append(words, string(arg.Value)+arg.Description)
			}
			w.problem("console (%s): %s", e.Type, strings.Join(words, " "))
		}
	case *log.EventEntryAdded:
		// Failed requests are noted as such, with more to say.
		if e.Entry.Source != log.EntrySourceNetwork && (e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning) {
			w.problem("log (%s): %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	case *runtime.EventBindingCalled:
		if e.Name == violationBinding {
			w.problem("content security policy: %s", e.Payload)
		}
	case *audits.EventIssueAdded:
		if d := e.Issue.Details.ContentSecurityPolicyIssueDetails; d != nil {
			w.problem("content security policy: %s %s (%s)", d.ViolatedDirective, d.BlockedURL, d.ContentSecurityPolicyViolationType)
		}
	}
}

func (w *watch) problem(format string, args ...any) {
	w.problems = append(w.problems, fmt.Sprintf(format, args...))
}

// await returns whether done came to hold in time.
func (w *watch) await(limit time.Duration, done func(*watch) bool) bool {
	timeout := time.After(limit)
	for {
		w.mu.Lock()
		ok, changed := done(w), w.changed
		w.mu.Unlock()
		if ok {
			return true
		}
		select {
		case <-changed:
		case <-timeout:
			return false
		}
	}
}

func (w *watch) reset() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.requests, w.bytes = 0, 0
}

func (w *watch) loads() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.loaded
}

func (w *watch) documentStatus() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.status
}

func (w *watch) traffic() (requests int, bytes float64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.requests, w.bytes
}

func (w *watch) underWay() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.awaited()
}

// awaited lists what belongs to the page and is not there yet.
func (w *watch) awaited() (addresses []string) {
	for _, r := range w.inFlight {
		if r.awaited {
			addresses = append(addresses, r.address)
		}
	}
	return addresses
}

func (w *watch) takeProblems() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	problems := w.problems
	w.problems = nil
	return problems
}
