package storetest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"guildpost/store"
)

var occurrenceCases = []testCase{
	{"a date of a meeting begins once, and may be cancelled before", occurrenceBegins},
	{"who came is as it was said last", attendanceTold},
	{"minutes are kept once, with what is to be done", minutesOnce},
	{"one answer each on how it was, the last counts", feedbackGiven},
	{"an action is done, or moved", actionChanged},
	{"what happened on a date goes with the person", occurrenceErased},
}

// Occurrence begins a date of a meeting for subscribers; the first has said yes.
func Occurrence(t testing.TB, db *store.DB, m store.Meeting, key string, starts time.Time, all ...store.Subscription) store.Occurrence {
	t.Helper()
	b := store.Beginning{Occurrence: store.Occurrence{CommunityID: m.CommunityID, MeetingID: m.ID, Key: key, Title: m.Title, Starts: starts,
		Ends: starts.Add(time.Hour), InvitedAt: starts.Add(-7 * day)}}
	for i, s := range all {
		a := store.Attendance{Subscription: s, Invited: true}
		if i == 0 {
			a.Answer, a.AnsweredAt = store.Accepted, starts.Add(-day)
		}
		b.Invited = append(b.Invited, a)
	}
	begin(t, db, m, b)
	kept, err := db.Occurrences(ctx, m.ID, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range kept {
		if o.Key == key {
			return o
		}
	}
	t.Fatalf("the date %q is not kept: %+v", key, kept)
	return store.Occurrence{}
}

// begin takes a task for some dates of a meeting, and returns whether it was there.
func begin(t testing.TB, db *store.DB, m store.Meeting, all ...store.Beginning) bool {
	t.Helper()
	task := store.Task{Kind: "begin", CommunityID: m.CommunityID, ObjectID: m.ID, DueAt: Now}
	if err := db.Schedule(ctx, task); err != nil {
		t.Fatal(err)
	}
	due, err := db.TasksDue(ctx, "begin", Now)
	if err != nil || len(due) != 1 {
		t.Fatalf("%d tasks are due: %v", len(due), err)
	}
	taken, err := db.BeginOccurrences(ctx, due[0], time.Time{}, all)
	if err != nil {
		t.Fatal(err)
	}
	again, err := db.BeginOccurrences(ctx, due[0], time.Time{}, all)
	if err != nil || again {
		t.Fatalf("the task was taken twice: %v, %v", again, err)
	}
	return taken
}

func occurrenceBegins(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	members := Members(t, db, c, 2)
	m := Meeting(t, db, c, "one@x")
	o := store.Occurrence{CommunityID: c.ID, MeetingID: m.ID, Key: "20260810T130000Z", Title: "Clinic", Starts: Now.Add(day), Ends: Now.Add(day + time.Hour),
		InvitedAt: Now.Add(-day)}
	gone, later := o, o
	gone.CancelledAt, later.CancelledAt = Now, Now.Add(time.Hour)
	begin(t, db, m, store.Beginning{Occurrence: gone})
	begin(t, db, m, store.Beginning{Occurrence: later})
	kept, err := db.Occurrences(ctx, m.ID, 10)
	check(t, err)
	equal(t, "a cancelled date", fmt.Sprint(len(kept), kept[0].CancelledAt.Equal(Now)), "1 true")
	b := store.Beginning{Occurrence: o, Invited: []store.Attendance{{Subscription: members[0], Answer: store.Accepted, AnsweredAt: Now}, {Subscription: members[1]}},
		Tasks: []store.Task{{Kind: "over", CommunityID: c.ID, DueAt: o.Ends}}}
	equal(t, "it takes place after all", begin(t, db, m, b), true)
	moved := b
	moved.Occurrence.Title, moved.Invited = "Another", nil
	begin(t, db, m, moved)
	got, err := db.Occurrence(ctx, kept[0].ID)
	check(t, err)
	o.ID = got.ID
	equal(t, "the date", fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", o))
	all, err := db.Attendances(ctx, o.ID)
	check(t, err)
	equal(t, "who was invited", fmt.Sprint(len(all), all[0].Answer, all[0].AnsweredAt.Equal(Now), all[1].Answer, all[1].Came, all[1].Source), "2acceptedtruefalse")
	due, err := db.TasksDue(ctx, "over", o.Ends)
	check(t, err)
	equal(t, "what is due", fmt.Sprint(len(due), due[0].ObjectID == o.ID), "1 true")
	put := b
	put.Occurrence.Starts, put.Occurrence.Ends, put.Invited = o.Ends.Add(day), o.Ends.Add(2*day), b.Invited[1:]
	begin(t, db, m, put)
	all, err = db.Attendances(ctx, o.ID)
	check(t, err)
	equal(t, "who was invited when it is put off", fmt.Sprint(len(all), all[0].Subscription.ID == members[1].ID), "1 true")
	begin(t, db, m, b)
	got, err = db.Occurrence(ctx, o.ID)
	check(t, err)
	equal(t, "and it is not put forward again", got.Starts.Equal(o.Ends.Add(day)), true)
	o = got
	between, err := db.OccurrencesBetween(ctx, c.ID, o.Starts.Add(-time.Microsecond), o.Starts)
	check(t, err)
	equal(t, "between", len(between), 1)
	between, err = db.OccurrencesBetween(ctx, c.ID, o.Starts, o.Starts.Add(day))
	check(t, err)
	equal(t, "after", len(between), 0)
	_, err = db.Occurrence(ctx, 99)
	wantKind(t, "none", err, store.NotFound)
}

// came is who came to an occurrence, by subscription, with "?" for those of whom nobody said.
func came(t *testing.T, db *store.DB, o store.Occurrence) string {
	t.Helper()
	all, err := db.Attendances(ctx, o.ID)
	check(t, err)
	var words []string
	for _, a := range all {
		word := map[bool]string{true: "+", false: "-"}[a.Came] + a.Source
		if !a.Invited {
			word += "!"
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

func attendanceTold(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	members := Members(t, db, c, 3)
	o := Occurrence(t, db, Meeting(t, db, c, "one@x"), "", Now.Add(-day), members[:2]...)
	equal(t, "before", came(t, db, o), "- -")
	say := func(source string, notices []store.Notice, ids ...int64) {
		t.Helper()
		check(t, db.RecordAttendance(ctx, Now, store.AttendanceReport{OccurrenceID: o.ID, Source: source, Known: true, Came: ids,
			Tasks: []store.Task{{Kind: "ask", CommunityID: c.ID, DueAt: Now}}}, notices))
	}
	notice := store.Notice{CommunityID: c.ID, SubscriptionID: members[0].ID, Recipient: members[0].Address, Raw: []byte("x: y\n\nz")}
	say("page", []store.Notice{notice}, members[0].ID, members[2].ID)
	equal(t, "one, and one who was not invited", came(t, db, o), "+page -page +page!")
	equal(t, "mails", len(Drain(t, db, Now)), 1)
	say("command", nil, members[1].ID)
	equal(t, "corrected", came(t, db, o), "-command +command")
	got, err := db.Occurrence(ctx, o.ID)
	check(t, err)
	equal(t, "told", got.ToldAt.Equal(Now), true)
	due, err := db.TasksDue(ctx, "ask", Now)
	check(t, err)
	equal(t, "due", fmt.Sprint(len(due), due[0].ObjectID == o.ID), "1 true")
	err = db.RecordAttendance(ctx, Now, store.AttendanceReport{OccurrenceID: 99}, nil)
	wantKind(t, "of none", err, store.NotFound)
}

func minutesOnce(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	member := Members(t, db, c, 1)[0]
	o := Occurrence(t, db, Meeting(t, db, c, "one@x"), "", Now.Add(-day), member)
	r := store.AttendanceReport{OccurrenceID: o.ID, By: member.ID, Source: "text <a@x>", Minutes: "We met.", MinutesID: "m@x",
		Actions: []store.Action{{CommunityID: c.ID, Owner: member.ID, OwnerText: "Ann", What: "bake", Due: "2026-12-10"}, {CommunityID: c.ID, OwnerText: "Zed", What: "eat"}},
		ActionTask: func(a store.Action) (store.Task, bool) {
			return store.Task{Kind: "action", CommunityID: c.ID, ObjectID: a.ID, DueAt: Now}, a.Due != ""
		}}
	check(t, db.RecordAttendance(ctx, Now, r, nil))
	got, err := db.Occurrence(ctx, o.ID)
	check(t, err)
	equal(t, "kept", fmt.Sprint(got.Minutes, got.MinutesID, got.MinutesBy == member.ID, got.Source, got.ToldAt.IsZero()), "We met.m@xtruetext <a@x>true")
	all, err := db.ActionsOf(ctx, o.ID)
	check(t, err)
	equal(t, "actions", fmt.Sprint(len(all), all[0].What, all[0].Owner == member.ID, all[0].State, all[1].OwnerText, all[1].Owner), "2baketrueopenZed0")
	due, err := db.TasksDue(ctx, "action", Now)
	check(t, err)
	equal(t, "due", fmt.Sprint(len(due), due[0].ObjectID == all[0].ID), "1 true")
	err = db.RecordAttendance(ctx, Now, store.AttendanceReport{OccurrenceID: o.ID, Known: true, Came: []int64{member.ID}, Minutes: "Again."}, nil)
	wantKind(t, "twice", err, store.Conflict)
	equal(t, "and nothing of it is kept", came(t, db, o), "-")
}

func feedbackGiven(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	members := Members(t, db, c, 2)
	o := Occurrence(t, db, Meeting(t, db, c, "one@x"), "", Now.Add(-day), members...)
	answer := func(s store.Subscription, rating int) error {
		return db.RecordFeedback(ctx, Now, store.Feedback{OccurrenceID: o.ID, SubscriptionID: s.ID, Rating: rating, Comment: "x", Source: "page", At: Now}, nil)
	}
	wantKind(t, "who was not asked", answer(members[0], 4), store.NotFound)
	check(t, db.Schedule(ctx, store.Task{Kind: "ask", CommunityID: c.ID, ObjectID: o.ID, DueAt: Now}))
	due, err := db.TasksDue(ctx, "ask", Now)
	check(t, err)
	taken, err := db.AskFeedback(ctx, Now, due[0], Now.Add(day), []int64{members[0].ID}, nil)
	check(t, err)
	equal(t, "taken", taken, true)
	taken, err = db.AskFeedback(ctx, Now, due[0], Now.Add(day), []int64{members[1].ID}, nil)
	check(t, err)
	equal(t, "taken twice", taken, false)
	check(t, answer(members[0], 4))
	check(t, answer(members[0], 2))
	wantKind(t, "who was not asked either", answer(members[1], 4), store.NotFound)
	all, err := db.Feedbacks(ctx, o.ID)
	check(t, err)
	equal(t, "answers", fmt.Sprint(len(all), all[0].Rating, all[0].Comment, all[0].SubscriptionID == members[0].ID), "1 2xtrue")
	check(t, db.RecordAttendance(ctx, Now, store.AttendanceReport{OccurrenceID: o.ID, Source: "page", Known: true}, nil))
	check(t, answer(members[0], 3)) // who was asked may answer, whoever came
}

func actionChanged(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	member := Members(t, db, c, 1)[0]
	o := Occurrence(t, db, Meeting(t, db, c, "one@x"), "", Now.Add(-day), member)
	check(t, db.RecordAttendance(ctx, Now, store.AttendanceReport{OccurrenceID: o.ID, Minutes: "x", Actions: []store.Action{
		{CommunityID: c.ID, Owner: member.ID, What: "bake", Due: "2026-12-10"}, {CommunityID: c.ID, What: "eat"}}}, nil))
	all, err := db.Actions(ctx, c.ID, true, 0, 10)
	check(t, err)
	equal(t, "open", len(all), 2)
	a := all[0]
	a.Due, a.Source = "2026-12-17", "page"
	check(t, db.ChangeAction(ctx, Now.Add(time.Hour), a, store.Task{Kind: "action", CommunityID: c.ID, ObjectID: a.ID, DueAt: Now}, nil))
	wantKind(t, "changed meanwhile", db.ChangeAction(ctx, Now.Add(2*time.Hour), a, store.Task{}, nil), store.Conflict)
	a, err = db.Action(ctx, a.ID)
	check(t, err)
	equal(t, "later", fmt.Sprint(a.Due, a.State, a.Source), "2026-12-17openpage")
	a.State = store.ActionDone
	check(t, db.ChangeAction(ctx, Now.Add(2*time.Hour), a, store.Task{}, nil))
	all, err = db.Actions(ctx, c.ID, true, 0, 10)
	check(t, err)
	equal(t, "open then", len(all), 1)
	all, err = db.Actions(ctx, c.ID, false, a.ID-1, 1)
	check(t, err)
	equal(t, "a page of all", fmt.Sprint(len(all), all[0].State), "1done")
	_, err = db.Action(ctx, 99)
	wantKind(t, "none", err, store.NotFound)
}

func occurrenceErased(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	other := Members(t, db, c, 1)[0]
	ada, _, err := db.AddMember(ctx, By(Now), c.ID, store.NewMember{Address: "ada@a.example", Name: "Ada Lovelace"})
	check(t, err)
	m := Meeting(t, db, c, "one@x")
	begin(t, db, m, store.Beginning{Occurrence: store.Occurrence{CommunityID: c.ID, MeetingID: m.ID, Title: "Clinic", Starts: Now.Add(-day), Ends: Now, Host: ada.ID},
		Invited: []store.Attendance{{Subscription: ada}, {Subscription: other}}})
	kept, err := db.Occurrences(ctx, m.ID, 1)
	check(t, err)
	check(t, db.RecordAttendance(ctx, Now, store.AttendanceReport{OccurrenceID: kept[0].ID, By: ada.ID, Known: true, Came: []int64{ada.ID}, Minutes: "Ada Lovelace spoke.",
		Actions: []store.Action{{CommunityID: c.ID, Owner: ada.ID, OwnerText: "Ada", What: "ask Ada Lovelace", Due: "2026-12-10"}}}, nil))
	p, err := db.Person(ctx, "ada@a.example")
	check(t, err)
	tables := map[string]int{}
	check(t, db.EachPersonRow(ctx, p, func(table string, _ json.RawMessage) error {
		tables[table]++
		return nil
	}))
	equal(t, "exported", fmt.Sprint(tables["occurrences"], tables["attendances"], tables["actions"]), "1 1 1")
	check(t, db.EraseRows(ctx, p, erasure()))
	o, err := db.Occurrence(ctx, kept[0].ID)
	check(t, err)
	equal(t, "the date", fmt.Sprint(o.Host, o.MinutesBy, o.Minutes), "0 0Erased member spoke.")
	a, err := db.ActionsOf(ctx, o.ID)
	check(t, err)
	equal(t, "the action", fmt.Sprint(a[0].Owner, a[0].OwnerText, a[0].What), "0ask Erased member")
	all, err := db.Attendances(ctx, o.ID)
	check(t, err)
	equal(t, "who is left", len(all), 1)
}
