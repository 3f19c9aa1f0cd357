package imapd

import (
	"fmt"
	"slices"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"guildpost/store"
	"guildpost/store/storetest"
)

// An ear hears what a server says by itself.
type ear struct {
	exists   chan uint32
	expunged chan uint32
	flags    chan string
	keywords chan string
}

func listen() (*ear, *imapclient.Options) {
	e := &ear{make(chan uint32, 100), make(chan uint32, 100), make(chan string, 100), make(chan string, 100)}
	return e, &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: func(d *imapclient.UnilateralDataMailbox) {
			if d.NumMessages != nil {
				e.exists <- *d.NumMessages
			}
			if d.Flags != nil {
				e.keywords <- fmt.Sprint(d.Flags)
			}
		},
		Expunge: func(n uint32) { e.expunged <- n },
		Fetch: func(m *imapclient.FetchMessageData) {
			if got, err := m.Collect(); err == nil {
				e.flags <- fmt.Sprintf("%d %v", got.SeqNum, got.Flags)
			}
		},
	}}
}

func TestIdle(t *testing.T) {
	w := newWorld(t, nil)
	rust, other := storetest.Community(t, w.db, "rust"), storetest.Community(t, w.db, "go")
	w.say(rust, "a@a.example", "one", "x", in2026)
	ann := w.member(rust, "ann@a.example")
	for _, folder := range []string{"rust", "rust/2026"} {
		t.Run(folder, func(t *testing.T) {
			ear, options := listen()
			c := w.login(ann, options)
			before, err := c.Select(folder, nil).Wait()
			w.check(err)
			idle, err := c.Idle()
			w.check(err)
			w.say(other, "a@a.example", "elsewhere "+folder, "x", in2026)
			w.say(rust, "a@a.example", "of another year "+folder, "x", in2024)
			w.say(rust, "a@a.example", "new "+folder, "x", in2026)
			last := before.NumMessages + 1
			if folder == "rust" {
				last++
			}
			for n := range ear.exists {
				if n == last {
					break
				}
			}
			w.check(idle.Close())
			w.check(idle.Wait())
			got, err := c.Fetch(imap.SeqSetNum(last), &imap.FetchOptions{Envelope: true}).Collect()
			w.check(err)
			if got[0].Envelope.Subject != "new "+folder {
				t.Errorf("the last message is %q", got[0].Envelope.Subject)
			}
		})
	}
	if len(w.server.hub.archives) != 1 {
		t.Errorf("%d lists of posts are in memory", len(w.server.hub.archives))
	}
}

func TestFlagsOfAnotherSession(t *testing.T) {
	w := newWorld(t, nil)
	rust := storetest.Community(t, w.db, "rust")
	w.say(rust, "a@a.example", "one", "x", in2026)
	w.say(rust, "a@a.example", "two", "x", in2026)
	ann := w.member(rust, "ann@a.example")
	ear, options := listen()
	c := w.login(ann, options)
	_, err := c.Select("rust", nil).Wait()
	w.check(err)
	other := w.selected(ann, "rust/2026")
	w.check(other.Store(imap.SeqSetNum(2), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagFlagged}}, nil).Close())
	w.check(c.Noop().Wait())
	if got := <-ear.flags; got != `2 [\Flagged]` {
		t.Errorf("the other session is told %s", got)
	}
	w.check(other.Store(imap.SeqSetNum(1), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{"work"}}, nil).Close())
	w.check(c.Noop().Wait())
	if got := <-ear.keywords; got != `[\Answered \Flagged \Seen work]` {
		t.Errorf("there are said to be %s", got)
	}
	if got := <-ear.flags; got != `1 [work]` {
		t.Errorf("the other session is told %s", got)
	}
}

