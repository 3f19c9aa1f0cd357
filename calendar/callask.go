package calendar

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// Bounds of what is asked of the facilitators. A flood must not bury them, and is told to those who cause it.
const (
	callLife       = 7 * 24 * time.Hour // after that, or when it begins, nobody has decided
	asksOfOne      = 10                 // a day, of one author
	asksOfStangers = 20                 // a day and community, of people who are no members
)

// askTeam asks the facilitators about what a calendar asks for, with all that was understood and without a calendar object: in
// their calendars it must not be before they have said so.
func (k *Calendar) askTeam(ctx context.Context, f following) error {
	team, err := k.team(ctx, f.community)
	if err != nil {
		return err
	}
	if wrong, err := k.mayPropose(ctx, &f, len(team)); err != nil || wrong != nil {
		return orHelp(err, func() error { return k.helpCaller(ctx, f.callMail, f.asked, *wrong) })
	}
	f.enter(k.Now())
	f.call.State, f.call.DecidedBy, f.call.DecidedAt = store.CallProposed, "", time.Time{}
	f.memory.Asked = f.asked
	f.call, err = k.keepCall(ctx, f, true, func(c store.Call) ([]store.Notice, error) {
		f.call = c
		letters, err := k.proposal(ctx, f, team)
		if err != nil {
			return nil, err
		}
		return k.notices(nil, letters...)
	})
	if err == nil {
		k.Log.Info("a calendar's meeting waits for the facilitators", "community", f.community.Address(), "call", f.call.ID,
			"message_id", f.message.MessageID)
	}
	return err
}

// mayPropose finds what keeps a proposal from being made, and when its time is over.
func (k *Calendar) mayPropose(ctx context.Context, f *following, team int) (wrong *misfit, err error) {
	begins := time.Time{}
	if f.asked.Whole != nil {
		m, wrong := f.asked.planned(k.Now())
		if wrong != nil {
			return wrong, nil
		}
		if m, wrong = f.asked.differing(m, k.Now()); wrong != nil && f.meeting.ID == 0 {
			return wrong, nil
		}
		if starts, _ := Next(m, k.Now(), 1); len(starts) > 0 {
			begins = starts[0].Add(m.Length)
		}
	}
	f.call.ExpiresAt = k.Now().Add(callLife)
	if !begins.IsZero() && begins.Before(f.call.ExpiresAt) {
		f.call.ExpiresAt = begins
	}
	if team == 0 {
		return nil, store.Errorf(store.Forbidden, "%s has no facilitators at the moment who could decide about a meeting", f.community.Title)
	}
	limit := store.Limit{Name: "call " + f.community.Address() + " " + f.address, Most: asksOfOne, Within: 24 * time.Hour}
	if !isIn(f.author) {
		limit = store.Limit{Name: "call-strangers " + f.community.Address(), Most: asksOfStangers, Within: 24 * time.Hour}
	}
	reached, err := k.DB.Allow(ctx, k.Now(), limit)
	if reached != nil {
		return &misfit{kind: "limit"}, err
	}
	return nil, err
}

// team are those who decide in a community.
func (k *Calendar) team(ctx context.Context, c store.Community) (team []store.Subscription, err error) {
	all, err := k.DB.Subscriptions(ctx, c.ID, store.SubscriptionFilter{Role: store.Facilitator})
	for _, s := range all {
		if isIn(s) {
			team = append(team, s)
		}
	}
	return team, err
}

// proposal are the letters of a proposal. A stranger's address may be anybody's, so nothing is said to it before a facilitator
// has decided.
func (k *Calendar) proposal(ctx context.Context, f following, team []store.Subscription) (letters []letter, err error) {
	for _, to := range team {
		w, err := k.askAbout(ctx, f, to, false)
		if err != nil {
			return nil, err
		}
		letters = append(letters, w)
	}
	if !isIn(f.author) {
		return letters, nil
	}
	w, err := k.callLetter(ctx, f, "proposed")
	return append(letters, w), err
}

