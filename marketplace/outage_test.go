package main

import (
	"context"
	"math"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"bookmarket/protobufs/gen/bookmarketv1"
)

// What the shop promises its visitors, whatever recommendations does.
const (
	pageLimit  = 350 * time.Millisecond
	freshLimit = 5 * time.Second
	// A reader's copy is no page: it waits for one answer as long as bulk work does.
	copyLimit = pageLimit + 2*time.Second
)

// A state says what a part of recommendations is good for.
type state int

const (
	fine state = iota
	some       // some calls are answered, or some of an answer can be used
	gone       // none
)

// A fault is something that befalls recommendations. begin returns what ends it.
type fault struct {
	name                     string
	begin                    func(*recommendations) (end func())
	catalog, books, activity state // of its services; books are recommended
	lies                     bool  // what it answers could be true
}

var faults = []fault{
	{"down", down, gone, gone, gone, false},
	{"takes connections and never answers", replacedBy(silent), gone, gone, gone, false},
	{"takes connections and hangs up", replacedBy(hangingUp), gone, gone, gone, false},
	{"not serving", notServing, gone, gone, gone, false},
	{"answers no call", answering(hold), gone, gone, gone, false},
	{"answers after 2 s", answering(after(2 * time.Second)), gone, gone, gone, false},
	{"answers after 240 ms", answering(after(240 * time.Millisecond)), some, some, some, false},
	{"answers after 160 ms", answering(after(160 * time.Millisecond)), some, some, some, false},
	{"answers after 240 ms, and never what categories there are", answering(lateWithoutCategories), some, some, some, false},
	{"UNAVAILABLE", answering(fail(codes.Unavailable)), gone, gone, gone, false},
	{"INTERNAL", answering(fail(codes.Internal)), gone, gone, gone, false},
	{"RESOURCE_EXHAUSTED", answering(fail(codes.ResourceExhausted)), gone, gone, gone, false},
	{"every second call is UNAVAILABLE", answering(everySecond(fail(codes.Unavailable))), some, some, some, false},
	{"every second call is INTERNAL", answering(everySecond(fail(codes.Internal))), some, some, some, false},
	{"every second call is not answered", answering(everySecond(hold)), some, some, some, false},
	{"bytes that are no message", answering(bytesThatAreNoMessage), gone, gone, some, false},
	{"messages without anything in them", answering(changed(proto.Reset)), some, some, some, true},
	{"hostile texts", answering(changed(withTexts(hostile))), some, some, some, false},
	{"numbers that cannot be", answering(changed(withNumbers(-1))), some, some, some, false},
	{"numbers without bounds", answering(changed(withNumbers(math.MaxInt64))), some, some, some, false},
	{"catalogue UNAVAILABLE", answering(only("CatalogService", fail(codes.Unavailable))), gone, fine, fine, false},
	{"catalogue hangs", answering(only("CatalogService", hold)), gone, some, some, false},
	{"no recommendations", answering(only("RecommendationService", fail(codes.Unavailable))), fine, gone, fine, false},
	{"the database is away", answering(only("ActivityService", fail(codes.Unavailable))), fine, fine, gone, false},
	{"the database hangs", answering(only("ActivityService", hold)), fine, fine, gone, false},
	{"the database has no room", answering(only("RecordActivity", fail(codes.ResourceExhausted))), fine, fine, some, false},
}

// Whatever befalls recommendations, every page comes in time, whole, and says what it lacks; every
// form is answered in time by the truth; and all is well soon after.
func TestPagesInOutages(t *testing.T) {
	for _, fault := range faults {
		for _, before := range []string{"after good times", "from the start"} {
			t.Run(fault.name+" "+before, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { visitAll(t, fault, before == "after good times") })
			})
		}
	}
}

// A shop that is ready has something to remember, if recommendations is lost in that moment.
func TestReadyShopRemembers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rec := new(recommendations)
		rec.start()
		rec.setAnswer(after(10 * time.Millisecond))
		f := openShop(t, rec)
		f.shop.Await(t.Context())
		rec.stop()
		if home := f.browser(t).get(t, "/"); !home.has("book") || home.has("sorry") {
			t.Errorf("the home page has books: %t, apologises: %t", home.has("book"), home.has("sorry"))
		}
		begun := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		openShop(t, rec).shop.Await(ctx)
		if time.Since(begun) != time.Second {
			t.Errorf("with nobody there it waited for %v", time.Since(begun))
		}
	})
}

