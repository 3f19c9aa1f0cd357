package list

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// An Application is somebody's wish to join, however it came.
type Application struct {
	Address string // canonical
	Name    string
	By      string // who asked, where it was not the address itself: an inviter's address
	ByName  string
	Note    string             // of an inviter
	Source  string             // where it came from: a domain or IP address, against flooding
	Proven  bool               // it surely came from the address itself
	Mode    store.DeliveryMode // "" is the default
	message *mail.Message      // that it came with
	chosen  bool               // by a facilitator: nobody else decides
}

// joinPayload is what a request to join keeps.
type joinPayload struct {
	Name    string             `json:"name,omitempty"`
	By      string             `json:"by,omitempty"`
	Mode    store.DeliveryMode `json:"delivery,omitempty"`
	Answers []templates.Answer `json:"answers,omitempty"`
}

func (p joinPayload) text() string {
	b, err := json.Marshal(p)
	if err != nil {
		return "{}"
	}
	return string(b)
}

// How long questions wait for their answer, and how often they are asked.
const (
	confirmLife   = 3 * 24 * time.Hour
	inviteLife    = 14 * 24 * time.Hour
	approveLife   = 30 * 24 * time.Hour
	asksAnAddress = 3   // a day, over all communities
	asksASource   = 200 // an hour
	asksInAll     = 2000
)

// Join handles a wish to join. Everybody is answered alike, and nobody is asked more than once a day.
func (l *List) Join(ctx context.Context, c store.Community, a Application) error {
	ban, err := l.DB.BanOf(ctx, l.Now(), c.ID, a.Address)
	if err != nil {
		return err
	}
	if ban != nil {
		return l.sendOnce(ctx, "banned", letter{community: c, to: a.Address, answers: a.message,
			data: templates.BannedNotice{For: forReader(c, a.Name), Until: ban.Until, Reason: ban.Reason}})
	}
	s, err := l.DB.SubscriptionByAddress(ctx, c.ID, a.Address)
	switch {
	case err != nil && store.KindOf(err) != store.NotFound:
		return err
	case err == nil && s.State == store.Active:
		return l.sendOnce(ctx, "already", l.alreadyMember(c, s))
	case c.Closed:
		return store.Errorf(store.NotFound, "%s is closed", c.Title)
	}
	if a.By == "" && (c.Join == store.JoinOpen || a.Proven && len(c.Charter.Questions) == 0) {
		return l.joinProven(ctx, c, a)
	}
	return l.askToJoin(ctx, c, a)
}

// joinProven is for those who need not be asked back.
func (l *List) joinProven(ctx context.Context, c store.Community, a Application) error {
	by := store.Actor{Who: a.Address, Via: via(a.message), At: l.Now()}
	if c.Join != store.JoinApprove {
		_, err := l.DB.Join(ctx, by, c.ID, newMember(a.Address, joinPayload{Name: a.Name, Mode: a.Mode}), l.welcome(ctx, c))
		l.wake()
		return err
	}
	r, err := l.DB.Ask(ctx, l.joinRequest(c, a, store.RequestJoin, confirmLife), nil)
	if err != nil {
		return err
	}
	return l.toFacilitators(ctx, c, r, nil, by)
}

func via(m *mail.Message) string {
	if m == nil {
		return "web"
	}
	return "mail <" + m.MessageID + ">"
}

func newMember(address string, p joinPayload) store.NewMember {
	return store.NewMember{Address: address, Name: p.Name, Delivery: p.Mode}
}

func (l *List) joinRequest(c store.Community, a Application, kind store.RequestKind, life time.Duration) store.Request {
	payload := joinPayload{Name: a.Name, By: a.By, Mode: a.Mode}
	return store.Request{CommunityID: c.ID, Kind: kind, Address: a.Address, Payload: payload.text(),
		AskedAt: l.Now(), ExpiresAt: l.Now().Add(life)}
}

