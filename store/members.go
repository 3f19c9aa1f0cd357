package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// NewMember is what is known of somebody who is to be subscribed. Empty fields leave what is there, or the default.
type NewMember struct {
	Address  string // canonical
	Name     string
	Delivery DeliveryMode
	Roles    []Role
}

const subscriptionColumns = `s.id, s.community_id, s.member_id, m.name, m.language, m.timezone, m.named, s.address, s.state, s.delivery,
	s.vacation_until, s.own_copies, s.no_reminders, s.newsletter, s.no_brief, s.no_thanks, s.roles, s.since, s.epoch, s.digest_format, s.digest_hour`

const fromSubscriptions = " FROM subscriptions s JOIN members m ON m.id = s.member_id "

func scanSubscription(row rowScanner) (s Subscription, err error) {
	var vacation, since int64
	var roles string
	err = row.Scan(&s.ID, &s.CommunityID, &s.MemberID, &s.Name, &s.Language, &s.Timezone, &s.Named, &s.Address, &s.State, &s.Delivery,
		&vacation, &s.OwnCopies, &s.NoReminders, &s.Newsletter, &s.NoBrief, &s.NoThanks, &roles, &since, &s.Epoch, &s.DigestFormat, &s.DigestHour)
	s.VacationUntil, s.Since = fromMicros(vacation), fromMicros(since)
	s.Roles = splitRoles(roles)
	return s, err
}

// Roles are kept as words with a space on both sides, so that one can be looked for.
func joinRoles(roles []Role) string {
	text := " "
	for _, r := range roles {
		text += string(r) + " "
	}
	return text
}

func splitRoles(text string) (roles []Role) {
	for _, r := range strings.Fields(text) {
		roles = append(roles, Role(r))
	}
	return roles
}

// AddMember subscribes somebody at once and tells what was there before: added is false where they were a member
// already, and then Name, Delivery and Roles are changed as given. Who had left is a member again, with the settings of
// then and without the roles.
func (db *DB) AddMember(ctx context.Context, by Actor, communityID int64, m NewMember) (s Subscription, added bool, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		how, err := t.subscribe(by, communityID, m)
		if err != nil {
			return err
		}
		added = how == memberAdded
		s, err = t.subscriptionByAddress(communityID, m.Address)
		return err
	})
	return s, added, err
}

// AddGuest makes somebody known to a community who is no member of it: they can be invited to its meetings, and get nothing
// else. Who has the address already stays what they are; who had been a member, and is none any more, is a guest then.
func (db *DB) AddGuest(ctx context.Context, by Actor, communityID int64, address, name string) (s Subscription, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		memberID, isNew, err := t.memberByAddress(by, NewMember{Address: address, Name: name})
		if err != nil {
			return err
		}
		if !isNew {
			s, err = scanSubscription(t.row("SELECT "+subscriptionColumns+fromSubscriptions+"WHERE s.community_id = ? AND s.member_id = ?"+
				t.dialect.forUpdateOf("s"), communityID, memberID))
			switch {
			case err == nil && s.State != Left && s.State != Removed:
				return nil
			case err == nil:
				before := s
				s.State, s.Since, s.Roles, s.Address = Guest, by.At, nil, address
				return t.updateSubscription(by, before, s)
			case !isNoRows(err):
				return err
			}
		}
		s = Subscription{CommunityID: communityID, MemberID: memberID, Name: name, Address: address, State: Guest, Delivery: Each, OwnCopies: true, Since: by.At, DigestHour: DefaultDigestHour}
		if err := t.insertSubscription(by, "add guest", s); err != nil {
			return err
		}
		s, err = t.subscriptionByAddress(communityID, address)
		return err
	})
	return s, err
}

// what subscribe did
const (
	memberUnchanged = iota
	memberAdded
	memberChanged
)

