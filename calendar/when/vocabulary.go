package when

import (
	"embed"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

//go:embed words/*.txt
var wordFiles embed.FS

// languages are those that there are words for.
var languages = []string{"en", "de", "es"}

// A vocabulary is what the words of a language mean.
type vocabulary struct {
	lang    string
	phrases map[string]item
	longest int // words of the longest phrase
}

// dayFirst says whether 3/4 is surely the third of April.
func (v *vocabulary) dayFirst() bool { return v.lang != "en" }

var vocabularies = sync.OnceValue(func() map[string]*vocabulary {
	all := map[string]*vocabulary{}
	for _, lang := range languages {
		v, err := loadVocabulary(lang)
		if err != nil {
			panic(err) // the files are part of the program, and a test reads them
		}
		all[lang] = v
	}
	return all
})

// loadVocabulary reads words/LANGUAGE.txt: a line "KIND [N [M]]: PHRASE, PHRASE"; one that begins with a space goes on.
func loadVocabulary(lang string) (*vocabulary, error) {
	source, err := wordFiles.ReadFile("words/" + lang + ".txt")
	if err != nil {
		return nil, err
	}
	v := &vocabulary{lang: lang, phrases: map[string]item{}}
	for line := range strings.SplitSeq(strings.ReplaceAll(string(source), "\n ", " "), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		head, phrases, found := strings.Cut(line, ":")
		means, err := meaning(strings.Fields(head))
		if err != nil || !found {
			return nil, fmt.Errorf("words/%s.txt: %q is no line KIND N: PHRASES: %v", lang, line, err)
		}
		for phrase := range strings.SplitSeq(phrases, ",") {
			if err := v.add(phrase, means); err != nil {
				return nil, fmt.Errorf("words/%s.txt: %w", lang, err)
			}
		}
	}
	return v, nil
}

func (v *vocabulary) add(phrase string, means item) error {
	words := strings.Fields(fold(phrase).text)
	if len(words) == 0 {
		return nil
	}
	key := strings.Join(words, " ")
	if _, known := v.phrases[key]; known {
		return fmt.Errorf("%q is there already", key)
	}
	v.phrases[key], v.longest = means, max(v.longest, len(words))
	return nil
}

func meaning(head []string) (i item, err error) {
	if len(head) == 0 {
		return i, fmt.Errorf("no kind")
	}
	i.kind = kind(head[0])
	for n, word := range head[1:] {
		number, err := strconv.Atoi(word)
		if err != nil {
			return i, err
		}
		switch {
		case i.kind == kLength:
			i.minutes = number
		case n == 0:
			i.n = number
		default:
			i.m = number
		}
	}
	return i, nil
}

// phrase finds the longest phrase that a text begins with.
func (v *vocabulary) phrase(text string) (found item, ok bool) {
	key, end := "", 0
	for n := 0; n < v.longest; n++ {
		size := wordEnd(text[end:])
		if size == 0 {
			break
		}
		if key != "" {
			key += " "
		}
		key += text[end : end+size]
		end += size
		if means, known := v.phrases[key]; known {
			found, ok = means, true
			found.to = end
		}
		end += gap(text[end:])
	}
	return found, ok
}

// gap is what may stand between the words of a phrase: "p.m.", "half-past".
func gap(text string) int {
	size := 0
	for size < len(text) && size < 2 && (text[size] == ' ' || text[size] == '.' && size == 0 || text[size] == '-' && size == 0) {
		size++
	}
	return size
}
