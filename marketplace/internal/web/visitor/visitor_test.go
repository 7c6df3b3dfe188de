package visitor_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"bookmarket/marketplace/internal/shop"
	"bookmarket/marketplace/internal/web/visitor"
)

var keyA, keyB = bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)

// A site is a shop's visitors and what they are counted in.
type site struct {
	*visitor.Visitors
	metrics *prometheus.Registry
}

func newSite(way visitor.Way, keys ...[]byte) site {
	metrics := prometheus.NewRegistry()
	return site{visitor.New(visitor.Options{Keys: keys, Way: way, Metrics: metrics}), metrics}
}

// refused returns the reason that a cookie was refused for; at most one may have been.
func (s site) refused(t *testing.T) string {
	t.Helper()
	families, err := s.metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var reasons []string
	for _, series := range families[0].GetMetric() {
		for range int(series.GetCounter().GetValue()) {
			reasons = append(reasons, series.GetLabel()[0].GetValue())
		}
	}
	if len(reasons) > 1 {
		t.Fatalf("refused for %v", reasons)
	}
	return strings.Join(reasons, "")
}

// enter makes a reader and returns their id and cookie.
func (s site) enter(t *testing.T, target string) (reader int64, cookie *http.Cookie) {
	t.Helper()
	w := httptest.NewRecorder()
	reader = s.Enter(w, request(target))
	cookies := w.Result().Cookies()
	if len(cookies) != 1 || reader <= 1<<32 {
		t.Fatalf("reader %d with the cookies %v", reader, cookies)
	}
	return reader, cookies[0]
}

// look returns who a shop takes the sender of cookies for, and what it sets.
func (s site) look(target string, cookies ...string) (shop.Visitor, []*http.Cookie) {
	w := httptest.NewRecorder()
	seen := s.Of(w, request(target, cookies...))
	return seen, w.Result().Cookies()
}

const (
	plain  = "http://shop.example/"
	secure = "https://shop.example/"
)

func request(target string, cookies ...string) *http.Request {
	r := httptest.NewRequest("GET", target, http.NoBody)
	for _, cookie := range cookies {
		r.Header.Add("Cookie", cookie)
	}
	return r
}

func pair(cookie *http.Cookie) string { return cookie.Name + "=" + cookie.Value }

// A reader is known again by the cookie, on whichever way they come.
func TestReader(t *testing.T) {
	proxied := request(plain)
	proxied.Header.Set("X-Forwarded-Proto", "https")
	tests := map[string]struct {
		way  visitor.Way
		r    *http.Request
		want string
	}{
		"plain HTTP on a name that is not localhost": {visitor.Way{}, request(plain), "reader=TOKEN; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"},
		"TLS":                     {visitor.Way{}, request(secure), "__Host-reader=TOKEN; Path=/; Max-Age=31536000; HttpOnly; Secure; SameSite=Lax"},
		"TLS, at a proxy":         {visitor.Way{Proxies: 1}, proxied, "__Host-reader=TOKEN; Path=/; Max-Age=31536000; HttpOnly; Secure; SameSite=Lax"},
		"TLS, by the address":     {visitor.Way{TLS: true}, request(plain), "__Host-reader=TOKEN; Path=/; Max-Age=31536000; HttpOnly; Secure; SameSite=Lax"},
		"TLS, by a visitor's lie": {visitor.Way{}, proxied, "reader=TOKEN; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"},
	}
	for name, tt := range tests {
		s := newSite(tt.way, keyA)
		w := httptest.NewRecorder()
		if stranger := s.Of(w, tt.r); stranger.Reader != 0 || w.Header()["Set-Cookie"] != nil {
			t.Errorf("%s: somebody unknown is %+v, and gets %v", name, stranger, w.Header())
		}
		reader := s.Enter(w, tt.r)
		cookies := w.Result().Cookies()
		if len(cookies) != 1 {
			t.Fatalf("%s: got %v", name, w.Header())
		}
		if got := strings.Replace(w.Header().Get("Set-Cookie"), cookies[0].Value, "TOKEN", 1); got != tt.want {
			t.Errorf("%s: got\n%s, want\n%s", name, got, tt.want)
		}
		again := tt.r.Clone(t.Context())
		again.AddCookie(cookies[0])
		w = httptest.NewRecorder()
		if known := s.Of(w, again); known.Reader != reader || w.Header()["Set-Cookie"] != nil {
			t.Errorf("%s: reader %d is %+v, and gets %v", name, reader, known, w.Header())
		}
		if id := s.Enter(w, again); id != reader || w.Header()["Set-Cookie"] != nil {
			t.Errorf("%s: reader %d acts as %d, and gets %v", name, reader, id, w.Header())
		}
		if why := s.refused(t); why != "" {
			t.Errorf("%s: refused for %s", name, why)
		}
	}
}

