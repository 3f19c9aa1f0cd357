package calendar

import (
	"context"
	"strings"
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// actionHour is when, on its day, somebody hears of what they took on, where they are.
const actionHour = 9

// withActions adds what is to be done, as the minutes have it. A line that may be a sentence counts where it is clear whose it
// is and when.
func (k *Calendar) withActions(ctx context.Context, r report, all []store.Attendance, record *store.AttendanceReport, text *templates.MeetingReported) error {
	names := newNames(peopleOf(all))
	owners := map[int64]store.Subscription{}
	for _, line := range ReadActions(r.minutes, k.language(r.community, r.by), k.dayOf(r.past)) {
		owner, known, err := k.ownerOf(ctx, r.community, names, line.Owner)
		if err != nil {
			return err
		}
		if !line.Loud && (!known || line.Due.IsZero()) {
			continue
		}
		a := store.Action{CommunityID: r.community.ID, Owner: owner.ID, OwnerText: line.Owner, What: line.What, Source: r.source}
		said := templates.ActionLine{Owner: line.Owner, What: line.What, Due: line.Due}
		if known {
			owners[owner.ID], said.Owner = owner, owner.Called()
		}
		if !line.Due.IsZero() {
			a.Due = line.Due.Format(time.DateOnly)
		}
		said.Problem = map[[2]bool]string{{true, false}: "date", {false, true}: "owner", {false, false}: "both"}[[2]bool{known, a.Due != ""}]
		record.Actions, text.Actions = append(record.Actions, a), append(text.Actions, said)
	}
	record.ActionTask = func(a store.Action) (store.Task, bool) { return k.actionTask(r.community, a, owners[a.Owner]) }
	return nil
}

func peopleOf(all []store.Attendance) []Somebody {
	people := make([]Somebody, len(all))
	for i, a := range all {
		people[i] = Somebody{a.Subscription.ID, a.Subscription.Name, a.Subscription.Address, a.Answer == store.Accepted}
	}
	return people
}

// ownerOf finds who is meant: somebody who was invited, or by address any member.
func (k *Calendar) ownerOf(ctx context.Context, c store.Community, names *nameIndex, text string) (s store.Subscription, known bool, err error) {
	ids, byAddress := names.find(text)
	if len(ids) == 1 {
		s, err = k.DB.Subscription(ctx, ids[0])
		return s, err == nil, err
	}
	address, bad := mail.ParseAddress(text)
	if !byAddress || bad != nil {
		return s, false, nil
	}
	canonical, bad := mail.Canonical(address.String())
	if bad != nil {
		return s, false, nil
	}
	s, err = k.DB.SubscriptionByAddress(ctx, c.ID, canonical)
	if store.KindOf(err) == store.NotFound && err != nil {
		return store.Subscription{}, false, nil
	}
	return s, err == nil && s.State == store.Active, err
}

// actionTask is when the owner of an action hears of it; false is never.
func (k *Calendar) actionTask(c store.Community, a store.Action, owner store.Subscription) (store.Task, bool) {
	day, err := time.Parse(time.DateOnly, a.Due)
	if err != nil || owner.ID == 0 {
		return store.Task{}, false
	}
	at := time.Date(day.Year(), day.Month(), day.Day(), actionHour, 0, 0, 0, k.zone(c, owner, store.Meeting{}))
	return store.Task{Kind: taskAction, CommunityID: c.ID, ObjectID: a.ID, DueAt: at}, true
}

// remindOwners tells people on its day what they took on.
func (k *Calendar) remindOwners(ctx context.Context, now time.Time) (int, error) {
	return k.eachTask(ctx, taskAction, now, func(task store.Task) (bool, error) {
		a, err := k.DB.Action(ctx, task.ObjectID)
		if err != nil {
			return k.orDrop(ctx, now, task, err)
		}
		p, err := k.past(ctx, a.OccurrenceID)
		if err != nil {
			return k.orDrop(ctx, now, task, err)
		}
		owner, err := k.DB.Subscription(ctx, a.Owner)
		if err != nil {
			return k.orDrop(ctx, now, task, err)
		}
		var notices []store.Notice
		if hears := owner.State == store.Active || owner.State == store.Guest; hears && a.State == store.ActionOpen && !p.community.Closed {
			n, err := k.notice(k.actionLetter(p, owner, a, k.actionText(p, owner, a)))
			if err != nil {
				return false, err
			}
			notices = append(notices, n)
		}
		_, err = k.DB.TakeTask(ctx, now, task, time.Time{}, notices)
		return len(notices) > 0, err
	})
}

func (k *Calendar) actionText(p past, owner store.Subscription, a store.Action) templates.ActionDue {
	day, _ := time.Parse(time.DateOnly, a.Due)
	return templates.ActionDue{For: forReader(p.community, owner), Title: p.occurrence.Title, What: a.What, Due: day,
		Answer: k.ticket(p.community, k.pastToken(mail.TicketAction, owner, a.ID))}
}

func (k *Calendar) actionLetter(p past, to store.Subscription, a store.Action, data any) letter {
	return letter{community: p.community, to: to, data: data,
		from: mail.TicketAddress(p.community.Name, p.community.Domain, k.pastToken(mail.TicketAction, to, a.ID))}
}

// What people write about what they took on.
var (
	doneWords  = plainSet("done, it is done, it's done, finished, yes, ok, erledigt, ist erledigt, fertig, gemacht, getan, ja, hecho, esta hecho, listo, terminado, si")
	laterWords = plainSet("later, not yet, spaeter, später, noch nicht, erst, mas tarde, luego, aun no, despues")
)

// readActionAnswer reads "done", or "later" and a day.
func readActionAnswer(text, language string, now time.Time) (done bool, later time.Time, ok bool) {
	line := strings.TrimRight(firstLine(text), " !")
	if head, _, _ := strings.Cut(line, ","); doneWords[plain(line)] || doneWords[plain(head)] {
		return true, later, true
	}
	_, rest, is := cutWord(line, laterWords)
	if !is {
		return false, later, false
	}
	words := strings.Fields(rest)
	for len(words) > 0 && dueWords[plain(words[0])] {
		words = words[1:]
	}
	day := strings.Join(words, " ")
	if later, ok = ReadDay(day, language, now); !ok { // the stop may end the sentence
		later, ok = ReadDay(strings.TrimSuffix(day, "."), language, now)
	}
	return false, later, ok && !later.Before(now.Truncate(24*time.Hour))
}

// answerAction handles a mail about something that somebody took on.
func (k *Calendar) answerAction(ctx context.Context, c store.Community, _ mail.Envelope, m *mail.Message, t mail.Ticket) error {
	p, owner, a, err := k.actionFor(ctx, t)
	if err == nil && p.community.ID != c.ID {
		err = store.Errorf(store.NotFound, "this is not an action of %s", c.Address())
	}
	if err != nil {
		return err
	}
	done, later, ok := readActionAnswer(m.Text().New, k.language(c, owner), k.Now().In(k.zone(c, owner, p.meeting)))
	if !ok {
		text := k.actionText(p, owner, a)
		text.Unclear = true
		return k.help(ctx, p, k.actionLetter(p, owner, a, text), m)
	}
	return k.changeAction(ctx, p, owner, a, done, later, "text <"+m.MessageID+">", m)
}

// changeAction notes that something is done, or when it will be, and answers a mail about it.
func (k *Calendar) changeAction(ctx context.Context, p past, owner store.Subscription, a store.Action, done bool, later time.Time, source string, answers *mail.Message) error {
	var task store.Task
	if a.State, a.Source = store.ActionOpen, source; done {
		a.State = store.ActionDone
	} else {
		a.Due = later.Format(time.DateOnly)
		task, _ = k.actionTask(p.community, a, owner)
	}
	var notices []store.Notice
	if answers != nil {
		text := k.actionText(p, owner, a)
		w := k.actionLetter(p, owner, a, templates.ActionNoted{For: text.For, Title: text.Title, What: text.What, Due: text.Due, Answer: text.Answer, Done: done})
		w.answers = answers
		n, err := k.notice(w)
		if err != nil {
			return err
		}
		notices = append(notices, n)
	}
	err := k.DB.ChangeAction(ctx, k.Now(), a, task, notices)
	if err == nil {
		k.Log.Info("an action was answered", "community", p.community.Address(), "action", a.ID, "state", string(a.State), "due", a.Due, "source", source)
		k.wake()
	}
	return err
}

// actionFor finds the action of a ticket, whose holder still owns it.
func (k *Calendar) actionFor(ctx context.Context, t mail.Ticket) (p past, owner store.Subscription, a store.Action, err error) {
	if a, err = k.DB.Action(ctx, t.Object); err != nil {
		return p, owner, a, err
	}
	p, owner, err = k.pastFor(ctx, mail.Ticket{Person: t.Person, Object: a.OccurrenceID})
	if err == nil && a.Owner != t.Person {
		err = store.Errorf(store.NotFound, "this action is somebody else's")
	}
	return p, owner, a, err
}

func (k *Calendar) showAction(ctx context.Context, t mail.Ticket) (Page, error) {
	_, _, _, page, err := k.actionPage(ctx, t)
	return page, err
}

func (k *Calendar) actionPage(ctx context.Context, t mail.Ticket) (p past, owner store.Subscription, a store.Action, page Page, err error) {
	if p, owner, a, err = k.actionFor(ctx, t); err != nil {
		return p, owner, a, page, err
	}
	text := k.actionText(p, owner, a)
	page = Page{Community: p.community, Kind: "action", About: templates.Args{Text: a.What, When: text.Due, Name: owner.Called()}}
	if a.State == store.ActionDone {
		page.Problem = "already"
	}
	return p, owner, a, page, nil
}

func (k *Calendar) pressAction(ctx context.Context, t mail.Ticket, _ string) (Page, error) {
	p, owner, a, page, err := k.actionPage(ctx, t)
	if err != nil || page.Problem != "" {
		return page, err
	}
	return page, k.changeAction(ctx, p, owner, a, true, time.Time{}, "page", nil)
}

// FinishAction notes by command that an action is done.
func (k *Calendar) FinishAction(ctx context.Context, c store.Community, id int64) error {
	a, err := k.DB.Action(ctx, id)
	if err == nil && a.CommunityID != c.ID {
		err = store.Errorf(store.NotFound, "%s has no action %d", c.Address(), id)
	}
	if err != nil {
		return err
	}
	p, err := k.past(ctx, a.OccurrenceID)
	if err != nil {
		return err
	}
	return k.changeAction(ctx, p, store.Subscription{}, a, true, time.Time{}, "command", nil)
}
