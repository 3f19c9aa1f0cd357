package store

import (
	"cmp"
	"context"
	"time"
)

// A Proposal is another time that somebody proposes for a meeting or for one date of it (RFC 5546 3.2.7). It is open until
// its author proposes something else or the facilitators decide; the answer to the meeting as it is stands beside it.
type Proposal struct {
	ID           int64
	MeetingID    int64
	Occurrence   string // as itip.Time.Key has it; "" for the whole
	Starts       time.Time
	Length       time.Duration
	Place        string // "" leaves it
	Comment      string
	Source       string // as RSVP.Source
	At           time.Time
	Sequence     int       // of what was answered
	Stamp        time.Time // when it was made, by the clock of who made it
	State        ProposalState
	Told         bool         // the facilitators have heard of it
	Subscription Subscription // whose it is, as they are now
}

// ProposalState is where a proposal stands.
type ProposalState string

// The states of a proposal.
const (
	ProposalOpen     ProposalState = "open"
	ProposalReplaced ProposalState = "replaced" // by a later one of the same person
	ProposalAccepted ProposalState = "accepted"
	ProposalDeclined ProposalState = "declined"
)

const proposalColumns = subscriptionColumns + `, p.id, p.meeting_id, p.occurrence, p.starts, p.seconds, p.place, p.comment, p.source, p.at,
	p.sequence, p.stamp, p.state, p.told`

const fromProposals = " FROM proposals p JOIN subscriptions s ON s.id = p.subscription_id JOIN members m ON m.id = s.member_id "

func scanProposal(row rowScanner) (p Proposal, err error) {
	var starts, seconds, at, stamp int64
	p.Subscription, err = scanSubscription(scannerWith{row, []any{&p.ID, &p.MeetingID, &p.Occurrence, &starts, &seconds, &p.Place, &p.Comment,
		&p.Source, &at, &p.Sequence, &stamp, &p.State, &p.Told}})
	p.Starts, p.Length, p.At, p.Stamp = fromMicros(starts), time.Duration(seconds)*time.Second, fromMicros(at), fromMicros(stamp)
	return p, err
}

// Same says whether two proposals are for the same date, time and place.
func (p Proposal) Same(q Proposal) bool {
	return p.Occurrence == q.Occurrence && p.Starts.Equal(q.Starts) && p.Length == q.Length && p.Place == q.Place
}

// compare orders the proposals of one person for one date: the greater counts, in whatever order they come.
func (p Proposal) compare(q Proposal) int {
	return cmp.Or(cmp.Compare(p.Sequence, q.Sequence), p.Stamp.Compare(q.Stamp), p.Starts.Compare(q.Starts), cmp.Compare(p.Length, q.Length),
		cmp.Compare(p.Place, q.Place), cmp.Compare(p.Comment, q.Comment))
}

// RecordProposal keeps what somebody who is invited proposes. Kept is false where it says nothing new: it came before, an
// earlier one came later, or it is what they propose already. Where it is new the task is made that tells the facilitators,
// unless there is one, and notices go out. NotFound where they are not invited any more.
func (db *DB) RecordProposal(ctx context.Context, i Invitation, p Proposal, task Task, notices []Notice) (kept bool, err error) {
	p.MeetingID, p.Subscription = i.MeetingID, i.Subscription
	err = db.durable.do(ctx, func(t *tx) error {
		kept = false
		if err := t.lockInvitation(i); err != nil {
			return err
		}
		if kept, err = t.recordProposal(p); err != nil || !kept {
			return err
		}
		if err := t.scheduleFirst(task); err != nil {
			return err
		}
		return t.sendNotices(p.At, notices)
	})
	return kept, err
}

func (t *tx) recordProposal(p Proposal) (kept bool, err error) {
	have, err := scanProposal(t.row("SELECT "+proposalColumns+fromProposals+`WHERE p.meeting_id = ? AND p.subscription_id = ? AND p.occurrence = ?
		ORDER BY p.id DESC LIMIT 1`, p.MeetingID, p.Subscription.ID, p.Occurrence))
	switch {
	case isNoRows(err):
		return true, t.insertProposal(p)
	case err != nil || p.compare(have) <= 0:
		return false, err
	case have.State == ProposalOpen && p.Same(have):
		_, err = t.exec("UPDATE proposals SET comment = ?, source = ?, at = ?, sequence = ?, stamp = ? WHERE id = ?",
			text(p.Comment), text(p.Source), micros(p.At), p.Sequence, micros(p.Stamp), have.ID)
		return false, err
	case have.State == ProposalOpen:
		if _, err := t.exec("UPDATE proposals SET state = ? WHERE id = ?", ProposalReplaced, have.ID); err != nil {
			return false, err
		}
	}
	return true, t.insertProposal(p)
}

func (t *tx) insertProposal(p Proposal) error {
	_, err := t.exec(`INSERT INTO proposals (meeting_id, subscription_id, occurrence, starts, seconds, place, comment, source, at, sequence, stamp,
		state, told) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, p.MeetingID, p.Subscription.ID, p.Occurrence, micros(p.Starts),
		int64(p.Length/time.Second), text(p.Place), text(p.Comment), text(p.Source), micros(p.At), p.Sequence, micros(p.Stamp), ProposalOpen, false)
	return err
}

// Proposal returns the proposal with an ID.
func (db *DB) Proposal(ctx context.Context, id int64) (p Proposal, err error) {
	err = db.queryRow(ctx, "there is no such proposal", func(row rowScanner) (err error) {
		p, err = scanProposal(row)
		return err
	}, "SELECT "+proposalColumns+fromProposals+"WHERE p.id = ?", id)
	return p, err
}

// Proposals returns what was proposed for a meeting, oldest first.
func (db *DB) Proposals(ctx context.Context, meetingID int64) (all []Proposal, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		p, err := scanProposal(row)
		all = append(all, p)
		return err
	}, "SELECT "+proposalColumns+fromProposals+"WHERE p.meeting_id = ? ORDER BY p.id", meetingID)
	return all, err
}

// TellProposals takes the task of telling the facilitators what is proposed for a meeting, and sends the mails that tell the
// proposals up to an ID. Taken is false, and nothing is sent, where another daemon was faster.
func (db *DB) TellProposals(ctx context.Context, now time.Time, task Task, next time.Time, upTo int64, notices []Notice) (taken bool, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		n, err := t.takeTask(task, next)
		if taken = n == 1; err != nil || !taken {
			return err
		}
		if _, err := t.exec("UPDATE proposals SET told = ? WHERE meeting_id = ? AND id <= ?", true, task.ObjectID, upTo); err != nil {
			return err
		}
		return t.sendNotices(now, notices)
	})
	return taken, err
}

// A ProposalEnd is what becomes of a proposal, and the mails that say so.
type ProposalEnd struct {
	ID      int64
	State   ProposalState
	Notices []Notice
}

// EndProposals decides about proposals of a meeting, and sends the mails of those that were open; ended is how many were.
func (db *DB) EndProposals(ctx context.Context, by Actor, m Meeting, all []ProposalEnd) (ended int, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		ended = 0
		for _, one := range all {
			n, err := t.exec("UPDATE proposals SET state = ? WHERE id = ? AND meeting_id = ? AND state = ?", one.State, one.ID, m.ID, ProposalOpen)
			if err == nil && n > 0 {
				ended++
				err = t.sendNotices(by.At, one.Notices)
			}
			if err != nil {
				return err
			}
		}
		if ended == 0 {
			return nil
		}
		return t.journal(by, entry{community: m.CommunityID, action: "decide proposals", after: m.UID})
	})
	return ended, err
}
