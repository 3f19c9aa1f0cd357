package store

import (
	"bytes"
	"cmp"
	"hash/crc32"
	"slices"
	"strings"
	"unicode"

	"github.com/klauspost/compress/zstd"
)

// Of how many messages a dictionary is made, and how much of each is looked at, in bytes.
const (
	minSamples = 500
	maxSamples = 2000
	maxSample  = 16 << 10
)

const (
	maxDictionary = 64 << 10 // bytes
	minDictionary = 1 << 10  // bytes: less is not worth it
	minAuthors    = 3        // in whose messages a line must stand
	entropyOf     = 300      // messages that its tables are made of
)

// makeDictionary returns a dictionary of the lines that many of the messages have, or nil where they have little in
// common. A dictionary outlives the messages that it was made of, so it must not tell of people: no line is taken that
// has an address or a word of an author's name, or that fewer than three authors sent.
func makeDictionary(samples []Arrival) ([]byte, error) {
	samples = samples[:min(len(samples), maxSamples)]
	lines := commonLines(samples)
	size, n := 0, 0
	for n < len(lines) && size+len(lines[n]) <= maxDictionary {
		size += len(lines[n])
		n++
	}
	if size < minDictionary {
		return nil, nil
	}
	// The most common stand last: what is near costs less to refer to.
	slices.Reverse(lines[:n])
	history := []byte(strings.Join(lines[:n], ""))
	id := crc32.ChecksumIEEE(history)&0x7fffffff | 1<<16 // the others are reserved (RFC 8878 5)
	var contents [][]byte
	for _, a := range samples[:min(len(samples), entropyOf)] {
		contents = append(contents, a.Raw[:min(len(a.Raw), maxSample)])
	}
	return zstd.BuildDict(zstd.BuildDictOptions{ID: id, Contents: contents, History: history,
		Offsets: [3]int{1, 4, 8}, Level: zstd.SpeedDefault})
}

// A lineCount is in how many messages a line stands, and by whom.
type lineCount struct {
	messages int
	last     int // message in which it was seen
	authors  []string
}

// commonLines returns the lines that may stand in a dictionary, the most common first.
func commonLines(samples []Arrival) []string {
	counts := map[string]*lineCount{}
	for i, a := range samples {
		for line := range bytes.Lines(a.Raw[:min(len(a.Raw), maxSample)]) {
			if len(line) >= 10 && len(line) <= 998 && bytes.IndexByte(line, '@') < 0 {
				countLine(counts, line, i+1, a.From)
			}
		}
	}
	names := nameWords(samples)
	var all []string
	for line, c := range counts {
		if len(c.authors) >= minAuthors && !hasName(line, names) {
			all = append(all, line)
		}
	}
	slices.SortFunc(all, func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b].messages, counts[a].messages), cmp.Compare(a, b))
	})
	return all
}

func countLine(counts map[string]*lineCount, line []byte, message int, author string) {
	c := counts[string(line)]
	if c == nil {
		c = &lineCount{}
		counts[string(line)] = c
	}
	if c.last == message {
		return
	}
	c.last = message
	c.messages++
	if len(c.authors) < minAuthors && !slices.Contains(c.authors, author) {
		c.authors = append(c.authors, author)
	}
}

// nameWords are the words of the authors' names and of the local parts of their addresses.
func nameWords(samples []Arrival) map[string]bool {
	words := map[string]bool{}
	for _, a := range samples {
		local, _, _ := strings.Cut(a.From, "@")
		for word := range wordsOf(a.FromName + " " + local) {
			words[word] = true
		}
	}
	return words
}

func hasName(line string, names map[string]bool) bool {
	for word := range wordsOf(line) {
		if names[word] {
			return true
		}
	}
	return false
}

// wordsOf yields the words of a text of more than two letters, in lower case.
func wordsOf(s string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for _, word := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) }) {
			if len(word) > 2 && !yield(word) {
				return
			}
		}
	}
}
