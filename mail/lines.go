package mail

import "bytes"

// CanonicalCRLF gives every line of a message the one line end that SMTP knows
// (RFC 5321 2.3.8). An LF alone ends a line, and so does a CR alone; any number of CRs
// before an LF are one line end with it, as Postfix reads it. The result is raw itself
// if there is nothing to do.
func CanonicalCRLF(raw []byte) []byte {
	bad := firstBareEnd(raw)
	if bad < 0 {
		return raw
	}
	out := make([]byte, 0, len(raw)+len(raw)/32+16)
	out = append(out, raw[:bad]...)
	for i := bad; i < len(raw); {
		n := bytes.IndexAny(raw[i:], "\r\n")
		if n < 0 {
			return append(out, raw[i:]...)
		}
		out = append(out, raw[i:i+n]...)
		out = append(out, "\r\n"...)
		i += n + lineEndLen(raw[i+n:])
	}
	return out
}

// lineEndLen returns how long the line end is that s begins with.
func lineEndLen(s []byte) int {
	n := 0
	for n < len(s) && s[n] == '\r' {
		n++
	}
	if n < len(s) && s[n] == '\n' {
		return n + 1
	}
	return 1
}

// firstBareEnd returns the position of the first CR or LF that is not part of CRLF,
// or -1.
func firstBareEnd(raw []byte) int {
	pos := 0
	for {
		n := bytes.IndexByte(raw[pos:], '\n')
		line := raw[pos:]
		if n >= 0 {
			line = raw[pos : pos+n]
		}
		cr := bytes.IndexByte(line, '\r')
		switch {
		case cr >= 0 && (n < 0 || cr < len(line)-1):
			return pos + cr
		case n < 0:
			return -1
		case cr < 0:
			return pos + n
		}
		pos += n + 1
	}
}

// DotStuff appends raw to dst with a dot before every line that begins with one
// (RFC 5321 4.5.2), and a CRLF at the end if there was none. The line with the single
// dot that ends DATA is not added. Lines must end in CRLF, see CanonicalCRLF.
func DotStuff(dst, raw []byte) []byte {
	if len(raw) > 0 && raw[0] == '.' {
		dst = append(dst, '.')
	}
	for {
		n := bytes.Index(raw, []byte("\n."))
		if n < 0 {
			break
		}
		dst = append(dst, raw[:n+1]...)
		dst = append(dst, '.', '.')
		raw = raw[n+2:]
	}
	dst = append(dst, raw...)
	if n := len(dst); n == 0 || dst[n-1] != '\n' {
		dst = append(dst, "\r\n"...)
	}
	return dst
}

// has8bit reports whether there is an octet beyond ASCII.
func has8bit(b []byte) bool { return !isASCII(b) }

// hasLongLine reports whether a line has more than MaxLine octets without its end.
func hasLongLine(b []byte) bool {
	for len(b) > MaxLine {
		n := bytes.IndexByte(b, '\n')
		if n < 0 || len(bytes.TrimRight(b[:n], "\r")) > MaxLine {
			return true
		}
		b = b[n+1:]
	}
	return false
}

// breakLines cuts lines after limit octets, without regard for what they hold;
// indent goes before each continuation.
func breakLines(b []byte, limit int, indent string) []byte {
	var out []byte
	for len(b) > 0 {
		end := lineEnd(b, 0)
		line := b[:end]
		for len(bytes.TrimRight(line, "\r\n")) > limit {
			out = append(out, line[:limit]...)
			out = append(out, "\r\n"+indent...)
			line = line[limit:]
		}
		out = append(out, line...)
		b = b[end:]
	}
	return out
}
