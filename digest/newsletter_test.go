package digest

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"guildpost/digest/issue"
	"guildpost/mail"
	"guildpost/store"
	"guildpost/store/storetest"
)

// newsTime is when the tests of newsletters take place: a Sunday, two days before the first Tuesday of a month.
var newsTime = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

// newsletters are those of a community with some members, at a time.
func newsletters(t testing.TB, members int) (*Newsletters, store.Community, *bytes.Buffer) {
	t.Helper()
	db := storetest.Open(t)
	c, err := db.CreateCommunity(context.Background(), storetest.By(newsTime.AddDate(-3, 0, 0)), store.Community{Name: "rust", Domain: "lists.example.org", Title: "Rust Guild",
		Rules: store.Rules{Timezone: "UTC", NewsletterRules: store.NewsletterRules{Newsletter: "first Tuesday 08:00"}}})
	if err != nil {
		t.Fatal(err)
	}
	storetest.Members(t, db, c, members)
	keys, err := mail.NewKeyring(mail.Key{ID: 1, Secret: bytes.Repeat([]byte{7}, 32), Since: newsTime.AddDate(-1, 0, 0)})
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	return &Newsletters{Gatherer: &Gatherer{DB: db, Zone: time.UTC}, DB: db, Keys: keys, Log: slog.New(slog.NewTextHandler(&log, nil)),
		Now: func() time.Time { return newsTime }, Random: rand.Reader, PublicURL: "https://lists.example.org", Language: "en"}, c, &log
}

// fullIssue has what newsletters have.
func fullIssue(meetings ...int64) issue.Issue {
	before, year := 58.0, 40.0
	is := issue.Issue{Sections: []issue.Section{
		{Kind: issue.Opening, Items: []issue.Item{{Summary: &issue.Summary{Posts: 62, Threads: 17, Writers: 14, Joined: 3}}}},
		{Kind: issue.Threads}, {Kind: issue.Questions}, {Kind: issue.Coming},
		{Kind: issue.Members, Items: []issue.Item{{People: &issue.People{Names: []string{"Ana Sousa", "Chloé Dubois"}, Others: 2}}}},
		{Kind: issue.Thanked, Items: []issue.Item{{Thanks: &issue.Thanks{To: "Ben Okafor", From: []string{"Ana Sousa"}, Note: "the review"}}, {Milestone: &issue.Milestone{Name: "Emil", What: "year", N: 2}}}},
		{Kind: issue.Free, Title: "Jobs", Items: issue.Blocks("We look for **somebody** who\n\n- reads\n- writes\n\nSee https://jobs.example.")},
		{Kind: issue.Figures, Items: []issue.Item{{Figure: &issue.Figure{Key: "members", Value: 62, Before: &before, Year: &year}},
			{Figure: &issue.Figure{Key: "engagement", Value: 14, K: 14, N: 62}}}},
	}}
	for i := range 5 {
		is.Sections[1].Items = append(is.Sections[1].Items, issue.Item{Thread: &issue.Thread{ID: int64(10 + i), Subject: "Lifetimes in async traits, part " + strings.Repeat("I", i+1), Posts: 14, People: 6, Thanks: 2, Solved: i == 1, Since: newsTime}})
		is.Sections[2].Items = append(is.Sections[2].Items, issue.Item{Thread: &issue.Thread{ID: int64(20 + i), Subject: "Who has used proptest?", Posts: 1, People: 1, Since: newsTime, Why: issue.Waits}})
	}
	for i, id := range meetings {
		is.Sections[3].Items = append(is.Sections[3].Items, issue.Item{Meeting: &issue.Meeting{ID: id, Title: "Clinic", Starts: newsTime.AddDate(0, 0, 7*(i+1)), Minutes: 60, Place: "Room 3",
			Occurrence: newsTime.AddDate(0, 0, 7*(i+1)).Format("20060102T150405Z")}})
	}
	if len(meetings) == 0 {
		is.Sections = slices.Delete(is.Sections, 3, 4)
	}
	return is
}

