package mail

import (
	"strings"
	"unicode/utf8"
)

// A SearchText is what a message says as the search and the measures need it. Its texts are folded by FoldWords.
type SearchText struct {
	Subject     string
	Author      string // the name of who wrote it, or the local part of the address
	From        string // names and addresses of From, with that of Author in place of a list's
	To          string // names and addresses of To and Cc
	Body        string // what its author wrote, without quotations
	Files       string // the names of its files
	Attached    bool   // it has files
	NewChars    int    // characters that the author wrote now
	QuotedChars int    // characters of earlier messages
}

// SearchText takes from a message what is searched for, and counts what its author wrote. What is quoted is not searched
// for: who looks for it finds the message that it was written in. Of a message without anything new it is.
func (m *Message) SearchText() SearchText {
	s := sortLines(m.textLines().lines, isForwardSubject(m.Subject))
	text := Text{New: s.collect(kindNew), Quoted: s.collect(kindQuoted)} // without what is not needed, which is half of the work
	if strings.TrimSpace(text.New) == "" {
		text.All = joinLines(s.lines)
	}
	author := m.Author()
	from := []Address{author}
	if len(m.From) > 1 {
		from = append(from, m.From[1:]...)
	}
	t := SearchText{
		Subject: FoldWords(m.Subject), Author: foldAuthor(author), From: foldAddresses(from), To: foldAddresses(m.To, m.Cc),
		NewChars: utf8.RuneCountInString(text.New), QuotedChars: utf8.RuneCountInString(text.Quoted),
	}
	t.Body = FoldWords(text.Readable())
	var files []string
	m.Root.Walk(func(p *Part) bool {
		if p.Filename != "" {
			files = append(files, p.Filename)
		}
		t.Attached = t.Attached || p.Filename != "" || p.IsAttachment()
		return true
	})
	t.Files = FoldWords(strings.Join(files, " "))
	return t
}

// Readable is what a message says by itself, where it says anything, else all of it. It is what is searched for, and what
// snippets are made of.
func (t Text) Readable() string {
	if strings.TrimSpace(t.New) == "" {
		return t.All
	}
	return t.New
}

func foldAuthor(author Address) string {
	if name := FoldWords(author.Name); name != "" {
		return name
	}
	return FoldWords(author.Local)
}

func foldAddresses(lists ...[]Address) string {
	var b strings.Builder
	for _, list := range lists {
		for _, a := range list {
			b.WriteString(a.Name)
			b.WriteByte(' ')
			b.WriteString(a.String())
			b.WriteByte(' ')
		}
	}
	return FoldWords(b.String())
}
