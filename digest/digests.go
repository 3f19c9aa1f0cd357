package digest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"guildpost/calendar"
	"guildpost/store"
	"guildpost/templates"
)

// groupMost is how many get a digest in one transaction: posts that are accepted meanwhile wait for no more than that.
const groupMost = 500

// dueAtOnce is how many digests are looked at together.
const dueAtOnce = 5000

// Due sends the digests that are due, by a clock that shows that time, and returns how many mails that made. Who missed some,
// since the daemon was down or they were away, gets one with all that came meanwhile.
func (m *Mailer) Due(ctx context.Context, now time.Time) (done int, err error) {
	for ctx.Err() == nil {
		due, err := m.DB.DigestsDue(ctx, now, dueAtOnce)
		if err != nil || len(due) == 0 {
			return done, err
		}
		n, moved, err := m.sendAll(ctx, now, due)
		if done += n; err != nil || moved == 0 {
			return done, err
		}
		if n > 0 && m.Wake != nil {
			m.Wake()
		}
	}
	return done, ctx.Err()
}

// A group is people whose digests are the same, byte for byte.
type group struct {
	community store.Community
	first     store.Subscription // one of them: language, zone, format and rhythm are those of all
	posts     []store.Post
	meetings  []templates.DigestMeeting
	mark      int64
	now       bool // what is beyond the bounds of one digest is sent at once, in another one
	steps     []store.DigestStep
}

// sendAll sends digests; moved is of how many something was done.
func (m *Mailer) sendAll(ctx context.Context, now time.Time, due []store.DigestState) (sent, moved int, err error) {
	b := newBatch(m, now)
	groups, order := map[string]*group{}, []*group(nil)
	for _, d := range due {
		key, g, err := b.groupOf(ctx, d)
		if err != nil {
			return sent, moved, err
		}
		have, ok := groups[key]
		if !ok {
			groups[key], have = g, g
			order = append(order, g)
		}
		have.steps = append(have.steps, g.step(m, now, d))
	}
	for _, g := range order {
		for steps := range slices.Chunk(g.steps, groupMost) {
			n, err := b.send(ctx, g, steps)
			if err != nil {
				return sent, moved, fmt.Errorf("digests of %s: %w", g.community.Address(), err)
			}
			sent, moved = sent+n, moved+len(steps)
		}
	}
	return sent, moved, nil
}

func (g *group) step(m *Mailer, now time.Time, d store.DigestState) store.DigestStep {
	next := now
	if !g.now {
		next = nextDigest(d.Subscription, now, m.zone(g.community, d.Subscription))
	}
	return store.DigestStep{Was: d, Mark: g.mark, Next: next}
}

// A batch is digests that are written together: what several of them need is read once.
type batch struct {
	*Mailer
	now         time.Time
	communities map[int64]store.Community
	listed      map[[2]int64][]store.Post // by community and mark
	entries     map[int64]*entry
	titles      map[int64]string // of threads
	coming      map[int64][]comingMeeting
}

func newBatch(m *Mailer, now time.Time) *batch {
	return &batch{Mailer: m, now: now, communities: map[int64]store.Community{}, listed: map[[2]int64][]store.Post{}, entries: map[int64]*entry{},
		titles: map[int64]string{}, coming: map[int64][]comingMeeting{}}
}

// groupOf says with whom somebody's digest is the same, and what is in it. Nothing is in one whose time is only to be found out.
func (b *batch) groupOf(ctx context.Context, d store.DigestState) (key string, g *group, err error) {
	s := d.Subscription
	g = &group{first: s, mark: d.Mark}
	if g.community, err = b.community(ctx, s.CommunityID); err != nil {
		return "", nil, err
	}
	if d.DueAt.Equal(store.DigestUnplanned) {
		return fmt.Sprint("plan", s.CommunityID), g, nil
	}
	if s.VacationUntil.After(b.now) || g.community.Closed {
		return fmt.Sprint("later", s.CommunityID), g, nil
	}
	if err := b.gather(ctx, d, g); err != nil {
		return "", nil, err
	}
	if len(g.posts) == 0 {
		return fmt.Sprint("quiet", s.CommunityID, g.mark), g, nil
	}
	if g.meetings, err = b.meetings(ctx, g.community, s); err != nil {
		return "", nil, err
	}
	ids := make([]int64, len(g.posts))
	for i, p := range g.posts {
		ids[i] = p.ID
	}
	return fmt.Sprint(s.CommunityID, g.mark, ids, g.now, s.Delivery, s.DigestFormat, b.language(g.community, s), b.zone(g.community, s), g.meetings), g, nil
}

func (b *batch) community(ctx context.Context, id int64) (c store.Community, err error) {
	c, ok := b.communities[id]
	if !ok {
		if c, err = b.DB.Community(ctx, id); err == nil {
			b.communities[id] = c
		}
	}
	return c, err
}

