package imapwatch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"guildpost/mail/archive/box"
	"guildpost/store"
)

var _ box.Box = (*Folder)(nil)

// folder opens the world's mailbox for reading; pauses pass at once.
func (w *world) folder() *Folder {
	w.t.Helper()
	f, err := w.openFolder()
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { f.Close() })
	return f
}

func (w *world) openFolder() (*Folder, error) {
	o := w.options
	o.DB, o.Receiver = nil, nil
	o.After = func(time.Duration) <-chan time.Time {
		c := make(chan time.Time, 1)
		c <- time.Time{}
		return c
	}
	return OpenFolder(w.t.Context(), o, w.mailbox)
}

// rest reads a folder to its end.
func rest(t *testing.T, f *Folder) (all []box.Message) {
	t.Helper()
	for {
		m, err := f.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, m)
	}
}

func TestFolder(t *testing.T) {
	w := newWorld(t)
	const n = 1234
	long := w.clock.Now().Add(-10 * 365 * 24 * time.Hour)
	for i := range n {
		w.appendAt(post(fmt.Sprint(i)), long.Add(time.Duration(i)*time.Hour))
	}
	f := w.folder()
	all := rest(t, f)
	if len(all) != n {
		t.Fatalf("%d messages, want %d", len(all), n)
	}
	for i, m := range all {
		want := strings.ReplaceAll(post(fmt.Sprint(i)), "\n", "\r\n")
		if string(m.Raw) != want || m.Problem != "" || !m.Received.Equal(long.Add(time.Duration(i)*time.Hour)) || m.Place != fmt.Sprintf("INBOX, UID %d", i+1) {
			t.Fatalf("message %d is %+v", i, m)
		}
	}
	if done, of := f.Progress(); done == 0 || done != of {
		t.Errorf("at the end %d of %d octets are read", done, of)
	}
	if marks := w.listing("INBOX"); strings.ContainsAny(marks, `\$`) {
		t.Errorf("messages were marked: %s", marks)
	}
}

// TestFolderSkip: what was passed over is not fetched, wherever in a block that ends, and the rest comes.
func TestFolderSkip(t *testing.T) {
	w := newWorld(t)
	const n = 1100
	for i := range n {
		w.append(post(fmt.Sprint(i)))
	}
	first := w.folder()
	for _, read := range []int{0, 1, 3} {
		for _, skip := range []int{0, 1, 249, 499, 500, 501, 999, n - 3} {
			f := w.folder()
			if f.Fingerprint() != first.Fingerprint() {
				t.Fatalf("the same folder has fingerprints %q and %q", first.Fingerprint(), f.Fingerprint())
			}
			for range read {
				if _, err := f.Next(); err != nil {
					t.Fatal(err)
				}
			}
			for range skip {
				if err := f.Skip(); err != nil {
					t.Fatal(err)
				}
			}
			m, err := f.Next()
			if read+skip == n {
				if err != io.EOF || f.Skip() != io.EOF {
					t.Errorf("behind the last message: %+v, %v", m, err)
				}
				continue
			}
			if want := fmt.Sprintf("This is %d.", read+skip); err != nil || !strings.Contains(string(m.Raw), want) {
				t.Errorf("after %d and %d messages comes %.300q, %v; want %q", read, skip, m.Raw, err, want)
			}
			f.Close()
		}
	}
	w.append(post("new"))
	if f := w.folder(); f.Fingerprint() == first.Fingerprint() {
		t.Error("another message leaves the fingerprint as it was")
	}
}

func TestFolderEmpty(t *testing.T) {
	w := newWorld(t)
	f := w.folder()
	if all := rest(t, f); len(all) > 0 || f.Skip() != io.EOF {
		t.Errorf("an empty folder has %d messages", len(all))
	}
	if done, of := f.Progress(); done != 0 || of != 0 {
		t.Errorf("progress %d of %d", done, of)
	}
}

// TestFolderRefused: what is wrong is said, with what to do.
func TestFolderRefused(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(w *world)
		kind   store.Kind
		want   string
	}{
		{"no such folder", func(w *world) { w.mailbox.Name = "Lists/Rusty" }, store.NotFound, "There are: INBOX, Lists/Grüße, Lists/Rust"},
		{"wrong password", func(w *world) { w.mailbox.Password = secretly("wrong") }, store.Forbidden, "refuses the login of lists (PLAIN)"},
		{"no password to be had", func(w *world) {
			w.mailbox.Password = func() (string, error) { return "", store.Errorf(store.Invalid, "no password") }
		}, store.Invalid, "no password"},
		{"no server", func(w *world) {
			w.options.Dial = func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("refused") }
		}, store.Temporary, "cannot be reached"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.create("Lists/Rust")
			w.create("Lists/Grüße")
			test.change(w)
			_, err := w.openFolder()
			if store.KindOf(err) != test.kind || !strings.Contains(fmt.Sprint(err), test.want) {
				t.Errorf("got %v (%v), want %q", err, store.KindOf(err), test.want)
			}
		})
	}
}

