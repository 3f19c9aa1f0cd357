package mail

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

func TestAddFooterToText(t *testing.T) {
	const head = "Subject: x\nMIME-Version: 1.0\n"
	tests := []struct{ name, raw, footer, want string }{
		{"no MIME at all", "Subject: x\n\nHello\n", "-- \nFoot", "Subject: x\n\nHello\n\n-- \nFoot\n"},
		{"no line end", "Subject: x\n\nHello", "Foot", "Subject: x\n\nHello\n\nFoot\n"},
		{"empty body", "Subject: x\n\n", "Foot", "Subject: x\n\nFoot\n"},
		{"8bit UTF-8", head + "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n\nGrüße\n", "Fuß",
			head + "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n\nGrüße\n\nFuß\n"},
		{"8bit latin-1", head + "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n\nGr\xfc\xdfe\n", "Fuß",
			head + "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n\nGr\xfc\xdfe\n\nFu\xdf\n"},
		{"latin-1 cannot hold it", head + "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n\nGr\xfc\xdfe aus Hamburg an alle\n", "日本",
			head + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nGr=C3=BC=C3=9Fe aus Hamburg an alle\n\n=E6=97=A5=E6=9C=AC\n"},
		{"7bit and a footer that is not", head + "Content-Type: text/plain; format=flowed\n\nHello = you\n", "Fuß",
			head + "Content-Type: text/plain; charset=utf-8; format=flowed\nContent-Transfer-Encoding: quoted-printable\n\nHello =3D you\n\nFu=C3=9F\n"},
		{"quoted-printable", head + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nGr=C3=BC=\n=C3=9Fe\n", "Fuß = 1",
			head + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nGr=C3=BC=\n=C3=9Fe\n\nFu=C3=9F =3D 1\n"},
		{"quoted-printable latin-1", head + "Content-Type: text/plain; charset=\"iso-8859-1\"\nContent-Transfer-Encoding: Quoted-Printable\n\nGr=FC\n", "Fuß",
			head + "Content-Type: text/plain; charset=\"iso-8859-1\"\nContent-Transfer-Encoding: Quoted-Printable\n\nGr=FC\n\nFu=DF\n"},
		{"quoted-printable with a soft end", head + "Content-Transfer-Encoding: quoted-printable\n\nHello=\n", "Foot",
			head + "Content-Transfer-Encoding: quoted-printable\n\nHello=\n\n\nFoot\n"},
		{"base64", head + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nSGVs\nbG8NCg==\n", "Fuß",
			head + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nSGVsbG8NCg0KRnXDnw0K\n"},
		{"flowed is stuffed", head + "Content-Type: text/plain; format=flowed\n\nHello \n", " a  \n> b\n-- ",
			head + "Content-Type: text/plain; format=flowed\n\nHello \n\n  a\n > b\n-- \n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, reason := AddFooter([]byte(crlf(tt.raw)), tt.footer, "<p>x</p>")
			if reason != "" {
				t.Errorf("refused: %s", reason)
			}
			if string(got) != crlf(tt.want) {
				t.Errorf("got\n%s\nwant\n%s", got, crlf(tt.want))
			}
		})
	}
}

func TestAddFooterPart(t *testing.T) {
	const foot = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 7bit\nContent-Disposition: inline\n\nFoot\n"
	const htmlFoot = "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 7bit\nContent-Disposition: inline\n\n<p>Foot</p>\n"
	const mixed = "Content-Type: multipart/mixed; boundary=b\n\npre\n--b\n\none\n--b\nContent-Type: image/png\n\nx\n%--b--\nepilogue\n"
	const html = "Content-Type: text/html\n\n<p>Hi\n"
	const alternative = "Content-Type: multipart/alternative; boundary=\"b\"\nContent-Language: en\n\n--b\n\none\n--b\nContent-Type: text/html\n\n<p>Hi\n--b--\n"
	tests := []struct{ name, raw, html, want string }{
		{"mixed", "Subject: x\n" + mixed, "", "Subject: x\n" + strings.Replace(mixed, "%", "%--b\n"+foot, 1)},
		{"HTML alone", "A: 1\n" + html, "", "A: 1\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"B\"\n\n--B\n" + html + "\n--B\n" + foot + "\n--B--\n"},
		{"HTML with HTML footer", html, "<p>Foot</p>", "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"B\"\n\n--B\n" + html + "\n--B\n" + htmlFoot + "\n--B--\n"},
		{"alternative", "MIME-Version: 1.0\n" + alternative + "A: 1\n", "", "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"B\"\n\n--B\n" + alternative + "A: 1\n\n--B\n" + foot + "\n--B--\n"},
		{"unknown charset, footer fits", "Content-Type: text/plain; charset=x-nope\n\nHi\n", "", "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"B\"\n\n--B\nContent-Type: text/plain; charset=x-nope\n\nHi\n\n--B\n" + foot + "\n--B--\n"},
		{"charset with shifts", "Content-Type: text/plain; charset=iso-2022-jp\n\n\x1b$BF|\n", "", "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"B\"\n\n--B\nContent-Type: text/plain; charset=iso-2022-jp\n\n\x1b$BF|\n\n--B\n" + foot + "\n--B--\n"},
		{"8-bit inside", "Content-Type: text/html\n\nä\n", "", "MIME-Version: 1.0\nContent-Transfer-Encoding: 8bit\nContent-Type: multipart/mixed; boundary=\"B\"\n\n--B\nContent-Type: text/html\n\nä\n\n--B\n" + foot + "\n--B--\n"},
		{"attached text", "Content-Disposition: attachment\n\nHi\n", "", "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"B\"\n\n--B\nContent-Disposition: attachment\n\nHi\n\n--B\n" + foot + "\n--B--\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			raw := []byte(crlf(strings.Replace(tt.raw, "%", "", 1)))
			got, reason := AddFooter(raw, "Foot", tt.html)
			if reason != "" {
				t.Errorf("refused: %s", reason)
			}
			boundary := (&footerEdit{raw: raw}).boundary()
			want := strings.ReplaceAll(tt.want, "--B", "--"+boundary)
			want = strings.Replace(strings.Replace(want, `"B"`, `"`+boundary+`"`, 1), "%", "", 1)
			if string(got) != crlf(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestAddFooterRefuses(t *testing.T) {
	for name, raw := range map[string]string{
		"signed":            "Content-Type: multipart/signed; boundary=b\n\n--b\n\none\n--b\n\ntwo\n--b--\n",
		"encrypted":         "Content-Type: multipart/encrypted; boundary=b\n\n--b\n\none\n--b--\n",
		"S/MIME":            "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\nContent-Transfer-Encoding: base64\n\nAAAA\n",
		"old S/MIME":        "Content-Type: application/x-pkcs7-mime\n\nAAAA\n",
		"PGP inline":        "Subject: x\n\nHi\n-----BEGIN PGP SIGNED MESSAGE-----\n\nx\n",
		"PGP in base64":     "Content-Transfer-Encoding: base64\n\nLS0tLS1CRUdJTiBQR1AgTUVTU0FHRS0tLS0tCg==\n",
		"two Content-Types": "Content-Type: text/plain\nContent-Type: text/html\n\nx\n",
		"unreadable type":   "Content-Type: text\n\nx\n",
		"no body":           "Subject: x\n",
		"no end":            "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n",
		"no end, wrapped":   "Content-Type: multipart/alternative; boundary=b\n\n--b\n\none\n",
		"no boundary":       "Content-Type: multipart/mixed\n\n--b\n\none\n--b--\n",
		"no parts":          "Content-Type: multipart/mixed; boundary=b\n\none\n--b--\n",
		"too deep":          strings.Repeat("Content-Type: message/rfc822\n\n", 60) + "x",
	} {
		t.Run(name, func(t *testing.T) {
			raw := []byte(crlf(raw))
			got, reason := AddFooter(raw, "Foot", "")
			if reason == "" || !bytes.Equal(got, raw) {
				t.Errorf("reason %q, got\n%s", reason, got)
			}
		})
	}
	if _, reason := AddFooter([]byte("A: 1\r\n\r\nx"), " \n", ""); reason == "" {
		t.Error("an empty footer was added")
	}
}

// checkFooter fails if a footer changed more than it may.
func checkFooter(t *testing.T, raw []byte, text string) {
	t.Helper()
	got, reason := AddFooter(raw, text, "")
	if reason != "" {
		if !bytes.Equal(got, raw) {
			t.Error("changed though refused")
		}
		return
	}
	before, _ := Scan(raw, DefaultLimits())
	after, err := Scan(got, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if before.Type == "text/plain" && after.Type == "text/plain" {
		was, _ := before.Text(0)
		is, _ := after.Text(0)
		if !strings.HasPrefix(is, was) && before.Encoding != "quoted-printable" {
			t.Errorf("the text was %q and is %q", was, is)
		}
		return
	}
	last := after.Children[len(after.Children)-1]
	if is, _ := last.Text(0); strings.TrimSpace(is) != strings.TrimSpace(text) {
		t.Errorf("the footer is %q", is)
	}
	kept := after.Children[:len(after.Children)-1]
	if before.Type != "multipart/mixed" {
		if !bytes.Equal(kept[0].RawBody(), before.RawBody()) || kept[0].Type != before.Type {
			t.Error("the wrapped body differs")
		}
		return
	}
	if len(kept) != len(before.Children) {
		t.Fatalf("there were %d parts, and are %d and the footer", len(before.Children), len(kept))
	}
	for i, child := range before.Children {
		if !bytes.Equal(child.RawBody(), kept[i].RawBody()) {
			t.Errorf("part %d differs", i)
		}
	}
}

func TestFooterCorpus(t *testing.T) {
	added := 0
	for _, file := range corpusFiles(t, "mail") {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(file, func(t *testing.T) {
			raw := CanonicalCRLF(raw)
			checkFooter(t, raw, "Fuß: https://lists.example.org/rust/")
			if _, reason := AddFooter(raw, "x", ""); reason == "" {
				added++
			}
		})
	}
	if added < 400 {
		t.Errorf("only %d messages got a footer", added)
	}
}

func FuzzFooter(f *testing.F) {
	f.Add([]byte("Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--\n"))
	f.Add([]byte("Content-Type: text/html; charset=utf-8\n\none\n"))
	f.Add([]byte("Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\none=\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		checkFooter(t, CanonicalCRLF(raw), "Fuß")
	})
}
