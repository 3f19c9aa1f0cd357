package outbound

import (
	"container/list"
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"guildpost/store"
)

// maxEntries bounds what is remembered of dispatches beside their copies.
const maxEntries = 4096

// An entry is a dispatch with its copy, and what is known of its fate.
type entry struct {
	id       int64
	dispatch store.Dispatch
	copy     *Copy
	err      error     // why there is no copy
	until    time.Time // when that is tried again
	rest7    func() ([]byte, error)

	composed sync.Once
	size     int64 // guarded by the cache

	taken   atomic.Bool  // somebody got the message
	refused atomic.Int32 // recipients for whom all of the message was refused
	doomed  atomic.Pointer[string]
}

// poisonAfter is after how many recipients a message counts as refused for all, if nobody got it.
const poisonAfter = 5

// refuse counts a refusal of the whole message and returns true if it is thereby doomed: then the reply is that
// for all recipients. It is true once.
func (e *entry) refuse(reply string, certain bool) bool {
	n := e.refused.Add(1)
	if !certain && (n < poisonAfter || e.taken.Load()) {
		return false
	}
	return e.doomed.CompareAndSwap(nil, &reply)
}

// A cache keeps the copies of the dispatches that were used last, up to a number of octets.
type cache struct {
	queue    Queue
	composer Composer
	now      func() time.Time
	most     int64

	mu      sync.Mutex
	entries map[int64]*list.Element
	order   *list.List // the last used in front
	size    int64
}

func newCache(o *Options) *cache {
	return &cache{
		queue: o.Queue, composer: o.Composer, now: o.Now, most: o.CacheBytes,
		entries: make(map[int64]*list.Element), order: list.New(),
	}
}

// get returns the entry of a dispatch, composed. Callers that want the same one at once share the work.
func (c *cache) get(ctx context.Context, id int64) *entry {
	e := c.find(id)
	e.composed.Do(func() { c.compose(ctx, e) })
	return e
}

func (c *cache) find(id int64) *entry {
	c.mu.Lock()
	defer c.mu.Unlock()
	if element, ok := c.entries[id]; ok {
		c.order.MoveToFront(element)
		return element.Value.(*entry)
	}
	e := &entry{id: id}
	c.entries[id] = c.order.PushFront(e)
	return e
}

func (c *cache) compose(ctx context.Context, e *entry) {
	e.err = c.load(ctx, e)
	if e.err != nil {
		e.until = c.now().Add(firstRetry / 2)
		return
	}
	e.rest7 = nil
	if make7 := e.copy.Rest7; make7 != nil {
		e.rest7 = sync.OnceValues(func() ([]byte, error) {
			rest, err := make7()
			c.grow(e, len(rest))
			return rest, err
		})
	}
	c.grow(e, len(e.copy.Rest))
}

// load makes the copy. A message from outside that makes the composer panic must not stop all mail.
func (c *cache) load(ctx context.Context, e *entry) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("composing dispatch %d: panic: %v", e.id, p)
		}
	}()
	if e.dispatch, err = c.queue.Dispatch(ctx, e.id); err != nil {
		return fmt.Errorf("reading dispatch %d: %w", e.id, err)
	}
	if e.copy, err = c.composer.Compose(ctx, e.dispatch); err != nil {
		return fmt.Errorf("composing dispatch %d: %w", e.id, err)
	}
	return nil
}

// grow counts the memory of an entry and lets go of those that were not used for longest.
func (c *cache) grow(e *entry, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if element, ok := c.entries[e.id]; !ok || element.Value != e {
		return
	}
	e.size += int64(n)
	c.size += int64(n)
	for (c.size > c.most || c.order.Len() > maxEntries) && c.order.Len() > 1 {
		c.remove(c.order.Back())
	}
}

func (c *cache) remove(element *list.Element) {
	e := element.Value.(*entry)
	c.order.Remove(element)
	delete(c.entries, e.id)
	c.size -= e.size
}

// forget lets go of an entry that could not be composed, once it is time to try again.
func (c *cache) forget(e *entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if element, ok := c.entries[e.id]; ok && element.Value == e {
		c.remove(element)
	}
}
