package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dom "golang.org/x/net/html"
	"google.golang.org/grpc"

	"bookmarket/marketplace/internal/config"
	"bookmarket/marketplace/internal/recclient"
	"bookmarket/marketplace/internal/shop"
	"bookmarket/marketplace/internal/web/locales"
)

// A fixture is the shop as the program opens it. Nothing but its network is a test's.
type fixture struct {
	recommendations *recommendations
	shop            *shop.Shop
	pages           http.Handler
	metrics         *prometheus.Registry
	log             *lines
}

// openShop opens a shop on a network in memory, so that the whole test can be in a bubble of
// [testing/synctest]: there time stands still while anybody computes, and how long a page takes
// is how long it waits, on a busy machine too.
func openShop(t *testing.T, rec *recommendations) *fixture {
	t.Helper()
	f := &fixture{recommendations: rec, metrics: prometheus.NewRegistry(), log: new(lines)}
	log := slog.New(slog.NewJSONHandler(f.log, nil))
	conn, err := recclient.Dial("passthrough:///recommendations", f.metrics, grpc.WithContextDialer(rec.dial))
	if err != nil {
		t.Fatal(err)
	}
	cfg := &config.Config{Title: "A shop", CookieKey: base64.StdEncoding.EncodeToString(make([]byte, 32))}
	if f.shop, f.pages, err = open(cfg, conn, log, f.metrics); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { f.shop.Run(ctx) })
	t.Cleanup(func() {
		cancel()
		running.Wait()
		_ = conn.Close()
		rec.stop()
	})
	return f
}

// lines are a log.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements [io.Writer].
func (l *lines) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(line)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// A browser is somebody's: it keeps cookies.
type browser struct {
	pages http.Handler
	jar   http.CookieJar
}

var shopURL = &url.URL{Scheme: "http", Host: "shop.test", Path: "/"}

func (f *fixture) browser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{f.pages, jar}
}

func (b *browser) setCookie(name, value string) {
	b.jar.SetCookies(shopURL, []*http.Cookie{{Name: name, Value: value, Path: "/"}}) //nolint:gosec // as a browser has it
}

// cookie returns the value of a cookie, "" where there is none.
func (b *browser) cookie(name string) string {
	for _, cookie := range b.jar.Cookies(shopURL) {
		if cookie.Name == name {
			return cookie.Value
		}
	}
	return ""
}

// A page is an answer.
type page struct {
	status int
	header http.Header
	notice string // of the cookie that it sets
	body   string
	root   *dom.Node // where it is HTML
	took   time.Duration
}

func (b *browser) get(t *testing.T, path string) page {
	t.Helper()
	return b.send(t, http.MethodGet, path, nil)
}

func (b *browser) post(t *testing.T, path string, form url.Values) page {
	t.Helper()
	return b.send(t, http.MethodPost, path, form)
}

// send asks for a page and looks at what must be so for every one.
func (b *browser) send(t *testing.T, method, path string, form url.Values) page {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), method, shopURL.JoinPath("/").String()+strings.TrimPrefix(path, "/"), strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, cookie := range b.jar.Cookies(shopURL) {
		req.AddCookie(cookie)
	}
	answer := httptest.NewRecorder()
	begun := time.Now()
	b.pages.ServeHTTP(answer, req)
	p := page{status: answer.Code, header: answer.Header(), body: answer.Body.String(), took: time.Since(begun)}
	cookies := answer.Result().Cookies()
	b.jar.SetCookies(shopURL, cookies)
	for _, cookie := range cookies {
		if cookie.Name == "notice" {
			p.notice = cookie.Value
		}
	}
	if err := p.isWhole(); err != nil || p.status >= http.StatusInternalServerError {
		t.Errorf("%s %s: status %d, %v\n%s", method, path, p.status, err, p.body)
	}
	return p
}

// isWhole reads the page to its end.
func (p *page) isWhole() error {
	switch kind, _, _ := strings.Cut(p.header.Get("Content-Type"), ";"); {
	case p.status >= 300 && p.status < 400:
		return nil
	case kind == "text/html":
		return p.isDocument()
	case kind == "application/json":
		return json.Unmarshal([]byte(p.body), new(any))
	case strings.HasSuffix(kind, "xml"):
		for decoder := xml.NewDecoder(strings.NewReader(p.body)); ; {
			if _, err := decoder.Token(); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return err
			}
		}
	case kind == "text/plain":
		return nil
	default:
		return fmt.Errorf("of type %q", kind)
	}
}

func (p *page) isDocument() (err error) {
	if !strings.HasSuffix(strings.TrimSpace(p.body), "</html>") {
		return errors.New("the page is cut off")
	}
	if strings.Contains(p.body, "<script>") {
		return errors.New("somebody's script is in the page")
	}
	if p.root, err = dom.Parse(strings.NewReader(p.body)); err != nil {
		return err
	}
	headings := 0
	for node := range p.root.Descendants() {
		if node.Type == dom.ElementNode && node.Data == "h1" {
			headings++
		}
	}
	if headings != 1 {
		return fmt.Errorf("the page has %d main headings", headings)
	}
	return nil
}

// has reports whether the page has an element of a class.
func (p *page) has(class string) bool {
	if p.root == nil {
		return false
	}
	for node := range p.root.Descendants() {
		for _, attr := range node.Attr {
			if attr.Key == "class" && slices.Contains(strings.Fields(attr.Val), class) {
				return true
			}
		}
	}
	return false
}

// says reports whether the page has a text of the shop's.
func (p *page) says(key string) bool {
	text := locales.All()[0].Text(key)
	return text != "" && strings.Contains(html.UnescapeString(p.body), text)
}

// main is what the page has between its head and its foot.
func (p *page) main() string {
	_, main, _ := strings.Cut(p.body, "<main")
	main, _, _ = strings.Cut(main, "</main>")
	return main
}

func bookPath(id int64) string { return "/books/" + itoa(id) + "-title-" + itoa(id) }

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
