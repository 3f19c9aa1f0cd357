package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"sync"
	"time"
)

// Messages of one list quote each other and have much else in common: the fields of its software and servers, the footer,
// the phrases of its trade. Packed together, some dozen of them take two thirds of the room that they take alone. So what
// is imported is packed in bundles, and what was posted is so once it has become old.
//
// A bundle does not change, but for a message that is removed: zeros stand in its place then.

// bundleSize is how long the messages of a bundle are together, in bytes: to read one, all are unpacked.
const bundleSize = 128 << 10

// A bundle is made outside of the transaction that keeps it.
type bundle struct {
	size int // unpacked
	data []byte
}

// Pack makes arrivals ready to be kept, in bundles, which takes time: ImportPosts has less to do for them.
// Their Raw is nil then.
func Pack(all []Arrival) {
	b := &bundle{}
	var plain []byte
	for i, a := range all {
		rest, blobs := cutBlobs(a.Raw, a.Attachments)
		all[i].packed = &packedRaw{hash: sha256.Sum256(a.Raw), size: len(a.Raw), kept: len(rest), data: []byte{},
			bundle: b, place: len(plain), blobs: blobs}
		all[i].Raw = nil
		plain = append(plain, rest...)
		if len(plain) >= bundleSize || i == len(all)-1 {
			b.size, b.data = len(plain), pack(plain)
			b, plain = &bundle{}, plain[:0]
		}
	}
}

// bundling keeps the messages of bundles in one transaction.
type bundling struct {
	t     *tx
	ids   map[*bundle]int64
	blank map[*bundle][]packedRaw // what was there already, and must not be kept again
}

// keep keeps a message of a bundle.
func (b bundling) keep(p packedRaw) (id int64, err error) {
	bundleID, ok := b.ids[p.bundle]
	if !ok {
		bundleID, err = b.t.insert("INSERT INTO bundles (size, data) VALUES (?, ?)", p.bundle.size, p.bundle.data)
		if err != nil {
			return 0, err
		}
		b.ids[p.bundle] = bundleID
	}
	id, fresh, err := b.t.keepRawIn(p, bundleID)
	if err == nil && !fresh {
		b.leaveOut(p)
	}
	return id, err
}

// leaveOut says that a message of a bundle is not to be kept.
func (b bundling) leaveOut(p packedRaw) { b.blank[p.bundle] = append(b.blank[p.bundle], p) }

// finish takes out of the bundles what is not to be kept.
func (b bundling) finish() error {
	for bundle, gone := range b.blank {
		id, ok := b.ids[bundle]
		if !ok {
			continue // nothing of it is kept
		}
		plain, err := unpack(bundle.data, bundle.size)
		if err != nil {
			return err
		}
		for _, p := range gone {
			clear(plain[p.place : p.place+p.kept])
		}
		if _, err := b.t.exec("UPDATE bundles SET data = ? WHERE id = ?", pack(plain), id); err != nil {
			return err
		}
	}
	return nil
}

// A bundleCache has the bundles that were unpacked last: who reads one message reads the next.
type bundleCache struct {
	mu  sync.Mutex
	all [8]struct {
		id    int64
		plain []byte
	}
	next int
}

func (c *bundleCache) get(id int64) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, b := range c.all {
		if b.id == id {
			return b.plain
		}
	}
	return nil
}

func (c *bundleCache) put(id int64, plain []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(plain) < 2*bundleSize { // one huge message is not worth it
		c.all[c.next].id, c.all[c.next].plain = id, plain
		c.next = (c.next + 1) % len(c.all)
	}
}

// bundled returns a copy of what stands at a place of a bundle.
func (db *DB) bundled(ctx context.Context, id int64, place, kept int) ([]byte, error) {
	plain := db.bundles.get(id)
	if plain == nil {
		var data []byte
		var size int
		err := db.queryRow(ctx, "that message is not kept any more", func(row rowScanner) error { return row.Scan(&size, &data) },
			"SELECT size, data FROM bundles WHERE id = ?", id)
		if err == nil {
			plain, err = unpack(data, size)
		}
		if err != nil {
			return nil, err
		}
		db.bundles.put(id, plain)
	}
	if place < 0 || place+kept > len(plain) {
		return nil, errors.New("its bundle is too short")
	}
	return append([]byte(nil), plain[place:place+kept]...), nil
}

