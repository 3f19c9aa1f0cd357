package calendar

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"guildpost/calendar/itip"
	"guildpost/mail"
	"guildpost/store"
)

// carryOut calls, changes or cancels a meeting as a calendar asks. Each step may be done twice: the mail, or the facilitator's
// answer, comes again where one failed, and only the last step says that it was done.
func (k *Calendar) carryOut(ctx context.Context, f following) error {
	wrong, err := k.prepare(ctx, &f)
	if err == nil && wrong == nil {
		wrong, err = k.make(ctx, &f)
	}
	switch {
	case err != nil:
		return err
	case wrong != nil:
		return k.helpCaller(ctx, f.callMail, f.asked, *wrong)
	}
	return nil
}

// prepare keeps the call, with the UID that the meeting will have, before there is the meeting.
func (k *Calendar) prepare(ctx context.Context, f *following) (wrong *misfit, err error) {
	if f.meeting.ID == 0 {
		if _, wrong := f.asked.planned(k.Now()); wrong != nil {
			return wrong, nil
		}
	}
	f.enter(k.Now())
	f.call.State = store.CallCalled
	if f.call.MeetingUID == "" {
		if f.call.MeetingUID, err = mail.NewMessageID(k.Random, k.Now(), f.community.Domain); err != nil {
			return nil, err
		}
	}
	f.call, err = k.keepCall(ctx, *f, false, nil)
	return nil, err
}

// enter notes in a call who asks for what.
func (f *following) enter(now time.Time) {
	f.call.CommunityID, f.call.UID, f.call.Address, f.call.AskedAt = f.community.ID, f.asked.key(), f.address, now
	if f.call.SubscriptionID = 0; isIn(f.author) {
		f.call.SubscriptionID = f.author.ID
	}
	if f.message != nil {
		f.call.Name, _ = fitting(cmp.Or(f.author.Name, oneLine(f.message.From[0].Name)), maxTitle, false)
	}
}

// make brings the meeting to what is asked for, and answers who called.
func (k *Calendar) make(ctx context.Context, f *following) (wrong *misfit, err error) {
	kind := "called"
	switch {
	case f.asked.Cancelled:
		kind, err = "cancelled", k.cancelCalled(ctx, f)
	case f.meeting.ID == 0:
		wrong, err = k.makeCalled(ctx, f)
	default:
		kind = "changed"
		wrong, err = k.changeCalled(ctx, f)
	}
	if err != nil || wrong != nil {
		return wrong, err
	}
	k.Log.Info("a calendar called a meeting", "community", f.community.Address(), "meeting", f.meeting.ID, "call", f.call.ID, "what", kind,
		"message_id", f.messageID())
	return nil, k.finish(ctx, f, kind)
}

func (f *following) messageID() string {
	if f.message == nil {
		return ""
	}
	return f.message.MessageID
}

// finish says that it was done, and answers.
func (k *Calendar) finish(ctx context.Context, f *following, kind string) error {
	if f.approver != "" {
		kind = "approved"
	}
	w, err := k.callLetter(ctx, *f, kind)
	if err != nil {
		return err
	}
	f.memory.Seen = f.asked.seen(f.memory.Seen)
	f.memory.Ended = f.memory.Ended || f.asked.Cancelled
	f.memory.Asked = asking{}
	f.call.AskedAt = k.Now()
	f.call, err = k.keepCall(ctx, *f, false, func(store.Call) ([]store.Notice, error) {
		n, err := k.notice(w)
		return []store.Notice{n}, err
	})
	return err
}

// makeCalled makes the meeting. Who called it comes to it, and has it already.
func (k *Calendar) makeCalled(ctx context.Context, f *following) (wrong *misfit, err error) {
	m, wrong := f.asked.planned(k.Now())
	if wrong != nil {
		return wrong, nil
	}
	m.CommunityID, m.UID = f.community.ID, f.call.MeetingUID
	m.Settings.Caller, m.Settings.CallerName = f.call.SubscriptionID, cmp.Or(f.call.Name, f.call.Address)
	if m.Changes, wrong = f.asked.changes(m); wrong != nil {
		return wrong, nil
	}
	if f.meeting, err = k.DB.AddMeeting(ctx, f.by, m, k.planned(k.Now())); err != nil {
		return nil, err
	}
	if _, err = k.Due(ctx, k.Now()); err != nil {
		return nil, err
	}
	return nil, k.callerComes(ctx, f)
}