// askToJoin mails the question that a plain reply answers, unless the address or its source was asked too often.
func (l *List) askToJoin(ctx context.Context, c store.Community, a Application) error {
	reached, err := l.DB.Allow(ctx, l.Now(),
		store.Limit{Name: "confirm " + c.Address() + " " + a.Address, Most: 1, Within: 24 * time.Hour},
		store.Limit{Name: "address " + a.Address, Most: asksAnAddress, Within: 24 * time.Hour},
		store.Limit{Name: "source " + a.Source, Most: asksASource, Within: time.Hour},
		store.Limit{Name: "community " + c.Address(), Most: asksASource, Within: time.Hour},
		store.Limit{Name: "asked", Most: asksInAll, Within: time.Hour})
	if err != nil {
		return err
	}
	if reached != nil {
		l.Log.Info("nobody was asked to confirm a join, since a limit is reached", "community", c.Address(),
			"address", a.Address, "source", a.Source, "limit", reached.Name)
		return nil
	}
	kind, life := store.RequestJoin, confirmLife
	if a.By != "" {
		kind, life = store.RequestInvite, inviteLife
		a.chosen = l.isFacilitator(ctx, c, a.By)
	}
	r := l.joinRequest(c, a, kind, life)
	_, err = l.DB.Ask(ctx, r, func(id int64) ([]store.Notice, error) { return l.notices(l.joinQuestion(c, a, r, id)) })
	l.wake()
	return err
}

// joinQuestion is the mail that asks whether somebody really wants to join.
func (l *List) joinQuestion(c store.Community, a Application, r store.Request, id int64) letter {
	ticket := l.ticket(c, mail.Ticket{Kind: mail.TicketConfirm, Object: id, Expires: r.ExpiresAt})
	approve, questions := c.Join == store.JoinApprove, c.Charter.Questions
	if a.chosen {
		approve, questions = false, nil
	}
	if !a.Proven && a.By == "" {
		a.Name = "" // it may be a stranger's words to somebody who never asked
	}
	w := letter{community: c, to: a.Address, name: a.Name, from: ticket.Address, answers: a.message}
	if r.Kind == store.RequestInvite {
		w.answers = nil
		w.data = templates.Invitation{For: forReader(c, a.Name), By: a.ByName, ByAddress: a.By, Note: a.Note,
			Questions: questions, Approve: approve, Accept: ticket, Expires: r.ExpiresAt}
		return w
	}
	w.data = templates.ConfirmJoin{For: forReader(c, a.Name), Address: a.Address, Asked: r.AskedAt,
		Questions: questions, Approve: approve, Confirm: ticket, Expires: r.ExpiresAt}
	return w
}

// sendOnce sends a letter unless its reader got one of its kind within a day.
func (l *List) sendOnce(ctx context.Context, kind string, w letter) error {
	reached, err := l.DB.Allow(ctx, l.Now(),
		store.Limit{Name: kind + " " + w.community.Address() + " " + w.to, Most: 1, Within: 24 * time.Hour})
	if err != nil || reached != nil {
		return err
	}
	return l.send(ctx, w)
}

func (l *List) alreadyMember(c store.Community, s store.Subscription) letter {
	return to(c, s, templates.AlreadyMember{For: forReader(c, s.Name), Address: s.Address, Since: s.Since,
		Delivery: string(s.Delivery), Leave: l.leaveTicket(c, s)})
}

func (l *List) leaveTicket(c store.Community, s store.Subscription) templates.Ticket {
	return l.ticket(c, mail.Ticket{Kind: mail.TicketLeave, Person: s.ID, Object: c.ID})
}

// welcome makes the mail for who just joined; it goes out with the join.
func (l *List) welcome(ctx context.Context, c store.Community) func(store.Subscription) ([]store.Notice, error) {
	team, err := l.facilitators(ctx, c)
	return func(s store.Subscription) ([]store.Notice, error) {
		if err != nil {
			return nil, err
		}
		meetings, err := l.coming(ctx, c, s)
		if err != nil {
			return nil, err
		}
		return l.notices(l.welcomeLetter(c, s, team, meetings))
	}
}

// coming are the next dates of meetings for a member.
func (l *List) coming(ctx context.Context, c store.Community, s store.Subscription) ([]templates.Meeting, error) {
	if l.Coming == nil {
		return nil, nil
	}
	return l.Coming(ctx, c, s)
}

