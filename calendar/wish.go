package calendar

import (
	"encoding/json"
	"time"

	"guildpost/calendar/itip"
	"guildpost/calendar/when"
	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// A wish is a meeting that somebody called in words, as a request keeps it until they say that it was understood.
type wish struct {
	Title  string     `json:"title"`
	Place  string     `json:"place,omitempty"`
	About  string     `json:"about,omitempty"`
	When   string     `json:"when"` // as it was written
	Dates  []wishDate `json:"dates"`
	Choose bool       `json:"choose,omitempty"` // the members choose among the dates; else they are ways to read one
	Ask    bool       `json:"ask,omitempty"`    // none of the ways is likelier
	Unread []string   `json:"unread,omitempty"`
	UID    string     `json:"uid"`              // of the meeting, or the poll: what is carried out twice is found by it
	By     int64      `json:"by"`               // the subscription of who called it
	Chosen int        `json:"chosen,omitempty"` // the number of the date that was confirmed
}

// A wishDate is one date, or one series of dates.
type wishDate struct {
	Starts time.Time   `json:"starts"` // what the clocks of the zone show
	Zone   string      `json:"zone"`
	Length int         `json:"minutes"`
	Rule   string      `json:"rule,omitempty"`
	Notes  []when.Note `json:"notes,omitempty"`
}

func (w wish) text() string {
	b, err := json.Marshal(w)
	if err != nil {
		return "{}"
	}
	return string(b)
}

func wishOf(r store.Request) (w wish, err error) {
	err = json.Unmarshal([]byte(r.Payload), &w)
	return w, err
}

// wished is what a memo whose date could be read asks for.
func (k *Calendar) wished(c store.Community, m memo) (w wish, err error) {
	w = wish{Title: m.Title, Place: m.Place, About: m.About, When: m.When, Unread: m.Reading.Unread, Choose: len(m.Reading.Options) > 1}
	for _, o := range m.Reading.Options {
		w.Ask = w.Ask || o.Ask
		for _, choice := range o.Choices {
			w.Dates = append(w.Dates, wishDate{choice.Starts, choice.ZoneName(), int(choice.Length / time.Minute), choice.Rule, choice.Notes})
		}
	}
	w.UID, err = mail.NewMessageID(k.Random, k.Now(), c.Domain)
	return w, err
}

// plan is the meeting on the date of a number, from 1.
func (w wish) plan(n int) Plan {
	d := w.Dates[n-1]
	return Plan{Title: w.Title, Location: w.Place, Description: w.About, Starts: d.Starts, Zone: d.Zone, Length: time.Duration(d.Length) * time.Minute,
		Rule: d.Rule, UID: w.UID}
}

// check says why a wish cannot be carried out, however it is answered.
func (w wish) check(now time.Time) error {
	for n := range w.Dates {
		if _, err := w.plan(n + 1).meeting(now); err != nil {
			return err
		}
		if w.Choose && w.Dates[n].Rule != "" {
			return store.Errorf(store.Invalid, "dates to choose from cannot repeat; one of them does")
		}
	}
	return nil
}

// kind is that of the mail that asks about it, as templates.MeetingEcho.Kind.
func (w wish) kind() string {
	switch {
	case w.Choose:
		return "poll"
	case w.Ask:
		return "ask"
	case len(w.Dates) > 1:
		return "either"
	}
	return "confirm"
}

// first is when the date of a number starts.
func (w wish) first(n int) time.Time {
	d := w.Dates[n-1]
	zone, err := time.LoadLocation(d.Zone)
	if err != nil {
		zone = time.UTC
	}
	return itip.Time{Wall: d.Starts, Zone: zone}.Instant(zone)
}

// shown is a wish as a reader sees it: by the clocks of its own zone, and by those of the members.
func (w wish) shown(now time.Time, zones []zoneCount) templates.MeetingWish {
	shown := templates.MeetingWish{Title: w.Title, Place: w.Place, About: w.About, Unread: w.Unread}
	for n, d := range w.Dates {
		m, err := w.plan(n + 1).meeting(time.Time{})
		if err != nil {
			continue
		}
		zone, err := time.LoadLocation(d.Zone)
		if err != nil {
			zone = time.UTC
		}
		starts, more := Next(m, now, shownDates+1)
		if len(starts) == 0 {
			continue
		}
		o := templates.MeetingOption{Start: starts[0].In(zone), More: more, Minutes: d.Length, Zone: d.Zone, Repeats: repeatsOf(d.Rule, zone), Local: atZones(starts[0], m.Length, zones)}
		if len(w.Dates) > 1 {
			o.N = n + 1
		}
		for _, start := range starts[1:] {
			o.Dates = append(o.Dates, start.In(zone))
		}
		noted(&o, d.Notes)
		shown.Options = append(shown.Options, o)
	}
	return shown
}

func noted(o *templates.MeetingOption, notes []when.Note) {
	for _, note := range notes {
		switch note.Kind {
		case when.NoteLength:
			o.Assumed = true
		case when.NoteTwice:
			o.Twice = true
		case when.NoteSeason:
			o.Season = note.Words
		}
	}
}

// repeatsOf says how a rule repeats, for texts.
func repeatsOf(text string, zone *time.Location) (r templates.Repeats) {
	if text == "" {
		return r
	}
	rule, err := itip.ParseRule(text)
	if err != nil {
		return templates.Repeats{Rule: text}
	}
	r = templates.Repeats{Every: everyOf[rule.Freq], Interval: rule.Interval, Count: rule.Count}
	if !rule.Until.IsZero() {
		r.Until = rule.Until.Instant(zone).In(zone)
	}
	for _, d := range rule.ByDay {
		r.Weekdays, r.Nth = append(r.Weekdays, d.Weekday), d.Nth
	}
	if len(rule.ByMonthDay) == 1 {
		r.MonthDay = rule.ByMonthDay[0]
	}
	plainRule := len(rule.ByMonth)+len(rule.ByYearDay)+len(rule.ByWeekNo)+len(rule.ByHour)+len(rule.ByMinute)+len(rule.BySecond)+len(rule.BySetPos) == 0
	if !plainRule || len(rule.ByMonthDay) > 1 || r.MonthDay < 0 || r.Nth != 0 && len(r.Weekdays) > 1 || len(r.Weekdays) > 0 && r.Nth == 0 && rule.Freq != itip.Weekly {
		return templates.Repeats{Rule: text}
	}
	return r
}

var everyOf = map[itip.Frequency]string{itip.Daily: "day", itip.Weekly: "week", itip.Monthly: "month", itip.Yearly: "year"}
