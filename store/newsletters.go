package store

import (
	"context"
	"time"
)

// A Newsletter is an issue of a community's newsletter. It is drafted by the schedule, read and changed by the facilitators,
// and goes out once, when they approve or when its time comes.
//
//	drafted ──▶ approved ──▶ sending ──▶ sent
//	   │  ▲         │           ▲
//	   ▼  │         ▼           │ unanswered, where the community lets it go out then
//	postponed    skipped ◀── drafted
type Newsletter struct {
	ID          int64
	CommunityID int64
	State       NewsletterState
	PlannedAt   time.Time // when the schedule wanted it; a community has one issue for each
	From, Until time.Time // it tells what happened after From, up to Until
	SendAt      time.Time
	Content     string // JSON; the store does not look into it
	Revision    int    // rises with each edit
	SentTo      int64  // subscriptions up to it have their copy
	Readers     int    // how many have
	PostID      int64  // in the archive, 0 before it is sent
	ThreadID    int64
	DecidedBy   string // a facilitator's address; "" where nobody decided
	DecidedAt   time.Time
	CreatedAt   time.Time
	SentAt      time.Time // when the last copy was queued
}

// NewsletterState is where an issue stands.
type NewsletterState string

// The states of an issue.
const (
	NewsletterDrafted   NewsletterState = "drafted"
	NewsletterApproved  NewsletterState = "approved"
	NewsletterPostponed NewsletterState = "postponed"
	NewsletterSkipped   NewsletterState = "skipped"
	NewsletterSending   NewsletterState = "sending"
	NewsletterSent      NewsletterState = "sent"
)

// Open says whether the issue can still be changed and decided on.
func (n Newsletter) Open() bool {
	return n.State == NewsletterDrafted || n.State == NewsletterApproved || n.State == NewsletterPostponed
}

// NewsletterRules is what a community has chosen for its newsletter.
type NewsletterRules struct {
	Newsletter           string         `json:"newsletter,omitempty"` // when it goes out: "first Tuesday 08:00"; "" is never
	NewsletterUnanswered UnansweredRule `json:"newsletter_unanswered,omitempty"`
	NewsletterLanguage   string         `json:"newsletter_language,omitempty"` // that facilitators write it in; "" is the community's
}

// An UnansweredRule says what becomes of an issue that no facilitator has decided about when its time comes.
type UnansweredRule string

// What becomes of it.
const (
	UnansweredSend UnansweredRule = "" // it goes out
	UnansweredHold UnansweredRule = "hold"
)

// The kinds of tasks of newsletters: an issue is to be drafted (of the schedule, object 0) or shown again (the issue), or
// sent (the issue).
const (
	TaskNewsletterDraft = "newsletter-draft"
	TaskNewsletter      = "newsletter"
)

const newsletterColumns = `id, community_id, state, planned_at, from_at, until_at, send_at, content, revision, sent_to, readers,
	post_id, thread_id, decided_by, decided_at, created_at, sent_at`

func scanNewsletter(row rowScanner) (n Newsletter, err error) {
	var planned, from, until, send, decided, created, sent int64
	err = row.Scan(&n.ID, &n.CommunityID, &n.State, &planned, &from, &until, &send, &n.Content, &n.Revision, &n.SentTo, &n.Readers,
		&n.PostID, &n.ThreadID, &n.DecidedBy, &decided, &created, &sent)
	n.PlannedAt, n.From, n.Until, n.SendAt = fromMicros(planned), fromMicros(from), fromMicros(until), fromMicros(send)
	n.DecidedAt, n.CreatedAt, n.SentAt = fromMicros(decided), fromMicros(created), fromMicros(sent)
	return n, err
}

const noNewsletter = "there is no such issue of a newsletter"

// Newsletter returns the issue with an ID.
func (db *DB) Newsletter(ctx context.Context, id int64) (n Newsletter, err error) {
	err = db.queryRow(ctx, noNewsletter, func(row rowScanner) (err error) {
		n, err = scanNewsletter(row)
		return err
	}, "SELECT "+newsletterColumns+" FROM newsletters WHERE id = ?", id)
	return n, err
}

// Newsletters returns the issues of a community, the newest first, at most limit.
func (db *DB) Newsletters(ctx context.Context, communityID int64, limit int) (all []Newsletter, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		n, err := scanNewsletter(row)
		all = append(all, n)
		return err
	}, "SELECT "+newsletterColumns+" FROM newsletters WHERE community_id = ? ORDER BY id DESC LIMIT ?", communityID, limit)
	return all, err
}

