package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bookmarket/marketplace/internal/shop"
	"bookmarket/marketplace/internal/web"
	"bookmarket/marketplace/internal/web/visitor"
)

// What the page says of cookies is what the shop sets: all of them, each for as long as it says.
func TestPrivacyNamesEveryCookie(t *testing.T) {
	ages := map[string]time.Duration{
		"90 days after the last of them.": 90 * 24 * time.Hour, "One year; visits renew it.": 365 * 24 * time.Hour,
		"One year.": 365 * 24 * time.Hour, "One minute at most.": time.Minute,
	}
	for _, way := range []visitor.Way{{}, {TLS: true}} {
		s := &fakeShop{book: shop.BookPage{Book: &shop.Book{ID: 6, Title: "Dune"}, Source: shop.Fresh}}
		server := storefront(t, s, func(o *web.Options) { o.Way = way })
		looked, _ := visit(t, server, "/books/6-dune", "en", "")
		set := slices.Concat(looked.Cookies(), submit(t, server, "/books/6/rating", url.Values{"rating": {"5"}}, "").Cookies(),
			switchTo(t, server, "pt-BR", "/").Cookies())
		_, page := visit(t, server, "/privacy", "en", "")
		said := make(map[string]time.Duration)
		for _, row := range regexp.MustCompile(`<dt><code>([^<]*)</code></dt><dd>[^<]* <span class="age">([^<]*)</span></dd>`).FindAllStringSubmatch(page, -1) {
			said[row[1]] = ages[row[2]]
		}
		if len(set) != 4 || len(said) != 4 {
			t.Errorf("by TLS %v: the shop sets %v, the page says %v", way.TLS, set, said)
		}
		for _, cookie := range set {
			if age := time.Duration(cookie.MaxAge) * time.Second; said[cookie.Name] != age {
				t.Errorf("by TLS %v: %s is kept for %v, and the page says %v", way.TLS, cookie.Name, age, said[cookie.Name])
			}
		}
	}
}

// The page tells visitors what is known of them, and offers what suits that.
func TestPrivacy(t *testing.T) {
	server := storefront(t, &fakeShop{}, func(o *web.Options) { o.ImageOrigins = []string{"https://covers.example"} })
	reader := aReader(t, server)
	form := `<form class="forget" method="post" action="/privacy/forget"><label><input type="checkbox" name="sure" value="yes" required>`
	for name, tt := range map[string]struct {
		accept, cookie string
		form           bool
		says           []string
	}{
		"nobody":           {"en", "", false, []string{"<strong>Nothing about you.</strong>", "There is nothing to forget", "covers.example.", `href="/privacy/data"`}},
		"who looked":       {"en", "recent=6", true, []string{"<strong>Nothing about you.</strong>", "Your browser forgets what you looked at."}},
		"a reader":         {"en", reader, true, []string{"You have rated, wanted or waved away a book.", "We delete everything that we keep about you"}},
		"nobody, in pt-BR": {"pt-BR", "", false, []string{"<strong>Nada sobre você.</strong>", "Não há o que apagar"}},
		"a reader, in pt":  {"pt-BR", reader, true, []string{"Sim, apaguem tudo"}},
	} {
		resp, page := visit(t, server, "/privacy", tt.accept, tt.cookie)
		for _, text := range tt.says {
			if !strings.Contains(page, text) {
				t.Errorf("%s: the page lacks %q:\n%s", name, text, page)
			}
		}
		if resp.StatusCode != 200 || strings.Contains(page, form) != tt.form {
			t.Errorf("%s: got %d, and a form: %v", name, resp.StatusCode, !tt.form)
		}
	}
	if _, page := visit(t, storefront(t, &fakeShop{}), "/privacy", "en", ""); strings.Contains(page, "Pictures of covers come from") {
		t.Error("speaks of pictures where there are none")
	}
}

