package list

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// A candidate is a message that may become a post, and what is known of its author.
type candidate struct {
	community   store.Community
	message     *mail.Message
	author      mail.Address
	writer      store.Subscription // of the author; zero for a stranger
	member      bool               // has a membership that is not over
	facilitator bool
	unproven    bool // says that it is a facilitator's, and could have proved it, and did not
	arrival     store.Arrival
}

// none is the reason of what is not held.
var none templates.Reason

// candidate finds out who wrote a message. What the community drops is dropped here, so that all that follows sees
// what would go out.
func (l *List) candidate(ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message) (*candidate, error) {
	p := &candidate{community: c, message: m, author: m.From[0]}
	address, err := mail.Canonical(p.author.String())
	if err != nil {
		return nil, store.Errorf(store.Invalid, "the From address of this message cannot be answered: %w", err).WithStatus("5.1.7")
	}
	p.arrival = l.arrival(c, env, m, p.author, address)
	p.writer, err = l.DB.SubscriptionByAddress(ctx, c.ID, address)
	if err != nil && store.KindOf(err) != store.NotFound {
		return nil, err
	}
	p.arrival.MemberID = p.writer.MemberID
	p.member = err == nil && (p.writer.State == store.Active || p.writer.State == store.Suspended)
	p.facilitator = p.member && p.writer.Has(store.Facilitator)
	p.unproven = p.facilitator && l.AuthServID != "" && !l.Proven(env, m, address)
	if p.message = l.withoutDropped(c, m); p.message != m {
		p.arrival.Raw = p.message.Raw
	}
	return p, nil
}

// A rule looks at a candidate: an error refuses it, a reason holds it, neither lets it pass.
type rule func(ctx context.Context, l *List, p *candidate) (templates.Reason, error)

// rules are asked in this order: first what refuses, then what holds, that which says most to a facilitator first.
var rules = []rule{
	ruleBan, ruleStranger, ruleRefused,
	ruleEmergency, ruleAnnounce, ruleFirstPost, ruleHeader, ruleAttachment, ruleSize, ruleRecipients, ruleImplicit,
	ruleAuthorPace, ruleThreadPace,
}

// judge asks the rules.
func (l *List) judge(ctx context.Context, p *candidate) (templates.Reason, error) {
	for _, ask := range rules {
		if reason, err := ask(ctx, l, p); err != nil || reason != none {
			return reason, err
		}
	}
	return none, nil
}

// trusted says that somebody is let off the rules that are for others.
func (p *candidate) trusted() bool { return p.facilitator && !p.unproven }

// ruleBan refuses whoever may not write here, and says until when and why.
func ruleBan(ctx context.Context, l *List, p *candidate) (templates.Reason, error) {
	ban, err := l.DB.BanOf(ctx, l.Now(), p.community.ID, p.arrival.From)
	switch {
	case err != nil:
		return none, err
	case ban != nil:
		return none, store.Errorf(store.Forbidden, "%s", l.banSentence(p.community, p.arrival.From, *ban))
	case p.writer.State == store.Banned:
		return none, store.Errorf(store.Forbidden, "%s", l.banSentence(p.community, p.arrival.From, store.Ban{}))
	}
	return none, nil
}

func ruleStranger(_ context.Context, _ *List, p *candidate) (templates.Reason, error) {
	c, from := p.community, p.arrival.From
	switch {
	case p.member || c.NonMembers == store.PostAccept:
		return none, nil
	case c.NonMembers == store.PostHold:
		return templates.Reason{Code: templates.ReasonNonMember}, nil
	}
	return none, store.Errorf(store.Forbidden, "%s is not a member of %s. To join, write to %s; if you are a member with another "+
		"address, write from that one; for anything else, the facilitators read %s",
		from, c.Title, c.FunctionAddress("join"), c.FunctionAddress("owner"))
}

// ruleRefused refuses what a community does not want at all, whoever wrote it.
func ruleRefused(_ context.Context, l *List, p *candidate) (templates.Reason, error) {
	c := p.community
	compiled := l.compiledRules(c)
	if field := compiled.headerRefuse.match(p.message); field != "" {
		return none, store.Errorf(store.Forbidden, "%s does not take messages with this field: %s. Its facilitators answer at %s",
			c.Title, field, c.FunctionAddress("owner"))
	}
	if file := matchingFile(p.message, c.AttachmentsRefuse); file != "" {
		return none, store.Errorf(store.Forbidden, "%s does not take attachments of this kind: %s. Put it somewhere and post the link",
			c.Title, file)
	}
	if c.Implicit == store.ImplicitRefuse && !p.trusted() && !namesList(p) {
		return none, store.Errorf(store.Forbidden, "posts to %s must name %s in To or Cc", c.Title, c.Address())
	}
	return none, nil
}

func ruleEmergency(_ context.Context, _ *List, p *candidate) (templates.Reason, error) {
	return holdIf(p.community.Emergency && !p.trusted(), p, templates.ReasonEmergency, "")
}

func ruleAnnounce(_ context.Context, _ *List, p *candidate) (templates.Reason, error) {
	return holdIf(p.community.OnlyAnnounce && !p.trusted(), p, templates.ReasonAnnounce, "")
}

