package imapwatch

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// other is another client of the same mailbox.
func (w *world) other(name string) *imapclient.Client {
	w.t.Helper()
	c, err := imapclient.DialInsecure(w.server.addr(), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { c.Close() })
	if err := c.Login("lists", "secret").Wait(); err != nil {
		w.t.Fatal(err)
	}
	if _, err := c.Select(name, nil).Wait(); err != nil {
		w.t.Fatal(err)
	}
	return c
}

// listing is what is in a mailbox: UIDs with their flags.
func (w *world) listing(name string) string {
	w.t.Helper()
	c := w.other(name)
	defer c.Close()
	var lines []string
	all, err := c.Fetch(imap.UIDSet{{Start: 1, Stop: 0}}, &imap.FetchOptions{UID: true, Flags: true}).Collect()
	if err != nil {
		w.t.Fatal(err)
	}
	for _, m := range all {
		flags := make([]string, len(m.Flags))
		for i, f := range m.Flags {
			flags[i] = string(f)
		}
		sort.Strings(flags)
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%d %s", m.UID, strings.ToLower(strings.Join(flags, " ")))))
	}
	return strings.Join(lines, "; ")
}

func (w *world) flags(uid int) string {
	for _, line := range strings.Split(w.listing("INBOX"), "; ") {
		number, flags, _ := strings.Cut(line, " ")
		if number == fmt.Sprint(uid) {
			return strings.Replace(flags, "$guildpostproblem", string(ProblemKeyword), 1)
		}
	}
	return "(gone)"
}

func TestAfter(t *testing.T) {
	full := imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapUIDPlus: {}, imap.CapMove: {}}
	uidplus := imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapUIDPlus: {}}
	bare := imap.CapSet{imap.CapIMAP4rev1: {}}
	// Message 2 is marked \Deleted by somebody else, and is not for a list.
	for _, test := range []struct {
		name           string
		after          After
		caps           imap.CapSet
		inbox, archive string
	}{
		{"keep", Keep, full, `1; 2 $guildpostproblem \deleted; 3`, ""},
		{"seen", Seen, full, `1 \seen; 2 $guildpostproblem \deleted; 3 \seen`, ""},
		{"delete", Delete, full, `2 $guildpostproblem \deleted`, ""},
		{"delete without UIDPLUS", Delete, bare, `1 \deleted; 2 $guildpostproblem \deleted; 3 \deleted`, ""},
		{"move", Move, full, `2 $guildpostproblem \deleted`, "1; 2"},
		{"move without MOVE", Move, uidplus, `2 $guildpostproblem \deleted`, "1; 2"},
		{"move with nothing", Move, bare, `1 \deleted; 2 $guildpostproblem \deleted; 3 \deleted`, "1; 2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorldWith(t, test.caps)
			w.append(post("one"))
			w.append("From: eve@e.example\nTo: x@else.example\n\nx\n")
			w.append(post("three"))
			c := w.other("INBOX")
			if err := c.Store(imap.UIDSetNum(2), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close(); err != nil {
				t.Fatal(err)
			}
			c.Close()
			w.mailbox.After, w.mailbox.MoveTo = test.after, "Done"
			w.start()
			w.receive()
			w.receive()
			w.nothing()
			if got := w.listing("INBOX"); got != test.inbox {
				t.Errorf("INBOX has %s, want %s", got, test.inbox)
			}
			if test.after == Move {
				if got := w.listing("Done"); got != test.archive {
					t.Errorf("the other mailbox has %s, want %s", got, test.archive)
				}
			}
			w.clock.advance(5 * time.Minute)
			w.nothing()
		})
	}
}

// TestAfterComesLast: nothing is marked before the commit, and what a crash has left unmarked is marked at the next start.
func TestAfterComesLast(t *testing.T) {
	w := newWorld(t)
	w.mailbox.After = Delete
	w.append(post("one"))
	m, err := w.db.IMAPMailbox(context.Background(), w.mailbox.Account(), "INBOX")
	if err != nil {
		t.Fatal(err)
	}
	w.start()
	w.receive()
	w.nothing()
	if got := w.listing("INBOX"); got != "" {
		t.Errorf("INBOX has %s", got)
	}
	w.stop()
	// The same as after a crash between the commit and the mark.
	w.append(post("two"))
	if err := w.db.StepIMAP(context.Background(), m.ID, stepAfter(2, w.clock.Now())); err != nil {
		t.Fatal(err)
	}
	w.start()
	w.nothing()
	if got := w.listing("INBOX"); got != "" {
		t.Errorf("INBOX has %s", got)
	}
}
