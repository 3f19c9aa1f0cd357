package when

import (
	"bufio"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"guildpost/calendar/itip"
)

// seeds are the phrases of the table.
func seeds(f *testing.F) (all []string) {
	file, err := os.Open("testdata/phrases.txt")
	if err != nil {
		f.Fatal(err)
	}
	defer file.Close()
	for scan := bufio.NewScanner(file); scan.Scan(); {
		if _, rest, found := strings.Cut(scan.Text(), " "); found {
			text, _, _ := strings.Cut(rest, " => ")
			all = append(all, text)
		}
	}
	return all
}

// FuzzRead: whatever is read is to come, in order and can be written down so that it is read as that; what cannot be used has
// no options; and what stands around a text does not matter.
func FuzzRead(f *testing.F) {
	for _, s := range seeds(f) {
		f.Add(s)
	}
	zone := berlin(f)
	c := Context{Zone: zone, Now: time.Date(2026, 11, 23, 10, 0, 0, 0, zone), Languages: []string{"de", "en"}}
	f.Fuzz(func(t *testing.T, text string) {
		r := Read(text, c)
		if (len(r.Problems) == 0) != (len(r.Options) > 0) || len(r.Options) > MaxOptions {
			t.Fatalf("%q: %d options, and the problems %v", text, len(r.Options), r.Problems)
		}
		if again := Read(" \n"+text+"\t\n", c); !reflect.DeepEqual(r.Options, again.Options) {
			t.Errorf("%q: %s, and with space around it %s", text, shown(r), shown(again))
		}
		for _, o := range r.Options {
			if len(o.Choices) == 0 || o.Ask && len(o.Choices) < 2 || !strings.Contains(text, o.Text) {
				t.Fatalf("%q: the option %q has %d choices", text, o.Text, len(o.Choices))
			}
			for _, choice := range o.Choices {
				checkChoice(t, text, choice, c)
			}
		}
	})
}

func checkChoice(t *testing.T, text string, choice Choice, c Context) {
	t.Helper()
	if !choice.Instant().After(c.Now) || choice.Length < time.Minute || choice.Length > longest {
		t.Errorf("%q: it starts at %s and takes %s", text, choice.Instant(), choice.Length)
	}
	if shown := choice.Instant(); shown.Hour() != choice.Starts.Hour() || shown.Minute() != choice.Starts.Minute() {
		t.Errorf("%q: the clocks skip %s", text, choice.Starts)
	}
	if choice.Rule != "" {
		if _, err := itip.ParseRule(choice.Rule); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	written := fmt.Sprintf("%s %s for %d minutes", choice.Starts.Format("2006-01-02 15:04"), choice.ZoneName(), choice.Length/time.Minute)
	again := Read(written, c)
	if len(again.Options) != 1 || len(again.Options[0].Choices) != 1 || !again.Options[0].Choices[0].Instant().Equal(choice.Instant()) ||
		again.Options[0].Choices[0].Length != choice.Length {
		t.Errorf("%q was read as %q, and that as %s", text, written, shown(again))
	}
}
