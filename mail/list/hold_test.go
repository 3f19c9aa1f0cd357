package list_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"guildpost/mail"
	"guildpost/store"
)

// mailsTo are the texts of the mails of our own that wait for somebody.
func (w *world) mailsTo(address string) (texts []string) {
	w.t.Helper()
	rows, err := w.db.QueueList(w.t.Context(), store.QueueFilter{})
	w.check(err)
	for _, row := range rows {
		d, err := w.db.Dispatch(w.t.Context(), row.DispatchID)
		w.check(err)
		if row.Recipient != address || d.Kind != store.DispatchNotice {
			continue
		}
		raw, err := w.db.Raw(w.t.Context(), d.RawID)
		w.check(err)
		m := mail.Read(raw)
		texts = append(texts, m.Subject+"\n"+m.Text().All)
	}
	return texts
}

func (w *world) due() {
	w.t.Helper()
	_, err := w.list.Due(w.t.Context(), w.clock())
	w.check(err)
}

// TestHeldListJoins: who waits to join stands in the daily list as well, and who did not confirm does not.
func TestHeldListJoins(t *testing.T) {
	w := newWorld(t)
	for _, address := range []string{"zoe@z.example", "yan@y.example"} {
		r, err := w.db.Ask(t.Context(), store.Request{CommunityID: w.c.ID, Kind: store.RequestJoin, Address: address,
			Payload: `{"name":"Zoe"}`, AskedAt: w.now, ExpiresAt: w.now.AddDate(0, 1, 0)}, nil)
		w.check(err)
		if address == "zoe@z.example" {
			w.check(w.db.Decide(t.Context(), w.by(), r.ID, store.Asked, store.Confirmed, "", nil))
		}
	}
	w.sent()
	w.now = w.now.AddDate(0, 0, 1)
	w.due()
	got := w.mailsTo("fay@f.example")
	if len(got) != 1 || !strings.Contains(got[0], "Zoe (zoe@z.example) would like to join") || strings.Contains(got[0], "yan@y.example") {
		t.Errorf("the list says: %q", got)
	}
	w.sent()
	w.due()
	if got := w.mailsTo("fay@f.example"); len(got) > 0 {
		t.Errorf("and once more on the same day: %q", got)
	}
	var ended []string
	for range 33 {
		w.sent()
		w.now = w.now.AddDate(0, 0, 1)
		w.due()
		for _, m := range w.mailsTo("fay@f.example") {
			if strings.HasPrefix(m, "Nobody decided in ") {
				ended = append(ended, m)
			}
		}
	}
	if len(ended) != 1 || !strings.Contains(ended[0], "Zoe (zoe@z.example)") || strings.Contains(ended[0], "yan@y.example") {
		t.Errorf("of requests that ran out the facilitators read %q", ended)
	}
}

