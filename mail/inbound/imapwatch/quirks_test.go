package imapwatch

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"guildpost/store"
)

// got waits until these messages have come, in any order, over as many connections as that takes.
func (w *world) got(ids ...string) {
	w.t.Helper()
	missing := slices.Clone(ids)
	end := time.After(20 * time.Second)
	for len(missing) > 0 {
		select {
		case r := <-w.receiver.arrived:
			i := slices.IndexFunc(missing, func(id string) bool { return strings.Contains(r.raw, "This is "+id+".") })
			if i < 0 {
				w.t.Fatalf("got %q, want %v", r.raw, missing)
			}
			missing = slices.Delete(missing, i, i+1)
		case <-w.clock.set:
			w.clock.advance(10 * time.Minute)
		case <-end:
			w.t.Fatalf("%v did not come", missing)
		}
	}
}

// until moves the clock until the log has a text.
func (w *world) until(text string) {
	w.t.Helper()
	end := time.After(20 * time.Second)
	for !strings.Contains(w.log.String(), text) {
		select {
		case <-w.clock.set:
			w.clock.advance(10 * time.Minute)
		case <-time.After(time.Millisecond):
		case <-end:
			w.t.Fatalf("the log does not say %q", text)
		}
	}
}

// quirks are servers that are there in the world, or could be, and what must come of them: all messages or, where log is
// not "", that trouble in the log.
var quirks = []struct {
	name  string
	setup func(w *world, f *fakeServer)
	want  []string
	log   string
}{
	{name: "nothing special", want: []string{"one", "two", "three"}},
	{name: "no IDLE", setup: func(_ *world, f *fakeServer) { f.caps = "IMAP4rev1 AUTH=PLAIN" }, want: []string{"one", "two", "three"}},
	{name: "IDLE is offered and refused", want: []string{"one", "two", "three"}, log: "refuses IDLE", setup: func(_ *world, f *fakeServer) {
		f.quirk = on("IDLE", func(c *fakeConn, tag, _ string) { c.say(tag + " NO not today") })
	}},
	{name: "LOGINDISABLED until STARTTLS", want: []string{"one", "two", "three"}, setup: func(w *world, f *fakeServer) {
		w.mailbox.TLS = StartTLS
		f.caps = "IMAP4rev1 STARTTLS LOGINDISABLED"
		f.quirk = func(c *fakeConn, tag, words string) bool {
			if words == "CAPABILITY" && c.in != nil && c.secured() {
				c.say("* CAPABILITY IMAP4rev1 AUTH=PLAIN IDLE")
				c.say(tag + " OK done")
				return true
			}
			return false
		}
	}},
	{name: "LOGINDISABLED without TLS", log: "takes no password without TLS", setup: func(_ *world, f *fakeServer) { f.caps = "IMAP4rev1 LOGINDISABLED" }},
	{name: "LOGIN with LITERAL+", want: []string{"one", "two", "three"}, setup: func(w *world, f *fakeServer) {
		w.mailbox.Password = secretly("pä\"ss\\word\r\n")
		f.caps = "IMAP4rev1 LITERAL+ IDLE"
	}},
	{name: "LOGIN with a literal", want: []string{"one", "two", "three"}, setup: func(w *world, f *fakeServer) {
		w.mailbox.Password = secretly("pä\"ss\\word\r\n")
		f.caps = "IMAP4rev1 IDLE"
	}},
	{name: "huge gaps between UIDs", want: []string{"one", "two", "three", "far", "last"}, setup: func(_ *world, f *fakeServer) {
		f.put(4_000_000_000, post("far"))
		f.put(4_294_967_295, post("last"))
	}},
	{name: "EXPUNGE during FETCH", want: []string{"two", "three"}, setup: func(_ *world, f *fakeServer) {
		once := true
		f.quirk = on("UID FETCH", func(c *fakeConn, tag, words string) {
			if once && strings.Contains(words, "BODY") {
				once = false
				c.say("* 1 EXPUNGE")
				f.mu.Lock()
				f.messages = f.messages[1:]
				f.mu.Unlock()
			}
			c.answer(tag, words)
		})
	}},
	{name: "NO to a FETCH since one was removed", want: []string{"one", "two", "three"}, setup: func(_ *world, f *fakeServer) {
		f.quirk = on("UID FETCH", func(c *fakeConn, tag, words string) {
			if !strings.Contains(words, "BODY") {
				c.answer(tag, words)
				return
			}
			c.tell(1, c.all()[0], "UID BODY.PEEK[]")
			c.say(tag + " NO [EXPUNGEISSUED] some are gone")
		})
	}},
	{name: "no INTERNALDATE", want: []string{"one", "two", "three"}, log: "is not understood", setup: func(_ *world, f *fakeServer) {
		f.quirk = on("UID FETCH", func(c *fakeConn, tag, words string) {
			if !strings.Contains(words, "INTERNALDATE") {
				c.answer(tag, words)
				return
			}
			for i, m := range c.all() {
				c.say("* %d FETCH (UID %d INTERNALDATE NIL RFC822.SIZE %d)", i+1, m.uid, len(m.raw))
			}
			c.say(tag + " OK done")
		})
	}},
	{name: "8-bit header fields", want: []string{"one", "two", "three", "eight"}, setup: func(_ *world, f *fakeServer) {
		f.put(4, strings.Replace(post("eight"), "Subject: ", "Subject: \xe9\xff Grüße ", 1))
	}},
	{name: "bare line feeds", want: []string{"one", "two", "three", "bare"}, setup: func(_ *world, f *fakeServer) {
		f.messages = append(f.messages, fakeMessage{4, post("bare")})
	}},
	{name: "PREAUTH without TLS", log: "PREAUTH", setup: func(_ *world, f *fakeServer) { f.greeting = "* PREAUTH welcome, stranger" }},
	{name: "PREAUTH before STARTTLS", log: "does not begin TLS", setup: func(w *world, f *fakeServer) {
		w.mailbox.TLS = StartTLS
		f.greeting = "* PREAUTH welcome, stranger"
		f.quirk = on("STARTTLS", func(c *fakeConn, tag, _ string) { c.say(tag + " BAD you are inside already") })
	}},
	{name: "STARTTLS was stripped", log: "does not begin TLS", setup: func(w *world, f *fakeServer) {
		w.mailbox.TLS = StartTLS
		f.quirk = on("STARTTLS", func(c *fakeConn, tag, _ string) { c.say(tag + " BAD unknown command") })
	}},
	{name: "TLS is not spoken", log: "does not speak TLS from the start", setup: func(w *world, _ *fakeServer) { w.mailbox.TLS = ImplicitTLS }},
	{name: "BYE", log: "too many", setup: func(_ *world, f *fakeServer) { f.greeting = "* BYE too many connections" }},
	{name: "the password is refused", log: "refuses the login of lists (PLAIN): wrong", setup: func(_ *world, f *fakeServer) {
		f.quirk = on("AUTHENTICATE", func(c *fakeConn, tag, _ string) { c.say(tag + " NO [AUTHENTICATIONFAILED] wrong") })
	}},
	{name: "silent from the start", log: "did not answer in time", setup: func(w *world, f *fakeServer) {
		w.options.Timeout = 50 * time.Millisecond
		f.greeting = ""
		f.quirk = func(*fakeConn, string, string) bool { return true }
	}},
	{name: "silent within a body, once", want: []string{"one", "two", "three"}, log: "did not answer in time", setup: func(w *world, f *fakeServer) {
		w.options.Timeout = 200 * time.Millisecond
		once := true
		f.quirk = on("UID FETCH", func(c *fakeConn, tag, words string) {
			if once && strings.Contains(words, "BODY") {
				once = false
				c.say("* 1 FETCH (UID 1 BODY[] {500}")
				return
			}
			c.answer(tag, words)
		})
	}},
	{name: "IDLE that is dead", want: []string{"one", "two", "three"}, log: "the end of IDLE: the server did not answer in time", setup: func(w *world, f *fakeServer) {
		w.options.Timeout = 100 * time.Millisecond
		f.quirk = on("IDLE", func(c *fakeConn, _, _ string) {
			c.say("+ idling")
			_, _ = io.Copy(io.Discard, c.in)
		})
	}},
	{name: "a literal of 4 GB", want: []string{"one", "three"}, log: "is larger than guildpost takes", setup: func(_ *world, f *fakeServer) {
		f.quirk = bodyOf(2, func(c *fakeConn) { c.say("* 2 FETCH (UID 2 BODY[] {4294967296}"); c.flood("x") })
	}},
	{name: "a body without end in quotes", want: []string{"one", "three"}, setup: func(w *world, f *fakeServer) {
		w.options.MaxMessage = 100_000
		f.quirk = bodyOf(2, func(c *fakeConn) { c.say(`* 2 FETCH (UID 2 BODY[] "`); c.flood("x") })
	}},
	{name: "a line without end", log: "more than was asked for", setup: func(_ *world, f *fakeServer) {
		f.quirk = on("SELECT", func(c *fakeConn, _, _ string) { c.flood("* OK aaaaaaaa ") })
	}},
	{name: "brackets without end", log: "trouble", setup: func(_ *world, f *fakeServer) {
		f.quirk = on("SELECT", func(c *fakeConn, _, _ string) { c.flood("* LIST " + strings.Repeat("(", 1000)) })
	}},
	{name: "UIDs without end", log: "in a mailbox of 3", setup: func(_ *world, f *fakeServer) {
		f.caps += " ESEARCH"
		f.quirk = on("UID SEARCH", func(c *fakeConn, tag, _ string) {
			c.say(`* ESEARCH (TAG "%s") UID ALL 1:4294967295`, tag)
			c.say(tag + " OK done")
		})
	}},
	{name: "X-GM data with the size, once", want: []string{"one", "two", "three"}, log: "X-GM-MSGID", setup: func(_ *world, f *fakeServer) {
		once := true
		f.quirk = on("UID FETCH", func(c *fakeConn, tag, words string) {
			if once {
				once = false
				c.say("* 1 FETCH (X-GM-MSGID 1278455344230334865 UID 1 RFC822.SIZE 10)")
			}
			c.answer(tag, words)
		})
	}},
	{name: "X-GM data with one message, always", want: []string{"one", "three"}, setup: func(_ *world, f *fakeServer) {
		f.quirk = bodyOf(2, func(c *fakeConn) { c.say("* 2 FETCH (X-GM-LABELS (a b) UID 2 BODY[] {3}\r\nabc)") })
	}},
	{name: "an untagged answer that nobody knows", want: []string{"one", "two", "three"}, log: "XFOO", setup: func(_ *world, f *fakeServer) {
		once := true
		f.quirk = on("UID FETCH", func(c *fakeConn, tag, words string) {
			if once {
				once = false
				c.say("* XFOO bar")
			}
			c.answer(tag, words)
		})
	}},
	{name: "the UID behind the body", want: []string{"one", "two", "three"}, setup: func(_ *world, f *fakeServer) {
		f.quirk = on("UID FETCH", func(c *fakeConn, tag, words string) {
			if !strings.Contains(words, "BODY") {
				c.answer(tag, words)
				return
			}
			for i, m := range c.all() {
				c.say("* %d FETCH (BODY[] {%d}\r\n%s UID %d)", i+1, len(m.raw), m.raw, m.uid)
			}
			c.say(tag + " OK done")
		})
	}},
	{name: "one message cannot be fetched", want: []string{"one", "three"}, setup: func(_ *world, f *fakeServer) {
		f.quirk = func(c *fakeConn, tag, words string) bool {
			switch {
			case strings.HasPrefix(words, "UID FETCH") && strings.Contains(words, "BODY"):
				for _, i := range []int{0, 2} {
					c.tell(i+1, c.all()[i], "UID BODY.PEEK[]")
				}
				c.say(tag + " NO server error")
			case strings.HasPrefix(words, "FETCH 2 "):
				c.say(tag + " NO [SERVERBUG] this one is broken")
			default:
				return false
			}
			return true
		}
	}},
	{name: "one message makes the server fall over", want: []string{"one", "three"}, setup: func(_ *world, f *fakeServer) {
		f.quirk = bodyOf(2, func(c *fakeConn) { c.conn.Close() })
	}},
	{name: "the size is a lie", want: []string{"one", "two", "three"}, setup: func(_ *world, f *fakeServer) {
		f.quirk = on("UID FETCH", func(c *fakeConn, tag, words string) {
			if !strings.Contains(words, "RFC822.SIZE") {
				c.answer(tag, words)
				return
			}
			for i, m := range c.all() {
				c.say("* %d FETCH (UID %d RFC822.SIZE %d)", i+1, m.uid, i)
			}
			c.say(tag + " OK done")
		})
	}},
	{name: "no UIDNEXT", want: []string{"one", "two", "three"}, setup: func(_ *world, f *fakeServer) {
		f.quirk = on("SELECT", func(c *fakeConn, tag, _ string) {
			c.say("* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [PERMANENTFLAGS ()] x")
			c.say(tag + " OK done")
		})
	}},
	{name: "no UIDVALIDITY", log: "no UIDs that last", setup: func(_ *world, f *fakeServer) {
		f.quirk = on("SELECT", func(c *fakeConn, tag, _ string) { c.say("* 3 EXISTS\r\n" + tag + " OK done") })
	}},
	{name: "no such mailbox", log: "cannot be opened; is its name right?", setup: func(_ *world, f *fakeServer) {
		f.quirk = on("SELECT", func(c *fakeConn, tag, _ string) { c.say(tag + " NO [NONEXISTENT] no such mailbox") })
	}},
	{name: "a token by OAUTHBEARER", want: []string{"one", "two", "three"}, setup: func(w *world, f *fakeServer) {
		w.mailbox.Password, w.mailbox.Token = nil, secretly("t0k3n")
		f.caps = "IMAP4rev1 AUTH=PLAIN AUTH=OAUTHBEARER AUTH=XOAUTH2 SASL-IR IDLE"
	}},
	{name: "a token by XOAUTH2", want: []string{"one", "two", "three"}, setup: func(w *world, f *fakeServer) {
		w.mailbox.Password, w.mailbox.Token = nil, secretly("t0k3n")
		f.caps = "IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR IDLE"
	}},
	{name: "the token has expired", log: "refuses the token of lists (XOAUTH2)", setup: func(w *world, f *fakeServer) {
		w.mailbox.Password, w.mailbox.Token = nil, secretly("t0k3n")
		f.caps = "IMAP4rev1 AUTH=XOAUTH2 SASL-IR"
		f.quirk = on("AUTHENTICATE", func(c *fakeConn, tag, _ string) {
			c.say("+ " + base64.StdEncoding.EncodeToString([]byte(`{"status":"400"}`)))
			_, _ = c.line()
			c.say(tag + " BAD Invalid base64 data in continued response")
		})
	}},
	{name: "no token is taken", log: "takes no token", setup: func(w *world, f *fakeServer) {
		w.mailbox.Password, w.mailbox.Token = nil, secretly("t0k3n")
	}},
}

