package calendar

import (
	"context"
	"time"

	"guildpost/store"
)

// How long a poll is open: until three days before its first date, and no longer than a week; where that is too soon, half of
// the time that there is.
const (
	pollBefore = 3 * 24 * time.Hour
	pollLife   = 7 * 24 * time.Hour
	pollLeast  = 24 * time.Hour
)

// closes is when the poll about a wish closes by itself, if it is opened now.
func (w wish) closes(now time.Time) time.Time {
	first := w.first(1)
	for n := range w.Dates {
		if at := w.first(n + 1); at.Before(first) {
			first = at
		}
	}
	closes := first.Add(-pollBefore)
	if latest := now.Add(pollLife); closes.After(latest) {
		closes = latest
	}
	if closes.Before(now.Add(pollLeast)) {
		closes = now.Add(first.Sub(now) / 2)
	}
	return closes.Truncate(time.Minute)
}

type openedPoll struct{ ClosesAt time.Time }

func (k *Calendar) openPoll(ctx context.Context, by store.Actor, c store.Community, w wish) (openedPoll, error) {
	return openedPoll{}, store.Errorf(store.Invalid, "several dates cannot be chosen from yet")
}
