package list

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"guildpost/mail"
	"guildpost/store"
)

const zoe = "zoe@z.example"

// A joinStep is one thing that happens to a wish to join. It returns what was mailed.
type joinStep func(w *joinWorld) []sentMail

// A joinWorld is a community that somebody wants to join.
type joinWorld struct {
	*club
	question sentMail // that asks the applicant
	decision sentMail // that asks Ada, a facilitator
}

func asks(w *joinWorld) []sentMail {
	env, m := w.write(zoe, "")
	w.check(w.JoinAddress(context.Background(), w.community, env, m))
	return w.noted(w.sent())
}

func says(lines ...string) joinStep {
	return func(w *joinWorld) []sentMail { return w.noted(w.reply(w.question, lines...)) }
}

func presses(w *joinWorld) []sentMail {
	token, _ := tokenOf(w.question.From[0].String())
	_, err := w.UseTicket(context.Background(), token, "")
	w.check(err)
	return w.noted(w.sent())
}

func looks(w *joinWorld) []sentMail {
	token, _ := tokenOf(w.question.From[0].String())
	if _, err := w.ShowTicket(context.Background(), token); err != nil {
		w.t.Fatal(err)
	}
	return w.sent()
}

func vacation(w *joinWorld) []sentMail {
	token, _ := tokenOf(w.question.From[0].String())
	env, m := w.write(zoe, "Auto-Submitted: auto-replied\r\n", "I am away.")
	w.check(w.Ticket(context.Background(), w.community, env, m, token))
	return w.sent()
}

func approves(w *joinWorld) []sentMail { return w.noted(w.reply(w.decision, "yes")) }

func declines(w *joinWorld) []sentMail {
	var all []string
	for _, word := range strings.Fields(w.decision.Text().All) {
		if _, ok := tokenOf(word); ok && !slices.Contains(all, word) {
			all = append(all, word)
		}
	}
	if len(all) != 2 {
		w.t.Fatalf("the facilitator has the tickets %q", all)
	}
	return w.noted(w.handIn(all[1], "ada@a.example", "This is for members of the company."))
}

func waits(d time.Duration) joinStep {
	return func(w *joinWorld) []sentMail {
		w.now = w.now.Add(d)
		_, err := w.Due(context.Background(), w.now)
		w.check(err)
		return w.sent()
	}
}

func goes(w *joinWorld) []sentMail {
	env, m := w.write(zoe, fmt.Sprintf(provenField, "z.example"))
	w.check(w.LeaveAddress(context.Background(), w.community, env, m))
	return w.sent()
}

// noted keeps the mails that can be answered.
func (w *joinWorld) noted(all []sentMail) []sentMail {
	for _, m := range all {
		_, ticket := tokenOf(m.From[0].String())
		switch {
		case ticket && m.to == zoe && strings.HasPrefix(m.Subject, "Please confirm"):
			w.question = m
		case ticket && m.to == "ada@a.example" && strings.Contains(m.Subject, "would like to join"):
			w.decision = m
		}
	}
	return all
}

