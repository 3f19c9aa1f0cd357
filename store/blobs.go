package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
)

// minBlob is from which size on a file is kept apart from its message, in bytes as it stands there.
const minBlob = 32 << 10

// A packedBlob is a file as it stands in a message, still encoded, made ready to be kept.
type packedBlob struct {
	place int // where it stood, counted in the whole message
	hash  [sha256.Size]byte
	size  int
	data  []byte
}

// cutBlobs takes large attachments out of a message, so that a file that is posted ten times is kept once.
func cutBlobs(raw []byte, attachments []Attachment) (rest []byte, blobs []packedBlob) {
	var large []Attachment
	for _, a := range attachments {
		if a.Start >= 0 && a.End <= len(raw) && a.End-a.Start >= minBlob {
			large = append(large, a)
		}
	}
	if len(large) == 0 {
		return raw, nil
	}
	slices.SortFunc(large, func(a, b Attachment) int { return a.Start - b.Start })
	end := 0
	for _, a := range large {
		if a.Start < end {
			continue // it lies in the one before: a file in a message that is attached
		}
		encoded := raw[a.Start:a.End]
		blobs = append(blobs, packedBlob{place: a.Start, hash: sha256.Sum256(encoded), size: len(encoded), data: pack(encoded)})
		rest = append(rest, raw[end:a.Start]...)
		end = a.End
	}
	return append(rest, raw[end:]...), blobs
}

func (t *tx) keepBlobs(rawID int64, blobs []packedBlob) error {
	for _, b := range blobs {
		id, err := t.insert("INSERT INTO blobs (hash, size, data) VALUES (?, ?, ?) ON CONFLICT (hash) DO NOTHING", b.hash[:], b.size, b.data)
		if isNoRows(err) {
			err = t.row("SELECT id FROM blobs WHERE hash = ?"+t.dialect.forKeyShare(), b.hash[:]).Scan(&id)
		}
		if err != nil {
			return err
		}
		if _, err := t.exec("INSERT INTO raw_blobs (raw_id, place, blob_id) VALUES (?, ?, ?)", rawID, b.place, id); err != nil {
			return err
		}
	}
	return nil
}

// blobsOf returns the blobs of a raw message in their order.
func (db *DB) blobsOf(ctx context.Context, rawID int64) (all []packedBlob, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		var b packedBlob
		err := row.Scan(&b.place, &b.size, &b.data)
		all = append(all, b)
		return err
	}, "SELECT r.place, b.size, b.data FROM raw_blobs r JOIN blobs b ON b.id = r.blob_id WHERE r.raw_id = ? ORDER BY r.place", rawID)
	return all, err
}

// putBack makes the whole message of what is left of it and its blobs.
func (db *DB) putBack(ctx context.Context, rawID int64, rest []byte, size int) ([]byte, error) {
	blobs, err := db.blobsOf(ctx, rawID)
	if err != nil {
		return nil, err
	}
	raw := make([]byte, 0, size)
	for _, b := range blobs {
		n := b.place - len(raw)
		if n < 0 || n > len(rest) {
			return nil, errors.New("its files are not where they were")
		}
		raw = append(raw, rest[:n]...)
		rest = rest[n:]
		encoded, err := unpack(b.data, b.size)
		if err != nil {
			return nil, fmt.Errorf("a file in it: %w", err)
		}
		raw = append(raw, encoded...)
	}
	return append(raw, rest...), nil
}
