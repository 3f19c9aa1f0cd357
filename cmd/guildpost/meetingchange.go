package main

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"guildpost/calendar"
	"guildpost/store"
)

// A meetingChange is what "meeting change" was asked for.
type meetingChange struct {
	date, title, start, duration, location, description, timezone, rrule string
	cancel, later, asJSON                                                bool
	room                                                                 meetingRoom
}

func (a *app) meetingChange() *cobra.Command {
	var f meetingChange
	c := &cobra.Command{Use: "change COP ID", Short: "Changes a meeting, or one date of it: those whom it concerns hear", Args: arguments(2, 2),
		Long: "Changes a meeting, or with --date one date of a meeting that repeats. Everybody who is invited hears once what is not as\n" +
			"they were last told, and only of time, place and dates: a change of the title or the description alone mails nobody.\n" +
			"Answers stand, unless the time is another: then they are asked for once more.\n\n" +
			"--start is a time of day in the meeting's zone, \"2026-08-31 18:00\", or 18:00 on the day on which it is. A date that was\n" +
			"cancelled takes place again with --start. --this-and-later, with --date, ends the meeting before that date, and calls a\n" +
			"new one that goes on from there."}
	c.Flags().StringVar(&f.date, "date", "", "only the `DATE` 2026-08-17, or \"2026-08-17 15:00\"")
	c.Flags().StringVar(&f.title, "title", "", "what it is called")
	c.Flags().StringVar(&f.start, "start", "", "the `TIME` at which it starts")
	c.Flags().StringVar(&f.duration, "duration", "", "how `LONG` it takes: 45m, 1h30m")
	c.Flags().StringVar(&f.location, "location", "", "where it is, or the link")
	c.Flags().StringVar(&f.description, "description", "", "what it is about")
	c.Flags().StringVar(&f.timezone, "timezone", "", "its time `ZONE`, such as Europe/Berlin")
	c.Flags().StringVar(&f.rrule, "rrule", "", "the `RULE` by which it repeats; \"\" for one date")
	c.Flags().BoolVar(&f.cancel, "cancel", false, "it does not take place")
	c.Flags().BoolVar(&f.later, "this-and-later", false, "the date of --date and all that come after it")
	f.room.flags(c)
	c.Flags().BoolVar(&f.room.all, "all", false, "for all members again, not only some of them")
	jsonFlag(c, &f.asJSON)
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withMeeting(c.Context(), args[0], args[1], func(db *store.DB, community store.Community, m store.Meeting) error {
			if f.room.given(c) {
				return a.changeMeetingRoom(c, db, community, m, f)
			}
			e, err := f.edit(c, m, a.now())
			if err != nil {
				return err
			}
			return a.changeMeeting(c.Context(), db, community, m, e, f)
		})
	}
	return c
}

// changeMeetingRoom changes whom a meeting is for and how many have a place, which is of the whole and not a matter of its dates.
func (a *app) changeMeetingRoom(c *cobra.Command, db *store.DB, community store.Community, m store.Meeting, f meetingChange) error {
	for _, name := range []string{"date", "title", "start", "duration", "location", "description", "timezone", "rrule", "cancel", "this-and-later"} {
		if c.Flags().Changed(name) {
			return wrongUse(c, "--role, --to, --guest, --all and --capacity do not go with --%s: change one after the other", name)
		}
	}
	k, err := a.newCalendar(c.Context(), db)
	if err != nil {
		return err
	}
	if m, err = a.changeRoom(c, k, community, m, &f.room); err != nil {
		return err
	}
	if f.asJSON {
		j, err := a.fullMeetingJSON(c.Context(), db, m)
		if err != nil {
			return err
		}
		return a.printJSON(j)
	}
	if err := a.sayInvited(c.Context(), db, community, m, "changed"); err != nil {
		return err
	}
	return a.sayCrowded(c.Context(), db, m)
}

