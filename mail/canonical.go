package mail

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// Limits of RFC 5321 4.5.3.1, in octets.
const (
	maxAddress   = 254 // a path of 256 without its brackets
	maxLocalPart = 64
	maxLabel     = 63
)

// Canonical returns the form of local@domain under which a person is known: trimmed,
// lower case, the domain in ASCII (RFC 5891), the local part in NFC. Two addresses
// are the same if their canonical forms are. The error is a sentence.
func Canonical(addr string) (string, error) {
	addr = strings.TrimSpace(addr)
	at := strings.LastIndexByte(addr, '@')
	if at < 0 {
		return "", fmt.Errorf("%q is no mail address: it has no @", shorten(addr))
	}
	if !utf8.ValidString(addr) {
		return "", fmt.Errorf("%q is no mail address: it is not valid UTF-8", shorten(addr))
	}
	local, err := canonicalLocal(addr[:at])
	if err != nil {
		return "", fmt.Errorf("%q is no mail address: %w", shorten(addr), err)
	}
	domain, err := canonicalDomain(addr[at+1:])
	if err != nil {
		return "", fmt.Errorf("%q is no mail address: %w", shorten(addr), err)
	}
	if n := len(local) + 1 + len(domain); n > maxAddress {
		return "", fmt.Errorf("the mail address %q… has %d octets; at most %d are allowed", shorten(addr), n, maxAddress)
	}
	return local + "@" + domain, nil
}

// BaseLocal returns the local part without a detail behind "+" (RFC 5233): joe of
// joe+lists.
func BaseLocal(local string) string {
	if i := strings.IndexByte(local, '+'); i > 0 {
		return local[:i]
	}
	return local
}

func canonicalLocal(local string) (string, error) {
	if len(local) > 2 && local[0] == '"' && quotedEnd(local) == len(local) {
		local = unquote(local)
	} else if strings.ContainsFunc(local, isSpecial) {
		return "", errors.New("what stands before the @ holds a character that is not allowed there")
	}
	local = norm.NFC.String(strings.ToLower(local))
	switch {
	case local == "":
		return "", errors.New("nothing stands before the @")
	case strings.ContainsFunc(local, isUnfit):
		return "", errors.New("what stands before the @ holds a space or a control character")
	case len(local) > maxLocalPart:
		return "", fmt.Errorf("what stands before the @ has %d octets; at most %d are allowed", len(local), maxLocalPart)
	case strings.ContainsFunc(local, isSpecial):
		local = quote(local)
	}
	return local, nil
}

// isUnfit is true for spaces, controls and characters that are not seen.
func isUnfit(r rune) bool { return unicode.IsSpace(r) || isHidden(r) || !unicode.IsPrint(r) }

func canonicalDomain(domain string) (string, error) {
	if strings.HasPrefix(domain, "[") {
		return canonicalLiteral(domain)
	}
	domain = strings.TrimSuffix(domain, ".")
	ascii := strings.ToLower(domain)
	if !isASCII(domain) || strings.Contains(ascii, "xn--") {
		var err error
		profile := idna.New(idna.MapForLookup(), idna.BidiRule(), idna.Transitional(false), idna.StrictDomainName(true))
		if ascii, err = profile.ToASCII(domain); err != nil {
			return "", fmt.Errorf("the domain %q is not one that can be in the DNS", shorten(domain))
		}
	}
	if err := checkHost(ascii); err != nil {
		return "", err
	}
	return ascii, nil
}

// checkHost checks a host name as RFC 1123 2.1 wants it, but with underscores, which
// exist.
func checkHost(host string) error {
	if len(host) > maxAddress {
		return errors.New("the domain is too long")
	}
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || len(label) > maxLabel {
			return errors.New("the domain has a part that is empty or too long")
		}
		if label[0] == '-' || label[len(label)-1] == '-' {
			return errors.New("the domain has a part that begins or ends with a hyphen")
		}
		for i := 0; i < len(label); i++ {
			if c := label[i]; !isLetterOrDigit(c) && c != '-' && c != '_' {
				return errors.New("the domain holds a character that is not allowed there")
			}
		}
	}
	return nil
}

// canonicalLiteral checks an address literal (RFC 5321 4.1.3) such as [192.0.2.1].
func canonicalLiteral(domain string) (string, error) {
	text, closed := strings.CutSuffix(strings.ToLower(domain[1:]), "]")
	v6, isV6 := strings.CutPrefix(text, "ipv6:")
	ip, err := netip.ParseAddr(v6)
	if !closed || err != nil || ip.Is6() != isV6 || ip.Zone() != "" {
		return "", errors.New("the brackets behind the @ hold no IP address")
	}
	if isV6 {
		return "[ipv6:" + ip.String() + "]", nil
	}
	return "[" + ip.String() + "]", nil
}