// TestJoinTransitions goes through the picture of the requests in confirming.go: from each state, each thing that can
// happen. The last step is the one that is looked at.
func TestJoinTransitions(t *testing.T) {
	const (
		confirm = "zoe@z.example: Please confirm: do you want to join Rust Guild?"
		welcome = "zoe@z.example: Welcome to Rust Guild"
		already = "zoe@z.example: You are a member of Rust Guild already"
		pending = "zoe@z.example: Your request to join Rust Guild is with the facilitators"
		request = "ada@a.example: zoe@z.example would like to join Rust Guild"
		results = "ada@a.example: What became of your commands to Rust Guild"
		decline = "zoe@z.example: Your request to join Rust Guild"
		late    = "zoe@z.example: That came too late for Rust Guild"
	)
	day := 24 * time.Hour
	for _, c := range []struct {
		name  string
		join  store.JoinRule
		steps []joinStep
		want  []string // mails of the last step
		state store.SubscriptionState
	}{
		{"confirm: asks", store.JoinConfirm, []joinStep{asks}, []string{confirm}, "none"},
		{"confirm: asked, asks again", store.JoinConfirm, []joinStep{asks, asks}, nil, "none"},
		{"confirm: asked, asks again a day later", store.JoinConfirm, []joinStep{asks, waits(25 * time.Hour), asks}, []string{confirm}, "none"},
		{"confirm: asked, looks at the page", store.JoinConfirm, []joinStep{asks, looks}, nil, "none"},
		{"confirm: asked, a vacation program answers", store.JoinConfirm, []joinStep{asks, vacation}, nil, "none"},
		{"confirm: asked, says yes", store.JoinConfirm, []joinStep{asks, says("yes")}, []string{welcome}, store.Active},
		{"confirm: asked, says nothing", store.JoinConfirm, []joinStep{asks, says()}, []string{welcome}, store.Active},
		{"confirm: asked, presses the button", store.JoinConfirm, []joinStep{asks, presses}, []string{welcome}, store.Active},
		{"confirm: asked, says no", store.JoinConfirm, []joinStep{asks, says("No, thanks")}, nil, "none"},
		{"confirm: asked, time runs out", store.JoinConfirm, []joinStep{asks, waits(4 * day)}, nil, "none"},
		{"confirm: done, says yes again", store.JoinConfirm, []joinStep{asks, says("yes"), says("yes")}, []string{already}, store.Active},
		{"confirm: done, presses again", store.JoinConfirm, []joinStep{asks, presses, presses}, nil, store.Active},
		{"confirm: done, asks again", store.JoinConfirm, []joinStep{asks, says("yes"), asks}, []string{already}, store.Active},
		{"confirm: done and left, says yes again", store.JoinConfirm, []joinStep{asks, says("yes"), goes, waits(25 * time.Hour), says("yes")}, []string{confirm}, store.Left},
		{"confirm: done and left, asks and says yes", store.JoinConfirm, []joinStep{asks, says("yes"), goes, waits(25 * time.Hour), asks, says("yes")}, []string{welcome}, store.Active},
		{"confirm: declined, says yes", store.JoinConfirm, []joinStep{asks, says("no"), says("yes")}, []string{decline}, "none"},
		{"confirm: declined, asks again a day later", store.JoinConfirm, []joinStep{asks, says("no"), waits(25 * time.Hour), asks}, []string{confirm}, "none"},
		{"confirm: expired, says yes", store.JoinConfirm, []joinStep{asks, waits(4 * day), says("yes")}, []string{late}, "none"},
		{"confirm: expired, asks again", store.JoinConfirm, []joinStep{asks, waits(4 * day), asks}, []string{confirm}, "none"},

		{"approve: asks", store.JoinApprove, []joinStep{asks}, []string{confirm}, "none"},
		{"approve: asked, says yes", store.JoinApprove, []joinStep{asks, says("yes")}, []string{pending, request}, "none"},
		{"approve: asked, presses the button", store.JoinApprove, []joinStep{asks, presses}, []string{pending, request}, "none"},
		{"approve: asked, says no", store.JoinApprove, []joinStep{asks, says("no")}, nil, "none"},
		{"approve: confirmed, says yes again", store.JoinApprove, []joinStep{asks, says("yes"), says("yes")}, []string{pending}, "none"},
		{"approve: confirmed, approved", store.JoinApprove, []joinStep{asks, says("yes"), approves}, []string{welcome, results}, store.Active},
		{"approve: confirmed, declined", store.JoinApprove, []joinStep{asks, says("yes"), declines}, []string{decline, results}, "none"},
		{"approve: confirmed, nobody decides", store.JoinApprove, []joinStep{asks, says("yes"), waits(31 * day)}, []string{decline}, "none"},
		{"approve: done, approved again", store.JoinApprove, []joinStep{asks, says("yes"), approves, approves}, []string{results}, store.Active},
		{"approve: done, declined after all", store.JoinApprove, []joinStep{asks, says("yes"), approves, declines}, []string{results}, store.Active},
		{"approve: done, says yes again", store.JoinApprove, []joinStep{asks, says("yes"), approves, says("yes")}, []string{already}, store.Active},
		{"approve: declined, approved after all", store.JoinApprove, []joinStep{asks, says("yes"), declines, approves}, []string{results}, "none"},
		{"approve: declined, says yes again", store.JoinApprove, []joinStep{asks, says("yes"), declines, says("yes")}, []string{decline}, "none"},
		{"approve: expired, says yes", store.JoinApprove, []joinStep{asks, waits(4 * day), says("yes")}, []string{late}, "none"},

		{"open: asks", store.JoinOpen, []joinStep{asks}, []string{welcome}, store.Active},
		{"open: member, asks again", store.JoinOpen, []joinStep{asks, asks}, []string{already}, store.Active},
		{"open: left, asks again", store.JoinOpen, []joinStep{asks, goes, asks}, []string{welcome}, store.Active},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := &joinWorld{club: newClub(t, store.Rules{Join: c.join})}
			w.member("ada@a.example", "Ada", store.Facilitator)
			var got []string
			for _, step := range c.steps {
				got = letters(step(w))
			}
			if want := append([]string{}, c.want...); !slices.Equal(got, want) {
				t.Errorf("mailed %q\n want %q", got, want)
			}
			if got := w.state(zoe); got != c.state {
				t.Errorf("the membership is %s, want %s", got, c.state)
			}
		})
	}
}

