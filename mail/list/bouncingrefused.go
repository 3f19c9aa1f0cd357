package list

import (
	"context"
	"strings"
	"time"

	"guildpost/mail/bounce"
	"guildpost/store"
	"guildpost/templates"
)

// A FailedDelivery is a delivery that the smarthost did not take.
type FailedDelivery struct {
	ID             int64
	SubscriptionID int64 // 0 for a mail to somebody who has none
	Recipient      string
	Reply          string
	Whole          bool // the message was refused, whoever gets it
}

// Failed counts a refusal against its address, as a bounce would be. The worker calls it after the outcome is kept.
func (l *List) Failed(ctx context.Context, d FailedDelivery) {
	if d.SubscriptionID == 0 || d.Whole || !aboutRecipient(d.Reply) {
		return
	}
	class, _ := bounce.Classify("", d.Reply)
	f := store.Failure{Address: d.Recipient, At: l.Now(), Hard: class == bounce.Hard, SubscriptionID: d.SubscriptionID, DeliveryID: d.ID,
		Status: bounce.StatusOf(d.Reply), Reason: d.Reply}
	if err := l.count(ctx, store.Community{}, l.DB.NoteFailure, f); err != nil {
		l.Log.Error("a failed delivery was not counted", "delivery", d.ID, "error", err)
	}
}

// aboutRecipient: a reply with a code, and not one about the connection (421), or about the smarthost's own abilities and
// rights, which are no fault of any address.
func aboutRecipient(reply string) bool {
	if len(reply) < 3 || reply[0] != '4' && reply[0] != '5' || strings.Trim(reply[:3], "0123456789") != "" {
		return false
	}
	switch reply[:3] {
	case "421", "451", "454", "530", "535", "538":
		return false
	}
	switch bounce.StatusOf(reply) {
	case "5.6.7", "4.7.0", "5.7.0", "5.7.8": // SMTPUTF8 missing, authentication
		return false
	}
	return true
}

// Refused tells who should know that the smarthost takes a message for nobody: the author and the postmaster. The worker
// calls it once a message.
func (l *List) Refused(ctx context.Context, d store.Dispatch, reply string) {
	if d.Kind != store.DispatchPost {
		// A mail about it would be refused next.
		l.Log.Error("the smarthost refuses a mail of our own", "dispatch", d.ID, "reply", reply)
		return
	}
	if err := l.refusedPost(ctx, d, reply); err != nil {
		l.Log.Error("nobody was told that the smarthost refuses a post", "post", d.PostID, "reply", reply, "error", err)
	}
}

func (l *List) refusedPost(ctx context.Context, d store.Dispatch, reply string) error {
	c, err := l.DB.Community(ctx, d.CommunityID)
	if err != nil {
		return err
	}
	p, err := l.DB.Post(ctx, d.PostID)
	if err != nil {
		return err
	}
	l.Log.Error("the smarthost refuses a post", "community", c.Address(), "post", p.ID, "reply", reply)
	if s, err := l.DB.SubscriptionByAddress(ctx, c.ID, p.From); err == nil && p.MemberID == s.MemberID {
		w := to(c, s, templates.NotDelivered{For: forReader(c, s.Name), Subject: p.Subject,
			Failures: []templates.Failure{{Recipient: c.Address(), Reason: reply}}})
		if err := l.send(ctx, w); err != nil {
			return err
		}
	}
	return l.tellPostmaster(ctx, "refused "+c.Address(), 5, templates.Trouble{Title: "the smarthost refuses a post to " + c.Address(),
		Text: "The post \"" + p.Subject + "\" <" + p.MessageID + "> went to nobody, since the mail server that takes our mail refuses it:\n" + reply +
			"\nIts author was told. When what is wrong is put right, guildpost queue retry sends it again."})
}

// Trouble mails the postmaster, at most so often a day about one thing, for parts that know no templates.
func (l *List) Trouble(ctx context.Context, about string, most int, title, text string) error {
	return l.tellPostmaster(ctx, about, most, templates.Trouble{Title: title, Text: text})
}

// tellPostmaster mails the postmaster, at most so often a day about one thing.
func (l *List) tellPostmaster(ctx context.Context, about string, most int, data any) error {
	if l.Postmaster == "" {
		l.Log.Warn("there is nobody to tell: the postmaster's address is not configured", "about", about)
		return nil
	}
	reached, err := l.DB.Allow(ctx, l.Now(), store.Limit{Name: "postmaster " + about, Most: most, Within: 24 * time.Hour})
	if err != nil || reached != nil {
		return err
	}
	return l.send(ctx, letter{to: l.Postmaster, language: l.Language, data: data})
}
