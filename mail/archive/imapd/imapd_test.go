package imapd

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"guildpost/store"
	"guildpost/store/storetest"
)

var (
	in2024 = time.Date(2024, 12, 31, 23, 59, 0, 0, time.UTC)
	in2026 = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
)

func TestFolders(t *testing.T) {
	w := newWorld(t, nil)
	rust, secret := storetest.Community(t, w.db, "rust"), storetest.Community(t, w.db, "secret")
	elsewhere, err := w.db.CreateCommunity(ctx, storetest.By(w.clock()), store.Community{Name: "rust", Domain: "other.example"})
	w.check(err)
	w.say(rust, "a@a.example", "old", "x", in2024)
	w.say(rust, "a@a.example", "new", "x", in2026)
	w.say(secret, "a@a.example", "secret", "x", in2026)
	ann := w.member(rust, "ann@a.example")
	w.member(elsewhere, "ann@a.example")
	c := w.login(ann, nil)

	for _, test := range []struct{ pattern, want string }{
		{"*", "INBOX rust rust/2024 rust/2026 rust@other.example"},
		{"%", "INBOX rust rust@other.example"},
		{"rust/%", "rust/2024 rust/2026"},
		{"inbox", "INBOX"},
		{"secret*", ""},
		{"r*6", "rust/2026"},
		{strings.Repeat("*a", 200), ""},
	} {
		if got := w.names(c, test.pattern, nil); got != test.want {
			t.Errorf("LIST %q: got %q, want %q", test.pattern, got, test.want)
		}
	}
	subscribed := &imap.ListOptions{SelectSubscribed: true}
	if got := w.names(c, "*", subscribed); got != "INBOX rust rust@other.example" {
		t.Errorf("subscribed by themselves are %q", got)
	}
	w.check(c.Subscribe("rust/2026").Wait())
	w.check(c.Unsubscribe("rust@other.example").Wait())
	if got := w.names(w.login(ann, nil), "*", subscribed); got != "INBOX rust rust/2026" {
		t.Errorf("subscribed are %q", got)
	}
	for _, name := range []string{"secret", "secret/2026", "rust/2025", "nothing", "rust/2026/x", "rust/", ""} {
		_, err := c.Select(name, nil).Wait()
		refused(t, "SELECT "+name, err, imap.ResponseCodeNonExistent)
		_, err = c.Status(name, &imap.StatusOptions{NumMessages: true}).Wait()
		refused(t, "STATUS "+name, err, imap.ResponseCodeNonExistent)
		refused(t, "SUBSCRIBE "+name, c.Subscribe(name).Wait(), imap.ResponseCodeNonExistent)
	}
}

func TestStatusAndSelect(t *testing.T) {
	w := newWorld(t, nil)
	rust := storetest.Community(t, w.db, "rust")
	go1 := storetest.Community(t, w.db, "go")
	first := w.say(rust, "a@a.example", "one", "x", in2024)
	w.say(go1, "a@a.example", "between", "x", in2026)
	last := w.say(rust, "a@a.example", "two", "xyz", in2026)
	ann := w.member(rust, "ann@a.example")
	c := w.login(ann, nil)
	options := &imap.StatusOptions{NumMessages: true, UIDNext: true, UIDValidity: true, NumUnseen: true, Size: true}
	for _, test := range []struct {
		folder       string
		messages     uint32
		next         uint32
		unseen, size int
	}{{"INBOX", 0, 1, 0, 0}, {"rust", 2, last + 1, 2, 270}, {"rust/2024", 1, first + 1, 1, 134}, {"rust/2026", 1, last + 1, 1, 136}} {
		s, err := c.Status(test.folder, options).Wait()
		w.check(err)
		if *s.NumMessages != test.messages || uint32(s.UIDNext) != test.next || int(*s.NumUnseen) != test.unseen || int(*s.Size) != test.size {
			t.Errorf("%s has %d messages, UIDNEXT %d, %d unseen, %d bytes; want %+v", test.folder, *s.NumMessages, s.UIDNext, *s.NumUnseen, *s.Size, test)
		}
		d, err := c.Select(test.folder, nil).Wait()
		w.check(err)
		if d.NumMessages != test.messages || uint32(d.UIDNext) != test.next || d.UIDValidity != s.UIDValidity || d.UIDValidity == 0 {
			t.Errorf("SELECT %s: %+v, want %+v", test.folder, d, test)
		}
	}
	d, err := c.Select("rust", nil).Wait()
	w.check(err)
	if !slices.Contains(d.PermanentFlags, imap.FlagSeen) || !slices.Contains(d.PermanentFlags, imap.FlagWildcard) || slices.Contains(d.PermanentFlags, imap.FlagDeleted) {
		t.Errorf("permanent flags are %v", d.PermanentFlags)
	}
	n, err := c.Namespace().Wait()
	w.check(err)
	if len(n.Personal) != 1 || n.Personal[0].Delim != '/' || n.Personal[0].Prefix != "" {
		t.Errorf("the namespace is %+v", n)
	}
	listed, err := c.List("", "rust", &imap.ListOptions{ReturnStatus: options, ReturnSubscribed: true, ReturnChildren: true}).Collect()
	w.check(err)
	if len(listed) != 1 || *listed[0].Status.NumMessages != 2 || !slices.Contains(listed[0].Attrs, imap.MailboxAttrHasChildren) ||
		!slices.Contains(listed[0].Attrs, imap.MailboxAttrSubscribed) {
		t.Errorf("LIST with STATUS: %+v", listed)
	}
}