// subscribe makes m an active member of the community.
func (t *tx) subscribe(by Actor, communityID int64, m NewMember) (how int, err error) {
	memberID, isNew, err := t.memberByAddress(by, m)
	if err != nil {
		return memberUnchanged, err
	}
	if isNew {
		return memberAdded, t.subscribeNew(by, communityID, memberID, m)
	}
	s, err := scanSubscription(t.row("SELECT "+subscriptionColumns+fromSubscriptions+
		"WHERE s.community_id = ? AND s.member_id = ?"+t.dialect.forUpdateOf("s"), communityID, memberID))
	switch {
	case isNoRows(err):
		return memberAdded, t.subscribeNew(by, communityID, memberID, m)
	case err != nil:
		return memberUnchanged, err
	}
	before := s
	if s.State == Left || s.State == Removed || s.State == Banned {
		s.Roles = nil // were for that time: who comes back by an open door is a member
	}
	m.applyTo(&s)
	if s.State != Active {
		s.State, s.Since, s.Address = Active, by.At, m.Address
		how = memberAdded
	} else if subscriptionText(before) != subscriptionText(s) {
		how = memberChanged
	}
	if how == memberUnchanged {
		return how, nil
	}
	return how, t.updateSubscription(by, before, s)
}

func (m NewMember) applyTo(s *Subscription) {
	if m.Name != "" {
		s.Name = m.Name
	}
	if m.Delivery != "" {
		s.Delivery = m.Delivery
	}
	for _, r := range m.Roles {
		if !s.Has(r) {
			s.Roles = append(s.Roles, r)
		}
	}
}

// subscribeNew makes the subscription of somebody who has none in the community.
func (t *tx) subscribeNew(by Actor, communityID, memberID int64, m NewMember) error {
	s := Subscription{CommunityID: communityID, MemberID: memberID, Name: m.Name, Address: m.Address, State: Active,
		Delivery: Each, OwnCopies: true, Since: by.At, DigestHour: DefaultDigestHour}
	m.applyTo(&s)
	return t.insertSubscription(by, "join", s)
}

func (t *tx) insertSubscription(by Actor, action string, s Subscription) error {
	id, err := t.insert(`INSERT INTO subscriptions (community_id, member_id, address, state, delivery, vacation_until,
		own_copies, roles, since, epoch, digest_format, digest_hour) VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?, 0, ?, ?)`,
		s.CommunityID, s.MemberID, s.Address, s.State, s.Delivery, s.OwnCopies, joinRoles(s.Roles), micros(s.Since), s.DigestFormat, s.DigestHour)
	if err != nil {
		return err
	}
	if s.ID = id; s.Gathers() {
		if err := t.followDigest(Subscription{}, s); err != nil {
			return err
		}
	}
	if err := t.followBrief(Subscription{}, s); err != nil {
		return err
	}
	return t.journal(by, entry{community: s.CommunityID, member: s.MemberID, action: action, after: subscriptionText(s)})
}

// memberByAddress finds the person or makes them.
func (t *tx) memberByAddress(by Actor, m NewMember) (id int64, isNew bool, err error) {
	err = t.row("SELECT member_id FROM addresses WHERE address = ?", m.Address).Scan(&id)
	if err == nil || !isNoRows(err) {
		return id, false, err
	}
	id, err = t.insert("INSERT INTO members (name, language, timezone, named, created_at) VALUES (?, '', '', ?, ?)", text(m.Name), false, micros(by.At))
	if err != nil {
		return 0, false, err
	}
	_, err = t.exec("INSERT INTO addresses (address, member_id) VALUES (?, ?)", m.Address, id)
	return id, true, err
}

// giveAddress makes an address one of the person's; Conflict where it is another person's.
func (t *tx) giveAddress(memberID int64, address string) error {
	var owner int64
	err := t.row(`INSERT INTO addresses (address, member_id) VALUES (?, ?)
		ON CONFLICT (address) DO UPDATE SET member_id = addresses.member_id RETURNING member_id`, address, memberID).Scan(&owner)
	if err == nil && owner != memberID {
		return Errorf(Conflict, "%s belongs to another member", address)
	}
	return err
}

