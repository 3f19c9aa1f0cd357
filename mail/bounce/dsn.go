package bounce

import "strings"

// A group is the fields about one recipient (RFC 3464 2.3), names in lower case.
type group map[string]string

// statusFields are the fields that make a block of lines a recipient's group, with or
// without the part around it.
var statusFields = map[string]bool{
	"final-recipient": true, "original-recipient": true, "action": true, "status": true,
	"diagnostic-code": true, "remote-mta": true, "x-actual-recipient": true, "final-log-id": true,
	"will-retry-until": true, "last-attempt-date": true, "reporting-mta": true, "arrival-date": true,
	"x-display-name": true, "x-supplementary-info": true, "received-from-mta": true,
}

// maxField is how much of a folded field is read, in octets.
const maxField = 4000

// groups reads the fields of a delivery status. It does not trust empty lines: damaged
// reports have them in the wrong places or not at all, so that a field that comes
// again also begins a new group.
//
// QUIRK: Mimecast writes a space in front of the colon.
func groups(text string) []group {
	var list []group
	current := group{}
	last := ""
	flush := func() {
		if current.isRecipient() && len(list) < maxResults {
			list = append(list, current)
		}
		current, last = group{}, ""
	}
	for _, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) == "" {
			if current.complete() {
				flush()
			}
			last = ""
			continue
		}
		if (line[0] == ' ' || line[0] == '\t') && last != "" {
			if len(current[last]) < maxField {
				current[last] += " " + strings.TrimSpace(line)
			}
			continue
		}
		name, value, ok := statusField(line)
		if !ok {
			last = ""
			continue
		}
		if _, again := current[name]; again && repeats(name) {
			flush()
		}
		current[name], last = value, name
	}
	flush()
	return list
}

// statusField parts a line; it is none if its name is not one of statusFields.
func statusField(line string) (name, value string, ok bool) {
	name, value, found := strings.Cut(line, ":")
	name = strings.ToLower(strings.TrimSpace(name))
	if !found || !statusFields[name] {
		return "", "", false
	}
	return name, strings.TrimSpace(value), true
}

func repeats(name string) bool {
	return name == "final-recipient" || name == "original-recipient" || name == "action" || name == "status"
}

func (g group) isRecipient() bool {
	return g["final-recipient"] != "" || g["original-recipient"] != "" || g["x-actual-recipient"] != ""
}

// complete is true when an empty line may end the group.
func (g group) complete() bool {
	return g.isRecipient() && (g["action"] != "" || g["status"] != "") || g["reporting-mta"] != ""
}

// recipient chooses the address of a group: the final one, unless it is none that
// mail could be sent to from here (RFC 3464 2.3.2 allows X.400 and local names).
func (g group) recipient() (recipient, original string) {
	original = typedAddress(g["original-recipient"])
	final := typedAddress(g["final-recipient"])
	actual := typedAddress(g["x-actual-recipient"])
	switch {
	case final != "" && hasDot(final):
		return final, original
	case original != "":
		return original, original
	case final != "":
		return final, original
	}
	return actual, original
}

// typedAddress reads "rfc822; user@example.org" (RFC 3464 2.3.1). The type may be
// missing or misspelt.
func typedAddress(value string) string {
	kind, address, found := strings.Cut(value, ";")
	if !found {
		kind, address = "rfc822", value
	}
	switch strings.ToLower(strings.TrimSpace(kind)) {
	case "x400", "x-unix", "unknown", "x500", "x.400":
		return ""
	}
	address = strings.TrimSpace(address)
	if f, ok := nextAddress(address, 0); ok && strings.HasSuffix(address, ">") {
		return f.address
	}
	if space := strings.IndexAny(address, " \t"); space > 0 && !strings.HasPrefix(address, `"`) {
		if strings.HasPrefix(address, "|") || strings.HasPrefix(address, "/") {
			return ""
		}
		address = address[:space]
	}
	if address = plain(decodeXtext(address)); isAddress(address) {
		return address
	}
	return ""
}

// decodeXtext undoes "+40" for "@" (RFC 3461 4) where nothing else gives an @.
func decodeXtext(s string) string {
	if strings.IndexByte(s, '@') >= 0 || !strings.Contains(s, "+40") {
		return s
	}
	return strings.Replace(s, "+40", "@", 1)
}

// action is the action in the words of RFC 3464 2.3.3, whatever the report wrote.
func (g group) action() string {
	word, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(g["action"])), " ")
	switch strings.Trim(word, ".;,()") {
	case "delayed", "delay", "transient":
		return "delayed"
	case "delivered", "deliverable", "success", "successful":
		return "delivered"
	case "relayed":
		return "relayed"
	case "expanded":
		return "expanded"
	}
	return "failed"
}

// diagnostic is the text of Diagnostic-Code (RFC 3464 2.3.6) and its type in lower case.
func (g group) diagnostic() (kind, text string) {
	value := g["diagnostic-code"]
	kind, text, found := strings.Cut(value, ";")
	if !found || len(kind) > 30 || strings.ContainsAny(kind, " .") && !strings.HasPrefix(strings.ToLower(kind), "x-") {
		return "", value
	}
	return strings.ToLower(strings.TrimSpace(kind)), strings.TrimSpace(text)
}

// host is the remote MTA's name without its type and comment.
func (g group) host() string {
	value := g["remote-mta"]
	if _, name, found := strings.Cut(value, ";"); found {
		value = name
	}
	value = strings.TrimSpace(value)
	if end := strings.IndexAny(value, " \t("); end > 0 {
		value = value[:end]
	}
	return cleanHost(value)
}

func cleanHost(name string) string {
	name = strings.ToLower(strings.Trim(name, ".,;:()<>\"' "))
	if len(name) > 255 || strings.IndexFunc(name, isHidden) >= 0 || strings.ContainsAny(name, " /@") {
		return ""
	}
	return name
}
