package digest

import (
	"context"
	"strings"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// longestNewsNote is how much of a note is taken, in octets.
const longestNewsNote = 8_000

// Note handles a mail to a community's news address: a facilitator's note for the next issue. Others are refused. One that
// nothing shows to be the facilitator's is taken when they say so: else somebody could write a newsletter in their name.
func (n *Newsletters) Note(ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message) error {
	if auto, reason := mail.Automatic(m, env.From, env.From == ""); auto != mail.AutoNone {
		n.Log.Info("a robot's mail to a newsletter was passed over", "community", c.Address(), "message_id", m.MessageID, "reason", reason)
		return nil
	}
	f, err := n.noteAuthor(ctx, c, m)
	if err != nil {
		return err
	}
	text := strings.TrimSpace(m.Text().New)
	if text == "" {
		return store.Errorf(store.Invalid, "this note has no text")
	}
	if len(text) > longestNewsNote {
		return store.Errorf(store.TooLarge, "this note is longer than %d characters; a newsletter is short", longestNewsNote)
	}
	note := store.NewsletterNote{CommunityID: c.ID, SubscriptionID: f.ID, MessageID: m.Identity(m.BodyHash(), c.Domain), Title: noteSubject(m.Subject), Note: text, At: n.Now(),
		Open: n.Proven == nil || !n.Proven(env, m, f.Address)}
	_, err = n.DB.AddNewsletterNote(ctx, note, func(id int64) ([]store.Notice, error) {
		note.ID = id
		return n.noted(ctx, c, f, note, m)
	})
	n.wake()
	return err
}

// noteAuthor is the facilitator whom a note comes from.
func (n *Newsletters) noteAuthor(ctx context.Context, c store.Community, m *mail.Message) (f store.Subscription, err error) {
	refused := store.Errorf(store.Forbidden, "%s takes notes for the newsletter from facilitators alone; what you have to tell can be posted to %s",
		c.FunctionAddress("news"), c.Address())
	if len(m.From) != 1 {
		return f, refused
	}
	address, err := mail.Canonical(m.From[0].String())
	if err != nil {
		return f, refused
	}
	f, err = n.DB.SubscriptionByAddress(ctx, c.ID, address)
	if store.KindOf(err) == store.NotFound && err != nil || err == nil && (f.State != store.Active || !f.Has(store.Facilitator)) {
		return f, refused
	}
	return f, err
}

// noteSubject is the heading of a note; "" puts it into the opening.
func noteSubject(subject string) string {
	subject = strings.TrimSpace(subject)
	switch strings.ToLower(subject) {
	case "opening", "intro", "introduction", "vorwort", "einleitung", "apertura", "introducción", "(no subject)":
		return ""
	}
	return subject
}

func noteTitle(note store.NewsletterNote) string {
	if note.Title != "" {
		return note.Title
	}
	first, _, _ := strings.Cut(note.Note, "\n")
	return first
}

// noted tells a facilitator what became of a note. The answer goes to the address that we know, not to who wrote.
func (n *Newsletters) noted(ctx context.Context, c store.Community, f store.Subscription, note store.NewsletterNote, m *mail.Message) ([]store.Notice, error) {
	data := templates.NewsletterNoted{For: forReader(c, f.Name), Title: note.Title, Note: note.Note, Done: !note.Open}
	w := letter{to: f, answers: m}
	if note.Open {
		data.Confirm = n.ticket(c, mail.Ticket{Kind: mail.TicketNewsletterNote, Person: f.ID, Object: note.ID, Expires: note.At.Add(ticketLife)})
		w.from = data.Confirm.Address
	} else if s, err := ParseSchedule(c.Newsletter); err == nil {
		if next, ok := s.Next(note.At.Add(draftBefore), n.Gatherer.CommunityZone(c)); ok {
			data.Next = next.In(n.zone(c, f))
		}
	}
	w.data = data
	notice, err := n.letter(c, w)
	return []store.Notice{notice}, err
}

// note finds the note of a ticket; NotFound where it is gone, or whoever has the ticket is no facilitator any more.
func (n *Newsletters) note(ctx context.Context, t mail.Ticket) (note store.NewsletterNote, c store.Community, err error) {
	if note, err = n.DB.NewsletterNote(ctx, t.Object); err != nil {
		return note, c, err
	}
	f, err := n.DB.Subscription(ctx, t.Person)
	if err != nil {
		return note, c, err
	}
	if note.SubscriptionID != f.ID || f.State != store.Active || !f.Has(store.Facilitator) {
		return note, c, store.Errorf(store.NotFound, "this note is not a facilitator's any more")
	}
	c, err = n.DB.Community(ctx, note.CommunityID)
	return note, c, err
}

// confirmNote takes a note that its author says is theirs. Saying so twice says it once.
func (n *Newsletters) confirmNote(ctx context.Context, c store.Community, t mail.Ticket, by store.Actor) error {
	note, own, err := n.note(ctx, t)
	if err != nil {
		return err
	}
	if own.ID != c.ID {
		return store.Errorf(store.NotFound, "this note is not one of %s", c.Address())
	}
	f, err := n.DB.Subscription(ctx, t.Person)
	if err != nil {
		return err
	}
	note.Open = false
	notices, err := n.noted(ctx, c, f, note, nil)
	if err != nil {
		return err
	}
	by.Who = f.Address
	err = n.DB.ConfirmNewsletterNote(ctx, by, note.ID, notices)
	n.wake()
	return err
}
