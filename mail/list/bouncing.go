package list

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"guildpost/mail"
	"guildpost/mail/bounce"
	"guildpost/store"
)

// mayBeMass: from so many copies on a failure waits an hour, since others may have failed with it.
var mayBeMass = store.MayBeMass{Copies: massCopies, Addresses: massAddresses, Wait: massWait}

// Bounce handles a message to a bounce address. What is no failure changes nothing.
func (l *List) Bounce(ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message, token string) error {
	if token == "" {
		return l.sharedBounce(ctx, c, env, m)
	}
	t, err := l.Keys.Open(token, l.Now())
	switch {
	case errors.Is(err, mail.ErrExpiredTicket):
		return nil // so late that its key is gone
	case err != nil || t.Kind != mail.TicketBounce:
		return errNoBounceAddress(c)
	}
	s, err := l.DB.Subscription(ctx, t.Person)
	switch {
	case store.KindOf(err) == store.NotFound:
		return nil // the member was erased
	case err != nil:
		return err
	case s.CommunityID != c.ID:
		return errNoBounceAddress(c)
	}
	report := bounce.Read(m)
	if report.Kind == bounce.KindNone {
		return l.noBounce(c, env, m)
	}
	return l.bounced(ctx, c, m, report, failed{subscription: s, delivery: t.Object})
}

// errNoBounceAddress costs nothing: nothing was read, nothing is written, and a bounce is not bounced by whoever hears it.
func errNoBounceAddress(c store.Community) error {
	return store.Errorf(store.NotFound, "there is no such address here; the facilitators of %s read %s", c.Title, c.FunctionAddress("owner"))
}

// noBounce is for what came to a bounce address and is no report. A person hears where to write instead.
func (l *List) noBounce(c store.Community, env mail.Envelope, m *mail.Message) error {
	if kind, _ := mail.Automatic(m, env.From, env.From == ""); kind == mail.AutoNone && env.Protocol != "IMAP" {
		return store.Errorf(store.Forbidden, "nobody reads this address: it takes reports of mail that failed. "+
			"To write to %s use %s; its facilitators read %s", c.Title, c.Address(), c.FunctionAddress("owner"))
	}
	l.passOver(c, m, bounce.KindNone)
	return nil
}

func (l *List) passOver(c store.Community, m *mail.Message, kind bounce.Kind) {
	l.Log.Info("nothing was counted for what came to the bounce address", "community", c.Address(), "message_id", m.MessageID, "kind", string(kind))
}

// failed says whose mail failed.
type failed struct {
	subscription store.Subscription
	delivery     int64 // 0 where it is not known
}

func (l *List) bounced(ctx context.Context, c store.Community, m *mail.Message, report bounce.Report, f failed) error {
	switch report.Kind {
	case bounce.KindFeedback:
		return l.complained(ctx, c, m, report, f.subscription)
	case bounce.KindBounce:
	default:
		l.passOver(c, m, report.Kind)
		return nil
	}
	result, ok := verdict(report.Results, f.subscription.Address)
	if !ok {
		l.passOver(c, m, report.Kind)
		return nil
	}
	return l.count(ctx, c, l.DB.RecordFailure, f.record(l.Now(), result))
}

func (f failed) record(now time.Time, r bounce.Result) store.Failure {
	return store.Failure{
		Address: f.subscription.Address, At: now, Hard: r.Class == bounce.Hard, SubscriptionID: f.subscription.ID, DeliveryID: f.delivery,
		Status: r.Status, Reason: saidBy(r),
	}
}

// saidBy is what the other side said, or the word for what it meant.
func saidBy(r bounce.Result) string {
	if r.Reply != "" {
		return r.Reply
	}
	return strings.TrimSpace(r.Status + " " + r.Reason)
}

