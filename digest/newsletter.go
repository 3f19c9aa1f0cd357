package digest

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"time"

	"guildpost/digest/issue"
	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// Newsletters makes the newsletters of all communities of an installation. Its fields are set once.
//
// The life of an issue: two days before the schedule wants it out, Due composes it from what happened since the last one, and
// shows it to the facilitators, each with tickets of their own. They approve, postpone or skip it, or answer with the
// changed text (package issue). When its time comes it goes out, if it is approved or the community lets it go unanswered:
// to each reader a copy of their own, in pages whose progress is kept with them. Then it is filed into the archive.
//
// What is news comes from a list of sections; where there is nothing but figures to tell there is no issue.
type Newsletters struct {
	Gatherer  *Gatherer
	DB        *store.DB
	Keys      *mail.Keyring
	Log       *slog.Logger
	Now       func() time.Time
	Random    io.Reader
	PublicURL string // of the web pages, without a slash at the end; "" where there are none
	Language  string // of the installation, BCP 47
	// Wake tells the delivery workers that there is work; nil is nobody.
	Wake func()
	// Help answers a message to a ticket that does not work.
	Help func(ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message) error
	// Proven says whether a message surely comes from an address; nil is never.
	Proven func(env mail.Envelope, m *mail.Message, address string) bool

	planned plannedSchedules
}

func (n *Newsletters) wake() {
	if n.Wake != nil {
		n.Wake()
	}
}

// language is the reader's, else the community's, else the installation's; with "" for the reader's that of an issue.
func (n *Newsletters) language(c store.Community, reader string) string {
	return cmp.Or(reader, c.Language, n.Language, "en")
}

// issueLanguage is the one that facilitators write in.
func (n *Newsletters) issueLanguage(c store.Community) string {
	return n.language(c, c.NewsletterLanguage)
}

// zone is where times are shown for a reader: theirs, else the community's.
func (n *Newsletters) zone(c store.Community, s store.Subscription) *time.Location {
	return cmp.Or(store.FirstZone(s.Timezone, c.Timezone), n.Gatherer.Zone)
}

func (n *Newsletters) ticket(c store.Community, t mail.Ticket) templates.Ticket {
	return n.ticketOf(c, n.Keys.Seal(t))
}

// pageLink is where an issue is read in a browser; "" where there are no pages.
func (n *Newsletters) pageLink(token string) string {
	if n.PublicURL == "" {
		return ""
	}
	return n.PublicURL + issuePath + token
}

// ticketOf is a token's address and link.
func (n *Newsletters) ticketOf(c store.Community, token string) templates.Ticket {
	made := templates.Ticket{Address: mail.TicketAddress(c.Name, c.Domain, token)}
	if n.PublicURL != "" {
		made.URL = n.PublicURL + "/t/" + token
	}
	return made
}

func forReader(c store.Community, name string) templates.For {
	return templates.For{Recipient: name, Community: about(c)}
}

// about is what texts say of a community.
func about(c store.Community) templates.Community {
	return templates.Community{Title: c.Title, Address: c.Address(), Name: c.Name, Domain: c.Domain, Colour: c.Colour, Purpose: c.Purpose}
}

// title is what an issue is called in its own language.
func (n *Newsletters) title(c store.Community, i store.Newsletter) string {
	return n.titleIn(c, i, n.issueLanguage(c), n.Gatherer.CommunityZone(c))
}

// titleFor is what an issue is called for a reader.
func (n *Newsletters) titleFor(c store.Community, i store.Newsletter, s store.Subscription) string {
	return n.titleIn(c, i, templates.Language(n.language(c, s.Language)), n.zone(c, s))
}

func (n *Newsletters) titleIn(c store.Community, i store.Newsletter, lang string, zone *time.Location) string {
	content, err := issue.Unmarshal(i.Content)
	if err == nil && content.Title != "" {
		return content.Title
	}
	return n.wordsFor(c, i, lang, zone).Title()
}

// facilitators are those of a community whose mail arrives.
func (n *Newsletters) facilitators(ctx context.Context, c store.Community) ([]store.Subscription, error) {
	return n.DB.Subscriptions(ctx, c.ID, store.SubscriptionFilter{State: store.Active, Role: store.Facilitator})
}
