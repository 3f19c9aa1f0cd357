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
	var marks []string
	if th.Solved {
		marks = append(marks, l.say(a, "command.thread-solved", templates.Args{}))
	}
	return l.say(a, "command.thread", templates.Args{Value: strconv.FormatInt(th.ID, 10), Subject: th.Subject, N: th.Posts,
		When: th.LastAt.In(l.zone(a.community, a.s)), Names: append(marks, th.Labels...)})
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
