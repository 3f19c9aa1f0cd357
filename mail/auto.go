package mail

import (
	"bytes"
	"strings"
)

// An AutoKind says whether a person or a program sent a message.
type AutoKind string

// The kinds of automatic messages. Of all but the first and the last two a list
// neither makes a post nor answers them (RFC 3834 2).
const (
	AutoNone     AutoKind = ""          // a person, as far as can be seen
	AutoReply    AutoKind = "autoreply" // out of office, vacation, challenge, receipt of a ticket system
	AutoNotice   AutoKind = "notice"    // a notification that answers nothing
	AutoBounce   AutoKind = "bounce"    // a delivery status notification or what serves as one
	AutoFeedback AutoKind = "feedback"  // an abuse report (RFC 5965)
	AutoReceipt  AutoKind = "receipt"   // read or delivered: RFC 8098, or a DSN without failure
	AutoList     AutoKind = "list"      // distributed by a mailing list
	AutoBulk     AutoKind = "bulk"      // a newsletter or the like
)

// IsRobot reports whether the message must be neither posted nor answered.
func (k AutoKind) IsRobot() bool {
	return k != AutoNone && k != AutoList && k != AutoBulk
}

// Automatic tells whether a program sent a message, and by what that was recognised, as
// the rest of the sentence "this is not a post because …". EnvelopeFrom is the envelope
// sender and nullSender says that it was "<>"; without an envelope they are "" and
// false, and Return-Path is looked at.
//
// A calendar message of iTIP is never automatic, whatever its header says: Google and
// Exchange mark the answer of somebody who pressed Accept as auto-generated.
// X-Auto-Response-Suppress alone says nothing, since Outlook writes it into mail of
// people.
func Automatic(m *Message, envelopeFrom string, nullSender bool) (kind AutoKind, reason string) {
	if kind, reason = reportKind(m); kind != AutoNone {
		return kind, reason
	}
	if HasCalendar(m) {
		return AutoNone, ""
	}
	null := nullSender || envelopeFrom == "" && hasNullReturnPath(m.Header)
	for _, rule := range []func(*Message, bool) (AutoKind, string){
		bounceShape, autoSubmitted, responderFields, nullSenderRule, subjectRule, listRule,
	} {
		if kind, reason = rule(m, null); kind != AutoNone {
			return kind, reason
		}
	}
	return AutoNone, ""
}

func hasNullReturnPath(h Header) bool {
	return h.Has("Return-Path") && strings.TrimSpace(stripComments(h.Get("Return-Path"))) == "<>"
}

// reportKind reads what a multipart/report is about (RFC 6522).
func reportKind(m *Message) (kind AutoKind, reason string) {
	m.Root.Walk(func(p *Part) bool {
		if kind != AutoNone || p.InMessage() {
			return false
		}
		switch p.Type {
		case "message/delivery-status", "message/global-delivery-status":
			kind, reason = deliveryStatusKind(p)
		case "message/disposition-notification", "message/global-disposition-notification":
			kind, reason = AutoReceipt, "it is a message disposition notification (RFC 8098)"
		case "message/feedback-report":
			kind, reason = AutoFeedback, "it is an abuse report (RFC 5965)"
		}
		return true
	})
	if kind != AutoNone || m.Root.Type != "multipart/report" {
		return kind, reason
	}
	switch strings.ToLower(m.Root.Params["report-type"]) {
	case "delivery-status":
		return AutoBounce, "it calls itself a delivery status notification (RFC 3464)"
	case "disposition-notification":
		return AutoReceipt, "it calls itself a message disposition notification (RFC 8098)"
	case "feedback-report":
		return AutoFeedback, "it calls itself an abuse report (RFC 5965)"
	}
	return AutoNone, ""
}

// deliveryStatusKind tells a DSN that reports success alone from others.
func deliveryStatusKind(p *Part) (AutoKind, string) {
	const head = 64 << 10
	success := false
	for line := range bytes.Lines(p.Content(head)) {
		name, value, _ := strings.Cut(strings.ToLower(string(line)), ":")
		if strings.TrimSpace(name) != "action" {
			continue
		}
		switch action, _ := parseParams(value); strings.TrimSpace(action) {
		case "delivered", "relayed", "expanded":
			success = true
		default:
			return AutoBounce, "it is a delivery status notification (RFC 3464)"
		}
	}
	if success {
		return AutoReceipt, "it is a delivery status notification of success (RFC 3464)"
	}
	return AutoBounce, "it is a delivery status notification (RFC 3464)"
}

// bounceShape recognises bounces from before RFC 3464 and those of qmail and Exim.
// What they say is read by package mail/bounce.
//
// QUIRK: the name alone says it where there is no address, as in "MAILER-DAEMON <>".
func bounceShape(m *Message, null bool) (AutoKind, string) {
	if m.Header.Has("X-Failed-Recipients") {
		return AutoBounce, "it has the field X-Failed-Recipients"
	}
	from := strings.Join(append(m.Header.Values("From"), m.Header.Values("Sender")...), " ")
	if daemonSender.MatchString(from) {
		return AutoBounce, "it is from MAILER-DAEMON"
	}
	failure := failureSubject.MatchString(m.Subject)
	switch {
	case postmasterSender.MatchString(from) && (null || failure) && !answersPerson(m):
		return AutoBounce, "a postmaster reports a failure"
	case failure && (null || daemonSender.MatchString(m.Header.Get("Return-Path"))):
		return AutoBounce, "its sender is a mail system and its subject reports a failure"
	case failure && returnsMessage(m):
		return AutoBounce, "its subject reports a failure and it returns a message"
	case complaintSubject.MatchString(m.Subject) && returnsMessage(m):
		return AutoFeedback, "its subject is that of an abuse report and it returns a message"
	}
	return AutoNone, ""
}