// breaksAt is a quirk of a connection that ends within the body of a message, so many times.
func breaksAt(uid uint32, times int) func(*fakeConn, string, string) bool {
	return bodyOf(uid, func(c *fakeConn) {
		m := c.all()[uid-1]
		c.mu.Lock()
		broken := times > 0
		times--
		c.mu.Unlock()
		if !broken {
			c.tell(int(uid), m, "UID BODY.PEEK[]")
			return
		}
		c.say("* %d FETCH (UID %d BODY[] {%d}\r\nhalf", uid, uid, len(m.raw))
		c.conn.Close()
	})
}

// folderQuirks are servers, and what is read of their three messages: ids, or "?" for one that has a Problem.
var folderQuirks = []struct {
	name  string
	setup func(f *fakeServer)
	want  []string
	err   string
}{
	{name: "nothing special", want: []string{"one", "two", "three"}},
	{name: "the connection breaks once", want: []string{"one", "two", "three"}, setup: func(f *fakeServer) { f.quirk = breaksAt(2, 1) }},
	{name: "the connection breaks four times", want: []string{"one", "two", "three"}, setup: func(f *fakeServer) { f.quirk = breaksAt(2, 4) }},
	{name: "the connection breaks at one message always", want: []string{"one", "?", "three"}, setup: func(f *fakeServer) { f.quirk = breaksAt(2, 1000) }},
	{name: "a message that is not understood", want: []string{"one", "?", "three"}, setup: func(f *fakeServer) {
		f.quirk = bodyOf(2, func(c *fakeConn) { c.say("* 2 FETCH (UID 2 BODY[] NONSENSE)") })
	}},
	{name: "one message cannot be fetched", want: []string{"one", "?", "three"}, setup: func(f *fakeServer) {
		f.quirk = func(c *fakeConn, tag, words string) bool {
			if !strings.Contains(words, "FETCH 2 (BODY.PEEK[])") && !strings.Contains(words, "FETCH 2 BODY.PEEK[]") {
				return strings.HasPrefix(words, "UID FETCH") && strings.Contains(words, "BODY") && withoutSecond(c, tag)
			}
			c.say(tag + " NO the disk is broken there")
			return true
		}
	}},
	{name: "EXPUNGE during FETCH", want: []string{"two", "three"}, setup: func(f *fakeServer) {
		f.quirk = on("UID FETCH", func(c *fakeConn, tag, words string) {
			if strings.Contains(words, "BODY") && len(c.all()) == 3 {
				c.mu.Lock()
				c.messages = c.messages[1:]
				c.mu.Unlock()
				c.say("* 1 EXPUNGE")
			}
			c.answer(tag, words)
		})
	}},
	{name: "times are NIL", want: []string{"one", "two", "three"}, setup: func(f *fakeServer) {
		f.quirk = on("UID FETCH", func(c *fakeConn, tag, words string) {
			if !strings.Contains(words, "INTERNALDATE") {
				c.answer(tag, words)
				return
			}
			c.say("* 1 FETCH (UID 1 INTERNALDATE NIL RFC822.SIZE 100)")
			c.say(tag + " OK done")
		})
	}},
	{name: "sizes are never understood", want: []string{"one", "two", "three"}, setup: func(f *fakeServer) {
		f.quirk = on("UID FETCH", func(c *fakeConn, tag, words string) {
			if strings.Contains(words, "SIZE") {
				c.say("* 1 FETCH (UID 1 X-SIZE [1 RFC822.SIZE 100)")
			}
			c.answer(tag, words)
		})
	}},
	{name: "a message over the limit", want: []string{"one", "?", "three"}, setup: func(f *fakeServer) { f.quirk = tooLongSecond }},
	{name: "a literal of 4 GB", want: []string{"one", "?", "three"}, setup: func(f *fakeServer) {
		whole := bodyOf(2, func(c *fakeConn) { c.say("* 2 FETCH (UID 2 BODY[] {4294967295}\r\nbegin") })
		f.quirk = func(c *fakeConn, tag, words string) bool {
			return strings.Contains(words, "<0.65536>") && tooLongSecond(c, tag, words) || whole(c, tag, words)
		}
	}},
	{name: "UIDs without end", err: "in a mailbox of 3", setup: func(f *fakeServer) {
		f.quirk = on("UID SEARCH", func(c *fakeConn, tag, words string) {
			c.say("* SEARCH " + manyUIDs())
			c.say(tag + " OK done")
		})
	}},
	{name: "made anew while it was read", err: "another UIDVALIDITY", setup: func(f *fakeServer) {
		breaks, opened := breaksAt(2, 1), 0
		f.quirk = func(c *fakeConn, tag, words string) bool {
			if strings.HasPrefix(words, "EXAMINE") {
				if opened++; opened == 2 {
					c.say("* 3 EXISTS\r\n* OK [UIDVALIDITY 8] x\r\n* OK [UIDNEXT 4] x\r\n" + tag + " OK [READ-ONLY] done")
					return true
				}
			}
			return breaks(c, tag, words)
		}
	}},
	{name: "gone for good", err: "the connection was lost", setup: func(f *fakeServer) {
		f.quirk = on("UID FETCH", func(c *fakeConn, _, _ string) { c.conn.Close() })
	}},
}

