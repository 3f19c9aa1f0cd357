package digest

import (
	"context"
	"errors"
	"strings"
	"time"

	"guildpost/digest/issue"
	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// NewsletterTicket says whether tickets of a kind are about newsletters.
func NewsletterTicket(kind mail.TicketKind) bool {
	switch kind {
	case mail.TicketNewsletter, mail.TicketNewsletterLater, mail.TicketNewsletterSkip, mail.TicketNewsletterEdit, mail.TicketNewsletterNote:
		return true
	}
	return false
}

// A word is what a facilitator says about an issue: a mail to a ticket, or the button of its page.
type word struct {
	community   store.Community
	issue       store.Newsletter
	facilitator store.Subscription
	revision    int // of the issue that they saw
	by          store.Actor
	message     *mail.Message // nil for a page
}

// Answer handles a message to a ticket that is about a newsletter. It is done, or answered with what there is to know; what a
// robot sends does nothing.
func (n *Newsletters) Answer(ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message, t mail.Ticket) error {
	if auto, reason := mail.Automatic(m, env.From, env.From == ""); auto != mail.AutoNone {
		n.Log.Info("a robot's answer to a ticket was passed over", "community", c.Address(), "message_id", m.MessageID, "reason", reason)
		return nil
	}
	by := store.Actor{Via: "mail <" + m.MessageID + ">", At: n.Now()}
	if t.Kind == mail.TicketNewsletterNote {
		err := n.confirmNote(ctx, c, t, by)
		if store.KindOf(err) == store.NotFound && err != nil {
			return n.Help(ctx, c, env, m)
		}
		return err
	}
	w, err := n.word(ctx, t, by)
	if store.KindOf(err) == store.NotFound && err != nil || err == nil && w.community.ID != c.ID {
		return n.Help(ctx, c, env, m)
	}
	if err != nil {
		return err
	}
	if w.message = m; t.Kind == mail.TicketNewsletterEdit {
		return n.edit(ctx, w)
	}
	return n.decideByMail(ctx, w, t.Kind)
}

// word finds what a ticket is about; NotFound where that is gone, or whoever has it is no facilitator any more.
func (n *Newsletters) word(ctx context.Context, t mail.Ticket, by store.Actor) (w word, err error) {
	w.by = by
	if w.issue, err = n.DB.Newsletter(ctx, t.Object/revisions); err != nil {
		return w, err
	}
	if w.community, err = n.DB.Community(ctx, w.issue.CommunityID); err != nil {
		return w, err
	}
	if w.facilitator, err = n.DB.Subscription(ctx, t.Person); err != nil {
		return w, err
	}
	if w.facilitator.CommunityID != w.community.ID || w.facilitator.State != store.Active || !w.facilitator.Has(store.Facilitator) {
		return w, store.Errorf(store.NotFound, "this ticket is not a facilitator's any more")
	}
	w.by.Who, w.revision = w.facilitator.Address, int(t.Object%revisions)
	return w, nil
}

// later is how much later a postponed issue goes out.
const later = 7 * 24 * time.Hour

// states are what tickets make of an issue.
var states = map[mail.TicketKind]store.NewsletterState{
	mail.TicketNewsletter: store.NewsletterApproved, mail.TicketNewsletterLater: store.NewsletterPostponed, mail.TicketNewsletterSkip: store.NewsletterSkipped,
}

// decide approves, postpones or skips an issue, unless it cannot be any more; kind is what there is to say, as that of
// templates.NewsletterAnswered. w.issue is the issue as it is then.
func (n *Newsletters) decide(ctx context.Context, w *word, ticket mail.TicketKind, notices func(kind string, now store.Newsletter) ([]store.Notice, error)) (kind string, err error) {
	wanted := w.issue
	wanted.State = states[ticket]
	switch {
	case !w.issue.Open():
		return closedKind(w.issue), nil
	case w.revision != w.issue.Revision%revisions && ticket == mail.TicketNewsletter:
		return "changed", nil // what is approved is what was seen
	}
	kind = string(wanted.State)
	switch {
	case wanted.State == w.issue.State:
		return kind, nil
	case wanted.State == store.NewsletterPostponed:
		wanted.SendAt = latest(w.issue.SendAt, w.by.At).Add(later)
	case wanted.State == store.NewsletterApproved:
		wanted.SendAt = latest(w.issue.SendAt, w.by.At)
	}
	var mails []store.Notice
	if notices != nil {
		after := wanted
		after.DecidedBy = w.by.Who
		if mails, err = notices(kind, after); err != nil {
			return kind, err
		}
	}
	now, _, err := n.DB.DecideNewsletter(ctx, w.by, wanted, mails)
	if store.KindOf(err) == store.Conflict && err != nil { // somebody else was faster
		if w.issue, err = n.DB.Newsletter(ctx, w.issue.ID); err != nil {
			return kind, err
		}
		if w.issue.Open() {
			return "changed", nil
		}
		return closedKind(w.issue), nil
	}
	w.issue = now
	return kind, err
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// closedKind says why nothing can be said about an issue any more.
func closedKind(i store.Newsletter) string {
	if i.State == store.NewsletterSkipped && i.DecidedBy == "" {
		return "overdue"
	}
	return string(i.State)
}

func (n *Newsletters) decideByMail(ctx context.Context, w word, ticket mail.TicketKind) error {
	was := w.issue
	told := false
	kind, err := n.decide(ctx, &w, ticket, func(kind string, now store.Newsletter) ([]store.Notice, error) {
		told = true
		after := w
		after.issue = now
		return n.answered(ctx, after, kind)
	})
	if err != nil {
		return err
	}
	if told && w.issue.State == states[ticket] && was.State != w.issue.State && w.issue.DecidedBy == w.facilitator.Address {
		n.wake()
		return nil
	}
	return n.answer(ctx, w, kind)
}

// answer tells a facilitator what became of their word.
func (n *Newsletters) answer(ctx context.Context, w word, kind string) error {
	notices, err := n.answered(ctx, w, kind)
	if err != nil {
		return err
	}
	for _, notice := range notices {
		if err := n.DB.SendNotice(ctx, n.Now(), notice); err != nil {
			return err
		}
	}
	n.wake()
	return nil
}

func (n *Newsletters) answered(ctx context.Context, w word, kind string) ([]store.Notice, error) {
	c, zone := w.community, n.zone(w.community, w.facilitator)
	data := templates.NewsletterAnswered{For: forReader(c, w.facilitator.Name), Kind: kind, Title: n.title(c, w.issue), When: w.issue.SendAt.In(zone)}
	if by := w.issue.DecidedBy; by != w.facilitator.Address && (kind == "approved" || kind == "postponed" || kind == "skipped") {
		data.By = n.name(ctx, c, by)
	}
	switch kind {
	case "sent":
		data.When = inZone(w.issue.SentAt, zone)
	case "changed", "unreadable":
		r, err := n.rendering(c, w.issue)
		if err != nil {
			return nil, err
		}
		data.Source = n.source(r)
	}
	notice, err := n.letter(c, letter{to: w.facilitator, data: data, answers: w.message,
		from: n.decision(c, w.facilitator, w.issue, mail.TicketNewsletterEdit).Address})
	return []store.Notice{notice}, err
}

// name is what a facilitator is called.
func (n *Newsletters) name(ctx context.Context, c store.Community, address string) string {
	s, err := n.DB.SubscriptionByAddress(ctx, c.ID, address)
	if err != nil || s.Name == "" {
		return address
	}
	return s.Name
}

// edit takes the text that a facilitator sent back.
func (n *Newsletters) edit(ctx context.Context, w word) error {
	if !w.issue.Open() {
		return n.answer(ctx, w, closedKind(w.issue))
	}
	content, err := issue.Unmarshal(w.issue.Content)
	if err != nil {
		return err
	}
	c := w.community
	text := w.message.Text()
	a := issue.Answer{All: text.All, Own: text.New}
	now, changes, err := issue.Read(a, content, n.wordsFor(c, w.issue, n.issueLanguage(c), n.Gatherer.CommunityZone(c)))
	said := saidWord(a.ReplyText())
	switch {
	case (errors.Is(err, issue.ErrNoSource) || err == nil && len(changes) == 0) && said != 0:
		return n.decideByMail(ctx, w, said)
	case errors.Is(err, issue.ErrNoSource):
		return n.answer(ctx, w, "unreadable")
	case errors.Is(err, issue.ErrNothingLeft):
		return n.answer(ctx, w, "nothing-left")
	case errors.Is(err, issue.ErrTooLong):
		return n.answer(ctx, w, "too-long")
	case err != nil:
		return err
	case w.revision != w.issue.Revision%revisions:
		return n.answer(ctx, w, "changed")
	case len(changes) == 0:
		return n.answer(ctx, w, "unchanged")
	}
	return n.keepEdit(ctx, w, now, changes)
}

// keepEdit keeps a changed issue, and shows all facilitators what was understood.
func (n *Newsletters) keepEdit(ctx context.Context, w word, now issue.Issue, changes []issue.Change) error {
	changed := w.issue
	var err error
	if changed.Content, err = now.Marshal(); err != nil {
		return err
	}
	team, readers, err := n.teamAndReaders(ctx, w.community, w.by.At)
	if err != nil {
		return err
	}
	by := w.facilitator.Name
	if by == "" {
		by = w.facilitator.Address
	}
	_, err = n.DB.ChangeNewsletter(ctx, w.by, changed, func(i store.Newsletter) ([]store.Notice, error) {
		return n.showTo(w.community, team, i, showing{readers: readers, by: by, changes: changes, answers: map[int64]*mail.Message{w.facilitator.ID: w.message}})
	})
	if store.KindOf(err) == store.Conflict && err != nil {
		if w.issue, err = n.DB.Newsletter(ctx, w.issue.ID); err != nil {
			return err
		}
		if !w.issue.Open() {
			return n.answer(ctx, w, closedKind(w.issue))
		}
		return n.answer(ctx, w, "changed")
	}
	n.wake()
	return err
}

// decisionWords are what people write above a draft that they leave as it is.
var decisionWords = map[mail.TicketKind]string{
	mail.TicketNewsletter:      "approve approved ok okay yes send freigeben freigegeben ja senden aprobar aprobado sí si enviar vale",
	mail.TicketNewsletterLater: "postpone later verschieben später aplazar",
	mail.TicketNewsletterSkip:  "skip auslassen omitir",
}

// saidWord reads the line above a quoted draft where it is nothing but one such word; 0 is that it is none.
func saidWord(line string) mail.TicketKind {
	line = strings.ToLower(strings.Trim(line, " .,:;!¡\t"))
	for kind, words := range decisionWords {
		for word := range strings.FieldsSeq(words) {
			if line == word {
				return kind
			}
		}
	}
	return 0
}
