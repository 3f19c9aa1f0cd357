// Package list is the list itself: what is accepted for a community and what is not, and what each subscriber's copy
// looks like.
//
// # What is accepted
//
// A message for a list address is refused while its sender is still connected when it can never be posted: a loop
// (it has been through this list, or through 25 servers), no author or several, an automatic reply, too large, or
// from somebody who may not write here. The refusal says what to do instead. A message that came before (the same
// Message-ID and the same body within 30 days, on whatever way) is taken once more and not posted again; the same
// Message-ID with another body is held, so that nobody can keep a post from the list by sending its Message-ID first.
// What a facilitator should look at is held. Everything else is a post: filed into its thread and on its way to the
// subscribers when the sender hears 250.
//
// Thanks that stand in a post on a line of their own ("Thanks Ben for the review") are kept in the transaction that files it.
// Whom they mean must be plain, in the thread or else in the community; who is thanked hears of it once a day at most.
//
// # What goes out
//
// The body goes out byte for byte, so that its DKIM signature holds where nothing that it signs was changed. The
// header is edited field by field: the list's own fields come in, others' list fields and what was meant for one
// reader only go out. Each copy has its own envelope sender and its own unsubscribe ticket. A community can choose
// a footer and a subject tag; both are put in as MIME asks, and signed or encrypted messages keep their form.
//
// # Joining
//
// The life of a request to join:
//
//	         asked ──────────────┬─────────────┬──────────────▶ expired (3 days; an invitation 14)
//	a reply or the button │      │ a reply "no"│
//	                      ▼      ▼             │
//	joins as the community │  declined         │
//	wants: confirm, open   │                   │
//	       ▼               ▼ approve           │
//	 done (member)     confirmed ──────────────┴──▶ declined by a facilitator, or expired after 30 days
//	       ▲               │ a facilitator approves
//	       └───────────────┘
//
// A ticket that comes again is answered with where the request stands. Who is a member already hears so.
//
// # Bounces
//
// The life of a failure:
//
//	a bounce, by its ticket ──┐                     many copies of a post failed together
//	the smarthost's refusal ──┼─▶ waits an hour ──────────────▶ never counts; the postmaster hears once
//	a bounce without ticket ──┘   (a post of few copies: not)
//	                                    │ few did
//	                                    ▼
//	                                  counts ──▶ on enough days ──▶ suspended: a mail a week for a month,
//	                                    │                           then the facilitators hear
//	                                    ▼                                │ a reply, or the button
//	                        forgotten when mail arrives again            ▼
//	                                                                   active, nothing counted
//
// Failures belong to the address, so that what one community finds out helps the others. A bounce never makes mail to
// whoever sent it, and one alone changes nothing: anybody can send one, and only who got our mail has a ticket.
//
// What failed on three earlier days is no part of many copies that fail together, unless nearly all do: it counts.
package list

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// A List serves all communities of an installation. Its fields are set once.
type List struct {
	DB        *store.DB
	Keys      *mail.Keyring
	Policy    *DMARC
	Log       *slog.Logger
	Now       func() time.Time
	Random    io.Reader
	PublicURL string // of the web pages, without a slash at the end; "" where there are none
	Hostname  string
	Language  string         // of the installation, BCP 47
	Timezone  *time.Location // of the installation
	// AuthServID is whose Authentication-Results are believed, when they come from one of our own relays; "" is nobody's.
	AuthServID string
	// Postmaster is who hears of trouble; "" is nobody: then the log alone has it.
	Postmaster string
	// SharedCopies says that several recipients may get the same copy: their bounces have no ticket.
	SharedCopies bool
	// ArchiveOverIMAP says that members can read the archive with a mail program, and so may have app passwords.
	ArchiveOverIMAP bool
	// MaxMessage is the largest post, in bytes, where a community has not set its own.
	MaxMessage int64
	// Coming are the next dates of a community's meetings for a member: package calendar knows them, which this one does not
	// know. Nil is none.
	Coming func(ctx context.Context, c store.Community, s store.Subscription) ([]templates.Meeting, error)
	// Searcher finds posts for who asks by mail; nil finds none.
	Searcher Searcher
	// Feeds are for members' calendar programs; nil is none.
	Feeds Feeds
	// Wake tells the delivery workers that there is work; nil is nobody.
	Wake func()

	rulesMu sync.Mutex
	rules   map[int64]*compiled // by community

	heldLooked atomic.Int64 // when it was last looked what waits, microseconds

	helped helpedOnce
}

// maxReceived is how many servers a message may have been through: no honest one passes more, and a loop would go on.
const maxReceived = 25

// Post handles a message for a list address. Its error is for the sender.
func (l *List) Post(ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message) error {
	if err := l.inspect(c, env, m); err != nil {
		return err
	}
	p, err := l.candidate(ctx, c, env, m)
	if err != nil {
		return err
	}
	reason, err := l.judge(ctx, p)
	if err != nil {
		return err
	}
	if reason == none {
		reason, err = l.accept(ctx, p)
	}
	if err == nil && reason != none {
		err = l.hold(ctx, p, reason)
	}
	return err
}

