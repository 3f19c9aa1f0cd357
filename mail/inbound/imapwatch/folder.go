package imapwatch

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/emersion/go-imap/v2"

	"guildpost/mail/archive/box"
	"guildpost/store"
)

// A Folder reads what is in a mailbox, once and in the order of UIDs, and changes nothing there: it is opened by EXAMINE
// (RFC 3501 6.3.2). It is a [box.Box]. A connection that breaks is made again, some times; what lies in memory is a batch,
// or one large message.
type Folder struct {
	ctx         context.Context // Next has none
	opts        Options
	mailbox     Mailbox
	c           *client // nil where there is no connection
	validity    uint32
	fingerprint string
	failures    int // connections in a row that came to nothing
	undated     int // how often the answer about times was not understood

	left    *blocks            // what was not asked about
	uids    []uint32           // the block whose sizes were not asked for
	todo    []sized            // those whose sizes are known
	fetched int                // how many of todo were asked for, whether they came or not
	came    map[uint32]message // of these

	all                 int64
	passed, took, bytes atomic.Int64 // messages passed or taken; taken; octets of these
}

const (
	// mostFailures is how many connections in a row may come to nothing before the reading ends: after two minutes or so.
	mostFailures = 8
	// mostBegun is how often a message may end the connection before it is the one to blame.
	mostBegun = 5
	// mostBabble is the same where the server says what is not understood.
	mostBabble = 2
)

// OpenFolder logs in and opens a mailbox; ctx is for all that is read of it. Errors are Forbidden where the server does not
// let us in, NotFound where there is no such folder, and name those there are; trouble of the network is Temporary.
func OpenFolder(ctx context.Context, o Options, m Mailbox) (*Folder, error) {
	o.Mailboxes, o.MaxMessage = nil, box.MaxMessage
	o, err := o.check()
	if err != nil {
		return nil, err
	}
	f := &Folder{ctx: ctx, opts: o, mailbox: m}
	if err := f.connect(); err != nil {
		return nil, err
	}
	found, err := f.c.search(ctx, "looking for messages", &imap.SearchCriteria{UID: []imap.UIDSet{{{Start: 1, Stop: 0}}}})
	if err == nil {
		f.left = newBlocks(found, 1)
		err = believable(f.left, f.c, 0)
	}
	if err != nil {
		f.drop()
		return nil, err
	}
	f.all = int64(f.left.count())
	// What was read is passed over by its number, so all that is in front must be the same.
	f.fingerprint = fmt.Sprintf("%s UIDVALIDITY %d UIDs %x", m, f.validity, sha256.Sum256([]byte(found.String())))
	return f, nil
}

// connect makes a connection where there is none, after a pause where others broke.
func (f *Folder) connect() error {
	if f.c != nil {
		return nil
	}
	if f.failures > 0 {
		select {
		case <-f.opts.After(pause(f.failures, nil, f.opts.Random())):
		case <-f.ctx.Done():
			return f.ctx.Err()
		}
	}
	c, err := f.opts.connect(f.ctx, f.mailbox)
	if err != nil {
		return err
	}
	if err = c.login(f.ctx, f.mailbox); err == nil {
		err = f.examine(c)
	}
	if err != nil {
		c.close()
		return err
	}
	f.c = c
	return nil
}

// examine opens the folder for reading. It must be the one that it was before.
func (f *Folder) examine(c *client) error {
	data, err := c.selectMailbox(f.ctx, f.mailbox.Name, &imap.SelectOptions{ReadOnly: true})
	var said *imap.Error
	if errors.As(err, &said) {
		return c.noFolder(f.ctx, f.mailbox, said)
	}
	if err != nil {
		return err
	}
	if c.caps, err = c.capabilities(f.ctx); err != nil {
		return err
	}
	if f.validity != 0 && data.UIDValidity != f.validity {
		return store.Errorf(store.Conflict, "the server made the folder %s anew while it was read (another UIDVALIDITY); begin again", f.mailbox)
	}
	f.validity = data.UIDValidity
	return nil
}

