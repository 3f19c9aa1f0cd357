package store

import (
	"context"
	"strconv"
	"time"
)

// A SponsorReport is what became of the report on a month. The facilitators see it first; it goes out once.
//
//	drafted ──▶ sent
//	   │          ▲
//	   └──▶ held ─┘   or passed, when the next one is drafted first
type SponsorReport struct {
	CommunityID int64
	Month       int // 202610
	State       ReportState
	SendAt      time.Time // when it goes out if nobody holds it back
	SentAt      time.Time
	Readers     int // sponsors who have it
}

// A ReportState is where a report stands.
type ReportState string

// The states of a report.
const (
	ReportDrafted ReportState = "drafted"
	ReportHeld    ReportState = "held"
	ReportSent    ReportState = "sent"
	ReportPassed  ReportState = "passed"
)

// Open says whether the report can still be held back or sent.
func (r SponsorReport) Open() bool { return r.State == ReportDrafted || r.State == ReportHeld }

// The kinds of tasks of reports: the next one is to be drafted (object 0), or one is to be sent (its month).
const (
	TaskReportDraft = "report-draft"
	TaskReport      = "report"
)

// Report returns what became of the report on a month; NotFound where there was none.
func (db *DB) Report(ctx context.Context, communityID int64, month int) (r SponsorReport, err error) {
	var send, sent int64
	err = db.queryRow(ctx, "there is no report on this month", func(row rowScanner) error {
		return row.Scan(&r.CommunityID, &r.Month, &r.State, &send, &sent, &r.Readers)
	}, "SELECT community_id, month, state, send_at, sent_at, readers FROM reports WHERE community_id = ? AND month = ?", communityID, month)
	r.SendAt, r.SentAt = fromMicros(send), fromMicros(sent)
	return r, err
}

// DraftReport keeps a new report, plans its sending and sends the mails that show it, in one transaction; next takes the place
// of the task that it was drafted for. Reports of earlier months that have not gone out are passed over: the new one is later.
// Conflict where another daemon was faster, or the report on this month has gone out.
func (db *DB) DraftReport(ctx context.Context, by Actor, r SponsorReport, task, next Task, notices []Notice) error {
	return db.durable.do(ctx, func(t *tx) error {
		if err := t.replaceTask(task, next); err != nil {
			return err
		}
		if err := t.passReports(r); err != nil {
			return err
		}
		n, err := t.exec(`INSERT INTO reports (community_id, month, state, send_at, sent_at, readers) VALUES (?, ?, 'drafted', ?, 0, 0)
			ON CONFLICT (community_id, month) DO NOTHING`, r.CommunityID, r.Month, micros(r.SendAt))
		if err != nil || n == 0 {
			return orConflict(err, "there is a report on this month already")
		}
		if err := t.schedule(Task{Kind: TaskReport, CommunityID: r.CommunityID, ObjectID: int64(r.Month), DueAt: r.SendAt}); err != nil {
			return err
		}
		if err := t.journalReport(by, r, "draft report"); err != nil {
			return err
		}
		return t.sendNotices(by.At, notices)
	})
}

// NoReport is for a task that comes to nothing: next, where it has a kind, takes its place. Conflict where another daemon was
// faster.
func (db *DB) NoReport(ctx context.Context, task, next Task) error {
	return db.durable.do(ctx, func(t *tx) error { return t.replaceTask(task, next) })
}

func (t *tx) replaceTask(task, next Task) error {
	n, err := t.takeTask(task, time.Time{})
	if err != nil || n == 0 {
		return orConflict(err, "another daemon has taken this task")
	}
	if next.Kind == "" {
		return nil
	}
	return t.schedule(next)
}

// passReports ends what waits of earlier months.
func (t *tx) passReports(r SponsorReport) error {
	if _, err := t.exec("UPDATE reports SET state = 'passed' WHERE community_id = ? AND month < ? AND state IN ('drafted', 'held')", r.CommunityID, r.Month); err != nil {
		return err
	}
	_, err := t.exec("DELETE FROM schedule WHERE kind = ? AND community_id = ? AND object_id < ?", TaskReport, r.CommunityID, r.Month)
	return err
}

func (t *tx) endReportTask(r SponsorReport) error {
	_, err := t.exec("DELETE FROM schedule WHERE kind = ? AND community_id = ? AND object_id = ?", TaskReport, r.CommunityID, r.Month)
	return err
}

func (t *tx) journalReport(by Actor, r SponsorReport, action string) error {
	return t.journal(by, entry{community: r.CommunityID, action: action, after: strconv.Itoa(r.Month)})
}

// HoldReport keeps a report from going out by itself. Conflict where it is held, has gone out or was passed over.
func (db *DB) HoldReport(ctx context.Context, by Actor, r SponsorReport) error {
	return db.durable.do(ctx, func(t *tx) error {
		n, err := t.exec("UPDATE reports SET state = 'held' WHERE community_id = ? AND month = ? AND state = 'drafted'", r.CommunityID, r.Month)
		if err != nil || n == 0 {
			return orConflict(err, "this report is not waiting to go out")
		}
		if err := t.endReportTask(r); err != nil {
			return err
		}
		return t.journalReport(by, r, "hold report")
	})
}

// SendReport queues the mails of a report to all its readers, in one transaction. It goes out from the state that r has, or as
// a new one where that is empty; Conflict where it has another state by now, so that each sponsor has one report on a month.
func (db *DB) SendReport(ctx context.Context, by Actor, r SponsorReport, notices []Notice) error {
	return db.durable.do(ctx, func(t *tx) error {
		n, err := t.exec(`INSERT INTO reports (community_id, month, state, send_at, sent_at, readers) VALUES (?, ?, 'sent', ?, ?, ?)
			ON CONFLICT (community_id, month) DO UPDATE SET state = 'sent', sent_at = excluded.sent_at, readers = excluded.readers
			WHERE reports.state = ?`, r.CommunityID, r.Month, micros(by.At), micros(by.At), len(notices), string(r.State))
		if err != nil || n == 0 {
			return orConflict(err, "the report on this month has gone out, or was held back meanwhile")
		}
		if err := t.endReportTask(r); err != nil {
			return err
		}
		if err := t.journalReport(by, r, "send report"); err != nil {
			return err
		}
		return t.sendNotices(by.At, notices)
	})
}