func (l *List) welcomeLetter(c store.Community, s store.Subscription, team []store.Subscription, meetings []templates.Meeting) letter {
	ch := c.Charter
	w := templates.Welcome{
		For: forReader(c, s.Name), Address: s.Address, Delivery: string(s.Delivery), OnlyAnnounce: c.OnlyAnnounce,
		Goals: ch.Goals, Audience: ch.Audience, Benefits: ch.Benefits, Expectations: ch.Expectations, Measures: ch.Measures,
		Recognition: ch.Recognition, Learning: ch.Learning, Charter: ch.Text != "", Leave: l.leaveTicket(c, s),
		Meetings: meetings,
	}
	if !s.Named {
		named := l.ticket(c, mail.Ticket{Kind: mail.TicketNamed, Person: s.ID, Object: c.ID})
		w.Named = &named
	}
	for _, f := range team {
		w.Team = append(w.Team, templates.Person{Name: f.Name, Address: f.Address, Role: string(store.Facilitator)})
	}
	for _, url := range ch.Resources {
		w.Resources = append(w.Resources, templates.Link{URL: url})
	}
	return to(c, s, w)
}

// toFacilitators moves a confirmed request to those who decide, and tells the applicant. The answers are theirs to the
// questions of the charter.
func (l *List) toFacilitators(ctx context.Context, c store.Community, r store.Request, answers []templates.Answer, by store.Actor) error {
	var p joinPayload
	if err := json.Unmarshal([]byte(r.Payload), &p); err != nil {
		return err
	}
	p.Answers = answers
	payload, err := json.Marshal(p)
	if err != nil {
		return err
	}
	team, err := l.facilitators(ctx, c)
	if err != nil {
		return err
	}
	letters := []letter{{community: c, to: r.Address, name: p.Name, data: templates.JoinPending{For: forReader(c, p.Name), Address: r.Address}}}
	for _, f := range team {
		letters = append(letters, l.joinDecision(c, f, r, p, false))
	}
	notices, err := l.notices(letters...)
	if err != nil {
		return err
	}
	err = l.DB.Decide(ctx, by, r.ID, store.Asked, store.Confirmed, string(payload), notices)
	l.wake()
	return err
}

// joinDecision asks one facilitator, or asks again where the answer was unclear.
func (l *List) joinDecision(c store.Community, f store.Subscription, r store.Request, p joinPayload, unclear bool) letter {
	approve, decline := l.decisionTickets(c, f, r)
	w := to(c, f, templates.JoinRequest{For: forReader(c, f.Name), ReplyApproves: true, Unclear: unclear, Name: p.Name, Address: r.Address,
		Asked: r.AskedAt, Answers: p.Answers, Approve: approve, Decline: decline})
	w.from = approve.Address
	return w
}

func (l *List) decisionTickets(c store.Community, f store.Subscription, r store.Request) (approve, decline templates.Ticket) {
	until := r.AskedAt.Add(approveLife)
	return l.ticket(c, mail.Ticket{Kind: mail.TicketJoinApprove, Person: f.ID, Object: r.ID, Expires: until}),
		l.ticket(c, mail.Ticket{Kind: mail.TicketJoinDecline, Person: f.ID, Object: r.ID, Expires: until})
}

// answersTo pairs what somebody wrote with the questions: paragraph by paragraph where there are as many.
func answersTo(questions []string, text string) []templates.Answer {
	if text == "" || len(questions) == 0 {
		return nil
	}
	var paragraphs []string
	for paragraph := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if paragraph = strings.TrimSpace(paragraph); paragraph != "" {
			paragraphs = append(paragraphs, paragraph)
		}
	}
	if len(paragraphs) != len(questions) {
		return []templates.Answer{{Question: strings.Join(questions, " "), Text: text}}
	}
	answers := make([]templates.Answer, len(questions))
	for i := range questions {
		answers[i] = templates.Answer{Question: questions[i], Text: paragraphs[i]}
	}
	return answers
}
