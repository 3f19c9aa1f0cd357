package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"
)

// packedRaw is a message made ready to be kept, outside of the transaction.
type packedRaw struct {
	hash [sha256.Size]byte
	size int
	data []byte
}

// Both are safe for concurrent use and hold buffers that are dear to make.
var (
	packer = sync.OnceValues(func() (*zstd.Encoder, error) {
		return zstd.NewWriter(nil, zstd.WithEncoderConcurrency(2), zstd.WithWindowSize(1<<20), zstd.WithLowerEncoderMem(true))
	})
	unpacker = sync.OnceValues(func() (*zstd.Decoder, error) {
		return zstd.NewReader(nil, zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxMemory(1<<30))
	})
)

func packRaw(raw []byte) packedRaw {
	p := packedRaw{hash: sha256.Sum256(raw), size: len(raw)}
	if encoder, err := packer(); err == nil {
		p.data = encoder.EncodeAll(raw, make([]byte, 0, len(raw)/2))
	}
	return p
}

// keepRaw keeps a message once, however often it comes, and returns its ID.
func (t *tx) keepRaw(p packedRaw) (id int64, err error) {
	err = t.row("SELECT id FROM raw_messages WHERE hash = ?"+t.dialect.forKeyShare(), p.hash[:]).Scan(&id)
	if err == nil || !isNoRows(err) {
		return id, err
	}
	// The other writer of a race between two PostgreSQL daemons keeps it; the update returns its row.
	return t.insert(`INSERT INTO raw_messages (hash, size, data) VALUES (?, ?, ?)
		ON CONFLICT (hash) DO UPDATE SET size = excluded.size`, p.hash[:], p.size, p.data)
}

// Raw returns a kept message, byte for byte, and proves it by its hash.
func (db *DB) Raw(ctx context.Context, id int64) (raw []byte, err error) {
	var data, hash []byte
	var size int
	err = db.queryRow(ctx, "that message is not kept any more", func(row rowScanner) error {
		return row.Scan(&data, &hash, &size)
	}, "SELECT data, hash, size FROM raw_messages WHERE id = ?", id)
	if err != nil {
		return nil, err
	}
	decoder, err := unpacker()
	if err != nil {
		return nil, err
	}
	raw, err = decoder.DecodeAll(data, make([]byte, 0, size))
	if got := sha256.Sum256(raw); err == nil && string(got[:]) != string(hash) {
		err = errors.New("its hash is another")
	}
	if err != nil {
		return nil, fmt.Errorf("message %d in the database is damaged; restore it from a backup: %w", id, err)
	}
	return raw, nil
}

// clean makes every string among a statement's arguments one that both databases keep; what is looked for changes
// as what was kept did.
func clean(args []any) []any {
	for i, arg := range args {
		if s, ok := arg.(string); ok {
			args[i] = text(s)
		}
	}
	return args
}

// text makes a string one that both databases keep: PostgreSQL refuses NUL and invalid UTF-8.
func text(s string) string {
	if utf8.ValidString(s) && !strings.ContainsRune(s, 0) {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}
