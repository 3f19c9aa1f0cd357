package digest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"guildpost/digest/issue"
	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// draftBefore is how long before its time facilitators see an issue.
const draftBefore = 48 * time.Hour

// leastNotice is how long they have at the least, when a draft is late.
const leastNotice = 24 * time.Hour

// longestWindow is how far back an issue looks, however long ago the last one was.
const longestWindow = 366 * 24 * time.Hour

// plannedSchedules remembers for which communities the next issue is planned, so that looking again costs nothing.
type plannedSchedules struct {
	mu   sync.Mutex
	done map[int64]string // schedule and zone, by community
}

// A planning is what the task of the next draft holds.
type planning struct {
	Schedule string    `json:"schedule"` // with its zone
	At       time.Time `json:"at"`       // when the issue is to go out
}

func (n *Newsletters) scheduleText(c store.Community) string {
	return c.Newsletter + " " + n.Gatherer.CommunityZone(c).String()
}

// plan makes the tasks of the next issues those that the communities' schedules ask for.
func (n *Newsletters) plan(ctx context.Context, now time.Time) error {
	all, err := n.DB.Communities(ctx)
	if err != nil {
		return err
	}
	for _, c := range all {
		if err := n.Plan(ctx, c, now); err != nil {
			return err
		}
	}
	return nil
}

// Plan makes the task of a community's next issue the one that its schedule asks for.
func (n *Newsletters) Plan(ctx context.Context, c store.Community, now time.Time) error {
	text := n.scheduleText(c)
	if c.Newsletter == "" || c.Closed {
		text = ""
	}
	n.planned.mu.Lock()
	defer n.planned.mu.Unlock()
	if known, ok := n.planned.done[c.ID]; ok && known == text {
		return nil
	}
	if err := n.replan(ctx, c, text, now); err != nil {
		return err
	}
	if n.planned.done == nil {
		n.planned.done = map[int64]string{}
	}
	n.planned.done[c.ID] = text
	return nil
}

func (n *Newsletters) replan(ctx context.Context, c store.Community, text string, now time.Time) error {
	have, err := n.draftTask(ctx, c)
	if err != nil {
		return err
	}
	if have != nil && text != "" && planningOf(*have).Schedule == text {
		return nil
	}
	if text == "" {
		if have == nil {
			return nil
		}
		return n.DB.NoNewsletter(ctx, *have, store.Task{})
	}
	s, err := ParseSchedule(c.Newsletter)
	if err != nil {
		n.Log.Error("the schedule of a newsletter cannot be read", "community", c.Address(), "schedule", c.Newsletter, "error", err)
		return nil
	}
	if task, ok := n.nextTask(c, s, now.Add(draftBefore)); ok {
		return n.DB.Schedule(ctx, task)
	}
	return nil
}

// draftTask is the task of a community's next issue; nil for none.
func (n *Newsletters) draftTask(ctx context.Context, c store.Community) (*store.Task, error) {
	task, err := n.DB.Task(ctx, store.TaskNewsletterDraft, c.ID, 0)
	if store.KindOf(err) == store.NotFound && err != nil {
		return nil, nil
	}
	return &task, err
}

func planningOf(task store.Task) (p planning) {
	_ = json.Unmarshal([]byte(task.Payload), &p) // what cannot be read is planned anew
	return p
}

// nextTask is the task of the first issue that goes out behind a time.
func (n *Newsletters) nextTask(c store.Community, s Schedule, after time.Time) (store.Task, bool) {
	at, ok := s.Next(after, n.Gatherer.CommunityZone(c))
	if !ok {
		return store.Task{}, false
	}
	payload, err := json.Marshal(planning{n.scheduleText(c), at.UTC()})
	return store.Task{Kind: store.TaskNewsletterDraft, CommunityID: c.ID, DueAt: at.Add(-draftBefore), Payload: string(payload)}, err == nil
}

// draftDue drafts what is to be drafted.
func (n *Newsletters) draftDue(ctx context.Context, now time.Time) (done int, err error) {
	tasks, err := n.DB.TasksDue(ctx, store.TaskNewsletterDraft, now)
	if err != nil {
		return 0, err
	}
	for _, task := range tasks {
		one := n.draft
		if task.ObjectID != 0 {
			one = n.showAgain
		}
		switch err := one(ctx, task, now); {
		case store.KindOf(err) == store.Conflict && err != nil:
			n.Log.Info("a newsletter was drafted by another daemon", "community_id", task.CommunityID, "reason", err)
		case err != nil:
			return done, err
		default:
			done++
		}
	}
	return done, nil
}

