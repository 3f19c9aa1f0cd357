package mail

import (
	"bytes"
	"io"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // as mail programs have it
)

func testDraft() Draft {
	return Draft{
		From:      Address{Name: "Rust Guild", Local: "rust", Domain: "lists.example.org"},
		To:        []Address{{Name: "Jörg Müller", Local: "joerg", Domain: "b.example"}},
		Subject:   "Welcome to Rust Guild",
		Date:      time.Date(2026, 11, 23, 10, 0, 0, 0, time.FixedZone("", 3600)),
		MessageID: "1@lists.example.org",
		Text:      "Hello,\n\nwelcome.\n\n-- \nRust Guild\n",
	}
}

const draftHead = `From: Rust Guild <rust@lists.example.org>
To: =?utf-8?b?SsO2cmcgTcO8bGxlcg==?= <joerg@b.example>
Subject: Welcome to Rust Guild
Date: Mon, 23 Nov 2026 10:00:00 +0100
Message-ID: <1@lists.example.org>
Auto-Submitted: auto-generated
X-Auto-Response-Suppress: All
MIME-Version: 1.0
`

func TestDraftBytes(t *testing.T) {
	tests := []struct {
		name string
		edit func(*Draft)
		want string
	}{
		{"plain", func(*Draft) {}, draftHead + "Content-Type: text/plain; charset=utf-8; format=flowed\n\nHello,\n\nwelcome.\n\n-- \nRust Guild\n"},
		{"not ASCII", func(d *Draft) { d.Text = "Grüße an euch alle" }, draftHead +
			"Content-Type: text/plain; charset=utf-8; format=flowed\nContent-Transfer-Encoding: quoted-printable\n\nGr=C3=BC=C3=9Fe an euch alle\n"},
		{"answer", func(d *Draft) {
			d.IsReply, d.InReplyTo, d.References = true, "0@b.example", []string{"x@b.example", "0@b.example"}
			d.ReplyTo = []Address{{Local: "rust+t.abc", Domain: "lists.example.org"}}
			d.Headers = [][2]string{{"List-Id", "<rust.lists.example.org>"}}
		}, `From: Rust Guild <rust@lists.example.org>
To: =?utf-8?b?SsO2cmcgTcO8bGxlcg==?= <joerg@b.example>
Reply-To: rust+t.abc@lists.example.org
Subject: Welcome to Rust Guild
Date: Mon, 23 Nov 2026 10:00:00 +0100
Message-ID: <1@lists.example.org>
In-Reply-To: <0@b.example>
References: <x@b.example> <0@b.example>
Auto-Submitted: auto-replied
X-Auto-Response-Suppress: All
List-Id: <rust.lists.example.org>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8; format=flowed

Hello,

welcome.

-- 
Rust Guild
`},
		{"HTML", func(d *Draft) { d.Text, d.HTML = "Hi", "<p>Hi\n" }, draftHead +
			"Content-Type: multipart/alternative;\n boundary=\"alternative-BOUNDARY\"\n\n" +
			"--alternative-BOUNDARY\nContent-Type: text/plain; charset=utf-8; format=flowed\n\nHi\n\n" +
			"--alternative-BOUNDARY\nContent-Type: text/html; charset=utf-8\n\n<p>Hi\n\n--alternative-BOUNDARY--\n"},
		{"8-bit message attached", func(d *Draft) {
			d.Text = "Hi"
			d.Attachments = []Attachment{{Type: "message/rfc822", Data: []byte("Subject: x\n\nGrüße\n")}}
		}, draftHead +
			"Content-Type: multipart/mixed; boundary=\"mixed-BOUNDARY\"\nContent-Transfer-Encoding: 8bit\n\n" +
			"--mixed-BOUNDARY\nContent-Type: text/plain; charset=utf-8; format=flowed\n\nHi\n\n" +
			"--mixed-BOUNDARY\nContent-Type: message/rfc822\nContent-Transfer-Encoding: 8bit\nContent-Disposition: attachment\n\nSubject: x\n\nGrüße\n\n--mixed-BOUNDARY--\n"},
		{"file attached", func(d *Draft) {
			d.Text = "Hi"
			d.Attachments = []Attachment{{Type: "image/png", Name: "Köln 1.png", Data: []byte("\x89PNG")}}
		}, draftHead + "Content-Type: multipart/mixed; boundary=\"mixed-BOUNDARY\"\n\n" +
			"--mixed-BOUNDARY\nContent-Type: text/plain; charset=utf-8; format=flowed\n\nHi\n\n" +
			"--mixed-BOUNDARY\nContent-Type: image/png\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename*=utf-8''K%C3%B6ln%201.png\n\niVBORw==\n\n--mixed-BOUNDARY--\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := testDraft()
			tt.edit(&d)
			got, err := d.Bytes()
			if err != nil {
				t.Fatal(err)
			}
			if got := hideBoundary(string(got)); got != crlf(tt.want) {
				t.Errorf("got\n%s\nwant\n%s", got, crlf(tt.want))
			}
			again, _ := d.Bytes()
			if !bytes.Equal(got, again) {
				t.Error("the same draft gives other bytes")
			}
		})
	}
}

