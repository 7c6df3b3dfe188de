package process

import (
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"bookmarket/e2e/internal/pagetest"
	"bookmarket/e2e/internal/proctest"
)

// An outage is something that befalls recommendations. begin returns what ends it.
type outage struct {
	name   string
	begin  func(t *testing.T, r *replica) (end func())
	length time.Duration // 0: as long as a few pages take
}

// outages are ways to lose a service without being told.
var outages = []outage{
	{name: "killed", begin: killed},
	{name: "killed for so long that attempts to connect become rare", begin: killed, length: 20 * time.Second},
	{name: "paused", begin: paused},
	{name: "paused for longer than connections are kept", begin: paused, length: 16 * time.Second},
	{name: "replaced by a listener that never answers", begin: replaced(silent)},
	{name: "replaced by one that hangs up", begin: replaced(hangingUp)},
	{name: "replaced by one that talks nonsense", begin: replaced(babbling)},
	{name: "replaced by a web server", begin: replaced(webServer)},
	{name: "not serving", begin: replaced(notServing)},
	{name: "answers no call", begin: replaced(answering(hold))},
	{name: "answers UNAVAILABLE", begin: replaced(answering(fail(codes.Unavailable)))},
	{name: "answers INTERNAL", begin: replaced(answering(fail(codes.Internal)))},
	{name: "answers RESOURCE_EXHAUSTED", begin: replaced(answering(fail(codes.ResourceExhausted)))},
	{name: "answers bytes that are no message", begin: replaced(answering(reply([]byte{0xff, 0xff, 0xff})))},
	{name: "answers more than a message may hold", begin: replaced(answering(reply(make([]byte, 2<<20))))},
}

// While recommendations is lost, the home page comes in time and whole with the books that it
// had last, and so do the others, with what they have; after its return every page is fresh again
// soon, without a restart. That each kind of page and form keeps to this in any trouble is tested
// beside the marketplace, where time can be made to stand still.
func TestOutage(t *testing.T) {
	t.Parallel()
	for _, outage := range outages {
		t.Run(outage.name, func(t *testing.T) {
			t.Parallel()
			r := startReplica(t)
			_, url := startMarketplace(t, r.addr)
			last := pagetest.Prompt(t, url)
			if !last.Fresh() {
				t.Fatalf("before the outage the page is %v", last)
			}
			if book := pagetest.Prompt(t, url+bookPath); !isBook(book) || book.Note != "" {
				t.Fatalf("before the outage the page of a book is %v", book)
			}

			end := outage.begin(t, r)
			start := time.Now()
			for visits := 0; visits < 5 || time.Since(start) < outage.length; visits++ {
				if page := pagetest.Prompt(t, url); !page.Remembered(last) {
					t.Fatalf("want the books of %v, got %+v", last.Shelves, page)
				}
			}
			visitTogether(t, url, last)
			visitOthers(t, url)

			end()
			pagetest.FreshAgain(t, url, time.Now())
			if book := pagetest.Prompt(t, url+bookPath); !isBook(book) || book.Note != "" {
				t.Errorf("after the outage the page of a book is %v", book)
			}
			if page := pagetest.Prompt(t, url); !page.Fresh() {
				t.Errorf("fresh books came and went: %v", page)
			}
		})
	}
}

// visitTogether has ten visitors come at once: none may wait for another.
func visitTogether(t *testing.T, url string, last *pagetest.Page) {
	t.Helper()
	var visitors sync.WaitGroup
	for range 10 {
		visitors.Go(func() {
			page, err := pagetest.TryPrompt(t, url)
			if err != nil || !page.Remembered(last) {
				t.Errorf("one of ten visitors got %v, %v", page, err)
			}
		})
	}
	visitors.Wait()
}

const bookPath = "books/6-the-dune-chronicles"

func isBook(page *pagetest.Page) bool {
	return page.Status == http.StatusOK && page.Whole && strings.HasPrefix(page.Title, "The Dune Chronicles")
}

// visitOthers visits other pages than the home page, and sends a form, while nobody answers.
func visitOthers(t *testing.T, url string) {
	t.Helper()
	if book := pagetest.Prompt(t, url+bookPath); !isBook(book) || book.Note == "" {
		t.Errorf("the page of a book that was shown before is %v", book)
	}
	for _, path := range []string{"books/1", "categories", "categories/mystery", "search?q=dune", "my-books", "privacy", "about"} {
		page := pagetest.Prompt(t, url+path, "Cookie", "recent=6.1")
		moved := page.Status == http.StatusMovedPermanently && path == "books/1" // it is remembered
		if (page.Status != http.StatusOK || !page.Whole) && !moved {
			t.Errorf("%s is %v", path, page)
		}
	}
	rated := pagetest.PromptForm(t, url+bookPath+"/rating", "rating=5")
	if rated.Status != http.StatusSeeOther || noticeOf(rated) != "not_kept" {
		t.Errorf("a rating that nobody takes is answered with %v, %q", rated, noticeOf(rated))
	}
}

// noticeOf returns what the next page is to say.
func noticeOf(page *pagetest.Page) string {
	for _, cookie := range (&http.Response{Header: page.Header}).Cookies() {
		if cookie.Name == "notice" {
			return cookie.Value
		}
	}
	return ""
}

// A replica is recommendations at an address that it keeps when it is started again.
type replica struct {
	*proctest.Process
	addr string
}

func startReplica(t *testing.T) *replica {
	t.Helper()
	r := &replica{addr: proctest.FreeAddr(t)}
	r.restart(t)
	return r
}

func (r *replica) restart(t *testing.T) {
	t.Helper()
	r.Process = start(t, recommendations, "RECOMMENDATIONS_GRPC_ADDR="+r.addr)
}

func killed(t *testing.T, r *replica) (end func()) {
	t.Helper()
	r.Kill(t)
	return func() { r.restart(t) }
}

func paused(t *testing.T, r *replica) (end func()) {
	t.Helper()
	r.Pause(t)
	return func() { r.Signal(t, syscall.SIGCONT) }
}

// replaced has an impostor listen at the address until recommendations returns.
func replaced(by impostor) func(*testing.T, *replica) func() {
	return func(t *testing.T, r *replica) func() {
		t.Helper()
		r.Kill(t)
		leave := by(t, r.addr)
		return func() {
			leave()
			r.restart(t)
		}
	}
}

func fail(code codes.Code) answer {
	return func(grpc.ServerStream) error { return status.Error(code, "an impostor's error") }
}
