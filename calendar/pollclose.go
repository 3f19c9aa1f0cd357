package calendar

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"guildpost/calendar/itip"
	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// A Tally is what the members say of one option.
type Tally struct {
	Option         store.PollOption
	Start          time.Time
	Yes, Maybe, No int
	Night          int // for how many members it is between ten in the evening and seven in the morning
}

// Tally counts the votes of a poll, in the order of its options.
func (k *Calendar) Tally(ctx context.Context, p store.Poll) (all []Tally, err error) {
	c, err := k.DB.Community(ctx, p.CommunityID)
	if err != nil {
		return nil, err
	}
	votes, err := k.DB.PollVotes(ctx, p.ID, 0)
	if err != nil {
		return nil, err
	}
	zones, _, err := k.memberZones(ctx, c)
	for _, o := range p.Options {
		t := Tally{Option: o, Start: startOf(o)}
		for _, v := range votes {
			if v.Number == o.Number {
				t.count(v.Answer)
			}
		}
		for _, z := range zones {
			if isNight(t.Start.In(z.zone), o.Length) {
				t.Night += z.people
			}
		}
		all = append(all, t)
	}
	return all, err
}

func (t *Tally) count(answer store.RSVPAnswer) {
	switch answer {
	case store.Accepted:
		t.Yes++
	case store.Tentative:
		t.Maybe++
	case store.Declined:
		t.No++
	}
}

// compare says which of two options is better: more can come, or might; fewer cannot.
func (t Tally) compare(other Tally) int {
	return cmp.Or(cmp.Compare(t.Yes, other.Yes), cmp.Compare(t.Maybe, other.Maybe), cmp.Compare(other.No, t.No))
}

// best are the best options that are still to come, the earliest first: several where there is no telling. None where nobody
// could come to any.
func best(all []Tally, now time.Time) (top []Tally) {
	for _, t := range all {
		switch {
		case !t.Start.After(now) || t.Yes+t.Maybe == 0:
		case len(top) == 0 || t.compare(top[0]) > 0:
			top = []Tally{t}
		case t.compare(top[0]) == 0:
			top = append(top, t)
		}
	}
	slices.SortStableFunc(top, func(a, b Tally) int { return a.Start.Compare(b.Start) })
	return top
}

// ClosePoll closes a poll: the option of a number becomes the meeting, to which the members are invited, or for 0 none does. Those
// who were asked hear of it, and the holds of the other dates are cancelled. The error is Conflict where it is closed already,
// Invalid for a date that cannot be.
func (k *Calendar) ClosePoll(ctx context.Context, by store.Actor, p store.Poll, number int) (m store.Meeting, err error) {
	c, err := k.DB.Community(ctx, p.CommunityID)
	if err != nil {
		return m, err
	}
	if c.Closed && number > 0 {
		return m, store.Errorf(store.Conflict, "%s is closed", c.Title)
	}
	if number < 0 || number > len(p.Options) {
		return m, store.Errorf(store.Invalid, "the poll has no date %d: it has %d", number, len(p.Options))
	}
	if number > 0 {
		o := p.Options[number-1]
		if m, err = (Plan{Title: p.Title, Location: p.Location, Description: p.Description, Starts: o.Starts, Zone: o.Zone, Length: o.Length}).meeting(by.At); err != nil {
			return m, err
		}
		// The hold had the number 0: programs take over what comes with a higher one.
		m.CommunityID, m.UID, m.Sequence, m.Settings.Poll = c.ID, o.UID, 1, p.ID
	}
	closed := p
	closed.State, closed.Chosen = store.PollClosed, number
	kind := "closed"
	if number == 0 {
		kind = "none"
	}
	notices, err := k.tallyNotices(ctx, c, closed, kind, p.ClosesAt)
	if err != nil {
		return m, err
	}
	if m, err = k.DB.ClosePoll(ctx, by, p, number, m, k.planned(by.At), notices); err != nil {
		return m, err
	}
	k.Log.Info("a date poll is closed", "community", c.Address(), "poll", p.ID, "chosen", number)
	_, err = k.Due(ctx, by.At)
	return m, err
}

// tellClosed tells those who were asked in a poll how it ended, and cancels the holds that did not become the meeting.
func (k *Calendar) tellClosed(ctx context.Context, c store.Community, p store.Poll) (done int, err error) {
	for ctx.Err() == nil {
		page, err := k.DB.PolledWithout(ctx, p.ID, store.PollHeard, tellAtOnce)
		if err != nil || len(page) == 0 {
			return done, err
		}
		for i := range page {
			if page[i].Notice, err = k.closedNotice(ctx, c, p, page[i]); err != nil {
				return done, err
			}
		}
		n, err := k.DB.MarkPolled(ctx, k.Now(), p.ID, store.PollHeard, page)
		if done += n; err != nil {
			return done, err
		}
	}
	return done, ctx.Err()
}

