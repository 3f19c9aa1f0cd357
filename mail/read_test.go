package mail

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestRead(t *testing.T) {
	raw := []byte(crlf(`Received: from a by b; Mon, 1 Jun 2026 10:00:00 +0000
Received: from c by a; Mon, 1 Jun 2026 10:00:00 +0000
List-Id: Rust people <Rust.Lists.example.org>
From: "Ben, the =?utf-8?q?gr=C3=BCne?=" <ben@b.example>
Sender: <robot@b.example>
To: rust@lists.example.org, Friends: ann@a.example, cy@c.example;
Cc: dee@d.example
Reply-To: ben+reply@b.example
Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=
 und Fragen
Date: Mon, 1 Jun 2026 12:00:00 +0200
Message-ID: <one@b.example>
In-Reply-To: <zero@a.example>
References: <first@a.example> <zero@a.example>
 <first@a.example>

Hello
`))
	m := Read(raw)
	got := fmt.Sprint(m.From[0].Format(), m.Sender, FormatAddresses(m.To), m.Cc, m.ReplyTo, m.Subject, m.Date.UTC().Format(time.RFC3339),
		m.MessageID, m.InReplyTo, m.References, m.Received(), m.ListIDs(), m.Problems)
	want := fmt.Sprint(Address{"Ben, the grüne", "ben", "b.example"}.Format(), []Address{{"", "robot", "b.example"}},
		"rust@lists.example.org, ann@a.example, cy@c.example", []Address{{"", "dee", "d.example"}}, []Address{{"", "ben+reply", "b.example"}},
		"Grüße und Fragen", "2026-06-01T10:00:00Z", "one@b.example", []string{"zero@a.example"},
		[]string{"first@a.example", "zero@a.example"}, 2, []string{"rust.lists.example.org"}, []string{})
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if !bytes.Equal(m.Raw, raw) {
		t.Error("the raw message was changed")
	}
}

func TestReadProblems(t *testing.T) {
	good := "From: a@b.example\nDate: Mon, 1 Jun 2026 12:00:00 +0200\nMessage-ID: <x@y>\n"
	tests := []struct{ name, raw, problem string }{
		{"good", good + "\nx", ""},
		{"nothing", "", "no header"},
		{"two From", good + "From: c@d.example\n\nx", "2 From fields"},
		{"two in From", "From: a@b.example, c@d.example\n\nx", "names 2 addresses"},
		{"no From", "Subject: x\n\nx", "no From"},
		{"From without address", "From: Ben\n\nx", "holds no address"},
		{"no date", "From: a@b.example\n\nx", "no Date"},
		{"bad date", "From: a@b.example\nDate: yesterday\n\nx", `Date "yesterday"`},
		{"bad id", "From: a@b.example\nMessage-ID: <>\n\nx", "Message-ID"},
		{"two subjects", good + "Subject: a\nSubject: b\n\nx", "2 Subject fields"},
		{"charset", good + "Content-Type: text/plain; charset=x-martian\n\nx", `charset "x-martian"`},
		{"encoding", good + "Content-Transfer-Encoding: x-martian\n\nx", `encoding "x-martian"`},
		{"no boundary", good + "Content-Type: multipart/mixed\n\nx", "names no boundary"},
		{"no end", good + "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx", "does not end"},
		{"no parts", good + "Content-Type: multipart/mixed; boundary=b\n\nx", "no parts"},
		{"encoded multipart", good + "Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n--b\n\nx\n--b--", "encoded as base64"},
		{"bare CR", strings.ReplaceAll(good+"\nx", "\n", "\r"), "CR alone"},
		{"limit", string(nested(60)), "50 levels"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := Read([]byte(tt.raw))
			all := strings.Join(m.Problems, "\n")
			if tt.problem == "" && all != "" || !strings.Contains(all, tt.problem) {
				t.Errorf("got %q, want %q", m.Problems, tt.problem)
			}
			if (m.Exceeds != nil) != (tt.name == "limit") {
				t.Errorf("Exceeds is %v", m.Exceeds)
			}
		})
	}
}

