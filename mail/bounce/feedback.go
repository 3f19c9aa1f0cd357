package bounce

import (
	"strings"

	"guildpost/mail"
)

// isFeedback recognises an abuse or authentication report (RFC 5965, RFC 6591), and
// Microsoft's complaints, which are a bare returned message.
func (doc *document) isFeedback() bool {
	if doc.feedback != "" {
		return true
	}
	if strings.EqualFold(doc.params["report-type"], "feedback-report") {
		return true
	}
	if n, ok := doc.snsNotification(); ok && n.Type == "Complaint" || doc.isOptOut() {
		return true
	}
	subject := strings.ToLower(mail.DecodeWords(doc.header.Get("Subject")))
	return doc.within != nil && strings.HasPrefix(strings.TrimSpace(subject), "complaint about message from")
}

// isOptOut recognises what a mail program sends for its reader who pressed "unsubscribe".
//
// QUIRK: Apple's Mail, which marks it as an automatic reply.
func (doc *document) isOptOut() bool {
	return strings.EqualFold(strings.TrimSpace(doc.header.Get("X-Apple-Unsubscribe")), "true")
}

// feedbackResults names who complained: Original-Rcpt-To, else whom the message was for.
func (doc *document) feedbackResults() []Result {
	fields := doc.feedback
	if fields == "" {
		fields = doc.words
	}
	reason := "abuse"
	var list []string
	for _, line := range strings.Split(fields, "\n") {
		name, value, _ := strings.Cut(line, ":")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "original-rcpt-to", "removal-recipient":
			list = append(list, typedAddress(value))
		case "feedback-type":
			if word := strings.ToLower(strings.TrimSpace(value)); isLocalName(word) {
				reason = word
			}
		}
	}
	if n, ok := doc.snsNotification(); ok {
		for _, r := range n.recipients() {
			list = append(list, plain(r.Address))
		}
	}
	if doc.isOptOut() {
		reason, list = "opt-out", addresses(doc.header.Get("From"), 1)
	}
	if len(list) == 0 {
		for _, c := range doc.returnedTo() {
			list = append(list, c.address)
		}
	}
	var results []Result
	for _, address := range list {
		if isAddress(address) {
			results = append(results, Result{Recipient: address, Class: None, Reason: reason})
		}
	}
	return merge(results)
}

// isReceipt recognises a message disposition notification (RFC 8098).
func (doc *document) isReceipt() bool {
	return doc.receipt != "" || strings.EqualFold(doc.params["report-type"], "disposition-notification")
}

// receiptResults names whose receipt it is.
func (doc *document) receiptResults() []Result {
	for _, g := range groups(doc.receipt) {
		recipient, original := g.recipient()
		if recipient != "" {
			return []Result{{Recipient: recipient, Original: original, Action: "delivered", Reason: reasonDelivered}}
		}
	}
	return nil
}

// results are those of Amazon's notification.
func (n sesNotification) results() []Result {
	var list []Result
	for _, s := range n.recipients() {
		if !isAddress(s.Address) {
			continue
		}
		g := group{"final-recipient": s.Address, "action": s.Action, "status": s.Status, "diagnostic-code": s.Diagnostic}
		r := (&document{}).fromGroup(g, nil)
		if n.Type == "Bounce" && n.Bounce.Type == "Permanent" && r.Reason == reasonUnknown {
			r.Class, r.Reason = Hard, reasonNoUser
		}
		list = append(list, r)
	}
	return list
}
