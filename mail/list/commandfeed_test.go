package list

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"guildpost/store"
)

// feedsFake gives addresses that say for whom they are.
type feedsFake struct{}

func (feedsFake) Feeds(_ context.Context, _ store.Actor, s store.Subscription, fresh bool) (one, all string, err error) {
	return fmt.Sprintf("https://x.example/c/rust/%d-%t.ics", s.ID, fresh), fmt.Sprintf("https://x.example/c/%d.ics", s.MemberID), nil
}

// TestFeed: the addresses are the asker's, and stand in a mail that is not kept.
func TestFeed(t *testing.T) {
	w := newClub(t, store.Rules{})
	w.PublicURL, w.Feeds = "https://x.example", feedsFake{}
	w.member("ben@b.example", "Ben")
	mia := w.member("mia@m.example", "Mia")
	for line, fresh := range map[string]bool{"feed": false, "feeds new": true, "kalender neu": true} {
		sent := w.command("mia@m.example", true, line)
		want := fmt.Sprintf("https://x.example/c/rust/%d-%t.ics", mia.ID, fresh)
		if len(sent) != 1 || !strings.Contains(sent[0].Text().All, want) || !strings.Contains(sent[0].Text().All, fmt.Sprintf("/c/%d.ics", mia.MemberID)) {
			t.Errorf("%s: %q", line, letters(sent))
		}
	}
}

// TestNoProgramsHere: where nothing is served there are no feeds, and no passwords.
func TestNoProgramsHere(t *testing.T) {
	w := newClub(t, store.Rules{})
	w.member("mia@m.example", "Mia")
	for line, want := range map[string]string{"feed": "cannot be fetched by a calendar program here", "password": "cannot be read with a mail program here"} {
		if sent := w.command("mia@m.example", true, line); len(sent) != 1 || !strings.Contains(sent[0].Text().All, want) {
			t.Errorf("%s: %q", line, letters(sent))
		}
	}
}
