package list

import (
	"context"
	"strings"
	"testing"

	"guildpost/store"
)

// A searched notes in which communities it was asked to search.
type searched struct{ names string }

func (s *searched) Find(_ context.Context, search Search) ([]FoundPost, bool, error) {
	var names []string
	for _, c := range search.Communities {
		names = append(names, c.Name)
	}
	s.names = strings.Join(names, " ")
	return nil, false, nil
}

// TestSearchable: people find what is in their own communities; while a history is being imported, its facilitators alone
// find something there.
func TestSearchable(t *testing.T) {
	w := newClub(t, store.Rules{})
	asked := &searched{}
	w.Searcher = asked
	w.member("ann@x.example", "Ann", store.Facilitator)
	w.member("ben@x.example", "Ben")
	w.member("gone@x.example", "Gone")
	gone, err := w.DB.SubscriptionByAddress(context.Background(), w.community.ID, "gone@x.example")
	w.check(err)
	w.check(w.DB.EndSubscription(context.Background(), store.Actor{At: testNow}, gone.ID, store.Left))
	want := func(address, names string) {
		t.Helper()
		for _, community := range []store.Community{w.community, {}} {
			asked.names = "nothing"
			a := &asker{community: community, address: address, proven: true, by: store.Actor{At: testNow}}
			w.check(w.recognise(context.Background(), a))
			if !a.member && community.ID != 0 {
				continue // who is refused before
			}
			_, err := planFind(context.Background(), w.List, a, command{verb: "find", args: "x"})
			w.check(err)
			if asked.names != names {
				t.Errorf("%s, in %q: searched %q, want %q", address, community.Name, asked.names, names)
			}
		}
	}
	want("ann@x.example", "rust")
	want("ben@x.example", "rust")
	want("gone@x.example", "")
	want("stranger@x.example", "")
	history, err := w.DB.BeginImport(context.Background(), store.Actor{At: testNow}, w.community.ID, "mbox", "f")
	w.check(err)
	want("ann@x.example", "rust")
	want("ben@x.example", "")
	_, err = w.DB.FinishImport(context.Background(), store.Actor{At: testNow}, history.ID)
	w.check(err)
	want("ben@x.example", "rust")
}
