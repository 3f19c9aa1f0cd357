package calendar

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"guildpost/calendar/itip"
	"guildpost/mail"
	"guildpost/store"
)

// An asking is what somebody's own calendar asks for about one of its meetings.
type asking struct {
	UID       string       `json:"uid"`                 // in that calendar
	Title     string       `json:"title"`               // as it names the meeting
	Single    string       `json:"single,omitempty"`    // the only date of a series to which the list is invited, as askedDate.ID
	Whole     *Plan        `json:"whole,omitempty"`     // the meeting, as it is to be
	Cancelled bool         `json:"cancelled,omitempty"` // the whole of it
	Dates     []askedDate  `json:"dates,omitempty"`     // dates that differ from the rest, in order
	Version   askedVersion `json:"version"`
	Organizer itip.Person  `json:"organizer"`
	Invited   itip.Person  `json:"invited"` // the list, as that calendar names it
	// Guests are whom that calendar invites itself. They answer to it.
	Guests    []itip.Person `json:"guests,omitempty"`
	Shortened bool          `json:"shortened,omitempty"` // a text was too long
}

// An askedDate is a date of a series that differs from the rest, or does not take place.
type askedDate struct {
	ID        string        `json:"id"`              // as itip.Time.Key has it: a moment, what all clocks show, or a day
	Later     bool          `json:"later,omitempty"` // and all later ones
	Cancelled bool          `json:"cancelled,omitempty"`
	Starts    time.Time     `json:"starts"` // the moment
	Zone      string        `json:"zone,omitempty"`
	Length    time.Duration `json:"length"`
	Title     string        `json:"title"`
	Location  string        `json:"location"`
	Version   askedVersion  `json:"version"`
}

// An askedVersion orders what one calendar says of one meeting or date (RFC 5546 2.1.5).
type askedVersion struct {
	Sequence int       `json:"sequence"`
	Stamp    time.Time `json:"stamp"`
}

func (v askedVersion) compare(than askedVersion) int {
	return cmp.Or(cmp.Compare(v.Sequence, than.Sequence), v.Stamp.Compare(than.Stamp))
}

// A misfit is why a meeting cannot be one of a community.
type misfit struct {
	kind  string // as templates.MeetingCallHelp.Kind
	value string // what it is about
}

// A reader of askings knows what the message says besides.
type askingReader struct {
	list     string         // the list address
	author   string         // who sent it
	subject  string         // for a meeting that has no title
	home     *time.Location // in which a moment in UTC is shown
	received time.Time
}

// read reads what the events of one UID ask for; cancel is that the message takes back.
func (r askingReader) read(events []itip.Event, cancel bool) (a asking, wrong *misfit) {
	a.UID, a.Invited = events[0].UID, itip.Person{Address: r.list}
	for i := range events { // also of what cannot be followed, for that is answered
		a.Title, _ = fitting(cmp.Or(a.Title, oneLine(events[i].Summary)), maxTitle, false)
		r.people(&events[i], &a)
	}
	a.Title, _ = fitting(cmp.Or(a.Title, oneLine(r.subject)), maxTitle, false)
	var zone *time.Location
	for i := range events {
		if e := &events[i]; e.RecurrenceID.IsZero() {
			if wrong = r.whole(e, cancel, &a); wrong != nil {
				return a, wrong
			}
			zone = e.Start.Zone
		}
	}
	for i := range events {
		e := &events[i]
		if e.RecurrenceID.IsZero() || a.Cancelled {
			continue
		}
		d, wrong := r.date(e, zone, cancel)
		if wrong != nil {
			return a, wrong
		}
		a.Dates = append(a.Dates, d)
	}
	slices.SortStableFunc(a.Dates, func(x, y askedDate) int { return strings.Compare(x.ID, y.ID) })
	return a, nil
}

// version of an event. A stamp that is missing or far ahead is when it came: else one wrong clock would keep all later out.
func (r askingReader) version(e *itip.Event) askedVersion {
	stamp := e.Stamp
	if stamp.IsZero() || stamp.After(r.received.Add(24*time.Hour)) {
		stamp = r.received
	}
	return askedVersion{e.Sequence, stamp.UTC().Truncate(time.Second)}
}

func (r askingReader) whole(e *itip.Event, cancel bool, a *asking) *misfit {
	if v := r.version(e); a.Whole == nil || v.compare(a.Version) > 0 {
		a.Version = v
	}
	if a.Cancelled = cancel || e.Status == "CANCELLED"; a.Cancelled {
		return nil
	}
	if wrong := unfit(e); wrong != nil {
		return wrong
	}
	start := r.shown(e)
	if !isKnownZone(start.Zone) {
		return &misfit{"zone", start.ZoneName()}
	}
	p := Plan{Starts: start.Wall, Zone: start.ZoneName(), Length: length(e)}
	p.Title, a.Shortened = fitting(cmp.Or(oneLine(e.Summary), oneLine(r.subject)), maxTitle, a.Shortened)
	p.Location, a.Shortened = fitting(oneLine(e.Location), maxLocation, a.Shortened)
	p.Description, a.Shortened = fitting(manyLines(e.Description), maxDescription, a.Shortened)
	if len(e.Rules) == 1 {
		p.Rule = e.Rules[0].String()
	}
	a.Whole = &p
	for _, x := range e.Exceptions {
		a.Dates = append(a.Dates, askedDate{ID: inZone(x, start.Zone).Key(), Cancelled: true, Version: a.Version})
	}
	return nil
}

