// Package linear learns an item-item model by ridge regression, item by item.
//
// For each item j it looks for weights b of other items by which the rows of the matrix X, which
// say what each reader knows, predict how much they like item j:
//
//	minimise ‖t_j − X_S·b‖²_W + λ‖b‖²,   b = (G_SS + λI)⁻¹ F_Sj,   G = XᵀWX,   F = XᵀWT
//
// where S are the m items that have most in common with j, j not among them, and W weighs a
// reader with n items by n^(-1/4), so that heavy readers count less. T says how much each reader
// liked what they know, from 0 to 1: what they did not like tells of their taste, too, but is
// nothing to recommend for its own sake. With T = X, m = n−1 and W = I this is EASE (H. Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019, arXiv
// 1905.03375): in its closed form column j of B is the ridge regression of column j on all others.
// Restricted to the neighbours of j it takes O(n·m³) instead of O(n³) operations, and n·m instead
// of n² numbers. Items that have something else in common, such as an author, get a row of X
// like a reader's, which nobody is: so what nobody has read yet has weights, too.
//
// What a history says of item j is Σ_{i∈h} B_ij, where
//
//	B_ij = max(b_ij, 0)^q · (d_i/d̄)^p · (d_j/d̄)^c · n_j
//	d_j = Σ_u t_uj,   d̄ = Σd²/Σd,   n_j = max(Σ_i b_ij², 10⁻⁴)^(-ν)
//
// and a prior β·d_j/max d is added to it. Every addend belongs to one item of the history, so a
// score explains itself.
package linear

import (
	"context"
	"math"
	"sync"
	"sync/atomic"

	"bookmarket/recommendations/engine/matrix"
	"bookmarket/recommendations/engine/parallel"
)

// Data is what a model is learned from.
type Data struct {
	// Readers are readers by items: how much they liked what they know, from 0 to 1; without
	// values they liked everything.
	Readers *matrix.Sparse
	Groups  []Group
}

// A Group is items with something in common, and how much that says: 1 is as much as a reader
// would say who knows nothing else.
type Group struct {
	Items  []int32 // ascending
	Weight float32
}

// Params say how the regressions are made.
type Params struct {
	Neighbours int     // m
	Ridge      float64 // λ, in units of the mean weight of a reader
}

// Options are what makes no difference to the result.
type Options struct {
	Workers  parallel.Workers
	Progress func(done, items int) // is told by one worker at a time
}

// Regressions are the weights of all items before they are scaled.
type Regressions struct {
	weights *matrix.Sparse // items by items: row i is what item i says of others; those above 0
	liked   []float64      // by item: d
	squares []float64      // by item: Σ_i b_ij²

	power  float64   // of the scaling before
	powers []float32 // of the weights, to this power
}

// readerPower makes a reader of n items weigh n to this power.
const readerPower = -0.25

// Fit makes the regressions of all items. Its error is ctx's.
func Fit(ctx context.Context, data Data, p Params, o Options) (*Regressions, error) {
	all, err := FitRidges(ctx, data, p.Neighbours, []float64{p.Ridge}, o)
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// FitRidges makes the regressions of all items with several ridges: what the equations are made
// of is the same for all of them.
func FitRidges(ctx context.Context, data Data, neighbours int, ridges []float64, o Options) ([]*Regressions, error) {
	items := data.Readers.Columns
	g, err := newGram(ctx, data, o.Workers, headReaders)
	if err != nil {
		return nil, err
	}
	sources, values := make([][]int32, items), make([][][]float32, len(ridges))
	for i := range values {
		values[i] = make([][]float32, items)
	}
	var (
		next atomic.Int64
		mu   sync.Mutex
		done int
	)
	o.Workers.Run(func(int) {
		s := newSolver(g, neighbours)
		for ctx.Err() == nil {
			item := int(next.Add(1)) - 1
			if item >= items {
				return
			}
			sources[item] = s.prepare(int32(item)) //nolint:gosec // items fit int32
			for i, ridge := range ridges {
				values[i][item] = s.solve(ridge)
			}
			mu.Lock()
			done++
			o.Progress(done, items)
			mu.Unlock()
		}
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	all := make([]*Regressions, len(ridges))
	for i := range all {
		all[i] = newRegressions(g, sources, values[i])
		values[i] = nil
	}
	return all, nil
}

func newRegressions(g *gram, sources [][]int32, values [][]float32) *Regressions {
	r := &Regressions{weights: bySource(sources, values), squares: make([]float64, len(values)), liked: g.liked}
	for item := range values {
		for _, b := range values[item] {
			r.squares[item] += float64(b) * float64(b)
		}
	}
	return r
}

// bySource turns rows by target into rows by source. Weights that are not above 0 are left out:
// they explain nothing, and do next to nothing for the order.
func bySource(sources [][]int32, values [][]float32) *matrix.Sparse {
	n := len(sources)
	byTarget := &matrix.Sparse{Columns: n, Start: make([]int, 1, n+1)}
	total := 0
	for _, row := range sources {
		total += len(row)
	}
	byTarget.Column, byTarget.Value = make([]int32, 0, total), make([]float32, 0, total)
	for item := range sources {
		for k, value := range values[item] {
			if value > 0 {
				byTarget.Column = append(byTarget.Column, sources[item][k])
				byTarget.Value = append(byTarget.Value, value)
			}
		}
		byTarget.Start = append(byTarget.Start, len(byTarget.Column))
	}
	return byTarget.Transpose()
}

// minSquares keeps a target with hardly any weights from getting large ones.
const minSquares = 1e-4

// Scaling says how weights become a model's.
type Scaling struct {
	Power  float64 // q
	Source float64 // p
	Target float64 // c
	Norm   float64 // ν
	Prior  float64 // β
}

// Model scales the regressions' weights: it returns items by items, what each item adds to the
// others, and the prior of each item. It remembers powers, and is for one goroutine at a time.
func (r *Regressions) Model(s Scaling) (weights *matrix.Sparse, prior []float32) {
	n := r.weights.Columns
	most, sum, squares := 0.0, 0.0, 0.0
	for _, d := range r.liked {
		most, sum, squares = max(most, d), sum+d, squares+d*d
	}
	mean := max(squares/max(sum, 1), 1)
	source, target := make([]float32, n), make([]float32, n)
	prior = make([]float32, n)
	for i, d := range r.liked {
		prior[i] = float32(s.Prior * d / max(most, 1))
		d = max(d, 1) // what nobody has read yet speaks through its groups
		source[i], target[i] = float32(math.Pow(d/mean, s.Source)), float32(math.Pow(d/mean, s.Target)*math.Pow(max(r.squares[i], minSquares), -s.Norm))
	}
	powers := r.toPower(s.Power)
	weights = &matrix.Sparse{Columns: n, Start: r.weights.Start, Column: r.weights.Column, Value: make([]float32, len(powers))}
	for i := range n {
		for k := weights.Start[i]; k < weights.Start[i+1]; k++ {
			weights.Value[k] = powers[k] * source[i] * target[weights.Column[k]]
		}
	}
	return weights, prior
}

// toPower returns all weights to a power.
func (r *Regressions) toPower(q float64) []float32 {
	if r.powers == nil || r.power != q {
		r.power, r.powers = q, make([]float32, len(r.weights.Value))
		for k, b := range r.weights.Value {
			r.powers[k] = float32(math.Pow(float64(b), q))
		}
	}
	return r.powers
}
