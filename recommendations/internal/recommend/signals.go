package recommend

import "bookmarket/recommendations/engine/rank"

// signals are what a reader's history tells, by items of a model.
type signals struct {
	list     []rank.Signal
	disliked map[int32]struct{} // the items that the reader knows and did not like
}

// maxSignals is how many books of a history are scored by, the latest: who knows more is a library
// or a robot, and would take time for each of them in every answer.
const maxSignals = 1000

// signals returns what a reader's history, and what they looked at lately, tell: of each book the
// latest rating, or else the strongest of what was done with it. It returns nil where that is
// nothing but what the reader did not like: nothing could be recommended because of it.
func (p *Personal) signals(history *History, recent []int64) *signals {
	if p == nil {
		return nil
	}
	s := &signals{list: make([]rank.Signal, 0, min(len(history.Events)+len(recent), maxSignals)), disliked: make(map[int32]struct{})}
	at := make(map[int32]int, cap(s.list))
	rated := make(map[int32]struct{})
	add := func(event *Activity) {
		item, ok := p.items[event.BookID]
		weight := history.weight(event)
		if !ok || weight == 0 {
			return
		}
		if _, ok := rated[item]; ok {
			return
		}
		i, again := at[item]
		if !again {
			if len(s.list) == maxSignals {
				return
			}
			i = len(s.list)
			at[item] = i
			s.list = append(s.list, rank.Signal{Item: item})
		}
		if event.Kind == Rating {
			rated[item] = struct{}{}
			s.list[i].Weight = 0 // counts in the place of anything else
			if event.disliked() {
				s.disliked[item] = struct{}{}
			}
		}
		s.list[i].Weight = max(s.list[i].Weight, weight)
	}
	for _, id := range recent {
		add(&Activity{BookID: id, Kind: View})
	}
	for i := range history.Events {
		add(&history.Events[i])
	}
	if len(s.list) == len(s.disliked) {
		return nil
	}
	return s
}
