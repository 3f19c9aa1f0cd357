package storetest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"guildpost/store"
)

var personCases = []testCase{
	{"a person is exported and erased, and nothing is left", erasePerson},
	{"names that others have too are told", sharedNames},
	{"a ban of an erased address stays in force", eraseBanned},
}

func erasure() store.Erasure {
	clean := func(s string) (string, bool) {
		out := strings.ReplaceAll(strings.ReplaceAll(s, "ada@a.example", "erased@erased.invalid"), "Ada Lovelace", "Erased member")
		return out, out != s
	}
	return store.Erasure{By: By(Now), Clean: clean, CleanIssue: clean, CleanID: clean, Who: "erased@erased.invalid",
		Hash: func(address string) string { return store.HashAddress("key", address) }}
}

func erasePerson(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	_, _, err := db.AddMember(ctx, By(Now), c.ID, store.NewMember{Address: "ada@a.example", Name: "Ada Lovelace"})
	check(t, err)
	_, _, err = db.AddMember(ctx, By(Now), c.ID, store.NewMember{Address: "ben@b.example", Name: "Ben"})
	check(t, err)
	ada, err := db.Person(ctx, "ada@a.example")
	check(t, err)
	ben, err := db.Person(ctx, "ben@b.example")
	check(t, err)
	own := Arrival(c, "own")
	own.From, own.FromName, own.MemberID, own.Sender = "ada@a.example", "Ada L", ada.MemberID, "ada@a.example"
	own.Text = store.PostText{Body: "algebraic patterns", From: "ada lovelace ada a example"}
	thread := Accept(t, db, own).ThreadID
	answer := Arrival(c, "answer")
	answer.References, answer.Subject = []string{"own@example.org"}, "Re: what Ada Lovelace said"
	answer.Raw = []byte("From: ben@b.example\n\nAda Lovelace <ada@a.example> wrote:\n")
	Accept(t, db, answer)
	Drain(t, db, Now)
	held := Arrival(c, "held")
	held.From, held.Sender = "ada@a.example", "ada@a.example"
	_, err = db.HoldPost(ctx, held, store.Holding{Reason: "why", RemindAt: Now})
	check(t, err)
	_, err = db.Thank(ctx, store.Thanks{CommunityID: c.ID, From: ben.MemberID, To: ada.MemberID, Note: "Ada Lovelace!", At: Now})
	check(t, err)
	_, err = db.Ask(ctx, store.Request{CommunityID: c.ID, Kind: store.RequestLeave, Address: "ada@a.example", AskedAt: Now, ExpiresAt: Now}, nil)
	check(t, err)
	_, err = db.Allow(ctx, Now, store.Limit{Name: "answers ada@a.example", Most: 5, Within: day})
	check(t, err)
	check(t, db.SendNotice(ctx, Now, store.Notice{CommunityID: c.ID, Recipient: "ada@a.example", Raw: []byte("To: ada@a.example\n\nhello")}))
	ada, err = db.Person(ctx, "ada@a.example")
	check(t, err)
	equal(t, "names", fmt.Sprint(ada.Names), "[Ada Lovelace Ada L]")

	tables := map[string]int{}
	check(t, db.EachPersonRow(ctx, ada, func(table string, row json.RawMessage) error {
		tables[table]++
		if !json.Valid(row) {
			t.Errorf("a row of %s is no JSON: %s", table, row)
		}
		return nil
	}))
	for _, table := range []string{"members", "addresses", "subscriptions", "posts", "holds", "deliveries", "journal", "requests", "thanks", "dispatches"} {
		if tables[table] == 0 {
			t.Errorf("the export has nothing of %s", table)
		}
	}

	answers, err := db.AnswersTo(ctx, ada)
	check(t, err)
	equal(t, "answers", len(answers), 1)
	for raw := range answers {
		check(t, db.RedactRaw(ctx, []store.Redaction{{RawID: raw, Raw: []byte("From: ben@b.example\n\nx wrote:\n"), Subject: "Re: what x said"}}))
	}
	posts, err := db.OwnPosts(ctx, ada, 0, 10)
	check(t, err)
	equal(t, "own posts", len(posts), 1)
	check(t, db.StubPosts(ctx, []store.Stub{{Post: posts[0], Raw: []byte("Message-ID: <own@example.org>\n\ngone"), Subject: "About own",
		From: "erased@erased.invalid", Was: own.Text}}))
	for range 2 { // as after a crash
		check(t, db.EraseRows(ctx, ada, erasure()))
	}

	all, err := db.ThreadPosts(ctx, thread)
	check(t, err)
	equal(t, "posts of the thread", len(all), 2)
	equal(t, "the stub", fmt.Sprint(all[0].From, all[0].FromName, all[0].MemberID, all[0].Erased), fmt.Sprint("erased@erased.invalid", "", 0, true))
	about, err := db.AboutPerson(ctx, ada)
	check(t, err)
	equal(t, "rows about her", fmt.Sprint(about), "[]")
	checkThreads(t, db, c)
	ids, err := db.RawIDs(ctx, 0, 100)
	check(t, err)
	for _, id := range ids {
		raw, err := db.Raw(ctx, id)
		check(t, err)
		if strings.Contains(string(raw), "ada@a.example") || strings.Contains(string(raw), "Ada") {
			t.Errorf("a message still names her: %q", raw)
		}
	}
	entries, err := db.Journal(ctx, 0, 100)
	check(t, err)
	if text := fmt.Sprint(entries); strings.Contains(text, "ada@a.example") || strings.Contains(text, "Ada") {
		t.Errorf("the journal still names her: %s", text)
	}
	limits, err := db.Limits(ctx, "answers")
	check(t, err)
	equal(t, "limits", len(limits), 0)
	thanks, err := db.ThanksSince(ctx, c.ID, Now.Add(-day))
	check(t, err)
	equal(t, "thanks", fmt.Sprint(thanks[0].From, thanks[0].To, thanks[0].Note), fmt.Sprint(ben.MemberID, 0, ""))
}