// tooLongSecond is a server whose second message is over 100 MB.
var tooLongSecond = on("UID FETCH", func(c *fakeConn, tag, words string) {
	switch {
	case strings.Contains(words, "SIZE"):
		c.say("* 1 FETCH (UID 1 RFC822.SIZE 100)\r\n* 2 FETCH (UID 2 RFC822.SIZE 104857601)\r\n* 3 FETCH (UID 3 RFC822.SIZE 100)")
		c.say(tag + " OK done")
	case strings.Contains(words, "<0.65536>"):
		c.say("* 2 FETCH (UID 2 BODY[]<0> {5}\r\nbegin)")
		c.say(tag + " OK done")
	default:
		c.answer(tag, words)
	}
})

// withoutSecond answers a FETCH of bodies but for the second message.
func withoutSecond(c *fakeConn, tag string) bool {
	for i, m := range c.all() {
		if i != 1 {
			c.tell(i+1, m, "UID BODY.PEEK[]")
		}
	}
	c.say(tag + " NO some cannot be read")
	return true
}

func manyUIDs() string {
	var b strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&b, "%d ", i+1)
	}
	return strings.TrimSpace(b.String())
}

func TestFolderQuirks(t *testing.T) {
	for _, q := range folderQuirks {
		t.Run(q.name, func(t *testing.T) {
			w, f := quirkWorld(t)
			if q.setup != nil {
				q.setup(f)
			}
			f.start()
			got, err := readAll(w)
			if q.err != "" {
				if err == nil || !strings.Contains(err.Error(), q.err) {
					t.Fatalf("got %v, want %q", err, q.err)
				}
				return
			}
			if err != nil || !slices.Equal(got, q.want) {
				t.Errorf("got %q, %v; want %q", got, err, q.want)
			}
			if f.has("SELECT") || f.has("STORE") {
				t.Error("the folder was opened for writing")
			}
		})
	}
}

// readAll reads the ids of the world's messages, "?" for those with a Problem.
func readAll(w *world) (ids []string, err error) {
	folder, err := w.openFolder()
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	for {
		m, err := folder.Next()
		switch {
		case errors.Is(err, io.EOF):
			return ids, nil
		case err != nil:
			return ids, err
		case m.Problem != "":
			ids = append(ids, "?")
		default:
			_, rest, _ := bytes.Cut(m.Raw, []byte("Subject: "))
			id, _, _ := bytes.Cut(rest, []byte("\r\n"))
			ids = append(ids, string(id))
		}
	}
}

// TestFolderTooLong: of what is too long the beginning is there.
func TestFolderTooLong(t *testing.T) {
	w, f := quirkWorld(t)
	f.quirk = tooLongSecond
	f.start()
	all := rest(t, w.folder())
	if len(all) != 3 || string(all[1].Raw) != "begin" || !strings.Contains(all[1].Problem, "longer than 100 MB") {
		t.Errorf("got %+v", all)
	}
}

// TestFolderInterrupted: an end of the context ends the reading at once.
func TestFolderInterrupted(t *testing.T) {
	w, server := quirkWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	server.quirk = on("UID FETCH", func(*fakeConn, string, string) { cancel() })
	server.start()
	f, err := OpenFolder(ctx, w.options, w.mailbox)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Next(); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
