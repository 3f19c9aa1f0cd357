package list

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// thanksIn finds whom a post thanks. Who is not plain is left out, and nobody hears of it: the post says it anyway, and a wrong
// person would be worse than none.
func (l *List) thanksIn(ctx context.Context, p *candidate) (all []store.Thanks, err error) {
	if !p.member {
		return nil, nil
	}
	lines := thanksLines(p.message.Text().New)
	if len(lines) == 0 {
		return nil, nil
	}
	in := &thanking{List: l, community: p.community, by: p.writer}
	if in.wrote, err = l.threadAuthors(ctx, p); err != nil {
		return nil, err
	}
	for _, line := range lines {
		s, found, err := in.whoIs(ctx, line.who)
		if err != nil {
			return nil, err
		}
		if !found {
			l.Log.Info("thanks in a post were not noted, since it is not plain to whom", "community", p.community.Address(), "message_id", p.arrival.MessageID)
			continue
		}
		all = append(all, store.Thanks{To: s.MemberID, Note: line.note, TellAt: l.tellThanksAt(p.community, s, p.arrival.Now)})
	}
	return all, nil
}

// mostThreadAuthors is of how many who wrote in a thread it is looked what they are called.
const mostThreadAuthors = 100

// threadAuthors are those who wrote in the thread that a post answers into, but its author. A person is one with all their
// addresses.
func (l *List) threadAuthors(ctx context.Context, p *candidate) (authors []called, err error) {
	posts, err := l.answeredThread(ctx, p)
	if err != nil {
		return nil, err
	}
	of := map[string]int{}
	for _, post := range posts {
		who := post.From
		if post.MemberID != 0 {
			who = strconv.FormatInt(post.MemberID, 10)
		}
		if post.Erased || post.MemberID == p.writer.MemberID || post.From == p.arrival.From {
			continue
		}
		if at, known := of[who]; known {
			authors[at].names = append(authors[at].names, post.FromName)
			continue
		}
		if len(authors) == mostThreadAuthors {
			break
		}
		of[who] = len(authors)
		one := called{names: []string{post.FromName}, address: post.From}
		if post.MemberID != 0 {
			s, err := l.DB.SubscriptionOf(ctx, p.community.ID, post.MemberID)
			if err != nil && store.KindOf(err) != store.NotFound {
				return nil, err
			}
			one.names = append(one.names, s.Name)
		}
		authors = append(authors, one)
	}
	return authors, nil
}

// answeredThread are the posts of the thread that a post answers into.
func (l *List) answeredThread(ctx context.Context, p *candidate) ([]store.Post, error) {
	for _, id := range p.arrival.References {
		known, err := l.DB.PostsByMessageID(ctx, id)
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(known, func(post store.Post) bool { return post.CommunityID == p.community.ID }); i >= 0 {
			return l.DB.ThreadPosts(ctx, known[i].ThreadID)
		}
	}
	return nil, nil
}

// A thanking is somebody looking for those whom they thank.
type thanking struct {
	*List
	community store.Community
	by        store.Subscription
	wrote     []called             // who wrote in the thread
	members   []store.Subscription // all others, once they were needed
	read      bool
}

// whoIs finds the member that is meant: by address; else among those who wrote in the thread; else in the whole community. There
// must be one alone, by the whole name or else by the first.
func (in *thanking) whoIs(ctx context.Context, who string) (s store.Subscription, found bool, err error) {
	if strings.Contains(strings.TrimPrefix(who, "@"), "@") {
		return in.byAddress(ctx, strings.TrimPrefix(who, "@"))
	}
	if at, plain := meant(in.wrote, who); len(at) > 0 {
		if !plain {
			return s, false, nil
		}
		return in.byAddress(ctx, in.wrote[at[0]].address)
	}
	if err := in.readMembers(ctx); err != nil {
		return s, false, err
	}
	names := make([]called, 0, len(in.members))
	for _, m := range in.members {
		names = append(names, called{[]string{m.Name}, m.Address})
	}
	at, plain := meant(names, who)
	if !plain {
		return s, false, nil
	}
	return in.members[at[0]], true, nil
}

func (in *thanking) byAddress(ctx context.Context, text string) (s store.Subscription, found bool, err error) {
	address, err := mail.Canonical(text)
	if err != nil {
		return s, false, nil
	}
	s, err = in.DB.SubscriptionByAddress(ctx, in.community.ID, address)
	if store.KindOf(err) == store.NotFound && err != nil {
		return s, false, nil
	}
	return s, err == nil && isMember(s) && s.MemberID != in.by.MemberID, err
}

