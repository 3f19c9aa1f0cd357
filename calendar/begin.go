package calendar

import (
	"context"
	"slices"
	"time"

	"guildpost/calendar/itip"
	"guildpost/store"
)

// The kinds of tasks of what comes with a date of a meeting, and after it.
const (
	taskDates    = "meeting dates"    // of a meeting: its next date begins
	taskOver     = "meeting over"     // of an occurrence: who came is asked
	taskMinutes  = "meeting minutes"  // of an occurrence: its minutes are posted
	taskFeedback = "meeting feedback" // of an occurrence: how it was is asked, and summed up
	taskAction   = "meeting action"   // of an action: its day has come
)

const (
	// askedWithin is how long after its end a date is still asked about, where the daemon did not run in time: who would
	// remember later?
	askedWithin = 7 * 24 * time.Hour
	// unconfirmedAfter is when what people had said stands, for all that follows, as nobody has said who came.
	unconfirmedAfter = 24 * time.Hour
	// feedbackFor is how long people are waited for who were asked how it was; then the host hears.
	feedbackFor = 3 * 24 * time.Hour
	// farBack is how many dates are looked at to find where a meeting stands.
	farBack = 200
)

// planDates looks at a meeting at once when it is called or has changed: a date may have been cancelled.
func (k *Calendar) planDates(_ store.Meeting, now time.Time) (time.Time, bool) { return now, true }

// beginDates keeps the dates of meetings that have begun, with who was invited and what they had answered, and those that
// were cancelled.
func (k *Calendar) beginDates(ctx context.Context, now time.Time) (done int, err error) {
	return k.eachTask(ctx, taskDates, now, func(task store.Task) (bool, error) {
		m, err := k.DB.Meeting(ctx, task.ObjectID)
		if err != nil {
			return k.orDrop(ctx, now, task, err)
		}
		all, next, err := k.beginnings(ctx, m, now)
		if err != nil {
			return false, err
		}
		_, err = k.DB.BeginOccurrences(ctx, task, next, all)
		return false, err
	})
}

// eachTask does the tasks of a kind that are due. What fails is told and does not keep the others back.
func (k *Calendar) eachTask(ctx context.Context, kind string, now time.Time, do func(store.Task) (mailed bool, err error)) (done int, err error) {
	tasks, err := k.DB.TasksDue(ctx, kind, now)
	if err != nil {
		return 0, err
	}
	for _, task := range tasks {
		if ctx.Err() != nil {
			return done, ctx.Err()
		}
		mailed, failed := do(task)
		if failed != nil {
			k.Log.Error("what is due about a meeting could not be done; it is tried again", "kind", kind, "object", task.ObjectID, "error", failed)
			err = failed
		}
		if mailed {
			done++
		}
	}
	return done, err
}

// orDrop takes a task whose object is gone; other errors stay.
func (k *Calendar) orDrop(ctx context.Context, now time.Time, task store.Task, err error) (bool, error) {
	if store.KindOf(err) != store.NotFound {
		return false, err
	}
	_, err = k.DB.TakeTask(ctx, now, task, time.Time{}, nil)
	return false, err
}

// beginnings are the dates of a meeting that have begun, or were cancelled, and are not kept yet, and when the next begins;
// zero is never.
func (k *Calendar) beginnings(ctx context.Context, m store.Meeting, now time.Time) (all []store.Beginning, next time.Time, err error) {
	series, err := seriesOf(m)
	if err != nil {
		return nil, next, err
	}
	kept, err := k.DB.Occurrences(ctx, m.ID, farBack)
	if err != nil {
		return nil, next, err
	}
	since := m.CreatedAt
	for _, o := range kept {
		if o.CancelledAt.IsZero() && o.Starts.After(since) {
			since = o.Starts
		}
	}
	started, err := series.Between(since.Add(time.Microsecond), now.Add(time.Microsecond), time.UTC)
	if err != nil && len(started) == 0 {
		return nil, next, err
	}
	all = k.cancelledDates(m, kept, now)
	begun, err := k.begun(ctx, m, started, now)
	if err != nil || m.State == store.MeetingCancelled {
		return append(all, begun...), next, err
	}
	if coming, _ := series.Next(now.Add(time.Microsecond), 1, time.UTC); len(coming) > 0 {
		next = coming[0].Start.Instant(time.UTC)
	}
	return append(all, begun...), next, nil
}

// cancelledDates are single dates of a series that were taken out of it and have not begun.
func (k *Calendar) cancelledDates(m store.Meeting, kept []store.Occurrence, now time.Time) (all []store.Beginning) {
	zone, err := time.LoadLocation(m.Zone)
	if err != nil {
		return nil
	}
	for _, d := range m.Changes {
		id, err := occurrenceID(d.Occurrence, zone)
		known := slices.ContainsFunc(kept, func(o store.Occurrence) bool { return o.Key == d.Occurrence && !o.CancelledAt.IsZero() })
		if !d.Cancelled || err != nil || known || !id.Instant(zone).After(now) {
			continue
		}
		o := store.Occurrence{CommunityID: m.CommunityID, MeetingID: m.ID, Key: d.Occurrence, Title: m.Title, Starts: id.Instant(zone),
			Ends: id.Instant(zone).Add(m.Length), InvitedAt: m.CreatedAt, CancelledAt: now}
		all = append(all, store.Beginning{Occurrence: o})
	}
	return all
}

