package list

import (
	"cmp"
	"context"
	"strings"
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// A letter is a mail of our own to one person. Data is one of the types of package templates.
type letter struct {
	community store.Community // zero for mail of the installation itself
	to        string
	name      string
	language  string // of the reader; "" is the community's
	data      any
	more      []any // further texts of the same mail
	// from is where a plain reply goes: a ticket address, or that of a function; "" is the facilitators.
	from         string
	subscription int64         // whose failure it counts for if it bounces; 0 for somebody who has none
	answers      *mail.Message // the mail that it answers, or nil
	attach       []mail.Attachment
	secret       bool // its bytes go once it is delivered
}

// notice writes a letter. It is marked as automatic, so that no robot answers it, and goes out with the null sender
// unless it concerns a subscription.
func (l *List) notice(w letter) (store.Notice, error) {
	text, err := templates.Together(l.language(w.community, w.language), w.data, w.more...)
	if err != nil {
		return store.Notice{}, err
	}
	id, err := mail.NewMessageID(l.Random, l.Now(), l.domain(w.community))
	if err != nil {
		return store.Notice{}, err
	}
	to, err := mail.ParseAddress(w.to)
	if err != nil {
		return store.Notice{}, err
	}
	to.Name = w.name
	d := mail.Draft{
		From: l.sender(w), To: []mail.Address{to}, Subject: text.Subject, Date: l.Now(), MessageID: id,
		Text: text.Text, Flowed: true, HTML: text.HTML, Attachments: w.attach,
	}
	if w.answers != nil {
		d.IsReply, d.InReplyTo = true, w.answers.MessageID
		d.References = append(append([]string{}, w.answers.References...), w.answers.MessageID)
		if d.InReplyTo == "" {
			d.References = nil
		}
	}
	raw, err := d.Bytes()
	if err != nil {
		return store.Notice{}, err
	}
	n := store.Notice{CommunityID: w.community.ID, SubscriptionID: w.subscription, Recipient: w.to, Raw: raw, Secret: w.secret}
	if w.subscription != 0 {
		token := l.Keys.Seal(mail.Ticket{Kind: mail.TicketBounce, Person: w.subscription})
		n.Sender = mail.BounceAddress(w.community.Name, w.community.Domain, token)
	}
	return n, nil
}

// sender is the From of a letter: the community's name, at the address where an answer is understood.
func (l *List) sender(w letter) mail.Address {
	from := w.from
	switch {
	case from == "" && w.community.ID == 0:
		from = "guildpost@" + l.Hostname
	case from == "":
		from = w.community.FunctionAddress("owner")
	}
	at := strings.LastIndexByte(from, '@')
	name := w.community.Title
	if name == "" {
		name = "guildpost"
	}
	return mail.Address{Name: name, Local: from[:at], Domain: from[at+1:]}
}

func (l *List) domain(c store.Community) string {
	if c.Domain == "" {
		return l.Hostname
	}
	return c.Domain
}

// language is the reader's, else the community's, else the installation's.
func (l *List) language(c store.Community, reader string) string {
	return cmp.Or(reader, c.Language, l.Language, "en")
}

// zone is where times are shown for a reader.
func (l *List) zone(c store.Community, s store.Subscription) *time.Location {
	return cmp.Or(store.FirstZone(s.Timezone, c.Timezone), l.Timezone, time.UTC)
}

// to is a letter to a subscriber.
func to(c store.Community, s store.Subscription, data any) letter {
	return letter{community: c, to: s.Address, name: s.Name, language: s.Language, subscription: s.ID, data: data}
}

// send queues letters at once.
func (l *List) send(ctx context.Context, letters ...letter) error {
	for _, w := range letters {
		n, err := l.notice(w)
		if err != nil {
			return err
		}
		if err := l.DB.SendNotice(ctx, l.Now(), n); err != nil {
			return err
		}
	}
	l.wake()
	return nil
}

// notices writes letters that go out with the change that they tell of, in its transaction.
func (l *List) notices(letters ...letter) ([]store.Notice, error) {
	all := make([]store.Notice, 0, len(letters))
	for _, w := range letters {
		n, err := l.notice(w)
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, nil
}

func (l *List) wake() {
	if l.Wake != nil {
		l.Wake()
	}
}

// forReader is what every text begins with.
func forReader(c store.Community, name string) templates.For {
	return templates.For{Community: about(c), Recipient: name}
}

// about is what texts say of a community.
func about(c store.Community) templates.Community {
	return templates.Community{Title: c.Title, Address: c.Address(), Name: c.Name, Domain: c.Domain, Colour: c.Colour, Purpose: c.Purpose}
}

// ticket makes a ticket's address and link.
func (l *List) ticket(c store.Community, t mail.Ticket) templates.Ticket {
	return l.ticketOf(c, l.Keys.Seal(t))
}

// ticketOf is a token's address and link.
func (l *List) ticketOf(c store.Community, token string) templates.Ticket {
	made := templates.Ticket{Address: mail.TicketAddress(c.Name, c.Domain, token)}
	if l.PublicURL != "" {
		made.URL = l.PublicURL + "/t/" + token
	}
	return made
}

// facilitators are those who decide in a community.
func (l *List) facilitators(ctx context.Context, c store.Community) ([]store.Subscription, error) {
	all, err := l.DB.Subscriptions(ctx, c.ID, store.SubscriptionFilter{Role: store.Facilitator})
	if err != nil {
		return nil, err
	}
	var active []store.Subscription
	for _, s := range all {
		if s.State == store.Active || s.State == store.Suspended {
			active = append(active, s)
		}
	}
	return active, nil
}
