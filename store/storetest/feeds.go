package storetest

import (
	"fmt"
	"sync"
	"testing"

	"guildpost/store"
)

var feedCases = []testCase{
	{"a feed is made once, and again when it was revoked", feedLife},
	{"of many who ask for a feed at once all get the same", feedOnce},
	{"a feed knows since when it holds what it holds", feedFetched},
	{"a feed goes with its person", feedErased},
	{"what people see of a meeting changes when that does", meetingSeen},
}

func feedLife(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	s := Members(t, db, c, 1)[0]
	owners := []store.Feed{{CommunityID: c.ID}, {MemberID: s.MemberID}, {CommunityID: c.ID, MemberID: s.MemberID}}
	for i, owner := range owners {
		owner.Secret = fmt.Sprint("secret ", i)
		made, err := db.FirstFeed(ctx, By(Now), owner)
		check(t, err)
		owner.Secret = "another"
		again, err := db.FirstFeed(ctx, By(Now.Add(day)), owner)
		check(t, err)
		equal(t, "asked for twice", again, made)
		found, err := db.FeedBySecret(ctx, fmt.Sprint("secret ", i))
		check(t, err)
		equal(t, "by its secret", found, made)
	}
	check(t, db.RevokeFeed(ctx, By(Now), c.ID, s.MemberID))
	wantKind(t, "twice", db.RevokeFeed(ctx, By(Now), c.ID, s.MemberID), store.NotFound)
	_, err := db.FindFeed(ctx, c.ID, s.MemberID)
	wantKind(t, "a revoked one", err, store.NotFound)
	revoked, err := db.FeedBySecret(ctx, "secret 2")
	check(t, err)
	equal(t, "what was revoked", fmt.Sprint(revoked.RevokedAt.Equal(Now), revoked.Secret == ""), "true true")
	_, err = db.FeedBySecret(ctx, "never")
	wantKind(t, "what never was", err, store.NotFound)
	_, err = db.FeedBySecret(ctx, "")
	wantKind(t, "no secret", err, store.NotFound)
	fresh, err := db.FirstFeed(ctx, By(Now), store.Feed{CommunityID: c.ID, MemberID: s.MemberID, Secret: "fresh"})
	check(t, err)
	found, err := db.FindFeed(ctx, c.ID, s.MemberID)
	check(t, err)
	equal(t, "made again", found, fresh)
	_, err = db.FirstFeed(ctx, By(Now), store.Feed{MemberID: 999, Secret: "nobody's"})
	wantKind(t, "nobody's", err, store.NotFound)
}

func feedOnce(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	var wg sync.WaitGroup
	secrets := make([]string, 20)
	for i := range secrets {
		wg.Go(func() {
			f, err := db.FirstFeed(ctx, By(Now), store.Feed{CommunityID: c.ID, Secret: fmt.Sprint(i)})
			if err != nil {
				t.Error(err)
			}
			secrets[i] = f.Secret
		})
	}
	wg.Wait()
	for _, got := range secrets {
		equal(t, "the secret", got, secrets[0])
	}
}

func feedFetched(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	f, err := db.FirstFeed(ctx, By(Now), store.Feed{CommunityID: c.ID, Secret: "x"})
	check(t, err)
	for _, step := range []struct {
		etag    string
		days    int
		changed int // in which step it changed last
	}{{"a", 0, 0}, {"a", 1, 0}, {"b", 2, 2}, {"b", 2, 2}, {"a", 3, 3}} {
		now := Now.Add(day*1).AddDate(0, 0, step.days)
		_, err := db.FetchedFeed(ctx, f, step.etag, now)
		check(t, err)
		f, err = db.FindFeed(ctx, c.ID, 0)
		check(t, err)
		equal(t, step.etag, fmt.Sprint(f.ETag, f.ChangedAt, f.UsedAt.Format("02")), fmt.Sprint(step.etag, Now.Add(day).AddDate(0, 0, step.changed), now.Format("02")))
	}
}

func feedErased(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	s := Members(t, db, c, 1)[0]
	_, err := db.FirstFeed(ctx, By(Now), store.Feed{MemberID: s.MemberID, Secret: "theirs"})
	check(t, err)
	_, err = db.FirstFeed(ctx, By(Now), store.Feed{CommunityID: c.ID, Secret: "everybody's"})
	check(t, err)
	p, err := db.Person(ctx, s.Address)
	check(t, err)
	check(t, db.EraseRows(ctx, p, erasure()))
	_, err = db.FeedBySecret(ctx, "theirs")
	wantKind(t, "an erased person's", err, store.NotFound)
	_, err = db.FeedBySecret(ctx, "everybody's")
	check(t, err)
}

func meetingSeen(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	m := Meeting(t, db, c, "one@x")
	equal(t, "when it was called", m.ChangedAt, m.CreatedAt)
	m, err := db.ChangeMeeting(ctx, By(Now.Add(day)), m, nil)
	check(t, err)
	equal(t, "as it was", fmt.Sprint(m.ChangedAt, m.Revision), fmt.Sprint(m.CreatedAt, 1))
	m.Title = "Another"
	m, err = db.ChangeMeeting(ctx, By(Now.Add(2*day)), m, nil)
	check(t, err)
	equal(t, "with another title", m.ChangedAt, Now.Add(2*day))
	m.Changes = []store.DateChange{{Occurrence: "20260810T130000Z", Cancelled: true}}
	m, err = db.ChangeMeeting(ctx, By(Now.Add(3*day)), m, nil)
	check(t, err)
	equal(t, "without a date", m.ChangedAt, Now.Add(3*day))
	m, err = db.CancelMeeting(ctx, By(Now.Add(4*day)), m.ID)
	check(t, err)
	equal(t, "cancelled", m.ChangedAt, Now.Add(4*day))
}
