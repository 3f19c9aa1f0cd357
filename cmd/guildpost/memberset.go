package main

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"guildpost/store"
)

var memberKeys = []string{"name", "delivery", "vacation", "own_copies", "reminders", "state"}

func (a *app) memberSet() *cobra.Command {
	c := &cobra.Command{Use: "set COP ADDRESS KEY=VALUE...", Short: "Changes the settings of a member", Args: arguments(3, -1),
		Long: "Changes the settings of a member; all of them or, where one is wrong, none. The keys:\n\n" +
			"  name           their name\n" +
			"  delivery       " + strings.Join(allDeliveries, ", ") + "\n" +
			"  vacation       the DATE of their return (2026-08-31), or off\n" +
			"  own_copies     yes (they get their own posts), no\n" +
			"  reminders      yes (they are reminded of meetings), no\n" +
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
		s.Delivery = store.DeliveryMode(value)
		err = among(key, value, allDeliveries...)
	case "vacation":
		if s.VacationUntil = (time.Time{}); value != "off" {
			s.VacationUntil, err = parseDay(value, zone)
		}
	case "own_copies":
		s.OwnCopies, err = yesOrNo(key, value)
	case "reminders":
		s.NoReminders, err = yesOrNo(key, value)
		s.NoReminders = !s.NoReminders
	case "state":
		s.State = store.SubscriptionState(value)
		err = among(key, value, allStates...)
	}
	return err
}
