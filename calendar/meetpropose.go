package calendar

import (
	"context"
	"time"

	"guildpost/store"
	"guildpost/templates"
)

// taskProposal ends a member's proposal that no facilitator decided about; its object is the request.
const taskProposal = "meet-proposal"

// proposeWish puts a member's meeting to the facilitators.
func (k *Calendar) proposeWish(ctx context.Context, u meetUse) error {
	team, err := k.team(ctx, u.community)
	if err != nil {
		return err
	}
	if len(team) == 0 {
		return k.sendMeet(ctx, k.wishHelp(u, "refused"))
	}
	letters, err := k.proposals(ctx, u, team, false)
	if err != nil {
		return err
	}
	if u.message != nil {
		letters = append(letters, k.wishDone(u, templates.MeetingWishDone{Kind: "proposed"}))
	}
	var notices []store.Notice
	for _, w := range letters {
		n, err := k.notice(w)
		if err != nil {
			return err
		}
		notices = append(notices, n)
	}
	task := store.Task{Kind: taskProposal, CommunityID: u.community.ID, ObjectID: u.request.ID, DueAt: u.request.ExpiresAt}
	if err := k.DB.ScheduleFirst(ctx, task); err != nil {
		return err
	}
	err = k.DB.Decide(ctx, k.by(u, "page"), u.request.ID, store.Asked, store.Confirmed, u.wish.text(), notices)
	k.wake()
	return orDecided(err)
}

// orDecided is nothing where somebody else was faster.
func orDecided(err error) error {
	if store.KindOf(err) == store.Conflict && err != nil {
		return nil
	}
	return err
}

// proposals are the letters that ask facilitators about a member's meeting.
func (k *Calendar) proposals(ctx context.Context, u meetUse, team []store.Subscription, unclear bool) (letters []letter, err error) {
	zones, members, err := k.memberZones(ctx, u.community)
	if err != nil {
		return nil, err
	}
	proposer, err := k.DB.Subscription(ctx, u.wish.By)
	if err != nil {
		return nil, err
	}
	chosen := u.wish
	if !chosen.Choose {
		chosen.Dates = chosen.Dates[chosen.Chosen-1 : chosen.Chosen]
	}
	for _, s := range team {
		p := templates.MeetingProposal{For: forReader(u.community, s), Name: proposer.Name, Address: proposer.Address, Poll: chosen.Choose,
			Wish: chosen.shown(k.Now(), zones), Members: members, Unclear: unclear, Expires: u.request.ExpiresAt.In(k.whenOf(u.community, s).Zone), Answer: k.meetTicket(u, s)}
		letters = append(letters, letter{community: u.community, to: s, from: p.Answer.Address, data: p})
	}
	return letters, nil
}

// judgeProposal is a facilitator's answer about a member's meeting.
func (k *Calendar) judgeProposal(ctx context.Context, u meetUse, a meetAnswer) error {
	switch {
	case a.yes:
		return k.decideProposal(ctx, u, true, "")
	case a.no:
		return k.decideProposal(ctx, u, false, reasonIn(u.message.Text().New))
	}
	letters, err := k.proposals(ctx, u, []store.Subscription{u.person}, true)
	if err != nil {
		return err
	}
	letters[0].answers = u.message
	return k.sendMeet(ctx, letters[0])
}

// decideProposal calls a member's meeting, or tells them that a facilitator says no.
func (k *Calendar) decideProposal(ctx context.Context, u meetUse, yes bool, reason string) error {
	data, state := templates.MeetingWishDone{Kind: "declined", Reason: reason}, store.RequestDeclined
	if yes {
		done, err := k.callWish(ctx, u)
		if err != nil {
			return k.notCarriedOut(ctx, u, err)
		}
		data, state = done, store.RequestDone
		data.Kind = "approved"
	}
	data.By = u.person.Called()
	n, err := k.toProposer(ctx, u, data)
	if err != nil {
		return err
	}
	err = k.DB.Decide(ctx, k.by(u, "page"), u.request.ID, store.Confirmed, state, "", n)
	k.wake()
	return orDecided(err)
}

// toProposer tells who called a meeting what became of it; nobody where they have left.
func (k *Calendar) toProposer(ctx context.Context, u meetUse, data templates.MeetingWishDone) ([]store.Notice, error) {
	s, err := k.DB.Subscription(ctx, u.wish.By)
	if err != nil || !isIn(s) {
		return nil, err
	}
	home := k.whenOf(u.community, s).Zone
	data.Start, data.Closes = inHome(data.Start, home), inHome(data.Closes, home)
	u.person, u.message = s, nil
	n, err := k.notice(k.wishDone(u, data))
	return []store.Notice{n}, err
}

// dueProposals ends proposals that nobody decided about, and tells who made them.
func (k *Calendar) dueProposals(ctx context.Context, now time.Time) (done int, err error) {
	tasks, err := k.DB.TasksDue(ctx, taskProposal, now)
	if err != nil {
		return 0, err
	}
	for _, task := range tasks {
		notices, err := k.undecided(ctx, task)
		if err != nil {
			return done, err
		}
		if _, err := k.DB.TakeTask(ctx, now, task, time.Time{}, notices); err != nil {
			return done, err
		}
		done += len(notices)
	}
	return done, nil
}

// undecided are the mails about a proposal whose time is over; none where it was decided.
func (k *Calendar) undecided(ctx context.Context, task store.Task) ([]store.Notice, error) {
	r, err := k.DB.Request(ctx, task.ObjectID)
	if store.KindOf(err) == store.NotFound && err != nil {
		return nil, nil
	}
	if err != nil || r.State != store.Confirmed && r.State != store.RequestExpired {
		return nil, err
	}
	u := meetUse{request: r}
	if u.wish, err = wishOf(r); err != nil {
		return nil, err
	}
	if u.community, err = k.DB.Community(ctx, r.CommunityID); err != nil {
		return nil, err
	}
	return k.toProposer(ctx, u, templates.MeetingWishDone{Kind: "declined"})
}

func inHome(t time.Time, home *time.Location) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(home)
}
