package list

import (
	"context"

	"guildpost/mail"
	"guildpost/templates"
)

// NotDelivered tells a sender about recipients that were refused for good, where SMTP had one reply for all of them and
// others got the message. Nobody is told where there is no sender, or a robot is.
func (l *List) NotDelivered(ctx context.Context, env mail.Envelope, m *mail.Message, failures []templates.Failure) error {
	sender, err := mail.Canonical(env.From)
	kind, _ := mail.Automatic(m, env.From, env.From == "")
	if err != nil || kind != mail.AutoNone {
		l.Log.Warn("nobody could be told that recipients were refused", "from", env.From, "message_id", m.MessageID, "refused", len(failures))
		return nil
	}
	return l.send(ctx, letter{to: sender, answers: m, data: templates.NotDelivered{Subject: m.Subject, Failures: failures}})
}
