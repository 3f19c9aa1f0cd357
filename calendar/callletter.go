package calendar

import (
	"cmp"
	"context"
	"time"

	"guildpost/calendar/itip"
	"guildpost/store"
	"guildpost/templates"
)

// answersOfList are what the list answers a calendar that invited it, by the kind of the letter that tells its owner.
var answersOfList = map[string]itip.PartStat{"called": itip.Accepted, "changed": itip.Accepted, "approved": itip.Accepted,
	"proposed": itip.Tentative, "declined": itip.Declined, "expired": itip.Declined}

// answerCaller tells whoever called what became of it.
func (k *Calendar) answerCaller(ctx context.Context, f following, kind string) error {
	w, err := k.callLetter(ctx, f, kind)
	if err != nil {
		return err
	}
	n, err := k.notice(w)
	if err != nil {
		return err
	}
	if err = k.DB.SendNotice(ctx, k.Now(), n); err == nil {
		k.wake()
	}
	return err
}

// callLetter is the letter that tells whoever called what became of it, with the list's answer for their calendar: it is from
// the list address, which is the attendee that their calendar knows.
func (k *Calendar) callLetter(ctx context.Context, f following, kind string) (w letter, err error) {
	to := f.reader()
	w = letter{community: f.community, to: to, from: f.community.Address(), replies: f.community.FunctionAddress("owner"), answers: f.message}
	data := templates.MeetingCallAnswer{For: forReader(f.community, to), Kind: kind, Reading: k.callReading(f, to), Shortened: f.asked.Shortened, By: f.approver}
	if f.asked.Whole != nil {
		if data.Guests, data.Twice, err = k.guests(ctx, f); err != nil {
			return w, err
		}
	}
	w.data = data
	if stat := answersOfList[kind]; stat != "" {
		w.method, w.object = itip.Reply, k.listAnswer(f.community, f.asked, stat)
	}
	return w, nil
}

// reader is who called, as a reader of letters.
func (f following) reader() store.Subscription {
	to := f.author
	if !isIn(to) {
		to = store.Subscription{}
	}
	to.Address, to.Name = f.address, cmp.Or(to.Name, f.call.Name)
	return to
}

// guests are whom the calendar invites itself, and which of them are members.
func (k *Calendar) guests(ctx context.Context, f following) (all, twice []string, err error) {
	for _, p := range f.asked.Guests {
		all = append(all, cmp.Or(p.Name, p.Address))
		s, err := k.DB.SubscriptionByAddress(ctx, f.community.ID, p.Address)
		if err != nil && store.KindOf(err) != store.NotFound {
			return nil, nil, err
		}
		if err == nil && isIn(s) {
			twice = append(twice, cmp.Or(s.Name, p.Address))
		}
	}
	return all, twice, nil
}

// listAnswer is the list's answer as a calendar object; nil where that calendar has written what cannot be written back.
func (k *Calendar) listAnswer(c store.Community, a asking, stat itip.PartStat) []byte {
	if a.Organizer.Address == "" { // it was published, and nobody wants an answer
		return nil
	}
	me := itip.Attendee{Person: itip.Person{Address: cmp.Or(a.Invited.Address, c.Address()), Name: c.Title}, Answer: stat, Type: "GROUP"}
	e := itip.Event{Kind: itip.KindEvent, UID: a.UID, Sequence: a.Version.Sequence, Stamp: k.Now().UTC().Truncate(time.Second), Summary: a.Title,
		Organizer: itip.Person{Address: a.Organizer.Address, Name: a.Organizer.Name}, Attendees: []itip.Attendee{me}}
	var events []itip.Event
	if a.Whole != nil {
		events = []itip.Event{e}
		if id, ok := readKey(a.Single); ok {
			events[0].RecurrenceID = id
		}
	} else {
		for _, d := range a.Dates {
			id, ok := readKey(d.ID)
			if !ok || d.Cancelled {
				continue
			}
			one := e
			one.RecurrenceID, one.Sequence = id, d.Version.Sequence
			events = append(events, one)
		}
	}
	if len(events) == 0 {
		return nil
	}
	object, err := itip.Write(itip.Object{Method: itip.Reply, Events: events})
	if err != nil {
		k.Log.Info("a calendar's own words cannot be written back to it", "community", c.Address(), "uid", a.UID, "error", err)
		return nil
	}
	return object
}

// callReading is how a call was understood, for a reader.
func (k *Calendar) callReading(f following, to store.Subscription) templates.MeetingReading {
	r := templates.MeetingReading{Title: cmp.Or(f.meeting.Title, f.asked.Title)} // calendars write "Canceled: " into theirs
	m := f.meeting
	if f.asked.Whole != nil {
		if planned, wrong := f.asked.planned(k.Now()); wrong == nil {
			m = planned
			m, _ = f.asked.differing(m, k.Now())
		}
		r.Title, r.Place, r.About, r.Zone, r.Minutes = m.Title, m.Location, m.Description, m.Zone, int(m.Length/time.Minute)
		r.Dates, r.More = k.shown(f.community, to, m, shownDates)
		r.More = r.More || m.Rule != ""
	}
	zone := k.zone(f.community, to, m)
	for _, d := range f.asked.Dates {
		if changed := (templates.MeetingDate{Cancelled: d.Cancelled, Later: d.Later}); m.Zone != "" {
			if key, ok := d.on(m); ok {
				changed.Was = momentOf(key).In(zone)
			}
			if !d.Cancelled {
				changed.Starts = d.Starts.In(zone)
			}
			r.Changes = append(r.Changes, changed)
		}
	}
	return r
}