// shown is when an event starts. A moment in UTC that does not repeat is shown where the community is: so Google writes what
// was called on clocks that it does not name. So is one on clocks that only the message knows.
func (r askingReader) shown(e *itip.Event) itip.Time {
	switch known := isKnownZone(e.Start.Zone); {
	case len(e.Rules) > 0 || known && e.Start.Zone != time.UTC:
		return e.Start
	case r.home != nil:
		return e.Start.In(r.home)
	}
	return e.Start.In(time.UTC)
}

// isKnownZone says whether a zone is one of the world's, and not one that only a message has.
func isKnownZone(zone *time.Location) bool {
	if zone == nil {
		return false
	}
	_, err := time.LoadLocation(zone.String())
	return err == nil && zone.String() != "Local"
}

// unfit says why an event cannot be a meeting.
func unfit(e *itip.Event) *misfit {
	switch {
	case e.Start.IsZero():
		return &misfit{kind: "start"}
	case e.Start.AllDay:
		return &misfit{kind: "all-day"}
	case e.Start.UnknownZone != "":
		return &misfit{"zone", e.Start.UnknownZone}
	case e.Start.IsFloating():
		return &misfit{kind: "floating"}
	case e.RuleProblem != "":
		return &misfit{"rule", e.RuleProblem}
	case len(e.Rules) > 1:
		return &misfit{"rule", "it repeats by more than one rule"}
	case slices.ContainsFunc(e.Dates, func(p itip.Period) bool { return !p.Start.Equal(e.Start) }):
		return &misfit{kind: "dates"}
	case length(e) < time.Minute:
		return &misfit{kind: "length"}
	case length(e) > maxLength:
		return &misfit{kind: "long"}
	}
	return nil
}

// length is how long an event takes by the clock.
func length(e *itip.Event) time.Duration { return e.Ends().Instant(nil).Sub(e.Start.Instant(nil)) }

// date reads an event that is about one date of a series in a zone, which is nil where the message does not say the series.
func (r askingReader) date(e *itip.Event, zone *time.Location, cancel bool) (askedDate, *misfit) {
	d := askedDate{ID: inZone(e.RecurrenceID, zone).Key(), Later: e.ThisAndLater, Version: r.version(e)}
	if d.Cancelled = cancel || e.Status == "CANCELLED"; d.Cancelled {
		return d, nil
	}
	if wrong := unfit(e); wrong != nil {
		return d, wrong
	}
	d.Starts, d.Length, d.Zone = e.Start.Instant(time.UTC), length(e), r.shown(e).ZoneName()
	d.Title, _ = fitting(oneLine(e.Summary), maxTitle, false)
	d.Location, _ = fitting(oneLine(e.Location), maxLocation, false)
	return d, nil
}

// singles are the dates of a series of which the list was never invited to the whole: each is a meeting of its own.
func (a asking) singles() (all []asking) {
	for _, d := range a.Dates {
		one := a
		one.Single, one.Cancelled, one.Version, one.Dates = d.ID, d.Cancelled, d.Version, nil
		if zone, err := time.LoadLocation(d.Zone); !d.Cancelled && err == nil {
			one.Whole = &Plan{Title: cmp.Or(d.Title, a.Title), Location: d.Location, Starts: itip.At(d.Starts, zone).Wall, Zone: d.Zone, Length: d.Length}
		}
		all = append(all, one)
	}
	return all
}

// inZone is a time that names no zone, in that of its series.
func inZone(t itip.Time, zone *time.Location) itip.Time {
	if !t.AllDay && t.Zone == nil && t.UnknownZone == "" {
		t.Zone = zone
	}
	return t
}

// maxGuests bounds how many guests are named.
const maxGuests = 500

// people reads who is invited besides the list.
func (r askingReader) people(e *itip.Event, a *asking) {
	if a.Organizer.IsZero() {
		a.Organizer = e.Organizer
	}
	for _, attendee := range e.Attendees {
		address, err := mail.Canonical(attendee.Address)
		switch {
		case err != nil || attendee.Type == "ROOM" || attendee.Type == "RESOURCE" || address == r.author || len(a.Guests) >= maxGuests:
		case address == r.list:
			a.Invited = attendee.Person
		case !strings.EqualFold(address, e.Organizer.Address) && !slices.ContainsFunc(a.Guests, func(p itip.Person) bool { return p.Address == address }):
			a.Guests = append(a.Guests, itip.Person{Address: address, Name: attendee.Name})
		}
	}
}

// with is what is asked for when more comes before it was decided.
func (a asking) with(more asking) asking {
	if more.Whole != nil || more.Cancelled {
		return more
	}
	for _, d := range more.Dates {
		a.Dates = slices.DeleteFunc(slices.Clone(a.Dates), func(before askedDate) bool { return before.ID == d.ID && before.Later == d.Later })
		a.Dates = append(a.Dates, d)
	}
	slices.SortStableFunc(a.Dates, func(x, y askedDate) int { return strings.Compare(x.ID, y.ID) })
	return a
}

// oneLine is a text without line ends and control characters.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}

// manyLines is a text without control characters but the ends of lines.
func manyLines(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, text))
}

// fitting cuts a text that is too long.
func fitting(text string, most int, before bool) (string, bool) {
	if len(text) <= most {
		return text, before
	}
	end := most - len("…")
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return strings.TrimSpace(text[:end]) + "…", true
}

// planned is the meeting that is asked for; wrong is why it cannot be one.
func (a asking) planned(now time.Time) (store.Meeting, *misfit) {
	m, err := a.Whole.meeting(now)
	if err == nil {
		return m, nil
	}
	if a.Whole.Title == "" {
		return m, &misfit{kind: "title"}
	}
	if over(m, now) {
		return m, &misfit{kind: "over"}
	}
	return m, &misfit{"other", err.Error()}
}
