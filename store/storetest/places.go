package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"guildpost/store"
)

var placeCases = []testCase{
	{"the first have a place, the others a place in the line", placesInOrder},
	{"of 100 who say yes at once, 10 have a place, and the rest is in a strict order", placesAtOnce},
	{"a place that gets free is offered to the next, for a time", placesOffered},
	{"a place that got free is nobody's who comes in later", placesNoJumping},
	{"each date of a series has its places", placesOfDates},
	{"a capacity changes, and nobody is thrown out", placesCapacity},
	{"a facilitator gives a place", placesGiven},
	{"whatever is answered, no date has more than its places", placesNeverMore},
}

// A hall is a meeting with places, to which all are invited.
type hall struct {
	t   *testing.T
	db  *store.DB
	c   store.Community
	m   store.Meeting
	all []store.Subscription
	now time.Time
}

func newHall(t *testing.T, db *store.DB, capacity, members int) *hall {
	t.Helper()
	h := &hall{t: t, db: db, c: Community(t, db, "rust"), now: Now}
	h.all = Members(t, db, h.c, members)
	h.m = Meeting(t, db, h.c, "one@x")
	h.resize(capacity)
	tell(t, db, h.m, store.Invited, h.all...)
	return h
}

func (h *hall) resize(capacity int) {
	h.t.Helper()
	var err error
	h.m.Settings.Capacity = capacity
	h.m, err = h.db.ChangeMeeting(ctx, By(h.now), h.m, nil)
	check(h.t, err)
}

func newerStamp(have, got store.RSVP) bool { return got.Stamp.After(have.Stamp) }

func (h *hall) answer(n int, answer store.RSVPAnswer, date string) {
	h.t.Helper()
	h.now = h.now.Add(time.Second)
	_, err := h.db.RecordRSVPs(ctx, h.now, store.Invitation{MeetingID: h.m.ID, Subscription: h.all[n]},
		[]store.RSVP{{Answer: answer, Occurrence: date, Source: "page", At: h.now, Stamp: h.now}}, newerStamp, nil)
	check(h.t, err)
}

// fill offers what is free for an hour.
func (h *hall) fill() {
	h.t.Helper()
	_, err := h.db.FillPlaces(ctx, h.now, h.m.ID, func(string) (time.Time, bool) { return h.now.Add(time.Hour), true })
	check(h.t, err)
}

// places are where all stand, in their order: "0 seated, 1 waiting".
func (h *hall) places() string {
	h.t.Helper()
	found, err := h.db.Places(ctx, h.m.ID, 0)
	check(h.t, err)
	var list []string
	for _, p := range found {
		n := slices.IndexFunc(h.all, func(s store.Subscription) bool { return s.ID == p.SubscriptionID })
		text := fmt.Sprint(n, " ", p.State)
		if p.Occurrence != "" {
			text += " " + p.Occurrence
		}
		list = append(list, text)
	}
	return strings.Join(list, ", ")
}

func placesInOrder(t *testing.T, db *store.DB) {
	h := newHall(t, db, 2, 5)
	for _, n := range []int{3, 1, 4, 0} {
		h.answer(n, store.Accepted, "")
	}
	h.answer(2, store.Tentative, "")
	h.answer(1, store.Accepted, "")
	equal(t, "the places", h.places(), "3 seated, 1 seated, 4 waiting, 0 waiting")
	found, err := db.Places(ctx, h.m.ID, h.all[0].ID)
	check(t, err)
	n, err := db.PlaceInLine(ctx, found[0])
	check(t, err)
	equal(t, "in the line", n, 2)
	untold, err := db.UntoldPlaces(ctx, h.m.ID, 10)
	check(t, err)
	equal(t, "who does not know", fmt.Sprint(len(untold), untold[0].SubscriptionID == h.all[4].ID), "2 true")
	var tellings []store.PlaceTelling
	for _, p := range untold {
		tellings = append(tellings, store.PlaceTelling{Place: p, Notice: store.Notice{Recipient: "x@x.example", Raw: []byte("To: x\n\nx")}})
	}
	for _, want := range []int{2, 0} {
		told, err := db.TellPlaces(ctx, h.now, tellings)
		check(t, err)
		equal(t, "told", told, want)
	}
	p, err := db.Person(ctx, h.all[4].Address)
	check(t, err)
	check(t, db.EraseRows(ctx, p, erasure()))
	equal(t, "without one who was erased", h.places(), "3 seated, 1 seated, 0 waiting")
}

