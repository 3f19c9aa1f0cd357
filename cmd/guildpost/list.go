package main

import (
	"bytes"
	"encoding/json"
	"io"
)

// A listing is written row by row, so that it may be long: a JSON array for programs, a table for people.
type listing struct {
	app    *app
	json   bool
	table  table
	rows   int
	writer bytes.Buffer
}

// flushEvery is after how many rows they are written.
const flushEvery = 500

// list begins a list; head names the columns of the table.
func (a *app) list(asJSON bool, head ...string) *listing {
	l := &listing{app: a, json: asJSON}
	if !asJSON {
		l.table = a.table(head...)
	}
	return l
}

// add adds a row: v as JSON, or the cells.
func (l *listing) add(v any, cells ...string) error {
	l.rows++
	if !l.json {
		l.table.row(cells...)
		return nil
	}
	separator := ",\n"
	if l.rows == 1 {
		separator = "[\n"
	}
	l.writer.WriteString(separator)
	e := json.NewEncoder(&l.writer)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	l.writer.Truncate(l.writer.Len() - 1) // the encoder's line end
	if l.rows%flushEvery == 0 {
		return l.write()
	}
	return nil
}

func (l *listing) write() error {
	_, err := io.Copy(l.app.stdout, bytes.NewReader(escapeUnsafe(l.writer.Bytes())))
	l.writer.Reset()
	return err
}

// end ends the list. Where there is nothing in it, a person is told empty.
func (l *listing) end(empty string) error {
	switch {
	case l.json && l.rows == 0:
		l.writer.WriteString("[]\n")
	case l.json:
		l.writer.WriteString("\n]\n")
	case l.rows == 0:
		l.app.say("%s", empty)
		return nil
	default:
		return l.table.flush()
	}
	return l.write()
}
