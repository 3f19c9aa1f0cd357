package calendar

import (
	"context"
	"fmt"
	"strings"
	"time"

	"guildpost/calendar/itip"
	"guildpost/mail"
	"guildpost/store"
)

// A Plan is a meeting that somebody wants to call.
type Plan struct {
	Title       string
	Location    string    // where, or the link
	Description string    // lines in LF
	Starts      time.Time // what the clocks of the zone show
	Zone        string    // IANA
	Length      time.Duration
	Rule        string // RRULE; "" for one date
	Invitees    Invitees
	Capacity    int    // how many have a place; 0 is any number
	UID         string // "" for a new one; Conflict where there is a meeting of that UID
}

// Limits of a meeting. The texts are as long as Outlook shows them.
const (
	maxTitle       = 250
	maxLocation    = 500
	maxDescription = 20_000
	maxLength      = 31 * 24 * time.Hour
)

// Call keeps a meeting and invites the members. The error is Invalid, with a sentence, for a plan that cannot be.
func (k *Calendar) Call(ctx context.Context, by store.Actor, c store.Community, p Plan) (store.Meeting, error) {
	if c.Closed {
		return store.Meeting{}, store.Errorf(store.Conflict, "%s is closed", c.Title)
	}
	m, err := p.meeting(by.At)
	if err != nil {
		return m, err
	}
	m.CommunityID, m.UID = c.ID, p.UID
	m.Settings.Capacity = p.Capacity
	if m.Settings.Audience, err = k.Audience(ctx, by, c, p.Invitees); err != nil {
		return m, err
	}
	if m.UID == "" {
		if m.UID, err = mail.NewMessageID(k.Random, by.At, c.Domain); err != nil {
			return m, err
		}
	}
	if m, err = k.DB.AddMeeting(ctx, by, m, k.planned(by.At)); err != nil {
		return m, err
	}
	_, err = k.Due(ctx, by.At)
	return m, err
}

// Cancel cancels a meeting and tells those who are invited.
func (k *Calendar) Cancel(ctx context.Context, by store.Actor, id int64) (store.Meeting, error) {
	m, err := k.DB.Meeting(ctx, id)
	if err != nil {
		return m, err
	}
	if over(m, by.At) {
		return m, store.Errorf(store.Conflict, "this meeting is over: it cannot be cancelled any more")
	}
	if m, err = k.DB.CancelMeeting(ctx, by, id); err != nil {
		return m, err
	}
	_, err = k.Due(ctx, by.At)
	return m, err
}

// over says whether the last date of a meeting has ended.
func over(m store.Meeting, now time.Time) bool { return !m.EndsAt.IsZero() && !now.Before(m.EndsAt) }

// meeting checks a plan.
func (p Plan) meeting(now time.Time) (m store.Meeting, err error) {
	m = store.Meeting{Title: strings.TrimSpace(p.Title), Location: strings.TrimSpace(p.Location), Description: strings.TrimSpace(p.Description),
		Starts: p.Starts.Truncate(time.Second), Zone: p.Zone, Length: p.Length.Truncate(time.Second)}
	if err := p.check(m); err != nil {
		return m, err
	}
	if p.Rule != "" {
		rule, err := itip.ParseRule(p.Rule)
		if err != nil {
			return m, store.Errorf(store.Invalid, "the rule %q cannot be followed: %w", p.Rule, err)
		}
		m.Rule = rule.String()
	}
	series, err := seriesOf(m)
	if err != nil {
		return m, err
	}
	if last, ok := series.Last(time.UTC); ok {
		m.EndsAt = last.End.Instant(time.UTC)
	}
	if over(m, now) {
		return m, store.Errorf(store.Invalid, "the meeting would be over by now: its last date ends at %s", m.EndsAt.Format(time.RFC3339))
	}
	return m, nil
}

