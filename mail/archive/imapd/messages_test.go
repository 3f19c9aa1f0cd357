package imapd

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"guildpost/store"
	"guildpost/store/storetest"
)

// TestMemoryOfMessages: large messages wait for each other, and those that are read in pieces stay within their bound.
func TestMemoryOfMessages(t *testing.T) {
	w := newWorld(t, nil)
	rust := storetest.Community(t, w.db, "rust")
	var rows []store.MailboxRow
	for i := range 5 {
		uid := w.post(rust, fmt.Sprintf("From: a@a.example\nSubject: %d\nMessage-ID: <%d@a.example>\n\n%s", i, i, strings.Repeat("0123456789abcde\n", 600_000)), in2026)
		found, err := w.db.MailboxRows(ctx, []int64{int64(uid)})
		w.check(err)
		rows = append(rows, found...)
	}
	c := newMessages(w.db)
	for _, row := range rows { // some 10 MB each
		_, release, err := c.read(ctx, row, true)
		w.check(err)
		release()
	}
	if c.bytes > keepMemory || len(c.kept) != 3 || c.order.Len() != 3 || c.used != 0 {
		t.Errorf("%d bytes of %d messages are kept, %d in use", c.bytes, len(c.kept), c.used)
	}
	before := c.find(rows[4].RawID)
	again, release, err := c.read(ctx, rows[4], true)
	w.check(err)
	release()
	if before == nil || again != before {
		t.Error("a message that is kept was read again")
	}
	w.check(c.take(ctx, useMemory))
	waiting, cancel := context.WithCancel(ctx)
	got := make(chan error)
	go func() {
		_, _, err := c.read(waiting, rows[0], false)
		got <- err
	}()
	cancel()
	if err := <-got; store.KindOf(err) != store.Temporary {
		t.Errorf("without memory: %v", err)
	}
	go func() {
		_, _, err := c.read(ctx, rows[0], false)
		got <- err
	}()
	c.give(useMemory)
	w.check(<-got)
}

// TestForgetting: lists of posts that nobody looks at leave the memory; one that is looked at stays.
func TestForgetting(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Poll = time.Hour })
	rust, other := storetest.Community(t, w.db, "rust"), storetest.Community(t, w.db, "go")
	h := w.server.hub
	for _, c := range []store.Community{rust, other} {
		_, err := h.archive(ctx, c.ID, w.clock())
		w.check(err)
	}
	h.archives[rust.ID].watch(1)
	if all := h.watched(w.clock().Add(forgetAfter)); len(all) != 1 || len(h.archives) != 2 {
		t.Errorf("%d are watched of %d", len(all), len(h.archives))
	}
	if h.watched(w.clock().Add(forgetAfter + 1)); len(h.archives) != 1 {
		t.Errorf("%d are kept", len(h.archives))
	}
}
