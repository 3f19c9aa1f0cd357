package archive

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/store/storetest"
)

// A searchedPost is a message of the suite: its name, when it was written, and its source without what all have.
type searchedPost struct{ name, date, source string }

var searchedPosts = []searchedPost{
	{"linter", "2026-03-05 10:00", "From: Ann Lee <ann.lee@example.org>\nTo: rust@lists.example.org\nSubject: Which linter?\n\nClippy complains about foo.bar() and my_module; the borrow checker does not.\n\n-- \nAnn, sent from nowhere\n"},
	{"answer", "2026-03-06 10:00", "From: Ben Øster <ben@b.example>\nTo: Ann Lee <ann.lee@example.org>\nCc: rust@lists.example.org\nSubject: Re: Which linter?\nIn-Reply-To: <linter@suite>\n\n> Clippy complains about foo.bar()\n\nI don't lint. The checker may borrow what it wants in C++ or C#.\n"},
	{"german", "2026-04-01 09:00", "From: =?utf-8?q?J=C3=BCrgen_Gro=C3=9F?= <jg@b.example>\nSubject: =?utf-8?q?Stra=C3=9Fenfest?=\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nDie Gr=F6=DFe der =C4pfel ist na=EFv gesch=E4tzt.\n"},
	{"polish", "2026-04-02 09:00", "From: x@x.example\nSubject: =?utf-8?b?xYHDs2TFug==?=\nContent-Type: text/plain; charset=utf-8\n\nZażółć gęślą jaźń, proszę.\n"},
	{"turkish", "2026-04-03 09:00", "From: x@x.example\nSubject: tr\nContent-Type: text/plain; charset=utf-8\n\nİSTANBUL'da ışık ve IŞIK, Diyarbakır.\n"},
	{"greek", "2026-04-04 09:00", "From: x@x.example\nSubject: el\nContent-Type: text/plain; charset=utf-8\n\nΟ Ὀδυσσεὺς ἐν τῇ ὁδῷ· ΟΔΟΣ, οδός.\n"},
	{"russian", "2026-04-05 09:00", "From: x@x.example\nSubject: ru\nContent-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: base64\n\n98zLwSDJIKPM1yDMwdrAxSA=\n"},
	{"ukrainian", "2026-04-05 10:00", "From: x@x.example\nSubject: uk\nContent-Type: text/plain; charset=utf-8\n\nУ Києві п’ять під'їздів, ёлка.\n"},
	{"hebrew", "2026-04-06 09:00", "From: x@x.example\nSubject: he\nContent-Type: text/plain; charset=utf-8\n\nשָׁלוֹם עוֹלָם\n"},
	{"arabic", "2026-04-07 09:00", "From: x@x.example\nSubject: ar\nContent-Type: text/plain; charset=utf-8\n\nمَرْحَبًا بالعالم، الصفحة ١٢٣، إلى أحمد\n"},
	{"hindi", "2026-04-08 09:00", "From: x@x.example\nSubject: hi\nContent-Type: text/plain; charset=utf-8\n\nनमस्ते दुनिया, हिन्दी १२\n"},
	{"chinese", "2026-04-09 09:00", "From: =?utf-8?b?546L5bCP5piO?= <wang@cn.example>\nSubject: zh\nContent-Type: text/plain; charset=utf-8\n\n我们用全文搜索引擎在数据库里查找。版本2.0发布了\n"},
	{"japanese", "2026-04-10 09:00", "From: x@x.example\nSubject: ja\nContent-Type: text/plain; charset=iso-2022-jp\n\n\x1b$BEl5~ETD#$G%5!<%P!<$rD4$Y$k\x1b(B\n"},
	{"halfwidth", "2026-04-10 10:00", "From: x@x.example\nSubject: ja\nContent-Type: text/plain; charset=utf-8\n\nﾃﾞｰﾀﾍﾞｰｽ ＲＵＳＴ\n"},
	{"korean", "2026-04-11 09:00", "From: x@x.example\nSubject: ko\nContent-Type: text/plain; charset=utf-8\n\n서버가 죽었습니다\n"},
	{"thai", "2026-04-12 09:00", "From: x@x.example\nSubject: th\nContent-Type: text/plain; charset=utf-8\n\nภาษาไทยไม่มีช่องว่าง\n"},
	{"vietnamese", "2026-04-13 09:00", "From: x@x.example\nSubject: vi\nContent-Type: text/plain; charset=utf-8\n\nĐường Nguyễn Huệ\n"},
	{"slides", "2026-05-01 09:00", "From: Ann Lee <ann.lee@example.org>\nSubject: Slides\nContent-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: text/plain\n\nHere.\n--m\nContent-Type: application/pdf; name=\"Q3_Report-final.pdf\"\nContent-Disposition: attachment\n\nxx\n--m--\n"},
	{"html", "2026-05-02 09:00", "From: x@x.example\nSubject: H\nContent-Type: text/html\n\n<p>Some <b>bold</b>ness and an &eacute;clair</p><style>hidden</style>\n"},
	{"old", "1999-12-31 23:59", "From: x@x.example\nSubject: Millennium\n\nNothing will break, says lint.\n"},
	{"quotes alone", "2026-06-01 09:00", "From: x@x.example\nSubject: forwarded\n\n> quoted words of nobody else\n"},
}