func TestReadOnly(t *testing.T) {
	w := newWorld(t, nil)
	rust := storetest.Community(t, w.db, "rust")
	uid := w.say(rust, "a@a.example", "one", "x", in2026)
	c := w.selected(w.member(rust, "ann@a.example"), "rust")
	for what, err := range map[string]error{
		"CREATE": c.Create("new", nil).Wait(), "DELETE": c.Delete("rust").Wait(), "RENAME": c.Rename("rust", "go", nil).Wait(),
		"STORE \\Deleted": c.Store(imap.SeqSetNum(1), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close(),
		"STORE \\Draft":   c.Store(imap.SeqSetNum(1), &imap.StoreFlags{Op: imap.StoreFlagsSet, Flags: []imap.Flag{imap.FlagDraft}}, nil).Close(),
	} {
		refused(t, what, err, imap.ResponseCodeNoPerm)
	}
	_, err := c.Copy(imap.SeqSetNum(1), "rust/2026").Wait()
	refused(t, "COPY", err, imap.ResponseCodeNoPerm)
	message := []byte(strings.Repeat("x", 100_000))
	a := c.Append("rust", int64(len(message)), nil)
	_, err = a.Write(message)
	w.check(err)
	w.check(a.Close())
	_, err = a.Wait()
	refused(t, "APPEND", err, imap.ResponseCodeNoPerm)
	w.check(c.Expunge().Close())
	w.check(c.Store(imap.SeqSetNum(1), &imap.StoreFlags{Op: imap.StoreFlagsDel, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close())
	w.check(c.UnselectAndExpunge().Wait()) // CLOSE
	d, err := c.Select("rust", &imap.SelectOptions{ReadOnly: true}).Wait()
	w.check(err)
	if d.NumMessages != 1 || len(d.PermanentFlags) != 0 {
		t.Errorf("EXAMINE: %+v", d)
	}
	refused(t, "STORE after EXAMINE", c.Store(imap.SeqSetNum(1), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagSeen}}, nil).Close(), imap.ResponseCodeNoPerm)
	if _, err := c.Fetch(imap.UIDSetNum(imap.UID(uid)), &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{{}}}).Collect(); err != nil {
		t.Error(err)
	}
	if got := w.flags(c, 1); got != "" {
		t.Errorf("reading after EXAMINE marks as %q", got)
	}
}

// flags are those of a message, as text.
func (w *world) flags(c *imapclient.Client, number uint32) string {
	w.Helper()
	all, err := c.Fetch(imap.SeqSetNum(number), &imap.FetchOptions{Flags: true}).Collect()
	w.check(err)
	if len(all) != 1 {
		w.Fatalf("%d messages", len(all))
	}
	var words []string
	for _, f := range all[0].Flags {
		words = append(words, string(f))
	}
	slices.Sort(words)
	return strings.Join(words, " ")
}

