package calendar

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"io"
	"slices"
	"strings"
	"time"

	"guildpost/calendar/itip"
	"guildpost/store"
	"guildpost/templates"
)

// A Feed is what a calendar program gets that fetches meetings.
type Feed struct {
	Name    string // of a file, without an end
	Data    []byte // METHOD:PUBLISH
	ETag    string // stands for Data, without quotes
	Changed time.Time
}

const (
	secretOctets = 16 // 128 random bits
	// feedRefresh is how often programs are asked to fetch.
	feedRefresh = time.Hour
)

// feedPast is the first end of meetings that a feed has: those of the year before today.
func feedPast(now time.Time) time.Time { return now.UTC().Truncate(24*time.Hour).AddDate(-1, 0, 0) }

// Feeds returns the addresses of a member's feeds: that of one community, and that of all of theirs. They are made where
// there are none; with fresh, those from before end, and others are made.
func (k *Calendar) Feeds(ctx context.Context, by store.Actor, s store.Subscription, fresh bool) (one, all string, err error) {
	for url, owner := range map[*string]store.Feed{&one: {CommunityID: s.CommunityID, MemberID: s.MemberID}, &all: {MemberID: s.MemberID}} {
		if fresh {
			if err := k.RevokeFeed(ctx, by, owner); err != nil && store.KindOf(err) != store.NotFound {
				return "", "", err
			}
		}
		if *url, _, err = k.FeedOf(ctx, by, owner); err != nil {
			return "", "", err
		}
	}
	return one, all, nil
}

// FeedOf returns the feed of a community, a member or both, and its address; it is made where there is none. Invalid where
// there are no web pages to fetch it from.
func (k *Calendar) FeedOf(ctx context.Context, by store.Actor, owner store.Feed) (url string, f store.Feed, err error) {
	if k.PublicURL == "" {
		return "", f, store.Errorf(store.Invalid, "there are no feeds here: they are fetched like web pages, and those are off (web.listen)")
	}
	secret := make([]byte, secretOctets)
	if _, err := io.ReadFull(k.Random, secret); err != nil {
		return "", f, err
	}
	owner.Secret = strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret))
	if f, err = k.DB.FirstFeed(ctx, by, owner); err != nil {
		return "", f, err
	}
	url = k.PublicURL + "/c/"
	if f.CommunityID != 0 {
		c, err := k.DB.Community(ctx, f.CommunityID)
		if err != nil {
			return "", f, err
		}
		url += c.Name + "/"
	}
	return url + f.Secret + ".ics", f, nil
}

// RevokeFeed ends the feed of a community, a member or both; NotFound where there is none.
func (k *Calendar) RevokeFeed(ctx context.Context, by store.Actor, owner store.Feed) error {
	return k.DB.RevokeFeed(ctx, by, owner.CommunityID, owner.MemberID)
}

// Feed returns what a feed holds now. The community is the one that its address names, "" for none. NotFound where there
// never was such a secret, Forbidden where it is good no more: it was revoked, or its owner is no member.
func (k *Calendar) Feed(ctx context.Context, community, secret string) (out Feed, err error) {
	f, err := k.DB.FeedBySecret(ctx, secret)
	if err != nil {
		return out, err
	}
	if !f.RevokedAt.IsZero() {
		return out, store.Errorf(store.Forbidden, "this feed was revoked")
	}
	shelves, err := k.shelves(ctx, f)
	if err != nil {
		return out, err
	}
	named := f.CommunityID == 0 && community == "" || f.CommunityID != 0 && len(shelves) > 0 && shelves[0].community.Name == community
	if len(shelves) == 0 || !named {
		return out, store.Errorf(store.Forbidden, "this feed is good no more")
	}
	if out, err = k.feed(ctx, f, shelves); err != nil {
		return out, err
	}
	f, err = k.DB.FetchedFeed(ctx, f, out.ETag, k.Now())
	out.Changed = f.ChangedAt
	return out, err
}

func (k *Calendar) feed(ctx context.Context, f store.Feed, shelves []shelf) (out Feed, err error) {
	c := shelves[0].community
	written := itip.Feed{Name: c.Title, Colour: c.Colour, Refresh: feedRefresh}
	out.Name = c.Name
	if f.CommunityID == 0 {
		out.Name = "meetings"
		written.Name, written.Colour = templates.Say(k.language(c, shelves[0].of()), "feed.name", templates.Args{}), ""
	}
	for _, s := range shelves {
		events, err := k.shelved(ctx, s)
		if err != nil {
			return out, err
		}
		written.Events = append(written.Events, events...)
	}
	slices.SortStableFunc(written.Events, func(a, b itip.Event) int {
		return cmp.Or(a.Start.Instant(nil).Compare(b.Start.Instant(nil)), cmp.Compare(a.UID, b.UID))
	})
	if out.Data, err = itip.WriteFeed(written); err != nil {
		return out, err
	}
	sum := sha256.Sum256(out.Data)
	out.ETag = hex.EncodeToString(sum[:16])
	return out, nil
}