// gather finds the posts of a digest.
func (b *batch) gather(ctx context.Context, d store.DigestState, g *group) (err error) {
	if len(d.Also) > 0 {
		if g.posts, err = b.DB.PostsByID(ctx, d.Also); err != nil {
			return err
		}
		slices.SortFunc(g.posts, func(a, b store.Post) int { return int(a.ID - b.ID) })
	}
	if d.Subscription.Gathers() {
		listed, err := b.listedSince(ctx, d.Subscription.CommunityID, d.Mark)
		if err != nil {
			return err
		}
		g.posts = append(g.posts, listed...)
	}
	var modes map[int64]store.ThreadMode
	if d.Modes {
		if modes, err = b.DB.ThreadModes(ctx, d.Subscription.ID); err != nil {
			return err
		}
	}
	also := len(d.Also)
	kept := g.posts[:0:0]
	bytes := int64(0)
	for i, p := range g.posts {
		if len(kept) == mostPosts || len(kept) > 0 && bytes+p.Size > mostBytes {
			// The rest of Also cannot wait: there is no mark for it.
			if i >= also {
				g.now = true
				break
			}
		}
		g.mark = max(g.mark, p.ID)
		mode := modes[p.ThreadID]
		if mode == store.ThreadMuted || mode == store.ThreadFollowed && i >= also || p.AcceptedAt.Before(d.Subscription.Since) && i >= also {
			continue
		}
		kept, bytes = append(kept, p), bytes+p.Size
	}
	g.posts = kept
	return nil
}

func (b *batch) listedSince(ctx context.Context, communityID, mark int64) (all []store.Post, err error) {
	key := [2]int64{communityID, mark}
	all, ok := b.listed[key]
	if !ok {
		if all, err = b.DB.ListedSince(ctx, communityID, mark, 2*mostPosts); err == nil {
			b.listed[key] = all
		}
	}
	return all, err
}

// A comingMeeting is a meeting that comes, with the answers of all.
type comingMeeting struct {
	meeting store.Meeting
	date    calendar.Date
	answers map[int64]store.RSVPAnswer // by subscription, for that date
}

// shownMeetings is how many meetings a digest names.
const shownMeetings = 3

// meetings are those that come and are for the reader, with their own answer.
func (b *batch) meetings(ctx context.Context, c store.Community, s store.Subscription) (shown []templates.DigestMeeting, err error) {
	all, ok := b.coming[c.ID]
	if !ok {
		if all, err = b.comingOf(ctx, c); err != nil {
			return nil, err
		}
		b.coming[c.ID] = all
	}
	for _, m := range all {
		if !m.meeting.Settings.Audience.Has(s) || len(shown) == shownMeetings {
			continue
		}
		shown = append(shown, templates.DigestMeeting{Title: m.meeting.Title, Start: m.date.Start.In(b.zone(c, s)), Place: m.meeting.Location, Answer: string(m.answers[s.ID])})
	}
	return shown, nil
}

func (b *batch) comingOf(ctx context.Context, c store.Community) (all []comingMeeting, err error) {
	meetings, err := b.DB.Meetings(ctx, c.ID, b.now)
	if err != nil {
		return nil, err
	}
	for _, m := range meetings {
		if next, ok := calendar.NextDate(m, b.now); ok && m.State == store.MeetingConfirmed && next.Start.Before(b.now.AddDate(0, 1, 0)) {
			all = append(all, comingMeeting{meeting: m, date: next})
		}
	}
	slices.SortStableFunc(all, func(x, y comingMeeting) int { return x.date.Start.Compare(y.date.Start) })
	all = all[:enough(all)]
	for i := range all {
		invited, err := calendar.InvitedTo(ctx, b.DB, all[i].meeting, all[i].date)
		if err != nil {
			return nil, err
		}
		all[i].answers = map[int64]store.RSVPAnswer{}
		for _, a := range invited {
			all[i].answers[a.Subscription.ID] = a.Answer
		}
	}
	return all, nil
}

// enough is how many meetings are to be looked at until everybody has shownMeetings: more than that are for some only.
func enough(all []comingMeeting) int {
	forAll := 0
	for n, m := range all {
		if m.meeting.Settings.Audience.IsAll() {
			forAll++
		}
		if forAll == shownMeetings {
			return n + 1
		}
	}
	return len(all)
}

// send writes and queues the digest of a group, for some of it.
func (b *batch) send(ctx context.Context, g *group, steps []store.DigestStep) (sent int, err error) {
	var raw []byte
	if len(g.posts) > 0 {
		if raw, err = b.write(ctx, g); err != nil {
			return 0, err
		}
	}
	if sent, err = b.DB.SendDigest(ctx, b.now, g.community.ID, raw, steps); err == nil && sent > 0 {
		b.Log.Info("a digest is on its way", "community", g.community.Address(), "rhythm", string(g.first.Delivery), "posts", len(g.posts), "readers", sent)
	}
	return sent, err
}

// Preview is the digest that somebody would get now; nil where nothing has been gathered for them. Who gets none yet is shown
// what one of the last week would be.
func (m *Mailer) Preview(ctx context.Context, s store.Subscription, now time.Time) ([]byte, error) {
	b := newBatch(m, now)
	d, err := m.DB.Digest(ctx, s.ID)
	if store.KindOf(err) == store.NotFound && err != nil {
		s.Delivery, s.State = store.Weekly, store.Active
		d = store.DigestState{Subscription: s}
		d.Mark, err = m.DB.LastPostBefore(ctx, s.CommunityID, now.AddDate(0, 0, -7))
	}
	if err != nil {
		return nil, err
	}
	d.DueAt = now
	_, g, err := b.groupOf(ctx, d)
	if err != nil || len(g.posts) == 0 {
		return nil, err
	}
	return b.write(ctx, g)
}
