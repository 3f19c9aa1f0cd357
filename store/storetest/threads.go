package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"guildpost/store"
)

var threadCases = []testCase{
	{"messages are filed into threads", threading},
	{"a late parent brings its answers together", lateParent},
	{"a thread counts its posts, people and times", threadFigures},
	{"threads never cross communities", communityBorder},
	{"fifty answers at once are one thread", answersAtOnce},
	{"a post and its answers at once end in one thread", parentAndAnswersAtOnce},
}

// A filing is a message in a scenario: its ID, what it refers to (nearest first), and the thread it must be in
// afterwards, named by the ID of any message of it.
type filing struct {
	id, refs string
	subject  string
	reply    bool
	after    time.Duration
	sent     time.Duration // when its author wrote it, from its arrival
	with     string
}

const day = 24 * time.Hour

func threading(t *testing.T, db *store.DB) {
	tests := []struct {
		name  string
		mails []filing
	}{
		{"by reference", []filing{{id: "a"}, {id: "b", refs: "a", with: "a"}, {id: "c", refs: "b a", with: "a"}}},
		{"by the nearest reference that is known", []filing{{id: "a"}, {id: "b"}, {id: "c", refs: "x b a", with: "b"}}},
		{"by a farther reference where the nearest is missing", []filing{{id: "a"}, {id: "c", refs: "x a", with: "a"}}},
		{"with another answer to the same missing message", []filing{{id: "b", refs: "x"}, {id: "c", refs: "x", with: "b"}}},
		{"a known reference before an answer to a missing one", []filing{{id: "a"}, {id: "b", refs: "x"}, {id: "c", refs: "x a", with: "a"}}},
		{"a new message with an old subject is a new thread", []filing{{id: "a", subject: "s"}, {id: "b", subject: "s"}}},
		{"an answer without references goes by subject", []filing{{id: "a", subject: "s"}, {id: "b", subject: "s", reply: true, with: "a"}}},
		{"to the thread that was active last", []filing{{id: "a", subject: "s"}, {id: "b", subject: "s", after: day},
			{id: "c", subject: "s", reply: true, after: 2 * day, with: "b"}}},
		{"within 30 days", []filing{{id: "a", subject: "s"}, {id: "b", subject: "s", reply: true, after: 29 * day, with: "a"},
			{id: "c", subject: "s", reply: true, after: 58 * day, with: "a"}}},
		{"not after 31 days", []filing{{id: "a", subject: "s"}, {id: "b", subject: "s", reply: true, after: 31 * day}}},
		{"not by subject where it has references", []filing{{id: "a", subject: "s"}, {id: "b", subject: "s", reply: true, refs: "x"}}},
		{"not by an empty subject", []filing{{id: "a", subject: "-"}, {id: "b", subject: "-", reply: true}}},
		{"a message that refers to itself", []filing{{id: "a", refs: "a"}, {id: "b", refs: "a", with: "a"}}},
		{"two that refer to each other", []filing{{id: "a", refs: "b"}, {id: "b", refs: "a", with: "a"}}},
	}
	for i, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			scenario(t, db, Community(t, db, fmt.Sprintf("c%d", i)), test.mails)
		})
	}
}

// scenario files the messages and looks where they are in the end.
func scenario(t *testing.T, db *store.DB, c store.Community, mails []filing) {
	t.Helper()
	posts := map[string]int64{}
	for _, m := range mails {
		posts[m.id] = Accept(t, db, m.arrival(c)).PostID
	}
	thread := map[string]int64{}
	for id, post := range posts {
		p, err := db.Post(ctx, post)
		check(t, err)
		thread[id] = p.ThreadID
	}
	own := map[int64]string{}
	for _, m := range mails {
		if m.with != "" {
			equal(t, m.id+" is filed with "+m.with, thread[m.id], thread[m.with])
		} else if other, ok := own[thread[m.id]]; ok {
			t.Errorf("%s is filed with %s, want a thread of its own", m.id, other)
		} else {
			own[thread[m.id]] = m.id
		}
	}
	checkThreads(t, db, c)
}

func (m filing) arrival(c store.Community) store.Arrival {
	a := Arrival(c, m.id)
	for _, id := range strings.Fields(m.refs) {
		a.References = append(a.References, id+"@example.org")
	}
	if m.subject != "" {
		a.Subject, a.SubjectBase = m.subject, strings.Trim(m.subject, "-")
	}
	a.Reply, a.Now, a.Date = m.reply, Now.Add(m.after), Now.Add(m.after+m.sent)
	return a
}

