package list

import (
	"context"
	"strconv"
	"strings"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// seesMembers refuses where the community keeps its members to its facilitators.
func (l *List) seesMembers(a *asker) error {
	if a.community.MemberList == store.MemberListFacilitators && !a.isFacilitator() {
		return l.refuse(a, "command.private", templates.Args{})
	}
	return nil
}

// planWho lists the members: "who", then "who 101".
func planWho(ctx context.Context, l *List, a *asker, c command) (plan, error) {
	if err := l.seesMembers(a); err != nil {
		return plan{}, err
	}
	first := max(1, number(a.withoutList(c.args)))
	total, err := l.DB.MemberCount(ctx, a.community.ID)
	if err != nil {
		return plan{}, err
	}
	page, err := l.DB.MembersPage(ctx, a.community.ID, first-1, whoPage)
	list := templates.MemberList{For: a.greeting(), First: first, Total: total, Members: people(page)}
	if next := first + whoPage; next <= total {
		list.Next = "who " + strconv.Itoa(next)
	}
	return section(list), err
}

// number reads a small number, 0 where there is none.
func number(text string) int {
	n, err := strconv.Atoi(strings.TrimLeft(strings.Trim(text, ".,;"), "#"))
	if err != nil || n < 0 || n > 1e9 {
		return 0
	}
	return n
}

func people(members []store.Subscription) (all []templates.Person) {
	for _, s := range members {
		p := templates.Person{Name: s.Name, Address: s.Address}
		if len(s.Roles) > 0 {
			p.Role = string(s.Roles[0])
		}
		all = append(all, p)
	}
	return all
}

// planWhois says who somebody is, by address or name.
func planWhois(ctx context.Context, l *List, a *asker, c command) (plan, error) {
	query := a.withoutList(c.args)
	if fold(query) == "" {
		return plan{}, l.missing(a, c)
	}
	if err := l.seesMembers(a); err != nil {
		return plan{}, err
	}
	found, total, err := l.findMembers(ctx, a.community.ID, query, 0, findPage)
	if err != nil {
		return plan{}, err
	}
	if total == 0 {
		return plan{}, l.refuse(a, "command.no-member", templates.Args{Value: a.quote(query)})
	}
	res := result{done: true, text: l.say(a, "command.members", templates.Args{N: total})}
	for _, s := range found {
		res.lines = append(res.lines, l.say(a, "command.whois", templates.Args{Name: s.Name, Address: s.Address, When: s.Since.In(l.zone(a.community, a.s))}))
	}
	return plan{result: res}, nil
}

// oneMember finds the member that somebody means.
func (l *List) oneMember(ctx context.Context, a *asker, who string) (store.Subscription, error) {
	if strings.Contains(who, "@") {
		address, err := l.parseAddress(a, who)
		if err != nil {
			return store.Subscription{}, err
		}
		s, err := l.DB.SubscriptionByAddress(ctx, a.community.ID, address)
		if store.KindOf(err) == store.NotFound || err == nil && !isMember(s) {
			err = l.refuse(a, "command.no-member", templates.Args{Value: a.quote(who)})
		}
		return s, err
	}
	found, total, err := l.findMembers(ctx, a.community.ID, who, 0, findPage)
	if err != nil {
		return store.Subscription{}, err
	}
	if total > 1 {
		found = bestNamed(found, who)
		total = len(found)
	}
	switch total {
	case 0:
		return store.Subscription{}, l.refuse(a, "command.no-member", templates.Args{Value: a.quote(who)})
	case 1:
		return found[0], nil
	}
	return store.Subscription{}, l.refuse(a, "command.several", templates.Args{Value: a.quote(who)})
}

// bestNamed are those of several who have exactly that name, or else that first name.
func bestNamed(found []store.Subscription, who string) []store.Subscription {
	var exact, first []store.Subscription
	for _, s := range found {
		name := fold(s.Name)
		if name == fold(who) {
			exact = append(exact, s)
		}
		if strings.HasPrefix(name+" ", fold(who)+" ") {
			first = append(first, s)
		}
	}
	for _, chosen := range [][]store.Subscription{exact, first} {
		if len(chosen) > 0 {
			return chosen
		}
	}
	return found
}

// parseAddress reads an address of a command.
func (l *List) parseAddress(a *asker, text string) (string, error) {
	bad := l.refuse(a, "command.address", templates.Args{Value: a.quote(text)})
	parsed, err := mail.ParseAddress(strings.TrimRight(text, ".,;"))
	if err != nil {
		return "", bad
	}
	address, err := mail.Canonical(parsed.String())
	if err != nil {
		return "", bad
	}
	return address, nil
}