// holdIf holds for a reason. Who would pass as a facilitator, but does not prove to be one, is held for that.
func holdIf(condition bool, p *candidate, code, detail string) (templates.Reason, error) {
	switch {
	case !condition:
		return none, nil
	case p.unproven:
		return templates.Reason{Code: templates.ReasonUnproven}, nil
	}
	return templates.Reason{Code: code, Detail: detail}, nil
}

func ruleFirstPost(ctx context.Context, l *List, p *candidate) (templates.Reason, error) {
	if !p.community.HoldFirst || p.trusted() {
		return none, nil
	}
	has, err := l.DB.HasPosted(ctx, p.community.ID, p.arrival.MemberID, p.arrival.From)
	if err != nil || has {
		return none, err
	}
	return holdIf(true, p, templates.ReasonFirstPost, "")
}

func ruleHeader(_ context.Context, l *List, p *candidate) (templates.Reason, error) {
	compiled := l.compiledRules(p.community)
	field := compiled.headerHold.match(p.message)
	if field == "" {
		return none, nil
	}
	return templates.Reason{Code: templates.ReasonHeader, Detail: field}, nil
}

// ruleAttachment holds what is to be looked at, and what was to be dropped but is part of something signed.
func ruleAttachment(_ context.Context, _ *List, p *candidate) (templates.Reason, error) {
	file := matchingFile(p.message, slices.Concat(p.community.AttachmentsHold, p.community.AttachmentsDrop))
	if file == "" {
		return none, nil
	}
	return templates.Reason{Code: templates.ReasonAttachment, Detail: file}, nil
}

func ruleSize(_ context.Context, _ *List, p *candidate) (templates.Reason, error) {
	size, most := int64(len(p.message.Raw)), p.community.HoldSize
	return holdIf(most > 0 && size > most && !p.trusted(), p, templates.ReasonSize, sizeText(size))
}

func ruleRecipients(_ context.Context, _ *List, p *candidate) (templates.Reason, error) {
	n, most := len(p.message.To)+len(p.message.Cc), p.community.MaxRecipients
	return holdIf(most > 0 && n > most && !p.trusted(), p, templates.ReasonRecipients, strconv.Itoa(n))
}

func ruleImplicit(_ context.Context, _ *List, p *candidate) (templates.Reason, error) {
	return holdIf(p.community.Implicit == store.ImplicitHold && !p.trusted() && !namesList(p), p, templates.ReasonImplicit, "")
}

// namesList says whether the list address stands in To or Cc, or in those that a person's "redirect" adds.
func namesList(p *candidate) bool {
	all := append(append([]mail.Address{}, p.message.To...), p.message.Cc...)
	for _, name := range []string{"Resent-To", "Resent-Cc"} {
		for _, value := range p.message.Header.Values(name) {
			all = append(all, mail.ParseAddressList(value)...)
		}
	}
	for _, a := range all {
		if address, err := mail.Canonical(a.String()); err == nil && address == p.community.Address() {
			return true
		}
	}
	return false
}

// ruleAuthorPace is the brake on programs that went mad and on accounts that were stolen: for everybody.
func ruleAuthorPace(ctx context.Context, l *List, p *candidate) (templates.Reason, error) {
	most := p.community.PostsPerHour
	if most <= 0 {
		return none, nil
	}
	n, err := l.DB.PostsSince(ctx, p.community.ID, p.arrival.MemberID, p.arrival.From, l.Now().Add(-time.Hour), most)
	if err != nil || n < most {
		return none, err
	}
	return templates.Reason{Code: templates.ReasonAuthorPace}, nil
}

func ruleThreadPace(ctx context.Context, l *List, p *candidate) (templates.Reason, error) {
	if len(p.community.SlowThreads) == 0 || p.trusted() {
		return none, nil
	}
	thread, last, err := l.DB.ThreadOf(ctx, p.arrival)
	if err != nil || thread == 0 {
		return none, err
	}
	slow, ok := p.community.Slowed(thread, l.Now())
	return holdIf(ok && l.Now().Before(last.Add(slow.Every)), p, templates.ReasonThreadPace, "")
}

// SlowThread lets each author post to a thread once within every, until a time; every 0 ends that. It is a change of
// the community's rules, and can be undone like others.
func (l *List) SlowThread(ctx context.Context, by store.Actor, c store.Community, slow store.SlowThread) error {
	const most = 100
	var kept []store.SlowThread
	for _, s := range c.SlowThreads {
		if s.ThreadID != slow.ThreadID && by.At.Before(s.Until) {
			kept = append(kept, s)
		}
	}
	if slow.Every > 0 {
		kept = append(kept, slow)
	}
	if len(kept) > most {
		return store.Errorf(store.Conflict, "%s has %d slowed threads, which is the most; hold everything for a while instead", c.Title, most)
	}
	c.SlowThreads = kept
	if err := l.DB.UpdateCommunity(ctx, by, c); err != nil {
		return fmt.Errorf("slowing a thread: %w", err)
	}
	return nil
}
