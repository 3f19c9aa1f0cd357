package list

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"guildpost/mail"
	"guildpost/store"
)

// forwardedByRobots is how many mails of robots a function passes on in a day: they may be monitoring, or a loop.
const forwardedByRobots = 50

// Owner passes a mail on to the facilitators, as it came: they always can be reached. Where there are none, the postmaster
// gets it.
func (l *List) Owner(ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message) error {
	readers, err := l.facilitatorNotices(ctx, c)
	if err != nil {
		return err
	}
	if len(readers) == 0 && l.Postmaster != "" {
		readers = []store.Notice{{CommunityID: c.ID, Recipient: l.Postmaster}}
	}
	if len(readers) == 0 {
		return store.Errorf(store.NotFound, "%s has no facilitators at the moment, and nobody here stands in for them", c.Title)
	}
	return l.forward(ctx, c.FunctionAddress("owner"), env, m, readers)
}

// Conduct passes a mail on to the facilitators alone. It is in no archive, and nobody stands in for them.
func (l *List) Conduct(ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message) error {
	readers, err := l.facilitatorNotices(ctx, c)
	if err != nil {
		return err
	}
	if len(readers) == 0 {
		return store.Errorf(store.NotFound, "%s has no facilitators at the moment who could read this in confidence", c.Title)
	}
	return l.forward(ctx, c.FunctionAddress("conduct"), env, m, readers)
}

// ToPostmaster passes a mail on to who runs the installation; to is the address that it came to.
func (l *List) ToPostmaster(ctx context.Context, to string, env mail.Envelope, m *mail.Message) error {
	if l.Postmaster == "" {
		return store.Errorf(store.NotFound, "nobody reads mail to %s: this server has no postmaster's address in its configuration", to)
	}
	return l.forward(ctx, to, env, m, []store.Notice{{Recipient: l.Postmaster}})
}

func (l *List) facilitatorNotices(ctx context.Context, c store.Community) (all []store.Notice, err error) {
	team, err := l.facilitators(ctx, c)
	for _, f := range team {
		token := l.Keys.Seal(mail.Ticket{Kind: mail.TicketBounce, Person: f.ID})
		all = append(all, store.Notice{CommunityID: c.ID, SubscriptionID: f.ID, Recipient: f.Address, Sender: mail.BounceAddress(c.Name, c.Domain, token)})
	}
	return all, err
}

// forward sends a mail on byte for byte, behind one field more by which it is known when it comes back. A mail server that
// hands it over again, because another of its recipients failed, sends it on once.
func (l *List) forward(ctx context.Context, function string, env mail.Envelope, m *mail.Message, readers []store.Notice) error {
	if slices.Contains(loops(m), function) || m.Received() > maxReceived {
		return store.Errorf(store.Invalid, "this message has been through %s already (mail loop)", function).WithStatus("5.4.6")
	}
	if err := l.noStrangersInvitation(ctx, function, env, m, readers); err != nil {
		return err
	}
	if ok, err := l.worthReading(ctx, function, env, m); err != nil || !ok {
		return err
	}
	raw := append([]byte("X-Loop: "+function+"\r\n"), mail.CanonicalCRLF(m.Raw)...)
	for i := range readers {
		readers[i].Raw, readers[i].RequireTLS = raw, env.RequireTLS
	}
	sum := sha256.Sum256(append([]byte(function+"\n"+m.MessageID+"\n"), m.BodyHash()...))
	once := store.Limit{Name: "forward " + hex.EncodeToString(sum[:16]), Most: 1, Within: 24 * time.Hour}
	sent, err := l.DB.SendNotices(ctx, l.Now(), once, readers)
	if err == nil {
		l.Log.Info("mail passed on", "to", function, "message_id", m.MessageID, "readers", len(readers), "again", !sent)
	}
	l.wake()
	return err
}

// noStrangersInvitation refuses what would be in the readers' calendars before they have read it, unless a member sends it.
func (l *List) noStrangersInvitation(ctx context.Context, function string, env mail.Envelope, m *mail.Message, readers []store.Notice) error {
	if !mail.HasCalendar(m) {
		return nil
	}
	if community := readers[0].CommunityID; community != 0 && len(m.From) == 1 {
		address, err := mail.Canonical(m.From[0].String())
		if err == nil {
			s, err := l.DB.SubscriptionByAddress(ctx, community, address)
			if err == nil && isMember(s) && (l.AuthServID == "" || l.Proven(env, m, address)) {
				return nil
			}
			if err != nil && store.KindOf(err) != store.NotFound {
				return err
			}
		}
	}
	return store.Errorf(store.Forbidden, "invitations of people who are no members are not passed on to %s. Write in words, without a calendar object", function)
}

// loops are the functions that a mail has been through.
func loops(m *mail.Message) (all []string) {
	for _, value := range m.Header.Values("X-Loop") {
		if a, err := mail.Canonical(value); err == nil {
			all = append(all, a)
		}
	}
	return all
}

// worthReading is no for what answers by itself, and for a flood of what robots write.
func (l *List) worthReading(ctx context.Context, function string, env mail.Envelope, m *mail.Message) (bool, error) {
	kind, reason := mail.Automatic(m, env.From, env.From == "" && env.Protocol != "IMAP")
	switch {
	case !kind.IsRobot():
		return true, nil
	case kind == mail.AutoReply, kind == mail.AutoReceipt:
		l.Log.Info("a robot's mail was passed over", "to", function, "message_id", m.MessageID, "reason", reason)
		return false, nil
	}
	reached, err := l.DB.Allow(ctx, l.Now(), store.Limit{Name: "robots " + function, Most: forwardedByRobots, Within: 24 * time.Hour})
	return reached == nil, err
}
