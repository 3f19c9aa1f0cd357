package main

import (
	"context"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"guildpost/mail/archive"
	"guildpost/mail/inbound/imapwatch"
	"guildpost/store"
	"guildpost/store/storetest"
)

// A nullArchiver takes all and keeps nothing, so that what is measured is the way to it.
type nullArchiver struct{}

func (nullArchiver) File(_ context.Context, _ int64, messages []imapwatch.Incoming) ([]imapwatch.FileResult, error) {
	return make([]imapwatch.FileResult, len(messages)), nil
}

// A tally counts what another archiver has taken.
type tally struct {
	imapwatch.Archiver
	n, want int
	full    chan struct{}
}

func (a *tally) File(ctx context.Context, community int64, messages []imapwatch.Incoming) ([]imapwatch.FileResult, error) {
	results, err := a.Archiver.File(ctx, community, messages)
	if err != nil {
		return nil, err
	}
	for _, r := range results {
		if r.Err == nil && !r.Known {
			a.n++
		}
	}
	if a.n == a.want {
		close(a.full)
	}
	return results, nil
}

// BenchmarkIMAPBackfill: a mailbox of 10 kB messages at Dovecot is fetched by the watcher in mode archive, and by go-imap alone
// that throws the same bodies away: once with an archiver that keeps nothing, and once into the archive, with threads and
// search index.
func BenchmarkIMAPBackfill(b *testing.B) {
	const n = 10_000
	d := startDovecot(b, "maildir")
	d.fill("old", n, func(i int) string { return fmt.Sprintf("Message-ID: <old-%d@example.org>\r\n%s", i, benchPost) })
	fetchAlone(b, d, n) // Dovecot makes its index
	for range b.N {
		most := fetchAlone(b, d, n)
		rate := backfill(b, d, n, func(*store.DB) imapwatch.Archiver { return nullArchiver{} })
		filed := backfill(b, d, n, func(db *store.DB) imapwatch.Archiver { return &filer{archive.Importer{DB: db, Now: time.Now}} })
		b.ReportMetric(most, "limit/s")
		b.ReportMetric(rate, "messages/s")
		b.ReportMetric(rate/most, "ratio")
		b.ReportMetric(filed, "filed/s")
		b.ReportMetric(filed/most, "filed-ratio")
	}
	b.ReportMetric(0, "ns/op")
}

// backfill is the rate at which the watcher has n messages kept by an archiver.
func backfill(b *testing.B, d *dovecot, n int, archiver func(*store.DB) imapwatch.Archiver) float64 {
	db := storetest.Open(b)
	storetest.Community(b, db, "rust")
	counted := &tally{Archiver: archiver(db), want: n, full: make(chan struct{})}
	began := time.Now()
	w := watchDovecot(b, db, d.addr, counted, time.After)
	select {
	case <-counted.full:
	case <-time.After(5 * time.Minute):
		b.Fatalf("%d of %d messages came", counted.n, n)
	}
	rate := float64(n) / time.Since(began).Seconds()
	ctx, cancel := context.WithTimeout(b.Context(), 10*time.Second)
	defer cancel()
	if err := w.Stop(ctx); err != nil {
		b.Fatal(err)
	}
	return rate
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
