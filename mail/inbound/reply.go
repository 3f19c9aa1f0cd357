package inbound

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/emersion/go-smtp"

	"guildpost/store"
)

// replies is how each kind of error is told to a mail peer (enhanced codes: RFC 3463). Conflict is for a time: the state
// that is in the way may pass, and a sender that gives up too early loses a message. Internal is for a time as well:
// a fault of ours must not cost anybody a message.
var replies = map[store.Kind]smtp.SMTPError{
	store.Internal:  {Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}},
	store.Invalid:   {Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}},
	store.NotFound:  {Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}},
	store.Conflict:  {Code: 450, EnhancedCode: smtp.EnhancedCode{4, 2, 1}},
	store.Forbidden: {Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}},
	store.Temporary: {Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}},
	store.TooLarge:  {Code: 552, EnhancedCode: smtp.EnhancedCode{5, 3, 4}},
}

// longestReply keeps a reply line with its code, and in LMTP its recipient, near the 512 octets of RFC 5321 4.5.3.1.5.
const longestReply = 400

// replyTo translates an error of the Receiver.
func replyTo(err error, utf8 bool) *smtp.SMTPError {
	r, ok := replies[store.KindOf(err)]
	if !ok {
		r = replies[store.Internal]
	}
	r.Message = sayable(store.Sentence(err), utf8)
	var e *store.Error
	var class, subject, detail int
	if errors.As(err, &e) {
		// An error may know better than its kind, as long as it says the same about trying again.
		if n, _ := fmt.Sscanf(e.Status, "%d.%d.%d", &class, &subject, &detail); n == 3 && class == r.Code/100 {
			r.EnhancedCode = smtp.EnhancedCode{class, subject, detail}
		}
	}
	return &r
}

func refusal(code int, class, subject, detail int, format string, args ...any) *smtp.SMTPError {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{class, subject, detail}, Message: fmt.Sprintf(format, args...)}
}

// sayable makes one reply line of a text: no control characters (a CR LF would be a reply of its own), and
// no UTF-8 where the peer has not asked for it.
func sayable(s string, utf8 bool) string {
	s = scrub(s, longestReply)
	if utf8 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r >= 0x7f {
			return '?'
		}
		return r
	}, s)
}

// scrub replaces what a terminal, a log or a mail peer could take for something else than text, and cuts at max octets.
func scrub(s string, max int) string {
	s = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) && r != ' ' {
			return '?'
		}
		return r
	}, s)
	if len(s) <= max {
		return s
	}
	for max > 0 && !utf8.RuneStart(s[max]) {
		max--
	}
	return s[:max]
}

// oneReply is the reply for all recipients together, as Envelope.OneReply says; nil is 250.
func oneReply(errs []*smtp.SMTPError) *smtp.SMTPError {
	var first *smtp.SMTPError
	done := 0
	for _, err := range errs {
		switch {
		case err == nil:
			done++
		case err.Temporary():
			return &smtp.SMTPError{Code: 451, EnhancedCode: err.EnhancedCode, Message: err.Message}
		case first == nil:
			first = err
		}
	}
	if done > 0 {
		return nil
	}
	return first
}
