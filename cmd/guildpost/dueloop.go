package main

import (
	"context"
	"errors"
	"time"
)

// finishedKept is how long finished deliveries can be looked up (queue show); after that only the post is left.
const finishedKept = 30 * 24 * time.Hour

// fetchedKept is how long mail that was fetched from a mailbox is known again when that mailbox is made anew.
const fetchedKept = 400 * 24 * time.Hour

// Due does everything that is due until a time, and returns how much that was. The loop calls it with the clock's
// time, tests with a time of their own.
func (d *Daemon) Due(ctx context.Context, until time.Time) (done int, err error) {
	d.dueMu.Lock() // one at a time: the loop, and whoever asks for a time of their own
	defer d.dueMu.Unlock()
	d.keys.lookNow(ctx)
	done, err = d.list.Due(ctx, until)
	told, tellErr := d.meets.Due(ctx, until)
	sent, sendErr := d.digests.Due(ctx, until)
	issues, newsErr := d.news.Due(ctx, until)
	reports, reportErr := d.reports.Due(ctx, until)
	briefs, briefErr := d.briefs.Due(ctx, until)
	secrets, secretsErr := d.db.PruneSecrets(ctx)
	done, err = done+told+sent+issues+reports+briefs+secrets, errors.Join(err, tellErr, sendErr, newsErr, reportErr, briefErr, secretsErr)
	if until.Sub(d.pruned) >= pruneEvery {
		d.pruned = until
		pruned, pruneErr := prune(ctx, d, until)
		expired, expireErr := expireOld(ctx, d.list, until)
		d.list.Wake()
		bundled, bundleErr := bundle(ctx, d, until)
		return done + pruned + expired + bundled, errors.Join(err, pruneErr, expireErr, bundleErr, d.db.ForgetIMAP(ctx, until.Add(-fetchedKept)))
	}
	return done, err
}

func prune(ctx context.Context, d *Daemon, until time.Time) (done int, err error) {
	for ctx.Err() == nil {
		n, err := d.db.Prune(ctx, until.Add(-finishedKept))
		if err != nil || n == 0 {
			return done, err
		}
		done += n
	}
	return done, ctx.Err()
}

// bundledAfter is when posts are packed together, to take less room: until then somebody may still get them.
const bundledAfter = 14 * 24 * time.Hour

func bundle(ctx context.Context, d *Daemon, until time.Time) (done int, err error) {
	for ctx.Err() == nil {
		n, err := d.db.Bundle(ctx, until.Add(-bundledAfter))
		if err != nil || n == 0 {
			return done, err
		}
		done += n
	}
	return done, ctx.Err()
}

// A dueLoop calls Due now and then.
type dueLoop struct {
	daemon *Daemon
	ctx    context.Context
	cancel context.CancelFunc
	done   chan struct{}
}

const (
	dueEvery   = 10 * time.Second // how late something may be that is due
	pruneEvery = time.Hour
)

func newDueLoop(d *Daemon) *dueLoop {
	l := &dueLoop{daemon: d, done: make(chan struct{})}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	return l
}

func (l *dueLoop) start() {
	go func() {
		defer close(l.done)
		tick := time.NewTicker(dueEvery)
		defer tick.Stop()
		for {
			if _, err := l.daemon.Due(l.ctx, l.daemon.now()); err != nil && l.ctx.Err() == nil {
				l.daemon.log.Error("what is due could not be done; it is tried again", "error", err)
			}
			select {
			case <-tick.C:
			case <-l.ctx.Done():
				return
			}
		}
	}()
}

// stop ends the loop; what it was doing is cut, and done at the next start.
func (l *dueLoop) stop() error {
	l.cancel()
	<-l.done
	return nil
}
