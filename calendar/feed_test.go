package calendar

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"guildpost/calendar/itip"
	"guildpost/mail"
	"guildpost/store"
)

// feed fetches the feed of a community, a subscriber in it, or for all a subscriber everywhere.
func (w *world) feed(owner store.Feed) Feed {
	w.t.Helper()
	url, _, err := w.FeedOf(ctx, w.by(), owner)
	w.check(err)
	f, err := w.fetch(url)
	w.check(err)
	return f
}

func (w *world) fetch(url string) (Feed, error) {
	w.t.Helper()
	path, ok := strings.CutPrefix(url, "https://lists.example.org/c/")
	if !ok || !strings.HasSuffix(path, ".ics") {
		w.t.Fatalf("the feed is at %s", url)
	}
	community, secret, found := strings.Cut(strings.TrimSuffix(path, ".ics"), "/")
	if !found {
		community, secret = "", community
	}
	return w.Feed(ctx, community, secret)
}

func (w *world) press(m store.Meeting, s store.Subscription, answer string) {
	w.t.Helper()
	_, err := w.Press(ctx, mail.Ticket{Kind: mail.TicketRSVP, Person: s.ID, Object: m.ID}, answer)
	w.check(err)
}

// answerDate records an answer to one date, or to it and all later ones.
func (w *world) answerDate(m store.Meeting, s store.Subscription, key string, later bool, answer store.RSVPAnswer) {
	w.t.Helper()
	_, err := w.DB.RecordRSVPs(ctx, w.now, w.invitation(m, s), []store.RSVP{{Occurrence: key, Later: later, Answer: answer, Source: "page", At: w.now, Stamp: w.now}},
		newer, nil)
	w.check(err)
}

// filled is a community with a meeting of each kind: a single one, a series with a date cancelled and one moved, and one that
// was cancelled.
func (w *world) filled() (single, series, gone store.Meeting) {
	w.t.Helper()
	single = w.call(w.clinic())
	p := w.clinic()
	p.Title, p.Rule, p.Starts = "Reading hour", "FREQ=WEEKLY;COUNT=20", p.Starts.Add(24*time.Hour)
	series = w.call(p)
	key := func(week int) string {
		at := itip.Time{Wall: series.Starts.AddDate(0, 0, 7*week), Zone: berlin}
		return at.Key()
	}
	series.Sequence++
	series.Changes = []store.DateChange{{Occurrence: key(2), Cancelled: true}, {Occurrence: key(3), Starts: series.Starts.AddDate(0, 0, 22), Length: 2 * time.Hour,
		Title: "Reading hour, twice as long", Location: "Room 4", Sequence: 1}}
	series, err := w.DB.ChangeMeeting(ctx, w.by(), series, nil)
	w.check(err)
	p = w.clinic()
	p.Title = "Nobody’s meeting"
	gone, err = w.Cancel(ctx, w.by(), w.call(p).ID)
	w.check(err)
	return single, series, gone
}

var berlin = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return zone
}()

// TestFeedGolden: what programs fetch is, byte for byte, what was looked at.
func TestFeedGolden(t *testing.T) {
	w := newWorld(t)
	ada, ben := w.join("ada@a.example", "Ada Lovelace"), w.join("ben@b.example", "Ben")
	single, series, _ := w.filled()
	w.press(single, ada, "accepted")
	w.press(single, ben, "declined")
	w.press(series, ada, "tentative")
	dates, _ := Next(series, w.now, 20)
	w.answerDate(series, ada, dates[1].UTC().Format("20060102T150405Z"), false, store.Declined)
	w.answerDate(series, ada, dates[17].UTC().Format("20060102T150405Z"), true, store.Accepted)
	golden(t, "feed.ics", w.feed(store.Feed{CommunityID: w.c.ID}).Data)
	golden(t, "feed-own.ics", w.feed(store.Feed{CommunityID: w.c.ID, MemberID: ada.MemberID}).Data)
	golden(t, "feed-all.ics", w.feed(store.Feed{MemberID: ben.MemberID}).Data)
}