// askAbout is the question to one facilitator. A plain reply decides as well.
func (k *Calendar) askAbout(ctx context.Context, f following, to store.Subscription, unclear bool) (letter, error) {
	guests, _, err := k.guests(ctx, f)
	kind := "new"
	switch {
	case f.asked.Cancelled:
		kind = "cancel"
	case f.meeting.ID != 0:
		kind = "change"
	}
	approve, decline := k.callTicket(f, to, mail.TicketCallApprove), k.callTicket(f, to, mail.TicketCallDecline)
	return letter{community: f.community, to: to, from: approve.Address, data: templates.MeetingCallAsked{For: forReader(f.community, to), Kind: kind,
		From: f.call.Name, Address: f.call.Address, Unproven: f.memory.Unproven, Stranger: f.call.SubscriptionID == 0, Organizer: f.memory.Foreign,
		Reading: k.callReading(f, to), Guests: guests, Expires: f.call.ExpiresAt.In(k.zone(f.community, to, f.meeting)), Unclear: unclear,
		Approve: approve, Decline: decline}}, err
}

// callTicket decides about a call. It is good for longer than the call waits, so that who comes late hears what became of it.
func (k *Calendar) callTicket(f following, to store.Subscription, kind mail.TicketKind) templates.Ticket {
	return k.ticket(f.community, k.Keys.Seal(mail.Ticket{Kind: kind, Person: to.ID, Object: f.call.ID, Expires: f.call.ExpiresAt.Add(4 * callLife)}))
}

// A callUse is a ticket about a call in the hand of a facilitator.
type callUse struct {
	following
	facilitator store.Subscription
	ticket      mail.Ticket
}

// callUse finds what a ticket is for; NotFound where that is gone, or who holds it is no facilitator any more.
func (k *Calendar) callUse(ctx context.Context, t mail.Ticket) (u callUse, err error) {
	u.ticket = t
	if u.call, err = k.DB.Call(ctx, t.Object); err != nil {
		return u, err
	}
	if u.facilitator, err = k.DB.Subscription(ctx, t.Person); err != nil {
		return u, err
	}
	if u.facilitator.CommunityID != u.call.CommunityID || !u.facilitator.Has(store.Facilitator) || !isIn(u.facilitator) {
		return u, store.Errorf(store.NotFound, "only facilitators decide about meetings")
	}
	if u.community, err = k.DB.Community(ctx, u.call.CommunityID); err != nil {
		return u, err
	}
	u.following, err = k.decidable(ctx, u.community, u.call)
	u.by = store.Actor{Who: u.facilitator.Address, Via: "ticket", At: k.Now()}
	return u, err
}

// decidable is a call with what is known of it, without a mail.
func (k *Calendar) decidable(ctx context.Context, c store.Community, call store.Call) (f following, err error) {
	f = following{callMail: callMail{community: c, address: call.Address}, call: call}
	if f.memory, err = memoryOf(call); err != nil {
		return f, fmt.Errorf("call %d: %w", call.ID, err)
	}
	f.asked = f.memory.Asked
	if call.SubscriptionID != 0 {
		if f.author, err = k.DB.Subscription(ctx, call.SubscriptionID); err != nil {
			return f, err
		}
	}
	f.meeting, err = k.DB.MeetingByUID(ctx, c.ID, call.MeetingUID)
	if store.KindOf(err) == store.NotFound {
		err = nil
	}
	return f, err
}