// draft composes the issue that a task is for. Where its time has passed, since nothing ran, it is the latest of those that
// were missed, and the facilitators still have two days.
func (n *Newsletters) draft(ctx context.Context, task store.Task, now time.Time) error {
	c, err := n.DB.Community(ctx, task.CommunityID)
	if err != nil {
		return err
	}
	s, err := ParseSchedule(c.Newsletter)
	if err != nil || c.Closed {
		return n.DB.NoNewsletter(ctx, task, store.Task{})
	}
	planned := planningOf(task).At
	if latest, ok := s.last(planned, now.Add(draftBefore), n.Gatherer.CommunityZone(c)); ok {
		planned = latest
	}
	send := planned
	switch {
	case !send.After(now):
		send = now.Add(draftBefore)
	case send.Before(now.Add(leastNotice)):
		send = now.Add(leastNotice)
	}
	next, _ := n.nextTask(c, s, send)
	i, notes, err := n.Compose(ctx, c, now)
	if err != nil {
		return err
	}
	i.PlannedAt, i.SendAt = planned, send
	content, err := issue.Unmarshal(i.Content)
	if err != nil {
		return err
	}
	if content.Empty() {
		n.Log.Info("there is nothing to tell, and so no newsletter", "community", c.Address(), "planned", planned)
		return n.DB.NoNewsletter(ctx, task, next)
	}
	_, err = n.keepDraft(ctx, c, store.NewsletterDraft{Issue: i, Task: task, Next: next}, notes, now)
	return err
}

// Compose makes the issue that a community would have now, with the notes that are in it. Nothing is kept.
func (n *Newsletters) Compose(ctx context.Context, c store.Community, now time.Time) (i store.Newsletter, notes []store.NewsletterNote, err error) {
	i = store.Newsletter{CommunityID: c.ID, Until: now, SendAt: now, PlannedAt: now}
	if i.From, err = n.windowStart(ctx, c, now); err != nil {
		return i, nil, err
	}
	is, notes, err := n.compose(ctx, c, i.From, now)
	if err != nil {
		return i, nil, err
	}
	i.Content, err = is.Marshal()
	return i, notes, err
}

// windowStart is up to when the last issue told what happened, or from when on one told it that was not sent; for the first
// one that is a month ago.
func (n *Newsletters) windowStart(ctx context.Context, c store.Community, now time.Time) (time.Time, error) {
	last, err := n.DB.Newsletters(ctx, c.ID, 1)
	if err != nil {
		return now, err
	}
	from := now.AddDate(0, -1, 0)
	if len(last) > 0 {
		if from = last[0].From; last[0].State == store.NewsletterSent || last[0].State == store.NewsletterSending {
			from = last[0].Until
		}
	}
	return latest(from, now.Add(-longestWindow)), nil
}

// keepDraft keeps a new issue, and shows it to the facilitators.
func (n *Newsletters) keepDraft(ctx context.Context, c store.Community, d store.NewsletterDraft, notes []store.NewsletterNote, now time.Time) (store.Newsletter, error) {
	if len(notes) > 0 {
		d.Notes = notes[len(notes)-1].ID
	}
	team, readers, err := n.teamAndReaders(ctx, c, now)
	if err != nil {
		return d.Issue, err
	}
	i, err := n.DB.DraftNewsletter(ctx, store.Actor{Who: "schedule", Via: "schedule", At: now}, d, func(i store.Newsletter) ([]store.Notice, error) {
		return n.showTo(c, team, i, showing{readers: readers, notes: len(notes)})
	})
	if err != nil {
		return i, err
	}
	n.Log.Info("a newsletter was drafted", "community", c.Address(), "issue", i.ID, "send_at", i.SendAt, "facilitators", len(team))
	n.wake()
	return i, nil
}

func (n *Newsletters) teamAndReaders(ctx context.Context, c store.Community, now time.Time) (team []store.Subscription, readers int, err error) {
	if team, err = n.facilitators(ctx, c); err != nil {
		return nil, 0, err
	}
	readers, err = n.DB.CountNewsletterReaders(ctx, c.ID, now)
	return team, readers, err
}

