package store

import (
	"context"
	"strings"
	"time"
)

// Bouncing is how many failures suspend a subscription. It is a part of Rules: the zero value of each field is its
// default. Days are those of UTC, and several failures on one are one.
type Bouncing struct {
	BounceDays       int `json:"bounce_days,omitempty"`        // on so many distinct days a hard failure,
	BounceWithin     int `json:"bounce_within,omitempty"`      // within so many days
	SoftBounceDays   int `json:"soft_bounce_days,omitempty"`   // on so many distinct days any failure,
	SoftBounceWithin int `json:"soft_bounce_within,omitempty"` // within so many days
}

// The defaults of Bouncing: a dead address goes in a few days, a full mailbox or a filter gets three weeks.
const (
	DefaultBounceDays       = 3
	DefaultBounceWithin     = 14
	DefaultSoftBounceDays   = 7
	DefaultSoftBounceWithin = 21
	MostBounceDays          = 90 // that failures are looked back for
)

// Spelled returns the same with the defaults filled in. No window is shorter than the days that are wanted in it.
func (b Bouncing) Spelled() Bouncing {
	fill := func(value *int, byDefault int) {
		if *value == 0 {
			*value = byDefault
		}
	}
	fill(&b.BounceDays, DefaultBounceDays)
	fill(&b.BounceWithin, DefaultBounceWithin)
	fill(&b.SoftBounceDays, DefaultSoftBounceDays)
	fill(&b.SoftBounceWithin, DefaultSoftBounceWithin)
	b.BounceWithin, b.SoftBounceWithin = max(b.BounceWithin, b.BounceDays), max(b.SoftBounceWithin, b.SoftBounceDays)
	return b
}

// A Failure is one delivery that failed, by a bounce that came back or a refusal of the smarthost.
type Failure struct {
	ID             int64
	Address        string // canonical
	At             time.Time
	Hard           bool
	State          FailureState
	SubscriptionID int64
	DispatchID     int64  // 0 where it is not known
	DeliveryID     int64  // as well
	Status         string // RFC 3463
	Reason         string // what the other side said
}

// Domain is what stands behind the @ of the address.
func (f Failure) Domain() string { return domainOf(f.Address) }

func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

// FailureState says whether a failure counts. The numbers are in the database.
type FailureState int

// The states of a failure. It begins as one of the first two; whether it is part of a mass failure is decided, and may
// be decided again, by SettleFailures.
const (
	Unsettled FailureState = 0 // waits until it is known whether others failed with it
	Counted   FailureState = 1 // against its address
	InMass    FailureState = 2 // many failed together: it counts against nobody
)

// Health is how mail to an address fares: on how many distinct days it failed within the time asked for.
type Health struct {
	HardDays int
	SoftDays int
	Days     int // hard or soft
	MassDays int // days with failures that do not count, since many failed together
	Last     Failure
}

// Tasks that failures leave behind. Object is in brackets.
const (
	TaskSettle = "bounces"      // find out whether failures belong to a mass failure (the dispatch)
	TaskAge    = "age-failures" // forget what is over (0)
)

// MayBeMass says from how many copies on failures wait until it is known whether many failed together.
type MayBeMass struct {
	Copies    int // of the message
	Addresses int // of the same domain among them
	Wait      time.Duration
}

// RecordFailure counts a failure, or lets it wait for TaskSettle where many may have failed together. A second one of the
// same delivery on the same day is the same. What it returns is promised; see NoteFailure.
func (db *DB) RecordFailure(ctx context.Context, f Failure, may MayBeMass) (state FailureState, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		state, err = t.recordFailure(f, may)
		return err
	})
	return state, err
}

// NoteFailure is RecordFailure for what nobody was told: a power cut may take it back.
func (db *DB) NoteFailure(ctx context.Context, f Failure, may MayBeMass) (state FailureState, err error) {
	err = db.relaxed.do(ctx, func(t *tx) error {
		state, err = t.recordFailure(f, may)
		return err
	})
	return state, err
}

func (t *tx) recordFailure(f Failure, may MayBeMass) (state FailureState, err error) {
	community, err := t.findDelivery(&f)
	if err != nil {
		return state, err
	}
	state = Counted
	if many, err := t.mayBeMass(f, may); err != nil {
		return state, err
	} else if many {
		state = Unsettled
	}
	// A failure that was settled is so for good, unless a harder one of the same delivery comes.
	err = t.row(`INSERT INTO failures (address, domain, day, at, hard, state, subscription_id, dispatch_id, delivery_id, status, reason)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (address, day, delivery_id) DO UPDATE SET
		hard = (failures.hard OR excluded.hard),
		status = CASE WHEN failures.hard THEN failures.status ELSE excluded.status END,
		reason = CASE WHEN failures.hard THEN failures.reason ELSE excluded.reason END RETURNING state`,
		f.Address, f.Domain(), day(f.At), micros(f.At), f.Hard, int(state), f.SubscriptionID, f.DispatchID, f.DeliveryID,
		text(f.Status), text(f.Reason)).Scan(&state)
	if err != nil {
		return state, err
	}
	if state == Unsettled {
		if err := t.scheduleOnce(Task{Kind: TaskSettle, CommunityID: community, ObjectID: f.DispatchID, DueAt: f.At.Add(may.Wait)}); err != nil {
			return state, err
		}
	}
	return state, t.scheduleOnce(Task{Kind: TaskAge, DueAt: f.At.Add(24 * time.Hour)})
}

