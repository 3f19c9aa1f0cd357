package main

import (
	"context"

	"guildpost/mail/archive"
	"guildpost/mail/list"
)

// A listSearcher joins list and archive, which do not know each other.
type listSearcher struct{ archive.Searcher }

// Find implements list.Searcher.
func (s listSearcher) Find(ctx context.Context, search list.Search) (found []list.FoundPost, more bool, err error) {
	q, err := archive.ParseQuery(search.Query, archive.Asking{Now: search.Now, Zone: search.Zone})
	if err != nil {
		return nil, false, err
	}
	all, more, err := s.SearchFrom(ctx, q, search.Communities, search.Skip, search.Limit)
	if err != nil {
		return nil, false, err
	}
	for _, f := range all {
		found = append(found, list.FoundPost{Post: f.Post, Community: f.Community, Thread: f.Thread, Snippet: f.Snippet.Text})
	}
	return found, more, nil
}
