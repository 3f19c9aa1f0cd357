package calendar

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"guildpost/calendar/itip"
	"guildpost/store"
)

// Limits of reminders.
const (
	maxLeads     = 5
	shortestLead = 5 * time.Minute
	longestLead  = 31 * 24 * time.Hour
)

// A lead is how long before a date people are reminded. Days are those of the calendar: a day before, it is the same time of
// day, also where the clocks change in between.
type lead struct{ itip.Duration }

// about is how long it is, but for changes of the clocks.
func (l lead) about() time.Duration { return time.Duration(l.Days)*24*time.Hour + l.Exact }

// before is the moment that lies so long before a time.
func (l lead) before(t itip.Time) time.Time {
	return t.Add(itip.Duration{Days: -l.Days, Exact: -l.Exact}).Instant(time.UTC)
}

var leadWord = regexp.MustCompile(`^(\d{1,5})(w|d|h|m|min)$`)

// ParseReminders reads when people are reminded of a meeting: "1d 1h", "2d, 90m", "1w"; or "none". The error is Invalid, with a
// sentence.
func ParseReminders(text string) (string, error) {
	leads, err := parseLeads(text)
	if err != nil {
		return "", err
	}
	if len(leads) == 0 {
		return "none", nil
	}
	words := make([]string, len(leads))
	for i, l := range leads {
		words[i] = l.String()
	}
	return strings.Join(words, " "), nil
}

// String is as parseLeads reads it.
func (l lead) String() string {
	minutes := int(l.Exact / time.Minute)
	switch {
	case l.Days > 0 && l.Days%7 == 0:
		return strconv.Itoa(l.Days/7) + "w"
	case l.Days > 0:
		return strconv.Itoa(l.Days) + "d"
	case minutes%60 == 0:
		return strconv.Itoa(minutes/60) + "h"
	}
	return strconv.Itoa(minutes) + "m"
}

// parseLeads returns the longest first.
func parseLeads(text string) (leads []lead, err error) {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r == ' ' || r == ',' || r == ';' })
	if len(words) == 1 && (words[0] == "none" || words[0] == "off") {
		return nil, nil
	}
	for _, word := range words {
		l, ok := parseLead(word)
		if !ok {
			return nil, store.Errorf(store.Invalid, "%q is not how long before a meeting people can be reminded: write 1d, 3h or 30m, from 5 minutes to 31 days; or none", word)
		}
		if !slices.Contains(leads, l) {
			leads = append(leads, l)
		}
	}
	if len(leads) == 0 || len(leads) > maxLeads {
		return nil, store.Errorf(store.Invalid, "reminders are one to %d times such as 1d 1h, or none", maxLeads)
	}
	slices.SortFunc(leads, func(a, b lead) int { return int((b.about() - a.about()) / time.Minute) })
	return leads, nil
}

func parseLead(word string) (l lead, ok bool) {
	m := leadWord.FindStringSubmatch(word)
	if m == nil {
		return l, false
	}
	n, err := strconv.Atoi(m[1])
	switch m[2] {
	case "w":
		l.Days = 7 * n
	case "d":
		l.Days = n
	case "h":
		l.Exact = time.Duration(n) * time.Hour
	default:
		l.Exact = time.Duration(n) * time.Minute
	}
	return l, err == nil && l.about() >= shortestLead && l.about() <= longestLead
}

// defaultLeads are those of a meeting of which nothing else is said.
var defaultLeads = []lead{{itip.Duration{Days: 1}}, {itip.Duration{Exact: time.Hour}}}

// leadsOf is when people are reminded of a meeting: as it is set to, else its community.
func leadsOf(c store.Community, m store.Meeting) []lead {
	for _, text := range []string{m.Settings.Reminders, c.Reminders} {
		if text == "" {
			continue
		}
		if leads, err := parseLeads(text); err == nil {
			return leads
		}
	}
	return defaultLeads
}

// alarms are what a reader's own calendar reminds them with: at the last of the reminders.
func alarms(c store.Community, m store.Meeting, s store.Subscription) []itip.Alarm {
	leads := leadsOf(c, m)
	if s.NoReminders || len(leads) == 0 {
		return nil
	}
	last := leads[len(leads)-1]
	return []itip.Alarm{{Action: "DISPLAY", Trigger: itip.Duration{Days: -last.Days, Exact: -last.Exact}, Description: m.Title}}
}