func TestForgetMe(t *testing.T) {
	sure := url.Values{"sure": {"yes"}}
	for name, tt := range map[string]struct {
		form   url.Values
		fault  error
		notice string
		says   string
		gone   bool
	}{
		"sure":     {sure, nil, "forgotten", "Forgotten.", true},
		"not sure": {nil, nil, "not_sure", "Nothing was deleted.", false},
		"no yes":   {url.Values{"sure": {"no"}}, nil, "not_sure", "Nothing was deleted.", false},
		"fails":    {sure, errors.New("down"), "not_forgotten", "We could not make sure", false},
	} {
		s := &fakeShop{}
		server := storefront(t, s)
		cookie := aReader(t, server) + "; recent=6"
		s.actErr = tt.fault
		resp := submit(t, server, "/privacy/forget", tt.form, cookie)
		cookies := cookiesOf(resp)
		if resp.StatusCode != 303 || resp.Header.Get("Location") != "/privacy" || cookies["notice"] != tt.notice {
			t.Errorf("%s: got %d %v", name, resp.StatusCode, resp.Header)
		}
		reader, readerSet := cookies["reader"]
		recent, recentSet := cookies["recent"]
		if gone := readerSet && recentSet && reader == "" && recent == ""; gone != tt.gone || !gone && (readerSet || recentSet) {
			t.Errorf("%s: the browser is told %v", name, resp.Header["Set-Cookie"])
		}
		if asked := len(s.forgot) == 1 && s.forgot[0] > 1<<32; asked != (tt.form.Get("sure") == "yes") {
			t.Errorf("%s: forgot %v", name, s.forgot)
		}
		if _, page := visit(t, server, "/privacy", "en", "notice="+cookies["notice"]); !strings.Contains(page, tt.says) {
			t.Errorf("%s: the page does not say %q:\n%s", name, tt.says, page)
		}
	}
}

func TestForgetNobody(t *testing.T) {
	s := &fakeShop{}
	cookies := cookiesOf(submit(t, storefront(t, s), "/privacy/forget", url.Values{"sure": {"yes"}}, "recent=6; reader=forged"))
	if recent, set := cookies["recent"]; !set || recent != "" || cookies["notice"] != "forgotten" || len(s.forgot) != 0 {
		t.Errorf("got %v, forgot %v", cookies, s.forgot)
	}
}

// copyOf is a visitor's copy as programs read it.
type copyOf struct {
	About      string
	Reader     *string
	ExportedAt time.Time `json:"exported_at"`
	Language   string
	Recent     []struct {
		Book  int64
		Title string
	}
	Events []struct {
		Book   int64
		Title  string
		Kind   string
		Rating int
		At     *time.Time
	}
}

func TestCopy(t *testing.T) {
	s := didThings()
	s.events = []shop.Event{
		{ID: "a", Book: 6, Kind: shop.Rated, Rating: 4, At: day},
		{ID: "b", Book: 123, Kind: shop.Viewed},
	}
	s.mine.Wanted[0].Book.Title = "\"},</script>\x00\n‮"
	s.events = append(s.events, shop.Event{Book: 8, Kind: shop.Wanted, At: day})
	server := storefront(t, s)
	resp, text := visit(t, server, "/privacy/data", "en", "recent=6.77; language=pt-BR; "+aReader(t, server))
	var data copyOf
	if err := json.Unmarshal([]byte(text), &data); err != nil {
		t.Fatalf("%v:\n%s", err, text)
	}
	for name, want := range map[string]string{
		"Content-Type": "application/json", "Content-Disposition": `attachment; filename="my-books.json"`,
		"Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "same-origin",
	} {
		if got := resp.Header.Get(name); got != want || resp.StatusCode != 200 {
			t.Errorf("got %d, %s %q, want %q", resp.StatusCode, name, got, want)
		}
	}
	if data.Reader == nil || len(*data.Reader) < 10 || time.Since(data.ExportedAt) > time.Minute || data.Language != "pt-BR" || !strings.HasPrefix(data.About, "Tudo") {
		t.Errorf("the copy begins with %+v", data)
	}
	if len(data.Recent) != 2 || data.Recent[0].Book != 6 || data.Recent[0].Title != "Dune" || data.Recent[1].Book != 77 || data.Recent[1].Title != "" {
		t.Errorf("the browser's books are %+v", data.Recent)
	}
	if len(data.Events) != 3 {
		t.Fatalf("%d events, want 3:\n%s", len(data.Events), text)
	}
	first, second, third := data.Events[0], data.Events[1], data.Events[2]
	if first.Book != 6 || first.Title != "Dune" || first.Kind != "rating" || first.Rating != 4 || first.At == nil || !first.At.Equal(day) {
		t.Errorf("the first event is %+v", first)
	}
	if second.Book != 123 || second.Kind != "view" || second.At != nil || third.Title != s.mine.Wanted[0].Book.Title {
		t.Errorf("the others are %+v, %+v", second, third)
	}
}

