package catalog_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"bookmarket/recommendations/internal/catalog"
	"bookmarket/recommendations/internal/recommend"

	"pgregory.net/rapid"
)

// reference says what a search finds by looking at every word of every book, in the simplest
// way. It knows no ISBNs.
func reference(books []recommend.Book, query string) []int64 {
	type match struct {
		book *recommend.Book
		rank []int
	}
	var found []match
	words := referenceWords(query)
	if len(recommend.Words(query)) == 0 {
		words = nil
	}
	for i := range books {
		if rank := referenceRank(&books[i], words); rank != nil {
			found = append(found, match{&books[i], rank})
		}
	}
	slices.SortFunc(found, func(a, b match) int {
		return cmp.Or(slices.Compare(a.rank, b.rank), cmp.Compare(b.book.RatingsCount, a.book.RatingsCount), cmp.Compare(a.book.ID, b.book.ID))
	})
	list := make([]int64, 0, len(found))
	for _, m := range found {
		list = append(list, m.book.ID)
	}
	return list
}

func referenceWords(text string) []string {
	return recommend.Words(strings.ReplaceAll(text, "&", " and "))
}

// referenceRank returns what matches are compared by, or nil where a book does not match.
func referenceRank(book *recommend.Book, query []string) []int {
	if len(query) == 0 {
		return nil
	}
	fields := [3][]string{}
	for i, texts := range [3][]string{{book.Title, book.OriginalTitle}, book.Authors, {book.Series}} {
		for _, text := range texts {
			words := referenceWords(text)
			fields[i] = append(fields[i], words...)
			initials := ""
			for _, word := range append(words, "end") {
				if r := []rune(word); len(r) == 1 && unicode.IsLetter(r[0]) {
					initials += word
				} else {
					fields[i], initials = append(fields[i], initials), ""
				}
			}
		}
	}
	const none = 9
	worst, in := 0, [3]bool{true, true, true}
	for i, word := range query {
		last := i == len(query)-1 && !slices.Contains(query[:i], word)
		best, bestIn := none, [3]bool{}
		for f, words := range fields {
			for _, candidate := range words {
				switch q := referenceQuality(word, candidate, last); {
				case q < best:
					best, bestIn = q, [3]bool{}
					bestIn[f] = true
				case q == best && q < none:
					bestIn[f] = true
				}
			}
		}
		if best == none {
			return nil
		}
		worst = max(worst, best)
		for f := range in {
			in[f] = in[f] && bestIn[f]
		}
	}
	field := slices.Index(in[:], true)
	if field < 0 {
		field = len(in)
	}
	exact := 2
	for i, title := range []string{book.OriginalTitle, book.Title} {
		if withoutArticle(referenceWords(title)) == withoutArticle(query) {
			exact = 1 - i
		}
	}
	return []int{exact, worst, field}
}

func withoutArticle(words []string) string {
	if len(words) > 1 && slices.Contains([]string{"a", "an", "the"}, words[0]) {
		words = words[1:]
	}
	return strings.Join(words, " ")
}

// referenceQuality says how well a typed word fits: 0 is it itself, 9 not at all.
func referenceQuality(typed, word string, last bool) int {
	count := 0
	for _, r := range typed {
		if unicode.IsLetter(r) {
			count++
		}
	}
	missing := count == 4 && slices.ContainsFunc(without([]rune(word)), func(shorter string) bool { return shorter == typed })
	switch {
	case word == "":
		return 9
	case word == typed:
		return 0
	case last && strings.HasPrefix(word, typed):
		return 1
	case count >= 5 && distance([]rune(typed), []rune(word)) <= 1, missing:
		return 2
	case last && count >= 5:
		runes := []rune(word)
		for end := range runes {
			if distance([]rune(typed), runes[:end]) <= 1 {
				return 3
			}
		}
	}
	return 9
}

// without returns a word without each of its letters in turn.
func without(word []rune) (shorter []string) {
	for i, r := range word {
		if unicode.IsLetter(r) {
			shorter = append(shorter, string(word[:i])+string(word[i+1:]))
		}
	}
	return shorter
}

// distance is the Damerau-Levenshtein distance in its restricted form, which up to 1 is the same.
func distance(a, b []rune) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		for j := range d[i] {
			switch {
			case i == 0 || j == 0:
				d[i][j] = i + j
			default:
				change := 1
				if a[i-1] == b[j-1] {
					change = 0
				}
				d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+change)
				if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
					d[i][j] = min(d[i][j], d[i-2][j-2]+1)
				}
			}
		}
	}
	return d[len(a)][len(b)]
}

// A text of few different words, many of them neighbours of others.
func texts(least, most int) *rapid.Generator[string] {
	word := rapid.OneOf(
		rapid.SampledFrom([]string{
			"the", "a", "The", "an", "harry", "hary", "Härry", "harrys", "harryhausen", "ahrry", "house", "mouse", "horse", "hoúse",
			"J.", "R.", "K.", "dune", "dunes", "dunesea", "straße", "strasse", "войны", "война", "三体三体三", "三体三体四", "42", "abc12", "abcd1", "&", "it's", "-",
		}),
		rapid.StringMatching(`[ab]{1,7}`),
		rapid.StringOfN(rapid.RuneFrom([]rune("abé1三")), 1, 7, -1),
	)
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(word, least, most).Draw(t, "words"), " ")
	})
}

func randomBooks(least, most int) *rapid.Generator[[]recommend.Book] {
	return rapid.Custom(func(t *rapid.T) []recommend.Book {
		books := make([]recommend.Book, rapid.IntRange(least, most).Draw(t, "books"))
		for i := range books {
			books[i] = recommend.Book{
				ID:            int64(i + 1),
				Title:         texts(1, 4).Draw(t, "title"),
				OriginalTitle: texts(0, 2).Draw(t, "original title"),
				Authors:       rapid.SliceOfN(texts(1, 3), 0, 2).Draw(t, "authors"),
				Categories:    rapid.SliceOfN(rapid.SampledFrom(categories("Art", "Crime")), 0, 2).Draw(t, "categories"),
				Series:        texts(0, 2).Draw(t, "series"),
				Year:          rapid.IntRange(-2, 2).Draw(t, "year"),
				AverageRating: float64(rapid.IntRange(1, 5).Draw(t, "rating")),
				RatingsCount:  rapid.Int64Range(0, 4).Draw(t, "ratings"),
			}
		}
		return books
	})
}

func TestSearchFindsWhatTheReferenceFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		books := randomBooks(0, 12).Draw(t, "catalogue")
		query := texts(0, 3).Draw(t, "query")
		want := reference(slices.Clone(books), query)
		page, err := catalog.New(books, nil, 1).Search(query, "", catalog.Default, nil, 20)
		if err != nil || !slices.Equal(ids(page.Books), want) || page.Total != len(want) {
			t.Fatalf("search %q: %v of %d (%v), want %v", query, ids(page.Books), page.Total, err, want)
		}
	})
}
