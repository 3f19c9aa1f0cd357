package mail

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// An Identity is a person as mail names them, and what is to stand in their place.
type Identity struct {
	Addresses []string // canonical
	Names     []string // as they wrote them
	// Common are names that others have too, or of one word: they are replaced only beside the address and where a
	// quotation is introduced.
	Common []string

	Address string // what stands instead of an address
	Name    string // and of a name
}

// A Redactor replaces a person's names and addresses in texts and messages: in whatever way an address is written (with
// a tag behind "+", as "ada at example.org", in a bounce address, escaped), in encoded words, in parts in base64 and
// quoted-printable of any charset, and in HTML. A word that merely holds the name or address is left alone. It may be used
// by many goroutines, once all that the person said is known.
type Redactor struct {
	id       Identity
	address  *regexp.Regexp
	name     *regexp.Regexp // nil where there is none to look for
	common   *regexp.Regexp // as well
	needles  [][]byte       // in lower case: without one of them in it, plain text names nobody
	shingles map[uint64]struct{}
}

// NewRedactor makes a Redactor. The identity must have an address.
func NewRedactor(id Identity) *Redactor {
	r := &Redactor{id: id, shingles: map[uint64]struct{}{}}
	var addresses []string
	for _, address := range id.Addresses {
		at := strings.LastIndexByte(address, '@')
		local := BaseLocal(address[:at])
		addresses = append(addresses, regexp.QuoteMeta(local)+tagOf+atSign+regexp.QuoteMeta(address[at+1:]))
		r.needles = append(r.needles, []byte(strings.ToLower(local)))
	}
	r.address = regexp.MustCompile("(?i)(?:" + strings.Join(addresses, "|") + ")")
	r.name = namePattern(id.Names)
	r.common = namePattern(id.Common)
	for _, name := range id.Names {
		r.needles = append(r.needles, needlesOf(name)...)
	}
	return r
}

// Also returns a Redactor that knows more names of the person, and what they said.
func (r *Redactor) Also(names, common []string) *Redactor {
	id := r.id
	id.Names, id.Common = slices.Concat(id.Names, names), slices.Concat(id.Common, common)
	more := NewRedactor(id)
	more.shingles = r.shingles
	return more
}

const (
	tagOf  = `(?:\+[^\s@<>"=]{1,64})?`
	atSign = `(?:\s*@\s*|%40|=40|&#64;|&#x40;|=|\s+at\s+|\s*[(\[{]\s*at\s*[)\]}]\s*)`
	// Between two words of a name may stand the end of a line, and the beginning of the next in a quotation.
	nameGap = `(?:[\s\x{A0}]|&nbsp;|[>|]){1,12}`
)

// namePattern finds names, also with the family name first, and with and without accents.
func namePattern(names []string) *regexp.Regexp {
	var all []string
	for _, name := range names {
		words := strings.Fields(strings.NewReplacer(",", " ", `"`, " ").Replace(name))
		if len(words) == 0 {
			continue
		}
		all = append(all, strings.Join(wordPatterns(words), nameGap))
		if len(words) > 1 {
			last := len(words) - 1
			turned := append(wordPatterns(words[last:]), wordPatterns(words[:last])...)
			all = append(all, turned[0]+`,?`+nameGap+strings.Join(turned[1:], nameGap))
		}
	}
	if len(all) == 0 {
		return nil
	}
	return regexp.MustCompile("(?i)(?:" + strings.Join(all, "|") + ")")
}

// wordPatterns are words as they may be written: composed, decomposed, or without accents.
func wordPatterns(words []string) (patterns []string) {
	for _, word := range words {
		forms := []string{regexp.QuoteMeta(norm.NFC.String(word))}
		for _, form := range []string{norm.NFD.String(word), bareLetters(word)} {
			if form = regexp.QuoteMeta(form); !slices.Contains(forms, form) {
				forms = append(forms, form)
			}
		}
		patterns = append(patterns, "(?:"+strings.Join(forms, "|")+")")
	}
	return patterns
}

