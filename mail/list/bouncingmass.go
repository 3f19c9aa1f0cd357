package list

import (
	"context"
	"slices"
	"time"

	"guildpost/store"
	"guildpost/templates"
)

// When failures are nobody's fault but the server's or a network's: a mass failure.
const (
	massCopies    = 10 // a post of fewer copies has no mass failure of its own,
	massPercent   = 20 // nor has one of which no more than this share failed
	massAddresses = 3  // a domain with fewer recipients does not fail as a whole,
	// What failed on so many earlier days is dead, and no part of what fails today: else nobody would ever be suspended
	// where a fifth of the addresses are dead, as in many a list that is moved here from elsewhere.
	massDays = 3
	// Unless nearly everything fails, which is the way out of here that is shut.
	massShut   = 80 // percent
	massWithin = time.Hour
	massWait   = time.Hour // how long a failure waits for others
)

// A mass is what failed together of one message.
type mass struct {
	whole   bool     // all of its failures
	domains []string // else those to these domains
	copies  int
	to      map[string]int // copies to each domain
}

func (m mass) has(f store.Failure) bool { return m.whole || slices.Contains(m.domains, f.Domain()) }

// findMass looks for a mass failure among the failures of a message. Earlier is on how many earlier days addresses failed.
func findMass(all []store.Failure, copies int, to, earlier map[string]int) mass {
	m := mass{copies: copies, to: to, whole: failedWhole(all, copies, earlier)}
	first, last, addresses := map[string]time.Time{}, map[string]time.Time{}, map[string]map[string]bool{}
	fresh := map[string]bool{}
	for _, f := range all {
		d := f.Domain()
		fresh[d] = fresh[d] || earlier[f.Address] < massDays
		if addresses[d] == nil {
			addresses[d], first[d] = map[string]bool{}, f.At
		}
		// A delivery that failed twice failed when it first did.
		if !addresses[d][f.Address] {
			addresses[d][f.Address], last[d] = true, f.At
		}
	}
	for d, failed := range addresses {
		if fresh[d] && len(failed) >= massAddresses && to[d] > 0 && len(failed) >= to[d] && last[d].Sub(first[d]) <= massWithin {
			m.domains = append(m.domains, d)
		}
	}
	slices.Sort(m.domains)
	return m
}

// failedWhole says whether so many copies of a message failed that it is no fault of their addresses.
func failedWhole(all []store.Failure, copies int, earlier map[string]int) bool {
	failed, dead := map[int64]bool{}, map[int64]bool{}
	for _, f := range all {
		failed[f.DeliveryID] = true
		if earlier[f.Address] >= massDays {
			dead[f.DeliveryID] = true
		}
	}
	living, fresh := copies-len(dead), len(failed)-len(dead)
	return copies >= massCopies && 100*len(failed) > massShut*copies || living >= massCopies && 100*fresh > massPercent*living
}

// massDomains are the domains that may have failed as a whole.
func massDomains(all []store.Failure) (domains []string) {
	n := map[string]int{}
	for _, f := range all {
		if n[f.Domain()]++; n[f.Domain()] == massAddresses {
			domains = append(domains, f.Domain())
		}
	}
	return domains
}

// dueSettle decides about the failures that waited: whether each counts, or was part of a mass failure. Failures that
// counted before may turn out to be part of one; whom they suspended comes back.
func (l *List) dueSettle(ctx context.Context, until time.Time) (done int, err error) {
	tasks, err := l.DB.TasksDue(ctx, store.TaskSettle, until)
	if err != nil {
		return 0, err
	}
	for _, task := range tasks {
		if err := l.settle(ctx, until, task); err != nil {
			return done, err
		}
		done++
	}
	return done, nil
}

func (l *List) settle(ctx context.Context, now time.Time, task store.Task) error {
	all, err := l.DB.DispatchFailures(ctx, task.ObjectID)
	if err != nil {
		return err
	}
	copies, to, complete, err := l.DB.DispatchCopies(ctx, task.ObjectID, massDomains(all))
	if err != nil {
		return err
	}
	if !complete { // it is still being sent out
		_, err := l.DB.TakeTask(ctx, now, task, now.Add(massWait), nil)
		return err
	}
	earlier, err := l.DB.FailedEarlier(ctx, task.ObjectID)
	if err != nil {
		return err
	}
	m := findMass(all, copies, to, earlier)
	var count, together []int64
	var judge, free []string
	for _, f := range all {
		switch {
		case f.State == store.InMass: // once is for good
		case m.has(f):
			together = append(together, f.ID)
			if f.State == store.Counted {
				free = append(free, f.Address)
			}
		case f.State == store.Unsettled:
			count, judge = append(count, f.ID), append(judge, f.Address)
		}
	}
	if len(together) > 0 {
		if err := l.reportMass(ctx, task, m, all); err != nil {
			return err
		}
	}
	if done, err := l.DB.SettleFailures(ctx, task, count, together); err != nil || !done {
		return err
	}
	return l.judgeAll(ctx, now, judge, free)
}

func (l *List) judgeAll(ctx context.Context, now time.Time, judge, free []string) error {
	for _, address := range free {
		if err := l.takeBack(ctx, now, address); err != nil {
			return err
		}
	}
	slices.Sort(judge)
	for _, address := range slices.Compact(judge) {
		if err := l.judgeAddress(ctx, now, address, store.Community{}); err != nil {
			return err
		}
	}
	return nil
}

// reportMass tells the postmaster, once a day about a domain or a community: an outage hits every post.
func (l *List) reportMass(ctx context.Context, task store.Task, m mass, all []store.Failure) error {
	c, err := l.DB.Community(ctx, task.CommunityID)
	if err != nil {
		return err
	}
	var p store.Post
	if d, err := l.DB.Dispatch(ctx, task.ObjectID); err == nil && d.PostID != 0 {
		if p, err = l.DB.Post(ctx, d.PostID); err != nil && store.KindOf(err) != store.NotFound {
			return err
		}
	}
	l.Log.Warn("many copies failed together; nothing is counted and nobody suspended", "community", c.Address(), "dispatch", task.ObjectID,
		"copies", m.copies, "failures", len(all), "whole", m.whole, "domains", m.domains)
	report := templates.MassFailure{For: forReader(c, ""), Subject: p.Subject, MessageID: p.MessageID, Copies: m.copies}
	if m.whole {
		return l.tellPostmaster(ctx, "mass "+c.Address(), 1, sample(report, all))
	}
	for _, domain := range m.domains {
		report.Domain, report.Copies = domain, m.to[domain]
		to := slices.DeleteFunc(slices.Clone(all), func(f store.Failure) bool { return f.Domain() != domain })
		if err := l.tellPostmaster(ctx, "mass "+domain, 1, sample(report, to)); err != nil {
			return err
		}
	}
	return nil
}

// sample fills in what failed, with a few different replies.
func sample(report templates.MassFailure, all []store.Failure) templates.MassFailure {
	const most = 3
	deliveries := map[int64]bool{}
	report.Replies = nil
	for _, f := range all {
		deliveries[f.DeliveryID] = true
		if !slices.Contains(report.Replies, f.Reason) && len(report.Replies) < most {
			report.Replies = append(report.Replies, f.Reason)
		}
	}
	report.Failed, report.Since = len(deliveries), all[0].At
	return report
}
