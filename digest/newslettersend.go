package digest

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"guildpost/digest/issue"
	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// Due does what is due about newsletters, by a clock that shows that time, and returns how much that was. What fails does not
// keep the rest from being done.
func (n *Newsletters) Due(ctx context.Context, now time.Time) (done int, err error) {
	planErr := n.plan(ctx, now)
	drafted, draftErr := n.draftDue(ctx, now)
	sent, sendErr := n.sendDue(ctx, now)
	if drafted+sent > 0 {
		n.wake()
	}
	return drafted + sent, errors.Join(planErr, draftErr, sendErr)
}

// sendDue sends the issues whose time has come, and goes on with those that were interrupted.
func (n *Newsletters) sendDue(ctx context.Context, now time.Time) (done int, err error) {
	tasks, err := n.DB.TasksDue(ctx, store.TaskNewsletter, now)
	if err != nil {
		return 0, err
	}
	for _, task := range tasks {
		one, err := n.sendTask(ctx, task, now)
		if done += one; err != nil {
			return done, err
		}
	}
	return done, nil
}

func (n *Newsletters) sendTask(ctx context.Context, task store.Task, now time.Time) (sent int, err error) {
	i, err := n.DB.Newsletter(ctx, task.ObjectID)
	if err != nil {
		return 0, err
	}
	c, err := n.DB.Community(ctx, i.CommunityID)
	if err != nil {
		return 0, err
	}
	if i.State == store.NewsletterDrafted && c.NewsletterUnanswered == store.UnansweredHold {
		return n.tellUnsent(ctx, c, i, task, now)
	}
	return n.Send(ctx, store.Actor{Who: "schedule", Via: "schedule", At: now}, c, i)
}

// tellUnsent tells the facilitators that an issue waits for their approval. Its task ends: approving makes another.
func (n *Newsletters) tellUnsent(ctx context.Context, c store.Community, i store.Newsletter, task store.Task, now time.Time) (told int, err error) {
	team, err := n.facilitators(ctx, c)
	if err != nil {
		return 0, err
	}
	var notices []store.Notice
	for _, f := range team {
		notice, err := n.letter(c, letter{to: f, data: templates.NewsletterUnsent{For: forReader(c, f.Name), Title: n.title(c, i),
			Approve: n.decision(c, f, i, mail.TicketNewsletter), Later: n.decision(c, f, i, mail.TicketNewsletterLater),
			Skip: n.decision(c, f, i, mail.TicketNewsletterSkip)}})
		if err != nil {
			return 0, err
		}
		notices = append(notices, notice)
	}
	taken, err := n.DB.TakeTask(ctx, now, task, time.Time{}, notices)
	if err != nil || !taken {
		return 0, err
	}
	n.Log.Warn("a newsletter was not sent, since nobody approved it", "community", c.Address(), "issue", i.ID)
	return len(notices), nil
}

// sendAtOnce is how many readers' copies are queued in one transaction.
const sendAtOnce = 200

// Send sends an issue to everybody who has no copy yet, and files it into the archive; it returns how many copies it queued.
// An issue that was changed or decided on meanwhile is left to the next time.
func (n *Newsletters) Send(ctx context.Context, by store.Actor, c store.Community, i store.Newsletter) (sent int, err error) {
	if i.State != store.NewsletterSending {
		if i, err = n.DB.StartNewsletter(ctx, by, i); err != nil {
			return 0, n.elsewhere(c, i, err)
		}
	}
	r, err := n.rendering(c, i)
	if err != nil {
		return 0, err
	}
	for ctx.Err() == nil {
		page, err := n.DB.NewsletterReaders(ctx, c.ID, i.SentTo, by.At, sendAtOnce)
		if err != nil {
			return sent, err
		}
		if len(page) == 0 {
			return sent, n.finish(ctx, by.At, c, i, r, sent)
		}
		notices, err := r.copies(ctx, i.SentTo, page)
		if err != nil {
			return sent, err
		}
		if i, err = n.DB.SendNewsletter(ctx, by.At, i, page[len(page)-1].ID, notices); err != nil {
			return sent, n.elsewhere(c, i, err)
		}
		sent += len(notices)
		n.wake()
	}
	return sent, ctx.Err()
}