// returnsMessage reports whether another message, or its header, is attached.
func returnsMessage(m *Message) (found bool) {
	m.Root.Walk(func(p *Part) bool {
		found = found || p != m.Root && (p.holdsMessage() || p.Type == "text/rfc822-headers")
		return !found
	})
	return found
}

// answersPerson is true for a message that a person wrote as an answer: robots do not
// begin their subject with Re.
func answersPerson(m *Message) bool { return answerSubject.MatchString(m.Subject) }

// autoSubmitted reads RFC 3834 5: everything but "no" is automatic.
func autoSubmitted(m *Message, _ bool) (AutoKind, string) {
	for _, value := range m.Header.Values("Auto-Submitted") {
		word, _ := parseParams(value)
		word, _, _ = strings.Cut(word, " ")
		switch {
		case word == "" || word == "no":
		case strings.HasPrefix(word, "auto-replied"):
			return AutoReply, "it is marked Auto-Submitted: auto-replied (RFC 3834)"
		default:
			return AutoNotice, "it is marked Auto-Submitted: " + truncate(cleanLine(word), 40) + " (RFC 3834)"
		}
	}
	return AutoNone, ""
}

// responderField are fields that only answering machines write: presence suffices,
// unless a value has to be there too.
var responderField = []struct{ name, value string }{
	{"X-Autoreply", ""}, {"X-Autoreply-From", ""}, {"X-Auto-Reply", ""}, {"X-Autorespond", ""}, {"X-Autoresponder", ""},
	{"X-Mail-Autoreply", ""}, {"X-Autogenerated", ""}, {"X-Auto-Generated", ""}, {"X-Vacation", ""}, {"X-ProQueSys-AutoReply", ""},
	{"X-MS-Exchange-Inbox-Rules-Loop", ""}, {"X-MS-Exchange-Generated-Message-Source", "mailbox rules agent"},
	{"X-Message-Class", "ipm.note.rules"}, {"Message-Class", "ipm.note.rules"}, {"X-MessageClass", "ipm.note.rules"}, {"Content-Class", "oof"},
	{"X-Outlook-Oof", ""}, {"X-POST-MessageClass", "autoresponder"}, {"X-FC-MachineGenerated", "true"}, {"X-Apple-Action", "vacation"},
	{"Delivered-To", "autoresponder"}, {"Precedence", "auto_reply"}, {"Precedence", "auto-reply"}, {"Preference", "auto_reply"},
	{"X-Precedence", "auto_reply"}, {"X-Mailer", "vacation"}, {"X-Mailer", "autorespond"}, {"User-Agent", "vacation/"},
	{"X-Amz-Sns-Message-Id", ""}, {"X-Bluebottle-Request", ""}, {"X-Boxbe-Request", ""}, {"X-Spamarrest-Noauth", ""}, {"X-TMDA-Confirm", ""},
}

// responderFields recognises answering machines that do not know RFC 3834.
func responderFields(m *Message, _ bool) (AutoKind, string) {
	for _, f := range responderField {
		for _, value := range m.Header.Values(f.name) {
			value = strings.ToLower(value)
			if strings.Contains(value, f.value) && value != "no" && value != "false" {
				return AutoReply, "it has the field " + f.name + " of an answering machine"
			}
		}
	}
	return AutoNone, ""
}

// nullSenderRule: people do not send with the null sender (RFC 5321 4.5.5).
func nullSenderRule(_ *Message, null bool) (AutoKind, string) {
	if null {
		return AutoReply, "it was sent with the null sender"
	}
	return AutoNone, ""
}

// subjectRule is the last resort. A subject counts if it is one that answering
// machines write, at its beginning; a person's "Re: out of office policy" is none. The
// weaker ones count only if the message answers another without saying Re.
func subjectRule(m *Message, _ bool) (AutoKind, string) {
	if isListMail(m.Header) || answersPerson(m) {
		return AutoNone, ""
	}
	subject := subjectTag.ReplaceAllString(m.Subject, "")
	answers := len(m.InReplyTo) > 0 || len(m.References) > 0
	if responderSubject.MatchString(subject) || answers && awaySubject.MatchString(subject) {
		return AutoReply, "its subject is that of an answering machine"
	}
	return AutoNone, ""
}

func isListMail(h Header) bool {
	return h.Has("List-Id") || h.Has("List-Post") || h.Has("Mailing-List") || strings.EqualFold(h.Get("Precedence"), "list")
}

// listRule recognises what was distributed to many.
func listRule(m *Message, _ bool) (AutoKind, string) {
	if isListMail(m.Header) {
		return AutoList, "it came through a mailing list"
	}
	switch precedence := strings.ToLower(m.Header.Get("Precedence")); precedence {
	case "bulk", "junk":
		return AutoBulk, "it is marked Precedence: " + precedence
	}
	if m.Header.Has("List-Unsubscribe") {
		return AutoBulk, "it has the field List-Unsubscribe"
	}
	return AutoNone, ""
}
