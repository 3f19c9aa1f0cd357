package imapd

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"guildpost/store"
)

const (
	thoroughEvery = 30 * time.Second // how often it is looked for what no journal tells of
	forgetAfter   = 5 * time.Minute  // how long a list of posts stays in memory that nobody looks at
)

// A hub keeps what sessions share, and tells those that wait when something has changed.
type hub struct {
	db  *store.DB
	log *slog.Logger

	mu       sync.Mutex
	archives map[int64]*archive
	flags    map[flagsKey]*flags
	changed  chan struct{} // closed at the next change
}

func newHub(db *store.DB, log *slog.Logger) *hub {
	return &hub{db: db, log: log, archives: map[int64]*archive{}, flags: map[flagsKey]*flags{}, changed: make(chan struct{})}
}

// archive returns the up-to-date list of a community's posts.
func (h *hub) archive(ctx context.Context, communityID int64, now time.Time) (*archive, error) {
	h.mu.Lock()
	a, ok := h.archives[communityID]
	if !ok {
		a = &archive{db: h.db, communityID: communityID}
		h.archives[communityID] = a
	}
	h.mu.Unlock()
	a.mu.Lock()
	a.used = now
	a.mu.Unlock()
	_, err := a.refresh(ctx, false)
	return a, err
}

// watch counts the sessions that have a folder of an archive open: while there are any, news are looked for.
func (a *archive) watch(n int) {
	a.mu.Lock()
	a.watchers += n
	a.mu.Unlock()
}

// next is closed when something has changed after it was called.
func (h *hub) next() <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.changed
}

// tell wakes all sessions that wait.
func (h *hub) tell() {
	h.mu.Lock()
	defer h.mu.Unlock()
	close(h.changed)
	h.changed = make(chan struct{})
}

// run looks for news at each tick until ctx ends. now is when a tick takes place.
func (h *hub) run(ctx context.Context, ticks <-chan time.Time, now func() time.Time) {
	var seen int64
	var thorough time.Time
	for {
		select {
		case <-ticks:
		case <-ctx.Done():
			return
		}
		mark, err := h.db.JournalMark(ctx)
		if err != nil {
			h.failed(ctx, err)
			continue
		}
		all := mark != seen || now().Sub(thorough) >= thoroughEvery
		if all {
			seen, thorough = mark, now()
		}
		if h.look(ctx, all, now()) || all {
			h.tell()
		}
	}
}

// look refreshes the lists that are looked at, and forgets others.
func (h *hub) look(ctx context.Context, thorough bool, now time.Time) (changed bool) {
	for _, a := range h.watched(now) {
		news, err := a.refresh(ctx, thorough)
		if err != nil {
			h.failed(ctx, err)
		}
		changed = changed || news
	}
	return changed
}

func (h *hub) watched(now time.Time) (all []*archive) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for id, a := range h.archives {
		a.mu.Lock()
		switch {
		case a.watchers > 0:
			all = append(all, a)
		case now.Sub(a.used) > forgetAfter:
			delete(h.archives, id)
		}
		a.mu.Unlock()
	}
	return all
}

func (h *hub) failed(ctx context.Context, err error) {
	if ctx.Err() == nil {
		h.log.Warn("it cannot be seen whether the archive has new posts", "error", err)
	}
}
