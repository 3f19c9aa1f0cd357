package list

import (
	"context"
	"strings"

	"guildpost/store"
	"guildpost/templates"
)

// listedIssues is how many issues of a newsletter are listed.
const listedIssues = 24

// isNewsletter says whether a word means the newsletter.
func isNewsletter(word string) bool {
	s, ok := findSetting(strings.TrimSpace(word))
	return ok && s.key == "newsletter"
}

// issues are those of a community that are in its archive, the newest first.
func (l *List) issues(ctx context.Context, communityID int64) (filed []store.Newsletter, err error) {
	all, err := l.DB.Newsletters(ctx, communityID, listedIssues)
	for _, i := range all {
		if i.State == store.NewsletterSent && i.ThreadID != 0 {
			filed = append(filed, i)
		}
	}
	return filed, err
}

// planIssues lists the issues of the newsletter, each in a thread of its own, which "get" mails.
func (l *List) planIssues(ctx context.Context, a *asker) (plan, error) {
	all, err := l.issues(ctx, a.community.ID)
	if err != nil {
		return plan{}, err
	}
	res := result{done: true, text: l.say(a, "command.issues", templates.Args{})}
	for _, i := range all {
		th, err := l.DB.Thread(ctx, i.ThreadID)
		if store.KindOf(err) == store.NotFound && err != nil { // its time in the archive is over
			continue
		}
		if err != nil {
			return plan{}, err
		}
		res.lines = append(res.lines, l.threadLine(a, th))
	}
	if len(res.lines) == 0 {
		res.text = l.say(a, "command.issues-none", templates.Args{})
	}
	return plan{result: res}, nil
}

// lastIssue is the newest issue in the archive, as a post; none where there is none.
func (l *List) lastIssue(ctx context.Context, a *asker) ([]store.Post, error) {
	all, err := l.issues(ctx, a.community.ID)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return l.DB.ThreadPosts(ctx, all[0].ThreadID)
}