// A bundledRaw is where a raw message stands that is about to be removed.
type bundledRaw struct {
	bundle      int64
	place, kept int
}

// removeBundled puts zeros in the place of messages that were removed, and removes the bundles that have no others.
func (t *tx) removeBundled(gone []bundledRaw) error {
	byBundle := map[int64][]bundledRaw{}
	for _, g := range gone {
		byBundle[g.bundle] = append(byBundle[g.bundle], g)
	}
	for id, gone := range byBundle {
		if err := t.blankBundle(id, gone); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) blankBundle(id int64, gone []bundledRaw) error {
	var used bool
	if err := t.row("SELECT EXISTS (SELECT 1 FROM raw_messages WHERE bundle_id = ?)", id).Scan(&used); err != nil {
		return err
	}
	if !used {
		_, err := t.exec("DELETE FROM bundles WHERE id = ?", id)
		return err
	}
	var size int
	var data []byte
	if err := t.row("SELECT size, data FROM bundles WHERE id = ?"+t.dialect.forUpdate(), id).Scan(&size, &data); err != nil {
		return err
	}
	plain, err := unpack(data, size)
	if err != nil {
		return err
	}
	for _, g := range gone {
		if g.place < 0 || g.place+g.kept > len(plain) {
			return errors.New("a bundle of messages in the database is damaged; restore a backup")
		}
		clear(plain[g.place : g.place+g.kept])
	}
	_, err = t.exec("UPDATE bundles SET data = ? WHERE id = ?", pack(plain), id)
	return err
}

// bundleChunk bounds how many messages are looked at for one bundle.
const bundleChunk = 500

// Bundle packs posts together that were accepted before a time and are packed alone, as many as make one bundle, and
// returns how many: 0 when there are not enough.
func (db *DB) Bundle(ctx context.Context, before time.Time) (n int, err error) {
	err = db.relaxed.do(ctx, func(t *tx) error {
		n = 0
		ids, plain, places, err := t.alone(before)
		if err != nil || len(plain) < bundleSize {
			return err
		}
		bundle, err := t.insert("INSERT INTO bundles (size, data) VALUES (?, ?)", len(plain), pack(plain))
		if err != nil {
			return err
		}
		for i, id := range ids {
			if _, err := t.exec("UPDATE raw_messages SET bundle_id = ?, place = ?, data = ? WHERE id = ?",
				sql.NullInt64{Int64: bundle, Valid: true}, places[i], []byte{}, id); err != nil {
				return err
			}
		}
		n = len(ids)
		return nil
	})
	return n, err
}

// alone returns messages for a bundle, one behind the other in plain.
func (t *tx) alone(before time.Time) (ids []int64, plain []byte, places []int, err error) {
	var bad error
	err = t.query(func(row rowScanner) error {
		var id int64
		var kept int
		var data []byte
		if err := row.Scan(&id, &kept, &data); err != nil || len(plain) >= bundleSize {
			return err
		}
		rest, err := unpack(data, kept)
		if err != nil || len(rest) != kept {
			bad = err // a damaged one stays alone; reading it says so
			return nil
		}
		ids, places = append(ids, id), append(places, len(plain))
		plain = append(plain, rest...)
		return nil
	}, `SELECT r.id, r.kept, r.data FROM raw_messages r WHERE r.bundle_id IS NULL
		AND EXISTS (SELECT 1 FROM posts p WHERE p.raw_id = r.id AND p.accepted_at < ?) ORDER BY r.id LIMIT ?`+t.dialect.forUpdateOf("r"),
		micros(before), bundleChunk)
	if err == nil && len(ids) == 0 {
		err = bad
	}
	return ids, plain, places, err
}
