package storetest

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"guildpost/store"
)

var digestCases = []testCase{
	{"what was gathered goes out once, and what comes after it with the next", digestOnce},
	{"no post is lost between two ways of delivery, and none comes by both", digestSwitches},
	{"imported posts are not gathered", digestImported},
	{"a digest goes with the membership, and waits while mail fails", digestStates},
}

// takeDigests lets all that is due by a time go out; it returns what each gets, by address.
func takeDigests(t *testing.T, db *store.DB, now, next time.Time) map[string][]int64 {
	t.Helper()
	got := map[string][]int64{}
	due, err := db.DigestsDue(ctx, now, 100)
	check(t, err)
	for _, d := range due {
		posts, mark := gatheredFor(t, db, d)
		var raw []byte
		if len(posts) > 0 {
			raw = []byte("To: list\n\n" + fmt.Sprint(posts))
		}
		n, err := db.SendDigest(ctx, now, d.Subscription.CommunityID, raw, []store.DigestStep{{Was: d, Mark: mark, Next: next}})
		check(t, err)
		if n == 1 {
			got[d.Subscription.Address] = append(got[d.Subscription.Address], posts...)
		}
	}
	return got
}

// gatheredFor is what a digest is made of, and the mark behind it.
func gatheredFor(t *testing.T, db *store.DB, d store.DigestState) (ids []int64, mark int64) {
	t.Helper()
	mark = d.Mark
	modes, err := db.ThreadModes(ctx, d.Subscription.ID)
	check(t, err)
	ids = append(ids, d.Also...)
	switch d.Subscription.Delivery {
	case store.Daily, store.Weekly, store.Monthly:
	default:
		return ids, mark
	}
	posts, err := db.ListedSince(ctx, d.Subscription.CommunityID, d.Mark, 1000)
	check(t, err)
	for _, p := range posts {
		mark = p.ID
		if modes[p.ThreadID] == store.ThreadAsOthers && !p.AcceptedAt.Before(d.Subscription.Since) {
			ids = append(ids, p.ID)
		}
	}
	return ids, mark
}

func setDelivery(t *testing.T, db *store.DB, id int64, mode store.DeliveryMode) {
	t.Helper()
	s, err := db.Subscription(ctx, id)
	check(t, err)
	s.Delivery = mode
	check(t, db.UpdateSubscription(ctx, By(Now), s))
}

func digestOnce(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	members := Members(t, db, c, 2)
	setDelivery(t, db, members[0].ID, store.Daily)
	due, err := db.DigestsDue(ctx, Now, 10)
	check(t, err)
	equal(t, "to be planned", fmt.Sprint(len(due), due[0].DueAt.Equal(store.DigestUnplanned)), "1 true")
	_, err = db.SendDigest(ctx, Now, c.ID, nil, []store.DigestStep{{Was: due[0], Mark: due[0].Mark, Next: Now.Add(time.Hour)}})
	check(t, err)
	first, second := Accept(t, db, Arrival(c, "one")).PostID, Accept(t, db, Arrival(c, "two")).PostID
	equal(t, "before its time", len(takeDigests(t, db, Now, Now)), 0)
	later := Now.Add(time.Hour)
	equal(t, "the digest", fmt.Sprint(takeDigests(t, db, later, later.Add(day))), fmt.Sprint(map[string][]int64{members[0].Address: {first, second}}))
	equal(t, "again", len(takeDigests(t, db, later, later.Add(day))), 0)
	_, err = db.SendDigest(ctx, later, c.ID, []byte("To: x\n\n"), []store.DigestStep{{Was: due[0]}})
	check(t, err)
	third := Accept(t, db, Arrival(c, "three")).PostID
	equal(t, "the next", fmt.Sprint(takeDigests(t, db, later.Add(day), later.Add(2*day))), fmt.Sprint(map[string][]int64{members[0].Address: {third}}))
	mails := 0
	for _, d := range deliver(t, db, later.Add(day)) {
		if d.SubscriptionID == members[0].ID {
			mails++
		}
	}
	equal(t, "mails to who gets digests", mails, 2)
}

