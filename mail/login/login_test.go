package login

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/store/storetest"
)

// clocked is a door with a clock, and a member with a password.
func clocked(t *testing.T) (d *Door, now *time.Time, address, password string) {
	t.Helper()
	db, at := storetest.Open(t), storetest.Now
	now = &at
	d, err := New(db, func() time.Time { return *now })
	check(t, err)
	s := storetest.Members(t, db, storetest.Community(t, db, "rust"), 1)[0]
	hash, err := mail.HashSecret(t.Context(), strings.NewReader(strings.Repeat("x", 100)), "abcdefghijkmnpqrstuv")
	check(t, err)
	p, err := db.AddAppPassword(t.Context(), storetest.By(at), store.AppPassword{MemberID: s.MemberID, Hash: hash})
	check(t, err)
	return d, now, s.Address, mail.AppPassword(p.ID, "abcdefghijkmnpqrstuv")
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestCheck: who is right is let in, and once a day it is noted; who is not is not told why.
func TestCheck(t *testing.T) {
	d, now, address, password := clocked(t)
	p, err := d.Check(t.Context(), "192.0.2.1", strings.ToUpper(address), strings.ToUpper(password))
	check(t, err)
	check(t, d.Used(t.Context(), p))
	if again, err := d.Check(t.Context(), "", address, password); err != nil || !again.UsedAt.Equal(now.Truncate(24*time.Hour)) {
		t.Errorf("again: %+v, %v", again, err)
	}
	for _, wrong := range [][2]string{{address, "1-wrong"}, {"nobody@a.example", password}, {"", ""}, {address, password + "x"}} {
		if _, err := d.Check(t.Context(), "", wrong[0], wrong[1]); !errors.Is(err, ErrWrong) {
			t.Errorf("%v: %v", wrong, err)
		}
	}
	check(t, d.db.RevokeAppPassword(t.Context(), storetest.By(*now), p.MemberID, p.ID))
	if _, err := d.Check(t.Context(), "", address, password); !errors.Is(err, ErrWrong) {
		t.Errorf("revoked: %v", err)
	}
}

func TestGuessingFromOneAddress(t *testing.T) {
	d, now, _, _ := clocked(t)
	for i := range TriesClient {
		if !d.mayTry(fmt.Sprint("account ", i), TriesAccount) || !d.mayTry("client 192.0.2.1", TriesClient) {
			t.Fatalf("try %d is refused", i)
		}
	}
	if _, err := d.Check(t.Context(), "192.0.2.1", "new@a.example", "1-wrong"); !errors.Is(err, ErrTooMany) {
		t.Errorf("got %v", err)
	}
	*now = now.Add(TriesWithin)
	if !d.mayTry("client 192.0.2.1", TriesClient) {
		t.Error("it is never forgotten")
	}
	for i := range triesTracked + 10 {
		d.mayTry(time.Duration(i).String(), 1)
	}
	if n := len(d.tries); n > triesTracked {
		t.Errorf("%d are remembered", n)
	}
}
