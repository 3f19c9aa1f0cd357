package list

import (
	"context"
	"strconv"
	"strings"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// maxPasswordName is how long the name of an app password gets, in octets.
const maxPasswordName = 100

// planPassword makes an app password, with which a mail program reads the archive, and a calendar program the meetings:
// "password my laptop". "password list" tells
// which there are, and "password revoke 17" ends one. The password goes to the member's own address, once the member has
// proven or confirmed that they asked.
func planPassword(ctx context.Context, l *List, a *asker, c command) (plan, error) {
	if !l.ArchiveOverIMAP && !l.hasFeeds() {
		return plan{}, l.refuse(a, "command.no-imap", templates.Args{})
	}
	args := a.withoutList(c.args)
	word, rest, _ := strings.Cut(args, " ")
	switch strings.ToLower(word) {
	case "list":
		return l.listPasswords(ctx, a)
	case "revoke", "delete", "remove":
		id := int64(number(rest))
		if id == 0 {
			return plan{}, l.refuse(a, "command.missing", templates.Args{Value: "password revoke 17"})
		}
		return plan{line: "password revoke " + strconv.FormatInt(id, 10),
			do: func(ctx context.Context) (result, error) { return l.revokePassword(ctx, a, id) }}, nil
	}
	name := cutAt(a.ownWords(args), maxPasswordName)
	return plan{line: strings.TrimSpace("password " + name),
		do: func(ctx context.Context) (result, error) { return l.makePassword(ctx, a, name) }}, nil
}

func (l *List) makePassword(ctx context.Context, a *asker, name string) (result, error) {
	secret, err := mail.NewSecret(l.Random)
	if err != nil {
		return result{}, err
	}
	hash, err := mail.HashSecret(ctx, l.Random, secret)
	if err != nil {
		return result{}, err
	}
	p, err := l.DB.AddAppPassword(ctx, a.by, store.AppPassword{MemberID: a.s.MemberID, Name: name, Hash: hash})
	if store.KindOf(err) == store.Conflict {
		return result{}, l.refuse(a, "command.password-full", templates.Args{N: store.MaxAppPasswords})
	}
	lines := []string{l.say(a, "command.password-user", templates.Args{Address: a.s.Address})}
	if l.ArchiveOverIMAP {
		lines = append(lines, l.say(a, "command.password-server", templates.Args{Value: l.Hostname}))
	}
	if l.hasFeeds() {
		lines = append(lines, l.say(a, "command.password-calendar", templates.Args{Value: l.PublicURL + "/dav/"}))
	}
	lines = append(lines, l.say(a, "command.password-end", templates.Args{Value: "password revoke " + strconv.FormatInt(p.ID, 10)}))
	return result{done: true, secret: true, text: l.say(a, "command.password", templates.Args{Value: mail.AppPassword(p.ID, secret)}), lines: lines}, err
}

func (l *List) listPasswords(ctx context.Context, a *asker) (plan, error) {
	all, err := l.DB.AppPasswords(ctx, a.s.MemberID)
	if err != nil {
		return plan{}, err
	}
	res := result{done: true, text: l.say(a, "command.passwords", templates.Args{N: len(all)})}
	for _, p := range all {
		res.lines = append(res.lines, l.say(a, "command.password-line", templates.Args{Value: strconv.FormatInt(p.ID, 10), Name: p.Name,
			When: p.UsedAt}))
	}
	return plan{result: res}, nil
}

func (l *List) revokePassword(ctx context.Context, a *asker, id int64) (result, error) {
	value := strconv.FormatInt(id, 10)
	err := l.DB.RevokeAppPassword(ctx, a.by, a.s.MemberID, id)
	if store.KindOf(err) == store.NotFound {
		return result{}, l.refuse(a, "command.password-none", templates.Args{Value: value})
	}
	return result{done: true, text: l.say(a, "command.password-revoked", templates.Args{Value: value})}, err
}
