package mail

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// A SearchText is what a message says as the search and the measures need it. Its texts are folded by FoldWords.
type SearchText struct {
	Subject     string
	Author      string // the name of who wrote it, or the local part of the address
	From        string // the name and the address
	To          string // names and addresses of To and Cc
	Body        string // what its author wrote, without quotations
	Files       string // the names of its files
	Attached    bool   // it has files
	NewChars    int    // characters that the author wrote now
	QuotedChars int    // characters of earlier messages
}

// SearchText takes from a message what is searched for, and counts what its author wrote.
func (m *Message) SearchText() SearchText {
	text := m.Text()
	t := SearchText{
		Subject: FoldWords(m.Subject), From: foldAddresses(m.From), To: foldAddresses(append(m.To[:len(m.To):len(m.To)], m.Cc...)),
		Body: FoldWords(text.New), NewChars: utf8.RuneCountInString(text.New), QuotedChars: utf8.RuneCountInString(text.Quoted),
	}
	var files []string
	m.Root.Walk(func(p *Part) bool {
		if p.Filename != "" {
			files = append(files, p.Filename)
		}
		return true
	})
	t.Files = FoldWords(strings.Join(files, " "))
	return t
}

func foldAddresses(list []Address) string {
	var b strings.Builder
	for _, a := range list {
		b.WriteString(a.Name)
		b.WriteByte(' ')
		b.WriteString(a.String())
		b.WriteByte(' ')
	}
	return FoldWords(b.String())
}

// FoldWords returns the words of a text as they are compared in a search: without case, accents and punctuation, with
// a space between them.
func FoldWords(text string) string {
	folded := norm.NFKD.String(cases.Fold().String(text))
	var b strings.Builder
	b.Grow(len(folded))
	gap := false
	for _, r := range folded {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteRune(r)
		default:
			gap = true
		}
	}
	return b.String()
}
