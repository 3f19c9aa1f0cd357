package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"guildpost/store"
)

var threadEditCases = []testCase{
	{"a split takes what answers a post, and later answers follow", splitThread},
	{"a late parent does not undo a split", splitAndLateParent},
	{"a merge moves what hangs on a thread, and is taken back", mergeThreads},
	{"a title stays through merges and late parents", titledThread},
	{"states and labels are found and taken back", threadStates},
	{"a thread is read page by page with what each post answers", threadPages},
}

var editor = store.EditOfThread{By: By(Now)}

// shape says which messages are together: the threads, each as the IDs of its posts by date.
func shape(t *testing.T, db *store.DB, c store.Community) string {
	t.Helper()
	var all []string
	for _, th := range checkThreads(t, db, c) {
		posts, err := db.ThreadPosts(ctx, th.ID)
		check(t, err)
		var ids []string
		for _, p := range posts {
			ids = append(ids, strings.TrimSuffix(p.MessageID, "@example.org"))
		}
		all = append(all, strings.Join(ids, ""))
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// file files messages a minute apart, written "b:a" for b that answers a, and returns the thread of the last.
func file(t *testing.T, db *store.DB, c store.Community, all ...string) (thread int64) {
	t.Helper()
	for _, m := range all {
		id, refs, _ := strings.Cut(m, ":")
		minute := time.Duration(id[0]-'a') * time.Minute
		a := filing{id: id, refs: strings.Join(strings.Split(refs, ""), " "), after: minute}.arrival(c)
		thread = Accept(t, db, a).ThreadID
	}
	return thread
}

func postOf(t *testing.T, db *store.DB, id string) store.Post {
	t.Helper()
	posts, err := db.PostsByMessageID(ctx, id+"@example.org")
	check(t, err)
	return posts[0]
}

func splitThread(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	s := Members(t, db, c, 1)[0]
	thread := file(t, db, c, "a", "b:a", "c:ba", "d:cba", "e:a", "f:xcba")
	setMode(t, db, s, thread, store.ThreadMuted)
	made, err := db.SplitThread(ctx, editor, c.ID, postOf(t, db, "c").ID, "", "", "about c")
	check(t, err)
	equal(t, "after the split", shape(t, db, c), "abe cdf")
	modes, err := db.ThreadModes(ctx, s.ID)
	check(t, err)
	equal(t, "modes", len(modes), 2)
	file(t, db, c, "g:dcba", "h:ea", "i:ycba")
	equal(t, "after later answers", shape(t, db, c), "abeh cdfgi")
	_, err = db.SplitThread(ctx, editor, c.ID, postOf(t, db, "c").ID, "", "", "about c")
	wantKind(t, "splitting at the first post", err, store.Conflict)
	e := lastChange(t, db, c)
	equal(t, "journal", e.Action, "split thread")
	_, err = db.Undo(ctx, By(Now), e.ID, nil)
	check(t, err)
	equal(t, "after the undo", shape(t, db, c), "abcdefghi")
	th, err := db.Thread(ctx, made)
	check(t, err)
	equal(t, "where its number leads", th.ID, thread)
}

func lastChange(t *testing.T, db *store.DB, c store.Community) store.JournalEntry {
	t.Helper()
	all, err := db.Journal(ctx, c.ID, 1)
	check(t, err)
	return all[0]
}

func splitAndLateParent(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	file(t, db, c, "b:a", "d:cba", "e:dcba")
	_, err := db.SplitThread(ctx, editor, c.ID, postOf(t, db, "d").ID, "", "", "about d")
	check(t, err)
	file(t, db, c, "c:ba")
	equal(t, "a parent with references", shape(t, db, c), "bc de")
	file(t, db, c, "a")
	equal(t, "a root", shape(t, db, c), "abc de")
	file(t, db, c, "h:fdcba", "f:dcba")
	equal(t, "a late one of the new part", shape(t, db, c), "abc defh")
	into := postOf(t, db, "d").ThreadID
	check(t, db.MergeThreads(ctx, editor, c.ID, postOf(t, db, "a").ThreadID, into))
	equal(t, "merged", shape(t, db, c), "abcdefh")
	check(t, splitOnly(db, c, postOf(t, db, "h").ID))
	equal(t, "split again", shape(t, db, c), "abcdef h")
}

func splitOnly(db *store.DB, c store.Community, post int64) error {
	_, err := db.SplitThread(ctx, editor, c.ID, post, "", "", "base")
	return err
}

func mergeThreads(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	s := Members(t, db, c, 2)
	into, from := file(t, db, c, "a", "b:a"), file(t, db, c, "c", "d:c")
	setMode(t, db, s[0], from, store.ThreadMuted)
	label(t, db, c, from, "howto")
	c.SlowThreads = []store.SlowThread{{ThreadID: from, Every: time.Hour, Until: Now.Add(day)}}
	check(t, db.UpdateCommunity(ctx, By(Now), c))
	check(t, db.MergeThreads(ctx, editor, c.ID, from, into))
	equal(t, "merged", shape(t, db, c), "abcd")
	modes, err := db.ThreadModes(ctx, s[0].ID)
	check(t, err)
	equal(t, "modes", fmt.Sprint(modes), fmt.Sprint(map[int64]store.ThreadMode{into: store.ThreadMuted}))
	th, err := db.Thread(ctx, from)
	check(t, err)
	equal(t, "where its number leads", fmt.Sprint(th.ID, th.Labels), fmt.Sprint(into, []string{"howto"}))
	c, err = db.Community(ctx, c.ID)
	check(t, err)
	equal(t, "slowed", c.SlowThreads[0].ThreadID, into)
	wantKind(t, "again", db.MergeThreads(ctx, editor, c.ID, from, into), store.Conflict)
	file(t, db, c, "e:dc", "f:ba")
	_, err = db.Undo(ctx, By(Now), lastChange(t, db, c).ID, nil)
	check(t, err)
	equal(t, "taken back", shape(t, db, c), "abf cde")
	th, err = db.Thread(ctx, from)
	check(t, err)
	equal(t, "under its number", fmt.Sprint(th.ID, th.Labels, th.Subject), fmt.Sprint(from, []string{"howto"}, "About c"))
	other := Community(t, db, "go")
	wantKind(t, "of another community", db.MergeThreads(ctx, editor, other.ID, from, into), store.NotFound)
}

func label(t *testing.T, db *store.DB, c store.Community, thread int64, label string) bool {
	t.Helper()
	changed, err := db.LabelThread(ctx, editor, c.ID, thread, label, true)
	check(t, err)
	return changed
}

func titledThread(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	thread := file(t, db, c, "d:ca")
	changed, err := db.TitleThread(ctx, editor, c.ID, thread, "A better title", "a better title")
	check(t, err)
	equal(t, "changed", changed, true)
	titled := lastChange(t, db, c)
	file(t, db, c, "a", "c:a", "e:dca")
	th, err := db.Thread(ctx, thread)
	check(t, err)
	equal(t, "after a late parent", fmt.Sprint(th.Subject, th.Titled, th.Posts), "A better titletrue 4")
	found, err := db.ThreadsBySubject(ctx, c.ID, "a better title", 5)
	check(t, err)
	equal(t, "found by its title", len(found), 1)
	answer := filing{id: "z", subject: "About a", reply: true, after: time.Hour}.arrival(c)
	answer.SubjectBase = "about a"
	equal(t, "an answer by the old subject", Accept(t, db, answer).ThreadID, thread)
	older := file(t, db, c, "b")
	check(t, db.MergeThreads(ctx, editor, c.ID, thread, older))
	th, err = db.Thread(ctx, thread)
	check(t, err)
	equal(t, "after a merge", fmt.Sprint(th.ID, th.Subject), fmt.Sprint(older, "A better title"))
	_, err = db.Undo(ctx, By(Now), titled.ID, nil)
	wantKind(t, "undo of what is part of another thread", err, store.Conflict)
	_, err = db.Undo(ctx, By(Now), lastChange(t, db, c).ID, nil)
	check(t, err)
	_, err = db.Undo(ctx, By(Now), titled.ID, nil)
	check(t, err)
	th, err = db.Thread(ctx, thread)
	check(t, err)
	equal(t, "its own subject", fmt.Sprint(th.Subject, th.Titled), "About afalse")
}

func threadStates(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	one, two := file(t, db, c, "a"), file(t, db, c, "b")
	changed, err := db.SolveThread(ctx, editor, c.ID, one, true)
	check(t, err)
	equal(t, "changed", changed, true)
	solved := lastChange(t, db, c)
	changed, err = db.SolveThread(ctx, editor, c.ID, one, true)
	check(t, err)
	equal(t, "changed again", changed, false)
	equal(t, "labelled", label(t, db, c, two, "#HowTo"), true)
	equal(t, "labelled again", label(t, db, c, two, "howto"), false)
	for _, bad := range []string{"", "two words", "a\nb", strings.Repeat("a", 41)} {
		_, err := db.LabelThread(ctx, editor, c.ID, two, bad, true)
		wantKind(t, "the label "+bad, err, store.Invalid)
	}
	for name, f := range map[string]store.ThreadFilter{
		fmt.Sprint(one): {State: store.ThreadSolved}, fmt.Sprint(two): {State: store.ThreadOpen, Label: "howto"}, fmt.Sprint(two, one): {},
		"": {State: store.ThreadSolved, Label: "howto"}, fmt.Sprint(two) + " ": {Since: Now.Add(time.Minute)},
	} {
		f.CommunityID, f.Limit = c.ID, 10
		all, err := db.FindThreads(ctx, f)
		check(t, err)
		var ids []string
		for _, th := range all {
			ids = append(ids, fmt.Sprint(th.ID))
		}
		equal(t, "found", strings.Join(ids, " "), strings.TrimSpace(name))
	}
	_, err = db.Undo(ctx, By(Now), lastChange(t, db, c).ID, nil)
	check(t, err)
	_, err = db.Undo(ctx, By(Now), solved.ID, nil)
	check(t, err)
	_, err = db.Undo(ctx, By(Now), solved.ID, nil)
	wantKind(t, "taking back twice", err, store.Conflict)
	for _, th := range checkThreads(t, db, c) {
		equal(t, "a thread as it was", fmt.Sprint(th.State(), th.Labels), "open[]")
	}
}

func threadPages(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	thread := file(t, db, c, "a", "c:ba", "b:a", "d:xcba", "e:a")
	name := map[int64]string{0: "-"}
	for _, id := range strings.Split("a b c d e", " ") {
		name[postOf(t, db, id).ID] = id
	}
	var got []string
	var place store.ThreadPlace
	for {
		page, err := db.ThreadPage(ctx, thread, place, 2)
		check(t, err)
		if len(page) == 0 {
			break
		}
		for _, p := range page {
			got = append(got, name[p.ID]+name[p.Parent])
			place = store.ThreadPlace{Date: p.Date, PostID: p.ID}
		}
	}
	equal(t, "pages", strings.Join(got, " "), "a- ba cb dc ea")
}