// on is a quirk of one command.
func on(command string, do func(c *fakeConn, tag, words string)) func(*fakeConn, string, string) bool {
	return func(c *fakeConn, tag, words string) bool {
		if !strings.HasPrefix(words, command) {
			return false
		}
		do(c, tag, words)
		return true
	}
}

// bodyOf is a quirk of every answer that has the body of a message; those before it come as they should.
func bodyOf(uid uint32, do func(c *fakeConn)) func(*fakeConn, string, string) bool {
	return func(c *fakeConn, tag, words string) bool {
		byUID := strings.HasPrefix(words, "UID FETCH ")
		if !byUID && !strings.HasPrefix(words, "FETCH ") || !strings.Contains(words, "BODY") {
			return false
		}
		set := strings.Fields(strings.TrimPrefix(words, "UID "))[1]
		for i, m := range c.all() {
			switch {
			case !inSet(set, m.uid, m.uid): // numbers and UIDs are the same here
			case m.uid == uid:
				do(c)
			default:
				c.tell(i+1, m, words)
			}
		}
		c.say(tag + " OK done")
		return true
	}
}

// secured says whether TLS is up.
func (c *fakeConn) secured() bool { return fmt.Sprintf("%T", c.conn) == "*tls.Conn" }

// flood writes until nobody listens.
func (c *fakeConn) flood(text string) {
	piece := strings.Repeat(text, 1+(64<<10)/len(text))
	for range 100_000 {
		if _, err := io.WriteString(c.conn, piece); err != nil {
			return
		}
	}
	c.t.Error("6 GB were read")
}

