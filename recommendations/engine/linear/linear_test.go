package linear

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"bookmarket/recommendations/engine/matrix"
	"bookmarket/recommendations/engine/parallel"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func quiet(int, int) {}

// sparse returns a matrix of rows of columns.
func sparse(columns int, rows ...[]int32) *matrix.Sparse {
	m := &matrix.Sparse{Columns: columns, Start: []int{0}}
	for _, row := range rows {
		m.Column = append(m.Column, row...)
		m.Start = append(m.Start, len(m.Column))
	}
	return m
}

// dense returns the weights that i has for j as a square.
func dense(m *matrix.Sparse) [][]float64 {
	d := make([][]float64, m.Rows())
	for i := range d {
		d[i] = make([]float64, m.Columns)
		for k, j := range m.Row(i) {
			d[i][j] = float64(m.Values(i)[k])
		}
	}
	return d
}

func fit(t interface{ Fatal(args ...any) }, data Data, p Params) *Regressions {
	r, err := Fit(context.Background(), data, p, Options{parallel.Workers{N: 2}, quiet})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func near(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance }

// Two readers know 0 and 1, a third 0 alone, all three as good as each other: w = 2^(-1/4) for
// the first two, 1 for the third. G = [2w+1, 2w; 2w, 2w], and the mean weight of the entries is
// u = (4w+1)/5. With λ = 1/2: b_01 = 2w/(2w+1+u/2) predicts 1 from 0, and b_10 = 2w/(2w+u/2)
// predicts 0 from 1.
func TestByHand(t *testing.T) {
	data := Data{Readers: sparse(2, []int32{0, 1}, []int32{0, 1}, []int32{0})}
	got := dense(fit(t, data, Params{Neighbours: 5, Ridge: 0.5}).weights)
	w := math.Pow(2, -0.25)
	u := (4*w + 1) / 5
	want := [][]float64{{0, 2 * w / (2*w + 1 + u/2)}, {2 * w / (2*w + u/2), 0}}
	for i := range want {
		for j := range want[i] {
			if !near(got[i][j], want[i][j], 1e-6) {
				t.Errorf("B[%d][%d] is %v, want %v", i, j, got[i][j], want[i][j])
			}
		}
	}
}

// d = 3, 2; d̄ = 13/5; q = 2, p = 1, c = -1, β = 0.3. Each item has but one weight b: with ν = 1/2
// its norm takes one power of it away.
func TestScaling(t *testing.T) {
	data := Data{Readers: sparse(2, []int32{0, 1}, []int32{0, 1}, []int32{0})}
	r := fit(t, data, Params{Neighbours: 5, Ridge: 0.5})
	before := dense(r.weights)
	weights, prior := r.Model(Scaling{Power: 2, Source: 1, Target: -1, Prior: 0.3})
	got := dense(weights)
	if want := before[0][1] * before[0][1] * 3 / 2; !near(got[0][1], want, 1e-6) {
		t.Errorf("0 adds %v to 1, want %v", got[0][1], want)
	}
	if want := before[1][0] * before[1][0] * 2 / 3; !near(got[1][0], want, 1e-6) {
		t.Errorf("1 adds %v to 0, want %v", got[1][0], want)
	}
	normed, _ := r.Model(Scaling{Power: 2, Source: 1, Target: -1, Norm: 0.5})
	if got, want := dense(normed), before[0][1]*3/2; !near(got[0][1], want, 1e-6) {
		t.Errorf("with the norm 0 adds %v to 1, want %v", got[0][1], want)
	}
	if !near(float64(prior[0]), 0.3, 1e-6) || !near(float64(prior[1]), 0.2, 1e-6) {
		t.Errorf("the prior is %v", prior)
	}
}

// drawn is data of any shape; with everybody, one reader knows everything.
func drawn(t *rapid.T, everybody bool) Data {
	n := rapid.IntRange(2, 12).Draw(t, "items")
	var rows [][]int32
	if everybody {
		rows = append(rows, slices.Collect(func(yield func(int32) bool) {
			for i := 0; i < n && yield(int32(i)); i++ {
				continue
			}
		}))
	}
	row := rapid.Custom(func(t *rapid.T) []int32 {
		items := rapid.SliceOfNDistinct(rapid.Int32Range(0, int32(n-1)), 0, n, rapid.ID).Draw(t, "items of a row") //nolint:gosec // few
		slices.Sort(items)
		return items
	})
	rows = append(rows, rapid.SliceOfN(row, 1, 30).Draw(t, "readers")...)
	data := Data{Readers: sparse(n, rows...)}
	if rapid.Bool().Draw(t, "with values") {
		data.Readers.Value = rapid.SliceOfN(rapid.SampledFrom([]float32{0, 0.25, 1}), len(data.Readers.Column), len(data.Readers.Column)).Draw(t, "values")
		if everybody { // who likes everything, too
			for i := range n {
				data.Readers.Value[i] = 1
			}
		}
	}
	for _, items := range rapid.SliceOfN(row, 0, 3).Draw(t, "groups") {
		data.Groups = append(data.Groups, Group{items, rapid.Float32Range(0.1, 2).Draw(t, "weight")})
	}
	return data
}

// gramOf is G and F, the long way, and the mean weight of readers.
func gramOf(data Data) (g, f [][]float64, unit float64) {
	n := data.Readers.Columns
	g, f = square(n), square(n)
	add := func(items []int32, liked []float32, w float64) {
		for _, i := range items {
			for k, j := range items {
				g[i][j] += w
				if liked == nil {
					f[i][j] += w
				} else {
					f[i][j] += w * float64(liked[k])
				}
			}
		}
	}
	entries := 0.0
	for r := range data.Readers.Rows() {
		items := data.Readers.Row(r)
		if len(items) == 0 {
			continue
		}
		w := math.Pow(float64(len(items)), -0.25)
		add(items, data.Readers.Values(r), w)
		unit, entries = unit+w*float64(len(items)), entries+float64(len(items))
	}
	for _, group := range data.Groups {
		add(group.Items, nil, float64(group.Weight))
	}
	return g, f, unit / max(entries, 1)
}

func square(n int) [][]float64 {
	m := make([][]float64, n)
	for i := range m {
		m[i] = make([]float64, n)
	}
	return m
}

// ease is the closed form: P = (G+λI)⁻¹, B_ij = −P_ij/P_jj, by elimination (Gauss and Jordan).
func ease(g [][]float64, ridge float64) [][]float64 {
	n := len(g)
	p := make([][]float64, n)
	for i := range g {
		p[i] = append(slices.Clone(g[i]), make([]float64, n)...)
		p[i][i] += ridge
		p[i][n+i] = 1
	}
	for c := range n { // positive definite: no pivoting
		pivot := p[c][c]
		for k := range p[c] {
			p[c][k] /= pivot
		}
		for i := range n {
			if f := p[i][c]; i != c {
				for k := range p[i] {
					p[i][k] -= f * p[c][k]
				}
			}
		}
	}
	b := make([][]float64, n)
	for i := range b {
		b[i] = make([]float64, n)
		for j := range b[i] {
			if i != j {
				b[i][j] = -p[i][n+j] / p[j][n+j]
			}
		}
	}
	return b
}

// solved returns the weights of all items, also those that are not above 0.
func solved(t *rapid.T, data Data, p Params) [][]float64 {
	g, err := newGram(context.Background(), data, parallel.Workers{N: 2}, 10)
	if err != nil {
		t.Fatal(err)
	}
	s := newSolver(g, p.Neighbours)
	b := make([][]float64, len(g.diagonal))
	for i := range b {
		b[i] = make([]float64, len(b))
	}
	for j := range b {
		items := s.prepare(int32(j))
		weights := s.solve(p.Ridge)
		for k, i := range items {
			b[i][j] = float64(weights[k])
		}
	}
	return b
}

// With all other items as neighbours, and everything liked, the regressions are EASE.
func TestAgreesWithEASE(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		data := drawn(t, true)
		data.Readers.Value = nil
		ridge := rapid.Float64Range(0.5, 20).Draw(t, "ridge")
		g, _, unit := gramOf(data)
		got, want := solved(t, data, Params{Neighbours: len(g) - 1, Ridge: ridge}), ease(g, ridge*unit)
		for i := range want {
			for j := range want[i] {
				if !near(got[i][j], want[i][j], 1e-4) {
					t.Fatalf("B[%d][%d] is %v, and %v by EASE", i, j, got[i][j], want[i][j])
				}
			}
		}
	})
}

