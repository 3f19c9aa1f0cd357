package mail

import (
	"bytes"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// DecodeCharset makes text of octets in a charset as mail clients do: labels are those
// of the WHATWG Encoding Standard (so iso-8859-1 is windows-1252, gb2312 is gb18030),
// with utf-7, iso-2022-kr, hz and the DOS code pages besides. Octets that do not say
// what they are, or say us-ascii and are not, are UTF-8 if they are valid so, else
// windows-1252. Known is false for a charset that is none of these; all that is not
// ASCII is then U+FFFD. The result is valid UTF-8, at most 4 times as long as b.
func DecodeCharset(label string, b []byte) (text string, known bool) {
	label = cleanLabel(label)
	if decode := ownDecoder(label); decode != nil {
		return decode(b), true
	}
	enc := lookupCharset(label)
	if enc == nil {
		return asciiOnly(b), false
	}
	decoded, err := enc.NewDecoder().Bytes(b)
	if err != nil {
		return asciiOnly(b), false
	}
	return strings.ToValidUTF8(string(decoded), "\uFFFD"), true
}

// ownDecoder returns how to decode what x/text has no decoder for.
func ownDecoder(label string) func([]byte) string {
	switch label {
	case "", "us-ascii", "ascii", "unknown-8bit", "x-unknown", "unknown", "8bit", "7bit", "binary", "default", "none":
		return decodeUndeclared
	case "utf-8", "utf8", "utf-8-mac", "utf8mb4", "x-utf-8", "unicode-1-1-utf-8":
		return decodeUTF8
	case "utf-7", "unicode-1-1-utf-7", "x-unicode-2-0-utf-7", "utf7":
		return decodeUTF7
	case "iso-2022-kr", "csiso2022kr":
		return decodeISO2022KR
	}
	return nil
}

// knownCharset reports whether DecodeCharset knows the label.
func knownCharset(label string) bool {
	label = cleanLabel(label)
	return ownDecoder(label) != nil || lookupCharset(label) != nil
}

// cleanLabel brings a charset label to the form in which it is looked up.
func cleanLabel(label string) string {
	label = strings.ToLower(strings.Trim(label, " \t\"'<>=;"))
	label = strings.TrimPrefix(label, "charset=")
	label, _, _ = strings.Cut(label, "*") // RFC 2231 5: a language behind it
	return strings.Trim(label, " \t\"'")
}

// others are charsets beyond the WHATWG's that mail is still written in.
var others = map[string]encoding.Encoding{
	"hz-gb-2312": simplifiedchinese.HZGB2312, "hz": simplifiedchinese.HZGB2312,
	"cp949": korean.EUCKR, "ms949": korean.EUCKR, "ms_949": korean.EUCKR,
	"cp437": charmap.CodePage437, "ibm437": charmap.CodePage437,
	"cp850": charmap.CodePage850, "ibm850": charmap.CodePage850,
	"cp852": charmap.CodePage852, "ibm852": charmap.CodePage852,
	"cp858": charmap.CodePage858, "ibm858": charmap.CodePage858,
	"cp865": charmap.CodePage865, "ibm865": charmap.CodePage865,
	"iso-8859-8-e": charmap.ISO8859_8,
}

// lookupCharset finds an encoding or returns nil. The "replacement" encoding of the
// WHATWG, which hides a whole text, counts as none.
func lookupCharset(label string) encoding.Encoding {
	if enc := others[label]; enc != nil {
		return enc
	}
	enc, name := charset.Lookup(label)
	if enc == nil {
		label = strings.NewReplacer("_", "-", "iso8859-", "iso-8859-", "windows1", "windows-1", "win-1", "windows-1").Replace(label)
		enc, name = charset.Lookup(label)
	}
	if digits, found := strings.CutPrefix(label, "cp"); enc == nil && found {
		enc, name = charset.Lookup("windows-" + digits)
		if digits == "932" {
			enc, name = charset.Lookup("shift_jis")
		}
	}
	if enc == nil && strings.HasPrefix(label, "iso-2022-jp") {
		enc, name = charset.Lookup("iso-2022-jp")
	}
	if name == "replacement" {
		return nil
	}
	return enc
}

func decodeUndeclared(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	return decodeWindows1252(b)
}

// decodeUTF8 takes octets for UTF-8. If they are not, and no character of several
// octets is among them, their sender meant windows-1252.
func decodeUTF8(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	for i := 0; i < len(b); {
		r, size := utf8.DecodeRune(b[i:])
		if r != utf8.RuneError && size > 1 {
			return strings.ToValidUTF8(string(b), "\uFFFD")
		}
		i += size
	}
	return decodeWindows1252(b)
}

func decodeWindows1252(b []byte) string {
	var s strings.Builder
	s.Grow(len(b) + len(b)/8)
	for _, c := range b {
		s.WriteRune(charmap.Windows1252.DecodeByte(c))
	}
	return s.String()
}

// asciiOnly shows what can be shown of text in an unknown charset.
func asciiOnly(b []byte) string {
	var s strings.Builder
	for _, c := range b {
		if c < utf8.RuneSelf {
			s.WriteByte(c)
		} else {
			s.WriteRune(utf8.RuneError)
		}
	}
	return s.String()
}

// decodeUTF7 reads RFC 2152: +base64- is UTF-16, everything else is ASCII.
func decodeUTF7(b []byte) string {
	var s strings.Builder
	for len(b) > 0 {
		plus := bytes.IndexByte(b, '+')
		if plus < 0 {
			break
		}
		s.WriteString(asciiOnly(b[:plus]))
		b = b[plus+1:]
		n := 0
		for n < len(b) && b[n] != '-' && b[n] != '_' && base64Value(b[n]) >= 0 {
			n++
		}
		if n == 0 {
			s.WriteByte('+')
		}
		writeUTF16(&s, decodeBase64(b[:n], 0))
		if b = b[n:]; len(b) > 0 && b[0] == '-' {
			b = b[1:]
		}
	}
	s.WriteString(asciiOnly(b))
	return s.String()
}

// writeUTF16 writes big-endian UTF-16; an odd octet at the end is padding.
func writeUTF16(s *strings.Builder, b []byte) {
	units := make([]uint16, 0, len(b)/2)
	for i := 0; i+1 < len(b); i += 2 {
		units = append(units, uint16(b[i])<<8|uint16(b[i+1]))
	}
	s.WriteString(string(utf16.Decode(units)))
}

// decodeISO2022KR reads RFC 1557: between SO and SI stand KS X 1001 characters, which
// are those of EUC-KR without their eighth bits.
func decodeISO2022KR(b []byte) string {
	b = bytes.ReplaceAll(b, []byte("\x1b$)C"), nil)
	euc := make([]byte, 0, len(b))
	shifted := false
	for _, c := range b {
		switch {
		case c == 0x0e:
			shifted = true
		case c == 0x0f:
			shifted = false
		case c == '\n':
			shifted = false
			euc = append(euc, c)
		case shifted && c > ' ' && c < 0x7f:
			euc = append(euc, c|0x80)
		default:
			euc = append(euc, c)
		}
	}
	decoded, err := korean.EUCKR.NewDecoder().Bytes(euc)
	if err != nil {
		return asciiOnly(b)
	}
	return strings.ToValidUTF8(string(decoded), "\uFFFD")
}
