package digest

import (
	"context"
	"errors"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// issuePath is where issues are read: /n/TOKEN.
const issuePath = "/n/"

// otherIssues is how many other issues a page leads to.
const otherIssues = 24

// An IssuePage is an issue as a member reads it in a browser.
type IssuePage struct {
	Community store.Community
	Language  string // of the reader, BCP 47
	Page      templates.IssuePage
	Problem   string // as templates.ProblemPage.Kind, "" for none
}

// readToken is a member's ticket for the page of an issue.
func (n *Newsletters) readToken(s store.Subscription, i store.Newsletter) string {
	return n.Keys.Seal(mail.Ticket{Kind: mail.TicketNewsletterRead, Person: s.ID, Object: i.ID})
}

// Read returns the page of an issue by a member's ticket: in their language and zone, with their answers to meetings, and links
// to the other issues. It has no tickets, since people pass on where a page is. Who is no member any more reads nothing, and while
// a history is imported nobody but facilitators does, as with all of an archive. The error is NotFound for a token that is none.
func (n *Newsletters) Read(ctx context.Context, token string) (p IssuePage, err error) {
	t, err := n.Keys.Open(token, n.Now())
	if err != nil && !errors.Is(err, mail.ErrExpiredTicket) || t.Kind != mail.TicketNewsletterRead {
		return p, store.Errorf(store.NotFound, "this link is not valid")
	}
	expired := err != nil
	i, s, err := n.readable(ctx, t)
	if err != nil {
		return p, err
	}
	if p.Community, err = n.DB.Community(ctx, i.CommunityID); err != nil {
		return p, err
	}
	p.Language = templates.Language(n.language(p.Community, s.Language))
	open, err := n.DB.ArchiveOpen(ctx, p.Community.ID)
	if err != nil {
		return p, err
	}
	if member := s.State == store.Active || s.State == store.Suspended; expired || !member || !open && !s.Has(store.Facilitator) {
		p.Problem = "expired"
		return p, nil
	}
	if p.Page, err = n.issuePage(ctx, p.Community, i, s); err != nil {
		return p, err
	}
	p.Page.Others, err = n.others(ctx, p.Community, i, s)
	return p, err
}

// readable finds what a ticket is for: an issue that has gone out, and whose copy it is.
func (n *Newsletters) readable(ctx context.Context, t mail.Ticket) (i store.Newsletter, s store.Subscription, err error) {
	if i, err = n.DB.Newsletter(ctx, t.Object); err != nil {
		return i, s, err
	}
	if s, err = n.DB.Subscription(ctx, t.Person); err != nil {
		return i, s, err
	}
	if s.CommunityID != i.CommunityID || !isOut(i) {
		err = store.Errorf(store.NotFound, "this link is not valid")
	}
	return i, s, err
}

// isOut says whether readers have an issue, or are getting it.
func isOut(i store.Newsletter) bool {
	return i.State == store.NewsletterSending || i.State == store.NewsletterSent
}

func (n *Newsletters) issuePage(ctx context.Context, c store.Community, i store.Newsletter, s store.Subscription) (p templates.IssuePage, err error) {
	r, err := n.rendering(c, i)
	if err != nil {
		return p, err
	}
	meetings, err := r.readerMeetings(ctx, s.ID-1, []store.Subscription{s})
	if err != nil {
		return p, err
	}
	mine := meetings[s.ID]
	for at, m := range r.meetings {
		if mine[at].answer == "" && m.Starts.Before(n.Now()) { // it is too late to answer
			mine[at].token = ""
		}
	}
	p.Newsletter = r.newsletter(templates.Language(n.language(c, s.Language)), n.zone(c, s), mine, templates.Ticket{})
	for _, section := range p.Sections {
		for at := range section.Parts {
			section.Parts[at].Respond = templates.Ticket{}
		}
	}
	p.Pictures = make(map[string][]byte, len(r.pictures))
	for _, picture := range r.pictures {
		p.Pictures[picture.Name] = picture.Data
	}
	return p, nil
}

// others are a reader's links to the other issues of a community.
func (n *Newsletters) others(ctx context.Context, c store.Community, i store.Newsletter, s store.Subscription) (all []templates.OtherIssue, err error) {
	issues, err := n.DB.Newsletters(ctx, c.ID, otherIssues+1)
	for _, other := range issues {
		if isOut(other) && other.ID != i.ID && len(all) < otherIssues {
			all = append(all, templates.OtherIssue{Title: n.titleFor(c, other, s), Path: issuePath + n.readToken(s, other)})
		}
	}
	return all, err
}
