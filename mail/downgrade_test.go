package mail

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestDowngrade8bit(t *testing.T) {
	german := "Grüße aus Köln, alles gut bei uns.\n"
	tests := []struct{ name, raw, want string }{
		{"7-bit stays", "Subject: x\nContent-Transfer-Encoding: 8bit\n\nplain\n", "Subject: x\nContent-Transfer-Encoding: 8bit\n\nplain\n"},
		{"text to quoted-printable",
			"Subject: x\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + german,
			"Subject: x\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nGr=C3=BC=C3=9Fe aus K=C3=B6ln, alles gut bei uns.\n"},
		{"mostly 8-bit to base64",
			"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n日本語\n",
			"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n5pel5pys6KqeDQo=\n"},
		{"MIME-Version is added", "Subject: x\n\nGrüße und so weiter, alles gut\n",
			"Subject: x\nMIME-Version: 1.0\nContent-Transfer-Encoding: quoted-printable\n\nGr=C3=BC=C3=9Fe und so weiter, alles gut\n"},
		{"subject", "Subject: Grüße\nFrom: a@b\n\nx\n", "Subject: =?utf-8?b?R3LDvMOfZQ==?=\nFrom: a@b\n\nx\n"},
		{"subject in latin-1", "Subject: Gr\xfc\xdfe\n\nx\n", "Subject: =?utf-8?b?R3LDvMOfZQ==?=\n\nx\n"},
		{"subject half encoded", "Subject: =?utf-8?q?Gr=C3=BC?= Köln\n\nx\n", "Subject: =?utf-8?b?R3LDvCBLw7Zsbg==?=\n\nx\n"},
		{"address name", "From: Jörg <j@a.example>\n\nx\n", "From: =?utf-8?b?SsO2cmc=?= <j@a.example>\n\nx\n"},
		{"address domain", "From: j@müller.example\n\nx\n", "From: j@xn--mller-kva.example\n\nx\n"},
		{"file name", "Content-Disposition: attachment; filename=\"Köln.txt\"\n\nx\n", "Content-Disposition: attachment; filename*=utf-8''K%C3%B6ln.txt\n\nx\n"},
		{"trace", "Received: from ü by b\n\nx\n", "Received: from ?? by b\n\nx\n"},
		{"junk line", "jünk\nA: 1\n\nx\n", "j??nk\nA: 1\n\nx\n"},
		{"multipart",
			"Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: 8bit\n\nvorüber\n--b\n\nGrüße und so weiter alles gut\n--b\nContent-Type: image/png\nContent-Transfer-Encoding: binary\n\n\x89PNG\n--b\nContent-Type: text/plain\n\nplain\n--b--\nnachüber\n",
			"Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: 7bit\nMIME-Version: 1.0\n\nvor??ber\n--b\nContent-Transfer-Encoding: quoted-printable\n\nGr=C3=BC=C3=9Fe und so weiter alles gut\n--b\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\niVBORw==\n\n--b\nContent-Type: text/plain\n\nplain\n--b--\nnach??ber\n"},
		{"message within",
			"MIME-Version: 1.0\nContent-Type: message/rfc822\nContent-Transfer-Encoding: 8bit\n\nSubject: ä\nFrom: ü@b\n\nGrüße und so weiter\n",
			"MIME-Version: 1.0\nContent-Type: message/rfc822\nContent-Transfer-Encoding: 7bit\n\nSubject: =?utf-8?b?w6Q=?=\nFrom: =?utf-8?b?w7xAYg==?=\nMIME-Version: 1.0\nContent-Transfer-Encoding: quoted-printable\n\nGr=C3=BC=C3=9Fe und so weiter\n"},
		{"quoted-printable with raw 8-bit", "MIME-Version: 1.0\nContent-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\nGr=C3=BCße und mehr\n",
			"MIME-Version: 1.0\nContent-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\nGr=C3=BC=C3=9Fe und mehr\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, broke, err := Downgrade8bit([]byte(crlf(tt.raw)))
			if err != nil || broke {
				t.Errorf("broke a signature: %v, error %v", broke, err)
			}
			if string(got) != crlf(tt.want) {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestDowngradeSigned(t *testing.T) {
	const signed = "Subject: ä\nContent-Type: multipart/signed; boundary=b\n\n--b\n\n%\n--b\nContent-Type: application/pgp-signature\n\nxyz\n--b--\n"
	for text, want := range map[string]bool{"plain": false, "ü": true} {
		_, broke, err := Downgrade8bit([]byte(crlf(strings.Replace(signed, "%", text, 1))))
		if err != nil || broke != want {
			t.Errorf("%s: broke a signature: %v, want %v (%v)", text, broke, want, err)
		}
	}
}

func TestNeedsSMTPUTF8(t *testing.T) {
	raw := []byte("From: jörg@a.example\r\n\r\nx")
	got, _, err := Downgrade8bit(raw)
	if !errors.Is(err, ErrNeedsSMTPUTF8) || !bytes.Equal(got, raw) {
		t.Errorf("got %q, %v", got, err)
	}
	if NeedsSMTPUTF8("a@b", "c@d") || !NeedsSMTPUTF8("a@b", "ü@d") {
		t.Error("NeedsSMTPUTF8 is wrong")
	}
}

func TestDowngradeHeader(t *testing.T) {
	const raw = "Subject: ä\r\nContent-Type: text/plain\r\n\r\nGrüße\r\n"
	got, _, err := DowngradeHeader([]byte(raw))
	if want := "Subject: =?utf-8?b?w6Q=?=\r\nContent-Type: text/plain\r\n\r\nGrüße\r\n"; err != nil || string(got) != want {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
	const fine = "Subject: a\r\n\r\nGrüße\r\n"
	if got, _, err := DowngradeHeader([]byte(fine)); err != nil || string(got) != fine {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestWrapLongLines(t *testing.T) {
	long := strings.Repeat("word ", 300)
	solid := strings.Repeat("x", 1200)
	for name, raw := range map[string]string{
		"text":               "Subject: x\n\n" + long + "\n",
		"solid":              "Subject: x\n\nshort\n" + solid + "\n",
		"base64":             "Content-Transfer-Encoding: base64\n\n" + strings.Repeat("YWJj", 300) + "\n",
		"header":             "Subject: " + long + "\n\nx\n",
		"solid header":       "References: " + solid + "\n\nx\n",
		"junk header":        solid + "\nA: 1\n\nx\n",
		"preamble":           "Content-Type: multipart/mixed; boundary=b\n\n" + solid + "\n--b\n\nx\n--b--\n",
		"in a part":          "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n" + solid + "\n--b--\n",
		"multipart, no end":  "Content-Type: multipart/mixed; boundary=b\n\n" + solid,
		"message within":     "Content-Type: message/rfc822\n\nSubject: y\n\n" + solid,
		"too many fields":    strings.Repeat("A: 1\n", 600) + "\n" + solid,
		"exactly MaxLine +1": "A: 1\n\n" + solid[:999] + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			raw := []byte(crlf(raw))
			got, changed := WrapLongLines(raw)
			if !changed || hasLongLine(got) {
				t.Errorf("changed %v, got %q", changed, got)
			}
			checkSameParts(t, raw, got, hasLongLine)
		})
	}
	fine := []byte("A: 1\r\n\r\n" + solid[:998] + "\r\n")
	if got, changed := WrapLongLines(fine); changed || !bytes.Equal(got, fine) {
		t.Error("a line of 998 octets was changed")
	}
}

// checkSameParts fails if the parts of a message do not hold what they held before. In
// a text, line ends may have become others.
func checkSameParts(t *testing.T, before, after []byte, bad func([]byte) bool) {
	t.Helper()
	a, errA := Scan(before, DefaultLimits())
	b, errB := Scan(after, DefaultLimits())
	if errA != nil || errB != nil {
		return
	}
	var parts []*Part
	a.Walk(func(p *Part) bool { parts = append(parts, p); return p.Type != "message/global" })
	n := 0
	b.Walk(func(p *Part) bool {
		if n >= len(parts) {
			n++
			return true
		}
		was := parts[n]
		n++
		if p.Type != was.Type {
			t.Errorf("part %d was %s and is %s", n, was.Type, p.Type)
		}
		if !p.IsMultipart() && len(was.Children) == 0 && !bytes.Equal(p.Content(0), was.Content(0)) {
			t.Errorf("part %d was %q and is %q", n, was.Content(200), p.Content(200))
		}
		if !p.IsMultipart() && !bad(was.RawBody()) && !bytes.Equal(p.RawBody(), was.RawBody()) {
			t.Errorf("part %d was changed for nothing", n)
		}
		return p.Type != "message/global"
	})
	if n != len(parts) {
		t.Errorf("there were %d parts and are %d", len(parts), n)
	}
}

func TestDowngradeCorpus(t *testing.T) {
	for _, folder := range []string{"mail", "bounce", "autoreply"} {
		for _, file := range corpusFiles(t, folder) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			t.Run(file, func(t *testing.T) { checkDowngrade(t, CanonicalCRLF(raw)) })
		}
	}
}

func checkDowngrade(t *testing.T, raw []byte) {
	t.Helper()
	got, _, err := Downgrade8bit(raw)
	if err != nil {
		return
	}
	if has8bit(got) {
		t.Errorf("still 8-bit: %q", got)
	}
	if firstBareEnd(got) >= 0 {
		t.Error("there is a bare line end in the result")
	}
	checkSameParts(t, raw, got, has8bit)
	if wrapped, _ := WrapLongLines(raw); hasLongLine(wrapped) || firstBareEnd(wrapped) >= 0 {
		t.Error("there is still a long line")
	}
}

func FuzzDowngrade(f *testing.F) {
	f.Add([]byte("Content-Type: multipart/mixed; boundary=b\n\nä\n--b\n\nGrüße\n--b\nContent-Type: message/rfc822\n\nSubject: ä\n\nö\n--b--\n"))
	f.Add([]byte("Subject: " + strings.Repeat("x", 1200) + "\n\n" + strings.Repeat("ä", 1200)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		raw = CanonicalCRLF(raw)
		if !utf8.Valid(raw) && bytes.Contains(raw, []byte("boundary")) {
			return // boundaries beyond ASCII are damaged on purpose
		}
		got, _, err := Downgrade8bit(raw)
		if err == nil && has8bit(got) {
			t.Errorf("still 8-bit: %q", got)
		}
		wrapped, _ := WrapLongLines(raw)
		if hasLongLine(wrapped) || firstBareEnd(wrapped) >= 0 {
			t.Errorf("long line or bare line end in %q", wrapped)
		}
	})
}
