package list

import (
	"context"
	"strings"
	"time"

	"guildpost/store"
	"guildpost/templates"
)

func section(data any) plan { return plan{result: result{done: true, section: data}} }

func planHelp(_ context.Context, l *List, a *asker, _ command) (plan, error) {
	return section(l.helpText(a)), nil
}

// helpText explains what the asker can do.
func (l *List) helpText(a *asker) templates.Help {
	return templates.Help{For: a.greeting(), Member: a.member, Facilitator: a.isFacilitator(), Passwords: l.ArchiveOverIMAP || l.hasFeeds(), Feeds: l.hasFeeds(), Address: l.ownAddress()}
}

// lostText is that for somebody of whose mail nothing was understood: with the first line, and what it was probably meant
// to be.
func (l *List) lostText(a *asker, verbs map[string]verb, commands []command) templates.Help {
	help := l.helpText(a)
	if len(commands) == 0 {
		return help
	}
	help.Lost, help.Suggestion = true, suggestion(a, verbs, commands[0])
	if a.proven {
		help.Unknown = a.quote(commands[0].line)
	}
	return help
}

// ownAddress is where the installation takes commands.
func (l *List) ownAddress() string { return "guildpost@" + l.Hostname }

func (a *asker) isFacilitator() bool { return a.member && a.s.Has(store.Facilitator) }

func planInfo(ctx context.Context, l *List, a *asker, _ command) (plan, error) {
	c := a.community
	members, err := l.DB.MemberCount(ctx, c.ID)
	if err != nil {
		return plan{}, err
	}
	team, err := l.facilitators(ctx, c)
	info := templates.Info{For: a.greeting(), Since: c.CreatedAt.In(l.zone(c, a.s)), Members: members, Join: string(c.Join), Charter: c.Charter.Text != ""}
	if c.Join == store.JoinConfirm {
		info.Join = "confirm"
	}
	for _, f := range team {
		p := templates.Person{Name: f.Name}
		if a.member { // strangers read names alone
			p.Address = f.Address
		}
		if p.Name != "" || p.Address != "" {
			info.Facilitators = append(info.Facilitators, p)
		}
	}
	if err == nil && a.member { // where people meet is not for strangers
		info.Meetings, err = l.coming(ctx, c, a.s)
	}
	return section(info), err
}

func planCharter(_ context.Context, l *List, a *asker, _ command) (plan, error) {
	text := a.community.Charter.Text
	if text == "" {
		return plan{result: result{done: true, text: l.say(a, "command.no-charter", templates.Args{})}}, nil
	}
	return section(templates.Charter{For: a.greeting(), Text: text}), nil
}

func planLists(ctx context.Context, l *List, a *asker, _ command) (plan, error) {
	all, err := l.DB.Communities(ctx)
	listed := templates.Communities{For: templates.For{Recipient: a.s.Name}, Address: l.ownAddress()}
	for _, c := range all {
		if !c.Closed && !c.Unlisted {
			listed.Communities = append(listed.Communities, templates.CommunityLine{Community: about(c)})
		}
	}
	return section(listed), err
}

func planWhich(ctx context.Context, l *List, a *asker, _ command) (plan, error) {
	mine, err := l.DB.SubscriptionsOf(ctx, a.address)
	if err != nil {
		return plan{}, err
	}
	listed := templates.Communities{For: templates.For{Recipient: a.s.Name}, Address: l.ownAddress(), Mine: true}
	for _, s := range mine {
		c, err := l.DB.Community(ctx, s.CommunityID)
		if err != nil {
			return plan{}, err
		}
		listed.Communities = append(listed.Communities, templates.CommunityLine{Community: about(c), Delivery: string(s.Delivery)})
	}
	return section(listed), nil
}

// statsMonths is how many months stats shows.
const statsMonths = 12

func planStats(ctx context.Context, l *List, a *asker, _ command) (plan, error) {
	c := a.community
	members, err := l.DB.MemberCount(ctx, c.ID)
	if err != nil {
		return plan{}, err
	}
	now := l.Now().In(l.zone(c, a.s))
	all, err := l.DB.PostCount(ctx, c.ID, time.Unix(1, 0), now.Add(time.Hour))
	if err != nil {
		return plan{}, err
	}
	res := result{done: true, text: l.say(a, "command.members", templates.Args{N: members}) + ", " +
		l.say(a, "command.posts", templates.Args{N: all.Posts, M: all.Threads})}
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, now.Location())
	for range statsMonths {
		n, err := l.DB.PostCount(ctx, c.ID, month, month.AddDate(0, 1, 0))
		if err != nil {
			return plan{}, err
		}
		if n.Posts > 0 {
			res.lines = append(res.lines, l.say(a, "command.month", templates.Args{Value: month.Format("2006-01"), N: n.Posts, M: n.Threads}))
		}
		month = month.AddDate(0, -1, 0)
	}
	return plan{result: res}, nil
}

// withoutList drops the name of the community that other list managers want before the rest.
func (a *asker) withoutList(args string) string {
	word, rest, _ := strings.Cut(args, " ")
	switch strings.ToLower(strings.Trim(word, ",.;")) {
	case strings.ToLower(a.community.Name), a.community.Address(), "*":
		return strings.TrimSpace(rest)
	}
	return args
}
