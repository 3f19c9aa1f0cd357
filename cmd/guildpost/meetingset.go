package main

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"guildpost/calendar"
	"guildpost/store"
)

// A meetingSetting is one key of meeting set, and how meeting show has it.
type meetingSetting struct {
	key  string
	what string // the legal values
	set  func(s *store.MeetingSettings, value string) error
	show func(s store.MeetingSettings) string
}

var meetingSettings = []meetingSetting{
	{"reminders", "when people are reminded: 1d 1h, 2d 30m, none; or empty for the community's", func(s *store.MeetingSettings, v string) (err error) {
		s.Reminders, err = parseReminders(v)
		return err
	}, func(s store.MeetingSettings) string { return s.Reminders }},
	{"quorum", "how many must come, so that the facilitators are warned a day before where fewer are expected; 0 for any number",
		setQuorum, func(s store.MeetingSettings) string { return strconv.Itoa(s.Quorum) }},
}

func setQuorum(s *store.MeetingSettings, v string) error {
	n, err := strconv.Atoi(v)
	if err != nil || n < 0 || n > 1_000_000 {
		return store.Errorf(store.Invalid, "quorum=%s: must be a number of people, or 0", v)
	}
	s.Quorum = n
	return nil
}

// parseReminders reads when people are reminded of meetings; "" stays what it is.
func parseReminders(value string) (string, error) {
	if value == "" {
		return "", nil
	}
	return calendar.ParseReminders(value)
}

var meetingRules = []communityRule{
	{"reminders", "when people are reminded of meetings: 1d 1h (a day and an hour before), 2d 30m, none", func(c *store.Community, v string) (err error) {
		c.Reminders, err = parseReminders(v)
		if c.Reminders == defaultReminders {
			c.Reminders = ""
		}
		return err
	}, func(j communityJSON) string { return j.Reminders }},
}

// defaultReminders is when people are reminded where nothing else is said.
const defaultReminders = "1d 1h"

func (a *app) meetingSet() *cobra.Command {
	c := &cobra.Command{Use: "set COP ID KEY=VALUE...", Short: "Changes what a meeting is set to; nobody is mailed about it", Args: arguments(3, -1)}
	c.Long = "Changes what a meeting is set to; all of it or, where one is wrong, nothing. The keys:\n"
	var keys []string
	for _, s := range meetingSettings {
		keys = append(keys, s.key)
		c.Long += "\n  " + s.key + strings.Repeat(" ", 12-len(s.key)) + s.what
	}
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withMeeting(c.Context(), args[0], args[1], func(db *store.DB, _ store.Community, m store.Meeting) error {
			k, err := a.newCalendar(c.Context(), db)
			if err != nil {
				return err
			}
			_, err = k.Set(c.Context(), a.actor(), m, func(s *store.MeetingSettings) error {
				return setAll(args[2:], keys, func(key, value string) error { return setMeeting(s, key, value) })
			})
			return err
		})
	}
	return c
}

// planMeetings finds out anew what is due about the meetings of a community, whose rules have changed.
func (a *app) planMeetings(ctx context.Context, db *store.DB, c store.Community) error {
	k, err := a.newCalendar(ctx, db)
	if err != nil {
		return err
	}
	return k.PlanAgain(ctx, c, a.now())
}

func setMeeting(s *store.MeetingSettings, key, value string) error {
	for _, setting := range meetingSettings {
		if setting.key == key {
			return setting.set(s, value)
		}
	}
	return store.Errorf(store.Invalid, "there is no key %s", key)
}
