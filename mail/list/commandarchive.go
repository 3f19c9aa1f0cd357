package list

import (
	"context"
	"strconv"
	"strings"
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

const (
	indexPast    = 31 * 24 * time.Hour
	indexThreads = 50
	getPosts     = 25        // posts of a mail
	getBytes     = 5_000_000 // and their size
)

// needsArchive refuses to show an archive into which a history is being imported: until that is finished, facilitators alone
// see it.
func (l *List) needsArchive(ctx context.Context, a *asker) error {
	if a.isFacilitator() {
		return nil
	}
	open, err := l.DB.ArchiveOpen(ctx, a.community.ID)
	if err == nil && !open {
		err = l.refuse(a, "command.importing", templates.Args{})
	}
	return err
}

// planIndex lists the threads of the last month, or the issues of the newsletter.
func planIndex(ctx context.Context, l *List, a *asker, c command) (plan, error) {
	if err := l.needsArchive(ctx, a); err != nil {
		return plan{}, err
	}
	if isNewsletter(a.withoutList(c.args)) {
		return l.planIssues(ctx, a)
	}
	threads, err := l.DB.ThreadsSince(ctx, a.community.ID, l.Now().Add(-indexPast), indexThreads)
	if err != nil {
		return plan{}, err
	}
	if len(threads) == 0 {
		return plan{result: result{done: true, text: l.say(a, "command.index-none", templates.Args{})}}, nil
	}
	res := result{done: true, text: l.say(a, "command.index", templates.Args{})}
	for _, th := range threads {
		res.lines = append(res.lines, l.threadLine(a, th))
	}
	return plan{result: res}, nil
}

// planGet mails posts as they went out: "get 12" a thread, "get 12 26" what is left of it, "get MESSAGE-ID" one post, "get newsletter"
// the last issue.
func planGet(ctx context.Context, l *List, a *asker, c command) (plan, error) {
	what, rest, _ := strings.Cut(a.withoutList(c.args), " ")
	first := max(1, number(rest))
	var posts []store.Post
	err := l.needsArchive(ctx, a)
	if err != nil {
		return plan{}, err
	}
	if isNewsletter(what) {
		posts, err = l.lastIssue(ctx, a)
	} else if n := number(what); n > 0 {
		posts, err = l.DB.ThreadPosts(ctx, int64(n))
	} else if id := strings.Trim(what, "<>"); id != "" {
		posts, err = l.DB.PostsByMessageID(ctx, id)
	} else {
		return plan{}, l.missing(a, c)
	}
	if err != nil {
		return plan{}, err
	}
	posts = ofCommunity(posts, a.community.ID)
	if first > len(posts) {
		return plan{}, l.refuse(a, "command.no-post", templates.Args{})
	}
	res, n, err := l.attachPosts(ctx, a, posts[first-1:])
	if err != nil {
		return plan{}, err
	}
	if next := first + n; next <= len(posts) {
		more := command{verb: "get", args: strconv.FormatInt(posts[0].ThreadID, 10) + " " + strconv.Itoa(next)}
		res.lines = append(res.lines, l.say(a, "command.more", templates.Args{Value: more.String()}))
	}
	return plan{result: res}, nil
}

// ofCommunity keeps what is the asker's to read: a number or Message-ID may be that of another community's post.
func ofCommunity(posts []store.Post, community int64) (own []store.Post) {
	for _, p := range posts {
		if p.CommunityID == community {
			own = append(own, p)
		}
	}
	return own
}

// attachPosts makes attachments of as many posts as fit, and says how many those are.
func (l *List) attachPosts(ctx context.Context, a *asker, posts []store.Post) (res result, n int, err error) {
	size := 0
	for _, p := range posts[:min(len(posts), getPosts)] {
		raw, err := l.DB.Raw(ctx, p.RawID)
		if err != nil {
			return res, 0, err
		}
		message, err := l.composePost(a.community, store.Dispatch{}, p, raw)
		if err != nil {
			return res, 0, err
		}
		if size += len(message); size > getBytes {
			break
		}
		res.attach = append(res.attach, mail.Attachment{Type: "message/rfc822", Name: "post-" + strconv.FormatInt(p.ID, 10) + ".eml", Data: message})
		n++
	}
	if n == 0 {
		return res, 0, l.refuse(a, "command.too-large", templates.Args{})
	}
	res.done = true
	res.text = l.say(a, "command.got", templates.Args{N: n, Subject: posts[0].Subject})
	return res, n, nil
}
