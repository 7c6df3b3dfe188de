package rank

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"bookmarket/recommendations/engine/matrix"
)

// layer returns a matrix of the given rows: each is items and what the row's item adds to them.
func layer(t require, items int, rows ...map[int32]float32) *matrix.Sparse {
	var entries []matrix.Entry
	for i, row := range rows {
		for item, value := range row {
			entries = append(entries, matrix.Entry{Row: int32(i), Column: item, Value: value})
		}
	}
	m, err := matrix.New(len(rows), items, entries)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

type require interface{ Fatal(args ...any) }

// small has five items. Who knows 0 is recommended 1 most, and 2; 1 and 2 are near to each other;
// item 4 speaks for nothing, and only the second layer knows 3's neighbour.
func small(t require) *Model {
	return &Model{
		Layers: []*matrix.Sparse{
			layer(t, 5, map[int32]float32{1: 0.5, 2: 0.4, 3: 0.1}, map[int32]float32{0: 0.5, 2: 0.3}, map[int32]float32{0: 0.4, 1: 0.3}),
			layer(t, 5, nil, nil, nil, map[int32]float32{4: 0.25}),
		},
		Prior: []float32{0.05, 0.01, 0.02, 0.03, 0.04},
	}
}

func items(results []Scored) (list []int32) {
	for _, r := range results {
		list = append(list, r.Item)
	}
	return list
}

func TestRank(t *testing.T) {
	onlySmall := []int32{0, 0, -1, -1, 1} // groups: 0 and 1 are of one, 4 is alone, the others of none
	tests := []struct {
		name  string
		query Query
		want  []int32
	}{
		{"nobody is known", Query{N: 5}, []int32{0, 4, 3, 2, 1}},
		// 0: .05, 1: .01+.5, 2: .02+.4, 3: .03+.1, 4: .04
		{"by one item", Query{History: []Signal{{0, 1}}, N: 3}, []int32{1, 2, 3}},
		{"by a little of it", Query{History: []Signal{{0, 0.01}}, N: 3}, []int32{0, 4, 3}},
		// 0: .05+.5, 1: .01, 2: .02+.3, 3: .03, 4: .04+.25
		{"by two layers", Query{History: []Signal{{1, 1}, {3, 1}}, N: 3}, []int32{0, 2, 4}},
		{"of a few", Query{History: []Signal{{0, 1}}, Among: []int32{2, 3, 4}, N: 2}, []int32{2, 3}},
		{"without some", Query{History: []Signal{{0, 1}}, Exclude: []int32{0, 1, 1}, N: 9}, []int32{2, 3, 4}},
		{"of none", Query{Among: []int32{}, N: 3}, nil},
		{"none", Query{N: 0}, nil},
		{"of none that are left", Query{Among: []int32{2}, Exclude: []int32{2}, N: 3}, nil},
		// First 1. Then 2, which is .6 near to 1: .5·.42/.51 − .5·.6 = .11; and 3, .5·.13/.51 = .13.
		{"unlike each other", Query{History: []Signal{{0, 1}}, Among: []int32{1, 2, 3}, N: 3, Diversity: 0.5}, []int32{1, 3, 2}},
		{"a little unlike each other", Query{History: []Signal{{0, 1}}, Among: []int32{1, 2, 3}, N: 3, Diversity: 0.1}, []int32{1, 2, 3}},
		{"one of each group", Query{N: 3, Diversity: 0.01, Caps: []Cap{{onlySmall, 1}}}, []int32{0, 4, 3}},
		{"a group more than once where nothing is left", Query{N: 5, Diversity: 0.01, Caps: []Cap{{onlySmall, 1}}}, []int32{0, 4, 3, 2, 1}},
		{"one of each group, which comes first", Query{Among: []int32{0, 1, 2}, N: 3, Diversity: 0.01, Caps: []Cap{{[]int32{3, 3, 3, 3, 3}, 2}}}, []int32{0, 2, 1}},
		{"pure relevance knows no caps", Query{Among: []int32{0, 1}, N: 2, Caps: []Cap{{onlySmall, 1}}}, []int32{0, 1}},
	}
	r := NewRanker(small(t)) // one for all: nothing may be left of the query before
	for range 2 {
		for _, tt := range tests {
			if got := items(r.Rank(tt.query, nil)); !slices.Equal(got, tt.want) {
				t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
			}
		}
	}
}

func TestExplain(t *testing.T) {
	m := small(t)
	history := []Signal{{2, 1}, {0, 2}, {3, 1}}
	parts, prior := m.Explain(history, 1)
	want := []Part{{0, 0, 1}, {2, 0, float64(float32(0.3))}}
	if !slices.Equal(parts, want) || prior != float64(float32(0.01)) {
		t.Errorf("got %v and %v, want %v", parts, prior, want)
	}
	parts, _ = m.Explain(history, 4)
	if want := []Part{{3, 1, 0.25}}; !slices.Equal(parts, want) {
		t.Errorf("got %v, want %v", parts, want)
	}
}

// Both ways to give a history are one.
func TestScoreItems(t *testing.T) {
	m := small(t)
	got, want := make([]float32, 5), make([]float32, 5)
	m.Score([]Signal{{0, 0.5}, {3, 1}}, want)
	m.ScoreItems([]int32{0, 3}, []float32{0.5, 1}, got)
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	m.Score([]Signal{{0, 1}, {3, 1}}, want)
	m.ScoreItems([]int32{0, 3}, nil, got)
	if !slices.Equal(got, want) {
		t.Errorf("without weights got %v, want %v", got, want)
	}
}

// drawn is a model with its history, of any shape.
func drawn(t *rapid.T) (*Model, Query) {
	n := rapid.IntRange(1, 30).Draw(t, "items")
	item := rapid.Int32Range(0, int32(n-1)) //nolint:gosec // few
	m := &Model{Prior: make([]float32, n)}
	for i := range m.Prior {
		m.Prior[i] = rapid.SampledFrom([]float32{0, 0.125, 0.25, 0.5}).Draw(t, "prior") // many ties
	}
	for range rapid.IntRange(0, 2).Draw(t, "layers") {
		rows := make([]map[int32]float32, rapid.IntRange(0, n).Draw(t, "rows"))
		for i := range rows {
			rows[i] = rapid.MapOfN(item, rapid.Float32Range(-1, 2), 0, 5).Draw(t, "row")
		}
		m.Layers = append(m.Layers, layer(t, n, rows...))
	}
	q := Query{
		N:         rapid.IntRange(1, 40).Draw(t, "N"),
		Exclude:   rapid.SliceOfN(item, 0, 10).Draw(t, "exclude"),
		Diversity: rapid.SampledFrom([]float32{0, 0, 0.1, 0.5, 1}).Draw(t, "diversity"),
	}
	for _, i := range rapid.SliceOfNDistinct(item, 0, min(5, n), rapid.ID).Draw(t, "history") {
		q.History = append(q.History, Signal{i, rapid.Float32Range(0, 2).Draw(t, "weight")})
	}
	if rapid.Bool().Draw(t, "among") {
		q.Among = rapid.SliceOfNDistinct(item, 0, n, rapid.ID).Draw(t, "among")
		slices.Sort(q.Among)
	}
	if rapid.Bool().Draw(t, "caps") {
		group := make([]int32, n)
		for i := range group {
			group[i] = rapid.Int32Range(-1, 3).Draw(t, "group")
		}
		q.Caps = []Cap{{group, rapid.IntRange(1, 3).Draw(t, "most")}}
	}
	return m, q
}

// The best of all by sorting all, with the items that may be returned, in order.
func reference(m *Model, q Query) []Scored {
	scores := make([]float32, m.Items())
	m.Score(q.History, scores)
	var all []Scored
	for i, score := range scores {
		item := int32(i)
		if (q.Among == nil || slices.Contains(q.Among, item)) && !slices.Contains(q.Exclude, item) {
			all = append(all, Scored{item, score})
		}
	}
	slices.SortStableFunc(all, func(a, b Scored) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return 0
	})
	return all
}

func TestRankProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, q := drawn(t)
		r := NewRanker(m)
		r.Rank(Query{N: 3, Diversity: 1}, nil) // leaves nothing behind
		got, all := r.Rank(q, nil), reference(m, q)
		if len(got) != min(q.N, len(all)) {
			t.Fatalf("got %d items of %d, asked for %d", len(got), len(all), q.N)
		}
		if q.Diversity == 0 && !slices.Equal(got, all[:len(got)]) {
			t.Fatalf("got %v, want %v", got, all[:len(got)])
		}
		for i, result := range got {
			if !slices.Contains(all, result) {
				t.Fatalf("%v may not be returned, or has another score", result)
			}
			if slices.ContainsFunc(got[:i], func(s Scored) bool { return s.Item == result.Item }) {
				t.Fatalf("item %d is returned twice", result.Item)
			}
		}
		for _, near := range r.near {
			if near != 0 {
				t.Fatal("the ranker remembers what it chose")
			}
		}
		if again := r.Rank(q, nil); !slices.Equal(again, got) {
			t.Fatalf("asked again: %v, before %v", again, got)
		}
	})
}

// No group has more than its cap as long as there are others in the pool.
func TestCaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, q := drawn(t)
		if q.Caps == nil || q.Diversity == 0 {
			t.Skip("asks for no caps")
		}
		got, all := NewRanker(m).Rank(q, nil), reference(m, q)
		limit := q.Caps[0]
		count := make(map[int32]int)
		for n, result := range got {
			group := limit.Group[result.Item]
			count[group]++
			if group < 0 || count[group] <= limit.Most {
				continue
			}
			for _, other := range all {
				g := limit.Group[other.Item]
				chosen := slices.ContainsFunc(got[:n], func(s Scored) bool { return s.Item == other.Item })
				if !chosen && (g < 0 || count[g] < limit.Most) {
					t.Fatalf("%v is beyond the cap, and there is item %d", result, other.Item)
				}
			}
		}
	})
}

// What a score is made of adds up to it.
func TestPartsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, q := drawn(t)
		for _, result := range NewRanker(m).Rank(q, nil) {
			parts, sum := m.Explain(q.History, result.Item)
			for _, part := range parts {
				sum += part.Score
			}
			if math.Abs(sum-float64(result.Score)) > 1e-5 {
				t.Fatalf("item %d has a score of %v, its parts %v add up to %v", result.Item, result.Score, parts, sum)
			}
		}
	})
}

// However many items there are, an answer allocates nothing but its results.
func TestRankAllocatesNothing(t *testing.T) {
	m, q := benchmarkModel(20_000), Query{History: benchmarkHistory(50), N: 10, Diversity: 0.2}
	r := NewRanker(m)
	results := r.Rank(q, nil)
	if n := testing.AllocsPerRun(20, func() { results = r.Rank(q, results[:0]) }); n > 0 {
		t.Errorf("an answer allocates %v times", n)
	}
}