// findDelivery completes a failure from its delivery; a delivery that is not there any more, or somebody else's, is none.
// The address is the one that the copy went to: the member may have another one by now.
func (t *tx) findDelivery(f *Failure) (community int64, err error) {
	if f.DeliveryID == 0 {
		return 0, nil
	}
	var recipient string
	err = t.row("SELECT community_id, dispatch_id, recipient FROM deliveries WHERE id = ? AND +subscription_id = ?", f.DeliveryID,
		f.SubscriptionID).Scan(&community, &f.DispatchID, &recipient)
	if isNoRows(err) {
		f.DeliveryID, f.DispatchID = 0, 0
		return 0, nil
	}
	if err == nil {
		f.Address = recipient
	}
	return community, err
}

// mayBeMass looks at no more copies than it needs to.
func (t *tx) mayBeMass(f Failure, may MayBeMass) (bool, error) {
	if f.DispatchID == 0 {
		return false, nil
	}
	all, same := 0, 0
	err := t.query(func(row rowScanner) error {
		var recipient string
		err := row.Scan(&recipient)
		all++
		if domainOf(recipient) == f.Domain() {
			same++
		}
		return err
	}, "SELECT recipient FROM deliveries WHERE dispatch_id = ? AND +state <> 5 ORDER BY dispatch_id, id LIMIT ?", f.DispatchID, may.Copies)
	return all >= may.Copies || same >= may.Addresses, err
}

// day counts days since 1970 in UTC.
func day(t time.Time) int64 { return t.Unix() / 86400 }

const failureColumns = "id, address, at, hard, state, subscription_id, dispatch_id, delivery_id, status, reason"

func scanFailure(row rowScanner) (f Failure, err error) {
	var at int64
	err = row.Scan(&f.ID, &f.Address, &at, &f.Hard, &f.State, &f.SubscriptionID, &f.DispatchID, &f.DeliveryID, &f.Status, &f.Reason)
	f.At = fromMicros(at)
	return f, err
}

// mostFailures bounds what is looked at of one address: years of daily failures.
const mostFailures = 1000

// FailuresOf returns the failures of an address since a time, newest first, at most 1,000.
func (db *DB) FailuresOf(ctx context.Context, address string, since time.Time) (all []Failure, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		f, err := scanFailure(row)
		all = append(all, f)
		return err
	}, "SELECT "+failureColumns+" FROM failures WHERE address = ? AND at >= ? ORDER BY at DESC, id DESC LIMIT ?", address, micros(since), mostFailures)
	return all, err
}

// HealthOf returns the health of an address since a time.
func (db *DB) HealthOf(ctx context.Context, address string, since time.Time) (Health, error) {
	all, err := db.FailuresOf(ctx, address, since)
	return HealthSince(all, since), err
}

// HealthSince counts failures of one address, newest first, from a time on.
func HealthSince(all []Failure, since time.Time) (h Health) {
	var days [4]map[int64]bool // hard, soft, any, mass
	for i := range days {
		days[i] = map[int64]bool{}
	}
	for i, f := range all {
		if f.At.Before(since) {
			break
		}
		if i == 0 {
			h.Last = f
		}
		switch {
		case f.State == InMass:
			days[3][day(f.At)] = true
		case f.State == Counted && f.Hard:
			days[0][day(f.At)], days[2][day(f.At)] = true, true
		case f.State == Counted:
			days[1][day(f.At)], days[2][day(f.At)] = true, true
		}
	}
	h.HardDays, h.SoftDays, h.Days, h.MassDays = len(days[0]), len(days[1]), len(days[2]), len(days[3])
	return h
}

// Failing returns the addresses that failed since a time, those on most days first, at most 1,000: of a community's
// subscriptions, or all for 0.
func (db *DB) Failing(ctx context.Context, communityID int64, since time.Time) (addresses []string, err error) {
	where, args := "", []any{micros(since)}
	if communityID != 0 {
		where, args = " AND EXISTS (SELECT 1 FROM subscriptions s WHERE s.address = failures.address AND s.community_id = ?)", append(args, communityID)
	}
	err = db.query(ctx, func(row rowScanner) error {
		var address string
		err := row.Scan(&address)
		addresses = append(addresses, address)
		return err
	}, "SELECT address FROM failures WHERE at >= ?"+where+` GROUP BY address
		ORDER BY COUNT(DISTINCT CASE WHEN hard THEN day END) DESC, COUNT(DISTINCT day) DESC, address LIMIT 1000`, args...)
	return addresses, err
}

// ForgetFailures removes the failures of an address, which got well again or gets another chance.
func (db *DB) ForgetFailures(ctx context.Context, address string) error {
	return db.durable.do(ctx, func(t *tx) error {
		_, err := t.exec("DELETE FROM failures WHERE address = ?", address)
		return err
	})
}
