package calendar

import (
	"cmp"
	"time"

	"guildpost/calendar/itip"
	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// A letter is a mail about a meeting to one subscriber.
type letter struct {
	community store.Community
	to        store.Subscription
	data      any             // one of the types of package templates
	text      *templates.Mail // what data renders to; nil where it is not rendered yet
	from      string          // where a plain reply goes, unless replies is given
	replies   string
	object    []byte // the calendar object, nil for none
	method    itip.Method
	files     []mail.Attachment // beside the text
	id        string            // Message-ID, "" for a new one
	answers   *mail.Message     // the mail that it answers, or nil
}

// notice writes a letter.
func (k *Calendar) notice(w letter) (n store.Notice, err error) {
	if w.text == nil {
		text, err := templates.Render(k.language(w.community, w.to), w.data)
		if err != nil {
			return n, err
		}
		w.text = &text
	}
	d := mail.Draft{Subject: w.text.Subject, Date: k.Now(), MessageID: w.id, Text: w.text.Text, Flowed: true, HTML: w.text.HTML}
	if d.MessageID == "" {
		if d.MessageID, err = mail.NewMessageID(k.Random, k.Now(), w.community.Domain); err != nil {
			return n, err
		}
	}
	if err := w.addressTo(&d); err != nil {
		return n, err
	}
	if w.object != nil || w.files != nil {
		if d.Headers, err = senderOf(w); err != nil {
			return store.Notice{}, err
		}
	}
	if w.object != nil {
		d.Alternatives = []mail.Attachment{{Type: "text/calendar; charset=utf-8; method=" + string(w.method), Data: w.object}}
		d.Attachments = []mail.Attachment{{Type: `application/ics; name="invite.ics"`, Name: "invite.ics", Data: w.object}}
	}
	d.Attachments = append(d.Attachments, w.files...)
	if m := w.answers; m != nil && m.MessageID != "" {
		d.IsReply, d.InReplyTo = true, m.MessageID
		d.References = append(append([]string{}, m.References...), m.MessageID)
	}
	raw, err := d.Bytes()
	n = store.Notice{CommunityID: w.community.ID, SubscriptionID: w.to.ID, Recipient: w.to.Address, Raw: raw}
	if w.to.ID != 0 { // nobody's bounce is counted for whom the community does not know
		token := k.Keys.Seal(mail.Ticket{Kind: mail.TicketBounce, Person: w.to.ID})
		n.Sender = mail.BounceAddress(w.community.Name, w.community.Domain, token)
	}
	return n, err
}

// senderOf is the Sender field of a mail that carries a calendar object. From is the ticket, which is the object's ORGANIZER, so
// that programs that compare the two agree; Sender is who really writes, and is the same for everybody (RFC 5322 3.6.2), so
// that a reader can make one rule for all invitations. Both are of the list's domain, as are the envelope's sender and the
// domain that signs: DMARC looks at From alone, and is aligned by either.
func senderOf(w letter) ([][2]string, error) {
	sender, err := mail.ParseAddress(w.community.FunctionAddress("meet"))
	if err != nil || w.from == w.community.Address() {
		return nil, err
	}
	sender.Name = w.community.Title
	return [][2]string{{"Sender", sender.Format()}}, nil
}

// addressTo says from whom a letter is and to whom.
func (w letter) addressTo(d *mail.Draft) (err error) {
	if d.From, err = mail.ParseAddress(w.from); err != nil {
		return err
	}
	d.From.Name = w.community.Title
	if w.replies != "" {
		replies, err := mail.ParseAddress(w.replies)
		if err != nil {
			return err
		}
		d.ReplyTo = []mail.Address{replies}
	}
	to, err := mail.ParseAddress(w.to.Address)
	to.Name = w.to.Name
	d.To = []mail.Address{to}
	return err
}

// language is the reader's, else the community's, else the installation's.
func (k *Calendar) language(c store.Community, s store.Subscription) string {
	return cmp.Or(s.Language, c.Language, k.Language, "en")
}

// zone is where times are shown for a reader; where nothing is known, that is the meeting's.
func (k *Calendar) zone(c store.Community, s store.Subscription, m store.Meeting) *time.Location {
	return cmp.Or(store.FirstZone(s.Timezone, c.Timezone, m.Zone), time.UTC)
}

// shown are the next dates of a meeting for a reader.
func (k *Calendar) shown(c store.Community, s store.Subscription, m store.Meeting, n int) (dates []time.Time, more bool) {
	dates, more = Next(m, k.Now(), n)
	for i := range dates {
		dates[i] = dates[i].In(k.zone(c, s, m))
	}
	return dates, more
}

// first is the next date of a meeting for a reader; the zero time where there is none.
func (k *Calendar) first(c store.Community, s store.Subscription, m store.Meeting) (next time.Time) {
	if dates, _ := k.shown(c, s, m, 1); len(dates) > 0 {
		next = dates[0]
	}
	return next
}

// ticket is an invitation's address and link.
func (k *Calendar) ticket(c store.Community, token string) templates.Ticket {
	made := templates.Ticket{Address: mail.TicketAddress(c.Name, c.Domain, token)}
	if k.PublicURL != "" {
		made.URL = k.PublicURL + "/t/" + token
	}
	return made
}

func forReader(c store.Community, s store.Subscription) templates.For {
	return templates.For{Recipient: s.Name, Community: templates.Community{Title: c.Title, Address: c.Address(), Name: c.Name, Domain: c.Domain,
		Colour: c.Colour, Purpose: c.Purpose}}
}