// A NewsletterDraft is an issue that is made, and what is due because of it.
type NewsletterDraft struct {
	Issue Newsletter
	Task  Task  // that it was drafted for; the zero Task where a person asked for it
	Next  Task  // the next one of the schedule, in the place of Task; the zero Task for none
	Notes int64 // the last note that is in it: it and those before are used now
}

// DraftNewsletter keeps a new issue, plans its sending and sends the mails that show it, in one transaction; mails makes
// them from the issue with its ID. Issues of the community that wait longer than their time are skipped by that: the new
// one tells what they would have told. Conflict where another daemon was faster.
func (db *DB) DraftNewsletter(ctx context.Context, by Actor, d NewsletterDraft, mails func(Newsletter) ([]Notice, error)) (n Newsletter, err error) {
	err = db.durable.do(ctx, func(t *tx) (err error) {
		n = d.Issue
		n.State, n.CreatedAt = NewsletterDrafted, by.At
		if err := t.takeNewsletterTask(d.Task, d.Next); err != nil {
			return err
		}
		if err := t.skipOverdue(by, n); err != nil {
			return err
		}
		if err := t.addNewsletter(&n); err != nil {
			return err
		}
		if _, err := t.exec("UPDATE newsletter_notes SET newsletter_id = ? WHERE community_id = ? AND newsletter_id = 0 AND id <= ?",
			n.ID, n.CommunityID, d.Notes); err != nil {
			return err
		}
		if err := t.journal(by, entry{community: n.CommunityID, action: "draft newsletter", after: n.SendAt.Format(time.RFC3339)}); err != nil {
			return err
		}
		return t.showNewsletter(by.At, n, mails)
	})
	return n, err
}

// NoNewsletter is for a task that comes to nothing, since nothing happened: the next one takes its place.
func (db *DB) NoNewsletter(ctx context.Context, task, next Task) error {
	return db.durable.do(ctx, func(t *tx) error { return t.takeNewsletterTask(task, next) })
}

func (t *tx) takeNewsletterTask(task, next Task) error {
	if task.ID != 0 {
		n, err := t.takeTask(task, time.Time{})
		if err != nil || n == 0 {
			return orConflict(err, "another daemon has taken this task")
		}
	}
	if next.Kind == "" {
		return nil
	}
	return t.schedule(next)
}

// skipOverdue ends issues that nobody decided about in time.
func (t *tx) skipOverdue(by Actor, n Newsletter) error {
	var old []int64
	err := t.query(scanIDs(&old), `UPDATE newsletters SET state = 'skipped', decided_by = '', decided_at = ?
		WHERE community_id = ? AND state IN ('drafted', 'postponed') AND send_at <= ? RETURNING id`, micros(by.At), n.CommunityID, micros(by.At))
	for _, id := range old {
		if err == nil {
			err = t.endNewsletterTasks(n.CommunityID, id)
		}
	}
	return err
}

func (t *tx) endNewsletterTasks(communityID, id int64) error {
	_, err := t.exec("DELETE FROM schedule WHERE kind IN (?, ?) AND community_id = ? AND object_id = ?", TaskNewsletter, TaskNewsletterDraft, communityID, id)
	return err
}

func (t *tx) addNewsletter(n *Newsletter) error {
	var have int
	err := t.row("SELECT COUNT(*) FROM newsletters WHERE community_id = ? AND planned_at = ?", n.CommunityID, micros(n.PlannedAt)).Scan(&have)
	if err != nil || have > 0 {
		return orConflict(err, "there is an issue for %s already", n.PlannedAt.Format(time.RFC3339))
	}
	n.ID, err = t.insert(`INSERT INTO newsletters (community_id, state, planned_at, from_at, until_at, send_at, content, revision, sent_to,
		readers, post_id, thread_id, decided_by, decided_at, created_at, sent_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, '', 0, ?, 0)`,
		n.CommunityID, n.State, micros(n.PlannedAt), micros(n.From), micros(n.Until), micros(n.SendAt), text(n.Content), n.Revision, micros(n.CreatedAt))
	if err != nil {
		return err
	}
	return t.schedule(Task{Kind: TaskNewsletter, CommunityID: n.CommunityID, ObjectID: n.ID, DueAt: n.SendAt})
}

// showNewsletter sends the mails that show an issue.
func (t *tx) showNewsletter(now time.Time, n Newsletter, mails func(Newsletter) ([]Notice, error)) error {
	if mails == nil {
		return nil
	}
	notices, err := mails(n)
	if err != nil {
		return err
	}
	return t.sendNotices(now, notices)
}