// callerComes notes that who called a meeting comes to it.
func (k *Calendar) callerComes(ctx context.Context, f *following) error {
	if f.call.SubscriptionID == 0 {
		return nil
	}
	a, err := k.answering(ctx, f.community, mail.Ticket{Person: f.call.SubscriptionID, Object: f.meeting.ID})
	if err == nil {
		_, err = k.record(ctx, a, []store.RSVP{k.personal(a, store.Accepted, "called")}, nil)
	}
	if store.KindOf(err) == store.NotFound { // they have left meanwhile, or mail to them fails
		return nil
	}
	return err
}

// changes are the dates of a new meeting that differ from the rest.
func (a asking) changes(m store.Meeting) (all []store.DateChange, wrong *misfit) {
	for _, d := range a.Dates {
		key, ok := d.on(m)
		switch {
		case !ok && d.Cancelled: // a date that there is not, does not take place
			continue
		case !ok || d.Later:
			return nil, &misfit{"date", d.ID}
		}
		all = append(all, d.change(m, key))
	}
	return all, nil
}

// on finds the date of a meeting that is meant.
func (d askedDate) on(m store.Meeting) (key string, ok bool) {
	id, ok := readKey(d.ID)
	if !ok {
		return "", false
	}
	series, err := seriesOf(m)
	if err != nil {
		return "", false
	}
	zone := series.Master.Start.Zone
	id = inZone(id, zone)
	at := id.Instant(zone)
	series.Master.Exceptions = nil // a date that does not take place can be named, and take place again
	series.Changes = nil
	found, _ := series.Between(at.AddDate(0, 0, -1), at.AddDate(0, 0, 2), zone)
	i := slices.IndexFunc(found, func(o itip.Occurrence) bool {
		if id.AllDay {
			return o.ID.Wall.Format(time.DateOnly) == id.Wall.Format(time.DateOnly)
		}
		return o.ID.Instant(zone).Equal(at)
	})
	if i < 0 {
		return "", false
	}
	return found[i].ID.Key(), true
}

// readKey reads what itip.Time.Key writes.
func readKey(key string) (itip.Time, bool) {
	if day, err := time.Parse("20060102", key); err == nil {
		return itip.Time{Wall: day, AllDay: true}, true
	}
	at, utc := strings.CutSuffix(key, "Z")
	wall, err := time.Parse("20060102T150405", at)
	if utc {
		return itip.Time{Wall: wall, Zone: time.UTC}, err == nil
	}
	return itip.Time{Wall: wall}, err == nil
}

// change is how the date differs.
func (d askedDate) change(m store.Meeting, key string) store.DateChange {
	c := store.DateChange{Occurrence: key, Cancelled: d.Cancelled, Title: m.Title, Location: m.Location, Length: m.Length, Sequence: m.Sequence}
	if zone, err := time.LoadLocation(m.Zone); !d.Cancelled && err == nil {
		c.Starts = itip.At(d.Starts, zone).Wall
		c.Length, c.Title, c.Location = d.Length, cmp.Or(d.Title, m.Title), d.Location
	}
	return c
}

// cancelCalled cancels the meeting. Who called it has heard of it from their own calendar.
func (k *Calendar) cancelCalled(ctx context.Context, f *following) (err error) {
	if f.meeting.State != store.MeetingCancelled {
		m := f.meeting
		m.State, m.Sequence = store.MeetingCancelled, m.Sequence+1
		m.Settings.CallerKnows = m.Sequence
		if f.meeting, err = k.DB.ChangeMeeting(ctx, f.by, m, k.planned(k.Now())); err != nil {
			return orTemporary(err)
		}
	}
	_, err = k.Due(ctx, k.Now())
	return err
}

// orTemporary says that a change that met another one is to be tried again.
func orTemporary(err error) error {
	if store.KindOf(err) == store.Conflict {
		return store.Errorf(store.Temporary, "%w", err)
	}
	return err
}
