package digest

import (
	"context"
	"slices"
	"strings"
	"time"

	"guildpost/digest/issue"
	"guildpost/store"
)

// longestNote is how much of what somebody was thanked for is shown, in characters.
const longestNote = 120

// thanksAndMilestones are who was thanked, in the order of the first thanks, and who reached something. Nobody is counted:
// there is no ranking, and so nobody at its end.
func (g *composing) thanksAndMilestones(ctx context.Context) ([]issue.Item, error) {
	items, err := g.thanked(ctx)
	if err != nil {
		return nil, err
	}
	milestones, err := g.milestones(ctx)
	return append(items, milestones...), err
}

func (g *composing) thanked(ctx context.Context) (items []issue.Item, err error) {
	all, err := g.DB.ThanksSince(ctx, g.community.ID, g.from)
	if err != nil {
		return nil, err
	}
	by := map[int64]*issue.Thanks{}
	for _, th := range all {
		to := g.nameOf(th.To)
		if to == "" || th.At.After(g.until) || th.From == th.To {
			continue
		}
		t := by[th.To]
		if t == nil {
			if len(by) == mostNames {
				continue
			}
			t = &issue.Thanks{To: to}
			by[th.To] = t
			items = append(items, issue.Item{Thanks: t})
		}
		if from := g.nameOf(th.From); from != "" && !slices.Contains(t.From, from) {
			t.From = append(t.From, from)
		}
		if t.Note == "" {
			t.Note = shortNote(th.Note)
		}
	}
	return items, nil
}

// shortNote is a note in one line, without the word that begins it.
func shortNote(note string) string {
	note = strings.Join(strings.Fields(note), " ")
	note = strings.TrimPrefix(note, "for ")
	if runes := []rune(note); len(runes) > longestNote {
		return strings.TrimSpace(string(runes[:longestNote-1])) + "…"
	}
	return note
}

// milestones are first posts, meetings that were come to and hosted, and years of membership that were completed.
func (g *composing) milestones(ctx context.Context) (items []issue.Item, err error) {
	var wrote []int64
	for _, p := range g.posts {
		if p.MemberID != 0 && g.nameOf(p.MemberID) != "" && !slices.Contains(wrote, p.MemberID) {
			wrote = append(wrote, p.MemberID)
		}
	}
	first, err := g.DB.FirstPosts(ctx, g.community.ID, wrote)
	if err != nil {
		return nil, err
	}
	for _, id := range wrote {
		if at := first[id]; at.After(g.from) && len(items) < mostNames {
			items = append(items, issue.Item{Milestone: &issue.Milestone{Name: g.nameOf(id), What: "first-post"}})
		}
	}
	met, err := g.meetingMilestones(ctx)
	if err != nil {
		return nil, err
	}
	return append(append(items, met...), g.anniversaries()...), nil
}

// attendedMarks are how many meetings somebody has come to when it is told.
var attendedMarks = []int{100, 50, 25, 10}

// meetingMilestones are meetings hosted for the first time, and the tenth one and so on that somebody came to.
func (g *composing) meetingMilestones(ctx context.Context) (items []issue.Item, err error) {
	add := func(member int64, what string, n int) {
		if name := g.nameOf(member); name != "" && len(items) < mostNames {
			items = append(items, issue.Item{Milestone: &issue.Milestone{Name: name, What: what, N: n}})
		}
	}
	hosts, err := g.DB.FirstHosts(ctx, g.community.ID, g.from, g.until)
	if err != nil {
		return nil, err
	}
	for _, member := range hosts {
		add(member, "hosted", 0)
	}
	counts, err := g.DB.AttendedCounts(ctx, g.community.ID, g.from, g.until)
	for _, n := range counts {
		for _, mark := range attendedMarks {
			if n.Before < mark && n.Until >= mark {
				add(n.MemberID, "attended", mark)
				break
			}
		}
	}
	return items, err
}

func (g *composing) anniversaries() (items []issue.Item) {
	var all []store.Subscription
	for _, s := range g.members {
		if g.nameOf(s.MemberID) != "" && isRound(years(s.Since, g.from, g.until)) {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b store.Subscription) int { return a.Since.Compare(b.Since) })
	for _, s := range all[:min(len(all), mostNames)] {
		items = append(items, issue.Item{Milestone: &issue.Milestone{Name: s.Name, What: "year", N: years(s.Since, g.from, g.until)}})
	}
	return items
}

// isRound says whether so many years are told: one, two, and each five.
func isRound(years int) bool { return years == 1 || years == 2 || years > 0 && years%5 == 0 }

// years is how many years were completed in a time; 0 for none.
func years(since, from, until time.Time) int {
	n := until.Year() - since.Year()
	for ; n > 0; n-- {
		if at := since.AddDate(n, 0, 0); !at.After(until) {
			if at.After(from) {
				return n
			}
			break
		}
	}
	return 0
}
