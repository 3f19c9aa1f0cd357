package storetest

import (
	"fmt"
	"testing"
	"time"

	"guildpost/store"
)

var reminderCases = []testCase{
	{"each is reminded of a date once, and never of an earlier moment", remindedOnce},
	{"who is away, wants none or just heard is not reminded", notReminded},
	{"a reminder of what has changed is none", remindedOfChanged},
	{"what people want from a date is kept once", wishesKept},
	{"what people answered is told once", rolledUp},
	{"it is known which invitations did not arrive", failedInvitations},
	{"how often people come to what they accepted", showRecords},
	{"tasks are moved by whoever read them last", tasksMoved},
}

// toRemind are the addresses of those who are to be reminded.
func toRemind(t *testing.T, db *store.DB, now time.Time, r store.Reminding) string {
	t.Helper()
	page, err := db.ToRemind(ctx, now, r, 0, 100)
	check(t, err)
	all := []string{}
	for _, i := range page {
		all = append(all, i.Subscription.Address)
	}
	return fmt.Sprint(all)
}

func noticesTo(c store.Community, all ...store.Subscription) (notices []store.Notice) {
	for _, s := range all {
		notices = append(notices, store.Notice{CommunityID: c.ID, SubscriptionID: s.ID, Recipient: s.Address, Raw: []byte("Subject: soon\r\n\r\n")})
	}
	return notices
}

func remindedOnce(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	members := Members(t, db, c, 3)
	m := Meeting(t, db, c, "one@x")
	tell(t, db, m, store.Invited, members...)
	Drain(t, db, Now)
	starts := Now.Add(7 * day)
	early := store.Reminding{Meeting: m, Kind: store.RemindDate, Starts: starts, Moment: starts.Add(-day)}
	late := early
	late.Moment = starts.Add(-time.Hour)
	send := func(r store.Reminding, to ...store.Subscription) int {
		t.Helper()
		n, err := db.Remind(ctx, r.Moment, r, noticesTo(c, to...))
		check(t, err)
		return n
	}
	equal(t, "some", send(early, members[:2]...), 2)
	equal(t, "all", send(early, members...), 1)
	equal(t, "left", toRemind(t, db, early.Moment, early), "[]")
	equal(t, "the later moment", send(late, members[0]), 1)
	equal(t, "left for the later one", toRemind(t, db, late.Moment, late), fmt.Sprint([]string{members[1].Address, members[2].Address}))
	equal(t, "the earlier one again", send(early, members...), 0)
	another := early
	another.Starts = starts.Add(7 * day)
	equal(t, "another date", send(another, members...), 3)
	another = early
	another.Kind = store.RemindQuorum
	equal(t, "another kind", send(another, members[0]), 1)
	equal(t, "mails", len(Drain(t, db, Now.Add(8*day))), 8)
	check(t, db.ForgetReminders(ctx, starts.Add(time.Hour)))
	equal(t, "once forgotten", send(early, members...), 3)
}

func notReminded(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	members := Members(t, db, c, 5)
	m := Meeting(t, db, c, "one@x")
	tell(t, db, m, store.Invited, members...)
	starts := Now.Add(7 * day)
	r := store.Reminding{Meeting: m, Kind: store.RemindDate, Starts: starts, Moment: starts.Add(-day)}
	away, silent, gone, failing := members[1], members[2], members[3], members[4]
	away.VacationUntil, silent.NoReminders = starts, true
	check(t, db.UpdateSubscription(ctx, By(Now), away))
	check(t, db.UpdateSubscription(ctx, By(Now), silent))
	check(t, db.EndSubscription(ctx, By(Now), gone.ID, store.Left))
	check(t, db.EndSubscription(ctx, By(Now), failing.ID, store.Suspended))
	equal(t, "who is left", toRemind(t, db, r.Moment, r), fmt.Sprint([]string{members[0].Address}))
	equal(t, "when the away are back", toRemind(t, db, starts, r), fmt.Sprint([]string{members[0].Address, away.Address}))
	got, err := db.Subscription(ctx, silent.ID)
	check(t, err)
	equal(t, "wants none", got.NoReminders, true)
	last, err := db.Journal(ctx, c.ID, 10)
	check(t, err)
	for _, e := range last {
		if e.MemberID == silent.MemberID && e.Action == "change membership" {
			_, err = db.Undo(ctx, By(Now), e.ID, nil)
			check(t, err)
		}
	}
	equal(t, "taken back", toRemind(t, db, r.Moment, r), fmt.Sprint([]string{members[0].Address, silent.Address}))
	r.Moment = Now.Add(-time.Minute)
	equal(t, "who just heard of it", toRemind(t, db, Now, r), "[]")
	equal(t, "where the clock was set back since", toRemind(t, db, Now.Add(-time.Second), r), fmt.Sprint([]string{members[0].Address, silent.Address}))
}

