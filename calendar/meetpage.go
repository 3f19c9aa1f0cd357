package calendar

import (
	"context"
	"strconv"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// The buttons of a page about a meeting in words, beside the numbers of its dates.
const (
	choiceConfirm = "confirm"
	choiceDrop    = "drop"
	choiceApprove = "approve"
	choiceDecline = "decline"
	choiceNone    = "none" // no date of a poll
)

func (k *Calendar) showMeet(ctx context.Context, t mail.Ticket) (Page, error) {
	_, p, err := k.meetPage(ctx, t)
	return p, err
}

// pressMeet does what a button says: what an answer by mail would.
func (k *Calendar) pressMeet(ctx context.Context, t mail.Ticket, choice string) (Page, error) {
	u, p, err := k.meetPage(ctx, t)
	if err != nil || p.Problem != "" {
		return p, err
	}
	if u.poll.ID != 0 {
		return k.pressSteer(ctx, u, u.poll, p, choice)
	}
	n, _ := strconv.Atoi(choice) // another word is no number
	switch {
	case choice == choiceDrop && u.mine():
		p.About.Code = "dropped"
		return p, k.dropWish(ctx, u)
	case choice == choiceDecline && !u.mine():
		p.About.Code = "declined"
		return p, k.decideProposal(ctx, u, false, "")
	case choice == choiceApprove && !u.mine():
		return p, k.decideProposal(ctx, u, true, "")
	case choice == choiceConfirm && u.mine() && (u.wish.Choose || len(u.wish.Dates) == 1):
		n = 1
	case !u.mine() || u.wish.Choose || n < 1 || n > len(u.wish.Dates):
		return p, store.Errorf(store.Invalid, "%q is no answer", choice)
	}
	if !k.mayCall(u.community, u.person) {
		p.About.Code = "proposed"
	}
	return p, k.confirmWish(ctx, u, n)
}

// meetPage is the page of a wish, for who called the meeting and for facilitators.
func (k *Calendar) meetPage(ctx context.Context, t mail.Ticket) (u meetUse, p Page, err error) {
	if u, err = k.meetUsed(ctx, t); err != nil {
		return u, p, err
	}
	if u.poll.ID != 0 {
		p, err = k.steerPage(ctx, u, u.poll)
		return u, p, err
	}
	p = Page{Community: u.community, Kind: "meet", Problem: u.stands(k.Now()), About: templates.Args{Subject: u.wish.Title}}
	if u.wish.Choose {
		p.About.Code = "poll"
	}
	switch {
	case p.Problem != "":
		p.About.Name = k.whoDecided(ctx, u)
		return u, p, nil
	case !u.mine():
		proposer, err := k.DB.Subscription(ctx, u.wish.By)
		if err != nil {
			return u, p, err
		}
		p.Kind, p.About.Name, p.Choices = "meet-proposal", proposer.Called(), []string{choiceApprove, choiceDecline}
	case u.wish.Choose || len(u.wish.Dates) == 1:
		p.Choices = []string{choiceConfirm, choiceDrop}
	default:
		for n := range u.wish.Dates {
			p.Choices = append(p.Choices, strconv.Itoa(n+1))
		}
		p.Choices = append(p.Choices, choiceDrop)
	}
	p.Details = k.wishDetails(u)
	return u, p, nil
}

// wishDetails are the lines of the page, in its reader's language.
func (k *Calendar) wishDetails(u meetUse) (all []templates.Detail) {
	lang := k.language(u.community, u.person)
	say := func(key string, args templates.Args) string { return templates.Say(lang, "meet."+key, args) }
	dates := u.wish.shown(k.Now(), nil).Options
	for i, o := range dates {
		if !u.mine() && !u.wish.Choose && i+1 != u.wish.Chosen {
			continue
		}
		label := say("label-when", templates.Args{})
		if o.N > 0 && (u.mine() || u.wish.Choose) {
			label = say("label-option", templates.Args{N: o.N})
		}
		all = append(all, templates.Detail{Label: label, Value: say("moment", templates.Args{When: o.Start, N: o.Minutes})})
		if repeats := templates.SayRepeats(lang, o.Repeats); repeats != "" {
			all = append(all, templates.Detail{Label: say("label-repeats", templates.Args{}), Value: repeats})
		}
	}
	return append(all, templates.Detail{Label: say("label-place", templates.Args{}), Value: u.wish.Place},
		templates.Detail{Label: say("label-about", templates.Args{}), Value: u.wish.About})
}
