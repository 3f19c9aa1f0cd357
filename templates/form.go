package templates

import (
	"strings"
	"unicode"
)

// A Form is a mail that is rendered once for many readers, who differ in their names and tickets only: rendering takes a
// hundred times as long as filling in. What it gives is, byte for byte, what Render does.
type Form struct {
	subject    string
	text, html pieces
	named      bool
}

// Stand-ins for a reader's name and the token of their ticket, of letters that no writer of text or HTML changes.
const (
	standInName  = "Zqxjname"
	standInToken = "zqxjtoken"
)

// NewForm renders a mail with stand-ins for the name and the token that data is called with. A named form is for readers whose
// name is known, the other for those without. Data must not look at what it gets, nor say it anywhere but in For.Recipient and
// in the addresses and URLs of tickets. It is nil where the mail has them in places where they cannot be filled in.
func NewForm(lang string, named bool, data func(name, token string) any) (*Form, error) {
	name := ""
	if named {
		name = standInName
	}
	m, err := Render(lang, data(name, standInToken))
	if err != nil {
		return nil, err
	}
	other, err := Render(lang, data("", "x"))
	if err != nil {
		return nil, err
	}
	all := other.Subject + other.Text + other.HTML + m.Subject
	if strings.Contains(all, standInName) || strings.Contains(all, standInToken) {
		return nil, nil // somebody has written them into the mail
	}
	// The name stands once, in the greeting, which is on a line of its own.
	if n := strings.Count(m.Text, standInName); named != (n == 1) || n != strings.Count(m.HTML, standInName) {
		return nil, nil
	}
	return &Form{subject: m.Subject, text: cutPieces(m.Text), html: cutPieces(m.HTML), named: named}, nil
}

// Fill gives the mail for a reader. False is for a name that a writer would do something about: it is for Render.
func (f *Form) Fill(name, token string) (m Mail, ok bool) {
	if f.named != (name != "") || name != "" && !isPlainName(name) || !isPlainToken(token) {
		return Mail{}, false
	}
	return Mail{Subject: f.subject, Text: f.text.fill(name, token), HTML: f.html.fill(name, token)}, true
}

// longestName is in columns: with one, a greeting still fits on a line in each language.
const longestName = 40

// isPlainName says whether a name is written as it is in text and in HTML.
func isPlainName(name string) bool {
	for i, r := range name {
		letter := unicode.Is(unicode.Latin, r) || r >= '0' && r <= '9'
		joint := r == ' ' || r == '-' || r == '.'
		if !letter && !(joint && i > 0 && i < len(name)-1) || r == ' ' && name[i+1] == ' ' {
			return false
		}
	}
	return columnsOf(name) <= longestName
}

func isPlainToken(token string) bool {
	for _, c := range []byte(token) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return token != ""
}

// pieces are a text, cut where something is to be filled in.
type pieces struct {
	parts []string
	names []bool // behind each part but the last: a name, else a token
	size  int
}

func cutPieces(text string) (p pieces) {
	p.size = len(text)
	for {
		name, token := strings.Index(text, standInName), strings.Index(text, standInToken)
		isName := name >= 0 && (token < 0 || name < token)
		at, stand := token, standInToken
		if isName {
			at, stand = name, standInName
		}
		if at < 0 {
			p.parts = append(p.parts, text)
			return p
		}
		p.parts, p.names, text = append(p.parts, text[:at]), append(p.names, isName), text[at+len(stand):]
	}
}

func (p pieces) fill(name, token string) string {
	var b strings.Builder
	b.Grow(p.size + len(p.names)*max(len(name), len(token)))
	for i, part := range p.parts {
		b.WriteString(part)
		switch {
		case i == len(p.names):
		case p.names[i]:
			b.WriteString(name)
		default:
			b.WriteString(token)
		}
	}
	return b.String()
}
