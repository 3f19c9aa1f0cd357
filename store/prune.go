package store

import (
	"context"
	"database/sql"
	"time"
)

// pruneChunk bounds how many rows one Prune removes, and so how long others wait.
const pruneChunk = 5000

// rawUsers are the tables that refer to raw_messages: what none of them names is removed with its notice.
var rawUsers = []string{"posts", "holds", "dispatches", "import_problems"}

// Prune removes deliveries that were finished before a time, then dispatches that have none left, with the bytes
// of notices; in bounded steps: n is how many deliveries and dispatches it removed, 0 when nothing is left to do.
func (db *DB) Prune(ctx context.Context, before time.Time) (n int, err error) {
	// What to remove is looked for outside of the transaction, since that reads everything when there is nothing.
	var ids []int64
	err = db.query(ctx, scanIDs(&ids), `SELECT id FROM deliveries WHERE state >= 3 AND updated_at < ? AND accepted_at < ?
		ORDER BY id LIMIT ?`, micros(before), micros(before), pruneChunk)
	if err != nil {
		return 0, err
	}
	if len(ids) == 0 {
		return db.pruneDispatches(ctx, before)
	}
	err = db.relaxed.do(ctx, func(t *tx) error {
		// The state again: a failed one may have been told to try once more.
		gone, err := t.exec("DELETE FROM deliveries WHERE state >= 3 AND "+t.dialect.in("id"), t.dialect.idList(ids))
		n = int(gone)
		return err
	})
	return n, err
}

func (db *DB) pruneDispatches(ctx context.Context, before time.Time) (n int, err error) {
	const empty = "NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.dispatch_id = dispatches.id)"
	var ids, raws []int64
	err = db.query(ctx, scanIDs(&ids), "SELECT id FROM dispatches WHERE NOT expanding AND accepted_at < ? AND "+empty+
		" ORDER BY id LIMIT ?", micros(before), pruneChunk)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	err = db.relaxed.do(ctx, func(t *tx) error {
		raws = raws[:0]
		if err := t.query(scanIDs(&raws), "SELECT raw_id FROM dispatches WHERE kind <> 'post' AND "+t.dialect.in("id"),
			t.dialect.idList(ids)); err != nil {
			return err
		}
		gone, err := t.exec("DELETE FROM dispatches WHERE "+empty+" AND "+t.dialect.in("id"), t.dialect.idList(ids))
		if n = int(gone); err != nil {
			return err
		}
		return t.pruneRaw(raws)
	})
	return n, err
}

// PruneSecrets removes notices that hold a secret as soon as they are delivered, or have failed for good, and returns how many.
func (db *DB) PruneSecrets(ctx context.Context) (n int, err error) {
	var ids, raws []int64
	err = db.query(ctx, scanIDs(&ids), `SELECT id FROM dispatches WHERE secret AND NOT EXISTS
		(SELECT 1 FROM deliveries d WHERE d.dispatch_id = dispatches.id AND d.state < 3) ORDER BY id LIMIT ?`, pruneChunk)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	err = db.relaxed.do(ctx, func(t *tx) error {
		raws = raws[:0]
		if _, err := t.exec("DELETE FROM deliveries WHERE "+t.dialect.in("dispatch_id"), t.dialect.idList(ids)); err != nil {
			return err
		}
		if err := t.query(scanIDs(&raws), "DELETE FROM dispatches WHERE "+t.dialect.in("id")+" RETURNING raw_id", t.dialect.idList(ids)); err != nil {
			return err
		}
		n = len(raws)
		return t.pruneRaw(raws)
	})
	return n, err
}

// pruneRaw removes those of some raw messages that nothing refers to any more, from their bundles as well, and then the
// blobs that stood in no other.
func (t *tx) pruneRaw(ids []int64) error {
	unused := t.dialect.in("id")
	for _, table := range rawUsers {
		unused += " AND NOT EXISTS (SELECT 1 FROM " + table + " u WHERE u.raw_id = raw_messages.id)"
	}
	var blobs []int64
	err := t.query(scanIDs(&blobs), "SELECT blob_id FROM raw_blobs WHERE raw_id IN (SELECT id FROM raw_messages WHERE "+unused+")",
		t.dialect.idList(ids))
	if err != nil {
		return err
	}
	var bundled []bundledRaw
	err = t.query(func(row rowScanner) error {
		var b sql.NullInt64
		var g bundledRaw
		err := row.Scan(&b, &g.place, &g.kept)
		if g.bundle = b.Int64; b.Valid {
			bundled = append(bundled, g)
		}
		return err
	}, "DELETE FROM raw_messages WHERE "+unused+" RETURNING bundle_id, place, kept", t.dialect.idList(ids))
	if err != nil {
		return err
	}
	if err := t.removeBundled(bundled); err != nil || len(blobs) == 0 {
		return err
	}
	_, err = t.exec("DELETE FROM blobs WHERE NOT EXISTS (SELECT 1 FROM raw_blobs r WHERE r.blob_id = blobs.id) AND "+t.dialect.in("id"),
		t.dialect.idList(blobs))
	return err
}