// answerCall handles a mail to a ticket that decides about a call.
func (k *Calendar) answerCall(ctx context.Context, c store.Community, _ mail.Envelope, m *mail.Message, t mail.Ticket) error {
	u, err := k.callUse(ctx, t)
	if err == nil && u.community.ID != c.ID {
		err = store.Errorf(store.NotFound, "this ticket is not one of %s", c.Address())
	}
	if err != nil {
		return err
	}
	u.by.Via = "mail <" + m.MessageID + ">"
	yes, clear, reason := k.Decision(m)
	switch {
	case t.Kind == mail.TicketCallDecline:
		yes, reason = false, m.Text().New
	case !clear && u.call.State == store.CallProposed:
		return k.askAgain(ctx, u, m)
	}
	w, err := k.decideCall(ctx, u, yes, reason)
	if err != nil {
		return err
	}
	w.answers = m
	n, err := k.notice(w)
	if err == nil {
		err = k.DB.SendNotice(ctx, k.Now(), n)
	}
	k.wake()
	return err
}

// askAgain answers what cannot be understood with the question.
func (k *Calendar) askAgain(ctx context.Context, u callUse, m *mail.Message) error {
	reached, err := k.DB.Allow(ctx, k.Now(), store.Limit{Name: "call unclear " + u.facilitator.Address, Most: helpADay, Within: 24 * time.Hour})
	if err != nil || reached != nil {
		return err
	}
	w, err := k.askAbout(ctx, u.following, u.facilitator, true)
	if err != nil {
		return err
	}
	w.answers = m
	n, err := k.notice(w)
	if err != nil {
		return err
	}
	return k.DB.SendNotice(ctx, k.Now(), n)
}

// decideCall decides, once, and returns the answer to who decided.
func (k *Calendar) decideCall(ctx context.Context, u callUse, yes bool, reason string) (letter, error) {
	about := templates.MeetingCallDecided{For: forReader(u.community, u.facilitator), Title: cmp.Or(u.asked.Title, u.meeting.Title),
		From: cmp.Or(u.call.Name, u.call.Address), Approved: yes, Reason: reason}
	w := letter{community: u.community, to: u.facilitator, from: u.community.FunctionAddress("owner")}
	var err error
	switch {
	case u.call.State == store.CallProposed && yes:
		err = k.approveCall(ctx, u)
	case u.call.State == store.CallProposed:
		err = k.declineCall(ctx, u, reason)
	case u.call.State == store.CallCalled && yes && u.call.DecidedBy == u.facilitator.Address && !u.asked.isNothing():
		u.approver = cmp.Or(u.facilitator.Name, u.facilitator.Address)
		err = k.carryOut(ctx, u.following) // it was cut off in the middle
	case u.call.DecidedBy != u.facilitator.Address || (u.call.State == store.CallCalled) != yes:
		about.Already, about.Approved, about.Reason = true, u.call.State == store.CallCalled, ""
		about.By = k.nameOf(ctx, u.community, u.call.DecidedBy)
	}
	if store.KindOf(err) == store.Conflict && err != nil { // another one was faster
		again, readErr := k.callUse(ctx, u.ticket)
		if readErr != nil {
			return w, readErr
		}
		if again.call.State == store.CallProposed {
			return w, store.Errorf(store.Temporary, "%w", err)
		}
		again.by = u.by
		return k.decideCall(ctx, again, yes, reason)
	}
	w.data = about
	return w, err
}

// nameOf is who has an address, "" for nobody.
func (k *Calendar) nameOf(ctx context.Context, c store.Community, address string) string {
	s, err := k.DB.SubscriptionByAddress(ctx, c.ID, address)
	if err == nil && s.Name != "" {
		return s.Name
	}
	return address
}

// approveCall decides, and then does what was asked for. What keeps it from being done is told to who called.
func (k *Calendar) approveCall(ctx context.Context, u callUse) error {
	if err := k.DB.DecideCall(ctx, u.by, u.call.ID, store.CallCalled, nil); err != nil {
		return err
	}
	u.call.State, u.call.DecidedBy, u.call.DecidedAt = store.CallCalled, u.by.Who, u.by.At
	u.call.Revision++
	u.approver = cmp.Or(u.facilitator.Name, u.facilitator.Address)
	return k.carryOut(ctx, u.following)
}