// subscriptionByAddress finds a subscription by any of the person's addresses.
const bySubscriberAddress = " JOIN addresses a ON a.member_id = s.member_id WHERE a.address = ? AND s.community_id = ?"

func noSubscription(address string) error {
	return Errorf(NotFound, "%s is not a member of this community", address)
}

func (t *tx) subscriptionByAddress(communityID int64, address string) (Subscription, error) {
	s, err := scanSubscription(t.row("SELECT "+subscriptionColumns+fromSubscriptions+bySubscriberAddress+
		t.dialect.forUpdateOf("s"), address, communityID))
	if errors.Is(err, sql.ErrNoRows) {
		return s, noSubscription(address)
	}
	return s, err
}

// SubscriptionByAddress returns the subscription of the person who has the address; its state may be any.
func (db *DB) SubscriptionByAddress(ctx context.Context, communityID int64, address string) (s Subscription, err error) {
	err = db.queryRow(ctx, noSubscription(address).Error(), func(row rowScanner) (err error) {
		s, err = scanSubscription(row)
		return err
	}, "SELECT "+subscriptionColumns+fromSubscriptions+bySubscriberAddress, address, communityID)
	return s, err
}

// Subscription returns the subscription with an ID.
func (db *DB) Subscription(ctx context.Context, id int64) (s Subscription, err error) {
	err = db.queryRow(ctx, "there is no such membership", func(row rowScanner) (err error) {
		s, err = scanSubscription(row)
		return err
	}, "SELECT "+subscriptionColumns+fromSubscriptions+"WHERE s.id = ?", id)
	return s, err
}

// SubscriptionFilter chooses among a community's subscriptions; empty fields choose all.
type SubscriptionFilter struct {
	State    SubscriptionState
	Delivery DeliveryMode
	Role     Role
	After    int64 // IDs above it, for paging
	Limit    int   // 0 is 1,000
}

// Subscriptions returns subscriptions of a community by ID.
func (db *DB) Subscriptions(ctx context.Context, communityID int64, f SubscriptionFilter) (all []Subscription, err error) {
	where, args := "WHERE s.community_id = ? AND s.id > ?", []any{communityID, f.After}
	add := func(condition string, arg any) {
		where, args = where+" AND "+condition, append(args, arg)
	}
	if f.State != "" {
		add("s.state = ?", f.State)
	}
	if f.Delivery != "" {
		add("s.delivery = ?", f.Delivery)
	}
	if f.Role != "" {
		add("s.roles LIKE ?", "% "+string(f.Role)+" %")
	}
	if f.Limit == 0 {
		f.Limit = 1000
	}
	err = db.query(ctx, func(row rowScanner) error {
		s, err := scanSubscription(row)
		all = append(all, s)
		return err
	}, "SELECT "+subscriptionColumns+fromSubscriptions+where+" ORDER BY s.id LIMIT ?", append(args, f.Limit)...)
	return all, err
}

// UpdateSubscription keeps the person's Name and the subscription's Delivery, VacationUntil, OwnCopies, NoReminders,
// Newsletter, NoBrief, NoThanks, Roles, State and Address; a new Address becomes one of the person's. NotFound where it is gone, Conflict where the
// address is another person's.
func (db *DB) UpdateSubscription(ctx context.Context, by Actor, s Subscription) error {
	return db.durable.do(ctx, func(t *tx) error {
		before, err := t.subscriptionToChange(s.ID)
		if err != nil {
			return err
		}
		after := s
		// What the caller read may be older than the last end of the membership.
		after.CommunityID, after.MemberID, after.Epoch = before.CommunityID, before.MemberID, before.Epoch
		after.Since = before.Since
		if s.State == Active && before.State != Active && before.State != Suspended {
			after.Since = by.At
		}
		if s.Address != before.Address {
			if err := t.giveAddress(before.MemberID, s.Address); err != nil {
				return err
			}
		}
		return t.updateSubscription(by, before, after)
	})
}

