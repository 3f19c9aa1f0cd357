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

// packedRaw is a message made ready to be kept, outside of the transaction.
type packedRaw struct {
	hash       [sha256.Size]byte
	size       int
	data       []byte
	dictionary int64 // 0 for none
	blobs      []packedBlob
}

// plain packs without a dictionary. Its two halves are safe for concurrent use and hold buffers that are dear to make.
var plain codec

// A codec packs and unpacks with one dictionary, or with none.
type codec struct {
	id         int64
	dictionary []byte // nil for none

	packOnce, unpackOnce sync.Once
	encoder              *zstd.Encoder
	decoder              *zstd.Decoder
	packErr, unpackErr   error
}

func (c *codec) pack(raw []byte) ([]byte, error) {
	c.packOnce.Do(func() {
		options := []zstd.EOption{zstd.WithEncoderConcurrency(2), zstd.WithWindowSize(1 << 20), zstd.WithLowerEncoderMem(true)}
		if c.dictionary != nil {
			options = append(options, zstd.WithEncoderDict(c.dictionary))
		}
		c.encoder, c.packErr = zstd.NewWriter(nil, options...)
	})
	if c.packErr != nil {
		return nil, c.packErr
	}
	return c.encoder.EncodeAll(raw, make([]byte, 0, len(raw)/2)), nil
}

func (c *codec) unpack(data []byte, size int) ([]byte, error) {
	c.unpackOnce.Do(func() {
		options := []zstd.DOption{zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxMemory(1 << 30)}
		if c.dictionary != nil {
			options = append(options, zstd.WithDecoderDicts(c.dictionary))
		}
		c.decoder, c.unpackErr = zstd.NewReader(nil, options...)
	})
	if c.unpackErr != nil {
		return nil, c.unpackErr
	}
	return c.decoder.DecodeAll(data, make([]byte, 0, size))
}

// packRaw packs a message of guildpost's own, which does not stay for long.
func packRaw(raw []byte) packedRaw {
	p := packedRaw{hash: sha256.Sum256(raw), size: len(raw)}
	p.data, _ = plain.pack(raw) // it has no dictionary that could be wrong
	return p
}

// packArrival packs a message that came for a community: with its dictionary, and with large files apart.
func (db *DB) packArrival(ctx context.Context, a Arrival) (packedRaw, error) {
	if a.packed != nil {
		return *a.packed, nil
	}
	c, err := db.currentCodec(ctx, a.CommunityID)
	if err != nil {
		return packedRaw{}, err
	}
	return packWith(c, a)
}

func packWith(c *codec, a Arrival) (p packedRaw, err error) {
	p = packedRaw{hash: sha256.Sum256(a.Raw), size: len(a.Raw), dictionary: c.id}
	rest, blobs, err := cutBlobs(a.Raw, a.Attachments)
	if err != nil {
		return p, err
	}
	p.blobs = blobs
	p.data, err = c.pack(rest)
	return p, err
}

// keepRaw keeps a message once, however often it comes, and returns its ID.
func (t *tx) keepRaw(p packedRaw) (id int64, err error) {
	dictionary := sql.NullInt64{Int64: p.dictionary, Valid: p.dictionary != 0}
	id, err = t.insert(`INSERT INTO raw_messages (hash, size, dictionary_id, data) VALUES (?, ?, ?, ?)
		ON CONFLICT (hash) DO NOTHING`, p.hash[:], p.size, dictionary, p.data)
	if err == nil {
		return id, t.keepBlobs(id, p.blobs)
	}
	if isNoRows(err) {
		err = t.row("SELECT id FROM raw_messages WHERE hash = ?"+t.dialect.forKeyShare(), p.hash[:]).Scan(&id)
	}
	return id, err
}

// Raw returns a kept message, byte for byte, and proves it by its hash.
func (db *DB) Raw(ctx context.Context, id int64) (raw []byte, err error) {
	var data, hash []byte
	var size int
	var dictionary sql.NullInt64
	err = db.queryRow(ctx, "that message is not kept any more", func(row rowScanner) error {
		return row.Scan(&data, &hash, &size, &dictionary)
	}, "SELECT data, hash, size, dictionary_id FROM raw_messages WHERE id = ?", id)
	if err != nil {
		return nil, err
	}
	blobs, err := db.blobsOf(ctx, id)
	if err != nil {
		return nil, err
	}
	c, err := db.codec(ctx, dictionary.Int64)
	if err != nil {
		return nil, err
	}
	if raw, err = c.unpack(data, size); err == nil {
		raw, err = putBack(raw, blobs, size)
	}
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
