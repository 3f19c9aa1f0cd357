package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"guildpost/mail"
	"guildpost/mail/mailtest"
)

// TestKeysNoticed: a running daemon makes its tickets with a new key by itself, soon after a command made that.
func TestKeysNoticed(t *testing.T) {
	dir := t.TempDir()
	sink, err := mailtest.Start(mailtest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	text := "[inbound]\nlmtp = \"127.0.0.1:0\"\nsmtp = \"127.0.0.1:0\"\n[web]\nlisten = \"\"\n[outbound]\nsmarthost = \"" + sink.Addr() + "\"\ntls = \"none\"\n"
	if err := os.WriteFile(filepath.Join(dir, "guildpost.toml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	config, err := loadConfig("", dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	early := func() time.Time { return time.Date(2026, 8, 3, 8, 0, 0, 0, time.UTC) }
	d, err := newDaemon(t.Context(), daemonOptions{Config: config, Now: early, Resolver: demoResolver{}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Stop(context.Background()) }()
	ticket := mail.Ticket{Kind: mail.TicketLeave, Person: 1, Object: 1}
	before := d.keys.ring.Seal(ticket)
	if code, _, stderr := outcome(t, dir, "ticket", "rotate"); code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(20 * time.Second); d.keys.ring.Seal(ticket) == before; <-tick.C {
		if time.Now().After(end) {
			t.Fatal("tickets are made with the old key still")
		}
	}
	if got, err := d.keys.ring.Open(before, early()); err != nil || got != ticket {
		t.Errorf("a ticket of the old key: got %v, %v", got, err)
	}

	// What cannot be read changes nothing, and keeps nothing else from being done.
	if err := d.db.SetSetting(t.Context(), settingTicketKeys, "{"); err != nil {
		t.Fatal(err)
	}
	if err := d.keys.look(t.Context()); err == nil {
		t.Error("keys that cannot be read are no error")
	}
	if _, err := d.Due(t.Context(), early()); err != nil {
		t.Errorf("with keys that cannot be read: %v", err)
	}
	if _, err := d.keys.ring.Open(before, early()); err != nil {
		t.Errorf("with keys that cannot be read: %v", err)
	}
}
