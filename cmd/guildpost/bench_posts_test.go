package main

import (
	"crypto/sha256"
	"fmt"
	"sync"
	"testing"
	"time"

	"guildpost/store"
)

// benchPosts files n posts of a year, in threads of ten, that go to nobody.
func benchPosts(b *testing.B, db *store.DB, c store.Community, n int) {
	b.Helper()
	year := time.Now().AddDate(-1, 0, 0) // before anybody joined
	var all sync.WaitGroup
	for worker := range 50 {
		all.Go(func() {
			for i := worker; i < n; i += 50 {
				at := year.Add(time.Duration(i) * time.Minute)
				raw := fmt.Appendf(nil, "Message-ID: <old-%d@example.org>\r\n%s", i, benchPost)
				hash := sha256.Sum256(raw)
				a := store.Arrival{CommunityID: c.ID, Raw: raw, MessageID: fmt.Sprintf("old-%d@example.org", i), BodyHash: hash[:],
					From: "member0@example.org", Subject: "Speed", Date: at, Now: at}
				if i%500 >= 50 { // the same worker has filed it before
					a.References = []string{fmt.Sprintf("old-%d@example.org", i-i%500+i%50)}
				}
				if _, err := db.AcceptPost(b.Context(), a); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}
