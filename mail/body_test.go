package mail

import (
	"bytes"
	"encoding/base64"
	"mime/quotedprintable"
	"strings"
	"testing"
)

func TestDecodeTransferEncodings(t *testing.T) {
	tests := []struct{ name, encoding, body, want string }{
		{"base64", "base64", "aGVs\r\nbG8=\r\n", "hello"},
		{"base64 without padding", "base64", "aGVsbG8", "hello"},
		{"base64 with junk", "base64", "aG!Vs*bG8=\x00", "hello"},
		{"base64 in pieces", "base64", "aGVsbG8=\r\naGVsbG8=\r\n", "hellohello"},
		{"base64 of one character", "base64", "a", ""},
		{"qp", "quoted-printable", "gr=C3=BCn =3D\r\n", "grün =\r\n"},
		{"qp in lower case", "quoted-printable", "=c3=bc", "ü"},
		{"qp soft line end", "quoted-printable", "one =\r\ntwo=\nthree", "one twothree"},
		{"qp soft line end with space", "quoted-printable", "one= \r\ntwo", "onetwo"},
		{"qp bare equals", "quoted-printable", "a = b =ZZ c=", "a = b =ZZ c"},
		{"qp space at the end", "quoted-printable", "a  \r\nb=20\r\n", "a\r\nb \r\n"},
		{"qp with 8 bit", "quoted-printable", "gr\xfcn", "gr\xfcn"},
		{"uuencode", "x-uuencode", "begin 644 f\r\n%:&5L;&\\ \r\n`\r\nend\r\nmore", "hello"},
		{"7bit", "7bit", "=41", "=41"},
		{"unknown", "x-martian", "=41", "=41"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, _ := Scan([]byte("Content-Transfer-Encoding: "+tt.encoding+"\r\n\r\n"+tt.body), DefaultLimits())
			if got := string(p.Content(0)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			for limit := 1; limit < len(tt.want)+3; limit++ {
				if got := string(p.Content(limit)); len(got) > limit || !strings.HasPrefix(tt.want, got) {
					t.Errorf("limit %d: got %q of %q", limit, got, tt.want)
				}
			}
		})
	}
}

func FuzzDecodeBase64(f *testing.F) {
	f.Add([]byte("hello"))
	f.Fuzz(func(t *testing.T, data []byte) {
		encoded := base64.StdEncoding.EncodeToString(data)
		if got := decodeBase64([]byte(encoded), 0); !bytes.Equal(got, data) {
			t.Errorf("%q became %q", data, got)
		}
		if got := decodeBase64(data, 0); len(got) > len(data) {
			t.Errorf("%d octets became %d", len(data), len(got))
		}
	})
}

func FuzzDecodeQuotedPrintable(f *testing.F) {
	f.Add([]byte("gr\xc3\xbcn =\r\n a \r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var encoded bytes.Buffer
		w := quotedprintable.NewWriter(&encoded)
		w.Binary = true
		_, _ = w.Write(data)
		_ = w.Close()
		if got := decodeQuotedPrintable(encoded.Bytes(), 0); !bytes.Equal(got, data) {
			t.Errorf("%q became %q by way of %q", data, got, encoded.Bytes())
		}
		if got := decodeQuotedPrintable(data, 0); len(got) > len(data) {
			t.Errorf("%d octets became %d", len(data), len(got))
		}
	})
}