// elsewhere forgives that another daemon does the same.
func (n *Newsletters) elsewhere(c store.Community, i store.Newsletter, err error) error {
	if store.KindOf(err) == store.Conflict && err != nil {
		n.Log.Info("a newsletter is sent elsewhere, or was changed", "community", c.Address(), "issue", i.ID, "reason", err)
		return nil
	}
	return err
}

// copies makes those of some readers, who come behind a subscription, on all processors.
func (r *rendering) copies(ctx context.Context, after int64, readers []store.Subscription) ([]store.Notice, error) {
	meetings, err := r.readerMeetings(ctx, after, readers)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(readers))
	for i := range readers { // one after the other: a source of random octets may serve one reader only
		if ids[i], err = mail.NewMessageID(r.Random, r.Now(), r.community.Domain); err != nil {
			return nil, err
		}
	}
	notices, errs := make([]store.Notice, len(readers)), make([]error, len(readers))
	var next atomic.Int64
	var writers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(readers)) {
		writers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(readers)); i = next.Add(1) - 1 {
				notices[i], errs[i] = r.notice(readers[i], meetings[readers[i].ID], ids[i])
			}
		})
	}
	writers.Wait()
	return notices, errors.Join(errs...)
}

// readerMeetings finds each reader's invitations to the meetings that the issue tells of, and their answers.
func (r *rendering) readerMeetings(ctx context.Context, after int64, readers []store.Subscription) (map[int64][]readerMeeting, error) {
	all := map[int64][]readerMeeting{}
	for _, s := range readers {
		all[s.ID] = make([]readerMeeting, len(r.meetings))
	}
	last := readers[len(readers)-1].ID
	for at, m := range r.meetings {
		if err := r.invited(ctx, m.ID, after, last, func(i store.Invitation) {
			if mine := all[i.Subscription.ID]; mine != nil && i.State == store.Invited {
				mine[at].token = i.Token
			}
		}); err != nil {
			return nil, err
		}
		rsvps, err := r.DB.RSVPsBetween(ctx, m.ID, after+1, last)
		if err != nil {
			return nil, err
		}
		for from := 0; from < len(rsvps); {
			to := from
			for to < len(rsvps) && rsvps[to].SubscriptionID == rsvps[from].SubscriptionID {
				to++
			}
			if mine := all[rsvps[from].SubscriptionID]; mine != nil && mine[at].token != "" {
				mine[at].answer = answerTo(rsvps[from:to], m.Occurrence)
			}
			from = to
		}
	}
	return all, nil
}

// invited calls each for the invitations to a meeting of subscriptions behind one, up to another.
func (r *rendering) invited(ctx context.Context, meeting, after, last int64, each func(store.Invitation)) error {
	for {
		page, err := r.DB.Invitations(ctx, meeting, after, sendAtOnce)
		if err != nil {
			return err
		}
		for _, i := range page {
			if after = i.Subscription.ID; after > last {
				return nil
			}
			each(i)
		}
		if len(page) < sendAtOnce {
			return nil
		}
	}
}

// finish files an issue into the archive.
func (n *Newsletters) finish(ctx context.Context, now time.Time, c store.Community, i store.Newsletter, r *rendering, sent int) error {
	a, err := r.arrival(now)
	if err != nil {
		return err
	}
	done, err := n.DB.FinishNewsletter(ctx, now, i, a)
	if err != nil {
		return n.elsewhere(c, i, err)
	}
	n.Log.Info("a newsletter has gone out", "community", c.Address(), "issue", i.ID, "readers", done.Readers, "queued_now", sent, "post", done.PostID)
	return nil
}

// arrival is an issue as a message of the archive: from the list address, in its own thread.
func (r *rendering) arrival(now time.Time) (a store.Arrival, err error) {
	c := r.community
	text, err := r.plainCopy(r.issueLanguage(c), r.Gatherer.CommunityZone(c))
	if err != nil {
		return a, err
	}
	d := mail.Draft{Subject: text.Subject, Date: now, Text: text.Text, Flowed: true, HTML: text.HTML, Pictures: r.pictures, Headers: listHeaders(c)}
	if d.From, err = r.from(c.Address(), c); err != nil {
		return a, err
	}
	d.To = []mail.Address{d.From}
	if d.MessageID, err = mail.NewMessageID(r.Random, now, c.Domain); err != nil {
		return a, err
	}
	raw, err := d.Bytes()
	if err != nil {
		return a, err
	}
	m := mail.Read(raw)
	base, _ := mail.BaseSubject(m.Subject)
	return store.Arrival{CommunityID: c.ID, Raw: raw, MessageID: d.MessageID, BodyHash: m.BodyHash(), From: c.Address(), FromName: c.Title,
		Subject: m.Subject, SubjectBase: base, Date: now, Now: now, Text: store.PostText(m.SearchText())}, nil
}