// verdict is what a report says about the one address that its ticket is for: what is said of that address, else the least
// of what is said of others, since mail that is sent on to several may have reached some of them.
func verdict(results []bounce.Result, address string) (worst bounce.Result, ok bool) {
	var about []bounce.Result
	for _, r := range results {
		if isAddress(r.Recipient, address) || isAddress(r.Original, address) {
			about = append(about, r)
		}
	}
	if len(about) == 0 {
		about = results
	}
	for _, r := range about {
		if r.Class == bounce.None || r.Action == "delayed" {
			continue
		}
		if !ok || r.Class < worst.Class {
			worst, ok = r, true
		}
	}
	arrived := func(r bounce.Result) bool { return r.Class == bounce.None }
	if ok && slices.ContainsFunc(about, arrived) {
		worst.Class = bounce.Soft
	}
	return worst, ok
}

func isAddress(reported, address string) bool {
	canonical, err := mail.Canonical(reported)
	return err == nil && canonical == address
}

type recordFailure = func(context.Context, store.Failure, store.MayBeMass) (store.FailureState, error)

// count keeps a failure, and suspends where it was the last that was missing. C is the community where that is known.
func (l *List) count(ctx context.Context, c store.Community, record recordFailure, f store.Failure) error {
	state, err := record(ctx, f, mayBeMass)
	if err != nil {
		return err
	}
	l.Log.Info("mail failed", "subscription", f.SubscriptionID, "delivery", f.DeliveryID, "hard", f.Hard, "reason", f.Reason,
		"waits", state == store.Unsettled)
	if state != store.Counted {
		return nil
	}
	return l.judgeAddress(ctx, f.At, f.Address, c)
}

// sharedBounce is for bounces of copies that many recipients share: the report alone says who failed. It counts as soft,
// and only where it returns a post that this member was sent: an address is easily made up, a Message-ID is not.
func (l *List) sharedBounce(ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message) error {
	report := bounce.Read(m)
	switch {
	case report.Kind == bounce.KindNone:
		return l.noBounce(c, env, m)
	case report.Kind != bounce.KindBounce || !l.SharedCopies:
		l.passOver(c, m, report.Kind)
		return nil
	}
	post, err := l.returnedPost(ctx, c, report)
	if err != nil || post == 0 {
		l.passOver(c, m, report.Kind)
		return err
	}
	for _, r := range report.Results[:min(len(report.Results), mostShared)] {
		if err := l.sharedFailure(ctx, c, post, r); err != nil {
			return err
		}
	}
	return nil
}

// mostShared bounds what one report may cost; a shared copy has at most 100 recipients.
const mostShared = 100

// returnedAge is how old a post may be that a bounce without a ticket is about.
const returnedAge = 14 * 24 * time.Hour

// returnedPost is the post of this community that a report is about, 0 for none.
func (l *List) returnedPost(ctx context.Context, c store.Community, report bounce.Report) (id int64, err error) {
	if report.MessageID == "" {
		return 0, nil
	}
	posts, err := l.DB.PostsByMessageID(ctx, report.MessageID)
	for _, p := range posts {
		if p.CommunityID == c.ID && l.Now().Sub(p.AcceptedAt) < returnedAge {
			id = p.ID
		}
	}
	return id, err
}

func (l *List) sharedFailure(ctx context.Context, c store.Community, post int64, r bounce.Result) error {
	if r.Class == bounce.None || r.Action == "delayed" {
		return nil
	}
	for _, reported := range []string{r.Original, r.Recipient} {
		address, err := mail.Canonical(reported)
		if err != nil {
			continue
		}
		s, err := l.DB.SubscriptionByAddress(ctx, c.ID, address)
		if store.KindOf(err) == store.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		delivery, err := l.DB.DeliveryOfPost(ctx, post, s.ID)
		if err != nil || delivery == 0 {
			return err
		}
		r.Class = bounce.Soft
		return l.count(ctx, c, l.DB.RecordFailure, failed{subscription: s, delivery: delivery}.record(l.Now(), r))
	}
	return nil
}
