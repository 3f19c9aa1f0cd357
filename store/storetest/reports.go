package storetest

import (
	"fmt"
	"testing"

	"guildpost/store"
)

var reportCases = []testCase{
	{"a report is drafted, held back and sent once", reportSent},
	{"a report that is drafted ends those that wait of earlier months", reportPassed},
}

// draftReport drafts the report on a month, as a task asks for that is due now.
func draftReport(t testing.TB, db *store.DB, c store.Community, month int) store.SponsorReport {
	t.Helper()
	check(t, db.Schedule(ctx, store.Task{Kind: store.TaskReportDraft, CommunityID: c.ID, DueAt: Now}))
	due, err := db.TasksDue(ctx, store.TaskReportDraft, Now)
	check(t, err)
	r := store.SponsorReport{CommunityID: c.ID, Month: month, SendAt: Now.Add(2 * day)}
	next := store.Task{Kind: store.TaskReportDraft, CommunityID: c.ID, DueAt: Now.Add(30 * day)}
	check(t, db.DraftReport(ctx, By(Now), r, due[0], next, []store.Notice{{CommunityID: c.ID, Recipient: "fay@a.example", Raw: []byte("Subject: x\r\n\r\n")}}))
	wantKind(t, "the same task twice", db.DraftReport(ctx, By(Now), r, due[0], next, nil), store.Conflict)
	r, err = db.Report(ctx, c.ID, month)
	check(t, err)
	return r
}

func reportSent(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	r := draftReport(t, db, c, 202610)
	equal(t, "state", r.State, store.ReportDrafted)
	equal(t, "due", fmt.Sprint(dueTasks(t, db, Now.Add(2*day))), "[report 202610]")
	check(t, db.HoldReport(ctx, By(Now), r))
	wantKind(t, "holding back what is held", db.HoldReport(ctx, By(Now), r), store.Conflict)
	equal(t, "due when held", fmt.Sprint(dueTasks(t, db, Now.Add(2*day))), "[]")
	notice := []store.Notice{{CommunityID: c.ID, Recipient: "sue@b.example", Raw: []byte("Subject: y\r\n\r\n")}}
	wantKind(t, "sending what was held back since", db.SendReport(ctx, By(Now), r, notice), store.Conflict)
	r, err := db.Report(ctx, c.ID, 202610)
	check(t, err)
	check(t, db.SendReport(ctx, By(Now), r, notice))
	wantKind(t, "sending what was sent", db.SendReport(ctx, By(Now), r, notice), store.Conflict)
	sent, err := db.Report(ctx, c.ID, 202610)
	check(t, err)
	equal(t, "sent", fmt.Sprint(string(sent.State), " ", sent.Readers, " ", sent.SentAt.Equal(Now)), "sent 1 true")
	fresh := store.SponsorReport{CommunityID: c.ID, Month: 202609}
	check(t, db.SendReport(ctx, By(Now), fresh, nil))
	wantKind(t, "sending a new one twice", db.SendReport(ctx, By(Now), fresh, nil), store.Conflict)
}

func reportPassed(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	old := draftReport(t, db, c, 202609)
	draftReport(t, db, c, 202610)
	equal(t, "due", fmt.Sprint(dueTasks(t, db, Now.Add(2*day))), "[report 202610]")
	wantKind(t, "sending what was passed over", db.SendReport(ctx, By(Now), old, nil), store.Conflict)
	old, err := db.Report(ctx, c.ID, 202609)
	check(t, err)
	equal(t, "state", old.State, store.ReportPassed)
	equal(t, "open", old.Open(), false)
}
