package archive

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"

	"guildpost/mail"
	"guildpost/store"
)

// A Searcher finds posts. It is told what may be searched, and asks nobody.
type Searcher struct {
	DB *store.DB
}

// A Found is a post that was found, and where.
type Found struct {
	store.Hit
	Community store.Community
	Snippet   Snippet
}

// A Page says which hits are wanted.
type Page struct {
	Ranked bool // the best first, instead of the newest
	After  store.SearchKey
	Limit  int
}

// Search finds posts of some communities, the newest first; more says that there are others behind them.
func (s *Searcher) Search(ctx context.Context, q Query, communities []store.Community, page Page) (found []Found, more bool, err error) {
	found, more, err = s.find(ctx, q, communities, page)
	if err != nil {
		return nil, false, err
	}
	return found, more, s.addSnippets(ctx, found, q.Terms())
}

// SearchFrom is Search for who counts pages: the newest hits but for the first skip.
func (s *Searcher) SearchFrom(ctx context.Context, q Query, communities []store.Community, skip, limit int) (found []Found, more bool, err error) {
	found, more, err = s.find(ctx, q, communities, Page{Limit: skip + limit})
	if err != nil || len(found) <= skip {
		return nil, false, err
	}
	found = found[skip:]
	return found, more, s.addSnippets(ctx, found, q.Terms())
}

// find finds posts, without snippets.
func (s *Searcher) find(ctx context.Context, q Query, communities []store.Community, page Page) (found []Found, more bool, err error) {
	communities, err = restrict(communities, q.Lists)
	if err != nil {
		return nil, false, err
	}
	r := q.Request()
	r.Ranked, r.After, r.Limit = page.Ranked, page.After, page.Limit
	by := map[int64]store.Community{}
	for _, c := range communities {
		by[c.ID] = c
		r.Communities = append(r.Communities, c.ID)
	}
	hits, more, err := s.DB.Search(ctx, r)
	found = make([]Found, len(hits))
	for i, h := range hits {
		found[i] = Found{Hit: h, Community: by[h.CommunityID]}
	}
	return found, more, err
}

// restrict keeps the communities that a query names with list:.
func restrict(communities []store.Community, lists []string) (named []store.Community, err error) {
	if len(lists) == 0 {
		return communities, nil
	}
	for _, name := range lists {
		i := slices.IndexFunc(communities, func(c store.Community) bool {
			return strings.EqualFold(c.Name, name) || strings.EqualFold(c.Address(), name)
		})
		if i < 0 { // the same for what there is not and what must not be known
			return nil, queryError("list", "list:"+name, namesOf(communities))
		}
		named = append(named, communities[i])
	}
	return named, nil
}

// namesOf names some communities.
func namesOf(communities []store.Community) string {
	const most = 10
	names := make([]string, 0, most)
	for _, c := range communities[:min(len(communities), most)] {
		names = append(names, c.Name)
	}
	if len(communities) > most {
		names = append(names, "…")
	}
	return strings.Join(names, ", ")
}

// maxRead is how much, in octets of messages, is read for the snippets of a page: posts beyond it are shown without.
const maxRead = 64 << 20

// addSnippets reads the messages that were found, several at once. What is not kept any more has no snippet.
func (s *Searcher) addSnippets(ctx context.Context, found []Found, terms []Term) error {
	var readers sync.WaitGroup
	errs := make([]error, runtime.GOMAXPROCS(0))
	read, next := int64(0), make(chan int, len(found))
	for i := range found {
		if read += found[i].Size; read <= maxRead || i == 0 {
			next <- i
		}
	}
	close(next)
	for n := range errs {
		readers.Go(func() {
			for i := range next {
				if err := s.addSnippet(ctx, &found[i], terms); err != nil {
					errs[n] = err
					return
				}
			}
		})
	}
	readers.Wait()
	return errors.Join(errs...)
}

func (s *Searcher) addSnippet(ctx context.Context, f *Found, terms []Term) error {
	raw, err := s.DB.Raw(ctx, f.RawID)
	if err != nil {
		if store.KindOf(err) == store.NotFound {
			return nil
		}
		return err
	}
	f.Snippet = snippet(mail.Read(raw).Text().Readable(), terms)
	return nil
}
