package store

import (
	"context"
	"encoding/json"
	"time"
)

// A version is what people are told of a meeting.
type version struct {
	Title    string        `json:"title"`
	Location string        `json:"location"`
	Starts   time.Time     `json:"starts"`
	Zone     string        `json:"zone"`
	Length   time.Duration `json:"length"`
	Rule     string        `json:"rule"`
	Sequence int           `json:"sequence"`
	Changes  []DateChange  `json:"changes"`
}

// keepVersion keeps what a meeting says, unless it says the same as before.
func (t *tx) keepVersion(m Meeting) error {
	said, err := json.Marshal(version{m.Title, m.Location, m.Starts, m.Zone, m.Length, m.Rule, m.Sequence, m.Changes})
	if err != nil {
		return err
	}
	var last string
	err = t.row("SELECT said FROM meeting_versions WHERE meeting_id = ? ORDER BY revision DESC LIMIT 1", m.ID).Scan(&last)
	if err != nil && !isNoRows(err) || last == text(string(said)) {
		return err
	}
	_, err = t.exec("INSERT INTO meeting_versions (meeting_id, revision, said) VALUES (?, ?, ?)", m.ID, m.Revision, text(string(said)))
	return err
}

// MeetingAsOf returns a meeting as people were told of it at one of its revisions: what is not told to them is as it is now.
func (db *DB) MeetingAsOf(ctx context.Context, m Meeting, revision int) (Meeting, error) {
	var v version
	err := db.queryRow(ctx, "there is no such meeting", func(row rowScanner) error {
		var said string
		if err := row.Scan(&said); err != nil {
			return err
		}
		return json.Unmarshal([]byte(said), &v)
	}, "SELECT said FROM meeting_versions WHERE meeting_id = ? AND revision <= ? ORDER BY revision DESC LIMIT 1", m.ID, revision)
	m.Title, m.Location, m.Starts, m.Zone, m.Length, m.Rule = v.Title, v.Location, v.Starts, v.Zone, v.Length, v.Rule
	m.Sequence, m.Changes, m.Revision = v.Sequence, v.Changes, revision
	return m, err
}

// A TimeOf says since which Sequence a meeting, or one date of it, is at a time.
type TimeOf struct {
	Occurrence string `json:"occurrence,omitempty"` // "" for the whole
	Since      int    `json:"since"`
	Is         string `json:"is"` // any text that is the same for the same time
}

// Stale says whether an answer to a date of a meeting, or to the whole (""), was to another time than it is at now. Sequence
// is that of what was answered.
func (m Meeting) Stale(occurrence string, sequence int) bool {
	return m.timeAt("", sequence) != m.timeAt("", m.Sequence) ||
		occurrence != "" && m.timeAt(occurrence, sequence) != m.timeAt(occurrence, m.Sequence)
}

// timeAt is the time of a date with a Sequence; "" where it never changed.
func (m Meeting) timeAt(occurrence string, sequence int) (is string) {
	for _, t := range m.Times {
		if t.Occurrence == occurrence && t.Since <= sequence {
			is = t.Is
		}
	}
	return is
}

// markStale finds out anew which answers are to another time than the meeting is at now.
func (t *tx) markStale(m Meeting) error {
	type group struct {
		occurrence   string
		later, stale bool
		sequence     int
	}
	var all []group
	err := t.query(func(row rowScanner) error {
		var g group
		err := row.Scan(&g.occurrence, &g.later, &g.sequence, &g.stale)
		all = append(all, g)
		return err
	}, "SELECT occurrence, later, sequence, stale FROM rsvps WHERE meeting_id = ? GROUP BY occurrence, later, sequence, stale", m.ID)
	if err != nil {
		return err
	}
	for _, g := range all {
		occurrence := g.occurrence
		if g.later {
			occurrence = "" // it is about more than the date that names it
		}
		if stale := m.Stale(occurrence, g.sequence); stale != g.stale {
			if _, err := t.exec("UPDATE rsvps SET stale = ? WHERE meeting_id = ? AND occurrence = ? AND later = ? AND sequence = ?",
				stale, m.ID, g.occurrence, g.later, g.sequence); err != nil {
				return err
			}
		}
	}
	return nil
}
