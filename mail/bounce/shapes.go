package bounce

import "strings"

// A candidate is an address that a text names as failed.
type candidate struct {
	address string
	line    int // where it stands in document.lines
}

// A shape is one way in which reports name the recipients that failed.
type shape struct {
	name string
	read func(*document) []candidate
}

// shapes are tried in order; the first that finds a recipient counts. The general ones
// stand in front, since most mail systems write the same few forms in words of their own.
var shapes = []shape{
	{"notification", (*document).notification}, // Amazon's JSON
	{"membership", (*document).membership},     // lists that refuse: fml
	{"local", (*document).local},               // AOL and phquery name only the local part
	{"listed", (*document).listed},             // a line that begins with the address: qmail, Postfix, Exim, sendmail, Exchange, Google …
	{"labelled", (*document).labelled},         // Recipient: address, RCPT TO:<address> …
	{"sentence", (*document).sentence},         // "could not be delivered to <address>" …
	{"transcript", (*document).transcript},     // <<< 550 <address>: no such user
	{"loose", (*document).loose},               // any address that is nobody else's
}

// candidates are the recipients that the text names.
func (doc *document) candidates() []candidate {
	for _, s := range shapes {
		if list := unique(s.read(doc)); len(list) > 0 {
			return list
		}
	}
	return nil
}

func unique(list []candidate) []candidate {
	seen := make(map[string]bool, len(list))
	var out []candidate
	for _, c := range list {
		key := strings.ToLower(c.address)
		if !seen[key] && len(out) < maxResults {
			seen[key] = true
			out = append(out, c)
		}
	}
	return out
}

// listed takes the lines that begin with an address, behind a bullet, a quote mark or
// a number: how nearly every mail system lists recipients.
func (doc *document) listed() []candidate {
	var list []candidate
	for i, line := range doc.lines {
		address, rest, ok := leading(line)
		if ok && opensEntry(rest) && !doc.namesOther(i) && !(doc.isOwn(address) && !doc.isEntry(rest)) {
			list = append(list, candidate{address, i})
		}
	}
	return list
}

// leading reads the address at the beginning of a line and what follows it.
func leading(line string) (address, rest string, ok bool) {
	if strings.IndexByte(line, '@') < 0 || len(line) > 2000 {
		return "", "", false
	}
	start := strings.TrimLeft(line, " \t*->•·#|\"'<([{●■・")
	number := strings.TrimLeft(start, "0123456789")
	if len(number) < len(start) && len(start)-len(number) < 4 && len(number) > 2 && (number[0] == '.' || number[0] == ')') && number[1] == ' ' {
		start = strings.TrimLeft(number[1:], " \t<\"'")
	}
	f, found := nextAddress(start, 0)
	if !found || f.start > 0 && strings.TrimLeft(start[:f.start], " \t<\"'[(") != "" {
		return "", "", false
	}
	at := strings.Index(start, f.address)
	if at < 0 {
		return "", "", false
	}
	rest = strings.TrimLeft(start[at+len(f.address):], ">\"')]}")
	if named, ok := nextAddress(rest, 0); ok && strings.HasPrefix(strings.TrimSpace(rest), "<") && strings.TrimSpace(rest[:named.start]) == "" {
		return named.address, strings.TrimSpace(rest[named.end:]), true
	}
	return f.address, strings.TrimSpace(rest), true
}

// opensEntry decides by what follows an address at the beginning of a line whether it
// is an entry of a list or the beginning of a sentence.
func opensEntry(rest string) bool {
	if rest == "" || strings.IndexByte(":;,.<([-|", rest[0]) >= 0 {
		return !strings.HasSuffix(rest, "wrote:")
	}
	lower := strings.ToLower(rest)
	if strings.HasPrefix(lower, "on ") {
		return !strings.Contains(lower, "wrote")
	}
	return saysFailed(lower) || reasonOf(squeeze(lower)) != ""
}

// isEntry is the stricter form for addresses that are also the sender's: an entry has
// a colon, an error, or nothing behind it.
func (doc *document) isEntry(rest string) bool {
	return rest == "" || rest[0] == ':' || strings.HasPrefix(rest, "..") || reasonOf(squeeze(rest)) != ""
}

// otherLeads end the line in front of an address that is somebody else's.
var otherLeads = []string{"sent by", "message from", "please contact", "contact", "generated from", "sender:", "from:", "reply to", "reply-to:", "forwarded to", "write to", "send mail to", "to the address", "for further assistance, please send mail to"}