// drafted keeps an issue that is to be sent now.
func drafted(t testing.TB, n *Newsletters, c store.Community, is issue.Issue) store.Newsletter {
	t.Helper()
	content, err := is.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	i, err := n.DB.DraftNewsletter(context.Background(), storetest.By(newsTime), store.NewsletterDraft{Issue: store.Newsletter{CommunityID: c.ID, PlannedAt: newsTime,
		From: newsTime.AddDate(0, -1, 0), Until: newsTime, SendAt: newsTime, Content: content}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// TestInterrupted: whenever sending is cut, and however members come and go meanwhile, each reader has one copy in the end.
func TestInterrupted(t *testing.T) {
	n, c, log := newsletters(t, 950)
	i := drafted(t, n, c, fullIssue())
	all := storetest.Subscriptions(t, n.DB, c)
	for cut := 0; i.State != store.NewsletterSent; cut++ {
		if cut == 20 {
			t.Fatalf("it is never sent: %+v\n%s", i, log)
		}
		ctx, cancel := context.WithCancel(context.Background())
		again := &Newsletters{Gatherer: n.Gatherer, DB: n.DB, Keys: n.Keys, Log: n.Log, Now: n.Now, Random: n.Random, // as after a start: it knows nothing
			Wake: cancel} // which is called after each page
		_, err := again.Due(ctx, newsTime)
		cancel()
		if err != nil && ctx.Err() == nil {
			t.Fatal(err)
		}
		switch cut {
		case 0:
			if err := n.DB.EndSubscription(context.Background(), storetest.By(newsTime), all[900].ID, store.Left); err != nil {
				t.Fatal(err)
			}
		case 1:
			if _, _, err := n.DB.AddMember(context.Background(), storetest.By(newsTime), c.ID, store.NewMember{Address: "late@x.example"}); err != nil {
				t.Fatal(err)
			}
		}
		if i, err = n.DB.Newsletter(context.Background(), i.ID); err != nil {
			t.Fatal(err)
		}
	}
	got := storetest.Drain(t, n.DB, newsTime)
	copies := map[string]int{}
	for _, address := range got {
		copies[address]++
	}
	for address, k := range copies {
		if k != 1 {
			t.Errorf("%s got %d copies", address, k)
		}
	}
	if len(copies) != 950 || i.Readers != 950 || copies["late@x.example"] != 1 || copies[all[900].Address] != 0 {
		t.Errorf("%d readers, %d copies", i.Readers, len(copies))
	}
	if _, err := n.Due(context.Background(), newsTime.Add(time.Hour)); err != nil || len(storetest.Drain(t, n.DB, newsTime.Add(time.Hour))) != 0 {
		t.Errorf("something goes out afterwards: %v", err)
	}
}

// TestCopies: what is rendered once for many is what would be rendered for each; and tickets are each reader's own.
func TestCopies(t *testing.T) {
	n, c, _ := newsletters(t, 3)
	m := storetest.Meeting(t, n.DB, c, "clinic@x")
	r, err := n.rendering(c, drafted(t, n, c, fullIssue(m.ID, m.ID+1)))
	if err != nil {
		t.Fatal(err)
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"en", "de", "es"} {
		for _, zone := range []*time.Location{time.UTC, berlin} {
			for k, mine := range [][]readerMeeting{{{}, {}}, {{"aaaa", ""}, {}}, {{"aaaa", store.Accepted}, {"bbbb", store.Declined}}, {{"cccc", store.Accepted}, {"dddd", store.Declined}}} {
				shared, err := r.copyFor(lang, zone, mine)
				if err != nil {
					t.Fatal(err)
				}
				tokens := []string{"leave22", "off22", "read22", mine[0].token, mine[1].token}
				text, html := shared.text.fill(tokens), shared.html.fill(tokens)
				for _, form := range []string{text, html} {
					if strings.Contains(form, "88888") || !strings.Contains(form, "/t/leave22") || !strings.Contains(form, "/t/off22") || !strings.Contains(form, "/n/read22") {
						t.Fatalf("%s %s %d: a ticket is missing in\n%s", lang, zone, k, form)
					}
					for _, m := range mine {
						if got := strings.Count(form, "/t/"+m.token); m.token != "" && got != 1 {
							t.Errorf("%s %s %d: the ticket %s is there %d times", lang, zone, k, m.token, got)
						}
					}
				}
			}
		}
	}
	if len(r.shared) != 3*2*3 {
		t.Errorf("%d copies are shared: the last two readers have the same", len(r.shared))
	}
}

// TestSmall: a full newsletter stays well under what Gmail cuts.
func TestSmall(t *testing.T) {
	n, c, _ := newsletters(t, 1)
	m := storetest.Meeting(t, n.DB, c, "clinic@x")
	raw, _, err := n.Preview(context.Background(), c, drafted(t, n, c, fullIssue(m.ID, m.ID+1, m.ID+2)), storetest.Subscriptions(t, n.DB, c)[0])
	if err != nil {
		t.Fatal(err)
	}
	if len(raw) > 100_000 {
		t.Errorf("the message has %d octets", len(raw))
	}
}

// gmailCuts is how many octets of HTML Gmail shows of a mail; the rest is behind a link.
const gmailCuts = 102_000

// TestFullest: also with all that an issue can hold, of long names and titles, nothing of it is cut.
func TestFullest(t *testing.T) {
	n, c, _ := newsletters(t, 1)
	long := strings.Repeat("Überraschung ", 12)
	is := fullIssue(1, 2, 3, 4, 5)
	for _, s := range is.Sections {
		for i := range s.Items {
			switch it := &s.Items[i]; {
			case it.Thread != nil:
				it.Thread.Subject = long
			case it.Meeting != nil:
				it.Meeting.Title, it.Meeting.Place = long, long
			case it.Thanks != nil:
				it.Thanks.To, it.Thanks.Note = long, long
			case it.People != nil:
				it.People.Names = slices.Repeat([]string{long}, mostNames)
			case it.Figure != nil:
				it.Figure.Series = []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
			}
		}
	}
	for _, text := range map[string]string{"blocks": strings.Repeat("- **a** – b\n\n<c>\n\n", 130), "letters": strings.Repeat("<&> ", 3900)} {
		full := is
		full.Sections = append(slices.Clone(is.Sections), issue.Section{Kind: issue.Free, Title: "Jobs", Items: issue.Blocks(text)})
		content, err := full.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		r, err := n.rendering(c, store.Newsletter{CommunityID: c.ID, Content: content, PlannedAt: newsTime, SendAt: newsTime})
		if err != nil {
			t.Fatal(err)
		}
		mine := slices.Repeat([]readerMeeting{{placeholder(9), store.Tentative}}, len(r.meetings))
		for _, lang := range []string{"en", "de", "es"} {
			shared, err := r.copyFor(lang, time.UTC, mine)
			if err != nil {
				t.Fatal(err)
			}
			if size := len(shared.html.fill(slices.Repeat([]string{placeholder(9)}, meetingTicket+len(mine)))); size > gmailCuts {
				t.Errorf("%s: the HTML has %d octets", lang, size)
			} else {
				t.Logf("%s: %d octets of HTML", lang, size)
			}
		}
		pictures := 0
		for _, p := range r.pictures {
			pictures += len(p.Data)
		}
		if pictures > 30_000 {
			t.Errorf("%d pictures have %d octets", len(r.pictures), pictures)
		}
		t.Logf("%d pictures: %d octets", len(r.pictures), pictures)
	}
}

// BenchmarkNewsletter makes personal copies for readers of three languages and four zones, whose answers to three meetings differ, on
// one processor.
func BenchmarkNewsletter(b *testing.B) {
	n, c, _ := newsletters(b, 1)
	r, err := n.rendering(c, drafted(b, n, c, fullIssue(1, 2, 3)))
	if err != nil {
		b.Fatal(err)
	}
	answers := []store.RSVPAnswer{"", store.Accepted, store.Tentative, store.Declined}
	readers := make([]store.Subscription, 10_000)
	meetings := make([][]readerMeeting, len(readers))
	for i := range readers {
		readers[i] = store.Subscription{ID: int64(i + 1), CommunityID: c.ID, Name: fmt.Sprintf("Member %d", i), Address: fmt.Sprintf("member-%d@members.example", i),
			Language: []string{"en", "de", "es"}[i%3], Timezone: []string{"UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo"}[i/3%4]}
		for k := range 3 {
			token := n.Keys.Seal(mail.Ticket{Kind: mail.TicketRSVP, Person: readers[i].ID, Object: int64(k + 1)})
			meetings[i] = append(meetings[i], readerMeeting{token, answers[(i/12+k)%4]})
		}
	}
	size, began := 0, spent(b)
	for i := 0; b.Loop(); i++ {
		k := i % len(readers)
		notice, err := r.notice(readers[k], meetings[k], fmt.Sprintf("news-%d@lists.example.org", i))
		if err != nil {
			b.Fatal(err)
		}
		size = len(notice.Raw)
	}
	b.ReportMetric(float64(b.N)/(spent(b)-began).Seconds(), "copies/cpu-s") // whatever else the machine does
	b.ReportMetric(float64(size), "octets")
}

// spent is how long processors have worked for this process.
func spent(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
