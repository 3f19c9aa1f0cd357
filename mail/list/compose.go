package list

import (
	"bytes"
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"guildpost/mail"
	"guildpost/store"
)

// A Copy is a message as it goes out: the same for all recipients, but for the envelope sender and the head.
type Copy struct {
	// Sender appends the envelope sender of a delivery, nothing for the null sender.
	Sender func(dst []byte, subscription, delivery int64) []byte
	// Head appends the header fields that are one subscriber's own; nil where there are none.
	Head func(dst []byte, subscription int64) []byte
	// Message is the rest: header fields, an empty line, the body; all lines end in CRLF.
	Message  []byte
	EightBit bool // Message has octets beyond ASCII
	SMTPUTF8 bool // a mail address in its header is not in ASCII (RFC 6532)
}

// Compose makes the message of a dispatch. Shared asks for one message for many recipients: a sender and an
// unsubscribe address that serve all of them. NotFound where what it is made of was erased.
func (l *List) Compose(ctx context.Context, d store.Dispatch, shared bool) (*Copy, error) {
	raw, err := l.DB.Raw(ctx, d.RawID)
	if err != nil {
		return nil, err
	}
	if d.Kind == store.DispatchNotice {
		return newCopy(fixedSender(d.Sender), nil, mail.CanonicalCRLF(raw)), nil
	}
	c, err := l.DB.Community(ctx, d.CommunityID)
	if err != nil {
		return nil, err
	}
	if d.Kind == store.DispatchMailing {
		return newCopy(l.verpSender(c), l.unsubscribeHead(c), mail.CanonicalCRLF(raw)), nil
	}
	post, err := l.DB.Post(ctx, d.PostID)
	if err != nil {
		return nil, err
	}
	message, err := l.composePost(c, d, post, raw)
	if err != nil {
		return nil, err
	}
	if shared {
		message = append(mail.PersonalHeader(nil, c.FunctionAddress("leave"), ""), message...)
		return newCopy(fixedSender(c.FunctionAddress("bounces")), nil, message), nil
	}
	head, err := l.postHead(ctx, c, post)
	if err != nil {
		return nil, err
	}
	return newCopy(l.verpSender(c), head, message), nil
}

func newCopy(sender func([]byte, int64, int64) []byte, head func([]byte, int64) []byte, message []byte) *Copy {
	c := &Copy{Sender: sender, Head: head, Message: message}
	c.EightBit = bytes.ContainsFunc(message, func(r rune) bool { return r >= utf8.RuneSelf })
	if !c.EightBit {
		return c
	}
	h, _ := mail.SplitHeader(message)
	for _, name := range []string{"From", "Sender", "Reply-To", "To", "Cc"} {
		for _, a := range mail.ParseAddressList(strings.Join(h.Values(name), ", ")) {
			c.SMTPUTF8 = c.SMTPUTF8 || mail.NeedsSMTPUTF8(a.String())
		}
	}
	return c
}

func fixedSender(address string) func([]byte, int64, int64) []byte {
	return func(dst []byte, _, _ int64) []byte { return append(dst, address...) }
}

// composePost edits a post as its community wants it.
func (l *List) composePost(c store.Community, d store.Dispatch, post store.Post, raw []byte) ([]byte, error) {
	raw = mail.CanonicalCRLF(raw)
	footed := raw
	if c.Footer != "" {
		footed, _ = mail.AddFooter(raw, c.Footer, "")
	}
	h, body := mail.SplitHeader(footed)
	if err := mail.OutgoingHeader(&h, l.outgoing(c, d, len(footed) != len(raw))); err != nil {
		return nil, store.Errorf(store.Invalid, "this post cannot be sent on: %w", err)
	}
	if err := addMissing(&h, post); err != nil {
		return nil, store.Errorf(store.Invalid, "this post cannot be sent on: %w", err)
	}
	return h.Message(body), nil
}

func (l *List) outgoing(c store.Community, d store.Dispatch, changed bool) mail.Outgoing {
	return mail.Outgoing{
		FromOptions: mail.FromOptions{
			List:  mail.Address{Name: c.Title, Local: c.Name, Domain: c.Domain},
			Munge: d.RewriteFrom, Reply: replyPolicies[c.ReplyTo],
		},
		NoPosts: c.OnlyAnnounce, SubjectTag: c.SubjectTag, AuthServID: l.Hostname, BodyChanged: changed,
	}
}

var replyPolicies = map[store.ReplyTo]mail.ReplyPolicy{
	store.ReplyToAuthor: mail.ReplyToAuthor,
	store.ReplyToList:   mail.ReplyToList,
	store.ReplyToBoth:   mail.ReplyToBoth,
}

// addMissing adds what RFC 5322 demands and the author's program left out; what is there is never changed.
func addMissing(h *mail.Header, post store.Post) error {
	if !h.Has("Message-ID") {
		if err := h.Append("Message-ID", "<"+post.MessageID+">"); err != nil {
			return err
		}
	}
	if h.Has("Date") {
		return nil
	}
	return h.Append("Date", post.AcceptedAt.Format(time.RFC1123Z))
}

// verpSender gives each delivery an envelope sender of its own, so that a bounce says by itself whose it is.
func (l *List) verpSender(c store.Community) func([]byte, int64, int64) []byte {
	return func(dst []byte, subscription, delivery int64) []byte {
		token := l.Keys.Seal(mail.Ticket{Kind: mail.TicketBounce, Person: subscription, Object: delivery})
		return append(dst, mail.BounceAddress(c.Name, c.Domain, token)...)
	}
}

// unsubscribeHead gives each copy its own way out, by mail and, where there are web pages, by one click.
func (l *List) unsubscribeHead(c store.Community) func([]byte, int64) []byte {
	return func(dst []byte, subscription int64) []byte {
		token := l.Keys.Seal(mail.Ticket{Kind: mail.TicketLeave, Person: subscription, Object: c.ID})
		url := ""
		if l.PublicURL != "" {
			url = l.PublicURL + "/t/" + token
		}
		return mail.PersonalHeader(dst, mail.TicketAddress(c.Name, c.Domain, token), url)
	}
}
