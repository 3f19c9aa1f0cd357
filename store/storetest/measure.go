package storetest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"guildpost/store"
)

var measureCases = []testCase{
	{"the posts of a time, by date", measuredPosts},
	{"a post's parent is the nearest that is here", parents},
	{"the first post of a person, by any of their addresses", firstPosts},
	{"the first answers of some people", postsOfMembers},
	{"threads with posts since a time", measuredThreads},
	{"changes of memberships since a time", membershipChanges},
	{"memberships that lasted at any time since", subscriptionsAlive},
	{"the dates of meetings of a time, who came and how it was", measuredMeetings},
	{"a community's state changes with what is counted", archiveState},
}

// wrote files a message of an author at a time, which answers others (nearest first).
func wrote(t testing.TB, db *store.DB, c store.Community, id, from string, member int64, at time.Time, refs ...string) int64 {
	t.Helper()
	a := Arrival(c, id)
	a.From, a.MemberID, a.Date, a.Now = from, member, at, Now
	for _, ref := range refs {
		a.References = append(a.References, ref+"@example.org")
	}
	a.Text = store.PostText{NewChars: len(id), QuotedChars: len(refs)}
	return Accept(t, db, a).PostID
}

func measuredPosts(t *testing.T, db *store.DB) {
	c, other := Community(t, db, "rust"), Community(t, db, "go")
	ada := Members(t, db, c, 1)[0]
	early := wrote(t, db, c, "early", "ann@example.org", 0, Now.Add(-2*day))
	wrote(t, db, c, "late", "ann@example.org", 0, Now.Add(-day))
	answer := wrote(t, db, c, "answer", ada.Address, ada.MemberID, Now.Add(-36*time.Hour), "early")
	alias := wrote(t, db, c, "alias", ada.Address, 0, Now.Add(-37*time.Hour)) // it was filed before she joined
	wrote(t, db, other, "elsewhere", ada.Address, ada.MemberID, Now.Add(-36*time.Hour))

	var got []store.MeasuredPost
	check(t, db.MeasuredPosts(ctx, c.ID, Now.Add(-2*day-time.Microsecond), Now.Add(-day-time.Microsecond), func(p store.MeasuredPost) error {
		got = append(got, p)
		return nil
	}))
	thread, err := db.Post(ctx, early)
	check(t, err)
	own, err := db.Post(ctx, alias)
	check(t, err)
	want := []store.MeasuredPost{
		{ID: early, ThreadID: thread.ThreadID, From: "ann@example.org", SentAt: Now.Add(-2 * day), NewChars: 5},
		{ID: alias, ThreadID: own.ThreadID, MemberID: ada.MemberID, SentAt: Now.Add(-37 * time.Hour), NewChars: 5},
		{ID: answer, ThreadID: thread.ThreadID, ParentID: early, MemberID: ada.MemberID, SentAt: Now.Add(-36 * time.Hour), NewChars: 6, QuotedChars: 1},
	}
	if !slices.Equal(got, want) {
		t.Errorf("MeasuredPosts =\n%+v, want\n%+v", got, want)
	}
	for _, test := range []struct {
		after, until time.Duration
		want         int
	}{{-2 * day, -day, 3}, {-2*day - 1000, -day, 4}, {-2*day - 1000, -day - 1000, 3}, {-day, 0, 0}} {
		n, err := db.CountPosts(ctx, c.ID, Now.Add(test.after), Now.Add(test.until))
		check(t, err)
		equal(t, fmt.Sprintf("posts after %v until %v", test.after, test.until), n, test.want)
	}
	for n, want := range []time.Duration{-37 * time.Hour, -36 * time.Hour, -day} {
		at, err := db.PostTime(ctx, c.ID, Now.Add(-2*day), n)
		check(t, err)
		equal(t, fmt.Sprintf("post %d was sent", n), at, Now.Add(want))
	}
	_, err = db.PostTime(ctx, c.ID, Now.Add(-2*day), 3)
	wantKind(t, "the time of a post that is not there", err, store.NotFound)
}

