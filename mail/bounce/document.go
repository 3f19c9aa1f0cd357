package bounce

import (
	"bytes"
	"strings"

	"guildpost/mail"
)

// How much of a message is looked at. What a report says of its own is short; the
// message that it returns may be as long as it likes and is not read.
const (
	maxText  = 96 << 10 // octets of text
	maxLines = 3000
	maxParts = 100 // body parts
)

// A document is a message taken apart into what a report is made of.
type document struct {
	header mail.Header
	kind   string // the media type of the whole
	params map[string]string

	words    string   // what the report says in text, up to the returned message
	lines    []string // the lines of words
	status   []string // contents of message/delivery-status parts
	receipt  string   // content of a message/disposition-notification part
	feedback string   // content of a message/feedback-report part

	original mail.Header // header of the returned message
	within   *mail.Part  // the returned message itself
	rest     string      // a returned message that stands in the text

	lower    []string        // lines in lower case
	squeezed string          // words as squeeze leaves them
	own      map[string]bool // addresses of the sender, in lower case
	named    map[string]bool // addresses that the text names as failed, in lower case
	delayed  bool            // the text says that it is still being tried
	notice   string          // see findNotice
}

func newDocument(root *mail.Part) *document {
	root = rescan(root)
	doc := &document{header: root.Header, kind: root.Type, params: root.Params}
	var plain, rich []string
	left := maxParts
	root.Walk(func(p *mail.Part) bool {
		left--
		if left < 0 {
			return false
		}
		switch {
		case strings.HasPrefix(p.Type, "message/"), p.Type == "text/rfc822-headers", p.Type == "text/rfc822-header":
			doc.addMessage(p)
			return false
		case p.Type == "text/html" && len(rich) < 4:
			rich = append(rich, partText(p))
		case p.IsText() && len(plain) < 8:
			plain = append(plain, partText(p))
		case p.IsMultipart() && len(p.Children) == 0:
			plain = append(plain, partText(p))
		}
		return true
	})
	if !hasText(plain) {
		for _, source := range rich {
			plain = append(plain, mail.HTMLText(source))
		}
	}
	doc.setWords(strings.Join(plain, "\n"))
	doc.own = doc.ownAddresses()
	doc.delayed = doc.isDelay()
	doc.notice = doc.findNotice()
	return doc
}

// rescan reads a message again whose header begins behind an empty line, as some
// archives and test files have it.
func rescan(root *mail.Part) *mail.Part {
	if root.Header.Has("From") || root.Header.Has("To") || root.Header.Has("Received") || root.Header.Has("Subject") {
		return root
	}
	body := bytes.TrimLeft(root.RawBody(), " \t\r\n")
	header, _ := mail.SplitHeader(body[:min(len(body), 64<<10)])
	if !header.Has("From") && !header.Has("Received") {
		return root
	}
	again, _ := mail.Scan(body, mail.DefaultLimits())
	return again
}

func partText(p *mail.Part) string {
	text, _ := p.Text(maxText)
	return text
}

func hasText(list []string) bool {
	for _, s := range list {
		if strings.TrimSpace(s) != "" {
			return true
		}
	}
	return false
}

// addMessage takes a part of type message/* or text/rfc822-headers.
func (doc *document) addMessage(p *mail.Part) {
	switch p.Type {
	case "message/delivery-status", "message/global-delivery-status", "message/deliverystatus":
		doc.status = append(doc.status, partText(p))
	case "message/disposition-notification", "message/global-disposition-notification":
		doc.receipt = partText(p)
	case "message/feedback-report":
		doc.feedback = partText(p)
	default:
		if len(doc.original.Fields) > 0 {
			return
		}
		if len(p.Children) > 0 {
			doc.within = p.Children[0]
			doc.original = doc.within.Header
			return
		}
		doc.original, _ = mail.SplitHeader(bytes.TrimLeft(p.Content(maxText), "\r\n"))
	}
}

// setWords parts the text from a message that is returned within it.
func (doc *document) setWords(text string) {
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "")
	}
	lines := strings.Split(text, "\n")
	lines = lines[:min(len(lines), maxLines)]
	cut := returnedAt(lines)
	doc.lines = lines[:cut]
	doc.words = strings.Join(doc.lines, "\n")
	doc.lower = make([]string, cut)
	for i, line := range doc.lines {
		doc.lower[i] = strings.ToLower(line)
	}
	doc.squeezed = squeeze(strings.Join(withoutFields(doc.lines), "\n"))
	if len(doc.original.Fields) == 0 && cut < len(lines) {
		doc.rest = strings.Join(lines[cut:], "\n")
		doc.original = headerWithin(lines[cut:])
	}
}

// withoutFields leaves out the lines that are fields of a delivery status: their names
// and types are no words of the reply.
func withoutFields(lines []string) []string {
	var out []string
	for _, line := range lines {
		if _, _, ok := statusField(line); !ok {
			out = append(out, line)
		}
	}
	return out
}

// returned is the returned message, or an empty one.
func (doc *document) returned() *mail.Part {
	if doc.within != nil {
		return doc.within
	}
	part, _ := mail.Scan([]byte(doc.rest), mail.DefaultLimits())
	return part
}

// messageID takes the angle brackets off a Message-ID.
func messageID(value string) string {
	if open := strings.IndexByte(value, '<'); open >= 0 {
		value, _, _ = strings.Cut(value[open+1:], ">")
	}
	value = strings.TrimSpace(value)
	if strings.IndexFunc(value, isHidden) >= 0 || strings.ContainsAny(value, " <>") {
		return ""
	}
	return value
}