func TestCopyOfNobody(t *testing.T) {
	s := &fakeShop{events: []shop.Event{{Book: 1, Kind: shop.Viewed}}} // of somebody else, surely
	resp, text := visit(t, storefront(t, s), "/privacy/data", "en", "recent=6; reader=forged")
	var data copyOf
	if err := json.Unmarshal([]byte(text), &data); err != nil || resp.StatusCode != 200 {
		t.Fatalf("got %d, %v:\n%s", resp.StatusCode, err, text)
	}
	if data.Reader != nil || data.Events == nil || len(data.Events) != 0 || len(data.Recent) != 1 || data.Language != "" ||
		!strings.Contains(data.About, "nothing about you on its server") {
		t.Errorf("got %s", text)
	}
}

// A copy that cannot be made is no file: the page says that there is none now.
func TestCopyThatCannotBeMade(t *testing.T) {
	s := &fakeShop{}
	server := storefront(t, s)
	reader := aReader(t, server)
	s.actErr = errors.New("down")
	resp, _ := visit(t, server, "/privacy/data", "en", reader)
	notice := cookiesOf(resp)["notice"]
	if resp.StatusCode != 303 || resp.Header.Get("Location") != "/privacy" || resp.Header.Get("Content-Disposition") != "" || notice != "no_data" {
		t.Errorf("got %d %v", resp.StatusCode, resp.Header)
	}
	if _, page := visit(t, server, "/privacy", "en", "notice="+notice); !strings.Contains(page, "Your copy could not be made just now.") {
		t.Errorf("the page does not say so:\n%s", page)
	}
}

// A copy that ends too early is cut off, however a browser likes it, so that it cannot pass for
// all there is.
func TestCopyThatBreaksOff(t *testing.T) {
	var log bytes.Buffer
	s := &fakeShop{}
	handler := storefront(t, s, logTo(&log))
	reader := aReader(t, handler)
	for range 5000 {
		s.events = append(s.events, shop.Event{Book: 6, Kind: shop.Viewed, At: day})
	}
	for _, events := range []int{1, 5000} {
		s.events, s.actErr = s.events[:events:5000], errors.New("down")
		server := httptest.NewServer(handler)
		for _, coding := range []string{"identity", "gzip", "gzip, identity;q=0"} {
			request, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+"/privacy/data", http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Cookie", reader)
			request.Header.Set("Accept-Encoding", coding)
			resp, err := server.Client().Do(request)
			if err == nil {
				_, err = io.ReadAll(resp.Body)
				_ = resp.Body.Close()
			}
			if !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
				t.Errorf("%d events, %s: %v", events, coding, err)
			}
		}
		server.Close()
		s.events = s.events[:5000]
	}
	if !strings.Contains(log.String(), "a reader's copy cannot be made") || strings.Contains(log.String(), "panic") {
		t.Errorf("the log says\n%s", log.String())
	}
}

// slowShop has an event at once, or not even that, and then none until nobody waits any more.
type slowShop struct {
	fakeShop
}

func (s *slowShop) Events(ctx context.Context, _ int64) iter.Seq2[shop.Event, error] {
	return func(yield func(shop.Event, error) bool) {
		for _, event := range s.events {
			if !yield(event, nil) {
				return
			}
		}
		<-ctx.Done()
		yield(shop.Event{}, ctx.Err())
	}
}

// A copy takes no longer than the server gives an answer, which would be cut off silently.
func TestSlowCopy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slowShop{}
		server := storefront(t, s)
		reader := aReader(t, server)
		start := time.Now()
		resp, _ := visit(t, server, "/privacy/data", "en", reader)
		if took := time.Since(start); resp.StatusCode != 303 || took != 10*time.Second {
			t.Errorf("got %d after %v", resp.StatusCode, took)
		}
		s.events = []shop.Event{{Book: 6, Kind: shop.Viewed}}
		defer func() {
			if value := recover(); value != http.ErrAbortHandler { //nolint:errorlint // what net/http compares with
				t.Errorf("a copy that has begun ends with %v", value)
			}
		}()
		visit(t, server, "/privacy/data", "en", reader)
	})
}
