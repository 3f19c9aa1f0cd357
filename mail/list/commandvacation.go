package list

import (
	"context"
	"strings"
	"time"

	"guildpost/store"
	"guildpost/templates"
)

// longestVacation is how far ahead a vacation may end; who is away for longer leaves.
const longestVacation = 2 * 366 * 24 * time.Hour

func planVacation(_ context.Context, l *List, a *asker, c command) (plan, error) {
	return l.planVacationOf(a, a.s, a.withoutList(c.args), c)
}

// planVacationOf lets delivery wait until a day, or go on.
func (l *List) planVacationOf(a *asker, target store.Subscription, value string, c command) (plan, error) {
	after := target
	words := strings.Fields(strings.ToLower(value))
	for len(words) > 1 && (words[0] == "until" || words[0] == "till" || words[0] == "bis" || words[0] == "hasta") {
		words = words[1:]
	}
	if len(words) == 0 {
		return plan{}, l.missing(a, c)
	}
	kept := "off"
	switch words[0] {
	case "off", "no", "end", "over", "aus", "none":
		after.VacationUntil = time.Time{}
	default:
		until, ok := l.readDay(words[0], l.zone(a.community, target))
		if !ok {
			return plan{}, l.refuse(a, "command.date", templates.Args{Value: a.quote(value)})
		}
		after.VacationUntil = until
		kept = until.Format(time.DateOnly)
	}
	p := l.planChange(a, target, after, templates.Setting{Key: "vacation", Value: kept})
	p.line = l.setLine(a, target, "vacation "+kept)
	if target.ID == a.s.ID {
		p.line = "vacation " + kept
	}
	return p, nil
}

// readDay reads a day that comes: 2026-08-31 or 31.8.2026.
func (l *List) readDay(text string, zone *time.Location) (time.Time, bool) {
	text = strings.TrimRight(text, ",;")
	for _, layout := range []string{time.DateOnly, "2.1.2006", "2.1.2006."} {
		day, err := time.ParseInLocation(layout, text, zone)
		if err == nil {
			now := l.Now()
			return day, day.After(now) && day.Before(now.Add(longestVacation))
		}
	}
	return time.Time{}, false
}

// planAddress moves a membership to another address, which must confirm that.
func (l *List) planAddress(ctx context.Context, a *asker, target store.Subscription, value string, c command) (plan, error) {
	if value == "" {
		return plan{}, l.missing(a, c)
	}
	address, err := l.parseAddress(a, value)
	if err != nil {
		return plan{}, err
	}
	if target.ID != a.s.ID { // each decides for themselves where their mail goes
		return plan{}, l.refuse(a, "command.set-key", templates.Args{Value: "address", Names: settingKeys()[:len(settings)+1]})
	}
	if ours, err := l.isOurs(ctx, address); err != nil || ours {
		return plan{}, l.orRefuse(err, a, "command.address", templates.Args{Value: a.quote(value)})
	}
	if err := l.notBanned(ctx, a, address); err != nil {
		return plan{}, err
	}
	return plan{line: "set address " + address, do: func(ctx context.Context) (result, error) { return l.askForAddress(ctx, a, address) }}, nil
}

// orRefuse is an error, or where there is none a refusal.
func (l *List) orRefuse(err error, a *asker, key string, args templates.Args) error {
	if err != nil {
		return err
	}
	return l.refuse(a, key, args)
}

// planShow lists settings: one's own, or for facilitators those of an address.
func planShow(ctx context.Context, l *List, a *asker, c command) (plan, error) {
	s, _, err := l.settingsOf(ctx, a, a.withoutList(c.args))
	if err != nil {
		return plan{}, err
	}
	res := result{done: true, text: s.Called()}
	all := []templates.Setting{{Key: "address", Value: s.Address}}
	for _, known := range settings {
		if known.key == "brief" && !s.Has(store.Facilitator) {
			continue // nobody else gets one
		}
		all = append(all, templates.Setting{Key: known.key, Value: known.get(s)})
	}
	if s.VacationUntil.After(l.Now()) {
		all = append(all, templates.Setting{Key: "vacation", Value: s.VacationUntil.In(l.zone(a.community, s)).Format(time.DateOnly)})
	}
	for _, set := range all {
		if set.Value == "" {
			set.Value = l.defaultOf(a.community, set.Key)
		}
		res.lines = append(res.lines, l.say(a, "command.show", templates.Args{Code: set.Key, Value: set.Value}))
	}
	return plan{result: res}, nil
}

// defaultOf is what counts where a member has chosen nothing.
func (l *List) defaultOf(c store.Community, key string) string {
	switch key {
	case "language":
		return templates.Language(l.language(c, ""))
	case "timezone":
		return l.zone(c, store.Subscription{}).String()
	}
	return "-"
}
