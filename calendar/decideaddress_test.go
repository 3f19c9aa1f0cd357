package calendar

import (
	"sync"
	"testing"
	"time"

	"guildpost/mail"
	"guildpost/store"
)

// addressWorld is a world in which Ada's invitation was answered by another address, about which the first request asks.
func addressWorld(t *testing.T, attendee, name string) (w *world, ada, fay store.Subscription, m store.Meeting) {
	t.Helper()
	w = newAugust(t)
	ada, fay = w.join("ada@a.example", "Ada"), w.facilitate(w.join("fay@f.example", "Fay"))
	m = w.call(w.clinic())
	r := replyMail{from: attendee, attendee: attendee, name: name, answer: "ACCEPTED", uid: m.UID, stamp: w.now}
	w.check(w.Answer(ctx, w.c, mail.Envelope{From: attendee}, r.message(), mail.Ticket{Kind: mail.TicketRSVP, Person: ada.ID, Object: m.ID}))
	return w, ada, fay, m
}

func about(s store.Subscription, request int64) mail.Ticket {
	return mail.Ticket{Kind: mail.TicketMeetingAddress, Person: s.ID, Object: request}
}

// whose is who has an address, 0 for nobody.
func (w *world) whose(address string) int64 {
	w.t.Helper()
	s, err := w.DB.SubscriptionByAddress(ctx, w.c.ID, address)
	if err != nil && store.KindOf(err) != store.NotFound {
		w.t.Fatal(err)
	}
	return s.ID
}

// TestAliasOnce: only the invited person says whose the address is, and once.
func TestAliasOnce(t *testing.T) {
	w, ada, fay, m := addressWorld(t, "a.l@a.example", "Ada")
	if _, err := w.Press(ctx, about(fay, 1), "yes"); store.KindOf(err) != store.NotFound || w.whose("a.l@a.example") != 0 {
		t.Errorf("a facilitator says it: %v", err)
	}
	if _, err := w.Press(ctx, about(ada, 1), "perhaps"); store.KindOf(err) != store.Invalid {
		t.Errorf("a button that there is not: %v", err)
	}
	if page, err := w.Show(ctx, about(ada, 1)); err != nil || page.Problem != "" || w.whose("a.l@a.example") != 0 {
		t.Errorf("looking: %+v, %v", page, err)
	}
	for _, want := range []string{"", "already"} {
		page, err := w.Press(ctx, about(ada, 1), "yes")
		if err != nil || page.Problem != want || w.whose("a.l@a.example") != ada.ID {
			t.Errorf("%+v, %v", page, err)
		}
	}
	page, err := w.Press(ctx, about(ada, 1), "no")
	if err != nil || page.Problem != "already" || w.answered(m) != "1:accepted" {
		t.Errorf("a no after a yes: %+v, %v; %s", page, err, w.answered(m))
	}
}

// TestAliasExpired: a question that nobody answered decides nothing.
func TestAliasExpired(t *testing.T) {
	w, ada, _, _ := addressWorld(t, "a.l@a.example", "Ada")
	_, err := w.DB.ExpireRequests(ctx, w.now.Add(askedFor+time.Hour))
	w.check(err)
	if page, err := w.Press(ctx, about(ada, 1), "yes"); err != nil || page.Problem != "expired" || w.whose("a.l@a.example") != 0 {
		t.Errorf("%+v, %v", page, err)
	}
}

// TestClaimed: the invited person says that a stranger's address is theirs: what it answered counts. Who has become a member
// meanwhile stays one; who has become a guest was the invited person.
func TestClaimed(t *testing.T) {
	const none, guest, member = "", "guest", "member"
	for _, became := range []string{none, guest, member} {
		w, ada, fay, m := addressWorld(t, "zoe@z.example", "Zoe")
		switch became {
		case guest:
			_, err := w.Press(ctx, about(fay, 1), "yes")
			w.check(err)
		case member:
			w.join("zoe@z.example", "Zoe")
		}
		page, err := w.Press(ctx, about(ada, 2), "yes")
		w.check(err)
		isAdas, wantCode := became != member, map[bool]string{true: "alias-yes", false: "alias-taken"}[became != member]
		want := map[bool]string{true: "1:accepted", false: ""}[isAdas]
		if got := w.answered(m); got != want || (w.whose("zoe@z.example") == ada.ID) != isAdas || page.About.Code != wantCode {
			t.Errorf("who became %q: answers %q, want %q; %+v", became, got, want, page.About)
		}
	}
}

// TestGuestAtOnce: of many who decide at once one does; a guest is invited once.
func TestGuestAtOnce(t *testing.T) {
	w, _, fay, m := addressWorld(t, "zoe@z.example", "Zoe")
	choices := []string{"yes", "yes", "no", "yes", "no", "yes", "no", "yes"}
	codes := make([]string, len(choices))
	var all sync.WaitGroup
	w.Random = &lockedReader{r: w.Random}
	for i, choice := range choices {
		all.Go(func() {
			page, err := w.Press(ctx, about(fay, 1), choice)
			if err != nil {
				t.Error(err)
			}
			if codes[i] = page.About.Code; page.Problem != "" {
				codes[i] = page.Problem
			}
		})
	}
	all.Wait()
	said := map[string]int{}
	for _, code := range codes {
		said[code]++
	}
	invited := w.mails("zoe@z.example")
	if said["guest-yes"] > 0 && said["guest-no"] > 0 || said["guest-no"] > 1 || invited != count(said["guest-yes"] > 0) {
		t.Errorf("%v, %d invitations, answers %q", said, invited, w.answered(m))
	}
}

// TestRobotThatDoesNotSaySo: who answers every mail gets a few a day.
func TestRobotThatDoesNotSaySo(t *testing.T) {
	w, ada, fay, _ := addressWorld(t, "zoe@z.example", "Zoe")
	before := w.mails("fay@f.example")
	robot := mail.Read([]byte("From: fay@f.example\r\nMessage-ID: <robot@f.example>\r\n\r\nThank you for your mail, ticket 4711 was opened.\r\n"))
	for range 50 {
		w.check(w.Answer(ctx, w.c, mail.Envelope{From: "fay@f.example"}, robot, about(fay, 1)))
	}
	if n := w.mails("fay@f.example") - before; n != helpADay {
		t.Errorf("%d mails", n)
	}
	if page, err := w.Show(ctx, about(fay, 1)); err != nil || page.Problem != "" || w.whose("zoe@z.example") != 0 || w.whose("ada@a.example") != ada.ID {
		t.Errorf("something was decided: %+v, %v", page, err)
	}
}