// showAgain composes a postponed issue anew, unless somebody has edited it, and shows it once more.
func (n *Newsletters) showAgain(ctx context.Context, task store.Task, now time.Time) error {
	i, err := n.DB.Newsletter(ctx, task.ObjectID)
	if err != nil {
		return err
	}
	c, err := n.DB.Community(ctx, i.CommunityID)
	if err != nil {
		return err
	}
	if i.Revision == 0 {
		is, _, err := n.compose(ctx, c, i.From, now)
		if err != nil {
			return err
		}
		if i.Content, err = is.Marshal(); err != nil {
			return err
		}
		i.Until = now
	}
	team, readers, err := n.teamAndReaders(ctx, c, now)
	if err != nil {
		return err
	}
	err = n.DB.ShowNewsletterAgain(ctx, store.Actor{Who: "schedule", Via: "schedule", At: now}, task, i, func(i store.Newsletter) ([]store.Notice, error) {
		return n.showTo(c, team, i, showing{readers: readers})
	})
	n.wake()
	return err
}

// A showing is what facilitators hear of a draft beside it.
type showing struct {
	readers, notes int
	by             string // who changed it
	changes        []issue.Change
	answers        map[int64]*mail.Message // by facilitator: what their mail answers
}

// showTo writes the mails that show an issue to the facilitators.
func (n *Newsletters) showTo(c store.Community, team []store.Subscription, i store.Newsletter, s showing) (notices []store.Notice, err error) {
	r, err := n.rendering(c, i)
	if err != nil {
		return nil, err
	}
	source := n.source(r)
	for _, f := range team {
		page, err := r.plainCopy(n.language(c, f.Language), n.zone(c, f))
		if err != nil {
			return nil, err
		}
		data := templates.NewsletterDraft{For: forReader(c, f.Name), Title: n.title(c, i), SendAt: i.SendAt.In(n.zone(c, f)), Readers: s.readers,
			Hold: c.NewsletterUnanswered == store.UnansweredHold, State: string(i.State), Source: source, By: s.by, Changes: shownChanges(s.changes), Notes: s.notes,
			Approve: n.decision(c, f, i, mail.TicketNewsletter), Later: n.decision(c, f, i, mail.TicketNewsletterLater), Skip: n.decision(c, f, i, mail.TicketNewsletterSkip)}
		notice, err := n.letter(c, letter{to: f, data: data, from: n.decision(c, f, i, mail.TicketNewsletterEdit).Address, answers: s.answers[f.ID],
			attach: []mail.Attachment{{Type: "text/html; charset=utf-8", Name: "newsletter.html", Data: []byte(r.page(page.HTML))}}})
		if err != nil {
			return nil, err
		}
		notices = append(notices, notice)
	}
	return notices, nil
}

// source is an issue as facilitators edit it.
func (n *Newsletters) source(r *rendering) string {
	w := n.wordsFor(r.community, r.issue, n.issueLanguage(r.community), n.Gatherer.CommunityZone(r.community))
	return strings.TrimSuffix(issue.Write(r.content, fmt.Sprintf("%d.%d", r.issue.ID, r.issue.Revision), w), "\n")
}

// shownChanges are changes without the marks of Markdown.
func shownChanges(all []issue.Change) (shown []templates.NewsChange) {
	for _, ch := range all {
		text := strings.ReplaceAll(strings.TrimPrefix(ch.Text, "- "), "**", "")
		shown = append(shown, templates.NewsChange{What: string(ch.What), Section: ch.Section, Text: text})
	}
	return shown
}

// revisions is how many of an issue tickets can tell apart.
const revisions = 256

// decision is a facilitator's ticket for what an issue is now.
func (n *Newsletters) decision(c store.Community, f store.Subscription, i store.Newsletter, kind mail.TicketKind) templates.Ticket {
	return n.ticket(c, mail.Ticket{Kind: kind, Person: f.ID, Object: i.ID*revisions + int64(i.Revision%revisions), Expires: i.SendAt.Add(ticketLife)})
}

// ticketLife is how long behind the time of an issue its tickets are answered with what became of it.
const ticketLife = 60 * 24 * time.Hour