// suiteDB files the messages of the suite into a community.
func suiteDB(t *testing.T, db *store.DB, name string) (store.Community, map[int64]string) {
	t.Helper()
	c := storetest.Community(t, db, name)
	names := map[int64]string{}
	for _, p := range searchedPosts {
		date, err := time.Parse("2006-01-02 15:04", p.date)
		if err != nil {
			t.Fatal(err)
		}
		m := mail.Read([]byte("Message-ID: <" + p.name + "@suite>\n" + p.source))
		a := store.Arrival{CommunityID: c.ID, Raw: m.Raw, MessageID: strings.ReplaceAll(p.name, " ", "-"), BodyHash: m.BodyHash(), References: m.Ancestors(),
			From: m.From[0].Local + "@" + m.From[0].Domain, FromName: m.From[0].Name, Subject: m.Subject, Date: date,
			Now: storetest.Now, Text: store.PostText(m.SearchText())}
		for i, id := range a.References {
			a.References[i] = strings.TrimSuffix(id, "@suite")
		}
		names[storetest.Accept(t, db, a).PostID] = p.name
	}
	return c, names
}

// searchSuite is queries and the posts that they find, newest first, on both databases.
var searchSuite = []struct{ query, want string }{
	{"clippy", "linter"},
	{"CLIPPY complains", "linter"},
	{"borrow checker", "answer linter"},
	{`"borrow checker"`, "linter"},
	{`"checker borrow"`, ""},
	{"lint*", "answer linter old"},
	{"lint* -old", "answer linter old"},
	{"lint* -nothing", "answer linter"},
	{"linter", "answer linter"},
	{"lint", "answer old"},
	{"foo.bar", "linter"},
	{"foo", "linter"},
	{"my_module", "linter"},
	{"module", "linter"},
	{"don't", "answer"},
	{"don’t", "answer"},
	{"C++", "answer"},
	{"c#", "answer"},
	{"f#", ""},
	{"nowhere", ""},                  // of the signature
	{"complains from:ben", ""},       // is quoted
	{"quoted words", "quotes alone"}, // the message has nothing else
	{"from:ann", "slides linter"},    // name
	{"from:LEE", "slides linter"},    //
	{"from:ann.lee@example.org", "slides linter"},
	{"from:example.org", "slides linter"},
	{`from:"Ann Lee"`, "slides linter"},
	{`from:"Ann Ben"`, ""},
	{"from:øster", "answer"},
	{"from:oster lint", "answer"},
	{"ann", "slides linter"},
	{"to:ann", "answer"},
	{"to:rust", "answer linter"},
	{"rust", "halfwidth"},
	{"subject:linter", "answer linter"},
	{"subject:checker", ""},
	{`subject:"which linter"`, "answer linter"},
	{"strasse*", "german"},
	{"straßenfest", "german"},
	{"STRASSENFEST grosse apfel", "german"},
	{"Größe", "german"},
	{"naiv", "german"},
	{"jurgen", "german"},
	{"from:Groß", "german"},
	{"lodz", "polish"},
	{"zazolc gesla", "polish"},
	{"istanbul", "turkish"},
	{"isik", "turkish"},
	{"IŞIK", "turkish"},
	{"diyarbakir", "turkish"},
	{"οδος", "greek"},
	{"ΟΔΥΣΣΕΥΣ", "greek"},
	{"елка", "ukrainian"},
	{"ЁЛКА", "ukrainian"},
	{"київ*", ""},
	{"києві", "ukrainian"},
	{"п'ять", "ukrainian"},
	{"під’їздів", "ukrainian"},
	{"שלום", "hebrew"},
	{"مرحبا", "arabic"},
	{"احمد 123", "arabic"},
	{"नमस्ते", "hindi"},
	{"हिन्दी 12", "hindi"},
	{"搜索", "chinese"},
	{"数据库", "chinese"},
	{"引索", ""},
	{"擎在", "chinese"},
	{"2.0", "chinese"},
	{"from:小明", "chinese"},
	{"東京", "japanese"},
	{"京都", "japanese"},
	{"サーバー", "japanese"},
	{"データベース", "halfwidth"},
	{"서버", "korean"},
	{"죽었습*", "korean"},
	{"ไทย", "thai"},
	{"ช่อง", "thai"},
	{"duong nguyen hue", "vietnamese"},
	{"has:attachment", "slides"},
	{"has:attachment from:ben", ""},
	{"report", "slides"},
	{"Q3_Report-final.pdf", "slides"},
	{"eclair boldness", "html"},
	{"hidden", ""},
	{"before:2000", "old"},
	{"before:2000-01-01 lint", "old"},
	{"before:1999-12-31", ""},
	{"after:2026-05 before:2026-06", "html slides"},
	{"after:2026-05-02 before:2026-05-03", "html"},
	{"after:2026-06-02", ""},
	{"clippy OR slides", "slides linter"},
	{"clippy OR slides from:ann -report", "linter"},
	{"checker -borrow", ""},
	{`checker -"borrow checker"`, "answer"},
	{"-x -example -from:x after:2026-04-30", "slides"},
	{"in:1", "answer linter"},
	{"in:1 from:ben", "answer"},
	{"in:99", ""},
	{"is:solved", ""},
	{"list:rust clippy", "linter"},
}

