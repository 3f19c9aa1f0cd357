package digest

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"guildpost/digest/issue"
	"guildpost/mail"
	"guildpost/store"
)

// A discussed is a thread with posts of the time.
type discussed struct {
	id      int64
	posts   []store.MeasuredPost
	people  map[string]int64 // who wrote in it then: members by ID, with 0 for others by address
	thanked int              // how many of them were thanked since it began
	quiet   bool             // an announcement, or an answer to a newsletter
	record  store.MeasuredThread
}

func (g *composing) gatherThreads(ctx context.Context) error {
	g.threads = map[int64]*discussed{}
	for _, p := range g.posts {
		t := g.threads[p.ThreadID]
		if t == nil {
			t = &discussed{id: p.ThreadID, people: map[string]int64{}}
			g.threads[p.ThreadID] = t
		}
		t.posts = append(t.posts, p)
		t.people[author(p)] = p.MemberID
	}
	thanks, err := g.DB.ThanksSince(ctx, g.community.ID, g.from)
	if err != nil {
		return err
	}
	for _, t := range g.threads {
		thanked := map[int64]bool{}
		for _, th := range thanks {
			if th.At.After(t.posts[0].SentAt) && !th.At.After(g.until) {
				thanked[th.To] = true
			}
		}
		for _, member := range t.people {
			if member != 0 && thanked[member] {
				t.thanked++
			}
		}
	}
	return g.DB.MeasuredThreads(ctx, g.community.ID, g.from, func(m store.MeasuredThread) {
		if t := g.threads[m.ID]; t != nil {
			t.record = m
			t.quiet = m.News || strings.Contains(strings.ToLower(m.Subject), announceTag)
		}
	})
}

// author tells authors apart: members are one person with all their addresses.
func author(p store.MeasuredPost) string {
	if p.MemberID != 0 {
		return "#" + strconv.FormatInt(p.MemberID, 10)
	}
	return p.From
}

// worth ranks a thread by the people in it, by its answers as far as several people gave them, and by thanks and a solution:
// two people who write fifty posts are no more worth than two who write six.
func (t *discussed) worth() int {
	answers := min(len(t.posts)-1, 3*len(t.people))
	worth := 3*len(t.people) + answers + 2*t.thanked
	if t.record.Solved {
		worth += 4
	}
	return worth
}

// Bounds of what one issue tells of threads.
const (
	mostThreads   = 5
	mostQuestions = 5
	leastPeople   = 2 // in a thread that is worth reading
)

// ranked are threads in an order, those of the same rank as they began.
func (g *composing) ranked(is func(*discussed) bool, rank func(*discussed) int) (all []*discussed) {
	for _, t := range g.threads {
		if !t.quiet && !g.named[t.id] && is(t) {
			all = append(all, t)
		}
	}
	slices.SortFunc(all, func(a, b *discussed) int {
		if d := rank(b) - rank(a); d != 0 {
			return d
		}
		return a.posts[0].SentAt.Compare(b.posts[0].SentAt)
	})
	return all
}

func (g *composing) worthReading(ctx context.Context) (items []issue.Item, err error) {
	all := g.ranked(func(t *discussed) bool { return len(t.people) >= leastPeople }, (*discussed).worth)
	for _, t := range all[:min(len(all), mostThreads)] {
		items = append(items, g.thread(t, issue.Worth, len(t.posts)))
	}
	return items, nil
}

// thread makes the item of a thread, which then stands in the issue.
func (g *composing) thread(t *discussed, why issue.Why, posts int) issue.Item {
	g.named[t.id] = true
	return issue.Item{Thread: &issue.Thread{ID: t.id, Subject: plainSubject(t.record.Subject, g.community), Posts: posts, People: len(t.people), Thanks: t.thanked,
		Solved: t.record.Solved, Since: t.posts[0].SentAt, Why: why}}
}

// plainSubject is a subject without the community's tag.
func plainSubject(subject string, c store.Community) string {
	if c.SubjectTag != "" {
		subject = strings.TrimSpace(strings.Replace(subject, c.SubjectTag, "", 1))
	}
	if subject == "" {
		return "–"
	}
	return subject
}

// openQuestions are threads that began with a question and that nobody has answered, the oldest first.
func (g *composing) openQuestions(ctx context.Context) (items []issue.Item, err error) {
	all := g.ranked(func(t *discussed) bool {
		return len(t.people) == 1 && !t.record.Solved && t.record.FirstAt.After(g.from)
	}, func(*discussed) int { return 0 })
	for _, t := range all {
		if len(items) == mostQuestions {
			break
		}
		asks, err := g.asks(ctx, t.posts[0].ID)
		if err != nil {
			return nil, err
		}
		if asks {
			it := g.thread(t, issue.Waits, len(t.posts))
			it.Thread.By = g.nameOf(t.posts[0].MemberID)
			items = append(items, it)
		}
	}
	return items, nil
}

// asks says whether a post asks something: in its subject, or in what its author wrote.
func (g *composing) asks(ctx context.Context, id int64) (bool, error) {
	post, err := g.DB.Post(ctx, id)
	if err != nil {
		return false, err
	}
	if strings.ContainsAny(post.Subject, "?¿？") {
		return true, nil
	}
	raw, err := g.DB.Raw(ctx, post.RawID)
	if err != nil {
		return false, err
	}
	for line := range strings.Lines(mail.Read(raw).Text().New) {
		if line = strings.TrimRight(line, " \r\n"); strings.HasSuffix(line, "?") || strings.Contains(line, "? ") && !strings.Contains(line, "://") {
			return true, nil
		}
	}
	return false, nil
}

// keptAnswers are threads that are marked solved and stand nowhere else.
func (g *composing) keptAnswers(context.Context) (items []issue.Item, err error) {
	all := g.ranked(func(t *discussed) bool { return t.record.Solved && len(t.posts) > 1 }, (*discussed).worth)
	for _, t := range all[:min(len(all), mostThreads)] {
		items = append(items, g.thread(t, issue.Keeps, len(t.posts)))
	}
	return items, nil
}
