package calendar

import (
	"context"
	"strings"

	"guildpost/calendar/itip"
	"guildpost/mail"
	"guildpost/store"
)

// A knowing is who somebody is to an invitation.
type knowing int

const (
	stranger       knowing = iota // nobody that the community knows, or a guest
	member                        // another member, who answers for themselves
	invited                       // the invited person
	aliasOfInvited                // the same, by an address that is not known as theirs yet
)

// known says who the attendee of an answer is. The invited person is meant by an address that is theirs, by their name and an
// address of the same domain, or where it names nobody.
//
// QUIRK: Outlook's winmail.dat and Grommunio's rooms name nobody; Exchange names the primary address of who was invited by
// another one.
func (k *Calendar) known(ctx context.Context, a answering, p itip.Person) (knowing, error) {
	if p.Address == "" {
		return invited, nil
	}
	own := a.invitation.Subscription
	for _, address := range []string{p.Address, withoutTag(p.Address)} {
		canonical, err := mail.Canonical(address)
		if err != nil {
			continue
		}
		if canonical == own.Address || canonical == withoutTag(own.Address) {
			return invited, nil
		}
		s, err := k.DB.SubscriptionByAddress(ctx, a.community.ID, canonical)
		switch {
		case err == nil && s.ID == own.ID:
			return invited, nil
		case err == nil && (s.State == store.Active || s.State == store.Suspended || s.State == store.Pending):
			return member, nil
		case err != nil && store.KindOf(err) != store.NotFound:
			return stranger, err
		case err == nil:
			return stranger, nil
		}
	}
	sameDomain := strings.EqualFold(domainOf(p.Address), domainOf(own.Address))
	if !sameDomain || own.Name == "" || plain(p.Name) != plain(own.Name) {
		return stranger, nil
	}
	canonical, err := mail.Canonical(p.Address)
	if err != nil {
		return aliasOfInvited, nil
	}
	declined, err := k.DB.WasDeclined(ctx, a.community.ID, store.RequestAlias, canonical)
	if err != nil || declined { // they have said that it is not theirs
		return stranger, err
	}
	return aliasOfInvited, nil
}

// withoutTag takes "+tag" out of a local part.
func withoutTag(address string) string {
	at := strings.LastIndexByte(address, '@')
	if plus := strings.IndexByte(address, '+'); plus > 0 && plus < at {
		return address[:plus] + address[at:]
	}
	return address
}

func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }
