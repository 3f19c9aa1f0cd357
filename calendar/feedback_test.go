package calendar

import (
	"testing"
	"time"
)

func TestReadFeedback(t *testing.T) {
	for _, c := range []struct {
		text    string
		rating  int // 0 is none
		comment string
	}{
		{"4", 4, ""}, {"4 good examples", 4, "good examples"}, {"5!", 5, ""}, {"1: too long\nand too early", 1, "too long\nand too early"}, {"\n 3\n\nIt was fine.", 3, "It was fine."},
		{"4/5 thanks", 4, "thanks"}, {"5 von 5", 5, ""}, {"２, so so", 2, "so so"}, {"**4** well", 4, "well"}, {"4 – in 10 minutes I learnt more than in 2 days", 4, "in 10 minutes I learnt more than in 2 days"},
		{"", 0, ""}, {"0", 0, ""}, {"6 people came", 0, ""}, {"It was a 4", 0, ""}, {"10", 0, ""}, {"4 or 5", 0, ""}, {"4-5", 0, ""}, {"4,5", 0, ""}, {"3.5", 0, ""}, {"4th time", 0, ""}, {"4 bis 5", 0, ""},
	} {
		rating, comment, ok := ReadFeedback(c.text)
		if rating != c.rating || comment != c.comment || ok != (c.rating > 0) {
			t.Errorf("%q: %d %q, want %d %q", c.text, rating, comment, c.rating, c.comment)
		}
	}
}

// FuzzReadFeedback: a rating is one of five, and what stands in front of it makes it none.
func FuzzReadFeedback(f *testing.F) {
	for _, s := range []string{"4 good", "5/5", "3\n\nx", "４", "\xff4"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		rating, comment, ok := ReadFeedback(s)
		if ok != (rating >= 1 && rating <= 5) || len(comment) > maxComment || len(comment) > 0 && !ok {
			t.Fatalf("%q: %d %q %v", s, rating, comment, ok)
		}
		if _, _, ok := ReadFeedback("x" + s); ok {
			t.Errorf("%q is an answer", "x"+s)
		}
	})
}

// TestDecent: nobody is asked at night, wherever they are, and everybody within a day.
func TestDecent(t *testing.T) {
	for _, name := range []string{"UTC", "Asia/Kolkata", "America/St_Johns", "Pacific/Kiritimati"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for hour := range 24 * 400 {
			now := time.Date(2026, 1, 1, hour, 30, 0, 0, time.UTC)
			at := decent(now, zone)
			if h := at.In(zone).Hour(); h < firstHour || h >= lastHour || at.Before(now) || at.Sub(now) > 14*time.Hour {
				t.Fatalf("at %s in %s: %s", now, name, at.In(zone))
			}
		}
	}
}
