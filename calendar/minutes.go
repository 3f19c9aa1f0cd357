package calendar

import (
	"context"
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// postMinutes posts minutes to the list, in the name of who wrote them. They are known by their Message-ID, so that they are
// posted once, also where the daemon was cut off in between.
func (k *Calendar) postMinutes(ctx context.Context, now time.Time) (int, error) {
	return k.eachTask(ctx, taskMinutes, now, func(task store.Task) (bool, error) {
		p, err := k.past(ctx, task.ObjectID)
		if err != nil {
			return k.orDrop(ctx, now, task, err)
		}
		author, err := k.DB.Subscription(ctx, p.occurrence.MinutesBy)
		if err != nil {
			return k.orDrop(ctx, now, task, err)
		}
		post, err := k.minutesPost(ctx, p, author, now)
		if err != nil {
			return false, err
		}
		err = k.Post(ctx, p.community, mail.Envelope{From: author.Address, Proven: author.Address, To: []string{p.community.Address()}}, mail.Read(post))
		var notices []store.Notice
		if refused := err; refused != nil {
			if kind := store.KindOf(refused); kind == store.Temporary || kind == store.Internal {
				return false, refused
			}
			k.Log.Warn("minutes were refused by their list", "community", p.community.Address(), "occurrence", p.occurrence.ID, "error", refused)
			n, err := k.minutesRefused(p, author, refused)
			if err != nil {
				return false, err
			}
			notices = append(notices, n)
		}
		_, err = k.DB.TakeTask(ctx, now, task, time.Time{}, notices)
		return true, err
	})
}

// minutesPost is the post: an answer to what announced the meeting, else to the minutes before these.
func (k *Calendar) minutesPost(ctx context.Context, p past, author store.Subscription, now time.Time) ([]byte, error) {
	language := k.language(p.community, store.Subscription{})
	d := mail.Draft{ByHand: true, Date: now, MessageID: p.occurrence.MinutesID, Text: p.occurrence.Minutes,
		Subject: templates.Say(language, "minutes.subject", templates.Args{Subject: p.occurrence.Title, When: k.dayOf(p)})}
	var err error
	if d.From, err = mail.ParseAddress(author.Address); err != nil {
		return nil, err
	}
	d.From.Name = author.Name
	to, err := mail.ParseAddress(p.community.Address())
	if err != nil {
		return nil, err
	}
	to.Name = p.community.Title
	d.To = []mail.Address{to}
	if d.InReplyTo, err = k.minutesThread(ctx, p); err != nil {
		return nil, err
	}
	return d.Bytes()
}

func (k *Calendar) minutesThread(ctx context.Context, p past) (string, error) {
	if p.meeting.Settings.Thread != "" {
		return p.meeting.Settings.Thread, nil
	}
	for _, id := range []int64{p.meeting.ID, p.meeting.Settings.Follows} {
		all, err := k.DB.Occurrences(ctx, id, farBack)
		if err != nil {
			return "", err
		}
		for _, o := range all {
			if o.MinutesID != "" && o.Starts.Before(p.occurrence.Starts) {
				return o.MinutesID, nil
			}
		}
	}
	return "", nil
}

// minutesRefused tells who wrote minutes why they are not posted. The text is in the mail that brought them.
func (k *Calendar) minutesRefused(p past, author store.Subscription, refused error) (store.Notice, error) {
	text := k.reported(report{past: p, by: author}, Present{}, nil)
	text.Minutes, text.Refused = "refused", refused.Error()
	return k.notice(k.overLetter(p, author, text))
}
