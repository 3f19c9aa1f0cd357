package calendar

import (
	"cmp"
	"context"
	"time"

	"guildpost/calendar/itip"
	"guildpost/store"
)

// noneLeft is the misfit of a meeting of which no date is left to come: it is cancelled.
const noneLeft = "none left"

// changeCalled brings a meeting to what its caller's calendar asks for: all of it in one change, so that everybody hears once.
// Kind is what came of it.
func (k *Calendar) changeCalled(ctx context.Context, f *following) (kind string, wrong *misfit, err error) {
	now := k.Now()
	is, wrong := f.asked.appliedTo(f.meeting, now)
	if wrong != nil && wrong.kind == noneLeft {
		return "cancelled", nil, k.cancelCalled(ctx, f)
	}
	if wrong != nil {
		return "", wrong, nil
	}
	if !sameMeeting(f.meeting, is) {
		is.Settings.CallerKnows = f.meeting.Revision + 1
		if is, err = k.DB.ChangeMeeting(ctx, f.by, is, k.planned(now)); err != nil {
			return "", nil, orTemporary(err)
		}
		f.meeting = is
	}
	if _, err = k.Due(ctx, now); err != nil {
		return "", nil, err
	}
	return "changed", nil, k.callerStillComes(ctx, f)
}

// callerStillComes: who called a meeting and moves it comes at the new time too, which nobody asks them about. What they have
// answered since stands.
func (k *Calendar) callerStillComes(ctx context.Context, f *following) error {
	if f.call.SubscriptionID == 0 {
		return nil
	}
	all, err := k.DB.RSVPs(ctx, f.meeting.ID, f.call.SubscriptionID)
	if err != nil {
		return err
	}
	for _, r := range all {
		if r.Occurrence == "" && r.Stale && r.Source == "called" {
			return k.callerComes(ctx, f)
		}
	}
	return nil
}

// appliedTo is a meeting as a calendar wants it: first the whole, then the dates that differ from that.
func (a asking) appliedTo(m store.Meeting, now time.Time) (is store.Meeting, wrong *misfit) {
	is = m
	if a.Whole != nil {
		if is, wrong = a.wholeApplied(m, now); wrong != nil {
			return m, wrong
		}
	}
	for _, d := range a.Dates {
		if is, wrong = d.appliedTo(is, now); wrong != nil {
			return m, wrong
		}
	}
	return is, nil
}

func (a asking) wholeApplied(m store.Meeting, now time.Time) (store.Meeting, *misfit) {
	p, wrong := a.planned(now)
	if wrong != nil {
		return m, wrong
	}
	same := m
	same.Title, same.Location, same.Description, same.Starts, same.Zone, same.Length, same.Rule = p.Title, p.Location, p.Description, p.Starts, p.Zone, p.Length, p.Rule
	if sameMeeting(m, same) {
		return m, nil
	}
	return edited(m, now, Edit{Title: &p.Title, Location: &p.Location, Description: &p.Description, Starts: &p.Starts, Zone: &p.Zone,
		Length: &p.Length, Rule: &p.Rule})
}

// edited is a meeting after edits.
func edited(m store.Meeting, now time.Time, edits ...Edit) (store.Meeting, *misfit) {
	for _, e := range edits {
		is, err := changed(m, e, now)
		if err != nil {
			return m, &misfit{"other", err.Error()}
		}
		m = is
	}
	return m, nil
}

// appliedTo is a meeting with a date as a calendar wants it. What is past stays as it was.
func (d askedDate) appliedTo(m store.Meeting, now time.Time) (store.Meeting, *misfit) {
	key, ok := d.on(m)
	switch {
	case !ok && d.Cancelled: // a date that there is not, does not take place
		return m, nil
	case !ok:
		return m, &misfit{"date", d.shown(m)}
	case d.Later && d.Cancelled:
		return d.ended(m, key, now)
	case d.Later:
		return d.laterApplied(m, key, now)
	}
	e, news := d.edit(m, key, now)
	if !news {
		return m, nil
	}
	if have, ok := dateAt(m, key); e.Cancel && ok && isLast(m, have, now) {
		return m, &misfit{kind: noneLeft}
	}
	return edited(m, now, e)
}