// hideBoundary replaces the changing part of a boundary.
func hideBoundary(s string) string {
	for _, kind := range []string{"mixed-", "alternative-"} {
		if _, rest, found := strings.Cut(s, `"`+kind); found {
			name, _, _ := strings.Cut(rest, `"`)
			s = strings.ReplaceAll(s, kind+name, kind+"BOUNDARY")
		}
	}
	return s
}

func TestDraftRefuses(t *testing.T) {
	bad := "x\r\nBcc: a@b"
	tests := []struct {
		name string
		edit func(*Draft)
	}{
		{"no sender", func(d *Draft) { d.From = Address{} }},
		{"no recipient", func(d *Draft) { d.To = nil }},
		{"no date", func(d *Draft) { d.Date = time.Time{} }},
		{"no Message-ID", func(d *Draft) { d.MessageID = "" }},
		{"Message-ID", func(d *Draft) { d.MessageID = bad }},
		{"Message-ID in brackets", func(d *Draft) { d.MessageID = "<a@b>" }},
		{"In-Reply-To", func(d *Draft) { d.InReplyTo = bad }},
		{"References", func(d *Draft) { d.References = []string{"a@b> <c@d"} }},
		{"Subject", func(d *Draft) { d.Subject = bad }},
		{"Subject, to be encoded", func(d *Draft) { d.Subject = "Grüße\x00" }},
		{"From name", func(d *Draft) { d.From.Name = bad }},
		{"To address", func(d *Draft) { d.To[0].Local = bad }},
		{"To without a domain", func(d *Draft) { d.To[0].Domain = "" }},
		{"Reply-To domain", func(d *Draft) { d.ReplyTo = []Address{{Local: "a", Domain: "b\n"}} }},
		{"own field", func(d *Draft) { d.Headers = [][2]string{{"X-A", bad}} }},
		{"own field's name", func(d *Draft) { d.Headers = [][2]string{{"X-A: 1\r\nBcc", "a@b"}} }},
		{"attachment type", func(d *Draft) { d.Attachments = []Attachment{{Type: "text/plain" + bad}} }},
		{"attachment without type", func(d *Draft) { d.Attachments = []Attachment{{}} }},
		{"attachment name", func(d *Draft) { d.Attachments = []Attachment{{Type: "text/plain", Name: bad}} }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := testDraft()
			tt.edit(&d)
			if got, err := d.Bytes(); err == nil {
				t.Errorf("no error, but\n%s", got)
			}
		})
	}
}

