package main

import (
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"guildpost/store"
	"guildpost/templates"
)

var memberKeys = []string{"name", "language", "timezone", "delivery", "digest_hour", "digest_format", "vacation", "own_copies", "reminders", "newsletter", "thanks", "named", "state"}

// digestFormats are the formats of a digest by what they are called here.
var digestFormats = map[string]store.DigestFormat{"readable": store.DigestReadable, "mime": store.DigestMIME, "plain": store.DigestPlain}

func (a *app) memberSet() *cobra.Command {
	c := &cobra.Command{Use: "set COP ADDRESS KEY=VALUE...", Short: "Changes the settings of a member", Args: arguments(3, -1),
		Long: "Changes the settings of a member; all of them or, where one is wrong, none. The keys:\n\n" +
			"  name           their name\n" +
			"  language       of what guildpost writes to them: " + strings.Join(templates.Languages(), ", ") + "; empty is the community's\n" +
			"  timezone       their time zone (Europe/Berlin); empty is the community's\n" +
			"  delivery       " + strings.Join(allDeliveries, ", ") + "\n" +
			"  digest_hour    the hour (0 to 23, on their clocks) at which digests come\n" +
			"  digest_format  readable (text and HTML), mime (the posts themselves, RFC 2046), plain (RFC 1153)\n" +
			"  vacation       the DATE of their return (2026-08-31), or off\n" +
			"  own_copies     yes (they get their own posts), no\n" +
			"  newsletter     on, off, only (the newsletter, and no posts: delivery is none then)\n" +
			"  reminders      yes (they are reminded of meetings), no\n" +
			"  thanks         yes (a mail, once a day at most, when somebody thanks them), no\n" +
			"  named          yes (they agree to be named in newsletters), no\n" +
			"  state          " + strings.Join(allStates, ", ")}
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withSubscription(c.Context(), args[0], args[1], func(db *store.DB, community store.Community, s store.Subscription) error {
			err := setAll(args[2:], memberKeys, func(key, value string) error {
				return setMember(&s, key, value, a.zone(community))
			})
			if err != nil {
				return err
			}
			return db.UpdateSubscription(c.Context(), a.actor(), s)
		})
	}
	return c
}

// zone is the time zone of a community.
func (a *app) zone(c store.Community) *time.Location {
	if zone, err := parseZone(c.Timezone); err == nil {
		return zone
	}
	return a.config.Timezone
}

func setMember(s *store.Subscription, key, value string, zone *time.Location) (err error) {
	switch key {
	case "name":
		s.Name, err = oneLine("name", value, 200)
	case "delivery":
		s.Deliver(store.DeliveryMode(value))
		err = among(key, value, allDeliveries...)
	case "language":
		s.Language = value
		if value != "" {
			err = among(key, value, templates.Languages()...)
		}
	case "timezone":
		s.Timezone = value
		err = unlessEmpty(key, value, checkZone)
	case "digest_hour":
		if s.DigestHour, err = strconv.Atoi(value); err != nil || s.DigestHour < 0 || s.DigestHour > 23 {
			err = store.Errorf(store.Invalid, "digest_hour is %q: it must be an hour from 0 to 23", value)
		}
	case "digest_format":
		s.DigestFormat = digestFormats[value]
		err = among(key, value, "readable", "mime", "plain")
	case "vacation":
		if s.VacationUntil = (time.Time{}); value != "off" {
			s.VacationUntil, err = parseDay(value, zone)
		}
	case "own_copies":
		s.OwnCopies, err = yesOrNo(key, value)
	case "reminders":
		s.NoReminders, err = yesOrNo(key, value)
		s.NoReminders = !s.NoReminders
	case "newsletter":
		if !s.SetNewsletter(value) {
			err = among(key, value, store.NewsletterWords()...)
		}
	case "thanks":
		s.NoThanks, err = yesOrNo(key, value)
		s.NoThanks = !s.NoThanks
	case "named":
		s.Named, err = yesOrNo(key, value)
	case "state":
		s.State = store.SubscriptionState(value)
		err = among(key, value, allStates...)
	}
	return err
}
