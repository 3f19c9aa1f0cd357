package calendar

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"guildpost/store"
)

// voted writes votes as "1 yes 2 no"; "" is that they were not clear.
func voted(votes map[int]store.RSVPAnswer, ok bool) string {
	if !ok {
		return ""
	}
	words := map[store.RSVPAnswer]string{store.Accepted: "yes", store.Tentative: "maybe", store.Declined: "no"}
	var parts []string
	for _, n := range slices.Sorted(maps.Keys(votes)) {
		parts = append(parts, fmt.Sprint(n, " ", words[votes[n]]))
	}
	return strings.Join(parts, " ")
}

func TestReadVotes(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"1 yes, 2 maybe, 3 no", "1 yes 2 maybe 3 no"}, {"1: yes\n2: maybe\n3: no", "1 yes 2 maybe 3 no"}, {"1 yes 2 no", "1 yes 2 no"},
		{"1) Yes!\n2) No.\n\n3 yes", "1 yes 2 no"}, {"1 and 3", "1 yes 3 yes"}, {"2", "2 yes"}, {"1, 2 yes, 3 no", "1 yes 2 yes 3 no"},
		{"yes: 1, 3; no: 2", "1 yes 2 no 3 yes"}, {"Yes to 1", ""}, {"only 2", "1 no 2 yes 3 no"}, {"1 yes, the rest no", "1 yes 2 no 3 no"},
		{"all", "1 yes 2 yes 3 yes"}, {"all yes", "1 yes 2 yes 3 yes"}, {"none", "1 no 2 no 3 no"}, {"none of them", "1 no 2 no 3 no"},
		{"Option 1 works for me, option 2 doesn't work", "1 yes 2 no"}, {"2 if need be", "2 maybe"}, {"1 👍 2 👎", "1 yes 2 no"},
		{"1 ja, 2 vielleicht, 3 nein", "1 yes 2 maybe 3 no"}, {"1 und 3 passen nicht", ""}, {"1 passt, 2 passt nicht, 3 zur Not", "1 yes 2 no 3 maybe"},
		{"nur 2", "1 no 2 yes 3 no"}, {"alle", "1 yes 2 yes 3 yes"}, {"keiner", "1 no 2 no 3 no"}, {"Termin 1 ja, sonst nein", "1 yes 2 no 3 no"},
		{"1 sí, 2 quizás, 3 no", "1 yes 2 maybe 3 no"}, {"la 1 me viene bien, la 2 no puedo", "1 yes 2 no"}, {"solo la 3", "1 no 2 no 3 yes"},
		{"todas", "1 yes 2 yes 3 yes"}, {"ninguna", "1 no 2 no 3 no"}, {"1 sí, las demás no", "1 yes 2 no 3 no"},

		{"", ""}, {"yes", ""}, {"4 yes", ""}, {"0 yes", ""}, {"1 yes, 1 no", ""}, {"1 yes, 2", ""}, {"1 yes but only after 16:00", ""}, {"maybe", ""},
		{"What about 2?", ""}, {"see you", ""}, {"yes no 1", ""}, {"only 1 no", ""}, {"1 no 2", ""}, {"all 1 no", ""}, {"1 yes, all no", ""}, {"99999999999999999999 yes", ""},
	} {
		if got := voted(ReadVotes(c.text, 3)); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

// FuzzReadVotes: votes are for options that there are, and read as the same when they are written down.
func FuzzReadVotes(f *testing.F) {
	for _, s := range []string{"1 yes, 2 maybe, 3 no", "yes: 1", "only 2", "1 sí, resto no", "keiner", "1\u00a0ja", "\x00", "1 yes 2"} {
		f.Add(s, 3)
	}
	f.Fuzz(func(t *testing.T, text string, n int) {
		votes, ok := ReadVotes(text, n%20)
		if ok != (len(votes) > 0) {
			t.Fatalf("%q: %v, %v", text, votes, ok)
		}
		for number, answer := range votes {
			if number < 1 || number > n%20 || partStat(answer) == "NEEDS-ACTION" {
				t.Errorf("%q: option %d of %d: %q", text, number, n%20, answer)
			}
		}
		if !ok {
			return
		}
		written := voted(votes, ok)
		if again := voted(ReadVotes(written, n%20)); again != written {
			t.Errorf("%q is %q, and that is %q", text, written, again)
		}
		if again := voted(ReadVotes("\n\n"+text+"\n\nSee you,\n1 no 2 no", n%20)); again != written && !strings.Contains(text, "\n") {
			t.Errorf("%q is %q, and with words around it %q", text, written, again)
		}
	})
}