// A client that keeps cookies as browsers do is known at its second visit, on a name that is not
// localhost, by TLS and without.
func TestCookiesAreKept(t *testing.T) {
	for _, byTLS := range []bool{false, true} {
		s := newSite(visitor.Way{}, keyA)
		var readers []int64
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			readers = append(readers, s.Enter(w, r))
		}))
		address := "http://shop.example/"
		if byTLS {
			server.StartTLS()
			address = "https://shop.example/"
		} else {
			server.Start()
		}
		t.Cleanup(server.Close)
		client := server.Client()
		transport := client.Transport.(*http.Transport)
		transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
		}
		if byTLS {
			transport.TLSClientConfig.ServerName = "example.com" // as the certificate says
		}
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		client.Jar = jar
		for range 2 {
			request, err := http.NewRequestWithContext(t.Context(), "GET", address, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := client.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
		}
		if len(readers) != 2 || readers[0] != readers[1] {
			t.Errorf("by TLS %v: the readers %v", byTLS, readers)
		}
	}
}

func TestReadersAreDrawnFromAll(t *testing.T) {
	s, seen := newSite(visitor.Way{}), make(map[int64]bool)
	high := 0
	for range 1000 {
		reader, _ := s.enter(t, plain)
		seen[reader] = true
		if reader > 1<<62 {
			high++
		}
	}
	if len(seen) != 1000 || high < 350 || high > 650 { // nine standard deviations
		t.Errorf("%d readers, %d of them in the upper half", len(seen), high)
	}
}

// The ids of ratings that came from elsewhere are drawn for nobody.
func TestSmallIDsAreNotDrawn(t *testing.T) {
	random := bytes.NewReader([]byte{
		0, 0, 0, 0, 0, 0, 0, 9,
		0, 0, 0, 2, 0, 0, 0, 1, // 2^32, and a bit that is dropped
		0, 0, 0, 2, 0, 0, 0, 2,
	})
	if id := visitor.Draw(random); id != 1<<32+1 {
		t.Errorf("drew %d", id)
	}
}

// Without a key there are readers all the same, and no other process knows them.
func TestMadeUpKeys(t *testing.T) {
	one, other := newSite(visitor.Way{}), newSite(visitor.Way{})
	reader, cookie := one.enter(t, plain)
	if known, _ := one.look(plain, pair(cookie)); known.Reader != reader {
		t.Errorf("reader %d is %+v", reader, known)
	}
	if unknown, _ := other.look(plain, pair(cookie)); unknown.Reader != 0 || other.refused(t) != "signature" {
		t.Errorf("another process knows %+v", unknown)
	}
}

func TestRotation(t *testing.T) {
	reader, cookie := newSite(visitor.Way{}, keyA).enter(t, plain)
	rotated := newSite(visitor.Way{}, keyB, keyA)
	known, set := rotated.look(plain, pair(cookie))
	if known.Reader != reader || len(set) != 1 {
		t.Fatalf("reader %d is %+v, and gets %v", reader, known, set)
	}
	removed := newSite(visitor.Way{}, keyB)
	if known, set := removed.look(plain, pair(set[0])); known.Reader != reader || len(set) != 0 {
		t.Errorf("with the new cookie, reader %d is %+v, and gets %v", reader, known, set)
	}
	if known, set := removed.look(plain, pair(cookie)); known.Reader != 0 || len(set) != 0 || removed.refused(t) != "signature" {
		t.Errorf("by the key that is no more, there is %+v, who gets %v", known, set)
	}
	if known, set := rotated.look(plain, pair(set[0])); known.Reader != reader || len(set) != 0 {
		t.Errorf("a second renewal: %+v, %v", known, set)
	}
}