// bareLetters is a word without its accents.
func bareLetters(word string) string {
	return norm.NFC.String(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(word)))
}

// needlesOf are the beginnings of a name's longest word in all of its forms.
func needlesOf(name string) (needles [][]byte) {
	longest := ""
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || r == ',' || r == '"' }) {
		if len(word) > len(longest) {
			longest = word
		}
	}
	for _, form := range []string{norm.NFC.String(longest), norm.NFD.String(longest), bareLetters(longest)} {
		// Only ASCII letters are folded where needles are looked for.
		run, best := "", ""
		for _, r := range form + "\x80" {
			if r < utf8.RuneSelf {
				run += string(unicode.ToLower(r))
				continue
			}
			if len(run) > len(best) {
				best = run
			}
			run = ""
		}
		needles = append(needles, []byte(best)) // an empty one is found in everything
	}
	return needles
}

// mayName is a quick look whether plain text may name the person.
func (r *Redactor) mayName(text []byte) bool { return holdsAny(foldASCII(text), r.needles) }

// foldASCII is text with ASCII letters in lower case.
func foldASCII(text []byte) []byte {
	folded := make([]byte, len(text))
	for i, c := range text {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		folded[i] = c
	}
	return folded
}

func holdsAny(text []byte, words [][]byte) bool {
	return slices.ContainsFunc(words, func(word []byte) bool { return bytes.Contains(text, word) })
}

// Text returns a text without the person, and whether that is another one.
func (r *Redactor) Text(text string) (redacted string, changed bool) {
	if !r.mayName([]byte(text)) {
		return text, false
	}
	return r.replace(text, false)
}

// Reference is Text for a text made of Message-IDs, in which an address may stand behind anything.
func (r *Redactor) Reference(text string) (redacted string, changed bool) {
	return r.replace(text, true)
}

func (r *Redactor) replace(text string, within bool) (string, bool) {
	out := replaceAll(text, r.address, r.id.Address, func(before, after string) bool {
		return (within || endsBefore(before)) && startsAfter(after)
	})
	if r.name != nil {
		out = replaceAll(out, r.name, r.id.Name, func(before, after string) bool {
			last, _ := utf8.DecodeLastRuneInString(before)
			next, _ := utf8.DecodeRuneInString(after)
			return (!isWordRune(last) || before == "" || escapeEnds(before)) && (!isWordRune(next) || after == "")
		})
	}
	return out, out != text
}

// replaceAll replaces the matches that stand between texts which may stand there.
func replaceAll(text string, pattern *regexp.Regexp, with string, fits func(before, after string) bool) string {
	var b strings.Builder
	end := 0
	for _, m := range pattern.FindAllStringIndex(text, -1) {
		if !fits(text[:m[0]], text[m[1]:]) {
			continue
		}
		b.WriteString(text[end:m[0]])
		b.WriteString(with)
		end = m[1]
	}
	if end == 0 {
		return text
	}
	b.WriteString(text[end:])
	return b.String()
}

func isWordRune(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.Mn, r))
}

// endsBefore says that an address may begin behind a text: it is not the end of a longer one.
func endsBefore(before string) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	return before == "" || escapeEnds(before) || !isWordRune(last) && last != '.' && last != '_' && last != '-'
}

var escapes = regexp.MustCompile(`(?:\\u00[0-9a-fA-F]{2}|%[0-9a-fA-F]{2}|=[0-9A-F]{2}|\\[nrt])$`)

// escapeEnds says that a text ends in a character that is written as an escape, such as "\u003c" in JSON.
func escapeEnds(before string) bool {
	return escapes.MatchString(before[max(0, len(before)-6):])
}

// startsAfter says that an address may end before a text: it is not the beginning of a longer one.
func startsAfter(after string) bool {
	next, size := utf8.DecodeRuneInString(after)
	if next == '.' {
		following, _ := utf8.DecodeRuneInString(after[size:])
		return len(after) == size || !isWordRune(following)
	}
	return after == "" || !isWordRune(next) && next != '-'
}
