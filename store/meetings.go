package store

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"
)

// A Meeting is called by a facilitator or by command, is changed and cancelled by them, and stays when it is over. Its
// dates follow from Starts, Zone and Rule; answers are kept beside it, as RSVPs.
type Meeting struct {
	ID          int64
	CommunityID int64
	UID         string
	Title       string
	Location    string
	Description string
	Starts      time.Time // what the clocks of the zone show, as a time in UTC
	Zone        string    // IANA
	Length      time.Duration
	Rule        string // RRULE (RFC 5545 3.3.10); "" for one date
	Sequence    int    // rises when time, place or rule change, and when it is cancelled
	State       MeetingState
	Actor       string // who called it
	CreatedAt   time.Time
	EndsAt      time.Time // the end of the last date; zero for a meeting that repeats without end
	Settings    MeetingSettings
	Changes     []DateChange // dates that differ from the rest, by Occurrence
	Times       []TimeOf     // when it was moved: what is in force last stands last; none where it never was
	Revision    int          // rises with each change, also one that nobody hears of
	ChangedAt   time.Time    // when what people see of it changed last
}

// MeetingSettings are what a meeting can be set to beyond what its calendar object says.
type MeetingSettings struct {
	Reminders string   `json:"reminders,omitempty"` // as Rules.Reminders; "" is the community's
	Quorum    int      `json:"quorum,omitempty"`    // how many must come; 0 is any number
	Audience  Audience `json:"audience,omitzero"`
	Capacity  int      `json:"capacity,omitempty"` // how many have a place; 0 is any number
	Follows   int64    `json:"follows,omitempty"`  // the meeting whose later dates it took the place of
	Poll      int64    `json:"poll,omitempty"`     // the poll in which its date was chosen; the tickets of that one answer its invitations
	// Caller is the subscription of who called it from their own calendar, and CallerName who that is, for people. They have it
	// there as their own meeting, and are sent no second one.
	Caller     int64  `json:"caller,omitempty"`
	CallerName string `json:"caller_name,omitempty"`
	// CallerKnows is the Revision up to which the caller's own calendar has it.
	CallerKnows int  `json:"caller_knows,omitempty"`
	Rota        Rota `json:"rota,omitzero"`
	// Thread is the Message-ID of the post that announced the meeting: its minutes answer it. "" is none.
	Thread string `json:"thread,omitempty"`
}

// A Rota says who hosts the dates of a meeting, and who takes the minutes, in turn. People are subscriptions.
type Rota struct {
	Hosts      []int64         `json:"hosts,omitempty"`
	Notetakers []int64         `json:"notetakers,omitempty"`
	From       time.Time       `json:"from,omitzero"`   // the first of each list has the first date from then on
	Swaps      map[string]Turn `json:"swaps,omitempty"` // dates, by their keys, on which it is somebody else
}

// A Turn is who does what on one date; 0 is nobody in particular.
type Turn struct {
	Host      int64 `json:"host,omitempty"`
	Notetaker int64 `json:"notetaker,omitempty"`
}

// A DateChange is one date of a meeting that repeats, when it differs from the rest.
type DateChange struct {
	Occurrence string        `json:"occurrence"` // which date: as itip.Time.Key has it
	Cancelled  bool          `json:"cancelled,omitempty"`
	Starts     time.Time     `json:"starts"` // on the clocks of the meeting's zone, as Meeting.Starts
	Length     time.Duration `json:"length"`
	Title      string        `json:"title"`
	Location   string        `json:"location"`
	Sequence   int           `json:"sequence"` // of the meeting, with this change
}

// MeetingState is where a meeting stands.
type MeetingState string

// The states of a meeting.
const (
	MeetingConfirmed MeetingState = "confirmed"
	MeetingCancelled MeetingState = "cancelled"
)

const (
	wallLayout = "2006-01-02T15:04:05"
	// noEnd is kept as the end of what has none: the last second of the year 9999.
	noEnd = 253402300799_000_000
	// lookAgain stands in meetings.seen: its invitations may not be those of the members.
	lookAgain = -1
)

const meetingColumns = `m.id, m.community_id, m.uid, m.title, m.location, m.description, m.starts, m.timezone, m.seconds, m.rule,
	m.sequence, m.state, m.actor, m.created_at, m.ends_at, m.settings, m.changes, m.times, m.revision, m.changed_at`

func scanMeeting(row rowScanner, more ...any) (m Meeting, err error) {
	var starts, settings, changes, times string
	var seconds, created, ends, changed int64
	err = row.Scan(append([]any{&m.ID, &m.CommunityID, &m.UID, &m.Title, &m.Location, &m.Description, &starts, &m.Zone, &seconds, &m.Rule,
		&m.Sequence, &m.State, &m.Actor, &created, &ends, &settings, &changes, &times, &m.Revision, &changed}, more...)...)
	if err != nil {
		return m, err
	}
	m.Length, m.CreatedAt, m.ChangedAt = time.Duration(seconds)*time.Second, fromMicros(created), fromMicros(changed)
	if ends != noEnd {
		m.EndsAt = fromMicros(ends)
	}
	if m.Starts, err = time.Parse(wallLayout, starts); err != nil {
		return m, err
	}
	return m, errors.Join(json.Unmarshal([]byte(settings), &m.Settings), json.Unmarshal([]byte(changes), &m.Changes), json.Unmarshal([]byte(times), &m.Times))
}

