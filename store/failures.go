package store

import (
	"context"
	"time"
)

// A Failure is one delivery that failed, by a bounce that came back or a refusal of the smarthost.
type Failure struct {
	Address        string // canonical
	Hard           bool
	SubscriptionID int64
	DeliveryID     int64
	Status         string // RFC 3463
	Reason         string // what the other side said
}

// Health is how mail to an address fares: on how many distinct days it failed within the time asked for.
type Health struct {
	HardDays, SoftDays int
	Last               Failure
	LastAt             time.Time
}

// RecordFailure counts a failure; several on one day are one. It returns the address's health since a time.
func (db *DB) RecordFailure(ctx context.Context, now time.Time, f Failure, since time.Time) (h Health, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		_, err := t.exec(`INSERT INTO failures (address, day, hard, at, subscription_id, delivery_id, status, reason)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (address, day, hard) DO UPDATE SET at = excluded.at,
			subscription_id = excluded.subscription_id, delivery_id = excluded.delivery_id, status = excluded.status,
			reason = excluded.reason`, f.Address, day(now), f.Hard, micros(now), f.SubscriptionID, f.DeliveryID,
			text(f.Status), text(f.Reason))
		if err != nil {
			return err
		}
		h, err = t.health(f.Address, since)
		return err
	})
	return h, err
}

// day counts days since 1970 in UTC.
func day(t time.Time) int64 { return t.Unix() / 86400 }

const healthColumns = `COUNT(CASE WHEN hard THEN 1 END), COUNT(CASE WHEN NOT hard THEN 1 END), COALESCE(MAX(at), 0)`

func (t *tx) health(address string, since time.Time) (h Health, err error) {
	var last int64
	err = t.row("SELECT "+healthColumns+" FROM failures WHERE address = ? AND day >= ?", address, day(since)).
		Scan(&h.HardDays, &h.SoftDays, &last)
	h.LastAt = fromMicros(last)
	return h, err
}

// HealthOf returns the health of an address since a time.
func (db *DB) HealthOf(ctx context.Context, address string, since time.Time) (h Health, err error) {
	var last int64
	err = db.queryRow(ctx, "", func(row rowScanner) error { return row.Scan(&h.HardDays, &h.SoftDays, &last) },
		"SELECT "+healthColumns+" FROM failures WHERE address = ? AND day >= ?", address, day(since))
	if h.LastAt = fromMicros(last); err != nil || last == 0 {
		return h, err
	}
	err = db.query(ctx, func(row rowScanner) error {
		h.Last.Address = address
		return row.Scan(&h.Last.Hard, &h.Last.Status, &h.Last.Reason, &h.Last.SubscriptionID, &h.Last.DeliveryID)
	}, `SELECT hard, status, reason, subscription_id, delivery_id FROM failures WHERE address = ? ORDER BY at DESC LIMIT 1`, address)
	return h, err
}

// Failing returns the addresses that failed since a time with their health, the worst first, at most 1,000.
func (db *DB) Failing(ctx context.Context, since time.Time) (addresses []string, health map[string]Health, err error) {
	health = map[string]Health{}
	err = db.query(ctx, func(row rowScanner) error {
		var address string
		var h Health
		var last int64
		err := row.Scan(&address, &h.HardDays, &h.SoftDays, &last)
		h.LastAt = fromMicros(last)
		addresses, health[address] = append(addresses, address), h
		return err
	}, "SELECT address, "+healthColumns+` FROM failures WHERE day >= ? GROUP BY address
		ORDER BY COUNT(CASE WHEN hard THEN 1 END) DESC, address LIMIT 1000`, day(since))
	return addresses, health, err
}

// ForgetFailures removes the failures of an address, which got well again or gets another chance.
func (db *DB) ForgetFailures(ctx context.Context, address string) error {
	return db.durable.do(ctx, func(t *tx) error {
		_, err := t.exec("DELETE FROM failures WHERE address = ?", address)
		return err
	})
}

// AgeFailures removes failures from before a time, and those of addresses that were sent something, heard nothing
// back for quiet, and have had no failure since: mail arrives there again.
func (db *DB) AgeFailures(ctx context.Context, now, before time.Time, quiet time.Duration) error {
	return db.relaxed.do(ctx, func(t *tx) error {
		if _, err := t.exec("DELETE FROM failures WHERE day < ?", day(before)); err != nil {
			return err
		}
		_, err := t.exec(`DELETE FROM failures WHERE address IN (
			SELECT f.address FROM failures f JOIN subscriptions s ON s.address = f.address
			JOIN deliveries d ON d.subscription_id = s.id
			WHERE d.state = 3 AND d.updated_at < ?
			GROUP BY f.address HAVING MAX(d.updated_at) > MAX(f.at))`, micros(now.Add(-quiet)))
		return err
	})
}
