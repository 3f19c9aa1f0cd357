package store

import (
	"context"
	"time"
)

// A Limit is how often something may happen within a time.
type Limit struct {
	Name   string // such as "confirm ada@a.example"
	Most   int
	Within time.Duration
}

// Allow counts something against all of its limits, if none of them is reached; else it counts nothing and returns the
// limit that is.
func (db *DB) Allow(ctx context.Context, now time.Time, limits ...Limit) (reached *Limit, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		reached = nil
		for i := range limits {
			full, err := t.isFull(now, limits[i])
			if err != nil {
				return err
			}
			if full {
				reached = &limits[i]
				return t.count(Limit{Name: "refused " + limitKind(limits[i].Name), Within: 24 * time.Hour}, now)
			}
		}
		for _, limit := range limits {
			if err := t.count(limit, now); err != nil {
				return err
			}
		}
		return nil
	})
	return reached, err
}

// limitKind is the first word of a limit's name.
func limitKind(name string) string {
	for i := range len(name) {
		if name[i] == ' ' {
			return name[:i]
		}
	}
	return name
}

func (t *tx) isFull(now time.Time, limit Limit) (bool, error) {
	var n int
	err := t.row("SELECT n FROM limits WHERE name = ? AND since > ?", text(limit.Name), micros(now.Add(-limit.Within))).Scan(&n)
	if isNoRows(err) {
		return false, nil
	}
	return n >= limit.Most, err
}

func (t *tx) count(limit Limit, now time.Time) error {
	over := micros(now.Add(-limit.Within))
	_, err := t.exec(`INSERT INTO limits (name, since, n) VALUES (?, ?, 1) ON CONFLICT (name) DO UPDATE SET
		n = CASE WHEN limits.since > ? THEN limits.n + 1 ELSE 1 END,
		since = CASE WHEN limits.since > ? THEN limits.since ELSE excluded.since END`,
		text(limit.Name), micros(now), over, over)
	return err
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
