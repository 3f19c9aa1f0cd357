package mail

import "strings"

// replyBelow finds the first line of a message that is quoted as a whole, without a
// '>' on each line, as Outlook does; len(lines) if there is none. Lines behind it are
// quoted, or kept if the author forwards them.
func (s *splitter) replyBelow() int {
	for i, line := range s.lines {
		if line.quote > 0 || line.text == "" && line.mark != markReplyBelow {
			continue
		}
		switch text := s.text(i); {
		case isForwardLine(text):
			return i
		case line.mark == markReplyBelow, isOriginalLine(text), isReplyAboveLine(text), s.headerBlock(i), s.lotusBlock(i), s.unprefixed(i):
			start := s.upToRuler(i)
			if s.forward {
				return start
			}
			s.set(start, len(s.lines), kindQuoted)
			return start
		}
	}
	return len(s.lines)
}

// upToRuler moves up from line i over an empty line and a line of dashes or
// underscores, which belong to what follows.
func (s *splitter) upToRuler(i int) int {
	j := i
	for j > 0 && i-j < 3 && s.blank(j-1) {
		j--
	}
	if j > 0 && s.lines[j-1].quote == 0 && isRuler(s.text(j-1)) {
		return j - 1
	}
	return i
}

// headerBlock recognises the header fields of an earlier message that stand as text
// at line i: "From: …", and at least two of Sent, To and Subject below it.
func (s *splitter) headerBlock(i int) bool {
	const within = 9
	if labelOf(s.text(i)) != labelFrom {
		return false
	}
	seen := map[label]bool{}
	for j := i + 1; j < len(s.lines) && j <= i+within && s.lines[j].quote == 0; j++ {
		seen[labelOf(s.text(j))] = true
	}
	n := 0
	for _, l := range []label{labelDate, labelTo, labelSubject} {
		if seen[l] {
			n++
		}
	}
	return n >= 2
}

// lotusBlock recognises the table of header fields that Notes puts above what it
// quotes: the author, a date, and "To", "cc" and "Subject" on lines of their own.
func (s *splitter) lotusBlock(i int) bool {
	const within = 16
	text := s.text(i)
	if len(text) > longestIntro || !strings.HasSuffix(text, ">") || !strings.Contains(text, "@") {
		return false
	}
	wanted := []string{"To", "cc", "Subject"}
	for j := i + 1; j < len(s.lines) && j <= i+within && len(wanted) > 0 && s.lines[j].quote == 0; j++ {
		if s.text(j) == wanted[0] {
			wanted = wanted[1:]
		}
	}
	return len(wanted) == 0
}

// unprefixed recognises "On … wrote:" at line i above a quotation that has no '>' at
// all, except for what was quoted in it: it must be plain beyond doubt, since all
// below is then taken for quoted, and the author must have written above it.
func (s *splitter) unprefixed(i int) bool {
	n := s.attributionAt(i)
	if n == 0 || !s.ownAbove(i) {
		return false
	}
	words := s.joined(i, i+n)
	if !strings.ContainsAny(words, "0123456789") {
		return false
	}
	first := i + n
	for first < len(s.lines) && s.blank(first) {
		first++
	}
	if first == len(s.lines) || s.lines[first].quote > 0 {
		return false
	}
	quoted := s.quotedFrom(first)
	return quoted == len(s.lines) || s.introduction(quoted) > 0
}

// quotedFrom returns the first quoted line at or behind line i, len(lines) if there is
// none. As i grows, no line is looked at twice.
func (s *splitter) quotedFrom(i int) int {
	s.nextQuote = max(s.nextQuote, i)
	for s.nextQuote < len(s.lines) && s.lines[s.nextQuote].quote == 0 {
		s.nextQuote++
	}
	return s.nextQuote
}

func (s *splitter) ownAbove(i int) bool {
	for j := 0; j < i; j++ {
		if s.own(j) {
			return true
		}
	}
	return false
}

// attributionAt returns of how many lines the attribution consists that begins at
// line i, 0 if none does.
func (s *splitter) attributionAt(i int) int {
	const longest = 4
	for n := 1; n <= longest && i+n <= len(s.lines) && s.own(i+n-1); n++ {
		if !mayEndAttribution(s.text(i + n - 1)) {
			continue
		}
		if words := s.joined(i, i+n); !s.tried() && opensAttribution(words) && saysWrote(words) {
			return n
		}
	}
	return 0
}
