package issue

import (
	"errors"
	"strings"
)

// A Change is one thing that was understood of an answer.
type Change struct {
	What    ChangeKind
	Section string // the heading of the section that it is in, "" for the opening
	Text    string // what it is about, in one line of Markdown; of a section its heading
}

// ChangeKind says what was done.
type ChangeKind string

// The changes.
const (
	Retitled   ChangeKind = "title"
	Added      ChangeKind = "added"
	Removed    ChangeKind = "removed"
	Reworded   ChangeKind = "reworded"
	Moved      ChangeKind = "moved" // sections, or what stands in them
	NewSection ChangeKind = "section"
	NoSection  ChangeKind = "no-section" // a section was left out
	Renamed    ChangeKind = "renamed"
	Restored   ChangeKind = "restored" // not done: a figure was changed or left out, and stays
)

// Errors of Read.
var (
	// ErrNoSource says that an answer holds neither the draft nor a text with headings.
	ErrNoSource = errors.New("the text of the newsletter was not found in this answer")
	// ErrNothingLeft says that an answer would leave nothing to tell.
	ErrNothingLeft = errors.New("nothing would be left of this issue")
	// ErrTooLong says that an answer holds more than a newsletter can.
	ErrTooLong = errors.New("this is longer than a newsletter can be")
)

// Bounds of an issue. It is to be read in a few minutes, and Gmail cuts mails at 102 kB.
const (
	maxBlocks = 300
	maxText   = 16_000 // octets of all texts
)

// An Answer is the text of a mail that answers a draft.
type Answer struct {
	All string // with what it quotes, by "> " or not
	Own string // without, as far as that could be told apart
}

// Read reads an answer to a draft that Write made of an issue, and returns the issue as it is wanted now, and what is
// different. No changes means that it is as it was.
func Read(a Answer, was Issue, w Words) (Issue, []Change, error) {
	r := findRegion(a.All)
	above := fromTitle(pieces(findRegion(a.Own).rest))
	read := pieces(r.lines)
	switch {
	case hasHeading(above) && (!r.found || isNewspaper(above)):
		read = above
	case !r.found:
		return was, nil, ErrNoSource
	}
	if err := bounded(read); err != nil {
		return was, nil, err
	}
	e := newEditor(was, w)
	now := e.read(read)
	if now.Empty() && !was.Empty() {
		return was, nil, ErrNothingLeft
	}
	return now, e.changes(now), nil
}

// fromTitle leaves out what stands before a title: "Please take this:".
func fromTitle(all []piece) []piece {
	for i, p := range all {
		if p.start == headingStart && p.level == 1 {
			return all[i:]
		}
	}
	return all
}

func hasHeading(all []piece) bool {
	for _, p := range all {
		if p.start == headingStart {
			return true
		}
	}
	return false
}

// isNewspaper says whether what stands above a quoted draft is the whole text anew: it has headings with something below.
func isNewspaper(all []piece) bool {
	for i, p := range all {
		if p.start == headingStart && p.level > 1 && i+1 < len(all) && all[i+1].start != headingStart {
			return true
		}
	}
	return false
}

func bounded(all []piece) error {
	n := 0
	for _, p := range all {
		n += len(p.text)
	}
	if len(all) > maxBlocks || n > maxText {
		return ErrTooLong
	}
	return nil
}

// An editor knows what an issue was.
type editor struct {
	was      Issue
	words    Words
	known    map[string][]place // items by what they read as
	bold     map[string][]place // records by the bold words that they begin with
	used     map[place]bool
	headings map[string][]int // sections by their headings
	restored []Change
}

// A place is that of an item in the issue that was.
type place struct{ section, item int }

func newEditor(was Issue, w Words) *editor {
	e := &editor{was: was, words: w, known: map[string][]place{}, bold: map[string][]place{}, used: map[place]bool{}, headings: map[string][]int{}}
	for i, s := range was.Sections {
		if heading := fold(s.Heading(w)); heading != "" {
			e.headings[heading] = append(e.headings[heading], i)
		}
		for k, it := range s.Items {
			text := block(it, w)
			e.known[fold(text)] = append(e.known[fold(text)], place{i, k})
			if b := boldStart(text); b != "" && !it.isText() {
				e.bold[b] = append(e.bold[b], place{i, k})
			}
		}
	}
	return e
}

// fold makes texts equal that look alike: mail programs change quotes, dashes and spaces.
func fold(s string) string { return oneLine(looks.Replace(s)) }

var looks = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`, "’", "'", "‘", "'", "–", "-", "—", "-", "…", "...")

// boldStart are the bold words that a block begins with.
func boldStart(text string) string {
	rest, ok := strings.CutPrefix(strings.TrimPrefix(text, "- "), "**")
	words, _, closed := strings.Cut(rest, "**")
	if !ok || !closed {
		return ""
	}
	return fold(words)
}
