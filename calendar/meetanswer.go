package calendar

import (
	"context"
	"time"

	"guildpost/calendar/when"
	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// meetUsed finds what a ticket about a wish is for; NotFound where that is gone, or another community's.
func (k *Calendar) meetUsed(ctx context.Context, t mail.Ticket) (u meetUse, err error) {
	missing := store.Errorf(store.NotFound, "this ticket is for no meeting")
	if u.request, err = k.DB.Request(ctx, t.Object); err != nil {
		return u, err
	}
	if u.person, err = k.DB.Subscription(ctx, t.Person); err != nil {
		return u, err
	}
	if u.request.Kind != store.RequestMeeting || u.person.CommunityID != u.request.CommunityID || !isIn(u.person) {
		return u, missing
	}
	if u.community, err = k.DB.Community(ctx, u.request.CommunityID); err != nil {
		return u, err
	}
	if u.wish, err = wishOf(u.request); err == nil && u.wish.By != u.person.ID && !u.person.Has(store.Facilitator) {
		return u, missing
	}
	if err == nil && u.wish.Choose && u.request.State == store.RequestDone && k.mayCall(u.community, u.person) {
		u.poll, err = k.DB.PollByUID(ctx, u.community.ID, u.wish.UID)
	}
	return u, err
}

// mine says whether the ticket is of who called the meeting; else it is a facilitator's, who decides.
func (u meetUse) mine() bool { return u.wish.By == u.person.ID }

// stands says where a wish stands for whose ticket it is: "" where they decide now, expired, or already.
func (u meetUse) stands(now time.Time) string {
	open := store.Asked
	if !u.mine() {
		open = store.Confirmed
	}
	switch {
	case u.request.State == store.RequestExpired, u.request.State == open && !now.Before(u.request.ExpiresAt):
		return "expired"
	case u.request.State != open:
		return "already"
	}
	return ""
}

func (k *Calendar) answerMeet(ctx context.Context, c store.Community, _ mail.Envelope, m *mail.Message, t mail.Ticket) error {
	u, err := k.meetUsed(ctx, t)
	if err != nil {
		return err
	}
	if u.community.ID != c.ID {
		return store.Errorf(store.NotFound, "this ticket is not one of %s", c.Address())
	}
	u.message = m
	if u.poll.ID != 0 {
		return k.steer(ctx, u, u.poll)
	}
	a := readMeetAnswer(m.Text().New, k.whenOf(c, u.person))
	switch stands := u.stands(k.Now()); {
	case stands == "already":
		return k.sendMeet(ctx, k.wishDone(u, templates.MeetingWishDone{Kind: stands, By: k.whoDecided(ctx, u)}))
	case stands == "expired":
		return k.sendMeet(ctx, k.wishHelp(u, stands))
	case !u.mine():
		return k.judgeProposal(ctx, u, a)
	case a.yes && len(u.wish.Dates) > 0 && !(u.wish.Ask && !u.wish.Choose):
		return k.confirmWish(ctx, u, 1)
	case a.no:
		return k.dropWish(ctx, u)
	case a.number > 0 && a.number <= len(u.wish.Dates) && !u.wish.Choose:
		return k.confirmWish(ctx, u, a.number)
	}
	return k.changeWish(ctx, u)
}

// wishDone is the letter that says what became of a wish.
func (k *Calendar) wishDone(u meetUse, data templates.MeetingWishDone) letter {
	data.For, data.Title = forReader(u.community, u.person), u.wish.Title
	return letter{community: u.community, to: u.person, from: u.community.FunctionAddress("owner"), data: data, answers: u.message}
}

// whoDecided is who decided about a wish before, "" for nobody but who reads it.
func (k *Calendar) whoDecided(ctx context.Context, u meetUse) string {
	if u.request.DecidedBy == u.person.Address {
		return ""
	}
	s, err := k.DB.SubscriptionByAddress(ctx, u.community.ID, u.request.DecidedBy)
	if err != nil {
		return ""
	}
	return s.Called()
}

func (k *Calendar) by(u meetUse, source string) store.Actor {
	if u.message != nil {
		source = "mail <" + u.message.MessageID + ">"
	}
	return store.Actor{Who: u.person.Address, Via: source, At: k.Now()}
}

// dropWish ends a wish whose author says no.
func (k *Calendar) dropWish(ctx context.Context, u meetUse) error {
	n, err := k.notice(k.wishDone(u, templates.MeetingWishDone{Kind: "dropped"}))
	if err != nil {
		return err
	}
	return k.decideWish(ctx, u, store.Asked, store.RequestDeclined, "", n)
}

// decideWish moves a wish on, once: who comes second changes nothing, and whoever came first has heard of it.
func (k *Calendar) decideWish(ctx context.Context, u meetUse, from, to store.RequestState, payload string, notices ...store.Notice) error {
	if u.message == nil { // a page says it
		notices = notices[:0:0]
	}
	err := k.DB.Decide(ctx, k.by(u, "page"), u.request.ID, from, to, payload, notices)
	k.wake()
	if store.KindOf(err) == store.Conflict && err != nil {
		k.Log.Info("a meeting in words was decided already", "community", u.community.Address(), "request", u.request.ID)
		return nil
	}
	return err
}

// confirmWish calls the meeting on a date, or opens the poll, or puts it to the facilitators.
func (k *Calendar) confirmWish(ctx context.Context, u meetUse, n int) error {
	u.wish.Chosen = n
	switch {
	case k.mayCall(u.community, u.person):
	case u.community.MeetingCalls == store.CallsRefuse:
		return k.sendMeet(ctx, k.wishHelp(u, "refused"))
	default:
		return k.proposeWish(ctx, u)
	}
	done, err := k.callWish(ctx, u)
	if err != nil {
		return k.notCarriedOut(ctx, u, err)
	}
	if u.wish.Choose { // how the poll stands was mailed
		return k.decideWish(ctx, u, store.Asked, store.RequestDone, u.wish.text())
	}
	notice, err := k.notice(k.wishDone(u, done))
	if err != nil {
		return err
	}
	return k.decideWish(ctx, u, store.Asked, store.RequestDone, u.wish.text(), notice)
}

// notCarriedOut tells why a meeting that was to be called cannot be: it is over by now, above all.
func (k *Calendar) notCarriedOut(ctx context.Context, u meetUse, err error) error {
	if u.message == nil || store.KindOf(err) != store.Invalid {
		return err
	}
	help := k.wishHelp(u, "other")
	data := help.data.(templates.MeetingWishHelp)
	data.Words = sentenceOf(err)
	help.data = data
	return k.sendMeet(ctx, help)
}

// callWish calls the meeting of a wish, or opens its poll, in the name of who decides. What was carried out before, by somebody
// who did not get to say so, is found by its UID.
func (k *Calendar) callWish(ctx context.Context, u meetUse) (done templates.MeetingWishDone, err error) {
	by := k.by(u, "page")
	if done.Members, err = k.DB.MemberCount(ctx, u.community.ID); err != nil {
		return done, err
	}
	home := k.whenOf(u.community, u.person).Zone
	if u.wish.Choose {
		poll, err := k.openPoll(ctx, by, u)
		done.Closes = poll.ClosesAt.In(home)
		return done, err
	}
	done.Kind, done.Start = "called", u.wish.first(u.wish.Chosen).In(home)
	_, err = k.Call(ctx, by, u.community, u.wish.plan(u.wish.Chosen))
	if store.KindOf(err) == store.Conflict && err != nil && !u.community.Closed {
		_, err = k.DB.MeetingByUID(ctx, u.community.ID, u.wish.UID)
	}
	return done, err
}

// changeWish reads an answer that is neither yes nor no as what is to be different, and asks again. What it does not say stays.
func (k *Calendar) changeWish(ctx context.Context, u meetUse) error {
	if err := k.mayAskBack(ctx, u); err != nil {
		return err
	}
	changed := readMemo("", u.message.Text().New, k.whenOf(u.community, u.person))
	if changed.When == "" && changed.Place == "" && !changed.labelledTitle && changed.Length == "" && !changed.labelledAbout {
		return k.sendUnclear(ctx, u)
	}
	w, reading, err := k.changedWish(u, changed)
	if err == nil {
		err = k.considerWish(ctx, u, w, reading)
	}
	if err != nil {
		return err
	}
	return k.decideWish(ctx, u, store.Asked, store.RequestDeclined, "")
}

// changedWish is a wish with what an answer says anew. Its dates are read again only where the answer says some: "tomorrow" was
// another day when it was written.
func (k *Calendar) changedWish(u meetUse, changed memo) (w wish, reading when.Reading, err error) {
	w = u.wish
	w.Unread = changed.stray()
	if changed.labelledTitle {
		w.Title = changed.Title
	}
	if changed.labelledAbout {
		w.About = changed.About
	}
	if changed.Place != "" {
		w.Place = changed.Place
	}
	if changed.When == "" && changed.Length == "" {
		return w, reading, nil
	}
	r := memoReader{when: k.whenOf(u.community, u.person), memo: memo{Title: w.Title, Place: w.Place, About: w.About, When: changed.When, Length: changed.Length}}
	if r.memo.When == "" {
		r.memo.When = u.wish.When
	}
	r.read()
	stray := w.Unread
	w, err = k.wished(u.community, r.memo)
	w.By, w.Unread = u.wish.By, append(w.Unread, stray...)
	return w, r.memo.Reading, err
}

// sendUnclear asks again, since an answer says nothing that could be understood.
func (k *Calendar) sendUnclear(ctx context.Context, u meetUse) error {
	if len(u.wish.Dates) == 0 {
		help := k.wishHelp(u, "unclear")
		help.from = k.meetTicket(u, u.person).Address
		return k.sendMeet(ctx, help)
	}
	zones, members, err := k.memberZones(ctx, u.community)
	if err != nil {
		return err
	}
	l := k.echo(u, zones, members)
	e := l.data.(templates.MeetingEcho)
	e.Unclear = true
	l.data = e
	return k.sendMeet(ctx, l)
}