// edit is what the flags that were given ask for.
func (f meetingChange) edit(c *cobra.Command, m store.Meeting, now time.Time) (e calendar.Edit, err error) {
	given := c.Flags().Changed
	if f.later != given("this-and-later") || f.later && f.date == "" {
		return e, wrongUse(c, "--this-and-later needs the --date from which on")
	}
	if f.date != "" {
		if e.Occurrence, err = calendar.FindDate(m, f.date, now); err != nil {
			return e, err
		}
	}
	for name, field := range map[string]struct {
		to    **string
		value string
	}{"title": {&e.Title, f.title}, "location": {&e.Location, f.location}, "description": {&e.Description, f.description},
		"timezone": {&e.Zone, f.timezone}, "rrule": {&e.Rule, f.rrule}} {
		if given(name) {
			*field.to = &field.value
		}
	}
	if given("start") {
		starts, err := wallOn(f.start, calendar.StartOf(m, e.Occurrence))
		if err != nil {
			return e, err
		}
		e.Starts = &starts
	}
	if given("duration") {
		length, err := time.ParseDuration(f.duration)
		if err != nil {
			return e, store.Errorf(store.Invalid, "%q is no duration: write 45m or 1h30m", f.duration)
		}
		e.Length = &length
	}
	e.Cancel = f.cancel
	return e, f.check(c, e)
}

// check refuses what contradicts itself.
func (f meetingChange) check(c *cobra.Command, e calendar.Edit) error {
	changes := e.Title != nil || e.Location != nil || e.Description != nil || e.Zone != nil || e.Rule != nil || e.Starts != nil || e.Length != nil
	switch {
	case e.Cancel && changes:
		return wrongUse(c, "--cancel goes with --date and --this-and-later alone")
	case !e.Cancel && !changes:
		return wrongUse(c, "say what is to change: --title, --start, --duration, --location, --description, --timezone, --rrule or --cancel")
	}
	return nil
}

// wallOn reads a time as parseWall does, or a time of day, which is on the day of another time.
func wallOn(text string, day time.Time) (time.Time, error) {
	if clock, err := time.Parse("15:04", text); err == nil && !day.IsZero() {
		return time.Date(day.Year(), day.Month(), day.Day(), clock.Hour(), clock.Minute(), 0, 0, time.UTC), nil
	}
	return parseWall(text)
}

func (a *app) changeMeeting(ctx context.Context, db *store.DB, c store.Community, m store.Meeting, e calendar.Edit, f meetingChange) error {
	k, err := a.newCalendar(ctx, db)
	if err != nil {
		return err
	}
	if f.later {
		return a.splitMeeting(ctx, k, c, m, e, f.asJSON)
	}
	is, err := k.Change(ctx, a.actor(), m, e)
	if err != nil {
		return err
	}
	if f.asJSON {
		return a.printJSON(newMeetingJSON(is, a.now()))
	}
	a.sayMeetingChanged(c, m, is)
	return nil
}

// sayMeetingChanged says what a change came to.
func (a *app) sayMeetingChanged(c store.Community, was, is store.Meeting) {
	if is.State == store.MeetingCancelled {
		a.say("meeting %d of %s is cancelled; those who were invited are being told", is.ID, c.Address())
		return
	}
	heard := "nobody is mailed, since time, place and dates are as they were"
	if is.Sequence != was.Sequence {
		heard = "those who are invited are being told"
	}
	a.say("meeting %d of %s is changed; %s", is.ID, c.Address(), heard)
	if dropped := calendar.Dropped(was, is); len(dropped) > 0 {
		a.say("these dates had a change of their own, which is gone with them: %s", strings.Join(dropped, ", "))
	}
}

func (a *app) splitMeeting(ctx context.Context, k *calendar.Calendar, c store.Community, m store.Meeting, e calendar.Edit, asJSON bool) error {
	first, later, err := k.Split(ctx, a.actor(), m, e)
	if err != nil {
		return err
	}
	switch {
	case asJSON:
		return a.printJSON(newMeetingJSON(later, a.now()))
	case later.ID == first.ID && e.Cancel && first.State == store.MeetingConfirmed:
		a.say("meeting %d of %s ends before that date; those who are invited are being told", first.ID, c.Address())
	case later.ID == first.ID:
		a.say("that is its first date: it is about the whole meeting")
		a.sayMeetingChanged(c, m, first)
	default:
		a.say("meeting %d of %s ends before that date, and meeting %d goes on from there; those who are invited are being told", first.ID, c.Address(), later.ID)
	}
	return nil
}
