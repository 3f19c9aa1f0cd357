package store

import "time"

// A Dispatch is one message on its way to its recipients: a post to the subscribers, or a mail of our own to one
// person. It is made in the transaction that accepts the message; the deliveries of a post are expanded from it
// in chunks afterwards, by subscription ID, so that accepting costs the same for 10 and 100,000 recipients.
type Dispatch struct {
	ID          int64
	CommunityID int64 // 0 for mail of the installation itself
	Kind        DispatchKind
	PostID      int64 // for DispatchPost
	RawID       int64
	Sender      string // envelope sender of a notice, "" for <>; posts have one for each delivery (VERP)
	RewriteFrom bool   // whether From becomes the list address (DMARC), decided at acceptance
	RequireTLS  bool   // RFC 8689
	AcceptedAt  time.Time
}

// DispatchKind says how the message is made from its raw bytes.
type DispatchKind string

// The kinds of dispatches. Each is a flow of its own in every community: see DB.Expand.
const (
	DispatchPost   DispatchKind = "post"   // list headers, one sender and one unsubscribe ticket each
	DispatchNotice DispatchKind = "notice" // sent byte for byte
	// DispatchMailing is one mail of our own to many: one sender and one unsubscribe ticket each.
	DispatchMailing DispatchKind = "mailing"
)

// A Delivery is one message to one recipient. Waiting ones are claimed by a worker, which reports an Outcome.
type Delivery struct {
	ID             int64
	DispatchID     int64
	CommunityID    int64
	SubscriptionID int64  // 0 for a notice to somebody who has none
	Recipient      string // envelope address
	State          DeliveryState
	Attempts       int       // made so far
	NextAt         time.Time // of a deferred one: when it is tried again
	AcceptedAt     time.Time // of its dispatch; retries end 5 days after it
	UpdatedAt      time.Time
	Reply          string // the last answer, e.g. "450 4.2.0 greylisted", or what went wrong on our side
}

// DeliveryState is where a delivery stands.
type DeliveryState int

// The states of a delivery. The numbers are in the database.
const (
	Waiting  DeliveryState = 0 // to be claimed
	Claimed  DeliveryState = 1 // a worker has it
	Deferred DeliveryState = 2 // failed for now, waits for NextAt
	Sent     DeliveryState = 3
	Failed   DeliveryState = 4 // refused for good, or tried for 5 days
	Dropped  DeliveryState = 5 // by the postmaster, or the member left before it went out
)

var stateNames = [...]string{"waiting", "claimed", "deferred", "sent", "failed", "dropped"}

func (s DeliveryState) String() string { return stateNames[s] }

// An Outcome is what became of one attempt.
type Outcome struct {
	DeliveryID int64
	State      DeliveryState // Sent, Deferred, Failed; Waiting gives it back untried
	NextAt     time.Time     // for Deferred
	Reply      string        // for Deferred and Failed
	InDoubt    bool          // the peer may have taken it: all of the message was sent, no reply came
}
