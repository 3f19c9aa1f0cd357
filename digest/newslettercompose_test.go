package digest

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guildpost/digest/issue"
	"guildpost/mail"
	"guildpost/store"
	"guildpost/store/storetest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// A month is a community in which something happens.
type month struct {
	t    *testing.T
	n    *Newsletters
	c    store.Community
	subs map[string]store.Subscription
	said int
}

// newMonth makes a community of people, of whom those whose names begin with a capital agree to be named.
func newMonth(t *testing.T, names ...string) *month {
	t.Helper()
	n, c, _ := newsletters(t, 0)
	m := &month{t: t, n: n, c: c, subs: map[string]store.Subscription{}}
	for _, name := range names {
		m.join(name, newsTime.AddDate(-1, -6, 0))
	}
	return m
}

func (m *month) check(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

func address(name string) string {
	return strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@a.example"
}

func (m *month) join(name string, at time.Time) {
	m.t.Helper()
	_, _, err := m.n.DB.AddMember(context.Background(), storetest.By(at), m.c.ID, store.NewMember{Address: address(name), Name: name})
	m.check(err)
	s, err := m.n.DB.SubscriptionByAddress(context.Background(), m.c.ID, address(name))
	m.check(err)
	if s.Named = strings.ToUpper(name[:1]) == name[:1]; s.Named {
		m.check(m.n.DB.UpdateSubscription(context.Background(), storetest.By(at), s))
	}
	m.subs[name] = s
}

// write posts something, as an answer to another post or, for "", as a new thread; it returns the Message-ID.
func (m *month) write(name, subject, text, answers string, at time.Time) string {
	m.t.Helper()
	m.said++
	id := fmt.Sprintf("m%d@a.example", m.said)
	raw := fmt.Sprintf("From: %s <%s>\r\nSubject: %s\r\nMessage-ID: <%s>\r\n\r\n%s\r\n", name, address(name), subject, id, text)
	a := store.Arrival{CommunityID: m.c.ID, Raw: []byte(raw), MessageID: id, BodyHash: []byte(id), From: address(name), FromName: name, MemberID: m.subs[name].MemberID,
		Subject: subject, SubjectBase: strings.ToLower(subject), Date: at, Now: at, Text: store.PostText(mail.Read([]byte(raw)).SearchText())}
	if answers != "" {
		a.References = []string{answers}
	}
	storetest.Accept(m.t, m.n.DB, a)
	return id
}

// thread lets people write in turn.
func (m *month) thread(subject string, at time.Time, names ...string) {
	m.t.Helper()
	first := m.write(names[0], subject, "Let us see.", "", at)
	for i, name := range names[1:] {
		m.write(name, "Re: "+subject, "Indeed.", first, at.Add(time.Duration(i+1)*time.Hour))
	}
}

func (m *month) compose() (issue.Issue, store.Newsletter) {
	m.t.Helper()
	i, _, err := m.n.Compose(context.Background(), m.c, newsTime)
	m.check(err)
	is, err := issue.Unmarshal(i.Content)
	m.check(err)
	return is, i
}

// told are the items of a kind of section, as people read them.
func (m *month) told(is issue.Issue, kind issue.Kind) (all []string) {
	w := m.n.wordsFor(m.c, store.Newsletter{From: newsTime.AddDate(0, -1, 0), Until: newsTime}, "en", time.UTC)
	for _, s := range is.Sections {
		for _, it := range s.Items {
			if s.Kind == kind {
				all = append(all, strings.ReplaceAll(strings.TrimPrefix(w.Block(it), "- "), "**", ""))
			}
		}
	}
	return all
}

func (m *month) want(is issue.Issue, kind issue.Kind, want ...string) {
	m.t.Helper()
	if got := m.told(is, kind); fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		m.t.Errorf("%s:\n got %q\nwant %q", kind, got, want)
	}
}

// TestRanking: what many took part in comes before what two people went on about, and thanks and solutions count.
func TestRanking(t *testing.T) {
	m := newMonth(t, "Ada", "Ben", "Cid", "Dana", "eve")
	at := newsTime.AddDate(0, 0, -20)
	noise := []string{"Ada"}
	for range 20 {
		noise = append(noise, "Ben", "Ada")
	}
	m.thread("Tabs or spaces", at, noise...)
	m.thread("A parser for old mail", at.Add(time.Hour), "Cid", "Ada", "Ben", "Dana", "eve")
	m.thread("How do I pin a toolchain?", at.Add(2*time.Hour), "eve", "Dana")
	m.thread("[announce] New server", at.Add(3*time.Hour), "Ada", "Ben", "Cid")
	m.thread("Who has used proptest?", at.Add(4*time.Hour), "Dana")
	m.thread("And fuzzing?", at.Add(5*time.Hour), "eve")
	m.thread("I am on holiday", at.Add(6*time.Hour), "Ben")
	m.thread("Long ago", newsTime.AddDate(0, -3, 0), "Ada", "Ben", "Cid")
	is, _ := m.compose()
	m.want(is, issue.Threads, "A parser for old mail – Chosen for 5 people in it and 4 answers (get 2)", "Tabs or spaces – Chosen for 2 people in it and 40 answers (get 1)",
		"How do I pin a toolchain? – Chosen for 2 people in it and one answer (get 3)")
	m.want(is, issue.Questions, "Who has used proptest? – Dana asked on Monday, 9 November 2026, and waits for the first answer (get 5)",
		"And fuzzing? – Asked on Monday, 9 November 2026, and waits for its first answer (get 6)")
	m.want(is, issue.Opening, "5 of us wrote 54 posts since the last newsletter.")
	_, err := m.n.DB.Thank(context.Background(), store.Thanks{CommunityID: m.c.ID, From: m.subs["eve"].MemberID, To: m.subs["Dana"].MemberID, Note: "for  the\nanswer", At: newsTime.AddDate(0, 0, -2)})
	m.check(err)
	_, err = m.n.DB.SolveThread(context.Background(), store.EditOfThread{By: storetest.By(newsTime)}, m.c.ID, 3, true)
	m.check(err)
	is, _ = m.compose()
	if got := m.told(is, issue.Threads); !strings.HasPrefix(got[1], "How do I pin") || !strings.HasSuffix(got[1], "one answer, thanks to one of them and a solution (get 3)") {
		t.Errorf("with thanks and a solution: %q", got)
	}
	m.want(is, issue.Thanked, "Dana – Thanked by members, for: “the answer”", "Dana – Wrote here for the first time")
}

