package list

import (
	"context"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"guildpost/store"
	"guildpost/templates"
)

const (
	whoPage   = 100 // members of a mail
	findPage  = 50  // members of a mail that also has posts
	findPosts = 20  // posts of a mail
	findPages = 50  // of posts: who has read as many looks for something else
)

// planFind looks for members by name, and for posts by their words: "find ana", then "find ana page 2".
func planFind(ctx context.Context, l *List, a *asker, c command) (plan, error) {
	query, page := splitPage(c.args)
	if fold(query) == "" {
		return plan{}, l.missing(a, c)
	}
	communities, err := l.searchable(ctx, a)
	if err != nil {
		return plan{}, err
	}
	res, more, err := l.findPosts(ctx, a, query, communities, page)
	if err != nil {
		return plan{}, err
	}
	if a.community.ID != 0 && l.seesMembers(a) == nil {
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

// searchable are the communities whose posts an asker may find: their own. While the history of one is being imported, only
// its facilitators find anything there.
func (l *List) searchable(ctx context.Context, a *asker) (communities []store.Community, err error) {
	mine := []store.Subscription{a.s}
	if a.community.ID == 0 {
		if mine, err = l.DB.SubscriptionsOf(ctx, a.address); err != nil {
			return nil, err
		}
	}
	for _, s := range mine {
		open := true
		if !s.Has(store.Facilitator) {
			if open, err = l.DB.ArchiveOpen(ctx, s.CommunityID); err != nil {
				return nil, err
			}
		}
		if !open || !isMember(s) {
			continue
		}
		c, err := l.DB.Community(ctx, s.CommunityID)
		if err != nil {
			return nil, err
		}
		communities = append(communities, c)
	}
	return communities, nil
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

// findPosts finds posts by their words, the newest first.
func (l *List) findPosts(ctx context.Context, a *asker, query string, communities []store.Community, page int) (res result, more bool, err error) {
	if l.Searcher == nil || page > findPages {
		return result{done: true, text: l.say(a, "search.found", templates.Args{Value: a.quote(query)})}, false, nil
	}
	found, more, err := l.Searcher.Find(ctx, Search{Query: query, Communities: communities, Now: a.by.At, Zone: l.zone(a.community, a.s),
		Skip: (page - 1) * findPosts, Limit: findPosts})
	if why, ok := reasonOf(err); ok {
		return res, false, l.refuseQuery(a, why)
	}
	if err != nil {
		return res, false, err
	}
	args := templates.Args{N: len(found), Value: a.quote(query)}
	res = result{done: true, text: l.say(a, "search.found", args)}
	if more || page > 1 && len(found) > 0 {
		args.N, args.M = (page-1)*findPosts+1, (page-1)*findPosts+len(found)
		res.text = l.say(a, "search.page", args)
	}
	for _, f := range found {
		res.lines = append(res.lines, l.foundLine(a, f))
	}
	if len(found) > 0 {
		res.lines = append(res.lines, l.say(a, "search.get", templates.Args{Value: "get " + strconv.FormatInt(found[0].ThreadID, 10),
			Address: found[0].Community.FunctionAddress("request")}))
	}
	return res, more && page < findPages, nil
}

// foundLine is a post that was found, on one line. Where several communities were searched, it says which one it is of.
func (l *List) foundLine(a *asker, f FoundPost) string {
	args := templates.Args{Value: strconv.FormatInt(f.ThreadID, 10), Subject: f.Thread, Name: f.FromName, Text: f.Snippet,
		When: f.Date.In(l.zone(a.community, a.s))}
	if args.Name == "" { // not the whole address: who the members are is not for everybody to see
		args.Name, _, _ = strings.Cut(f.From, "@")
	}
	if a.community.ID == 0 {
		args.Names = []string{f.Community.Name}
	}
	return l.say(a, "search.post", args)
}

// refuseQuery says what is wrong with a query, and what to write instead. Who may not be who they say is told of their own
// words alone.
func (l *List) refuseQuery(a *asker, why reason) error {
	code, value, instead := why.Reason()
	if !a.proven && code != "list" {
		instead = a.quote(instead)
	}
	return l.refuse(a, "search."+code, templates.Args{Value: a.quote(value), Text: instead})
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
