package storetest

import (
	"fmt"
	"testing"
	"time"

	"guildpost/store"
)

// proposed are the proposals for a meeting, a word each.
func proposed(t *testing.T, db *store.DB, m store.Meeting) (words []string) {
	t.Helper()
	all, err := db.Proposals(ctx, m.ID)
	check(t, err)
	for _, p := range all {
		words = append(words, fmt.Sprint(p.Subscription.Address[:3], p.Starts.Sub(Now), p.Occurrence, p.Place, p.State, p.Told))
	}
	return words
}

func proposals(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	members := Members(t, db, c, 3)
	m := Meeting(t, db, c, "one@x")
	tell(t, db, m, store.Invited, members[:2]...)
	task := store.Task{Kind: "proposals", CommunityID: c.ID, ObjectID: m.ID, DueAt: Now}
	propose := func(member int, starts, stamp time.Duration, occurrence string) bool {
		kept, err := db.RecordProposal(ctx, store.Invitation{MeetingID: m.ID, Subscription: members[member]}, store.Proposal{Occurrence: occurrence,
			Starts: Now.Add(starts), Length: time.Hour, At: Now, Stamp: Now.Add(stamp)}, task, []store.Notice{{Recipient: "x@x.example", Raw: []byte("x")}})
		check(t, err)
		return kept
	}
	equal(t, "the first", propose(0, 2*time.Hour, time.Second, ""), true)
	equal(t, "it comes again", propose(0, 2*time.Hour, time.Second, ""), false)
	equal(t, "the same, later", propose(0, 2*time.Hour, 2*time.Second, ""), false)
	equal(t, "an earlier one", propose(0, 3*time.Hour, time.Second, ""), false)
	equal(t, "another time", propose(0, 3*time.Hour, 3*time.Second, ""), true)
	equal(t, "for one date", propose(0, 3*time.Hour, 0, "20260810T130000Z"), true)
	equal(t, "of somebody else", propose(1, 3*time.Hour, 0, ""), true)
	equal(t, "mails", len(Drain(t, db, Now)), 2+4)
	_, err := db.RecordProposal(ctx, store.Invitation{MeetingID: m.ID, Subscription: members[2]}, store.Proposal{Starts: Now}, task, nil)
	wantKind(t, "who is not invited", err, store.NotFound)

	due, err := db.TasksDue(ctx, "proposals", Now)
	check(t, err)
	equal(t, "due", len(due), 1)
	for _, want := range []bool{true, false} {
		taken, err := db.TellProposals(ctx, Now, due[0], Now.Add(day), 3, []store.Notice{{Recipient: "fay@x.example", Raw: []byte("x")}})
		check(t, err)
		equal(t, "told", taken, want)
	}
	a, b := members[0].Address[:3], members[1].Address[:3]
	equal(t, "what is proposed", fmt.Sprint(proposed(t, db, m)), fmt.Sprintf("[%s2h0m0sreplacedtrue %s3h0m0sopentrue %s3h0m0s20260810T130000Zopentrue %s3h0m0sopenfalse]", a, a, a, b))
	ends := []store.ProposalEnd{{ID: 1, State: store.ProposalDeclined, Notices: []store.Notice{{Recipient: "x@x.example", Raw: []byte("x")}}},
		{ID: 2, State: store.ProposalDeclined, Notices: []store.Notice{{Recipient: "x@x.example", Raw: []byte("x")}}}, {ID: 4, State: store.ProposalAccepted}}
	for _, want := range []int{2, 0} {
		n, err := db.EndProposals(ctx, By(Now), m, ends)
		check(t, err)
		equal(t, "decided", n, want)
	}
	equal(t, "mails of a decision", len(Drain(t, db, Now)), 2)
	one, err := db.Proposal(ctx, 4)
	check(t, err)
	equal(t, "one", fmt.Sprint(one.State, one.Length, one.Subscription.ID == members[1].ID), "accepted1h0m0s true")
	equal(t, "the declined one comes again", propose(0, 3*time.Hour, 3*time.Second, ""), false)
	equal(t, "it is proposed anew", propose(0, 3*time.Hour, time.Minute, ""), true)
	_, err = db.Proposal(ctx, 99)
	wantKind(t, "none", err, store.NotFound)
}

func claimed(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	members := Members(t, db, c, 2)
	m := Meeting(t, db, c, "one@x")
	check(t, db.ClaimAddress(ctx, By(Now), c.ID, members[0].MemberID, "new@n.example"))
	check(t, db.ClaimAddress(ctx, By(Now), c.ID, members[0].MemberID, "new@n.example"))
	wantKind(t, "another member's", db.ClaimAddress(ctx, By(Now), c.ID, members[0].MemberID, members[1].Address), store.Conflict)
	guest, err := db.AddGuest(ctx, By(Now), c.ID, "guest@g.example", "Gus")
	check(t, err)
	tell(t, db, m, store.Invited, guest)
	check(t, db.ClaimAddress(ctx, By(Now), c.ID, members[0].MemberID, "guest@g.example"))
	for _, address := range []string{"new@n.example", "guest@g.example", members[0].Address} {
		s, err := db.SubscriptionByAddress(ctx, c.ID, address)
		check(t, err)
		equal(t, address, s.ID, members[0].ID)
	}
	_, err = db.Invitation(ctx, m.ID, guest.ID)
	wantKind(t, "the guest's invitation", err, store.NotFound)
	journal, err := db.Journal(ctx, c.ID, 1)
	check(t, err)
	equal(t, "the journal", journal[0].Action+" "+journal[0].After, "add address guest@g.example")
}

func askedOnce(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	once := store.Limit{Name: "alias x", Most: 1, Within: day}
	for _, want := range []bool{true, false} {
		r, asked, err := db.AskOnce(ctx, once, store.Request{CommunityID: c.ID, Kind: store.RequestAlias, Address: "x@x.example", AskedAt: Now, ExpiresAt: Now.Add(day)},
			func(id int64) ([]store.Notice, error) {
				return []store.Notice{{Recipient: "x@x.example", Raw: fmt.Append(nil, id)}}, nil
			})
		check(t, err)
		equal(t, "asked", fmt.Sprint(asked, r.ID > 0, r.State == store.Asked), fmt.Sprint(want, want, want))
	}
	equal(t, "mails", len(Drain(t, db, Now)), 1)
	open, err := db.OpenRequests(ctx, c.ID, "x@x.example")
	check(t, err)
	equal(t, "requests", len(open), 1)
	check(t, db.AmendRequest(ctx, open[0].ID, func(payload string) (string, error) { return payload + "more", nil }))
	got, err := db.Request(ctx, open[0].ID)
	check(t, err)
	equal(t, "what it says", got.Payload, "more")
	declined := func() bool {
		is, err := db.WasDeclined(ctx, c.ID, store.RequestAlias, "x@x.example")
		check(t, err)
		return is
	}
	equal(t, "before", declined(), false)
	check(t, db.Decide(ctx, By(Now), got.ID, store.Asked, store.RequestDeclined, "", nil))
	equal(t, "after", declined(), true)
	wantKind(t, "when it is decided", db.AmendRequest(ctx, got.ID, func(string) (string, error) { return "", nil }), store.Conflict)
}
