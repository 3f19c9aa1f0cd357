package archive

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"guildpost/mail/archive/box"
	"guildpost/store"
	"guildpost/store/storetest"
)

func importer(db *store.DB) *Importer {
	return &Importer{DB: db, Now: func() time.Time { return storetest.Now }}
}

// importAll imports what is at some paths.
func importAll(t testing.TB, db *store.DB, c store.Community, paths ...string) Report {
	t.Helper()
	r, err := importer(db).Import(ctx, storetest.By(storetest.Now), c, strings.Join(paths, ", "), openAll(t, paths...), nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.Messages != r.Added+r.Duplicates+r.Bad {
		t.Errorf("%d messages are not all counted: %+v", r.Messages, r)
	}
	return r
}

func openAll(t testing.TB, paths ...string) box.Box {
	t.Helper()
	var all []box.Box
	for _, path := range paths {
		b, err := box.Open(path, box.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { b.Close() })
		all = append(all, b)
	}
	return box.Chain(all...)
}

// contents describes the archive of a community: each post with its bytes, its thread by its first post, and its files.
func contents(t testing.TB, db *store.DB, c store.Community) (all []string) {
	t.Helper()
	first := map[int64]string{}
	err := eachPage(ctx, db, c.ID, store.ExportFilter{}, func(page []store.Post) error {
		for _, p := range page {
			raw, err := db.Raw(ctx, p.RawID)
			if err != nil {
				t.Fatal(err)
			}
			files, err := db.Attachments(ctx, p.ID)
			if err != nil {
				t.Fatal(err)
			}
			if first[p.ThreadID] == "" {
				first[p.ThreadID] = p.MessageID
			}
			all = append(all, fmt.Sprintf("%s %x in %s at %s files %v", p.MessageID, sha256.Sum256(raw), first[p.ThreadID], p.Date, files))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

// roundTrips exports a community's archive in each format, and wants that it is the same when it is imported.
func roundTrips(t *testing.T, db *store.DB, c store.Community) {
	t.Helper()
	want := contents(t, db, c)
	for _, format := range []string{"mboxrd", "maildir", "zip"} {
		t.Run(format, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "export")
			export(t, db, c, format, path)
			other, err := db.CreateCommunity(ctx, storetest.By(storetest.Now), store.Community{Name: c.Name + "-" + format, Domain: c.Domain})
			if err != nil {
				t.Fatal(err)
			}
			r := importAll(t, db, other, path)
			if int(r.Added) != len(want) || r.Bad != 0 || r.Duplicates != 0 {
				t.Errorf("of %d: %+v", len(want), r)
			}
			got := contents(t, db, other)
			for i := range min(len(got), len(want)) {
				if got[i] != want[i] {
					t.Fatalf("got  %s\nwant %s", got[i], want[i])
				}
			}
		})
	}
}

func export(t *testing.T, db *store.DB, c store.Community, format, path string) {
	t.Helper()
	var sink Sink
	var err error
	var out bytes.Buffer
	switch format {
	case "maildir":
		sink, err = ToMaildir(path)
	case "zip":
		sink = ToZIP(&out, db, c, store.ExportFilter{}, storetest.Now)
	default:
		sink = ToMbox(&out)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Export(ctx, db, c.ID, store.ExportFilter{}, sink, nil); err != nil {
		t.Fatal(err)
	}
	if format != "maildir" {
		if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// fixtures are messages that are hard on a box.
var fixtures = []string{
	"From: Ann <ann@example.org>\nMessage-ID: <1@x>\nDate: Mon, 5 Jan 2015 10:00:00 +0000\nSubject: one\n\nFrom here\n>From there\n\n\n",
	"From: Ben <ben@example.org>\r\nMessage-ID: <2@x>\r\nIn-Reply-To: <1@x>\r\nDate: Mon, 5 Jan 2015 11:00:00 +0000\r\nSubject: Re: one\r\n\r\nno line end",
	"From: Cleo <cleo@example.org>\nMessage-ID: <4@x>\nReferences: <3@x>\nDate: Mon, 5 Jan 2015 09:00:00 +0000\n\nbefore its parent\n",
	"From: Dora <dora@example.org>\nMessage-ID: <3@x>\nDate: Mon, 5 Jan 2015 12:00:00 +0000\nContent-Length: 3\n\na false length\n",
	"From old@example.org Mon Jan  5 10:00:00 2015\nFrom: Emil <emil@example.org>\nMessage-ID: <5@x>\nDate: Tue, 6 Jan 2015 12:00:00 +0000\n\nwith its From line\n",
	"From: Fritz <fritz@example.org>\nSubject: no Message-ID\nDate: Wed, 7 Jan 2015 12:00:00 +0000\n\n\x00\xff 8 bit\r and CR alone\r",
	"From: Gina <gina@example.org>\nMessage-ID: <6@x>\nDate: Thu, 8 Jan 2015 12:00:00 +0000\n",
	"From: Hal <hal@example.org>\nMessage-ID: <7@x>\nDate: Fri, 9 Jan 2015 12:00:00 +0000\nContent-Type: multipart/mixed; boundary=b\n\n" +
		"--b\n\ntext\n--b\nContent-Type: application/pdf; name=plan.pdf\nContent-Transfer-Encoding: base64\n\n" + strings.Repeat("QUJDREVGR0hJSktM\n", 3000) + "--b--\n",
}

func TestRoundTrip(t *testing.T) {
	db := storetest.Open(t)
	c := storetest.Community(t, db, "rust")
	folder := t.TempDir()
	for i, text := range fixtures {
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%d.eml", i)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if r := importAll(t, db, c, folder); int(r.Added) != len(fixtures) || r.Threads != 6 {
		t.Fatalf("the fixtures: %+v", r)
	}
	all := contents(t, db, c)
	for _, text := range fixtures {
		if sum := fmt.Sprintf("%x", sha256.Sum256([]byte(text))); !slices.ContainsFunc(all, func(s string) bool { return strings.Contains(s, sum) }) {
			t.Errorf("%.60q is not there byte for byte", text)
		}
	}
	roundTrips(t, db, c)
}

func TestAttachment(t *testing.T) {
	db := storetest.Open(t)
	c := storetest.Community(t, db, "rust")
	results, err := importer(db).File(ctx, c, []Incoming{{Raw: []byte(fixtures[7])}})
	if err != nil {
		t.Fatal(err)
	}
	p, err := db.Post(ctx, results[0].PostID)
	if err != nil {
		t.Fatal(err)
	}
	a, content, err := Attachment(ctx, db, p, "2")
	if err != nil || a.Name != "plan.pdf" || !strings.HasPrefix(string(content), "ABCDEFGHIJKL") || int64(len(content)) != a.Size {
		t.Errorf("got %+v %.20q %v", a, content, err)
	}
	if _, _, err := Attachment(ctx, db, p, "1"); store.KindOf(err) != store.NotFound {
		t.Errorf("the text as a file: %v", err)
	}
}

func TestFile(t *testing.T) {
	db := storetest.Open(t)
	c := storetest.Community(t, db, "rust")
	all := []Incoming{{Raw: []byte(fixtures[0])}, {Raw: []byte("noise"), Place: "INBOX, UID 2"}, {}, {Raw: []byte(fixtures[1])}, {Raw: []byte(fixtures[0])}}
	got, err := importer(db).File(ctx, c, all)
	if err != nil {
		t.Fatal(err)
	}
	if got[0].PostID == 0 || got[1].Problem == "" || got[2].Problem == "" || got[3].ThreadID != got[0].ThreadID || !got[4].Duplicate {
		t.Errorf("got %+v", got)
	}
	if string(all[0].Raw) != fixtures[0] {
		t.Error("the messages were taken from who gave them")
	}
	problems, err := db.ImportProblems(ctx, c.ID)
	if err != nil || len(problems) != 1 || problems[0].Place != "INBOX, UID 2" {
		t.Errorf("kept aside: %+v %v", problems, err)
	}
	if open, err := db.ArchiveOpen(ctx, c.ID); err != nil || !open {
		t.Errorf("the archive is open: %v %v", open, err)
	}
}

func TestDates(t *testing.T) {
	came := time.Date(2015, 1, 5, 12, 0, 0, 0, time.UTC)
	const received = "Received: from a by b; Mon, 5 Jan 2015 12:30:00 +0000\n"
	for _, test := range []struct {
		name, header string
		box          time.Time
		want         string
	}{
		{"its Date", received + "Date: Mon, 5 Jan 2015 10:00:00 +0100\n", came, "2015-01-05T09:00:00Z"},
		{"days under way", received + "Date: Thu, 1 Jan 2015 10:00:00 +0000\n", came, "2015-01-01T10:00:00Z"},
		{"no Date", received, came, "2015-01-05T12:30:00Z"},
		{"a Date of the future", received + "Date: Mon, 5 Jan 2033 10:00:00 +0000\n", came, "2015-01-05T12:30:00Z"},
		{"a clock without a battery", received + "Date: Fri, 4 Jan 1980 10:00:00 +0000\n", came, "2015-01-05T12:30:00Z"},
		{"days ahead of who received it", received + "Date: Thu, 8 Jan 2015 10:00:00 +0000\n", came, "2015-01-05T12:30:00Z"},
		{"no Date and not received", "", came, "2015-01-05T12:00:00Z"},
		{"nonsense", "Date: yesterday\nReceived: by magic; today\n", came, "2015-01-05T12:00:00Z"},
		{"nothing at all", "", time.Time{}, storetest.Now.Format(time.RFC3339)},
		{"a box of the future", "", storetest.Now.AddDate(1, 0, 0), storetest.Now.Format(time.RFC3339)},
	} {
		t.Run(test.name, func(t *testing.T) {
			db := storetest.Open(t)
			c := storetest.Community(t, db, "rust")
			got, err := importer(db).File(ctx, c, []Incoming{{Raw: []byte("Subject: x\n" + test.header + "\n" + test.name), Received: test.box}})
			if err != nil {
				t.Fatal(err)
			}
			p, err := db.Post(ctx, got[0].PostID)
			if err != nil {
				t.Fatal(err)
			}
			if date := p.Date.UTC().Format(time.RFC3339); date != test.want || !p.AcceptedAt.Equal(p.Date) {
				t.Errorf("its date is %s, accepted %s, want %s", date, p.AcceptedAt, test.want)
			}
		})
	}
}

func TestObfuscatedAuthors(t *testing.T) {
	db := storetest.Open(t)
	c := storetest.Community(t, db, "rust")
	got, err := importer(db).File(ctx, c, []Incoming{{Raw: []byte("From: ann at Example.org (Ann Example)\nSubject: x\n\nhello\n")}})
	if err != nil {
		t.Fatal(err)
	}
	p, err := db.Post(ctx, got[0].PostID)
	if err != nil || p.From != "ann@example.org" || p.FromName != "Ann Example" {
		t.Errorf("it is from %q %q %v", p.From, p.FromName, err)
	}
}

// A breaking box ends with an error behind some messages, as a file that is not whole does.
type breaking struct {
	box.Box
	left int
}

var errBroken = errors.New("the file is not whole")

func (b *breaking) Next() (box.Message, error) {
	if b.left--; b.left < 0 {
		return box.Message{}, errBroken
	}
	return b.Box.Next()
}

// What stands in front of the damage is filed, and the import goes on from there.
func TestCutShort(t *testing.T) {
	db := storetest.Open(t)
	c := storetest.Community(t, db, "rust")
	folder := t.TempDir()
	for i := range 2500 {
		text := fmt.Sprintf("From: Ann <ann@example.org>\nMessage-ID: <%d@x>\nDate: Mon, 5 Jan 2015 10:00:00 +0000\n\nhello\n", i)
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%04d.eml", i)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	by := storetest.By(storetest.Now)
	r, err := importer(db).Import(ctx, by, c, "folder", &breaking{openAll(t, folder), 2100}, nil)
	if !errors.Is(err, errBroken) || r.Added != 2100 {
		t.Fatalf("%+v %v", r, err)
	}
	if open, err := db.ArchiveOpen(ctx, c.ID); err != nil || open {
		t.Errorf("the archive is open: %v %v", open, err)
	}
	r, err = importer(db).Import(ctx, by, c, "folder", openAll(t, folder), nil)
	if err != nil || r.Resumed != 2100 || r.Added != 400 || r.Posts != 2500 {
		t.Errorf("%+v %v", r, err)
	}
}

func TestDryRun(t *testing.T) {
	db := storetest.Open(t)
	c := storetest.Community(t, db, "rust")
	folder := t.TempDir()
	for i, text := range append(fixtures, "noise", fixtures[0]) {
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%d.eml", i)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := importer(db).File(ctx, c, []Incoming{{Raw: []byte(fixtures[1])}}); err != nil {
		t.Fatal(err)
	}
	r, err := importer(db).DryRun(ctx, storetest.By(storetest.Now), c, openAll(t, folder), nil)
	if err != nil || r.Messages != 10 || r.Added != 7 || r.Duplicates != 2 || r.Bad != 1 || r.Posts != 7 {
		t.Errorf("%+v %v", r, err)
	}
	if posts, _, err := db.ArchiveSize(ctx, c.ID); err != nil || posts != 1 {
		t.Errorf("the archive has %d posts then: %v", posts, err)
	}
}

func TestZIPIndex(t *testing.T) {
	db := storetest.Open(t)
	c := storetest.Community(t, db, "rust")
	path := filepath.Join(t.TempDir(), "all.zip")
	for _, want := range []int{0, 3} {
		export(t, db, c, "zip", path)
		r, err := zip.OpenReader(path)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		f, err := r.Open("index.json")
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		var index struct {
			Community struct{ Address string }
			Posts     []indexPost
			Threads   []indexThread
		}
		if err := json.Unmarshal(text, &index); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if len(index.Posts) != want || index.Posts == nil || index.Threads == nil || index.Community.Address != c.Address() {
			t.Errorf("want %d posts:\n%s", want, text)
		}
		for _, p := range index.Posts {
			if _, err := r.Open(p.File); err != nil {
				t.Error(err)
			}
		}
		all := []Incoming{{Raw: []byte(fixtures[0])}, {Raw: []byte(fixtures[1])}, {Raw: []byte(fixtures[7])}}
		if _, err := importer(db).File(ctx, c, all); err != nil {
			t.Fatal(err)
		}
	}
}

// corpus returns a folder of the corpus of real mail, which lies beside the repository.
func corpus(t *testing.T, name string) string {
	t.Helper()
	folder := filepath.Join("..", "..", "..", "shared", "corpus", name)
	if _, err := os.Stat(folder); err != nil {
		t.Skip("there is no corpus of mail beside the repository")
	}
	return folder
}

// TestCorpusMbox: the messages are as many as its README says. 34 of notmuch-lkml come twice, list and Cc copy.
func TestCorpusMbox(t *testing.T) {
	if testing.Short() {
		t.Skip("thousands of messages")
	}
	folder := corpus(t, "mbox")
	db := storetest.Open(t)
	c := storetest.Community(t, db, "rust")
	for name, want := range map[string]int64{"lists-openbmc-2019.mbox.gz": 1700, "lists-virtualization-2019.mbox.gz": 2300,
		"lists-usrp-users-2019.mbox.gz": 900, "lists-uboot-stm32-2019.mbox": 250, "notmuch-lkml.mbox": 210} {
		if r := importAll(t, db, c, filepath.Join(folder, name)); r.Messages != want || r.Bad != 0 {
			t.Errorf("%s: %+v, want %d messages", name, r, want)
		}
	}
	if posts, _, err := db.ArchiveSize(ctx, c.ID); err != nil || posts != 5326 {
		t.Errorf("the archive has %d posts: %v", posts, err)
	}
	some := storetest.Community(t, db, "some")
	importAll(t, db, some, filepath.Join(folder, "lists-usrp-users-2019.mbox.gz"), filepath.Join(folder, "notmuch-lkml.mbox"))
	roundTrips(t, db, some)
}

// TestCorpusAuthors: lists that stand in From themselves, for all of their posts or for some, have them filed under the
// people who wrote them.
func TestCorpusAuthors(t *testing.T) {
	folder := corpus(t, "mbox")
	for name, want := range map[string]struct {
		list    string
		authors int
	}{
		"lists-usrp-users-2019.mbox.gz":     {"usrp-users@lists.ettus.com", 176},                // 1 without looking behind it
		"lists-virtualization-2019.mbox.gz": {"virtualization@lists.linux-foundation.org", 155}, // 148
		"lists-uboot-stm32-2019.mbox":       {"uboot-stm32@st-md-mailman.stormreply.com", 19},   // all are people
	} {
		db := storetest.Open(t)
		c := storetest.Community(t, db, "rust")
		importAll(t, db, c, filepath.Join(folder, name))
		posts, err := db.ExportPosts(ctx, c.ID, store.ExportFilter{Limit: 10_000})
		if err != nil {
			t.Fatal(err)
		}
		authors := map[string]bool{}
		for _, p := range posts {
			if authors[p.From] = true; p.From == want.list || strings.Contains(p.FromName, " via ") {
				t.Errorf("%s: %s is by %q <%s>", name, p.MessageID, p.FromName, p.From)
			}
		}
		if len(authors) != want.authors {
			t.Errorf("%s has %d authors, want %d", name, len(authors), want.authors)
		}
	}
}

// TestCorpusMail: every file is counted, and what is bad is kept aside with its reason.
func TestCorpusMail(t *testing.T) {
	folder := corpus(t, "mail")
	db := storetest.Open(t)
	c := storetest.Community(t, db, "rust")
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	r := importAll(t, db, c, folder)
	problems, err := db.ImportProblems(ctx, c.ID)
	if err != nil || int(r.Messages) < len(files) || r.Added < 500 || len(problems) == 0 || len(problems) > int(r.Bad) {
		t.Errorf("of %d files: %+v, %d kept aside %v", len(files), r, len(problems), err)
	}
	if again := importAll(t, db, c, folder); again.Added != 0 || again.Bad != r.Bad {
		t.Errorf("again: %+v", again)
	}
	roundTrips(t, db, c)
}
