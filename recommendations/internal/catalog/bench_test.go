package catalog_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"bookmarket/recommendations/internal/catalog"
	"bookmarket/recommendations/internal/dataset/bundled"
	"bookmarket/recommendations/internal/recommend"
)

func bundledBooks(t testing.TB) []recommend.Book {
	t.Helper()
	books, err := bundled.Books()
	if err != nil {
		t.Fatal(err)
	}
	return books
}

// syntheticBooks makes up books whose words are as rare and as common as those of a language:
// the k-th most common one is used in proportion to 1/k (Zipf's law), and there are the more
// of them the more books there are.
func syntheticBooks(n int) []recommend.Book {
	random := rand.New(rand.NewPCG(1, 2))
	vocabulary := make([]string, n/2)
	for i := range vocabulary {
		vocabulary[i] = syntheticWord(random)
	}
	copy(vocabulary, []string{"the", "of", "a", "and", "in"})
	common := rand.NewZipf(random, 1.05, 2, uint64(len(vocabulary)-1)) //nolint:gosec // not negative
	text := func(least, most int) string {
		words := make([]string, least+random.IntN(most-least+1))
		for i := range words {
			words[i] = vocabulary[common.Uint64()]
		}
		return strings.Join(words, " ")
	}
	authors := make([]string, n/3)
	for i := range authors {
		authors[i] = syntheticWord(random) + " " + syntheticWord(random)
	}
	books := make([]recommend.Book, n)
	for i := range books {
		books[i] = recommend.Book{
			ID:           int64(i + 1),
			Title:        text(1, 8),
			Authors:      []string{authors[random.IntN(len(authors))]},
			Categories:   []recommend.Category{recommend.NewCategory(fmt.Sprintf("category %d", random.IntN(30)))},
			ISBN13:       fmt.Sprintf("978%010d", i),
			Year:         1900 + random.IntN(125),
			RatingsCount: int64(1e7 / (i + 1)),
		}
		if random.IntN(3) == 0 {
			books[i].Series = text(1, 3)
		}
	}
	return books
}

func syntheticWord(random *rand.Rand) string {
	var word strings.Builder
	for range 1 + random.IntN(4) {
		word.WriteByte("bcdfghklmnprstvw"[random.IntN(16)])
		word.WriteByte("aaeeeiioou"[random.IntN(10)])
		if random.IntN(2) == 0 {
			word.WriteByte("lmnrst"[random.IntN(6)])
		}
	}
	return word.String()
}

var catalogues = []struct {
	name  string
	books func(t testing.TB) []recommend.Book
}{
	{"bundled=10000", bundledBooks},
	{"synthetic=10000", func(testing.TB) []recommend.Book { return syntheticBooks(10_000) }},
	{"synthetic=200000", func(testing.TB) []recommend.Book { return syntheticBooks(200_000) }},
}

// queries are what readers type into a catalogue, made of its own books, and what nobody would.
func queries(books []recommend.Book) []struct{ name, query string } {
	random := rand.New(rand.NewPCG(3, 4))
	long := func() string {
		for {
			words := recommend.Words(books[random.IntN(len(books))].Title)
			if i := slices.IndexFunc(words, func(word string) bool { return len(word) >= 6 }); i >= 0 {
				return words[i]
			}
		}
	}
	typo := func() string {
		word := long()
		return word[:3] + word[4:]
	}
	hostile := make([]string, 0, 33)
	for len(strings.Join(hostile, " ")) < 190 {
		hostile = append(hostile, typo()[:5])
	}
	book := books[len(books)/2]
	return []struct{ name, query string }{
		{"common word", "the"},
		{"one letter", "t"},
		{"two letters", "th"},
		{"three letters", "har"},
		{"two common words", "the of"},
		{"two words", long() + " " + long()},
		{"typing error", typo()},
		{"two typing errors", typo() + " " + typo()},
		{"title", book.Title},
		{"author", book.Authors[0]},
		{"ISBN", book.ISBN13},
		{"nothing", "xqzvkwjq"},
		{"many words", strings.Join(hostile, " ")},
		{"many letters", "a b c d e f g h i j k l m n o p q r s t u v w x y z"},
	}
}

func BenchmarkSearch(b *testing.B) {
	for _, catalogue := range catalogues {
		books := catalogue.books(b)
		asked := queries(books)
		c := catalog.New(books, nil, 1)
		for _, q := range asked {
			b.Run(catalogue.name+"/"+q.name, func(b *testing.B) {
				measure(b, func() error {
					_, err := c.Search(q.query, "", catalog.Default, nil, 20)
					return err
				})
			})
		}
	}
}

func BenchmarkList(b *testing.B) {
	for _, catalogue := range catalogues {
		c := catalog.New(catalogue.books(b), nil, 1)
		slug := c.Categories()[0].Slug
		for name, order := range map[string]catalog.Order{"popularity": catalog.Popularity, "rating": catalog.Rating, "year": catalog.Year, "title": catalog.Title} {
			for _, category := range []string{"", slug} {
				b.Run(catalogue.name+"/"+cmp.Or(category, "all")+"/"+name, func(b *testing.B) {
					measure(b, func() error {
						_, err := c.List(catalog.Filter{Category: category}, order, nil, 20)
						return err
					})
				})
			}
		}
	}
}

// measure reports how long the middle call and the slowest in a hundred took.
func measure(b *testing.B, call func() error) {
	b.Helper()
	b.ReportAllocs()
	var took []time.Duration
	for b.Loop() {
		began := time.Now()
		if err := call(); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	for _, percent := range []int{50, 99} {
		at := took[len(took)*percent/100]
		b.ReportMetric(at.Seconds()*1000, fmt.Sprintf("p%d-ms", percent))
	}
}

// BenchmarkNew also reports what the catalogue takes of the memory beside the books.
func BenchmarkNew(b *testing.B) {
	for _, catalogue := range catalogues {
		b.Run(catalogue.name, func(b *testing.B) {
			var before, after runtime.MemStats
			var grown float64
			for b.Loop() {
				b.StopTimer()
				books := catalogue.books(b)
				runtime.GC()
				runtime.ReadMemStats(&before)
				b.StartTimer()
				c := catalog.New(books, nil, 1)
				b.StopTimer()
				runtime.GC()
				runtime.ReadMemStats(&after)
				grown = (float64(after.HeapAlloc) - float64(before.HeapAlloc)) / float64(c.Len())
				runtime.KeepAlive(books)
				b.StartTimer()
			}
			b.ReportMetric(grown, "bytes/book")
		})
	}
}
