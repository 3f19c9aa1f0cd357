package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"guildpost/store"
)

// An erasureLog is the file of erasures in the data folder, beside the database: a backup of the database that is restored
// does not change it, so that it tells which erasures the backup does not know of. It holds keyed hashes of addresses.
type erasureLog struct{ path string }

// An erasureLine is one line of the file.
type erasureLine struct {
	At     time.Time `json:"at"`
	Key    string    `json:"key"`
	Hashes []string  `json:"hashes"`
}

type erasureLines []erasureLine

func (a *app) erasureLog() erasureLog {
	return erasureLog{filepath.Join(a.config.Data, "erasures.jsonl")}
}

// read reads the file; it is empty where there is none yet.
func (l erasureLog) read() (all erasureLines, err error) {
	data, err := os.ReadFile(l.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, store.Errorf(store.Invalid, "the file of erasures %s cannot be read: %w", l.path, unwrapPath(err))
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, len(data)+1)
	for n := 1; lines.Scan(); n++ {
		var line erasureLine
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return nil, store.Errorf(store.Invalid, "line %d of the file of erasures %s cannot be read: %w", n, l.path, err)
		}
		all = append(all, line)
	}
	return all, lines.Err()
}

// has says whether an address was erased.
func (all erasureLines) has(address string) bool {
	return slices.ContainsFunc(all, func(line erasureLine) bool {
		return slices.Contains(line.Hashes, store.HashAddress(line.Key, address))
	})
}

// key returns the key of the hashes: that of earlier erasures, which a restored database may not know.
func (l erasureLog) key(ctx context.Context, db *store.DB) (string, error) {
	all, err := l.read()
	if err != nil {
		return "", err
	}
	fresh := rand.Text()
	if len(all) > 0 {
		fresh = all[len(all)-1].Key
	}
	return db.ErasureKey(ctx, fresh)
}

// note appends an erasure and waits until the disk has it.
func (l erasureLog) note(now time.Time, key string, addresses []string) error {
	line := erasureLine{At: now.UTC().Truncate(time.Second), Key: key}
	for _, address := range addresses {
		line.Hashes = append(line.Hashes, store.HashAddress(key, address))
	}
	text, err := json.Marshal(line)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(l.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return store.Errorf(store.Temporary, "the file of erasures %s cannot be written: %w", l.path, unwrapPath(err))
	}
	_, err = f.Write(append(text, '\n'))
	return errors.Join(err, f.Sync(), f.Close())
}