// TestNamed: who did not agree to be named is counted, and no more; milestones are first posts and whole years.
func TestNamed(t *testing.T) {
	m := newMonth(t)
	at := newsTime.AddDate(0, 0, -10)
	m.join("Ada", newsTime.AddDate(-2, 0, -5))
	m.join("ben", newsTime.AddDate(-1, 0, -5))
	m.join("Cid", at)
	m.join("dan", at)
	m.thread("Hello", at.Add(time.Hour), "Cid", "dan", "Ada")
	is, _ := m.compose()
	m.want(is, issue.Members, "Welcome, Cid and one other.")
	m.want(is, issue.Thanked, "Cid – Wrote here for the first time", "Ada – Wrote here for the first time", "Ada – A member for 2 years")
	m.want(is, issue.Figures, "4 members – 2 more than a month before, 2 more than a year ago", "1 of 1 threads was answered within a week – That is 100 %",
		"3 of 4 members wrote or came – 3 more than a month before, 3 more than a year ago")
}

// TestEmpty: where nothing happens there is nothing to tell; what facilitators noted is something.
func TestEmpty(t *testing.T) {
	m := newMonth(t, "Ada", "Ben")
	if is, _ := m.compose(); !is.Empty() {
		t.Errorf("it tells %+v", is)
	}
	_, err := m.n.DB.AddNewsletterNote(context.Background(), store.NewsletterNote{CommunityID: m.c.ID, MessageID: "x", Note: "It is quiet.", At: newsTime}, nil)
	m.check(err)
	is, _ := m.compose()
	m.want(is, issue.Opening, "It is quiet.")
	if is.Empty() {
		t.Error("a note is nothing")
	}
}

// TestGoldenNewsletter: a full month, as a member reads it in each language.
func TestGoldenNewsletter(t *testing.T) {
	m := newMonth(t, "Ana Sousa", "Ben Okafor", "Chloé Dubois", "Dana Levi", "emil")
	m.c.Colour = "#B7410E"
	for back := range 11 {
		m.join(fmt.Sprintf("Member %c", 'A'+back), newsTime.AddDate(0, -back, -3))
		m.thread(fmt.Sprintf("What we learned, part %d", back+1), newsTime.AddDate(0, -back, -20), "Ana Sousa", "Ben Okafor", "Dana Levi")
	}
	at := newsTime.AddDate(0, 0, -15)
	m.thread("Lifetimes in async traits", at, "Ana Sousa", "Ben Okafor", "Chloé Dubois", "Dana Levi", "emil", "Ben Okafor")
	m.thread("Who has used proptest?", at.Add(time.Hour), "Chloé Dubois")
	_, err := m.n.DB.Thank(context.Background(), store.Thanks{CommunityID: m.c.ID, From: m.subs["Ana Sousa"].MemberID, To: m.subs["Ben Okafor"].MemberID, Note: "for the review of the parser", At: at})
	m.check(err)
	starts := newsTime.AddDate(0, 0, 9)
	meeting, err := m.n.DB.AddMeeting(context.Background(), storetest.By(at), store.Meeting{CommunityID: m.c.ID, UID: "clinic@x", Title: "Borrow checker clinic", Location: "Room 5",
		Starts: starts, Zone: "UTC", Length: time.Hour, EndsAt: starts.Add(time.Hour)}, nil)
	m.check(err)
	_, err = m.n.DB.AddNewsletterNote(context.Background(), store.NewsletterNote{CommunityID: m.c.ID, MessageID: "x", At: newsTime,
		Note: "The clinic has a new room, and **you filled it**. Thank you.\n\nNext month we look at [the new edition](https://rust.example/edition)."}, nil)
	m.check(err)
	_, i := m.compose()
	r, err := m.n.rendering(m.c, i)
	m.check(err)
	if len(r.meetings) != 1 || r.meetings[0].ID != meeting.ID {
		t.Fatalf("meetings: %+v", r.meetings)
	}
	for _, lang := range []string{"en", "de", "es"} {
		shared, err := r.copyFor(lang, time.UTC, []readerMeeting{{"wk3q7zj2m5xw4ra6tn8vbc2dhy", store.Accepted}})
		m.check(err)
		tokens := []string{"lk3q7zj2m5xw4ra6tn8vbc2dhy", "ok3q7zj2m5xw4ra6tn8vbc2dhy", "rk3q7zj2m5xw4ra6tn8vbc2dhy", "wk3q7zj2m5xw4ra6tn8vbc2dhy"}
		goldenFile(t, "newsletter."+lang+".txt", "Subject: "+shared.subject+"\n\n"+shared.text.fill(tokens))
		goldenFile(t, "newsletter."+lang+".html", shared.html.fill(tokens))
	}
}

func goldenFile(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v: run go test ./digest -update", err)
	}
	if string(want) != got {
		t.Errorf("%s is not what it was; run go test ./digest -update and read the difference", file)
	}
}