func remindedOfChanged(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	members := Members(t, db, c, 1)
	m := Meeting(t, db, c, "one@x")
	tell(t, db, m, store.Invited, members...)
	Drain(t, db, Now)
	r := store.Reminding{Meeting: m, Kind: store.RemindDate, Starts: Now.Add(day), Moment: Now.Add(time.Hour)}
	_, err := db.CancelMeeting(ctx, By(Now), m.ID)
	check(t, err)
	_, err = db.Remind(ctx, Now, r, noticesTo(c, members...))
	wantKind(t, "a cancelled meeting", err, store.Conflict)
	equal(t, "mails", len(Drain(t, db, Now.Add(2*time.Hour))), 0)
}

func tasksMoved(t *testing.T, db *store.DB) {
	task := store.Task{Kind: "remind", CommunityID: 1, ObjectID: 2, DueAt: Now}
	check(t, db.Schedule(ctx, task))
	check(t, db.Schedule(ctx, store.Task{Kind: "other", CommunityID: 1, ObjectID: 2, DueAt: Now}))
	all, err := db.TasksOf(ctx, "remind")
	check(t, err)
	equal(t, "of a kind", len(all), 1)
	check(t, db.MoveTask(ctx, all[0], Now.Add(time.Hour), "first"))
	check(t, db.MoveTask(ctx, all[0], Now.Add(2*time.Hour), "second"))
	all, err = db.TasksOf(ctx, "remind")
	check(t, err)
	equal(t, "the first move counts", fmt.Sprint(all[0].DueAt.Equal(Now.Add(time.Hour)), all[0].Payload), "truefirst")
	check(t, db.MoveTask(ctx, all[0], time.Time{}, ""))
	all, err = db.TasksOf(ctx, "remind")
	check(t, err)
	equal(t, "done", len(all), 0)
}

func wishesKept(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	members := Members(t, db, c, 3)
	m := Meeting(t, db, c, "one@x")
	tell(t, db, m, store.Invited, members[:2]...)
	Drain(t, db, Now)
	add := func(s store.Subscription, occurrence string, texts ...string) int {
		t.Helper()
		var all []store.Wish
		for _, text := range texts {
			all = append(all, store.Wish{Occurrence: occurrence, Text: text, Source: "page", At: Now})
		}
		n, err := db.AddWishes(ctx, Now, store.Invitation{MeetingID: m.ID, Subscription: s}, all, 3, noticesTo(c, s))
		check(t, err)
		return n
	}
	equal(t, "two", add(members[0], "", "lifetimes", "async"), 2)
	equal(t, "one of them again", add(members[0], "", "async", "macros", "one too many"), 1)
	equal(t, "the same of another", add(members[1], "", "async"), 1)
	equal(t, "another date", add(members[1], "20260810T130000Z", "async"), 1)
	equal(t, "mails", len(Drain(t, db, Now)), 4)
	all, err := db.Wishes(ctx, m.ID, "")
	check(t, err)
	var got []string
	for _, w := range all {
		got = append(got, w.Text+" "+w.Address)
	}
	equal(t, "wishes", fmt.Sprintf("%q", got), fmt.Sprintf("%q", []string{"lifetimes " + members[0].Address, "async " + members[0].Address,
		"macros " + members[0].Address, "async " + members[1].Address}))
	_, err = db.AddWishes(ctx, Now, store.Invitation{MeetingID: m.ID, Subscription: members[2]}, []store.Wish{{Text: "x"}}, 3, nil)
	wantKind(t, "who is not invited", err, store.NotFound)
}

