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

// leastRatings is of how many people ratings are told (metrics, rule 3).
const leastRatings = 5

// pastMeetings are the dates that were held in the time, with how many came or said that they would, how it was, and where
// the minutes are.
func (g *composing) pastMeetings(ctx context.Context) (items []issue.Item, err error) {
	all, err := g.DB.OccurrencesBetween(ctx, g.community.ID, g.from, g.until)
	if err != nil {
		return nil, err
	}
	for _, o := range all {
		if !o.CancelledAt.IsZero() || o.Ends.After(g.until) {
			continue
		}
		date, err := g.heldMeeting(ctx, o)
		if err != nil {
			return nil, err
		}
		items = append(items, issue.Item{Meeting: date})
	}
	return firstDates(items), nil
}

func (g *composing) heldMeeting(ctx context.Context, o store.Occurrence) (*issue.Meeting, error) {
	date := &issue.Meeting{ID: o.MeetingID, Occurrence: o.Key, Title: o.Title, Starts: o.Starts, Minutes: int(o.Ends.Sub(o.Starts) / time.Minute), Held: true}
	people, err := g.DB.Attendances(ctx, o.ID)
	if err != nil {
		return nil, err
	}
	for _, p := range people {
		if p.Answer == store.Accepted {
			date.Accepted++
		}
		if p.Came && !o.ToldAt.IsZero() {
			date.Came++
		}
	}
	ratings, err := g.DB.Feedbacks(ctx, o.ID)
	if err != nil {
		return nil, err
	}
	if len(ratings) >= leastRatings {
		sum := 0
		for _, r := range ratings {
			sum += r.Rating
		}
		date.Rating, date.Ratings = float64(sum)/float64(len(ratings)), len(ratings)
	}
	date.Thread, err = g.minutesThread(ctx, o)
	return date, err
}

// minutesThread is the thread in which the minutes of a date are; 0 for none.
func (g *composing) minutesThread(ctx context.Context, o store.Occurrence) (int64, error) {
	if o.MinutesID == "" {
		return 0, nil
	}
	posts, err := g.DB.PostsByMessageID(ctx, o.MinutesID)
	for _, p := range posts {
		if p.CommunityID == g.community.ID {
			return p.ThreadID, err
		}
	}
	return 0, err
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
