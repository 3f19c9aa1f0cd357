package outbound

import (
	"time"

	"guildpost/store"
)

// When a deferred delivery is tried again: RFC 5321 4.5.4.1 asks for 30 minutes at least and 4 to 5 days in all, with
// more haste in the beginning, which is what greylisting needs.
const (
	firstRetry = time.Minute
	lastRetry  = 4 * time.Hour
	giveUp     = 5 * 24 * time.Hour
)

// retryAfter is how long to wait after so many attempts; jitter from 0 to 1 makes it a quarter less or more.
func retryAfter(attempts int, jitter float64) time.Duration {
	return spread(min(firstRetry<<min(max(attempts, 1)-1, 20), lastRetry), jitter)
}

func spread(d time.Duration, jitter float64) time.Duration {
	return time.Duration(float64(d) * (0.75 + jitter/2))
}

// deferral is the outcome of an attempt that failed for now. The last one is at the end of the five days.
func deferral(d *store.Delivery, reply string, inDoubt bool, now time.Time, jitter float64) store.Outcome {
	o := store.Outcome{DeliveryID: d.ID, State: store.Deferred, Reply: reply, InDoubt: inDoubt}
	end := d.AcceptedAt.Add(giveUp)
	if !now.Before(end) {
		o.State, o.Reply = store.Failed, reply+" (tried for 5 days)"
		return o
	}
	o.NextAt = now.Add(retryAfter(d.Attempts+1, jitter))
	if o.NextAt.After(end) {
		o.NextAt = end
	}
	return o
}
