package training

import (
	"log/slog"
	"reflect"
	"testing"
	"time"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store/memory"
)

// Whoever readers are, no model says so: nowhere in it is a number that is a reader's id, and
// the model that is made after a reader was erased does not count them.
func TestModelHoldsNoReaders(t *testing.T) {
	const reader = 8_123_456_789_012_345
	st := memory.New()
	defer st.Close() //nolint:errcheck // nothing is lost with it
	if _, err := st.PutBooks(t.Context(), []recommend.Book{{ID: 1, Title: "x"}}); err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC().Truncate(time.Microsecond)
	events := []recommend.Activity{
		{EventID: "a", UserID: reader, BookID: 1, Kind: recommend.Rating, Rating: 5, OccurredAt: now},
		{EventID: "b", UserID: reader, BookID: 1, Kind: recommend.Purchase, OccurredAt: now},
	}
	if _, err := st.RecordActivity(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	learn(t, learner(st, nil), 1)
	model := trained(t, st)
	if model.Personal.Version() != 1 {
		t.Fatal("nothing was learned of the reader")
	}
	if n := model.Catalog.Popularity(1); n != 1 {
		t.Fatalf("the model counts %d readers, want 1", n)
	}
	if where := find(reflect.ValueOf(model), reader, "model", make(map[uintptr]bool)); where != "" {
		t.Errorf("the reader's id is in %s", where)
	}
	if _, err := st.DeleteUser(t.Context(), reader); err != nil {
		t.Fatal(err)
	}
	if d := learn(t, learner(st, nil), 2); d.Readers != 0 {
		t.Errorf("after the only reader was erased the next model is learned from %d", d.Readers)
	}
	if n := trained(t, st).Catalog.Popularity(1); n != 0 {
		t.Errorf("after the only reader was erased the next model counts %d", n)
	}
}

func trained(t *testing.T, source Source) *recommend.Model {
	t.Helper()
	publisher := NewPublisher(source, slog.New(slog.DiscardHandler), time.Now)
	if err := publisher.Update(t.Context()); err != nil {
		t.Fatal(err)
	}
	return publisher.Model()
}

// The search must be able to find what it looks for.
func TestFindFinds(t *testing.T) {
	type deep struct {
		list []map[string]*int64
	}
	id := int64(77)
	value := &deep{[]map[string]*int64{{"x": &id}}}
	if find(reflect.ValueOf(value), 77, "value", make(map[uintptr]bool)) == "" {
		t.Error("a number in a map in a list is not found")
	}
	if where := find(reflect.ValueOf(value), 78, "value", make(map[uintptr]bool)); where != "" {
		t.Errorf("a number that is not there is found in %s", where)
	}
}

// find returns where in a value, however deep, a number is, or "".
func find(v reflect.Value, number int64, path string, seen map[uintptr]bool) string {
	switch v.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if v.Int() == number {
			return path
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		if v.Uint() == uint64(number) { //nolint:gosec // the test's number is positive
			return path
		}
	case reflect.Interface:
		return find(v.Elem(), number, path, seen)
	case reflect.Pointer:
		if v.IsNil() || seen[v.Pointer()] {
			return ""
		}
		seen[v.Pointer()] = true
		return find(v.Elem(), number, path, seen)
	case reflect.Struct:
		for i := range v.NumField() {
			if where := find(v.Field(i), number, path+"."+v.Type().Field(i).Name, seen); where != "" {
				return where
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if where := find(v.Index(i), number, path+"[]", seen); where != "" {
				return where
			}
		}
	case reflect.Map:
		for entry := v.MapRange(); entry.Next(); {
			if where := find(entry.Key(), number, path+" key", seen); where != "" {
				return where
			}
			if where := find(entry.Value(), number, path+"[]", seen); where != "" {
				return where
			}
		}
	default: // holds no whole number
	}
	return ""
}
