package list

import (
	"context"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// settingTickets are tickets that change one setting of whoever they are for, as "set" does.
var settingTickets = map[mail.TicketKind]templates.Setting{
	mail.TicketThanksOff: {Key: "thanks", Value: "off"},
	mail.TicketNamed:     {Key: "news", Value: "on"},
}

// settingPages are what their pages are called.
var settingPages = map[mail.TicketKind]string{mail.TicketThanksOff: "thanks-off", mail.TicketNamed: "named"}

func showSetting(ctx context.Context, l *List, u ticketUse) (Outcome, error) {
	s, err := l.DB.Subscription(ctx, u.ticket.Person)
	if err == nil && !isMember(s) {
		err = store.Errorf(store.NotFound, "this ticket is not a member's any more")
	}
	return Outcome{Community: u.community, Kind: settingPages[u.ticket.Kind]}, err
}

// actSetting changes the setting; that it is so already changes nothing.
func actSetting(ctx context.Context, l *List, u ticketUse) (Outcome, error) {
	out, err := showSetting(ctx, l, u)
	if err != nil {
		if store.KindOf(err) == store.NotFound {
			out.Problem, err = "expired", nil
		}
		return out, err
	}
	s, err := l.DB.Subscription(ctx, u.ticket.Person)
	if err != nil {
		return out, err
	}
	change := settingTickets[u.ticket.Kind]
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
