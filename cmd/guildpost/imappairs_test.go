package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"guildpost/mail/mailtest"
	"guildpost/store"
)

// TestTwoWays: the same post by LMTP and through a mailbox, in any order and at once, is one post.
func TestTwoWays(t *testing.T) {
	const pairs, members = 200, 2
	box, err := startMailboxServer()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.server.Close() })
	sink := faultSink(t, mailtest.Faults{})
	d := twoWays(t, box.addr, sink.Addr())
	conn, err := net.Dial("tcp", d.inbound.Addr("lmtp"))
	if err != nil {
		t.Fatal(err)
	}
	c := smtp.NewClientLMTP(conn)
	defer c.Close()
	random := rand.New(rand.NewPCG(2026, 12))
	byLMTP, byIMAP := random.Perm(pairs), random.Perm(pairs)
	var ways sync.WaitGroup
	ways.Go(func() {
		for _, i := range byLMTP {
			if err := postByLMTP(c, i); err != nil {
				t.Errorf("post %d: %v", i, err)
			}
		}
	})
	ways.Go(func() {
		for _, i := range byIMAP {
			_, _, message := faultPost(i)
			if err := box.append(fetched(message), time.Now()); err != nil {
				t.Errorf("post %d: %v", i, err)
			}
		}
	})
	ways.Wait()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := sink.Wait(ctx, pairs*members); err != nil {
		t.Fatal(err)
	}
	for d.watcher.Stats().Handled < pairs {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			t.Fatalf("not all came through the mailbox: %+v", d.watcher.Stats())
		}
	}
	awaitIdle(t, d)
	for i := range pairs {
		id, _, _ := faultPost(i)
		for m := range members {
			if n := sink.Count(fmt.Sprintf("member%d@example.org", m), id); n != 1 {
				t.Errorf("member %d has %d copies of post %d", m, n, i)
			}
		}
	}
}

func postByLMTP(c *smtp.Client, i int) error {
	_, _, message := faultPost(i)
	if err := c.Mail("member0@example.org", nil); err != nil {
		return err
	}
	if err := c.Rcpt("rust@lists.example.org", nil); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write([]byte(message)); err != nil {
		return err
	}
	return w.Close()
}

// twoWays starts a daemon in this process that takes mail by LMTP and from a mailbox, with the community rust of two.
func twoWays(t *testing.T, box, smarthost string) *Daemon {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "guildpost.toml"), imapTable(box, "lists", ""))
	config, err := loadConfig("", dir, []string{"GUILDPOST_INBOUND_LMTP=127.0.0.1:0", "GUILDPOST_INBOUND_SMTP=", "GUILDPOST_WEB_LISTEN=",
		"GUILDPOST_OUTBOUND_SMARTHOST=" + smarthost, "GUILDPOST_OUTBOUND_TLS=none"})
	if err != nil {
		t.Fatal(err)
	}
	d, err := newDaemon(t.Context(), daemonOptions{Config: config, Now: time.Now, Resolver: demoResolver{}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := d.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	by := store.Actor{Who: "postmaster", Via: "test", At: time.Now().Add(-time.Hour)}
	c, err := d.db.CreateCommunity(t.Context(), by, store.Community{Name: "rust", Domain: "lists.example.org", Title: "Rust Guild",
		Rules: store.Rules{DMARC: store.DMARCNever}})
	if err != nil {
		t.Fatal(err)
	}
	two := []store.NewMember{{Address: "member0@example.org"}, {Address: "member1@example.org"}}
	if _, err := d.db.ImportMembers(t.Context(), by, c.ID, two); err != nil {
		t.Fatal(err)
	}
	if err := d.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return d
}

// awaitIdle waits until nothing is on its way.
func awaitIdle(t *testing.T, d *Daemon) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); <-tick.C {
		if idle, err := d.db.Idle(t.Context(), time.Now()); err != nil {
			t.Fatal(err)
		} else if idle {
			return
		}
	}
	t.Fatal("mail is still on its way")
}