// checkThreads compares what the threads say of themselves with their posts.
func checkThreads(t *testing.T, db *store.DB, c store.Community) (all []store.Thread) {
	t.Helper()
	all, err := db.Threads(ctx, c.ID, 1000)
	check(t, err)
	for i, th := range all {
		posts, err := db.ThreadPosts(ctx, th.ID)
		check(t, err)
		if len(posts) == 0 {
			t.Errorf("thread %d has no posts", th.ID)
			continue
		}
		people := map[string]bool{}
		for _, p := range posts {
			people[p.From] = true
		}
		got := fmt.Sprint(th.Posts, th.Participants, th.FirstAt, th.LastAt)
		want := fmt.Sprint(len(posts), len(people), posts[0].Date, posts[len(posts)-1].Date)
		equal(t, "thread's figures", got, want)
		if i > 0 && th.LastAt.After(all[i-1].LastAt) {
			t.Error("threads are not ordered by their latest post")
		}
	}
	return all
}

func lateParent(t *testing.T, db *store.DB) {
	tests := []struct {
		name  string
		mails []filing
	}{
		{"of one answer", []filing{{id: "b", refs: "a"}, {id: "a", with: "b"}}},
		{"of answers to answers", []filing{{id: "c", refs: "b a"}, {id: "b", refs: "a", with: "c"}, {id: "a", with: "c"}}},
		{"of three threads", []filing{{id: "b", refs: "a"}, {id: "x"}, {id: "c", refs: "x a", with: "x"},
			{id: "y"}, {id: "d", refs: "y a", with: "y"}, {id: "a", with: "b"}}},
		{"that is an answer itself", []filing{{id: "root"}, {id: "b", refs: "a"}, {id: "a", refs: "root", with: "root"}}},
		{"found by subject", []filing{{id: "root", subject: "s"}, {id: "b", refs: "a"}, {id: "a", subject: "s", reply: true, with: "root"}}},
	}
	// The messages that are together only after the parent came.
	joined := map[string]string{"of three threads": "b x c y d", "that is an answer itself": "b", "found by subject": "b"}
	for i, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := Community(t, db, fmt.Sprintf("c%d", i))
			root := "About a"
			for k, m := range test.mails {
				switch m.id {
				case "a":
					test.mails[k].sent = -time.Hour
				case "root":
					test.mails[k].sent, root = -2*time.Hour, test.mails[k].arrival(c).Subject
				}
				if strings.Contains(" "+joined[test.name]+" ", " "+m.id+" ") {
					test.mails[k].with = "a"
				}
			}
			scenario(t, db, c, test.mails)
			all := checkThreads(t, db, c)
			equal(t, "threads", len(all), 1)
			equal(t, "subject", all[0].Subject, root)
		})
	}
}

func threadFigures(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	for i, from := range []string{"ann", "ben", "ann", "cleo"} {
		m := filing{id: fmt.Sprint(i), refs: "0", after: time.Duration(3-i) * time.Hour}
		a := m.arrival(c)
		a.From, a.Now = from+"@x.example", Now.Add(time.Duration(i)*time.Hour)
		Accept(t, db, a)
	}
	th := checkThreads(t, db, c)[0]
	equal(t, "posts", th.Posts, 4)
	equal(t, "participants", th.Participants, 3)
	equal(t, "first", th.FirstAt, Now)
	equal(t, "last", th.LastAt, Now.Add(3*time.Hour))
}

func communityBorder(t *testing.T, db *store.DB) {
	rust, golang := Community(t, db, "rust"), Community(t, db, "go")
	early := Accept(t, db, filing{id: "b", refs: "a"}.arrival(golang))
	root := Accept(t, db, filing{id: "a", subject: "s"}.arrival(rust))
	byReference := Accept(t, db, filing{id: "c", refs: "a"}.arrival(golang))
	bySubject := Accept(t, db, filing{id: "d", subject: "s", reply: true}.arrival(golang))
	equal(t, "with its own community's", byReference.ThreadID, early.ThreadID)
	if bySubject.ThreadID == root.ThreadID || early.ThreadID == root.ThreadID {
		t.Error("a thread crosses communities")
	}
	checkThreads(t, db, rust)
	checkThreads(t, db, golang)
}

func answersAtOnce(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	Accept(t, db, Arrival(c, "root"))
	atOnce(50, func(i int) {
		for k := range 4 {
			if _, err := db.AcceptPost(ctx, filing{id: fmt.Sprint(i, k), refs: "root"}.arrival(c)); err != nil {
				t.Error(err)
			}
		}
	})
	all := checkThreads(t, db, c)
	equal(t, "threads", len(all), 1)
	equal(t, "posts", all[0].Posts, 201)
}

func parentAndAnswersAtOnce(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	const rounds, answers = 10, 5
	for round := range rounds {
		root := fmt.Sprint("root", round)
		atOnce(1+answers, func(i int) {
			m := filing{id: root}
			if i > 0 {
				m = filing{id: fmt.Sprint(root, i), refs: root}
			}
			if _, err := db.AcceptPost(ctx, m.arrival(c)); err != nil {
				t.Error(err)
			}
		})
	}
	for _, th := range checkThreads(t, db, c) {
		equal(t, "posts", th.Posts, 1+answers)
	}
}
