package imapwatch

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"guildpost/store"
)

const (
	// batchOctets and batchMessages bound what is in memory: one batch is handled while the next one comes in.
	batchOctets   = 4 << 20
	batchMessages = 250
	// overhead is how much the server may say about each message beside its octets.
	overhead = 4 << 10
)

// A sized is a message of which the size is known.
type sized struct {
	uid  uint32
	size int64
	date time.Time // when it came; zero where that was not asked for
}

// A message is one with its octets.
type message struct {
	sized
	raw []byte
}

var errTooLarge = errors.New("the message is larger than guildpost takes")

var wholeMessage = &imap.FetchItemBodySection{Peek: true}

// sizes asks how large messages are, and with dates since when they are there. Some may be gone.
func (c *client) sizes(ctx context.Context, uids []uint32, dates bool) (known []sized, err error) {
	options := &imap.FetchOptions{UID: true, RFC822Size: true, InternalDate: dates}
	err = c.do(ctx, "asking for the sizes of messages", answerSize, func() error {
		return c.read(c.Fetch(uidSet(uids), options), wholeMessage, 0, func(m message) {
			if m.uid != 0 {
				known = append(known, m.sized)
			}
		})
	})
	slices.SortFunc(known, func(a, b sized) int { return cmp.Compare(a.uid, b.uid) })
	return slices.CompactFunc(known, func(a, b sized) bool { return a.uid == b.uid }), err
}

// readData reads what a server says of one message; the section of its body that was asked for may have max octets. After
// an error nothing more may be read, and end was called, which ends the connection.
func readData(next func() imapclient.FetchItemData, section *imap.FetchItemBodySection, max int64, end func()) (m message, err error) {
	for item := next(); item != nil; item = next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			m.uid = uint32(item.UID)
		case imapclient.FetchItemDataRFC822Size:
			m.size = item.Size
		case imapclient.FetchItemDataInternalDate:
			m.date = item.Time
		case imapclient.FetchItemDataBodySection:
			if item.Literal == nil || m.raw != nil || !item.MatchCommand(section) {
				continue
			}
			if m.raw, err = readBody(item.Literal, max); err != nil {
				end()
				if errors.Is(err, errTooLarge) {
					_, _ = io.Copy(io.Discard, item.Literal) // lets the library's reader see the end
				}
				return m, err
			}
		}
	}
	return m, nil
}

// readBody reads a literal. One that ends early comes from a connection that broke: the library tells both alike.
func readBody(literal imap.LiteralReader, max int64) ([]byte, error) {
	size := literal.Size()
	if size > max {
		return nil, errTooLarge
	}
	raw := make([]byte, size, size+1)
	if _, err := io.ReadFull(literal, raw); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	// The library goes on when it has seen the end.
	if n, _ := literal.Read(raw[size : size+1]); n != 0 {
		return nil, io.ErrUnexpectedEOF
	}
	return raw, nil
}

// batches divides messages so that each batch is of bounded size; a large message is one by itself.
func batches(all []sized) (divided [][]sized) {
	var octets int64
	for _, m := range all {
		last := len(divided) - 1
		if last < 0 || octets+m.size > batchOctets || len(divided[last]) == batchMessages {
			divided, octets, last = append(divided, nil), 0, last+1
		}
		divided[last] = append(divided[last], m)
		octets += m.size
	}
	return divided
}

// A delivery is what has come of a batch, and what has not.
type delivery struct {
	messages []message
	missing  []uint32
}

// bodies fetches messages and handles them, while the next ones come in.
func (s *session) bodies(ctx context.Context, all []sized) (err error) {
	fetching, cancel := context.WithCancel(ctx)
	defer cancel()
	got := make(chan delivery)
	ended := make(chan error, 1)
	go func() {
		defer close(got)
		ended <- s.fetch(fetching, batches(all), got)
	}()
	for d := range got {
		if err == nil {
			err = s.take(d)
		}
		if err != nil {
			cancel() // what is coming in is read to its end
		}
	}
	if fetchErr := <-ended; err == nil {
		err = fetchErr
	}
	return err
}

// take handles what has come. What has not is noted before, so that it is looked for by itself: it was removed by others
// meanwhile, or its server has ideas of its own of an answer.
func (s *session) take(d delivery) error {
	if len(d.missing) > 0 {
		now := s.w.opts.Now()
		open := make([]store.IMAPOpen, len(d.missing))
		for i, uid := range d.missing {
			open[i] = store.IMAPOpen{UID: uid, State: store.IMAPRetry, Since: now, NextAt: now}
		}
		if err := s.save(store.IMAPStep{Now: now, Open: open}); err != nil {
			return err
		}
	}
	return s.handle(d.messages)
}