// TestErased: what was erased is expunged, where that may be said, and no other UID changes.
func TestErased(t *testing.T) {
	w := newWorld(t, nil)
	rust := storetest.Community(t, w.db, "rust")
	var uids []uint32
	for i := range 4 {
		uids = append(uids, w.say(rust, "a@a.example", fmt.Sprint("post ", i), "x", in2026))
	}
	ann := w.member(rust, "ann@a.example")
	ear, options := listen()
	c := w.login(ann, options)
	_, err := c.Select("rust", nil).Wait()
	w.check(err)
	w.sql(fmt.Sprintf("UPDATE posts SET state = 1 WHERE id IN (%d, %d)", uids[1], uids[3]))
	got, err := c.Fetch(imap.SeqSetNum(1, 2, 3, 4), &imap.FetchOptions{UID: true, Envelope: true}).Collect()
	w.check(err)
	if len(got) != 2 || got[1].SeqNum != 3 {
		t.Errorf("%d messages are left, the second is number %d", len(got), got[1].SeqNum)
	}
	w.wait(thoroughEvery)
	idle, err := c.Idle()
	w.check(err)
	if first, second := <-ear.expunged, <-ear.expunged; first != 4 || second != 2 {
		t.Errorf("expunged are %d and %d", first, second)
	}
	w.check(idle.Close())
	w.check(idle.Wait())
	found, err := c.UIDSearch(&imap.SearchCriteria{}, nil).Wait()
	w.check(err)
	if !slices.Equal(found.AllUIDs(), []imap.UID{imap.UID(uids[0]), imap.UID(uids[2])}) {
		t.Errorf("left are %v", found.AllUIDs())
	}
	s, err := c.Status("rust", &imap.StatusOptions{NumMessages: true, UIDNext: true}).Wait()
	w.check(err)
	if *s.NumMessages != 2 || uint32(s.UIDNext) != uids[3]+1 {
		t.Errorf("%d messages, UIDNEXT %d", *s.NumMessages, s.UIDNext)
	}
}

// TestAccessEnds: a membership or a password that ends ends the session, also one that waits.
func TestAccessEnds(t *testing.T) {
	for _, end := range []struct {
		name string
		end  func(w *world, s store.Subscription, password int64) error
		left string // folders after a new login, "" for none
	}{
		{"leaves", func(w *world, s store.Subscription, _ int64) error {
			return w.db.EndSubscription(ctx, storetest.By(w.clock()), s.ID, store.Left)
		}, "INBOX"},
		{"is removed", func(w *world, s store.Subscription, _ int64) error {
			return w.db.EndSubscription(ctx, storetest.By(w.clock()), s.ID, store.Removed)
		}, "INBOX"},
		{"is banned", func(w *world, s store.Subscription, _ int64) error {
			return w.db.EndSubscription(ctx, storetest.By(w.clock()), s.ID, store.Banned)
		}, "INBOX"},
		{"revokes the password", func(w *world, s store.Subscription, id int64) error {
			return w.db.RevokeAppPassword(ctx, storetest.By(w.clock()), s.MemberID, id)
		}, ""},
	} {
		for _, idling := range []bool{false, true} {
			t.Run(fmt.Sprint(end.name, " idling ", idling), func(t *testing.T) {
				w := newWorld(t, nil)
				rust := storetest.Community(t, w.db, "rust")
				w.say(rust, "a@a.example", "one", "x", in2026)
				ann := w.member(rust, "ann@a.example")
				password, id := w.password(ann)
				c := w.dial(nil)
				w.check(c.Login(ann.Address, password).Wait())
				_, err := c.Select("rust", nil).Wait()
				w.check(err)
				if idling {
					idle, err := c.Idle()
					w.check(err)
					w.check(end.end(w, ann, id))
					<-c.Closed()
					idle.Close()
				} else {
					w.check(end.end(w, ann, id))
					if _, err := c.Fetch(imap.SeqSetNum(1), &imap.FetchOptions{Envelope: true}).Collect(); err == nil {
						t.Error("a message is still shown")
					}
					<-c.Closed()
				}
				again := w.dial(nil)
				err = again.Login(ann.Address, password).Wait()
				if end.left == "" {
					refused(t, "a new login", err, imap.ResponseCodeAuthenticationFailed)
					return
				}
				w.check(err)
				if got := w.names(again, "*", nil); got != end.left {
					t.Errorf("there are still %s", got)
				}
			})
		}
	}
}

// TestSuspendedAndClosed: who gets no mail reads all the same, and a closed community keeps its archive.
func TestSuspendedAndClosed(t *testing.T) {
	w := newWorld(t, nil)
	rust := storetest.Community(t, w.db, "rust")
	w.say(rust, "a@a.example", "one", "x", in2026)
	ann := w.member(rust, "ann@a.example")
	w.check(w.db.EndSubscription(ctx, storetest.By(w.clock()), ann.ID, store.Suspended))
	rust.Closed = true
	w.check(w.db.UpdateCommunity(ctx, storetest.By(w.clock()), rust))
	if got := w.names(w.login(ann, nil), "*", nil); got != "INBOX rust rust/2026" {
		t.Errorf("there are %s", got)
	}
}

// TestStop: those who wait hear that the server goes.
func TestStop(t *testing.T) {
	w := newWorld(t, nil)
	rust := storetest.Community(t, w.db, "rust")
	c := w.selected(w.member(rust, "ann@a.example"), "rust")
	idle, err := c.Idle()
	w.check(err)
	silent := w.dial(nil)
	w.check(silent.WaitGreeting())
	w.stop()
	<-c.Closed()
	<-silent.Closed()
	idle.Close()
	w.stop() // again
}
