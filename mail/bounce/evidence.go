package bounce

import "strings"

// A stage is the point of the SMTP dialogue at which a reply was given. The same words
// mean less behind DATA, where filters speak, than in answer to RCPT.
type stage int

const (
	stageUnknown stage = iota
	stageConnect       // greeting, HELO, EHLO, STARTTLS, AUTH
	stageMail
	stageRcpt
	stageData
)

// stageWords name the stage outright, in the words of the mail system that reports.
var stageWords = []struct {
	stage stage
	words []string
}{
	{stageRcpt, []string{"in reply to rcpt to", "after rcpt to", "after rcpt command", "after pipelined rcpt", "does not like recipient", "[rcpt_to]", "like our rcpt to",
		"smtp:rcpt", "following rcpt command", "(state 14)", "rejected recipient <", "rcpt to generated following", "for rcpt command", "has rejected address"}},
	{stageData, []string{"end of data", "in reply to data", "after data command", "after i sent the message", "(state 17)", "(state 18)", "step: data", "for text command", "[data]",
		"after sending the message", "after pipelined data", "after data:", "smtp command data", "message delivery dot"}},
	{stageMail, []string{"in reply to mail from", "after mail from", "after pipelined mail from", "after mail command", "(state 13)", "rejected mail from", "[mail_from]", "does not like sender", "like our mail from", "smtp command mail"}},
	{stageConnect, []string{"after initial connection", "refused to talk to me", "name was rejected", "in reply to ehlo", "in reply to helo", "after ehlo", "after helo", "but greeting failed", "in reply to starttls"}},
}

// stageOf finds the stage in a text in lower case: where it is named, or by the last
// command in front of the first refusal of a transcript.
func stageOf(lower string) stage {
	for _, s := range stageWords {
		if containsAny(lower, s.words) {
			return s.stage
		}
	}
	refused := strings.Index(lower, "<<< 5")
	if refused < 0 {
		if refused = strings.Index(lower, "<<< 4"); refused < 0 {
			return stageUnknown
		}
	}
	return stageOfCommand(lower[:refused])
}

func stageOfCommand(transcript string) stage {
	_, command, found := cutLast(transcript, ">>> ")
	switch {
	case !found:
		return stageUnknown
	case strings.HasPrefix(command, "rcpt"):
		return stageRcpt
	case strings.HasPrefix(command, "mail"):
		return stageMail
	case strings.HasPrefix(command, "ehlo"), strings.HasPrefix(command, "helo"):
		return stageConnect
	case strings.HasPrefix(command, "data"), strings.HasPrefix(command, "."):
		return stageData
	}
	return stageUnknown
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// statusCode finds the enhanced status code (RFC 3463) in a text. One with a detail
// goes before one that ends in .0.0.
func statusCode(s string) string {
	vague := ""
	for i := 0; i+4 < len(s); i++ {
		if s[i+1] != '.' || s[i] != '2' && s[i] != '4' && s[i] != '5' || i > 0 && (isAlnum(s[i-1]) || s[i-1] == '.') {
			continue
		}
		end := i + 2
		subject, end := digits(s, end)
		if subject == "" || end >= len(s) || s[end] != '.' {
			continue
		}
		detail, end := digits(s, end+1)
		if detail == "" || end < len(s) && (isAlnum(s[end]) || s[end] == '.' && end+1 < len(s) && isAlnum(s[end+1])) {
			continue
		}
		code := s[i:end]
		if subject != "0" || detail != "0" {
			return code
		}
		if vague == "" {
			vague = code
		}
	}
	return vague
}

// digits reads one to three digits at a position.
func digits(s string, at int) (string, int) {
	end := at
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	if end-at < 1 || end-at > 3 {
		return "", at
	}
	return s[at:end], end
}

// replyAt finds an SMTP reply code (RFC 5321 4.2) for a failure and where it stands.
func replyAt(s string) (code string, at int) {
	for i := 0; i+3 <= len(s); i++ {
		if s[i] != '4' && s[i] != '5' || !isReplyCode(s[i:i+3]) {
			continue
		}
		if i > 0 && strings.IndexByte(" \n\t>:('\"[;<-=", s[i-1]) < 0 {
			continue
		}
		if i+3 == len(s) || strings.IndexByte(" -:.,\n\t]')\"<", s[i+3]) >= 0 && !isDecimal(s, i+3) {
			return s[i : i+3], i
		}
	}
	return "", -1
}

// isDecimal is true at a dot or dash behind which a number goes on, as in "550.25".
func isDecimal(s string, at int) bool {
	return s[at] == '.' && at+1 < len(s) && s[at+1] >= '0' && s[at+1] <= '9'
}

// isReplyCode leaves out the numbers between 400 and 599 that no server answers with.
func isReplyCode(s string) bool {
	if s[1] < '0' || s[1] > '9' || s[2] < '0' || s[2] > '9' {
		return false
	}
	return s[1] <= '5' && (s[1] != '0' || s[0] == '5') && (s[1] != '1' || s[0] == '5') || s[1] == '7'
}

var straightQuotes = strings.NewReplacer("’", "'", "‘", "'")

// squeeze brings a text into the form in which phrases are looked for: lower case,
// single spaces, addresses and links gone, and without the codes that multi-line
// replies repeat in the middle of sentences.
func squeeze(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, word := range strings.Fields(strings.ToLower(s)) {
		word = straightQuotes.Replace(word)
		switch {
		case isCodeWord(word):
			continue
		case strings.Contains(word, "://"):
			word = linkWord(word)
		case strings.IndexByte(word, '@') >= 0:
			word = "@" + afterAddress(word)
		}
		if word == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(word)
	}
	return b.String()
}

// linkWord keeps the topic of a help page, which Google puts into its links.
func linkWord(word string) string {
	if _, topic, found := strings.Cut(word, "?p="); found {
		return topic
	}
	return ""
}

// afterAddress is what follows an address without a space, such as "...user unknown".
func afterAddress(word string) string {
	end := strings.LastIndexByte(word, '@') + 1
	for end < len(word) && (isDomain(word[end]) || word[end] == '>') {
		end++
	}
	return word[end:]
}

// isCodeWord is true for "550", "550-5.1.1", "5.1.1" and "(#5.1.1)".
func isCodeWord(word string) bool {
	word = strings.Trim(word, "()#[]:;.,-")
	if len(word) >= 3 && (word[0] == '4' || word[0] == '5') && isReplyCode(word[:3]) {
		rest := strings.TrimLeft(word[3:], "-")
		return rest == "" || statusCode(rest) == rest
	}
	return len(word) >= 5 && len(word) <= 9 && statusCode(word) == word
}
