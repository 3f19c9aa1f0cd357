package main

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"guildpost/calendar"
	"guildpost/store"
)

func (a *app) meetingCommand() *cobra.Command {
	return group("meeting", "Meetings: call, list, show, set, change and cancel them; who comes",
		a.meetingAdd(),
		a.meetingList(),
		a.meetingShow(),
		a.meetingChange(),
		a.meetingCancel(),
		a.meetingRSVPs(),
		a.meetingSet(),
		a.meetingAgenda(),
		a.meetingProposals(),
		a.meetingAttendance(),
		a.meetingActions(),
		a.meetingFeedback(),
		a.meetingRota(),
		a.meetingFairness(),
		a.meetingSeat(),
		a.meetingPoll(),
	)
}

// A meetingJSON is a meeting for programs.
type meetingJSON struct {
	ID          int64      `json:"id"`
	UID         string     `json:"uid"`
	Title       string     `json:"title"`
	Start       jsonTime   `json:"start"` // of its first date
	End         jsonTime   `json:"end"`   // of its first date
	Timezone    string     `json:"timezone"`
	RRule       string     `json:"rrule"`
	State       string     `json:"state"`
	Location    string     `json:"location"`
	Description string     `json:"description"`
	Sequence    int        `json:"sequence"`
	Next        *jsonTime  `json:"next"`    // the date that comes; null where none does
	Changes     []dateJSON `json:"changes"` // dates with a change of their own

	Audience *audienceJSON `json:"audience,omitempty"` // in meeting add, change and show
	Invited  int           `json:"invited,omitempty"`  // as well
	Capacity int           `json:"capacity,omitempty"` // how many have a place; left out for any number
}

// A dateJSON is one date of a meeting that is not as the others.
type dateJSON struct {
	Occurrence string   `json:"occurrence"` // names it, also where it was moved: 20260817T130000Z
	State      string   `json:"state"`      // confirmed, cancelled
	Start      jsonTime `json:"start"`
	End        jsonTime `json:"end"`
	Title      string   `json:"title"`
	Location   string   `json:"location"`
	Sequence   int      `json:"sequence"`
}

func newDateJSON(d calendar.DateOf) dateJSON {
	j := dateJSON{Occurrence: d.Occurrence, State: string(store.MeetingConfirmed), Start: jsonTime(d.Start), End: jsonTime(d.Start.Add(d.Length)),
		Title: d.Title, Location: d.Location, Sequence: d.Sequence}
	if d.Cancelled {
		j.State = string(store.MeetingCancelled)
	}
	return j
}

func newMeetingJSON(m store.Meeting, now time.Time) meetingJSON {
	j := meetingJSON{ID: m.ID, UID: m.UID, Title: m.Title, Timezone: m.Zone, RRule: m.Rule, State: string(m.State), Location: m.Location,
		Description: m.Description, Sequence: m.Sequence, Changes: []dateJSON{}}
	for _, d := range calendar.ChangedDates(m) {
		j.Changes = append(j.Changes, newDateJSON(d))
	}
	if first, _ := calendar.Next(m, time.Time{}, 1); len(first) > 0 {
		j.Start, j.End = jsonTime(first[0]), jsonTime(first[0].Add(m.Length))
	}
	if next, _ := calendar.Next(m, now, 1); len(next) > 0 && m.State == store.MeetingConfirmed {
		j.Next = (*jsonTime)(&next[0])
	}
	return j
}

