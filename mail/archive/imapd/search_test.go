package imapd

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"guildpost/store/storetest"
)

func TestSearch(t *testing.T) {
	w := newWorld(t, nil)
	rust, other := storetest.Community(t, w.db, "rust"), storetest.Community(t, w.db, "go")
	day := func(d int) time.Time { return time.Date(2026, 3, d, 23, 30, 0, 0, time.UTC) }
	w.say(rust, "Ada Löwe <ada@a.example>", "Borrow checker", "It says no.", day(1))
	w.say(other, "Ada Löwe <ada@a.example>", "Borrow elsewhere", "It says no.", day(1))
	w.say(rust, "Ben <ben@b.example>", "Café", "The borrowed book is at https://a.example/borrow.", day(2))
	w.post(rust, "From: Cy <cy@c.example>\nTo: rust@lists.example.org\nCc: dora@d.example\nSubject: Re: Borrow checker\nMessage-ID: <re@c.example>\n"+
		"In-Reply-To: <Borrow.checker@a.example>\nX-Mood: Good enough\n\nIt says yes.\n"+fmt.Sprintf("%01000d", 7)+"\n", day(3))
	ann := w.member(rust, "ann@a.example")
	c := w.selected(ann, "rust")
	w.check(c.Store(imap.SeqSetNum(2), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagSeen, "later"}}, nil).Close())
	header := func(key, value string) imap.SearchCriteria {
		return imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: key, Value: value}}}
	}
	date := func(d int) time.Time { return time.Date(2026, 3, d, 0, 0, 0, 0, time.UTC) }
	for _, test := range []struct {
		name string
		c    imap.SearchCriteria
		want []uint32
	}{
		{"all", imap.SearchCriteria{}, []uint32{1, 2, 3}},
		{"subject", header("Subject", "borrow CHECKER"), []uint32{1, 3}},
		{"subject without accents", header("Subject", "cafe"), []uint32{2}},
		{"from, by name", header("From", "löwe"), []uint32{1}},
		{"from, by address", header("From", "ben@b.example"), []uint32{2}},
		{"to", header("To", "rust@lists.example.org"), []uint32{1, 2, 3}},
		{"cc is read", header("Cc", "dora"), []uint32{3}},
		{"bcc", header("Bcc", "dora"), nil},
		{"any field", header("X-Mood", "good"), []uint32{3}},
		{"a field that is there", header("X-Mood", ""), []uint32{3}},
		{"message-id", header("Message-ID", "<re@c.example>"), []uint32{3}},
		{"message-id without brackets", header("message-id", "re@c.example"), []uint32{3}},
		{"answers", header("In-Reply-To", "<Borrow.checker@a.example>"), []uint32{3}},
		{"no answers", header("References", "<re@c.example>"), nil},
		{"text begins with", imap.SearchCriteria{Text: []string{"borrow"}}, []uint32{1, 2, 3}},
		{"body", imap.SearchCriteria{Body: []string{"book"}}, []uint32{2}},
		{"body, where its subject says so", imap.SearchCriteria{Body: []string{"borrow"}}, []uint32{1, 2, 3}},
		{"body, not its addresses", imap.SearchCriteria{Body: []string{"example"}}, []uint32{2}},
		{"text, its addresses too", imap.SearchCriteria{Text: []string{"d.example"}}, []uint32{3}},
		{"text, of several fields", imap.SearchCriteria{Text: []string{"ada lists no"}}, []uint32{1}},
		{"body, another word form", imap.SearchCriteria{Body: []string{"says"}}, []uint32{1, 3}},
		{"a short word is whole", imap.SearchCriteria{Body: []string{"no"}}, []uint32{1}},
		{"a short word is no beginning", imap.SearchCriteria{Body: []string{"ye"}}, nil},
		{"no words", imap.SearchCriteria{Body: []string{" ?! "}}, []uint32{1, 2, 3}},
		{"words of a query are words", imap.SearchCriteria{Text: []string{"borrow OR says"}}, nil},
		{"quotes", imap.SearchCriteria{Text: []string{`"borrow" (* NEAR ' \`}}, nil},
		{"since", imap.SearchCriteria{Since: date(2)}, []uint32{2, 3}},
		{"before", imap.SearchCriteria{Before: date(2)}, []uint32{1}},
		{"on", imap.SearchCriteria{SentSince: date(2), SentBefore: date(3)}, []uint32{2}},
		{"since and sent before", imap.SearchCriteria{Since: date(2), SentBefore: date(3)}, []uint32{2}},
		{"larger", imap.SearchCriteria{Larger: 900}, []uint32{3}},
		{"smaller", imap.SearchCriteria{Smaller: 900}, []uint32{1, 2}},
		{"seen", imap.SearchCriteria{Flag: []imap.Flag{imap.FlagSeen}}, []uint32{2}},
		{"keyword", imap.SearchCriteria{Flag: []imap.Flag{"LATER"}}, []uint32{2}},
		{"unseen", imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagSeen}}, []uint32{1, 3}},
		{"deleted", imap.SearchCriteria{Flag: []imap.Flag{imap.FlagDeleted}}, nil},
		{"numbers", imap.SearchCriteria{SeqNum: []imap.SeqSet{{{Start: 2, Stop: 0}}}}, []uint32{2, 3}},
		{"not", imap.SearchCriteria{Not: []imap.SearchCriteria{header("From", "ben")}}, []uint32{1, 3}},
		{"or", imap.SearchCriteria{Or: [][2]imap.SearchCriteria{{header("From", "ben"), header("X-Mood", "good")}}}, []uint32{2, 3}},
		{"together", imap.SearchCriteria{Text: []string{"says"}, NotFlag: []imap.Flag{imap.FlagSeen}, Not: []imap.SearchCriteria{{Larger: 900}}}, []uint32{1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := c.Search(&test.c, nil).Wait()
			if err != nil || !slices.Equal(got.AllSeqNums(), test.want) {
				t.Errorf("got %v %v, want %v", got, err, test.want)
			}
		})
	}
	got, err := c.UIDSearch(&imap.SearchCriteria{Text: []string{"says"}}, &imap.SearchOptions{ReturnMin: true, ReturnMax: true, ReturnCount: true, ReturnAll: true}).Wait()
	if err != nil || got.Count != 2 || got.Min != 1 || got.Max != 4 || len(got.AllUIDs()) != 2 {
		t.Errorf("ESEARCH: %+v %v", got, err)
	}
	if _, err := c.Select("INBOX", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	everything := imap.SearchCriteria{Text: []string{"x"}, Header: header("Cc", "x").Header, Since: date(1), Larger: 1, NotFlag: []imap.Flag{imap.FlagSeen}}
	if got, err := c.Search(&everything, nil).Wait(); err != nil || len(got.AllSeqNums()) != 0 {
		t.Errorf("in INBOX: %v %v", got, err)
	}
}