// What was not liked as much is predicted less: the weights solve (G_SS + λI)·b = F_Sj.
func TestSolvesForWhatIsLiked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		data := drawn(t, true)
		ridge := rapid.Float64Range(0.5, 20).Draw(t, "ridge")
		g, f, unit := gramOf(data)
		b := solved(t, data, Params{Neighbours: len(g) - 1, Ridge: ridge})
		for j := range b {
			for i := range b {
				if i == j {
					continue
				}
				left := ridge * unit * b[i][j]
				for k := range b {
					if k != j {
						left += g[i][k] * b[k][j]
					}
				}
				if !near(left, f[i][j], 1e-3) {
					t.Fatalf("equation %d of item %d: %v, want %v", i, j, left, f[i][j])
				}
			}
		}
	})
}

// However sums are kept, they are those of G.
func TestHeads(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		data := drawn(t, false)
		want, _, _ := gramOf(data)
		n := len(want)
		g, err := newGram(context.Background(), data, parallel.Workers{N: 2}, rapid.IntRange(1, 10).Draw(t, "readers of a head"))
		if err != nil {
			t.Fatal(err)
		}
		s := newSolver(g, n)
		items := rapid.SliceOfNDistinct(rapid.Int32Range(0, int32(n-1)), 1, n, rapid.ID).Draw(t, "S") //nolint:gosec // few
		slices.Sort(items)
		for range 2 { // nothing may be left of the time before
			for i, item := range items {
				s.place[item] = int32(i)
			}
			clear(s.a)
			s.addHeads(items)
			s.addReaders(items)
			s.addGroups(items[0], items, make([]float32, len(items)))
		}
		for i, a := range items {
			for k, b := range items[:i+1] {
				if got := s.a[i*s.m+k]; !near(float64(got), want[a][b], 1e-4) {
					t.Fatalf("G[%d][%d] is %v, want %v", a, b, got, want[a][b])
				}
			}
		}
	})
}

func TestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		data := drawn(t, false)
		p := Params{Neighbours: rapid.IntRange(1, 12).Draw(t, "m"), Ridge: rapid.Float64Range(0.5, 20).Draw(t, "ridge")}
		r := fit(t, data, p)
		into := make([]int, data.Readers.Columns)
		for i := range r.weights.Rows() {
			items := r.weights.Row(i)
			if slices.Contains(items, int32(i)) {
				t.Fatalf("item %d speaks for itself", i)
			}
			if !slices.IsSorted(items) {
				t.Fatalf("row %d is not ascending: %v", i, items)
			}
			for _, j := range items {
				into[j]++
			}
		}
		if most := slices.Max(into); most > p.Neighbours {
			t.Fatalf("%d items speak for one, %d may", most, p.Neighbours)
		}
		if again := fit(t, data, p); !slices.Equal(again.weights.Column, r.weights.Column) || !slices.Equal(again.weights.Value, r.weights.Value) {
			t.Fatal("the same data gave another model")
		}
		weights, _ := r.Model(Scaling{Power: 1.15})
		if len(weights.Value) > 0 && slices.Min(weights.Value) <= 0 {
			t.Fatal("a weight of the model is not above 0")
		}
	})
}

// Several ridges at once are the same as each alone.
func TestRidges(t *testing.T) {
	data, ridges := random(500, 60), []float64{1, 30, 5}
	all, err := FitRidges(t.Context(), data, 20, ridges, Options{parallel.Workers{N: 2}, quiet})
	if err != nil {
		t.Fatal(err)
	}
	for i, ridge := range ridges {
		one := fit(t, data, Params{Neighbours: 20, Ridge: ridge})
		if !slices.Equal(all[i].weights.Value, one.weights.Value) || !slices.Equal(all[i].weights.Column, one.weights.Column) {
			t.Errorf("with ridge %v and others it is another model", ridge)
		}
	}
}

// In whatever order readers come, the weights are the same.
func TestOrderOfReaders(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		data := drawn(t, true)
		data.Readers.Value = nil
		var rows [][]int32
		for i := range data.Readers.Rows() {
			rows = append(rows, data.Readers.Row(i))
		}
		shuffled := Data{Readers: sparse(data.Readers.Columns, rapid.Permutation(rows).Draw(t, "order")...), Groups: data.Groups}
		p := Params{Neighbours: 100, Ridge: 3}
		a, b := dense(fit(t, data, p).weights), dense(fit(t, shuffled, p).weights)
		for i := range a {
			for j := range a[i] {
				if !near(a[i][j], b[i][j], 1e-4) {
					t.Fatalf("B[%d][%d] is %v, and %v for readers in another order", i, j, a[i][j], b[i][j])
				}
			}
		}
	})
}

