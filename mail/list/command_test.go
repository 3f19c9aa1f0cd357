package list

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// post puts a post into the archive.
func (w *club) post(from, subject, more string) {
	w.t.Helper()
	env, m := w.write(from, "To: rust@lists.example.org\r\nSubject: "+subject+"\r\n"+more, "hello")
	w.check(w.Post(context.Background(), w.community, env, m))
	w.sent()
}

// TestWhoMayDoWhat is the table of rights: each command, by each kind of asker.
func TestWhoMayDoWhat(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long, and does one thing after the other: the race detector finds nothing in it")
	}
	const (
		yes    = "does"   // at once
		ask    = "asks"   // the address is asked first
		no     = "refuse" // and told why
		member = "member" // refused, since they are no member
	)
	askers := []string{"stranger", "member", "member who proves it", "facilitator", "facilitator who proves it"}
	for _, c := range []struct {
		line string
		want [5]string
	}{
		{"help", [5]string{yes, yes, yes, yes, yes}},
		{"info", [5]string{yes, yes, yes, yes, yes}},
		{"charter", [5]string{yes, yes, yes, yes, yes}},
		{"lists", [5]string{yes, yes, yes, yes, yes}},
		{"which", [5]string{yes, yes, yes, yes, yes}},
		{"who", [5]string{member, yes, yes, yes, yes}},
		{"find ben", [5]string{member, yes, yes, yes, yes}},
		{"whois ben@b.example", [5]string{member, yes, yes, yes, yes}},
		{"show", [5]string{member, yes, yes, yes, yes}},
		{"show ben@b.example", [5]string{member, no, no, yes, yes}},
		{"stats", [5]string{member, yes, yes, yes, yes}},
		{"index", [5]string{member, yes, yes, yes, yes}},
		{"get 1", [5]string{member, yes, yes, yes, yes}},
		{"get 2", [5]string{member, no, no, no, no}},             // another community's
		{"receipt", [5]string{member, no, no, no, no}},           // none of them has written
		{"receipt Linters", [5]string{member, no, no, yes, yes}}, // Ben has
		{"receipt 2", [5]string{member, no, no, no, no}},
		{"join", [5]string{ask, yes, yes, yes, yes}},
		{"join dan@d.example", [5]string{no, no, no, ask, yes}},
		{"leave", [5]string{yes, ask, yes, ask, yes}},
		{"leave ben@b.example", [5]string{no, no, no, ask, yes}},
		{"set delivery weekly", [5]string{member, ask, yes, ask, yes}},
		{"set ben@b.example delivery weekly", [5]string{member, no, no, ask, yes}},
		{"set address new@x.example", [5]string{member, ask, yes, ask, yes}},
		{"set ben@b.example address new@x.example", [5]string{member, no, no, no, no}},
		{"vacation 2026-12-31", [5]string{member, ask, yes, ask, yes}},
		{"mute 1", [5]string{member, ask, yes, ask, yes}},
		{"unmute 1", [5]string{member, ask, yes, ask, yes}},
		{"follow Linters", [5]string{member, ask, yes, ask, yes}},
		{"mute 2", [5]string{member, no, no, no, no}},
		{"invite dan@d.example", [5]string{member, ask, yes, ask, yes}},
		{"thanks ben@b.example for the review", [5]string{member, ask, yes, ask, yes}},
		{"undo", [5]string{member, ask, yes, ask, yes}},
		{"undo 1", [5]string{member, no, no, ask, no}}, // that it was made: cannot be taken back
		{"journal", [5]string{member, no, no, yes, yes}},
		{"password my laptop", [5]string{member, ask, yes, ask, yes}},
		{"password list", [5]string{member, yes, yes, yes, yes}},
		{"feed", [5]string{member, ask, yes, ask, yes}},
		{"feed new", [5]string{member, ask, yes, ask, yes}},
		{"feed of ben@b.example", [5]string{member, no, no, no, no}},
		{"password revoke 1", [5]string{member, ask, yes, ask, no}}, // it is the member's
	} {
		for i, who := range askers {
			t.Run(c.line+" by a "+who, func(t *testing.T) {
				w := rightsClub(t)
				from := []string{"zoe@z.example", "mia@m.example", "mia@m.example", "ada@a.example", "ada@a.example"}[i]
				before := w.everything()
				sent := w.command(from, i == 2 || i == 4, c.line)
				got := kindOfAnswer(sent, from)
				if got != c.want[i] {
					t.Errorf("got %s, want %s: %q", got, c.want[i], letters(sent))
				}
				if changed := before != w.everything(); changed && got != yes {
					t.Errorf("something changed:\n%s\n%s", before, w.everything())
				}
			})
		}
	}
}

