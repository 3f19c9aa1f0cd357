package list

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// banSentence tells somebody whose post is refused until when that is, why, and who can be asked.
func (l *List) banSentence(c store.Community, from string, b store.Ban) string {
	text := fmt.Sprintf("%s may not post to %s", from, c.Title)
	if !b.Until.IsZero() {
		text += " until " + b.Until.In(l.zone(c, store.Subscription{})).Format("2 January 2006, 15:04 MST")
	}
	if b.Reason != "" {
		text += ": " + strings.TrimRight(b.Reason, ". ")
	}
	return text + "; its facilitators answer at " + c.FunctionAddress("owner")
}

// Ban keeps somebody from posting and joining: for good, which ends a membership, or until a time, which does not (they
// may go on reading). Value is an address, a domain, or for a person any of their addresses. A member hears of it. With
// CommunityID 0 it counts for all communities, and memberships stay as they are; so they do with a domain, which may be
// that of half a community. BannedMembers and EndBanned are for these.
func (l *List) Ban(ctx context.Context, by store.Actor, b store.Ban) (store.Ban, error) {
	if err := l.checkBan(by, b); err != nil {
		return b, err
	}
	var letters []letter
	if b.CommunityID != 0 && b.Kind != store.BanDomain {
		c, err := l.DB.Community(ctx, b.CommunityID)
		if err != nil {
			return b, err
		}
		s, err := l.DB.SubscriptionByAddress(ctx, c.ID, b.Value)
		if err != nil && store.KindOf(err) != store.NotFound {
			return b, err
		}
		if letters, err = l.banMember(ctx, by, c, s, b); err != nil {
			return b, err
		}
	}
	b, err := l.addBan(ctx, by, b, letters)
	l.wake()
	return b, err
}

func (l *List) checkBan(by store.Actor, b store.Ban) error {
	if !b.Until.IsZero() && !b.Until.After(by.At) {
		return store.Errorf(store.Invalid, "that ban would be over already")
	}
	address := b.Value
	if b.Kind == store.BanDomain {
		address = "x@" + b.Value
	}
	if canonical, err := mail.Canonical(address); err != nil || canonical != address {
		return store.Errorf(store.Invalid, "%s is no %s", b.Value, map[bool]string{true: "domain", false: "mail address"}[b.Kind == store.BanDomain])
	}
	return nil
}

// banMember ends the membership of somebody who is banned for good, and makes the mail that tells them.
func (l *List) banMember(ctx context.Context, by store.Actor, c store.Community, s store.Subscription, b store.Ban) ([]letter, error) {
	elsewhere := b.Kind == store.BanAddress && s.Address != b.Value // another address of a member: only that is banned
	if s.State != store.Active && s.State != store.Suspended || elsewhere {
		return nil, nil
	}
	if b.Until.IsZero() {
		if err := l.DB.EndSubscription(ctx, by, s.ID, store.Banned); err != nil {
			return nil, err
		}
	}
	until := b.Until
	if !until.IsZero() {
		until = until.In(l.zone(c, s))
	}
	return []letter{to(c, s, templates.BannedNotice{For: forReader(c, s.Name), Until: until, Reason: b.Reason})}, nil
}

func (l *List) addBan(ctx context.Context, by store.Actor, b store.Ban, letters []letter) (store.Ban, error) {
	if b.Kind == store.BanPerson {
		ids, err := l.DB.MembersByAddress(ctx, []string{b.Value})
		if err != nil {
			return b, err
		}
		if len(ids) == 0 {
			return b, store.Errorf(store.NotFound, "%s is nobody's address here; ban the address instead of the person", b.Value)
		}
		b.Value = strconv.FormatInt(ids[0], 10)
	}
	notices, err := l.notices(letters...)
	if err != nil {
		return b, err
	}
	b.Actor, b.At = by.Who, by.At
	b.ID, err = l.DB.AddBan(ctx, by, b, notices)
	return b, err
}

// LiftBan ends a ban. A membership that it ended does not come back by itself, but its owner may join again.
func (l *List) LiftBan(ctx context.Context, by store.Actor, b store.Ban) error {
	if err := l.DB.LiftBan(ctx, by, b.ID); err != nil || b.CommunityID == 0 || b.Kind == store.BanDomain {
		return err
	}
	s, err := l.bannedSubscription(ctx, b)
	if store.KindOf(err) == store.NotFound || err == nil && s.State != store.Banned {
		return nil
	}
	if err != nil {
		return err
	}
	return l.DB.EndSubscription(ctx, by, s.ID, store.Removed)
}

// bannedSubscription is the membership that a ban of an address or a person is about.
func (l *List) bannedSubscription(ctx context.Context, b store.Ban) (store.Subscription, error) {
	if b.Kind == store.BanAddress {
		return l.DB.SubscriptionByAddress(ctx, b.CommunityID, b.Value)
	}
	id, err := strconv.ParseInt(b.Value, 10, 64)
	if err != nil {
		return store.Subscription{}, err
	}
	return l.DB.SubscriptionOf(ctx, b.CommunityID, id)
}
