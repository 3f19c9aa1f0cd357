package list

import (
	"context"
	"strconv"
	"strings"

	"guildpost/store"
	"guildpost/templates"
)

// BannedMembers returns the members whom a ban keeps from posting while they stay members and go on reading: that is so
// with a ban of a domain, with one of all communities, and with a time-out.
func (l *List) BannedMembers(ctx context.Context, b store.Ban) (all []store.Subscription, err error) {
	communities := []store.Community{{ID: b.CommunityID}}
	if b.CommunityID == 0 {
		if communities, err = l.DB.Communities(ctx); err != nil {
			return nil, err
		}
	}
	for _, c := range communities {
		filter := store.SubscriptionFilter{}
		for {
			page, err := l.DB.Subscriptions(ctx, c.ID, filter)
			if err != nil {
				return nil, err
			}
			if len(page) == 0 {
				break
			}
			for _, s := range page {
				if isMember(s) && isAbout(b, s) {
					all = append(all, s)
				}
			}
			filter.After = page[len(page)-1].ID
		}
	}
	return all, nil
}

func isAbout(b store.Ban, s store.Subscription) bool {
	switch b.Kind {
	case store.BanPerson:
		return b.Value == strconv.FormatInt(s.MemberID, 10)
	case store.BanDomain:
		domain := domainOf(s.Address)
		return domain == b.Value || strings.HasSuffix(domain, "."+b.Value)
	case store.BanAddress:
	}
	return b.Value == s.Address
}

// EndBanned ends memberships for a ban and tells those whose they were. They are removed and not banned each for
// themselves, so that lifting the ban lets them join again.
func (l *List) EndBanned(ctx context.Context, by store.Actor, b store.Ban, all []store.Subscription) error {
	defer l.wake()
	for _, s := range all {
		c, err := l.DB.Community(ctx, s.CommunityID)
		if err != nil {
			return err
		}
		notice := to(c, s, templates.BannedNotice{For: forReader(c, s.Name), Reason: b.Reason})
		if _, err := l.DB.End(ctx, by, s.ID, store.Removed, func(int64) ([]store.Notice, error) { return l.notices(notice) }); err != nil {
			return err
		}
	}
	return nil
}