// TestHeldListAtOnce: two daemons that share a database send each list and each reminder once.
func TestHeldListAtOnce(t *testing.T) {
	w := newWorld(t)
	w.rules(func(c *store.Community) { c.Emergency = true })
	w.check(w.post("ada@a.example", "Subject: x\n\nx"))
	w.sent()
	w.now = w.now.AddDate(0, 0, 3)
	var both sync.WaitGroup
	for range 4 {
		both.Go(func() {
			if _, err := w.list.Due(t.Context(), w.clock()); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	if got := w.mailsTo("fay@f.example"); len(got) != 2 {
		t.Errorf("%d mails, want the list and the reminder: %q", len(got), got)
	}
}

// TestNobodyDecides: where nobody leads, the postmaster hears once a day that something waits, and the author after seven
// days that nobody answered.
func TestNobodyDecides(t *testing.T) {
	w := newWorld(t)
	w.list.Postmaster = "pm@p.example"
	s, err := w.db.SubscriptionByAddress(t.Context(), w.c.ID, "fay@f.example")
	w.check(err)
	w.check(w.db.EndSubscription(t.Context(), w.by(), s.ID, store.Left))
	w.rules(func(c *store.Community) { c.Emergency = true })
	w.sent()
	for range 2 {
		w.check(w.post("ada@a.example", "Subject: x\n\nx"))
	}
	got := w.mailsTo("pm@p.example")
	if len(got) != 1 || !strings.Contains(got[0], "rust@lists.example.org") {
		t.Errorf("the postmaster reads %q", got)
	}
	w.sent()
	for range 8 {
		w.now = w.now.AddDate(0, 0, 1)
		w.due()
	}
	if got := w.mailsTo("ada@a.example"); len(got) != 2 || !strings.HasPrefix(got[0], "Nobody has decided about your post: x\n") {
		t.Errorf("the author reads %q", got)
	}
	if got := w.mailsTo("pm@p.example"); len(got) != 6 {
		t.Errorf("the postmaster got %d mails in the week, want one each morning that something waits", len(got))
	}
}

// TestAskedSize: a large post is not mailed around whole, and what is left out is named.
func TestAskedSize(t *testing.T) {
	w := newWorld(t)
	w.rules(func(c *store.Community) { c.Emergency = true })
	w.sent()
	w.check(w.post("ada@a.example", "Subject: Large\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nLook at this.\n--b\n"+
		"Content-Type: video/mp4; name=cat.mp4\nContent-Transfer-Encoding: base64\n\n"+strings.Repeat(strings.Repeat("A", 76)+"\n", 40_000)+"--b--\n"))
	rows, err := w.db.QueueList(t.Context(), store.QueueFilter{})
	w.check(err)
	i := slices.IndexFunc(rows, func(r store.QueueRow) bool { return r.Recipient == "fay@f.example" })
	d, err := w.db.Dispatch(t.Context(), rows[i].DispatchID)
	w.check(err)
	raw, err := w.db.Raw(t.Context(), d.RawID)
	w.check(err)
	if len(raw) > 50_000 || !strings.Contains(string(raw), "Look at this.") || !strings.Contains(string(raw), "cat.mp4") {
		t.Errorf("the mail has %d bytes:\n%.3000s", len(raw), raw)
	}
	holds, err := w.db.Holds(t.Context(), w.c.ID, store.Held)
	w.check(err)
	if raw, err = w.db.Raw(t.Context(), holds[0].RawID); err != nil || len(raw) < 3_000_000 {
		t.Errorf("the held post has %d bytes (%v), want all", len(raw), err)
	}
}

// TestApproveClosed: a community that was closed meanwhile takes no post, and the post goes on waiting.
func TestApproveClosed(t *testing.T) {
	w := newWorld(t)
	w.rules(func(c *store.Community) { c.Emergency = true })
	w.check(w.post("ada@a.example", "Subject: x\n\nx"))
	w.rules(func(c *store.Community) { c.Closed = true })
	holds, err := w.db.Holds(t.Context(), w.c.ID, store.Held)
	w.check(err)
	_, err = w.list.ApproveHold(t.Context(), w.by(), holds[0])
	var sentence *store.Error
	if !errors.As(err, &sentence) || !strings.Contains(sentence.Text, "is closed") {
		t.Errorf("approving: %v", err)
	}
	if len(w.held()) != 1 {
		t.Errorf("what waits: %v", w.held())
	}
}

// TestSlowThread: slowing a thread is a change of the rules; what is over goes with the next.
func TestSlowThread(t *testing.T) {
	w := newWorld(t)
	slow := func(id int64, every time.Duration, days int) []store.SlowThread {
		w.check(w.list.SlowThread(t.Context(), w.by(), w.c, store.SlowThread{ThreadID: id, Every: every, Until: w.now.AddDate(0, 0, days)}))
		var err error
		w.c, err = w.db.Community(t.Context(), w.c.ID)
		w.check(err)
		return w.c.SlowThreads
	}
	slow(1, time.Hour, 1)
	if got := slow(2, time.Hour, 3); len(got) != 2 {
		t.Errorf("two threads: %v", got)
	}
	if got := slow(1, 2*time.Hour, 1); len(got) != 2 || got[1].Every != 2*time.Hour {
		t.Errorf("the first again: %v", got)
	}
	w.now = w.now.AddDate(0, 0, 2)
	if got := slow(3, time.Hour, 1); len(got) != 2 || got[0].ThreadID != 2 {
		t.Errorf("after the first is over: %v", got)
	}
	if got := slow(3, 0, 0); len(got) != 1 {
		t.Errorf("after the third is ended: %v", got)
	}
}
