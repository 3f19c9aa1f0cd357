package main

import (
	"context"
	"strings"
	"time"
	"unicode"

	"guildpost/mail"
	"guildpost/mail/outbound"
	"guildpost/store"
)

// farewellTime bounds how long a smarthost is waited for that takes the last mails to somebody.
const farewellTime = time.Minute

// sayFarewell takes the coming meetings out of the calendar of somebody who is about to be erased. Their mails go straight to
// the smarthost, since what waits in the queue is erased with them. That it does not work keeps nobody from being erased.
func (a *app) sayFarewell(ctx context.Context, db *store.DB, address string) error {
	k, err := a.newCalendar(ctx, db)
	if err != nil {
		return err
	}
	all, err := k.Farewell(ctx, address)
	if err != nil || len(all) == 0 {
		return err
	}
	short, cancel := context.WithTimeout(ctx, farewellTime)
	defer cancel()
	taken, err := a.handOver(short, all)
	if taken > 0 {
		a.say("%s taken out of their calendar", counted(taken, "meeting that comes is", "meetings that come are"))
	}
	if taken < len(all) {
		a.warn("%s in their calendar: the smarthost did not take the mail (%v)", counted(len(all)-taken, "meeting that comes stays", "meetings that come stay"), err)
	}
	return nil
}

// handOver gives mails to the smarthost, and returns how many it took.
func (a *app) handOver(ctx context.Context, all []store.Notice) (taken int, err error) {
	courier, err := newCourier(a.config, nil, a.net.dial)
	if err != nil {
		return 0, err
	}
	session, err := courier.Open(ctx)
	if err != nil {
		return 0, err
	}
	defer session.Close()
	for _, n := range all {
		m := &outbound.Message{Sender: []byte(n.Sender), Recipients: []string{n.Recipient}, Rest: mail.DotStuff(nil, n.Raw),
			SMTPUTF8: strings.ContainsFunc(n.Recipient, func(r rune) bool { return r > unicode.MaxASCII }), Results: make([]outbound.Result, 1)}
		if err := session.Send(m, nothingNext{}); err != nil {
			return taken, err
		}
		if m.Results[0].Status != outbound.Taken {
			err = store.Errorf(store.Temporary, "%s", m.Results[0].Reply)
			continue
		}
		taken++
	}
	return taken, err
}

// nothingNext is a feed that has no further message.
type nothingNext struct{}

// Next implements outbound.Feed.
func (nothingNext) Next() (*outbound.Message, error) { return nil, nil }

// Stalled implements outbound.Feed.
func (nothingNext) Stalled() bool { return false }
