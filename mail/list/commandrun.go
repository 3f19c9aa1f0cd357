package list

import (
	"context"

	"guildpost/mail"
	"guildpost/templates"
)

// A verb is what a command does.
type verb struct {
	usage  string // how it is written
	member bool   // only members can
	plan   func(ctx context.Context, l *List, a *asker, c command) (plan, error)
}

// communityVerbs are the commands of a community.
func communityVerbs() map[string]verb {
	return map[string]verb{
		"help":     {"help", false, planHelp},
		"info":     {"info", false, planInfo},
		"charter":  {"charter", false, planCharter},
		"lists":    {"lists", false, planLists},
		"which":    {"which", false, planWhich},
		"join":     {"join", false, planJoin},
		"leave":    {"leave", false, planLeave},
		"who":      {"who", true, planWho},
		"find":     {"find ana", true, planFind},
		"whois":    {"whois ana@example.org", true, planWhois},
		"show":     {"show", true, planShow},
		"set":      {"set delivery weekly", true, planSet},
		"vacation": {"vacation 2026-08-31", true, planVacation},
		"mute":     {"mute SUBJECT", true, planThreadMode},
		"unmute":   {"unmute SUBJECT", true, planThreadMode},
		"follow":   {"follow SUBJECT", true, planThreadMode},
		"merge":    {"merge 12 15", true, planMerge},
		"split":    {"split MESSAGE-ID", true, planSplit},
		"title":    {"title 12 TITLE", true, planTitle},
		"solved":   {"solved 12", true, planSolved},
		"open":     {"open 12", true, planSolved},
		"label":    {"label 12 howto", true, planLabel},
		"unlabel":  {"unlabel 12 howto", true, planLabel},
		"index":    {"index", true, planIndex},
		"get":      {"get 12", true, planGet},
		"receipt":  {"receipt SUBJECT", true, planReceipt},
		"stats":    {"stats", true, planStats},
		"invite":   {"invite ana@example.org", true, planInvite},
		"thanks":   {"thanks ana@example.org for the review", true, planThanks},
		"password": {"password my laptop", true, planPassword},
		"feed":     {"feed", true, planFeed},
		"undo":     {"undo", true, planUndo},
		"journal":  {"journal", true, planJournal},

		"reminders": {"reminders off", true, planReminders},
	}
}

// A result is what a command found or did.
type result struct {
	done    bool
	text    string
	lines   []string
	section any               // a text of its own: one of the types of package templates
	attach  []mail.Attachment // beside it
	own     bool              // a mail of its own says it
	secret  bool              // it holds a password
}

// A plan is what a command is going to do. Where there is nothing to change, its result is the answer already.
type plan struct {
	result
	// do changes something.
	do     func(ctx context.Context) (result, error)
	leaves bool // it is that the asker leaves
	// asks says that do asks by itself whether it was them, where that is needed.
	asks bool
	// line is the command as it is kept until it is confirmed, and shown what the mail that asks says of it; "" is the
	// command as it was understood.
	line, shown string
}

// A commandRun goes through the commands of a mail.
type commandRun struct {
	list    *List
	asker   *asker
	verbs   map[string]verb
	skipped int

	results  []templates.CommandResult
	sections []any
	attach   []mail.Attachment
	own      int  // answers that are mails of their own
	secret   bool // one of the answers holds a password
	waiting  []plan
}

// command does one command, or lets it wait.
func (r *commandRun) command(ctx context.Context, c command) {
	v, known := r.verbs[c.verb]
	switch {
	case c.verb == "":
		r.add(c, result{text: r.say("command.unknown", templates.Args{})})
		r.suggest(c)
		return
	case !known:
		r.add(c, result{text: r.say("command.elsewhere", templates.Args{})})
		return
	case v.member && !r.asker.member:
		r.add(c, result{text: r.say("command.needs-member", templates.Args{Address: r.asker.address})})
		return
	}
	p, err := v.plan(ctx, r.list, r.asker, c)
	if err == nil && p.do != nil && !r.asker.proven && !p.asks {
		r.wait(c, p)
		return
	}
	if err == nil && p.do != nil {
		p.result, err = p.do(ctx)
	}
	if err != nil {
		p.result = r.failed(c, err)
	}
	r.add(c, p.result)
}

