package calendar

import (
	"context"
	"strings"
	"time"
	"unicode"

	"guildpost/calendar/itip"
	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// An outsider is somebody who answered with an invitation that is not theirs, or who is to come in the invited person's place.
type outsider struct {
	address string // canonical
	name    string
	instead bool         // in the invited person's place
	rsvps   []store.RSVP // what they answered; none where they said nothing
}

// maxOutsiders is how many one message can name; nobody sends more people in their place.
const maxOutsiders = 5

// takeOther adds what somebody who is not the invited person answered. A member has an invitation of their own, and nobody
// answers for them with another one.
func (k *Calendar) takeOther(ctx context.Context, a answering, answer itip.Answer, v *verdict) error {
	r, problem := k.rsvp(a, answer)
	if problem != "" {
		v.problem = problem
		return nil
	}
	o := outsider{instead: isDelegate(v.rsvps, answer.Attendee.Address)}
	for _, from := range answer.DelegatedFrom {
		known, err := k.known(ctx, a, itip.Person{Address: from})
		if err != nil {
			return err
		}
		o.instead = o.instead || known == invited
	}
	if r.Answer != "" {
		o.rsvps = []store.RSVP{r}
	}
	return k.addOutsider(ctx, a, answer.Attendee, o, v)
}

// addOutsider adds somebody to a verdict, once.
func (k *Calendar) addOutsider(ctx context.Context, a answering, p itip.Person, o outsider, v *verdict) (err error) {
	known, err := k.known(ctx, a, p)
	if err != nil {
		return err
	}
	o.name = personName(p.Name)
	o.address, err = mail.Canonical(p.Address)
	if known != stranger || err != nil || len(v.outsiders) == maxOutsiders {
		if known != member || !o.instead {
			v.problem, v.other = "other", p.Address
		}
		return nil
	}
	for i := range v.outsiders {
		if have := &v.outsiders[i]; have.address == o.address {
			have.rsvps, have.instead = append(have.rsvps, o.rsvps...), have.instead || o.instead
			if have.name == "" {
				have.name = o.name
			}
			return nil
		}
	}
	v.outsiders = append(v.outsiders, o)
	return nil
}

// delegates are the addresses of those whom the invited person sends; those whom the community does not know are outsiders.
func (k *Calendar) delegates(ctx context.Context, a answering, answer itip.Answer, v *verdict) (all []string, err error) {
	for _, address := range answer.DelegatedTo {
		known, err := k.known(ctx, a, itip.Person{Address: address})
		if err != nil {
			return nil, err
		}
		if known == invited || len(all) == maxOutsiders {
			continue
		}
		all = append(all, address)
		if err := k.addOutsider(ctx, a, itip.Person{Address: address}, outsider{instead: true}, v); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// isDelegate says whether somebody was sent by one of these answers.
func isDelegate(rsvps []store.RSVP, address string) bool {
	for _, r := range rsvps {
		for sent := range strings.SplitSeq(r.Delegate, ", ") {
			if address != "" && strings.EqualFold(sent, address) {
				return true
			}
		}
	}
	return false
}

// personName is a name as it may be kept: what a stranger's mail says somebody is called.
func personName(name string) string {
	const longest = 100
	name = strings.Join(strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if runes := []rune(name); len(runes) > longest {
		name = string(runes[:longest])
	}
	return name
}

// outsider does with somebody what the community wants, and tells the invited person, once. Guests of the meeting answer for
// themselves, with whichever invitation they have: their calendar takes it for one and the same.
func (k *Calendar) outsider(ctx context.Context, a answering, o outsider) error {
	guest, err := k.guestOf(ctx, a.meeting, o.address)
	switch {
	case err == nil:
		return k.guestAnswered(ctx, a, guest, o)
	case store.KindOf(err) != store.NotFound:
		return err
	}
	rule, err := k.guestRule(ctx, a, o)
	if err != nil {
		return err
	}
	switch rule {
	case store.GuestsCome:
		by := store.Actor{Who: a.invitation.Subscription.Address, Via: "mail <" + a.message.MessageID + ">", At: k.Now()}
		err = k.inviteGuest(ctx, by, a.community, a.meeting, o)
	case store.GuestsAsk:
		err = k.askGuest(ctx, a, o)
	default:
		err = k.refuseGuest(ctx, a, o)
	}
	if err != nil {
		return err
	}
	return k.tellOutsider(ctx, a, o, rule)
}

// outsidersADay is how many people one invitation can bring up, and how often one address can be.
const (
	outsidersADay      = 10
	invitedElsewhereAs = 3
)

// guestRule is the community's rule as it can be followed: who is banned does not come, there must be somebody to ask, and
// nobody makes us write to any number of strangers.
func (k *Calendar) guestRule(ctx context.Context, a answering, o outsider) (store.GuestRule, error) {
	banned, err := k.DB.BanOf(ctx, k.Now(), a.community.ID, o.address)
	if err != nil || banned != nil || a.community.MeetingGuests == store.GuestsRefuse {
		return store.GuestsRefuse, err
	}
	if a.community.MeetingGuests == store.GuestsAsk {
		deciders, err := k.deciders(ctx, a.community, a.meeting)
		if err != nil || len(deciders) == 0 {
			return store.GuestsRefuse, err
		}
	}
	const day = 24 * time.Hour
	reached, err := k.DB.Allow(ctx, k.Now(), store.Limit{Name: "rsvp guests-by " + a.invitation.Subscription.Address, Most: outsidersADay, Within: day},
		store.Limit{Name: "rsvp guest " + o.address, Most: invitedElsewhereAs, Within: day})
	if err != nil || reached != nil {
		return store.GuestsRefuse, err
	}
	return a.community.MeetingGuests, nil
}

// tellOutsider tells the invited person who came up, and asks whether that is them: their answer stays as it was. A "yes" to that
// mail would be to anything, so a plain reply reaches people.
func (k *Calendar) tellOutsider(ctx context.Context, a answering, o outsider, rule store.GuestRule) error {
	policy := string(rule)
	if rule == store.GuestsAsk {
		policy = "ask"
	}
	once := store.Limit{Name: "rsvp other " + a.meeting.UID + " " + a.invitation.Subscription.Address + " " + o.address, Most: 1, Within: askedFor}
	return k.ask(ctx, a, once, store.Request{Kind: store.RequestAlias, Address: o.address}, questionOf(a, o), func(s store.Subscription, yes templates.Ticket) letter {
		return letter{from: a.community.FunctionAddress("owner"), data: templates.MeetingStranger{For: forReader(a.community, s), Policy: policy,
			Title: a.meeting.Title, Name: o.name, Address: o.address, Instead: o.instead, Answer: k.ticket(a.community, a.invitation.Token), Own: yes}}
	}, a.invitation.Subscription)
}