func TestFlags(t *testing.T) {
	w := newWorld(t, nil)
	rust := storetest.Community(t, w.db, "rust")
	for i := range 5 {
		w.say(rust, "a@a.example", fmt.Sprint("post ", i), "x", in2026)
	}
	ann, ben := w.member(rust, "ann@a.example"), w.member(rust, "ben@b.example")
	c := w.selected(ann, "rust")
	store1 := func(op imap.StoreFlagsOp, flags ...imap.Flag) {
		t.Helper()
		w.check(c.Store(imap.SeqSetNum(1), &imap.StoreFlags{Op: op, Silent: true, Flags: flags}, nil).Close())
	}
	for _, step := range []struct {
		op    imap.StoreFlagsOp
		flags []imap.Flag
		want  string
	}{
		{imap.StoreFlagsAdd, []imap.Flag{imap.FlagSeen, "work"}, `\Seen work`},
		{imap.StoreFlagsAdd, []imap.Flag{"WORK", imap.FlagFlagged}, `\Flagged \Seen work`},
		{imap.StoreFlagsDel, []imap.Flag{"Work", "never"}, `\Flagged \Seen`},
		{imap.StoreFlagsSet, []imap.Flag{imap.FlagAnswered, "$Forwarded"}, `$Forwarded \Answered`},
		{imap.StoreFlagsSet, nil, ""},
		{imap.StoreFlagsSet, []imap.Flag{imap.FlagSeen, "later"}, `\Seen later`},
	} {
		store1(step.op, step.flags...)
		if got := w.flags(c, 1); got != step.want {
			t.Errorf("after %v %v the flags are %q, want %q", step.op, step.flags, got, step.want)
		}
	}
	if _, err := c.Fetch(imap.SeqSetNum(2), &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{{Peek: true}}}).Collect(); err != nil {
		t.Fatal(err)
	}
	read, err := c.Fetch(imap.SeqSetNum(3), &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{{Specifier: imap.PartSpecifierText}}}).Collect()
	w.check(err)
	if !slices.Contains(read[0].Flags, imap.FlagSeen) {
		t.Error("a message that is read is not told to be seen")
	}
	if got := w.flags(w.selected(ben, "rust"), 1); got != "" {
		t.Errorf("somebody else's flags are %q", got)
	}
	w.stop()
	w.start(nil)
	c = w.selected(ann, "rust/2026")
	if got := w.flags(c, 1) + ";" + w.flags(c, 2) + ";" + w.flags(c, 3); got != `\Seen later;;\Seen` {
		t.Errorf("after a restart the flags are %q", got)
	}
	s, err := c.Status("rust", &imap.StatusOptions{NumUnseen: true}).Wait()
	w.check(err)
	if *s.NumUnseen != 3 {
		t.Errorf("%d are unseen, want 3", *s.NumUnseen)
	}
	for i := range maxKeywords + 3 {
		err = c.Store(imap.SeqSetNum(1), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.Flag(fmt.Sprint("k", i))}}, nil).Close()
	}
	refused(t, "too many keywords", err, imap.ResponseCodeNoPerm)
	many := make([]imap.Flag, maxKeywords)
	for i := range many {
		many[i] = imap.Flag(fmt.Sprint("other", i))
	}
	refused(t, "too many keywords at once", c.Store(imap.SeqSetNum(1), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: many}, nil).Close(), imap.ResponseCodeNoPerm)
	many = append(many, many...)
	refused(t, "a very long list", c.Store(imap.SeqSetNum(1), &imap.StoreFlags{Op: imap.StoreFlagsDel, Flags: many}, nil).Close(), imap.ResponseCodeLimit)
}

const tree = `From: =?utf-8?q?Ada_L=C3=B6we?= <ada@a.example>
To: rust@lists.example.org
Cc: "Ben, B." <ben@b.example>, ann@a.example
Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=
Date: Sun, 01 Mar 2026 12:00:00 +0100
Message-ID: <tree@a.example>
In-Reply-To: <root@a.example>
Content-Type: multipart/mixed; boundary="b"

preamble
--b
Content-Type: text/plain; charset=utf-8

Hello.
--b
Content-Type: message/rfc822

From: inner@x.example
Subject: inner
Content-Type: multipart/alternative; boundary=c

--c
Content-Type: text/plain

inner text
--c
Content-Type: text/html

<p>inner</p>
--c--

--b
Content-Type: application/octet-stream; name="caf=?"
Content-Disposition: attachment; filename*=utf-8''caf%C3%A9.bin
Content-Transfer-Encoding: base64

AAAA
--b--
`

