package calendar

import (
	"context"
	"slices"
	"strings"
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// minutesWords begin minutes that come alone, without who came.
var minutesWords = plainSet("minutes, the minutes, protokoll, das protokoll, acta, el acta")

// maxMinutes is how long minutes may be, in bytes; guests how many a line may name.
const (
	maxMinutes = 200_000
	mostGuests = 100
)

// A report is what somebody said about a date that is over.
type report struct {
	past
	by       store.Subscription // who said it; zero for the postmaster
	actor    store.Actor
	source   string
	known    bool // it says who came
	attended Attended
	ticked   []int64 // who is ticked on the page
	minutes  string
	answers  *mail.Message // the mail that said it, nil for none
}

// answerAttendance handles a mail of whoever was asked who came: that, and the minutes below it.
func (k *Calendar) answerAttendance(ctx context.Context, c store.Community, _ mail.Envelope, m *mail.Message, t mail.Ticket) error {
	p, by, err := k.pastFor(ctx, t)
	if err == nil && p.community.ID != c.ID {
		err = store.Errorf(store.NotFound, "this meeting is not one of %s", c.Address())
	}
	if err != nil {
		return err
	}
	r := report{past: p, by: by, actor: store.Actor{Who: by.Address, Via: "mail <" + m.MessageID + ">", At: k.Now()},
		source: "text <" + m.MessageID + ">", answers: m}
	r.attended, r.minutes, r.known = ReadAttended(m.Text().New)
	if !r.known && !k.aloneMinutes(&r) {
		return k.askWhoCame(ctx, r)
	}
	if isMinutesWord(firstLine(r.minutes)) {
		_, r.minutes, _ = strings.Cut(strings.TrimSpace(r.minutes), "\n")
	}
	if _, err = k.report(ctx, r); store.KindOf(err) == store.Conflict && err != nil { // somebody else's minutes were faster
		if r.past, err = k.past(ctx, t.Object); err == nil {
			_, err = k.report(ctx, r)
		}
	}
	return err
}

func isMinutesWord(line string) bool { return minutesWords[plain(line)] }

// aloneMinutes says whether a text without a line of who came is the minutes: below a line that says so, or from whoever takes
// them, where it is longer than a question.
func (k *Calendar) aloneMinutes(r *report) bool {
	const question = 300
	notetaker := HostOf(r.meeting, r.occurrence.Key).Notetaker == r.by.ID
	return isMinutesWord(firstLine(r.minutes)) || notetaker && len(r.minutes) > question
}

// pastFor finds what a ticket is for, and whose it is. NotFound is for a date that is gone, and for who is no member any more.
func (k *Calendar) pastFor(ctx context.Context, t mail.Ticket) (p past, s store.Subscription, err error) {
	if p, err = k.past(ctx, t.Object); err != nil {
		return p, s, err
	}
	if s, err = k.DB.Subscription(ctx, t.Person); err != nil {
		return p, s, err
	}
	if gone := s.State == store.Left || s.State == store.Removed || s.State == store.Banned; gone || s.CommunityID != p.community.ID {
		return p, s, store.Errorf(store.NotFound, "this ticket is not theirs any more")
	}
	return p, s, nil
}

// askWhoCame answers what says nothing that was asked.
func (k *Calendar) askWhoCame(ctx context.Context, r report) error {
	all, err := k.DB.Attendances(ctx, r.occurrence.ID)
	if err != nil {
		return err
	}
	text := k.overText(r.past, r.by, all)
	text.Unclear = true
	return k.help(ctx, r.past, k.overLetter(r.past, r.by, text), r.answers)
}

// help sends a letter that answers what was not understood, some times a day.
func (k *Calendar) help(ctx context.Context, p past, w letter, answers *mail.Message) error {
	reached, err := k.DB.Allow(ctx, k.Now(), store.Limit{Name: "meeting help " + p.meeting.UID + " " + w.to.Address, Most: helpADay, Within: 24 * time.Hour})
	if err != nil || reached != nil {
		return err
	}
	w.answers = answers
	n, err := k.notice(w)
	if err == nil {
		err = k.DB.SendNotice(ctx, k.Now(), n)
	}
	k.wake()
	return err
}

// report keeps what somebody said and tells them how it was understood. The answer is who came by it.
func (k *Calendar) report(ctx context.Context, r report) (came Present, err error) {
	all, err := k.DB.Attendances(ctx, r.occurrence.ID)
	if err != nil {
		return came, err
	}
	record := store.AttendanceReport{OccurrenceID: r.occurrence.ID, By: r.by.ID, Source: r.source, Known: r.known}
	if r.known {
		if came, err = k.whoCame(ctx, r, all); err != nil {
			return came, err
		}
		record.Came = came.Came
	}
	if r.known && k.Now().Before(feedbackEnd(r.occurrence, all, k.Now())) {
		record.Tasks = append(record.Tasks, store.Task{Kind: taskFeedback, CommunityID: r.community.ID, DueAt: laterOf(k.Now(), r.occurrence.Ends)})
	}
	text := k.reported(r, came, all)
	if err := k.withMinutes(ctx, r, all, &record, &text); err != nil {
		return came, err
	}
	var notices []store.Notice
	if r.answers != nil || r.by.ID != 0 && len(came.Ambiguous)+len(came.Unknown) > 0 {
		w := k.overLetter(r.past, r.by, text)
		w.answers = r.answers
		n, err := k.notice(w)
		if err != nil {
			return came, err
		}
		notices = append(notices, n)
	}
	err = k.DB.RecordAttendance(ctx, k.Now(), record, notices)
	if err == nil {
		k.Log.Info("it was said who came to a meeting", "community", r.community.Address(), "meeting", r.meeting.ID, "occurrence", r.occurrence.ID,
			"came", len(record.Came), "unclear", len(came.Ambiguous)+len(came.Unknown), "minutes", record.Minutes != "", "source", r.source)
		k.wake()
	}
	return came, err
}

func laterOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// whoCame finds the people that a report means; guests become known to the community.
func (k *Calendar) whoCame(ctx context.Context, r report, all []store.Attendance) (came Present, err error) {
	came = r.attended.Match(peopleOf(all))
	for _, id := range r.ticked {
		if !slices.Contains(came.Came, id) {
			came.Came = append(came.Came, id)
		}
	}
	if len(came.Guests) > mostGuests {
		return came, store.Errorf(store.Invalid, "%d guests are named; %d are the most", len(came.Guests), mostGuests)
	}
	for _, g := range came.Guests {
		s, err := k.DB.AddGuest(ctx, r.actor, r.community.ID, g.String(), g.Name)
		if err != nil {
			return came, err
		}
		if !slices.Contains(came.Came, s.ID) {
			came.Came = append(came.Came, s.ID)
		}
	}
	return came, nil
}

// withMinutes adds minutes to what is kept: once for each date. The same mail may come twice.
func (k *Calendar) withMinutes(ctx context.Context, r report, all []store.Attendance, record *store.AttendanceReport, text *templates.MeetingReported) (err error) {
	if r.minutes = strings.TrimSpace(r.minutes); r.minutes == "" {
		return nil
	}
	switch {
	case r.occurrence.Minutes != "" && r.occurrence.Source == r.source:
		text.Minutes = "posted"
		return nil
	case r.occurrence.Minutes != "":
		text.Minutes = "already"
		return nil
	case len(r.minutes) > maxMinutes:
		return store.Errorf(store.TooLarge, "the minutes have %d bytes; %d are the most. Put the rest somewhere and write the link", len(r.minutes), maxMinutes)
	}
	text.Minutes, record.Minutes = "posted", r.minutes
	text.Files = fileNames(r.answers)
	record.Tasks = append(record.Tasks, store.Task{Kind: taskMinutes, CommunityID: r.community.ID, DueAt: k.Now()})
	if record.MinutesID, err = mail.NewMessageID(k.Random, k.Now(), r.community.Domain); err != nil {
		return err
	}
	return k.withActions(ctx, r, all, record, text)
}

// fileNames are the files of a mail: minutes are posted without them.
func fileNames(m *mail.Message) (names []string) {
	if m == nil {
		return nil
	}
	for _, f := range m.Files() {
		name := f.Name
		if name == "" {
			name = f.Type
		}
		names = append(names, name)
	}
	return names
}

// reported is how a report was understood, for who said it.
func (k *Calendar) reported(r report, came Present, all []store.Attendance) templates.MeetingReported {
	text := templates.MeetingReported{For: forReader(r.community, r.by), Title: r.occurrence.Title,
		Start: r.occurrence.Starts.In(k.zone(r.community, r.by, r.meeting)), Known: r.known, Ambiguous: came.Ambiguous, Unknown: came.Unknown,
		Answer: k.ticket(r.community, k.pastToken(mail.TicketAttendance, r.by, r.occurrence.ID))}
	for _, a := range all {
		switch {
		case !slices.Contains(came.Came, a.Subscription.ID):
		case len(text.Came) == listedNames:
			text.CameMore++
		default:
			text.Came = append(text.Came, a.Subscription.Called())
		}
	}
	for _, g := range came.Guests {
		if !slices.ContainsFunc(all, func(a store.Attendance) bool { return a.Subscription.Address == g.String() }) {
			text.Guests = append(text.Guests, g.String())
		}
	}
	return text
}
