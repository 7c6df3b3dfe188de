package recommend

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"bookmarket/recommendations/engine/popular"
)

// A Catalog is the books at one moment. What it returns is shared and for reading only.
type Catalog interface {
	// Book returns the book with an id, if there is one.
	Book(id int64) (*Book, bool)
	// Popular returns the books of a category, or with "" all books, by popularity; its error
	// is ErrCategoryNotFound.
	Popular(category string) ([]*Book, error)
	// Popularity returns how many readers a book has had.
	Popularity(id int64) int64
	// Revision names the catalogue's state.
	Revision() int64
}

// A ReasonKind says why a book is recommended. The numbers are those of the contract.
type ReasonKind int8

// Why a book is recommended.
const (
	ReasonBecauseYouLiked ReasonKind = 1 // readers of books that the reader knows liked it
	ReasonPopular         ReasonKind = 2 // many readers read it
	ReasonTrending        ReasonKind = 3 // many readers read it lately
	ReasonSimilarContent  ReasonKind = 4 // it resembles books that the reader knows
)

// A Recommendation is a book, what it was ranked by and why it is recommended.
type Recommendation struct {
	Book    *Book
	Score   float64 // comparable within one list
	Reason  ReasonKind
	Because []Contribution // the greatest first
	Rest    float64        // what they lack to the score: popularity, and what the reader did not like
}

// A Contribution is what one book of the reader's added to a score.
type Contribution struct {
	BookID int64
	Score  float64
}

// TrendWindow is how far back trends look, and trendHalfLife the time in which what readers
// did loses half its weight: today's events weigh 500 times those that leave the window.
const (
	TrendWindow   = 27 * 24 * time.Hour
	trendHalfLife = 3 // days
)

// trendWeights say how much what a reader does tells of interest in a book.
var trendWeights = map[Kind]float64{View: 1, Want: 2, Rating: 3, Purchase: 4}

// A Model is what books are recommended by: the catalogue, its rankings and what was learned of
// its readers. It is immutable, and holds no reader's id.
type Model struct {
	Catalog  Catalog
	Version  string
	Personal *Personal // nil: nothing was learned yet

	day      uint64                      // since 1970
	blended  map[string][]Recommendation // by category; "" holds all books
	trending map[string][]Recommendation // likewise; only books that are
	most     float64                     // the popularity of the most popular book, at least 1
}

// NewModel ranks the books of a catalogue by their popularity and by what readers did lately,
// of which it looks at the days in TrendWindow up to today (UTC). A book's score is the sum
// of its parts of the greatest popularity and of the greatest trend. personal is for the same
// catalogue, or nil.
func NewModel(catalog Catalog, personal *Personal, daily []DailyReaders, today time.Time) *Model {
	books, err := catalog.Popular("")
	if err != nil {
		books = nil // an empty catalogue
	}
	m := &Model{
		Catalog:  catalog,
		Personal: personal,
		blended:  make(map[string][]Recommendation),
		trending: make(map[string][]Recommendation),
		most:     1,
	}
	today = today.UTC().Truncate(24 * time.Hour)
	m.day = uint64(today.Unix() / (24 * 60 * 60)) //nolint:gosec // after 1970
	trend, strongest := trends(daily, today)
	for _, book := range books {
		m.most = max(m.most, float64(catalog.Popularity(book.ID)))
	}
	var blended, trending []Recommendation
	for _, book := range books {
		popularity, lately := float64(catalog.Popularity(book.ID))/m.most, 0.0
		if t := trend[book.ID]; t > 0 {
			lately = t / strongest
			trending = append(trending, Recommendation{Book: book, Score: t, Reason: ReasonTrending})
		}
		reason := ReasonPopular
		if lately > popularity {
			reason = ReasonTrending
		}
		blended = append(blended, Recommendation{Book: book, Score: popularity + lately, Reason: reason})
	}
	spread(m.blended, blended)
	spread(m.trending, trending)
	m.Version = fmt.Sprintf("%d-%d-%s-%08x", personal.Version(), catalog.Revision(), today.Format("20060102"), m.digest())
	return m
}

// trends returns each book's trend and the strongest of them.
func trends(daily []DailyReaders, today time.Time) (trend map[int64]float64, strongest float64) {
	items := make(map[int64]int32)
	var events []popular.Event
	for _, d := range daily {
		age := today.Sub(d.Day)
		if age > TrendWindow {
			continue
		}
		item, ok := items[d.BookID]
		if !ok {
			item = int32(len(items)) //nolint:gosec // books fit int32
			items[d.BookID] = item
		}
		events = append(events, popular.Event{Item: item, Age: age.Hours() / 24, Weight: trendWeights[d.Kind] * float64(d.Readers)})
	}
	scores := popular.Scores(len(items), slices.Values(events), trendHalfLife)
	trend = make(map[int64]float64)
	for id, item := range items {
		if score := scores[item]; score > 0 {
			trend[id] = score
			strongest = max(strongest, score)
		}
	}
	return trend, strongest
}

// spread sorts a list by score and hands it out to the categories of its books. Books with
// equal scores stay in the order they came in.
func spread(byCategory map[string][]Recommendation, list []Recommendation) {
	slices.SortStableFunc(list, func(a, b Recommendation) int { return cmp.Compare(b.Score, a.Score) })
	byCategory[""] = list
	for _, r := range list {
		for i, category := range r.Book.Categories {
			again := slices.ContainsFunc(r.Book.Categories[:i], func(c Category) bool { return c.Slug == category.Slug })
			if !again {
				byCategory[category.Slug] = append(byCategory[category.Slug], r)
			}
		}
	}
}

// digest tells models apart whose catalogue and day are the same: by the trends, and by the
// popularity, which grows with events of any age.
func (m *Model) digest() uint32 {
	hash := fnv.New32a()
	for _, r := range m.blended[""] {
		fmt.Fprintf(hash, "%d %d\n", r.Book.ID, m.Catalog.Popularity(r.Book.ID))
	}
	for _, r := range m.trending[""] {
		fmt.Fprintf(hash, "%d %g\n", r.Book.ID, r.Score)
	}
	return hash.Sum32()
}

// popular returns the recommendation of a book for its popularity alone.
func (m *Model) popular(book *Book) Recommendation {
	return Recommendation{Book: book, Score: float64(m.Catalog.Popularity(book.ID)) / m.most, Reason: ReasonPopular}
}
