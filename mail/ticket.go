package mail

import (
	"encoding/binary"
	"errors"
	"time"
)

// A TicketKind says what a ticket is good for. The numbers are inside tokens that
// have been mailed, so they never change and are never used again.
type TicketKind uint8

// The kinds of tickets. Object is what the comment says.
const (
	TicketConfirm     TicketKind = 1  // prove an address: the pending join
	TicketLeave       TicketKind = 2  // leave: the community
	TicketUndo        TicketKind = 3  // take a change back: its row in the journal
	TicketHoldApprove TicketKind = 4  // approve a held post: the hold
	TicketHoldReject  TicketKind = 5  // reject a held post: the hold
	TicketBounce      TicketKind = 6  // envelope sender of a delivery: the delivery
	TicketReturn      TicketKind = 7  // come back after a suspension: the subscription
	TicketReceipt     TicketKind = 8  // what became of a post: the post
	TicketMute        TicketKind = 9  // no more of a thread: the thread
	TicketFollow      TicketKind = 10 // this thread only: the thread
	TicketRSVP        TicketKind = 11 // answer an invitation: the meeting
	TicketVote        TicketKind = 12 // answer a proposed decision: the decision
	TicketPulse       TicketKind = 13 // answer a survey question: the pulse
	TicketNewsletter  TicketKind = 14 // approve a newsletter: the issue
	TicketAttendance  TicketKind = 15 // say who came to a meeting: the occurrence
	TicketJoinApprove TicketKind = 16 // let somebody join: the request
	TicketJoinDecline TicketKind = 17 // do not: the request
	TicketCallApprove TicketKind = 18 // let somebody's calendar call a meeting: the call
	TicketCallDecline TicketKind = 19 // do not: the call

	TicketProposalAccept  TicketKind = 20 // take a proposed time of a meeting: the proposal
	TicketProposalDecline TicketKind = 21 // decline all that is proposed for a meeting: the last proposal
	TicketMeetingAddress  TicketKind = 22 // say whose an address is, or whether it may come to a meeting: the request
	TicketReminders       TicketKind = 25 // no more reminders of meetings: the community
	TicketDate            TicketKind = 26 // whether one comes to a date, and what one wants from it: meeting and date (package calendar)

	TicketFeedback        TicketKind = 27 // say how a meeting was: the occurrence
	TicketAction          TicketKind = 28 // say that something is done: the action
	TicketPlace           TicketKind = 30 // claim a place that got free: the meeting
	TicketMeet            TicketKind = 23 // call the meeting that was read in a mail, or let somebody call it: the request
	TicketPoll            TicketKind = 24 // vote in a date poll: the poll
	TicketNewsletterLater TicketKind = 31 // send a newsletter a week later: the issue
	TicketNewsletterSkip  TicketKind = 32 // do not send it: the issue
	TicketNewsletterEdit  TicketKind = 33 // change it, by an answer: the issue
	TicketNewsletterNote  TicketKind = 34 // a note for the next one is mine: the note
	TicketReportHold      TicketKind = 35 // hold a report back from the sponsors: its month, 202610
	TicketReportSend      TicketKind = 36 // send it to them now: the same

	TicketNewsletterRead TicketKind = 55 // read an issue on a page, which it shows and nothing else: the issue
	TicketNewsletterOff  TicketKind = 56 // no more newsletter, while the membership stays: the community
	TicketThanksOff      TicketKind = 50 // no more mails about thanks: the community
	TicketNamed          TicketKind = 52 // agree to be named in newsletters: the community
)

const (
	maxTicketKind = 0x7f
	withExpiry    = 0x80 // set in the first octet of a token that has an expiry

	// macSize is 80 bits: who guesses a thousand tokens a second, which no limit
	// would let pass, finds one in 10^13 years.
	macSize = 10

	maxTicket = 1 + 2 + 2*binary.MaxVarintLen64 + macSize // octets before base32

	minSecret = 16 // octets
)

// For how long a key still checks tickets after the next one took its place: those to leave stand in every copy of every
// post, and people look for them in old ones.
const (
	OldKeyForLeave = 400 * 24 * time.Hour // TicketLeave, TicketNewsletterOff
	OldKeyForRest  = 90 * 24 * time.Hour  // all others
)

// Errors of Keyring.Open.
var (
	// ErrBadTicket means that the token was not made by this installation, or was damaged.
	ErrBadTicket = errors.New("this ticket is not valid: a character may have been lost or changed on the way")
	// ErrExpiredTicket means that the token is genuine, but its time or that of its key is over.
	ErrExpiredTicket = errors.New("this ticket is not valid any more: its time is over")
)

// Unsubscribes says whether tickets of a kind stand in List-Unsubscribe fields.
func (k TicketKind) Unsubscribes() bool { return k == TicketLeave || k == TicketNewsletterOff }

// A Ticket lets one person do one thing. It is not stored: its token is
// unguessable, since it carries a code that only the installation can compute.
// Whoever opens one still has to check that person and object exist and belong to
// the community that the address or link named.
type Ticket struct {
	Kind    TicketKind
	Person  int64     // whose it is: the subscription; 0 for an address that has none yet
	Object  int64     // what it is for, depending on Kind
	Expires time.Time // midnight UTC, rounded up; zero for no limit but the key's
}

// appendTicket writes kind, expiry (two octets, days since 1970), person and object.
func appendTicket(dst []byte, t Ticket) []byte {
	first := byte(t.Kind) & maxTicketKind
	if t.Expires.IsZero() {
		dst = append(dst, first)
	} else {
		dst = append(dst, first|withExpiry)
		dst = binary.BigEndian.AppendUint16(dst, dayAfter(t.Expires))
	}
	dst = binary.AppendUvarint(dst, uint64(t.Person))
	return binary.AppendUvarint(dst, uint64(t.Object))
}

const daySeconds = 24 * 60 * 60

// dayAfter returns the first day that begins at or after t, as far as 2149.
func dayAfter(t time.Time) uint16 {
	days := (t.Unix() + daySeconds - 1) / daySeconds
	return uint16(max(0, min(days, 1<<16-1)))
}

func parseTicket(body []byte) (t Ticket, ok bool) {
	t.Kind = TicketKind(body[0] & maxTicketKind)
	rest := body[1:]
	if body[0]&withExpiry != 0 {
		if len(rest) < 2 {
			return Ticket{}, false
		}
		t.Expires = time.Unix(int64(binary.BigEndian.Uint16(rest))*daySeconds, 0).UTC()
		rest = rest[2:]
	}
	person, n := binary.Uvarint(rest)
	if n <= 0 {
		return Ticket{}, false
	}
	object, m := binary.Uvarint(rest[n:])
	if m <= 0 || n+m != len(rest) {
		return Ticket{}, false
	}
	t.Person, t.Object = int64(person), int64(object)
	return t, true
}