func (a *app) meetingAdd() *cobra.Command {
	var p calendar.Plan
	var room meetingRoom
	var start, duration string
	var asJSON bool
	c := &cobra.Command{Use: "add COP", Short: "Calls a meeting: every member is invited", Args: arguments(1, 1),
		Long: "Calls a meeting, single or repeating. Every member gets an invitation of their own, which they answer in their calendar,\n" +
			"by a reply (yes, no, maybe) or on its page. Who joins later is invited to what comes; who leaves is taken off.\n\n" +
			"--start is a time of day in the meeting's zone: \"2026-08-31 18:00\". --rrule says how it repeats, as calendars do (RFC 5545):\n" +
			"FREQ=WEEKLY;COUNT=10, FREQ=MONTHLY;BYDAY=1TU."}
	c.Flags().StringVar(&p.Title, "title", "", "what it is called (needed)")
	c.Flags().StringVar(&start, "start", "", "the `TIME` at which it starts (needed)")
	c.Flags().StringVar(&duration, "duration", "1h", "how `LONG` it takes: 45m, 1h30m")
	c.Flags().StringVar(&p.Zone, "timezone", "", "its time `ZONE`, such as Europe/Berlin (the community's, else the installation's)")
	c.Flags().StringVar(&p.Rule, "rrule", "", "the `RULE` by which it repeats")
	c.Flags().StringVar(&p.Location, "location", "", "where it is, or the link")
	c.Flags().StringVar(&p.Description, "description", "", "what it is about")
	room.flags(c)
	jsonFlag(c, &asJSON)
	c.RunE = func(c *cobra.Command, args []string) (err error) {
		p.Invitees, p.Capacity = room.invitees(), room.capacity
		if p.Starts, err = parseWall(start); err != nil {
			return err
		}
		if p.Length, err = time.ParseDuration(duration); err != nil {
			return store.Errorf(store.Invalid, "%q is no duration: write 45m or 1h30m", duration)
		}
		return a.withCommunity(c.Context(), args[0], func(db *store.DB, community store.Community) error {
			return a.addMeeting(c.Context(), db, community, p, asJSON)
		})
	}
	return c
}

// parseWall reads what the clocks of a zone show.
func parseWall(text string) (time.Time, error) {
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, store.Errorf(store.Invalid, "%q is no time: write --start \"2026-08-31 18:00\"", text)
}

func (a *app) addMeeting(ctx context.Context, db *store.DB, c store.Community, p calendar.Plan, asJSON bool) error {
	for _, zone := range []string{c.Timezone, a.config.Timezone.String()} {
		if p.Zone == "" {
			p.Zone = zone
		}
	}
	k, err := a.newCalendar(ctx, db)
	if err != nil {
		return err
	}
	m, err := k.Call(ctx, a.actor(), c, p)
	if err != nil {
		return err
	}
	if asJSON {
		j, err := a.fullMeetingJSON(ctx, db, m)
		if err != nil {
			return err
		}
		return a.printJSON(j)
	}
	return a.sayInvited(ctx, db, c, m, "called")
}

// fullMeetingJSON says whom the meeting is for as well.
func (a *app) fullMeetingJSON(ctx context.Context, db *store.DB, m store.Meeting) (j meetingJSON, err error) {
	j = newMeetingJSON(m, a.now())
	audience, err := newAudienceJSON(ctx, db, m.Settings.Audience)
	if err != nil {
		return j, err
	}
	j.Audience, j.Capacity = &audience, m.Settings.Capacity
	j.Invited, err = db.Invited(ctx, m.ID)
	return j, err
}

func (a *app) meetingList() *cobra.Command {
	var asJSON, all bool
	c := &cobra.Command{Use: "list COP", Short: "Lists the meetings that come", Args: arguments(1, 1)}
	jsonFlag(c, &asJSON)
	c.Flags().BoolVar(&all, "all", false, "those that are over, too")
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withCommunity(c.Context(), args[0], func(db *store.DB, community store.Community) error {
			after := a.now()
			if all {
				after = time.Time{}
			}
			meetings, err := db.Meetings(c.Context(), community.ID, after)
			if err != nil {
				return err
			}
			out := a.list(asJSON, "ID", "NEXT", "TITLE", "REPEATS", "STATE")
			for _, m := range meetings {
				j := newMeetingJSON(m, a.now())
				if err := out.add(j, strconv.FormatInt(j.ID, 10), a.showNext(j), j.Title, j.RRule, j.State); err != nil {
					return err
				}
			}
			return out.end("no meetings")
		})
	}
	return c
}

