package outbound

import (
	"sync"

	"guildpost/store"
)

// A task is deliveries of one dispatch that go out in one transaction.
type task struct {
	worker     int64 // who claimed them
	dispatch   int64
	community  int64
	deliveries []store.Delivery
	losses     int // how often a connection was lost within its envelope
	half       *split
	queued     bool
}

// A hand is the tasks that are claimed but not under way, in the order of the claims. Connections take from it.
type hand struct {
	group  int    // deliveries that one task may have
	hungry func() // called when little is left
	low    int    // deliveries below which that is so

	mu         sync.Mutex
	tasks      []*task // tasks[at:] are queued
	at         int
	deliveries int
	last       map[int64]*task // the last task of a dispatch, which may take more deliveries
	waiting    []chan *task    // of the connections with nothing to do
	closed     bool
}

func newHand(group int, hungry func()) *hand {
	return &hand{group: group, hungry: hungry, last: make(map[int64]*task)}
}

// add queues claimed deliveries in their order; those of a dispatch share tasks where that is wanted.
func (h *hand) add(worker int64, claimed []store.Delivery) {
	h.mu.Lock()
	defer h.mu.Unlock()
	tasks := make([]task, 0, len(claimed))
	for i := range claimed {
		d := &claimed[i]
		if t := h.last[d.DispatchID]; t != nil && t.queued && t.worker == worker && len(t.deliveries) < h.group {
			t.deliveries = append(t.deliveries, *d)
			h.deliveries++
			continue
		}
		tasks = append(tasks, task{worker: worker, dispatch: d.DispatchID, community: d.CommunityID, deliveries: claimed[i : i+1 : i+1]})
		t := &tasks[len(tasks)-1]
		if h.group > 1 {
			h.last[d.DispatchID] = t
			t.deliveries = append(make([]store.Delivery, 0, h.group), *d)
		}
		h.push(t)
	}
	h.serve()
}

func (h *hand) push(t *task) {
	if h.at > len(h.tasks)/2 && len(h.tasks) == cap(h.tasks) {
		n := copy(h.tasks, h.tasks[h.at:])
		clear(h.tasks[n:])
		h.tasks, h.at = h.tasks[:n], 0
	}
	t.queued = true
	h.tasks = append(h.tasks, t)
	h.deliveries += len(t.deliveries)
}

// back puts a task in front of all others.
func (h *hand) back(t *task) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.at == 0 {
		h.tasks = append(h.tasks, nil)
		copy(h.tasks[1:], h.tasks)
		h.at = 1
	}
	h.at--
	h.tasks[h.at] = t
	t.queued = true
	h.deliveries += len(t.deliveries)
	h.serve()
}

// serve gives tasks to connections that wait.
func (h *hand) serve() {
	for len(h.waiting) > 0 && h.at < len(h.tasks) && !h.closed {
		last := len(h.waiting) - 1
		h.waiting[last] <- h.pop()
		h.waiting = h.waiting[:last]
	}
}

func (h *hand) pop() *task {
	t := h.tasks[h.at]
	h.tasks[h.at] = nil
	h.at++
	t.queued = false
	h.deliveries -= len(t.deliveries)
	if h.group > 1 && h.last[t.dispatch] == t {
		delete(h.last, t.dispatch)
	}
	return t
}

// take returns the next task, or nil.
func (h *hand) take() *task {
	h.mu.Lock()
	if h.at == len(h.tasks) || h.closed {
		h.mu.Unlock()
		return nil
	}
	t := h.pop()
	few := h.deliveries < h.low
	h.mu.Unlock()
	if few {
		h.hungry()
	}
	return t
}

// wait returns a channel that will bring one task, or be closed when there will be none.
func (h *hand) wait() chan *task {
	h.mu.Lock()
	defer h.mu.Unlock()
	c := make(chan *task, 1)
	if h.closed {
		close(c)
		return c
	}
	h.waiting = append(h.waiting, c)
	h.serve()
	return c
}

// leave ends the wait for c. It returns a task that came in that moment, or nil.
func (h *hand) leave(c chan *task) *task {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i, w := range h.waiting {
		if w == c {
			h.waiting = append(h.waiting[:i], h.waiting[i+1:]...)
			return nil
		}
	}
	return <-c
}

// size returns how many deliveries are queued, and how many tasks more than connections that wait for one.
func (h *hand) size() (deliveries, tasks int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.deliveries, len(h.tasks) - h.at - len(h.waiting)
}

// setLow says below how many deliveries the hand is hungry.
func (h *hand) setLow(n int) {
	h.mu.Lock()
	h.low = n
	h.mu.Unlock()
}

// remove takes all tasks out that match.
func (h *hand) remove(match func(*task) bool) (removed []*task) {
	h.mu.Lock()
	defer h.mu.Unlock()
	kept := h.tasks[:h.at]
	for _, t := range h.tasks[h.at:] {
		if !match(t) {
			kept = append(kept, t)
			continue
		}
		t.queued = false
		h.deliveries -= len(t.deliveries)
		removed = append(removed, t)
	}
	clear(h.tasks[len(kept):])
	h.tasks = kept
	for id, t := range h.last {
		if !t.queued {
			delete(h.last, id)
		}
	}
	return removed
}

// close ends all waits. What is queued stays; the store gives it back.
func (h *hand) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for _, c := range h.waiting {
		close(c)
	}
	h.waiting = nil
}
