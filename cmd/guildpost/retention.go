package main

import (
	"context"
	"time"

	"guildpost/mail/archive"
	"guildpost/mail/list"
	"guildpost/store"
)

// retentionRules are the keys of cop set for how long posts stay.
var retentionRules = []communityRule{
	{"retention", "how long posts stay: 5y, 18m, 90d, or off for good", func(c *store.Community, v string) error {
		period, err := store.ParsePeriod(kept(v, "off"))
		c.Retention = period.String()
		return err
	}, func(j communityJSON) string { return j.Retention }},
}

// expireOld deletes the posts whose time is over.
func expireOld(ctx context.Context, l *list.List, until time.Time) (int, error) {
	r := archive.Retention{DB: l.DB, Tell: func(ctx context.Context, c store.Community, what archive.Expiring) ([]store.Notice, error) {
		return l.TellExpiring(ctx, c, what.Period, what.Posts, what.Before, what.On)
	}}
	return r.Due(ctx, until)
}

// runRetention is what due --run does of it.
func (a *app) runRetention(ctx context.Context, db *store.DB, _ *Config, until time.Time) (int, error) {
	l, err := a.newList(ctx, db)
	if err != nil {
		return 0, err
	}
	l.Now = func() time.Time { return until }
	return expireOld(ctx, l, until)
}
