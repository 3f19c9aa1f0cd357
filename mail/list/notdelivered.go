package list

import (
	"context"
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// How often a refusal is told by mail where the protocol could not say it: From is no proof, and the mail may be junk.
const (
	refusalsToOne = 5   // a day
	refusalsInAll = 200 // an hour
)

// NotDelivered tells a sender about recipients that were refused for good, where SMTP had one reply for all of them and
// others got the message, or where there was no reply at all (IMAP). Nobody is told where there is no sender, or a robot is.
func (l *List) NotDelivered(ctx context.Context, env mail.Envelope, m *mail.Message, failures []templates.Failure) error {
	sender, err := mail.Canonical(env.From)
	kind, _ := mail.Automatic(m, env.From, env.From == "")
	if err != nil || kind != mail.AutoNone {
		l.Log.Warn("nobody could be told that recipients were refused", "from", env.From, "message_id", m.MessageID, "refused", len(failures))
		return nil
	}
	w := letter{to: sender, answers: m, data: templates.NotDelivered{Subject: m.Subject, Nobody: len(failures) == len(env.To), Failures: failures}}
	if env.NoReply {
		if told, err := l.mayRefuse(ctx, sender); err != nil || !told {
			return err
		}
		known, err := l.DB.SubscriptionsAt(ctx, sender)
		if err != nil {
			return err
		}
		if len(known) == 0 && !l.Proven(env, m, sender) {
			// It may be junk in a stranger's name: not a word of it goes there.
			w.answers = nil
			w.data = templates.NotDelivered{Nobody: len(failures) == len(env.To), Failures: failures}
		}
	}
	return l.send(ctx, w)
}

// mayRefuse counts a refusal that is told by mail.
func (l *List) mayRefuse(ctx context.Context, sender string) (bool, error) {
	reached, err := l.DB.Allow(ctx, l.Now(), store.Limit{Name: "refusal " + sender, Most: refusalsToOne, Within: 24 * time.Hour},
		store.Limit{Name: "refusals", Most: refusalsInAll, Within: time.Hour})
	if reached != nil {
		l.Log.Warn("a refusal was not told, since a limit is reached", "to", sender, "limit", reached.Name)
	}
	return err == nil && reached == nil, err
}
