package itip

import (
	"bytes"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/charmap"
)

// decodeWhole brings data to UTF-8 where that has to be done before lines are looked for: UTF-16 in either order, with or
// without a byte order mark, and charsets that are named. The mark itself goes.
func decodeWhole(data []byte, label string) []byte {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return data[3:]
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return decodeUTF16(data[2:], 1)
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return decodeUTF16(data[2:], 0)
	case len(data) >= 4 && data[0] != 0 && data[1] == 0 && data[2] != 0 && data[3] == 0:
		return decodeUTF16(data, 1)
	case len(data) >= 4 && data[0] == 0 && data[1] != 0 && data[2] == 0 && data[3] != 0:
		return decodeUTF16(data, 0)
	}
	return decodeNamed(data, label)
}

// decodeNamed decodes a charset by its name. One that nobody knows counts as none.
//
// QUIRK: us-ascii is what Outlook for Mac writes over UTF-8, and a text that is UTF-8 already has been decoded by whoever
// took it out of its mail.
func decodeNamed(data []byte, label string) []byte {
	label = strings.ToLower(strings.Trim(label, " \t\"'"))
	if label == "" || label == "utf-8" || label == "utf8" || label == "us-ascii" || utf8.Valid(data) && !strings.HasPrefix(label, "iso-2022") {
		return data
	}
	enc, name := charset.Lookup(label)
	if enc == nil || name == "replacement" {
		return data
	}
	decoded, err := enc.NewDecoder().Bytes(data)
	if err != nil {
		return data
	}
	return decoded
}

// decodeUTF16 decodes code units whose high octet stands at index high of each pair.
func decodeUTF16(data []byte, high int) []byte {
	units := make([]uint16, 0, len(data)/2)
	for i := 0; i+1 < len(data); i += 2 {
		units = append(units, uint16(data[i+high])<<8|uint16(data[i+1-high]))
	}
	out := []byte(string(utf16.Decode(units)))
	return bytes.TrimPrefix(out, []byte("\ufeff"))
}

// decodeLine makes valid UTF-8 of an unfolded line. It is done by the line, since folds may stand within a character
// (RFC 5545 3.1), and since files are put together of pieces that were written by different programs.
func decodeLine(line []byte) string {
	if utf8.Valid(line) {
		return string(line)
	}
	var s strings.Builder
	for len(line) > 0 {
		r, size := utf8.DecodeRune(line)
		if r == utf8.RuneError && size == 1 {
			r = charmap.Windows1252.DecodeByte(line[0])
		}
		s.WriteRune(r)
		line = line[size:]
	}
	return s.String()
}

// decodeQuoted undoes quoted-printable within a value. The charset is the one that is named.
//
// QUIRK: vCalendar 1.0.
func decodeQuoted(s, label string) string {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '=' && i+2 < len(s) && hexValue(s[i+1]) >= 0 && hexValue(s[i+2]) >= 0 {
			b = append(b, byte(hexValue(s[i+1])<<4|hexValue(s[i+2])))
			i += 2
		} else {
			b = append(b, s[i])
		}
	}
	lines := strings.Split(strings.ReplaceAll(decodeLine(decodeNamed(b, label)), "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = cleanControls(line, &problems{})
	}
	return strings.Join(lines, "\n")
}