// rightsClub has a member, a facilitator, somebody else, and another community with a thread and a journal.
func rightsClub(t *testing.T) *club {
	w := newClub(t, store.Rules{})
	w.ArchiveOverIMAP, w.PublicURL, w.Feeds = true, "https://lists.example.org", feedsFake{}
	other, err := w.DB.CreateCommunity(context.Background(), store.Actor{At: testNow}, store.Community{Name: "go", Domain: "lists.example.org", Title: "Gophers"})
	w.check(err)
	w.member("ada@a.example", "Ada", store.Facilitator)
	w.member("ben@b.example", "Ben")
	mia := w.member("mia@m.example", "Mia")
	w.post("ben@b.example", "Linters", "")
	_, err = w.DB.AcceptPost(context.Background(), store.Arrival{CommunityID: other.ID, MessageID: "elsewhere", BodyHash: []byte("b"), Now: testNow, Subject: "Elsewhere", SubjectBase: "elsewhere"})
	w.check(err)
	_, err = w.DB.AddAppPassword(context.Background(), store.Actor{At: testNow}, store.AppPassword{MemberID: mia.MemberID})
	w.check(err)
	for _, s := range []store.Subscription{mia, w.subscription("ada@a.example")} {
		s.OwnCopies = false
		w.check(w.DB.UpdateSubscription(context.Background(), store.Actor{Who: s.Address, At: testNow}, s))
		_, err := w.DB.SetThreadMode(context.Background(), store.Actor{Who: s.Address, At: testNow}, s.ID, 1, store.ThreadFollowed, nil)
		w.check(err)
	}
	return w
}

func (w *club) subscription(address string) store.Subscription {
	w.t.Helper()
	s, err := w.DB.SubscriptionByAddress(context.Background(), w.community.ID, address)
	w.check(err)
	return s
}

// everything is what commands could change.
func (w *club) everything() string {
	w.t.Helper()
	var b strings.Builder
	all, err := w.DB.Subscriptions(context.Background(), w.community.ID, store.SubscriptionFilter{})
	w.check(err)
	for _, s := range all {
		modes, err := w.DB.ThreadModes(context.Background(), s.ID)
		w.check(err)
		passwords, err := w.DB.AppPasswords(context.Background(), s.MemberID)
		w.check(err)
		fmt.Fprintf(&b, "%+v %v %v\n", s, modes, passwords)
	}
	thanks, err := w.DB.ThanksSince(context.Background(), w.community.ID, testNow)
	w.check(err)
	fmt.Fprintf(&b, "%+v", thanks)
	return b.String()
}

// kindOfAnswer says what the mails to who asked make of a command.
func kindOfAnswer(sent []sentMail, from string) string {
	for _, m := range sent {
		text := m.Text().All
		switch {
		case m.to != from:
			continue
		case strings.HasPrefix(m.Subject, "Please confirm"):
			return "asks"
		case strings.Contains(text, "Only members can do that"):
			return "member"
		case strings.Contains(text, "Not done."):
			return "refuse"
		}
		return "does"
	}
	return "nothing"
}

// TestForgedCommands: a hundred forged mails change nothing, mail the member five times, and say nothing of theirs.
func TestForgedCommands(t *testing.T) {
	w := newClub(t, store.Rules{})
	w.member("ben@b.example", "Ben", store.Facilitator)
	before := w.everything()
	n := 0
	for i := range 100 {
		lines := [][]string{{"set name evil.example"}, {"leave"}, {"evil.example"}, {"invite x@evil.example evil.example"}, {"find evil.example", "unsubscribe"},
			{"mute evil.example"}, {"vacation evil.example"}, {"join mallory@m.example"}}[i%8]
		for _, m := range w.command("ben@b.example", false, lines...) {
			n++
			if m.to != "ben@b.example" || strings.Contains(strings.ReplaceAll(m.Text().All, "x@evil.example", ""), "evil") {
				t.Errorf("to %s: %s", m.to, m.Text().All)
			}
		}
	}
	if n > answersUnproven {
		t.Errorf("%d mails", n)
	}
	if after := w.everything(); after != before {
		t.Errorf("changed from\n%s\nto\n%s", before, after)
	}
}