// A cookie lives for a year from the last month in which its reader came.
func TestAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(visitor.Way{}, keyA)
		reader, cookie := s.enter(t, plain)
		time.Sleep(29 * 24 * time.Hour)
		if known, set := s.look(plain, pair(cookie)); known.Reader != reader || len(set) != 0 {
			t.Errorf("after 29 days: %+v, %v", known, set)
		}
		time.Sleep(3 * 24 * time.Hour)
		known, set := s.look(plain, pair(cookie))
		if known.Reader != reader || len(set) != 1 {
			t.Fatalf("after 32 days: %+v, %v", known, set)
		}
		time.Sleep((365 - 32) * 24 * time.Hour)
		if known, set := s.look(plain, pair(cookie)); known.Reader != reader || len(set) != 1 {
			t.Errorf("after a year: %+v, %v", known, set)
		}
		time.Sleep(48 * time.Hour)
		if known, set := s.look(plain, pair(cookie)); known.Reader != 0 || len(set) != 0 || s.refused(t) != "expired" {
			t.Errorf("replayed after a year: %+v, %v", known, set)
		}
		if known, _ := s.look(plain, pair(set[0])); known.Reader != reader {
			t.Errorf("renewed within the year: %+v", known)
		}
	})
}

// Whatever is done to a cookie makes its sender somebody unknown, and no error.
func TestAttacks(t *testing.T) {
	_, own := newSite(visitor.Way{}, keyA).enter(t, plain)
	_, safe := newSite(visitor.Way{}, keyA).enter(t, secure)
	_, other := newSite(visitor.Way{}, keyB).enter(t, plain)
	token := own.Value
	changed := func(change func(content []byte) []byte) string {
		content, err := base64.RawURLEncoding.DecodeString(token)
		if err != nil {
			t.Fatal(err)
		}
		return "reader=" + base64.RawURLEncoding.EncodeToString(change(content))
	}
	tests := map[string]struct {
		target  string
		cookies []string
		reason  string
	}{
		"another reader": {plain, []string{changed(func(c []byte) []byte { c[8] ^= 1; return c })}, "signature"},
		"another day":    {plain, []string{changed(func(c []byte) []byte { c[12] ^= 1; return c })}, "signature"},
		"no signature":   {plain, []string{changed(func(c []byte) []byte { clear(c[13:]); return c })}, "signature"},
		"a hash for a signature": {plain, []string{changed(func(c []byte) []byte {
			sum := sha256.Sum256(c[:13])
			return append(c[:13], sum[:]...)
		})}, "signature"},
		"a key of zeros": {plain, []string{changed(func(c []byte) []byte {
			mac := hmac.New(sha256.New, make([]byte, 32))
			mac.Write([]byte("reader\x00"))
			mac.Write(c[:13])
			return mac.Sum(c[:13])
		})}, "signature"},
		"another key":                 {plain, []string{"reader=" + other.Value}, "signature"},
		"another version":             {plain, []string{changed(func(c []byte) []byte { c[0]++; return c })}, "version"},
		"cut":                         {plain, []string{"reader=" + token[:len(token)-1]}, "length"},
		"cut to nothing":              {plain, []string{"reader="}, "length"},
		"cut to the payload":          {plain, []string{changed(func(c []byte) []byte { return c[:13] })}, "length"},
		"extended":                    {plain, []string{"reader=" + token + "A"}, "length"},
		"padded":                      {plain, []string{"reader=" + token + "="}, "length"},
		"oversize":                    {plain, []string{"reader=" + strings.Repeat("A", 12<<10)}, "length"},
		"no base64":                   {plain, []string{"reader=" + strings.Repeat("!", len(token))}, "garbled"},
		"the other alphabet":          {plain, []string{"reader=" + strings.Repeat("+", len(token))}, "garbled"},
		"two":                         {plain, []string{"reader=" + token + "; reader=" + token}, "duplicate"},
		"two in two headers":          {plain, []string{"reader=" + token, "reader=x"}, "duplicate"},
		"the secure one's as plain":   {plain, []string{"reader=" + safe.Value}, "signature"},
		"the plain one's as secure":   {secure, []string{"__Host-reader=" + token}, "signature"},
		"plain by TLS":                {secure, []string{"reader=" + token}, "no_tls"},
		"secure without TLS":          {plain, []string{"__Host-reader=" + safe.Value}, ""},
		"a name in other letters":     {plain, []string{"Reader=" + token}, ""},
		"an id in clear":              {plain, []string{"reader=4294967297"}, "length"},
		"two secure":                  {secure, []string{"__Host-reader=" + safe.Value + "; __Host-reader=" + safe.Value}, "duplicate"},
		"a plain one beside nonsense": {secure, []string{"reader=" + token + "; __Host-reader=x"}, "length"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newSite(visitor.Way{}, keyA)
			seen, set := s.look(tt.target, tt.cookies...)
			if seen.Reader != 0 || len(set) != 0 {
				t.Errorf("taken for %+v, and gets %v", seen, set)
			}
			if why := s.refused(t); why != tt.reason {
				t.Errorf("refused for %q, want %q", why, tt.reason)
			}
			w := httptest.NewRecorder()
			reader := s.Enter(w, request(tt.target, tt.cookies...))
			if cookies := w.Result().Cookies(); len(cookies) != 1 || reader <= 1<<32 {
				t.Errorf("acts as %d, and gets %v", reader, cookies)
			}
		})
	}
	s := newSite(visitor.Way{}, keyA) // the cookie of these tests is a good one
	if seen, _ := s.look(plain, "reader="+token); seen.Reader == 0 {
		t.Error("the cookie itself is refused")
	}
	if seen, _ := s.look(secure, "reader="+token+"; __Host-reader="+safe.Value); seen.Reader == 0 || s.refused(t) != "" {
		t.Error("the cookie itself is refused, by TLS")
	}
}

