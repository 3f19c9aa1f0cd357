package main

import (
	"fmt"
	"testing"
	"time"

	"guildpost/mail/mailtest"
	"guildpost/store"
)

// TestFair: while a post to 20,000 goes out through a smarthost with latency, posts to five people of another community
// are with them within a second.
func TestFair(t *testing.T) {
	const big, small, posts = 20_000, 5, 5
	w := newFaultWorld(t, big, mailtest.Faults{Slow: time.Millisecond}, "connections = 4")
	w.process.fill(big)
	smallCommunity(t, w.process, small)
	w.in = newInjector(t, 0)
	w.process.start()
	c := w.client(false)
	code, id := c.post(1)
	if code != 250 {
		t.Fatalf("%s got %d", id, code)
	}
	began := time.Now()
	worst := time.Duration(0)
	for n := range posts {
		if err := w.sink.Wait(t.Context(), (n+1)*big/10); err != nil {
			t.Fatal(err)
		}
		worst = max(worst, timeSmallPost(t, c, n, small))
	}
	out := int(w.sink.Stats().Recipients) - posts*small
	if out >= big {
		t.Error("the big post was out before the small ones came")
	}
	t.Logf("the small posts took at worst %v; meanwhile %.0f copies a second of the big one", worst, float64(out)/time.Since(began).Seconds())
	if worst > time.Second {
		t.Errorf("a post to %d people took %v beside one to %d", small, worst, big)
	}
}

// smallCommunity makes the community small with n members, small0@example.org and so on.
func smallCommunity(t *testing.T, p *process, n int) {
	t.Helper()
	db := p.open()
	defer db.Close()
	by := store.Actor{Who: "postmaster", Via: "test", At: time.Now().Add(-time.Hour)}
	c, err := db.CreateCommunity(t.Context(), by, store.Community{Name: "small", Domain: "lists.example.org", Title: "Small Guild",
		Rules: store.Rules{DMARC: store.DMARCNever, NonMembers: store.PostAccept}})
	if err != nil {
		t.Fatal(err)
	}
	var members []store.NewMember
	for i := range n {
		members = append(members, store.NewMember{Address: fmt.Sprintf("small%d@example.org", i)})
	}
	if _, err := db.ImportMembers(t.Context(), by, c.ID, members); err != nil {
		t.Fatal(err)
	}
}

// timeSmallPost posts to the small community and returns how long the last copy took after the 250.
func timeSmallPost(t *testing.T, c *faultClient, n, members int) time.Duration {
	t.Helper()
	id := fmt.Sprintf("small-%d@example.org", n)
	message := "Message-ID: <" + id + ">\r\nFrom: Small <small0@example.org>\r\nSubject: Small\r\n\r\nText\r\n"
	if code, err := transact(c.conn, "small", message, func() {}); code != 250 || err != nil {
		t.Fatalf("%s got %d, %v", id, code, err)
	}
	began := time.Now()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for i := range members {
		for c.w.sink.Count(fmt.Sprintf("small%d@example.org", i), id) == 0 {
			if time.Since(began) > 20*time.Second {
				t.Fatalf("%s did not arrive in 20 s", id)
			}
			<-tick.C
		}
	}
	return time.Since(began)
}