// parents files messages in every order, one by one or as a history in two pieces, and wants the same parents.
func parents(t *testing.T, db *store.DB) {
	messages := []struct{ id, refs, parent string }{
		{"root", "", ""}, {"answer", "root", "root"}, {"deep", "answer root", "answer"}, {"gap", "missing answer root", "answer"},
		{"beside", "root", "root"}, {"lost", "nowhere", ""},
	}
	for n, order := range permutations(len(messages)) {
		if n%7 != 0 { // a hundred of the 720
			continue
		}
		c := Community(t, db, fmt.Sprintf("c%d", n))
		ids := map[string]int64{}
		var history []store.Arrival
		for _, i := range order {
			m, at := messages[i], Now.Add(time.Duration(i-10)*time.Minute)
			if n%2 == 0 {
				ids[m.id] = wrote(t, db, c, m.id, "ann@example.org", 0, at, strings.Fields(m.refs)...)
			} else {
				history = append(history, old(c, m.id, at, strings.Fields(m.refs)...))
			}
		}
		for piece := range slices.Chunk(history, 4) {
			for i, f := range imported(t, db, c, piece...) {
				ids[strings.TrimSuffix(piece[i].MessageID, "@example.org")] = f.PostID
			}
		}
		got := map[int64]int64{}
		check(t, db.MeasuredPosts(ctx, c.ID, Now.Add(-day), Now, func(p store.MeasuredPost) error {
			got[p.ID] = p.ParentID
			return nil
		}))
		for _, m := range messages {
			equal(t, fmt.Sprintf("order %v: the parent of %s", order, m.id), got[ids[m.id]], ids[m.parent])
		}
	}
}

// permutations are all orders of n things.
func permutations(n int) (all [][]int) {
	if n == 0 {
		return [][]int{nil}
	}
	for _, rest := range permutations(n - 1) {
		for at := range n {
			all = append(all, slices.Insert(slices.Clone(rest), at, n-1))
		}
	}
	return all
}

func firstPosts(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	all := Members(t, db, c, 3)
	ada, ben := all[0], all[1]
	wrote(t, db, c, "one", ada.Address, ada.MemberID, Now.Add(-2*day))
	alias := ada
	alias.Address = "ada@home.example"
	check(t, db.UpdateSubscription(ctx, By(Now), alias))
	wrote(t, db, c, "two", "ada@home.example", ada.MemberID, Now.Add(-5*day))
	wrote(t, db, c, "three", ben.Address, ben.MemberID, Now.Add(-day))
	wrote(t, db, c, "four", "ann@example.org", 0, Now.Add(-3*day))
	wrote(t, db, c, "five", "ann@example.org", 0, Now.Add(-4*day))

	got, err := db.FirstPosts(ctx, c.ID, []int64{ada.MemberID, ben.MemberID, all[2].MemberID})
	check(t, err)
	if want := map[int64]time.Time{ada.MemberID: Now.Add(-5 * day), ben.MemberID: Now.Add(-day)}; !maps.Equal(got, want) {
		t.Errorf("FirstPosts = %v, want %v", got, want)
	}
	from, err := db.FirstPostsFrom(ctx, c.ID, []string{"ann@example.org", "nobody@example.org"})
	check(t, err)
	if want := map[string]time.Time{"ann@example.org": Now.Add(-4 * day)}; !maps.Equal(from, want) {
		t.Errorf("FirstPostsFrom = %v, want %v", from, want)
	}
	none, err := db.FirstPosts(ctx, c.ID, nil)
	check(t, err)
	equal(t, "first posts of nobody", len(none), 0)
}

func postsOfMembers(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	all := Members(t, db, c, 3)
	ada, ben, eve := all[0], all[1], all[2]
	post := func(id string, s store.Subscription, ago int, refs ...string) int64 {
		return wrote(t, db, c, id, s.Address, s.MemberID, Now.Add(-time.Duration(ago)*time.Hour), refs...)
	}
	post("root", ada, 9)
	more := post("more", ada, 8, "root") // her own addition is no answer
	first := post("first", ben, 7, "root")
	post("second", eve, 6, "root")
	again := post("again", ben, 5, "root")
	post("old", ben, 30)

	got, err := db.PostsOfMembers(ctx, c.ID, []int64{ada.MemberID, ben.MemberID}, Now.Add(-8*time.Hour-time.Microsecond), Now)
	check(t, err)
	want := []store.MemberPost{
		{MemberID: ada.MemberID, PostID: more, SentAt: Now.Add(-8 * time.Hour)},
		{MemberID: ben.MemberID, PostID: first, SentAt: Now.Add(-7 * time.Hour), FirstAnswer: true},
		{MemberID: ben.MemberID, PostID: again, SentAt: Now.Add(-5 * time.Hour)},
	}
	if !slices.Equal(got, want) {
		t.Errorf("PostsOfMembers =\n%+v, want\n%+v", got, want)
	}
}

