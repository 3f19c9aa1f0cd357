// Package when reads dates and times as people write them in a mail, in English, German and Spanish: "next Thursday 15:00 for
// 1h", "jeden ersten Dienstag im Monat um 18 Uhr", "el 1 de diciembre a las 6 de la tarde, hora de Madrid". It is pure: the
// moment at which a text is read, and where its writer is, are arguments.
//
// # Nothing is guessed in silence
//
// A text is read in each language, and a reading counts where nothing is left over. Where two languages read it differently,
// or one language reads it in two ways, the Option has several Choices: 3/4/2026 in English, "at 3" without am or pm, "every
// second Tuesday", "next Thursday" while this week's is still to come. The first of them is what is likely, unless Ask is
// set: then there is no telling, and the writer has to say. What a text does not say, and is assumed, stands in the Notes of a
// Choice; words that mean nothing in Unread; what makes a text unusable in Problems. A number is never left unread, since it
// may be the date, but behind a word that is ("Room 3").
//
// # What is understood
//
//	dates       2026-12-01, 1.12., 1 December 2026, Dec 1st, 3/4/2026, Thursday, Thu 26 Nov, the 15th, tomorrow, in two weeks,
//	            next or this Thursday, Thursday next week, first Tuesday in December
//	times       15:00, 15.00 Uhr, 3pm, 15 Uhr, half past three, halb vier, 3 y media, 6 de la tarde, noon; 15:00-16:30, from 3 to 4 pm
//	lengths     for 1h, 90 minutes, 1.5 hours, eine halbe Stunde, hora y media
//	zones       15:00 Berlin, CET, UTC, UTC+2, Europe/Madrid, Pacific time; an abbreviation that several regions use is refused
//	repeating   every Tuesday, Tuesdays and Thursdays, every two weeks on Tuesday, first Tuesday of the month, daily, monthly on
//	            the 15th; from a date, until a date, ten times
//	options     several of these, with "or", semicolons, or one on a line: see Reading.Options
//
// A weekday that does not go with its date, a date that does not exist, a moment that is over, and a time that the clocks
// skip are Problems; a time that comes twice in the night when the clocks go back is noted, and the first is meant.
package when

import (
	"time"

	"guildpost/calendar/itip"
)

// Limits of a text. What is beyond them is not read.
const (
	MaxText    = 2000 // octets
	MaxOptions = 10
)

// assumedLength is taken where a text says none; it is noted.
const assumedLength = time.Hour

// longest is what a length may say.
const longest = 31 * 24 * time.Hour

// A Context is what a text is read in.
type Context struct {
	Now       time.Time      // in the zone where the writer is: "today" is its date
	Zone      *time.Location // of times that say no zone
	Languages []string       // BCP 47; the first is preferred where several read the same
}

// A Reading is what a text says about when something is.
type Reading struct {
	Options  []Option // in the order of the text; several are to choose from. None where there are problems
	Unread   []string // words that were not understood, as they were written
	Problems []Problem
	Language string // in which it was read
	Signs    int    // how many words of it are about dates and times: 0 is that it is about something else
}

// An Option is one date, or one series of dates.
type Option struct {
	Text    string   // where it stands
	Choices []Choice // what it may mean; several where it can be read in several ways
	Ask     bool     // none of the choices is likelier than another
}

// A Choice is one way to read an option.
type Choice struct {
	Starts time.Time // what the clocks of the zone show, as a time in UTC
	Zone   *time.Location
	Length time.Duration
	Rule   string // RRULE (RFC 5545 3.3.10), "" for a single date
	Notes  []Note
}

// A Note is something that was assumed, or that its writer may not expect.
type Note struct {
	Kind  NoteKind
	Words string // what it is about
}

// NoteKind says what a note is about.
type NoteKind string

// The kinds of notes.
const (
	NoteLength NoteKind = "length" // no length was said: one hour
	NoteSeason NoteKind = "season" // the abbreviation is that of the other half of the year: the region's time is meant
	NoteTwice  NoteKind = "twice"  // the clocks show this time twice that day: the first is meant
)

// A Problem is why a text cannot be used as it stands.
type Problem struct {
	Kind  ProblemKind
	Words string    // what it is about, as it was written
	At    time.Time // when that was, in its zone, for what is over; zero for all else
}

// ProblemKind says what is wrong.
type ProblemKind string

// The kinds of problems.
const (
	ProblemNothing ProblemKind = "nothing" // there is no date
	ProblemDay     ProblemKind = "day"     // no day is said
	ProblemTime    ProblemKind = "time"    // no time of day is said
	ProblemNumber  ProblemKind = "number"  // a number that could mean anything
	ProblemNone    ProblemKind = "none"    // there is no such date or time
	ProblemPast    ProblemKind = "past"    // it is over
	ProblemSkipped ProblemKind = "skipped" // the clocks skip that time
	ProblemZone    ProblemKind = "zone"    // several regions use that abbreviation
	ProblemTwo     ProblemKind = "two"     // two dates or times at once
	ProblemEnd     ProblemKind = "end"     // it ends before it begins, or is too long
	ProblemMany    ProblemKind = "many"    // too many options, or too long a text
	ProblemUnsure  ProblemKind = "unsure"  // an option among several can be read in two ways
)

// ZoneName returns the name of the zone of a choice.
func (c Choice) ZoneName() string { return c.Zone.String() }

// Instant returns when a choice starts.
func (c Choice) Instant() time.Time { return inZone(c.Starts, c.Zone) }

func inZone(wall time.Time, zone *time.Location) time.Time {
	return itip.Time{Wall: wall, Zone: zone}.Instant(zone).In(zone)
}
