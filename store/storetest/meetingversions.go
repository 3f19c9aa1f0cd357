package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"guildpost/store"
)

var meetingVersionCases = []testCase{
	{"what a meeting said is known by its revision", meetingAsOf},
	{"an answer is stale while the meeting is at another time", staleAnswers},
	{"a meeting is split, and answers go over", meetingSplit},
	{"what somebody knows already is kept without a mail", tellQuietly},
	{"many are told at once, each by a mail of their own", tellMany},
}

func meetingAsOf(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	m := Meeting(t, db, c, "one@x")
	first := m
	m.Description = "what nobody is told of"
	m, err := db.ChangeMeeting(ctx, By(Now), m, nil)
	check(t, err)
	m.Location, m.Sequence = "Room 4", 1
	m.Changes = []store.DateChange{{Occurrence: "20260810T130000Z", Starts: m.Starts, Length: time.Hour, Title: "Clinic", Location: "Hall", Sequence: 1}}
	m, err = db.ChangeMeeting(ctx, By(Now), m, nil)
	check(t, err)
	m.Title = "Other"
	m, err = db.ChangeMeeting(ctx, By(Now), m, nil)
	check(t, err)
	for revision, want := range []string{"Clinic Room 3 0 0", "Clinic Room 3 0 0", "Clinic Room 4 1 1", "Other Room 4 1 1", "Other Room 4 1 1"} {
		was, err := db.MeetingAsOf(ctx, m, revision)
		check(t, err)
		equal(t, fmt.Sprint("revision ", revision), fmt.Sprint(was.Title, " ", was.Location, " ", was.Sequence, " ", len(was.Changes)), want)
		if !was.Starts.Equal(first.Starts) || was.Zone != first.Zone || was.Length != first.Length || was.Revision != revision {
			t.Errorf("revision %d: %+v", revision, was)
		}
	}
	first.ID = 99
	_, err = db.MeetingAsOf(ctx, first, 0)
	wantKind(t, "another meeting", err, store.NotFound)
}

// staleOf are the answers to a meeting, with a mark behind those that are stale.
func staleOf(t *testing.T, db *store.DB, m store.Meeting) string {
	t.Helper()
	all, err := db.RSVPs(ctx, m.ID, 0)
	check(t, err)
	var words []string
	for _, r := range all {
		words = append(words, fmt.Sprint(r.Occurrence, map[bool]string{true: "+"}[r.Later], r.Sequence, map[bool]string{true: "!"}[r.Stale]))
	}
	return strings.Join(words, " ")
}

func staleAnswers(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	members := Members(t, db, c, 1)
	m := Meeting(t, db, c, "one@x")
	tell(t, db, m, store.Invited, members[0])
	i, err := db.Invitation(ctx, m.ID, members[0].ID)
	check(t, err)
	_, err = db.RecordRSVPs(ctx, Now, i, []store.RSVP{{Answer: store.Accepted}, {Answer: store.Declined, Occurrence: "a"}, {Answer: store.Declined, Occurrence: "a", Later: true},
		{Answer: store.Declined, Occurrence: "b"}}, nil, nil)
	check(t, err)
	move := func(times ...store.TimeOf) string {
		t.Helper()
		m.Times = append(m.Times, times...)
		m.Sequence = m.Times[len(m.Times)-1].Since
		m, err = db.ChangeMeeting(ctx, By(Now), m, nil)
		check(t, err)
		kept, err := db.Meeting(ctx, m.ID)
		check(t, err)
		equal(t, "the times", fmt.Sprint(kept.Times), fmt.Sprint(m.Times))
		return staleOf(t, db, m)
	}
	equal(t, "before", staleOf(t, db, m), "0 a0 a+0 b0")
	equal(t, "one date", move(store.TimeOf{Occurrence: "a", Is: "x"}, store.TimeOf{Occurrence: "a", Since: 1, Is: "y"}), "0 a0! a+0 b0")
	equal(t, "all", move(store.TimeOf{Is: "p"}, store.TimeOf{Since: 2, Is: "q"}), "0! a0! a+0! b0!")
	equal(t, "all back", move(store.TimeOf{Since: 3, Is: "p"}), "0 a0! a+0 b0")
	equal(t, "the date back", move(store.TimeOf{Occurrence: "a", Since: 4, Is: "x"}), "0 a0 a+0 b0")
}

