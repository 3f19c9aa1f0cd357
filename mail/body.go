package mail

import "bytes"

// The decoders of transfer encodings (RFC 2045 6) never fail: what is damaged costs
// the octets that it damages. Each is linear in its input and gives no more octets
// than it took. A limit of 0 is none.

// decodeBase64 undoes base64.
//
// QUIRK: passes over everything that is not of the alphabet, takes a missing padding,
// and goes on behind a padding, since some senders encode line by line.
func decodeBase64(src []byte, limit int) []byte {
	dst := make([]byte, 0, bounded(len(src)/4*3+3, limit))
	var bits uint32
	n := 0
	for _, c := range src {
		if limit > 0 && len(dst) >= limit {
			return dst[:limit]
		}
		if c == '=' {
			dst, bits, n = flushBase64(dst, bits, n), 0, 0
			continue
		}
		v := base64Value(c)
		if v < 0 {
			continue
		}
		bits = bits<<6 | uint32(v)
		if n++; n == 4 {
			dst = append(dst, byte(bits>>16), byte(bits>>8), byte(bits))
			bits, n = 0, 0
		}
	}
	return cut(flushBase64(dst, bits, n), limit)
}

// flushBase64 writes the octets that 2 or 3 characters without a fourth make up.
func flushBase64(dst []byte, bits uint32, n int) []byte {
	switch n {
	case 2:
		return append(dst, byte(bits>>4))
	case 3:
		return append(dst, byte(bits>>10), byte(bits>>2))
	}
	return dst
}

func base64Value(c byte) int {
	switch {
	case c >= 'A' && c <= 'Z':
		return int(c - 'A')
	case c >= 'a' && c <= 'z':
		return int(c-'a') + 26
	case c >= '0' && c <= '9':
		return int(c-'0') + 52
	case c == '+' || c == '-': // '-' and '_' are those of RFC 4648 5
		return 62
	case c == '/' || c == '_':
		return 63
	}
	return -1
}

func bounded(n, limit int) int {
	if limit > 0 && n > limit+3 {
		return limit + 3
	}
	return n
}

// decodeQuotedPrintable undoes quoted-printable: soft line ends go, and so does
// white space at the end of a line (RFC 2045 6.7 rule 3).
//
// QUIRK: an '=' that begins no code stays as it is; so do octets that should have
// been encoded.
func decodeQuotedPrintable(src []byte, limit int) []byte {
	src = cut(src, 3*limit)
	dst := make([]byte, 0, bounded(len(src), limit))
	for len(src) > 0 && (limit == 0 || len(dst) < limit) {
		line := src
		end := bytes.IndexByte(src, '\n')
		if end >= 0 {
			line = src[:end+1]
		}
		src = src[len(line):]
		dst = appendQPLine(dst, line)
	}
	return cut(dst, limit)
}

func appendQPLine(dst, line []byte) []byte {
	text := bytes.TrimRight(line, " \t\r\n")
	lineBreak := line[len(bytes.TrimRight(line, "\r\n")):]
	if n := len(text); n > 0 && text[n-1] == '=' {
		text, lineBreak = text[:n-1], nil
	}
	for i := 0; i < len(text); i++ {
		if text[i] == '=' && i+2 < len(text) {
			high, low := hexValue(text[i+1]), hexValue(text[i+2])
			if high >= 0 && low >= 0 {
				dst = append(dst, byte(high<<4|low))
				i += 2
				continue
			}
		}
		dst = append(dst, text[i])
	}
	return append(dst, lineBreak...)
}

func hexValue(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}

// decodeUU undoes uuencode from its "begin" line to its "end" line.
func decodeUU(src []byte, limit int) []byte {
	var dst []byte
	begun := false
	for len(src) > 0 && (limit == 0 || len(dst) < limit) {
		end := lineEnd(src, 0)
		line := bytes.TrimRight(src[:end], "\r\n")
		src = src[end:]
		switch {
		case !begun:
			begun = isUUBegin(line)
		case bytes.Equal(bytes.TrimSpace(line), []byte("end")):
			return cut(dst, limit)
		default:
			dst = appendUULine(dst, line)
		}
	}
	return cut(dst, limit)
}

// isUUBegin recognises "begin 644 name".
func isUUBegin(line []byte) bool {
	rest, found := bytes.CutPrefix(line, []byte("begin "))
	if !found || len(rest) < 5 || len(rest) > 200 {
		return false
	}
	mode, name, found := bytes.Cut(rest, []byte(" "))
	return found && (len(mode) == 3 || len(mode) == 4) && len(bytes.Trim(mode, "01234567")) == 0 && len(name) > 0
}

func appendUULine(dst, line []byte) []byte {
	if len(line) == 0 {
		return dst
	}
	n := int(line[0]-' ') & 63
	at := func(i int) byte {
		if i < len(line) {
			return (line[i] - ' ') & 63
		}
		return 0
	}
	for i := 1; n > 0 && i < len(line); i += 4 {
		three := [3]byte{at(i)<<2 | at(i+1)>>4, at(i+1)<<4 | at(i+2)>>2, at(i+2)<<6 | at(i+3)}
		dst = append(dst, three[:min(n, 3)]...)
		n -= 3
	}
	return dst
}