func TestQuirks(t *testing.T) {
	for _, q := range quirks {
		t.Run(q.name, func(t *testing.T) {
			w, f := quirkWorld(t)
			if q.setup != nil {
				q.setup(w, f)
			}
			f.start()
			w.start()
			if len(q.want) > 0 {
				w.got(q.want...)
			}
			if q.log != "" {
				w.until(q.log)
			}
			if w.mailbox.TLS == StartTLS && len(q.want) == 0 && (f.has("secret") || f.has(base64.StdEncoding.EncodeToString([]byte("\x00lists\x00secret")))) {
				t.Error("the password was sent in clear")
			}
			w.settled(q.want)
		})
	}
}

// settled: after days nothing has come twice, and what did not come was told.
func (w *world) settled(want []string) {
	w.t.Helper()
	for range 40 {
		select {
		case <-w.clock.set:
			w.clock.advance(2 * time.Hour)
		case r := <-w.receiver.arrived:
			w.t.Fatalf("got %q once more", r.raw)
		case <-time.After(5 * time.Millisecond):
		}
	}
	if len(want) > 0 && len(want) < 3 && !slices.Equal(want, []string{"two", "three"}) {
		select {
		case text := <-w.told:
			if !strings.Contains(text, "message 2 of") && !strings.Contains(text, "no mail comes") {
				w.t.Errorf("the postmaster was told %q", text)
			}
		case <-time.After(20 * time.Second):
			w.t.Error("the postmaster was not told")
		}
	}
}