// TestAnsweringMachine: a program that answers every mail without saying that it is one comes to an end soon.
func TestAnsweringMachine(t *testing.T) {
	for _, proven := range []bool{false, true} {
		t.Run(fmt.Sprint("proven ", proven), func(t *testing.T) {
			w := newClub(t, store.Rules{})
			w.member("ben@b.example", "Ben")
			open := w.command("ben@b.example", proven, "set delivery weekly", "info")
			n := 0
			for len(open) > 0 && n < 100 {
				n++
				m := open[0]
				open = open[1:]
				open = append(open, w.machine(m, proven)...)
			}
			if n > 10 {
				t.Errorf("%d mails", n)
			}
		})
	}
}

// machine answers a mail as a ticket system does: at its sender, quoting it without marks.
func (w *club) machine(m sentMail, proven bool) []sentMail {
	w.t.Helper()
	header := ""
	if proven {
		header = fmt.Sprintf(provenField, domainOf(m.to))
	}
	env, answer := w.write(m.to, header+"Subject: Your request has been received\r\n", "Your request was:", m.Text().All)
	ctx, to := context.Background(), m.From[0].String()
	token, isTicket := tokenOf(to)
	switch {
	case isTicket:
		w.check(w.Ticket(ctx, w.community, env, answer, token))
	case strings.Contains(to, "-request@"):
		w.check(w.Commands(ctx, w.community, env, answer))
	case strings.Contains(to, "-owner@"):
		if err := w.Owner(ctx, w.community, env, answer); err != nil && store.KindOf(err) != store.NotFound {
			w.t.Fatal(err)
		}
	default:
		w.t.Fatalf("a mail from %s", to)
	}
	return w.sent()
}

// TestThreadTickets: a ticket mutes or follows a thread, and an answer to what is mailed then takes it back.
func TestThreadTickets(t *testing.T) {
	for _, c := range []struct {
		kind    mail.TicketKind
		mode    store.ThreadMode
		subject string
	}{{mail.TicketMute, store.ThreadMuted, "Muted: Linters"}, {mail.TicketFollow, store.ThreadFollowed, "Following: Linters"}} {
		t.Run(string(c.mode), func(t *testing.T) {
			w := newClub(t, store.Rules{})
			s := w.member("ben@b.example", "Ben")
			w.post("ben@b.example", "Linters", "")
			ticket := w.ticket(w.community, mail.Ticket{Kind: c.kind, Person: s.ID, Object: 1})
			token, _ := tokenOf(ticket.Address)
			shown, err := w.ShowTicket(context.Background(), token)
			w.check(err)
			if shown.About.Subject != "Linters" || !templates.Has("page."+shown.Kind+".title") {
				t.Errorf("the page is %+v", shown)
			}
			w.wantMode(s, store.ThreadAsOthers)
			sent := w.handIn(ticket.Address, "ben@b.example", "please")
			if got := letters(sent); len(got) != 1 || got[0] != "ben@b.example: "+c.subject {
				t.Fatalf("mailed %q", got)
			}
			w.wantMode(s, c.mode)
			if again := w.handIn(ticket.Address, "ben@b.example", "please"); len(again) != 0 {
				t.Errorf("again: %q", letters(again))
			}
			back := w.reply(sent[0], "No, sorry")
			if len(back) != 1 || !strings.Contains(back[0].Text().All, "“Linters”") {
				t.Errorf("taken back with %q", letters(back))
			}
			w.wantMode(s, store.ThreadAsOthers)
		})
	}
}

func (w *club) wantMode(s store.Subscription, want store.ThreadMode) {
	w.t.Helper()
	modes, err := w.DB.ThreadModes(context.Background(), s.ID)
	w.check(err)
	if modes[1] != want {
		w.t.Errorf("the thread is %q, want %q", modes[1], want)
	}
}

