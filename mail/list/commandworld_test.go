package list

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/store/storetest"
)

var testNow = time.Date(2026, 8, 3, 9, 0, 0, 0, time.UTC)

// A club is a community whose mail goes nowhere: what is sent can be read.
type club struct {
	*List
	t         testing.TB
	now       time.Time
	community store.Community
	n         int // mails written
}

// A sentMail is one that went out.
type sentMail struct {
	to string
	*mail.Message
}

func newClub(t testing.TB, rules store.Rules) *club {
	t.Helper()
	keys, err := mail.NewKeyring(mail.Key{ID: 1, Secret: bytes.Repeat([]byte{7}, 32), Since: testNow.Add(-time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	w := &club{t: t, now: testNow}
	rules.DMARC = store.DMARCNever
	w.List = &List{DB: storetest.Open(t), Keys: keys, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return w.now },
		Random: rand.Reader, Hostname: "lists.example.org", AuthServID: "mx.ours.example", MaxMessage: 1 << 20}
	w.community, err = w.DB.CreateCommunity(context.Background(), store.Actor{Who: "postmaster", At: testNow},
		store.Community{Name: "rust", Domain: "lists.example.org", Title: "Rust Guild", Rules: rules})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *club) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *club) member(address, name string, roles ...store.Role) store.Subscription {
	w.t.Helper()
	s, _, err := w.DB.AddMember(context.Background(), store.Actor{Who: "postmaster", At: w.now}, w.community.ID,
		store.NewMember{Address: address, Name: name, Roles: roles})
	w.check(err)
	return s
}

// write makes a mail of somebody; more are header fields, each with its line end.
func (w *club) write(from, more string, lines ...string) (mail.Envelope, *mail.Message) {
	w.n++
	text := fmt.Sprintf("%sFrom: %s\r\nMessage-ID: <m%d@test.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n", more, from, w.n, strings.Join(lines, "\r\n"))
	m := mail.Read([]byte(text))
	sender := ""
	if len(m.From) > 0 {
		sender = m.From[0].String()
	}
	return mail.Envelope{From: sender, To: []string{"x@lists.example.org"}, Remote: "127.0.0.1", Trusted: true}, m
}

const provenField = "Authentication-Results: mx.ours.example; dmarc=pass header.from=%s\r\n"

// command sends commands; proven says whether the mail server in front knows who wrote them.
func (w *club) command(from string, proven bool, lines ...string) []sentMail {
	w.t.Helper()
	header := ""
	if proven {
		header = fmt.Sprintf(provenField, domainOf(from))
	}
	env, m := w.write(from, header, lines...)
	w.check(w.Commands(context.Background(), w.community, env, m))
	return w.sent()
}

// reply hands a ticket in, by answering the mail whose sender it is.
func (w *club) reply(to sentMail, lines ...string) []sentMail {
	w.t.Helper()
	return w.handIn(to.From[0].String(), to.to, lines...)
}

// handIn writes to a ticket's address.
func (w *club) handIn(ticket, from string, lines ...string) []sentMail {
	w.t.Helper()
	token, ok := tokenOf(ticket)
	if !ok {
		w.t.Fatalf("%s is no ticket", ticket)
	}
	env, m := w.write(from, "", lines...)
	w.check(w.Ticket(context.Background(), w.community, env, m, token))
	return w.sent()
}

func tokenOf(address string) (string, bool) {
	local, _, _ := strings.Cut(address, "@")
	_, token, ok := strings.Cut(local, "+t.")
	return token, ok
}

// sent is what has gone out since it was last asked.
func (w *club) sent() (all []sentMail) {
	w.t.Helper()
	ctx := context.Background()
	worker, err := w.DB.JoinWorkers(ctx, w.now)
	w.check(err)
	for {
		made, err := w.DB.Expand(ctx, w.now)
		w.check(err)
		claimed, err := w.DB.Claim(ctx, worker, 500, w.now)
		w.check(err)
		var outcomes []store.Outcome
		for _, d := range claimed {
			dispatch, err := w.DB.Dispatch(ctx, d.DispatchID)
			w.check(err)
			raw, err := w.DB.Raw(ctx, dispatch.RawID)
			w.check(err)
			all = append(all, sentMail{d.Recipient, mail.Read(raw)})
			outcomes = append(outcomes, store.Outcome{DeliveryID: d.ID, State: store.Sent})
		}
		w.check(w.DB.RecordOutcomes(ctx, worker, w.now, outcomes))
		if made == 0 && len(claimed) == 0 {
			w.check(w.DB.LeaveWorkers(ctx, worker))
			return all
		}
	}
}

// letters says who got what: "zoe@z.example: Welcome to Rust Guild".
func letters(all []sentMail) []string {
	list := []string{}
	for _, m := range all {
		list = append(list, m.to+": "+m.Subject)
	}
	return list
}

func (w *club) state(address string) store.SubscriptionState {
	w.t.Helper()
	s, err := w.DB.SubscriptionByAddress(context.Background(), w.community.ID, address)
	if store.KindOf(err) == store.NotFound {
		return "none"
	}
	w.check(err)
	return s.State
}
