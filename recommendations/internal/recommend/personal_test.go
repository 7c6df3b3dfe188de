package recommend

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"bookmarket/recommendations/engine/matrix"
	"bookmarket/recommendations/engine/snapshot"
)

// learned returns a model of these books in which each adds weights to others, by their ids.
func learned(t interface{ Fatal(args ...any) }, ids []int64, weights map[int64]map[int64]float32) *Learned {
	item := func(id int64) int32 { return int32(slices.Index(ids, id)) } //nolint:gosec // few
	var entries []matrix.Entry
	for from, row := range weights {
		for to, weight := range row {
			entries = append(entries, matrix.Entry{Row: item(from), Column: item(to), Value: weight})
		}
	}
	b, err := matrix.New(len(ids), len(ids), entries)
	if err != nil {
		t.Fatal(err)
	}
	return &Learned{Version: 3, Snapshot: &snapshot.Snapshot{Items: ids, Prior: make([]float32, len(ids)), Weights: b}}
}

// personally returns a recommender that has learned something of the six books.
func personally(t *testing.T, readers Readers, sources *[]Source) *Recommender {
	t.Helper()
	books := sixBooks()
	p, err := NewPersonal(books, learned(t, []int64{1, 2, 3, 4, 5, 6, 99}, map[int64]map[int64]float32{
		1:  {2: 0.1, 4: 0.5, 6: 0.4},
		5:  {2: 0.2, 3: 0.4, 99: 0.9},
		99: {1: 0.3},
	}))
	if err != nil {
		t.Fatal(err)
	}
	m := NewModel(books, p, nil, today)
	return New(func() *Model { return m }, readers, func(s Source) {
		if sources != nil {
			*sources = append(*sources, s)
		}
	})
}

// because writes a list as "4(1:0.5) 3": ids, and the books they are recommended for.
func because(list List) (text string) {
	for _, r := range list.Recommendations {
		text += fmt.Sprint(" ", r.Book.ID)
		for _, c := range r.Because {
			text += fmt.Sprintf("(%d:%.2f)", c.BookID, c.Score)
		}
	}
	return text[min(1, len(text)):]
}

func TestPersonal(t *testing.T) {
	readers := fakeReaders{events: map[int64][]Activity{
		1: {{BookID: 1, Kind: Purchase}},
		2: {{BookID: 1, Kind: Rating, Rating: 5}, {BookID: 5, Kind: Want}},
		3: {{BookID: 1, Kind: Rating, Rating: 1}},
		7: {{BookID: 1, Kind: Rating, Rating: 2}, {BookID: 5, Kind: Rating, Rating: 3}, {BookID: 1, Kind: Purchase}, {BookID: 1, Kind: Rating, Rating: 5}},
		4: {{BookID: 1, Kind: View}, {BookID: 1, Kind: Want}, {BookID: 4, Kind: NotInterested}},
		5: {{BookID: 99, Kind: Purchase}},
		6: {{BookID: 1234, Kind: Purchase}},
		8: {{BookID: 1, Kind: View}, {BookID: 1, Kind: NotInterested}, {BookID: 1, Kind: Want}, {BookID: 5, Kind: Want}},
		9: {{BookID: 1, Kind: NotInterested}, {BookID: 1, Kind: Purchase}},
	}}
	tests := map[string]struct {
		request Request
		want    string
		source  Source
	}{
		"what was bought":                    {Request{UserID: 1, N: 3}, "4(1:0.50) 6(1:0.40) 2(1:0.10)", SourcePersonal},
		"two books":                          {Request{UserID: 2, N: 4}, "4(1:0.50) 6(1:0.40) 3(5:0.28) 2(5:0.14)(1:0.10)", SourcePersonal},
		"then popularity, and no gap":        {Request{UserID: 1, N: 9}, "4(1:0.50) 6(1:0.40) 2(1:0.10) 3 5", SourcePersonal},
		"of a category":                      {Request{UserID: 1, N: 2, Category: Mystery}, "4(1:0.50) 2(1:0.10)", SourcePersonal},
		"without some":                       {Request{UserID: 1, N: 2, Exclude: []int64{4, 77}}, "6(1:0.40) 2(1:0.10)", SourcePersonal},
		"nothing that was liked":             {Request{UserID: 3, N: 9}, "2 3 4 5 6", SourcePopular},
		"what was not liked is no reason":    {Request{UserID: 7, N: 4}, "3(5:0.20) 4 2(5:0.10) 6", SourcePersonal},
		"what was waved away is no reason":   {Request{UserID: 8, N: 2, Recent: []int64{1}}, "3(5:0.28) 2(5:0.14)", SourcePersonal},
		"unless it was bought":               {Request{UserID: 9, N: 1}, "4(1:0.50)", SourcePersonal},
		"the strongest of several":           {Request{UserID: 4, N: 1}, "6(1:0.28)", SourcePersonal},
		"a book that was sold out":           {Request{UserID: 5, N: 2}, "1(99:0.30) 2", SourcePersonal},
		"a book that nobody knows":           {Request{UserID: 6, N: 9}, "1 2 3 4 5 6", SourcePopular},
		"an anonymous reader who looks at 5": {Request{N: 2, Recent: []int64{5}}, "3(5:0.12) 2(5:0.06)", SourcePersonal},
		"an anonymous reader":                {Request{N: 9}, "1 2 3 4 5 6", SourcePopular},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var sources []Source
			got, err := personally(t, readers, &sources).Recommend(t.Context(), tt.request)
			if err != nil || because(got) != tt.want {
				t.Errorf("got %s, %v, want %s", because(got), err, tt.want)
			}
			if !slices.Equal(sources, []Source{tt.source}) {
				t.Errorf("made from %v, want %v", sources, tt.source)
			}
			for _, r := range got.Recommendations {
				want := ReasonPopular
				if len(r.Because) > 0 {
					want = ReasonBecauseYouLiked
				}
				if r.Reason != want {
					t.Errorf("book %d for reason %d, want %d", r.Book.ID, r.Reason, want)
				}
			}
		})
	}
}

