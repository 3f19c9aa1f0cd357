package storetest

import (
	"fmt"
	"testing"
	"time"

	"guildpost/store"
)

var pollCases = []testCase{
	{"a poll is opened once, and asks each member once", pollAsked},
	{"of two votes the newer one stays, and who votes here counts above their calendar", pollVoted},
	{"a poll is closed once: the votes become answers to the meeting", pollClosed},
	{"who has not voted is reminded once, and all hear once that a poll is closed", pollMarked},
}

// Poll opens a poll about two dates.
func Poll(t testing.TB, db *store.DB, c store.Community) store.Poll {
	t.Helper()
	p := store.Poll{CommunityID: c.ID, RequestID: 7, UID: "poll@x", Title: "Clinic", Location: "Room 3", Description: "Bring code.", ClosesAt: Now.Add(day)}
	for n := range 2 {
		p.Options = append(p.Options, store.PollOption{Number: n + 1, UID: fmt.Sprint("option-", n+1), Zone: "Europe/Berlin", Length: time.Hour,
			Starts: time.Date(2026, 8, 10+n, 15, 0, 0, 0, time.UTC)})
	}
	p, err := db.OpenPoll(ctx, By(Now), p, func(p store.Poll) []store.Task {
		return []store.Task{{Kind: "poll", CommunityID: c.ID, ObjectID: p.ID, DueAt: p.ClosesAt}}
	})
	check(t, err)
	return p
}

func ask(t *testing.T, db *store.DB, p store.Poll, all ...store.Subscription) int {
	t.Helper()
	var asked []store.AskedMember
	for _, s := range all {
		asked = append(asked, store.AskedMember{Subscription: s, Token: "t", Notice: store.Notice{CommunityID: p.CommunityID, SubscriptionID: s.ID,
			Recipient: s.Address, Raw: []byte("To: " + s.Address + "\n\nx")}})
	}
	n, err := db.AskInPoll(ctx, Now, p, asked)
	check(t, err)
	return n
}

