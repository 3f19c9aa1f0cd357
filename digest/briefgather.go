package digest

import (
	"context"
	"slices"
	"strings"
	"time"

	"guildpost/calendar"
	"guildpost/digest/measure"
	"guildpost/mail/list"
	"guildpost/store"
	"guildpost/templates"
)

// A brief is what is told of a community in a week, before it is put into words for one of its facilitators.
type brief struct {
	*Briefs
	community store.Community
	now       time.Time
	gathered  bool

	measured  *Report
	posts     []store.Hold
	joins     []store.Request
	issue     *store.Newsletter
	report    *store.SponsorReport
	proposals []proposedTime
	untold    []store.Occurrence
	actions   []overdueAction
	owed      []owedAnswer
	said      map[measure.PersonID][]templates.Answer // what new members said in their application
	next      store.Meeting                           // that a host is looked for; ID 0 where there is none
	nextDate  calendar.Date
}

// A proposedTime is one of the times that are proposed for a meeting.
type proposedTime struct {
	meeting store.Meeting
	time    calendar.ProposedTime
	last    int64 // the last proposal for this meeting
}

// An overdueAction is what somebody took on and has not done in time.
type overdueAction struct {
	store.Action
	meeting string
	owner   store.Subscription // ID 0 where it is not known who that is
}

// An owedAnswer is a thread that waits for its first answer.
type owedAnswer struct {
	post     store.Post
	newcomer bool
}

// briefSources are what a brief is gathered from, in this order.
var briefSources = []func(*brief, context.Context) error{
	(*brief).measure, (*brief).readHeld, (*brief).readDrafts, (*brief).readMeetings, (*brief).readUntold, (*brief).readActions,
	(*brief).readOwed, (*brief).readApplications,
}

// gather reads all that is the same for all facilitators, once.
func (b *brief) gather(ctx context.Context) error {
	if b.gathered {
		return nil
	}
	for _, read := range briefSources {
		if err := read(b, ctx); err != nil {
			return err
		}
	}
	b.gathered = true
	return nil
}

// briefWindow is the month that is measured: it ends with the hour, so that a report that is kept serves all facilitators whose
// clocks show the same, and who looks again.
func briefWindow(now time.Time, zone *time.Location) measure.Window {
	to := now.Truncate(time.Hour).In(zone)
	return measure.Window{From: to.AddDate(0, -1, 0), To: to, Zone: zone}
}

func (b *brief) measure(ctx context.Context) (err error) {
	b.measured, err = b.news.Gatherer.Report(ctx, b.community, briefWindow(b.now, b.news.Gatherer.CommunityZone(b.community)))
	return err
}

func (b *brief) readHeld(ctx context.Context) (err error) {
	if b.posts, err = b.news.DB.Holds(ctx, b.community.ID, store.Held); err != nil {
		return err
	}
	b.joins, err = b.news.DB.UndecidedRequests(ctx, b.community.ID, 1000)
	return err
}

// readDrafts finds the newsletter that nobody has decided about, and the report that has not gone out.
func (b *brief) readDrafts(ctx context.Context) error {
	issues, err := b.news.DB.Newsletters(ctx, b.community.ID, 20)
	if err != nil {
		return err
	}
	for _, i := range issues {
		if i.State == store.NewsletterDrafted || i.State == store.NewsletterPostponed {
			b.issue = &i
			break
		}
	}
	reports := NewReports(b.news)
	report, err := reports.state(ctx, b.community, lastReported(b.now, b.news.Gatherer.CommunityZone(b.community)))
	if err == nil && report.Open() {
		b.report = &report
	}
	return err
}