// closedNotice is the mail about the end of a poll. Who is banned gets none.
func (k *Calendar) closedNotice(ctx context.Context, c store.Community, p store.Poll, one store.AskedMember) (store.Notice, error) {
	if one.Subscription.State == store.Banned {
		return store.Notice{}, nil
	}
	votes, err := k.DB.PollVotes(ctx, p.ID, one.Subscription.ID)
	if err != nil {
		return store.Notice{}, err
	}
	data := templates.MeetingPollClosed{For: forReader(c, one.Subscription), Title: p.Title}
	w := letter{community: c, to: one.Subscription, from: c.FunctionAddress("owner")}
	for _, d := range pollDates(p, votes, k.pollHome(c, p, one.Subscription)) {
		if d.N == p.Chosen {
			data.Chosen, data.Answer = d.When, d.Answer
			continue
		}
		data.Others = append(data.Others, d.When)
		o := p.Options[d.N-1]
		object, err := k.hold(c, p, o, one, itip.Cancel)
		if err != nil {
			return store.Notice{}, err
		}
		w.files = append(w.files, holdFile(o, object, itip.Cancel))
	}
	w.data = data
	return k.notice(w)
}

// tallyNotices tell who opened a poll how it stands; where there is a tie, all facilitators.
func (k *Calendar) tallyNotices(ctx context.Context, c store.Community, p store.Poll, kind string, closes time.Time) (notices []store.Notice, err error) {
	readers, err := k.team(ctx, c)
	if err != nil {
		return nil, err
	}
	if kind != "tie" {
		readers = slices.DeleteFunc(readers, func(s store.Subscription) bool { return s.Address != p.Actor })
		if opener, err := k.DB.SubscriptionByAddress(ctx, c.ID, p.Actor); len(readers) == 0 && err == nil && opener.State == store.Active {
			readers = append(readers, opener) // a member who may call meetings
		}
	}
	for _, s := range readers {
		w, err := k.tallyLetter(ctx, c, p, s, kind, closes)
		if err != nil {
			return nil, err
		}
		n, err := k.notice(w)
		if err != nil {
			return nil, err
		}
		notices = append(notices, n)
	}
	return notices, nil
}

func (k *Calendar) tallyLetter(ctx context.Context, c store.Community, p store.Poll, s store.Subscription, kind string, closes time.Time) (w letter, err error) {
	home := k.pollHome(c, p, s)
	data := templates.MeetingPollTally{For: forReader(c, s), Kind: kind, Title: p.Title, Closes: closes.In(home),
		Close: k.ticket(c, k.Keys.Seal(mail.Ticket{Kind: mail.TicketMeet, Person: s.ID, Object: p.RequestID}))}
	if data.Asked, data.Voted, err = k.DB.PollAsked(ctx, p.ID); err != nil {
		return w, err
	}
	all, err := k.Tally(ctx, p)
	for _, t := range all {
		data.Dates = append(data.Dates, templates.PollTally{N: t.Option.Number, When: t.Start.In(home), Yes: t.Yes, Maybe: t.Maybe, No: t.No, Night: t.Night,
			Chosen: p.State == store.PollClosed && p.Chosen == t.Option.Number})
	}
	w = letter{community: c, to: s, from: data.Close.Address, data: data}
	if p.State == store.PollClosed {
		w.from = c.FunctionAddress("owner")
	}
	return w, err
}

// duePollsClosing closes polls whose time is over, with the best date. Where there is no telling, the facilitators are asked, and
// get a day; then it is the earliest of the best.
func (k *Calendar) duePollsClosing(ctx context.Context, now time.Time) (done int, err error) {
	for _, kind := range []string{taskPollClose, taskPollTie} {
		tasks, err := k.DB.TasksDue(ctx, kind, now)
		if err != nil {
			return done, err
		}
		for _, task := range tasks {
			n, err := k.closeInTime(ctx, task)
			if done += n; err != nil {
				return done, err
			}
		}
	}
	return done, nil
}

func (k *Calendar) closeInTime(ctx context.Context, task store.Task) (done int, err error) {
	p, c, err := k.pollAndCommunity(ctx, task.ObjectID)
	if store.KindOf(err) == store.NotFound && err != nil || err == nil && p.State != store.PollOpen {
		_, err = k.DB.TakeTask(ctx, k.Now(), task, time.Time{}, nil)
		return 0, err
	}
	if err != nil {
		return 0, err
	}
	all, err := k.Tally(ctx, p)
	if err != nil {
		return 0, err
	}
	top := best(all, k.Now())
	if c.Closed { // no meeting is called there
		top = nil
	} else if task.Kind == taskPollClose && len(top) != 1 {
		return k.askTie(ctx, c, p, task, all)
	}
	number := 0
	if len(top) > 0 {
		number = top[0].Option.Number
	}
	by := store.Actor{Who: p.Actor, Via: "due", At: k.Now()}
	if _, err = k.ClosePoll(ctx, by, p, number); err == nil || store.KindOf(err) == store.Conflict {
		_, err = k.DB.TakeTask(ctx, k.Now(), task, time.Time{}, nil)
	}
	return 1, err
}

