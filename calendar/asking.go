package calendar

import (
	"context"
	"encoding/json"
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// askedFor is how long a question about an address waits, and for how long it is not asked again.
const askedFor = 30 * 24 * time.Hour

// A question is what is asked about an address that is in a request: whether it is the invited person's (RequestAlias), or
// whether its owner may come (RequestGuest).
type question struct {
	Meeting      int64        `json:"meeting"`
	Subscription int64        `json:"subscription"` // of the invited person
	Name         string       `json:"name"`         // of who has the address, as their calendar says
	Instead      bool         `json:"instead,omitempty"`
	Answers      []store.RSVP `json:"answers,omitempty"` // what waits for the word
	Source       string       `json:"source,omitempty"`  // of what counts already
}

// outsider is who a question is about.
func (q question) outsider(address string) outsider {
	return outsider{address: address, name: q.Name, instead: q.Instead, rsvps: q.Answers}
}

// questionOf is the question about an outsider.
func questionOf(a answering, o outsider) question {
	return question{Meeting: a.meeting.ID, Subscription: a.invitation.Subscription.ID, Name: o.name, Instead: o.instead, Answers: o.rsvps}
}

// ask asks some people about an address, once; write makes each one's mail, a reply to which is the word unless it says
// otherwise.
func (k *Calendar) ask(ctx context.Context, a answering, once store.Limit, r store.Request, q question,
	write func(s store.Subscription, yes templates.Ticket) letter, readers ...store.Subscription) error {
	payload, err := json.Marshal(q)
	if err != nil {
		return err
	}
	r.CommunityID, r.Payload, r.AskedAt, r.ExpiresAt = a.community.ID, string(payload), k.Now(), k.Now().Add(askedFor)
	_, asked, err := k.DB.AskOnce(ctx, once, r, func(id int64) ([]store.Notice, error) {
		var letters []letter
		for _, s := range readers {
			yes := k.ticketFor(a.community, mail.Ticket{Kind: mail.TicketMeetingAddress, Person: s.ID, Object: id})
			w := write(s, yes)
			w.community, w.to = a.community, s
			if w.from == "" {
				w.from = yes.Address
			}
			letters = append(letters, w)
		}
		return k.notices(nil, letters...)
	})
	if err == nil && !asked && len(q.Answers) > 0 {
		err = k.amend(ctx, a, r, q)
	}
	return err
}

// maxWaiting is how many answers wait for the word about an address.
const maxWaiting = 100

// amend lets further answers wait with the question that was asked already: the last one counts then.
func (k *Calendar) amend(ctx context.Context, a answering, r store.Request, q question) error {
	open, err := k.DB.OpenRequests(ctx, a.community.ID, r.Address)
	if err != nil {
		return err
	}
	for _, o := range open {
		var have question
		if o.Kind != r.Kind || json.Unmarshal([]byte(o.Payload), &have) != nil || have.Meeting != q.Meeting {
			continue
		}
		err := k.DB.AmendRequest(ctx, o.ID, func(payload string) (string, error) {
			var is question
			if err := json.Unmarshal([]byte(payload), &is); err != nil || len(is.Answers) >= maxWaiting {
				return payload, err
			}
			is.Answers = append(is.Answers, q.Answers...)
			text, err := json.Marshal(is)
			return string(text), err
		})
		if err != nil && store.KindOf(err) != store.Conflict {
			return err
		}
	}
	return nil
}

// ticketFor makes a ticket's address and link.
func (k *Calendar) ticketFor(c store.Community, t mail.Ticket) templates.Ticket {
	return k.ticket(c, k.Keys.Seal(t))
}

// askAlias asks the invited person whether an address that answered in their name is theirs. What it answered counts.
func (k *Calendar) askAlias(ctx context.Context, a answering, v verdict) error {
	address, err := mail.Canonical(v.alias.Address)
	if err != nil || len(v.rsvps) == 0 {
		return nil
	}
	own := a.invitation.Subscription
	once := store.Limit{Name: "rsvp alias " + own.Address + " " + address, Most: 1, Within: askedFor}
	q := question{Meeting: a.meeting.ID, Subscription: own.ID, Name: personName(v.alias.Name), Source: v.rsvps[0].Source}
	return k.ask(ctx, a, once, store.Request{Kind: store.RequestAlias, Address: address}, q, func(s store.Subscription, yes templates.Ticket) letter {
		return letter{data: templates.MeetingAlias{For: forReader(a.community, s), Title: a.meeting.Title, Address: address,
			Answer: string(v.rsvps[0].Answer), Yes: yes}}
	}, own)
}

// askGuest asks who decides about the meeting whether an outsider may come.
func (k *Calendar) askGuest(ctx context.Context, a answering, o outsider) error {
	deciders, err := k.deciders(ctx, a.community, a.meeting)
	if err != nil {
		return err
	}
	answer := ""
	if len(o.rsvps) > 0 {
		answer = string(o.rsvps[0].Answer)
	}
	once := store.Limit{Name: "rsvp guest-asked " + a.meeting.UID + " " + o.address, Most: 1, Within: askedFor}
	by := a.invitation.Subscription
	return k.ask(ctx, a, once, store.Request{Kind: store.RequestGuest, Address: o.address}, questionOf(a, o), func(s store.Subscription, yes templates.Ticket) letter {
		return letter{data: templates.MeetingGuest{For: forReader(a.community, s), Title: a.meeting.Title, Start: k.first(a.community, s, a.meeting), Name: o.name,
			Address: o.address, By: by.Name, ByAddress: by.Address, Instead: o.instead, Answer: answer, Yes: yes}}
	}, deciders...)
}
