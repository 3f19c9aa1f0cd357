package calendar

import (
	"context"
	"strconv"
	"strings"
	"time"

	"guildpost/calendar/itip"
	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// How long a poll is open: until three days before its first date, and no longer than a week; where that is too soon, half of
// the time that there is.
const (
	pollBefore = 3 * 24 * time.Hour
	pollLife   = 7 * 24 * time.Hour
	pollLeast  = 24 * time.Hour
)

// The tasks of a poll. Their object is the poll.
const (
	taskPollClose  = "poll-close"
	taskPollRemind = "poll-remind"
	taskPollTie    = "poll-tie" // nobody has chosen among the best
)

// closes is when the poll about a wish closes by itself, if it is opened now.
func (w wish) closes(now time.Time) time.Time {
	first := w.first(1)
	for n := range w.Dates {
		if at := w.first(n + 1); at.Before(first) {
			first = at
		}
	}
	closes := first.Add(-pollBefore)
	if latest := now.Add(pollLife); closes.After(latest) {
		closes = latest
	}
	if closes.Before(now.Add(pollLeast)) {
		closes = now.Add(first.Sub(now) / 2)
	}
	return closes.Truncate(time.Minute)
}

// openPoll opens the poll of a wish, asks the members, and tells who opened it how to close it. One that was opened before is
// found.
func (k *Calendar) openPoll(ctx context.Context, by store.Actor, u meetUse) (store.Poll, error) {
	c, w := u.community, u.wish
	if err := w.check(by.At); err != nil {
		return store.Poll{}, err
	}
	p := store.Poll{CommunityID: c.ID, RequestID: u.request.ID, UID: w.UID, Title: w.Title, Location: w.Place, Description: w.About, ClosesAt: w.closes(by.At)}
	for n, d := range w.Dates {
		p.Options = append(p.Options, store.PollOption{Number: n + 1, UID: optionUID(w.UID, n+1), Starts: d.Starts, Zone: d.Zone, Length: time.Duration(d.Length) * time.Minute})
	}
	opened, err := k.DB.OpenPoll(ctx, by, p, pollTasks)
	if store.KindOf(err) == store.Conflict && err != nil {
		return k.DB.PollByUID(ctx, c.ID, w.UID)
	}
	if err != nil {
		return opened, err
	}
	k.Log.Info("a date poll is open", "community", c.Address(), "poll", opened.ID, "options", len(opened.Options), "closes", opened.ClosesAt)
	if _, err = k.Due(ctx, by.At); err != nil {
		return opened, err
	}
	standing, err := k.tallyLetter(ctx, c, opened, u.person, "open", opened.ClosesAt)
	if err == nil {
		standing.answers = u.message
		err = k.sendMeet(ctx, standing)
	}
	return opened, err
}

// optionUID is that of an option: its number before the UID of its poll, which is random.
func optionUID(uid string, n int) string { return strconv.Itoa(n) + "." + uid }

func pollTasks(p store.Poll) []store.Task {
	tasks := []store.Task{{Kind: taskPollClose, CommunityID: p.CommunityID, ObjectID: p.ID, DueAt: p.ClosesAt}}
	if remind := p.ClosesAt.Add(-24 * time.Hour); remind.After(p.CreatedAt.Add(time.Hour)) {
		tasks = append(tasks, store.Task{Kind: taskPollRemind, CommunityID: p.CommunityID, ObjectID: p.ID, DueAt: remind})
	}
	return tasks
}

// startOf is when an option starts.
func startOf(o store.PollOption) time.Time {
	zone, err := time.LoadLocation(o.Zone)
	if err != nil {
		zone = time.UTC
	}
	return itip.Time{Wall: o.Starts, Zone: zone}.Instant(zone)
}

// pollHome is by whose clocks a reader sees a poll: theirs, or where nothing is known those of its first date.
func (k *Calendar) pollHome(c store.Community, p store.Poll, s store.Subscription) *time.Location {
	return k.zone(c, s, store.Meeting{Zone: p.Options[0].Zone})
}

// duePolls asks those who are not asked yet, and tells those who were of the end.
func (k *Calendar) duePolls(ctx context.Context, now time.Time) (done int, err error) {
	all, err := k.DB.PollsToTell(ctx)
	if err != nil {
		return 0, err
	}
	for _, p := range all {
		c, err := k.DB.Community(ctx, p.CommunityID)
		if err != nil {
			return done, err
		}
		tell := k.askMembers
		if p.State == store.PollClosed {
			tell = k.tellClosed
		}
		n, err := tell(ctx, c, p.Poll)
		if done += n; store.KindOf(err) == store.Conflict && err != nil { // it was closed meanwhile
			continue
		}
		if err == nil {
			err = k.DB.PollTold(ctx, p)
		}
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

// askMembers asks the members who are not asked yet.
func (k *Calendar) askMembers(ctx context.Context, c store.Community, p store.Poll) (done int, err error) {
	after := int64(0)
	for ctx.Err() == nil && !c.Closed {
		page, err := k.DB.NotPolled(ctx, p, after, tellAtOnce)
		if err != nil || len(page) == 0 {
			return done, err
		}
		after = page[len(page)-1].ID
		asked := make([]store.AskedMember, len(page))
		for i, s := range page {
			asked[i] = store.AskedMember{Subscription: s, Token: k.Keys.Seal(mail.Ticket{Kind: mail.TicketPoll, Person: s.ID, Object: p.ID})}
			if asked[i].Notice, err = k.pollNotice(c, p, asked[i], false); err != nil {
				return done, err
			}
		}
		n, err := k.DB.AskInPoll(ctx, k.Now(), p, asked)
		if done += n; err != nil {
			return done, err
		}
	}
	return done, ctx.Err()
}

// pollNotice is the mail that asks a member, or reminds them.
func (k *Calendar) pollNotice(c store.Community, p store.Poll, one store.AskedMember, again bool) (store.Notice, error) {
	home := k.pollHome(c, p, one.Subscription)
	w := letter{community: c, to: one.Subscription, from: mail.TicketAddress(c.Name, c.Domain, one.Token), data: templates.MeetingPoll{For: forReader(c, one.Subscription),
		Title: p.Title, Place: p.Location, About: p.Description, Dates: pollDates(p, nil, home), Closes: p.ClosesAt.In(home), Again: again, Answer: k.ticket(c, one.Token)}}
	if !again {
		for _, o := range p.Options {
			object, err := k.hold(c, p, o, one, itip.Request)
			if err != nil {
				return store.Notice{}, err
			}
			w.files = append(w.files, holdFile(o, object, itip.Request))
		}
	}
	return k.notice(w)
}

// pollDates are the options by a reader's clocks, with what they said of them.
func pollDates(p store.Poll, votes []store.PollVote, home *time.Location) (all []templates.PollDate) {
	for _, o := range p.Options {
		d := templates.PollDate{N: o.Number, When: startOf(o).In(home), Minutes: int(o.Length / time.Minute)}
		for _, v := range votes {
			if v.Number == o.Number {
				d.Answer = string(v.Answer)
			}
		}
		all = append(all, d)
	}
	return all
}

// hold is an option as a calendar object: a meeting that may come, of its own UID, so that accepting it is a yes to that date.
// The time is taken until the poll is closed, as STATUS says: a hold that leaves it free would hold nothing. The ticket of the
// poll is the organiser, and stays so for the meeting that an option becomes.
func (k *Calendar) hold(c store.Community, p store.Poll, o store.PollOption, one store.AskedMember, method itip.Method) ([]byte, error) {
	zone, err := time.LoadLocation(o.Zone)
	if err != nil {
		return nil, err
	}
	title := templates.Say(k.language(c, one.Subscription), "poll.hold", templates.Args{Subject: p.Title, N: o.Number, M: len(p.Options)})
	start := itip.Time{Wall: o.Starts, Zone: zone}
	e := itip.Event{Kind: itip.KindEvent, UID: o.UID, Start: start, End: start.Add(itip.Duration{Exact: o.Length}), Summary: title, Location: p.Location,
		Description: p.Description, Status: "TENTATIVE", Stamp: k.Now().UTC().Truncate(time.Second),
		Organizer: itip.Person{Address: mail.TicketAddress(c.Name, c.Domain, one.Token), Name: c.Title, Email: c.Address()}}
	reader := itip.Attendee{Person: itip.Person{Address: one.Subscription.Address, Name: one.Subscription.Name}, Answer: itip.NeedsAction,
		Type: "INDIVIDUAL", Role: "REQ-PARTICIPANT", RSVP: true}
	if method == itip.Cancel {
		e.Sequence, e.Status, reader.RSVP, reader.Answer = 1, "CANCELLED", false, ""
	}
	e.Attendees = []itip.Attendee{reader}
	return itip.Write(itip.Object{Method: method, Events: []itip.Event{e}})
}

// holdFile is a hold as a part of a mail. Several of them stand as files beside the text: as one of its alternatives there can be
// only one, which programs would take for the meeting.
func holdFile(o store.PollOption, object []byte, method itip.Method) mail.Attachment {
	name := "date-" + strconv.Itoa(o.Number) + ".ics"
	return mail.Attachment{Type: "text/calendar; charset=utf-8; method=" + string(method) + "; name=" + strings.ToLower(name), Name: name, Data: object}
}

// duePollReminders reminds those who have not voted, once, and tells who opened the poll how it stands.
func (k *Calendar) duePollReminders(ctx context.Context, now time.Time) (done int, err error) {
	tasks, err := k.DB.TasksDue(ctx, taskPollRemind, now)
	if err != nil {
		return 0, err
	}
	for _, task := range tasks {
		n, err := k.remindPoll(ctx, task)
		if done += n; err != nil {
			return done, err
		}
	}
	return done, nil
}

func (k *Calendar) remindPoll(ctx context.Context, task store.Task) (done int, err error) {
	p, c, err := k.pollAndCommunity(ctx, task.ObjectID)
	if store.KindOf(err) == store.NotFound && err != nil || err == nil && (p.State != store.PollOpen || c.Closed || !k.Now().Before(p.ClosesAt)) {
		_, err = k.DB.TakeTask(ctx, k.Now(), task, time.Time{}, nil)
		return 0, err
	}
	if err != nil {
		return 0, err
	}
	for ctx.Err() == nil {
		page, err := k.DB.PolledWithout(ctx, p.ID, store.PollReminded, tellAtOnce)
		if err != nil {
			return done, err
		}
		if len(page) == 0 {
			break
		}
		for i := range page {
			if page[i].Notice, err = k.pollNotice(c, p, page[i], true); err != nil {
				return done, err
			}
		}
		n, err := k.DB.MarkPolled(ctx, k.Now(), p.ID, store.PollReminded, page)
		if done += n; err != nil {
			return done, err
		}
	}
	notices, err := k.tallyNotices(ctx, c, p, "soon", p.ClosesAt)
	if err == nil {
		_, err = k.DB.TakeTask(ctx, k.Now(), task, time.Time{}, notices)
	}
	return done + len(notices), err
}

func (k *Calendar) pollAndCommunity(ctx context.Context, id int64) (p store.Poll, c store.Community, err error) {
	if p, err = k.DB.Poll(ctx, id); err == nil {
		c, err = k.DB.Community(ctx, p.CommunityID)
	}
	return p, c, err
}
