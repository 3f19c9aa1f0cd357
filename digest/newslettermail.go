package digest

import (
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// notice is a reader's copy, ready to be queued.
func (r *rendering) notice(s store.Subscription, meetings []readerMeeting, id string) (store.Notice, error) {
	c := r.community
	shared, err := r.copyFor(templates.Language(r.language(c, s.Language)), r.zone(c, s), meetings)
	if err != nil {
		return store.Notice{}, err
	}
	off := r.Keys.Seal(mail.Ticket{Kind: mail.TicketNewsletterOff, Person: s.ID, Object: c.ID})
	tokens := []string{leaveTicket: r.Keys.Seal(mail.Ticket{Kind: mail.TicketLeave, Person: s.ID, Object: c.ID}), offTicket: off, readTicket: r.readToken(s, r.issue)}
	for _, m := range meetings {
		tokens = append(tokens, m.token)
	}
	d := mail.Draft{Subject: shared.subject, Date: r.Now(), MessageID: id, Text: shared.text.fill(tokens), Flowed: true, HTML: shared.html.fill(tokens), Pictures: r.pictures}
	if d.To, err = recipient(s); err != nil {
		return store.Notice{}, err
	}
	if d.From, err = r.from(c.FunctionAddress("owner"), c); err != nil {
		return store.Notice{}, err
	}
	d.Headers = listHeaders(c)
	raw, err := d.Bytes()
	if err != nil {
		return store.Notice{}, err
	}
	t := r.ticketOf(c, off)
	raw = append(mail.PersonalHeader(make([]byte, 0, len(raw)+300), t.Address, t.URL), raw...)
	return r.noticeTo(c, s, raw), nil
}

// noticeTo queues a mail for a subscriber, whose failure it counts for.
func (n *Newsletters) noticeTo(c store.Community, s store.Subscription, raw []byte) store.Notice {
	token := n.Keys.Seal(mail.Ticket{Kind: mail.TicketBounce, Person: s.ID})
	return store.Notice{CommunityID: c.ID, SubscriptionID: s.ID, Recipient: s.Address, Raw: raw, Sender: mail.BounceAddress(c.Name, c.Domain, token)}
}

func recipient(s store.Subscription) ([]mail.Address, error) {
	to, err := mail.ParseAddress(s.Address)
	to.Name = s.Name
	return []mail.Address{to}, err
}

func (n *Newsletters) from(address string, c store.Community) (mail.Address, error) {
	from, err := mail.ParseAddress(address)
	from.Name = c.Title
	return from, err
}

// listHeaders are the fields by which mail programs know the list (RFC 2369, RFC 2919).
func listHeaders(c store.Community) [][2]string {
	return [][2]string{{"List-Id", "<" + c.ListID() + ">"}, {"List-Help", "<mailto:" + c.FunctionAddress("help") + ">"},
		{"List-Owner", "<mailto:" + c.FunctionAddress("owner") + ">"}}
}

// A letter is a mail to one facilitator.
type letter struct {
	to       store.Subscription
	data     any
	from     string // where a plain reply goes; "" is the facilitators
	answers  *mail.Message
	pictures []mail.Attachment // that the HTML shows
	attach   []mail.Attachment
}

// letter writes a letter.
func (n *Newsletters) letter(c store.Community, w letter) (store.Notice, error) {
	text, err := templates.Render(n.language(c, w.to.Language), w.data)
	if err != nil {
		return store.Notice{}, err
	}
	d := mail.Draft{Subject: text.Subject, Date: n.Now(), Text: text.Text, Flowed: true, HTML: text.HTML, Pictures: w.pictures, Attachments: w.attach}
	if d.MessageID, err = mail.NewMessageID(n.Random, n.Now(), c.Domain); err != nil {
		return store.Notice{}, err
	}
	if d.To, err = recipient(w.to); err != nil {
		return store.Notice{}, err
	}
	if w.from == "" {
		w.from = c.FunctionAddress("owner")
	}
	if d.From, err = n.from(w.from, c); err != nil {
		return store.Notice{}, err
	}
	if m := w.answers; m != nil && m.MessageID != "" {
		d.IsReply, d.InReplyTo = true, m.MessageID
		d.References = append(append([]string{}, m.References...), m.MessageID)
	}
	raw, err := d.Bytes()
	return n.noticeTo(c, w.to, raw), err
}

func inZone(t time.Time, zone *time.Location) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(zone)
}
