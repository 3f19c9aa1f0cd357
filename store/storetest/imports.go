package storetest

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"guildpost/store"
)

var importCases = []testCase{
	{"a history is filed by its dates, and mailed to nobody", importHistory},
	{"what is there is a duplicate, however old", importDuplicates},
	{"a parent may come last", importLateParents},
	{"an import goes on where it was", importResumes},
	{"an ended import takes no more", importEnded},
	{"bad messages are kept aside, once", importBad},
	{"a thousand posts of one date", importOneDate},
	{"in a bundle, and out of it", importBundles},
	{"old posts are bundled", bundleOld},
	{"a large file is kept once", largeFiles},
	{"the archive page by page", exportPages},
}

// old is a message of the past.
func old(c store.Community, id string, at time.Time, references ...string) store.Arrival {
	a := Arrival(c, id)
	a.Date, a.Subject, a.SubjectBase = at, "About all", "about all"
	for _, r := range references {
		a.References = append(a.References, r+"@example.org")
	}
	return a
}

// imported files messages as they trickle in.
func imported(t *testing.T, db *store.DB, c store.Community, all ...store.Arrival) []store.Filed {
	t.Helper()
	filed, err := db.ImportPosts(ctx, c.ID, store.Filing{Posts: all, Now: Now})
	check(t, err)
	equal(t, "messages answered for", len(filed), len(all))
	return filed
}

func importHistory(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	member := Members(t, db, c, 1)[0]
	a := old(c, "one", Now.AddDate(-5, 0, 0))
	a.From, a.Text.Body = member.Address, "ferris the crab"
	raw := a.Raw
	filed := imported(t, db, c, a, old(c, "two", Now.AddDate(-4, 0, 0), "one"))
	p, err := db.Post(ctx, filed[0].PostID)
	check(t, err)
	equal(t, "accepted", p.AcceptedAt, Now.AddDate(-5, 0, 0))
	equal(t, "member", p.MemberID, member.MemberID)
	equal(t, "size", p.Size, int64(len(raw)))
	equal(t, "the answer's thread", filed[1].ThreadID, filed[0].ThreadID)
	got, err := db.Raw(ctx, p.RawID)
	check(t, err)
	equal(t, "bytes", string(got), string(raw))
	equal(t, "mails", len(Drain(t, db, Now)), 0)
}

func importDuplicates(t *testing.T, db *store.DB) {
	c, other := Community(t, db, "rust"), Community(t, db, "go")
	one := old(c, "one", Now.AddDate(-5, 0, 0))
	first := imported(t, db, c, one, old(c, "two", Now), one)
	equal(t, "in one batch", first[2], store.Filed{PostID: first[0].PostID, ThreadID: first[0].ThreadID, Duplicate: true})
	changed := old(c, "one", Now)
	changed.BodyHash = bytes.Repeat([]byte{1}, 32)
	changed.Raw = append(changed.Raw, "more"...)
	again := imported(t, db, c, old(c, "one", Now.AddDate(-5, 0, 0)), changed)
	equal(t, "again", again[0], first[2])
	if again[1].Duplicate || !again[1].SameID || again[1].PostID == 0 {
		t.Errorf("another body: %+v", again[1])
	}
	elsewhere := imported(t, db, other, old(other, "one", Now.AddDate(-5, 0, 0)))
	if elsewhere[0].Duplicate {
		t.Error("another community's post is a duplicate")
	}
	p, err := db.Post(ctx, elsewhere[0].PostID)
	check(t, err)
	_, err = db.Raw(ctx, p.RawID)
	check(t, err)
	known, err := db.KnownPosts(ctx, c.ID, []store.Arrival{old(c, "one", Now), old(c, "three", Now)})
	check(t, err)
	equal(t, "known", fmt.Sprint(known), "[true false]")
}

