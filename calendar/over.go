package calendar

import (
	"context"
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// listedNames is how many names a mail lists, and how many a page has to tick.
const listedNames = 50

// A past is a date of a meeting that has begun, and all about it.
type past struct {
	community  store.Community
	meeting    store.Meeting
	occurrence store.Occurrence
}

// past finds an occurrence; NotFound where it is gone, or another community's.
func (k *Calendar) past(ctx context.Context, id int64) (p past, err error) {
	if p.occurrence, err = k.DB.Occurrence(ctx, id); err != nil {
		return p, err
	}
	if p.meeting, err = k.DB.Meeting(ctx, p.occurrence.MeetingID); err != nil {
		return p, err
	}
	p.community, err = k.DB.Community(ctx, p.occurrence.CommunityID)
	return p, err
}

// askHosts asks whoever hosted a date that is over who came, and whoever takes its minutes for them.
func (k *Calendar) askHosts(ctx context.Context, now time.Time) (int, error) {
	return k.eachTask(ctx, taskOver, now, func(task store.Task) (bool, error) {
		p, err := k.past(ctx, task.ObjectID)
		if err != nil {
			return k.orDrop(ctx, now, task, err)
		}
		var notices []store.Notice
		if !p.community.Closed && p.occurrence.CancelledAt.IsZero() && p.meeting.State == store.MeetingConfirmed {
			if notices, err = k.overNotices(ctx, p); err != nil {
				return false, err
			}
		}
		_, err = k.DB.TakeTask(ctx, now, task, time.Time{}, notices)
		if err == nil {
			k.Log.Info("who came to a meeting was asked", "community", p.community.Address(), "meeting", p.meeting.ID, "occurrence", p.occurrence.ID,
				"mails", len(notices))
		}
		return len(notices) > 0, err
	})
}

func (k *Calendar) overNotices(ctx context.Context, p past) (notices []store.Notice, err error) {
	hosts, err := k.hosts(ctx, p.community, p.meeting, p.occurrence)
	if err != nil {
		return nil, err
	}
	all, err := k.DB.Attendances(ctx, p.occurrence.ID)
	if err != nil || len(all) == 0 {
		return nil, err // nobody was invited
	}
	fair, err := k.unfairness(ctx, p)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, host := range hosts {
		names = append(names, host.Called())
		text := k.overText(p, host, all)
		k.addFairness(&text, fair, k.zone(p.community, host, p.meeting))
		n, err := k.notice(k.overLetter(p, host, text))
		if err != nil {
			return nil, err
		}
		notices = append(notices, n)
	}
	notetaker, ok, err := k.present(ctx, HostOf(p.meeting, p.occurrence.Key).Notetaker)
	if err != nil || !ok || len(hosts) == 1 && hosts[0].ID == notetaker.ID {
		return notices, err
	}
	text := k.overText(p, notetaker, all)
	if text.Notes = true; len(names) == 1 {
		text.Hosts = names[0]
	}
	n, err := k.notice(k.overLetter(p, notetaker, text))
	return append(notices, n), err
}

// unfairness is how the hours of a community's meetings are spread, where that is bad, and this date is the first of the quarter
// of which that is so; else it is zero. Hosts hear of it once a quarter.
func (k *Calendar) unfairness(ctx context.Context, p past) (Fairness, error) {
	f, err := k.Fairness(ctx, p.community, k.Now())
	if err != nil || !f.Bad() {
		return Fairness{}, err
	}
	day := k.dayOf(p)
	quarter := time.Date(day.Year(), (day.Month()-1)/3*3+1, 1, 0, 0, 0, 0, day.Location())
	for _, start := range f.starts {
		if !start.Before(quarter) && start.Before(p.occurrence.Starts) && f.asOf(start).Bad() {
			return Fairness{}, nil
		}
	}
	return f, nil
}

func (k *Calendar) addFairness(text *templates.MeetingOver, f Fairness, zone *time.Location) {
	for _, g := range f.Groups {
		text.Fairness = append(text.Fairness, templates.FairnessLine{Zone: g.Zone, Members: g.Members, Night: int(g.Odd*100 + 0.5)})
	}
	if !f.Better.IsZero() {
		text.Better = f.Better.In(zone)
	}
}

// overLetter comes from the ticket at which its answer arrives.
func (k *Calendar) overLetter(p past, to store.Subscription, data any) letter {
	return letter{community: p.community, to: to, data: data,
		from: mail.TicketAddress(p.community.Name, p.community.Domain, k.pastToken(mail.TicketAttendance, to, p.occurrence.ID))}
}

func (k *Calendar) pastToken(kind mail.TicketKind, to store.Subscription, object int64) string {
	return k.Keys.Seal(mail.Ticket{Kind: kind, Person: to.ID, Object: object})
}

func (k *Calendar) overText(p past, to store.Subscription, all []store.Attendance) templates.MeetingOver {
	language := k.language(p.community, to)
	text := templates.MeetingOver{For: forReader(p.community, to), Title: p.occurrence.Title, Start: p.occurrence.Starts.In(k.zone(p.community, to, p.meeting)),
		Word: templates.Say(language, "minutes.attended", templates.Args{}), Example: to.Called(),
		Answer: k.ticket(p.community, k.pastToken(mail.TicketAttendance, to, p.occurrence.ID))}
	for _, a := range all {
		switch {
		case a.Answer == store.Accepted && len(text.Yes) == listedNames:
			text.YesMore++
		case a.Answer == store.Accepted:
			text.Yes = append(text.Yes, a.Subscription.Called())
		case a.Answer == store.Tentative && len(text.Maybe) < listedNames:
			text.Maybe = append(text.Maybe, a.Subscription.Called())
		case a.Invited:
			text.Silent++
		}
	}
	for _, a := range all { // somebody else makes a better example than the reader
		if a.Subscription.ID != to.ID && a.Subscription.Name != "" && a.Answer == store.Accepted {
			text.Example = a.Subscription.Called()
			break
		}
	}
	return text
}

// dayOf is the day on which a date of a meeting was, for the community.
func (k *Calendar) dayOf(p past) time.Time {
	return p.occurrence.Starts.In(k.zone(p.community, store.Subscription{}, p.meeting))
}
