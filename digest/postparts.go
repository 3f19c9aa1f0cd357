package digest

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"time"

	"guildpost/digest/measure"
	"guildpost/store"
)

// fewPosts is how many are read by one reader. More are divided between two, since reading takes a processor: more than two
// would take connections that others need.
const fewPosts = 20_000

// A postPart are the posts of a part of the time, which are read by themselves. Authors who are no members are numbered from -1 down within it.
type postPart struct {
	after, until time.Time
	count        int // of posts and stubs, when they were counted
	posts        []measure.Post
	strangers    []string // by number
	numbers      map[string]measure.PersonID
}

// readPosts reads the posts of the time.
func (g *gathering) readPosts(ctx context.Context) error { return g.readParts(ctx, fewPosts) }

// readParts reads the posts of the time, in two parts if they are not few.
func (g *gathering) readParts(ctx context.Context, few int) error {
	parts, err := g.divide(ctx, few)
	if err != nil {
		return err
	}
	all := 0
	for _, p := range parts {
		all += p.count
	}
	room := make([]measure.Post, all)
	errs := make([]error, len(parts))
	var reading sync.WaitGroup
	for i, begin := 0, 0; i < len(parts); i++ {
		p := &parts[i]
		p.posts = room[begin : begin : begin+p.count] // what is filed meanwhile does not run into the next part
		begin += p.count
		reading.Go(func() { errs[i] = p.read(ctx, g.DB, g.community.ID) })
	}
	reading.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	g.join(room, parts)
	return nil
}

// divide divides the time into parts that have as many posts.
func (g *gathering) divide(ctx context.Context, few int) ([]postPart, error) {
	whole := postPart{after: g.from, until: g.window.To}
	var err error
	if whole.count, err = g.DB.CountPosts(ctx, g.community.ID, whole.after, whole.until); err != nil || whole.count < few {
		return []postPart{whole}, err
	}
	first := postPart{after: whole.after}
	if first.until, err = g.DB.PostTime(ctx, g.community.ID, whole.after, whole.count/2); err != nil {
		return nil, err
	}
	if first.count, err = g.DB.CountPosts(ctx, g.community.ID, first.after, first.until); err != nil {
		return nil, err
	}
	return []postPart{first, {after: first.until, until: whole.until, count: max(0, whole.count-first.count)}}, nil
}

func (p *postPart) read(ctx context.Context, db *store.DB, community int64) error {
	p.numbers = map[string]measure.PersonID{}
	return db.MeasuredPosts(ctx, community, p.after, p.until, func(m store.MeasuredPost) error {
		author := m.MemberID
		if author == 0 {
			author = p.stranger(m.From)
		}
		p.posts = append(p.posts, measure.Post{ID: m.ID, Thread: m.ThreadID, Parent: m.ParentID, Person: author, At: measure.At(m.SentAt),
			NewChars: chars(m.NewChars), OldChars: chars(m.QuotedChars)})
		return nil
	})
}

// chars is a number of characters; no message has more than that.
func chars(n int) int32 { return int32(min(n, math.MaxInt32)) }

func (p *postPart) stranger(address string) measure.PersonID {
	id, ok := p.numbers[address]
	if !ok {
		p.strangers = append(p.strangers, address)
		id = -measure.PersonID(len(p.strangers))
		p.numbers[address] = id
	}
	return id
}

// join puts the parts together, in the room that was made for them if they have stayed in it.
func (g *gathering) join(room []measure.Post, parts []postPart) {
	for _, p := range parts {
		for i := range p.posts {
			if n := p.posts[i].Person; n < 0 {
				p.posts[i].Person = g.stranger(p.strangers[-n-1])
			}
		}
	}
	g.records.Posts = room[:0]
	for _, p := range parts {
		if len(p.posts) > p.count {
			g.records.Posts = slices.Clip(g.records.Posts) // what follows would be overwritten
		}
		g.records.Posts = append(g.records.Posts, p.posts...)
	}
}