// EndSubscription ends a membership: state is Left, Removed, Banned or Suspended. What was not handed over yet
// is not delivered any more.
func (db *DB) EndSubscription(ctx context.Context, by Actor, id int64, state SubscriptionState) error {
	return db.durable.do(ctx, func(t *tx) error {
		before, err := t.subscriptionToChange(id)
		if err != nil || before.State == state {
			return err
		}
		after := before
		after.State = state
		return t.updateSubscription(by, before, after)
	})
}

// subscriptionToChange reads a subscription that nobody else changes until the transaction is over.
func (t *tx) subscriptionToChange(id int64) (s Subscription, err error) {
	s, err = scanSubscription(t.row("SELECT "+subscriptionColumns+fromSubscriptions+"WHERE s.id = ?"+
		t.dialect.forUpdateOf("s"), id))
	if errors.Is(err, sql.ErrNoRows) {
		return s, Errorf(NotFound, "that membership is gone")
	}
	return s, err
}

func (t *tx) updateSubscription(by Actor, before, s Subscription) error {
	if before.State == Active && s.State != Active {
		s.Epoch++
		if err := t.dropDeliveriesOf(s.ID, by.At); err != nil {
			return err
		}
	}
	_, err := t.exec(`UPDATE subscriptions SET address = ?, state = ?, delivery = ?, vacation_until = ?, own_copies = ?,
		no_reminders = ?, newsletter = ?, no_brief = ?, no_thanks = ?, roles = ?, since = ?, epoch = ?, digest_format = ?, digest_hour = ? WHERE id = ?`, s.Address, s.State, s.Delivery, micros(s.VacationUntil),
		s.OwnCopies, s.NoReminders, s.Newsletter, s.NoBrief, s.NoThanks, joinRoles(s.Roles), micros(s.Since), s.Epoch, s.DigestFormat, s.DigestHour, s.ID)
	if err != nil {
		return err
	}
	if err := t.followDigest(before, s); err != nil {
		return err
	}
	if err := t.followBrief(before, s); err != nil {
		return err
	}
	if before.Name != s.Name || before.Language != s.Language || before.Timezone != s.Timezone || before.Named != s.Named {
		if _, err := t.exec("UPDATE members SET name = ?, language = ?, timezone = ?, named = ? WHERE id = ?",
			text(s.Name), s.Language, s.Timezone, s.Named, s.MemberID); err != nil {
			return err
		}
	}
	return t.journal(by, entry{community: s.CommunityID, member: s.MemberID, action: changeName(before, s),
		before: subscriptionText(before), after: subscriptionText(s)})
}

// changeName is the journal's word for a change of a subscription.
func changeName(before, after Subscription) string {
	if before.State == after.State {
		return "change membership"
	}
	switch after.State {
	case Active:
		return "join"
	case Left:
		return "leave"
	case Removed:
		return "remove"
	case Banned:
		return "ban"
	case Suspended:
		return "suspend"
	case Guest:
		return "add guest"
	}
	return "change membership"
}

// subscriptionText is what the journal keeps of a subscription.
func subscriptionText(s Subscription) string {
	text, err := json.Marshal(subscriptionState{s.Address, s.Name, s.State, s.Delivery, s.VacationUntil.UTC().Truncate(time.Microsecond), s.OwnCopies,
		s.NoReminders, s.Newsletter, s.NoBrief, s.NoThanks, s.Roles, s.Language, s.Timezone, s.Named, s.DigestFormat, s.DigestHour})
	if err != nil {
		return ""
	}
	return string(text)
}

// MembersByAddress returns the IDs of the people who have the addresses.
func (db *DB) MembersByAddress(ctx context.Context, addresses []string) (ids []int64, err error) {
	for _, address := range addresses {
		err = db.query(ctx, func(row rowScanner) error {
			var id int64
			err := row.Scan(&id)
			ids = append(ids, id)
			return err
		}, "SELECT member_id FROM addresses WHERE address = ?", address)
		if err != nil {
			return nil, err
		}
	}
	return ids, nil
}
