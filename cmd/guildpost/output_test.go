package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain ünïcode 日本": "plain ünïcode 日本",
		"\x1b]0;owned\x07": "\uFFFD]0;owned\uFFFD",
		"a\nb\tc\rd":       "a b c d",
		"\u009b31m":        "\uFFFD31m",
		"abc\u202egpj.exe": "abc\uFFFDgpj.exe",
		"bad \xff utf-8":   "bad \uFFFD utf-8",
	} {
		if got := clean(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestJSONIsSafeAndTheSame(t *testing.T) {
	text := "\x1b[2J\u009b\u202e<b>& \u2028 ü"
	var out strings.Builder
	a := &app{stdout: &out}
	if err := a.printJSON(map[string]string{"x": text}); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsFunc(strings.ReplaceAll(out.String(), "\n", ""), unsafe) {
		t.Errorf("a terminal might obey %q", out.String())
	}
	var back map[string]string
	if err := json.Unmarshal([]byte(out.String()), &back); err != nil || back["x"] != text {
		t.Errorf("read back %q, %v", back["x"], err)
	}
}

func TestListJSON(t *testing.T) {
	for _, n := range []int{0, 1, 2, flushEvery, 2*flushEvery + 1} {
		var out strings.Builder
		a := &app{stdout: &out}
		l := a.list(true)
		for i := range n {
			if err := l.add(map[string]int{"i": i}); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.end("nothing"); err != nil {
			t.Fatal(err)
		}
		var back []map[string]int
		if err := json.Unmarshal([]byte(out.String()), &back); err != nil || back == nil || len(back) != n || n > 0 && back[n-1]["i"] != n-1 {
			t.Errorf("%d rows: read back %d, %v", n, len(back), err)
		}
	}
}

func TestProgressLines(t *testing.T) {
	now := time.Unix(0, 0)
	var out strings.Builder
	a := &app{stderr: &out, now: func() time.Time { return now }}
	p := a.progress("members", 1000)
	for range 4 {
		now = now.Add(2 * time.Second)
		p.add(100)
	}
	p.end()
	if want := "members: 200 of 1000, 50/s, 16s left\nmembers: 400 of 1000, 50/s, 12s left\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

func TestParseUntil(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 8, 3, 9, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"": "2026-08-03T09:00:00Z", "+25h": "2026-08-04T10:00:00Z", "+3d": "2026-08-06T09:00:00Z",
		"2026-08-31": "2026-08-30T22:00:00Z", "2026-08-31 18:00": "2026-08-31T16:00:00Z", "2026-08-31T18:00:00Z": "2026-08-31T18:00:00Z",
	} {
		if got, err := parseUntil(text, now, berlin); err != nil || got.UTC().Format(time.RFC3339) != want {
			t.Errorf("%q: got %v, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"tomorrow", "+x", "31.8.2026", "+-3d"} {
		if _, err := parseUntil(text, now, berlin); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

func TestNearest(t *testing.T) {
	names := []string{"queue", "cop", "member", "role", "due", "version"}
	for word, want := range map[string]string{"quee": "queue", "members": "member", "mem": "member", "xyzzy": "", "rol": "role", "verison": "version"} {
		if got := nearest(word, names); got != want {
			t.Errorf("%s: got %q, want %q", word, got, want)
		}
	}
}

// TestManual: each topic has its text, and the commands there are stand in it.
func TestManual(t *testing.T) {
	a := &app{}
	commands, err := topic("commands")
	if err != nil {
		t.Fatal(err)
	}
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		path := strings.TrimPrefix(c.CommandPath(), "guildpost ")
		if !c.HasSubCommands() && !strings.Contains(commands, "    "+path) {
			t.Errorf("help commands does not name %s", path)
		}
		for _, child := range c.Commands() {
			walk(child)
		}
	}
	for _, c := range a.rootCommand().Commands() {
		walk(c)
	}
	rules, err := topic("rules")
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range communityRules {
		if !strings.Contains(rules, rule.key) {
			t.Errorf("help rules does not name %s", rule.key)
		}
	}
	for _, name := range helpTopics {
		text, err := topic(name)
		if err != nil || !strings.HasPrefix(text, "# ") || !strings.HasSuffix(text, "\n") {
			t.Errorf("%s: %v, %q", name, err, text)
		}
	}
	if _, err := topic("../main.go"); err == nil {
		t.Error("a topic outside of the folder was read")
	}
}
