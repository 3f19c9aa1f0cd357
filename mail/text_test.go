package mail

import (
	"strings"
	"testing"
)

func TestMessageText(t *testing.T) {
	alternative := "Content-Type: multipart/alternative; boundary=a\n\n--a\nContent-Type: text/plain\n\nplain\n--a\nContent-Type: text/html\n\n<p>html</p>\n--a--\n"
	tests := []struct{ name, raw, want string }{
		{"plain", "Content-Type: text/plain\n\none\n", "one"},
		{"no type", "A: b\n\none\n", "one"},
		{"alternative", alternative, "plain"},
		{"alternative, html first", "Content-Type: multipart/alternative; boundary=a\n\n--a\nContent-Type: text/html\n\n<p>html</p>\n--a\n\nplain\n--a--\n", "plain"},
		{"alternative, empty plain", "Content-Type: multipart/alternative; boundary=a\n\n--a\n\n \n--a\nContent-Type: text/html\n\n<p>html</p>\n--a--\n", "html"},
		{"alternative with calendar", "Content-Type: multipart/alternative; boundary=a\n\n--a\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\n--a\nContent-Type: text/html\n\nhtml\n--a--\n", "html"},
		{"related in alternative", "Content-Type: multipart/alternative; boundary=a\n\n--a\nContent-Type: multipart/related; boundary=r\n\n--r\nContent-Type: text/html\n\nhtml\n--r\nContent-Type: image/png\n\nxx\n--r--\n--a--\n", "html"},
		{"mixed", "Content-Type: multipart/mixed; boundary=m\n\n--m\n\none\n--m\nContent-Type: application/pdf\n\nxx\n--m\n\ntwo\n--m--\n", "one\n\ntwo"},
		{"attachment is no text", "Content-Type: multipart/mixed; boundary=m\n\n--m\n\none\n--m\nContent-Type: text/plain; name=x.txt\n\nxx\n--m\nContent-Disposition: attachment\n\nyy\n--m--\n", "one"},
		{"named text alone", "Content-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: text/plain; name=x.txt\n\none\n--m--\n", "one"},
		{"mixed of alternative and footer", "Content-Type: multipart/mixed; boundary=m\n\n--m\n" + alternative + "--m\n\n_______________\nrust mailing list\n--m--\n", "plain"},
		{"signed", "Content-Type: multipart/signed; boundary=m\n\n--m\n\none\n--m\nContent-Type: text/plain\n\nsignature\n--m--\n", "one"},
		{"report", "Content-Type: multipart/report; boundary=m\n\n--m\n\none\n--m\nContent-Type: message/delivery-status\n\nx: y\n--m\nContent-Type: text/rfc822-headers\n\nz\n--m--\n", "one"},
		{"encrypted", "Content-Type: multipart/encrypted; boundary=m\n\n--m\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--m\n\nxx\n--m--\n", ""},
		{"message attached", "Content-Type: multipart/mixed; boundary=m\n\n--m\n\none\n--m\nContent-Type: message/rfc822\n\nA: b\n\ntwo\n--m--\n", "one"},
		{"message alone", "Content-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: message/rfc822\n\nA: b\n\ntwo\n--m--\n", "two"},
		{"digest", "Content-Type: multipart/digest; boundary=m\n\n--m\n\nA: b\n\none\n--m\n\nA: b\n\ntwo\n--m--\n", "one\n\ntwo"},
		{"false multipart", "Content-Type: multipart/alternative; boundary=m\n\nhello\n", "hello"},
		{"flowed", "Content-Type: text/plain; format=flowed\n\none \ntwo\n three\n> four \n> five\n-- \nBen\n", "one two\nthree"},
		{"flowed, delsp", "Content-Type: text/plain; format=flowed; delsp=yes\n\n日本 \n語\n", "日本語"},
		{"enriched", "Content-Type: text/enriched\n\n<bold>one</bold>\ntwo\n\n<<three>\n", "one two\n\n<three>"},
		{"charset", "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\ngr=FCn\n", "grün"},
		{"charset of the subject", "Subject: =?gb2312?B?xOM=?=\n\n\xc4\xe3\xba\xc3\n", "你好"},
		{"charset in html", "Content-Type: text/html\n\n<meta http-equiv=\"Content-Type\" content=\"text/html; charset=koi8-r\">\xf0\xd2\xc9\n", "При"},
		{"unknown charset in html", "Content-Type: text/html\n\n<meta charset=x-martian>gr\xfcn\n", "grün"},
		{"controls", "A: b\n\none\x00\x07\x1b two\rthree\x0cfour\n", "one two\nthree\nfour"},
		{"image alone", "Content-Type: image/png\nContent-Transfer-Encoding: base64\n\nxxxx\n", ""},
		{"text as attachment alone", "Content-Type: text/plain\nContent-Disposition: attachment; filename=x\n\none\n", "one"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := Read([]byte(tt.raw)).Text()
			checkText(t, text)
			if text.New != tt.want {
				t.Errorf("got %q, want %q", text.New, tt.want)
			}
			if text.HTML != strings.Contains(tt.want, "html") && !strings.Contains(tt.name, "in html") {
				t.Errorf("HTML is %v", text.HTML)
			}
		})
	}
}

func TestTextIsBounded(t *testing.T) {
	for name, raw := range map[string]string{
		"long":       "A: b\n\n" + strings.Repeat("text ", 1<<20),
		"many lines": "A: b\n\n" + strings.Repeat("x\n", 1<<20),
		"many parts": "Content-Type: multipart/mixed; boundary=m\n\n" + strings.Repeat("--m\n\n"+strings.Repeat("x\n", 1000), 900),
	} {
		text := Read([]byte(raw)).Text()
		checkText(t, text)
		if !text.Truncated {
			t.Errorf("%s: not truncated, %d octets", name, len(text.All))
		}
	}
}