func visitAll(t *testing.T, fault fault, known bool) {
	t.Helper()
	rec := new(recommendations)
	rec.start()
	begin := func() (end func()) { return fault.begin(rec) }
	var end func()
	if !known {
		end = begin()
	}
	f := openShop(t, rec)
	who := map[string]*browser{"stranger": f.browser(t), "passerby": f.browser(t), "reader": f.browser(t), "leaver": f.browser(t)}
	who["passerby"].setCookie("recent", "2.1")
	time.Sleep(15 * time.Second)
	during := situation{fault: fault, known: known}
	if known {
		f.visitForms(t, who, situation{known: true}, 0)
		f.visitPages(t, who, situation{known: true})
		end = begin()
	} else {
		f.visitForms(t, who, during, 0)
	}
	f.visitPages(t, who, during) // connections may seem to be well
	time.Sleep(time.Minute)      // until attempts to connect are rare
	f.visitPages(t, who, during)
	f.visitForms(t, who, during, 10)
	end()
	time.Sleep(freshLimit)
	f.visitForms(t, who, situation{known: true}, 20)
	f.visitPages(t, who, situation{known: true})
	time.Sleep(freshLimit)
	if books := who["stranger"].get(t, sitemapPath); books.status != http.StatusOK || !strings.Contains(books.body, "/books/") {
		t.Errorf("the sitemap has no books: status %d\n%s", books.status, books.body)
	}
	if strings.Contains(f.log.String(), `"level":"ERROR"`) {
		t.Errorf("the log has errors:\n%s", f.log.String())
	}
}

// A situation is what is to be expected: what is wrong, and whether the shop has known better times.
type situation struct {
	fault

	known bool
}

// A visit is to a page, by somebody: a stranger, a passer-by who looked at books 2 and 1, or a
// reader who rated book 1.
type visit struct {
	who, path string
	check     func(p page, s situation) bool
}