func TestFetch(t *testing.T) {
	w := newWorld(t, nil)
	rust := storetest.Community(t, w.db, "rust")
	uid := w.post(rust, tree, in2026)
	c := w.selected(w.member(rust, "ann@a.example"), "rust")
	raw := strings.ReplaceAll(tree, "\n", "\r\n")
	section := func(part []int, specifier imap.PartSpecifier, fields ...string) *imap.FetchItemBodySection {
		return &imap.FetchItemBodySection{Part: part, Specifier: specifier, HeaderFields: fields, Peek: true}
	}
	header, body, _ := strings.Cut(raw, "\r\n\r\n")
	for _, test := range []struct {
		name    string
		section *imap.FetchItemBodySection
		want    string
	}{
		{"all", section(nil, ""), raw},
		{"header", section(nil, "HEADER"), header + "\r\n\r\n"},
		{"text", section(nil, "TEXT"), body},
		{"fields", section(nil, "HEADER", "subject", "X-None", "FROM"), "From: =?utf-8?q?Ada_L=C3=B6we?= <ada@a.example>\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\n"},
		{"no fields", section(nil, "HEADER", "X-None"), "\r\n"},
		{"1", section([]int{1}, ""), "Hello."},
		{"1 mime", section([]int{1}, "MIME"), "Content-Type: text/plain; charset=utf-8\r\n\r\n"},
		{"1 header", section([]int{1}, "HEADER"), ""},
		{"2 header", section([]int{2}, "HEADER"), "From: inner@x.example\r\nSubject: inner\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n"},
		{"2 fields", section([]int{2}, "HEADER", "Subject"), "Subject: inner\r\n\r\n"},
		{"2.1", section([]int{2, 1}, ""), "inner text"},
		{"2.2", section([]int{2, 2}, ""), "<p>inner</p>"},
		{"2.3", section([]int{2, 3}, ""), ""},
		{"3", section([]int{3}, ""), "AAAA"},
		{"4", section([]int{4}, ""), ""},
		{"1.1", section([]int{1, 1}, ""), ""},
		{"a piece", &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Offset: 6, Size: 10}}, raw[6:16]},
		{"behind the end", &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Offset: 100_000, Size: 10}}, ""},
		{"far beyond the end", &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Offset: 5, Size: 1<<63 - 1}}, raw[5:]},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := c.Fetch(imap.UIDSetNum(imap.UID(uid)), &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{test.section}}).Collect()
			if err != nil || len(got) != 1 || len(got[0].BodySection) != 1 {
				t.Fatalf("got %v %v", got, err)
			}
			if content := got[0].BodySection[0].Bytes; !bytes.Equal(content, []byte(test.want)) {
				t.Errorf("got %q, want %q", content, test.want)
			}
		})
	}
	got, err := c.Fetch(imap.SeqSetNum(1), &imap.FetchOptions{UID: true, RFC822Size: true, InternalDate: true, Envelope: true,
		BodyStructure: &imap.FetchItemBodyStructure{Extended: true}}).Collect()
	w.check(err)
	m := got[0]
	if int(m.RFC822Size) != len(raw) || uint32(m.UID) != uid || !m.InternalDate.Equal(in2026) {
		t.Errorf("got size %d, UID %d, date %v", m.RFC822Size, m.UID, m.InternalDate)
	}
	e := m.Envelope
	if e.Subject != "Grüße" || e.From[0].Name != "Ada Löwe" || e.From[0].Addr() != "ada@a.example" || len(e.Cc) != 2 || e.Cc[0].Name != "Ben, B." ||
		e.MessageID != "tree@a.example" || e.InReplyTo[0] != "root@a.example" || e.Date.Hour() != 12 {
		t.Errorf("the envelope is %+v", e)
	}
	var tree []string
	m.BodyStructure.Walk(func(path []int, part imap.BodyStructure) bool {
		tree = append(tree, fmt.Sprint(path, part.MediaType()))
		if single, ok := part.(*imap.BodyStructureSinglePart); ok && single.MessageRFC822 != nil {
			tree = append(tree, single.MessageRFC822.Envelope.Subject, single.MessageRFC822.BodyStructure.MediaType())
		}
		return true
	})
	if want := "[]multipart/mixed [1]text/plain [2]message/rfc822 inner multipart/alternative [3]application/octet-stream"; strings.Join(tree, " ") != want {
		t.Errorf("the structure is %q", tree)
	}
}

// TestNothingHostileHurts: commands that ask for a lot are answered, or refused, at once.
func TestNothingHostileHurts(t *testing.T) {
	w := newWorld(t, nil)
	rust := storetest.Community(t, w.db, "rust")
	w.say(rust, "a@a.example", "one", "x", in2026)
	ann := w.member(rust, "ann@a.example")
	c := w.selected(ann, "rust")
	all, err := c.Fetch(imap.UIDSet{{Start: 1, Stop: 4294967295}}, &imap.FetchOptions{UID: true}).Collect()
	if err != nil || len(all) != 1 {
		t.Errorf("a wide range: %d messages, %v", len(all), err)
	}
	sections := make([]*imap.FetchItemBodySection, maxSections+1)
	for i := range sections {
		sections[i] = &imap.FetchItemBodySection{Peek: true, Part: []int{i + 1}}
	}
	_, err = c.Fetch(imap.SeqSetNum(1), &imap.FetchOptions{BodySection: sections}).Collect()
	refused(t, "a FETCH of many parts", err, imap.ResponseCodeLimit)
	deep := imap.SearchCriteria{}
	for range maxKeys + 10 {
		deep = imap.SearchCriteria{Not: []imap.SearchCriteria{deep}}
	}
	_, err = c.Search(&deep, nil).Wait()
	refused(t, "a SEARCH of many keys", err, imap.ResponseCodeLimit)
	_, err = c.Search(&imap.SearchCriteria{Text: []string{strings.Repeat("word ", 100)}}, nil).Wait()
	refused(t, "a SEARCH for many words", err, imap.ResponseCodeLimit)
	if got := w.flags(c, 1); got != "" {
		t.Errorf("the session has flags %q", got)
	}
}
