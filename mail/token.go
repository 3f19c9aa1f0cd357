package mail

// tokenAlphabet is the base32 of RFC 4648 6 in lower case.
const tokenAlphabet = "abcdefghijklmnopqrstuvwxyz234567"

// encodeToken writes data in base32 without padding.
func encodeToken(data []byte) string {
	var buf [(maxTicket*8 + 4) / 5]byte
	out := buf[:0]
	var bits, n uint
	for _, b := range data {
		bits = bits<<8 | uint(b)
		for n += 8; n >= 5; n -= 5 {
			out = append(out, tokenAlphabet[bits>>(n-5)&31])
		}
	}
	if n > 0 {
		out = append(out, tokenAlphabet[bits<<(5-n)&31])
	}
	return string(out)
}

// decodeToken appends the octets of token to dst. Spare bits at the end must be zero
// and no character may be spare, so that there is one token for a ticket.
func decodeToken(dst []byte, token string) (data []byte, ok bool) {
	var bits, n uint
	for i := 0; i < len(token); i++ {
		value, ok := tokenValue(token[i])
		if !ok || len(dst) == maxTicket {
			return nil, false
		}
		bits = bits<<5 | value
		if n += 5; n >= 8 {
			n -= 8
			dst = append(dst, byte(bits>>n))
		}
	}
	if n >= 5 || bits&(1<<n-1) != 0 {
		return nil, false
	}
	return dst, true
}

func tokenValue(c byte) (value uint, ok bool) {
	switch {
	case 'a' <= c && c <= 'z':
		return uint(c - 'a'), true
	case 'A' <= c && c <= 'Z':
		return uint(c - 'A'), true
	case '2' <= c && c <= '7':
		return uint(c-'2') + 26, true
	}
	return 0, false
}