// fetch fetches batch after batch, each while the one before it is handled. There is one command at a time: Dovecot answers
// several of them in turns, and the library then waits for whoever does not read just now.
func (s *session) fetch(ctx context.Context, divided [][]sized, got chan<- delivery) error {
	for _, batch := range divided {
		messages, err := s.c.collect(ctx, batch)
		if err != nil {
			return err
		}
		select {
		case got <- delivery{messages, missing(batch, messages)}:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func missing(batch []sized, messages []message) (uids []uint32) {
	came := make(map[uint32]bool, len(messages))
	for _, m := range messages {
		came[m.uid] = true
	}
	for _, m := range batch {
		if !came[m.uid] {
			uids = append(uids, m.uid)
		}
	}
	return uids
}

// collect fetches a batch.
func (c *client) collect(ctx context.Context, batch []sized) (messages []message, err error) {
	dates := make(map[uint32]time.Time, len(batch))
	uids := make([]uint32, len(batch))
	octets := int64(answerSize)
	for i, m := range batch {
		uids[i], dates[m.uid] = m.uid, m.date
		octets += m.size + m.size/8 + overhead
	}
	options := &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{wholeMessage}}
	err = c.do(ctx, "fetching messages", octets, func() error {
		return c.read(c.Fetch(uidSet(uids), options), wholeMessage, c.max, func(m message) {
			if m.uid != 0 && m.raw != nil {
				m.date = dates[m.uid]
				messages = append(messages, m)
			}
		})
	})
	var refused *refusal
	if errors.As(err, &refused) { // such as NO, since one of them was removed: the others came
		err = nil
	}
	slices.SortFunc(messages, func(a, b message) int { return cmp.Compare(a.uid, b.uid) })
	return messages, err
}

// read reads the answer to a command. When a body cannot be read the connection is closed and the rest of the answer left:
// the library would read on in the broken body, beside its own reader.
func (c *client) read(command *imapclient.FetchCommand, section *imap.FetchItemBodySection, max int64, got func(message)) error {
	for data := command.Next(); data != nil; data = command.Next() {
		m, err := readData(data.Next, section, max, c.close)
		if err != nil {
			return err
		}
		got(m)
	}
	return command.Close()
}

// one fetches a message with nothing but its body, by its number in the mailbox: some servers tell the UID behind the body,
// where the library does not look for it. The number may pass to another message meanwhile, so it is asked for twice.
func (c *client) one(ctx context.Context, uid uint32) (m message, found bool, err error) {
	number, err := c.number(ctx, uid)
	for range 10 {
		if err != nil || number == 0 {
			return m, false, err
		}
		raw, err := c.numbered(ctx, number)
		if err != nil {
			return m, false, err
		}
		after, err := c.number(ctx, uid)
		if err == nil && after == number {
			return message{sized{uid: uid, size: int64(len(raw))}, raw}, raw != nil, nil
		}
		if err != nil {
			return m, false, err
		}
		number = after
	}
	return m, false, store.Errorf(store.Temporary, "the messages of the mailbox were renumbered each time that one of them was fetched")
}

// numbered fetches a message by its number; nil where it has none.
func (c *client) numbered(ctx context.Context, number uint32) (raw []byte, err error) {
	err = c.do(ctx, "fetching a message", c.max+answerSize, func() error {
		command := c.Fetch(imap.SeqSetNum(number), &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{wholeMessage}})
		return c.read(command, wholeMessage, c.max, func(m message) {
			if m.raw != nil {
				raw = m.raw
			}
		})
	})
	return raw, err
}

// number is where a message stands in the mailbox; 0 where it is gone.
func (c *client) number(ctx context.Context, uid uint32) (number uint32, err error) {
	err = c.do(ctx, "looking for a message", answerSize, func() error {
		data, err := c.Search(&imap.SearchCriteria{UID: []imap.UIDSet{imap.UIDSetNum(imap.UID(uid))}}, nil).Wait()
		if err != nil {
			return err
		}
		if set, ok := data.All.(imap.SeqSet); ok && len(set) > 0 {
			number = set[0].Start
		}
		return nil
	})
	return number, err
}