// momentOf is the moment that a key names.
func momentOf(key string) time.Time {
	t, _ := readKey(key)
	return t.Instant(time.UTC)
}

// helpCaller tells whoever called why that cannot be a meeting here, and what to do. Who is no member, and whoever has heard
// it too often, is refused with it while they are connected: their address may be anybody's.
func (k *Calendar) helpCaller(ctx context.Context, w callMail, a asking, wrong misfit) error {
	title := a.Title
	if !isIn(w.author) {
		return callError(w.community, wrong)
	}
	if may, err := k.mayHelpCaller(ctx, w); err != nil || !may {
		return cmp.Or(err, callError(w.community, wrong))
	}
	k.Log.Info("a calendar's meeting was not called", "community", w.community.Address(), "problem", wrong.kind, "value", wrong.value,
		"message_id", w.messageID())
	to := w.author
	to.Address = w.address
	n, err := k.notice(letter{community: w.community, to: to, from: w.community.Address(), replies: w.community.FunctionAddress("owner"),
		answers: w.message, method: itip.Reply, object: k.refusal(w.community, a, wrong),
		data: templates.MeetingCallHelp{For: forReader(w.community, to), Kind: wrong.kind, Value: wrong.value, Title: title}})
	if err != nil {
		return err
	}
	if err = k.DB.SendNotice(ctx, k.Now(), n); err == nil {
		k.wake()
	}
	return err
}

// callHelpADay is how often somebody is told in a day why their calendar's meetings are none here.
const callHelpADay = 20

func (k *Calendar) mayHelpCaller(ctx context.Context, w callMail) (bool, error) {
	reached, err := k.DB.Allow(ctx, k.Now(), store.Limit{Name: "call help " + w.community.Address() + " " + w.address, Most: callHelpADay, Within: 24 * time.Hour})
	return err == nil && reached == nil, err
}

// refusal is the list's DECLINED to a meeting that it never had; nil where it has it, or was asked for nothing.
func (k *Calendar) refusal(c store.Community, a asking, wrong misfit) []byte {
	switch wrong.kind {
	case "rule", "zone", "floating", "all-day", "dates", "start", "length", "long", "over", "title":
		a.Whole = &Plan{}
		return k.listAnswer(c, a, itip.Declined)
	}
	return nil
}

// misfits say what is wrong to a mail server; others say it by their value.
var misfits = map[string]string{
	"rule": "how it repeats cannot be followed", "zone": "its time zone is not known", "floating": "its time has no time zone",
	"all-day": "it is for whole days", "dates": "it has dates that follow no rule", "start": "it does not say when it starts",
	"length": "it does not say how long it takes", "long": "it takes more than 31 days", "over": "it is over already",
	"title": "it has no title", "date": "it does not take place on the date that is changed", "another": "somebody else has called it",
	"own": "it is one already", "unknown": "it was never called here", "ended": "it was cancelled here",
	"later": "all dates from one on cannot be changed at once in a series without end", "many": "there are too many in one mail",
	"limit": "too many wait for the facilitators",
}

// callError is the same for a mail server.
func callError(c store.Community, wrong misfit) error {
	return store.Errorf(store.Invalid, "this cannot be a meeting of %s: %s. To ask about it, write to %s in words", c.Title,
		cmp.Or(misfits[wrong.kind], wrong.value), c.FunctionAddress("owner"))
}

// callerNews is what whoever called a meeting from their own calendar is told of it: nothing of what that calendar did itself.
// Of a change that was made elsewhere they get a text and no calendar object, for that would be a second meeting: what is in
// their calendar is theirs, and nobody else can change it.
func (t *teller) callerNews(before, i store.Invitation) (w letter, news bool) {
	cancelled := t.m.State == store.MeetingCancelled
	switch {
	case t.m.Revision <= t.m.Settings.CallerKnows, before.State != store.Invited, i.State == store.Uninvited && !cancelled:
		return w, false
	case !cancelled && differenceOf(t.was[before.Revision], t.m, t.Now()).none():
		return w, false
	}
	dates, _ := t.shown(t.c, i.Subscription, t.m, shownDates)
	return letter{community: t.c, to: i.Subscription, from: t.c.FunctionAddress("owner"), data: templates.MeetingChangedHere{
		For: forReader(t.c, i.Subscription), Cancelled: cancelled, Title: t.m.Title, Dates: dates, Place: t.m.Location}}, true
}
