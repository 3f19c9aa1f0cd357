package calendar

import (
	"strings"
	"testing"

	"guildpost/store"
)

// TestAudience: who cannot be invited is named, and then nobody becomes a guest.
func TestAudience(t *testing.T) {
	w := newWorld(t)
	w.join("ada@a.example", "Ada")
	w.check(w.DB.EndSubscription(ctx, w.by(), w.join("ben@b.example", "Ben").ID, store.Banned))
	w.check(w.DB.EndSubscription(ctx, w.by(), w.join("cid@c.example", "Cid").ID, store.Left))
	for _, c := range []struct {
		name string
		in   Invitees
		want string
	}{
		{"a role that there is not", Invitees{Roles: []store.Role{"boss"}, Guests: []string{"new@n.example"}}, `there is no role "boss"`},
		{"a stranger", Invitees{Members: []string{"ada@a.example", "zoe@z.example"}, Guests: []string{"new@n.example"}}, "zoe@z.example is no member of rust@lists.example.org"},
		{"who has left", Invitees{Members: []string{"cid@c.example"}}, "cid@c.example is no member"},
		{"no address", Invitees{Members: []string{"ada"}}, `"ada" is no address`},
		{"no guest's address", Invitees{Guests: []string{"new@n.example", "x"}}, `"x" is no address`},
		{"who is banned", Invitees{Guests: []string{"new@n.example", "ben@b.example"}}, "ben@b.example is banned"},
		{"too many", Invitees{Guests: make([]string, maxInvitees+1)}, "501 people are named"},
	} {
		_, err := w.Audience(ctx, w.by(), w.c, c.in)
		if store.KindOf(err) != store.Invalid || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	if s, err := w.DB.SubscriptionByAddress(ctx, w.c.ID, "new@n.example"); store.KindOf(err) != store.NotFound {
		t.Errorf("somebody became a guest: %+v, %v", s, err)
	}
	a, err := w.Audience(ctx, w.by(), w.c, Invitees{Members: []string{"Ada@a.example"}, Guests: []string{"cid@c.example", "Dan <dan@d.example>", "ada@a.example"}})
	w.check(err)
	if len(a.Named) != 1 || len(a.Guests) != 3 || a.Guests[2] != a.Named[0] {
		t.Errorf("got %+v", a)
	}
}

// TestSetAudience: whom a meeting is for can be said anew; who stays hears nothing.
func TestSetAudience(t *testing.T) {
	w := newWorld(t)
	w.join("ada@a.example", "Ada")
	w.join("ben@b.example", "Ben")
	m := w.call(w.clinic())
	a, err := w.Audience(ctx, w.by(), w.c, Invitees{Members: []string{"ada@a.example"}, Guests: []string{"eve@e.example"}})
	w.check(err)
	m, err = w.SetAudience(ctx, w.by(), m, a)
	w.check(err)
	for address, want := range map[string]int{"ada@a.example": 1, "ben@b.example": 2, "eve@e.example": 1} {
		if got := w.mails(address); got != want {
			t.Errorf("%s has %d mails, want %d", address, got, want)
		}
	}
	_, err = w.SetAudience(ctx, w.by(), m, store.Audience{})
	w.check(err)
	for address, want := range map[string]int{"ada@a.example": 1, "ben@b.example": 3, "eve@e.example": 2} {
		if got := w.mails(address); got != want {
			t.Errorf("for all again: %s has %d mails, want %d", address, got, want)
		}
	}
}
