package store

import (
	"context"
	"slices"
	"strings"
)

// A cleanedRow is a row with new values for its texts.
type cleanedRow struct {
	key   []any
	texts []any
}

// cleanTable takes a person out of the texts of a table, whosever the rows are. It reads all of it, outside of a
// transaction, since a name may stand anywhere.
func (db *DB) cleanTable(ctx context.Context, table personTable, e Erasure) error {
	rows, err := db.uncleanRows(ctx, table, e)
	if err != nil {
		return err
	}
	for chunk := range slices.Chunk(rows, eraseChunk) {
		err := db.durable.do(ctx, func(t *tx) error {
			for _, row := range chunk {
				if err := t.cleanRow(table, row); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// uncleanRows returns the rows of a table that name the person, with their texts cleaned.
func (db *DB) uncleanRows(ctx context.Context, table personTable, e Erasure) (rows []cleanedRow, err error) {
	columns := slices.Concat(table.key, table.texts)
	err = db.query(ctx, func(row rowScanner) error {
		values := make([]any, len(columns))
		scan := make([]any, len(columns))
		for i := range values {
			scan[i] = &values[i]
		}
		if err := row.Scan(scan...); err != nil {
			return err
		}
		changed := false
		for i := len(table.key); i < len(values); i++ {
			clean := e.Clean
			switch {
			case columns[i] == "message_id":
				clean = e.CleanID
			case table.name == "newsletters" && columns[i] == "content":
				clean = func(content string) (string, bool) { return cleanJSON(content, e.CleanIssue) }
			}
			is, other := clean(asString(values[i]))
			values[i], changed = is, changed || other
		}
		if changed {
			rows = append(rows, cleanedRow{key: values[:len(table.key)], texts: values[len(table.key):]})
		}
		return nil
	}, "SELECT "+strings.Join(columns, ", ")+" FROM "+table.name)
	return rows, err
}

// asString is a text as a driver gives it.
func asString(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case []byte:
		return string(v)
	}
	return ""
}

// cleanRow writes the texts of a row. Counts for a name that is no more go.
func (t *tx) cleanRow(table personTable, row cleanedRow) error {
	where := strings.Join(table.key, " = ? AND ") + " = ?"
	if table.name == "limits" {
		_, err := t.exec("DELETE FROM limits WHERE "+where, row.key...)
		return err
	}
	_, err := t.exec("UPDATE "+table.name+" SET "+strings.Join(table.texts, " = ?, ")+" = ? WHERE "+where, slices.Concat(row.texts, row.key)...)
	return err
}