// begun are dates that have started, with who was invited. Of a meeting that was cancelled only the next date after that is
// kept, as cancelled: it would have had others without end.
func (k *Calendar) begun(ctx context.Context, m store.Meeting, started []itip.Occurrence, now time.Time) (all []store.Beginning, err error) {
	if len(started) == 0 {
		return nil, nil
	}
	invitedAt, cancelledAt, err := k.DB.FirstInvited(ctx, m)
	if err != nil {
		return nil, err
	}
	if m.State == store.MeetingCancelled && cancelledAt.IsZero() {
		cancelledAt = now
	}
	invited, err := k.rollOf(ctx, m)
	if err != nil {
		return nil, err
	}
	caller, err := k.caller(ctx, m)
	if err != nil {
		return nil, err
	}
	for _, date := range started {
		b := store.Beginning{Occurrence: k.occurrenceOf(m, date)}
		if b.Occurrence.InvitedAt = invitedAt; b.Occurrence.Host == 0 {
			b.Occurrence.Host = caller.ID
		}
		if m.State == store.MeetingCancelled && b.Occurrence.Starts.After(cancelledAt) {
			b.Occurrence.CancelledAt = cancelledAt
			return append(all, b), nil
		}
		b.Invited = invited.on(b.Occurrence)
		if ends := b.Occurrence.Ends; now.Sub(ends) < askedWithin {
			b.Tasks = []store.Task{{Kind: taskOver, CommunityID: m.CommunityID, DueAt: ends},
				{Kind: taskFeedback, CommunityID: m.CommunityID, DueAt: ends.Add(unconfirmedAfter)}}
		}
		all = append(all, b)
	}
	return all, nil
}

func (k *Calendar) occurrenceOf(m store.Meeting, date itip.Occurrence) store.Occurrence {
	o := store.Occurrence{CommunityID: m.CommunityID, MeetingID: m.ID, Key: keyOf(m, date), Title: m.Title,
		Starts: date.Start.Instant(time.UTC), Ends: date.End.Instant(time.UTC)}
	if date.Event != nil && date.Event.Summary != "" {
		o.Title = date.Event.Summary
	}
	o.Host = HostOf(m, o.Key).Host
	return o
}

// keyOf names a date as RSVPs do: "" for a meeting that has one.
func keyOf(m store.Meeting, date itip.Occurrence) string {
	if m.Rule == "" {
		return ""
	}
	return date.ID.Key()
}

// A Date is one date of a meeting.
type Date struct {
	Key        string // as RSVPs have it; "" for a meeting that has one
	Start, End time.Time
}

// NextDate returns the first date of a meeting that starts after a time; false where there is none.
func NextDate(m store.Meeting, after time.Time) (d Date, ok bool) {
	if all := ComingDates(m, after, 1); len(all) > 0 {
		return all[0], true
	}
	return d, false
}

// InvitedTo returns who is invited to a date that is still to come, with what they have answered so far.
func InvitedTo(ctx context.Context, db *store.DB, m store.Meeting, d Date) ([]store.Attendance, error) {
	in, err := (&Calendar{DB: db}).rollOf(ctx, m)
	return in.on(store.Occurrence{Key: d.Key, Starts: d.Start}), err
}

// A roll is who is invited to a meeting, with all that they answered.
type roll struct {
	meeting store.Meeting
	people  []store.Subscription
	answers map[int64][]store.RSVP
	seats   seating
}

func (k *Calendar) rollOf(ctx context.Context, m store.Meeting) (in roll, err error) {
	rsvps, err := k.DB.RSVPs(ctx, m.ID, 0)
	if err != nil {
		return in, err
	}
	in.meeting, in.answers = m, map[int64][]store.RSVP{}
	if in.seats, err = k.seating(ctx, m); err != nil {
		return in, err
	}
	for _, r := range rsvps {
		in.answers[r.SubscriptionID] = append(in.answers[r.SubscriptionID], r)
	}
	for after := int64(0); ; {
		page, err := k.DB.Invitations(ctx, m.ID, after, 1000)
		if err != nil {
			return in, err
		}
		if len(page) == 0 {
			return in, k.addCaller(ctx, m, &in)
		}
		for _, i := range page {
			if after = i.Subscription.ID; i.State == store.Invited {
				in.people = append(in.people, i.Subscription)
			}
		}
	}
}

// addCaller adds who called a meeting from their own calendar: it is theirs, so they are not invited to it, and come.
func (k *Calendar) addCaller(ctx context.Context, m store.Meeting, in *roll) error {
	isCaller := func(s store.Subscription) bool { return s.ID == m.Settings.Caller }
	if m.Settings.Caller == 0 || slices.ContainsFunc(in.people, isCaller) {
		return nil
	}
	s, ok, err := k.present(ctx, m.Settings.Caller)
	if ok {
		in.people = append(in.people, s)
		in.answers[s.ID] = append(in.answers[s.ID], store.RSVP{Answer: store.Accepted, At: m.CreatedAt, Sequence: m.Sequence})
	}
	return err
}

// on is what each had answered for a date when it began.
func (in roll) on(o store.Occurrence) (all []store.Attendance) {
	for _, s := range in.people {
		a := store.Attendance{Subscription: s, Invited: true}
		if r, ok := answerAsOf(in.meeting, in.answers[s.ID], o.Key, o.Starts); ok {
			a.Answer, a.AnsweredAt = in.seats.answer(s.ID, o.Key, r.Answer), r.At
		}
		all = append(all, a)
	}
	return all
}

// answerAsOf is somebody's answer to a date as it counted at a time; one to another time than the date is at is none.
func answerAsOf(m store.Meeting, all []store.RSVP, key string, at time.Time) (r store.RSVP, ok bool) {
	given := slices.DeleteFunc(slices.Clone(all), func(r store.RSVP) bool { return r.At.After(at) })
	s := standingFor(m, key, given)
	return countingFor(key, given), s.answer != "" && !s.stale
}
