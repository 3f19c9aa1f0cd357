package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// PersonRows is how many rows a table has about a person.
type PersonRows struct {
	Table string
	Rows  int
}

// AboutPerson counts the rows about a person, of the tables that have any.
func (db *DB) AboutPerson(ctx context.Context, p Person) (all []PersonRows, err error) {
	for _, table := range personTables {
		if table.mine == "" {
			continue
		}
		rows := PersonRows{Table: table.name}
		text, args := p.where("SELECT COUNT(*) FROM " + table.name + " WHERE " + table.mine)
		if err := db.queryRow(ctx, "", func(row rowScanner) error { return row.Scan(&rows.Rows) }, text, args...); err != nil {
			return nil, err
		}
		if rows.Rows > 0 {
			all = append(all, rows)
		}
	}
	return all, nil
}

// EachPersonRow calls f with each row about a person as a JSON object, table by table. Times are in RFC 3339; what is of
// the database's own, such as the bytes of a hash, is left out.
func (db *DB) EachPersonRow(ctx context.Context, p Person, f func(table string, row json.RawMessage) error) error {
	for _, table := range personTables {
		if table.mine == "" {
			continue
		}
		text, args := p.where("SELECT * FROM " + table.name + " WHERE " + table.mine + " ORDER BY " + strings.Join(table.key, ", "))
		rows, err := db.read.QueryContext(ctx, db.dialect.bind(text), clean(args)...)
		if err != nil {
			return db.explain(err)
		}
		if err := exportRows(rows, func(row json.RawMessage) error { return f(table.name, row) }); err != nil {
			return db.explain(err)
		}
	}
	return nil
}

func exportRows(rows *sql.Rows, f func(json.RawMessage) error) error {
	columns, err := rows.Columns()
	if err != nil {
		rows.Close()
		return err
	}
	return scanRows(rows, func(row rowScanner) error {
		values, scan := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			scan[i] = &values[i]
		}
		if err := row.Scan(scan...); err != nil {
			return err
		}
		object, err := rowJSON(columns, values)
		if err != nil {
			return err
		}
		return f(object)
	})
}

// rowJSON writes a row with its columns in their order.
func rowJSON(columns []string, values []any) (json.RawMessage, error) {
	b := []byte{'{'}
	for i, column := range columns {
		value := values[i]
		if bytes, ok := value.([]byte); ok {
			if !utf8.Valid(bytes) {
				continue
			}
			value = string(bytes)
		}
		if us, ok := value.(int64); ok && isTimeColumn(column) {
			value = nil
			if us != 0 {
				value = fromMicros(us).Format(time.RFC3339)
			}
		}
		if s, ok := value.(string); ok && slices.Contains([]string{"before_state", "after_state", "payload", "rules"}, column) && json.Valid([]byte(s)) {
			value = json.RawMessage(s)
		}
		text, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(append(append(append(b, '"'), column...), '"', ':'), text...)
	}
	return append(b, '}'), nil
}

// isTimeColumn knows the columns that hold a time: see micros.
func isTimeColumn(name string) bool {
	switch name {
	case "at", "since", "until":
		return true
	}
	return strings.HasSuffix(name, "_at") || strings.HasSuffix(name, "_until")
}

// PersonRaws returns the raw messages of what a person wrote, by their place in an export: posts, holds.
func (db *DB) PersonRaws(ctx context.Context, p Person, f func(table string, id, rawID int64) error) error {
	for _, table := range []string{"posts", "holds"} {
		condition := "{posts}"
		if table == "holds" {
			condition = "from_address IN {addresses} OR sender IN {addresses}"
		}
		text, args := p.where("SELECT id, raw_id FROM " + table + " WHERE " + condition + " ORDER BY id")
		err := db.query(ctx, func(row rowScanner) error {
			var id, raw int64
			if err := row.Scan(&id, &raw); err != nil {
				return err
			}
			return f(table, id, raw)
		}, text, args...)
		if err != nil {
			return err
		}
	}
	return nil
}