// readMeetings finds the open proposals for meetings that come, and the next date where nobody is to host it.
func (b *brief) readMeetings(ctx context.Context) error {
	meetings, err := b.news.DB.Meetings(ctx, b.community.ID, b.now)
	if err != nil {
		return err
	}
	for _, m := range meetings {
		next, ok := calendar.NextDate(m, b.now)
		if !ok || m.State != store.MeetingConfirmed {
			continue
		}
		if b.next.ID == 0 || next.Start.Before(b.nextDate.Start) {
			b.next, b.nextDate = m, next
		}
		all, err := b.news.DB.Proposals(ctx, m.ID)
		if err != nil {
			return err
		}
		for _, t := range calendar.ProposedTimes(all) {
			if t.Starts.After(b.now) {
				b.proposals = append(b.proposals, proposedTime{m, t, all[len(all)-1].ID})
			}
		}
	}
	if b.next.ID != 0 && calendar.HostOf(b.next, b.nextDate.Key).Host != 0 {
		b.next = store.Meeting{}
	}
	return nil
}

// untoldDays is for how long it is asked who came to a meeting.
const untoldDays = 30

func (b *brief) readUntold(ctx context.Context) error {
	all, err := b.news.DB.OccurrencesBetween(ctx, b.community.ID, b.now.AddDate(0, 0, -untoldDays), b.now)
	for _, o := range all {
		if o.ToldAt.IsZero() && o.CancelledAt.IsZero() && !o.Ends.After(b.now) {
			b.untold = append(b.untold, o)
		}
	}
	return err
}

// readActions finds what was to be done before today.
func (b *brief) readActions(ctx context.Context) error {
	today := b.now.In(b.news.Gatherer.CommunityZone(b.community)).Format(time.DateOnly)
	const page = 500
	for after := int64(0); ; {
		all, err := b.news.DB.Actions(ctx, b.community.ID, true, after, page)
		if err != nil {
			return err
		}
		for _, a := range all {
			if after = a.ID; a.Due != "" && a.Due < today {
				b.actions = append(b.actions, overdueAction{Action: a})
			}
		}
		if len(all) < page {
			break
		}
	}
	slices.SortStableFunc(b.actions, func(x, y overdueAction) int { return strings.Compare(x.Due, y.Due) })
	return b.nameActions(ctx)
}

// nameActions finds whose the actions are that are told.
func (b *brief) nameActions(ctx context.Context) (err error) {
	for i := range b.actions[:min(len(b.actions), briefMost)] {
		a := &b.actions[i]
		o, err := b.news.DB.Occurrence(ctx, a.OccurrenceID)
		if err != nil {
			return err
		}
		if a.meeting = o.Title; a.Owner == 0 {
			continue
		}
		if a.owner, err = b.news.DB.Subscription(ctx, a.Owner); err != nil {
			return err
		}
	}
	return nil
}

// readOwed reads the posts that wait for an answer, in the order in which the measures name them.
func (b *brief) readOwed(ctx context.Context) error {
	waiting := b.measured.Week.Waiting
	ids := make([]int64, 0, briefMost)
	for _, w := range waiting[:min(len(waiting), briefMost)] {
		ids = append(ids, w.Root)
	}
	if len(ids) == 0 {
		return nil
	}
	posts, err := b.news.DB.PostsByID(ctx, ids)
	if err != nil {
		return err
	}
	for _, w := range waiting[:len(ids)] {
		if at := slices.IndexFunc(posts, func(p store.Post) bool { return p.ID == w.Root }); at >= 0 && !posts[at].Erased {
			b.owed = append(b.owed, owedAnswer{posts[at], w.Newcomer})
		}
	}
	return nil
}

// readApplications reads what the new members who are named said of themselves.
func (b *brief) readApplications(ctx context.Context) error {
	b.said = map[measure.PersonID][]templates.Answer{}
	fresh := b.measured.Week.New
	for _, n := range fresh[:min(len(fresh), briefMost)] {
		r, err := b.news.DB.Application(ctx, b.community.ID, b.measured.People[n.Person].Address)
		if err != nil && store.KindOf(err) != store.NotFound {
			return err
		}
		b.said[n.Person] = list.Answers(r)
	}
	return nil
}
