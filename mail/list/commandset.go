package list

import (
	"context"
	"regexp"
	"strings"

	"guildpost/store"
	"guildpost/templates"
)

// planReminders is "set reminders on" without the set, as for vacations.
func planReminders(ctx context.Context, l *List, a *asker, c command) (plan, error) {
	c.args = "reminders " + c.args
	return planSet(ctx, l, a, c)
}

// planSet changes a setting: "set delivery weekly", and for facilitators "set ADDRESS delivery weekly".
func planSet(ctx context.Context, l *List, a *asker, c command) (plan, error) {
	target, args, err := l.settingsOf(ctx, a, a.withoutList(c.args))
	if err != nil {
		return plan{}, err
	}
	key, value, _ := strings.Cut(args, " ")
	value = strings.TrimSpace(strings.TrimPrefix(value, "="))
	switch strings.ToLower(key) {
	case "":
		return plan{}, l.missing(a, c)
	case "vacation":
		return l.planVacationOf(a, target, value, c)
	case "address", "email", "e-mail":
		return l.planAddress(ctx, a, target, value, c)
	}
	s, ok := findSetting(key)
	if value == "" && setDelivery(&store.Subscription{}, key) { // as in "set nomail", "set digest"
		s, _ = findSetting("delivery")
		value, ok = key, true
	}
	if !ok {
		return plan{}, l.refuse(a, "command.set-key", templates.Args{Value: a.quote(key), Names: settingKeys()})
	}
	after := target
	value = strings.TrimRight(value, ",;.")
	if s.key == "name" {
		value = a.ownWords(value)
	}
	if value == "" || !s.set(&after, value) {
		return plan{}, l.refuse(a, "command.set-value", templates.Args{Value: a.quote(value), Names: s.values})
	}
	kept := s.get(after)
	p := l.planChange(a, target, after, templates.Setting{Key: s.key, Value: kept})
	p.line = l.setLine(a, target, s.key+" "+kept)
	return p, nil
}

// setLine is how a change is written.
func (l *List) setLine(a *asker, target store.Subscription, what string) string {
	if target.ID != a.s.ID {
		what = target.Address + " " + what
	}
	return "set " + what
}

// ownWords are a text that somebody wrote to be kept or passed on. Where nothing proves who that was, the text is mailed to
// the one who is asked whether it was them, and so must not be one that a stranger would like to send them.
func (a *asker) ownWords(text string) string {
	if a.proven || isPlainText(text) {
		return text
	}
	return ""
}

var lureful = regexp.MustCompile(`[^\s]\.[^\s]|[^\pL\pM\pN ,.;:!?'’()-]|//|(?i:www)`)

// isPlainText is a short text without anything that programs make a link of.
func isPlainText(text string) bool {
	const most = 100
	return len(text) <= most && !lureful.MatchString(text)
}

// settingsOf finds whose settings are meant: one's own, or for facilitators those of the address in front.
func (l *List) settingsOf(ctx context.Context, a *asker, args string) (s store.Subscription, rest string, err error) {
	word, rest, _ := strings.Cut(args, " ")
	if !strings.Contains(word, "@") {
		return a.s, args, nil
	}
	s, err = l.other(ctx, a, word)
	return s, strings.TrimSpace(rest), err
}

// other finds the member with an address, for a facilitator; who means themselves needs no role.
func (l *List) other(ctx context.Context, a *asker, word string) (store.Subscription, error) {
	address, err := l.parseAddress(a, word)
	if err != nil {
		return store.Subscription{}, err
	}
	s, err := l.DB.SubscriptionByAddress(ctx, a.community.ID, address)
	if err == nil && a.member && s.ID == a.s.ID {
		return s, nil
	}
	if !a.isFacilitator() {
		return s, l.refuse(a, "command.needs-role", templates.Args{Code: string(store.Facilitator)})
	}
	if store.KindOf(err) == store.NotFound || err == nil && !isMember(s) {
		err = l.refuse(a, "command.not-member", templates.Args{Address: address})
	}
	return s, err
}

// planChange keeps changed settings, and tells the member where somebody else changed them.
func (l *List) planChange(a *asker, before, after store.Subscription, change templates.Setting) plan {
	return plan{do: func(ctx context.Context) (result, error) {
		res := result{done: true, text: l.say(a, "command.set", templates.Args{Code: change.Key, Value: change.Value})}
		if change.Key == "vacation" {
			res.text = l.say(a, "command.vacation-off", templates.Args{})
			if !after.VacationUntil.IsZero() {
				res.text = l.say(a, "command.vacation", templates.Args{When: after.VacationUntil})
			}
		}
		now, err := l.DB.Subscription(ctx, before.ID)
		if err != nil {
			return res, err
		}
		if err := l.DB.UpdateSubscription(ctx, a.by, applyChange(now, after, change.Key)); err != nil {
			return res, err
		}
		if before.ID == a.s.ID {
			a.s = applyChange(now, after, change.Key)
			a.language = a.s.Language
			return res, nil
		}
		w := to(a.community, after, templates.SettingsChanged{For: forReader(a.community, after.Name), By: a.s.Called(), Changes: []templates.Setting{change}})
		w.from = a.community.FunctionAddress("request")
		return res, l.send(ctx, w)
	}}
}

// applyChange moves one setting over, so that what was changed since the command was read stays.
func applyChange(now, after store.Subscription, key string) store.Subscription {
	if key == "vacation" {
		now.VacationUntil = after.VacationUntil
	} else if s, ok := findSetting(key); ok {
		s.set(&now, s.get(after))
	}
	return now
}
