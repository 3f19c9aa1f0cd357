package digest

import (
	"context"
	"slices"
	"time"

	"guildpost/digest/issue"
	"guildpost/store"
)

// A composing is the making of one issue.
type composing struct {
	*Newsletters
	community   store.Community
	from, until time.Time
	members     map[int64]store.Subscription // active ones, by member
	posts       []store.MeasuredPost         // of the time, by date
	threads     map[int64]*discussed
	named       map[int64]bool // threads that stand in the issue already
	notes       []store.NewsletterNote
}

// A section of an issue is made by a builder; one that has no items is left out. Whoever adds a record that makes news adds a
// builder.
var sections = []struct {
	kind  issue.Kind
	build func(*composing, context.Context) ([]issue.Item, error)
}{
	{issue.Opening, (*composing).opening},
	{issue.Threads, (*composing).worthReading},
	{issue.Questions, (*composing).openQuestions},
	{issue.Coming, (*composing).comingMeetings},
	{issue.Past, (*composing).pastMeetings},
	{issue.Members, (*composing).newMembers},
	{issue.Thanked, (*composing).thanksAndMilestones},
	{issue.Kept, (*composing).keptAnswers},
	{issue.Figures, (*composing).figures},
}

// compose makes an issue of what happened after one time up to another. Notes is the last note that is in it, 0 for none.
func (n *Newsletters) compose(ctx context.Context, c store.Community, from, until time.Time) (is issue.Issue, notes []store.NewsletterNote, err error) {
	g := &composing{Newsletters: n, community: c, from: from, until: until, members: map[int64]store.Subscription{}, named: map[int64]bool{}}
	if err := g.gather(ctx); err != nil {
		return is, nil, err
	}
	for _, s := range sections {
		items, err := s.build(g, ctx)
		if err != nil {
			return is, nil, err
		}
		if len(items) > 0 {
			is.Sections = append(is.Sections, issue.Section{Kind: s.kind, Items: items})
		}
		if s.kind == issue.Questions {
			is.Sections = append(is.Sections, g.noteSections()...)
		}
	}
	return is, g.notes, nil
}

// gather reads what several sections are made from.
func (g *composing) gather(ctx context.Context) error {
	err := g.DB.SubscriptionsAlive(ctx, g.community.ID, g.from, func(s store.Subscription) {
		if s.State == store.Active {
			g.members[s.MemberID] = s
		}
	})
	if err != nil {
		return err
	}
	err = g.DB.MeasuredPosts(ctx, g.community.ID, g.from, g.until, func(p store.MeasuredPost) error {
		g.posts = append(g.posts, p)
		return nil
	})
	if err != nil {
		return err
	}
	if err := g.gatherThreads(ctx); err != nil {
		return err
	}
	g.notes, err = g.DB.NewsletterNotes(ctx, g.community.ID)
	return err
}

// nameOf is a member's name, where they agreed to be named in newsletters and have one.
func (g *composing) nameOf(member int64) string {
	if s, ok := g.members[member]; ok && s.Named {
		return s.Name
	}
	return ""
}

// opening is what facilitators noted without a title, or else a few numbers.
func (g *composing) opening(context.Context) ([]issue.Item, error) {
	var items []issue.Item
	for _, note := range g.notes {
		if note.Title == "" {
			items = append(items, issue.Blocks(note.Note)...)
		}
	}
	if len(items) > 0 {
		return items, nil
	}
	writers := map[int64]bool{}
	strangers := map[string]bool{}
	for _, p := range g.posts {
		if p.MemberID == 0 {
			strangers[p.From] = true
		} else {
			writers[p.MemberID] = true
		}
	}
	return []issue.Item{{Summary: &issue.Summary{Posts: len(g.posts), Threads: len(g.threads), Writers: len(writers) + len(strangers), Joined: len(g.joined())}}}, nil
}

// noteSections are the notes with a title, each a section.
func (g *composing) noteSections() (all []issue.Section) {
	for _, note := range g.notes {
		if items := issue.Blocks(note.Note); note.Title != "" && len(items) > 0 {
			all = append(all, issue.Section{Kind: issue.Free, Title: note.Title, Items: items})
		}
	}
	return all
}

// joined are the members whose membership began in the time, in that order.
func (g *composing) joined() (all []store.Subscription) {
	for _, s := range g.members {
		if s.Since.After(g.from) && !s.Since.After(g.until) {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b store.Subscription) int {
		if c := a.Since.Compare(b.Since); c != 0 {
			return c
		}
		return int(a.ID - b.ID)
	})
	return all
}

// mostNames is how many people are named in one place.
const mostNames = 20

// newMembers names those who agreed to be named, and counts the others.
func (g *composing) newMembers(context.Context) ([]issue.Item, error) {
	joined := g.joined()
	if len(joined) == 0 {
		return nil, nil
	}
	people := &issue.People{Others: len(joined)}
	for _, s := range joined {
		if name := g.nameOf(s.MemberID); name != "" && len(people.Names) < mostNames {
			people.Names = append(people.Names, name)
			people.Others--
		}
	}
	return []issue.Item{{People: people}}, nil
}
