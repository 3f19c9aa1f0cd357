package list

import (
	"context"
	"strings"

	"guildpost/store"
	"guildpost/templates"
)

// Feeds are the addresses at which a member's calendar program fetches meetings.
type Feeds interface {
	// Feeds returns that of one community, and that of all communities of the member; they are made where there are none.
	// With fresh, those from before end.
	Feeds(ctx context.Context, by store.Actor, s store.Subscription, fresh bool) (one, all string, err error)
}

// hasFeeds says whether calendar programs can read meetings here: they do that where there are web pages.
func (l *List) hasFeeds() bool { return l.Feeds != nil && l.PublicURL != "" }

// planFeed tells a member where their calendar program fetches meetings: "feed". "feed new" ends the addresses from before,
// for when somebody else has seen them. They go to the member's own address, once the member has proven or confirmed that
// they asked.
func planFeed(_ context.Context, l *List, a *asker, c command) (plan, error) {
	if !l.hasFeeds() {
		return plan{}, l.refuse(a, "command.no-feed", templates.Args{})
	}
	fresh := false
	switch strings.ToLower(strings.TrimRight(a.withoutList(c.args), ".!")) {
	case "":
	case "new", "revoke", "renew", "neu", "nuevo":
		fresh = true
	default:
		return plan{}, l.missing(a, c)
	}
	line := "feed"
	if fresh {
		line = "feed new"
	}
	return plan{line: line, do: func(ctx context.Context) (result, error) { return l.feed(ctx, a, fresh) }}, nil
}

func (l *List) feed(ctx context.Context, a *asker, fresh bool) (result, error) {
	one, all, err := l.Feeds.Feeds(ctx, a.by, a.s, fresh)
	if err != nil {
		return result{}, err
	}
	key := "command.feed"
	if fresh {
		key = "command.feed-new"
	}
	return result{done: true, secret: true, text: l.say(a, key, templates.Args{}), lines: []string{
		l.say(a, "command.feed-one", templates.Args{Value: one}),
		l.say(a, "command.feed-all", templates.Args{Value: all}),
		l.say(a, "command.feed-end", templates.Args{Value: "feed new"}),
	}}, nil
}
