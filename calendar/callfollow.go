package calendar

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"guildpost/calendar/itip"
	"guildpost/mail"
	"guildpost/store"
)

// A callRight is what becomes of somebody's call.
type callRight int

const (
	callRefused callRight = iota
	callProposed
	callAllowed
)

// rightOf says what becomes of the calls of an author: a facilitator's call meetings, others' as the community wants. Who says
// to be one and does not prove it, where that could be proved, proposes.
func rightOf(w callMail) callRight {
	c := w.community
	switch member := isIn(w.author); {
	case member && w.trusted && (w.author.Has(store.Facilitator) || c.MeetingCalls == store.CallsAllow):
		return callAllowed
	case c.MeetingCalls == store.CallsRefuse && !(member && w.author.Has(store.Facilitator)):
		return callRefused
	}
	return callProposed
}

func isIn(s store.Subscription) bool { return s.State == store.Active || s.State == store.Suspended }

// callMemory is what is kept with a call.
type callMemory struct {
	Asked    asking                  `json:"asked"`              // last, as long as it is not decided
	Seen     map[string]askedVersion `json:"seen"`               // by askedDate.ID, "" for the whole: what was done
	Unproven bool                    `json:"unproven,omitempty"` // nothing shows that it is from whom it says
	Foreign  string                  `json:"foreign,omitempty"`  // the organiser, where that is not who called
	Ended    bool                    `json:"ended,omitempty"`    // cancelled by the same calendar
}

func memoryOf(c store.Call) (m callMemory, err error) {
	if c.Payload != "" {
		err = json.Unmarshal([]byte(c.Payload), &m)
	}
	if m.Seen == nil {
		m.Seen = map[string]askedVersion{}
	}
	return m, err
}

func (m callMemory) text() (string, error) {
	text, err := json.Marshal(m)
	return string(text), err
}

// A following is a mail about one meeting, with what is known of that.
type following struct {
	callMail
	call    store.Call // a new one has no ID
	memory  callMemory
	asked   asking
	meeting store.Meeting // as it is; zero where there is none
	// approver is the facilitator who approved it, by name or address; "" where nobody had to.
	approver string
}

