package importing_test

import (
	"context"
	"sync"
	"testing"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
	"bookmarket/recommendations/internal/store/memory"
)

// A fakeStore is a store that can be told to fail.
type fakeStore struct {
	store.Store
	mu     sync.Mutex
	before func(call string) error // is called before each call that writes; may be nil
	calls  []string
}

func newStore(t *testing.T) *fakeStore {
	t.Helper()
	st := memory.New()
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return &fakeStore{Store: st}
}

func (f *fakeStore) call(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, name)
	if f.before == nil {
		return nil
	}
	return f.before(name)
}

func (f *fakeStore) PutBooks(ctx context.Context, books []recommend.Book) (store.Counts, error) {
	if err := f.call("books"); err != nil {
		return store.Counts{}, err
	}
	return f.Store.PutBooks(ctx, books)
}

func (f *fakeStore) PutActivity(ctx context.Context, events []recommend.Activity) (store.Counts, error) {
	if err := f.call("activity"); err != nil {
		return store.Counts{}, err
	}
	return f.Store.PutActivity(ctx, events)
}

// contents returns what is in a store: its books by id, and everything of these readers.
func (f *fakeStore) contents(t *testing.T, users ...int64) (map[int64]recommend.Book, []recommend.Activity) {
	t.Helper()
	books, _, err := f.Books(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	byID := make(map[int64]recommend.Book)
	for _, book := range books {
		byID[book.ID] = book
	}
	var events []recommend.Activity
	for _, user := range users {
		list, _, err := f.ListActivity(t.Context(), user, nil, 1000)
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, list...)
	}
	return byID, events
}
