package storetest

import (
	"fmt"
	"testing"
	"time"

	"guildpost/store"
)

var retentionCases = []testCase{
	{"old posts go with all that hangs on them, and threads count what is left", expirePosts},
	{"periods are read and counted", periods},
}

func expirePosts(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	other := Community(t, db, "go")
	thread := file(t, db, c, "a", "b:a")
	lone := file(t, db, c, "c")
	file(t, db, other, "a")
	late := filing{id: "d", refs: "b a", after: 100 * day}.arrival(c)
	Accept(t, db, late)
	held := Arrival(c, "held")
	id, err := db.HoldPost(ctx, held, store.Holding{Reason: "why"})
	check(t, err)
	check(t, db.EndHold(ctx, By(Now), id.HoldID, store.Rejected, "no", nil))
	Drain(t, db, Now)

	before := Now.Add(day)
	n, err := db.PostsBefore(ctx, c.ID, before)
	check(t, err)
	equal(t, "old posts", n, 3)
	old, err := db.OldestPosts(ctx, c.ID, before, 10)
	check(t, err)
	var all []store.OldPost
	for _, p := range old {
		all = append(all, store.OldPost{Post: p, Was: Arrival(c, p.MessageID).Text})
	}
	check(t, db.ExpirePosts(ctx, By(Now), c.ID, before, all))
	equal(t, "what is left", shape(t, db, c), "d")
	equal(t, "of others", shape(t, db, other), "a")
	th, err := db.Thread(ctx, thread)
	check(t, err)
	equal(t, "its figures", fmt.Sprint(th.Posts, th.FirstAt), fmt.Sprint(1, Now.Add(100*day)))
	_, err = db.Thread(ctx, lone)
	wantKind(t, "a thread without posts", err, store.NotFound)
	_, err = db.Hold(ctx, id.HoldID)
	wantKind(t, "a decided hold", err, store.NotFound)
	for _, p := range old {
		posts, err := db.PostsByMessageID(ctx, p.MessageID)
		check(t, err)
		_, err = db.Raw(ctx, p.RawID)
		if len(posts) == 0 && store.KindOf(err) != store.NotFound {
			t.Errorf("the bytes of %s are there: %v", p.MessageID, err)
		}
	}
	equal(t, "journal", lastChange(t, db, c).Action, "expire posts")
}

func periods(t *testing.T, _ *store.DB) {
	for text, want := range map[string]string{"": "", "5y": "5y", "18m": "18m", "90d": "90d", "6m 1y": "1y 6m", "30d": "30d",
		"29d": "?", "5": "?", "y": "?", "0y": "?", "-1y": "?", "5w": "?", "5y junk": "?", "1001y": "?"} {
		p, err := store.ParsePeriod(text)
		got := p.String()
		if err != nil {
			got = "?"
			wantKind(t, text, err, store.Invalid)
		}
		equal(t, "the period "+text, got, want)
	}
	p, err := store.ParsePeriod("1y 1m")
	check(t, err)
	at := time.Date(2026, 3, 15, 12, 0, 0, 0, time.UTC)
	equal(t, "before", p.Before(at), time.Date(2025, 2, 15, 12, 0, 0, 0, time.UTC))
}
