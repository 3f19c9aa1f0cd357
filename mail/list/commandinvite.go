package list

import (
	"context"
	"strings"
	"time"

	"guildpost/store"
	"guildpost/templates"
)

// How many invitations a member may send.
const invitesAMember = 20 // a day

// planInvite: "invite ADDRESS", and behind it a note.
func planInvite(ctx context.Context, l *List, a *asker, c command) (plan, error) {
	word, note, _ := strings.Cut(a.withoutList(c.args), " ")
	if word == "" {
		return plan{}, l.missing(a, c)
	}
	address, err := l.parseAddress(a, word)
	if err != nil {
		return plan{}, err
	}
	if ours, err := l.isOurs(ctx, address); err != nil || ours {
		return plan{}, l.orRefuse(err, a, "command.address", templates.Args{Value: a.quote(word)})
	}
	if address == a.address || address == a.s.Address {
		return plan{}, l.refuse(a, "command.yourself", templates.Args{})
	}
	if a.community.Closed {
		return plan{}, l.refuse(a, "command.closed", templates.Args{})
	}
	open, err := l.DB.OpenRequests(ctx, a.community.ID, address)
	if err != nil {
		return plan{}, err
	}
	for _, r := range open {
		if r.Kind == store.RequestInvite {
			return plan{}, l.refuse(a, "command.invited-already", templates.Args{Address: address, When: r.AskedAt.In(l.zone(a.community, a.s))})
		}
	}
	note = a.ownWords(strings.TrimSpace(note))
	p := plan{line: strings.TrimSpace("invite " + address + " " + note)}
	p.do = func(ctx context.Context) (result, error) { return l.invite(ctx, a, address, note) }
	return p, nil
}

func (l *List) invite(ctx context.Context, a *asker, address, note string) (result, error) {
	reached, err := l.DB.Allow(ctx, l.Now(), store.Limit{Name: "invites " + a.s.Address, Most: invitesAMember, Within: 24 * time.Hour})
	if err != nil {
		return result{}, err
	}
	if reached != nil {
		return result{}, l.refuse(a, "command.enough", templates.Args{})
	}
	err = l.Join(ctx, a.community, Application{Address: address, By: a.s.Address, ByName: a.s.Called(), Note: note, Source: domainOf(a.s.Address)})
	return result{done: true, text: l.say(a, "command.invited", templates.Args{Address: address})}, err
}

// maxThanks is how long the reason of thanks gets, in octets.
const maxThanks = 300

// planThanks: "thanks ADDRESS for the review", or a name where it is plain who that is.
func planThanks(ctx context.Context, l *List, a *asker, c command) (plan, error) {
	who, note := thanksParts(a.withoutList(c.args))
	if who == "" {
		return plan{}, l.missing(a, c)
	}
	s, err := l.oneMember(ctx, a, who)
	if err != nil {
		return plan{}, err
	}
	if s.MemberID == a.s.MemberID {
		return plan{}, l.refuse(a, "command.yourself", templates.Args{})
	}
	note = a.ownWords(cutAt(note, maxThanks))
	p := plan{line: "thanks " + s.Address}
	if note != "" {
		p.line += " for " + note
	}
	p.do = func(ctx context.Context) (result, error) {
		outcome, err := l.DB.Thank(ctx, store.Thanks{CommunityID: a.community.ID, From: a.s.MemberID, To: s.MemberID, Note: note, At: l.Now(),
			TellAt: l.tellThanksAt(a.community, s, l.Now())})
		switch {
		case err != nil:
			return result{}, err
		case outcome == store.ThanksEnough:
			return result{}, l.refuse(a, "command.thanks-enough", templates.Args{N: store.ThanksADay})
		case outcome == store.ThanksAlready:
			return result{done: true, text: l.say(a, "command.thanks-already", templates.Args{Name: s.Called()})}, nil
		}
		return result{done: true, text: l.say(a, "command.thanks", templates.Args{Name: s.Called()})}, nil
	}
	return p, nil
}