func TestRecent(t *testing.T) {
	s := newSite(visitor.Way{}, keyA)
	cookie := ""
	saw := func(book int64) string {
		w := httptest.NewRecorder()
		s.Saw(w, request(plain, cookie), book)
		for _, set := range w.Result().Cookies() {
			cookie = pair(set)
		}
		return w.Header().Get("Set-Cookie")
	}
	if got, want := saw(7), "recent=7; Path=/; Max-Age=7776000; HttpOnly; SameSite=Lax"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if again := saw(7); again != "" {
		t.Errorf("the same book again: %q", again)
	}
	for _, book := range []int64{10012, 6, 7, 0, -3, 1 << 62} {
		saw(book)
	}
	if want := "recent=4611686018427387904.7.6.10012"; cookie != want {
		t.Errorf("got %q, want %q", cookie, want)
	}
	seen, _ := s.look(plain, cookie)
	if want := []int64{1 << 62, 7, 6, 10012}; !slices.Equal(seen.Recent, want) || seen.Reader != 0 {
		t.Errorf("got %+v", seen)
	}
	for book := range int64(20) {
		saw(1<<62 + book)
	}
	seen, _ = s.look(plain, cookie)
	if len(seen.Recent) != 10 || seen.Recent[0] != 1<<62+19 || seen.Recent[9] != 1<<62+10 {
		t.Errorf("of 20 books there are %v", seen.Recent)
	}
	w := httptest.NewRecorder()
	s.Unsaw(w, request(plain, "recent=3.2.1"), 2)
	s.Unsaw(w, request(plain, "recent=3.2.1"), 9)
	if got := w.Result().Cookies(); len(got) != 1 || got[0].Value != "3.1" {
		t.Errorf("without 2: %v", got)
	}
	w = httptest.NewRecorder()
	s.Unsaw(w, request(plain, "recent=3"), 3)
	if got := w.Result().Cookies(); len(got) != 1 || got[0].MaxAge != -1 {
		t.Errorf("without any: %v", got)
	}
	w = httptest.NewRecorder()
	s.Saw(w, request(secure), 3)
	if got := w.Result().Cookies(); len(got) != 1 || !got[0].Secure {
		t.Errorf("by TLS: %v", got)
	}
}

func TestRecentOfOthersMaking(t *testing.T) {
	s := newSite(visitor.Way{}, keyA)
	for _, value := range []string{
		"", ".", "6.", ".6", "6..7", "6,7", "x", "-6", "+6", "0", "06", "6.6", "1e3", "0x6", "6.5.x", "６",
		"9223372036854775808", "1.2.3.4.5.6.7.8.9.10.11", strings.Repeat("1.", 5000), "<script>", "6; recent=7",
	} {
		if seen, _ := s.look(plain, "recent="+value); seen.Recent != nil {
			t.Errorf("%.20q makes %v", value, seen.Recent)
		}
		w := httptest.NewRecorder()
		s.Saw(w, request(plain, "recent="+value), 3)
		if got := w.Result().Cookies(); len(got) != 1 || got[0].Value != "3" {
			t.Errorf("behind %.20q: %v", value, got)
		}
	}
}

