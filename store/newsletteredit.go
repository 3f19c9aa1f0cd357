package store

import (
	"context"
	"time"
)

// ChangeNewsletter keeps what an issue tells now, as another revision, and sends the mails that show it, in one transaction.
// n is the issue as it was read, with its new Content. Conflict where it was changed since, or cannot be changed any more.
func (db *DB) ChangeNewsletter(ctx context.Context, by Actor, n Newsletter, mails func(Newsletter) ([]Notice, error)) (changed Newsletter, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		if changed, err = t.newsletterToDecide(n.ID, n.Revision); err != nil {
			return err
		}
		changed.Content = n.Content
		changed.Revision++
		if _, err := t.exec("UPDATE newsletters SET content = ?, revision = ? WHERE id = ?", text(changed.Content), changed.Revision, n.ID); err != nil {
			return err
		}
		if err := t.journal(by, entry{community: changed.CommunityID, action: "change newsletter", after: changed.PlannedAt.Format(time.RFC3339)}); err != nil {
			return err
		}
		return t.showNewsletter(by.At, changed, mails)
	})
	return changed, err
}

// newsletterToDecide locks an issue that waits for a decision; Conflict where it does not, or has another revision.
func (t *tx) newsletterToDecide(id int64, revision int) (Newsletter, error) {
	n, err := scanNewsletter(t.row("SELECT "+newsletterColumns+" FROM newsletters WHERE id = ?"+t.dialect.forUpdate(), id))
	switch {
	case isNoRows(err):
		return n, Errorf(NotFound, noNewsletter)
	case err != nil:
		return n, err
	case !n.Open():
		return n, Errorf(Conflict, "this issue is %s already", n.State)
	case n.Revision != revision:
		return n, Errorf(Conflict, "this issue was changed meanwhile")
	}
	return n, nil
}

// DecideNewsletter approves, postpones or skips an issue, of which n is what was decided about, with its new State and
// SendAt, and sends mails, in one transaction. Conflict where it was changed since, or is on its way; an issue that is
// in that state already stays as it is, and is returned as who decided it left it, with ok false.
func (db *DB) DecideNewsletter(ctx context.Context, by Actor, n Newsletter, notices []Notice) (decided Newsletter, ok bool, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		ok = false
		if decided, err = t.newsletterToDecide(n.ID, n.Revision); err != nil {
			return err
		}
		if decided.State == n.State && n.State != NewsletterPostponed {
			return nil
		}
		ok = true
		decided.State, decided.SendAt, decided.DecidedBy, decided.DecidedAt = n.State, n.SendAt, by.Who, by.At
		if _, err := t.exec("UPDATE newsletters SET state = ?, send_at = ?, decided_by = ?, decided_at = ? WHERE id = ?",
			decided.State, micros(decided.SendAt), text(decided.DecidedBy), micros(by.At), n.ID); err != nil {
			return err
		}
		if err := t.planNewsletter(decided); err != nil {
			return err
		}
		if err := t.journal(by, entry{community: decided.CommunityID, action: string(decided.State) + " newsletter",
			after: decided.SendAt.Format(time.RFC3339)}); err != nil {
			return err
		}
		return t.sendNotices(by.At, notices)
	})
	return decided, ok, err
}

// newsletterAgain is how long before its time a postponed issue is shown once more.
const newsletterAgain = 48 * time.Hour

// planNewsletter makes the tasks of an issue those that its state asks for.
func (t *tx) planNewsletter(n Newsletter) error {
	if err := t.endNewsletterTasks(n.CommunityID, n.ID); err != nil || n.State == NewsletterSkipped {
		return err
	}
	task := Task{Kind: TaskNewsletter, CommunityID: n.CommunityID, ObjectID: n.ID, DueAt: n.SendAt}
	if err := t.schedule(task); err != nil || n.State != NewsletterPostponed {
		return err
	}
	task.Kind, task.DueAt = TaskNewsletterDraft, n.SendAt.Add(-newsletterAgain)
	return t.schedule(task)
}

// ShowNewsletterAgain makes a postponed issue one that waits for a decision, with what it tells now, and shows it. Conflict
// where another daemon has done so.
func (db *DB) ShowNewsletterAgain(ctx context.Context, by Actor, task Task, n Newsletter, mails func(Newsletter) ([]Notice, error)) error {
	return db.durable.do(ctx, func(t *tx) error {
		if err := t.takeNewsletterTask(task, Task{}); err != nil {
			return err
		}
		now, err := t.newsletterToDecide(n.ID, n.Revision)
		if err != nil || now.State != NewsletterPostponed {
			return orConflict(err, "this issue is %s already", now.State)
		}
		now.State, now.Content, now.Until = NewsletterDrafted, n.Content, n.Until
		now.Revision++
		if _, err := t.exec("UPDATE newsletters SET state = ?, content = ?, until_at = ?, revision = ? WHERE id = ?",
			now.State, text(now.Content), micros(now.Until), now.Revision, n.ID); err != nil {
			return err
		}
		return t.showNewsletter(by.At, now, mails)
	})
}
