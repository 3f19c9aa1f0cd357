package bounce

import (
	"strings"

	"guildpost/mail"
)

// ownAddresses are those of whom the report was sent to, of who sent it, and of who
// sent the message that failed.
func (doc *document) ownAddresses() map[string]bool {
	own := make(map[string]bool)
	add := func(h mail.Header, names ...string) {
		for _, name := range names {
			value := h.Get(name)
			for _, address := range addresses(value[:min(len(value), 4096)], 50) {
				own[strings.ToLower(address)] = true
			}
		}
	}
	add(doc.header, "To", "From", "Reply-To", "Sender", "Errors-To")
	add(doc.original, "From", "Return-Path", "Sender", "Errors-To", "Reply-To", "List-Post", "X-Envelope-From")
	return own
}

// isOwn is true for addresses that cannot be meant as a failed recipient unless a
// report names them so: the sender's, the list's, and those of mail systems.
func (doc *document) isOwn(address string) bool {
	if doc.own[strings.ToLower(address)] {
		return true
	}
	name := lettersOf(localPart(address))
	return strings.HasPrefix(name, "mailerdaemon") || strings.HasPrefix(name, "postmaster") || name == "abuse" || name == "support" || name == "helpdesk"
}

// onlyRecipient is the recipient if the text or the header names exactly one.
func (doc *document) onlyRecipient(named []candidate) string {
	if len(named) == 1 {
		return named[0].address
	}
	if failed := doc.failedRecipients(); len(failed) == 1 {
		return failed[0].address
	}
	return ""
}

// failedRecipients are those of the X-Failed-Recipients field, which Exim and Google write.
func (doc *document) failedRecipients() []candidate {
	var list []candidate
	for _, value := range doc.header.Values("X-Failed-Recipients") {
		for _, part := range strings.Split(value, ",") {
			if address := plain(part); isAddress(address) {
				list = append(list, candidate{address: address, line: -1})
			}
		}
	}
	return unique(list)
}
