package storetest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"guildpost/store"
)

var meetingCases = []testCase{
	{"a meeting is kept as it was called, and cancelled once", meetingLife},
	{"a meeting changes, and what is due about it with it", meetingChanged},
	{"each is told once, and again what changed", meetingTold},
	{"who joins is not invited yet, who leaves is still", meetingMembers},
	{"an audience is invited, and nobody else", meetingAudience},
	{"of two answers the newer one stays, whatever the order", rsvpOrder},
	{"a call is kept by UID and calendar, and decided once", callLife},
	{"a guest is no member, and may become one", guests},
	{"proposals are kept one a person and date, told and decided once", proposals},
	{"an address becomes a member's, also a guest's", claimed},
	{"what is asked once is asked once", askedOnce},
	{"answers and invitations go with the person", rsvpErased},
	{"members are counted by their time zones", memberZones},
}

// Meeting adds a meeting to a community.
func Meeting(t testing.TB, db *store.DB, c store.Community, uid string) store.Meeting {
	t.Helper()
	m, err := db.AddMeeting(ctx, By(Now), store.Meeting{CommunityID: c.ID, UID: uid, Title: "Clinic", Location: "Room 3",
		Starts: time.Date(2026, 8, 10, 15, 0, 0, 0, time.UTC), Zone: "Europe/Berlin", Length: time.Hour, EndsAt: Now.Add(10 * day)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// tell invites subscribers, or tells them that they are not any more.
func tell(t *testing.T, db *store.DB, m store.Meeting, state store.InvitationState, all ...store.Subscription) int {
	t.Helper()
	var tellings []store.Telling
	for _, s := range all {
		tellings = append(tellings, store.Telling{
			Invitation: store.Invitation{MeetingID: m.ID, Token: "t", State: state, Sequence: m.Sequence, Subscription: s},
			Notice:     store.Notice{CommunityID: m.CommunityID, SubscriptionID: s.ID, Recipient: s.Address, Raw: []byte("To: " + s.Address + "\n\nx")}})
	}
	n, err := db.Tell(ctx, Now, m, tellings)
	check(t, err)
	return n
}

func meetingLife(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	m := Meeting(t, db, c, "one@x")
	endless := m
	endless.UID, endless.Rule, endless.EndsAt = "two@x", "FREQ=WEEKLY", time.Time{}
	endless, err := db.AddMeeting(ctx, By(Now), endless, nil)
	check(t, err)
	_, err = db.AddMeeting(ctx, By(Now), m, nil)
	wantKind(t, "the same UID", err, store.Conflict)
	got, err := db.MeetingByUID(ctx, c.ID, "one@x")
	check(t, err)
	equal(t, "the meeting", fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", m))
	all, err := db.Meetings(ctx, c.ID, Now.Add(11*day))
	check(t, err)
	equal(t, "not over", fmt.Sprintf("%+v", all), fmt.Sprintf("%+v", []store.Meeting{endless}))
	cancelled, err := db.CancelMeeting(ctx, By(Now), m.ID)
	check(t, err)
	equal(t, "cancelled", fmt.Sprint(cancelled.State, cancelled.Sequence), "cancelled1")
	_, err = db.CancelMeeting(ctx, By(Now), m.ID)
	wantKind(t, "cancelled twice", err, store.Conflict)
	_, err = db.CancelMeeting(ctx, By(Now), 99)
	wantKind(t, "none", err, store.NotFound)
	_, err = db.MeetingByUID(ctx, Community(t, db, "other").ID, "one@x")
	wantKind(t, "another community's", err, store.NotFound)
}

func meetingChanged(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	plan := func(m store.Meeting) []store.Task {
		return []store.Task{{Kind: "remind", CommunityID: m.CommunityID, ObjectID: m.ID, DueAt: m.Starts}}
	}
	m, err := db.AddMeeting(ctx, By(Now), store.Meeting{CommunityID: c.ID, UID: "one@x", Title: "Clinic", Starts: Now.Add(day), Zone: "Europe/Berlin",
		Length: time.Hour, EndsAt: Now.Add(2 * day)}, plan)
	check(t, err)
	toTell(t, db, Now)
	changed := m
	changed.Starts, changed.Sequence, changed.Location = m.Starts.Add(time.Hour), 1, "Room 4"
	changed.Changes = []store.DateChange{{Occurrence: "20260810T130000Z", Starts: m.Starts, Length: time.Hour, Title: "Clinic", Sequence: 1}}
	changed, err = db.ChangeMeeting(ctx, By(Now), changed, plan)
	check(t, err)
	got, err := db.Meeting(ctx, m.ID)
	check(t, err)
	equal(t, "the changed meeting", fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", changed))
	equal(t, "who must hear", fmt.Sprint(toTell(t, db, Now)), "[one@x]")
	due, err := db.TasksDue(ctx, "remind", changed.Starts)
	check(t, err)
	equal(t, "what is due", fmt.Sprint(len(due), due[0].DueAt.Equal(changed.Starts)), "1 true")
	_, err = db.ChangeMeeting(ctx, By(Now), m, nil)
	wantKind(t, "a change of what it was before", err, store.Conflict)
}

func callLife(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	mails := func(one store.Call) ([]store.Notice, error) {
		return []store.Notice{{CommunityID: c.ID, Recipient: "ada@a.example", Raw: fmt.Appendf(nil, "Subject: %d\n\nx", one.ID)}}, nil
	}
	call := store.Call{CommunityID: c.ID, UID: "theirs@x", Address: "ada@a.example", Name: "Ada", MeetingUID: "ours@x", State: store.CallProposed,
		Payload: "{}", AskedAt: Now, ExpiresAt: Now.Add(day)}
	kept, err := db.KeepCall(ctx, call, false, mails)
	check(t, err)
	got, err := db.Call(ctx, kept.ID)
	check(t, err)
	equal(t, "the call", fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", kept))
	_, err = db.KeepCall(ctx, call, false, nil)
	wantKind(t, "the same one, new again", err, store.Conflict)
	call.Address = "ben@b.example"
	_, err = db.KeepCall(ctx, call, false, nil)
	check(t, err)
	all, err := db.Calls(ctx, c.ID, "theirs@x")
	check(t, err)
	equal(t, "calls of one UID", len(all), 2)
	asked, err := db.KeepCall(ctx, kept, true, mails)
	check(t, err)
	equal(t, "what is asked anew is another", asked.ID != kept.ID, true)
	_, err = db.Call(ctx, kept.ID)
	wantKind(t, "what was asked before", err, store.NotFound)
	_, err = db.KeepCall(ctx, kept, false, nil)
	wantKind(t, "a change of what it was before", err, store.Conflict)
	rows, err := db.QueueList(ctx, store.QueueFilter{})
	check(t, err)
	equal(t, "mails", len(rows), 2)
	callDecided(t, db, asked)
}

func callDecided(t *testing.T, db *store.DB, c store.Call) {
	early, err := db.CallsToExpire(ctx, Now.Add(day-1))
	check(t, err)
	late, err := db.CallsToExpire(ctx, Now.Add(day))
	check(t, err)
	equal(t, "proposals whose time is over", fmt.Sprint(len(early), len(late)), "0 2")
	check(t, db.DecideCall(ctx, By(Now), c.ID, store.CallCalled, nil))
	wantKind(t, "decided twice", db.DecideCall(ctx, By(Now), c.ID, store.CallDeclined, nil), store.Conflict)
	got, err := db.Call(ctx, c.ID)
	check(t, err)
	equal(t, "decided", fmt.Sprint(got.State, got.DecidedBy, got.Revision-c.Revision), fmt.Sprint("called", By(Now).Who, 1))
}

func guests(t *testing.T, db *store.DB) {
	c, other := Community(t, db, "rust"), Community(t, db, "go")
	member := Members(t, db, c, 1)[0]
	s, err := db.AddGuest(ctx, By(Now), c.ID, member.Address, "")
	check(t, err)
	equal(t, "who is a member stays one", s.State, store.Active)
	s, err = db.AddGuest(ctx, By(Now), other.ID, member.Address, "")
	check(t, err)
	equal(t, "a member of another community", fmt.Sprint(s.State, s.MemberID == member.MemberID), "guesttrue")
	again, err := db.AddGuest(ctx, By(Now), other.ID, member.Address, "")
	check(t, err)
	equal(t, "a guest again", again.ID, s.ID)
	check(t, db.EndSubscription(ctx, By(Now), member.ID, store.Left))
	s, err = db.AddGuest(ctx, By(Now), c.ID, member.Address, "")
	check(t, err)
	equal(t, "who had left", fmt.Sprint(s.ID == member.ID, s.State), "trueguest")
	s, added, err := db.AddMember(ctx, By(Now), c.ID, store.NewMember{Address: member.Address})
	check(t, err)
	equal(t, "a guest who joins", fmt.Sprint(s.ID == member.ID, s.State, added), "trueactivetrue")
	s, err = db.AddGuest(ctx, By(Now), c.ID, "eve@guests.example", "Eve")
	check(t, err)
	equal(t, "somebody unknown", fmt.Sprint(s.State, s.Name), "guestEve")
}

func meetingAudience(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	all := Members(t, db, c, 4)
	role := func(s store.Subscription, roles ...store.Role) {
		s.Roles = roles
		check(t, db.UpdateSubscription(ctx, By(Now), s))
	}
	role(all[1], store.Expert, store.Mentor)
	guest, err := db.AddGuest(ctx, By(Now), c.ID, "eve@guests.example", "Eve")
	check(t, err)
	_, err = db.AddGuest(ctx, By(Now), c.ID, "zoe@guests.example", "Zoe") // of another meeting
	check(t, err)
	everybody := append(slices.Clone(all), guest)
	for i, a := range []struct {
		audience store.Audience
		want     []store.Subscription
	}{
		{store.Audience{}, all},
		{store.Audience{Guests: []int64{guest.ID}}, everybody},
		{store.Audience{Roles: []store.Role{store.Expert}}, all[1:2]},
		{store.Audience{Roles: []store.Role{store.Sponsor, store.Mentor}, Named: []int64{all[3].ID, guest.ID}}, []store.Subscription{all[1], all[3]}},
		{store.Audience{Named: []int64{all[0].ID}, Guests: []int64{guest.ID}}, []store.Subscription{all[0], guest}},
		{store.Audience{Roles: []store.Role{store.Sponsor}}, nil},
		{store.Audience{Named: []int64{999}, Guests: []int64{all[2].ID}}, all[2:3]},
	} {
		m := Meeting(t, db, c, fmt.Sprint(i, "@x"))
		tell(t, db, m, store.Invited, everybody...)
		m.Settings.Audience = a.audience
		m, err = db.ChangeMeeting(ctx, By(Now), m, nil)
		check(t, err)
		outdated, err := db.Outdated(ctx, m, 100)
		check(t, err)
		var out []int64
		for _, i := range outdated {
			out = append(out, i.Subscription.ID)
		}
		tell(t, db, m, store.Uninvited, everybody...)
		in, err := db.NotInvited(ctx, m, 0, 100)
		check(t, err)
		equal(t, fmt.Sprintf("%+v", a.audience), ids(in), ids(a.want))
		fresh, err := db.Subscriptions(ctx, c.ID, store.SubscriptionFilter{})
		check(t, err)
		var left []int64
		for _, s := range fresh {
			equal(t, fmt.Sprintf("%+v has %d", a.audience, s.ID), a.audience.Has(s), strings.Contains(" "+ids(a.want)+" ", fmt.Sprint(" ", s.ID, " ")))
			if !a.audience.Has(s) && s.Address != "zoe@guests.example" {
				left = append(left, s.ID)
			}
		}
		equal(t, fmt.Sprintf("who was invited, but is not of %+v", a.audience), fmt.Sprint(out), fmt.Sprint(left))
	}
}

func ids(all []store.Subscription) string {
	var list []string
	for _, s := range all {
		list = append(list, fmt.Sprint(s.ID))
	}
	return strings.Join(list, " ")
}

// toTell are the meetings of which somebody may have to hear; they are taken as told.
func toTell(t *testing.T, db *store.DB, now time.Time) (uids []string) {
	t.Helper()
	all, err := db.MeetingsToTell(ctx, now)
	check(t, err)
	for _, m := range all {
		uids = append(uids, m.UID)
		check(t, db.Told(ctx, m))
	}
	return uids
}

func meetingTold(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	members := Members(t, db, c, 3)
	m := Meeting(t, db, c, "one@x")
	equal(t, "a new meeting", fmt.Sprint(toTell(t, db, Now)), "[one@x]")
	equal(t, "when it is told", len(toTell(t, db, Now)), 0)
	equal(t, "invited", tell(t, db, m, store.Invited, members[:2]...), 2)
	equal(t, "invited again", tell(t, db, m, store.Invited, members...), 1)
	equal(t, "mails", len(Drain(t, db, Now)), 3)
	stale := m
	m, err := db.CancelMeeting(ctx, By(Now), m.ID)
	check(t, err)
	_, err = db.Tell(ctx, Now, stale, nil)
	wantKind(t, "what is not so any more", err, store.Conflict)
	equal(t, "a cancelled one", fmt.Sprint(toTell(t, db, Now)), "[one@x]")
	outdated, err := db.Outdated(ctx, m, 2)
	check(t, err)
	equal(t, "who must hear", len(outdated), 2)
	equal(t, "uninvited", tell(t, db, m, store.Uninvited, members...), 3)
	outdated, err = db.Outdated(ctx, m, 2)
	check(t, err)
	equal(t, "who must hear still", len(outdated), 0)
	equal(t, "when it is told", len(toTell(t, db, Now)), 0)
}

func meetingMembers(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	members := Members(t, db, c, 3)
	m := Meeting(t, db, c, "one@x")
	toTell(t, db, Now)
	tell(t, db, m, store.Invited, members[1:]...)
	missing, err := db.NotInvited(ctx, m, 0, 10)
	check(t, err)
	equal(t, "not invited", fmt.Sprint(len(missing), missing[0].ID), fmt.Sprint(1, members[0].ID))
	check(t, db.EndSubscription(ctx, By(Now), members[2].ID, store.Left))
	check(t, db.EndSubscription(ctx, By(Now), members[1].ID, store.Suspended))
	equal(t, "after a change of members", fmt.Sprint(toTell(t, db, Now)), "[one@x]")
	equal(t, "once it is over", len(toTell(t, db, Now.Add(11*day))), 0)
	changed := m
	changed.Sequence++
	gone, err := db.Outdated(ctx, changed, 10)
	check(t, err)
	equal(t, "who must hear of a change: not who gets no mail", len(gone), 1)
	gone, err = db.Outdated(ctx, m, 10)
	check(t, err)
	equal(t, "who left", fmt.Sprint(len(gone), gone[0].Subscription.ID), fmt.Sprint(1, members[2].ID))
	tell(t, db, m, store.Uninvited, members[2])
	page, err := db.Invitations(ctx, m.ID, members[1].ID, 10)
	check(t, err)
	equal(t, "a page", fmt.Sprint(len(page), page[0].State, page[0].Sequence), "1cancelled0")
	_, err = db.Invitation(ctx, m.ID, members[0].ID)
	wantKind(t, "never invited", err, store.NotFound)
}

func rsvpOrder(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	members := Members(t, db, c, 2)
	m := Meeting(t, db, c, "one@x")
	tell(t, db, m, store.Invited, members[0])
	i, err := db.Invitation(ctx, m.ID, members[0].ID)
	check(t, err)
	newer := func(have, got store.RSVP) bool { return got.Stamp.After(have.Stamp) }
	record := func(answer store.RSVPAnswer, occurrence string, after time.Duration) int {
		n, err := db.RecordRSVPs(ctx, Now, i, []store.RSVP{{Occurrence: occurrence, Answer: answer, Source: "page", At: Now, Stamp: Now.Add(after)}}, newer, nil)
		check(t, err)
		return n
	}
	equal(t, "the first", record(store.Accepted, "", time.Hour), 1)
	equal(t, "an older one", record(store.Declined, "", 0), 0)
	equal(t, "one date", record(store.Declined, "20260810T130000Z", 0), 1)
	equal(t, "a newer one", record(store.Tentative, "", 2*time.Hour), 1)
	all, err := db.RSVPs(ctx, m.ID, 0)
	check(t, err)
	var got []string
	for _, r := range all {
		got = append(got, string(r.Answer)+" "+r.Occurrence)
	}
	equal(t, "answers", fmt.Sprintf("%q", got), `["tentative " "declined 20260810T130000Z"]`)
	none, err := db.RSVPs(ctx, m.ID, members[1].ID)
	check(t, err)
	equal(t, "of somebody else", len(none), 0)
	i.Subscription = members[1]
	_, err = db.RecordRSVPs(ctx, Now, i, all, newer, nil)
	wantKind(t, "who is not invited", err, store.NotFound)
}

func rsvpErased(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	other := Members(t, db, c, 1)[0]
	_, _, err := db.AddMember(ctx, By(Now), c.ID, store.NewMember{Address: "ada@a.example", Name: "Ada Lovelace"})
	check(t, err)
	ada, err := db.SubscriptionByAddress(ctx, c.ID, "ada@a.example")
	check(t, err)
	m := Meeting(t, db, c, "one@x")
	tell(t, db, m, store.Invited, ada, other)
	for _, s := range []store.Subscription{ada, other} {
		_, err := db.RecordRSVPs(ctx, Now, store.Invitation{MeetingID: m.ID, Subscription: s},
			[]store.RSVP{{Answer: store.Declined, Comment: "with Ada Lovelace", Source: "page", At: Now, Delegate: "ada@a.example"}}, nil, nil)
		check(t, err)
		_, err = db.RecordProposal(ctx, store.Invitation{MeetingID: m.ID, Subscription: s},
			store.Proposal{Starts: Now, Comment: "better for Ada Lovelace", Source: "page", At: Now}, store.Task{Kind: "x"}, nil)
		check(t, err)
	}
	p, err := db.Person(ctx, "ada@a.example")
	check(t, err)
	tables := map[string]int{}
	check(t, db.EachPersonRow(ctx, p, func(table string, _ json.RawMessage) error {
		tables[table]++
		return nil
	}))
	equal(t, "exported", fmt.Sprint(tables["invitations"], tables["rsvps"], tables["proposals"]), "1 1 1")
	check(t, db.EraseRows(ctx, p, erasure()))
	all, err := db.RSVPs(ctx, m.ID, 0)
	check(t, err)
	equal(t, "answers left", fmt.Sprint(len(all), all[0].SubscriptionID == other.ID, all[0].Comment, all[0].Delegate == "ada@a.example"), "1 truewith Erased memberfalse")
	proposed, err := db.Proposals(ctx, m.ID)
	check(t, err)
	equal(t, "proposals left", fmt.Sprint(len(proposed), proposed[0].Subscription.ID == other.ID, proposed[0].Comment), "1 truebetter for Erased member")
	left, err := db.Invitations(ctx, m.ID, 0, 10)
	check(t, err)
	equal(t, "invitations left", len(left), 1)
}

func memberZones(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	for i, s := range Members(t, db, c, 5) {
		s.Timezone = []string{"Europe/Berlin", "", "Europe/Berlin", "Asia/Tokyo", ""}[i]
		check(t, db.UpdateSubscription(ctx, By(Now), s))
		if i == 4 {
			check(t, db.EndSubscription(ctx, By(Now), s.ID, store.Left))
		}
	}
	got, err := db.MemberZones(ctx, c.ID)
	check(t, err)
	equal(t, "zones", fmt.Sprint(got), "[{Europe/Berlin 2} { 1} {Asia/Tokyo 1}]")
}