func meetingSplit(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	members := Members(t, db, c, 2)
	m := Meeting(t, db, c, "one@x")
	tell(t, db, m, store.Invited, members...)
	for _, s := range members {
		_, err := db.RecordRSVPs(ctx, Now, store.Invitation{MeetingID: m.ID, Subscription: s},
			[]store.RSVP{{Answer: store.Accepted}, {Answer: store.Declined, Occurrence: "b", Comment: "x"}}, nil, nil)
		check(t, err)
	}
	first, later := m, m
	first.Rule, later.UID, later.Location = "FREQ=DAILY;COUNT=1", "two@x", "Hall"
	calls := 0
	carry := func(all []store.RSVP) []store.RSVP {
		calls++
		equal(t, "answers of one person", len(all), 2)
		return all[1:]
	}
	planned := 0
	plan := func(store.Meeting) []store.Task { planned++; return nil }
	first, later, err := db.SplitMeeting(ctx, By(Now), first, later, carry, plan)
	check(t, err)
	equal(t, "the first", fmt.Sprint(first.Revision, first.ID == m.ID), "1 true")
	kept, err := db.MeetingByUID(ctx, c.ID, "two@x")
	check(t, err)
	equal(t, "the later one", fmt.Sprintf("%+v", kept), fmt.Sprintf("%+v", later))
	equal(t, "carried", fmt.Sprint(calls, planned, " ", staleOf(t, db, later), ", ", staleOf(t, db, first)), "2 2 b0 b0, 0 b0 0 b0")
	_, _, err = db.SplitMeeting(ctx, By(Now), m, store.Meeting{CommunityID: c.ID, UID: "three@x"}, carry, nil)
	wantKind(t, "what somebody else has changed", err, store.Conflict)
	_, err = db.MeetingByUID(ctx, c.ID, "three@x")
	wantKind(t, "and then there is no other", err, store.NotFound)
}

func tellQuietly(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	members := Members(t, db, c, 1)
	m := Meeting(t, db, c, "one@x")
	tell(t, db, m, store.Invited, members[0])
	m.Sequence++
	m, err := db.ChangeMeeting(ctx, By(Now), m, nil)
	check(t, err)
	n, err := db.Tell(ctx, Now, m, []store.Telling{{Invitation: store.Invitation{MeetingID: m.ID, Token: "t", State: store.Invited, Sequence: m.Sequence,
		Revision: m.Revision, Subscription: members[0]}}})
	check(t, err)
	i, err := db.Invitation(ctx, m.ID, members[0].ID)
	check(t, err)
	equal(t, "kept", fmt.Sprint(n, i.Sequence, i.Revision, len(Drain(t, db, Now))), "1 1 1 1")
}

func tellMany(t *testing.T, db *store.DB) {
	const many = 230 // more than go into two statements
	c := Community(t, db, "rust")
	members := Members(t, db, c, many)
	m := Meeting(t, db, c, "one@x")
	equal(t, "some", tell(t, db, m, store.Invited, members[:3]...), 3)
	equal(t, "the others", tell(t, db, m, store.Invited, members...), many-3)
	rows, err := db.QueueList(ctx, store.QueueFilter{})
	check(t, err)
	equal(t, "mails", len(rows), many)
	for _, row := range rows {
		d, err := db.Dispatch(ctx, row.DispatchID)
		check(t, err)
		raw, err := db.Raw(ctx, d.RawID)
		check(t, err)
		if !strings.HasPrefix(string(raw), "To: "+row.Recipient+"\n") {
			t.Fatalf("%s gets %q", row.Recipient, raw)
		}
	}
	equal(t, "in the order of the queue", len(Drain(t, db, Now)), many)
}
