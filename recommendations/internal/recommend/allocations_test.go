package recommend_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"bookmarket/recommendations/engine/matrix"
	"bookmarket/recommendations/engine/snapshot"
	"bookmarket/recommendations/internal/catalog"
	"bookmarket/recommendations/internal/recommend"
)

// madeUp returns a model of n books by many authors, where each book speaks for the 20 most
// popular ones.
func madeUp(t *testing.T, n int) *recommend.Model {
	t.Helper()
	const spokenFor = 20
	snap := &snapshot.Snapshot{Prior: make([]float32, n)}
	books := make([]recommend.Book, n)
	var entries []matrix.Entry
	for i := range books {
		books[i] = recommend.Book{
			ID:           int64(i + 1),
			Title:        fmt.Sprint("Book ", i),
			Authors:      []string{fmt.Sprint("Author ", i)},
			RatingsCount: int64(n - i),
		}
		snap.Items = append(snap.Items, books[i].ID)
		for to := range int32(spokenFor) {
			entries = append(entries, matrix.Entry{Row: int32(i), Column: to, Value: 1 / float32(to+1)})
		}
	}
	var err error
	if snap.Weights, err = matrix.New(n, n, entries); err != nil {
		t.Fatal(err)
	}
	c := catalog.New(books, nil, 1)
	personal, err := recommend.NewPersonal(c, &recommend.Learned{Version: 1, Snapshot: snap})
	if err != nil {
		t.Fatal(err)
	}
	return recommend.NewModel(c, personal, nil, time.Unix(0, 0))
}

// What an answer takes of the memory follows from the reader and the length of the list, not
// from the number of books: neither in pieces nor in bytes.
func TestAllocationsDoNotGrowWithTheCatalogue(t *testing.T) {
	const few, many = 2_000, 20_000
	allocations, bytes := make(map[int]uint64), make(map[int]uint64)
	for _, n := range []int{few, many} {
		model := madeUp(t, n)
		r := recommend.New(func() *recommend.Model { return model }, liked(t, model.Catalog.(*catalog.Catalog)), func(recommend.Source) {})
		allocations[n], bytes[n] = allocated(func() {
			list, err := r.Recommend(t.Context(), recommend.Request{UserID: 1, N: 10, Diversity: recommend.DefaultDiversity})
			if err != nil || len(list.Recommendations) != 10 || list.Recommendations[0].Reason != recommend.ReasonBecauseYouLiked {
				t.Fatalf("%d books: got %v, %v", n, list, err)
			}
		})
	}
	// Memory that is used again is dropped now and then, by the race detector one time in four.
	if allocations[many] > allocations[few]+1 {
		t.Errorf("%v allocations", allocations)
	}
	if bytes[many] >= bytes[few]+4*(many-few) {
		t.Errorf("%v bytes: a number or more for each further book", bytes)
	}
}

// allocated returns how many allocations of how many bytes a call makes in the mean, but the first.
func allocated(call func()) (allocations, bytes uint64) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // nobody else's count
	call()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	const calls = 1000
	for range calls {
		call()
	}
	runtime.ReadMemStats(&after)
	return (after.Mallocs - before.Mallocs) / calls, (after.TotalAlloc - before.TotalAlloc) / calls
}