// random is data with some popular items, so that there are heads.
func random(readers, items int) Data {
	r := rand.New(rand.NewPCG(1, 2))
	rows := make([][]int32, readers)
	for i := range rows {
		for range 5 + r.IntN(30) {
			rows[i] = append(rows[i], int32(float64(items)*math.Pow(r.Float64(), 3)))
		}
		slices.Sort(rows[i])
		rows[i] = slices.Compact(rows[i])
	}
	return Data{Readers: sparse(items, rows...)}
}

func TestWorkersMakeNoDifference(t *testing.T) {
	data, p := random(3000, 300), Params{Neighbours: 40, Ridge: 10}
	var first *Regressions
	for _, workers := range []int{1, 8} {
		r, err := Fit(t.Context(), data, p, Options{parallel.Workers{N: workers}, quiet})
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = r
		}
		if !slices.Equal(r.weights.Column, first.weights.Column) || !slices.Equal(r.weights.Value, first.weights.Value) {
			t.Errorf("%d workers make another model than one", workers)
		}
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	_, err := Fit(ctx, random(2000, 300), Params{Neighbours: 40, Ridge: 10}, Options{parallel.Workers{N: 2}, func(done, _ int) {
		if done == 10 {
			cancel()
		}
		if done > 10+2 {
			t.Error("it goes on")
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestProgress(t *testing.T) {
	last := 0
	if _, err := Fit(t.Context(), random(100, 50), Params{Neighbours: 10, Ridge: 10}, Options{parallel.Workers{N: 2}, func(done, items int) {
		if done != last+1 || items != 50 {
			t.Errorf("after %d came %d of %d", last, done, items)
		}
		last = done
	}}); err != nil || last != 50 {
		t.Errorf("ended at %d: %v", last, err)
	}
}

// What nobody has read says nothing, unless it is in a group.
func TestItemsWithoutReaders(t *testing.T) {
	data := Data{Readers: sparse(4, []int32{0, 1}, []int32{0, 1}), Groups: []Group{{[]int32{1, 2}, 0.5}}}
	b := dense(fit(t, data, Params{Neighbours: 3, Ridge: 1}).weights)
	if b[1][2] <= 0 || b[2][1] <= 0 {
		t.Errorf("an author's new book is near to none: %v", b)
	}
	if slices.Max(b[3]) > 0 {
		t.Errorf("a book of which nothing is known is near to some: %v", b)
	}
	if _, err := Fit(t.Context(), Data{Readers: sparse(3)}, Params{Neighbours: 3, Ridge: 1}, Options{parallel.Workers{N: 2}, quiet}); err != nil {
		t.Errorf("without readers: %v", err)
	}
}

// Before anybody has read anything books are near to what is like them, and no nearer than the
// ridge allows: b = G_01 / (G_11 + λ), of a unit of 1.
func TestNoReaders(t *testing.T) {
	data := Data{Readers: sparse(4), Groups: []Group{{[]int32{0, 1}, 0.5}, {[]int32{1, 2}, 0.25}}}
	got := dense(fit(t, data, Params{Neighbours: 1, Ridge: 2}).weights)
	if want := 0.5 / (0.5 + 0.25 + 2); !near(got[1][0], want, 1e-6) {
		t.Errorf("B[1][0] is %v, want %v", got[1][0], want)
	}
}

// A group that proposes nothing, because it is nearly everything, still counts: in G_00 and G_01
// of b = G_01 / (G_00 + λu).
func TestBigGroup(t *testing.T) {
	big := Group{Weight: 0.5}
	for i := range int32(maxProposals + 1) {
		big.Items = append(big.Items, i)
	}
	data := Data{Readers: sparse(len(big.Items), []int32{0, 1}), Groups: []Group{big}}
	got := dense(fit(t, data, Params{Neighbours: 1, Ridge: 1}).weights)
	w := math.Pow(2, -0.25)
	if want := (w + 0.5) / (w + 0.5 + w); !near(got[0][1], want, 1e-6) {
		t.Errorf("B[0][1] is %v, want %v", got[0][1], want)
	}
	if slices.Max(got[2]) > 0 {
		t.Error("a group of nearly everything proposes items")
	}
}

// Of items that are equal the first are taken.
func TestTies(t *testing.T) {
	data := Data{Readers: sparse(4, []int32{0, 3}, []int32{1, 3}, []int32{2, 3})}
	b := dense(fit(t, data, Params{Neighbours: 1, Ridge: 1}).weights)
	if b[0][3] == 0 || b[1][3] != 0 || b[2][3] != 0 {
		t.Errorf("item 3 is explained by %v, %v and %v", b[0][3], b[1][3], b[2][3])
	}
}