func (k *Calendar) declineCall(ctx context.Context, u callUse, reason string) error {
	notices, err := k.ended(ctx, u.following, "declined", u.facilitator.Name, reason)
	if err != nil {
		return err
	}
	if err = k.DB.DecideCall(ctx, u.by, u.call.ID, endsAs(u.following, store.CallDeclined), notices); err == nil {
		k.Log.Info("a calendar's meeting was declined", "community", u.community.Address(), "call", u.call.ID, "by", u.by.Who)
	}
	return err
}

// endsAs is where a proposal ends that is not followed: a change of what was called leaves that called, as it was.
func endsAs(f following, state store.CallState) store.CallState {
	if f.meeting.ID != 0 {
		return store.CallCalled
	}
	return state
}

// ended tells somebody that what their calendar asked for does not come to be.
func (k *Calendar) ended(ctx context.Context, f following, kind, by, reason string) ([]store.Notice, error) {
	w, err := k.callLetter(ctx, f, kind)
	if err != nil {
		return nil, err
	}
	data := w.data.(templates.MeetingCallAnswer)
	data.By, data.Reason = by, reason
	w.data = data
	return k.notices(nil, w)
}

// expireCalls ends the proposals about which nobody decided.
func (k *Calendar) expireCalls(ctx context.Context, now time.Time) (done int, err error) {
	calls, err := k.DB.CallsToExpire(ctx, now)
	for _, call := range calls {
		if err := k.expireCall(ctx, now, call); err != nil && store.KindOf(err) != store.Conflict {
			return done, err
		}
		done++
	}
	return done, err
}

func (k *Calendar) expireCall(ctx context.Context, now time.Time, call store.Call) error {
	c, err := k.DB.Community(ctx, call.CommunityID)
	if err != nil {
		return err
	}
	f, err := k.decidable(ctx, c, call)
	if err != nil {
		return err
	}
	notices, err := k.ended(ctx, f, "expired", "", "")
	if err != nil {
		return err
	}
	return k.DB.DecideCall(ctx, store.Actor{Via: "due", At: now}, call.ID, endsAs(f, store.CallExpired), notices)
}

func (k *Calendar) showCall(ctx context.Context, t mail.Ticket) (Page, error) {
	u, err := k.callUse(ctx, t)
	if err != nil {
		return Page{}, err
	}
	return k.callPage(ctx, u), nil
}

func (k *Calendar) pressCall(ctx context.Context, t mail.Ticket, reason string) (Page, error) {
	u, err := k.callUse(ctx, t)
	if err != nil {
		return Page{}, err
	}
	u.by.Via = "web"
	page := k.callPage(ctx, u)
	w, err := k.decideCall(ctx, u, t.Kind == mail.TicketCallApprove, reason)
	if about, ok := w.data.(templates.MeetingCallDecided); ok && about.Already {
		page.decided(about.By)
	} else {
		page.Problem = ""
	}
	k.wake()
	return page, err
}

// callPage is what the page of a ticket shows.
func (k *Calendar) callPage(ctx context.Context, u callUse) Page {
	p := Page{Community: u.community, Kind: "call-approve", AskReason: u.ticket.Kind == mail.TicketCallDecline}
	if p.AskReason {
		p.Kind = "call-decline"
	}
	reading := k.callReading(u.following, u.facilitator)
	p.About = templates.Args{Subject: reading.Title, Address: u.call.Address}
	if len(reading.Dates) > 0 {
		p.About.When = reading.Dates[0]
	}
	p.Details = []templates.Detail{{Label: "subject", Value: reading.Title}, {Label: "from", Value: cmp.Or(u.call.Name, u.call.Address)}}
	if u.call.State != store.CallProposed {
		p.decided(k.nameOf(ctx, u.community, u.call.DecidedBy))
	}
	return p
}

// decided says who has decided already; nobody is that its time has run out, or that it was taken back.
func (p *Page) decided(by string) {
	if p.Problem, p.About.Name = "already", by; by == "" {
		p.Problem = "expired"
	}
}
