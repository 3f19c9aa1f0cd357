package bounce

import (
	"strings"

	"guildpost/mail"
)

// returnedMarks are what stands in the line in front of a returned message, in lower
// case. The line is short and has little else, see isReturnedMark.
var returnedMarks = []string{
	"below this line is a copy", "this is a copy of", "is a copy of the",
	"copy of the original message:", "original message follows", "--- original message", "----- original message",
	"-----original message", "-------original m", "returned mail --", "returned message --", "returned mail follows",
	"message headers follow", "message header follows", "unsent message follows", "unsent message below",
	"message text follows", "mensaje original adjunto", "header of the original message",
	"original message headers", "original message attached", "original message as received",
	"lines of your original message", "old message:", "your message reads (in part)", "here is your returned mail",
	"message non-deliverable", "--- undelivered message", "--- message header", "end of error report",
	"kopie der nachricht", "ursprüngliche nachricht", "originalnachricht", "en-têtes du message", "en-têtes de message d",
	"message d'origine", "encabezados de mensajes originales", "mensaje original --", "intestazioni messaggi originali",
	"oorspronkelijke bericht", "исходное сообщение", "текст письма", "元のメッセージ", "原始邮件", "原邮件",
	"kopia oryginalnej", "the body of the message is", "message contents follow", "--- included message",
	"begin message", "the following is a copy", "first 500 bytes", "your original message",
}

// returnedAt is the index of the line at which a returned message begins, or the
// number of lines.
func returnedAt(lines []string) int {
	for i, line := range lines {
		if isReturnedMark(line) || i > 0 && isReturnedHeader(lines, i) {
			if hasAddress(lines[:i]) || i > 2 {
				return i
			}
		}
	}
	return len(lines)
}

func hasAddress(lines []string) bool {
	for _, line := range lines {
		if strings.IndexByte(line, '@') >= 0 {
			return true
		}
	}
	return false
}

func isReturnedMark(line string) bool {
	if len(line) > 140 || len(line) < 6 {
		return false
	}
	line = strings.ToLower(line)
	for _, mark := range returnedMarks {
		if strings.Contains(line, mark) {
			return true
		}
	}
	return false
}

// isReturnedHeader recognises the trace fields with which a returned message begins
// where nothing announces it.
func isReturnedHeader(lines []string, i int) bool {
	line := strings.TrimPrefix(lines[i], ">")
	for _, name := range []string{"Return-Path:", "Received:"} {
		if len(line) > len(name) && strings.EqualFold(line[:len(name)], name) {
			return true
		}
	}
	return false
}

// headerWithin reads the header of a message that stands in a text, possibly quoted.
func headerWithin(lines []string) mail.Header {
	for i, line := range lines {
		if isHeaderLine(strings.TrimPrefix(line, ">")) {
			quoted := strings.HasPrefix(line, ">")
			raw := strings.Join(lines[i:], "\n")
			if quoted {
				raw = strings.TrimPrefix(strings.ReplaceAll(raw, "\n>", "\n"), ">")
			}
			header, _ := mail.SplitHeader([]byte(raw))
			return header
		}
	}
	return mail.Header{}
}

// isHeaderLine recognises a field that begins or stands in the header of a returned
// message.
func isHeaderLine(line string) bool {
	name, _, found := strings.Cut(line, ":")
	if !found || len(name) > 40 {
		return false
	}
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "received", "return-path", "from", "to", "subject", "date", "message-id", "mime-version", "sender", "delivered-to":
		return true
	}
	return false
}