// noFolder says which folders there are.
func (c *client) noFolder(ctx context.Context, m Mailbox, said *imap.Error) error {
	const most = 100
	var all []*imap.ListData
	err := c.do(ctx, "asking which folders there are", searchSize, func() (err error) {
		all, err = c.List("", "*", nil).Collect()
		return err
	})
	if err != nil {
		return store.Errorf(store.NotFound, "there is no folder %s that can be opened: %s", m, line(said.Text))
	}
	var names []string
	for _, one := range all {
		if !slices.Contains(one.Attrs, imap.MailboxAttrNoSelect) && !slices.Contains(one.Attrs, imap.MailboxAttrNonExistent) {
			names = append(names, line(one.Mailbox))
		}
	}
	slices.Sort(names)
	more := ""
	if n := len(names) - most; n > 0 {
		names, more = names[:most], fmt.Sprintf(" and %d more", n)
	}
	return store.Errorf(store.NotFound, "there is no folder %s that can be opened (%s). There are: %s%s",
		m, line(said.Text), orNothing(strings.Join(names, ", ")), more)
}

// place names a message for people.
func (f *Folder) place(uid uint32) string { return fmt.Sprintf("%s, UID %d", f.mailbox.Name, uid) }

func (f *Folder) drop() {
	if f.c != nil {
		f.c.close()
		f.c = nil
	}
}

// on does something over a connection. Again says that it came to nothing for a reason that may pass. A refusal is no
// reason to do it again.
func (f *Folder) on(do func(c *client) error) (again bool, err error) {
	if err = f.connect(); err == nil {
		err = do(f.c)
	}
	var refused *refusal
	var b *babble
	if err == nil || errors.As(err, &refused) {
		return false, err
	}
	f.drop()
	f.failures++
	passes := errors.As(err, &b) || store.KindOf(err) == store.Temporary
	return passes && f.failures < mostFailures && f.ctx.Err() == nil, err
}

// Next is part of box.Box. What was removed meanwhile is left out; what the server does not give has a Problem.
func (f *Folder) Next() (box.Message, error) {
	for {
		if err := f.fill(); err != nil {
			return box.Message{}, err
		}
		m, found, err := f.first(f.todo[0])
		if err != nil {
			return box.Message{}, err
		}
		f.shift()
		f.failures = 0
		if found {
			f.took.Add(1)
			f.bytes.Add(int64(len(m.Raw)))
			return m, nil
		}
	}
}

// shift is done with the first of todo.
func (f *Folder) shift() {
	delete(f.came, f.todo[0].uid)
	f.todo = f.todo[1:]
	f.fetched = max(0, f.fetched-1)
	f.passed.Add(1)
}

// Skip is part of box.Box. It asks the server for nothing.
func (f *Folder) Skip() error {
	if len(f.todo) > 0 {
		f.shift()
		return nil
	}
	if len(f.uids) == 0 {
		f.uids = f.left.next()
	}
	if len(f.uids) == 0 {
		return io.EOF
	}
	f.uids = f.uids[1:]
	f.passed.Add(1)
	return nil
}

// Progress is part of box.Box. How much there is follows from the messages that were read so far.
func (f *Folder) Progress() (done, of int64) {
	took, bytes := f.took.Load(), f.bytes.Load()
	if took == 0 {
		return 0, 0
	}
	mean := float64(bytes) / float64(took)
	return int64(mean * float64(f.passed.Load())), int64(mean * float64(f.all))
}

// Fingerprint is part of box.Box.
func (f *Folder) Fingerprint() string { return f.fingerprint }

// Close is part of box.Box.
func (f *Folder) Close() error {
	if f.c != nil {
		f.c.leave()
		f.c = nil
	}
	return nil
}
