package list

import (
	"context"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// settingTickets are tickets that change one setting of whoever they are for, as "set" does, and what their pages are called.
var settingTickets = map[mail.TicketKind]struct {
	page   string
	change templates.Setting
}{
	mail.TicketThanksOff: {"thanks-off", templates.Setting{Key: "thanks", Value: "off"}},
	mail.TicketNamed:     {"named", templates.Setting{Key: "news", Value: "on"}},
}

func showSetting(ctx context.Context, l *List, u ticketUse) (Outcome, error) {
	_, out, err := l.settingOf(ctx, u)
	return out, err
}

// settingOf finds whose setting a ticket changes; NotFound where they are no member any more.
func (l *List) settingOf(ctx context.Context, u ticketUse) (s store.Subscription, out Outcome, err error) {
	s, err = l.DB.Subscription(ctx, u.ticket.Person)
	if err == nil && !isMember(s) {
		err = store.Errorf(store.NotFound, "this ticket is not a member's any more")
	}
	return s, Outcome{Community: u.community, Kind: settingTickets[u.ticket.Kind].page}, err
}

// actSetting changes the setting; that it is so already changes nothing.
func actSetting(ctx context.Context, l *List, u ticketUse) (Outcome, error) {
	s, out, err := l.settingOf(ctx, u)
	if err != nil {
		if store.KindOf(err) == store.NotFound {
			out.Problem, err = "expired", nil
		}
		return out, err
	}
	change := settingTickets[u.ticket.Kind].change
	after := s
	if kept, ok := findSetting(change.Key); ok {
		kept.set(&after, change.Value)
	}
	u.by.Who = s.Address
	if after.NoThanks != s.NoThanks || after.Named != s.Named {
		if err := l.DB.UpdateSubscription(ctx, u.by, after); err != nil {
			return out, err
		}
	}
	w := to(u.community, s, templates.SettingsChanged{For: forReader(u.community, s.Name), Changes: []templates.Setting{change}})
	w.from = u.community.FunctionAddress("request")
	out.answer = &w
	return out, nil
}
