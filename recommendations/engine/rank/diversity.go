package rank

// diversify brings the choice to the front of the pool: one after the other the candidate of
// maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998),
//
//	(1−d) · score/best − d · max over what was chosen of near
//
// where the nearness of an item to a chosen one is what that adds to it in the model's layers,
// as a part of the most that it adds to anything.
func (r *Ranker) diversify(q *Query) {
	if len(r.pool) == 0 {
		return
	}
	best := max(r.pool[0].score, 1e-9)
	for n := range min(q.N, len(r.pool)) {
		at := r.next(n, q.Diversity, best)
		picked := r.pool[at]
		// The others keep their order, which decides between equals.
		copy(r.pool[n+1:at+1], r.pool[n:at])
		r.pool[n] = picked
		r.approach(picked.item)
		r.cap(q.Caps, n, picked.item)
	}
	for _, c := range r.pool[:min(q.N, len(r.pool))] {
		r.leave(c.item)
	}
}

// next returns the place of the best candidate behind the first n: a capped one only where
// nothing else is left.
func (r *Ranker) next(n int, diversity, best float32) int {
	at, isCapped, most := n, true, float32(0)
	for i := n; i < len(r.pool); i++ {
		c := &r.pool[i]
		value := (1-diversity)*c.score/best - diversity*r.near[c.item]
		if first := i == n; first || isCapped && !c.capped || isCapped == c.capped && value > most {
			at, isCapped, most = i, c.capped, value
		}
	}
	return at
}

// approach notes which items are near to a chosen one.
func (r *Ranker) approach(item int32) {
	for _, layer := range r.model.Layers {
		targets, values := row(layer, item)
		most := float32(0)
		for _, v := range values {
			most = max(most, v)
		}
		for k, target := range targets {
			if values[k] > 0 {
				r.near[target] = max(r.near[target], values[k]/most)
			}
		}
	}
}

// leave takes back what approach noted.
func (r *Ranker) leave(item int32) {
	for _, layer := range r.model.Layers {
		targets, _ := row(layer, item)
		for _, target := range targets {
			r.near[target] = 0
		}
	}
}

// cap marks the candidates whose groups are full with the n+1st choice.
func (r *Ranker) cap(caps []Cap, n int, item int32) {
	for _, limit := range caps {
		group := limit.Group[item]
		if group < 0 {
			continue
		}
		count := 0
		for _, c := range r.pool[:n+1] {
			if limit.Group[c.item] == group {
				count++
			}
		}
		if count < limit.Most {
			continue
		}
		for i := n + 1; i < len(r.pool); i++ {
			if limit.Group[r.pool[i].item] == group {
				r.pool[i].capped = true
			}
		}
	}
}
