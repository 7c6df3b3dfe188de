package memory

import (
	"testing"

	"go.uber.org/goleak"

	"bookmarket/recommendations/internal/store"
	"bookmarket/recommendations/internal/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStore(t *testing.T) { storetest.Run(t, open) }

func TestMachine(t *testing.T) { storetest.RunMachine(t, open) }

// open returns a store that ends with the test.
func open(t testing.TB) store.Store {
	s := New()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