func measuredThreads(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	wrote(t, db, c, "old", "ann@example.org", 0, Now.Add(-9*day))
	wrote(t, db, c, "revived", "ann@example.org", 0, Now.Add(-8*day))
	wrote(t, db, c, "answer", "ann@example.org", 0, Now.Add(-day), "revived")
	var got []string
	check(t, db.MeasuredThreads(ctx, c.ID, Now.Add(-2*day), func(m store.MeasuredThread) {
		got = append(got, fmt.Sprint(m.Subject, " ", Now.Sub(m.FirstAt), " ", m.Solved))
	}))
	if want := []string{"About revived 192h0m0s false"}; !slices.Equal(got, want) {
		t.Errorf("MeasuredThreads = %q, want %q", got, want)
	}
}

// memberships are those of four people: Ada stays, Ben left long ago, Eve leaves, Joe joins and changes.
func memberships(t *testing.T, db *store.DB) (c store.Community, ids map[string]int64) {
	c = Community(t, db, "rust")
	ids = map[string]int64{}
	join := func(name string, ago int) store.Subscription {
		s, _, err := db.AddMember(ctx, By(Now.Add(-time.Duration(ago)*day)), c.ID, store.NewMember{Address: name + "@example.org"})
		check(t, err)
		ids[name] = s.MemberID
		return s
	}
	end := func(s store.Subscription, ago int, state store.SubscriptionState) {
		check(t, db.EndSubscription(ctx, By(Now.Add(-time.Duration(ago)*day)), s.ID, state))
	}
	join("ada", 90)
	ben, eve := join("ben", 80), join("eve", 70)
	end(ben, 60, store.Left)
	end(eve, 20, store.Removed)
	joe := join("joe", 10)
	joe.Roles, joe.Delivery = []store.Role{store.Facilitator}, store.None
	check(t, db.UpdateSubscription(ctx, By(Now.Add(-5*day)), joe))
	return c, ids
}

func membershipChanges(t *testing.T, db *store.DB) {
	c, ids := memberships(t, db)
	var got []string
	check(t, db.MembershipChanges(ctx, c.ID, Now.Add(-30*day), func(m store.MembershipChange) {
		got = append(got, fmt.Sprint(m.MemberID, " ", int(Now.Sub(m.At)/day), " ", m.Before, " ", m.After, " ", m.Via))
	}))
	want := []string{
		fmt.Sprint(ids["joe"], " ", 5, " {active each []} {active none [facilitator]} command"),
		fmt.Sprint(ids["joe"], " ", 10, " {  []} {active each []} command"),
		fmt.Sprint(ids["eve"], " ", 20, " {active each []} {removed each []} command"),
	}
	if !slices.Equal(got, want) {
		t.Errorf("MembershipChanges =\n%q, want\n%q", got, want)
	}
}

func subscriptionsAlive(t *testing.T, db *store.DB) {
	c, ids := memberships(t, db)
	for _, test := range []struct {
		days time.Duration
		want []int64
	}{{30, []int64{ids["ada"], ids["eve"], ids["joe"]}}, {15, []int64{ids["ada"], ids["joe"]}}, {65, []int64{ids["ada"], ids["ben"], ids["eve"], ids["joe"]}}} {
		var got []int64
		check(t, db.SubscriptionsAlive(ctx, c.ID, Now.Add(-test.days*day), func(s store.Subscription) { got = append(got, s.MemberID) }))
		if !slices.Equal(got, test.want) {
			t.Errorf("alive in the last %d days: %v, want %v", test.days, got, test.want)
		}
	}
}

func archiveState(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	state := func() store.ArchiveState {
		s, err := db.ArchiveState(ctx, c.ID)
		check(t, err)
		return s
	}
	before := state()
	equal(t, "state", state(), before)
	var date store.Occurrence
	for _, step := range []struct {
		name string
		do   func()
	}{
		{"a post", func() { wrote(t, db, c, "one", "ann@example.org", 0, Now.Add(-day)) }},
		{"a second post at the same time", func() { wrote(t, db, c, "two", "ann@example.org", 0, Now.Add(-day)) }},
		{"a change of all communities", func() {
			_, err := db.AddBan(ctx, By(Now), store.Ban{Kind: store.BanDomain, Value: "spam.example", At: Now}, nil)
			check(t, err)
		}},
		{"a join", func() { Members(t, db, c, 1) }},
		{"a meeting", func() { date = Occurrence(t, db, Meeting(t, db, c, "one@x"), "", Now.Add(-day)) }},
		{"who came", func() {
			check(t, db.RecordAttendance(ctx, Now, store.AttendanceReport{OccurrenceID: date.ID, Known: true}, nil))
		}},
		{"who came, once more", func() {
			check(t, db.RecordAttendance(ctx, Now, store.AttendanceReport{OccurrenceID: date.ID, Known: true}, nil))
		}},
		{"thanks", func() {
			_, err := db.Thank(ctx, store.Thanks{CommunityID: c.ID, From: 1, To: 2, At: Now})
			check(t, err)
		}},
	} {
		step.do()
		if after := state(); after == before {
			t.Errorf("%s changed nothing", step.name)
		} else {
			before = after
		}
	}
}

