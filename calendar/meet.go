package calendar

import (
	"context"
	"errors"
	"strings"
	"time"

	"guildpost/calendar/when"
	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// Bounds of what is asked back. A mail in somebody's name can be anybody's, and makes a mail to them.
const (
	wishLife = 7 * 24 * time.Hour
	wishes   = 20  // a day, of one address
	allMeets = 200 // an hour, of a community
)

// A meeting in words that is asked about, or decided.
type meetUse struct {
	community store.Community
	request   store.Request
	wish      wish
	poll      store.Poll         // that was opened for it, with ID 0 for none
	person    store.Subscription // whose ticket it is
	message   *mail.Message      // that it came with, nil for a page
}

// Meet handles a mail to NAME-meet@, which calls a meeting in words. Nothing comes of it but a mail to the member whose name it
// is in, which says how it was understood: their answer calls the meeting. The error is for the sender, who is no member, or
// writes too often.
func (k *Calendar) Meet(ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message) error {
	if auto, reason := mail.Automatic(m, env.From, env.From == ""); auto != mail.AutoNone {
		k.Log.Info("a robot's mail calls no meeting", "community", c.Address(), "message_id", m.MessageID, "reason", reason)
		return nil
	}
	for _, take := range []func(context.Context, store.Community, mail.Envelope, *mail.Message) (bool, error){k.Posted, k.Called} {
		if taken, err := take(ctx, c, env, m); taken || err != nil { // it is what a calendar sends: this address is the Sender of invitations
			return err
		}
	}
	s, err := k.whoMeets(ctx, c, m)
	if err != nil {
		return err
	}
	u := meetUse{community: c, person: s, message: m}
	if err := k.mayAskBack(ctx, u); err != nil {
		return err
	}
	if !k.mayCall(c, s) && c.MeetingCalls == store.CallsRefuse {
		return k.sendMeet(ctx, k.wishHelp(u, "refused"))
	}
	return k.consider(ctx, u, readMemo(ownSubject(m.Subject), m.Text().New, k.whenOf(c, s)))
}

// whoMeets is the member in whose name a mail calls a meeting.
func (k *Calendar) whoMeets(ctx context.Context, c store.Community, m *mail.Message) (s store.Subscription, err error) {
	address := ""
	if len(m.From) == 1 {
		address, err = mail.Canonical(m.From[0].String())
	}
	if address == "" || err != nil {
		return s, store.Errorf(store.Forbidden, "this mail has no author who could call a meeting of %s", c.Title)
	}
	s, err = k.DB.SubscriptionByAddress(ctx, c.ID, address)
	switch {
	case err != nil && store.KindOf(err) != store.NotFound:
		return s, err
	case err != nil || !isIn(s):
		return s, store.Errorf(store.Forbidden, "only members call meetings of %s, and %s is not a member's address: to join, write to %s, to reach "+
			"the facilitators, to %s", c.Title, address, c.FunctionAddress("join"), c.FunctionAddress("owner"))
	case c.Closed:
		return s, store.Errorf(store.NotFound, "%s is closed", c.Title)
	}
	return s, nil
}

// mayAskBack bounds how often somebody is asked about meetings in their name.
func (k *Calendar) mayAskBack(ctx context.Context, u meetUse) error {
	reached, err := k.DB.Allow(ctx, k.Now(),
		store.Limit{Name: "meet " + u.community.Address() + " " + u.person.Address, Most: wishes, Within: 24 * time.Hour},
		store.Limit{Name: "meets " + u.community.Address(), Most: allMeets, Within: time.Hour})
	if err == nil && reached != nil {
		return store.Errorf(store.Forbidden, "too many mails have called meetings of %s today; please try again tomorrow, or write to %s",
			u.community.Title, u.community.FunctionAddress("owner"))
	}
	return err
}

// mayCall says whether somebody's word calls a meeting; else the rule of the community says what becomes of it.
func (k *Calendar) mayCall(c store.Community, s store.Subscription) bool {
	return s.Has(store.Facilitator) || c.MeetingCalls == store.CallsAllow
}

// whenOf is in which a member's words about dates are read.
func (k *Calendar) whenOf(c store.Community, s store.Subscription) when.Context {
	zone := k.zone(c, s, store.Meeting{})
	if s.Timezone == "" && c.Timezone == "" && k.Timezone != nil {
		zone = k.Timezone
	}
	return when.Context{Now: k.Now().In(zone), Zone: zone, Languages: []string{k.language(c, s), c.Language, k.Language}}
}

// ownSubject is a subject without what says that the mail answers another or passes it on.
func ownSubject(subject string) string {
	base, _ := mail.BaseSubject(subject)
	subject = strings.Join(strings.Fields(subject), " ")
	if cut := len(subject) - len(base); cut > 0 && strings.EqualFold(subject[cut:], base) {
		return subject[cut:]
	}
	return subject
}

// consider keeps what was read in a mail and asks its author whether that is right, or what is missing.
func (k *Calendar) consider(ctx context.Context, u meetUse, m memo) error {
	w, err := k.wished(u.community, m)
	if err != nil {
		return err
	}
	w.By = u.person.ID
	return k.considerWish(ctx, u, w, m.Reading)
}

// considerWish asks about a wish; reading is what was read of its date just now, or nothing where that is as before.
func (k *Calendar) considerWish(ctx context.Context, u meetUse, w wish, reading when.Reading) error {
	help := templates.MeetingWishHelp{For: forReader(u.community, u.person), Unread: w.Unread, Meet: u.community.FunctionAddress("meet")}
	switch wrong := w.check(k.Now()); {
	case len(reading.Problems) > 0:
		p := reading.Problems[0]
		help.Kind, help.Words, help.When = string(p.Kind), p.Words, p.At
	case len(w.Dates) == 0:
		help.Kind = string(when.ProblemNothing)
	case w.Title == "":
		help.Kind = "title"
	case len(w.Title) > maxTitle || len(w.Place) > maxLocation || len(w.About) > maxDescription:
		help.Kind = "long"
	case wrong != nil:
		help.Kind, help.Words = "other", sentenceOf(wrong)
	}
	if help.Kind == "" {
		return k.askWish(ctx, u, w, nil)
	}
	w.Dates = nil
	return k.askWish(ctx, u, w, &help)
}

// sentenceOf is what an error says to people.
func sentenceOf(err error) string {
	var e *store.Error
	if errors.As(err, &e) {
		return e.Text
	}
	return err.Error()
}

// askWish makes the request of a wish, with the letter that asks; help is that letter where something is missing.
func (k *Calendar) askWish(ctx context.Context, u meetUse, w wish, help *templates.MeetingWishHelp) error {
	zones, members, err := k.memberZones(ctx, u.community)
	if err != nil {
		return err
	}
	u.wish = w
	r := store.Request{CommunityID: u.community.ID, Kind: store.RequestMeeting, Address: u.person.Address, Payload: w.text(), AskedAt: k.Now(),
		ExpiresAt: k.Now().Add(wishLife)}
	_, err = k.DB.Ask(ctx, r, func(id int64) ([]store.Notice, error) {
		u.request = r
		u.request.ID = id
		l := letter{community: u.community, to: u.person, from: k.meetTicket(u, u.person).Address, answers: u.message}
		if help == nil {
			l = k.echo(u, zones, members)
		} else {
			l.data = *help
		}
		n, err := k.notice(l)
		return []store.Notice{n}, err
	})
	if err == nil {
		k.Log.Info("a mail calls a meeting, and its author is asked", "community", u.community.Address(), "subscription", u.person.ID, "dates", len(w.Dates))
		k.wake()
	}
	return err
}

// meetTicket answers for a person what is asked about a wish. It is good for longer than the question, so that who comes late
// hears that.
func (k *Calendar) meetTicket(u meetUse, s store.Subscription) templates.Ticket {
	return k.ticket(u.community, k.Keys.Seal(mail.Ticket{Kind: mail.TicketMeet, Person: s.ID, Object: u.request.ID}))
}

// memberZones are the zones in which the members of a community live, and how many they are.
func (k *Calendar) memberZones(ctx context.Context, c store.Community) (zones []zoneCount, members int, err error) {
	counts, err := k.DB.MemberZones(ctx, c.ID)
	for _, z := range counts {
		zones = append(zones, zoneCount{k.whenOf(c, store.Subscription{Timezone: z.Zone}).Zone, z.Members})
		members += z.Members
	}
	return zones, members, err
}

// echo is the letter that says how a mail was understood.
func (k *Calendar) echo(u meetUse, zones []zoneCount, members int) letter {
	home := k.whenOf(u.community, u.person).Zone
	e := templates.MeetingEcho{For: forReader(u.community, u.person), Kind: u.wish.kind(), Wish: u.wish.shown(k.Now(), zones), Members: members,
		Propose: !k.mayCall(u.community, u.person), Expires: u.request.ExpiresAt.In(home), Answer: k.meetTicket(u, u.person)}
	if u.wish.Choose {
		e.Closes = u.wish.closes(k.Now()).In(home)
	}
	return letter{community: u.community, to: u.person, from: e.Answer.Address, data: e, answers: u.message}
}

// wishHelp is the letter that says why nothing came of a mail.
func (k *Calendar) wishHelp(u meetUse, kind string) letter {
	w := letter{community: u.community, to: u.person, from: u.community.FunctionAddress("meet"), answers: u.message,
		data: templates.MeetingWishHelp{For: forReader(u.community, u.person), Kind: kind, Meet: u.community.FunctionAddress("meet")}}
	if kind == "refused" {
		w.from = u.community.FunctionAddress("owner")
	}
	return w
}

func (k *Calendar) sendMeet(ctx context.Context, w letter) error {
	n, err := k.notice(w)
	if err != nil {
		return err
	}
	err = k.DB.SendNotice(ctx, k.Now(), n)
	k.wake()
	return err
}
