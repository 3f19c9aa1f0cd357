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
// those who leave get a cancellation, and so does everybody when the meeting is cancelled. What each was told is kept in
// the transaction that queues the mail, so nobody hears anything twice, however often the daemon is killed.
//
// # Invitations
//
// An invitation is a text in the reader's language with the object as a text/calendar part beside it, which is what makes
// mail programs show buttons, and once more as invite.ics. ATTENDEE is the reader alone. ORGANIZER is the address of the
// reader's ticket, as is From, and Sender is NAME-meet: so an answer says by itself whose it is, whatever the answering program did to the rest. The
// ticket is kept with the invitation, since programs compare organisers.
//
// # Answers
//
// They come as REPLY of a calendar, in words (yes, no, maybe, in three languages), or by the page of the ticket, and all feed
// the same record: the last one counts, by SEQUENCE and DTSTAMP (RFC 5546 2.1.5). The truth table:
//
//	ticket      ATTENDEE                              what happens
//	valid       the invited person, by any address    recorded
//	            with their name, of their domain      recorded
//	            none                                  recorded, where the answer stands elsewhere (winmail.dat)
//	            somebody else                         the answer stays as it was; the invited person is told how to answer
//	none        From is invited, and proven           as with a ticket
//	            From is invited, not proven           nothing changes; they are told how to answer, once a day
//	            From is not invited                   refused
//
// An answer is never posted to the list. What cannot be recorded is answered with help, or refused while its sender is
// still connected. COUNTER and delegation are answered with help; REFRESH gets the invitation again.
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
	// Wake tells the delivery workers that there is work; nil is nobody.
	Wake func()
	// Help answers a message to a ticket that does not work.
	Help func(ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message) error
	// Proven says whether a message surely comes from an address; nil is never.
	Proven func(env mail.Envelope, m *mail.Message, address string) bool
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
