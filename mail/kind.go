package mail

// A Kind is what a message is to guildpost.
type Kind string

// The kinds of messages.
const (
	KindPost       Kind = "post"       // something that a person wrote
	KindBounce     Kind = "bounce"     // a delivery status notification or what serves as one
	KindAutoReply  Kind = "autoreply"  // any other message that a program sent by itself
	KindCalendar   Kind = "calendar"   // a meeting's invitation, answer, change or cancellation
	KindFeedback   Kind = "feedback"   // an abuse report
	KindUnreadable Kind = "unreadable" // no message, or one beyond DefaultLimits
)

// KindOf says what a message is. The envelope is nil where it is not known.
func KindOf(m *Message, envelope *Envelope) Kind {
	if m.Exceeds != nil || !looksLikeMessage(m) {
		return KindUnreadable
	}
	from, null := envelope.sender()
	kind, _ := Automatic(m, from, null)
	switch {
	case kind == AutoBounce:
		return KindBounce
	case kind == AutoFeedback:
		return KindFeedback
	case kind.IsRobot():
		return KindAutoReply
	case HasCalendar(m):
		return KindCalendar
	}
	return KindPost
}

// looksLikeMessage is true if any field is there that messages have.
func looksLikeMessage(m *Message) bool {
	for _, name := range []string{"From", "Sender", "To", "Cc", "Subject", "Date", "Message-ID", "Received", "Content-Type", "Return-Path"} {
		if m.Header.Has(name) {
			return true
		}
	}
	return false
}

// sender returns the envelope sender, and whether it is known to be the null sender.
func (e *Envelope) sender() (from string, null bool) {
	if e == nil {
		return "", false
	}
	return e.From, e.From == ""
}
