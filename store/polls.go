package store

import (
	"context"
	"time"
)

// A Poll asks members on which of several dates a meeting is to be. It is open until somebody, or its time, closes it; then
// the date that was chosen is a meeting of that option's UID, and each vote for it an RSVP, or there is none.
//
//	open ──▶ closed: Chosen is the option that became the meeting, 0 for none
type Poll struct {
	ID          int64
	CommunityID int64
	RequestID   int64 // the mail that called it
	UID         string
	Title       string
	Location    string
	Description string
	State       PollState
	Actor       string // who opened it
	CreatedAt   time.Time
	ClosesAt    time.Time
	Chosen      int
	Options     []PollOption // in the order of their numbers
}

// PollState is where a poll stands.
type PollState string

// The states of a poll.
const (
	PollOpen   PollState = "open"
	PollClosed PollState = "closed"
)

// A PollOption is one of the dates of a poll.
type PollOption struct {
	Number int       // from 1
	UID    string    // of the hold, and of the meeting if it wins
	Starts time.Time // what the clocks of the zone show, as Meeting.Starts
	Zone   string
	Length time.Duration
}

// A PollVote is what a member says of one option.
type PollVote struct {
	SubscriptionID int64
	Number         int
	Answer         RSVPAnswer
	Source         string    // as RSVP.Source
	Stamp          time.Time // when it was given, by the clock of who gave it
	// Personal is that it was given here, not in a calendar: it counts above whatever a calendar has sent before.
	Personal bool
}

const pollColumns = "p.id, p.community_id, p.request_id, p.uid, p.title, p.location, p.description, p.state, p.actor, p.created_at, p.closes_at, p.chosen"

func scanPoll(row rowScanner, more ...any) (p Poll, err error) {
	var created, closes int64
	err = row.Scan(append([]any{&p.ID, &p.CommunityID, &p.RequestID, &p.UID, &p.Title, &p.Location, &p.Description, &p.State, &p.Actor, &created, &closes,
		&p.Chosen}, more...)...)
	p.CreatedAt, p.ClosesAt = fromMicros(created), fromMicros(closes)
	return p, err
}

// OpenPoll keeps a new poll with its options, and makes the tasks that plan says of it. Nobody is asked yet: PollsToTell has it
// from now on. Conflict where the community has a poll of that UID.
func (db *DB) OpenPoll(ctx context.Context, by Actor, p Poll, plan func(Poll) []Task) (Poll, error) {
	p.State, p.Actor, p.CreatedAt = PollOpen, by.Who, by.At
	err := db.durable.do(ctx, func(t *tx) (err error) {
		var n int
		if err := t.row("SELECT COUNT(*) FROM polls WHERE community_id = ? AND uid = ?", p.CommunityID, text(p.UID)).Scan(&n); err != nil || n > 0 {
			return orConflict(err, "there is a poll %s already", p.UID)
		}
		p.ID, err = t.insert(`INSERT INTO polls (community_id, request_id, uid, title, location, description, state, actor, created_at, closes_at,
			chosen, seen, done) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)`, p.CommunityID, p.RequestID, text(p.UID), text(p.Title), text(p.Location),
			text(p.Description), p.State, text(p.Actor), micros(p.CreatedAt), micros(p.ClosesAt), lookAgain, false)
		if err != nil {
			return err
		}
		for _, o := range p.Options {
			_, err := t.exec("INSERT INTO poll_options (poll_id, number, uid, starts, timezone, seconds) VALUES (?, ?, ?, ?, ?, ?)",
				p.ID, o.Number, text(o.UID), o.Starts.Format(wallLayout), o.Zone, int64(o.Length/time.Second))
			if err != nil {
				return err
			}
		}
		for _, task := range plan(p) {
			if err := t.schedule(task); err != nil {
				return err
			}
		}
		return t.journal(by, entry{community: p.CommunityID, action: "open poll", after: p.UID})
	})
	return p, err
}

// Poll returns the poll with an ID.
func (db *DB) Poll(ctx context.Context, id int64) (Poll, error) { return db.poll(ctx, "p.id = ?", id) }

// PollByUID returns the poll of a community with a UID.
func (db *DB) PollByUID(ctx context.Context, communityID int64, uid string) (Poll, error) {
	return db.poll(ctx, "p.community_id = ? AND p.uid = ?", communityID, text(uid))
}

func (db *DB) poll(ctx context.Context, where string, args ...any) (p Poll, err error) {
	err = db.queryRow(ctx, "there is no such poll", func(row rowScanner) (err error) {
		p, err = scanPoll(row)
		return err
	}, "SELECT "+pollColumns+" FROM polls p WHERE "+where, args...)
	if err == nil {
		p.Options, err = db.pollOptions(ctx, p.ID)
	}
	return p, err
}

