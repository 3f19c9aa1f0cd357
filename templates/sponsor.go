package templates

import "time"

// SponsorReport tells a sponsor how a community did in a month. Facilitators get it first, as a draft.
type SponsorReport struct {
	For
	Month    time.Time // a time in it
	Active   int       // members who wrote or came
	Measures []ReportMeasure
	Alarms   []string // what has been wrong for a fortnight: a measure.AlarmKind, with dashes
	Draft    *ReportDraft
}

// A ReportMeasure is one of the five.
type ReportMeasure struct {
	Key     string // members, meetings, discussions, engagement, impact
	Value   string // in words; "" where nothing is recorded
	Trend   string // how it compares with earlier months, in words; may be empty
	State   string // none, low, fine; of members: up, down, same; "" where nothing is recorded, or there is nothing to compare with
	Picture Picture
}

// A ReportDraft is what a facilitator reads above a report that has not gone out.
type ReportDraft struct {
	SendAt   time.Time // in the reader's zone
	Sponsors int
	Hold     Ticket
	Send     Ticket
}

// ReportAnswered answers who held a report back by mail, or sent it.
type ReportAnswered struct {
	For
	Month time.Time
	Kind  string // held, sent, passed: it was passed over for a later one
	Send  Ticket // of one that is held
}