// namesOther is true where the line before says that the address is not a recipient.
func (doc *document) namesOther(i int) bool {
	i = doc.before(i)
	if i < 0 {
		return false
	}
	line := strings.TrimSpace(doc.lower[i])
	for _, lead := range otherLeads {
		if strings.HasSuffix(line, lead) {
			return true
		}
	}
	return false
}

// labels stand in front of a recipient.
var labels = []string{
	"rcpt to:", "recipient address:", "recipient:", "recipients:", "failed recipient:", "intended recipient:", "undeliverable address:", "invalid receiver address:", "invalid recipient:",
	"addressed to:", "sent to:", "originally addressed to", "unknown user:", "user unknown:", "failed address:", "delivery failed:", "failed to deliver to", "address:", "mailbox is full:", "bad address:", "destination address:", "undelivered to:", "not delivered to:",
	"destinatario:", "destinataire:", "destinataires:", "destinatários:", "empfänger:", "получатель:", "odbiorca:", "宛先:", "宛先：", "收件人:", "收件人：", "수신자:",
	"exceeds allowed size:", "attempts:", "full mailbox:", "to the following address:",
}

// labelled takes the addresses behind a label.
func (doc *document) labelled() []candidate {
	var list []candidate
	for i, line := range doc.lines {
		if strings.IndexByte(line, '@') < 0 || len(line) > 2000 {
			continue
		}
		lower := strings.ToLower(line)
		if len(lower) != len(line) {
			lower = line
		}
		for _, label := range labels {
			at := strings.Index(lower, label)
			if at < 0 || strings.Contains(lower[:at], "from") || strings.Contains(lower[:at], "sender") {
				continue
			}
			if f, ok := nextAddress(line, at+len(label)); ok && f.start-at-len(label) < 12 {
				list = append(list, candidate{f.address, i})
				break
			}
		}
	}
	return list
}

// sentence takes the addresses of lines that say that something failed, and of the
// line that follows one that does.
func (doc *document) sentence() []candidate {
	var list []candidate
	tries := 0
	for i, line := range doc.lines {
		if strings.IndexByte(line, '@') < 0 || len(line) > 2000 || isField(doc.lower[i]) {
			continue
		}
		if tries++; tries > maxSentences || !doc.saysAt(i) && !doc.saysAt(doc.before(i)) {
			continue
		}
		for _, address := range addresses(line, 20) {
			if !doc.isOwn(address) {
				list = append(list, candidate{address, i})
			}
		}
	}
	return list
}

// maxSentences is how many lines with an address are looked at for a sentence.
const maxSentences = 300

// saysAt reports whether the line at an index says that something failed.
func (doc *document) saysAt(i int) bool {
	return i >= 0 && len(doc.lower[i]) < 2000 && (saysFailed(doc.lower[i]) || reasonOf(squeeze(doc.lower[i])) != "")
}

// before is the index of the last line with text in front of one, or -1.
func (doc *document) before(i int) int {
	for i--; i >= 0; i-- {
		if strings.TrimSpace(doc.lines[i]) != "" {
			return i
		}
	}
	return -1
}

// transcript takes the addresses of quoted refusals.
func (doc *document) transcript() []candidate {
	var list []candidate
	for i, line := range doc.lines {
		if _, at := replyAt(line); at < 0 || strings.IndexByte(line, '@') < 0 {
			continue
		}
		for _, address := range addresses(line, 5) {
			if !doc.isOwn(address) {
				list = append(list, candidate{address, i})
			}
		}
	}
	return list
}

// loose takes what is left: every address that belongs neither to the sender nor to a
// mail system nor to a field of a header.
func (doc *document) loose() []candidate {
	var list []candidate
	for i, line := range doc.lines {
		if strings.IndexByte(line, '@') < 0 || doc.namesOther(i) {
			continue
		}
		lower := doc.lower[i]
		if isField(lower) || strings.Contains(lower, "contact") || strings.Contains(lower, "message-id") || strings.Contains(lower, "mail from") {
			continue
		}
		for _, address := range addresses(line, 5) {
			if !doc.isOwn(address) {
				list = append(list, candidate{address, i})
			}
		}
	}
	return list
}

// isField is true for lines that quote a header field.
func isField(lower string) bool {
	name, _, found := strings.Cut(strings.TrimLeft(lower, " \t>|*-"), ":")
	if !found {
		return false
	}
	switch strings.TrimSpace(name) {
	case "from", "to", "cc", "subject", "date", "sent", "reply-to", "sender", "message-id", "mail from", "von", "an", "de", "da", "para", "от", "кому", "in-reply-to", "references":
		return true
	}
	return false
}
