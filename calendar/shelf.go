package calendar

import (
	"context"
	"slices"
	"strings"
	"time"

	"guildpost/calendar/itip"
	"guildpost/store"
)

// A shelf is where the meetings of a community lie for a reader: a member or guest of it, or for everybody who has its feed.
type shelf struct {
	community store.Community
	reader    *store.Subscription // nil is everybody
}

func (s shelf) of() store.Subscription {
	if s.reader == nil {
		return store.Subscription{}
	}
	return *s.reader
}

// shelves are those of a feed, by community; none where its owner has gone.
func (k *Calendar) shelves(ctx context.Context, f store.Feed) (all []shelf, err error) {
	if f.MemberID == 0 {
		c, err := k.DB.Community(ctx, f.CommunityID)
		return []shelf{{community: c}}, err
	}
	memberships, err := k.DB.MembershipsOf(ctx, f.MemberID)
	if err != nil {
		return nil, err
	}
	for _, s := range memberships {
		if f.CommunityID != 0 && s.CommunityID != f.CommunityID || !mayRead(s) {
			continue
		}
		c, err := k.DB.Community(ctx, s.CommunityID)
		if err != nil {
			return nil, err
		}
		all = append(all, shelf{c, &s})
	}
	return all, nil
}

// mayRead says whether somebody reads meetings: members do, also where mail to them fails, and guests those of theirs.
func mayRead(s store.Subscription) bool {
	return s.State == store.Active || s.State == store.Suspended || s.State == store.Guest
}

// A volume is a meeting as its reader may see it, with what they have answered.
type volume struct {
	meeting store.Meeting
	answers []store.RSVP
}

// volumes are the meetings of a shelf that its reader may see.
func (k *Calendar) volumes(ctx context.Context, s shelf) (all []volume, err error) {
	meetings, err := k.DB.Meetings(ctx, s.community.ID, feedPast(k.Now()))
	if err != nil {
		return nil, err
	}
	var given map[int64][]store.RSVP
	var told map[int64]store.InvitationState
	if s.reader != nil {
		if given, err = k.answersOf(ctx, s.reader.ID); err != nil {
			return nil, err
		}
		if told, err = k.DB.InvitationsOf(ctx, s.reader.ID); err != nil {
			return nil, err
		}
	}
	for _, m := range meetings {
		if s.reader == nil && m.Settings.Audience.IsAll() || s.reader != nil && sees(*s.reader, m, told) {
			all = append(all, volume{m, given[m.ID]})
		}
	}
	return all, nil
}

// sees says whether somebody may know of a meeting: it is for them, or they are invited to it.
func sees(s store.Subscription, m store.Meeting, told map[int64]store.InvitationState) bool {
	return m.Settings.Audience.Has(s) || told[m.ID] == store.Invited
}

// answersOf are somebody's answers by meeting.
func (k *Calendar) answersOf(ctx context.Context, subscriptionID int64) (map[int64][]store.RSVP, error) {
	all, err := k.DB.RSVPsOf(ctx, subscriptionID)
	given := map[int64][]store.RSVP{}
	for _, r := range all {
		given[r.MeetingID] = append(given[r.MeetingID], r)
	}
	return given, err
}

// shelved are the events of a shelf.
func (k *Calendar) shelved(ctx context.Context, s shelf) (events []itip.Event, err error) {
	volumes, err := k.volumes(ctx, s)
	if err != nil {
		return nil, err
	}
	for _, v := range volumes {
		more, err := s.events(v)
		if err != nil {
			return nil, err
		}
		events = append(events, more...)
	}
	return events, nil
}

// events are a meeting for its reader: who organises it is the list, and nobody is named but the reader. All of it follows
// from what it shows, its times of writing too, so that it is the same as long as that is.
func (s shelf) events(v volume) ([]itip.Event, error) {
	series, err := seriesOf(v.meeting)
	if err != nil {
		return nil, err
	}
	events := append([]itip.Event{series.Master}, series.Changes...)
	if s.reader != nil {
		events = append(events, answeredDates(v, series)...)
	}
	for i := range events {
		e := &events[i]
		e.Stamp = v.meeting.ChangedAt.UTC().Truncate(time.Second)
		e.Organizer = itip.Person{Address: s.community.Address(), Name: s.community.Title}
		if v.meeting.State == store.MeetingCancelled {
			e.Status = "CANCELLED"
		}
		if s.reader == nil {
			continue
		}
		answer := standingFor(v.meeting, e.RecurrenceID.Key(), v.answers).partStat()
		e.Attendees = []itip.Attendee{{Person: itip.Person{Address: s.reader.Address, Name: s.reader.Name}, Answer: answer,
			Type: "INDIVIDUAL", Role: "REQ-PARTICIPANT"}}
		e.Transparent = answer == itip.Declined
	}
	slices.SortStableFunc(events[1:], func(a, b itip.Event) int { return strings.Compare(a.RecurrenceID.Key(), b.RecurrenceID.Key()) })
	return events, nil
}

// maxAnswered is how many dates of a series are told apart because they were answered apart: an answer to all later ones may
// be one to a thousand.
const maxAnswered = 100

// answeredDates are the dates of a series that somebody has answered otherwise than the whole, and that differ in nothing else.
func answeredDates(v volume, series itip.Series) (dates []itip.Event) {
	from, until := "", ""
	for _, r := range v.answers {
		if r.Occurrence != "" && (from == "" || r.Occurrence < from) {
			from = r.Occurrence
		}
		until = max(until, r.Occurrence)
		if r.Later {
			until = "99991231T000000Z"
		}
	}
	start, err := time.Parse("20060102T150405Z", from)
	if from == "" || err != nil {
		return nil
	}
	plain := itip.Series{Master: series.Master}
	// By when they would have started: changed dates are told apart anyhow. What there is comes with the error.
	found, _ := plain.Next(start, maxAnswered, time.UTC)
	on := func(date itip.Time) itip.PartStat { return standingFor(v.meeting, date.Key(), v.answers).partStat() }
	whole := on(itip.Time{})
	for _, o := range found {
		changed := slices.ContainsFunc(series.Changes, func(e itip.Event) bool { return e.RecurrenceID.Equal(o.ID) })
		if o.ID.Key() > until || changed || on(o.ID) == whole {
			continue
		}
		e := series.Master
		e.Rules, e.Exceptions, e.RecurrenceID, e.Start, e.End = nil, nil, o.ID, o.Start, o.End
		dates = append(dates, e)
	}
	return dates
}
