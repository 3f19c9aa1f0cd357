package store

import "context"

// Unindex takes posts out of the index, as the removal of a post does.
func (db *DB) Unindex(ctx context.Context, texts map[int64]PostText) error {
	return db.durable.do(ctx, func(t *tx) error {
		var rows []searchRow
		for position, text := range texts {
			rows = append(rows, searchRow{position, text})
		}
		return t.unindexAll(rows)
	})
}
