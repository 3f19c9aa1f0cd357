package mail

import (
	"strings"
	"testing"
)

func TestPartDescription(t *testing.T) {
	tests := []struct {
		name, header          string
		typ, charset, enc     string
		disposition, filename string
		attachment            bool
	}{
		{"nothing", "", "text/plain", "", "", "", "", false},
		{"plain", "Content-Type: Text/Plain; Charset=\"UTF-8\"\nContent-Transfer-Encoding: Quoted-Printable\n", "text/plain", "UTF-8", "quoted-printable", "", "", false},
		{"attachment", "Content-Type: application/pdf; name=a.pdf\nContent-Disposition: attachment; filename=\"b c.pdf\"\n", "application/pdf", "", "", "attachment", "b c.pdf", true},
		{"name alone", "Content-Type: image/png; name=a.png\n", "image/png", "", "", "", "a.png", true},
		{"inline", "Content-Type: image/png; name=a.png\nContent-Disposition: inline\n", "image/png", "", "", "inline", "a.png", false},
		{"path", "Content-Disposition: attachment; filename=\"C:\\Users\\me\\..\\x.doc\"\n", "text/plain", "", "", "attachment", "x.doc", true},
		{"only dots", "Content-Disposition: attachment; filename=\"../..\"\n", "text/plain", "", "", "attachment", "", true},
		{"rfc 2047 in filename", "Content-Disposition: attachment; filename=\"=?utf-8?q?gr=C3=BCn.txt?=\"\n", "text/plain", "", "", "attachment", "grün.txt", true},
		{"rfc 2231", "Content-Disposition: attachment; filename*=utf-8'de'gr%C3%BCn.txt\n", "text/plain", "", "", "attachment", "grün.txt", true},
		{"rfc 2231 in pieces", "Content-Disposition: attachment; filename*1=bc; filename*0*=iso-8859-1''%E4; filename*2*=%2Etxt; filename=old\n", "text/plain", "", "", "attachment", "äbc.txt", true},
		{"rfc 2231 with a gap", "Content-Disposition: attachment; filename*0=a; filename*2=c\n", "text/plain", "", "", "attachment", "ac", true},
		{"control characters", "Content-Disposition: attachment; filename*=utf-8''a%0D%0Ab%00%E2%80%AEfdp.exe\n", "text/plain", "", "", "attachment", "a bfdp.exe", true},
		{"quote never closed", "Content-Disposition: attachment; filename=\"a b\n", "text/plain", "", "", "attachment", "a b", true},
		{"encoding with comment", "Content-Transfer-Encoding: base64 (sic)\n", "text/plain", "", "base64", "", "", false},
		{"twice", "Content-Type: text/html; charset=a; charset=b\n", "text/html", "a", "", "", "", false},
		{"octets", "Content-Disposition: attachment; filename=\"gr\xc3\xbcn\"\n", "text/plain", "", "", "attachment", "grün", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := Scan([]byte(crlf(tt.header+"\nbody")), DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			got := []any{p.Type, p.Charset, p.Encoding, p.Disposition, p.Filename, p.IsAttachment()}
			want := []any{tt.typ, tt.charset, tt.enc, tt.disposition, tt.filename, tt.attachment}
			for i := range want {
				if got[i] != want[i] {
					t.Errorf("got %q, want %q", got, want)
					break
				}
			}
		})
	}
}

func TestFilenameIsBounded(t *testing.T) {
	p, _ := Scan([]byte("Content-Disposition: attachment; filename="+strings.Repeat("ä", 5000)+"\r\n\r\n"), DefaultLimits())
	if len(p.Filename) > maxFilename || !strings.HasPrefix(p.Filename, "ää") {
		t.Errorf("got %d octets: %q", len(p.Filename), truncate(p.Filename, 20))
	}
}

func TestManyParameters(t *testing.T) {
	value := "text/plain" + strings.Repeat("; filename*1000000000*=x", 20_000) + "; charset=x"
	if _, params := parseParams(value); len(params) > maxParams {
		t.Errorf("got %d parameters", len(params))
	}
}

func TestInMessage(t *testing.T) {
	raw := crlf("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nmine\n--b\nContent-Type: message/rfc822\n\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\ntheirs\n--c--\n--b--\n")
	root, _ := Scan([]byte(raw), DefaultLimits())
	got := ""
	root.Walk(func(p *Part) bool {
		if len(p.Children) == 0 {
			text, _ := p.Text(0)
			got += strings.TrimSpace(text) + map[bool]string{true: " in a message;", false: ";"}[p.InMessage()]
		}
		return true
	})
	if want := "mine;theirs in a message;"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
