package outbound

import (
	"context"
	"time"

	"guildpost/store"
)

// A Queue is what the worker needs of the store; *store.DB is one. Its methods may be called by many goroutines.
type Queue interface {
	// JoinWorkers registers this process. Its claims are its own for 60 s after each RenewLease.
	JoinWorkers(ctx context.Context, now time.Time) (worker int64, err error)
	// RenewLease returns a store.NotFound error if the lease was lost.
	RenewLease(ctx context.Context, worker int64, now time.Time) error
	LeaveWorkers(ctx context.Context, worker int64) error
	FreeExpired(ctx context.Context, now time.Time) (n int, err error)

	Expand(ctx context.Context, now time.Time) (n int, err error)
	Promote(ctx context.Context, now time.Time) (n int, err error)
	Claim(ctx context.Context, worker int64, n int, now time.Time) ([]store.Delivery, error)
	// RecordOutcomes returns after the commit. It passes over deliveries that the worker does not hold any more, and
	// does not keep the slice.
	RecordOutcomes(ctx context.Context, worker int64, now time.Time, outcomes []store.Outcome) error

	Dispatch(ctx context.Context, id int64) (store.Dispatch, error)
}

// An Excluder is a queue that can pass over communities in a claim. With it, a community whose messages the
// smarthost leaves unanswered cannot fill what the worker has in hand.
type Excluder interface {
	ClaimExcept(ctx context.Context, worker int64, n int, now time.Time, communities []int64) ([]store.Delivery, error)
}

// leaseTime is how long the store holds a lease; renewAfter leaves three attempts to renew it.
const (
	leaseTime  = 60 * time.Second
	renewAfter = 15 * time.Second
)
