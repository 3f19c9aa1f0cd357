package mail

import (
	"bytes"
	"encoding/base64"
	"mime/quotedprintable"
)

// base64Line is how many octets make a line of 76 characters (RFC 2045 6.8).
const base64Line = 57

// appendQP appends data in quoted-printable (RFC 2045 6.7). Lines of data end in CRLF.
func appendQP(dst, data []byte) []byte {
	buf := bytes.NewBuffer(dst)
	w := quotedprintable.NewWriter(buf)
	_, _ = w.Write(data) // a bytes.Buffer takes everything
	_ = w.Close()
	return buf.Bytes()
}

// appendBase64 appends data in base64, in lines that each end in CRLF.
func appendBase64(dst, data []byte) []byte {
	for len(data) > 0 {
		n := min(len(data), base64Line)
		dst = base64.StdEncoding.AppendEncode(dst, data[:n])
		dst = append(dst, "\r\n"...)
		data = data[n:]
	}
	return dst
}

// encodeBody returns data in the transfer encoding that suits it: quoted-printable for
// text that stays readable so, else base64.
func encodeBody(data []byte, text bool) (body []byte, encoding string) {
	if text && fitsQP(data) {
		return appendQP(make([]byte, 0, len(data)+len(data)/4), data), "quoted-printable"
	}
	return appendBase64(make([]byte, 0, base64.StdEncoding.EncodedLen(len(data))+len(data)/base64Line*2+4), data), "base64"
}

// fitsQP is true for text in CRLF lines of which at least two thirds are ASCII.
func fitsQP(data []byte) bool {
	if firstBareEnd(data) >= 0 {
		return false
	}
	escaped := 0
	for _, c := range data {
		if c == 0 {
			return false
		}
		if c >= 0x80 {
			escaped++
		}
	}
	return escaped*3 <= len(data)
}