// TestFeedReadBack: the dates that a feed has are those of the meetings, and its events are nobody's but the reader's.
func TestFeedReadBack(t *testing.T) {
	w := newWorld(t)
	ada := w.join("ada@a.example", "Ada")
	w.join("ben@b.example", "Ben")
	single, series, gone := w.filled()
	w.press(single, ada, "declined")
	for _, owner := range []store.Feed{{CommunityID: w.c.ID}, {CommunityID: w.c.ID, MemberID: ada.MemberID}, {MemberID: ada.MemberID}} {
		f := w.feed(owner)
		objects, err := itip.Read(f.Data, itip.Hint{})
		w.check(err)
		if len(objects) != 1 || objects[0].Method != itip.Publish || len(objects[0].Problems) > 0 {
			t.Fatalf("%+v", objects)
		}
		for _, s := range itip.SeriesOf(objects[0].Events) {
			m, err := w.DB.MeetingByUID(ctx, w.c.ID, s.Master.UID)
			w.check(err)
			var got []time.Time
			found, err := s.Next(time.Time{}, 100, nil)
			w.check(err)
			for _, o := range found {
				got = append(got, o.Start.Instant(nil))
			}
			want, _ := Next(m, w.now, 100)
			if m.ID == gone.ID {
				want = nil
			}
			if !slices.EqualFunc(got, want, time.Time.Equal) {
				t.Errorf("%s: got %v, want %v", m.Title, got, want)
			}
			if m.ID == series.ID && len(got) != 19 {
				t.Errorf("the series has %d dates, want 19", len(got))
			}
			if want := owner.MemberID != 0 && m.ID == single.ID; s.Master.Transparent != want {
				t.Errorf("%s takes no time: %t, want %t", m.Title, s.Master.Transparent, want)
			}
		}
		if strings.Contains(string(f.Data), "ben@") || owner.MemberID == 0 && strings.Contains(string(f.Data), "ada@") || strings.Contains(string(f.Data), "+t.") {
			t.Errorf("the feed names others, or has tickets:\n%s", f.Data)
		}
	}
}

// TestFeedSame: a feed changes when something that it shows does, and never else; since when it is as it is, it tells.
func TestFeedSame(t *testing.T) {
	w := newWorld(t)
	ada, ben := w.join("ada@a.example", "Ada"), w.join("ben@b.example", "Ben")
	single, series, _ := w.filled()
	w.press(single, ada, "accepted")
	owner := store.Feed{CommunityID: w.c.ID, MemberID: ada.MemberID}
	last := w.feed(owner)
	for _, step := range []struct {
		name    string
		do      func()
		changes bool
	}{
		{"time passes", func() {}, false},
		{"another member answers", func() { w.press(single, ben, "declined") }, false},
		{"somebody joins", func() { w.join("cid@c.example", "Cid") }, false},
		{"the same answer again", func() { w.press(single, ada, "accepted") }, false},
		{"another answer", func() { w.press(single, ada, "tentative") }, true},
		{"a change that nobody sees", func() { single = w.changeRow(single, func(*store.Meeting) {}) }, false},
		{"another title", func() { single = w.changeRow(single, func(m *store.Meeting) { m.Title += "!" }) }, true},
		{"a guest", func() {
			g, err := w.DB.AddGuest(ctx, w.by(), w.c.ID, "eve@e.example", "Eve")
			w.check(err)
			single = w.changeRow(single, func(m *store.Meeting) { m.Settings.Audience.Guests = []int64{g.ID} })
		}, false},
		{"an audience without Ada", func() {
			single = w.changeRow(single, func(m *store.Meeting) { m.Settings.Audience.Named = []int64{ben.ID} })
			_, err := w.Due(ctx, w.now)
			w.check(err)
		}, true},
		{"the end of the series", func() { _, err := w.Cancel(ctx, w.by(), series.ID); w.check(err) }, true},
		{"a year", func() { w.now = w.now.AddDate(1, 3, 0) }, true},
	} {
		w.now = w.now.Add(90 * time.Minute)
		step.do()
		now := w.feed(owner)
		if same := bytes.Equal(now.Data, last.Data); same == step.changes || same != (now.ETag == last.ETag) || same != now.Changed.Equal(last.Changed) {
			t.Errorf("%s: the feed is the same: %t; ETag %s, before %s; changed %s, before %s", step.name, same, now.ETag, last.ETag, now.Changed, last.Changed)
		}
		if step.changes && !now.Changed.Equal(w.now) {
			t.Errorf("%s: it says that it changed at %s, and not at %s", step.name, now.Changed, w.now)
		}
		last = now
	}
}

// change keeps a change of a meeting.
func (w *world) changeRow(m store.Meeting, f func(*store.Meeting)) store.Meeting {
	w.t.Helper()
	f(&m)
	m, err := w.DB.ChangeMeeting(ctx, w.by(), m, nil)
	w.check(err)
	return m
}

