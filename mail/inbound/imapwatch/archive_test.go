package imapwatch

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"guildpost/store"
)

func stepAfter(uid uint32, now time.Time) store.IMAPStep {
	return store.IMAPStep{Now: now, LastUID: uid, Open: []store.IMAPOpen{{UID: uid, State: store.IMAPAfter, Since: now, NextAt: now}}}
}

// A fakeArchiver keeps messages, and refuses those with "bad" in them; while it is broken it keeps nothing.
type fakeArchiver struct {
	mu     sync.Mutex
	kept   []string
	dates  []time.Time
	calls  int
	broken error
}

func (a *fakeArchiver) File(_ context.Context, community int64, messages []Incoming) ([]FileResult, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls++
	if a.broken != nil {
		return nil, a.broken
	}
	results := make([]FileResult, len(messages))
	for i, m := range messages {
		if strings.Contains(string(m.Raw), "bad") {
			results[i].Err = store.Errorf(store.Invalid, "this cannot be read")
			continue
		}
		a.kept, a.dates = append(a.kept, string(m.Raw)), append(a.dates, m.Received)
	}
	return results, nil
}

func TestArchives(t *testing.T) {
	w := newWorld(t)
	archiver := &fakeArchiver{}
	w.options.Archiver = archiver
	w.mailbox.Mode, w.mailbox.Community = Archive, 1
	const n = 1234
	long := w.clock.Now().Add(-10 * 365 * 24 * time.Hour)
	for i := range n {
		w.appendAt(post(fmt.Sprint(i)), long.Add(time.Duration(i)*time.Hour))
	}
	w.append("Subject: bad\nFrom: x@x.example\n\nbad\n")
	w.start()
	w.nothing()
	if len(archiver.kept) != n {
		t.Fatalf("%d messages were kept, want %d", len(archiver.kept), n)
	}
	for i, raw := range archiver.kept {
		if !strings.Contains(raw, fmt.Sprintf("This is %d.", i)) {
			t.Fatalf("message %d is %q", i, raw)
		}
		if want := long.Add(time.Duration(i) * time.Hour); !archiver.dates[i].Equal(want) {
			t.Fatalf("message %d came at %v, want %v", i, archiver.dates[i], want)
		}
	}
	if archiver.calls > n/50 {
		t.Errorf("%d calls for %d messages", archiver.calls, n)
	}
	if text := w.hear(); !strings.Contains(text, `"bad" from x@x.example`) || !strings.Contains(text, "cannot be read") {
		t.Errorf("the postmaster was told %q", text)
	}
	w.append(post("new"))
	w.await("waiting")
	w.stop()
	if n := len(archiver.kept); n != 1235 {
		t.Errorf("%d messages were kept", n)
	}
}

// TestArchiverFails: what was not kept comes again.
func TestArchiverFails(t *testing.T) {
	w := newWorld(t)
	archiver := &fakeArchiver{broken: store.Errorf(store.Temporary, "the database is busy")}
	w.options.Archiver = archiver
	w.mailbox.Mode, w.mailbox.Community = Archive, 1
	came := w.clock.Now()
	for i := range 10 {
		w.append(post(fmt.Sprint(i)))
	}
	w.start()
	for range 5 {
		w.await("pausing")
		w.clock.advance(20 * time.Minute)
	}
	archiver.mu.Lock()
	archiver.broken = nil
	archiver.mu.Unlock()
	w.await("pausing")
	w.clock.advance(20 * time.Minute)
	w.nothing()
	if len(archiver.kept) != 10 {
		t.Errorf("%d messages were kept, want 10", len(archiver.kept))
	}
	for i, at := range archiver.dates {
		if !at.Equal(came) {
			t.Errorf("message %d came at %v, want %v", i, at, came)
		}
	}
}

// TestArchivesUndated: a server that does not know when messages came has them kept all the same.
func TestArchivesUndated(t *testing.T) {
	for _, test := range []struct{ name, says string }{{"NIL", " INTERNALDATE NIL"}, {"nothing", ""}} {
		t.Run(test.name, func(t *testing.T) {
			w, f := quirkWorld(t)
			archiver := &fakeArchiver{}
			w.options.Archiver = archiver
			w.mailbox.Mode, w.mailbox.Community = Archive, 1
			f.quirk = on("UID FETCH", func(c *fakeConn, tag, words string) {
				if !strings.Contains(words, "INTERNALDATE") {
					c.answer(tag, words)
					return
				}
				for i, m := range c.all() {
					c.say("* %d FETCH (UID %d%s RFC822.SIZE %d)", i+1, m.uid, test.says, len(m.raw))
				}
				c.say(tag + " OK done")
			})
			f.start()
			w.start()
			w.keptBy(archiver, 3)
			f.put(4, post("four"))
			w.keptBy(archiver, 4)
			w.stop()
			for i, at := range archiver.dates {
				if !at.IsZero() {
					t.Errorf("message %d came at %v", i, at)
				}
			}
		})
	}
}

// keptBy waits until an archiver has so many messages.
func (w *world) keptBy(a *fakeArchiver, want int) {
	w.t.Helper()
	for end := time.After(20 * time.Second); ; {
		select {
		case <-w.clock.set:
			w.clock.advance(10 * time.Minute)
		case <-end:
			w.t.Fatalf("%d messages were not kept", want)
		}
		a.mu.Lock()
		n := len(a.kept)
		a.mu.Unlock()
		if n == want {
			return
		}
	}
}

func TestOptions(t *testing.T) {
	good := Mailbox{Server: "imap.example.org:993", Username: "lists", Password: secretly("x"), Name: "INBOX", Mode: Deliver}
	for _, test := range []struct {
		name, want string
		change     func(*Options)
	}{
		{"good", "", func(*Options) {}},
		{"twice", "watched twice", func(o *Options) { o.Mailboxes = append(o.Mailboxes, o.Mailboxes[0]) }},
		{"archive without archiver", "nothing here that keeps archives", func(o *Options) { o.Mailboxes[0].Mode = Archive }},
		{"archive without community", "no community", func(o *Options) { o.Mailboxes[0].Mode, o.Archiver = Archive, &fakeArchiver{} }},
		{"move to itself", "to which other mailbox", func(o *Options) { o.Mailboxes[0].After, o.Mailboxes[0].MoveTo = Move, "INBOX" }},
		{"no password", "neither password nor token", func(o *Options) { o.Mailboxes[0].Password = nil }},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := Options{Mailboxes: []Mailbox{good}}
			test.change(&o)
			_, err := New(o)
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}
