package list

import (
	"context"
	"strings"

	"guildpost/mail"
	"guildpost/store"
)

// Author finds who wrote what came to a list address, for what is no post: no subscription for who is no member. Trusted says
// that nothing speaks against it: their mail server has said that it is theirs, or none can say that here. The error refuses
// what could be no post either: a loop, a robot's mail, one of somebody who may not write here.
func (l *List) Author(ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message) (s store.Subscription, trusted bool, err error) {
	if err := l.inspect(c, env, m); err != nil {
		return s, false, err
	}
	p, err := l.candidate(ctx, c, env, m)
	if err != nil {
		return s, false, err
	}
	for _, ask := range []rule{ruleBan, ruleStranger} {
		if _, err := ask(ctx, l, p); err != nil {
			return s, false, err
		}
	}
	trusted = l.AuthServID == "" || l.Proven(env, m, p.arrival.From)
	if !p.member {
		return s, trusted, nil
	}
	return p.writer, trusted, nil
}

// ReadDecision reads a facilitator's answer to a question: yes or no, and what follows a no. Not clear is neither.
func ReadDecision(m *mail.Message) (yes, clear bool, reason string) {
	d, reason := readDecision(strings.TrimSpace(m.Text().New), isAnswer(m))
	return d == approveIt, d != unclear, reason
}
