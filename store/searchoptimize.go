package store

import "context"

// searchForgotten is the setting that says that posts were taken out of the index whose words are still there.
const searchForgotten = "search_forgotten"

// mergeStep merges two pieces of SQLite's index or more, and writes 1,000 pages while others wait.
const mergeStep = "merge=1000,2"

// OptimizeSearch puts the index in order after much was added, in steps between which others can write. Where posts were
// taken out since the last time, it makes an end of their words as well: until then these are there, although nothing is
// found by them. That takes one step, of some ten seconds with a million posts on SQLite.
func (db *DB) OptimizeSearch(ctx context.Context) error {
	forgotten, err := db.Setting(ctx, searchForgotten)
	if err != nil && KindOf(err) != NotFound {
		return err
	}
	if db.dialect == postgres {
		err = db.vacuumSearch(ctx, forgotten != "")
	} else {
		err = db.mergeSearch(ctx, forgotten != "")
	}
	if err != nil || forgotten == "" {
		return err
	}
	return db.durable.do(ctx, func(t *tx) error {
		_, err := t.exec("DELETE FROM settings WHERE name = ?", searchForgotten)
		return err
	})
}

// markForgotten notes that OptimizeSearch has words to make an end of.
func (t *tx) markForgotten() error {
	_, err := t.exec("INSERT INTO settings (name, value) VALUES (?, 'yes') ON CONFLICT (name) DO NOTHING", searchForgotten)
	return err
}

// mergeSearch merges the pieces of SQLite's index. Steps leave a few pieces and use room again that they made free; the
// words of deleted posts go only when everything becomes one piece.
func (db *DB) mergeSearch(ctx context.Context, whole bool) error {
	if whole {
		return db.relaxed.do(ctx, func(t *tx) error {
			_, err := t.exec("INSERT INTO search (search) VALUES ('optimize')")
			return err
		})
	}
	for merging := true; merging; {
		err := db.relaxed.do(ctx, func(t *tx) error {
			var before, after int64
			if err := t.row("SELECT total_changes()").Scan(&before); err != nil {
				return err
			}
			if _, err := t.exec("INSERT INTO search (search) VALUES (?)", mergeStep); err != nil {
				return err
			}
			err := t.row("SELECT total_changes()").Scan(&after)
			merging = after-before >= 2 // the statement itself counts as one
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// vacuumSearch does the same on PostgreSQL, outside of a transaction. Without REINDEX words would stay in its index for good.
func (db *DB) vacuumSearch(ctx context.Context, whole bool) error {
	texts := []string{"VACUUM (ANALYZE) search"}
	if whole {
		texts = append(texts, "REINDEX INDEX CONCURRENTLY search_words")
	}
	for _, text := range texts {
		if _, err := db.durable.pool.ExecContext(ctx, text); err != nil {
			return db.explain(err)
		}
	}
	return nil
}
