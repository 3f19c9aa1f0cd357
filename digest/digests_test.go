package digest

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/store/storetest"
)

func newMailer(db *store.DB) *Mailer {
	return &Mailer{DB: db, Log: slog.New(slog.DiscardHandler), Random: rand.Reader, Timezone: time.UTC}
}

func TestNextDigest(t *testing.T) {
	for _, tt := range []struct {
		rhythm              store.DeliveryMode
		hour                int
		zone, after, vacant string
		want                string
	}{
		{store.Daily, 7, "Europe/Berlin", "2026-03-27T05:59:59Z", "", "2026-03-27T06:00:00Z"},
		{store.Daily, 7, "Europe/Berlin", "2026-03-27T06:00:00Z", "", "2026-03-28T06:00:00Z"},
		{store.Daily, 7, "Europe/Berlin", "2026-03-28T06:00:00Z", "", "2026-03-29T05:00:00Z"}, // the clocks go forward
		{store.Daily, 2, "Europe/Berlin", "2026-03-28T12:00:00Z", "", "2026-03-29T01:00:00Z"}, // there is no 02:00
		{store.Daily, 2, "Europe/Berlin", "2026-10-24T12:00:00Z", "", "2026-10-25T01:00:00Z"}, // there are two: the second
		{store.Daily, 2, "Europe/Berlin", "2026-10-25T01:00:00Z", "", "2026-10-26T01:00:00Z"},
		{store.Daily, 0, "Asia/Kolkata", "2026-03-27T18:29:00Z", "", "2026-03-27T18:30:00Z"},
		{store.Weekly, 7, "UTC", "2026-03-27T12:00:00Z", "", "2026-03-30T07:00:00Z"},
		{store.Weekly, 7, "UTC", "2026-03-30T07:00:00Z", "", "2026-04-06T07:00:00Z"},
		{store.Monthly, 7, "America/Lima", "2026-01-31T12:00:00Z", "", "2026-02-01T12:00:00Z"},
		{store.Monthly, 7, "UTC", "2026-12-01T07:00:00Z", "", "2027-01-01T07:00:00Z"},
		{store.Daily, 7, "UTC", "2026-03-27T05:00:00Z", "2026-04-10T00:00:00Z", "2026-04-10T07:00:00Z"},
	} {
		zone, err := time.LoadLocation(tt.zone)
		if err != nil {
			t.Fatal(err)
		}
		s := store.Subscription{Delivery: tt.rhythm, DigestHour: tt.hour}
		if tt.vacant != "" {
			s.VacationUntil = instant(t, tt.vacant)
		}
		if got := nextDigest(s, instant(t, tt.after), zone).Format(time.RFC3339); got != tt.want {
			t.Errorf("%s at %d in %s after %s: %s, want %s", tt.rhythm, tt.hour, tt.zone, tt.after, got, tt.want)
		}
	}
}

func instant(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestFolded(t *testing.T) {
	for _, tt := range []struct{ raw, want string }{
		{"Yes.\n", "Yes."},
		{"On Friday Ada wrote:\n> Clippy?\n\nYes.\n", "[…]\nYes."},
		{"Yes.\n\nOn Friday Ada wrote:\n> Clippy?\n> Or not?\n", "Yes."},
		{"> one\n\nfirst\n\n> two\n\nsecond\n-- \nBen\n", "[…]\nfirst\n[…]\nsecond"},
		{"", ""},
	} {
		m := mail.Read([]byte("From: Ben <ben@b.example>\r\nSubject: Re: x\r\n\r\n" + strings.ReplaceAll(tt.raw, "\n", "\r\n")))
		if got := folded(m.TextBlocks()); got != tt.want {
			t.Errorf("%q became %q, want %q", tt.raw, got, tt.want)
		}
	}
}

func TestShortened(t *testing.T) {
	for _, tt := range []struct {
		text string
		most int
		want string
		more int
	}{
		{"short", 10, "short", 0}, {"0123456789a", 10, "0123456789a", 0},
		{"one two three four", 10, "one two th", 8}, {"one two tea four five", 12, "one two tea", 10}, {"one\ntwo three\nfour five six", 15, "one\ntwo three", 14},
		{strings.Repeat("ü", 40), 10, strings.Repeat("ü", 10), 30},
	} {
		if got, more := shortened(tt.text, tt.most); got != tt.want || more != tt.more {
			t.Errorf("%q at %d: %q and %d more, want %q and %d", tt.text, tt.most, got, more, tt.want, tt.more)
		}
	}
}

// TestMany: what is more than fits into one digest comes in several at once, each post once, and each small enough for Gmail.
func TestMany(t *testing.T) {
	storetest.OnBoth(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		c := storetest.Community(t, db, "rust")
		s, _, err := db.AddMember(ctx, storetest.By(storetest.Now), c.ID, store.NewMember{Address: "ana@a.example", Delivery: store.Daily})
		check(t, err)
		m := newMailer(db)
		_, err = m.Due(ctx, storetest.Now)
		check(t, err)
		const posts = 150
		for n := range posts {
			a := storetest.Arrival(c, fmt.Sprint("p", n))
			a.Raw = []byte(strings.Replace(string(a.Raw), "This is", strings.Repeat("Long words about nothing much. ", 60)+"This is", 1))
			storetest.Accept(t, db, a)
		}
		n, err := m.Due(ctx, storetest.Now.Add(24*time.Hour))
		check(t, err)
		if n != 3 {
			t.Errorf("%d digests, want 3", n)
		}
		mails, seen := digestsOf(t, db), 0
		for _, raw := range mails {
			message := mail.Read(raw)
			for n := range posts {
				if strings.Contains(message.Text().All, fmt.Sprintf("About p%d\n", n)) {
					seen++
				}
			}
			for _, p := range message.Root.Children {
				if html := p.Content(1 << 20); p.Type == "text/html" && len(html) > 102_000 {
					t.Errorf("the HTML of a digest has %d bytes", len(html))
				}
			}
		}
		if len(mails) != 3 || seen != posts {
			t.Errorf("%d mails with %d posts, want 3 with %d", len(mails), seen, posts)
		}
		again, err := db.Digest(ctx, s.ID)
		check(t, err)
		if !again.DueAt.After(storetest.Now.Add(24 * time.Hour)) {
			t.Errorf("the next one is due at %s", again.DueAt)
		}
	})
}