// TestMuteByAnswering: "mute" in an answer to a post, sent to the address of commands, is about its thread.
func TestMuteByAnswering(t *testing.T) {
	w := newClub(t, store.Rules{})
	s := w.member("ben@b.example", "Ben")
	w.post("ben@b.example", "Linters", "")
	env, m := w.write("ben@b.example", fmt.Sprintf(provenField, "b.example")+fmt.Sprintf("Subject: Re: Linters\r\nIn-Reply-To: <m%d@test.example>\r\n", w.n), "mute")
	w.check(w.Commands(context.Background(), w.community, env, m))
	w.wantMode(s, store.ThreadMuted)
}

// TestCarriedOutAfterACrash: commands that were confirmed, and cut off, are carried out when the ticket comes again.
func TestCarriedOutAfterACrash(t *testing.T) {
	w := newClub(t, store.Rules{})
	w.member("ben@b.example", "Ben")
	question := w.command("ben@b.example", false, "set delivery weekly")[0]
	open, err := w.DB.OpenRequests(context.Background(), w.community.ID, "ben@b.example")
	w.check(err)
	w.check(w.DB.Decide(context.Background(), store.Actor{At: w.now}, open[0].ID, store.Asked, store.Confirmed, "", nil))
	w.reply(question, "yes") // another daemon may still be at it
	if s := w.subscription("ben@b.example"); s.Delivery != store.Each {
		t.Errorf("delivery is %s", s.Delivery)
	}
	w.now = w.now.Add(carryOutAgain + time.Second)
	if got := letters(w.reply(question, "yes")); len(got) != 1 {
		t.Errorf("mailed %q", got)
	}
	if s := w.subscription("ben@b.example"); s.Delivery != store.Weekly {
		t.Errorf("delivery is %s", s.Delivery)
	}
}

// TestPagesOfMembers: a large community comes in pages, each of which says how to get the next.
func TestPagesOfMembers(t *testing.T) {
	w := newClub(t, store.Rules{})
	var all []store.NewMember
	for i := range 250 {
		all = append(all, store.NewMember{Address: fmt.Sprintf("m%03d@x.example", i), Name: fmt.Sprintf("Änne %d", i)})
	}
	_, err := w.DB.ImportMembers(context.Background(), store.Actor{At: testNow}, w.community.ID, all)
	w.check(err)
	next := regexp.MustCompile(`write\s+“(who \d+|find [^”]*)”|There are more: (find .*)`)
	for _, first := range []string{"who", "find ANNE"} {
		pages, seen, line := 0, map[string]bool{}, first
		for line != "" && pages < 10 {
			pages++
			sent := w.command("m007@x.example", true, line)
			if len(sent) != 1 {
				t.Fatalf("%s: %q", line, letters(sent))
			}
			text := sent[0].Text().All
			for _, address := range regexp.MustCompile(`m\d{3}@x`).FindAllString(text, -1) {
				seen[address] = true
			}
			line = ""
			if m := next.FindStringSubmatch(text); m != nil {
				line = m[1] + m[2]
			}
		}
		if want := map[string]int{"who": 3, "find ANNE": 5}[first]; pages != want || len(seen) != 250 {
			t.Errorf("%s: %d pages with %d members, want %d with 250", first, pages, len(seen), want)
		}
	}
}

// TestTextsOfCommands: every short text that the code asks for exists.
func TestTextsOfCommands(t *testing.T) {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		source, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`"(command\.[a-z-]+[a-z])"`).FindAllStringSubmatch(string(source), -1) {
			n++
			if !templates.Has(m[1]) {
				t.Errorf("%s asks for %s, which there is not", f.Name(), m[1])
			}
		}
	}
	if n < 40 {
		t.Errorf("only %d were found", n)
	}
	for _, s := range settings {
		if !templates.Has("setting." + s.key) {
			t.Errorf("there is no setting.%s", s.key)
		}
	}
	l := &List{}
	for _, action := range []string{"join", "leave", "remove", "ban", "suspend", "change membership", "change community", "mute thread", "unmute thread", "follow thread"} {
		text := l.textOfChange(&asker{language: "de"}, store.JournalEntry{Action: action, After: `{"address":"ada@a.example","subject":"Linters"}`})
		if text == action || strings.HasPrefix(text, "command.") {
			t.Errorf("%s is %q", action, text)
		}
	}
}
