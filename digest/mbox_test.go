package digest

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guildpost/digest/measure"
	"guildpost/mail"
	"guildpost/store"
	"guildpost/store/storetest"
)

// corpus is the folder of real mail beside the repository.
var corpus = filepath.Join("..", "..", "shared", "corpus", "mbox")

// readMbox reads the messages of an mboxrd file.
func readMbox(t *testing.T, name string) (all []*mail.Message) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(corpus, name))
	if os.IsNotExist(err) && !strings.Contains(os.Getenv("GUILDPOST_TEST_REQUIRE"), "corpus") {
		t.Skip("no corpus here")
	}
	if err == nil && strings.HasSuffix(name, ".gz") {
		var r *gzip.Reader
		if r, err = gzip.NewReader(bytes.NewReader(text)); err == nil {
			text, err = io.ReadAll(r)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range bytes.Split(append([]byte("\n"), text...), []byte("\nFrom "))[1:] {
		_, raw, _ := bytes.Cut(one, []byte("\n"))
		all = append(all, mail.Read(raw))
	}
	return all
}

// fileMessage files a message of an archive; one without an author, or that came before, is passed over.
func fileMessage(t *testing.T, db *store.DB, c store.Community, m *mail.Message) {
	t.Helper()
	author := m.Author()
	from, err := mail.Canonical(author.String())
	if err != nil {
		return
	}
	base, reply := mail.BaseSubject(m.Subject)
	hash := m.BodyHash()
	_, err = db.AcceptPost(t.Context(), store.Arrival{CommunityID: c.ID, Raw: m.Raw, MessageID: m.Identity(hash, c.Domain), BodyHash: hash,
		References: m.Ancestors(), Reply: reply, From: from, FromName: author.Name, Subject: m.Subject, SubjectBase: base,
		Date: m.Date, Now: storetest.Now, Text: store.PostText(m.SearchText())})
	if err != nil {
		t.Fatal(err)
	}
}

// TestMbox: the figures of real lists are what one expects of lists. Their authors are members of nothing, since nobody
// joined here.
func TestMbox(t *testing.T) {
	for _, name := range []string{"lists-uboot-stm32-2019.mbox", "lists-usrp-users-2019.mbox.gz", "lists-openbmc-2019.mbox.gz", "lists-virtualization-2019.mbox.gz"} {
		t.Run(name, func(t *testing.T) {
			db := storetest.Open(t)
			c := storetest.Community(t, db, "list")
			counts := map[time.Time]int{}
			var busiest time.Time
			for _, m := range readMbox(t, name) {
				fileMessage(t, db, c, m)
				month := measure.LastMonth(m.Date.AddDate(0, 1, -m.Date.Day()+1), time.UTC).To
				if counts[month]++; counts[month] > counts[busiest] {
					busiest = month
				}
			}
			r, err := (&Gatherer{DB: db, Zone: time.UTC}).Report(t.Context(), c, measure.LastMonth(busiest, time.UTC))
			if err != nil {
				t.Fatal(err)
			}
			checkSane(t, r)
		})
	}
}

// checkSane wants what holds for every list that is alive.
func checkSane(t *testing.T, r *Report) {
	t.Helper()
	d, m := r.Now.Discussions, r.Now.Members
	for i, one := range r.Now.All() {
		for _, p := range one.Parts() {
			if p.Available() && p.Value != 0 {
				t.Logf("%s %s.%s = %.3f (%d of %d)", r.Window.To.AddDate(0, 0, -1).Format("2006-01"), measure.Names[i], p.Key, p.Value, p.K, p.N)
			}
		}
	}
	between := func(what string, f measure.Figure, low, high float64) {
		t.Helper()
		if !f.Available() || f.Value < low || f.Value > high {
			t.Errorf("%s = %v (%s), want %v to %v", what, f.Value, f.Why, low, high)
		}
	}
	between("posts", d.Posts, 20, 1000)
	between("threads", d.Threads, 5, d.Posts.Value)
	between("threads answered", d.Answered, .2, 1)
	between("median first response in hours", d.FirstAnswer, .05, 168)
	between("evenness", d.Evenness, .1, .9)
	between("reciprocity", d.Reciprocity, .05, 1)
	between("people with more than half of the posts", d.Absence, 1, float64(d.Absence.N)/2)
	between("new text", d.NewText, .1, 1)
	between("quality index", d.Quality, 10, 95)
	between("members", m.Number, 0, 0)
	if m.ActiveShare.Why != measure.NoMembers {
		t.Errorf("the active share of no members is %+v", m.ActiveShare)
	}
}