// digestsOf are the mails to many that are on their way.
func digestsOf(t *testing.T, db *store.DB) (all [][]byte) {
	t.Helper()
	for id := int64(1); ; id++ {
		d, err := db.Dispatch(t.Context(), id)
		if store.KindOf(err) == store.NotFound {
			return all
		}
		check(t, err)
		if d.Kind == store.DispatchMailing {
			raw, err := db.Raw(t.Context(), d.RawID)
			check(t, err)
			all = append(all, raw)
		}
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// BenchmarkDigests sends digests to 100,000 people in four time zones while posts are accepted: how many a second, and how long
// a post waits at most.
func BenchmarkDigests(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		db := storetest.Open(b)
		ctx := context.Background()
		c := storetest.Community(b, db, "rust")
		const readers = 100_000
		for from := 0; from < readers; from += 10_000 {
			all := make([]store.NewMember, 10_000)
			for i := range all {
				all[i] = store.NewMember{Address: storetest.Address(c, from+i), Delivery: store.Daily}
			}
			_, err := db.ImportMembers(ctx, storetest.By(storetest.Now.Add(-time.Hour)), c.ID, all)
			check(b, err)
		}
		for i, s := range storetest.Subscriptions(b, db, c) {
			if i%100 == 0 { // the groups of four zones, in which the few stand for all: a change of each takes minutes
				s.Timezone = []string{"Europe/Berlin", "America/Lima", "Asia/Kolkata", "UTC"}[i/100%4]
				check(b, db.UpdateSubscription(ctx, storetest.By(storetest.Now), s))
			}
		}
		m := newMailer(db)
		for n := range 20 {
			storetest.Accept(b, db, storetest.Arrival(c, fmt.Sprint("p", n)))
		}
		_, err := m.Due(ctx, storetest.Now)
		check(b, err)
		for n := range 20 {
			storetest.Accept(b, db, storetest.Arrival(c, fmt.Sprint("q", n)))
		}
		b.StartTimer()
		var longest atomic.Int64
		done, stopped := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(stopped)
			tick := time.NewTicker(200 * time.Millisecond)
			defer tick.Stop()
			for n := 0; ; n++ {
				select {
				case <-done:
					return
				case <-tick.C:
				}
				began := time.Now()
				storetest.Accept(b, db, storetest.Arrival(c, fmt.Sprint("during", n)))
				longest.Store(max(longest.Load(), int64(time.Since(began))))
			}
		}()
		began := time.Now()
		sent := 0
		for hour := range 25 {
			n, err := m.Due(ctx, storetest.Now.Add(time.Duration(hour)*time.Hour))
			check(b, err)
			sent += n
		}
		took := time.Since(began)
		close(done)
		<-stopped
		if sent < readers {
			b.Fatalf("%d digests", sent)
		}
		b.ReportMetric(float64(sent)/took.Seconds(), "digests/s")
		b.ReportMetric(float64(longest.Load())/1e6, "longest-post-ms")
	}
}