func (in *thanking) readMembers(ctx context.Context) error {
	for after := int64(0); !in.read; {
		page, err := in.DB.Subscriptions(ctx, in.community.ID, store.SubscriptionFilter{After: after})
		if err != nil {
			return err
		}
		if len(page) == 0 {
			in.read = true
			break
		}
		for _, s := range page {
			if after = s.ID; isMember(s) && s.MemberID != in.by.MemberID {
				in.members = append(in.members, s)
			}
		}
	}
	return nil
}

// A called is what somebody can be called by.
type called struct {
	names   []string
	address string
}

// meant are those whose whole name it is or, where there is none, whose first name; with an @ in front also the part of the
// address before its own. Plain is that it is one alone.
func meant(names []called, who string) (at []int, plain bool) {
	handle, isHandle := strings.CutPrefix(who, "@")
	folded := fold(handle)
	var whole, first []int
	for i, one := range names {
		is := func(match func(name string) bool) bool {
			return folded != "" && slices.ContainsFunc(one.names, func(name string) bool { return match(fold(name)) })
		}
		local := one.address[:max(strings.LastIndexByte(one.address, '@'), 0)]
		switch {
		case is(func(name string) bool { return name == folded }) || isHandle && folded != "" && local == folded:
			whole = append(whole, i)
		case is(func(name string) bool { return strings.HasPrefix(name, folded+" ") }):
			first = append(first, i)
		}
	}
	if at = whole; len(at) == 0 {
		at = first
	}
	return at, len(at) == 1
}

// tellThanksAt is when somebody hears that they were thanked: at the hour at which digests would come to them, so once a day at
// most, and not before they are back. Zero is never.
func (l *List) tellThanksAt(c store.Community, s store.Subscription, now time.Time) time.Time {
	if s.NoThanks || s.State != store.Active {
		return time.Time{}
	}
	return store.NextHour(s.Back(now), s.DigestHour, l.zone(c, s), nil)
}

// dueThanks tells people who thanked them, and for what.
func (l *List) dueThanks(ctx context.Context, until time.Time) (done int, err error) {
	tasks, err := l.DB.TasksDue(ctx, store.TaskThanks, until)
	if err != nil {
		return 0, err
	}
	for _, task := range tasks {
		n, err := l.tellThanks(ctx, task, until)
		if store.KindOf(err) == store.Conflict && err != nil {
			continue
		}
		if done += n; err != nil {
			return done, err
		}
	}
	return done, nil
}

func (l *List) tellThanks(ctx context.Context, task store.Task, now time.Time) (told int, err error) {
	c, err := l.DB.Community(ctx, task.CommunityID)
	if err != nil {
		return 0, err
	}
	all, err := l.DB.UntoldThanks(ctx, c.ID, task.ObjectID)
	if err != nil {
		return 0, err
	}
	last := int64(0)
	for _, th := range all {
		last = max(last, th.ID)
	}
	s, err := l.DB.SubscriptionOf(ctx, c.ID, task.ObjectID)
	gone := store.KindOf(err) == store.NotFound && err != nil
	if err != nil && !gone {
		return 0, err
	}
	if !gone && s.VacationUntil.After(now) && s.State == store.Active {
		return 0, l.DB.MoveTask(ctx, task, l.tellThanksAt(c, s, now), "")
	}
	var notices []store.Notice
	if !gone && s.State == store.Active && !s.NoThanks && !c.Closed {
		if notices, err = l.thankedMail(ctx, c, s, all); err != nil {
			return 0, err
		}
	}
	return len(notices), l.DB.TellThanks(ctx, now, task, last, l.tellThanksAt(c, s, now), notices)
}

// thankedMail tells of thanks; it is none where nothing is left to tell, since who gave them was erased.
func (l *List) thankedMail(ctx context.Context, c store.Community, s store.Subscription, all []store.Thanks) ([]store.Notice, error) {
	data := templates.Thanked{For: forReader(c, s.Name), Off: l.ticket(c, mail.Ticket{Kind: mail.TicketThanksOff, Person: s.ID, Object: c.ID})}
	for _, th := range all {
		from, err := l.DB.SubscriptionOf(ctx, c.ID, th.From)
		if store.KindOf(err) == store.NotFound && err != nil {
			continue
		}
		if err != nil {
			return nil, err
		}
		one := templates.ThankedFor{Name: from.Called(), Note: th.Note}
		if th.PostID != 0 {
			post, err := l.DB.Post(ctx, th.PostID)
			if err != nil && store.KindOf(err) != store.NotFound {
				return nil, err
			}
			one.Subject = post.Subject
		}
		data.Thanks = append(data.Thanks, one)
	}
	if len(data.Thanks) == 0 {
		return nil, nil
	}
	return l.notices(to(c, s, data))
}
