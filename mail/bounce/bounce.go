// Package bounce reads what a message says about deliveries that failed.
//
// A bounce comes in many shapes. The good ones are delivery status notifications
// (RFC 3464): a part of type message/delivery-status with a few fields for each
// recipient. Many mail systems send one that is damaged, others an X-Failed-Recipients
// field, and a good part of the world a text for people, in its own words and its own
// language. [Read] reports the same thing for all of them: which recipients, what the
// other side answered, and whether the address is dead.
//
// What it goes by, in this order:
//
//  1. An abuse or feedback report (RFC 5965) is not a failure: kind feedback.
//  2. Is it a report at all? A delivery status, an X-Failed-Recipients field, or the
//     marks of a mail system (sender, subject, null return path) together with a
//     sentence that says that something was not delivered. A person who writes about a
//     bounce is none of these.
//  3. The recipients: from the delivery status, else from the text by a table of named
//     shapes, else from X-Failed-Recipients, else from the returned message.
//  4. The reason, from the words of the reply, then its enhanced status code
//     (RFC 3463), then the point of the SMTP dialogue at which it was given.
//
// The addresses of the sender, of the list and of the mail system itself stand in most
// reports. They are reported as failed only where a shape names them so.
//
// Nothing here trusts a bounce: anybody can send one. Whether it belongs to a delivery
// is said by the envelope recipient's ticket, not by this package.
package bounce

import "guildpost/mail"

// A Class says what a result means for the address.
type Class int

const (
	// None is no failure: a receipt, an abuse report, an automatic reply.
	None Class = iota
	// Soft is a failure that says nothing about the address in the long run: full,
	// filtered, too big, against a policy, delayed, also where it was permanent.
	Soft
	// Hard is an address that will stay dead: no such user or host, moved away, or a
	// domain that takes no mail at all.
	Hard
)

// String is "none", "soft" or "hard".
func (c Class) String() string {
	switch c {
	case Soft:
		return "soft"
	case Hard:
		return "hard"
	}
	return "none"
}

// A Kind says what a message is.
type Kind string

// The kinds of message that Read tells apart.
const (
	KindNone      Kind = "none"      // nothing of the following
	KindBounce    Kind = "bounce"    // at least one delivery failed for good
	KindDelay     Kind = "delay"     // not delivered yet, still being tried
	KindDelivered Kind = "delivered" // a receipt: delivered, relayed or displayed
	KindAutoreply Kind = "autoreply" // another message that a program sent by itself
	KindFeedback  Kind = "feedback"  // an abuse or authentication report (RFC 5965, 6591)
)

// A Result is what happened to one recipient.
type Result struct {
	// Recipient is the address that failed, as the report has it. It is a plain
	// address without angle brackets, spaces or control characters.
	Recipient string
	// Original is the address that the message was sent to where the report says so
	// (RFC 3464 2.3.1), else "". It differs from Recipient behind a forward.
	Original string
	Class    Class
	// Action is that of RFC 3464 2.3.3: "failed", "delayed", "delivered", "relayed"
	// or "expanded".
	Action string
	// Status is the enhanced status code (RFC 3463), such as "5.1.1", or "".
	Status string
	// Reply is the text that the other side answered, in one line of at most
	// 300 octets, or "".
	Reply string
	// Reason is one short word, see reason.go; "unknown" if the report gives none.
	Reason string
	// MTA is the name of the host that refused, or "".
	MTA string
}

// A Report is what a message says about deliveries.
type Report struct {
	Kind    Kind
	Results []Result
	// MessageID is that of the message which was returned, without angle brackets,
	// or "".
	MessageID string
	// OriginalHeader is what came back of its header, possibly nothing.
	OriginalHeader mail.Header
}

// maxResults is how many recipients a report may have. Real ones have a few; the limit
// bounds what a forged one can cost.
const maxResults = 500

// Read says what a message reports. It never fails: a message that is no report has
// kind none or autoreply and no results.
func Read(m *mail.Message) Report {
	report := readPart(m.Root, 0)
	if report.Kind != KindNone {
		return report
	}
	if kind, _ := mail.Automatic(m, "", false); kind == mail.AutoReply || kind == mail.AutoNotice {
		report.Kind = KindAutoreply
	}
	return report
}

// readPart reads a message that may itself lie within another report: mail gateways
// like to wrap a bounce into a notice of their own.
func readPart(root *mail.Part, depth int) Report {
	doc := newDocument(root)
	report := Report{Kind: KindNone}
	switch {
	case doc.isFeedback():
		report.Kind, report.Results = KindFeedback, doc.feedbackResults()
	case doc.isReceipt():
		report.Kind, report.Results = KindDelivered, doc.receiptResults()
	default:
		report = doc.failures(depth)
	}
	if report.Kind != KindNone && report.OriginalHeader.Fields == nil {
		report.OriginalHeader = doc.original
		report.MessageID = messageID(doc.original.Get("Message-ID"))
	}
	return report
}

// failures reads a report of failed deliveries: its own words, then those of a report
// within it, and as a last resort whom the returned message was for.
func (doc *document) failures(depth int) Report {
	report := Report{Kind: KindNone}
	isReport := doc.isReport()
	if isReport {
		report.Results = doc.results()
	}
	if len(report.Results) == 0 && depth == 0 && doc.marks() > 1 {
		if within := readPart(doc.returned(), depth+1); within.Kind != KindNone {
			return within
		}
	}
	if len(report.Results) == 0 && isReport {
		report.Results = doc.fromCandidates(doc.returnedTo())
	}
	if report.Kind = kindOf(report.Results); report.Kind == KindAutoreply {
		report.Results = nil
	}
	return report
}

// kindOf is the worst that happened to any recipient.
func kindOf(results []Result) Kind {
	kind := KindNone
	for _, r := range results {
		switch {
		case r.Reason == reasonChallenge && kind == KindNone:
			kind = KindAutoreply
		case r.Class == None && kind == KindNone:
			kind = KindDelivered
		case r.Class != None && r.Action == "delayed" && kind != KindBounce:
			kind = KindDelay
		case r.Class != None && r.Action != "delayed":
			kind = KindBounce
		}
	}
	return kind
}