func placesAtOnce(t *testing.T, db *store.DB) {
	h := newHall(t, db, 10, 100)
	var wg sync.WaitGroup
	for _, s := range h.all {
		wg.Go(func() {
			_, err := db.RecordRSVPs(ctx, h.now, store.Invitation{MeetingID: h.m.ID, Subscription: s},
				[]store.RSVP{{Answer: store.Accepted, Source: "page", At: h.now, Stamp: h.now}}, newerStamp, nil)
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	found, err := db.Places(ctx, h.m.ID, 0)
	check(t, err)
	equal(t, "places", len(found), 100)
	for i, p := range found {
		want := store.PlaceWaiting
		if i < 10 {
			want = store.PlaceSeated
		}
		equal(t, fmt.Sprint("place ", i), fmt.Sprint(p.Position, p.State), fmt.Sprint(i+1, want))
	}
	// Ten leave at once, and each that gets free is offered once.
	for _, p := range found[:10] {
		wg.Go(func() {
			_, err := db.RecordRSVPs(ctx, h.now, store.Invitation{MeetingID: h.m.ID, Subscription: store.Subscription{ID: p.SubscriptionID}},
				[]store.RSVP{{Answer: store.Declined, Source: "page", At: h.now, Stamp: h.now.Add(time.Second)}}, newerStamp, nil)
			if err == nil {
				_, err = db.FillPlaces(ctx, h.now, h.m.ID, func(string) (time.Time, bool) { return h.now.Add(time.Hour), true })
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	found, err = db.Places(ctx, h.m.ID, 0)
	check(t, err)
	equal(t, "places", len(found), 90)
	for i, p := range found {
		equal(t, fmt.Sprint("place ", i), p.State == store.PlaceOffered, i < 10)
	}
}

func placesOffered(t *testing.T, db *store.DB) {
	h := newHall(t, db, 1, 4)
	for n := range 4 {
		h.answer(n, store.Accepted, "")
	}
	h.answer(0, store.Declined, "")
	h.fill()
	h.fill()
	equal(t, "one leaves", h.places(), "1 offered, 2 waiting, 3 waiting")
	h.now = h.now.Add(time.Hour)
	h.fill()
	equal(t, "nobody took it", h.places(), "1 lapsed, 2 offered, 3 waiting")
	h.answer(1, store.Accepted, "")
	equal(t, "yes again, too late", h.places(), "2 offered, 3 waiting, 1 waiting")
	h.answer(2, store.Accepted, "")
	h.fill()
	equal(t, "yes again, in time", h.places(), "2 seated, 3 waiting, 1 waiting")
	h.answer(2, store.Tentative, "")
	_, err := db.FillPlaces(ctx, h.now, h.m.ID, func(string) (time.Time, bool) { return time.Time{}, false })
	check(t, err)
	equal(t, "too late for the next", h.places(), "3 waiting, 1 waiting")
	h.fill()
	tell(t, db, h.m, store.Uninvited, h.all[3])
	h.fill()
	equal(t, "who was offered it is invited no more", h.places(), "1 offered")
	meetings, err := db.MeetingsToSeat(ctx, h.now)
	check(t, err)
	equal(t, "meetings to look after", len(meetings), 1)
}

func placesNoJumping(t *testing.T, db *store.DB) {
	h := newHall(t, db, 1, 3)
	h.answer(0, store.Accepted, "")
	h.answer(1, store.Accepted, "")
	h.answer(0, store.Declined, "")
	h.answer(2, store.Accepted, "")
	equal(t, "before it is offered", h.places(), "1 waiting, 2 waiting")
	h.fill()
	equal(t, "after it was", h.places(), "1 offered, 2 waiting")
}

func placesOfDates(t *testing.T, db *store.DB) {
	const first, second = "20260810T130000Z", "20260817T130000Z"
	h := newHall(t, db, 2, 5)
	h.answer(0, store.Accepted, "")
	h.answer(1, store.Accepted, first)
	h.answer(2, store.Accepted, "")
	equal(t, "the first date is full, so the whole is", h.places(), "0 seated, 1 seated "+first+", 2 waiting")
	h.answer(3, store.Accepted, second)
	equal(t, "who waits for the whole waits for each date", h.places(), "0 seated, 1 seated "+first+", 2 waiting, 3 waiting "+second)
	h.fill()
	equal(t, "the second date has a place", h.places(), "0 seated, 1 seated "+first+", 2 waiting, 2 offered "+second+", 3 waiting "+second)
	h.answer(0, store.Declined, second)
	h.fill()
	equal(t, "and one more without one who comes to the rest", h.places(),
		"0 seated, 0 absent "+second+", 1 seated "+first+", 2 waiting, 2 offered "+second+", 3 offered "+second)
	h.answer(0, store.Accepted, second)
	equal(t, "who comes back stands behind", h.places(),
		"0 seated, 1 seated "+first+", 2 waiting, 2 offered "+second+", 3 offered "+second+", 0 waiting "+second)
	h.answer(2, store.Accepted, "")
	equal(t, "yes to the whole takes what was offered of one date", h.places(),
		"0 seated, 1 seated "+first+", 2 waiting, 2 seated "+second+", 3 offered "+second+", 0 waiting "+second)
	h.answer(0, store.Declined, "")
	h.fill()
	equal(t, "who does not come at all leaves the first date to the next", h.places(),
		"1 seated "+first+", 2 offered, 2 seated "+second+", 3 offered "+second+", 0 waiting "+second)
}

func placesCapacity(t *testing.T, db *store.DB) {
	h := newHall(t, db, 0, 5)
	for n := range 3 {
		h.answer(n, store.Accepted, "")
	}
	equal(t, "room for all", h.places(), "")
	h.resize(2)
	check(t, db.AdoptPlaces(ctx, h.m.ID))
	check(t, db.AdoptPlaces(ctx, h.m.ID))
	equal(t, "room for two", h.places(), "0 seated, 1 seated, 2 seated")
	h.answer(3, store.Accepted, "")
	h.answer(4, store.Accepted, "")
	h.answer(0, store.Declined, "")
	h.fill()
	equal(t, "still more than there is room for", h.places(), "1 seated, 2 seated, 3 waiting, 4 waiting")
	h.resize(3)
	h.fill()
	equal(t, "room for three", h.places(), "1 seated, 2 seated, 3 offered, 4 waiting")
	h.resize(1)
	h.fill()
	equal(t, "room for one", h.places(), "1 seated, 2 seated, 3 offered, 4 waiting")
	h.resize(0)
	h.fill()
	equal(t, "room for all again", h.places(), "1 seated, 2 seated, 3 seated, 4 seated")
}

func placesGiven(t *testing.T, db *store.DB) {
	h := newHall(t, db, 1, 3)
	h.answer(0, store.Accepted, "")
	h.answer(1, store.Accepted, "")
	check(t, db.GivePlace(ctx, By(h.now), h.m, h.all[1], ""))
	check(t, db.GivePlace(ctx, By(h.now), h.m, h.all[2], ""))
	equal(t, "given", h.places(), "0 seated, 1 seated, 2 seated")
	wantKind(t, "twice", db.GivePlace(ctx, By(h.now), h.m, h.all[1], ""), store.Conflict)
	tell(t, db, h.m, store.Uninvited, h.all[2])
	wantKind(t, "who is not invited", db.GivePlace(ctx, By(h.now), h.m, h.all[2], ""), store.NotFound)
}

// placesNeverMore: random answers, offers and delays; after each no date has more than its places, and whoever waits for what is
// free waits no longer than to the next filling.
func placesNeverMore(t *testing.T, db *store.DB) {
	const capacity = 3
	h := newHall(t, db, capacity, 8)
	random := rand.New(rand.NewPCG(1, 2))
	dates := []string{"", "20260810T130000Z", "20260817T130000Z"}
	for step := range 300 {
		switch n := random.IntN(len(h.all)); random.IntN(6) {
		case 0, 1:
			h.answer(n, store.Accepted, dates[random.IntN(3)])
		case 2:
			h.answer(n, store.Declined, dates[random.IntN(3)])
		case 3:
			h.answer(n, store.Tentative, dates[random.IntN(3)])
		case 4:
			h.now = h.now.Add(20 * time.Minute)
		case 5:
			h.fill()
		}
		for _, date := range dates[1:] {
			if n := h.taken(date); n > capacity {
				t.Fatalf("step %d: %d places of %s are taken: %s", step, n, date, h.places())
			}
		}
	}
}

// taken counts by hand.
func (h *hall) taken(date string) (n int) {
	h.t.Helper()
	found, err := h.db.Places(ctx, h.m.ID, 0)
	check(h.t, err)
	state := map[int64]store.PlaceState{}
	for _, occurrence := range []string{"", date} {
		for _, p := range found {
			if p.Occurrence == occurrence {
				state[p.SubscriptionID] = p.State
			}
		}
	}
	for _, s := range state {
		if s == store.PlaceSeated || s == store.PlaceOffered {
			n++
		}
	}
	return n
}
