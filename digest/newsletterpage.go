package digest

import (
	"context"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// A NewsletterPage is what the page of a ticket shows.
type NewsletterPage struct {
	Community store.Community
	Kind      string         // as templates.TicketPage.Kind
	About     templates.Args // what its texts are about
	Problem   string         // as templates.ProblemPage.Kind, "" for none
}

// pageKinds are the pages of tickets; that of an edit is for approving, since it takes a mail to edit.
var pageKinds = map[mail.TicketKind]string{
	mail.TicketNewsletter: "news-approve", mail.TicketNewsletterLater: "news-later", mail.TicketNewsletterSkip: "news-skip", mail.TicketNewsletterNote: "news-note",
}

// Show says what a ticket would do, and changes nothing. The error is NotFound where it is for nothing.
func (n *Newsletters) Show(ctx context.Context, t mail.Ticket) (NewsletterPage, error) {
	kind, ok := pageKinds[t.Kind]
	if !ok {
		return NewsletterPage{}, store.Errorf(store.NotFound, "this link is not valid")
	}
	if t.Kind == mail.TicketNewsletterNote {
		note, c, err := n.note(ctx, t)
		return NewsletterPage{Community: c, Kind: kind, About: templates.Args{Subject: noteTitle(note)}}, err
	}
	w, err := n.word(ctx, t, store.Actor{At: n.Now()})
	if err != nil {
		return NewsletterPage{}, err
	}
	wanted := w.issue
	if t.Kind == mail.TicketNewsletterLater {
		wanted.SendAt = latest(wanted.SendAt, n.Now()).Add(later)
	}
	p := n.decisionPage(ctx, w, kind, wanted)
	switch {
	case !w.issue.Open():
		p.Problem = "already"
	case w.revision != w.issue.Revision%revisions && t.Kind == mail.TicketNewsletter:
		p.Problem = "changed"
	}
	return p, nil
}

func (n *Newsletters) decisionPage(ctx context.Context, w word, kind string, i store.Newsletter) NewsletterPage {
	p := NewsletterPage{Community: w.community, Kind: kind, About: templates.Args{Subject: n.title(w.community, i),
		When: latest(i.SendAt, n.Now()).In(n.zone(w.community, w.facilitator))}}
	if i.DecidedBy != "" {
		p.About.Name = n.name(ctx, w.community, i.DecidedBy)
	}
	return p
}

// Press does what a ticket's button says.
func (n *Newsletters) Press(ctx context.Context, t mail.Ticket) (NewsletterPage, error) {
	if t.Kind == mail.TicketNewsletterNote {
		p, err := n.Show(ctx, t)
		if err == nil {
			err = n.confirmNote(ctx, p.Community, t, store.Actor{Via: "web", At: n.Now()})
		}
		return p, err
	}
	p, err := n.Show(ctx, t)
	if err != nil || p.Problem != "" {
		return p, err
	}
	w, err := n.word(ctx, t, store.Actor{Via: "web", At: n.Now()})
	if err != nil {
		return p, err
	}
	kind, err := n.decide(ctx, &w, t.Kind, nil)
	p = n.decisionPage(ctx, w, p.Kind, w.issue)
	switch {
	case kind == "changed":
		p.Problem = "changed"
	case kind != string(states[t.Kind]):
		p.Problem = "already"
	}
	n.wake()
	return p, err
}
