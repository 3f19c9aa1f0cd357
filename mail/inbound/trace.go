package inbound

import (
	"fmt"
	"net/netip"
	"strings"
)

// longestHelo is the longest domain name of RFC 5321 4.5.3.1.2.
const longestHelo = 255

// trace writes the Received field (RFC 5321 4.4) of env for a server called host. The recipient is named only
// where there is one: others have no business to know who else got the message.
func trace(env *Envelope, host, tlsVersion string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Received: from %s (%s)\r\n", traceName(env.Helo), tracePeer(env.Remote))
	fmt.Fprintf(&b, "\tby %s (guildpost) with %s id %s", traceName(host), env.Protocol, env.ID)
	if tlsVersion != "" {
		fmt.Fprintf(&b, "\r\n\t(%s)", tlsVersion)
	}
	if len(env.To) == 1 && len(env.To[0]) < 320 {
		fmt.Fprintf(&b, "\r\n\tfor <%s>", env.To[0])
	}
	fmt.Fprintf(&b, ";\r\n\t%s\r\n", env.Received.Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	return b.String()
}

// traceName keeps what a domain or an address literal is made of. A peer may call itself anything, and parentheses,
// semicolons or spaces in its name would forge the rest of the field.
func traceName(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("-._:[]", r):
			return r
		}
		return '?'
	}, s)
	if s == "" {
		return "unknown"
	}
	return s[:min(len(s), longestHelo)]
}

func tracePeer(remote string) string {
	addr, err := netip.ParseAddr(remote)
	switch {
	case err != nil:
		return "local socket"
	case addr.Is4():
		return "[" + addr.String() + "]"
	}
	return "[IPv6:" + addr.WithZone("").String() + "]"
}

// protocol is the "with" keyword of RFC 3848 and RFC 6531 4.3.
func protocol(lmtp, extended, secure, utf8 bool) string {
	name := "SMTP"
	switch {
	case lmtp:
		name = "LMTP"
	case extended && !utf8:
		name = "ESMTP"
	}
	if utf8 {
		name = "UTF8" + name
	}
	if secure {
		name += "S"
	}
	return name
}