// askTie asks the facilitators, and gives them until a day later, or until shortly before the first of the dates.
func (k *Calendar) askTie(ctx context.Context, c store.Community, p store.Poll, task store.Task, all []Tally) (int, error) {
	until := k.Now().Add(24 * time.Hour)
	for _, t := range all {
		if latest := t.Start.Add(-time.Hour); t.Start.After(k.Now()) && latest.Before(until) {
			until = latest
		}
	}
	if until.Before(k.Now()) {
		until = k.Now()
	}
	notices, err := k.tallyNotices(ctx, c, p, "tie", until)
	if err != nil {
		return 0, err
	}
	if err := k.DB.ScheduleFirst(ctx, store.Task{Kind: taskPollTie, CommunityID: c.ID, ObjectID: p.ID, DueAt: until}); err != nil {
		return 0, err
	}
	_, err = k.DB.TakeTask(ctx, k.Now(), task, time.Time{}, notices)
	return len(notices), err
}

// steer is the answer of who opened a poll, or of a facilitator, to how it stands: a number closes it with that date, "none"
// without one; all else brings the votes as they are.
func (k *Calendar) steer(ctx context.Context, u meetUse, p store.Poll) error {
	number, ok := readClosing(u.message.Text().New, len(p.Options))
	if ok && p.State == store.PollOpen {
		_, err := k.ClosePoll(ctx, k.by(u, "page"), p, number)
		if store.KindOf(err) == store.Invalid && err != nil {
			return k.notCarriedOut(ctx, u, err)
		}
		return orDecided(err)
	}
	kind := "asked"
	switch {
	case p.State == store.PollClosed && p.Chosen == 0:
		kind = "none"
	case p.State == store.PollClosed:
		kind = "closed"
	}
	w, err := k.tallyLetter(ctx, u.community, p, u.person, kind, p.ClosesAt)
	if err != nil {
		return err
	}
	w.answers = u.message
	return k.sendMeet(ctx, w)
}

// readClosing reads which date of n is to be the meeting, 0 for none; false where it says neither.
func readClosing(text string, n int) (number int, ok bool) {
	words := voteWords(firstLine(text))
	if len(words) != 1 {
		return 0, false
	}
	if words[0] == wordNone {
		return 0, true
	}
	number, err := strconv.Atoi(words[0])
	return number, err == nil && number >= 1 && number <= n
}

// steerPage is the page on which a poll is closed.
func (k *Calendar) steerPage(ctx context.Context, u meetUse, poll store.Poll) (p Page, err error) {
	p = Page{Community: u.community, Kind: "poll-close", About: templates.Args{Subject: poll.Title}}
	if poll.State != store.PollOpen {
		p.Problem = "already"
		return p, nil
	}
	if p.About.M, p.About.N, err = k.DB.PollAsked(ctx, poll.ID); err != nil {
		return p, err
	}
	lang, home := k.language(u.community, u.person), k.pollHome(u.community, poll, u.person)
	all, err := k.Tally(ctx, poll)
	for _, t := range all {
		votes := templates.Say(lang, "meet.votes", templates.Args{N: t.Yes, M: t.Maybe})
		p.Details = append(p.Details, templates.Detail{Label: templates.Say(lang, "meet.label-option", templates.Args{N: t.Option.Number}),
			Value: templates.Say(lang, "meet.tally", templates.Args{When: t.Start.In(home), Value: votes})})
		p.Choices = append(p.Choices, strconv.Itoa(t.Option.Number))
	}
	p.Choices = append(p.Choices, choiceNone)
	return p, err
}

// pressSteer closes a poll.
func (k *Calendar) pressSteer(ctx context.Context, u meetUse, poll store.Poll, p Page, choice string) (Page, error) {
	number, err := strconv.Atoi(choice)
	if choice == choiceNone {
		number, err = 0, nil
	} else if err != nil || number < 1 || number > len(poll.Options) {
		return p, store.Errorf(store.Invalid, "%q is no answer", choice)
	}
	_, err = k.ClosePoll(ctx, k.by(u, "page"), poll, number)
	if store.KindOf(err) == store.Conflict && err != nil {
		p.Problem, err = "already", nil
	}
	p.About.N = number
	return p, err
}
