package main

import (
	"context"
	"fmt"

	"guildpost/store"
)

// playRunning: what members and facilitators do to a list, by answering mails.
func playRunning(ctx context.Context, s *stage) error {
	for _, part := range []func(context.Context) error{s.joins, s.holds, s.setsDelivery, s.bounces} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

// joins: Nora asks to join, and a plain reply to the answer is all it takes.
func (s *stage) joins(ctx context.Context) error {
	join := s.community.FunctionAddress("join")
	if err := s.send(&letter{from: nora, to: join, subject: "Hello"}); err != nil {
		return err
	}
	question, err := s.hear(ctx, mailTo{nora, "Please confirm: do you want to join Rust Guild?"})
	if err != nil {
		return err
	}
	s.say("%s writes to %s → is asked: %q", nora.name, join, headerOf(question[0].Data, "Subject"))
	if err := s.isMember(ctx, nora, false); err != nil {
		return err
	}
	if err := s.send(answer(nora, question[0], "Yes, please.")); err != nil {
		return err
	}
	welcome, err := s.hear(ctx, mailTo{nora, "Welcome to Rust Guild"})
	if err != nil {
		return err
	}
	s.say("She answers \"Yes, please.\" → %q: she is a member", headerOf(welcome[0].Data, "Subject"))
	s.members = append(s.members, nora)
	return s.isMember(ctx, nora, true)
}

// isMember is an error unless somebody is one, or is none.
func (s *stage) isMember(ctx context.Context, p person, want bool) error {
	member, err := s.daemon.db.SubscriptionByAddress(ctx, s.community.ID, p.address)
	if err != nil && store.KindOf(err) != store.NotFound {
		return err
	}
	if is := err == nil && member.State == store.Active; is != want {
		return fmt.Errorf("%s is a member: %t, but ought to be: %t", p.name, is, want)
	}
	return nil
}

// holds: a newcomer's first post waits until a facilitator answers.
func (s *stage) holds(ctx context.Context) error {
	s.community.HoldFirst = true
	by := store.Actor{Who: "postmaster", Via: "demo", At: s.now()}
	if err := s.daemon.db.UpdateCommunity(ctx, by, s.community); err != nil {
		return err
	}
	s.say("From now on a first post waits for a facilitator (guildpost cop set rust-guild first_post=hold).")
	post := &letter{from: nora, subject: "Hello, and a question about lifetimes", body: noraAsks}
	if err := s.send(post); err != nil {
		return err
	}
	mails, err := s.hear(ctx, mailTo{nora, "Your post waits"}, mailTo{ada, "Please look at: " + post.subject})
	if err != nil {
		return err
	}
	s.say("%s posts %q → it waits: she is told so, and %s is asked, with the post attached", nora.name, post.subject, ada.name)
	if err := s.send(answer(ada, mails[1], "Yes, and welcome, Nora!")); err != nil {
		return err
	}
	copies := s.expectCopies(post)
	if _, err := s.hear(ctx, mailTo{ada, "Approved: " + post.subject}); err != nil {
		return err
	}
	s.say("%s answers \"Yes, and welcome, Nora!\" → approved: %d copies", ada.name, copies)
	return nil
}

// setsDelivery: Hiro wants one mail a week. Nothing proves that it was him who wrote, so that he is asked.
func (s *stage) setsDelivery(ctx context.Context) error {
	commands := s.community.FunctionAddress("request")
	if err := s.send(&letter{from: hiro, to: commands, subject: "set delivery weekly"}); err != nil {
		return err
	}
	question, err := s.hear(ctx, mailTo{hiro, "Please confirm"})
	if err != nil {
		return err
	}
	if err := s.send(answer(hiro, question[0], "Yes, that was me.")); err != nil {
		return err
	}
	if _, err := s.hear(ctx, mailTo{hiro, "What became of your commands"}); err != nil {
		return err
	}
	member, err := s.daemon.db.SubscriptionByAddress(ctx, s.community.ID, hiro.address)
	if err != nil {
		return err
	}
	if member.Delivery != store.Weekly {
		return fmt.Errorf("%s wanted posts weekly and gets %s", hiro.name, member.Delivery)
	}
	s.setMode(hiro, "weekly")
	s.say("%s writes \"set delivery weekly\" to %s, and answers that it was him → one digest a week", hiro.name, commands)
	return nil
}

// setMode notes how somebody wants their mail from now on; "" is not at all.
func (s *stage) setMode(p person, mode string) {
	for i := range s.members {
		if s.members[i].address == p.address {
			s.members[i].mode = mode
		}
	}
}

// bounces: Farid's mailbox is gone. On three days his mail server sends a post back, then his subscription is suspended.
func (s *stage) bounces(ctx context.Context) error {
	posts := []*letter{
		{from: ben, subject: "Clippy: which lints do you turn off?", body: "I turn off none so far. And you?\n\nBen\n"},
		{from: jonas, subject: "Ein langsamer Build, und was ihn schnell machte", body: "Es war der Linker.\n\nJonas\n"},
		{from: nora, subject: "Lifetimes: what I have learnt", body: "Thank you all. I have put it together in a page.\n\nNora\n"},
	}
	for day, l := range posts {
		if err := s.post(ctx, l); err != nil {
			return err
		}
		if err := s.returnCopy(l, farid); err != nil {
			return err
		}
		s.say("  (Day %d: Farid's mailbox is gone, and his mail server sends his copy back.)", day+1)
		if day == len(posts)-1 {
			break
		}
		if err := s.later(ctx); err != nil {
			return err
		}
		if err := s.arrive(ctx); err != nil {
			return err
		}
	}
	return s.suspends(ctx)
}

// returnCopy sends somebody's copy of a post back to its envelope sender.
func (s *stage) returnCopy(l *letter, p person) error {
	for _, m := range s.sink.Received() {
		if m.Recipient == p.address && m.MessageID == l.id {
			return s.hand("", m.Sender, returned(m, "550 5.1.1 <"+p.address+">: no such user here"))
		}
	}
	return fmt.Errorf("%s has no copy of %q that could come back", p.name, l.subject)
}

// suspends: on the next day it is settled that nobody else's copy failed with his.
func (s *stage) suspends(ctx context.Context) error {
	if err := s.later(ctx); err != nil {
		return err
	}
	if _, err := s.hear(ctx, mailTo{farid, "Mail from Rust Guild does not reach you"}); err != nil {
		return err
	}
	member, err := s.daemon.db.SubscriptionByAddress(ctx, s.community.ID, farid.address)
	if err != nil {
		return err
	}
	if member.State != store.Suspended {
		return fmt.Errorf("%s is %s after three days of bounces, and not suspended", farid.name, member.State)
	}
	s.setMode(farid, "")
	s.say("Three days of that → his subscription is suspended; a mail a week for a month tells him how to come back")
	if err := s.later(ctx); err != nil {
		return err
	}
	return s.post(ctx, &letter{from: ada, subject: "Next clinic on Thursday", body: "See you there.\n\nAda\n"})
}

const noraAsks = `Hello everyone,

I am new here, and write parsers. When does a struct that borrows need a name for
the lifetime, and when does the compiler know?

Nora
`
