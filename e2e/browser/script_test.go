package browser

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"bookmarket/e2e/internal/browsertest"
)

// A line is what stands between a visitor and the shop.
type line struct {
	url   string // of the shop at its other end
	posts atomic.Int32
	cut   atomic.Bool   // nothing comes through
	held  atomic.Value  // a search whose answer waits
	free  chan struct{} // closed: it waits no longer
}

// newLine returns a line to the shop.
func newLine(t *testing.T) *line {
	t.Helper()
	shop, err := url.Parse(bundled)
	if err != nil {
		t.Fatal(err)
	}
	l := &line{free: make(chan struct{})}
	l.held.Store("")
	proxy := &httputil.ReverseProxy{
		Rewrite:      func(r *httputil.ProxyRequest) { r.SetURL(shop) },
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			l.posts.Add(1)
		}
		if l.cut.Load() {
			panic(http.ErrAbortHandler)
		}
		if q := r.URL.Query().Get("q"); q != "" && q == l.held.Load() {
			<-l.free
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	l.url = server.URL
	return l
}

// await waits for an expression to be true on a page.
func await(t *testing.T, tab *browsertest.Tab, expression string) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !browsertest.Eval[bool](tab, expression); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: never %s; the page says %.300q", tab.Address(), expression, browsertest.Eval[string](tab, `document.querySelector("main").innerText`))
		}
	}
}

// stays marks a page, so that the test sees whether it is still the same one.
func stays(tab *browsertest.Tab) (check func(t *testing.T)) {
	browsertest.Eval[bool](tab, `window.mark = true`)
	return func(t *testing.T) {
		t.Helper()
		if !browsertest.Eval[bool](tab, `window.mark === true`) {
			t.Errorf("%s was loaded anew", tab.Address())
		}
	}
}

// The search page answers while its visitor types; they keep the field, and hear the count.
func TestSearchWhileTyping(t *testing.T) {
	t.Parallel()
	l := newLine(t)
	tab := chromium.Open(t, l.url, browsertest.Look{})
	tab.Visit("/search")
	same := stays(tab)
	tab.TabTo("searchbox", "^Search books")
	tab.Press("dune messiah")
	const status = `document.querySelector("[role=status].total").innerText`
	await(t, tab, status+` === "1 book"`)
	if at := tab.Address(); at != "/search?q=dune+messiah" {
		t.Errorf("the page is at %s", at)
	}
	if e := tab.Focused(); e.Role != "searchbox" || e.Value != "dune messiah" {
		t.Errorf("the focus is on %v %q", e, e.Value)
	}

	// An answer that comes late is one to a question that nobody asks any more.
	l.held.Store("dune messiah x")
	tab.Press(" x")
	time.Sleep(500 * time.Millisecond) // for it to be asked
	tab.Press("qzv")
	await(t, tab, status+`.startsWith("We found no book for “dune messiah xqzv”")`)
	close(l.free)
	time.Sleep(300 * time.Millisecond)
	if at := tab.Address(); at != "/search?q=dune+messiah+xqzv" {
		t.Errorf("the page is at %s", at)
	}

	// Without an answer the page stays as it is, and the form is a form.
	l.cut.Store(true)
	tab.Press("q")
	time.Sleep(500 * time.Millisecond)
	l.cut.Store(false)
	if at := tab.Address(); at != "/search?q=dune+messiah+xqzv" {
		t.Errorf("the page is at %s", at)
	}
	same(t)
	tab.Problems() // it says that there was no answer
	tab.Follow(func() { tab.Press(kb.Enter) })
	if q := browsertest.Eval[string](tab, `new URLSearchParams(location.search).get("q")`); q != "dune messiah xqzvq" {
		t.Errorf("searched for %q", q)
	}
}

// What readers do is told, and the focus stays with them.
func TestReadersStay(t *testing.T) {
	t.Parallel()
	l := newLine(t)
	tab := chromium.Open(t, l.url, browsertest.Look{})
	tab.Visit("/books/5")
	same := stays(tab)
	for _, act := range []struct{ use, told, focus string }{
		{"^2 stars$", "rating is kept", "^2 stars$"},
		{"^4 stars$", "rating is kept", "^4 stars$"},
		{"^Remove my rating$", "no longer counts", "^Want to read$"},
		{"^Want to read$", "list of books to read", "^Take it off"},
	} {
		browsertest.Eval[bool](tab, `document.querySelector("main").focus(), true`)
		tab.TabTo("button", act.use)
		browsertest.Eval[bool](tab, `window.told = "", new MutationObserver(() => told += notice.innerText).observe(document.getElementById("notice"), {childList: true}), true`)
		tab.Press(kb.Enter)
		await(t, tab, `/`+act.told+`/.test(told)`)
		if e := tab.Focused(); !regexp.MustCompile(act.focus).MatchString(e.Name) {
			t.Errorf("after %s the focus is on %v", act.use, e)
		}
	}
	same(t)
	const again = `document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", repeat: true, bubbles: true, cancelable: true}))`
	if browsertest.Eval[bool](tab, again) {
		t.Error("a key that is held down takes back what it did")
	}
	if n := l.posts.Load(); n != 4 {
		t.Errorf("%d forms were sent, want 4", n)
	}
}

// Where the script gets no answer, the browser sends the form, and says what comes of it.
func TestFormsWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	tab := chromium.Open(t, newLine(t).url, browsertest.Look{})
	tab.Visit("/books/7")
	browsertest.Eval[bool](tab, `XMLHttpRequest.prototype.send = function () { setTimeout(this.onerror) }, true`)
	tab.Follow(func() { tab.Click(tab.Get("button", "^4 stars$")) })
	await(t, tab, `/rating is kept/.test(document.getElementById("notice").innerText)`)
}