func TestSearchSuite(t *testing.T) {
	storetest.OnBoth(t, func(t *testing.T, db *store.DB) {
		c, names := suiteDB(t, db, "rust")
		suiteDB(t, db, "other")
		s := Searcher{DB: db}
		for _, tt := range searchSuite {
			q, err := ParseQuery(tt.query, Asking{Now: storetest.Now, Zone: time.UTC})
			if err != nil {
				t.Errorf("%s: %v", tt.query, err)
				continue
			}
			found, more, err := s.Search(ctx, q, []store.Community{c}, Page{Limit: 50})
			if err != nil || more {
				t.Errorf("%s: more %v, %v", tt.query, more, err)
			}
			var got []string
			for _, f := range found {
				got = append(got, names[f.ID])
				if f.Snippet.Text == "" {
					t.Errorf("%s: %s has no snippet", tt.query, names[f.ID])
				}
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("%s: got %q, want %q", tt.query, strings.Join(got, " "), tt.want)
			}
		}
	})
}

// TestSearchPages: pages by number and by key are the same posts.
func TestSearchPages(t *testing.T) {
	db := storetest.Open(t)
	c, _ := suiteDB(t, db, "rust")
	s := Searcher{DB: db}
	q, err := ParseQuery("from:x", asking)
	if err != nil {
		t.Fatal(err)
	}
	var byKey, byNumber []string
	page := Page{Limit: 4}
	for more, n := true, 0; more; n++ {
		var found []Found
		if found, more, err = s.Search(ctx, q, []store.Community{c}, page); err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			byKey = append(byKey, f.MessageID)
			page.After = f.Key
		}
		numbered, moreNumbered, err := s.SearchFrom(ctx, q, []store.Community{c}, 4*n, 4)
		if err != nil || moreNumbered != more {
			t.Fatal(moreNumbered, err)
		}
		for _, f := range numbered {
			byNumber = append(byNumber, f.MessageID)
		}
	}
	if len(byKey) < 10 || fmt.Sprint(byKey) != fmt.Sprint(byNumber) {
		t.Errorf("by key    %v\nby number %v", byKey, byNumber)
	}
}

// TestRestrict: who names a community that they must not search hears the same as of one that is not there.
func TestRestrict(t *testing.T) {
	db := storetest.Open(t)
	rust, goes := storetest.Community(t, db, "rust"), storetest.Community(t, db, "go")
	storetest.Community(t, db, "secret")
	for _, tt := range []struct{ query, want string }{
		{"x list:RUST", ""}, {"x list:rust@lists.example.org list:go", ""},
		{"x list:secret", "list:secret is no community that you can search: there are rust, go"},
		{"x list:nothing", "list:nothing is no community that you can search: there are rust, go"},
	} {
		q, err := ParseQuery(tt.query, asking)
		if err != nil {
			t.Fatal(err)
		}
		s := Searcher{DB: db}
		_, _, err = s.Search(ctx, q, []store.Community{rust, goes}, Page{})
		if got := fmt.Sprint(err); got != tt.want && (tt.want != "" || err != nil) {
			t.Errorf("%s: %v, want %s", tt.query, err, tt.want)
		}
	}
}
