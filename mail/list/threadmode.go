package list

import (
	"context"
	"strconv"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// threadModes are the modes by the verb that sets them.
var threadModes = map[string]store.ThreadMode{"mute": store.ThreadMuted, "unmute": store.ThreadAsOthers, "follow": store.ThreadFollowed}

// planThreadMode: "mute SUBJECT", "mute 12", or "mute" in an answer to one of the thread's posts.
func planThreadMode(ctx context.Context, l *List, a *asker, c command) (plan, error) {
	th, err := l.threadMeant(ctx, a, c)
	if err != nil {
		return plan{}, err
	}
	key := map[string]string{"mute": "command.muted", "unmute": "command.unmuted", "follow": "command.followed"}[c.verb]
	line := c.verb + " " + strconv.FormatInt(th.ID, 10)
	return plan{line: line, shown: c.verb + " " + th.Subject, do: func(ctx context.Context) (result, error) {
		_, err := l.DB.SetThreadMode(ctx, a.by, a.s.ID, th.ID, threadModes[c.verb], nil)
		return result{done: true, text: l.say(a, key, templates.Args{Subject: th.Subject})}, err
	}}, nil
}

// threadMeant finds the thread that a command is about.
func (l *List) threadMeant(ctx context.Context, a *asker, c command) (store.Thread, error) {
	args := a.withoutList(c.args)
	if args == "" {
		return l.threadAnswered(ctx, a, c)
	}
	base, _ := mail.BaseSubject(args)
	found, err := l.DB.ThreadsBySubject(ctx, a.community.ID, base, 1)
	if err == nil && len(found) == 0 {
		err = l.needsArchive(ctx, a) // what the asker knows no subject of would be told
	}
	if err != nil {
		return store.Thread{}, err
	}
	if n := number(args); n > 0 {
		th, err := l.DB.Thread(ctx, int64(n))
		if err == nil && th.CommunityID == a.community.ID || err != nil && store.KindOf(err) != store.NotFound {
			return th, err
		}
	}
	if len(found) == 0 && base != "" {
		found, _, err = l.DB.ThreadsLike(ctx, a.community.ID, base, 0, 1)
	}
	if err == nil && len(found) == 0 {
		err = l.refuse(a, "command.no-thread", templates.Args{Subject: a.quote(args)})
	}
	if err != nil {
		return store.Thread{}, err
	}
	return found[0], nil
}

// threadAnswered is the thread of the post that a mail with commands answers.
func (l *List) threadAnswered(ctx context.Context, a *asker, c command) (store.Thread, error) {
	if a.message != nil {
		for _, id := range a.message.Ancestors() {
			posts, err := l.DB.PostsByMessageID(ctx, id)
			if err != nil {
				return store.Thread{}, err
			}
			if own := ofCommunity(posts, a.community.ID); len(own) > 0 {
				return l.DB.Thread(ctx, own[0].ThreadID)
			}
		}
	}
	return store.Thread{}, l.missing(a, c)
}

func showThreadMode(ctx context.Context, l *List, u ticketUse) (Outcome, error) {
	th, err := l.DB.Thread(ctx, u.ticket.Object)
	if err == nil && th.CommunityID != u.community.ID {
		err = store.Errorf(store.NotFound, "there is no such thread")
	}
	return Outcome{Community: u.community, Kind: ticketPage(u.ticket), About: templates.Args{Subject: th.Subject}}, err
}

// actThreadMode mutes or follows a thread at the word of a ticket, and mails the way back.
func actThreadMode(ctx context.Context, l *List, u ticketUse) (Outcome, error) {
	out, err := showThreadMode(ctx, l, u)
	if err != nil {
		return out, err
	}
	s, err := l.DB.Subscription(ctx, u.ticket.Person)
	if err != nil {
		return out, err
	}
	if !isMember(s) {
		w := to(u.community, s, templates.NotAMember{For: forReader(u.community, s.Name), Address: s.Address})
		out.answer = &w
		return out, nil
	}
	mode := store.ThreadMuted
	if u.ticket.Kind == mail.TicketFollow {
		mode = store.ThreadFollowed
	}
	u.by.Who = s.Address
	_, err = l.DB.SetThreadMode(ctx, u.by, s.ID, u.ticket.Object, mode, func(journal int64) ([]store.Notice, error) {
		undo := l.undoTicket(u.community, s, journal)
		w := to(u.community, s, threadModeText(u, s, out.About.Subject, mode, undo))
		w.from, w.answers = undo.Address, u.message
		return l.notices(w)
	})
	return out, err
}

func threadModeText(u ticketUse, s store.Subscription, subject string, mode store.ThreadMode, undo templates.Ticket) any {
	if mode == store.ThreadFollowed {
		return templates.ThreadFollowed{For: forReader(u.community, s.Name), Subject: subject, Undo: undo}
	}
	return templates.ThreadMuted{For: forReader(u.community, s.Name), Subject: subject, Undo: undo}
}
