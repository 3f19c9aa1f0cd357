package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"guildpost/store"
)

var newsletterCases = []testCase{
	{"an issue is drafted once, with the notes that there are", newsletterDrafted},
	{"an issue is changed and decided on as it was read", newsletterDecided},
	{"a postponed issue is shown once more", newsletterPostponed},
	{"each reader gets one copy, though two send", newsletterSent},
	{"a newsletter is wished for apart from posts, and that is taken back", newsletterWished},
	{"a newsletter in the archive is no post of the measures", newsletterArchived},
	{"what waits longer than its time is skipped by the next", newsletterOverdue},
	{"issues name nobody who was erased, and their notes go", newsletterErased},
}

// draft makes an issue that goes out in two days.
func draft(t testing.TB, db *store.DB, c store.Community, planned time.Time) store.Newsletter {
	t.Helper()
	n, err := db.DraftNewsletter(ctx, By(Now), store.NewsletterDraft{Issue: store.Newsletter{CommunityID: c.ID, PlannedAt: planned,
		From: Now.Add(-30 * day), Until: Now, SendAt: planned, Content: "{}"}}, nil)
	check(t, err)
	return n
}

// dueTasks lists what is due until a time: kind and object.
func dueTasks(t testing.TB, db *store.DB, until time.Time) (all []string) {
	t.Helper()
	due, err := db.Due(ctx, until)
	check(t, err)
	for _, task := range due {
		all = append(all, fmt.Sprint(task.Kind, " ", task.ObjectID))
	}
	return all
}

func newsletterDrafted(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	for _, id := range []string{"a", "b", "a"} {
		_, err := db.AddNewsletterNote(ctx, store.NewsletterNote{CommunityID: c.ID, MessageID: id, Title: "Note " + id, At: Now, Open: id == "b"}, nil)
		check(t, err)
	}
	check(t, db.ConfirmNewsletterNote(ctx, By(Now), 2, nil))
	notes, err := db.NewsletterNotes(ctx, c.ID)
	check(t, err)
	equal(t, "notes", fmt.Sprint(len(notes), notes[0].Title, notes[1].Title), "2Note aNote b")
	check(t, db.Schedule(ctx, store.Task{Kind: store.TaskNewsletterDraft, CommunityID: c.ID, DueAt: Now}))
	due, err := db.TasksDue(ctx, store.TaskNewsletterDraft, Now)
	check(t, err)
	d := store.NewsletterDraft{Issue: store.Newsletter{CommunityID: c.ID, PlannedAt: Now.Add(2 * day), SendAt: Now.Add(2 * day), Content: "{}"},
		Task: due[0], Next: store.Task{Kind: store.TaskNewsletterDraft, CommunityID: c.ID, DueAt: Now.Add(30 * day)}, Notes: notes[0].ID}
	_, err = db.DraftNewsletter(ctx, By(Now), d, func(store.Newsletter) ([]store.Notice, error) { return nil, errors.New("no mail can be made") })
	equal(t, "without its mails nothing happens", fmt.Sprint(err != nil, dueTasks(t, db, Now)), "true [newsletter-draft 0]")
	var shown int64
	n, err := db.DraftNewsletter(ctx, By(Now), d, func(n store.Newsletter) ([]store.Notice, error) {
		shown = n.ID
		return []store.Notice{{CommunityID: c.ID, Recipient: "ada@a.example", Raw: []byte("To: ada@a.example\n\nx")}}, nil
	})
	check(t, err)
	equal(t, "the issue that was shown", shown, n.ID)
	equal(t, "mails", len(Drain(t, db, Now)), 1)
	equal(t, "due", fmt.Sprint(dueTasks(t, db, Now.Add(40*day))), fmt.Sprintf("[newsletter %d newsletter-draft 0]", n.ID))
	_, err = db.DraftNewsletter(ctx, By(Now), d, nil)
	wantKind(t, "the same task twice", err, store.Conflict)
	d.Task = store.Task{}
	_, err = db.DraftNewsletter(ctx, By(Now), d, nil)
	wantKind(t, "two issues for one time", err, store.Conflict)
	notes, err = db.NewsletterNotes(ctx, c.ID)
	check(t, err)
	equal(t, "notes left", fmt.Sprint(len(notes), notes[0].Title), "1Note b")
}

