package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"guildpost/store"
)

var mailboxCases = []testCase{
	{"a mailbox has the posts of its community, by ID", mailboxPosts},
	{"years are those of the dates, in UTC", postYears},
	{"erased posts are told apart", erasedPosts},
	{"posts are found by the beginnings of words, in their parts", postsWithWords},
	{"posts are found by their Message-ID, and those that answer", postsWithID},
	{"archives are those of the communities that one is in", archivesOf},
	{"what one marks is one's own, and is kept", postFlags},
	{"marks of many posts", manyFlags},
	{"folders are chosen", folderChoices},
	{"an app password belongs to one person, and ends", appPasswords},
	{"app passwords are bounded", manyAppPasswords},
}

// acceptAt accepts a post of a date.
func acceptAt(t *testing.T, db *store.DB, c store.Community, id string, date time.Time) int64 {
	t.Helper()
	a := Arrival(c, id)
	a.Date = date
	return Accept(t, db, a).PostID
}

func mailboxPosts(t *testing.T, db *store.DB) {
	rust, other := Community(t, db, "rust"), Community(t, db, "go")
	first := acceptAt(t, db, rust, "one", Now.Add(-time.Hour))
	acceptAt(t, db, other, "two", Now)
	last := acceptAt(t, db, rust, "three", Now.Add(-2*time.Hour))
	all, err := db.MailboxPosts(ctx, rust.ID, 0)
	check(t, err)
	want := []store.MailboxPost{{ID: first, Minute: Now.Add(-time.Hour).Unix() / 60}, {ID: last, Minute: Now.Add(-2*time.Hour).Unix() / 60}}
	equal(t, "posts", fmt.Sprint(all), fmt.Sprint(want))
	all, err = db.MailboxPosts(ctx, rust.ID, first)
	check(t, err)
	equal(t, "posts after the first", fmt.Sprint(all), fmt.Sprint(want[1:]))
	none, err := db.MailboxPosts(ctx, rust.ID, last)
	check(t, err)
	equal(t, "posts after the last", len(none), 0)
	rows, err := db.MailboxRows(ctx, []int64{last, first, 999})
	check(t, err)
	equal(t, "rows", len(rows), 2)
	equal(t, "the first row", rows[0].ID, first)
	equal(t, "its date", rows[0].Date, Now.Add(-time.Hour))
	equal(t, "its size", rows[0].Size, int64(len(Arrival(rust, "one").Raw)))
	raw, err := db.Raw(ctx, rows[0].RawID)
	check(t, err)
	equal(t, "its message", string(raw), string(Arrival(rust, "one").Raw))
	bytes, err := db.PostBytes(ctx, rust.ID, 0)
	check(t, err)
	equal(t, "bytes", bytes, rows[0].Size+rows[1].Size)
}

func postYears(t *testing.T, db *store.DB) {
	c, other := Community(t, db, "rust"), Community(t, db, "go")
	years, err := db.PostYears(ctx, c.ID)
	check(t, err)
	equal(t, "years of nothing", len(years), 0)
	for i, date := range []string{"2024-12-31T23:59:59Z", "2025-01-01T00:30:00+01:00", "2026-01-01T00:00:00Z", "1999-06-01T00:00:00Z", "2024-01-01T00:00:00Z"} {
		at, err := time.Parse(time.RFC3339, date)
		check(t, err)
		acceptAt(t, db, c, fmt.Sprint("post", i), at)
	}
	acceptAt(t, db, other, "other", time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC))
	years, err = db.PostYears(ctx, c.ID)
	check(t, err)
	equal(t, "years", fmt.Sprint(years), "[1999 2024 2026]")
	for year, n := range map[int]int64{1999: 1, 2024: 3, 2025: 0, 2026: 1} {
		bytes, err := db.PostBytes(ctx, c.ID, year)
		check(t, err)
		if size := int64(len(Arrival(c, "post0").Raw)); bytes != n*size {
			t.Errorf("%d has %d bytes, want %d", year, bytes, n*size)
		}
	}
}

