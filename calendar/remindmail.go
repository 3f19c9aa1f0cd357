package calendar

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// askAhead is how long before a date people are asked what they want from it: they shall have time to say it, and others to
// read it.
const askAhead = 12 * time.Hour

// reminders are the letters that remind people of a date. Who does not come gets none, nor who has answered since the moment
// for which the reminder was meant.
func (k *Calendar) reminders(c store.Community, m store.Meeting, d dueDate, page []store.Invitation, given map[int64][]store.RSVP, seats seating, now time.Time) (all []letter) {
	for _, i := range page {
		if mine := given[i.Subscription.ID]; remindable(m, mine, d, now) {
			answer, _ := answerTo(m, mine, d.key)
			all = append(all, k.reminder(c, m, d, i.Subscription, seats.answer(i.Subscription.ID, d.key, answer.Answer)))
		}
	}
	return all
}

// remindable says whether what somebody has answered lets them be reminded.
func remindable(m store.Meeting, given []store.RSVP, d dueDate, now time.Time) bool {
	answer, answered := answerTo(m, given, d.key)
	lately := answered && !answer.At.Before(d.moment) && !answer.At.After(now)
	return !lately && answer.Answer != store.Declined
}

// reminder reminds one person of a date. A plain reply to it is an answer for that date.
func (k *Calendar) reminder(c store.Community, m store.Meeting, d dueDate, s store.Subscription, said store.RSVPAnswer) letter {
	token := k.dateToken(m, d.key, s)
	data := templates.MeetingReminder{For: forReader(c, s), Title: d.title, Start: d.starts.In(k.zone(c, s, m)), Minutes: int(d.ends.Sub(d.starts) / time.Minute),
		Place: d.place, Said: string(said), AskWish: d.starts.Sub(d.moment) >= askAhead, Wanted: d.wanted, Answer: k.ticket(c, token),
		Off: k.ticket(c, k.Keys.Seal(mail.Ticket{Kind: mail.TicketReminders, Person: s.ID, Object: c.ID}))}
	if !d.last {
		data.About = m.Description
	}
	return letter{community: c, to: s, from: data.Answer.Address, data: data}
}

// noticesOf writes letters, on all processors: texts in HTML take most of the time.
func (k *Calendar) noticesOf(letters []letter) ([]store.Notice, error) {
	for n := range letters { // one after the other: a source of random octets may serve one reader only
		var err error
		if letters[n].id, err = mail.NewMessageID(k.Random, k.Now(), letters[n].community.Domain); err != nil {
			return nil, err
		}
	}
	notices, errs := make([]store.Notice, len(letters)), make([]error, len(letters))
	var next atomic.Int64
	var writers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(letters)) {
		writers.Go(func() {
			for n := next.Add(1) - 1; n < int64(len(letters)); n = next.Add(1) - 1 {
				if notices[n], errs[n] = k.notice(letters[n]); errs[n] == nil {
					notices[n].Pack()
				}
			}
		})
	}
	writers.Wait()
	return notices, errors.Join(errs...)
}

// dateToken is the ticket of one date.
func (k *Calendar) dateToken(m store.Meeting, key string, s store.Subscription) string {
	return k.Keys.Seal(mail.Ticket{Kind: mail.TicketDate, Person: s.ID, Object: dateObject(m.ID, key)})
}

// Of the object of a TicketDate the upper bits are the meeting, and the lower ones when its date would start by its rule, in
// seconds; 0 where it has one date alone. They last until the year 3058, and for 268 million meetings.
const secondBits = 35

func dateObject(meeting int64, key string) int64 {
	seconds := int64(0)
	if id, err := occurrenceID(key, time.UTC); err == nil {
		seconds = id.Wall.Unix()
	}
	return meeting<<secondBits | seconds&(1<<secondBits-1)
}

// dateOfObject is dateObject the other way round.
func dateOfObject(object int64) (meeting int64, key string) {
	if seconds := object & (1<<secondBits - 1); seconds != 0 {
		key = time.Unix(seconds, 0).UTC().Format(keyLayout)
	}
	return object >> secondBits, key
}