// What there is to say is said once.
func TestNotice(t *testing.T) {
	s := newSite(visitor.Way{}, keyA)
	w := httptest.NewRecorder()
	s.Notice(w, request(plain), "wanted")
	s.Notice(w, request(plain), "not_kept")
	if got, want := w.Header()["Set-Cookie"], "notice=not_kept; Path=/; Max-Age=60; HttpOnly; SameSite=Lax"; len(got) != 1 || got[0] != want {
		t.Fatalf("got %q", got)
	}
	w = httptest.NewRecorder()
	if got := s.TakeNotice(w, request(plain, "notice=not_kept")); got != "not_kept" {
		t.Errorf("says %q", got)
	}
	if got := w.Header().Get("Set-Cookie"); got != "notice=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax" {
		t.Errorf("the notice stays: %q", got)
	}
	w = httptest.NewRecorder()
	if got := s.TakeNotice(w, request(plain)); got != "" || w.Header()["Set-Cookie"] != nil {
		t.Errorf("without a notice: %q, %v", got, w.Header())
	}
	for _, value := range []string{"", "<b>", "Rated", "a b", strings.Repeat("a", 41), "rated; notice=wanted", "é"} {
		if got := s.TakeNotice(httptest.NewRecorder(), request(plain, "notice="+value)); got != "" {
			t.Errorf("%q says %q", value, got)
		}
	}
}

func TestForget(t *testing.T) {
	for target, want := range map[string][]string{
		plain:  {"reader", "recent", "notice"},
		secure: {"reader", "recent", "notice", "__Host-reader"},
	} {
		s := newSite(visitor.Way{}, keyA)
		w := httptest.NewRecorder()
		s.Enter(w, request(target))
		s.Forget(w, request(target))
		cookies := w.Result().Cookies()
		var names []string
		for _, cookie := range cookies {
			names = append(names, cookie.Name)
			if cookie.MaxAge != -1 || cookie.Value != "" || cookie.Secure != (target == secure) || cookie.Path != "/" {
				t.Errorf("%s stays: %v", cookie.Name, cookie)
			}
		}
		if !slices.Equal(names, want) {
			t.Errorf("%s takes away %v, want %v", target, names, want)
		}
	}
}

func TestMetricsAreNamedWell(t *testing.T) {
	if problems, err := testutil.GatherAndLint(newSite(visitor.Way{}, keyA).metrics); err != nil || len(problems) > 0 {
		t.Error(problems, err)
	}
}

// FuzzCookies sends whatever a browser can: nobody becomes a reader without the key, and what the
// shop sets is what it takes.
func FuzzCookies(f *testing.F) {
	_, cookie := newSite(visitor.Way{}, keyA).enter(&testing.T{}, plain)
	f.Add("reader="+cookie.Value+"x", "6.5", "rated", int64(7))
	f.Add("reader=; reader=\"a\"", "9223372036854775807.", "<>", int64(-1))
	f.Add("__Host-reader=AQ; ;;=", "06..", "\x00", int64(1<<62))
	f.Fuzz(func(t *testing.T, header, latest, notice string, book int64) {
		s := newSite(visitor.Way{}, keyB)
		for _, target := range []string{plain, secure} {
			w := httptest.NewRecorder()
			r := request(target, header, "recent="+latest, "notice="+notice)
			seen := s.Of(w, r)
			if seen.Reader != 0 {
				t.Errorf("%q is reader %d", header, seen.Reader)
			}
			if len(seen.Recent) > 10 || slices.ContainsFunc(seen.Recent, func(id int64) bool { return id <= 0 }) {
				t.Errorf("%q is %v", latest, seen.Recent)
			}
			if said := s.TakeNotice(w, r); len(said) > 40 || strings.ContainsAny(said, "<>\"'&; \r\n") {
				t.Errorf("%q says %q", notice, said)
			}
			s.Saw(w, r, book)
			reader := s.Enter(w, r)
			again := request(target)
			for _, set := range w.Result().Cookies() {
				if set.MaxAge > 0 {
					again.AddCookie(set)
				}
			}
			known := s.Of(httptest.NewRecorder(), again)
			unchanged := book <= 0 || len(seen.Recent) > 0 && seen.Recent[0] == book
			if known.Reader != reader || !unchanged && known.Recent[0] != book {
				t.Errorf("reader %d, who saw %d, is %+v", reader, book, known)
			}
		}
	})
}

func BenchmarkOf(b *testing.B) {
	s := newSite(visitor.Way{}, keyA)
	w := httptest.NewRecorder()
	reader := s.Enter(w, request(plain))
	r := request(plain, "a=b; recent=6.5.10012; "+pair(w.Result().Cookies()[0]))
	b.ReportAllocs()
	for b.Loop() {
		if s.Of(w, r).Reader != reader {
			b.Fatal("unknown")
		}
	}
}