func rolledUp(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	s := Members(t, db, c, 1)[0]
	last, err := db.RolledUp(ctx, s.ID)
	check(t, err)
	equal(t, "never", last.IsZero(), true)
	for i, want := range []bool{true, false} {
		told, err := db.RollUp(ctx, Now, s.ID, last, noticesTo(c, s))
		check(t, err)
		equal(t, fmt.Sprint("told ", i), told, want)
	}
	last, err = db.RolledUp(ctx, s.ID)
	check(t, err)
	equal(t, "until", last.Equal(Now), true)
	told, err := db.RollUp(ctx, Now.Add(day), s.ID, last, noticesTo(c, s))
	check(t, err)
	equal(t, "the next day", told, true)
	equal(t, "mails", len(Drain(t, db, Now.Add(day))), 2)
}

func failedInvitations(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	members := Members(t, db, c, 3)
	fail := func(s store.Subscription, at time.Time, hard bool) {
		_, err := db.RecordFailure(ctx, store.Failure{Address: s.Address, SubscriptionID: s.ID, At: at, Hard: hard, Reason: "no such user"}, store.MayBeMass{Copies: 100, Addresses: 100})
		check(t, err)
	}
	fail(members[0], Now.Add(-time.Hour), true)
	m := Meeting(t, db, c, "one@x")
	tell(t, db, m, store.Invited, members[:2]...)
	fail(members[1], Now.Add(time.Hour), true)
	fail(members[1], Now.Add(30*time.Hour), true)
	fail(members[0], Now.Add(time.Hour), false)
	fail(members[2], Now.Add(time.Hour), true)
	all, err := db.FailedInvitations(ctx, m.ID, Now.Add(-day), Now.Add(2*day))
	check(t, err)
	if len(all) != 1 || all[0].Address != members[1].Address || all[0].Reason != "no such user" || !all[0].At.Equal(Now.Add(time.Hour)) {
		t.Errorf("failed: %+v, want that of %s", all, members[1].Address)
	}
	all, err = db.FailedInvitations(ctx, m.ID, Now.Add(time.Hour), Now.Add(2*day))
	check(t, err)
	equal(t, "of which was told", len(all), 0)
}

func showRecords(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	members := Members(t, db, c, 3)
	m := Meeting(t, db, c, "one@x")
	invited := []store.Attendance{{Subscription: members[0], Answer: store.Accepted, AnsweredAt: Now}, {Subscription: members[1], Answer: store.Accepted, AnsweredAt: Now},
		{Subscription: members[2], Answer: store.Declined, AnsweredAt: Now}}
	for n, key := range []string{"20260810T130000Z", "20260817T130000Z", "20260824T130000Z"} {
		starts := Now.AddDate(0, 0, 1+7*n)
		begin(t, db, m, store.Beginning{Occurrence: store.Occurrence{CommunityID: c.ID, MeetingID: m.ID, Key: key, Starts: starts, Ends: starts.Add(time.Hour)}, Invited: invited})
	}
	all, err := db.Occurrences(ctx, m.ID, 10)
	check(t, err)
	for _, o := range all[:2] { // of the third it is not known
		check(t, db.RecordAttendance(ctx, o.Ends, store.AttendanceReport{OccurrenceID: o.ID, Known: true, Source: "page", Came: []int64{members[0].ID, members[2].ID}}, nil))
	}
	got, err := db.ShowRecords(ctx, []int64{members[0].ID, members[1].ID, members[2].ID})
	check(t, err)
	equal(t, "records", fmt.Sprint(got[members[0].ID], got[members[1].ID], got[members[2].ID], len(got)), "{2 2} {2 0} {0 0} 2")
}
