package when

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Read reads a text in each language, the first of the context before the others. See the package comment for what counts
// where they differ.
func Read(text string, c Context) Reading {
	text = strings.TrimSpace(text)
	if len(text) > MaxText {
		return Reading{Problems: []Problem{{Kind: ProblemMany, Words: text[:20] + "…"}}}
	}
	var whole []Reading // nothing is left over in these
	var best Reading
	for n, lang := range inOrder(c.Languages) {
		r := readIn(lang, text, c)
		if r.whole() {
			whole = append(whole, r)
		}
		if n == 0 || r.better(best) {
			best = r
		}
	}
	if len(whole) == 0 {
		return best
	}
	return together(whole)
}

// inOrder are all languages, those that are wanted first.
func inOrder(wanted []string) (all []string) {
	for _, tag := range append(slices.Clone(wanted), languages...) {
		base, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if slices.Contains(languages, base) && !slices.Contains(all, base) {
			all = append(all, base)
		}
	}
	return all
}

func (r Reading) whole() bool {
	return len(r.Options) > 0 && len(r.Unread) == 0 && len(r.Problems) == 0
}

// better compares readings of which none is whole: who understood more, then what can be used.
func (r Reading) better(than Reading) bool {
	if mine, other := r.Signs-2*len(r.Unread), than.Signs-2*len(than.Unread); mine != other {
		return mine > other
	}
	return len(r.Problems) == 0 && len(than.Problems) > 0
}

// together joins readings in several languages: what they read differently is to be asked.
func together(all []Reading) Reading {
	r := all[0]
	for _, other := range all[1:] {
		if len(other.Options) != len(r.Options) {
			return Reading{Language: r.Language, Signs: r.Signs, Problems: []Problem{{Kind: ProblemUnsure, Words: r.Options[0].Text}}}
		}
		for i := range r.Options {
			for _, choice := range other.Options[i].Choices {
				if !slices.ContainsFunc(r.Options[i].Choices, choice.same) {
					r.Options[i].Choices = append(r.Options[i].Choices, choice)
					r.Options[i].Ask = true
				}
			}
		}
	}
	return r.sure()
}

// sure refuses a poll in which an option can be read in several ways and none is likely.
func (r Reading) sure() Reading {
	if len(r.Options) < 2 {
		return r
	}
	for i, o := range r.Options {
		if o.Ask {
			return Reading{Language: r.Language, Signs: r.Signs, Problems: []Problem{{Kind: ProblemUnsure, Words: o.Text}}}
		}
		r.Options[i].Choices = o.Choices[:1]
	}
	return r
}

// readIn reads a text in one language.
func readIn(lang, text string, c Context) Reading {
	v := vocabularies()[lang]
	r := Reading{Language: lang}
	var drafts []draft
	for _, line := range unnumbered(strings.Split(text, "\n")) {
		f := fold(line)
		for _, piece := range v.pieces(f, v.items(f), c) {
			drafts = append(drafts, v.parse(f, piece, c.Zone))
		}
	}
	if len(drafts) == 0 {
		r.Problems = []Problem{{Kind: ProblemNothing, Words: text}}
		return r
	}
	if len(drafts) > MaxOptions {
		r.Problems = []Problem{{Kind: ProblemMany, Words: drafts[MaxOptions].text}}
		return r
	}
	inherit(drafts)
	for _, d := range drafts {
		r.Signs += d.signs
		r.Unread = append(r.Unread, d.unread...)
		o, problems := d.resolve(c)
		r.Problems = append(r.Problems, problems...)
		if len(problems) == 0 {
			r.Options = append(r.Options, o)
		}
	}
	if len(r.Problems) > 0 {
		r.Options = nil
	}
	return r.sure()
}

var listMark = regexp.MustCompile(`^\s*(?:[-*•–]+|\(?[0-9a-j]{1,2}\)|([0-9]{1,2})\.)\s+`)

// unnumbered takes the marks of a list off its lines: "- ", "a) ", and "1. " where the lines are numbered in their order.
func unnumbered(lines []string) []string {
	inOrder := len(lines) > 1
	for i, line := range lines {
		m := listMark.FindStringSubmatch(line)
		inOrder = inOrder && m != nil && m[1] == strconv.Itoa(i+1)
	}
	for i, line := range lines {
		if m := listMark.FindStringSubmatch(line); m != nil && (m[1] == "" || inOrder) {
			line = line[len(m[0]):]
		}
		lines[i] = strings.TrimSpace(line)
	}
	return lines
}

// inherit gives an option what only another one says: "Tue or Wed 15:00", "Tue 15:00 or 16:00", "… for 1h".
func inherit(drafts []draft) {
	if len(drafts) < 2 {
		return
	}
	last := drafts[len(drafts)-1]
	for i := range drafts {
		d := &drafts[i]
		if d.zone == nil {
			d.zone, d.season = lastZone(drafts)
		}
		if d.length == 0 && !d.end.set {
			d.length = last.length
			if last.length == 0 && last.end.set {
				if spans, _, p := last.times(); p == nil {
					d.length = spans[0].length
				}
			}
		}
		if !d.start.set && d.hasDay() {
			d.start, d.end = last.start, last.end
		}
		if i > 0 && !d.hasDay() && d.start.set {
			d.takeDay(drafts[i-1])
		}
	}
}