func (r *commandRun) say(key string, args templates.Args) string {
	return r.list.say(r.asker, key, args)
}

// failed tells of an error. Those that the asker can do something about have been told by the command itself.
func (r *commandRun) failed(c command, err error) result {
	if text, ok := isRefusal(err); ok {
		return result{text: text}
	}
	r.list.Log.Error("a command by mail failed", "community", r.asker.community.Name, "command", c.verb, "error", err)
	return result{text: r.say("command.later", templates.Args{})}
}

// A refusal is an error whose text is in the asker's language already.
type refusal struct{ text string }

func (r refusal) Error() string { return r.text }

func isRefusal(err error) (text string, ok bool) {
	r, ok := err.(refusal)
	return r.text, ok
}

// refuse says to an asker why something is not done.
func (l *List) refuse(a *asker, key string, args templates.Args) error {
	return refusal{l.say(a, key, args)}
}

// missing says how a command is written.
func (l *List) missing(a *asker, c command) error {
	return l.refuse(a, "command.missing", templates.Args{Value: communityVerbs()[c.verb].usage})
}

func (r *commandRun) wait(c command, p plan) {
	if p.line == "" {
		p.line = c.String()
	}
	if p.shown == "" {
		p.shown = p.line
	}
	r.waiting = append(r.waiting, p)
}

// shown is how the answer names a line.
func (r *commandRun) shown(c command) string {
	if !r.asker.proven {
		return c.verb
	}
	return cutAt(c.line, 200)
}

func (r *commandRun) add(c command, res result) {
	switch {
	case res.own:
		r.own++
	case res.section != nil:
		r.sections = append(r.sections, res.section)
		if res.text == "" {
			res.text, res.done = r.say("command.below", templates.Args{}), true
		}
	}
	r.attach, r.secret = append(r.attach, res.attach...), r.secret || res.secret
	r.results = append(r.results, templates.CommandResult{Line: r.shown(c), Done: res.done, Text: res.text, Lines: res.lines})
}

// suggest names the command that was probably meant.
func (r *commandRun) suggest(c command) {
	r.results[len(r.results)-1].Suggestion = suggestion(r.asker, r.verbs, c)
}

// suggestion is the command that a line was probably meant to be, "" where none is near; to somebody who proves nothing
// only its verb.
func suggestion(a *asker, verbs map[string]verb, c command) string {
	nearest := nearestVerb(c.word)
	if _, ok := verbs[nearest]; !ok {
		return ""
	}
	if !a.proven {
		return nearest
	}
	return cutAt(command{verb: nearest, args: c.args}.String(), 100)
}

// answer is one mail: what came of each line, or the question whether the lines that wait are the member's own, or both.
// Where mails of their own say all there is to say, there is none.
func (r *commandRun) answer(ctx context.Context) error {
	switch w, ok := r.letter(); {
	case len(r.waiting) == 1 && r.waiting[0].leaves && !ok:
		return r.list.askToLeave(ctx, r.asker.community, r.asker.s, r.asker.message)
	case len(r.waiting) > 0:
		return r.ask(ctx, w, ok)
	case ok:
		return r.list.send(ctx, w)
	}
	r.list.wake()
	return nil
}

// letter is what came of the lines that do not wait.
func (r *commandRun) letter() (w letter, ok bool) {
	if len(r.results) == r.own && r.skipped == 0 {
		return w, false
	}
	request := ""
	if r.asker.community.ID != 0 {
		request = r.asker.community.FunctionAddress("request")
	}
	if len(r.results) == 1 && len(r.sections) == 1 && r.results[0].Lines == nil && r.skipped == 0 {
		w = r.list.letterTo(r.asker, r.sections[0])
		if _, pages := r.sections[0].(templates.MemberList); pages {
			w.from = request
		}
		return w, true
	}
	w = r.list.letterTo(r.asker, templates.CommandResults{For: r.asker.greeting(), Results: r.results, Skipped: r.skipped, Limit: maxCommands})
	w.more, w.attach, w.from, w.secret = r.sections, r.attach, request, r.secret
	return w, true
}