// However much a reader did, the latest books are scored by, and everything is left out.
func TestLongHistory(t *testing.T) {
	const books = maxSignals + 10
	p, err := NewPersonal(manyBooks(books), learned(t, []int64{1}, nil))
	if err != nil {
		t.Fatal(err)
	}
	var events []Activity
	for id := int64(1); id < books; id++ {
		events = append(events, Activity{BookID: id, Kind: Purchase})
	}
	history := NewHistory(events)
	s := p.signals(history, []int64{books})
	if len(s.list) != maxSignals {
		t.Fatalf("%d books are scored by, want %d", len(s.list), maxSignals)
	}
	for _, signal := range s.list {
		if id := p.ids[signal.Item]; id >= maxSignals && id != books {
			t.Errorf("book %d is scored by, which is not among the latest", id)
		}
	}
	if n := len(p.exclusions(history)); n != books-1 {
		t.Errorf("%d books are left out, want %d", n, books-1)
	}
}

// Where a history is lost an answer says so, also where what was looked at makes it personal.
func TestLostHistory(t *testing.T) {
	var sources []Source
	r := personally(t, fakeReaders{err: ErrUnavailable}, &sources)
	got, err := r.Recommend(t.Context(), Request{UserID: 1, N: 1, Recent: []int64{5}})
	if err != nil || because(got) != "3(5:0.12)" || !slices.Equal(sources, []Source{SourceFallback}) {
		t.Errorf("got %s, %v, made from %v", because(got), err, sources)
	}
}

// Book 1 adds .5 to 4, .4 to 6 and .1 to 2. Beside that 2 and 3 have its category alone, which is
// half of what they are, the other half a title: .17 of .35, the strength of a perfect
// resemblance, .7 of the median of the rows' maxima .3, .5 and .9. Book 4 has another category.
func TestPersonallySimilar(t *testing.T) {
	readers := fakeReaders{events: map[int64][]Activity{1: {{BookID: 4, Kind: Purchase}}}}
	r := personally(t, readers, nil)
	for name, tt := range map[string]struct {
		book, reader int64
		n            int
		want         string
	}{
		"the nearest":             {1, 0, 2, "4(1:0.63) 6(1:0.40)"},
		"all that are":            {1, 0, 9, "4(1:0.63) 6(1:0.40) 2(1:0.27) 3(1:0.17)"},
		"by what it is alone":     {6, 0, 9, "5(6:0.20) 4(6:0.17)"},
		"not what a reader knows": {1, 1, 9, "6(1:0.40) 2(1:0.27) 3(1:0.17)"},
	} {
		got, err := r.Similar(t.Context(), tt.book, tt.reader, tt.n)
		if err != nil || because(got) != tt.want {
			t.Errorf("%s: got %s, %v, want %s", name, because(got), err, tt.want)
		}
		if !slices.IsSortedFunc(got.Recommendations, func(a, b Recommendation) int { return cmp.Compare(b.Score, a.Score) }) {
			t.Errorf("%s: scores do not fall", name)
		}
	}
}

