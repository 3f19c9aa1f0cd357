package list

import (
	"context"
	"strings"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// Commands come by mail, one a line, and are answered in one mail. From is no proof of who sent them: what only reads
// is answered to the address itself, a few times a day, without a word of what was sent, since it may be that of a
// stranger; what changes something waits until the address has confirmed it, unless the mail proves whose it is. What
// robots send does nothing and gets no answer.

// An asker is who sent a mail with commands, as far as that is known.
type asker struct {
	community store.Community // zero for the installation itself
	address   string          // canonical: that of From
	name      string          // as they write it themselves
	proven    bool
	member    bool               // of the community
	s         store.Subscription // theirs; zero for who never was a member
	source    string             // where the mail came from, against flooding
	message   *mail.Message      // nil where a page confirms
	by        store.Actor
	language  string
}

// Commands handles a mail for the address of commands.
func (l *List) Commands(ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message) error {
	a, err := l.asker(ctx, c, env, m)
	if err != nil || a == nil {
		return err
	}
	return l.answerCommands(ctx, a, communityVerbs())
}

// answerCommands carries out what a mail says, and answers it.
func (l *List) answerCommands(ctx context.Context, a *asker, verbs map[string]verb) error {
	commands, more := parseCommands(a.message.Subject, a.message.Text().New)
	lost := !understood(commands)
	if ok, err := l.mayAnswer(ctx, a, brakeOn(a, commands)); err != nil || !ok {
		return err
	}
	if lost {
		return l.send(ctx, l.letterTo(a, l.lostText(a, verbs, commands)))
	}
	r := &commandRun{list: l, asker: a, verbs: verbs, skipped: more}
	for _, c := range commands {
		r.command(ctx, c)
	}
	return r.answer(ctx)
}

func understood(commands []command) bool {
	for _, c := range commands {
		if c.verb != "" {
			return true
		}
	}
	return false
}

// asker finds out who sent a mail; nil is a robot, who gets no answer. An error is for the sender's mail server.
func (l *List) asker(ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message) (*asker, error) {
	address, err := l.writer(ctx, env, m)
	if err != nil || address == "" {
		return nil, err
	}
	a := &asker{community: c, address: address, proven: l.Proven(env, m, address), message: m, source: source(env),
		by: store.Actor{Who: address, Via: via(m), At: l.Now()}}
	if a.proven {
		a.name = m.From[0].Name
	}
	return a, l.recognise(ctx, a)
}

// recognise finds the membership of an asker.
func (l *List) recognise(ctx context.Context, a *asker) error {
	if a.community.ID == 0 {
		all, err := l.DB.SubscriptionsOf(ctx, a.address)
		if len(all) > 0 {
			a.language = all[0].Language
		}
		return err
	}
	s, err := l.DB.SubscriptionByAddress(ctx, a.community.ID, a.address)
	if store.KindOf(err) == store.NotFound {
		return nil
	}
	a.s, a.member, a.language = s, isMember(s), s.Language
	return err
}

func isMember(s store.Subscription) bool {
	return s.ID != 0 && (s.State == store.Active || s.State == store.Suspended)
}

// writer is the address of who wrote to one of our functions, "" for a robot.
func (l *List) writer(ctx context.Context, env mail.Envelope, m *mail.Message) (string, error) {
	kind, reason := mail.Automatic(m, env.From, env.From == "" && env.Protocol != "IMAP")
	if kind != mail.AutoNone {
		l.Log.Info("a robot's mail was passed over", "to", firstTo(env), "message_id", m.MessageID, "reason", reason)
		return "", nil
	}
	if m.Received() > maxReceived {
		return "", store.Errorf(store.Invalid, "this message has been through %d servers (mail loop)", m.Received()).WithStatus("5.4.6")
	}
	if len(m.From) != 1 {
		return "", store.Errorf(store.Invalid, "this message names %d authors in its From field; this address answers one", len(m.From))
	}
	address, err := mail.Canonical(m.From[0].String())
	if err != nil {
		return "", store.Errorf(store.Invalid, "the From address of this message cannot be answered: %w", err).WithStatus("5.1.7")
	}
	if ours, err := l.isOurs(ctx, address); err != nil || !ours {
		return address, err
	}
	return "", store.Errorf(store.Invalid, "%s is one of our own addresses (mail loop)", address).WithStatus("5.4.6")
}

// isOurs says whether an address is a community's, or the installation's own.
func (l *List) isOurs(ctx context.Context, address string) (bool, error) {
	at := strings.LastIndexByte(address, '@')
	local, domain := address[:at], address[at+1:]
	switch local {
	case "guildpost", "postmaster", "abuse":
		if domain == l.Hostname {
			return true, nil
		}
	}
	for _, candidate := range mail.Candidates(local) {
		_, err := l.DB.CommunityByAddress(ctx, candidate.List, domain)
		if err == nil || store.KindOf(err) != store.NotFound {
			return true, err
		}
	}
	return false, nil
}

// quote is what was written, for who surely wrote it; nobody else is sent a stranger's words.
func (a *asker) quote(text string) string {
	if !a.proven {
		return "…"
	}
	return cutAt(text, 200)
}

// say is a short text in the asker's language.
func (l *List) say(a *asker, key string, args templates.Args) string {
	return templates.Say(l.language(a.community, a.language), key, withCommunity(args, a.community))
}

// letterTo is an answer to an asker. A member's goes where the community's mail goes.
func (l *List) letterTo(a *asker, data any) letter {
	if a.member {
		w := to(a.community, a.s, data)
		w.answers = a.message
		return w
	}
	return letter{community: a.community, to: a.address, language: a.language, answers: a.message, data: data}
}

// greeting is what a text for an asker begins with.
func (a *asker) greeting() templates.For {
	if a.community.ID == 0 {
		return templates.For{Recipient: a.s.Name}
	}
	return forReader(a.community, a.s.Name)
}
