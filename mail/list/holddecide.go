package list

import (
	"context"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// ApproveHold posts what is held, as accepted now. Conflict where it was decided before.
func (l *List) ApproveHold(ctx context.Context, by store.Actor, h store.Hold) (store.Acceptance, error) {
	p, err := l.heldCandidate(ctx, h)
	if err != nil {
		return store.Acceptance{}, err
	}
	if p.community.Closed {
		return store.Acceptance{}, store.Errorf(store.Forbidden, "%s is closed and takes no more posts", p.community.Title)
	}
	if err := l.prepare(ctx, p); err != nil {
		return store.Acceptance{}, err
	}
	result, err := l.DB.ApproveHold(ctx, by, h.ID, p.arrival, nil)
	if err == nil {
		l.Log.Info("held post approved", "community", p.community.Address(), "hold", h.ID, "post", result.PostID, "by", by.Who)
		l.wake()
	}
	return result, err
}

// heldCandidate reads a held message again. It is judged no more: a facilitator has looked at it.
func (l *List) heldCandidate(ctx context.Context, h store.Hold) (*candidate, error) {
	c, err := l.DB.Community(ctx, h.CommunityID)
	if err != nil {
		return nil, err
	}
	raw, err := l.DB.Raw(ctx, h.RawID)
	if err != nil {
		return nil, err
	}
	m := mail.Read(raw)
	if len(m.From) == 0 {
		return nil, store.Errorf(store.Internal, "the held message %d has no author", h.ID)
	}
	env := mail.Envelope{From: h.Sender, RequireTLS: readReason(h.Reason).RequireTLS}
	p, err := l.candidate(ctx, c, env, m)
	if err != nil {
		return nil, err
	}
	// As it was known when it came: what was dropped then changed neither.
	p.arrival.MessageID, p.arrival.BodyHash = h.MessageID, h.BodyHash
	return p, nil
}

// RejectHold tells the author that a held post is not accepted, with the reason given, which may be empty. By name is
// whom the author is told, "" for the facilitators as such. Conflict where it was decided before.
func (l *List) RejectHold(ctx context.Context, by store.Actor, h store.Hold, byName, reason string) error {
	err := l.endHold(ctx, by, h, store.Rejected, reason, func(p *candidate, name, subject string) any {
		return templates.HoldRejected{For: forReader(p.community, name), Subject: subject, By: byName, Reason: reason}
	})
	if err == nil {
		l.Log.Info("held post rejected", "hold", h.ID, "by", by.Who)
	}
	return err
}

// endHold ends a hold without a post and tells its author, unless what was sent to many is not answered.
func (l *List) endHold(ctx context.Context, by store.Actor, h store.Hold, state store.HoldState, note string,
	data func(p *candidate, name, subject string) any) error {
	p, err := l.heldCandidate(ctx, h)
	if err != nil {
		return err
	}
	var notices []store.Notice
	if kind, _ := mail.Automatic(p.message, h.Sender, false); kind == mail.AutoNone {
		w := l.authorLetter(p)
		w.data = data(p, w.name, h.Subject)
		if notices, err = l.notices(w); err != nil {
			return err
		}
	}
	err = l.DB.EndHold(ctx, by, h.ID, state, note, notices)
	l.wake()
	return err
}
