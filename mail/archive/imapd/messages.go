package imapd

import (
	"container/list"
	"context"
	"sync"
	"time"

	"guildpost/mail"
	"guildpost/store"
)

const (
	keepMemory = 32 << 20  // bytes of messages that are read in pieces
	useMemory  = 128 << 20 // bytes of large messages that are read at once
	largeFrom  = 256 << 10 // bytes of a large message: of smaller ones, all sessions together may have one each
)

// messages reads posts. Their memory is bounded: large ones wait for each other, and a message that is read in pieces stays
// a while, so that it need not be unpacked for each piece.
type messages struct {
	db *store.DB

	mu    sync.Mutex
	used  int64                   // by large messages
	freed chan struct{}           // closed when some is free again
	kept  map[int64]*list.Element // by raw ID
	order *list.List              // of *keptMessage, the last used first
	bytes int64                   // of those
}

type keptMessage struct {
	id int64
	m  *mail.Message
}

func newMessages(db *store.DB) *messages {
	return &messages{db: db, freed: make(chan struct{}), kept: map[int64]*list.Element{}, order: list.New()}
}

// read returns a post's message; call release when it is not needed any more. keep says that it will be wanted again soon.
func (c *messages) read(ctx context.Context, row store.MailboxRow, keep bool) (m *mail.Message, release func(), err error) {
	if m := c.find(row.RawID); m != nil {
		return m, func() {}, nil
	}
	size := min(row.Size, useMemory)
	if size < largeFrom {
		size = 0
	}
	if err := c.take(ctx, size); err != nil {
		return nil, nil, err
	}
	raw, err := c.db.Raw(ctx, row.RawID)
	if err != nil {
		c.give(size)
		return nil, nil, err
	}
	m = mail.Read(raw)
	if keep {
		c.keep(row.RawID, m)
	}
	return m, func() { c.give(size) }, nil
}

// memoryWait is how long a large message waits for others.
const memoryWait = 30 * time.Second

// take waits until there is memory; Temporary where that takes too long.
func (c *messages) take(ctx context.Context, size int64) error {
	ctx, cancel := context.WithTimeout(ctx, memoryWait)
	defer cancel()
	for {
		c.mu.Lock()
		if c.used+size <= useMemory {
			c.used += size
			c.mu.Unlock()
			return nil
		}
		freed := c.freed
		c.mu.Unlock()
		select {
		case <-freed:
		case <-ctx.Done():
			return store.Errorf(store.Temporary, "too many large messages are read at once: %w", ctx.Err())
		}
	}
}

func (c *messages) give(size int64) {
	if size == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.used -= size
	close(c.freed)
	c.freed = make(chan struct{})
}

func (c *messages) find(id int64) *mail.Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.kept[id]
	if !ok {
		return nil
	}
	c.order.MoveToFront(e)
	return e.Value.(*keptMessage).m
}

func (c *messages) keep(id int64, m *mail.Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.kept[id]; ok || len(m.Raw) > keepMemory {
		return
	}
	c.kept[id] = c.order.PushFront(&keptMessage{id, m})
	c.bytes += int64(len(m.Raw))
	for c.bytes > keepMemory {
		last := c.order.Back()
		old := last.Value.(*keptMessage)
		c.order.Remove(last)
		delete(c.kept, old.id)
		c.bytes -= int64(len(old.m.Raw))
	}
}