// edit is what makes a date of a meeting as it is wanted; false where it is so, or is past.
func (d askedDate) edit(m store.Meeting, key string, now time.Time) (e Edit, news bool) {
	have, ok := dateAt(m, key)
	zone, err := time.LoadLocation(m.Zone)
	if !ok || err != nil || have.overBy(m.Zone, now) {
		return e, false
	}
	if e.Occurrence = key; d.Cancelled {
		e.Cancel = true
		return e, !have.Cancelled
	}
	starts, title, location, length := itip.At(d.Starts, zone).Wall, cmp.Or(d.Title, m.Title), d.Location, d.Length
	e.Starts, e.Title, e.Location, e.Length = &starts, &title, &location, &length
	return e, have.Cancelled || !have.Starts.Equal(starts) || have.Title != title || have.Location != location || have.Length != length
}

// isLast says whether a date is the only one of its meeting that is left to come.
func isLast(m store.Meeting, d date, now time.Time) bool {
	left, _ := Next(m, now, 2)
	zone, err := time.LoadLocation(m.Zone)
	return err == nil && len(left) == 1 && left[0].Equal(itip.Time{Wall: d.Starts, Zone: zone}.Instant(nil))
}

// ended is a series that ends before a date.
func (d askedDate) ended(m store.Meeting, key string, now time.Time) (store.Meeting, *misfit) {
	rule, err := itip.ParseRule(m.Rule)
	if err != nil {
		return m, &misfit{"rule", err.Error()}
	}
	if next, _ := Next(m, now, 1); len(next) == 0 || !next[0].Before(momentOf(key)) {
		return m, &misfit{kind: noneLeft}
	}
	rule.Count, rule.Until = 0, itip.At(momentOf(key).Add(-time.Second), time.UTC)
	text := rule.String()
	return edited(m, now, Edit{Rule: &text})
}

// laterApplied changes a date and all later ones, as far as it and they are moved by the same time of the day. Each of them is
// then a date with a change of its own; a series without end cannot be changed so, since it would be another one.
func (d askedDate) laterApplied(m store.Meeting, key string, now time.Time) (store.Meeting, *misfit) {
	series, err := seriesOf(m)
	zone, zoneErr := time.LoadLocation(m.Zone)
	if err != nil || zoneErr != nil {
		return m, &misfit{"date", d.shown(m)}
	}
	series.Master.Exceptions, series.Changes = nil, nil
	from := momentOf(key)
	all, err := series.Next(from, maxChanges+1, zone)
	if err != nil || len(all) > maxChanges {
		return m, &misfit{kind: "later"}
	}
	by := itip.At(d.Starts, zone).Wall.Sub(itip.At(from, zone).Wall) // on the clocks, also where they change between two dates
	for _, o := range all {
		one := d
		one.Starts = itip.Time{Wall: o.ID.Wall.Add(by), Zone: zone}.Instant(nil)
		e, news := one.edit(m, o.ID.Key(), now)
		if have, ok := dateAt(m, o.ID.Key()); !news || ok && have.Cancelled && o.ID.Key() != key {
			continue
		}
		var wrong *misfit
		if m, wrong = edited(m, now, e); wrong != nil {
			return m, wrong
		}
	}
	return m, nil
}

// shown is a date for people: the day, on the clocks of the meeting.
func (d askedDate) shown(m store.Meeting) string {
	id, ok := readKey(d.ID)
	if zone, err := time.LoadLocation(m.Zone); ok && err == nil {
		return inZone(id, zone).In(zone).Wall.Format("2006-01-02 15:04")
	}
	return d.ID
}