// A book that came after the training is near to what it resembles, both ways and at once.
func TestNewBooks(t *testing.T) {
	books := manyBooks(6)
	books = append(books, &Book{ID: 7, Title: "7", Authors: []string{"Author 1"}, Categories: books[0].Categories})
	readers := fakeReaders{events: map[int64][]Activity{
		1: {{BookID: 4, Kind: Purchase}},
		2: {{BookID: 7, Kind: Purchase}},
	}}
	p, err := NewPersonal(books, learned(t, []int64{1, 2, 3, 4, 5, 6}, map[int64]map[int64]float32{4: {1: 0.8}, 1: {2: 0.4}}))
	if err != nil {
		t.Fatal(err)
	}
	m := NewModel(books, p, nil, today)
	r := New(func() *Model { return m }, readers, func(Source) {})
	recommended, err := r.Recommend(t.Context(), Request{UserID: 1, N: 2})
	if err != nil || len(recommended.Recommendations) != 2 {
		t.Fatal(recommended, err)
	}
	if first := recommended.Recommendations[0]; first.Book.ID != 1 || first.Reason != ReasonBecauseYouLiked {
		t.Errorf("what readers of book 4 read comes first, got %+v", first)
	}
	if second := recommended.Recommendations[1]; second.Book.ID != 7 || second.Reason != ReasonSimilarContent || second.Because[0].BookID != 4 {
		t.Errorf("then the new book by its author, got %+v", second)
	}
	similar, err := r.Similar(t.Context(), 7, 0, 3)
	if err != nil {
		t.Fatal(err)
	}
	var ids []int64
	for _, r := range similar.Recommendations {
		ids = append(ids, r.Book.ID)
	}
	slices.Sort(ids)
	if !slices.Equal(ids, []int64{4, 5, 6}) {
		t.Errorf("like the new book are %v, want those by its author", ids)
	}
}

// The tutorial's clients get the best, whatever their order.
func TestPersonalSample(t *testing.T) {
	r := personally(t, fakeReaders{events: map[int64][]Activity{1: {{BookID: 1, Kind: Purchase}}}}, nil)
	backwards := func(n int) int { return n - 1 }
	for _, tt := range []struct {
		n    int
		may  func(*Book) bool
		want []int64 // in any order but the last
	}{
		{1, anyBook, []int64{4}},
		{2, anyBook, []int64{2, 4}},
		{9, anyBook, []int64{2, 3, 4, 1}},
		{1, func(book *Book) bool { return book.ID != 4 }, []int64{2}},
	} {
		books, err := r.Sample(t.Context(), 1, Mystery, tt.n, tt.may, backwards)
		if err != nil {
			t.Fatal(err)
		}
		var ids []int64
		for _, book := range books {
			ids = append(ids, book.ID)
		}
		slices.Sort(ids[:min(3, len(ids))])
		if !slices.Equal(ids, tt.want) {
			t.Errorf("%d: got %v, want %v", tt.n, ids, tt.want)
		}
	}
}

// Whatever a reader did and asks for, the answer has as many books as there are, none that it
// must not have, none twice, and what each of them is recommended for adds up to its score.
func TestPersonalProperties(t *testing.T) {
	ids := []int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	books := manyBooks(12) // two are new
	id := rapid.SampledFrom([]int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13})
	rapid.Check(t, func(t *rapid.T) {
		weights := rapid.MapOf(rapid.SampledFrom(ids), rapid.MapOf(rapid.SampledFrom(ids), rapid.Float32Range(0, 1))).Draw(t, "weights")
		p, err := NewPersonal(books, learned(t, ids, weights))
		if err != nil {
			t.Fatal(err)
		}
		m := NewModel(books, p, nil, today)
		var events []Activity
		for range rapid.IntRange(0, 6).Draw(t, "events") {
			e := Activity{BookID: id.Draw(t, "book"), Kind: Kind(rapid.Int8Range(int8(View), int8(NotInterested)).Draw(t, "kind"))}
			if e.Kind == Rating {
				e.Rating = rapid.IntRange(1, 5).Draw(t, "stars")
			}
			events = append(events, e)
		}
		req := Request{
			UserID: 1, N: rapid.IntRange(1, 15).Draw(t, "n"),
			Recent:    rapid.SliceOfN(id, 0, 3).Draw(t, "recent"),
			Exclude:   rapid.SliceOfN(id, 0, 3).Draw(t, "exclude"),
			Diversity: rapid.Float64Range(0, 1).Draw(t, "diversity"),
		}
		history := NewHistory(events)
		r := New(func() *Model { return m }, fakeReaders{events: map[int64][]Activity{1: events}}, func(Source) {})
		list, err := r.Recommend(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		left := 0
		for _, book := range books {
			if !history.Excludes(book.ID) && !slices.Contains(req.Exclude, book.ID) {
				left++
			}
		}
		if got := len(list.Recommendations); got != min(req.N, left) {
			t.Fatalf("got %d books of %d, asked for %d", got, left, req.N)
		}
		personal := p.signals(history, req.Recent) != nil
		seen := make(map[int64]bool)
		for _, r := range list.Recommendations {
			if id := r.Book.ID; seen[id] || history.Excludes(id) || slices.Contains(req.Exclude, id) {
				t.Fatalf("book %d must not be in %s", id, because(list))
			}
			seen[r.Book.ID] = true
			if !personal {
				continue
			}
			sum := r.Rest
			for _, c := range r.Because {
				sum += c.Score
			}
			if math.Abs(sum-r.Score) > 1e-5 {
				t.Fatalf("book %d has a score of %v, made of %v and popularity: %v", r.Book.ID, r.Score, r.Because, sum)
			}
		}
	})
}
