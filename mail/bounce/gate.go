package bounce

import (
	"strings"

	"guildpost/mail"
)

// isReport decides whether the message is a report about a delivery at all. Formats
// decide it at once; otherwise the marks of a mail system have to come together with
// a sentence about a failure, since people write about bounces, too.
func (doc *document) isReport() bool {
	if doc.isMultipartReport() && len(doc.status) > 0 || (doc.isMultipartReport() || len(doc.status) > 0) && doc.marks() > 0 {
		return true
	}
	if doc.header.Has("X-Failed-Recipients") {
		return true
	}
	if _, ok := doc.snsNotification(); ok {
		return true
	}
	if doc.header.Has("X-MLServer") && len(doc.membership()) > 0 {
		return true
	}
	marks := doc.marks()
	if doc.isReply() && !fromSystem(doc.header) {
		marks--
	}
	switch {
	case marks <= 0:
		return doc.openingSays()
	case marks == 1:
		return doc.says()
	}
	return doc.says() || marks > 2 || len(doc.listed()) > 0
}

func (doc *document) isMultipartReport() bool {
	kind := strings.ToLower(doc.params["report-type"])
	return doc.kind == "multipart/report" && (kind == "" || kind == "delivery-status")
}

// isReply is true for what looks like a person's answer.
func (doc *document) isReply() bool {
	return doc.header.Has("In-Reply-To") || doc.header.Has("References")
}

// marks counts the signs of a mail system's own message.
func (doc *document) marks() int {
	n := 0
	if fromSystem(doc.header) {
		n++
	}
	if isNullPath(doc.header) {
		n++
	}
	if isReportSubject(mail.DecodeWords(doc.header.Get("Subject"))) {
		n++
	}
	return n
}

// isNullPath is true for the null reverse-path of RFC 5321 4.5.5.
func isNullPath(h mail.Header) bool {
	if h.Has("Return-Path") && strings.Trim(h.Get("Return-Path"), "<> ") == "" {
		return true
	}
	from := h.Get("From")
	return strings.HasSuffix(strings.TrimSpace(from), "<>") || h.Has("From") && from == ""
}

// systemNames are local parts of mail systems without their punctuation.
var systemNames = []string{
	"mailerdaemon", "postmaster", "maildaemon", "mdaemon", "maildeliverysystem", "maildelivery", "postmast",
	"mailadmin", "deliverysystem", "smtpmailservice", "mailsystem", "bounce", "undeliverable", "mailerror",
	"daemon", "inetgw", "imss", "deliverynotification",
}

// fromSystem recognises the sender names of mail systems.
func fromSystem(h mail.Header) bool {
	from := strings.ToLower(h.Get("From"))
	for _, phrase := range []string{"mail delivery", "mail deliver ", "mailer-daemon", "mailer daemon", "delivery subsystem", "system administrator", "delivery system", "mail administrator", "notificationrecipients", "interscan notification", "message delivery"} {
		if strings.Contains(from, phrase) {
			return true
		}
	}
	address := from
	if f, ok := nextAddress(from, 0); ok {
		address = localPart(f.address)
	}
	name := lettersOf(address)
	for _, system := range systemNames {
		if strings.HasPrefix(name, system) || strings.HasSuffix(name, system) {
			return true
		}
	}
	return false
}

// lettersOf is s without everything but ASCII letters.
func lettersOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, s)
}

// isReportSubject recognises the subjects of reports in the languages in which mail
// systems write them.
func isReportSubject(subject string) bool {
	subject = strings.ToLower(subject)
	for _, phrase := range reportSubjects {
		if strings.Contains(subject, phrase) {
			return true
		}
	}
	return false
}

// says reports whether the text has a sentence about a failure anywhere.
func (doc *document) says() bool {
	return saysFailed(strings.ToLower(doc.words))
}

// openingSays is for messages without any mark: the failure has to be said in the
// first few lines, not quoted, and next to an address.
func (doc *document) openingSays() bool {
	if doc.isReply() && !doc.header.Has("Auto-Submitted") {
		return false
	}
	lines := 0
	for _, line := range doc.lines {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if lines++; lines > 8 || strings.HasPrefix(line, ">") {
			return false
		}
		if len(line) < 200 && saysPlainly(line) {
			return true
		}
	}
	return false
}

func saysFailed(lower string) bool {
	return containsAny(lower, failurePhrases)
}

// saysPlainly is the stricter choice for messages that have no other mark: the
// address stands right behind the phrase.
func saysPlainly(line string) bool {
	lower := strings.ToLower(line)
	for _, phrase := range plainPhrases {
		_, rest, found := strings.Cut(lower, phrase)
		if !found {
			continue
		}
		if f, ok := nextAddress(rest, 0); ok && f.start < 6 {
			return true
		}
	}
	return false
}

func containsAny(s string, phrases []string) bool {
	for _, phrase := range phrases {
		if strings.Contains(s, phrase) {
			return true
		}
	}
	return false
}