var visits = []visit{
	{"stranger", "/", homeIsHonest},
	{"passerby", "/", homeIsHonest},
	{"reader", "/", homeIsHonest},
	{"stranger", "/books/2-title-2", bookIsHonest},
	{"reader", "/books/1-title-1", func(p page, s situation) bool {
		lacks := !p.says("book_away") && !p.says("opinion_unknown")
		return bookIsHonest(p, s) && (s.activity != gone || !lacks) && (s.activity != fine || !p.says("opinion_unknown"))
	}},
	{"stranger", secretPath, func(p page, s situation) bool {
		return p.status == http.StatusOK && (s.catalog != gone || p.says("book_away")) && (s.catalog != fine || !p.says("book_away")) ||
			p.status == http.StatusMovedPermanently && s.catalog == some
	}},
	{"stranger", "/books/999-no-title", func(p page, s situation) bool {
		switch s.catalog {
		case fine:
			return p.status == http.StatusNotFound
		case gone:
			return p.status == http.StatusOK && p.says("book_away")
		default:
			return p.status == http.StatusNotFound || p.says("book_away") || p.says("book_remembered")
		}
	}},
	{"stranger", "/categories", func(p page, s situation) bool {
		if s.known || s.catalog == fine {
			return p.has("index")
		}
		return s.catalog == some || p.says("categories_away")
	}},
	{"stranger", "/categories/mystery", func(p page, s situation) bool {
		return listIsHonest(p, s, "list_away") && (!s.known || s.catalog == some || p.has("book"))
	}},
	{"stranger", "/categories/no-category", func(p page, s situation) bool {
		return p.status == http.StatusNotFound || s.catalog != fine && p.says("list_away")
	}},
	{"stranger", "/authors/Author%201", func(p page, s situation) bool { return listIsHonest(p, s, "list_away") }},
	{"stranger", "/authors/Nobody", func(p page, s situation) bool {
		return p.status == http.StatusNotFound || s.catalog != fine && p.says("list_away")
	}},
	{"stranger", "/search", func(p page, _ situation) bool { return p.status == http.StatusOK }},
	{"stranger", "/search?q=Title", func(p page, s situation) bool { return listIsHonest(p, s, "search_away") }},
	{"stranger", "/my-books", func(p page, _ situation) bool { return p.status == http.StatusOK && !p.has("note") }},
	{"passerby", "/my-books", func(p page, s situation) bool {
		blank := strings.Contains(p.body, ">Book 1<") || strings.Contains(p.body, ">Book 2<")
		return p.status == http.StatusOK && !p.says("mine_partial") && (s.lies || p.has("note") == blank && (!blank || s.catalog != fine))
	}},
	{"reader", "/my-books", func(p page, s situation) bool {
		return p.status == http.StatusOK && !p.says("mine_partial") && (s.activity == some || p.says("mine_unknown") == (s.activity == gone))
	}},
	{"stranger", "/privacy", isThere},
	{"reader", "/privacy", isThere},
	{"stranger", "/privacy/data", isThere},
	{"reader", "/privacy/data", func(p page, s situation) bool {
		refused := p.status == http.StatusSeeOther && p.notice == "no_data"
		return s.activity != gone && p.status == http.StatusOK || s.activity != fine && refused
	}},
	{"stranger", "/about", isThere},
	{"stranger", "/nowhere", func(p page, _ situation) bool { return p.status == http.StatusNotFound }},
	{"stranger", "/trending.atom", func(p page, s situation) bool {
		return p.status == http.StatusOK && (!s.known || strings.Contains(p.body, "<entry>"))
	}},
	{"stranger", "/sitemap.xml", isThere},
	{"stranger", "/sitemaps/0.xml", isThere},
	{"stranger", sitemapPath, func(p page, s situation) bool {
		return p.status == http.StatusOK || p.status == http.StatusNotFound && s.catalog != fine
	}},
	{"stranger", "/robots.txt", isThere},
}

// secretPath is of a book that nobody looked at in good times.
var secretPath = bookPath(secretBook)

const sitemapPath = "/sitemaps/1.xml"

func isThere(p page, _ situation) bool { return p.status == http.StatusOK }

// homeIsHonest wants fresh shelves, or remembered ones and a note, or an apology.
func homeIsHonest(p page, s situation) bool {
	switch {
	case p.status != http.StatusOK:
		return false
	case s.books == fine && s.catalog == fine:
		return p.has("book") && !p.has("note") && !p.has("sorry")
	case s.books == gone && s.known:
		return p.has("book") && p.has("note") && !p.has("sorry")
	case s.books == gone:
		return p.has("sorry") && !p.has("book")
	default:
		return p.has("book") || p.has("sorry")
	}
}

// bookIsHonest wants a book that recommendations recommends.
func bookIsHonest(p page, s situation) bool {
	switch {
	case p.status != http.StatusOK:
		return s.catalog == some && (p.status == http.StatusMovedPermanently || p.status == http.StatusNotFound) // another title; never heard of it
	case s.catalog == gone && s.books == gone && !s.known:
		return p.says("book_away")
	case s.catalog == gone:
		return p.says("book_remembered") || !s.known && p.says("book_away")
	case s.catalog == fine && s.books == gone:
		return p.says("book_partial")
	case s.name == "":
		return !p.has("note") && !p.says("book_away")
	default:
		return true
	}
}

func listIsHonest(p page, s situation, away string) bool {
	switch s.catalog {
	case fine:
		return p.status == http.StatusOK && !p.says(away) && p.has("book")
	case gone:
		return p.status == http.StatusOK && p.says(away)
	default:
		return p.status == http.StatusOK && (p.says(away) || p.has("book") || p.has("total")) || p.status == http.StatusNotFound || p.status == http.StatusMovedPermanently
	}
}