func (db *DB) pollOptions(ctx context.Context, id int64) (all []PollOption, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		var o PollOption
		var starts string
		var seconds int64
		if err := row.Scan(&o.Number, &o.UID, &starts, &o.Zone, &seconds); err != nil {
			return err
		}
		o.Length = time.Duration(seconds) * time.Second
		o.Starts, err = time.Parse(wallLayout, starts)
		all = append(all, o)
		return err
	}, "SELECT number, uid, starts, timezone, seconds FROM poll_options WHERE poll_id = ? ORDER BY number", id)
	return all, err
}

// Polls returns the polls of a community in the order in which they were opened: those that are open, or all.
func (db *DB) Polls(ctx context.Context, communityID int64, closed bool) (all []Poll, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		p, err := scanPoll(row)
		all = append(all, p)
		return err
	}, "SELECT "+pollColumns+" FROM polls p WHERE p.community_id = ? AND (p.state = 'open' OR CAST(? AS BOOLEAN)) ORDER BY p.id", communityID, closed)
	for i := range all {
		if err == nil {
			all[i].Options, err = db.pollOptions(ctx, all[i].ID)
		}
	}
	return all, err
}

// PollVotes returns the votes of a poll: of a subscriber, or for 0 of all.
func (db *DB) PollVotes(ctx context.Context, pollID, subscriptionID int64) (all []PollVote, err error) {
	where, args := "", []any{pollID}
	if subscriptionID != 0 {
		where, args = " AND subscription_id = ?", append(args, subscriptionID)
	}
	err = db.query(ctx, func(row rowScanner) error {
		var v PollVote
		var stamp int64
		err := row.Scan(&v.SubscriptionID, &v.Number, &v.Answer, &v.Source, &stamp)
		v.Stamp = fromMicros(stamp)
		all = append(all, v)
		return err
	}, "SELECT subscription_id, number, answer, source, stamp FROM poll_votes WHERE poll_id = ?"+where+" ORDER BY subscription_id, number", args...)
	return all, err
}

// Vote keeps what a subscriber says of some options, and sends what is given with it. Of two answers of a calendar to the same
// option the newer one stays. Conflict where the poll is closed.
func (db *DB) Vote(ctx context.Context, now time.Time, pollID, subscriptionID int64, votes []PollVote, notices []Notice) error {
	return db.durable.do(ctx, func(t *tx) error {
		var state PollState
		if err := t.row("SELECT state FROM polls WHERE id = ?"+t.dialect.forKeyShare(), pollID).Scan(&state); err != nil {
			return err
		}
		if state != PollOpen {
			return Errorf(Conflict, "this poll is closed")
		}
		for _, v := range votes {
			_, err := t.exec(`INSERT INTO poll_votes (poll_id, subscription_id, number, answer, source, at, stamp) VALUES (?, ?, ?, ?, ?, ?, ?)
				ON CONFLICT (poll_id, subscription_id, number) DO UPDATE SET answer = excluded.answer, source = excluded.source, at = excluded.at,
				stamp = excluded.stamp WHERE poll_votes.stamp < excluded.stamp OR CAST(? AS BOOLEAN)`,
				pollID, subscriptionID, v.Number, v.Answer, text(v.Source), micros(now), micros(v.Stamp), v.Personal)
			if err != nil {
				return err
			}
		}
		return t.sendNotices(now, notices)
	})
}

// ClosePoll closes a poll, once, and sends what is given with it. Where an option was chosen, m is the meeting that it becomes,
// with plan as for AddMeeting: the votes for that option are its RSVPs. Conflict where the poll is closed already.
func (db *DB) ClosePoll(ctx context.Context, by Actor, p Poll, chosen int, m Meeting, plan func(Meeting) []Task, notices []Notice) (Meeting, error) {
	m.State, m.Actor, m.CreatedAt = MeetingConfirmed, by.Who, by.At
	err := db.durable.do(ctx, func(t *tx) error {
		n, err := t.exec("UPDATE polls SET state = ?, chosen = ?, seen = ? WHERE id = ? AND state = ?", PollClosed, chosen, lookAgain, p.ID, PollOpen)
		if err == nil && n == 0 {
			return Errorf(Conflict, "this poll is closed already")
		}
		if err == nil && chosen != 0 {
			m, err = t.addMeeting(by, m, plan)
		}
		if err == nil && chosen != 0 {
			_, err = t.exec(`INSERT INTO rsvps (`+rsvpColumns+`) SELECT CAST(? AS BIGINT), subscription_id, '', CAST(? AS BOOLEAN), answer, '', source, at,
				CAST(? AS BIGINT), stamp, CAST(? AS BOOLEAN), '' FROM poll_votes WHERE poll_id = ? AND number = ?`, m.ID, false, m.Sequence, false, p.ID, chosen)
		}
		if err != nil {
			return err
		}
		if err := t.journal(by, entry{community: p.CommunityID, action: "close poll", after: p.UID}); err != nil {
			return err
		}
		return t.sendNotices(by.At, notices)
	})
	return m, err
}