func digestImported(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	s := Members(t, db, c, 1)[0]
	setDelivery(t, db, s.ID, store.Weekly)
	_, err := db.ImportPosts(ctx, c.ID, store.Filing{Posts: []store.Arrival{Arrival(c, "old")}, Now: Now})
	check(t, err)
	Accept(t, db, Arrival(c, "new"))
	posts, err := db.ListedSince(ctx, c.ID, 0, 10)
	check(t, err)
	equal(t, "what went to the list", fmt.Sprint(len(posts), posts[0].MessageID), "1new@example.org")
}

func digestStates(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	s, _, err := db.AddMember(ctx, By(Now), c.ID, store.NewMember{Address: "ana@a.example", Delivery: store.Daily})
	check(t, err)
	post := Accept(t, db, Arrival(c, "one")).PostID
	check(t, db.EndSubscription(ctx, By(Now), s.ID, store.Suspended))
	equal(t, "while mail fails", len(takeDigests(t, db, Now.Add(day), Now)), 0)
	s, _, err = db.AddMember(ctx, By(Now), c.ID, store.NewMember{Address: "ana@a.example"})
	check(t, err)
	equal(t, "what was missed", fmt.Sprint(takeDigests(t, db, Now.Add(day), Now.Add(day))), fmt.Sprint(map[string][]int64{s.Address: {post}}))
	setDelivery(t, db, s.ID, store.None)
	due, err := db.DigestsDue(ctx, Now.Add(day), 10)
	check(t, err)
	equal(t, "who wants nothing", len(due), 0)
	setDelivery(t, db, s.ID, store.Monthly)
	check(t, db.EndSubscription(ctx, By(Now), s.ID, store.Left))
	due, err = db.DigestsDue(ctx, Now.Add(day), 10)
	check(t, err)
	equal(t, "who left", len(due), 0)
}

// digestSwitches: posts, switches of delivery, followed threads, digests and expansions in any order: each post comes once.
func digestSwitches(t *testing.T, db *store.DB) {
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 1))
		c := Community(t, db, fmt.Sprintf("c%d", seed))
		s := Members(t, db, c, 3)[1]
		var wanted []int64
		thread := int64(0)
		got := map[int64]int{}
		drain := func() {
			for _, d := range deliver(t, db, Now) {
				if d.SubscriptionID != s.ID {
					continue
				}
				dispatch, err := db.Dispatch(ctx, d.DispatchID)
				check(t, err)
				if dispatch.Kind == store.DispatchPost {
					got[dispatch.PostID]++
				}
			}
		}
		digest := func(now time.Time) {
			for _, ids := range takeDigests(t, db, now, now.Add(time.Second)) {
				for _, id := range ids {
					got[id]++
				}
			}
		}
		for step := range 40 {
			switch random.IntN(6) {
			case 0, 1:
				id := Accept(t, db, Arrival(c, fmt.Sprintf("p%d.%d", seed, step))).PostID
				wanted = append(wanted, id)
				if thread == 0 {
					p, err := db.Post(ctx, id)
					check(t, err)
					thread = p.ThreadID
				}
			case 2:
				setDelivery(t, db, s.ID, []store.DeliveryMode{store.Each, store.Daily, store.Weekly}[random.IntN(3)])
			case 3:
				if thread != 0 {
					_, err := db.SetThreadMode(ctx, By(Now), s.ID, thread, []store.ThreadMode{store.ThreadAsOthers, store.ThreadFollowed}[random.IntN(2)], nil)
					check(t, err)
				}
			case 4:
				drain()
			case 5:
				digest(Now.Add(time.Duration(step) * time.Hour))
			}
		}
		setDelivery(t, db, s.ID, store.Daily)
		drain()
		digest(Now.Add(100 * time.Hour))
		drain()
		digest(Now.Add(200 * time.Hour))
		for _, id := range wanted {
			if got[id] != 1 {
				t.Fatalf("seed %d: post %d came %d times", seed, id, got[id])
			}
		}
	}
}
