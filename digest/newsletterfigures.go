package digest

import (
	"context"
	"time"

	"guildpost/digest/issue"
	"guildpost/digest/measure"
)

// manyPosts is how many posts of a quarter are too many to measure a whole year month by month: there the figures are
// compared, and no chart is drawn.
const manyPosts = 50_000

// yearBack is how many months ago a year was.
const yearBack = 12

// figures are the five measures of the month that ends with the issue, as far as there are records of them, compared with the
// month before and the same one a year ago.
func (g *composing) figures(ctx context.Context) (items []issue.Item, err error) {
	months, err := g.monthsToMeasure(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]*measure.Measures, yearBack+1) // by how many months ago
	for _, back := range months {
		w := g.month(back)
		if back > 0 && !w.To.After(g.community.CreatedAt) {
			continue // nothing is known of the time before there was the community
		}
		records, err := g.Gatherer.Records(ctx, g.community, w)
		if err != nil {
			return nil, err
		}
		m := measure.New(records).Measures(w)
		all[back] = &m
	}
	for _, f := range newsFigures {
		if figure, ok := f.figure(all); ok {
			items = append(items, issue.Item{Figure: &figure})
		}
	}
	return items, nil
}

func (g *composing) monthsToMeasure(ctx context.Context) ([]int, error) {
	n, err := g.DB.CountPosts(ctx, g.community.ID, g.until.AddDate(0, -3, 0), g.until)
	if n > manyPosts {
		return []int{0, 1, yearBack}, err
	}
	var all []int
	for back := range yearBack + 1 {
		all = append(all, back)
	}
	return all, err
}

// month is the one that ends with the issue, or so many before it.
func (g *composing) month(back int) measure.Window {
	zone := g.Gatherer.CommunityZone(g.community)
	until := g.until.In(zone)
	end := func(back int) time.Time { return until.AddDate(0, -back, 0) }
	return measure.Window{From: end(back + 1), To: end(back), Zone: zone}
}

// A newsFigure is one of the figures that a newsletter shows.
type newsFigure struct {
	key   string
	share bool
	of    func(measure.Measures) measure.Figure
}

var newsFigures = []newsFigure{
	{"members", false, func(m measure.Measures) measure.Figure { return m.Members.Number }},
	{"meetings", false, func(m measure.Measures) measure.Figure { return m.Meetings.Held }},
	{"discussions", true, func(m measure.Measures) measure.Figure { return m.Discussions.Answered }},
	{"engagement", false, func(m measure.Measures) measure.Figure { return m.Members.ActiveShare }},
	{"impact", false, func(m measure.Measures) measure.Figure { return m.Impact.Index }},
}

// figure puts the months of a figure together; not ok is that there are no records of it.
func (f newsFigure) figure(months []*measure.Measures) (out issue.Figure, ok bool) {
	value := func(back int) *float64 {
		if months[back] == nil {
			return nil
		}
		m := f.of(*months[back])
		if !m.Available() {
			return nil
		}
		v := m.Value
		if m.Proportion() && !f.share {
			v = float64(m.K)
		}
		return &v
	}
	now := value(0)
	if now == nil || f.key == "meetings" && never(value) {
		return out, false
	}
	out = issue.Figure{Key: f.key, Value: *now, Share: f.share, Before: value(1), Year: value(yearBack)}
	if m := f.of(*months[0]); m.Proportion() {
		out.K, out.N = m.K, m.N
	}
	out.Series = series(value)
	return out, true
}

// never says that a figure was nothing in all months: a community that never meets need not be told so each month.
func never(value func(back int) *float64) bool {
	for back := range yearBack + 1 {
		if v := value(back); v != nil && *v > 0 {
			return false
		}
	}
	return true
}

// leastKnown is how many months must be known for a chart.
const leastKnown = 3

func series(value func(back int) *float64) (all []float64) {
	known := 0
	for back := yearBack - 1; back >= 0; back-- {
		v := value(back)
		if v == nil {
			all = append(all, -1)
			continue
		}
		known++
		all = append(all, *v)
	}
	if known < leastKnown {
		return nil
	}
	return all
}
