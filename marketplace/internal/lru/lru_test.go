package lru_test

import (
	"sync"
	"testing"

	"pgregory.net/rapid"

	"bookmarket/marketplace/internal/lru"
)

func TestTheLeastUsedGoes(t *testing.T) {
	c := lru.New[string, int](3, nil)
	for i, key := range []string{"a", "b", "c"} {
		c.Set(key, i)
	}
	c.Get("a")
	c.Set("b", 7)
	c.GetOr("d", func() int { return 9 })
	if _, ok := c.Get("c"); ok || c.Len() != 3 {
		t.Errorf("c, which was used least, is among %d", c.Len())
	}
	for key, want := range map[string]int{"a": 0, "b": 7, "d": 9} {
		if got, ok := c.Get(key); got != want || !ok {
			t.Errorf("%s is %d, %v", key, got, ok)
		}
	}
	if got := c.GetOr("a", func() int { return 1 }); got != 0 {
		t.Errorf("a was made anew: %d", got)
	}
	c.Delete("a")
	c.Delete("a")
	if _, ok := c.Get("a"); ok || c.Len() != 2 {
		t.Errorf("a is among %d", c.Len())
	}
}

// A list and a map that forget in the same order, whatever is done.
func TestAgainstAModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type pair struct{ key, value int }
		const most = 10
		c := lru.New[int, int](most, func(v int) int { return v })
		var model []pair // the latest last
		find := func(key int) int {
			for i, p := range model {
				if p.key == key {
					return i
				}
			}
			return -1
		}
		drop := func(i int) { model = append(model[:i:i], model[i+1:]...) }
		keep := func(p pair) {
			model = append(model, p)
			for weight := func() (sum int) {
				for _, p := range model {
					sum += p.value
				}
				return sum
			}; weight() > most; {
				drop(0)
			}
		}
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			key, value := rapid.IntRange(0, 6).Draw(t, "key"), rapid.IntRange(0, most+2).Draw(t, "value")
			i := find(key)
			switch rapid.SampledFrom([]string{"get", "set", "get or", "delete"}).Draw(t, "do") {
			case "get":
				got, ok := c.Get(key)
				if ok != (i >= 0) || ok && got != model[i].value {
					t.Fatalf("%d is %d, %v; the model has %v", key, got, ok, model)
				}
				if ok {
					p := model[i]
					drop(i)
					model = append(model, p)
				}
			case "set":
				c.Set(key, value)
				if i >= 0 {
					drop(i)
				}
				keep(pair{key, value})
			case "get or":
				got := c.GetOr(key, func() int { return value })
				if i >= 0 {
					value = model[i].value
					drop(i)
				}
				if got != value {
					t.Fatalf("%d is %d; the model has %d", key, got, value)
				}
				keep(pair{key, value})
			case "delete":
				c.Delete(key)
				if i >= 0 {
					drop(i)
				}
			}
			if c.Len() != len(model) {
				t.Fatalf("%d are left; the model has %v", c.Len(), model)
			}
		}
	})
}

func TestConcurrent(t *testing.T) {
	c := lru.New[int, int](50, nil)
	var users sync.WaitGroup
	for user := range 8 {
		users.Go(func() {
			for i := range 2000 {
				c.Set(i%100, user)
				c.Get(i % 70)
				c.GetOr(i%90, func() int { return user })
				c.Delete(i % 30)
			}
		})
	}
	users.Wait()
	if n := c.Len(); n > 50 {
		t.Errorf("%d values", n)
	}
}
