package digest

import (
	"context"
	"slices"
	"time"

	"guildpost/calendar"
	"guildpost/digest/issue"
	"guildpost/store"
)

// Bounds of what one issue tells of meetings.
const (
	lookAhead    = 45 * 24 * time.Hour
	mostMeetings = 5
	mostDates    = 60 // of one meeting that are looked at
)

// comingMeetings are the next dates, of each meeting the first.
func (g *composing) comingMeetings(ctx context.Context) (items []issue.Item, err error) {
	all, err := g.DB.Meetings(ctx, g.community.ID, g.until)
	if err != nil {
		return nil, err
	}
	for _, m := range all {
		next, _ := calendar.Next(m, g.until, 1)
		if m.State == store.MeetingConfirmed && len(next) > 0 && next[0].Before(g.until.Add(lookAhead)) {
			items = append(items, issue.Item{Meeting: meetingDate(m, next[0])})
		}
	}
	return firstDates(items), nil
}

func meetingDate(m store.Meeting, start time.Time) *issue.Meeting {
	return &issue.Meeting{ID: m.ID, Occurrence: start.UTC().Format("20060102T150405Z"), Title: m.Title, Starts: start, Minutes: int(m.Length / time.Minute), Place: m.Location}
}

// firstDates puts meetings into the order of their dates, and leaves out what is too much.
func firstDates(items []issue.Item) []issue.Item {
	slices.SortStableFunc(items, func(a, b issue.Item) int { return a.Meeting.Starts.Compare(b.Meeting.Starts) })
	return items[:min(len(items), mostMeetings)]
}

// pastMeetings are the dates that were held in the time, with how many came or said that they would.
func (g *composing) pastMeetings(ctx context.Context) (items []issue.Item, err error) {
	all, err := g.DB.Meetings(ctx, g.community.ID, g.from)
	if err != nil {
		return nil, err
	}
	for _, m := range all {
		if m.State != store.MeetingConfirmed {
			continue
		}
		starts, _ := calendar.Next(m, g.from, mostDates)
		held := slices.DeleteFunc(starts, func(start time.Time) bool { return start.Add(m.Length).After(g.until) || !start.After(g.from) })
		if len(held) == 0 {
			continue
		}
		rsvps, err := g.DB.RSVPs(ctx, m.ID, 0)
		if err != nil {
			return nil, err
		}
		for _, start := range held {
			date := meetingDate(m, start)
			date.Held, date.Accepted = true, accepted(rsvps, date.Occurrence)
			items = append(items, issue.Item{Meeting: date})
		}
	}
	return firstDates(items), nil
}

// accepted counts who said that they come to a date.
func accepted(rsvps []store.RSVP, occurrence string) (n int) {
	for from := 0; from < len(rsvps); {
		to := from
		for to < len(rsvps) && rsvps[to].SubscriptionID == rsvps[from].SubscriptionID {
			to++
		}
		if answerTo(rsvps[from:to], occurrence) == store.Accepted {
			n++
		}
		from = to
	}
	return n
}

// answerTo is what somebody's answers say about a date: the one to that date, else the latest one to it and later ones, else
// the one to the whole meeting.
func answerTo(rsvps []store.RSVP, occurrence string) store.RSVPAnswer {
	var best *store.RSVP
	for i := range rsvps {
		r := &rsvps[i]
		switch {
		case !r.Later && r.Occurrence == occurrence:
			return r.Answer
		case r.Later && r.Occurrence <= occurrence || r.Occurrence == "":
			if best == nil || r.Occurrence > best.Occurrence {
				best = r
			}
		}
	}
	if best == nil {
		return ""
	}
	return best.Answer
}
