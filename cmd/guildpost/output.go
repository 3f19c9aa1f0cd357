package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/term"

	"guildpost/store"
)

// unsafe says whether a character must not reach a terminal: control characters, which can move the cursor and
// rename windows, and those that turn the direction of writing or cannot be seen.
func unsafe(r rune) bool {
	return r == utf8.RuneError || unicode.IsControl(r) || r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069 ||
		r == 0x200e || r == 0x200f || r == 0x061c || r == 0xfeff
}

// clean makes text that came from outside fit for one line on a terminal.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case unsafe(r):
			return '\uFFFD'
		}
		return r
	}, s)
}

// cleanLines is clean for a text of several lines.
func cleanLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = clean(lines[i])
	}
	return strings.Join(lines, "\n")
}

// printJSON writes a value for programs. All keys are snake_case; a list is never null: see notNil.
func (a *app) printJSON(v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := a.stdout.Write(escapeUnsafe(b.Bytes()))
	return err
}

// escapeUnsafe writes what a terminal might obey as \u…, which is the same JSON. Such characters can only be inside
// its texts, but for the line ends.
func escapeUnsafe(text []byte) []byte {
	if !bytes.ContainsFunc(text, func(r rune) bool { return unsafe(r) && r != '\n' }) {
		return text
	}
	var b bytes.Buffer
	for _, r := range string(text) {
		if unsafe(r) && r != '\n' {
			fmt.Fprintf(&b, `\u%04x`, r)
			continue
		}
		b.WriteRune(r)
	}
	return b.Bytes()
}

// notNil makes an empty list of none.
func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// A jsonTime is written in RFC 3339 and UTC; null where there is none.
type jsonTime time.Time

// MarshalJSON implements json.Marshaler.
func (t jsonTime) MarshalJSON() ([]byte, error) {
	if time.Time(t).IsZero() {
		return []byte("null"), nil
	}
	return json.Marshal(time.Time(t).UTC().Truncate(time.Second).Format(time.RFC3339))
}

// show writes it for a person.
func (t jsonTime) show(zone *time.Location) string { return showTime(time.Time(t), zone) }

// showTime writes a time for a person.
func showTime(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(zone).Format("2006-01-02 15:04 MST")
}

// A table is lined up in columns.
type table struct{ w *tabwriter.Writer }

func (a *app) table(head ...string) table {
	t := table{tabwriter.NewWriter(a.stdout, 0, 8, 2, ' ', 0)}
	t.row(head...)
	return t
}

// row adds a row; its cells may come from outside.
func (t table) row(cells ...string) {
	for i := range cells {
		if cells[i] = clean(cells[i]); cells[i] == "" {
			cells[i] = "-"
		}
	}
	fmt.Fprintln(t.w, strings.Join(cells, "\t"))
}

// fields are the two columns of something shown alone.
func (a *app) fields() table { return table{tabwriter.NewWriter(a.stdout, 0, 8, 2, ' ', 0)} }

func (t table) flush() error { return t.w.Flush() }

// say writes a line for a person.
func (a *app) say(format string, args ...any) {
	fmt.Fprintln(a.stdout, clean(fmt.Sprintf(format, args...)))
}

// isTerminal says whether a person sits at a stream.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// ask puts a question and returns the answer, fallback where it is empty.
func ask(in *lineReader, out io.Writer, question, fallback string) string {
	if fallback != "" {
		question += " [" + fallback + "]"
	}
	fmt.Fprintf(out, "%s: ", question)
	if answer := strings.TrimSpace(in.line()); answer != "" {
		return answer
	}
	return fallback
}

// A lineReader reads lines byte by byte, so that what follows them stays in the stream.
type lineReader struct{ r io.Reader }

func (l *lineReader) line() string {
	var line []byte
	b := make([]byte, 1)
	for len(line) < 4096 {
		if n, err := l.r.Read(b); n == 0 || b[0] == '\n' {
			if n == 0 && err == nil {
				continue
			}
			break
		}
		line = append(line, b[0])
	}
	return string(line)
}

// sure asks before something that cannot be undone; only a person at a terminal can be asked.
func (a *app) sure(yes bool, question string) error {
	if yes {
		return nil
	}
	if !isTerminal(a.stdin) {
		return withHint(store.Errorf(store.Invalid, "this cannot be undone, and there is nobody to ask"), "add --yes if you are sure")
	}
	if answer := ask(&lineReader{a.stdin}, a.stderr, question+" (yes/no)", "no"); answer != "yes" && answer != "y" {
		return store.Errorf(store.Forbidden, "nothing was done")
	}
	return nil
}
