package list

import (
	"context"
	"strconv"
	"strings"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// Facilitators keep the archive in order by mail: threads are merged, split, given titles, states and labels. What a
// thread is about is also said by who began it: they, experts and facilitators say that it is solved.

// editor is the asker as the journal names who changed a thread.
func (a *asker) editor() store.EditOfThread {
	return store.EditOfThread{By: a.by, MemberID: a.s.MemberID}
}

func (l *List) needsFacilitator(a *asker) error {
	if a.isFacilitator() {
		return nil
	}
	return l.refuse(a, "command.needs-role", templates.Args{Code: string(store.Facilitator)})
}

// numberedThread reads "12 REST", or REST alone in an answer to one of the thread's posts.
func (l *List) numberedThread(ctx context.Context, a *asker, c command) (th store.Thread, rest string, err error) {
	word, rest, _ := strings.Cut(a.withoutList(c.args), " ")
	n := number(word)
	if n == 0 {
		th, err = l.threadAnswered(ctx, a, c)
		return th, a.withoutList(c.args), err
	}
	th, err = l.threadNumbered(ctx, a, n)
	return th, strings.TrimSpace(rest), err
}

func (l *List) threadNumbered(ctx context.Context, a *asker, n int) (store.Thread, error) {
	th, err := l.DB.Thread(ctx, int64(n))
	if store.KindOf(err) == store.NotFound || err == nil && th.CommunityID != a.community.ID {
		err = l.refuse(a, "command.no-thread", templates.Args{Subject: strconv.Itoa(n)})
	}
	return th, err
}

// planMerge: "merge 12 15" makes 15 part of 12; in an answer to a post "merge 15" makes 15 part of its thread.
func planMerge(ctx context.Context, l *List, a *asker, c command) (plan, error) {
	if err := l.needsFacilitator(a); err != nil {
		return plan{}, err
	}
	words := strings.Fields(a.withoutList(strings.ReplaceAll(c.args, ",", " ")))
	into, from := store.Thread{}, 0
	var err error
	switch {
	case len(words) == 2 && number(words[0]) > 0:
		from = number(words[1])
		into, err = l.threadNumbered(ctx, a, number(words[0]))
	case len(words) == 1:
		from = number(words[0])
		into, err = l.threadAnswered(ctx, a, c)
	}
	if from == 0 {
		return plan{}, l.missing(a, c)
	}
	if err != nil {
		return plan{}, err
	}
	gone, err := l.threadNumbered(ctx, a, from)
	if err != nil {
		return plan{}, err
	}
	line := c.verb + " " + strconv.FormatInt(into.ID, 10) + " " + strconv.FormatInt(gone.ID, 10)
	return plan{line: line, do: func(ctx context.Context) (result, error) {
		err := l.DB.MergeThreads(ctx, a.editor(), a.community.ID, gone.ID, into.ID)
		if store.KindOf(err) == store.Conflict {
			err = l.refuse(a, "command.same-thread", templates.Args{})
		}
		return result{done: true, text: l.say(a, "command.merged", templates.Args{Value: strconv.FormatInt(gone.ID, 10), Subject: into.Subject})}, err
	}}, nil
}

// planSplit: "split MESSAGE-ID [TITLE]", or "split [TITLE]" in an answer to the post that begins the new thread.
func planSplit(ctx context.Context, l *List, a *asker, c command) (plan, error) {
	if err := l.needsFacilitator(a); err != nil {
		return plan{}, err
	}
	p, title, err := l.postMeant(ctx, a, c)
	if err != nil {
		return plan{}, err
	}
	title = a.ownWords(title)
	base, _ := mail.BaseSubject(p.Subject)
	titleBase, _ := mail.BaseSubject(title)
	line := strings.TrimSpace(c.verb + " <" + p.MessageID + "> " + title)
	shown := strings.TrimSpace(c.verb + " " + p.Subject)
	return plan{line: line, shown: shown, do: func(ctx context.Context) (result, error) {
		id, err := l.DB.SplitThread(ctx, a.editor(), a.community.ID, p.ID, title, titleBase, base)
		if store.KindOf(err) == store.Conflict {
			err = l.refuse(a, "command.split-first", templates.Args{})
		}
		if title == "" {
			title = p.Subject
		}
		return result{done: true, text: l.say(a, "command.split", templates.Args{Value: strconv.FormatInt(id, 10), Subject: title})}, err
	}}, nil
}

// postMeant finds the post that a command names first, or that its mail answers.
func (l *List) postMeant(ctx context.Context, a *asker, c command) (p store.Post, rest string, err error) {
	args := a.withoutList(c.args)
	word, rest, _ := strings.Cut(args, " ")
	ids := []string{strings.Trim(word, "<>")}
	if !strings.Contains(word, "@") {
		if rest, ids = args, nil; a.message != nil {
			ids = a.message.Ancestors()
		}
		if len(ids) == 0 {
			return p, "", l.missing(a, c)
		}
	}
	for _, id := range ids {
		posts, err := l.DB.PostsByMessageID(ctx, id)
		if err != nil {
			return p, "", err
		}
		if own := ofCommunity(posts, a.community.ID); len(own) > 0 {
			return own[0], strings.TrimSpace(rest), nil
		}
	}
	return p, "", l.refuse(a, "command.no-post", templates.Args{})
}

// planTitle: "title 12 New title".
func planTitle(ctx context.Context, l *List, a *asker, c command) (plan, error) {
	if err := l.needsFacilitator(a); err != nil {
		return plan{}, err
	}
	th, title, err := l.numberedThread(ctx, a, c)
	if err != nil {
		return plan{}, err
	}
	title = a.ownWords(title)
	base, _ := mail.BaseSubject(title)
	if base == "" {
		return plan{}, l.missing(a, c)
	}
	return plan{line: "title " + strconv.FormatInt(th.ID, 10) + " " + title, do: func(ctx context.Context) (result, error) {
		_, err := l.DB.TitleThread(ctx, a.editor(), a.community.ID, th.ID, title, base)
		return result{done: true, text: l.say(a, "command.titled", templates.Args{Subject: title})}, err
	}}, nil
}

// planSolved: "solved 12" and "open 12".
func planSolved(ctx context.Context, l *List, a *asker, c command) (plan, error) {
	th, _, err := l.numberedThread(ctx, a, c)
	if err != nil {
		return plan{}, err
	}
	if may, err := l.maySolve(ctx, a, th); err != nil || !may {
		return plan{}, l.orRefuse(err, a, "command.solved-who", templates.Args{})
	}
	solved := c.verb == "solved"
	key := map[bool]string{true: "command.solved", false: "command.opened"}[solved]
	line := c.verb + " " + strconv.FormatInt(th.ID, 10)
	return plan{line: line, shown: c.verb + " " + th.Subject, do: func(ctx context.Context) (result, error) {
		_, err := l.DB.SolveThread(ctx, a.editor(), a.community.ID, th.ID, solved)
		return result{done: true, text: l.say(a, key, templates.Args{Subject: th.Subject})}, err
	}}, nil
}

// maySolve says whether an asker is one of those who say that a thread is solved.
func (l *List) maySolve(ctx context.Context, a *asker, th store.Thread) (bool, error) {
	if a.isFacilitator() || a.member && a.s.Has(store.Expert) {
		return true, nil
	}
	first, err := l.DB.ThreadPage(ctx, th.ID, store.ThreadPlace{}, 1)
	if err != nil || len(first) == 0 {
		return false, err
	}
	return first[0].MemberID != 0 && first[0].MemberID == a.s.MemberID || first[0].From == a.address, nil
}

// planLabel: "label 12 howto" and "unlabel 12 howto".
func planLabel(ctx context.Context, l *List, a *asker, c command) (plan, error) {
	if err := l.needsFacilitator(a); err != nil {
		return plan{}, err
	}
	th, word, err := l.numberedThread(ctx, a, c)
	if err != nil {
		return plan{}, err
	}
	if word == "" {
		return plan{}, l.missing(a, c)
	}
	label, err := store.ThreadLabel(word)
	if err != nil {
		return plan{}, l.refuse(a, "command.label", templates.Args{Value: a.quote(word)})
	}
	on := c.verb == "label"
	key := map[bool]string{true: "command.labelled", false: "command.unlabelled"}[on]
	line := c.verb + " " + strconv.FormatInt(th.ID, 10) + " " + label
	return plan{line: line, do: func(ctx context.Context) (result, error) {
		_, err := l.DB.LabelThread(ctx, a.editor(), a.community.ID, th.ID, label, on)
		if store.KindOf(err) == store.Invalid {
			err = l.refuse(a, "command.labels", templates.Args{})
		}
		return result{done: true, text: l.say(a, key, templates.Args{Subject: th.Subject, Value: label})}, err
	}}, nil
}
