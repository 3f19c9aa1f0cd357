package imapwatch

import (
	"context"
	"slices"

	"github.com/emersion/go-imap/v2"
)

// A Report is what a mailbox looks like from here.
type Report struct {
	Login    string // the mechanism
	TLS      bool
	Messages uint32
	Idle     bool // new mail is heard of at once
	Move     bool
	UIDPlus  bool
	Keywords bool // $GuildpostProblem can be set
	// Warnings are sentences about what will work less well than it could.
	Warnings []string
}

// Look logs in to a mailbox and says what it sees. It changes nothing.
func Look(ctx context.Context, o Options, m Mailbox) (r Report, err error) {
	o.Mailboxes = nil
	if o, err = o.check(); err != nil {
		return r, err
	}
	c, err := o.connect(ctx, m)
	if err != nil {
		return r, err
	}
	defer c.close()
	if err := c.login(ctx, m); err != nil {
		return r, err
	}
	data, err := c.selectMailbox(ctx, m.Name, nil)
	if err != nil {
		return r, err
	}
	caps, err := c.capabilities(ctx)
	if err != nil {
		return r, err
	}
	can := func(flag imap.Flag) bool { return slices.Contains(data.PermanentFlags, flag) }
	r = Report{
		Login: c.mechanism, TLS: c.secure, Messages: data.NumMessages, Idle: caps.Has(imap.CapIdle), Move: caps.Has(imap.CapMove),
		UIDPlus: caps.Has(imap.CapUIDPlus), Keywords: can(imap.FlagWildcard) || can(ProblemKeyword),
	}
	r.Warnings = warnings(m, r, can)
	c.leave()
	return r, nil
}

func warnings(m Mailbox, r Report, can func(imap.Flag) bool) (all []string) {
	say := func(when bool, text string) {
		if when {
			all = append(all, text)
		}
	}
	say(!r.TLS, "the password goes over the network as it is (tls = \"none\")")
	say(!r.Idle, "the server has no IDLE, so new mail is looked for every 5 minutes")
	say(m.After == Seen && !can(imap.FlagSeen), "messages cannot be marked as seen there: set after = \"keep\", or give the user the right")
	removes := m.After == Delete || m.After == Move && !r.Move
	say(removes && !can(imap.FlagDeleted), "messages cannot be deleted there: set after = \"keep\", or give the user the right")
	say(removes && !r.UIDPlus, "the server has no UIDPLUS, so handled messages stay marked as deleted until somebody expunges them")
	return all
}
