package mail

import "strings"

// ParseAddressList reads the mailboxes of a field such as To, those within groups
// included. What cannot be read is passed over. The time is linear in len(value).
//
// QUIRK: it takes what RFC 5322 forbids and people send: unquoted commas, dots and
// UTF-8 in names, semicolons for commas, brackets that never close, "mailto:", a name
// without brackets round the address, and spaces round the @.
func ParseAddressList(value string) []Address {
	p := addressParser{s: value}
	for p.pos < len(p.s) {
		p.token()
	}
	p.endSegment()
	if len(p.list) == 0 {
		return lastAngle(value)
	}
	return p.list
}

// lastAngle digs out the last <…@…> of a value that makes no other sense.
func lastAngle(value string) []Address {
	for end := strings.LastIndexByte(value, '>'); end > 0; {
		start := strings.LastIndexByte(value[:end], '<')
		if start < 0 {
			return nil
		}
		if a, ok := parseSpec(value[start+1 : end]); ok {
			a.Name = cleanName(strings.Trim(value[:start], "\" \t"))
			return []Address{a}
		}
		end = start
	}
	return nil
}

// An addressParser is at one place of a field value. What stands between two commas
// is a segment.
type addressParser struct {
	s    string
	pos  int
	list []Address

	plain     strings.Builder // the segment's text outside of brackets, as written
	name      strings.Builder // the same with its quotes undone
	hasAt     bool            // the segment's plain text holds an @
	comment   string          // the segment's last comment
	angles    []string        // what stood in angle brackets
	earlier   string          // segments before that held no address: "Joe" of "Joe, Inc. <a@b>"
	noQuote   bool            // no closing quote follows any more
	noComment bool            // no closing parenthesis follows any more
}

// token reads one element at the current place.
func (p *addressParser) token() {
	c := p.s[p.pos]
	switch {
	case c == '"' && !p.noQuote:
		p.quoted()
	case c == '(' && !p.noComment:
		p.inComment()
	case c == '<':
		p.angle()
	case c == '>':
		p.pos++
	case c == ',':
		p.pos++
		p.endSegment()
	case c == ';':
		p.pos++
		p.endSegment()
		p.earlier = ""
	case c == ':' && len(p.angles) == 0 && !p.hasAt:
		p.pos++ // what came before is the name of a group
		p.clear()
		p.earlier = ""
	default:
		p.text(max(1, encodedWordLen(p.s[p.pos:])))
	}
}

// encodedWordLen returns the length of the RFC 2047 word that s begins with, or 0. It
// is one token whatever stands in it: many programs leave commas and colons as they are.
func encodedWordLen(s string) int {
	if !strings.HasPrefix(s, "=?") {
		return 0
	}
	s = s[:min(len(s), 4*75)]
	parts := strings.SplitN(s, "?", 5)
	if len(parts) < 5 || len(parts[2]) != 1 || !strings.HasPrefix(parts[4], "=") {
		return 0
	}
	n := len(s) - len(parts[4]) + 1
	if strings.ContainsAny(s[:n], " \t<>@\"") {
		return 0
	}
	return n
}

// text reads n octets and up to the next one that may mean something.
func (p *addressParser) text(n int) {
	end := strings.IndexAny(p.s[p.pos+n:], "\"(<>,;:=")
	if end < 0 {
		end = len(p.s) - p.pos - n
	}
	text := p.s[p.pos : p.pos+n+end]
	p.plain.WriteString(text)
	p.name.WriteString(text)
	p.hasAt = p.hasAt || strings.IndexByte(text, '@') >= 0
	p.pos += len(text)
}

func (p *addressParser) quoted() {
	n := quotedEnd(p.s[p.pos:])
	if n < 0 {
		p.noQuote = true
		p.pos++
		return
	}
	text := p.s[p.pos : p.pos+n]
	p.plain.WriteString(text)
	p.name.WriteString(unquote(text))
	p.pos += n
}

// quotedEnd returns the length of the quoted string that s begins with, or -1.
func quotedEnd(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return -1
}

