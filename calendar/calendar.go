// Package calendar is about meetings by mail: it invites, and hears what people answer.
//
// # The life of a meeting
//
//	called ──▶ confirmed ──▶ over (its last date has ended)
//	               │
//	               └──▶ cancelled
//
// Whoever calls a meeting makes a row; from then on each active member gets an invitation of their own, by the delivery
// queue. Due compares what each was last told with what is so: members who join are invited to the meetings that come,
// those who leave get a cancellation, and so does everybody when the meeting is cancelled, or its community closed. What each
// was told is kept in the transaction that queues the mail, so nobody hears anything twice, however often the daemon is killed.
// Who is away is told like everybody; to whom mail fails, when it works again.
//
// # Changes
//
// Change changes a meeting, or one date of it. Each write has a revision, and each invitation that of what its reader was told:
// so a mail says what is not as that person knows it, and several changes that they have not heard of are one. Only what a
// calendar must know is a reason for a mail, and lets SEQUENCE rise: time, place, dates (RFC 5546 2.1.4). All that is sent has
// the SEQUENCE of the meeting, that of a single date as well.
//
//	what differs                     what is sent
//	all dates, or several            REQUEST with all dates, changed ones as VEVENTs of their own, cancelled ones as EXDATE
//	one date                         REQUEST with its RECURRENCE-ID
//	one date that is cancelled       CANCEL with its RECURRENCE-ID
//	the meeting is cancelled         CANCEL
//	title or description alone       nothing
//
// An answer is stale while the meeting, or its date, is at another time than it was given for, and is asked for again; where it
// is not, the object says what its reader has answered. Split changes a date and all later ones, by a meeting that goes on.
//
// # Invitations
//
// An invitation is a text in the reader's language with the object as a text/calendar part beside it, which is what makes
// mail programs show buttons, and once more as invite.ics. ATTENDEE is the reader alone. ORGANIZER is the address of the
// reader's ticket, as is From, and Sender is NAME-meet: so an answer says by itself whose it is, whatever the answering
// program did to the rest. The ticket is kept with the invitation, since programs compare organisers.
//
// # Calling from a calendar
//
// Who invites the list address calls a meeting of the community. The calendar that called keeps its own, under its own UID;
// the members' has another one, and guildpost as organiser. What that calendar sends later is followed, and nobody else's:
//
//	from                                       what happens
//	a facilitator (where it can be proven,     called, changed or cancelled; the calendar gets the list's ACCEPTED
//	proven), about a meeting of their own
//	a member, where the community allows it    the same
//	a facilitator who does not prove it, or    proposed: the facilitators get the reading in words, and two tickets;
//	about somebody else's meeting; a member    the calendar gets TENTATIVE, then ACCEPTED or DECLINED
//	who is no member                           refused, or proposed, as the community does with posts of strangers
//	anybody, about what cannot be followed     answered in words (and DECLINED), or refused: nothing is called
//	anybody, with the UID of our own meeting   answered in words: nothing changes
//
// Such a message is never posted: calendars would take what it holds. What is published (RFC 5546 3.2.1) beside a text, and
// what is forwarded as a message, is a post like any other.
//
// # Calling in words
//
// A mail to NAME-meet@ calls a meeting in plain words: title, date, place, agenda; package calendar/when reads the date. Nothing
// comes of it but a mail back to its author's own address, with the full reading and the members' local times: their answer to
// the ticket of that mail is the proof, and calls the meeting. It is kept as a request until then:
//
//	asked ──▶ done: called, or its poll is open
//	  │ ├───▶ confirmed: a member's, which waits for a facilitator ──▶ done, or declined
//	  │ └───▶ declined: dropped, or changed, which makes another request
//	  └─────▶ expired after a week
//
// What is called has a UID that is kept with the request, so that a yes which is carried out again after a crash finds it.
//
// # Date polls
//
// Several dates in one mail are a poll. Each member gets one mail, with the dates as files beside the text: holds, each a VEVENT
// of its own UID with STATUS:TENTATIVE, whose ORGANIZER is the ticket of the poll. They are no alternative of the text, since
// programs take one calendar object there for the meeting. A vote is an answer in words, a button, or the calendar's answer to
// a hold. The poll is closed by who opened it, by a facilitator, or by itself: the hold that wins becomes the meeting, with the
// same UID and ORGANIZER and a higher SEQUENCE, and what was said of it are its RSVPs (a yes is an acceptance, wherever it was
// said). The other holds are cancelled, in one mail. From then on the ticket of the poll is that of the invitation.
//
// # Answers
//
// They come as REPLY of a calendar, in words (yes, no, maybe, in three languages), or by the page of the ticket, and all feed
// the same record: the last one counts, by SEQUENCE and DTSTAMP (RFC 5546 2.1.5), in whatever order they come. The truth table:
//
//	ticket      ATTENDEE                              what happens
//	valid       the invited person, by any address    recorded
//	            with their name, of their domain      recorded, and they are asked once whether that is them
//	            none                                  recorded; the answer may stand in the subject (Grommunio), or elsewhere (winmail.dat)
//	            another member                        nothing changes; the invited person is told how to answer
//	            a guest of the meeting                recorded for the guest
//	            somebody else                         as the community wants, see below; the invited person's answer stays as it
//	                                                  was, and they are told once
//	none        From is invited, and proven           as with a ticket
//	            From is invited, not proven           nothing changes; they are told how to answer, once a day
//	            From is not invited                   refused
//
// An answer is never posted to the list. What cannot be recorded is answered with help, or refused while its sender is
// still connected. REFRESH gets the invitation again. What mail systems and robots send answers nothing.
//
// # Other addresses
//
// An address that answers in the invited person's name and domain becomes one of their addresses when they say that it is;
// when they say that it is not, what it answered is taken back, and it is somebody else's from then on.
//
// Somebody else is treated by the rule meeting_guests of the community:
//
//	guest    they are invited as a guest, with a ticket of their own, and what they answered is kept as theirs
//	ask      who decides is asked (the default); a yes makes a guest, and what they answered meanwhile is kept
//	refuse   nobody is invited. Only who has surely written the message hears why
//
// Nobody who is banned is invited, nobody is asked where nobody decides, and one invitation brings up a few people a day, so
// that nobody makes us write to strangers. The invited person can say that the address is theirs after all.
//
// Who delegates (PARTSTAT=DELEGATED) has declined, and it is kept whom they send; the delegate, unless a member, is treated
// by the same rule. What a delegate answers is the delegate's.
//
// # Proposals
//
// A COUNTER (RFC 5546 3.2.7) proposes another time, for the whole meeting or for one date, and may answer besides:
//
//	           a COUNTER                            they take it: the meeting changes, and all are told
//	nothing ──────────────▶ open ──────────────┬──────────────────────────────▶ accepted
//	                         │  another one    │  they take another time, or decline: DECLINECOUNTER
//	                         └──▶ replaced     └──────────────────────────────▶ declined
//
// Who decides, that is the facilitators and who called the meeting, hears of the first proposal at once and of further ones
// once a day, with equal times counted together and what the clocks of those who are invited would show.
//
// # Reminders
//
// Each date has moments at which people are reminded of it, a day and an hour before where nothing else is set. A task in the
// schedule is due at a meeting's next moment; then all get one who may come and have not been told of the meeting, nor
// answered, since that moment. Of several moments that have passed only the last counts, and none once the date has begun.
// Who has got what is kept in the transaction that queues the mail. A clock may be set: lookBack finds what was planned by one
// that showed more.
//
// # Roll-ups
//
// Those who organise meetings hear what people answered once a day, at eight on their own clock, and only where something
// came before that: a task for each meeting is due at the next such hour, and up to when each has heard is kept with the mail.
// A day before a date to which fewer are expected than its quorum they are warned.
//
// # Afterwards
//
// As a date begins, it becomes a row of its own (store.Occurrence) with who is invited and what they have answered by then:
// what is answered later changes nothing of it. When it ends, the chores go on with it:
//
//	begins ──▶ ends: its host is asked ──▶ "attended: …" and minutes ──▶ the minutes are posted, once
//	                        │                        │
//	                        │ a day without answer   │          each ACTION of them: a mail on its day
//	                        ▼                        ▼
//	             those who had said yes     those who came
//	                        └──────── are asked how it was ────▶ the host hears, three days later
//
// The host is whose turn it is by the rota, else who called the meeting, else each facilitator. A line that says who came is
// read by Attended, never by guessing: what fits nobody or several people is asked back, and what was clear is kept. The last
// word counts. Minutes are posts like any other, in the name of who sent them: Post is the list's own way of accepting.
//
// # Reading
//
// ReadMessage finds in a message what it says about a meeting, wherever in its parts that stands and in whichever of the
// forms that calendars send: text/calendar, an attached .ics file, the same twice, or the winmail.dat of Outlook.
package calendar