// inspect refuses what can never be a post, whoever wrote it.
func (l *List) inspect(c store.Community, env mail.Envelope, m *mail.Message) error {
	switch {
	case c.Closed:
		return store.Errorf(store.NotFound, "%s is closed and takes no more posts", c.Title).WithStatus("5.2.1")
	case l.isLoop(c, m):
		return store.Errorf(store.Invalid, "this message has been through %s already (mail loop)", c.Address()).WithStatus("5.4.6")
	case m.Received() > maxReceived:
		return store.Errorf(store.Invalid, "this message has been through %d servers (mail loop)", m.Received()).WithStatus("5.4.6")
	case int64(len(m.Raw)) > l.maxMessage(c):
		return store.Errorf(store.TooLarge, "this message has %s; %s takes %s at most. Put large files somewhere and post the link",
			sizeText(int64(len(m.Raw))), c.Title, sizeText(l.maxMessage(c)))
	case len(m.From) == 0:
		return store.Errorf(store.Invalid, "a post needs an author in its From field, this message has none")
	case len(m.From) > 1:
		return store.Errorf(store.Invalid, "a post needs one author in its From field, this message has %d", len(m.From))
	}
	if kind, reason := mail.Automatic(m, env.From, env.From == "" && env.Protocol != "IMAP"); kind.IsRobot() {
		return store.Errorf(store.Forbidden, "this is not posted to %s because %s", c.Address(), reason)
	}
	return nil
}

func (l *List) isLoop(c store.Community, m *mail.Message) bool {
	for _, id := range m.ListIDs() {
		if id == c.ListID() {
			return true
		}
	}
	for _, loop := range m.Header.Values("X-Loop") {
		if a, err := mail.Canonical(loop); err == nil && a == c.Address() {
			return true
		}
	}
	return false
}

func (l *List) maxMessage(c store.Community) int64 {
	if c.MaxMessage > 0 {
		return c.MaxMessage
	}
	return l.MaxMessage
}

// arrival is what the store needs to know of a message.
func (l *List) arrival(c store.Community, env mail.Envelope, m *mail.Message, author mail.Address, address string) store.Arrival {
	base, reply := mail.BaseSubject(m.Subject)
	hash := m.BodyHash()
	a := store.Arrival{
		CommunityID: c.ID, Raw: m.Raw, Sender: env.From, MessageID: m.Identity(hash, c.Domain), BodyHash: hash, Reply: reply,
		From: address, FromName: author.Name, Subject: m.Subject, SubjectBase: base, Date: m.Date, Now: l.Now(),
		RequireTLS: env.RequireTLS, References: m.Ancestors(), Text: store.PostText(m.SearchText()),
	}
	for _, f := range m.Files() {
		a.Attachments = append(a.Attachments, store.Attachment(f))
	}
	return a
}

// accept posts it; a reason comes back where it must be held after all.
func (l *List) accept(ctx context.Context, p *candidate) (templates.Reason, error) {
	if err := l.prepare(ctx, p); err != nil {
		return none, err
	}
	result, err := l.DB.AcceptPost(ctx, p.arrival)
	switch {
	case err != nil:
		return none, err
	case result.Conflict:
		return templates.Reason{Code: templates.ReasonRepeated}, nil
	case result.Duplicate:
		l.Log.Info("a message that was known came again", "community", p.community.Address(), "message_id", p.arrival.MessageID,
			"post", result.PostID, "hold", result.HoldID)
		return none, nil
	}
	l.Log.Info("post accepted", "community", p.community.Address(), "post", result.PostID, "thread", result.ThreadID,
		"message_id", p.arrival.MessageID)
	l.wake()
	return none, nil
}

// prepare finds out how a post goes out: in whose name, and to whom not; and whom it thanks.
func (l *List) prepare(ctx context.Context, p *candidate) (err error) {
	if p.arrival.RewriteFrom, err = l.rewritesFrom(ctx, p.community, p.arrival.From); err != nil {
		return err
	}
	readers, err := l.DB.MembersByAddress(ctx, otherReaders(p.message, p.arrival.From))
	if err != nil {
		return err
	}
	p.arrival.Skip = readers
	if p.arrival.Thanks, err = l.thanksIn(ctx, p); err != nil {
		return err
	}
	if p.member && !p.writer.OwnCopies {
		p.arrival.Skip = append(p.arrival.Skip, p.writer.MemberID)
	}
	return nil
}

// otherReaders are the addresses in To and Cc: who has the message from there needs no second copy. The author is
// not among them, since the author chooses own copies as a setting.
func otherReaders(m *mail.Message, author string) []string {
	const most = 200
	var all []string
	for _, list := range [][]mail.Address{m.To, m.Cc} {
		for _, a := range list {
			address, err := mail.Canonical(a.String())
			if err == nil && address != author && len(all) < most {
				all = append(all, address)
			}
		}
	}
	return all
}
