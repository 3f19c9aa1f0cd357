package when

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

func berlin(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// shown writes a reading in a line: the choices of an option with "|" between, "?" before them where there is no telling;
// options with ";" between; then "~" and what was not understood, or "!" and the problems.
func shown(r Reading) string {
	var options []string
	for _, o := range r.Options {
		var choices []string
		for _, c := range o.Choices {
			text := fmt.Sprintf("%s %s %s", c.Starts.Format("Mon 2006-01-02 15:04"), c.ZoneName(), strings.TrimSuffix(c.Length.String(), "0s"))
			if c.Rule != "" {
				text += " " + c.Rule
			}
			for _, n := range c.Notes {
				text += " (" + string(n.Kind) + ")"
			}
			choices = append(choices, text)
		}
		text := strings.Join(choices, " | ")
		if o.Ask {
			text = "? " + text
		}
		options = append(options, text)
	}
	text := strings.Join(options, "; ")
	if len(r.Unread) > 0 {
		text += " ~" + strings.Join(r.Unread, ",")
	}
	for _, p := range r.Problems {
		text += " !" + string(p.Kind)
	}
	return strings.ReplaceAll(strings.TrimSpace(text), "Europe/Berlin", "B")
}

// TestRead reads the phrases of testdata/phrases.txt: "LANGUAGE  PHRASE  =>  WHAT IT IS". A line "now TIME" sets the clock.
func TestRead(t *testing.T) {
	file, err := os.Open("testdata/phrases.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	c := Context{Zone: berlin(t)}
	rows := 0
	for scan := bufio.NewScanner(file); scan.Scan(); {
		line := strings.TrimSpace(scan.Text())
		if now, found := strings.CutPrefix(line, "now "); found {
			if c.Now, err = time.ParseInLocation("2006-01-02 15:04", now, c.Zone); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if line == "" || line[0] == '#' {
			continue
		}
		lang, rest, _ := strings.Cut(line, " ")
		text, want, found := strings.Cut(rest, " => ")
		if !found {
			t.Fatalf("%q is no line LANGUAGE PHRASE => READING", line)
		}
		rows++
		c.Languages = []string{lang}
		text, want = strings.ReplaceAll(strings.TrimSpace(text), `\n`, "\n"), strings.TrimSpace(want)
		if got := shown(Read(text, c)); got != want {
			t.Errorf("%s %q:\n got %s\nwant %s", lang, text, got, want)
		}
	}
	if rows < 150 {
		t.Errorf("%d phrases were read; there are more", rows)
	}
}