// TestFloodMemory: what a hostile server sends costs little memory.
func TestFloodMemory(t *testing.T) {
	w, f := quirkWorld(t)
	f.quirk = on("SELECT", func(c *fakeConn, _, _ string) { c.flood("* OK aaaaaaaa ") })
	f.start()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	w.start()
	for range 5 {
		w.await("pausing")
		w.clock.advance(20 * time.Minute)
	}
	w.await("pausing")
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapSys) - int64(before.HeapSys); grown > 16<<20 {
		t.Errorf("the heap grew by %d octets", grown)
	}
}

// TestOthersGoOn: a mailbox whose server is silent stops no other.
func TestOthersGoOn(t *testing.T) {
	w := newWorld(t)
	silent := newFakeServer(t)
	silent.greeting = ""
	silent.quirk = func(*fakeConn, string, string) bool { return true }
	silent.start()
	other := w.mailbox
	other.Server = silent.listener.Addr().String()
	w.options.Mailboxes = []Mailbox{other, w.mailbox}
	var err error
	if w.watcher, err = New(w.options); err == nil {
		err = w.watcher.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	w.append(post("one"))
	w.receive()
}

func TestPause(t *testing.T) {
	plain, refused := errors.New("x"), &loginError{store.Errorf(store.Forbidden, "x")}
	for _, test := range []struct {
		failures int
		err      error
		random   float64
		want     time.Duration
	}{
		{1, plain, 0.5, time.Second}, {2, plain, 0.5, 2 * time.Second}, {3, plain, 0.5, 4 * time.Second},
		{100, plain, 0.5, 10 * time.Minute}, {1, plain, 0, 500 * time.Millisecond}, {1, plain, 1, 1500 * time.Millisecond},
		{1, refused, 0.5, time.Minute}, {100, refused, 0.5, time.Hour},
	} {
		if got := pause(test.failures, test.err, test.random); got != test.want {
			t.Errorf("%d failures (%v): %v, want %v", test.failures, test.err, got, test.want)
		}
	}
	for tries, want := range map[int]time.Duration{1: time.Minute, 2: 5 * time.Minute, 3: 25 * time.Minute, 4: time.Hour, 100: time.Hour} {
		if got := retryPause(tries); got != want {
			t.Errorf("%d tries: %v, want %v", tries, got, want)
		}
	}
}