func (p Plan) check(m store.Meeting) error {
	for _, text := range []struct {
		name, value string
		most        int
	}{{"title", m.Title, maxTitle}, {"location", m.Location, maxLocation}, {"description", m.Description, maxDescription}} {
		if len(text.value) > text.most {
			return store.Errorf(store.Invalid, "the %s has %d bytes; %d are the most", text.name, len(text.value), text.most)
		}
		if strings.ContainsFunc(text.value, func(r rune) bool { return r < ' ' && (r != '\n' || text.name != "description") || r == 0x7f }) {
			return store.Errorf(store.Invalid, "the %s holds a control character", text.name)
		}
	}
	if err := checkCapacity(p.Capacity); err != nil {
		return err
	}
	switch _, err := time.LoadLocation(m.Zone); {
	case m.Title == "":
		return store.Errorf(store.Invalid, "a meeting needs a title")
	case err != nil || m.Zone == "" || m.Zone == "Local":
		return store.Errorf(store.Invalid, "%q is no time zone such as Europe/Berlin", m.Zone)
	case m.Length < time.Minute || m.Length > maxLength:
		return store.Errorf(store.Invalid, "a meeting takes between a minute and 31 days, not %s", p.Length)
	}
	return nil
}

// seriesOf is a meeting with all its dates.
func seriesOf(m store.Meeting) (itip.Series, error) {
	zone, err := time.LoadLocation(m.Zone)
	if err != nil {
		return itip.Series{}, fmt.Errorf("meeting %s: %w", m.UID, err)
	}
	start := itip.Time{Wall: m.Starts, Zone: zone}
	e := itip.Event{Kind: itip.KindEvent, UID: m.UID, Sequence: m.Sequence, Start: start, End: start.Add(itip.Duration{Exact: m.Length}),
		Summary: m.Title, Location: m.Location, Description: m.Description, Status: "CONFIRMED"}
	if m.Rule != "" {
		rule, err := itip.ParseRule(m.Rule)
		if err != nil {
			return itip.Series{}, fmt.Errorf("meeting %s: %w", m.UID, err)
		}
		e.Rules = []itip.Rule{rule}
	}
	series := itip.Series{Master: e}
	for _, d := range m.Changes {
		id, err := occurrenceID(d.Occurrence, zone)
		if err != nil {
			return itip.Series{}, fmt.Errorf("meeting %s: %w", m.UID, err)
		}
		if d.Cancelled {
			series.Master.Exceptions = append(series.Master.Exceptions, id)
			continue
		}
		series.Changes = append(series.Changes, changedDate(series.Master, d, id))
	}
	return series, nil
}

// changedDate is one date of a series that differs from the rest (RFC 5545 3.8.4.4).
func changedDate(master itip.Event, d store.DateChange, id itip.Time) itip.Event {
	e := master
	e.Rules, e.Exceptions, e.RecurrenceID = nil, nil, id
	e.Start = itip.Time{Wall: d.Starts, Zone: id.Zone}
	e.End = e.Start.Add(itip.Duration{Exact: d.Length})
	e.Summary, e.Location, e.Sequence = d.Title, d.Location, d.Sequence
	return e
}

// keyLayout is how RSVPs name dates: itip.Time.Key.
const keyLayout = "20060102T150405Z"

// occurrenceID is the date of a series that a key names.
func occurrenceID(key string, zone *time.Location) (itip.Time, error) {
	at, err := time.Parse(keyLayout, key)
	if err != nil {
		return itip.Time{}, fmt.Errorf("%q names no date of a meeting: %w", key, err)
	}
	return itip.At(at, zone), nil
}

// Next returns when the next dates of a meeting start that have not ended at a time, at most n, and whether there are more.
func Next(m store.Meeting, now time.Time, n int) (starts []time.Time, more bool) {
	series, err := seriesOf(m)
	if err != nil {
		return nil, false
	}
	longest, early := m.Length, 0
	for _, d := range m.Changes {
		if d.Length > longest {
			longest, early = d.Length, int(maxLength/(24*time.Hour)) // others that began with it are over before it
		}
	}
	found, _ := series.Next(now.Add(1-longest), n+early+1, time.UTC) // what there is comes with the error
	for _, o := range found {
		if o.End.Instant(time.UTC).After(now) {
			starts = append(starts, o.Start.Instant(time.UTC))
		}
	}
	return starts[:min(n, len(starts))], len(starts) > n
}
