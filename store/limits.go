package store

import (
	"context"
	"strings"
	"time"
)

// A Limit is how often something may happen within a time.
type Limit struct {
	Name   string // such as "confirm ada@a.example"
	Most   int
	Within time.Duration
}

// Allow counts something against all of its limits, if none of them is reached; else it counts how often that one was in
// the way, and returns it. A flood of what is kept back costs no commit that anybody waits for.
func (db *DB) Allow(ctx context.Context, now time.Time, limits ...Limit) (reached *Limit, err error) {
	if reached, err = db.firstFull(ctx, now, limits); err != nil {
		return nil, err
	}
	if reached == nil {
		err = db.durable.do(ctx, func(t *tx) error {
			reached, err = t.allow(now, limits)
			return err
		})
	}
	if err != nil || reached == nil {
		return reached, err
	}
	err = db.relaxed.do(ctx, func(t *tx) error {
		return t.count(Limit{Name: refusedPrefix + reached.Name, Within: refusedWithin}, now)
	})
	return reached, err
}

// What is kept back is counted by the limit, a day at a time.
const (
	refusedPrefix = "refused "
	refusedWithin = 24 * time.Hour
)

// firstFull looks without counting.
func (db *DB) firstFull(ctx context.Context, now time.Time, limits []Limit) (*Limit, error) {
	if len(limits) == 0 {
		return nil, nil
	}
	names, args := "", []any{}
	for _, limit := range limits {
		names, args = names+", ?", append(args, text(limit.Name))
	}
	full := map[string]func(Limit) bool{}
	err := db.query(ctx, func(row rowScanner) error {
		var name string
		var since int64
		var n int
		err := row.Scan(&name, &since, &n)
		full[name] = func(limit Limit) bool { return n >= limit.Most && since > micros(now.Add(-limit.Within)) }
		return err
	}, "SELECT name, since, n FROM limits WHERE name IN ("+strings.TrimPrefix(names, ", ")+")", args...)
	if err != nil {
		return nil, err
	}
	for i, limit := range limits {
		if is := full[text(limit.Name)]; is != nil && is(limit) {
			return &limits[i], nil
		}
	}
	return nil, nil
}

// allow counts first and looks then: who counts on PostgreSQL holds the row, so that of many at once no more pass than may.
func (t *tx) allow(now time.Time, limits []Limit) (*Limit, error) {
	for i := range limits {
		n, err := t.countUp(limits[i], now)
		if err != nil {
			return nil, err
		}
		if n > limits[i].Most {
			return &limits[i], t.countDown(limits[:i+1])
		}
	}
	return nil, nil
}

func (t *tx) countDown(limits []Limit) error {
	for _, limit := range limits {
		if _, err := t.exec("UPDATE limits SET n = n - 1 WHERE name = ?", text(limit.Name)); err != nil {
			return err
		}
	}
	return nil
}

// KeptBack is how often a limit was in the way.
type KeptBack struct {
	Limit string // its name
	N     int
	Since time.Time
}

// KeptBack returns which limits were in the way, and have been for less than a day, most often first, at most 1,000.
func (db *DB) KeptBack(ctx context.Context, now time.Time) (all []KeptBack, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		var k KeptBack
		var since int64
		err := row.Scan(&k.Limit, &k.N, &since)
		k.Limit, k.Since = strings.TrimPrefix(k.Limit, refusedPrefix), fromMicros(since)
		all = append(all, k)
		return err
	}, "SELECT name, n, since FROM limits WHERE name >= ? AND name < ? AND since > ? ORDER BY n DESC, name LIMIT 1000",
		refusedPrefix, refusedPrefix+"\U0010FFFF", micros(now.Add(-refusedWithin)))
	return all, err
}

func (t *tx) count(limit Limit, now time.Time) error {
	_, err := t.countUp(limit, now)
	return err
}

// countUp counts something, and returns how often that happened.
func (t *tx) countUp(limit Limit, now time.Time) (n int, err error) {
	over := micros(now.Add(-limit.Within))
	err = t.row(`INSERT INTO limits (name, since, n) VALUES (?, ?, 1) ON CONFLICT (name) DO UPDATE SET
		n = CASE WHEN limits.since > ? THEN limits.n + 1 ELSE 1 END,
		since = CASE WHEN limits.since > ? THEN limits.since ELSE excluded.since END RETURNING n`,
		text(limit.Name), micros(now), over, over).Scan(&n)
	return n, err
}

// Limits returns how often what begins with a prefix was counted, by name, at most 1,000.
func (db *DB) Limits(ctx context.Context, prefix string) (counts map[string]int, err error) {
	counts = map[string]int{}
	err = db.query(ctx, func(row rowScanner) error {
		var name string
		var n int
		err := row.Scan(&name, &n)
		counts[name] = n
		return err
	}, "SELECT name, n FROM limits WHERE name >= ? AND name < ? ORDER BY name LIMIT 1000", prefix, prefix+"\U0010FFFF")
	return counts, err
}

// ForgetLimits removes counts that began before a time; before should lie a month back at least.
func (db *DB) ForgetLimits(ctx context.Context, before time.Time) error {
	return db.relaxed.do(ctx, func(t *tx) error {
		_, err := t.exec("DELETE FROM limits WHERE since < ?", micros(before))
		return err
	})
}