func pollAsked(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	members := Members(t, db, c, 3)
	p := Poll(t, db, c)
	_, err := db.OpenPoll(ctx, By(Now), p, nil)
	wantKind(t, "a poll of the same UID", err, store.Conflict)
	got, err := db.PollByUID(ctx, c.ID, "poll@x")
	check(t, err)
	equal(t, "poll", fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", p))
	tasks, err := db.TasksDue(ctx, "poll", Now.Add(day))
	check(t, err)
	equal(t, "tasks", len(tasks), 1)

	to, err := db.PollsToTell(ctx)
	check(t, err)
	equal(t, "polls to tell", len(to), 1)
	left, err := db.NotPolled(ctx, p, members[0].ID, 10)
	check(t, err)
	equal(t, "behind the first", len(left), 2)
	equal(t, "asked", ask(t, db, p, members[0], members[1]), 2)
	equal(t, "asked again", ask(t, db, p, members...), 1)
	left, err = db.NotPolled(ctx, p, 0, 10)
	check(t, err)
	equal(t, "not asked", len(left), 0)
	check(t, db.PollTold(ctx, to[0]))
	to, err = db.PollsToTell(ctx)
	check(t, err)
	equal(t, "polls to tell when all are told", len(to), 0)
	Members(t, db, c, 4)
	to, err = db.PollsToTell(ctx)
	check(t, err)
	equal(t, "polls to tell when somebody joins", len(to), 1)
	asked, voted, err := db.PollAsked(ctx, p.ID)
	check(t, err)
	equal(t, "asked and voted", fmt.Sprint(asked, voted), "3 0")
}

func vote(t *testing.T, db *store.DB, p store.Poll, s store.Subscription, number int, answer store.RSVPAnswer, stamp time.Time, personal bool) {
	t.Helper()
	check(t, db.Vote(ctx, Now, p.ID, s.ID, []store.PollVote{{Number: number, Answer: answer, Source: "text <x@y>", Stamp: stamp, Personal: personal}}, nil))
}

func votes(t *testing.T, db *store.DB, p store.Poll) (text string) {
	t.Helper()
	all, err := db.PollVotes(ctx, p.ID, 0)
	check(t, err)
	for _, v := range all {
		text += fmt.Sprint(v.Number, " ", string(v.Answer), ";")
	}
	return text
}

func pollVoted(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	s := Members(t, db, c, 1)[0]
	p := Poll(t, db, c)
	ask(t, db, p, s)
	vote(t, db, p, s, 1, store.Accepted, Now.Add(time.Hour), false)
	vote(t, db, p, s, 1, store.Declined, Now, false)
	vote(t, db, p, s, 2, store.Tentative, Now, false)
	equal(t, "votes", votes(t, db, p), "1 accepted;2 tentative;")
	vote(t, db, p, s, 1, store.Declined, Now, true)
	equal(t, "votes", votes(t, db, p), "1 declined;2 tentative;")
}

func pollClosed(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	members := Members(t, db, c, 2)
	p := Poll(t, db, c)
	ask(t, db, p, members...)
	vote(t, db, p, members[0], 2, store.Accepted, Now, true)
	vote(t, db, p, members[1], 2, store.Declined, Now, true)
	vote(t, db, p, members[1], 1, store.Accepted, Now, true)
	o := p.Options[1]
	m := store.Meeting{CommunityID: c.ID, UID: o.UID, Title: p.Title, Starts: o.Starts, Zone: o.Zone, Length: o.Length, Sequence: 1, EndsAt: Now.Add(30 * day),
		Settings: store.MeetingSettings{Poll: p.ID}}
	m, err := db.ClosePoll(ctx, By(Now), p, 2, m, nil, nil)
	check(t, err)
	_, err = db.ClosePoll(ctx, By(Now), p, 1, m, nil, nil)
	wantKind(t, "closing again", err, store.Conflict)
	wantKind(t, "a late vote", db.Vote(ctx, Now, p.ID, members[0].ID, []store.PollVote{{Number: 1, Answer: store.Accepted}}, nil), store.Conflict)
	answers, err := db.RSVPs(ctx, m.ID, 0)
	check(t, err)
	equal(t, "answers", fmt.Sprint(len(answers), " ", answers[0].Answer, " ", answers[1].Answer, " ", answers[0].Sequence), "2 accepted declined 1")
	got, err := db.Poll(ctx, p.ID)
	check(t, err)
	equal(t, "state", fmt.Sprint(got.State, got.Chosen), "closed2")
	open, err := db.Polls(ctx, c.ID, false)
	check(t, err)
	all, err := db.Polls(ctx, c.ID, true)
	check(t, err)
	equal(t, "polls", fmt.Sprint(len(open), len(all), len(all[0].Options)), "0 1 2")
}

func pollMarked(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	members := Members(t, db, c, 3)
	p := Poll(t, db, c)
	ask(t, db, p, members...)
	vote(t, db, p, members[0], 2, store.Accepted, Now, true)
	check(t, db.EndSubscription(ctx, By(Now), members[1].ID, store.Left))
	for _, c := range []struct {
		mark store.PollMark
		want int
	}{{store.PollReminded, 1}, {store.PollHeard, 3}} {
		for n, want := range []int{c.want, 0} {
			all, err := db.PolledWithout(ctx, p.ID, c.mark, 10)
			check(t, err)
			equal(t, fmt.Sprint(c.mark, n), len(all), want)
			for i := range all {
				all[i].Notice = store.Notice{Recipient: all[i].Subscription.Address, Raw: []byte("To: x\n\nx")}
			}
			sent, err := db.MarkPolled(ctx, Now, p.ID, c.mark, all)
			check(t, err)
			equal(t, fmt.Sprint(c.mark, n, " sent"), sent, want)
		}
	}
	_, err := db.ClosePoll(ctx, By(Now), p, 0, store.Meeting{}, nil, nil)
	check(t, err)
	to, err := db.PollsToTell(ctx)
	check(t, err)
	equal(t, "to tell", len(to), 1)
	check(t, db.PollTold(ctx, to[0]))
	Members(t, db, c, 4)
	to, err = db.PollsToTell(ctx)
	check(t, err)
	equal(t, "to tell when somebody joins after the end", len(to), 0)
}
