package list

import (
	"context"
	"strings"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// planJoin: "join", for facilitators "join ADDRESS NAME".
func planJoin(ctx context.Context, l *List, a *asker, c command) (plan, error) {
	address, name, mode, err := l.readJoin(a, c)
	if err != nil {
		return plan{}, err
	}
	if a.community.Closed {
		return plan{}, l.refuse(a, "command.closed", templates.Args{})
	}
	if address == a.address || a.member && address == a.s.Address {
		if name == "" {
			name = a.name
		}
		return l.planJoinSelf(a, name, mode), nil
	}
	if !a.isFacilitator() {
		return plan{}, l.refuse(a, "command.needs-role", templates.Args{Code: string(store.Facilitator)})
	}
	if ours, err := l.isOurs(ctx, address); err != nil || ours {
		return plan{}, l.orRefuse(err, a, "command.address", templates.Args{Value: a.quote(address)})
	}
	return l.planAdd(ctx, a, address, name, mode)
}

func (l *List) planJoinSelf(a *asker, name string, mode store.DeliveryMode) plan {
	if a.member && a.s.State == store.Active {
		return section(l.alreadyMember(a.community, a.s).data)
	}
	return plan{asks: true, do: func(ctx context.Context) (result, error) {
		err := l.Join(ctx, a.community, Application{Address: a.address, Name: name, Source: a.source, Proven: a.proven, Mode: mode, message: a.message})
		return result{own: true, done: true, text: l.say(a, "command.join", templates.Args{Address: a.address})}, err
	}}
}

// readJoin reads "join [COMMUNITY] [address=]ADDRESS NAME [digest]", of which all may be missing.
func (l *List) readJoin(a *asker, c command) (address, name string, mode store.DeliveryMode, err error) {
	address = a.address
	var names []string
	for _, word := range strings.Fields(a.withoutList(c.args)) {
		lower := strings.ToLower(word)
		switch {
		case strings.Contains(word, "@"):
			if address, err = l.parseAddress(a, strings.TrimPrefix(lower, "address=")); err != nil {
				return "", "", "", err
			}
		case lower == "digest" || lower == "nodigest" || lower == "daily" || lower == "weekly" || lower == "monthly" || lower == "nomail":
			var s store.Subscription
			setDelivery(&s, lower)
			mode = s.Delivery
		case lower == "me" || lower == "us":
		default:
			names = append(names, word)
		}
	}
	name = strings.Join(names, " ")
	if !setName(&store.Subscription{}, name) {
		name = ""
	}
	return address, name, mode, nil
}

// planAdd makes somebody a member at a facilitator's word.
func (l *List) planAdd(ctx context.Context, a *asker, address, name string, mode store.DeliveryMode) (plan, error) {
	if err := l.notBanned(ctx, a, address); err != nil {
		return plan{}, err
	}
	s, err := l.DB.SubscriptionByAddress(ctx, a.community.ID, address)
	if err == nil && s.State == store.Active {
		return plan{}, l.refuse(a, "command.already-member", templates.Args{Address: address})
	}
	if err != nil && store.KindOf(err) != store.NotFound {
		return plan{}, err
	}
	if err == nil && s.State == store.Left {
		return l.planAskBack(ctx, a, address)
	}
	name = a.ownWords(name)
	p := plan{line: strings.Join(strings.Fields("join "+address+" "+name+" "+string(mode)), " ")}
	p.do = func(ctx context.Context) (result, error) {
		_, err := l.DB.Join(ctx, a.by, a.community.ID, store.NewMember{Address: address, Name: name, Delivery: mode}, l.welcome(ctx, a.community))
		return result{done: true, text: l.say(a, "command.added", templates.Args{Address: address})}, err
	}
	return p, nil
}

// planAskBack is for whom a facilitator would make a member although they have left: they are invited, since leaving was
// their own word.
func (l *List) planAskBack(ctx context.Context, a *asker, address string) (plan, error) {
	p, err := planInvite(ctx, l, a, command{verb: "invite", args: address})
	if err != nil {
		return plan{}, err
	}
	return plan{line: p.line, do: func(ctx context.Context) (result, error) {
		res, err := p.do(ctx)
		if err == nil {
			res.text = l.say(a, "command.had-left", templates.Args{Address: address})
		}
		return res, err
	}}, nil
}

// planLeave: "leave", for facilitators "leave ADDRESS".
func planLeave(ctx context.Context, l *List, a *asker, c command) (plan, error) {
	for _, word := range strings.Fields(a.withoutList(c.args)) {
		if !strings.Contains(word, "@") {
			continue
		}
		address, err := l.parseAddress(a, word)
		if err != nil {
			return plan{}, err
		}
		if address == a.address || a.member && address == a.s.Address {
			break
		}
		s, err := l.other(ctx, a, word)
		if err != nil {
			return plan{}, err
		}
		return l.planRemove(a, s), nil
	}
	p := plan{leaves: true, asks: !a.member, line: "leave"}
	p.do = func(ctx context.Context) (result, error) {
		err := l.Leave(ctx, a.community, a.address, a.proven, a.message)
		return result{own: true, done: true, text: l.say(a, "command.left", templates.Args{})}, err
	}
	return p, nil
}

// planRemove ends somebody's membership at a facilitator's word.
func (l *List) planRemove(a *asker, s store.Subscription) plan {
	return plan{line: "leave " + s.Address, do: func(ctx context.Context) (result, error) {
		res := result{done: true, text: l.say(a, "command.removed", templates.Args{Address: s.Address})}
		_, err := l.DB.End(ctx, a.by, s.ID, store.Removed, func(int64) ([]store.Notice, error) {
			return l.notices(to(a.community, s, templates.Removed{For: forReader(a.community, s.Name), By: a.s.Called()}))
		})
		return res, err
	}}
}

// JoinAddress handles a mail to the address for joining.
func (l *List) JoinAddress(ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message) error {
	address, err := l.writer(ctx, env, m)
	if err != nil || address == "" {
		return err
	}
	return l.Join(ctx, c, Application{Address: address, Name: m.From[0].Name, Source: source(env), Proven: l.Proven(env, m, address), message: m})
}

// LeaveAddress handles a mail to the address for leaving.
func (l *List) LeaveAddress(ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message) error {
	address, err := l.writer(ctx, env, m)
	if err != nil || address == "" {
		return err
	}
	return l.Leave(ctx, c, address, l.Proven(env, m, address), m)
}
