// Package lru remembers what was used last, in bounded memory. It is a map and a list: what larger
// caches offer besides weighs half a megabyte of the program, and its image has a limit.
package lru

import (
	"container/list"
	"sync"
)

// A Cache keeps values by keys until their weights are too much together: then those go that were
// not used for the longest time. It may be used concurrently.
type Cache[K comparable, V any] struct {
	weigh func(V) int
	most  int

	mu      sync.Mutex
	weight  int
	entries map[K]*list.Element // of entry[K, V]
	used    list.List           // the latest first
}

type entry[K comparable, V any] struct {
	key   K
	value V
}

// New returns a cache of values that weigh at most so much together. With weigh nil each weighs 1.
func New[K comparable, V any](most int, weigh func(V) int) *Cache[K, V] {
	if weigh == nil {
		weigh = func(V) int { return 1 }
	}
	return &Cache[K, V]{weigh: weigh, most: most, entries: make(map[K]*list.Element)}
}

// Get returns the value of a key, and whether there is one.
func (c *Cache[K, V]) Get(key K) (value V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.get(key)
}

// GetOr returns the value of a key, or keeps and returns the one that create returns.
func (c *Cache[K, V]) GetOr(key K, create func() V) V {
	c.mu.Lock()
	defer c.mu.Unlock()
	value, ok := c.get(key)
	if !ok {
		value = create()
		c.set(key, value)
	}
	return value
}

// Set keeps a value, in place of the one that the key has. One that weighs too much by itself is
// not kept.
func (c *Cache[K, V]) Set(key K, value V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.remove(key)
	c.set(key, value)
}

// Delete forgets the value of a key.
func (c *Cache[K, V]) Delete(key K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.remove(key)
}

// Len returns how many values there are.
func (c *Cache[K, V]) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.entries)
}

func (c *Cache[K, V]) get(key K) (value V, ok bool) {
	element, ok := c.entries[key]
	if !ok {
		return value, false
	}
	c.used.MoveToFront(element)
	return element.Value.(entry[K, V]).value, true
}

func (c *Cache[K, V]) set(key K, value V) {
	c.entries[key] = c.used.PushFront(entry[K, V]{key, value})
	for c.weight += c.weigh(value); c.weight > c.most; {
		c.remove(c.used.Back().Value.(entry[K, V]).key)
	}
}

func (c *Cache[K, V]) remove(key K) {
	if element, ok := c.entries[key]; ok {
		c.weight -= c.weigh(element.Value.(entry[K, V]).value)
		c.used.Remove(element)
		delete(c.entries, key)
	}
}
