package linear

import (
	"cmp"
	"math"
	"slices"

	"bookmarket/recommendations/engine/top"
)

const (
	// selectionPower p orders the candidates i for a regression by F_ij / G_ii^p; 0.5 would be
	// the cosine as far as i is concerned.
	selectionPower = 0.4
	// A group of more items than this proposes no candidates: it would be everybody.
	maxProposals = 1000
)

// A solver makes regressions one after the other; its memory is used again for each.
type solver struct {
	*gram

	m int

	together []float32 // by item: F_ij, what it has in common with the target
	touched  []int32   // the items of which that is not 0
	scale    []float32 // by item: G_ii^-p
	best     top.Best[candidate]
	place    []int32   // by item: its place in S, or -1
	members  [][]int32 // by reader, and behind them by group: which of S are in it, by their place
	rows     []int32   // of which that is not none
	a        []float32 // G_SS: the lower triangle, stride m
	right    []float32 // F_Sj
	factor   []float32 // of a with a ridge
}

// A candidate may be in a regression.
type candidate struct {
	item  int32
	score float32
}

// Worse reports whether a candidate comes after another.
func (c candidate) Worse(than candidate) bool {
	return c.score < than.score || c.score == than.score && c.item > than.item
}

func newSolver(g *gram, neighbours int) *solver {
	m := min(neighbours, len(g.diagonal))
	s := &solver{
		gram: g, m: m,
		together: make([]float32, len(g.diagonal)),
		scale:    make([]float32, len(g.diagonal)),
		place:    slices.Repeat([]int32{-1}, len(g.diagonal)),
		members:  make([][]int32, g.byRow.Rows()+len(g.groups)),
		a:        make([]float32, m*m),
		right:    make([]float32, m),
		factor:   make([]float32, m*m),
	}
	for item, d := range g.diagonal {
		if d > 0 {
			s.scale[item] = float32(math.Pow(float64(d), -selectionPower))
		}
	}
	return s
}

// prepare sets up the equations of item j and returns the items of its regression, ascending.
func (s *solver) prepare(j int32) (items []int32) {
	s.count(j)
	chosen := s.choose(j)
	n := len(chosen)
	items, s.right = make([]int32, n), s.right[:n]
	for i, c := range chosen {
		items[i], s.right[i] = c.item, s.together[c.item]
		s.place[c.item] = int32(i)
	}
	for _, item := range s.touched {
		s.together[item] = 0
	}
	clear(s.a[:n*s.m])
	s.addHeads(items)
	s.addReaders(items)
	s.addGroups(j, items, s.right)
	for _, item := range items {
		s.place[item] = -1
	}
	return items
}

// solve returns the weights of the items that were prepared.
func (s *solver) solve(ridge float64) []float32 {
	n := len(s.right)
	copy(s.factor, s.a[:n*s.m])
	for i := range n {
		s.factor[i*s.m+i] += float32(ridge * s.unit)
	}
	weights := slices.Clone(s.right)
	if !cholesky(s.factor, n, s.m) {
		clear(weights) // as good as equal items and no ridge: nothing can be said
		return weights
	}
	solve(s.factor, n, s.m, weights)
	return weights
}

// count sets together to what item j has in common with others; of the groups those count that
// are not too big.
func (s *solver) count(j int32) {
	s.touched = s.touched[:0]
	add := func(items []int32, w float32) {
		for _, item := range items {
			if s.together[item] == 0 {
				s.touched = append(s.touched, item)
			}
			s.together[item] += w
		}
	}
	liked := s.byItem.Values(int(j))
	for k, reader := range s.byItem.Row(int(j)) {
		w := s.weight[reader]
		if liked != nil {
			w *= liked[k]
		}
		if w > 0 {
			add(s.byRow.Row(int(reader)), w)
		}
	}
	for _, group := range s.inGroup.Row(int(j)) {
		if g := s.groups[group]; len(g.Items) <= maxProposals {
			add(g.Items, g.Weight)
		}
	}
}

// choose returns the m best candidates for item j by ascending item. Of equal ones it takes
// those with the smaller numbers.
func (s *solver) choose(j int32) []candidate {
	s.best.Begin(s.m)
	for _, item := range s.touched {
		if item != j {
			s.best.Offer(candidate{item, s.together[item] * s.scale[item]})
		}
	}
	list := s.best.Sorted()
	slices.SortFunc(list, func(a, b candidate) int { return cmp.Compare(a.item, b.item) })
	return list
}

// addHeads adds to a what heads have in common with each other by readers.
func (s *solver) addHeads(items []int32) {
	for i, item := range items {
		row := s.heads[item]
		if row < 0 {
			continue
		}
		line := s.head[int(row)*s.stride:]
		for k, other := range items[:i+1] {
			if column := s.heads[other]; column >= 0 {
				s.a[i*s.m+k] += line[column]
			}
		}
	}
}

// addReaders adds to a what any other pair has in common by readers: each of them has read an
// item that is no head.
func (s *solver) addReaders(items []int32) {
	s.rows = s.rows[:0]
	heads := false
	for i, item := range items {
		if s.heads[item] >= 0 {
			heads = true
			continue
		}
		for _, reader := range s.byItem.Row(int(item)) {
			s.join(reader, i)
		}
	}
	for _, reader := range s.rows {
		members, w := s.members[reader], s.weight[reader]
		s.addPairs(members, w)
		if heads {
			for _, head := range s.byHead.Row(int(reader)) {
				if at := s.place[head]; at >= 0 {
					s.addToAll(at, members, w)
				}
			}
		}
		s.members[reader] = members[:0]
	}
}

// addGroups adds to a, and to the right side, what groups say. Those that were counted already
// are in the right side.
func (s *solver) addGroups(j int32, items []int32, right []float32) {
	s.rows = s.rows[:0]
	for i, item := range items {
		for _, group := range s.inGroup.Row(int(item)) {
			s.join(int32(s.byRow.Rows())+group, i) //nolint:gosec // readers and groups fit int32
		}
	}
	for _, row := range s.rows {
		s.addPairs(s.members[row], s.groups[int(row)-s.byRow.Rows()].Weight)
	}
	for _, group := range s.inGroup.Row(int(j)) {
		if g := s.groups[group]; len(g.Items) > maxProposals {
			for _, i := range s.members[s.byRow.Rows()+int(group)] {
				right[i] += g.Weight
			}
		}
	}
	for _, row := range s.rows {
		s.members[row] = s.members[row][:0]
	}
}

// join notes that place i of S is in a row.
func (s *solver) join(row int32, i int) {
	if len(s.members[row]) == 0 {
		s.rows = append(s.rows, row)
	}
	s.members[row] = append(s.members[row], int32(i)) //nolint:gosec // below m
}

// addPairs adds a weight to a for each pair of members, which are ascending.
func (s *solver) addPairs(members []int32, w float32) {
	for x, i := range members {
		line := s.a[int(i)*s.m:]
		for _, k := range members[:x+1] {
			line[k] += w
		}
	}
}

// addToAll adds a weight to a for each pair of a member and one place that is not among them.
func (s *solver) addToAll(at int32, members []int32, w float32) {
	for _, i := range members {
		row, column := max(at, i), min(at, i)
		s.a[int(row)*s.m+int(column)] += w
	}
}
