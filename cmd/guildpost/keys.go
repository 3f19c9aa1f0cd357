package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"sync"
	"time"

	"guildpost/mail"
	"guildpost/store"
)

// settingTicketKeys is the setting that holds the secrets of tickets: all daemons of an installation use the same.
const settingTicketKeys = "ticket_keys"

// newTicketKey makes a secret.
func newTicketKey(id int, now time.Time) (mail.Key, error) {
	key := mail.Key{ID: id, Secret: make([]byte, 32), Since: now}
	_, err := rand.Read(key.Secret)
	return key, err
}

// keptTicketKeys reads the secrets of tickets as they are kept; whoever is first makes the first one.
func keptTicketKeys(ctx context.Context, db *store.DB, now time.Time) (string, error) {
	first, err := newTicketKey(1, now)
	if err != nil {
		return "", err
	}
	fresh, err := json.Marshal([]mail.Key{first})
	if err != nil {
		return "", err
	}
	return db.FirstSetting(ctx, settingTicketKeys, string(fresh))
}

func parseTicketKeys(kept string) (keys []mail.Key, err error) {
	if err := json.Unmarshal([]byte(kept), &keys); err != nil {
		return nil, store.Errorf(store.Internal, "the ticket keys in the database cannot be read: %w", err)
	}
	return keys, nil
}

// ticketKeys is the keyring of the secrets as they are now, for a command.
func ticketKeys(ctx context.Context, db *store.DB, now time.Time) (*mail.Keyring, error) {
	kept, err := keptTicketKeys(ctx, db, now)
	if err != nil {
		return nil, err
	}
	keys, err := parseTicketKeys(kept)
	if err != nil {
		return nil, err
	}
	return mail.NewKeyring(keys...)
}

// keysEvery is how soon a running daemon makes its tickets with a new secret.
const keysEvery = time.Second

// A keyWatch keeps the keyring of a daemon as the database has it.
type keyWatch struct {
	daemon *Daemon
	ring   *mail.Keyring
	mu     sync.Mutex
	kept   string // what the ring was made of
	ctx    context.Context
	cancel context.CancelFunc
	done   chan struct{}
}

func newKeyWatch(ctx context.Context, d *Daemon) (*keyWatch, error) {
	kept, err := keptTicketKeys(ctx, d.db, d.now())
	if err != nil {
		return nil, err
	}
	keys, err := parseTicketKeys(kept)
	if err != nil {
		return nil, err
	}
	w := &keyWatch{daemon: d, kept: kept, done: make(chan struct{})}
	w.ctx, w.cancel = context.WithCancel(context.Background())
	w.ring, err = mail.NewKeyring(keys...)
	return w, err
}

// look takes other keys where the database has others. Keys that cannot be read change nothing: the tickets that are out
// go on working.
func (w *keyWatch) look(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	kept, err := w.daemon.db.Setting(ctx, settingTicketKeys)
	if err != nil || kept == w.kept {
		return err
	}
	keys, err := parseTicketKeys(kept)
	if err == nil {
		err = w.ring.Replace(keys...)
	}
	if err != nil {
		return err
	}
	w.kept = kept
	w.daemon.log.Info("tickets are made with another key", "key", currentKey(keys).ID, "keys", len(keys))
	return nil
}

// lookNow is look where nobody can be told but the log.
func (w *keyWatch) lookNow(ctx context.Context) {
	if err := w.look(ctx); err != nil && ctx.Err() == nil {
		w.daemon.log.Error("the ticket keys could not be read; those from before are used", "error", err)
	}
}

func (w *keyWatch) start() {
	go func() {
		defer close(w.done)
		tick := time.NewTicker(keysEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
			case <-w.ctx.Done():
				return
			}
			w.lookNow(w.ctx)
		}
	}()
}

func (w *keyWatch) stop() error {
	w.cancel()
	<-w.done
	return nil
}

// currentKey is the one that makes tickets.
func currentKey(keys []mail.Key) (current mail.Key) {
	for i, key := range keys {
		if i == 0 || key.Since.After(current.Since) {
			current = key
		}
	}
	return current
}