func measuredMeetings(t *testing.T, db *store.DB) {
	c, other := Community(t, db, "rust"), Community(t, db, "go")
	members := Members(t, db, c, 3)
	m := Meeting(t, db, c, "one@x")
	early := Occurrence(t, db, m, "20260801T130000Z", Now.Add(-3*day), members[0])
	o := Occurrence(t, db, m, "20260802T130000Z", Now.Add(-2*day), members[:2]...)
	late := Occurrence(t, db, m, "20260803T130000Z", Now.Add(-day), members[1])
	Occurrence(t, db, Meeting(t, db, other, "two@x"), "", Now.Add(-2*day))
	zoe, err := db.AddGuest(ctx, By(Now), c.ID, "zoe@z.example", "Zoe")
	check(t, err)
	check(t, db.RecordAttendance(ctx, Now, store.AttendanceReport{OccurrenceID: o.ID, By: members[1].ID, Known: true, Came: []int64{members[0].ID, zoe.ID}, Minutes: "x"}, nil))
	check(t, db.RecordAttendance(ctx, Now, store.AttendanceReport{OccurrenceID: early.ID, Known: true, Came: []int64{members[0].ID}}, nil))
	check(t, db.Schedule(ctx, store.Task{Kind: "ask", CommunityID: c.ID, ObjectID: o.ID, DueAt: Now}))
	due, err := db.TasksDue(ctx, "ask", Now)
	check(t, err)
	_, err = db.AskFeedback(ctx, Now, due[0], time.Time{}, []int64{members[0].ID, zoe.ID}, nil)
	check(t, err)
	check(t, db.RecordFeedback(ctx, Now, store.Feedback{OccurrenceID: o.ID, SubscriptionID: zoe.ID, Rating: 4, At: Now}, nil))

	var got []string
	after, until := early.Starts, late.Starts.Add(-time.Microsecond)
	check(t, db.MeasuredOccurrences(ctx, c.ID, after, until, func(m store.MeasuredOccurrence) {
		got = append(got, fmt.Sprint(m.ID == o.ID, m.Starts.Equal(o.Starts), m.Ends.Equal(o.Ends), m.InvitedAt.Equal(o.InvitedAt), m.CancelledAt.IsZero(), m.Known,
			m.Host == members[1].MemberID, m.MinutesBy == members[1].MemberID))
	}))
	equal(t, "dates", strings.Join(got, "; "), "true true true true true true true true")
	got = nil
	check(t, db.MeasuredAttendances(ctx, c.ID, after, until, func(a store.MeasuredAttendance) {
		got = append(got, fmt.Sprintf("%d %v %v %q %v %q", a.MemberID, a.Invited, a.Came, a.Answer, a.AnsweredAt.IsZero(), a.Name+a.Address))
	}))
	equal(t, "people", strings.Join(got, "; "), fmt.Sprintf(`%d true false "" true ""; %d false true "" true "Zoezoe@z.example"; %d true true "accepted" false ""`,
		members[1].MemberID, zoe.MemberID, members[0].MemberID))
	got = nil
	check(t, db.MeasuredFeedbacks(ctx, c.ID, after, until, func(f store.MeasuredFeedback) {
		got = append(got, fmt.Sprint(f.MemberID, f.Rating, f.At.IsZero(), f.OccurrenceID == o.ID))
	}))
	equal(t, "answers", strings.Join(got, "; "), fmt.Sprintf("%d 0 true true; %d 4 false true", members[0].MemberID, zoe.MemberID))
	first, err := db.FirstAttended(ctx, c.ID, []int64{members[0].MemberID, members[2].MemberID, zoe.MemberID})
	check(t, err)
	equal(t, "first", fmt.Sprint(len(first), first[members[0].MemberID].Equal(early.Starts), first[zoe.MemberID].Equal(o.Starts)), "2 true true")
	byID, err := db.OccurrencesByID(ctx, []int64{late.ID, o.ID, 99})
	check(t, err)
	equal(t, "by ID", fmt.Sprint(len(byID), byID[0].ID == o.ID, byID[1].ID == late.ID), "2 true true")
	n := 0
	check(t, db.NextOccurrence(ctx, c.ID, o.Starts, func(m store.MeasuredOccurrence) { n++; equal(t, "next", m.ID, late.ID) }))
	check(t, db.NextOccurrence(ctx, c.ID, late.Starts, func(store.MeasuredOccurrence) { n++ }))
	equal(t, "next ones", n, 1)
}
