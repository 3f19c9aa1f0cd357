package list

import (
	"context"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

const (
	whoPage      = 100 // members of a mail
	findPage     = 50  // members, and threads, of a mail
	searchedPast = 100_000
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

// planFind looks for members and threads: "find ana", then "find ana page 2".
func planFind(ctx context.Context, l *List, a *asker, c command) (plan, error) {
	query, page := splitPage(c.args)
	if fold(query) == "" {
		return plan{}, l.missing(a, c)
	}
	res, more, err := l.findThreads(ctx, a, query, page)
	if err != nil {
		return plan{}, err
	}
	if l.seesMembers(a) == nil {
		found, total, err := l.findMembers(ctx, a.community.ID, query, (page-1)*findPage, findPage)
		if err != nil {
			return plan{}, err
		}
		more = more || page*findPage < total
		if len(found) > 0 {
			res.section = templates.MemberList{For: a.greeting(), Query: a.quote(query), Members: people(found), First: (page-1)*findPage + 1, Total: total}
		}
	}
	if more {
		next := command{verb: "find", args: a.quote(query) + " page " + strconv.Itoa(page+1)}
		res.lines = append(res.lines, l.say(a, "command.more", templates.Args{Value: next.String()}))
	}
	return plan{result: res}, nil
}

// splitPage takes "page 2" off the end.
func splitPage(args string) (query string, page int) {
	words := strings.Fields(args)
	if n := len(words); n > 2 && (strings.EqualFold(words[n-2], "page") || strings.EqualFold(words[n-2], "seite")) {
		if page := number(words[n-1]); page > 0 && page < 1e6 {
			return strings.Join(words[:n-2], " "), page
		}
	}
	return args, 1
}

// fold is a text as it is compared: without case and accents.
func fold(text string) string {
	text = norm.NFD.String(cases.Fold().String(text))
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

// findThreads finds the threads whose subject holds a text, and those in which somebody of that name wrote.
func (l *List) findThreads(ctx context.Context, a *asker, query string, page int) (res result, more bool, err error) {
	base, _ := mail.BaseSubject(query)
	bySubject, total, err := l.DB.ThreadsLike(ctx, a.community.ID, base, (page-1)*findPage, findPage)
	if err != nil {
		return res, false, err
	}
	seen := map[int64]bool{}
	for _, th := range bySubject {
		seen[th.ID] = true
	}
	byAuthor, err := l.threadsByAuthor(ctx, a.community.ID, fold(query), page, seen)
	if err != nil {
		return res, false, err
	}
	res = result{done: true, text: l.say(a, "command.found", templates.Args{N: len(bySubject) + len(byAuthor), Value: a.quote(query)})}
	for _, th := range append(bySubject, byAuthor...) {
		res.lines = append(res.lines, l.threadLine(a, th))
	}
	return res, page*findPage < total || len(byAuthor) == findPage, nil
}

func (l *List) threadsByAuthor(ctx context.Context, community int64, folded string, page int, seen map[int64]bool) (found []store.Thread, err error) {
	var ids []int64
	listed := map[int64]bool{}
	err = l.DB.EachAuthor(ctx, community, searchedPast, func(thread int64, name, address string) bool {
		if !listed[thread] && (strings.Contains(fold(name), folded) || strings.Contains(address, folded)) {
			listed[thread] = true
			ids = append(ids, thread)
		}
		return len(ids) < page*findPage
	})
	if err != nil {
		return nil, err
	}
	for _, id := range ids[min(len(ids), (page-1)*findPage):] {
		if seen[id] {
			continue
		}
		th, err := l.DB.Thread(ctx, id)
		if err != nil {
			return nil, err
		}
		found = append(found, th)
	}
	return found, nil
}

func (l *List) threadLine(a *asker, th store.Thread) string {
	return l.say(a, "command.thread", templates.Args{Value: strconv.FormatInt(th.ID, 10), Subject: th.Subject, N: th.Posts,
		When: th.LastAt.In(l.zone(a.community, a.s))})
}

// findMembers finds members by name or address, and how many there are.
func (l *List) findMembers(ctx context.Context, community int64, query string, skip, limit int) (page []store.Subscription, total int, err error) {
	folded := fold(query)
	filter := store.SubscriptionFilter{}
	for {
		all, err := l.DB.Subscriptions(ctx, community, filter)
		if err != nil || len(all) == 0 {
			return page, total, err
		}
		for _, s := range all {
			if !isMember(s) || !strings.Contains(fold(s.Name), folded) && !strings.Contains(s.Address, folded) {
				continue
			}
			if total++; total > skip && len(page) < limit {
				page = append(page, s)
			}
		}
		filter.After = all[len(all)-1].ID
	}
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