func TestReadBareCR(t *testing.T) {
	raw := []byte("From: a@b.example\rSubject: x\r\rone\rtwo\r")
	m := Read(raw)
	if m.Subject != "x" || m.Text().New != "one\ntwo" || !bytes.Equal(m.Raw, raw) {
		t.Errorf("got subject %q and text %q", m.Subject, m.Text().New)
	}
}

func TestReadBounds(t *testing.T) {
	m := Read([]byte("Subject: " + strings.Repeat("x", 100_000) + "\r\nReferences: " + strings.Repeat("<a@b> <c@d>", 10) +
		manyIDs(5000) + "\r\nTo: " + strings.Repeat("a@b.example, ", 20_000) + "\r\n\r\n"))
	if len(m.Subject) > maxSubject || len(m.References) > maxReadReferences || len(m.To) > 5000 {
		t.Errorf("subject %d octets, %d references, %d recipients", len(m.Subject), len(m.References), len(m.To))
	}
	if last := m.References[len(m.References)-1]; m.References[0] != "a@b" || last != "id4999@x" {
		t.Errorf("references run from %s to %s", m.References[0], last)
	}
}

func manyIDs(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " <id%d@x>", i)
	}
	return b.String()
}

// checkMessage asserts what holds for every message, whatever is in it.
func checkMessage(t testing.TB, raw []byte, m *Message) {
	t.Helper()
	checkTree(t, raw, m.Root)
	if strings.ContainsFunc(m.Subject, isHidden) || len(m.Subject) > maxSubject || !utf8.ValidString(m.Subject) {
		t.Errorf("the subject is %q", m.Subject)
	}
	for _, sentence := range m.Problems {
		if strings.ContainsFunc(sentence, isHidden) || !utf8.ValidString(sentence) {
			t.Errorf("a problem is %q", sentence)
		}
	}
	m.Root.Walk(func(p *Part) bool {
		if strings.ContainsAny(p.Filename, "/\\") || strings.ContainsFunc(p.Filename, isHidden) || len(p.Filename) > maxFilename {
			t.Errorf("a file name is %q", p.Filename)
		}
		return true
	})
	checkText(t, m.Text())
}

func checkText(t testing.TB, text Text) {
	t.Helper()
	for _, s := range []string{text.All, text.New, text.Quoted, text.Signature} {
		bad := func(r rune) bool { return r != '\n' && r != '\t' && isHidden(r) }
		if !utf8.ValidString(s) || strings.ContainsFunc(s, bad) || strings.Contains(s, "\n\n\n") {
			t.Errorf("text is not clean: %q", truncate(s, 500))
		}
		if len(s) > 4*maxTextBytes+maxTextLines*25 {
			t.Errorf("text has %d octets", len(s))
		}
	}
}

func FuzzScan(f *testing.F) {
	f.Add(nested(3))
	f.Add([]byte("Content-Type: message/rfc822\n\nContent-Type: multipart/digest; boundary=b\n\n--b\n\nX: y\n\nz\n--b--\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		root, err := Scan(raw, DefaultLimits())
		checkTree(t, raw, root)
		parts := 0
		root.Walk(func(*Part) bool { parts++; return true })
		if parts > DefaultLimits().Parts {
			t.Errorf("%d parts (%v)", parts, err)
		}
		header, body := SplitHeader(raw)
		if err == nil && !bytes.Equal(header.AppendTo(nil), root.Header.AppendTo(nil)) {
			t.Errorf("Scan and SplitHeader do not agree about the header")
		}
		if err == nil && !bytes.Equal(body, root.RawBody()) {
			t.Errorf("Scan and SplitHeader do not agree about the body")
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("From: a@b\nSubject: =?utf-8?q?=00=0A?=\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\nx\n> y\n--b\nContent-Type: text/html\n\n<p>x<blockquote>y\n--b--"))
	f.Add([]byte("From: a@b\rDate: x\r\rOn 1.1.2020 x wrote:\r> y\r-- \rz"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		before := bytes.Clone(raw)
		m := Read(raw)
		if !bytes.Equal(raw, before) {
			t.Error("the raw message was changed")
		}
		checkMessage(t, raw, m)
		Automatic(m, "", false)
		CalendarParts(m)
		if kind := KindOf(m, nil); kind == "" {
			t.Error("no kind")
		}
	})
}
