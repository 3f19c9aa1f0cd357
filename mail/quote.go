package mail

import "strings"

// A lineKind is whose words a line is.
type lineKind int8

const (
	kindNew lineKind = iota
	kindQuoted
	kindSignature
	kindDropped // neither: armour of a signed text, markers for robots
)

// splitText sorts lines into what is new, what is quoted and what is signature. In a
// forwarded message the quotation is what the author wants to show, so it is new.
func splitText(lines []textLine, forward bool) Text {
	s := sortLines(lines, forward)
	return Text{
		All:       joinLines(lines),
		New:       s.collect(kindNew),
		Quoted:    s.collect(kindQuoted),
		Signature: s.collect(kindSignature),
	}
}

// sortLines finds out the kind of each line.
func sortLines(lines []textLine, forward bool) *splitter {
	indentedQuotes(lines)
	s := &splitter{lines: lines, trimmed: make([]string, len(lines)), kinds: make([]lineKind, len(lines)), forward: forward}
	for i, line := range lines {
		s.trimmed[i] = strings.TrimSpace(line.text)
	}
	s.armour()
	s.end = s.replyBelow()
	s.quotes(s.end)
	s.attributions(s.end)
	s.signatures(s.end)
	s.footers()
	s.deviceSignature()
	if !s.hasNew() {
		s.rescue()
	}
	return s
}

// A splitter finds out the kinds of lines.
type splitter struct {
	lines     []textLine
	trimmed   []string // the lines without white space around them
	kinds     []lineKind
	forward   bool
	end       int // where the author's part ends: the message replied to or forwarded begins
	nextQuote int // the quoted line that quotedFrom found last
	tries     int // how often attributions were looked for
}

// maxTries bounds the time for a text that is made to look like attributions.
const maxTries = 1000

// tried counts looks for attributions and reports whether there were too many.
func (s *splitter) tried() bool {
	s.tries++
	return s.tries > maxTries
}

func (s *splitter) set(from, to int, kind lineKind) {
	for i := from; i < to; i++ {
		if s.kinds[i] != kindDropped {
			s.kinds[i] = kind
		}
	}
}

// text returns a line without white space around it.
func (s *splitter) text(i int) string { return s.trimmed[i] }

func (s *splitter) blank(i int) bool { return s.text(i) == "" }

// own reports whether a line is the author's own level and says something.
func (s *splitter) own(i int) bool { return s.lines[i].quote == 0 && !s.blank(i) }

// armour drops what a clear-signed text is wrapped in (RFC 9580 7).
func (s *splitter) armour() {
	const begin, signature, end = "-----BEGIN PGP SIGNED MESSAGE-----", "-----BEGIN PGP SIGNATURE-----", "-----END PGP SIGNATURE-----"
	from := -1
	for i := 0; i < len(s.lines); i++ {
		switch s.text(i) {
		case begin:
			for i < len(s.lines) && !s.blank(i) {
				s.set(i, i+1, kindDropped)
				i++
			}
		case signature:
			from = i
		case end:
			if from >= 0 {
				s.set(from, i+1, kindDropped)
				from = -1
			}
		}
	}
}

func (s *splitter) joined(from, to int) string {
	return strings.Join(s.trimmed[from:to], " ")
}

// quotes marks lines that are quoted line by line.
func (s *splitter) quotes(end int) {
	for i := 0; i < end; i++ {
		if s.lines[i].quote > 0 || s.brokenOff(i) {
			s.set(i, i+1, kindQuoted)
		}
	}
}

// brokenOff recognises the end of a quoted line that was wrapped on its way: a short
// line between two long quoted ones that goes on in the middle of a sentence.
func (s *splitter) brokenOff(i int) bool {
	const wide, short = 65, 40
	if i == 0 || i+1 >= len(s.lines) || !s.own(i) || s.lines[i-1].quote == 0 || s.lines[i+1].quote == 0 {
		return false
	}
	text := s.text(i)
	return len(s.lines[i-1].text) >= wide && len(text) <= short && text[0] >= 'a' && text[0] <= 'z'
}

// attributions marks the lines that introduce a quotation.
func (s *splitter) attributions(end int) {
	for i := 0; i < end; i++ {
		if s.lines[i].mark == markAttribution {
			s.set(i, i+1, kindQuoted)
		}
		if s.lines[i].quote > 0 && (i == 0 || s.lines[i-1].quote == 0) {
			s.set(i-s.introduction(i), i, kindQuoted)
		}
	}
}

// introduction returns how many lines above the quotation that begins at line i
// introduce it, empty ones included.
func (s *splitter) introduction(i int) int {
	const gap, longest = 5, 4
	last := i - 1
	for last >= 0 && i-last <= gap && s.blank(last) && s.lines[last].quote == 0 {
		last--
	}
	if last < 0 || !s.own(last) || s.kinds[last] != kindNew || s.tried() {
		return 0
	}
	best := s.labelsUpTo(last)
	for n := 1; n <= longest && last-n+1 >= 0 && s.own(last-n+1); n++ {
		words := s.joined(last-n+1, last+1)
		if introduces(words) && (best == 0 || opensAttribution(words)) {
			best = n
		}
	}
	if best == 0 {
		return 0
	}
	return i - (last - best + 1)
}

// labelsUpTo returns how many lines up to the last are header fields, if at least two
// are: "From: …" and "Date: …" above a quotation.
func (s *splitter) labelsUpTo(last int) int {
	n := 0
	for last-n >= 0 && s.own(last-n) && labelOf(s.text(last-n)) != labelNone {
		n++
	}
	if n < 2 {
		return 0
	}
	return n
}

func (s *splitter) hasNew() bool {
	for i, kind := range s.kinds {
		if kind == kindNew && !s.blank(i) {
			return true
		}
	}
	return false
}

// rescue looks again at a message in which nothing seems new. What its HTML marks as
// signature may be the text (people write into it), and an earlier message without a
// word above it is forwarded, as is everything in what calls itself so.
func (s *splitter) rescue() {
	for i := range s.lines {
		quoted := s.kinds[i] == kindQuoted && (i >= s.end || s.forward)
		if s.lines[i].mark == markSignature && s.kinds[i] == kindSignature || quoted {
			s.set(i, i+1, kindNew)
		}
	}
}

func (s *splitter) collect(kind lineKind) string {
	lines := make([]textLine, 0, len(s.lines))
	for i, line := range s.lines {
		if s.kinds[i] == kind {
			lines = append(lines, line)
		} else if kind != kindSignature {
			lines = append(lines, textLine{}) // a gap where something was left out
		}
	}
	if kind == kindNew && s.end < len(s.lines) {
		lines = withoutLastRuler(lines)
	}
	return joinLines(lines)
}

// withoutLastRuler takes off a ruler that stood in front of what was left out.
func withoutLastRuler(lines []textLine) []textLine {
	for last := len(lines) - 1; last >= 0; last-- {
		text := strings.TrimSpace(lines[last].text)
		if text != "" && !isRuler(text) {
			return lines[:last+1]
		}
	}
	return nil
}