func newsletterDecided(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	old := draft(t, db, c, Now.Add(2*day))
	changed := old
	changed.Content = `{"a":1}`
	n, err := db.ChangeNewsletter(ctx, By(Now), changed, nil)
	check(t, err)
	equal(t, "changed", fmt.Sprint(n.Revision, n.Content), `1{"a":1}`)
	_, err = db.ChangeNewsletter(ctx, By(Now), changed, nil)
	wantKind(t, "a change of what was changed", err, store.Conflict)
	old.State = store.NewsletterApproved
	_, _, err = db.DecideNewsletter(ctx, By(Now), old, nil)
	wantKind(t, "approving what was changed", err, store.Conflict)
	n.State = store.NewsletterApproved
	var first atomic.Int64
	atOnce(4, func(int) {
		_, ok, err := db.DecideNewsletter(ctx, By(Now), n, nil)
		if err == nil && ok {
			first.Add(1)
		}
	})
	equal(t, "who approved it", first.Load(), 1)
	got, ok, err := db.DecideNewsletter(ctx, By(Now), n, nil)
	check(t, err)
	equal(t, "approved twice", fmt.Sprint(ok, got.DecidedBy), "falsepostmaster")
	n.State = store.NewsletterSkipped
	_, ok, err = db.DecideNewsletter(ctx, By(Now), n, nil)
	check(t, err)
	equal(t, "skipped after all", fmt.Sprint(ok, dueTasks(t, db, Now.Add(9*day))), "true []")
	n.State = store.NewsletterApproved
	_, _, err = db.DecideNewsletter(ctx, By(Now), n, nil)
	wantKind(t, "approving what was skipped", err, store.Conflict)
	_, err = db.ChangeNewsletter(ctx, By(Now), n, nil)
	wantKind(t, "changing what was skipped", err, store.Conflict)
	_, _, err = db.DecideNewsletter(ctx, By(Now), store.Newsletter{ID: 99}, nil)
	wantKind(t, "none", err, store.NotFound)
}

func newsletterPostponed(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	n := draft(t, db, c, Now.Add(2*day))
	n.State, n.SendAt = store.NewsletterPostponed, Now.Add(9*day)
	n, ok, err := db.DecideNewsletter(ctx, By(Now), n, nil)
	check(t, err)
	equal(t, "postponed", fmt.Sprint(ok, dueTasks(t, db, Now.Add(8*day)), len(dueTasks(t, db, Now.Add(9*day)))), fmt.Sprintf("true [newsletter-draft %d] 2", n.ID))
	due, err := db.TasksDue(ctx, store.TaskNewsletterDraft, Now.Add(8*day))
	check(t, err)
	n.Content = "{2}"
	check(t, db.ShowNewsletterAgain(ctx, By(Now.Add(7*day)), due[0], n, nil))
	again, err := db.Newsletter(ctx, n.ID)
	check(t, err)
	equal(t, "shown again", fmt.Sprint(again.State, again.Revision, again.Content, dueTasks(t, db, Now.Add(9*day))), fmt.Sprintf("drafted1{2}[newsletter %d]", n.ID))
	wantKind(t, "shown twice", db.ShowNewsletterAgain(ctx, By(Now), due[0], n, nil), store.Conflict)
}

func newsletterSent(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	members := Members(t, db, c, 6)
	check(t, db.EndSubscription(ctx, By(Now), members[1].ID, store.Left))
	quiet := members[2]
	quiet.Delivery = store.None
	check(t, db.UpdateSubscription(ctx, By(Now), quiet))
	readers, err := db.NewsletterReaders(ctx, c.ID, members[0].ID, Now, 2)
	check(t, err)
	equal(t, "a page of readers", fmt.Sprint(readers[0].ID, readers[1].ID), fmt.Sprint(members[3].ID, members[4].ID))
	count, err := db.CountNewsletterReaders(ctx, c.ID, Now)
	check(t, err)
	equal(t, "readers", count, 4)

	n := draft(t, db, c, Now)
	_, err = db.SendNewsletter(ctx, Now, n, 9, nil)
	wantKind(t, "sending what is not on its way", err, store.Conflict)
	started, err := db.StartNewsletter(ctx, By(Now), n)
	check(t, err)
	_, err = db.StartNewsletter(ctx, By(Now), n)
	wantKind(t, "started twice", err, store.Conflict)
	atOnce(3, func(int) { // three daemons, each from where it believes the others are
		for at := started; ; {
			page, err := db.NewsletterReaders(ctx, c.ID, at.SentTo, Now, 1)
			if err != nil || len(page) == 0 {
				return
			}
			notice := store.Notice{CommunityID: c.ID, SubscriptionID: page[0].ID, Recipient: page[0].Address, Raw: []byte("To: " + page[0].Address + "\n\nx")}
			if at, err = db.SendNewsletter(ctx, Now, at, page[0].ID, []store.Notice{notice}); err != nil {
				at, _ = db.Newsletter(ctx, n.ID)
			}
		}
	})
	got := Drain(t, db, Now)
	slices.Sort(got)
	equal(t, "copies", fmt.Sprint(got), fmt.Sprint([]string{members[0].Address, members[3].Address, members[4].Address, members[5].Address}))
	n, err = db.Newsletter(ctx, n.ID)
	check(t, err)
	equal(t, "progress", fmt.Sprint(n.Readers, n.SentTo, n.State), fmt.Sprint(4, members[5].ID, "sending"))
}