func sharedNames(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	for address, name := range map[string]string{"ada@a.example": "Ada Smith", "other@b.example": "Ada Smith"} {
		_, _, err := db.AddMember(ctx, By(Now), c.ID, store.NewMember{Address: address, Name: name})
		check(t, err)
	}
	p, err := db.Person(ctx, "ada@a.example")
	check(t, err)
	a := Arrival(c, "one")
	a.From, a.FromName, a.MemberID = "ada@a.example", "A. Smith", p.MemberID
	Accept(t, db, a)
	p, err = db.Person(ctx, "ada@a.example")
	check(t, err)
	shared, err := db.SharedNames(ctx, p)
	check(t, err)
	equal(t, "shared", fmt.Sprint(shared), "[Ada Smith]")
	p, err = db.Person(ctx, "nobody@x.example")
	check(t, err)
	equal(t, "nobody", fmt.Sprint(p), "{0 [nobody@x.example] []}")
}

func eraseBanned(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	_, _, err := db.AddMember(ctx, By(Now), c.ID, store.NewMember{Address: "ada@a.example", Name: "Ada Lovelace"})
	check(t, err)
	p, err := db.Person(ctx, "ada@a.example")
	check(t, err)
	_, err = db.AddBan(ctx, By(Now), store.Ban{CommunityID: c.ID, Kind: store.BanPerson, Value: fmt.Sprint(p.MemberID), Reason: "ada@a.example"}, nil)
	check(t, err)
	key, erased, err := db.Erasures(ctx)
	check(t, err)
	equal(t, "before", fmt.Sprint(key, len(erased)), "0")
	key, err = db.ErasureKey(ctx, "key")
	check(t, err)
	equal(t, "the key", key, "key")
	check(t, db.EraseRows(ctx, p, erasure()))
	ban, err := db.BanOf(ctx, Now, c.ID, "ada@a.example")
	check(t, err)
	if ban == nil || strings.Contains(fmt.Sprint(ban), "ada") {
		t.Errorf("the ban is %+v", ban)
	}
	at, err := db.ErasedAt(ctx, "ada@a.example")
	check(t, err)
	equal(t, "erased at", at, Now)
	at, err = db.ErasedAt(ctx, "ben@a.example")
	check(t, err)
	equal(t, "another", at.IsZero(), true)
	key, erased, err = db.Erasures(ctx)
	check(t, err)
	equal(t, "all", fmt.Sprint(key, " ", len(erased)), "key 1")
}
