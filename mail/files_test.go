package mail

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
)

// filesOf describes the files of a message: number, name, type, size.
func filesOf(m *Message) string {
	var all []string
	for _, f := range m.Files() {
		all = append(all, fmt.Sprintf("%s %q %s %d", f.Part, f.Name, f.Type, f.Size))
	}
	return strings.Join(all, ", ")
}

func TestFiles(t *testing.T) {
	const pdf = "Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\nUERGCg==\n"
	for _, test := range []struct{ name, raw, want string }{
		{"a text", "Subject: x\n\nhello\n", ""},
		{"a file alone", pdf, `1 "a.pdf" application/pdf 4`},
		{"one beside a text", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhello\n--b\n" + pdf + "--b--\n", `2 "a.pdf" application/pdf 4`},
		{"within another multipart", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/related; boundary=c\n\n" +
			"--c\nContent-Type: text/html\n\nx\n--c\nContent-Type: image/png\n\npicture\n--c--\n--b\n" + pdf + "--b--\n",
			`1.2 "" image/png 7, 2 "a.pdf" application/pdf 4`},
		{"a text that is a file", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhello\n--b\nContent-Disposition: inline; filename=x.patch\n\ndiff\n--b--\n",
			`2 "x.patch" text/plain 4`},
		{"a signature", "Content-Type: multipart/signed; boundary=b\n\n--b\n\nhello\n--b\nContent-Type: application/pgp-signature; name=s.asc\n\nx\n--b--\n", ""},
		{"a message", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhello\n--b\nContent-Type: message/rfc822\n\n" + pdf + "--b--\n",
			fmt.Sprintf(`2 "" message/rfc822 %d`, len(pdf)-1)},
		{"alternatives", "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nhello\n--b\nContent-Type: text/html\n\nx\n--b\nContent-Type: text/calendar\n\ny\n--b--\n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := Read([]byte(test.raw))
			if got := filesOf(m); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			for _, f := range m.Files() {
				p := m.Part(f.Part)
				if p == nil || string(p.RawBody()) != test.raw[f.Start:f.End] || fmt.Sprintf("%x", sha256.Sum256(p.Content(0))) != fmt.Sprintf("%x", f.Hash) {
					t.Errorf("part %s is not what %+v says", f.Part, f)
				}
			}
		})
	}
}

// The numbers are those of the example in RFC 9051 6.4.5.
func TestPartNumbers(t *testing.T) {
	leaf := func(name string) string { return "Content-Type: application/" + name + "\n\nx\n" }
	multi := func(boundary string, parts ...string) string {
		text := "Content-Type: multipart/mixed; boundary=" + boundary + "\n\n"
		for _, p := range parts {
			text += "--" + boundary + "\n" + p
		}
		return text + "--" + boundary + "--\n"
	}
	const message = "Content-Type: message/rfc822\n\n"
	m := Read([]byte(multi("a", leaf("one"), leaf("two"), message+multi("b", leaf("three1"), leaf("three2")),
		multi("c", leaf("four1"), message+multi("d", leaf("four21"), multi("e", leaf("four221"), leaf("four222"))), message+leaf("four3")))))
	for number, want := range map[string]string{"1": "application/one", "2": "application/two", "3": "message/rfc822", "3.1": "application/three1",
		"3.2": "application/three2", "4": "multipart/mixed", "4.1": "application/four1", "4.2": "message/rfc822", "4.2.1": "application/four21",
		"4.2.2": "multipart/mixed", "4.2.2.1": "application/four221", "4.2.2.2": "application/four222", "4.3": "message/rfc822", "4.3.1": "application/four3"} {
		if p := m.Part(number); p == nil || p.Type != want {
			t.Errorf("part %s is %+v, want %s", number, p, want)
		}
	}
	for _, number := range []string{"0", "5", "3.3", "4.2.3", "x"} {
		if p := m.Part(number); p != nil {
			t.Errorf("there is a part %s: %s", number, p.Type)
		}
	}
}