// TestDraftParses has other parsers read what was built.
func TestDraftParses(t *testing.T) {
	d := testDraft()
	d.Subject = strings.Repeat("Grüße aus Köln, ", 10) + "und so weiter"
	d.Text = strings.Repeat("A paragraph with “quotes” that is long. ", 20)
	d.HTML = "<p>“Hi”</p>"
	d.Alternatives = []Attachment{{Type: "text/calendar; charset=utf-8; method=REQUEST", Data: []byte("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")}}
	d.Attachments = []Attachment{{Type: "text/csv", Name: "a.csv", Data: []byte("ä;b\n")}}
	raw, err := d.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(CanonicalCRLF(raw), raw) || hasLongLine(raw) || has8bit(raw) {
		t.Error("the message is not in 7-bit lines that end in CRLF")
	}
	e, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if subject, _ := e.Header.Text("Subject"); subject != d.Subject {
		t.Errorf("subject: got %q", subject)
	}
	var types []string
	err = e.Walk(func(_ []int, p *message.Entity, err error) error {
		kind, _, _ := p.Header.ContentType()
		types = append(types, kind)
		if kind == "text/html" {
			if body, _ := io.ReadAll(p.Body); string(body) != d.HTML {
				t.Errorf("HTML: got %q", body)
			}
		}
		return err
	})
	want := "multipart/mixed multipart/alternative text/plain text/html text/calendar text/csv"
	if got := strings.Join(types, " "); err != nil || got != want {
		t.Errorf("parts: got %s (%v), want %s", got, err, want)
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if to, err := m.Header.AddressList("To"); err != nil || to[0].Name != "Jörg Müller" {
		t.Errorf("To: got %v, %v", to, err)
	}
	if date, err := m.Header.Date(); err != nil || !date.Equal(d.Date) {
		t.Errorf("Date: got %v, %v", date, err)
	}
	if own := Read(raw); own.Subject != d.Subject || len(own.Problems) > 0 {
		t.Errorf("Read: got %q, %v", own.Subject, own.Problems)
	}
}

func TestFlow(t *testing.T) {
	word := strings.Repeat("w", 20)
	four := strings.Repeat(word+" ", 3)
	tests := []struct{ name, text, want string }{
		{"short", "a\nb\n", "a\nb\n"},
		{"trailing space goes", "a  \nb\t\n", "a\nb\n"},
		{"signature", "a\n-- \nb", "a\n-- \nb\n"},
		{"broken", four + four + word, four + "\n" + four + "\n" + word + "\n"},
		{"stuffed", " a\nFrom b\n", "  a\n From b\n"},
		{"quote stays", "> " + four + four + "\n>", "> " + strings.TrimRight(four+four, " ") + "\n>\n"},
		{"no space to break at", strings.Repeat("u", 100) + " a", strings.Repeat("u", 100) + " \na\n"},
		{"characters count, not octets", strings.Repeat("üü ", 25) + "x", strings.Repeat("üü ", 25) + "x\n"},
		{"CRLF", "a\r\nb\r\n", "a\nb\n"},
		{"nothing", "", "\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := flow(tt.text); got != crlf(tt.want) {
				t.Errorf("got %q, want %q", got, crlf(tt.want))
			}
		})
	}
}

func FuzzDraft(f *testing.F) {
	f.Add("Grüße", "Joe", "joe", "b", "text \n> x\n", "<p>", "X-A", "1")
	f.Fuzz(func(t *testing.T, subject, name, local, domain, text, html, field, value string) {
		d := testDraft()
		d.Subject, d.Text, d.HTML = subject, text, html
		d.To = []Address{{name, local, domain}}
		d.Headers = [][2]string{{field, value}}
		raw, err := d.Bytes()
		if err != nil {
			return
		}
		m := Read(raw)
		if got, want := len(m.Header.Fields), 10; got < want || got > want+1 {
			t.Errorf("%d fields: %q", got, raw)
		}
		if len(m.To) != 1 && !strings.EqualFold(field, "To") || hasLongLine(raw) || firstBareEnd(raw) >= 0 {
			t.Errorf("to %v, message %q", m.To, raw)
		}
	})
}

func TestDraftFlowed(t *testing.T) {
	d := Draft{From: Address{Local: "a", Domain: "a.example"}, To: []Address{{Local: "b", Domain: "b.example"}}, Subject: "x",
		Date: time.Unix(0, 0), MessageID: "1@a.example", Flowed: true, Text: "one line that \ngoes on \nhere\n> quote\n"}
	raw, err := d.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if want := "\r\n\r\none line that \r\ngoes on \r\nhere\r\n> quote\r\n"; !strings.HasSuffix(string(raw), want) {
		t.Errorf("got %q, want it to end in %q", raw, want)
	}
	if got, want := Read(raw).Text().All, "one line that goes on here\n> quote"; strings.TrimSpace(got) != want {
		t.Errorf("read back: %q, want %q", got, want)
	}
}