// AddMeeting keeps a new meeting, and makes the tasks that plan, which may be nil, says of it. Nobody is invited yet:
// MeetingsToTell has it from now on. Conflict where the community has a meeting of that UID.
func (db *DB) AddMeeting(ctx context.Context, by Actor, m Meeting, plan func(Meeting) []Task) (Meeting, error) {
	m.State, m.Actor, m.CreatedAt = MeetingConfirmed, by.Who, by.At
	err := db.durable.do(ctx, func(t *tx) (err error) {
		m, err = t.addMeeting(by, m, plan)
		return err
	})
	return m, err
}

func (t *tx) addMeeting(by Actor, m Meeting, plan func(Meeting) []Task) (Meeting, error) {
	var n int
	if err := t.row("SELECT COUNT(*) FROM meetings WHERE community_id = ? AND uid = ?", m.CommunityID, m.UID).Scan(&n); err != nil || n > 0 {
		return m, orConflict(err, "there is a meeting %s already", m.UID)
	}
	m.ChangedAt = by.At
	values, err := m.values()
	if err != nil {
		return m, err
	}
	m.ID, err = t.insert(`INSERT INTO meetings (title, location, description, starts, timezone, seconds, rule, sequence, state, ends_at,
			settings, changes, times, seen, community_id, uid, actor, created_at, revision, changed_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		append(values, m.CommunityID, text(m.UID), m.Actor, micros(m.CreatedAt), m.Revision, micros(m.ChangedAt))...)
	if err != nil {
		return m, err
	}
	if err := t.keepVersion(m); err != nil {
		return m, err
	}
	if err := t.planTasks(m, plan); err != nil {
		return m, err
	}
	return m, t.journal(by, entry{community: m.CommunityID, action: "add meeting", after: m.UID})
}

// values are what a change of a meeting can change, in the order of ChangeMeeting's columns; everybody may have to hear of it.
func (m Meeting) values() ([]any, error) {
	settings, err := json.Marshal(m.Settings)
	if err != nil {
		return nil, err
	}
	changes, err := json.Marshal(m.Changes)
	if err != nil {
		return nil, err
	}
	times, err := json.Marshal(m.Times)
	if err != nil {
		return nil, err
	}
	ends := int64(noEnd)
	if !m.EndsAt.IsZero() {
		ends = micros(m.EndsAt)
	}
	return []any{text(m.Title), text(m.Location), text(m.Description), m.Starts.Format(wallLayout), m.Zone, int64(m.Length / time.Second),
		m.Rule, m.Sequence, m.State, ends, text(string(settings)), text(string(changes)), string(times), lookAgain}, nil
}

func (t *tx) planTasks(m Meeting, plan func(Meeting) []Task) error {
	if plan == nil {
		return nil
	}
	for _, task := range plan(m) {
		if err := t.schedule(task); err != nil {
			return err
		}
	}
	return nil
}

// ChangeMeeting keeps a meeting as it is now, and makes or moves the tasks that plan, which may be nil, says of it; those who
// have to hear of it are to be told. Conflict where somebody else has changed it since m was read.
func (db *DB) ChangeMeeting(ctx context.Context, by Actor, m Meeting, plan func(Meeting) []Task) (Meeting, error) {
	return db.ChangeMeetingDates(ctx, by, m, plan, nil)
}

// ChangeMeetingDates is ChangeMeeting where dates have another key now, by their former ones: what people want from them goes
// over.
func (db *DB) ChangeMeetingDates(ctx context.Context, by Actor, m Meeting, plan func(Meeting) []Task, renamed map[string]string) (Meeting, error) {
	var seen time.Time
	err := db.durable.do(ctx, func(t *tx) (err error) {
		if seen, err = t.changeMeeting(by, m, plan); err != nil {
			return err
		}
		return t.renameWishes(m.ID, renamed)
	})
	if err == nil {
		m.Revision++
		m.ChangedAt = seen
	}
	return m, err
}

// changeMeeting returns when people were last shown something else.
func (t *tx) changeMeeting(by Actor, m Meeting, plan func(Meeting) []Task) (seen time.Time, err error) {
	values, err := m.values()
	if err != nil {
		return seen, err
	}
	// Of what the columns hold before, in a row: whether people will see a change.
	shown := append(slices.Clone(values[:9]), values[11])
	var at int64
	err = t.row(`UPDATE meetings SET title = ?, location = ?, description = ?, starts = ?, timezone = ?, seconds = ?, rule = ?, sequence = ?,
			state = ?, ends_at = ?, settings = ?, changes = ?, times = ?, seen = ?, revision = revision + 1,
			changed_at = CASE WHEN (title, location, description, starts, timezone, seconds, rule, sequence, state, changes) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
				THEN changed_at ELSE ? END
		WHERE id = ? AND revision = ? RETURNING changed_at`, slices.Concat(values, shown, []any{micros(by.At), m.ID, m.Revision})...).Scan(&at)
	if isNoRows(err) {
		return seen, Errorf(Conflict, "this meeting was changed by somebody else at the same time; look at it, and try again")
	}
	if err != nil {
		return seen, err
	}
	if err := t.changed(m); err != nil {
		return seen, err
	}
	if err := t.planTasks(m, plan); err != nil {
		return seen, err
	}
	return fromMicros(at), t.journal(by, entry{community: m.CommunityID, action: "change meeting", after: m.UID})
}

// changed keeps what a meeting says now, and which answers were to what it does not say any more.
func (t *tx) changed(m Meeting) error {
	m.Revision++
	if err := t.keepVersion(m); err != nil {
		return err
	}
	return t.markStale(m)
}

func orConflict(err error, format string, args ...any) error {
	if err != nil {
		return err
	}
	return Errorf(Conflict, format, args...)
}

// CancelMeeting cancels a meeting; those who were invited are to be told. Conflict where it was cancelled already.
func (db *DB) CancelMeeting(ctx context.Context, by Actor, id int64) (m Meeting, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		n, err := t.exec(`UPDATE meetings SET state = ?, sequence = sequence + 1, revision = revision + 1, seen = ?, changed_at = ?
			WHERE id = ? AND state <> ?`, MeetingCancelled, lookAgain, micros(by.At), id, MeetingCancelled)
		if err != nil {
			return err
		}
		if m, err = scanMeeting(t.row("SELECT "+meetingColumns+" FROM meetings m WHERE m.id = ?", id)); isNoRows(err) {
			return errNoMeeting()
		}
		if err == nil && n == 0 {
			return Errorf(Conflict, "this meeting was cancelled already")
		}
		if err != nil {
			return err
		}
		return t.journal(by, entry{community: m.CommunityID, action: "cancel meeting", after: m.UID})
	})
	return m, err
}

func errNoMeeting() error { return Errorf(NotFound, "there is no such meeting") }

// Meeting returns the meeting with an ID.
func (db *DB) Meeting(ctx context.Context, id int64) (Meeting, error) {
	return db.meeting(ctx, "m.id = ?", id)
}

// MeetingByUID returns the meeting of a community with a UID.
func (db *DB) MeetingByUID(ctx context.Context, communityID int64, uid string) (Meeting, error) {
	return db.meeting(ctx, "m.community_id = ? AND m.uid = ?", communityID, text(uid))
}

func (db *DB) meeting(ctx context.Context, where string, args ...any) (m Meeting, err error) {
	err = db.queryRow(ctx, "there is no such meeting", func(row rowScanner) (err error) {
		m, err = scanMeeting(row)
		return err
	}, "SELECT "+meetingColumns+" FROM meetings m WHERE "+where, args...)
	return m, err
}

// Meetings returns the meetings of a community whose last date ends after a time, in the order in which they were called.
func (db *DB) Meetings(ctx context.Context, communityID int64, after time.Time) (all []Meeting, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		m, err := scanMeeting(row)
		all = append(all, m)
		return err
	}, "SELECT "+meetingColumns+" FROM meetings m WHERE m.community_id = ? AND m.ends_at > ? ORDER BY m.id", communityID, micros(after))
	return all, err
}

// A MeetingToTell is a meeting of which somebody may have to hear, and up to where the journal was looked at for that.
type MeetingToTell struct {
	Meeting
	Mark int64
}

// MeetingsToTell returns the meetings that are not over and are new, were changed or cancelled, or in whose community
// something changed since Told was called: its members, above all.
func (db *DB) MeetingsToTell(ctx context.Context, now time.Time) (all []MeetingToTell, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		var mark, seen int64
		m, err := scanMeeting(row, &mark, &seen)
		all = append(all, MeetingToTell{m, mark})
		return err
	}, `SELECT x.* FROM (SELECT `+meetingColumns+`, COALESCE((SELECT MAX(j.id) FROM journal j WHERE j.community_id = m.community_id), 0) AS mark,
			m.seen AS seen FROM meetings m WHERE m.ends_at > ?) x
		WHERE x.seen < x.mark ORDER BY x.id LIMIT 1000`, micros(now))
	return all, err
}

// Told notes that everybody has heard of a meeting as it is. It changes nothing where the meeting has changed since.
func (db *DB) Told(ctx context.Context, m MeetingToTell) error {
	return db.relaxed.do(ctx, func(t *tx) error {
		_, err := t.exec("UPDATE meetings SET seen = ? WHERE id = ? AND revision = ?", m.Mark, m.ID, m.Revision)
		return err
	})
}
