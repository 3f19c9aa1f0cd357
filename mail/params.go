package mail

import (
	"net/url"
	"sort"
	"strconv"
	"strings"
)

// maxParams is how many parameters of one field are read. Mail clients cut long file
// names into some ten (RFC 2231 3); more is an attack.
const maxParams = 100

// parseParams reads a field value such as that of Content-Type: a word and parameters
// (RFC 2045 5.1), with RFC 2231 continuations and charsets. The word and the names are
// lower case; of two parameters with one name the first counts.
//
// QUIRK: it takes what is written by software that quotes too little (spaces and
// semicolon-free specials in a bare value), forgets the semicolon behind the word or
// a quoted value, or never closes a quote.
func parseParams(value string) (word string, params map[string]string) {
	value = stripComments(value)
	word, rest, _ := strings.Cut(value, ";")
	if first, second, found := strings.Cut(strings.TrimSpace(word), " "); found && strings.Contains(second, "=") {
		word, rest = first, second+";"+rest
	}
	word = strings.ToLower(strings.Trim(word, " \t\""))
	params = make(map[string]string)
	var pieces []paramPiece
	for n := 0; rest != "" && n < maxParams; n++ {
		var name, text string
		name, text, rest = nextParam(rest)
		if base, index, encoded, ok := splitParamName(name); ok {
			pieces = append(pieces, paramPiece{base, index, encoded, text})
		} else if _, twice := params[name]; name != "" && !twice {
			params[name] = text
		}
	}
	joinPieces(pieces, params)
	return word, params
}

// nextParam takes one name=value off the front of s.
func nextParam(s string) (name, value, rest string) {
	s = strings.TrimLeft(s, " \t;,")
	equals := strings.IndexAny(s, "=;")
	if equals < 0 || s[equals] == ';' {
		_, rest, _ = strings.Cut(s, ";")
		return "", "", rest
	}
	name = strings.ToLower(strings.TrimSpace(s[:equals]))
	s = strings.TrimLeft(s[equals+1:], " \t")
	if strings.HasPrefix(s, `"`) {
		value, rest = quotedString(s[1:])
		return name, value, rest
	}
	value, rest, _ = strings.Cut(s, ";")
	return name, strings.TrimSpace(value), rest
}

// quotedString reads up to the closing quote and undoes quoted pairs.
//
// QUIRK: a backslash counts only before a quote or another backslash, because
// Windows paths are sent as file names.
func quotedString(s string) (value, rest string) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:]
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String(), ""
}

// stripComments takes out RFC 5322 comments that stand outside of quotes, such as
// "text/plain (a comment); charset=utf-8". An unclosed one is left as text.
func stripComments(s string) string {
	if !strings.ContainsAny(s, "(") {
		return s
	}
	var b strings.Builder
	quoted, depth, start := false, 0, 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\' && (quoted || depth > 0) && i+1 < len(s):
			i++
		case c == '"' && depth == 0:
			quoted = !quoted
		case c == '(' && !quoted:
			if depth++; depth == 1 {
				b.WriteString(s[start:i])
				start = i
			}
		case c == ')' && depth > 0:
			if depth--; depth == 0 {
				start = i + 1
			}
		}
	}
	b.WriteString(s[start:])
	return b.String()
}

// A paramPiece is one section of an RFC 2231 parameter such as filename*1*="…".
type paramPiece struct {
	name    string
	index   int
	encoded bool
	text    string
}

// splitParamName takes apart title*, title*0 and title*0*.
func splitParamName(name string) (base string, index int, encoded, ok bool) {
	base, section, found := strings.Cut(name, "*")
	if !found || base == "" {
		return "", 0, false, false
	}
	if section == "" {
		return base, 0, true, true
	}
	section, encoded = strings.CutSuffix(section, "*")
	index, err := strconv.Atoi(section)
	if err != nil || index < 0 || index >= maxParams {
		return "", 0, false, false
	}
	return base, index, encoded, true
}

// joinPieces puts RFC 2231 parameters together. They win over a plain parameter of
// the same name, which is there for old readers (RFC 6266 4.3 says the same).
//
// QUIRK: sections may come in any order, and gaps are passed over.
func joinPieces(pieces []paramPiece, params map[string]string) {
	sort.SliceStable(pieces, func(i, j int) bool { return pieces[i].index < pieces[j].index })
	raw := make(map[string]string)
	charset := make(map[string]string)
	seen := make(map[[2]string]bool)
	for _, p := range pieces {
		key := [2]string{p.name, strconv.Itoa(p.index)}
		if seen[key] {
			continue
		}
		seen[key] = true
		text := p.text
		if p.encoded {
			if _, has := raw[p.name]; !has {
				charset[p.name], text = cutCharset(text)
			}
			text = percentDecode(text)
		}
		raw[p.name] += text
	}
	for name, text := range raw {
		decoded, _ := DecodeCharset(charset[name], []byte(text))
		params[name] = decoded
	}
}

// cutCharset takes the charset'language' prefix off an extended value.
func cutCharset(text string) (charset, rest string) {
	parts := strings.SplitN(text, "'", 3)
	if len(parts) < 3 {
		return "", text
	}
	return parts[0], parts[2]
}

// percentDecode undoes %XX and leaves what is no such thing.
func percentDecode(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if c, err := url.PathUnescape(s[i : i+3]); err == nil {
				b.WriteString(c)
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