// SendNow sends the issue that waits, or one of what has happened since the last one, without asking anybody. It returns the
// issue and how many copies it queued. NotFound where there is nothing to tell.
func (n *Newsletters) SendNow(ctx context.Context, by store.Actor, c store.Community) (i store.Newsletter, sent int, err error) {
	i, notes, err := n.Current(ctx, c, by.At)
	if err != nil {
		return i, 0, err
	}
	if i.ID == 0 {
		d := store.NewsletterDraft{Issue: i}
		if len(notes) > 0 {
			d.Notes = notes[len(notes)-1].ID
		}
		if i, err = n.DB.DraftNewsletter(ctx, by, d, nil); err != nil {
			return i, 0, err
		}
	}
	if sent, err = n.Send(ctx, by, c, i); err != nil {
		return i, sent, err
	}
	i, err = n.DB.Newsletter(ctx, i.ID)
	return i, sent, err
}

// Current is the issue that waits for its time or for a decision, or, with ID 0, what one would be now, with the notes that
// are in it. NotFound where there is nothing to tell.
func (n *Newsletters) Current(ctx context.Context, c store.Community, now time.Time) (i store.Newsletter, notes []store.NewsletterNote, err error) {
	all, err := n.DB.Newsletters(ctx, c.ID, 20)
	if err != nil {
		return i, nil, err
	}
	for _, i := range all {
		if i.Open() || i.State == store.NewsletterSending {
			return i, nil, nil
		}
	}
	if i, notes, err = n.Compose(ctx, c, now); err != nil {
		return i, nil, err
	}
	content, err := issue.Unmarshal(i.Content)
	if err == nil && content.Empty() {
		err = store.Errorf(store.NotFound, "there is nothing to tell since %s, and so no newsletter", i.From.Format(time.DateOnly))
	}
	return i, notes, err
}

// Preview is the copy that a reader would get of an issue, as it would be sent, and its HTML as a page that a browser can show.
func (n *Newsletters) Preview(ctx context.Context, c store.Community, i store.Newsletter, s store.Subscription) (raw []byte, page string, err error) {
	r, err := n.rendering(c, i)
	if err != nil {
		return nil, "", err
	}
	notices, err := r.copies(ctx, s.ID-1, []store.Subscription{s})
	if err != nil {
		return nil, "", err
	}
	return notices[0].Raw, r.page(htmlOf(notices[0].Raw)), nil
}

// htmlOf is the HTML of a mail.
func htmlOf(raw []byte) (page string) {
	mail.Read(raw).Root.Walk(func(p *mail.Part) bool {
		if p.Type == "text/html" && page == "" {
			page = string(p.Content(1 << 20))
		}
		return page == ""
	})
	return page
}

// Source is the text of an issue as facilitators edit it.
func (n *Newsletters) Source(c store.Community, i store.Newsletter) (string, error) {
	r, err := n.rendering(c, i)
	if err != nil {
		return "", err
	}
	return n.source(r), nil
}

// Title is what an issue is called in the language that its facilitators write it in.
func (n *Newsletters) Title(c store.Community, i store.Newsletter) string { return n.title(c, i) }

// Coming returns when a community's newsletters go out until a time that are not drafted yet.
func (n *Newsletters) Coming(ctx context.Context, c store.Community, until time.Time) (all []time.Time, err error) {
	s, err := ParseSchedule(c.Newsletter)
	if err != nil || c.Closed {
		return nil, nil // there is no schedule
	}
	task, err := n.draftTask(ctx, c)
	if err != nil || task == nil {
		return nil, err
	}
	return s.dates(planningOf(*task).At, until.Add(time.Microsecond), n.Gatherer.CommunityZone(c)), nil
}
