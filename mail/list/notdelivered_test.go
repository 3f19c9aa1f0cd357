package list

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// refuse tells a sender that nobody got a mail which came through a mailbox, where nothing could be refused.
func (w *club) refuse(from, more string) []sentMail {
	w.t.Helper()
	env, m := w.write(from, "Subject: Cheap pills\r\n"+more, "Buy.")
	env.NoReply, env.Protocol = true, "IMAP"
	failures := []templates.Failure{{Recipient: env.To[0], Reason: "you are not a member"}}
	w.check(w.NotDelivered(context.Background(), env, m, failures))
	return w.sent()
}

// TestRefusedByMail: who is refused by mail may be a stranger in whose name junk was sent.
func TestRefusedByMail(t *testing.T) {
	w := newClub(t, store.Rules{})
	w.member("ada@a.example", "Ada")
	for _, test := range []struct {
		name, from, more string
		want             []string
	}{
		{"a member", "ada@a.example", "", []string{"ada@a.example: Not delivered: Cheap pills"}},
		{"a stranger", "eve@e.example", "", []string{"eve@e.example: Not delivered"}},
		{"a stranger who is proven", "eve@e.example", fmt.Sprintf(provenField, "e.example"), []string{"eve@e.example: Not delivered: Cheap pills"}},
		{"a robot", "eve@e.example", "Auto-Submitted: auto-replied\r\n", []string{}},
		{"a list", "eve@e.example", "List-Id: <x.e.example>\r\n", []string{}},
	} {
		all := w.refuse(test.from, test.more)
		if got := letters(all); !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
		for _, m := range all {
			if m.to == "eve@e.example" && test.more == "" && (strings.Contains(string(m.Raw), "pills") || len(m.InReplyTo) > 0) {
				t.Errorf("%s is told what was sent: %s", test.name, m.Raw)
			}
			if kind, _ := mail.Automatic(m.Message, "x@x.example", false); kind == mail.AutoNone {
				t.Errorf("%s: the refusal does not say that it is automatic", test.name)
			}
		}
	}
}

// TestRefusedByMailLimits: nobody is flooded, and neither are all together.
func TestRefusedByMailLimits(t *testing.T) {
	w := newClub(t, store.Rules{})
	told := 0
	for range 20 {
		told += len(w.refuse("eve@e.example", ""))
	}
	if told != refusalsToOne {
		t.Errorf("one address got %d refusals, want %d", told, refusalsToOne)
	}
	for i := range 300 {
		told += len(w.refuse(fmt.Sprintf("victim%d@v.example", i), ""))
	}
	if told != refusalsInAll {
		t.Errorf("all together got %d refusals, want %d", told, refusalsInAll)
	}
	w.now = w.now.Add(25 * time.Hour)
	if told := len(w.refuse("eve@e.example", "")); told != 1 {
		t.Errorf("the next day: %d", told)
	}
}
