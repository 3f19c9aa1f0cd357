package list

import (
	"context"
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// The life of a hold:
//
//	          ┌──────────────────────────────────────▶ approved: it is posted now
//	          │  a facilitator approves                 (once: the row changes state in one statement)
//	held ─────┤
//	 │  ▲     │  a facilitator rejects ─────────────▶ rejected: the author hears the reason
//	 │  │     │
//	 └──┘     └─ nobody answers for 7 days ─────────▶ expired: the author hears that
//	after 3 days the facilitators are asked again; each day they get a list of what waits
//
// Who decides second hears who was first. What was expired can be posted again; what was rejected is known when it
// comes again, and is neither posted nor held.
const (
	holdRemind = 3 * 24 * time.Hour
	holdLife   = 7 * 24 * time.Hour
)

// Bounds of what is held. A flood must not bury the facilitators, and is told to those who cause it.
const (
	strangersHeld   = 20 // a day and community, of people who are no members
	waitingOfOne    = 20 // of one author, at a time
	heldMailsMember = 5  // a day, that tell a member that a post waits
	heldMailsOthers = 1  // the same for somebody whose address nothing proves
	heldMailsInAll  = 200
)

// hold keeps a message for the facilitators and asks them.
func (l *List) hold(ctx context.Context, p *candidate, reason templates.Reason) error {
	if err := l.mayHold(ctx, p, reason); err != nil {
		return err
	}
	team, err := l.facilitators(ctx, p.community)
	if err != nil {
		return err
	}
	tell, err := l.mayTellAuthor(ctx, p)
	if err != nil {
		return err
	}
	result, err := l.DB.HoldPost(ctx, p.arrival, store.Holding{
		Reason: keptReason{reason, p.arrival.RequireTLS}.text(), RemindAt: p.arrival.Now.Add(holdRemind),
		Mails: func(h store.Hold) ([]store.Notice, error) {
			letters := l.askFacilitators(p.community, team, h, p.message, askFirst)
			if tell {
				letters = append(letters, l.tellAuthor(p, h))
			}
			return l.notices(letters...)
		}})
	if err != nil || result.Duplicate {
		return err
	}
	l.Log.Info("post held", "community", p.community.Address(), "hold", result.HoldID, "message_id", p.arrival.MessageID,
		"reason", reason.Code, "detail", reason.Detail)
	l.wake()
	if len(team) == 0 {
		return l.nobodyDecides(ctx, p.community)
	}
	return nil
}

// mayHold refuses what there is too much of already.
func (l *List) mayHold(ctx context.Context, p *candidate, reason templates.Reason) error {
	c := p.community
	if reason.Code == templates.ReasonNonMember {
		reached, err := l.DB.Allow(ctx, l.Now(), store.Limit{Name: "held-strangers " + c.Address(), Most: strangersHeld, Within: 24 * time.Hour})
		if err == nil && reached != nil {
			err = store.Errorf(store.Forbidden, "%s is not a member of %s, and too many posts of others who are not wait for its "+
				"facilitators today. Try again tomorrow, or join: write to %s", p.arrival.From, c.Title, c.FunctionAddress("join"))
		}
		return err
	}
	n, err := l.DB.HeldFrom(ctx, c.ID, p.arrival.From)
	if err == nil && n >= waitingOfOne {
		err = store.Errorf(store.Temporary, "%d posts of %s wait for the facilitators of %s; more are taken when these have been decided",
			n, p.arrival.From, c.Title)
	}
	return err
}

// mayTellAuthor says whether the author hears that a post waits. Mail that was sent to many is not answered, and nobody
// gets a flood because somebody writes in their name.
func (l *List) mayTellAuthor(ctx context.Context, p *candidate) (bool, error) {
	if kind, _ := mail.Automatic(p.message, p.arrival.Sender, false); kind != mail.AutoNone {
		return false, nil
	}
	most := heldMailsOthers
	if p.member {
		most = heldMailsMember
	}
	reached, err := l.DB.Allow(ctx, l.Now(),
		store.Limit{Name: "held " + p.arrival.From, Most: most, Within: 24 * time.Hour},
		store.Limit{Name: "held-mails", Most: heldMailsInAll, Within: time.Hour})
	return reached == nil, err
}

// tellAuthor says that a post waits. To somebody whose address nothing proves it repeats nothing of the post: it may
// have been written in their name.
func (l *List) tellAuthor(p *candidate, h store.Hold) letter {
	w := l.authorLetter(p)
	subject := h.Subject
	if !p.member {
		subject = ""
	}
	w.data = templates.HeldAuthor{For: forReader(p.community, w.name), Subject: subject, Reason: ReasonOf(h),
		Since: h.Since.In(l.zone(p.community, p.writer)), Days: int(holdLife / (24 * time.Hour))}
	return w
}

// authorLetter is a letter to the author of a candidate, as an answer to it.
func (l *List) authorLetter(p *candidate) letter {
	w := letter{community: p.community, to: p.arrival.From}
	if p.member {
		w = to(p.community, p.writer, nil)
		w.to = p.arrival.From
	}
	w.answers = p.message
	return w
}

// asking is why the facilitators are asked about a post.
type asking int

const (
	askFirst   asking = iota
	askAgain          // nobody answered
	askUnclear        // the answer was neither a yes nor a no
)

// askFacilitators makes the mail that asks each facilitator about a post. A plain reply to it is understood too.
func (l *List) askFacilitators(c store.Community, team []store.Subscription, h store.Hold, m *mail.Message, why asking) (letters []letter) {
	name := ""
	if len(m.From) > 0 {
		name = m.From[0].Name
	}
	text, attached := m.Text().New, l.attachedPost(c, m)
	for _, f := range team {
		approve, reject := l.holdTickets(c, f, h)
		w := to(c, f, templates.HeldFacilitator{For: forReader(c, f.Name), From: name, Address: h.From, Subject: h.Subject,
			Reason: ReasonOf(h), Since: h.Since.In(l.zone(c, f)), Text: text, Again: why != askFirst, Unclear: why == askUnclear,
			Expires: h.Since.Add(holdLife).In(l.zone(c, f)), Approve: approve, Reject: reject, ReplyApproves: true})
		w.from, w.attach = approve.Address, []mail.Attachment{attached}
		letters = append(letters, w)
	}
	return letters
}

// holdTickets decide about a post. They are good for longer than the post waits, so that who comes late hears what
// became of it.
func (l *List) holdTickets(c store.Community, f store.Subscription, h store.Hold) (approve, reject templates.Ticket) {
	until := h.Since.Add(4 * holdLife)
	return l.ticket(c, mail.Ticket{Kind: mail.TicketHoldApprove, Person: f.ID, Object: h.ID, Expires: until}),
		l.ticket(c, mail.Ticket{Kind: mail.TicketHoldReject, Person: f.ID, Object: h.ID, Expires: until})
}

// maxAttached is how large a post may be to be attached whole to the mails that ask about it, in bytes.
const maxAttached = 2_000_000

// attachedPost is the post as a part of another mail. Of a large one the texts are attached, with notes in place of the
// rest.
func (l *List) attachedPost(c store.Community, m *mail.Message) mail.Attachment {
	raw := mail.CanonicalCRLF(m.Raw)
	if len(raw) > maxAttached {
		lang := l.language(c, "")
		raw, _ = replaceParts(raw, func(p *mail.Part) (string, bool) {
			size := sizeText(int64(p.Body.Len()))
			return templates.Say(lang, "post.left-out", templates.Args{Value: fileName(p) + ", " + size}), isFile(p)
		})
	}
	if len(raw) > maxAttached {
		raw = raw[:maxAttached]
	}
	raw, _ = mail.WrapLongLines(raw)
	return mail.Attachment{Type: "message/rfc822", Name: "post.eml", Data: raw}
}

// nobodyDecides tells the postmaster, once a day, that something waits in a community that nobody leads.
func (l *List) nobodyDecides(ctx context.Context, c store.Community) error {
	return l.tellPostmaster(ctx, "no facilitator "+c.Address(), 1, templates.Trouble{Title: "nobody can decide about what waits in " + c.Address(),
		Text: "Posts or requests to join wait for a facilitator, and this community has none.\n" +
			"guildpost role grant " + c.Address() + " ADDRESS facilitator makes one; guildpost held list shows the posts, and " +
			"guildpost held approve and reject decide about them."})
}
