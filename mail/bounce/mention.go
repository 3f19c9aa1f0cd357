package bounce

import "strings"

// How much around an address is taken to be about it.
const (
	mentionLines  = 9   // lines behind the one with the address
	maxMentions   = 4   // places
	maxReply      = 300 // octets of Result.Reply
	maxMentionLen = 4000
)

// mentions gathers the places of the text that are about an address: each line that
// has it, and what follows up to the next address.
func (doc *document) mentions(address string) string {
	if address == "" {
		return ""
	}
	address = strings.ToLower(address)
	var b strings.Builder
	places, last := 0, -1
	for i, line := range doc.lower {
		if i <= last || !strings.Contains(line, address) || isField(line) || isStatusField(line) {
			continue
		}
		last = doc.mentionEnd(i, address)
		for _, line := range doc.lines[i : last+1] {
			b.WriteString(strings.TrimSpace(line))
			b.WriteByte('\n')
		}
		if places++; places >= maxMentions || b.Len() > maxMentionLen {
			break
		}
	}
	return b.String()
}

// namesAnother is true for a line with an address that failed as well.
func (doc *document) namesAnother(line, address string) bool {
	for _, other := range addresses(line, 4) {
		if other = strings.ToLower(other); other != address && doc.named[other] {
			return true
		}
	}
	return false
}

func isStatusField(line string) bool {
	_, _, ok := statusField(line)
	return ok
}

// mentionEnd is the last line that still belongs to the address at a line.
func (doc *document) mentionEnd(at int, address string) int {
	end := at
	for i := at + 1; i < len(doc.lines) && i <= at+mentionLines; i++ {
		line := doc.lines[i]
		if strings.HasPrefix(strings.TrimSpace(line), "-----") || len(line) > 2000 {
			break
		}
		if isStatusField(line) {
			break
		}
		if other, _, ok := leading(line); ok && !strings.EqualFold(other, address) || doc.namesAnother(line, address) {
			break
		}
		end = i
	}
	return end
}

// replyText is the part of a text that begins with an SMTP reply, up to the end of
// the paragraph, or the whole line where the reply's code stands at its end.
func replyText(text string) string {
	_, at := replyAt(text)
	if at < 0 {
		return ""
	}
	reply, _, _ := strings.Cut(text[at:], "\n\n")
	reply, _, _ = strings.Cut(reply, "\n--")
	if len(reply) < 8 {
		start := strings.LastIndexByte(text[:at], '\n') + 1
		reply, _, _ = strings.Cut(text[start:], "\n")
	}
	return reply
}

// hostLeads stand in front of the name of the host that refused.
var hostLeads = []string{"while talking to ", "host ", "generating server: "}

// hostIn finds the host that a text says has refused.
func hostIn(text string) string {
	lower := strings.ToLower(text)
	if _, rest, found := strings.Cut(lower, "for the recipient domain "); found {
		lower = strings.Replace(rest, " by ", "host ", 1)
	}
	for _, lead := range hostLeads {
		_, rest, found := strings.Cut(lower, lead)
		if !found {
			continue
		}
		end := strings.IndexAny(rest, " []():\n,")
		if end > 3 && strings.Contains(rest[:end-1], ".") {
			return cleanHost(rest[:end])
		}
	}
	return ""
}

// oneLine makes a reply fit for a log and a table.
func oneLine(s string) string {
	if len(s) > 4*maxReply {
		s = s[:4*maxReply]
	}
	s = strings.Join(strings.FieldsFunc(s, isHiddenOrSpace), " ")
	if len(s) > maxReply {
		s = strings.ToValidUTF8(s[:maxReply], "")
	}
	return s
}

func isHiddenOrSpace(r rune) bool { return r == ' ' || isHidden(r) }

// firstStage is that of the first text that names one.
func firstStage(texts ...string) stage {
	for _, text := range texts {
		if s := stageOf(strings.ToLower(strings.ReplaceAll(text, "\n", " "))); s != stageUnknown {
			return s
		}
	}
	return stageUnknown
}
