package main

import (
	"context"

	"guildpost/mail"
	"guildpost/mail/route"
	"guildpost/store"
)

// A listHandler does what a mail to a function of a community asks for.
type listHandler func(ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message) error

// handle registers who does what an address asks for: those of a community by what stands behind its name, and those of
// the installation.
func (d *Daemon) handle(router *route.Router) {
	l := d.list
	for suffix, do := range map[string]listHandler{
		"":     d.post,
		"join": l.JoinAddress, "subscribe": l.JoinAddress,
		"leave": l.LeaveAddress, "unsubscribe": l.LeaveAddress,
		"request": l.Commands, "help": l.Help,
		"owner": l.Owner, "conduct": l.Conduct, "news": d.news.Note,
		"meet": d.meets.Meet,
	} {
		router.Handle(suffix, func(ctx context.Context, i route.Item) error { return do(ctx, i.Community, i.Envelope, i.Message) })
	}
	router.Handle("t", func(ctx context.Context, i route.Item) error {
		return tickets{l, d.meets, d.news, d.reports}.answer(ctx, i.Community, i.Envelope, i.Message, i.Token)
	})
	router.Handle("bounces", func(ctx context.Context, i route.Item) error {
		return l.Bounce(ctx, i.Community, i.Envelope, i.Message, i.Token)
	})
	router.HandleOwn("guildpost", func(ctx context.Context, i route.Item) error { return l.OwnCommands(ctx, i.Envelope, i.Message) })
	for _, own := range []string{"postmaster", "abuse"} { // RFC 2142
		router.HandleOwn(own, func(ctx context.Context, i route.Item) error {
			return l.ToPostmaster(ctx, own+"@"+d.config.Domain, i.Envelope, i.Message)
		})
	}
}

// post hands what was sent to a list address to the list, unless it answers an invitation, or calls a meeting.
func (d *Daemon) post(ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message) error {
	for _, take := range []func(context.Context, store.Community, mail.Envelope, *mail.Message) (bool, error){d.meets.Posted, d.meets.Called} {
		if taken, err := take(ctx, c, env, m); taken || err != nil {
			return err
		}
	}
	return d.list.Post(ctx, c, env, m)
}
