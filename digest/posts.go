package digest

import (
	"context"
	"slices"
	"strings"
	"time"

	"guildpost/digest/measure"
	"guildpost/store"
)

// announceTag marks a thread that wants no answers.
const announceTag = "[announce]"

func (g *gathering) readThreads(ctx context.Context) error {
	return g.DB.MeasuredThreads(ctx, g.community.ID, g.from, func(t store.MeasuredThread) {
		g.records.Threads = append(g.records.Threads, measure.Thread{ID: t.ID, FirstAt: t.FirstAt, Solved: t.Solved,
			Announce: t.News || strings.Contains(strings.ToLower(t.Subject), announceTag)})
	})
}

// readFirstPosts finds who wrote before the posts that were read: also of members who did something else since, and so are not
// new here.
func (g *gathering) readFirstPosts(ctx context.Context, members []int64) error {
	first, err := g.DB.FirstPosts(ctx, g.community.ID, members)
	if err != nil {
		return err
	}
	for _, id := range members {
		g.wroteFirst(id, first[id])
	}
	addresses := make([]string, 0, len(g.strangers))
	for address := range g.strangers {
		addresses = append(addresses, address)
	}
	from, err := g.DB.FirstPostsFrom(ctx, g.community.ID, addresses)
	for address, at := range from {
		g.wroteFirst(g.strangers[address], at)
	}
	return err
}

// wroteFirst notes a first post that lies before those that were read.
func (g *gathering) wroteFirst(id measure.PersonID, at time.Time) {
	if p := g.person(id); !at.IsZero() && !at.After(g.from) {
		p.FirstPost = at
	}
}

// readCohort reads what those who joined a year ago wrote since, as far as it lies before the posts that were read.
func (g *gathering) readCohort(ctx context.Context) error {
	now, before := g.window.Cohort(), g.window.Before().Cohort()
	var members []int64
	for _, m := range g.records.Memberships {
		if now.Contains(m.From) || before.Contains(m.From) {
			members = append(members, m.Person)
		}
	}
	slices.Sort(members)
	posts, err := g.DB.PostsOfMembers(ctx, g.community.ID, slices.Compact(members), before.From, g.from)
	for _, p := range posts {
		kind := measure.Wrote
		if p.FirstAnswer {
			kind = measure.FirstAnswered
		}
		g.records.Earlier = append(g.records.Earlier, measure.Act{ID: p.PostID, Person: p.MemberID, At: p.SentAt, Kind: kind})
	}
	return err
}