// importLateParents: the threads are the same, whatever the order and the batches in which a history comes.
func importLateParents(t *testing.T, db *store.DB) {
	history := func(c store.Community) []store.Arrival {
		return []store.Arrival{
			old(c, "a", Now.Add(-9*time.Hour)), old(c, "b", Now.Add(-8*time.Hour), "a"), old(c, "c", Now.Add(-7*time.Hour), "b", "a"),
			old(c, "d", Now.Add(-6*time.Hour), "gone"), old(c, "e", Now.Add(-5*time.Hour), "d"), old(c, "f", Now.Add(-4*time.Hour), "gone"),
			old(c, "g", Now.Add(-3*time.Hour)),
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for try := range 12 {
		c := Community(t, db, fmt.Sprint("order", try))
		all := history(c)
		if try > 0 {
			random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		}
		for step := 1 + try%4; len(all) > 0; all = all[min(step, len(all)):] {
			imported(t, db, c, all[:min(step, len(all))]...)
		}
		threads, err := db.Threads(ctx, c.ID, 10)
		check(t, err)
		var sizes []string
		for _, th := range threads {
			sizes = append(sizes, fmt.Sprint(th.Posts))
		}
		equal(t, "posts in the threads", strings.Join(sizes, " "), "1 3 3")
		posts, count, err := db.ArchiveSize(ctx, c.ID)
		check(t, err)
		equal(t, "size", [2]int64{posts, count}, [2]int64{7, 3})
	}
}

func importResumes(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	open := func() bool {
		t.Helper()
		open, err := db.ArchiveOpen(ctx, c.ID)
		check(t, err)
		return open
	}
	equal(t, "open before", open(), true)
	i, err := db.BeginImport(ctx, By(Now), c.ID, "a.mbox", "1")
	check(t, err)
	equal(t, "open meanwhile", open(), false)
	_, err = db.ImportPosts(ctx, c.ID, store.Filing{ImportID: i.ID, Taken: 3, Posts: []store.Arrival{old(c, "a", Now), old(c, "b", Now), old(c, "a", Now)}, Now: Now})
	check(t, err)
	again, err := db.BeginImport(ctx, By(Now), c.ID, "a.mbox", "1")
	check(t, err)
	equal(t, "taken up", fmt.Sprint(again.ID, again.Taken, again.Added, again.Duplicates), fmt.Sprint(i.ID, 3, 2, 1))
	changed, err := db.BeginImport(ctx, By(Now), c.ID, "a.mbox", "2")
	check(t, err)
	equal(t, "a source that has changed", fmt.Sprint(changed.ID, changed.Taken), fmt.Sprint(i.ID, 0))
	other, err := db.BeginImport(ctx, By(Now), c.ID, "b.mbox", "1")
	check(t, err)
	if other.ID == i.ID {
		t.Error("another source takes up the import")
	}
	_, err = db.FinishImport(ctx, By(Now), i.ID)
	check(t, err)
	equal(t, "open while another goes on", open(), false)
	_, err = db.FinishImport(ctx, By(Now), other.ID)
	check(t, err)
	equal(t, "open then", open(), true)
	unfinished, err := db.Imports(ctx, c.ID, true)
	check(t, err)
	all, err := db.Imports(ctx, c.ID, false)
	check(t, err)
	equal(t, "imports", fmt.Sprint(len(unfinished), len(all)), "0 2")
	_, err = db.FinishImport(ctx, By(Now), 99)
	wantKind(t, "no import", err, store.NotFound)
}

func importEnded(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	i, err := db.BeginImport(ctx, By(Now), c.ID, "a.mbox", "1")
	check(t, err)
	_, err = db.FinishImport(ctx, By(Now), i.ID)
	check(t, err)
	_, err = db.ImportPosts(ctx, c.ID, store.Filing{ImportID: i.ID, Taken: 1, Posts: []store.Arrival{old(c, "a", Now)}, Now: Now})
	wantKind(t, "going on with an ended import", err, store.Conflict)
	posts, err := db.PostsByMessageID(ctx, "a@example.org")
	check(t, err)
	equal(t, "posts", len(posts), 0)
}

func importBad(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	for range 2 {
		_, err := db.ImportPosts(ctx, c.ID, store.Filing{Now: Now, Problems: []store.ImportProblem{
			{Place: "x, message 1", Reason: "it is empty", Raw: []byte("noise")}, {Place: "x, message 2", Reason: "why", Raw: []byte("other noise")}}})
		check(t, err)
	}
	all, err := db.ImportProblems(ctx, c.ID)
	check(t, err)
	if len(all) != 2 || all[1].Place != "x, message 2" || all[1].Reason != "why" || all[1].Size != 11 || all[1].At != Now {
		t.Fatalf("kept aside: %+v", all)
	}
	raw, err := db.Raw(ctx, all[1].RawID)
	check(t, err)
	equal(t, "bytes", string(raw), "other noise")
}

func importOneDate(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	var all []store.Arrival
	for i := range 1000 {
		all = append(all, old(c, fmt.Sprint("m", i), Now.AddDate(-1, 0, 0)))
	}
	imported(t, db, c, all[:400]...)
	imported(t, db, c, all[400:]...)
	posts, err := db.ExportPosts(ctx, c.ID, store.ExportFilter{Limit: 2000})
	check(t, err)
	equal(t, "posts", len(posts), 1000)
	for i, p := range posts {
		equal(t, "order", p.MessageID, fmt.Sprintf("m%d@example.org", i))
	}
}

// wordy is a message with a text of some length that no other has.
func wordy(c store.Community, id string) store.Arrival {
	a := old(c, id, Now.AddDate(-1, 0, 0))
	random := rand.New(rand.NewPCG(uint64(len(id)), uint64(id[len(id)-1])))
	for range 300 {
		a.Raw = fmt.Appendf(a.Raw, "%s %x of some words\r\n", id, random.Uint64())
	}
	return a
}

func importBundles(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	var all []store.Arrival
	want := map[string][]byte{}
	for i := range 40 {
		a := wordy(c, fmt.Sprint("m", i))
		all = append(all, a, a) // the second is blanked
		want[a.MessageID] = a.Raw
	}
	imported(t, db, c, all...)
	posts, err := db.ExportPosts(ctx, c.ID, store.ExportFilter{Limit: 100})
	check(t, err)
	equal(t, "posts", len(posts), 40)
	for _, p := range posts {
		raw, err := db.Raw(ctx, p.RawID)
		check(t, err)
		if !bytes.Equal(raw, want[p.MessageID]) {
			t.Fatalf("%s came back as %q", p.MessageID, raw)
		}
		raw[0]++ // what is returned is the caller's
	}
	raw, err := db.Raw(ctx, posts[0].RawID)
	check(t, err)
	equal(t, "after somebody wrote into it", string(raw), string(want[posts[0].MessageID]))
}

func bundleOld(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	want := map[int64][]byte{}
	for i := range 30 {
		a := wordy(c, fmt.Sprint("m", i))
		want[Accept(t, db, a).PostID] = a.Raw
	}
	n, err := db.Bundle(ctx, Now)
	check(t, err)
	equal(t, "too young", n, 0)
	n, err = db.Bundle(ctx, Now.Add(time.Hour))
	check(t, err)
	if n < 5 || n >= 30 {
		t.Errorf("%d were bundled", n)
	}
	for {
		more, err := db.Bundle(ctx, Now.Add(time.Hour))
		check(t, err)
		if n += more; more == 0 {
			break
		}
	}
	if n == 30 {
		t.Error("the last ones are bundled although they make no bundle")
	}
	for id, raw := range want {
		p, err := db.Post(ctx, id)
		check(t, err)
		got, err := db.Raw(ctx, p.RawID)
		check(t, err)
		if !bytes.Equal(got, raw) {
			t.Errorf("post %d came back as %q", id, got)
		}
	}
}

// withFile is a message with a file of some size, which is the same for the same seed.
func withFile(c store.Community, id string, seed uint64, size int) store.Arrival {
	a := Arrival(c, id)
	random := rand.New(rand.NewPCG(seed, 1))
	start := len(a.Raw)
	for len(a.Raw)-start < size {
		a.Raw = fmt.Appendf(a.Raw, "%016x\r\n", random.Uint64())
	}
	hash := sha256.Sum256(a.Raw[start:])
	a.Attachments = []store.Attachment{{Part: "2", Name: "plan.pdf", Type: "application/pdf", Size: int64(size), Hash: hash[:], Start: start, End: len(a.Raw)}}
	a.Raw = append(a.Raw, "--b--\r\n"...)
	return a
}

func largeFiles(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	want := map[int64][]byte{}
	for i := range 3 {
		a := withFile(c, fmt.Sprint("live", i), 1, 100_000)
		want[Accept(t, db, a).PostID] = a.Raw
		a = withFile(c, fmt.Sprint("old", i), 1, 100_000)
		raw := a.Raw
		want[imported(t, db, c, a)[0].PostID] = raw
	}
	a := withFile(c, "other", 2, 40_000)
	want[Accept(t, db, a).PostID] = a.Raw
	for id, raw := range want {
		p, err := db.Post(ctx, id)
		check(t, err)
		got, err := db.Raw(ctx, p.RawID)
		check(t, err)
		if !bytes.Equal(got, raw) {
			t.Errorf("post %d: %d bytes came back of %d", id, len(got), len(raw))
		}
		files, err := db.Attachments(ctx, id)
		check(t, err)
		if len(files) != 1 || files[0].Name != "plan.pdf" || files[0].Part != "2" || len(files[0].Hash) != 32 {
			t.Errorf("post %d has %+v", id, files)
		}
	}
}

func exportPages(t *testing.T, db *store.DB) {
	c, other := Community(t, db, "rust"), Community(t, db, "go")
	march := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	ben := old(c, "ben", march.Add(-time.Minute))
	ben.From = "ben@example.org"
	filed := imported(t, db, c, old(c, "c", march.AddDate(0, 1, 0)), old(c, "b", march.AddDate(0, 0, 9), "a"), old(c, "a", march), ben)
	imported(t, db, other, old(other, "x", march))
	for _, test := range []struct {
		name   string
		filter store.ExportFilter
		want   string
	}{
		{"all", store.ExportFilter{}, "c b a ben"},
		{"march", store.ExportFilter{From: march, To: march.AddDate(0, 1, 0)}, "b a"},
		{"up to march", store.ExportFilter{To: march}, "ben"},
		{"from april", store.ExportFilter{From: march.AddDate(0, 1, 0)}, "c"},
		{"a thread", store.ExportFilter{ThreadID: filed[1].ThreadID}, "b a"},
		{"a person", store.ExportFilter{Person: "ben@example.org"}, "ben"},
	} {
		var got []string
		test.filter.Limit = 2
		for {
			page, err := db.ExportPosts(ctx, c.ID, test.filter)
			check(t, err)
			if len(page) == 0 {
				break
			}
			for _, p := range page {
				got = append(got, strings.TrimSuffix(p.MessageID, "@example.org"))
			}
			test.filter.After = page[len(page)-1].ID
		}
		equal(t, test.name, strings.Join(got, " "), test.want)
	}
}
