package main

import (
	"context"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"guildpost/mail/inbound/imapwatch"
	"guildpost/store/storetest"
)

// A nullArchiver takes all and keeps nothing, so that what is measured is the way to it.
type nullArchiver struct {
	n, want int
	full    chan struct{}
}

func (a *nullArchiver) File(_ context.Context, _ int64, messages []imapwatch.Incoming) ([]imapwatch.FileResult, error) {
	if a.n += len(messages); a.n == a.want {
		close(a.full)
	}
	return make([]imapwatch.FileResult, len(messages)), nil
}

// BenchmarkIMAPBackfill: a mailbox of 10 kB messages at Dovecot is fetched by the watcher in mode archive, and by go-imap alone
// that throws the same bodies away.
func BenchmarkIMAPBackfill(b *testing.B) {
	const n = 10_000
	d := startDovecot(b, "maildir")
	d.fill("old", n, func(i int) string { return fmt.Sprintf("Message-ID: <old-%d@example.org>\r\n%s", i, benchPost) })
	fetchAlone(b, d, n) // Dovecot makes its index
	for range b.N {
		most := fetchAlone(b, d, n)
		archive := &nullArchiver{want: n, full: make(chan struct{})}
		db := storetest.Open(b)
		began := time.Now()
		watchDovecot(b, db, d.addr, archive, time.After)
		select {
		case <-archive.full:
		case <-time.After(5 * time.Minute):
			b.Fatalf("%d of %d messages came", archive.n, n)
		}
		rate := n / time.Since(began).Seconds()
		b.ReportMetric(rate, "messages/s")
		b.ReportMetric(most, "limit/s")
		b.ReportMetric(rate/most, "ratio")
	}
	b.ReportMetric(0, "ns/op")
}

// fetchAlone is the rate at which go-imap alone fetches all bodies.
func fetchAlone(b *testing.B, d *dovecot, n int) float64 {
	began := time.Now()
	c := d.client("old")
	defer c.Close()
	if _, err := c.Select("INBOX", nil).Wait(); err != nil {
		b.Fatal(err)
	}
	command := c.Fetch(imap.UIDSet{{Start: 1, Stop: 0}}, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}}})
	got := 0
	for data := command.Next(); data != nil; data = command.Next() {
		for item := data.Next(); item != nil; item = data.Next() {
			if body, ok := item.(imapclient.FetchItemDataBodySection); ok {
				if _, err := io.Copy(io.Discard, body.Literal); err != nil {
					b.Fatal(err)
				}
				got++
			}
		}
	}
	if err := command.Close(); err != nil || got != n {
		b.Fatalf("%d of %d messages, %v", got, n, err)
	}
	return float64(n) / time.Since(began).Seconds()
}