// unquote undoes the quotes and quoted pairs of a quoted string.
func unquote(s string) string {
	s = s[1 : len(s)-1]
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// inComment reads a comment, which may hold further ones.
func (p *addressParser) inComment() {
	depth := 0
	for i := p.pos; i < len(p.s); i++ {
		switch p.s[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				p.comment = p.s[p.pos+1 : i]
				p.plain.WriteByte(' ')
				p.pos = i + 1
				return
			}
		}
	}
	p.noComment = true
	p.text(1)
}

// angle reads what stands in angle brackets. Brackets that never close end at the
// next comma, semicolon or bracket.
func (p *addressParser) angle() {
	rest := p.s[p.pos+1:]
	from := 0
	if strings.HasPrefix(rest, `"`) && !p.noQuote {
		from = max(0, quotedEnd(rest))
	}
	n := strings.IndexAny(rest[from:], "<>")
	if n >= 0 && rest[from+n] == '>' {
		p.angles = append(p.angles, rest[:from+n])
		p.pos += 1 + from + n + 1
		return
	}
	if n < 0 {
		n = len(rest) - from
	}
	rest = rest[:from+n]
	if n := strings.IndexAny(rest[from:], ",;"); n >= 0 {
		rest = rest[:from+n]
	}
	p.angles = append(p.angles, rest)
	p.pos += 1 + len(rest)
}

// endSegment makes what was collected since the last comma an address, if it is one.
func (p *addressParser) endSegment() {
	defer p.clear()
	found := len(p.list)
	for i := len(p.angles) - 1; i >= 0 && len(p.list) == found; i-- {
		p.list = append(p.list, specs(p.angles[i])...)
	}
	if len(p.angles) == 0 && p.bare() {
		p.earlier = ""
		return
	}
	if len(p.list) > found {
		p.list[found].Name = p.displayName()
		p.earlier = ""
		return
	}
	if name := strings.TrimSpace(p.name.String()); name != "" && len(p.earlier) < maxSpec {
		p.earlier += name + ", "
	}
}

// displayName joins what stood before the brackets; failing that, a comment is the name.
func (p *addressParser) displayName() string {
	name := strings.TrimSpace(p.name.String())
	if p.noQuote {
		name = strings.Trim(name, `"`)
	}
	if name == "" {
		name = p.comment
	}
	return cleanName(p.earlier + name)
}

// bare reads a segment without brackets: an address, perhaps with words around it.
func (p *addressParser) bare() bool {
	text := strings.TrimSpace(p.plain.String())
	if !p.hasAt {
		return false
	}
	if a, ok := parseSpec(text); ok {
		a.Name = cleanName(p.comment)
		p.list = append(p.list, a)
		return true
	}
	text = joinAt(text)
	words := strings.Fields(text)
	for i := len(words) - 1; i >= 0; i-- {
		if a, ok := parseSpec(words[i]); ok {
			a.Name = cleanName(strings.Trim(strings.Join(words[:i], " "), `"`))
			p.list = append(p.list, a)
			return true
		}
	}
	return false
}

// joinAt takes away the white space round an @ that is alone in s.
func joinAt(s string) string {
	before, after, _ := strings.Cut(s, "@")
	if strings.IndexByte(after, '@') >= 0 {
		return s
	}
	return strings.TrimSpace(before) + "@" + strings.TrimSpace(after)
}

func (p *addressParser) clear() {
	p.plain.Reset()
	p.name.Reset()
	p.hasAt = false
	p.comment = ""
	p.angles = p.angles[:0]
}

// specs reads what stood in angle brackets: one address, or by mistake several.
func specs(angle string) []Address {
	if a, ok := parseSpec(angle); ok {
		return []Address{a}
	}
	var list []Address
	for _, s := range strings.FieldsFunc(stripComments(angle), func(r rune) bool { return r == ',' || r == ';' }) {
		if a, ok := parseSpec(s); ok {
			list = append(list, a)
		}
	}
	return list
}
