package store

import (
	"context"
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"
)

// IssuesNaming returns the raw messages of newsletters in the archive that name somebody by one of the names, as a word.
func (db *DB) IssuesNaming(ctx context.Context, names []string) (raws map[int64]bool, err error) {
	raws = map[int64]bool{}
	if len(names) == 0 {
		return raws, nil
	}
	for after := int64(0); ; {
		read := 0
		err = db.query(ctx, func(row rowScanner) error {
			var raw int64
			var content string
			err := row.Scan(&after, &raw, &content)
			for _, name := range names {
				if holdsWord(content, name) {
					raws[raw] = true
				}
			}
			read++
			return err
		}, "SELECT n.id, p.raw_id, n.content FROM newsletters n JOIN posts p ON p.id = n.post_id WHERE n.id > ? ORDER BY n.id LIMIT ?", after, eraseChunk)
		if err != nil || read < eraseChunk {
			return raws, err
		}
	}
}

// holdsWord says whether a name stands in a text with no letter beside it.
func holdsWord(text, name string) bool {
	for name != "" {
		before, after, found := strings.Cut(text, name)
		if !found {
			return false
		}
		last, _ := utf8.DecodeLastRuneInString(before)
		next, _ := utf8.DecodeRuneInString(after)
		if !unicode.IsLetter(last) && !unicode.IsLetter(next) {
			return true
		}
		text = after
	}
	return false
}

// cleanJSON cleans the strings within a JSON text: not its keys, and not the words of the program, which stand in "kind". A text
// that is none is cleaned as it is.
func cleanJSON(text string, clean func(string) (string, bool)) (string, bool) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return clean(text)
	}
	value, changed := cleanValue(value, clean)
	if !changed {
		return text, false
	}
	cleaned, err := json.Marshal(value)
	if err != nil { // of what was just read
		return clean(text)
	}
	return string(cleaned), true
}

func cleanValue(value any, clean func(string) (string, bool)) (cleaned any, changed bool) {
	switch v := value.(type) {
	case string:
		return clean(v)
	case []any:
		for i := range v {
			var is bool
			v[i], is = cleanValue(v[i], clean)
			changed = changed || is
		}
	case map[string]any:
		for key := range v {
			if key == "kind" {
				continue
			}
			var is bool
			v[key], is = cleanValue(v[key], clean)
			changed = changed || is
		}
	}
	return value, changed
}
