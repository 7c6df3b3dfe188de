package ratelimit_test

import (
	"encoding/binary"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"bookmarket/marketplace/internal/web/ratelimit"
)

func client(i int) netip.Prefix {
	var address [4]byte
	binary.BigEndian.PutUint32(address[:], uint32(i)) //nolint:gosec // not negative
	return netip.PrefixFrom(netip.AddrFrom4(address), 32)
}

// ask makes n requests and returns how many were allowed, and the last wait.
func ask(l *ratelimit.Limiter, who netip.Prefix, n int) (allowed int, last time.Duration) {
	for range n {
		wait, ok := l.Allow(who)
		if ok {
			allowed++
		}
		last = wait
	}
	return allowed, last
}

func TestLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := ratelimit.New(20, 100)
		if n, wait := ask(l, client(1), 150); n != 100 || wait != 50*time.Millisecond {
			t.Errorf("at once: %d, then wait %v", n, wait)
		}
		if n, _ := ask(l, client(2), 150); n != 100 {
			t.Errorf("another client: %d", n)
		}
		time.Sleep(49 * time.Millisecond)
		if n, _ := ask(l, client(1), 1000); n != 0 {
			t.Errorf("too early: %d", n)
		}
		time.Sleep(time.Millisecond)
		if n, _ := ask(l, client(1), 2); n != 1 {
			t.Errorf("after the wait: %d", n)
		}
		time.Sleep(time.Second)
		if n, _ := ask(l, client(1), 100); n != 20 {
			t.Errorf("after a second: %d", n)
		}
		time.Sleep(time.Hour)
		if n, _ := ask(l, client(1), 150); n != 100 {
			t.Errorf("after an hour: %d", n)
		}
		slow := ratelimit.New(0.1, 1)
		if n, wait := ask(slow, client(1), 2); n != 1 || wait != 10*time.Second {
			t.Errorf("one in ten seconds: %d, then wait %v", n, wait)
		}
	})
}

// Many at the same time get what one after the other would.
func TestLimitOfConcurrentRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := ratelimit.New(20, 100)
		var allowed atomic.Int64
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				n, _ := ask(l, client(1), 20)
				allowed.Add(int64(n))
			})
		}
		all.Wait()
		if n := allowed.Load(); n != 100 {
			t.Errorf("%d were allowed", n)
		}
	})
}

// A hundred thousand addresses cost what sixteen thousand do, and do not make room for one that
// goes on asking.
func TestMemory(t *testing.T) {
	l := ratelimit.New(20, 100)
	before, start, busy := heap(), time.Now(), 0
	for i := range 100_000 {
		l.Allow(client(1 + i))
		if i%20 == 0 {
			n, _ := ask(l, client(0), 1)
			busy += n
		}
	}
	if most := 100 + int(20*time.Since(start).Seconds()) + 1; busy > most {
		t.Errorf("of 5000 requests of a busy client, %d were allowed, and not %d", busy, most)
	}
	for deadline := time.Now().Add(10 * time.Second); l.Clients() > 16<<10; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) { // it evicts behind our back
			t.Fatalf("there are still %d clients", l.Clients())
		}
	}
	grown := heap() - before
	t.Logf("%d clients in %d KB", l.Clients(), grown)
	if grown > 16<<10 {
		t.Errorf("memory grew by %d KB", grown)
	}
	runtime.KeepAlive(l)
}

// heap returns the memory in use, in KB.
func heap() int {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int(stats.HeapAlloc >> 10)
}

func BenchmarkAllow(b *testing.B) {
	l := ratelimit.New(20, 100)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			l.Allow(client(i & 1023))
		}
	})
}
