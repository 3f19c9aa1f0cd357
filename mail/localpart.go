package mail

import "strings"

// The functions of a list address: what stands between the list name and a token.
const (
	suffixTicket  = "t"
	suffixBounces = "bounces"
)

// suffixes are the functions of design.md 4, and whether a token may follow.
var suffixes = map[string]bool{
	"join": false, "subscribe": false,
	"leave": false, "unsubscribe": false,
	"request": false, "help": false, "owner": false, "conduct": false,
	"news": false, "meet": false,
	suffixTicket: true, suffixBounces: true, "confirm": true,
}

// maxLocal is how long a local part may be to be taken apart. RFC 5321 4.5.3.1.1 says
// 64, but longer ones have been seen.
const maxLocal = 255

// TicketAddress returns the address at which a ticket is handed in.
func TicketAddress(list, domain, token string) string {
	return list + "+" + suffixTicket + "." + token + "@" + domain
}

// BounceAddress returns the envelope sender of a delivery.
func BounceAddress(list, domain, token string) string {
	return list + "-" + suffixBounces + "+" + token + "@" + domain
}

// A LocalPart is one way to read the local part of a list address.
type LocalPart struct {
	List   string // the list name
	Suffix string // "join", "owner", "t"…; "" for the list address itself
	Token  string // of a ticket, "" if there is none
}

// Candidates returns the ways to read a local part, the longest list name first, all
// in lower case: "rust-help" is the list "rust-help" or the help address of "rust".
// The first one whose List exists is the one that is meant. "-" and "+" both
// separate; before a token "." and "=" do too.
func Candidates(local string) []LocalPart {
	local = strings.ToLower(local)
	all := []LocalPart{{List: local}}
	if local == "" || len(local) > maxLocal {
		return nil
	}
	for i := len(local) - 1; i > 0; i-- {
		if local[i] != '-' && local[i] != '+' {
			continue
		}
		if suffix, token, ok := splitSuffix(local[i+1:]); ok {
			all = append(all, LocalPart{List: local[:i], Suffix: suffix, Token: token})
		}
	}
	return all
}

// splitSuffix reads what stands behind a list name and its separator.
func splitSuffix(s string) (suffix, token string, ok bool) {
	suffix = s
	if i := strings.IndexAny(s, ".+-="); i >= 0 {
		suffix, token = s[:i], s[i+1:]
		if !isToken(token) {
			return "", "", false
		}
	}
	takesToken, known := suffixes[suffix]
	if !known || token != "" && !takesToken || token == "" && suffix == suffixTicket {
		return "", "", false
	}
	return suffix, token, true
}

func isToken(s string) bool {
	for i := 0; i < len(s); i++ {
		if _, ok := tokenValue(s[i]); !ok {
			return false
		}
	}
	return s != ""
}