// showNext is the next date on the clocks of the meeting's zone.
func (a *app) showNext(j meetingJSON) string {
	zone, err := time.LoadLocation(j.Timezone)
	if j.Next == nil || err != nil {
		return ""
	}
	return j.Next.show(zone)
}

// withMeeting finds the meeting that a command is about.
func (a *app) withMeeting(ctx context.Context, cop, number string, f func(*store.DB, store.Community, store.Meeting) error) error {
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil || id < 1 {
		return store.Errorf(store.Invalid, "%q is not the number of a meeting", number)
	}
	return a.withCommunity(ctx, cop, func(db *store.DB, c store.Community) error {
		m, err := meetingOf(ctx, db, c, id)
		if err != nil {
			return err
		}
		return f(db, c, m)
	})
}

func (a *app) meetingShow() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{Use: "show COP ID", Short: "Shows a meeting", Args: arguments(2, 2)}
	jsonFlag(c, &asJSON)
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withMeeting(c.Context(), args[0], args[1], func(db *store.DB, _ store.Community, m store.Meeting) error {
			j, err := a.fullMeetingJSON(c.Context(), db, m)
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(j)
			}
			t := a.fields()
			t.row("title", j.Title)
			t.row("starts", m.Starts.Format("2006-01-02 15:04"))
			t.row("timezone", j.Timezone)
			t.row("takes", m.Length.String())
			t.row("repeats", j.RRule)
			t.row("next", a.showNext(j))
			t.row("location", j.Location)
			t.row("description", j.Description)
			t.row("for", j.Audience.String())
			t.row("invited", strconv.Itoa(j.Invited))
			if j.Capacity > 0 {
				t.row("capacity", strconv.Itoa(j.Capacity))
			}
			for _, s := range meetingSettings {
				t.row(s.key, s.show(m.Settings))
			}
			t.row("state", j.State)
			t.row("called by", cmp.Or(m.Settings.CallerName, m.Actor))
			t.row("uid", j.UID)
			for _, d := range calendar.ChangedDates(m) {
				t.row("date", showDate(m, d))
			}
			return t.flush()
		})
	}
	return c
}

// showDate says what differs about a date, on the clocks of the meeting.
func showDate(m store.Meeting, d calendar.DateOf) string {
	zone, err := time.LoadLocation(m.Zone)
	if err != nil {
		return d.Occurrence
	}
	const layout = "2006-01-02 15:04"
	what := []string{d.Planned.In(zone).Format(layout)}
	switch {
	case d.Cancelled:
		return what[0] + " cancelled"
	case !d.Start.Equal(d.Planned):
		what = append(what, "moved to "+d.Start.In(zone).Format(layout))
	}
	if d.Length != m.Length {
		what = append(what, "takes "+d.Length.String())
	}
	if d.Location != m.Location {
		what = append(what, "at "+strconv.Quote(d.Location))
	}
	if d.Title != m.Title {
		what = append(what, "called "+strconv.Quote(d.Title))
	}
	return strings.Join(what, ", ")
}

func (a *app) meetingCancel() *cobra.Command {
	var f meetingChange
	c := &cobra.Command{Use: "cancel COP ID", Short: "Cancels a meeting, or one date of it: everybody who is invited hears", Args: arguments(2, 2)}
	c.Flags().StringVar(&f.date, "date", "", "only the `DATE` 2026-08-17, or \"2026-08-17 15:00\"")
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withMeeting(c.Context(), args[0], args[1], func(db *store.DB, community store.Community, m store.Meeting) (err error) {
			e := calendar.Edit{Cancel: true}
			if f.date != "" {
				if e.Occurrence, err = calendar.FindDate(m, f.date, a.now()); err != nil {
					return err
				}
			}
			return a.changeMeeting(c.Context(), db, community, m, e, f)
		})
	}
	return c
}
