package mail

import "strings"

// signatures marks what stands behind "-- " (RFC 3676 4.3), up to the next quotation.
func (s *splitter) signatures(end int) {
	for i := 0; i < end; i++ {
		if s.lines[i].mark == markSignature {
			s.set(i, i+1, kindSignature)
		}
		if !s.isSignatureMark(i) {
			continue
		}
		stop := s.endOfSignature(i+1, end)
		if s.fitsSignature(i, stop) {
			s.set(i, stop, kindSignature)
		}
		i = stop - 1
	}
}

// isSignatureMark recognises the delimiter, also without its space, which is lost in
// HTML and to editors.
func (s *splitter) isSignatureMark(i int) bool {
	return s.lines[i].quote == 0 && s.kinds[i] == kindNew && strings.TrimRight(s.lines[i].text, " ") == "--"
}

func (s *splitter) endOfSignature(i, end int) int {
	for i < end && s.kinds[i] == kindNew {
		i++
	}
	return i
}

// fitsSignature refuses what is too long for a signature, unless it is marked beyond
// doubt.
func (s *splitter) fitsSignature(from, to int) bool {
	most := 15
	if to == len(s.lines) {
		most = 25
	}
	n := 0
	for i := from; i < to; i++ {
		if !s.blank(i) {
			n++
		}
	}
	return n <= most || s.lines[from].text == "-- "
}

// footers marks what list software adds below a post.
func (s *splitter) footers() {
	const most, mostFooters = 12, 5
	lines, found, end := 0, 0, len(s.lines)
	for i := end - 1; i >= 0 && lines <= most && found < mostFooters && s.lines[i].quote == 0; i-- {
		if s.blank(i) {
			continue
		}
		lines++
		if s.startsFooter(i, end) {
			s.set(i, end, kindSignature)
			lines, end = 0, i
			found++
		}
	}
}

// startsFooter reports whether the lines from i up to end are a footer.
func (s *splitter) startsFooter(i, end int) bool {
	text := s.text(i)
	if isFooterLine(text) {
		return true
	}
	return isRuler(text) && i+1 < end && isFooter(s.joined(i+1, end)) && !s.headerBlock(i+1)
}

// deviceSignature marks "Sent from my …" where the author's own text ends.
func (s *splitter) deviceSignature() {
	i := len(s.lines) - 1
	for i >= 0 && (s.kinds[i] != kindNew || s.lines[i].quote > 0 || s.blank(i)) {
		i--
	}
	if i >= 0 && isDeviceLine(s.text(i)) {
		s.set(i, i+1, kindSignature)
	}
}
