package main

import (
	"bytes"
	"crypto/rand"
	"log/slog"
	"testing"
	"time"

	"guildpost/digest"
	"guildpost/mail"
	"guildpost/store"
)

// BenchmarkBrief: the brief to a facilitator of a community of 10,000 members with 1,000,000 posts of a year, and that to another
// one, for whom the measures are there already. Each is how long Due is kept from other things.
func BenchmarkBrief(b *testing.B) {
	members, posts := benchSize("GUILDPOST_BENCH_MEMBERS", 10_000), benchSize("GUILDPOST_BENCH_POSTS", 1_000_000)
	now := time.Now()
	p := newProcess(b, "127.0.0.1:1", "")
	c := p.fillArchive(members, posts, now.AddDate(-1, 0, 0), now)
	db := p.open()
	defer db.Close()
	keys, err := mail.NewKeyring(mail.Key{ID: 1, Secret: bytes.Repeat([]byte{7}, 32), Since: now.AddDate(-1, 0, 0)})
	if err != nil {
		b.Fatal(err)
	}
	team, err := db.Subscriptions(b.Context(), c.ID, store.SubscriptionFilter{Role: store.Facilitator})
	if err != nil {
		b.Fatal(err)
	}
	by := store.Actor{Who: "postmaster", Via: "test", At: now.AddDate(0, 0, -2)}
	if _, _, err := db.AddMember(b.Context(), by, c.ID, store.NewMember{Address: "new@example.org"}); err != nil { // somebody to be told of
		b.Fatal(err)
	}
	for range b.N {
		briefs := digest.NewBriefs(&digest.Newsletters{Gatherer: &digest.Gatherer{DB: db, Zone: time.UTC}, DB: db, Keys: keys, Log: slog.New(slog.DiscardHandler),
			Now: func() time.Time { return now }, Random: rand.Reader, Language: "en"})
		p.forget()
		for _, unit := range []string{"ms-first", "ms-next"} {
			began := time.Now()
			raw, _, err := briefs.Preview(b.Context(), c, team[0])
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(time.Since(began).Microseconds())/1000, unit)
			b.ReportMetric(float64(len(raw)), "octets")
		}
	}
	b.ReportMetric(0, "ns/op")
}
