package store

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// A PostText is what a post says as the search and the measures need it, taken from the message once, when it is filed.
// Its texts are words that are folded already (mail.FoldWords), with a space between them.
type PostText struct {
	Subject     string
	Author      string // the name of who wrote it
	From        string // the name and the address
	To          string // names and addresses of To and Cc
	Body        string // what its author wrote, without quotations
	Files       string // the names of its files
	Attached    bool   // it has files
	NewChars    int    // characters that the author wrote now
	QuotedChars int    // characters of earlier messages
}

// Marks. The index is one sequence of words for each post, and both databases keep the same one. The words of fields that
// can be asked for by name stand in it once more with a mark in front, so that a phrase in a field is a phrase of marked
// words. No folded text holds a mark, since folding turns full-width forms into their plain ones.
const (
	markSubject  = "ｓ"
	markFrom     = "ｆ"
	markTo       = "ｔ"
	wordAttached = "ａ" // stands in the index of every post that has files
	wordElided   = "ｅ" // stands for a word that is repeated beyond reason
	wordNowhere  = "ｎ" // stands in none
)

// Bounds of what is indexed of a post. PostgreSQL's tsvector has positions up to 16,383 and 256 of them for a word; SQLite
// obeys the same, so that both find the same.
const (
	maxBodyWords   = 10_000 // as they are; of what follows, each new word once
	maxBodyMore    = 5_000
	maxRepeats     = 250
	manyWords      = 2_000 // where repeats begin to be counted
	maxFieldWords  = 200   // of the subject, and of all files
	maxPeopleWords = 300   // of all recipients
)

// A searchRow is a post as the index is told of it.
type searchRow struct {
	position int64
	text     PostText
}

// words is what the index keeps of a post. Marked words stand between the parts of the others, so that no phrase reaches
// from one part into the next.
func (p PostText) words() string {
	b := make(wordList, 0, len(p.Body)+3*len(p.Subject)+2*len(p.From)+4*len(p.To)+len(p.Files)+100)
	subject := firstWords(p.Subject, maxFieldWords)
	b.add("", subject)
	b.add(markFrom, firstWords(p.From, maxFieldWords))
	b.add("", boundedBody(p.Body))
	b.add(markSubject, subject)
	b.add("", firstWords(p.Files, maxFieldWords))
	b.add(markTo, firstWords(p.To, maxPeopleWords))
	b.add("", firstWords(p.Author, maxFieldWords))
	if p.Attached {
		b.add("", wordAttached)
	}
	return string(b)
}

// A wordList is words with a space between them.
type wordList []byte

func (b *wordList) add(mark, words string) {
	if words == "" {
		return
	}
	if len(*b) > 0 {
		*b = append(*b, ' ')
	}
	if mark == "" {
		*b = append(*b, words...)
		return
	}
	*b = append(*b, mark...)
	for i := range len(words) {
		*b = append(*b, words[i])
		if words[i] == ' ' {
			*b = append(*b, mark...)
		}
	}
}

// firstWords cuts a text behind a number of words.
func firstWords(words string, most int) string {
	if len(words) < 2*most {
		return words
	}
	n := 0
	for i := range len(words) {
		if words[i] == ' ' {
			if n++; n == most {
				return words[:i]
			}
		}
	}
	return words
}

// boundedBody is a text of any length as it is indexed. All of its words are found, up to a vocabulary that no person
// has; phrases are, in its first maxBodyWords.
func boundedBody(body string) string {
	if len(body) < 2*manyWords || strings.Count(body, " ") < manyWords {
		return body
	}
	var kept wordList
	seen := map[string]int{}
	i, more := 0, 0
	for word := range strings.SplitSeq(body, " ") {
		i++
		seen[word]++
		switch {
		case i > maxBodyWords && seen[word] > 1:
			continue
		case i > maxBodyWords:
			if more++; more > maxBodyMore {
				return string(kept)
			}
		case seen[word] > maxRepeats:
			word = wordElided
		}
		kept.add("", word)
	}
	return string(kept)
}

// indexRows bounds the rows of one statement.
const indexRows = 250

// index makes a post's words findable.
func (t *tx) index(position int64, text PostText) error {
	return t.indexAll([]searchRow{{position, text}})
}

// indexAll makes the words of many posts findable. SQLite writes a piece of its index for each statement, and one whenever
// a position is lower than the one before: hence few statements, and in their order.
func (t *tx) indexAll(rows []searchRow) error {
	slices.SortFunc(rows, func(a, b searchRow) int { return cmp.Compare(a.position, b.position) })
	for chunk := range slices.Chunk(rows, indexRows) {
		if err := t.insertWords("search", chunk); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) insertWords(table string, rows []searchRow) error {
	args := make([]any, 0, 2*len(rows))
	for _, row := range rows {
		args = append(args, row.position, t.dialect.indexed(row.text.words()))
	}
	text := "INSERT INTO " + table + " (docid, words) VALUES " + strings.Repeat(t.dialect.indexRow()+", ", len(rows)-1) + t.dialect.indexRow()
	_, err := t.exec(text, args...)
	return err
}

// unindexAll takes posts out of the index. Their texts are what they were indexed with: SQLite wants the words again.
func (t *tx) unindexAll(rows []searchRow) error {
	if err := t.markForgotten(); err != nil {
		return err
	}
	slices.SortFunc(rows, func(a, b searchRow) int { return cmp.Compare(a.position, b.position) })
	for chunk := range slices.Chunk(rows, indexRows) {
		if t.dialect == sqlite {
			if err := t.insertWords(`""`, chunk); err != nil {
				return err
			}
		}
		ids := make([]int64, len(chunk))
		for i, row := range chunk {
			ids[i] = row.position
		}
		if _, err := t.exec("DELETE FROM search WHERE "+t.dialect.in("docid"), t.dialect.idList(ids)); err != nil {
			return err
		}
		if t.dialect == sqlite {
			if _, err := t.exec(`DELETE FROM ""`); err != nil {
				return err
			}
		}
	}
	return nil
}

// shortWord cuts a word that was not folded: PostgreSQL refuses those of more than 2,046 octets.
func shortWord(word string) string {
	if len(word) <= 1000 {
		return word
	}
	return strings.ToValidUTF8(word[:1000], "")
}

// indexRow is the place of a row in an INSERT into search.
func (d dialect) indexRow() string {
	if d == postgres {
		return "(?, CAST(? AS tsvector))"
	}
	return "(?, ?)"
}

// indexed writes words as the index takes them: PostgreSQL is told their positions, so that it takes no text apart itself.
func (d dialect) indexed(words string) string {
	if d == sqlite {
		return words
	}
	words = strings.NewReplacer("'", "", `\\`, "").Replace(words) // which folding leaves none of
	b := make([]byte, 0, len(words)*2)
	n := 0
	for word := range strings.FieldsSeq(words) {
		n++
		b = append(append(append(b, '\''), shortWord(word)...), "':"...)
		b = append(strconv.AppendInt(b, int64(n), 10), ' ')
	}
	return string(b)
}
