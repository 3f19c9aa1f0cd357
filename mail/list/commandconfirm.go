package list

import (
	"context"
	"encoding/json"
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// commandsPayload is what a request keeps of commands that wait for a word.
type commandsPayload struct {
	Lines []string `json:"lines,omitempty"`
	// Subscription is whose mail goes to the address of the request, once that has confirmed; there are no lines then.
	Subscription int64 `json:"subscription,omitempty"`
}

func (p commandsPayload) text() string {
	b, err := json.Marshal(p)
	if err != nil {
		return "{}"
	}
	return string(b)
}

// carryOutAgain is how long commands take at most: after that, whoever carried them out has crashed.
const carryOutAgain = 2 * time.Minute

// confirmCommands carries out commands whose sender has answered. The request is first marked, so that they are carried
// out once, and done when the answer is on its way.
func (l *List) confirmCommands(ctx context.Context, u ticketUse, r store.Request) error {
	if err := l.DB.Decide(ctx, u.by, r.ID, store.Asked, store.Confirmed, "", nil); err != nil {
		return err
	}
	return l.carryOut(ctx, u, r)
}

// confirmCommandsAgain is for a ticket that comes again: what a crash cut off is done now, else it is said to be done.
func (l *List) confirmCommandsAgain(ctx context.Context, u ticketUse, r store.Request, out Outcome) (Outcome, error) {
	if r.State == store.Confirmed && l.Now().Sub(r.DecidedAt) > carryOutAgain {
		return out, l.carryOut(ctx, u, r)
	}
	a, err := l.askerOf(ctx, u, r)
	if err != nil {
		return out, err
	}
	w := l.letterTo(a, templates.CommandResults{For: a.greeting(), Results: []templates.CommandResult{
		{Done: true, Text: l.say(a, "command.again", templates.Args{})}}})
	w.from = u.community.FunctionAddress("request")
	out.answer = &w
	return out, nil
}

// askerOf is the person whose commands were confirmed.
func (l *List) askerOf(ctx context.Context, u ticketUse, r store.Request) (*asker, error) {
	a := &asker{community: u.community, address: r.Address, proven: true, message: u.message, source: "ticket", by: u.by}
	a.by.Who = r.Address
	return a, l.recognise(ctx, a)
}

func (l *List) carryOut(ctx context.Context, u ticketUse, r store.Request) error {
	var p commandsPayload
	if err := json.Unmarshal([]byte(r.Payload), &p); err != nil {
		return err
	}
	a, err := l.askerOf(ctx, u, r)
	if err != nil {
		return err
	}
	var letters []letter
	if p.Subscription != 0 {
		letters, err = l.changeAddress(ctx, a, p.Subscription)
	} else {
		letters = l.carryOutLines(ctx, a, p.Lines)
	}
	if err != nil {
		return err
	}
	notices, err := l.notices(letters...)
	if err != nil {
		return err
	}
	err = l.DB.Decide(ctx, u.by, r.ID, store.Confirmed, store.RequestDone, "", notices)
	l.wake()
	return err
}

func (l *List) carryOutLines(ctx context.Context, a *asker, lines []string) []letter {
	run := &commandRun{list: l, asker: a, verbs: communityVerbs()}
	for _, line := range lines {
		if c, ok := parseCommand(line); ok {
			run.command(ctx, c)
		}
	}
	if w, ok := run.letter(); ok {
		return []letter{w}
	}
	return nil
}

// askForAddress mails the new address of a member the question whether it is theirs.
func (l *List) askForAddress(ctx context.Context, a *asker, address string) (result, error) {
	reached, err := l.DB.Allow(ctx, l.Now(),
		store.Limit{Name: "confirm " + a.community.Address() + " " + address, Most: 1, Within: 24 * time.Hour},
		store.Limit{Name: "address " + address, Most: asksAnAddress, Within: 24 * time.Hour},
		store.Limit{Name: "asked", Most: asksInAll, Within: time.Hour})
	if err != nil {
		return result{}, err
	}
	if reached != nil {
		return result{}, l.refuse(a, "command.enough", templates.Args{})
	}
	err = l.askToConfirm(ctx, a, question{address: address, payload: commandsPayload{Subscription: a.s.ID}, shown: []string{"set address " + address}})
	return result{done: true, text: l.say(a, "command.address-asked", templates.Args{Address: address})}, err
}

// changeAddress moves a subscription to the address that confirmed, and tells both.
func (l *List) changeAddress(ctx context.Context, a *asker, subscription int64) ([]letter, error) {
	s, err := l.DB.Subscription(ctx, subscription)
	if err != nil {
		return nil, err
	}
	before := to(a.community, s, templates.SettingsChanged{For: forReader(a.community, s.Name),
		Changes: []templates.Setting{{Key: "address", Value: a.address}}})
	before.from = a.community.FunctionAddress("request")
	before.subscription = 0 // what fails at the old address says nothing of the new one
	answer := templates.CommandResult{Line: "set address " + a.address}
	s.Address = a.address
	if err = l.canMove(ctx, a, s); err == nil {
		err = l.DB.UpdateSubscription(ctx, a.by, s)
	}
	if store.KindOf(err) == store.Conflict {
		err = l.refuse(a, "command.address-taken", templates.Args{Address: a.address})
	}
	text, refused := isRefusal(err)
	switch {
	case refused:
		answer.Text = text
	case err != nil:
		return nil, err
	default:
		answer.Done = true
		answer.Text = l.say(a, "command.set", templates.Args{Code: "address", Value: a.address})
	}
	w := letter{community: a.community, to: a.address, name: s.Name, language: s.Language, answers: a.message,
		from: a.community.FunctionAddress("request"),
		data: templates.CommandResults{For: forReader(a.community, s.Name), Results: []templates.CommandResult{answer}}}
	if !answer.Done {
		return []letter{w}, nil
	}
	return []letter{w, before}, nil
}

// canMove says no to who left in the meantime, and to an address that may not be here.
func (l *List) canMove(ctx context.Context, a *asker, s store.Subscription) error {
	if !isMember(s) {
		return l.refuse(a, "command.not-member", templates.Args{Address: s.Address})
	}
	return l.notBanned(ctx, a, s.Address)
}

// notBanned refuses an address that may not be in the community.
func (l *List) notBanned(ctx context.Context, a *asker, address string) error {
	ban, err := l.DB.BanOf(ctx, l.Now(), a.community.ID, address)
	if err == nil && ban != nil {
		err = l.refuse(a, "command.banned", templates.Args{Address: address, When: ban.Until})
	}
	return err
}

// textOfChange says what a change in the journal was.
func (l *List) textOfChange(a *asker, e store.JournalEntry) string {
	key, ok := map[string]string{
		"join": "join", "leave": "leave", "remove": "remove", "ban": "ban", "suspend": "suspend", "change membership": "settings",
		"change community": "community", "mute thread": "mute", "unmute thread": "unmute", "follow thread": "follow",
		"merge threads": "merge", "split thread": "split", "title thread": "title", "solve thread": "solve", "open thread": "open",
		"label thread": "label", "unlabel thread": "unlabel",
	}[e.Action]
	if !ok {
		return e.Action
	}
	var kept struct {
		Address string `json:"address"`
		Subject string `json:"subject"`
	}
	for _, state := range []string{e.Before, e.After} {
		_ = json.Unmarshal([]byte(state), &kept) // a state of another form has neither
	}
	return l.say(a, "command.change-"+key, templates.Args{Address: kept.Address, Subject: kept.Subject})
}

// undoTicket takes a change back.
func (l *List) undoTicket(c store.Community, s store.Subscription, journal int64) templates.Ticket {
	return l.ticket(c, mail.Ticket{Kind: mail.TicketUndo, Person: s.ID, Object: journal, Expires: l.Now().Add(undoLife)})
}
