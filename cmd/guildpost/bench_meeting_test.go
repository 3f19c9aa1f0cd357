package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"guildpost/calendar"
	"guildpost/mail"
	"guildpost/store"
)

// invitedMembers is how many are invited; GUILDPOST_BENCH_MEMBERS says another number.
const invitedMembers = 10_000

// BenchmarkInvitations: a meeting of 10,000 members is called and then moved: every mail is written, in three languages and ten
// time zones, packed and queued when that returns. What others on the machine take is seen from cpu-s: two processors give
// twice as many seconds of it.
func BenchmarkInvitations(b *testing.B) {
	ctx, now := context.Background(), time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	n := benchSize("GUILDPOST_BENCH_MEMBERS", invitedMembers)
	for range b.N {
		k, c := meetingWorld(b, n, now)
		by := store.Actor{Who: "postmaster", At: now}
		began, used := time.Now(), processorTime(b)
		m, err := k.Call(ctx, by, c, calendar.Plan{Title: "Borrow checker clinic", Location: "Room 3", Description: "Bring code.\nGrüße",
			Starts: now.AddDate(0, 0, 7), Zone: "Europe/Berlin", Length: time.Hour, Rule: "FREQ=WEEKLY;COUNT=10"})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(began).Seconds(), "s-invite")
		b.ReportMetric((processorTime(b) - used).Seconds(), "cpu-s-invite")
		starts := m.Starts.Add(time.Hour)
		began, used = time.Now(), processorTime(b)
		if _, err := k.Change(ctx, by, m, calendar.Edit{Starts: &starts}); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(began).Seconds(), "s-change")
		b.ReportMetric((processorTime(b) - used).Seconds(), "cpu-s-change")
		if queued, err := k.DB.QueueList(ctx, store.QueueFilter{Limit: 3 * n}); err != nil || len(queued) != 2*n {
			b.Fatalf("%d mails are queued, %v, want %d", len(queued), err, 2*n)
		}
	}
	b.ReportMetric(0, "ns/op")
}

// meetingWorld is a community with a calendar.
func meetingWorld(b *testing.B, members int, now time.Time) (*calendar.Calendar, store.Community) {
	b.Helper()
	ctx, by := context.Background(), store.Actor{Who: "postmaster", At: now}
	path := filepath.Join(b.TempDir(), "guildpost.db")
	db, err := store.Open(ctx, store.Options{Path: path})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	c, err := db.CreateCommunity(ctx, by, store.Community{Name: "rust", Domain: "lists.example.org", Title: "Rust Guild"})
	if err != nil {
		b.Fatal(err)
	}
	all := make([]store.NewMember, members)
	for i := range all {
		all[i] = store.NewMember{Address: fmt.Sprintf("member%d@m%d.example", i, i%50), Name: fmt.Sprint("Member ", i)}
	}
	if _, err := db.ImportMembers(ctx, by, c.ID, all); err != nil {
		b.Fatal(err)
	}
	settle(b, path)
	keys, err := mail.NewKeyring(mail.Key{ID: 1, Secret: make([]byte, 32), Since: now.AddDate(0, -1, 0)})
	if err != nil {
		b.Fatal(err)
	}
	return &calendar.Calendar{DB: db, Keys: keys, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Random: rand.Reader, Now: func() time.Time { return now },
		PublicURL: "https://lists.example.org"}, c
}

// settle gives members languages and time zones, past the store, which does that one by one.
func settle(b *testing.B, path string) {
	b.Helper()
	past, err := sql.Open("sqlite3", path)
	if err != nil {
		b.Fatal(err)
	}
	defer past.Close()
	for i, zone := range []string{"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Sydney", "UTC", "America/Sao_Paulo", "Asia/Tokyo", "Africa/Lagos", "Europe/London"} {
		if _, err := past.Exec("UPDATE members SET timezone = ? WHERE id % 10 = ?", zone, i); err != nil {
			b.Fatal(err)
		}
	}
	for i, language := range []string{"en", "de", "es"} {
		if _, err := past.Exec("UPDATE members SET language = ? WHERE id % 3 = ?", language, i); err != nil {
			b.Fatal(err)
		}
	}
}