// TestFeedOf: each sees what they may, as long as they may.
func TestFeedOf(t *testing.T) {
	w := newWorld(t)
	ada, ben := w.join("ada@a.example", "Ada"), w.join("ben@b.example", "Ben")
	eve, err := w.DB.AddGuest(ctx, w.by(), w.c.ID, "eve@e.example", "Eve")
	w.check(err)
	w.call(w.clinic())
	few := w.call(w.clinic())
	w.changeRow(few, func(m *store.Meeting) {
		m.Settings.Audience = store.Audience{Named: []int64{ben.ID}, Guests: []int64{eve.ID}}
	})
	_, err = w.Due(ctx, w.now)
	w.check(err)
	events := func(owner store.Feed) int { return bytes.Count(w.feed(owner).Data, []byte("BEGIN:VEVENT")) }
	for _, c := range []struct {
		name  string
		owner store.Feed
		want  int
	}{
		{"everybody", store.Feed{CommunityID: w.c.ID}, 1},
		{"Ada", store.Feed{CommunityID: w.c.ID, MemberID: ada.MemberID}, 1},
		{"Ben", store.Feed{MemberID: ben.MemberID}, 2},
		{"the guest", store.Feed{MemberID: eve.MemberID}, 1},
	} {
		if got := events(c.owner); got != c.want {
			t.Errorf("%s sees %d meetings, want %d", c.name, got, c.want)
		}
	}
	one, all, err := w.Feeds(ctx, w.by(), ada, false)
	w.check(err)
	wrong := strings.Replace(one, "/c/rust/", "/c/go/", 1)
	if _, err := w.fetch(wrong); store.KindOf(err) != store.Forbidden {
		t.Errorf("under another community's name: %v", err)
	}
	newOne, newAll, err := w.Feeds(ctx, w.by(), ada, true)
	w.check(err)
	for url, want := range map[string]store.Kind{one: store.Forbidden, all: store.Forbidden, newOne: 0, newAll: 0, strings.Replace(newAll, ".ics", "a.ics", 1): store.NotFound} {
		if _, err := w.fetch(url); err == nil != (want == 0) || err != nil && store.KindOf(err) != want {
			t.Errorf("%s: %v, want %v", url, err, want)
		}
	}
	w.check(w.DB.EndSubscription(ctx, w.by(), ada.ID, store.Left))
	for _, url := range []string{newOne, newAll} {
		if _, err := w.fetch(url); store.KindOf(err) != store.Forbidden {
			t.Errorf("who has left reads %s: %v", url, err)
		}
	}
	w.PublicURL = ""
	if _, _, err := w.Feeds(ctx, w.by(), ben, false); store.KindOf(err) != store.Invalid {
		t.Errorf("without web pages: %v", err)
	}
}

// told invites somebody without a mail.
func (w *world) told(m store.Meeting, s store.Subscription) error {
	_, err := w.DB.Tell(ctx, w.now, m, []store.Telling{{Invitation: store.Invitation{MeetingID: m.ID, Token: "t", State: store.Invited, Subscription: s},
		Notice: store.Notice{CommunityID: w.c.ID, SubscriptionID: s.ID, Recipient: s.Address, Raw: []byte("To: x\n\nx")}}})
	return err
}

// BenchmarkFeed: a member's feed of 1,000 meetings, half of which they have answered, from the database to the last octet.
func BenchmarkFeed(b *testing.B) {
	w := newWorld(b)
	ada := w.join("ada@a.example", "Ada Lovelace")
	for i := range 1000 {
		p := w.clinic()
		p.Starts, p.Zone = p.Starts.Add(time.Duration(i)*7*time.Hour), []string{"Europe/Berlin", "America/New_York", "Asia/Kolkata"}[i%3]
		if i%10 == 0 {
			p.Rule = "FREQ=WEEKLY;COUNT=50"
		}
		m, err := p.meeting(w.now)
		w.check(err)
		m.CommunityID, m.UID = w.c.ID, fmt.Sprint(i, "@lists.example.org")
		m, err = w.DB.AddMeeting(ctx, w.by(), m, nil)
		w.check(err)
		w.check(w.told(m, ada))
		if i%2 == 0 {
			w.answerDate(m, ada, "", false, store.Accepted)
		}
	}
	url, _, err := w.FeedOf(ctx, w.by(), store.Feed{MemberID: ada.MemberID})
	w.check(err)
	for b.Loop() {
		f, err := w.fetch(url)
		w.check(err)
		if n := bytes.Count(f.Data, []byte("BEGIN:VEVENT")); n != 1000 {
			b.Fatalf("%d meetings", n)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/feed")
}
