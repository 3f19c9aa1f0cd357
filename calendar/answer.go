package calendar

import (
	"context"
	"strings"
	"time"

	"guildpost/calendar/itip"
	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// An answering is a message, or a page's button, that came with an invitation.
type answering struct {
	community  store.Community
	meeting    store.Meeting
	invitation store.Invitation
	message    *mail.Message // nil for a page
}

// A verdict is what an answering comes to.
type verdict struct {
	rsvps   []store.RSVP
	inWords store.RSVPAnswer // the answer was in words, and its author hears how they were understood
	again   bool             // the invitation is wanted once more
	problem string           // as templates.MeetingHelp.Kind, "" for none
	other   string           // the address that problem is about
}

// answerInvitation handles a message to the ticket of an invitation: it is recorded or answered with help.
func (k *Calendar) answerInvitation(ctx context.Context, c store.Community, _ mail.Envelope, m *mail.Message, t mail.Ticket) error {
	a, err := k.answering(ctx, c, t)
	if err != nil {
		return err
	}
	a.message = m
	v, err := k.judge(ctx, a, ReadMessage(m))
	if err != nil {
		return err
	}
	return k.settle(ctx, a, v)
}

// answering finds what a ticket is for; NotFound where that is gone, or is another community's.
func (k *Calendar) answering(ctx context.Context, c store.Community, t mail.Ticket) (a answering, err error) {
	if a.invitation, err = k.DB.Invitation(ctx, t.Object, t.Person); err != nil {
		return a, err
	}
	if a.meeting, err = k.DB.Meeting(ctx, t.Object); err != nil {
		return a, err
	}
	if a.community = c; a.meeting.CommunityID != c.ID {
		return a, store.Errorf(store.NotFound, "this invitation is not one of %s", c.Address())
	}
	return a, nil
}

// closed says why no answer is taken any more, "" where one is.
func (k *Calendar) closed(a answering) string {
	switch {
	case a.meeting.State == store.MeetingCancelled, a.invitation.State != store.Invited:
		return "cancelled"
	case over(a.meeting, k.Now()):
		return "over"
	}
	return ""
}

// judge reads what a message answers.
func (k *Calendar) judge(ctx context.Context, a answering, said Said) (v verdict, err error) {
	if v.problem = k.closed(a); v.problem != "" {
		return v, nil
	}
	for _, o := range said.Objects {
		if err := k.judgeObject(ctx, a, o, &v); err != nil {
			return v, err
		}
	}
	if len(v.rsvps) == 0 && !v.again && v.problem == "" {
		return k.judgeWords(a), nil
	}
	return v, nil
}

// judgeWords reads an answer in words, where no calendar object answers: there may be the invitation itself, attached again.
func (k *Calendar) judgeWords(a answering) verdict {
	answer, ok := ReadAnswer(a.message.Text().New)
	if !ok {
		return verdict{problem: "unclear"}
	}
	return verdict{inWords: answer, rsvps: []store.RSVP{k.personal(a, answer, "text <"+a.message.MessageID+">")}}
}

// personal is an answer that somebody gave here, not in their calendar: it is to the meeting as it is now.
func (k *Calendar) personal(a answering, answer store.RSVPAnswer, source string) store.RSVP {
	return store.RSVP{Answer: answer, Source: source, At: k.Now(), Sequence: a.meeting.Sequence, Stamp: k.Now()}
}

func (k *Calendar) judgeObject(ctx context.Context, a answering, o itip.Object, v *verdict) error {
	switch {
	case len(o.Proposals()) > 0:
		v.problem = "proposal"
		return nil
	case len(o.RefreshRequests()) > 0:
		v.again = v.again || o.RefreshRequests()[0].UID == a.meeting.UID
	}
	mine, others := 0, ""
	for _, answer := range o.Answers() {
		if answer.UID != a.meeting.UID {
			v.problem = "another"
			continue
		}
		own, err := k.isOwn(ctx, a, answer.Attendee)
		switch {
		case err != nil:
			return err
		case own:
			mine++
			k.take(a, answer, v)
		default:
			others = answer.Attendee.Address
		}
	}
	// QUIRK: some programs list all attendees in a REPLY; only the invited one can be meant.
	if mine == 0 && others != "" {
		v.problem, v.other = "other", others
	}
	return nil
}

// isOwn says whether an answer's attendee is the invited person: by an address that they are known by, by their name and an
// address of the same domain, or because it names nobody.
//
// QUIRK: Outlook's winmail.dat names nobody; Exchange names the primary address of who was invited by another one.
func (k *Calendar) isOwn(ctx context.Context, a answering, p itip.Person) (bool, error) {
	if p.Address == "" {
		return true, nil
	}
	own := a.invitation.Subscription
	for _, address := range []string{p.Address, withoutTag(p.Address)} {
		canonical, err := mail.Canonical(address)
		if err != nil {
			continue
		}
		if canonical == own.Address || canonical == withoutTag(own.Address) {
			return true, nil
		}
		s, err := k.DB.SubscriptionByAddress(ctx, a.community.ID, canonical)
		if err == nil {
			return s.ID == own.ID, nil // it may be another member's, who then answers for themselves
		}
		if store.KindOf(err) != store.NotFound {
			return false, err
		}
	}
	sameDomain := strings.EqualFold(domainOf(p.Address), domainOf(own.Address))
	return sameDomain && own.Name != "" && plain(p.Name) == plain(own.Name), nil
}

// withoutTag takes "+tag" out of a local part.
func withoutTag(address string) string {
	at := strings.LastIndexByte(address, '@')
	if plus := strings.IndexByte(address, '+'); plus > 0 && plus < at {
		return address[:plus] + address[at:]
	}
	return address
}

func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

var answers = map[itip.PartStat]store.RSVPAnswer{
	itip.Accepted: store.Accepted, itip.Tentative: store.Tentative, itip.Declined: store.Declined,
}

// take adds an answer of a calendar to a verdict.
func (k *Calendar) take(a answering, answer itip.Answer, v *verdict) {
	answer = answer.Bounded(k.Now(), a.meeting.Sequence)
	r := store.RSVP{Answer: answers[answer.PartStat], Comment: answer.Comment, Source: "calendar <" + a.message.MessageID + ">",
		At: k.Now(), Sequence: answer.Sequence, Stamp: answer.Stamp.UTC().Truncate(time.Microsecond)}
	switch {
	case answer.PartStat == itip.Delegated:
		v.problem = "delegated"
		return
	case r.Answer == "":
		return
	}
	key, ok := dateOf(a.meeting, answer.Occurrence)
	if !ok {
		v.problem = "date"
		return
	}
	r.Occurrence, r.Later = key, answer.ThisAndLater && key != ""
	r.Stale = staleAnswer(a.meeting, r)
	v.rsvps = append(v.rsvps, r)
}

// dateOf is the key of a date of a meeting, "" for the whole of it; false where it has no such date, or that is cancelled.
func dateOf(m store.Meeting, id itip.Time) (key string, ok bool) {
	if id.IsZero() {
		return "", true
	}
	found, ok := dateNamed(m, id)
	switch d, _ := dateChange(m, found); {
	case !ok || d.Cancelled:
		return "", false
	case m.Rule == "": // a REPLY to a meeting of one date that names that date
		return "", true
	}
	return found.Key(), true
}

// settle does what a verdict says.
func (k *Calendar) settle(ctx context.Context, a answering, v verdict) error {
	letters, err := k.letters(ctx, a, v)
	if err != nil {
		return err
	}
	var notices []store.Notice
	for _, w := range letters {
		w.answers = a.message
		n, err := k.notice(w)
		if err != nil {
			return err
		}
		notices = append(notices, n)
	}
	changed := 0
	if len(v.rsvps) > 0 {
		changed, err = k.record(ctx, a, v.rsvps, notices)
	} else {
		for _, n := range notices {
			if err = k.DB.SendNotice(ctx, k.Now(), n); err != nil {
				break
			}
		}
	}
	if err == nil {
		k.Log.Info("an invitation was answered", "community", a.community.Address(), "meeting", a.meeting.ID,
			"subscription", a.invitation.Subscription.ID, "answers", len(v.rsvps), "new", changed, "problem", v.problem)
		k.wake()
	}
	return err
}

// record keeps answers. One that somebody gave here counts above whatever their calendar has sent before, also where its
// clock is ahead.
func (k *Calendar) record(ctx context.Context, a answering, all []store.RSVP, notices []store.Notice) (int, error) {
	have, err := k.DB.RSVPs(ctx, a.meeting.ID, a.invitation.Subscription.ID)
	if err != nil {
		return 0, err
	}
	for i := range all {
		for _, h := range have {
			if !strings.HasPrefix(all[i].Source, "calendar") && h.Occurrence == all[i].Occurrence && h.Later == all[i].Later && !all[i].Stamp.After(h.Stamp) {
				all[i].Stamp = h.Stamp.Add(time.Microsecond)
			}
		}
	}
	changed, err := k.DB.RecordRSVPs(ctx, k.Now(), a.invitation, all, newer, notices)
	if err == nil && a.meeting.Settings.Capacity > 0 {
		_, err = k.seat(ctx, a.meeting, k.Now())
	}
	return changed, err
}

// newer says whether an answer counts above another one.
func newer(have, got store.RSVP) bool { return itip.CompareAnswers(asAnswer(got), asAnswer(have)) > 0 }

func asAnswer(r store.RSVP) itip.Answer {
	return itip.Answer{PartStat: partStat(r.Answer), Comment: r.Comment, Sequence: r.Sequence, Stamp: r.Stamp}
}

func partStat(answer store.RSVPAnswer) itip.PartStat {
	for stat, a := range answers {
		if a == answer {
			return stat
		}
	}
	return itip.NeedsAction
}

// letters are what the invited person hears: how words were understood, the invitation once more, or what to do instead.
// Answers of a calendar that were taken are not answered.
func (k *Calendar) letters(ctx context.Context, a answering, v verdict) (all []letter, err error) {
	s := a.invitation.Subscription
	from := mail.TicketAddress(a.community.Name, a.community.Domain, a.invitation.Token)
	// Where there is room for so many, a mail of its own says what a yes has come to.
	if v.inWords != "" && (v.inWords != store.Accepted || a.meeting.Settings.Capacity == 0) {
		all = append(all, letter{community: a.community, to: s, from: from, data: templates.MeetingAnswered{For: forReader(a.community, s),
			Title: a.meeting.Title, Start: k.first(a.community, s, a.meeting), Answer: string(v.inWords), Change: k.ticket(a.community, a.invitation.Token)}})
	}
	if v.again {
		w, err := k.again(ctx, a)
		if err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	if v.problem == "" {
		return all, nil
	}
	helped, err := k.mayHelp(ctx, a, v.problem)
	if helped {
		all = append(all, k.helping(a, v))
	}
	return all, err
}

// helping tells the invited person why an answer was not taken. It goes to them and nobody else: who else sent it may be
// anybody.
func (k *Calendar) helping(a answering, v verdict) letter {
	s := a.invitation.Subscription
	w := letter{community: a.community, to: s, from: mail.TicketAddress(a.community.Name, a.community.Domain, a.invitation.Token),
		data: templates.MeetingHelp{For: forReader(a.community, s), Kind: v.problem, Title: a.meeting.Title, Address: v.other,
			Answer: k.ticket(a.community, a.invitation.Token)}}
	if v.problem == "cancelled" || v.problem == "over" {
		w.from = a.community.FunctionAddress("owner")
	}
	return w
}

// again is the invitation once more, with what its reader has answered.
func (k *Calendar) again(ctx context.Context, a answering) (letter, error) {
	have, err := k.DB.RSVPs(ctx, a.meeting.ID, a.invitation.Subscription.ID)
	if err != nil {
		return letter{}, err
	}
	answer := itip.NeedsAction
	if len(have) > 0 && have[0].Occurrence == "" && !have[0].Stale {
		answer = partStat(have[0].Answer)
	}
	return k.invitation(a.community, a.meeting, a.invitation, answer)
}

// How often somebody is helped with one meeting, and with what came without a ticket, which anybody can send.
const (
	helpADay    = 5
	unprovenDay = 1
)

func (k *Calendar) mayHelp(ctx context.Context, a answering, problem string) (bool, error) {
	most, name := helpADay, "rsvp help "
	if problem == "unproven" {
		most, name = unprovenDay, "rsvp unproven "
	}
	reached, err := k.DB.Allow(ctx, k.Now(), store.Limit{Name: name + a.meeting.UID + " " + a.invitation.Subscription.Address, Most: most, Within: 24 * time.Hour})
	if reached != nil {
		k.Log.Info("an answer to an invitation that was not taken is not answered again today", "community", a.community.Address(),
			"meeting", a.meeting.ID, "subscription", a.invitation.Subscription.ID, "problem", problem)
	}
	return err == nil && reached == nil, err
}
