package calendar

import (
	"cmp"
	"context"
	"fmt"
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
		m, wrong := f.asked.planned(k.Now())
		if wrong == nil {
			_, wrong = f.asked.differing(m, k.Now())
		}
		if wrong != nil {
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
		kind, wrong, err = k.changeCalled(ctx, f)
	}
	if err != nil || wrong != nil {
		return wrong, err
	}
	k.Log.Info("a calendar called a meeting", "community", f.community.Address(), "meeting", f.meeting.ID, "call", f.call.ID, "what", kind,
		"message_id", f.messageID())
	return nil, k.finish(ctx, f, kind)
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
	if m, wrong = f.asked.differing(m, k.Now()); wrong != nil {
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

// differing is a new meeting with the dates that differ from the rest. It is new: what its dates are is no change.
func (a asking) differing(m store.Meeting, now time.Time) (store.Meeting, *misfit) {
	m, wrong := a.without(m, now)
	if wrong != nil {
		return m, wrong
	}
	for _, d := range a.Dates {
		if d.Cancelled && !d.Later {
			continue
		}
		is, wrong := d.appliedTo(m, now)
		if wrong != nil && wrong.kind == noneLeft {
			wrong = &misfit{kind: "over"}
		}
		if wrong != nil {
			return m, wrong
		}
		m = is
	}
	m.Sequence, m.Times = 0, nil
	for i := range m.Changes {
		m.Changes[i].Sequence = 0
	}
	return m, nil
}

// without is a new meeting without the dates that do not take place: all at once, since calendars leave out hundreds.
func (a asking) without(m store.Meeting, now time.Time) (store.Meeting, *misfit) {
	is := m
	for _, d := range a.Dates {
		key, ok := d.on(m)
		if !d.Cancelled || d.Later || !ok {
			continue
		}
		id, _ := dateWithKey(m, key)
		have, at := dateChange(is, id)
		if have.Cancelled || have.overBy(m.Zone, now) {
			continue
		}
		if have.Cancelled = true; len(is.Changes) == maxChanges {
			return m, &misfit{"other", fmt.Sprintf("more than %d of its dates are left out", maxChanges)}
		}
		is.Changes = slices.Insert(is.Changes, at, have.DateChange)
	}
	if next, _ := Next(is, now, 1); len(next) == 0 {
		return m, &misfit{kind: "over"}
	}
	ends, err := endOf(is)
	if err != nil {
		return m, &misfit{"other", err.Error()}
	}
	is.EndsAt = ends
	return is, nil
}

// on finds the date of a meeting that is meant, by its rule.
func (d askedDate) on(m store.Meeting) (key string, ok bool) {
	id, ok := readKey(d.ID)
	if !ok {
		return "", false
	}
	found, ok := dateNamed(m, id)
	return found.Key(), ok
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

// cancelCalled cancels the meeting. Who called it has heard of it from their own calendar.
func (k *Calendar) cancelCalled(ctx context.Context, f *following) (err error) {
	if f.meeting.State != store.MeetingCancelled {
		m := f.meeting
		m.State, m.Sequence = store.MeetingCancelled, m.Sequence+1
		m.Settings.CallerKnows = m.Revision + 1
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