// visitPages visits every page.
func (f *fixture) visitPages(t *testing.T, who map[string]*browser, s situation) {
	t.Helper()
	for _, v := range visits {
		if s.name == "" && (v.path == secretPath || v.path == sitemapPath) {
			continue // that of the books rests between tries
		}
		p := who[v.who].get(t, v.path)
		limit := pageLimit
		if v.path == "/privacy/data" {
			limit = copyLimit
		}
		if p.took > limit {
			t.Errorf("%s %s took %v", v.who, v.path, p.took)
		}
		if !v.check(p, s) {
			t.Errorf("%s %s: what it says is not what there is: status %d, notice %q, note %t, sorry %t, book %t\n%s",
				v.who, v.path, p.status, p.notice, p.has("note"), p.has("sorry"), p.has("book"), p.main())
		}
	}
}

// A sending is of a form, by somebody. done is what the page says where it is kept, and kept asks
// recommendations.
type sending struct {
	who, path string
	form      url.Values
	done      string
	not       string
	kept      func(r *recommendations) bool
}

// sendings returns forms about the books from first on.
func sendings(first int64) []sending {
	at := func(book int64, form string) string { return bookPath(first+book) + "/" + form }
	keeps := func(book int64, kind bookmarketv1.Activity_Kind) func(*recommendations) bool {
		return func(r *recommendations) bool { return r.keeps(first+book, kind) }
	}
	five := url.Values{"rating": {"5"}}
	all := []sending{
		{"reader", at(1, "rating"), five, "rated", "not_kept", keeps(1, bookmarketv1.Activity_KIND_RATING)},
		{"reader", at(2, "want"), nil, "wanted", "not_kept", keeps(2, bookmarketv1.Activity_KIND_WANT)},
		{"reader", at(3, "not-interested"), nil, "waved", "not_kept", keeps(3, bookmarketv1.Activity_KIND_NOT_INTERESTED)},
		{"leaver", at(4, "rating"), five, "rated", "not_kept", keeps(4, bookmarketv1.Activity_KIND_RATING)},
	}
	if first > 0 {
		before := first - 10
		all = append(all, sending{
			"reader", "/my-books/remove",
			url.Values{"book": {itoa(before + 2)}, "what": {"want"}},
			"removed", "not_removed",
			func(r *recommendations) bool { return !r.keeps(before+2, bookmarketv1.Activity_KIND_WANT) },
		}, sending{
			"leaver", "/privacy/forget",
			url.Values{"sure": {"yes"}},
			"forgotten", "not_forgotten",
			func(r *recommendations) bool {
				return !r.keeps(before+4, bookmarketv1.Activity_KIND_RATING) && !r.keeps(first+4, bookmarketv1.Activity_KIND_RATING)
			},
		})
	}
	return all
}

// visitForms sends every form and reads the page that follows.
func (f *fixture) visitForms(t *testing.T, who map[string]*browser, s situation, first int64) {
	t.Helper()
	for _, form := range sendings(first) {
		wrote := form.kept(f.recommendations)
		p := who[form.who].post(t, form.path, form.form)
		if p.took > pageLimit {
			t.Errorf("%s %s took %v", form.who, form.path, p.took)
		}
		kept := form.kept(f.recommendations)
		switch {
		case p.status != http.StatusSeeOther || p.notice != form.done && p.notice != form.not:
			t.Errorf("%s %s: status %d, notice %q", form.who, form.path, p.status, p.notice)
		case p.notice == form.done && !kept && !s.lies:
			t.Errorf("%s %s says %s, which is not so", form.who, form.path, p.notice)
		case p.notice == form.not && s.activity == fine:
			t.Errorf("%s %s says %s, and nothing is wrong with that", form.who, form.path, p.notice)
		case p.notice == form.done && s.activity == gone && !wrote:
			t.Errorf("%s %s says %s, and nobody could keep it", form.who, form.path, p.notice)
		case p.notice != "forgotten" && who[form.who].cookie("reader") == "":
			t.Errorf("%s %s says %s, and the browser has lost the way to what is kept", form.who, form.path, p.notice)
		}
		if after := who[form.who].get(t, p.header.Get("Location")); after.status == http.StatusOK && !after.says("notice."+p.notice) {
			t.Errorf("%s %s: the next page does not say %s:\n%s", form.who, form.path, p.notice, after.main())
		}
	}
}

// Faults.