func erasedPosts(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	acceptAt(t, db, c, "one", Now)
	mark, err := db.MailboxMark(ctx, c.ID)
	check(t, err)
	equal(t, "mark", mark, store.MailboxMark{Posts: 1})
	erased, err := db.ErasedPosts(ctx, c.ID)
	check(t, err)
	equal(t, "erased", len(erased), 0)
}

func postsWithWords(t *testing.T, db *store.DB) {
	c, other := Community(t, db, "rust"), Community(t, db, "go")
	say := func(c store.Community, id string, text store.PostText) int64 {
		a := Arrival(c, id)
		a.Text = text
		return Accept(t, db, a).PostID
	}
	one := say(c, "one", store.PostText{Subject: "borrow checker", From: "ada lowe", Author: "ada", To: "rust lists example org", Body: "it says no", Files: "plan pdf"})
	two := say(c, "two", store.PostText{Subject: "linters", From: "ben", Author: "ben", To: "rust lists example org", Body: "borrowed"})
	say(other, "three", store.PostText{Subject: "borrow checker"})
	term := func(field store.SearchField, word string) []store.SearchTerm {
		return []store.SearchTerm{{Field: field, Words: []string{word}, Prefix: true}}
	}
	for _, test := range []struct {
		name string
		all  [][]store.SearchTerm
		want []int64
	}{
		{"anywhere", [][]store.SearchTerm{term(store.Anywhere, "borrow")}, []int64{one, two}},
		{"both", [][]store.SearchTerm{term(store.Anywhere, "borrow"), term(store.Anywhere, "check")}, []int64{one}},
		{"subject", [][]store.SearchTerm{term(store.InSubject, "borrow")}, []int64{one}},
		{"from", [][]store.SearchTerm{term(store.InFrom, "low")}, []int64{one}},
		{"one of two", [][]store.SearchTerm{append(term(store.InFrom, "low"), term(store.InSubject, "lint")...)}, []int64{one, two}},
		{"nothing", [][]store.SearchTerm{term(store.InFrom, "rust")}, nil},
		{"a whole word", [][]store.SearchTerm{{{Words: []string{"borrow"}}}}, []int64{one}},
	} {
		got, err := db.PostsWithTerms(ctx, c.ID, test.all)
		check(t, err)
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

func postsWithID(t *testing.T, db *store.DB) {
	c, other := Community(t, db, "rust"), Community(t, db, "go")
	one := Accept(t, db, Arrival(c, "one")).PostID
	Accept(t, db, Arrival(other, "one"))
	answer := Arrival(c, "two")
	answer.References = []string{"one@example.org"}
	two := Accept(t, db, answer).PostID
	ids, err := db.PostsWithID(ctx, c.ID, "one@example.org", false)
	check(t, err)
	equal(t, "with the ID", fmt.Sprint(ids), fmt.Sprint([]int64{one}))
	ids, err = db.PostsWithID(ctx, c.ID, "one@example.org", true)
	check(t, err)
	equal(t, "that answer", fmt.Sprint(ids), fmt.Sprint([]int64{two}))
}

func archivesOf(t *testing.T, db *store.DB) {
	var of [5]store.Subscription
	for i, state := range []store.SubscriptionState{store.Active, store.Suspended, store.Left, store.Banned, store.Pending} {
		c := Community(t, db, fmt.Sprint("c", i))
		s, _, err := db.AddMember(ctx, By(Now), c.ID, store.NewMember{Address: "ann@x.example"})
		check(t, err)
		s.State = state
		check(t, db.UpdateSubscription(ctx, By(Now), s))
		of[i] = s
	}
	before, err := db.JournalMark(ctx)
	check(t, err)
	archivesWhileImporting(t, db, of[0])
	all, err := db.ArchivesOf(ctx, of[0].MemberID)
	check(t, err)
	equal(t, "archives", len(all), 2)
	equal(t, "the first", all[0].Name+"@"+all[0].Domain, "c0@lists.example.org")
	equal(t, "its age", all[0].CreatedAt, Now.Add(-time.Hour))
	check(t, db.EndSubscription(ctx, By(Now), of[0].ID, store.Left))
	after, err := db.JournalMark(ctx)
	check(t, err)
	equal(t, "the journal goes on", after > before, true)
	all, err = db.ArchivesOf(ctx, of[0].MemberID)
	check(t, err)
	equal(t, "archives later", len(all), 1)
}

// archivesWhileImporting: an archive is shown to facilitators alone while a history comes in.
func archivesWhileImporting(t *testing.T, db *store.DB, s store.Subscription) {
	t.Helper()
	imported, err := db.BeginImport(ctx, By(Now), s.CommunityID, "source", "")
	check(t, err)
	all, err := db.ArchivesOf(ctx, s.MemberID)
	check(t, err)
	equal(t, "archives while one is imported", len(all), 1)
	plain := s
	s.Roles = []store.Role{store.Mentor, store.Facilitator}
	check(t, db.UpdateSubscription(ctx, By(Now), s))
	all, err = db.ArchivesOf(ctx, s.MemberID)
	check(t, err)
	equal(t, "those that a facilitator sees", len(all), 2)
	check(t, db.UpdateSubscription(ctx, By(Now), plain))
	_, err = db.FinishImport(ctx, By(Now), imported.ID)
	check(t, err)
}

// marked are the posts that a member gave a flag to.
func marked(t *testing.T, db *store.DB, member, community int64, flag string) (ids []int64) {
	t.Helper()
	chunks, err := db.PostFlags(ctx, member, community)
	check(t, err)
	for _, c := range chunks {
		for i := range int64(8 * len(c.Bits)) {
			if c.Flag == flag && c.Bits[i/8]&(1<<(i%8)) != 0 {
				ids = append(ids, store.ChunkPosts*c.Chunk+i)
			}
		}
	}
	return ids
}

func postFlags(t *testing.T, db *store.DB) {
	c, other := Community(t, db, "rust"), Community(t, db, "go")
	all := Members(t, db, c, 2)
	ann, ben := all[0].MemberID, all[1].MemberID
	mark := func(member int64, flag string, set bool, ids ...int64) {
		check(t, db.MarkPosts(ctx, member, c.ID, []store.FlagChange{{Flag: flag, Set: set, Posts: ids}}))
	}
	mark(ann, "\\Seen", true, 1, 2, 4095, 4096, 9000)
	mark(ann, "\\Seen", false, 2, 3)
	mark(ben, "\\Seen", true, 7)
	mark(ann, "Later", true, 5)
	equal(t, "seen", fmt.Sprint(marked(t, db, ann, c.ID, "\\Seen")), "[1 4095 4096 9000]")
	equal(t, "seen by another", fmt.Sprint(marked(t, db, ben, c.ID, "\\Seen")), "[7]")
	equal(t, "later", fmt.Sprint(marked(t, db, ann, c.ID, "Later")), "[5]")
	equal(t, "elsewhere", len(marked(t, db, ann, other.ID, "\\Seen")), 0)
	mark(ann, "Later", false, 5)
	chunks, err := db.PostFlags(ctx, ann, c.ID)
	check(t, err)
	equal(t, "rows once nothing is marked", len(chunks), 3)
	wantKind(t, "marks of nobody", db.MarkPosts(ctx, 999, c.ID, []store.FlagChange{{Flag: "x", Set: true, Posts: []int64{1}}}), store.NotFound)
}

func manyFlags(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	ann := Members(t, db, c, 1)[0].MemberID
	var ids []int64
	for id := int64(1); id < 100_000; id += 3 {
		ids = append(ids, id)
	}
	check(t, db.MarkPosts(ctx, ann, c.ID, []store.FlagChange{{Flag: "\\Seen", Set: true, Posts: ids}}))
	equal(t, "all are marked", slices.Equal(marked(t, db, ann, c.ID, "\\Seen"), ids), true)
	atOnce(4, func(i int) {
		for n := range 10 {
			if err := db.MarkPosts(ctx, ann, c.ID, []store.FlagChange{{Flag: "k", Set: true, Posts: []int64{int64(100*i + n)}}}); err != nil {
				t.Error(err)
			}
		}
	})
	equal(t, "those marked at once", len(marked(t, db, ann, c.ID, "k")), 40)
}

func folderChoices(t *testing.T, db *store.DB) {
	all := Members(t, db, Community(t, db, "rust"), 2)
	ann, ben := all[0].MemberID, all[1].MemberID
	check(t, db.ChooseFolder(ctx, ann, "rust/2024", true))
	check(t, db.ChooseFolder(ctx, ann, "rust", true))
	check(t, db.ChooseFolder(ctx, ann, "rust", false))
	shown, err := db.FolderChoices(ctx, ann)
	check(t, err)
	equal(t, "choices", fmt.Sprint(shown), "map[rust:false rust/2024:true]")
	shown, err = db.FolderChoices(ctx, ben)
	check(t, err)
	equal(t, "another's choices", len(shown), 0)
}

func appPasswords(t *testing.T, db *store.DB) {
	all := Members(t, db, Community(t, db, "rust"), 2)
	ann, ben := all[0], all[1]
	p, err := db.AddAppPassword(ctx, By(Now), store.AppPassword{MemberID: ann.MemberID, Name: "laptop", Hash: "h"})
	check(t, err)
	want := store.AppPassword{ID: p.ID, MemberID: ann.MemberID, Name: "laptop", Hash: "h", CreatedAt: Now}
	equal(t, "made", p, want)
	got, err := db.AppPassword(ctx, ann.Address, p.ID)
	check(t, err)
	equal(t, "found", got, want)
	_, err = db.AppPassword(ctx, ben.Address, p.ID)
	wantKind(t, "another's", err, store.NotFound)
	check(t, db.UseAppPassword(ctx, p.ID, Now))
	list, err := db.AppPasswords(ctx, ann.MemberID)
	check(t, err)
	equal(t, "used", list[0].UsedAt, Now.Truncate(24*time.Hour))
	holds, err := db.AppPasswordHolds(ctx, p.ID)
	check(t, err)
	equal(t, "it holds", holds, true)
	wantKind(t, "another's is revoked", db.RevokeAppPassword(ctx, By(Now), ben.MemberID, p.ID), store.NotFound)
	check(t, db.RevokeAppPassword(ctx, By(Now), ann.MemberID, p.ID))
	wantKind(t, "revoked twice", db.RevokeAppPassword(ctx, By(Now), ann.MemberID, p.ID), store.NotFound)
	holds, err = db.AppPasswordHolds(ctx, p.ID)
	check(t, err)
	equal(t, "it holds still", holds, false)
	journal, err := db.Journal(ctx, 0, 2)
	check(t, err)
	equal(t, "journal", journal[1].Action+journal[1].After+", "+journal[0].Action+journal[0].Before, "make app passwordlaptop, revoke app passwordlaptop")
}

func manyAppPasswords(t *testing.T, db *store.DB) {
	ann := Members(t, db, Community(t, db, "rust"), 1)[0]
	for range store.MaxAppPasswords {
		_, err := db.AddAppPassword(ctx, By(Now), store.AppPassword{MemberID: ann.MemberID})
		check(t, err)
	}
	_, err := db.AddAppPassword(ctx, By(Now), store.AppPassword{MemberID: ann.MemberID})
	wantKind(t, "one more", err, store.Conflict)
	_, err = db.AddAppPassword(ctx, By(Now), store.AppPassword{MemberID: 999})
	wantKind(t, "nobody's", err, store.NotFound)
}
