package calendar

import (
	"cmp"
	"context"
	"slices"
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// proposalsEvery is how often who decides hears of new proposals for a meeting.
const proposalsEvery = 24 * time.Hour

// A ProposedTime is a time that is proposed for a meeting, by however many people.
type ProposedTime struct {
	store.Proposal                  // the first one
	By             []store.Proposal // all of them
}

// ProposedTimes gathers the open proposals for a meeting: equal ones count together, and those of most people come first.
func ProposedTimes(all []store.Proposal) (times []ProposedTime) {
	for _, p := range all {
		if p.State != store.ProposalOpen {
			continue
		}
		if i := slices.IndexFunc(times, func(t ProposedTime) bool { return t.Same(p) }); i >= 0 {
			times[i].By = append(times[i].By, p)
			continue
		}
		times = append(times, ProposedTime{p, []store.Proposal{p}})
	}
	slices.SortStableFunc(times, func(a, b ProposedTime) int {
		return cmp.Or(cmp.Compare(len(b.By), len(a.By)), a.Starts.Compare(b.Starts), cmp.Compare(a.ID, b.ID))
	})
	return times
}

// tellProposals tells who decides of what is proposed for meetings, where that is due.
func (k *Calendar) tellProposals(ctx context.Context, now time.Time) (done int, err error) {
	tasks, err := k.DB.TasksDue(ctx, taskProposals, now)
	if err != nil {
		return 0, err
	}
	for _, task := range tasks {
		n, err := k.tellProposalsOf(ctx, now, task)
		if done += n; err != nil {
			return done, err
		}
	}
	return done, nil
}

// tellProposalsOf tells of one meeting. The task stays for a day after a mail, so that the next one waits; then it goes.
func (k *Calendar) tellProposalsOf(ctx context.Context, now time.Time, task store.Task) (int, error) {
	m, err := k.DB.Meeting(ctx, task.ObjectID)
	if err != nil {
		return 0, err
	}
	c, err := k.DB.Community(ctx, m.CommunityID)
	if err != nil {
		return 0, err
	}
	all, err := k.DB.Proposals(ctx, m.ID)
	if err != nil {
		return 0, err
	}
	isNew := slices.ContainsFunc(all, func(p store.Proposal) bool { return p.State == store.ProposalOpen && !p.Told })
	if !isNew || m.State == store.MeetingCancelled || over(m, now) {
		_, err := k.DB.TellProposals(ctx, now, task, time.Time{}, 0, nil)
		return 0, err
	}
	letters, err := k.proposalLetters(ctx, c, m, all)
	if err != nil {
		return 0, err
	}
	if len(letters) == 0 { // there is nobody who decides: whoever comes to it hears then
		_, err := k.DB.TellProposals(ctx, now, task, now.Add(proposalsEvery), 0, nil)
		return 0, err
	}
	notices, err := k.notices(nil, letters...)
	if err != nil {
		return 0, err
	}
	taken, err := k.DB.TellProposals(ctx, now, task, now.Add(proposalsEvery), all[len(all)-1].ID, notices)
	if err != nil || !taken {
		return 0, err
	}
	k.Log.Info("proposals of another time were passed on", "community", c.Address(), "meeting", m.ID, "mails", len(notices))
	k.wake()
	return len(notices), nil
}

// proposalLetters are what each who decides hears of all that is proposed.
func (k *Calendar) proposalLetters(ctx context.Context, c store.Community, m store.Meeting, all []store.Proposal) (letters []letter, err error) {
	deciders, err := k.deciders(ctx, c, m)
	if err != nil || len(deciders) == 0 {
		return nil, err
	}
	zones, err := k.zonesOf(ctx, c, m)
	if err != nil {
		return nil, err
	}
	for _, s := range deciders {
		data := templates.MeetingProposals{For: forReader(c, s), Title: m.Title, Start: k.first(c, s, m),
			Decline: k.ticketFor(c, mail.Ticket{Kind: mail.TicketProposalDecline, Person: s.ID, Object: all[len(all)-1].ID})}
		times := ProposedTimes(all)
		data.More = max(0, len(times)-shownTimes)
		for _, t := range times[:len(times)-data.More] {
			data.Times = append(data.Times, k.proposedTime(c, s, m, t, zones))
		}
		letters = append(letters, letter{community: c, to: s, from: data.Decline.Address, data: data})
	}
	return letters, nil
}

// What a mail about proposals shows; more would not be read.
const (
	shownTimes    = 8
	shownComments = 5
	shownNames    = 12
)

func (k *Calendar) proposedTime(c store.Community, s store.Subscription, m store.Meeting, t ProposedTime, zones []zoneCount) templates.ProposedTime {
	p := templates.ProposedTime{When: t.Starts.In(k.zone(c, s, m)), Minutes: int(t.Length / time.Minute), Place: t.Place, People: len(t.By),
		Accept: k.ticketFor(c, mail.Ticket{Kind: mail.TicketProposalAccept, Person: s.ID, Object: t.ID})}
	if date, err := time.Parse(keyLayout, t.Occurrence); err == nil {
		p.Date = date.In(k.zone(c, s, m))
	}
	for _, one := range t.By {
		if name := cmp.Or(one.Subscription.Name, one.Subscription.Address); len(p.By) < shownNames {
			p.By = append(p.By, name)
		}
		if one.Comment != "" && len(p.Comments) < shownComments {
			p.Comments = append(p.Comments, one.Comment)
		}
	}
	p.Others = len(t.By) - len(p.By)
	p.Zones = atZones(t.Starts, t.Length, zones)
	return p
}
