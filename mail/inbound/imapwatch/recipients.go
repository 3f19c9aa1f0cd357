package imapwatch

import (
	"context"
	"strings"

	"guildpost/mail"
	"guildpost/store"
)

// envelopeFields are where the recipients of a message can be read that has no envelope any more: first what the servers on
// its way have written, then who sent it on (RFC 5322 3.6.6), then its own header. The first group that names an address of
// ours decides.
var envelopeFields = [][]string{
	{"Delivered-To", "X-Original-To", "Envelope-To"},
	{"Resent-To", "Resent-Cc", "Resent-Bcc"},
	{"To", "Cc", "Bcc"},
}

// mostRecipients bounds the addresses that are looked at in a group, as LMTP bounds RCPT.
const mostRecipients = 1000

// candidates are the addresses in fields, each once, in the order of the header.
func candidates(h mail.Header, fields []string) (all []string) {
	seen := map[string]bool{}
	for _, name := range fields {
		for _, value := range h.Values(name) {
			for _, a := range mail.ParseAddressList(value) {
				canonical, err := mail.Canonical(a.String())
				if err != nil || seen[canonical] {
					continue
				}
				seen[canonical] = true
				if all = append(all, a.String()); len(all) == mostRecipients {
					return all
				}
			}
		}
	}
	return all
}

// recipients are the addresses of ours that a message is for. Where there is none, but addresses that would be ours if they
// existed, those are returned: they will be refused, and the sender hears of it. The error is of the Receiver, for a time.
func (s *session) recipients(ctx context.Context, h mail.Header, from string) (to []string, err error) {
	var unknown []string
	for _, fields := range envelopeFields {
		var missing []string
		for _, address := range candidates(h, fields) {
			err := s.w.opts.Receiver.Recipient(ctx, from, address)
			switch {
			case err == nil:
				to = append(to, address)
			case store.KindOf(err) == store.NotFound && !strings.EqualFold(address, s.Username):
				missing = append(missing, address)
			case !permanent(err):
				return nil, err
			}
		}
		if len(to) > 0 {
			return to, nil
		}
		if unknown == nil {
			unknown = missing
		}
	}
	return unknown, nil
}

// envelopeSender is who gets what goes wrong: Return-Path, which the last server on the way writes (RFC 5321 4.4); "" is the
// null sender. Where there is no such field, the author is.
func envelopeSender(h mail.Header) string {
	if h.Has("Return-Path") {
		return oneAddress(h.Get("Return-Path"))
	}
	for _, name := range []string{"Sender", "From"} {
		if address := oneAddress(h.Get(name)); address != "" {
			return address
		}
	}
	return ""
}

func oneAddress(value string) string {
	all := mail.ParseAddressList(value)
	if len(all) == 0 {
		return ""
	}
	if _, err := mail.Canonical(all[0].String()); err != nil {
		return ""
	}
	return all[0].String()
}

func permanent(err error) bool {
	switch store.KindOf(err) {
	case store.Invalid, store.NotFound, store.Forbidden, store.TooLarge:
		return true
	}
	return false
}