import (
	"context"
	"io"
	"log/slog"
	"time"

	"guildpost/mail"
	"guildpost/store"
)

// A Calendar serves the meetings of all communities of an installation. Its fields are set once.
type Calendar struct {
	DB        *store.DB
	Keys      *mail.Keyring
	Log       *slog.Logger
	Now       func() time.Time
	Random    io.Reader
	PublicURL string         // of the web pages, without a slash at the end; "" where there are none
	Language  string         // of the installation, BCP 47
	Timezone  *time.Location // of the installation
	lastDue   int64          // by the clock of Due, in microseconds; see lookBack
	// Wake tells the delivery workers that there is work; nil is nobody.
	Wake func()
	// Help answers a message to a ticket that does not work.
	Help func(ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message) error
	// Proven says whether a message surely comes from an address; nil is never.
	Proven func(env mail.Envelope, m *mail.Message, address string) bool
	// Post takes a message for the list, as one that arrives there: minutes go this way. Its error is for the author.
	Post func(ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message) error
	// Author finds who wrote what came to a list address: no subscription for who is no member. Trusted says that nothing speaks
	// against it. The error refuses what nobody may send there.
	Author func(ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message) (s store.Subscription, trusted bool, err error)
	// Decision reads an answer to a question: yes or no, with what was said for a reason. Not clear is neither.
	Decision func(m *mail.Message) (yes, clear bool, reason string)
}

func (k *Calendar) wake() {
	if k.Wake != nil {
		k.Wake()
	}
}
