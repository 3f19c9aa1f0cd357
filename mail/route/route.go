// Package route finds out which list address or ticket a message is for, and hands it to the handler that registered
// for that kind. It implements inbound.Receiver, and knows none of the handlers: the daemon registers them.
//
// An address is LIST, LIST-SUFFIX, LIST+t.TOKEN or LIST-bounces+TOKEN on a domain that has communities, or one of the
// installation's own (postmaster, abuse, guildpost; RFC 2142) on any of these domains. Names with a "-" of their own
// are no trouble: the longest community name that exists wins. Everything else is refused at RCPT, so that guildpost
// never makes a bounce for an address that it should not have taken, and never relays.
package route

import (
	"context"
	"log/slog"
	"slices"
	"strings"

	"guildpost/mail"
	"guildpost/store"
)

// An Item is a message for one of our addresses.
type Item struct {
	Community store.Community // zero for the installation's own addresses
	Suffix    string          // what the address asks for: "" is a post, "join", "owner"…; "t" and "bounces" have a Token
	Token     string
	To        string // the address as it was given
	Envelope  mail.Envelope
	Message   *mail.Message
}

// A Handler does what an item asks for; it returns nil after the commit. Its error is told to the sender's mail server.
type Handler func(ctx context.Context, item Item) error

// A Router finds handlers for messages. Register everything before the first message comes.
type Router struct {
	DB     *store.DB
	Log    *slog.Logger
	Domain string // the installation's own
	// Accepting says whether anything can be taken at all now; nil is yes.
	Accepting func(ctx context.Context) error
	// Returned tells the sender that some recipients of a message were refused, where the protocol could not say so.
	Returned func(ctx context.Context, env mail.Envelope, m *mail.Message, refused []Refusal) error

	suffixes map[string]Handler
	own      map[string]Handler
}

// A Refusal is a recipient that was refused for good, and why.
type Refusal struct {
	Recipient string
	Err       error
}

// Handle registers the handler for a suffix of list addresses.
func (r *Router) Handle(suffix string, h Handler) {
	if r.suffixes == nil {
		r.suffixes = map[string]Handler{}
	}
	r.suffixes[suffix] = h
}

// HandleOwn registers the handler for an address of the installation, by its local part.
func (r *Router) HandleOwn(local string, h Handler) {
	if r.own == nil {
		r.own = map[string]Handler{}
	}
	r.own[local] = h
}

// Recipient implements inbound.Receiver.
func (r *Router) Recipient(ctx context.Context, _, to string) error {
	_, _, err := r.resolve(ctx, to)
	return err
}

// resolve finds the community and the handler of an address.
func (r *Router) resolve(ctx context.Context, to string) (Item, Handler, error) {
	item := Item{To: to}
	at := strings.LastIndexByte(to, '@')
	if at < 0 {
		return item, nil, store.Errorf(store.Invalid, "%s is not an address", to).WithStatus("5.1.3")
	}
	local := to[:at]
	canonical, err := mail.Canonical("x" + to[at:])
	domain := strings.TrimPrefix(canonical, "x@")
	if err != nil {
		return item, nil, store.Errorf(store.Invalid, "%s is not an address: %w", to, err).WithStatus("5.1.3")
	}
	if h, ok := r.own[strings.ToLower(local)]; ok {
		if ours, err := r.ours(ctx, domain); err != nil || ours {
			item.Suffix = strings.ToLower(local)
			return item, h, err
		}
	}
	for _, c := range mail.Candidates(local) {
		h, ok := r.suffixes[c.Suffix]
		if !ok {
			continue
		}
		community, err := r.DB.CommunityByAddress(ctx, c.List, domain)
		if err == nil {
			item.Community, item.Suffix, item.Token = community, c.Suffix, c.Token
			return item, h, nil
		}
		if store.KindOf(err) != store.NotFound {
			return item, nil, err
		}
	}
	return item, nil, r.unknown(ctx, to, domain)
}

// ours says whether a domain is the installation's or has communities.
func (r *Router) ours(ctx context.Context, domain string) (bool, error) {
	if domain == r.Domain {
		return true, nil
	}
	domains, err := r.DB.Domains(ctx)
	return slices.Contains(domains, domain), err
}

// unknown says why an address is not ours: the address, or already its domain.
func (r *Router) unknown(ctx context.Context, to, domain string) error {
	ours, err := r.ours(ctx, domain)
	switch {
	case err != nil:
		return err
	case !ours:
		return store.Errorf(store.Forbidden, "relaying is not done here: %s is not a domain of this server", domain)
	}
	return store.Errorf(store.NotFound, "there is no list address %s here", to)
}

// Receive implements inbound.Receiver.
func (r *Router) Receive(ctx context.Context, env mail.Envelope, raw []byte) []error {
	errs := make([]error, len(env.To))
	m := mail.Read(append([]byte(env.Trace), raw...))
	var refused []Refusal
	done := 0
	for i, to := range env.To {
		errs[i] = r.receive(ctx, env, m, to)
		switch {
		case errs[i] == nil:
			done++
		case permanent(errs[i]):
			refused = append(refused, Refusal{to, errs[i]})
		}
		r.note(env, m, to, errs[i])
	}
	unheard := env.NoReply || env.OneReply && done > 0
	if unheard && len(refused) > 0 && done+len(refused) == len(errs) && r.Returned != nil {
		if err := r.Returned(ctx, env, m, refused); err != nil {
			// The sender must not think that all went well: the message comes again, and is known by then.
			errs[0] = store.Errorf(store.Temporary, "try again later: %w", err)
		}
	}
	return errs
}

func (r *Router) receive(ctx context.Context, env mail.Envelope, m *mail.Message, to string) error {
	item, handle, err := r.resolve(ctx, to)
	if err != nil {
		return err
	}
	if m.Exceeds != nil {
		return store.Errorf(store.Invalid, "%s", m.Exceeds.Error())
	}
	item.Envelope, item.Message = env, m
	return handle(ctx, item)
}

func permanent(err error) bool {
	switch store.KindOf(err) {
	case store.Invalid, store.NotFound, store.Forbidden, store.TooLarge:
		return true
	}
	return false
}

// note writes what became of a message: the first place where a postmaster looks.
func (r *Router) note(env mail.Envelope, m *mail.Message, to string, err error) {
	attrs := []any{"id", env.ID, "from", env.From, "to", to, "message_id", m.MessageID, "bytes", len(m.Raw)}
	switch {
	case err == nil:
		r.Log.Info("message taken", attrs...)
	case permanent(err):
		r.Log.Info("message refused", append(attrs, "reason", store.Sentence(err))...)
	default:
		r.Log.Warn("message put off", append(attrs, "reason", err.Error())...)
	}
}

// Ready implements inbound.Readier.
func (r *Router) Ready(ctx context.Context) error {
	if r.Accepting == nil {
		return nil
	}
	return r.Accepting(ctx)
}
