package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"
)

// packedRaw is a message made ready to be kept, outside of the transaction: packed alone, or in a bundle.
type packedRaw struct {
	hash   [sha256.Size]byte
	size   int
	kept   int // of size, without blobs
	data   []byte
	bundle *bundle
	place  int
	blobs  []packedBlob
}

// Both are safe for concurrent use and hold buffers that are dear to make.
var (
	packer = sync.OnceValues(func() (*zstd.Encoder, error) {
		return zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(2), zstd.WithWindowSize(1<<20), zstd.WithLowerEncoderMem(true))
	})
	unpacker = sync.OnceValues(func() (*zstd.Decoder, error) {
		return zstd.NewReader(nil, zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxMemory(1<<30))
	})
)

func pack(data []byte) []byte {
	encoder, err := packer()
	if err != nil {
		panic(err) // its settings are constants
	}
	return encoder.EncodeAll(data, make([]byte, 0, len(data)/2))
}

func unpack(data []byte, size int) ([]byte, error) {
	decoder, err := unpacker()
	if err != nil {
		return nil, err
	}
	return decoder.DecodeAll(data, make([]byte, 0, size))
}

// packRaw packs a message alone.
func packRaw(raw []byte) packedRaw {
	return packedRaw{hash: sha256.Sum256(raw), size: len(raw), kept: len(raw), data: pack(raw)}
}

// packArrival packs a message that came for a community, unless Pack has done it: with large files apart.
func packArrival(a Arrival) packedRaw {
	if a.packed != nil {
		return *a.packed
	}
	rest, blobs := cutBlobs(a.Raw, a.Attachments)
	return packedRaw{hash: sha256.Sum256(a.Raw), size: len(a.Raw), kept: len(rest), data: pack(rest), blobs: blobs}
}

// keepRaw keeps a message once, however often it comes, and returns its ID.
func (t *tx) keepRaw(p packedRaw) (id int64, err error) {
	id, _, err = t.keepRawIn(p, 0)
	return id, err
}

// keepRawIn is keepRaw for a message that is in a bundle, or is not (0). fresh says that it was not there before.
func (t *tx) keepRawIn(p packedRaw, bundle int64) (id int64, fresh bool, err error) {
	id, err = t.insert(`INSERT INTO raw_messages (hash, size, bundle_id, place, kept, data) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (hash) DO NOTHING`, p.hash[:], p.size, sql.NullInt64{Int64: bundle, Valid: bundle != 0}, p.place, p.kept, p.data)
	if err == nil {
		return id, true, t.keepBlobs(id, p.blobs)
	}
	if isNoRows(err) {
		err = t.row("SELECT id FROM raw_messages WHERE hash = ?"+t.dialect.forKeyShare(), p.hash[:]).Scan(&id)
	}
	return id, false, err
}

// Raw returns a kept message, byte for byte, and proves it by its hash.
func (db *DB) Raw(ctx context.Context, id int64) (raw []byte, err error) {
	var data, hash []byte
	var size, place, kept int
	var bundle sql.NullInt64
	err = db.queryRow(ctx, "that message is not kept any more", func(row rowScanner) error {
		return row.Scan(&data, &hash, &size, &bundle, &place, &kept)
	}, "SELECT data, hash, size, bundle_id, place, kept FROM raw_messages WHERE id = ?", id)
	if err != nil {
		return nil, err
	}
	if bundle.Valid {
		raw, err = db.bundled(ctx, bundle.Int64, place, kept)
	} else {
		raw, err = unpack(data, size)
	}
	if err == nil && kept < size {
		raw, err = db.putBack(ctx, id, raw, size)
	}
	if got := sha256.Sum256(raw); err == nil && string(got[:]) != string(hash) {
		err = errors.New("its hash is another")
	}
	if err != nil && KindOf(err) == Internal {
		err = fmt.Errorf("message %d in the database is damaged; restore it from a backup: %w", id, err)
	}
	return raw, err
}

// clean makes every string among a statement's arguments one that both databases keep; what is looked for changes
// as what was kept did.
func clean(args []any) []any {
	for i, arg := range args {
		if s, ok := arg.(string); ok {
			if kept := text(s); len(kept) != len(s) || kept != s {
				args[i] = kept
			}
		}
	}
	return args
}

// text makes a string one that both databases keep: PostgreSQL refuses NUL and invalid UTF-8.
func text(s string) string {
	if utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}
