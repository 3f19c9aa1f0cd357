package list

import (
	"context"
	"time"

	"guildpost/mail"
	"guildpost/mail/bounce"
	"guildpost/store"
	"guildpost/templates"
)

// dueUnreachable tells the facilitators of each community whom no mail reached for a month, all in one mail.
func (l *List) dueUnreachable(ctx context.Context, until time.Time) (done int, err error) {
	tasks, err := l.DB.TasksDue(ctx, taskUnreachable, until)
	if err != nil {
		return 0, err
	}
	byCommunity := map[int64][]store.Task{}
	for _, task := range tasks {
		byCommunity[task.CommunityID] = append(byCommunity[task.CommunityID], task)
	}
	for _, tasks := range byCommunity {
		if err := l.reportUnreachable(ctx, until, tasks); err != nil {
			return done, err
		}
		done += len(tasks)
	}
	return done, nil
}

func (l *List) reportUnreachable(ctx context.Context, now time.Time, tasks []store.Task) error {
	var c store.Community
	var members []templates.Unreachable
	for _, task := range tasks {
		var kept suspension
		s, of, err := l.suspendedBy(ctx, task, &kept)
		if err != nil {
			return err
		}
		if s.State == store.Suspended {
			c = of
			members = append(members, templates.Unreachable{Name: s.Name, Address: s.Address, Since: kept.Since, Diagnostic: kept.Said})
		}
	}
	var letters []letter
	if len(members) > 0 {
		team, err := l.facilitators(ctx, c)
		if err != nil {
			return err
		}
		for _, f := range team {
			if f.State == store.Active {
				letters = append(letters, to(c, f, templates.SuspendedReport{For: forReader(c, f.Name), Members: members}))
			}
		}
	}
	notices, err := l.notices(letters...)
	if err != nil {
		return err
	}
	_, err = l.DB.TakeTasks(ctx, now, tasks, nil, notices)
	return err
}

// complaints are the types of report (RFC 5965 7.3, RFC 6650) that say that somebody does not want our mail. Others praise
// it, or are about its signature.
var complaints = map[string]bool{"abuse": true, "fraud": true, "opt-out": true, "opt-out-list": true, "complaint": true, "other": true, "miscategorized": true}

// complained suspends at once who reported our mail as spam, and tells the postmaster. The member gets nothing more: that
// would be reported next.
func (l *List) complained(ctx context.Context, c store.Community, m *mail.Message, report bounce.Report, s store.Subscription) error {
	if len(report.Results) > 0 && !complaints[report.Results[0].Reason] {
		l.passOver(c, m, report.Kind)
		return nil
	}
	told := templates.AbuseReport{For: forReader(c, ""), Address: s.Address, Subject: mail.DecodeWords(report.OriginalHeader.Get("Subject")), Received: l.Now()}
	if len(m.From) > 0 {
		told.Reporter = m.From[0].String()
	}
	by := store.Actor{Who: actorItself, Via: viaComplaint, At: l.Now()}
	changed, err := l.DB.Suspend(ctx, by, s.ID, []string{taskSuspended, taskUnreachable}, nil, func() ([]store.Notice, error) {
		if l.Postmaster == "" {
			return nil, nil
		}
		return l.notices(letter{to: l.Postmaster, language: l.Language, data: told})
	})
	if changed {
		l.Log.Warn("a subscription is suspended, since our mail to it was reported as spam", "community", c.Address(), "subscription", s.ID)
		l.wake()
	}
	return err
}