func down(r *recommendations) (end func()) {
	r.stop()
	return r.start
}

func replacedBy(by func(net.Conn)) func(*recommendations) func() {
	return func(r *recommendations) func() {
		r.replace(by)
		return r.start
	}
}

func notServing(r *recommendations) (end func()) {
	r.stop()
	r.serve(healthpb.HealthCheckResponse_NOT_SERVING)
	return func() {
		r.stop()
		r.start()
	}
}

func answering(how answer) func(*recommendations) func() {
	return func(r *recommendations) func() {
		r.setAnswer(how)
		return func() { r.setAnswer(nil) }
	}
}

// Answers.

func hold(ctx context.Context, _ string, _ func() (any, error)) (any, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func fail(code codes.Code) answer {
	return func(context.Context, string, func() (any, error)) (any, error) {
		return nil, status.Error(code, "a fault")
	}
}

func after(wait time.Duration) answer {
	return func(_ context.Context, _ string, handle func() (any, error)) (any, error) {
		time.Sleep(wait) // and it does what was asked for, whoever still waits
		return handle()
	}
}

func lateWithoutCategories(ctx context.Context, method string, handle func() (any, error)) (any, error) {
	if strings.HasSuffix(method, "/ListCategories") {
		return hold(ctx, method, handle)
	}
	return after(240*time.Millisecond)(ctx, method, handle)
}

func everySecond(how answer) answer {
	var calls atomic.Int64
	return func(ctx context.Context, method string, handle func() (any, error)) (any, error) {
		if calls.Add(1)%2 == 0 {
			return how(ctx, method, handle)
		}
		return handle()
	}
}

// only treats the calls of a service, or of a method, in its way.
func only(name string, how answer) answer {
	return func(ctx context.Context, method string, handle func() (any, error)) (any, error) {
		if strings.Contains(method, name) {
			return how(ctx, method, handle)
		}
		return handle()
	}
}

func bytesThatAreNoMessage(_ context.Context, _ string, handle func() (any, error)) (any, error) {
	_, _ = handle()
	return []byte{0xff, 0xff, 0xff}, nil
}

func changed(change func(proto.Message)) answer {
	return func(_ context.Context, _ string, handle func() (any, error)) (any, error) {
		answer, err := handle()
		if message, ok := answer.(proto.Message); ok && err == nil {
			message = proto.Clone(message)
			change(message)
			return message, nil
		}
		return answer, err
	}
}

// hostile is what somebody may put into a catalogue.
var hostile = "</title>\"'><script>alert(1)</script>\u202e\x00 {{.}} %s " + strings.Repeat("A", 200)

func withTexts(text string) func(proto.Message) {
	return func(m proto.Message) {
		eachValue(m.ProtoReflect(), func(kind protoreflect.Kind, value protoreflect.Value) protoreflect.Value {
			if kind == protoreflect.StringKind {
				return protoreflect.ValueOfString(text)
			}
			return value
		})
	}
}

func withNumbers(n int64) func(proto.Message) {
	return func(m proto.Message) {
		eachValue(m.ProtoReflect(), func(kind protoreflect.Kind, value protoreflect.Value) protoreflect.Value {
			switch kind {
			case protoreflect.Int64Kind:
				return protoreflect.ValueOfInt64(n)
			case protoreflect.Int32Kind:
				return protoreflect.ValueOfInt32(int32(n)) //nolint:gosec // on purpose
			case protoreflect.DoubleKind:
				return protoreflect.ValueOfFloat64(math.NaN())
			default:
				return value
			}
		})
	}
}

// eachValue changes every number and text of a message.
func eachValue(m protoreflect.Message, change func(protoreflect.Kind, protoreflect.Value) protoreflect.Value) {
	m.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		isMessage := field.Message() != nil
		switch {
		case field.IsList():
			for i := range value.List().Len() {
				if isMessage {
					eachValue(value.List().Get(i).Message(), change)
				} else {
					value.List().Set(i, change(field.Kind(), value.List().Get(i)))
				}
			}
		case isMessage:
			eachValue(value.Message(), change)
		default:
			m.Set(field, change(field.Kind(), value))
		}
		return true
	})
}
