package calendar

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"guildpost/mail"
)

const reply = "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Caf\u00e9\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ada@example.com\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

// part is a body part with its header fields.
func part(fields, body string) string { return "--x\r\n" + fields + "\r\n\r\n" + body + "\r\n" }

func read(parts ...string) Said {
	return ReadMessage(mail.Read([]byte("From: ada@example.com\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" +
		strings.Join(parts, "") + "--x--\r\n")))
}

// utf16Text is big-endian with a byte order mark.
func utf16Text(s string) (b []byte) {
	for _, unit := range utf16.Encode([]rune("\ufeff" + s)) {
		b = append(b, byte(unit>>8), byte(unit))
	}
	return b
}

// TestReadMessage: the object is found wherever it stands, once, and never in what was forwarded.
func TestReadMessage(t *testing.T) {
	encoded := base64.StdEncoding.EncodeToString([]byte(reply))
	withoutMethod := strings.Replace(reply, "METHOD:REPLY\r\n", "", 1)
	folded := strings.Replace(reply, "Caf\u00e9", "Caf\xc3\r\n \xa9", 1)
	// A winmail.dat that is a mail: the signature, a key, and the class IPM.Microsoft Mail.Note.
	note := "\x78\x9f\x3e\x22\x01\x00\x01\x08\x80\x07\x00\x18\x00\x00\x00IPM.Microsoft Mail.Note\x00\x00\x00"
	text := part("Content-Type: text/plain", "Hello")
	for _, c := range []struct {
		name, want, problem string
		said                Said
	}{
		{"text/calendar", "REPLY 1 Café", "", read(text, part("Content-Type: text/calendar; method=REPLY; charset=utf-8", reply))},
		{"base64 in a file", "REPLY 1 Café", "", read(text, part("Content-Type: application/octet-stream; name=invite.ics\r\nContent-Transfer-Encoding: base64", encoded))},
		{"twice", "REPLY 1 Café", "", read(part("Content-Type: text/calendar; method=REPLY", reply), part("Content-Type: application/ics; name=invite.ics", withoutMethod))},
		{"method only in the mail", "REPLY 1 Café", "", read(part("Content-Type: text/calendar; method=reply", withoutMethod))},
		{"us-ascii over folded UTF-8", "REPLY 1 Café", "", read(part("Content-Type: text/calendar; charset=us-ascii", folded))},
		{"ISO-2022-JP", "REPLY 1 日本", "", read(part("Content-Type: text/calendar; charset=iso-2022-jp", strings.Replace(reply, "Caf\u00e9", "\x1b$BF|K\\\x1b(B", 1)))},
		{"UTF-16 in base64", "REPLY 1 Café", "", read(part("Content-Type: text/calendar; charset=utf-16\r\nContent-Transfer-Encoding: base64", base64.StdEncoding.EncodeToString(utf16Text(reply))))},
		{"forwarded", "", "nobody's answer", read(text, part("Content-Type: message/rfc822", "From: b@example.com\r\nContent-Type: text/calendar; method=REPLY\r\n\r\n"+reply))},
		{"no calendar", "", "", read(text)},
		{"a winmail.dat that is a mail", "", "", read(text, part("Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64", base64.StdEncoding.EncodeToString([]byte(note))))},
		{"a winmail.dat that is none", "", "no TNEF file", read(text, part("Content-Type: application/ms-tnef; name=winmail.dat", "hello"))},
		{"too deep", "", "levels of components", read(part("Content-Type: text/calendar", "BEGIN:VCALENDAR\r\n"+strings.Repeat("BEGIN:A\r\n", 100)))},
	} {
		var got []string
		for _, o := range c.said.Objects {
			got = append(got, fmt.Sprintf("%s %s %s", o.Method, o.Events[0].UID, o.Events[0].Summary))
		}
		if s := strings.Join(got, "; "); s != c.want {
			t.Errorf("%s: got %q, want %q", c.name, s, c.want)
		}
		if s := strings.Join(c.said.Problems, "; "); !strings.Contains(s, c.problem) || c.problem == "" && s != "" {
			t.Errorf("%s: got the problems %q, want %q", c.name, s, c.problem)
		}
	}
}
