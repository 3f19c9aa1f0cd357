package imapwatch

import (
	"context"
	"errors"
	"io"

	"github.com/emersion/go-imap/v2"

	"guildpost/mail/archive/box"
)

// fill sees to it that there is something in todo; io.EOF where nothing is left.
func (f *Folder) fill() error {
	for len(f.todo) == 0 {
		if len(f.uids) == 0 {
			f.uids = f.left.next()
		}
		if len(f.uids) == 0 {
			return io.EOF
		}
		if err := f.sizes(); err != nil {
			return err
		}
	}
	return nil
}

// sizes asks for the sizes of a block. What has none is gone. Where the server does not answer that, each message is
// fetched alone.
func (f *Folder) sizes() error {
	for tries := 1; ; tries++ {
		var known []sized
		dates := f.undated < mostUndated
		again, err := f.on(func(c *client) (err error) {
			known, err = c.sizes(f.ctx, f.uids, dates)
			return err
		})
		var b *babble
		var refused *refusal
		switch {
		case err == nil:
			f.passed.Add(int64(len(f.uids) - len(known)))
			f.todo, f.fetched, f.uids = known, 0, nil
			return nil
		case errors.As(err, &refused), again && errors.As(err, &b) && !dates && tries > mostBabble:
			f.alone()
			return nil
		case !again:
			return err
		}
		if errors.As(err, &b) && dates {
			f.undated++
		}
	}
}

// alone has each message of a block fetched by itself.
func (f *Folder) alone() {
	f.todo = make([]sized, len(f.uids))
	for i, uid := range f.uids {
		f.todo[i].uid = uid
	}
	f.fetched, f.uids = len(f.todo), nil
}

// first is the message that stands first in todo. Not found is what was removed.
func (f *Folder) first(m sized) (got box.Message, found bool, err error) {
	if m.size > box.MaxMessage {
		return f.large(m)
	}
	if f.fetched == 0 {
		if err := f.batch(); err != nil {
			return got, false, err
		}
	}
	if came, ok := f.came[m.uid]; ok {
		return f.message(came), true, nil
	}
	return f.single(m)
}

func (f *Folder) message(m message) box.Message {
	return box.Message{Raw: m.raw, Received: m.date, Place: f.place(m.uid)}
}

func (f *Folder) problem(m sized, reason string) box.Message {
	return box.Message{Received: m.date, Place: f.place(m.uid), Problem: reason}
}

// batch fetches a batch. Where that comes to nothing twice, each of its messages is fetched by itself.
func (f *Folder) batch() error {
	batch := f.nextBatch()
	for tries := 1; ; tries++ {
		var messages []message
		again, err := f.on(func(c *client) (err error) {
			messages, err = c.collect(f.ctx, batch)
			return err
		})
		if err != nil && !again {
			return err
		}
		var b *babble
		if err != nil && tries == 1 && !errors.As(err, &b) {
			continue
		}
		f.fetched, f.came = len(batch), make(map[uint32]message, len(messages))
		for _, m := range messages {
			f.came[m.uid] = m
		}
		return nil
	}
}

// nextBatch is the first batch of todo, without any message that is too large.
func (f *Folder) nextBatch() []sized {
	n := 0
	for n < len(f.todo) && f.todo[n].size <= box.MaxMessage {
		n++
	}
	return batches(f.todo[:n])[0]
}

// single fetches one message by itself. Where that ends the connection again and again, the message is to blame.
func (f *Folder) single(m sized) (got box.Message, found bool, err error) {
	for begun := 0; ; {
		var one message
		again, err := f.on(func(c *client) (err error) {
			begun++
			one, found, err = c.one(f.ctx, m.uid)
			return err
		})
		var b *babble
		var refused *refusal
		blame := begun >= mostBegun || begun >= mostBabble && errors.As(err, &b)
		switch {
		case err == nil:
			one.date = m.date
			return f.message(one), found, nil
		case errors.Is(err, errTooLarge):
			return f.large(m)
		case errors.As(err, &refused), again && blame:
			return f.problem(m, "the server does not give this message: "+line(err.Error())), true, nil
		case !again:
			return got, false, err
		}
	}
}

// large fetches the beginning of a message that is too long.
func (f *Folder) large(m sized) (got box.Message, found bool, err error) {
	got = f.problem(m, box.TooLong())
	for tries := 1; ; tries++ {
		again, err := f.on(func(c *client) (err error) {
			got.Raw, err = c.beginning(f.ctx, m.uid, box.TooLongKept)
			return err
		})
		var refused *refusal
		if err == nil || errors.As(err, &refused) || again && tries == mostBabble {
			return got, true, nil
		}
		if !again {
			return got, false, err
		}
	}
}

// beginning fetches the first octets of a message; nil where the server gives none.
func (c *client) beginning(ctx context.Context, uid uint32, octets int64) (raw []byte, err error) {
	section := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Size: octets}}
	err = c.do(ctx, "fetching the beginning of a message", octets+answerSize, func() error {
		command := c.Fetch(uidSet([]uint32{uid}), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}})
		return c.read(command, section, octets, func(m message) {
			if m.raw != nil {
				raw = m.raw
			}
		})
	})
	return raw, err
}