// TestConfirmAtOnce: whoever hands a ticket in fifty times at once joins, leaves or is heard once.
func TestConfirmAtOnce(t *testing.T) {
	w := &joinWorld{club: newClub(t, store.Rules{})}
	asks(w)
	token, _ := tokenOf(w.question.From[0].String())
	w.atOnce(token)
	if got := letters(w.sent()); len(got) != 1 || w.state(zoe) != store.Active {
		t.Errorf("joined %s with %q", w.state(zoe), got)
	}
	ben := w.member("ben@b.example", "Ben")
	w.member("ada@a.example", "Ada")
	mails := w.command("ben@b.example", false, "thanks Ada for the review", "set delivery weekly")
	token, ok := tokenOf(mails[0].From[0].String())
	if !ok || len(mails) != 1 {
		t.Fatalf("asked by %q", letters(mails))
	}
	w.atOnce(token)
	if got := letters(w.sent()); len(got) != 1 {
		t.Errorf("answered with %q", got)
	}
	thanks, err := w.DB.ThanksSince(context.Background(), w.community.ID, testNow)
	w.check(err)
	if len(thanks) != 1 || thanks[0].From != ben.MemberID {
		t.Errorf("thanks %+v", thanks)
	}
}

func (w *club) atOnce(token string) {
	w.t.Helper()
	var all sync.WaitGroup
	errs := make([]error, 50)
	for i := range errs {
		all.Go(func() { _, errs[i] = w.UseTicket(context.Background(), token, "") })
	}
	all.Wait()
	w.check(errors.Join(errs...))
}

// TestForgedJoins: a thousand forged wishes to join, in ten communities, mail a victim three times in all.
func TestForgedJoins(t *testing.T) {
	w := newClub(t, store.Rules{})
	communities := []store.Community{w.community}
	for i := range 9 {
		c, err := w.DB.CreateCommunity(context.Background(), store.Actor{At: testNow}, store.Community{Name: fmt.Sprint("c", i), Domain: "lists.example.org"})
		w.check(err)
		communities = append(communities, c)
	}
	for i := range 1000 {
		env, m := w.write("Buy at http://evil.example <Zoe@Z.example>", "Subject: Buy at http://evil.example\r\n", "http://evil.example")
		env.From = fmt.Sprintf("x%d@e%d.example", i, i)
		w.check(w.JoinAddress(context.Background(), communities[i%10], env, m))
	}
	sent := w.sent()
	if len(sent) != asksAnAddress {
		t.Errorf("%d mails", len(sent))
	}
	for _, m := range sent {
		if m.to != zoe || strings.Contains(string(m.Raw), "evil") {
			t.Errorf("to %s:\n%s", m.to, m.Raw)
		}
	}
}

// TestSourceOfJoins: what counts against flooding.
func TestSourceOfJoins(t *testing.T) {
	for _, c := range []struct {
		env  mail.Envelope
		want string
	}{
		{mail.Envelope{Remote: "192.0.2.7", From: "x@e.example"}, "192.0.2.7"},
		{mail.Envelope{Remote: "127.0.0.1", Trusted: true, From: "x@E.Example"}, "e.example"},
		{mail.Envelope{Trusted: true, From: ""}, "nobody"},
		{mail.Envelope{From: "x@e.example"}, "e.example"},
	} {
		if got := source(c.env); got != c.want {
			t.Errorf("%+v: got %q, want %q", c.env, got, c.want)
		}
	}
}
