package calendar

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"guildpost/store"
	"guildpost/templates"
)

// TestFilledIn: what is filled into a form is, byte for byte, what is rendered for its reader alone: in every language, in
// several zones, for names that are plain and names that are not, and whatever the letter says.
func TestFilledIn(t *testing.T) {
	w := newWorld(t)
	m, keys := w.weekly()
	was := m
	m = w.change(m, Edit{Occurrence: keys[1], Location: ptr("Hall")})
	moved := w.change(m, Edit{Starts: ptr(m.Starts.Add(time.Hour))})
	cancelled := w.change(moved, Edit{Occurrence: "20261214T150000Z", Cancel: true})
	_, err := w.Cancel(ctx, w.by(), m.ID)
	w.check(err)
	over, err := w.DB.Meeting(ctx, m.ID)
	w.check(err)
	rounds, filled := 0, 0
	for _, now := range []store.Meeting{was, m, moved, cancelled, over} {
		fast, err := w.tellerOf(w.c, now)
		w.check(err)
		slow, err := w.tellerOf(w.c, now)
		w.check(err)
		for n, i := range manyReaders(now) {
			for _, teller := range []*teller{fast, slow} {
				for revision, version := range map[int]store.Meeting{0: was, 1: m, 2: moved, 3: cancelled} {
					teller.was[revision] = version
				}
				teller.answers[i.Subscription.ID] = []store.RSVP{{Answer: store.Accepted, Sequence: i.Sequence}}[:n%2]
			}
			if fast.m.Sequence <= i.Sequence && i.State == store.Invited {
				continue
			}
			got, err := fast.telling(i, "id@x.example")
			w.check(err)
			for key, form := range fast.forms.texts {
				if slow.forms.texts[key] = nil; form != nil {
					filled++
				}
			}
			want, err := slow.telling(i, "id@x.example")
			w.check(err)
			if rounds++; len(got.Notice.Raw) == 0 || !bytes.Equal(got.Notice.Raw, want.Notice.Raw) {
				t.Fatalf("%+v gets\n%s\nwant\n%s", i, got.Notice.Raw, want.Notice.Raw)
			}
		}
	}
	if rounds < 200 || filled == 0 {
		t.Errorf("%d letters, %d forms", rounds, filled)
	}
}

// manyReaders are people who were told different things of a meeting.
func manyReaders(m store.Meeting) (all []store.Invitation) {
	id := int64(0)
	for _, lang := range templates.Languages() {
		for _, zone := range []string{"", "America/New_York"} {
			for _, name := range []string{"", "Ada Lovelace", "O'Brien & Søn", "Chloé", "A name that is so long that the line on which it stands is broken, which is rare"} {
				for revision := range 4 {
					id++
					i := store.Invitation{MeetingID: m.ID, State: store.Invited, Revision: revision, Sequence: revision, Subscription: store.Subscription{ID: id,
						CommunityID: m.CommunityID, Name: name, Address: fmt.Sprintf("m%d@a.example", id), Language: lang, Timezone: zone, State: store.Active}}
					if revision == 0 && name == "Chloé" {
						i.State = ""
					}
					all = append(all, i)
				}
			}
		}
	}
	return all
}
