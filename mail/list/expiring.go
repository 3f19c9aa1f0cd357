package list

import (
	"context"
	"time"

	"guildpost/store"
	"guildpost/templates"
)

// TellExpiring writes the mails that tell the facilitators of a community which posts will be deleted for their age.
func (l *List) TellExpiring(ctx context.Context, c store.Community, period string, posts int, before, on time.Time) ([]store.Notice, error) {
	facilitators, err := l.facilitators(ctx, c)
	if err != nil {
		return nil, err
	}
	var letters []letter
	for _, s := range facilitators {
		zone := l.zone(c, s)
		letters = append(letters, to(c, s, templates.Expiring{For: forReader(c, s.Name), Rule: "retention=" + period, Posts: posts,
			Before: before.In(zone), On: on.In(zone), Stop: "guildpost cop set " + c.Name + " retention=off",
			Keep: "guildpost archive export " + c.Name + " FILE"}))
	}
	return l.notices(letters...)
}