// follow does what a calendar asks for about one of its meetings.
//
// The calendar that calls keeps its meeting, with its own UID and its owner as organiser; the members' invitations have
// another UID, are guildpost's, and are answered to it. Who called gets none: they would have the meeting twice. What they get
// is the list's ACCEPTED, as from any attendee.
//
// Only the calendar that called changes and cancels: calls are kept by UID and author. The UID of a meeting of the community is
// no call's, so who knows it from their invitation changes nothing.
func (k *Calendar) follow(ctx context.Context, w callMail, m calledMeeting) error {
	reader := askingReader{list: w.community.Address(), author: w.address, subject: w.message.Subject, home: k.home(w.community), received: k.Now()}
	asked, wrong := reader.read(m.events, m.method == itip.Cancel)
	if wrong == nil && m.method == itip.Add {
		wrong = &misfit{kind: "dates"}
	}
	if rightOf(w) == callRefused {
		return store.Errorf(store.Forbidden, "only facilitators call meetings of %s. To suggest one, write to them: %s",
			w.community.Title, w.community.FunctionAddress("owner"))
	}
	own, err := k.DB.MeetingByUID(ctx, w.community.ID, m.events[0].UID)
	switch {
	case err == nil:
		asked.Title = own.Title
		return k.helpCaller(ctx, w, asked, misfit{kind: "own"})
	case store.KindOf(err) != store.NotFound:
		return err
	case wrong != nil:
		return k.helpCaller(ctx, w, asked, *wrong)
	}
	f, wrong, err := k.following(ctx, w, asked)
	if err != nil || wrong != nil {
		return orHelp(err, func() error { return k.helpCaller(ctx, w, asked, *wrong) })
	}
	if f.call.ID != 0 || asked.Whole != nil || asked.Cancelled || len(asked.Dates) == 0 {
		return k.followOne(ctx, f)
	}
	for _, single := range asked.singles() {
		one, wrong, err := k.following(ctx, w, single)
		if err == nil && wrong == nil {
			err = k.followOne(ctx, one)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func orHelp(err error, help func() error) error {
	if err != nil {
		return err
	}
	return help()
}

// key is what a call is known by.
func (a asking) key() string { return strings.TrimSuffix(a.UID+" "+a.Single, " ") }

// following finds what is known of a meeting. Where somebody else has called it, that is what is wrong.
func (k *Calendar) following(ctx context.Context, w callMail, asked asking) (f following, wrong *misfit, err error) {
	f = following{callMail: w, asked: asked}
	calls, err := k.DB.Calls(ctx, w.community.ID, asked.key())
	if err != nil {
		return f, nil, err
	}
	for _, c := range calls {
		switch {
		case c.Address == w.address:
			f.call = c
		case c.State == store.CallCalled:
			wrong = &misfit{"another", cmp.Or(c.Name, c.Address)}
		}
	}
	if f.call.ID != 0 {
		wrong = nil
	}
	if f.memory, err = memoryOf(f.call); err != nil || wrong != nil {
		return f, wrong, err
	}
	f.meeting, err = k.DB.MeetingByUID(ctx, w.community.ID, f.call.MeetingUID)
	if store.KindOf(err) == store.NotFound {
		err = nil
	}
	return f, nil, err
}

// followOne decides what becomes of it.
func (k *Calendar) followOne(ctx context.Context, f following) error {
	waits := f.call.State == store.CallProposed
	f.asked = f.memory.news(f.asked, waits)
	known := f.meeting.ID != 0
	switch {
	case f.asked.isNothing():
		return k.nothingNew(ctx, f)
	case !known && !waits && f.asked.Whole == nil:
		return k.neverCalled(ctx, f)
	case waits && !known && f.asked.Cancelled:
		return k.withdraw(ctx, f)
	case known && over(f.meeting, k.Now()):
		return k.helpCaller(ctx, f.callMail, f.asked, misfit{kind: "over"})
	case known && f.meeting.State == store.MeetingCancelled && !(f.memory.Ended && f.asked.Whole != nil):
		return k.helpCaller(ctx, f.callMail, f.asked, misfit{kind: "ended"})
	}
	if waits {
		f.asked = f.memory.Asked.with(f.asked)
	}
	if f.meeting.State == store.MeetingCancelled { // called again, in the calendar that cancelled it
		f.meeting, f.call.MeetingUID, f.memory.Ended = store.Meeting{}, "", false
	}
	own, err := k.isAuthors(ctx, f)
	if err != nil {
		return err
	}
	if f.memory.Foreign = ""; !own {
		f.memory.Foreign = cmp.Or(f.asked.Organizer.Name, f.asked.Organizer.Address)
	}
	if f.memory.Unproven = !f.trusted; rightOf(f.callMail) == callAllowed && own {
		return k.carryOut(ctx, f)
	}
	return k.askTeam(ctx, f)
}

// news is what of a mail is newer than what was done, or is waiting.
func (m callMemory) news(a asking, waits bool) asking {
	seen := m.Seen
	if waits {
		seen = m.Asked.seen(seen)
	}
	if before, ok := seen[""]; ok && a.Version.compare(before) <= 0 {
		a.Whole, a.Cancelled = nil, false
	}
	a.Dates = slices.DeleteFunc(slices.Clone(a.Dates), func(d askedDate) bool {
		before, ok := seen[d.ID]
		return ok && d.Version.compare(before) <= 0
	})
	return a
}

func (a asking) isNothing() bool { return a.Whole == nil && !a.Cancelled && len(a.Dates) == 0 }

// seen is what was seen before, with this.
func (a asking) seen(before map[string]askedVersion) map[string]askedVersion {
	all := map[string]askedVersion{}
	for id, v := range before {
		all[id] = v
	}
	if a.Whole != nil || a.Cancelled {
		all[""] = a.Version
	}
	for _, d := range a.Dates {
		all[d.ID] = d.Version
	}
	return all
}

// isAuthors says whether the meeting is in the author's own calendar: they are its organiser, or the organiser's calendar says
// that they write for it. Else somebody else's later changes would be expected here, and not come.
//
// QUIRK: what is published need not have an organiser; the shared calendars of Google are their own.
func (k *Calendar) isAuthors(ctx context.Context, f following) (bool, error) {
	organizer := f.asked.Organizer
	if organizer.Address == "" || strings.EqualFold(organizer.Email, f.address) || strings.EqualFold(organizer.SentBy, f.address) ||
		strings.EqualFold(domainOf(organizer.Address), "group.calendar.google.com") {
		return true, nil
	}
	if address, err := mail.Canonical(organizer.Address); err != nil || address == f.address {
		return err == nil, nil
	}
	if f.author.ID == 0 {
		return false, nil
	}
	who, err := k.known(ctx, answering{community: f.community, invitation: store.Invitation{Subscription: f.author}}, organizer)
	return who == invited || who == aliasOfInvited, err
}

// nothingNew is for what came before, or is older. What comes twice, as when a mail server tries again, is not answered.
func (k *Calendar) nothingNew(ctx context.Context, f following) error {
	k.Log.Info("a calendar said nothing new about its meeting", "community", f.community.Address(), "call", f.call.ID,
		"message_id", f.message.MessageID)
	if !f.memory.older(f.asked.Version) || !isIn(f.author) {
		return nil
	}
	if may, err := k.mayHelpCaller(ctx, f.callMail); err != nil || !may {
		return err
	}
	return k.answerCaller(ctx, f, "known")
}

// older says whether a version of the whole is older than the last one.
func (m callMemory) older(v askedVersion) bool {
	last, ok := m.Seen[""]
	return ok && v.compare(last) < 0
}

// neverCalled is for what is about a meeting that is not known here. That it was cancelled is remembered: the invitation may
// have been overtaken, and must not call it any more.
func (k *Calendar) neverCalled(ctx context.Context, f following) error {
	if f.asked.Cancelled && isIn(f.author) {
		f.enter(k.Now())
		if err := k.withdraw(ctx, f); err != nil {
			return err
		}
	}
	return k.helpCaller(ctx, f.callMail, f.asked, misfit{kind: "unknown"})
}

// withdraw takes a proposal back.
func (k *Calendar) withdraw(ctx context.Context, f following) error {
	f.call.State, f.call.AskedAt = store.CallWithdrawn, k.Now()
	f.memory.Seen = f.asked.seen(f.memory.Seen)
	_, err := k.keepCall(ctx, f, false, nil)
	return err
}

// keepCall keeps a call as it is now. Two mails about it at once come one after the other: the second is tried again.
func (k *Calendar) keepCall(ctx context.Context, f following, anew bool, mails func(store.Call) ([]store.Notice, error)) (c store.Call, err error) {
	if f.call.Payload, err = f.memory.text(); err != nil {
		return f.call, err
	}
	c, err = k.DB.KeepCall(ctx, f.call, anew, mails)
	if store.KindOf(err) == store.Conflict && err != nil {
		return c, store.Errorf(store.Temporary, "%w", err)
	}
	k.wake()
	return c, err
}

// home is where a moment without a place is shown.
func (k *Calendar) home(c store.Community) *time.Location {
	if zone, err := time.LoadLocation(c.Timezone); c.Timezone != "" && err == nil {
		return zone
	}
	return k.Timezone
}