func newsletterArchived(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	n, err := db.StartNewsletter(ctx, By(Now), draft(t, db, c, Now))
	check(t, err)
	sent, err := db.FinishNewsletter(ctx, Now, n, Arrival(c, "issue"))
	check(t, err)
	_, err = db.FinishNewsletter(ctx, Now, n, Arrival(c, "issue"))
	wantKind(t, "finished twice", err, store.Conflict)
	wrote(t, db, c, "answer", "ben@b.example", 0, Now.Add(time.Hour), "issue")
	kept, err := db.Newsletter(ctx, n.ID)
	check(t, err)
	equal(t, "kept", fmt.Sprint(kept.State, kept.PostID == sent.PostID, kept.ThreadID == sent.ThreadID, kept.SentAt.Equal(Now)), "senttrue true true")
	posts := 0
	check(t, db.MeasuredPosts(ctx, c.ID, Now.Add(-day), Now.Add(day), func(store.MeasuredPost) error {
		posts++
		return nil
	}))
	equal(t, "measured posts: the answer alone", posts, 1)
	check(t, db.MeasuredThreads(ctx, c.ID, Now.Add(-day), func(th store.MeasuredThread) {
		equal(t, "its thread", fmt.Sprint(th.ID == sent.ThreadID, th.News), "true true")
	}))
	thread, err := db.ThreadPosts(ctx, sent.ThreadID)
	check(t, err)
	equal(t, "posts of its thread", len(thread), 2)
	equal(t, "nobody gets it by that", fmt.Sprint(Drain(t, db, Now), dueTasks(t, db, Now.Add(9*day))), "[] []")
}

func newsletterOverdue(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	old := draft(t, db, c, Now.Add(-day))
	next := draft(t, db, c, Now.Add(2*day))
	old, err := db.Newsletter(ctx, old.ID)
	check(t, err)
	equal(t, "the old one", string(old.State), "skipped")
	equal(t, "what is due", fmt.Sprint(dueTasks(t, db, Now.Add(9*day))), fmt.Sprintf("[newsletter %d]", next.ID))
	all, err := db.Newsletters(ctx, c.ID, 10)
	check(t, err)
	equal(t, "issues", fmt.Sprint(len(all), all[0].ID), fmt.Sprint(2, next.ID))
}

func newsletterErased(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	_, _, err := db.AddMember(ctx, By(Now), c.ID, store.NewMember{Address: "ada@a.example", Name: "Ada Lovelace"})
	check(t, err)
	ada, err := db.SubscriptionByAddress(ctx, c.ID, "ada@a.example")
	check(t, err)
	for _, of := range []int64{ada.ID, ada.ID + 100} {
		_, err = db.AddNewsletterNote(ctx, store.NewsletterNote{CommunityID: c.ID, SubscriptionID: of, MessageID: fmt.Sprint(of), Note: "Ask Ada Lovelace", At: Now}, nil)
		check(t, err)
	}
	n, err := db.DraftNewsletter(ctx, By(Now), store.NewsletterDraft{Issue: store.Newsletter{CommunityID: c.ID, PlannedAt: Now, SendAt: Now,
		Content: `{"sections":[{"kind":"thanked","items":[{"thanks":{"to":"Ada Lovelace"}}]}]}`}}, nil)
	check(t, err)
	p, err := db.Person(ctx, "ada@a.example")
	check(t, err)
	check(t, db.EraseRows(ctx, p, erasure()))
	n, err = db.Newsletter(ctx, n.ID)
	check(t, err)
	equal(t, "the issue", n.Content, `{"sections":[{"items":[{"thanks":{"to":"Erased member"}}],"kind":"thanked"}]}`)
	notes, err := db.NewsletterNotes(ctx, c.ID)
	check(t, err)
	equal(t, "notes left", fmt.Sprint(len(notes), notes[0].Note), "1Ask Erased member")
}

func newsletterWished(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	members := Members(t, db, c, 4)
	readers := func() string {
		all, err := db.NewsletterReaders(ctx, c.ID, 0, Now, 10)
		check(t, err)
		n, err := db.CountNewsletterReaders(ctx, c.ID, Now)
		check(t, err)
		equal(t, "counted", n, len(all))
		var ids []int64
		for _, s := range all {
			ids = append(ids, s.ID-members[0].ID)
		}
		return fmt.Sprint(ids)
	}
	for i, word := range []string{"only", "off"} {
		s := members[i]
		equal(t, word, s.SetNewsletter(word), true)
		check(t, db.UpdateSubscription(ctx, By(Now), s))
		kept, err := db.Subscription(ctx, s.ID)
		check(t, err)
		equal(t, "kept", kept.NewsletterWord(), word)
	}
	equal(t, "readers", readers(), "[0 2 3]")

	var journal int64
	stop := func(s store.Subscription) bool {
		changed, err := db.StopNewsletter(ctx, By(Now), s.ID, func(row int64) ([]store.Notice, error) {
			journal = row
			return nil, nil
		})
		check(t, err)
		return changed
	}
	equal(t, "stopped", fmt.Sprint(stop(members[0]), stop(members[0]), stop(members[1])), "true false false")
	equal(t, "readers", readers(), "[2 3]")
	_, err := db.Undo(ctx, By(Now), journal, nil)
	check(t, err)
	equal(t, "readers", readers(), "[0 2 3]")

	// Who wants no mail at all after that gets none.
	s, err := db.Subscription(ctx, members[0].ID)
	check(t, err)
	s.Deliver(store.None)
	check(t, db.UpdateSubscription(ctx, By(Now), s))
	equal(t, "readers", readers(), "[2 3]")
}
