package templates

import (
	"bytes"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var fullArgs = Args{Community: rust, Name: "Ana Sousa", Address: "ana@a.example", Subject: "Which linter?", Value: "x", Code: "facilitator",
	Names: []string{"a", "b"}, N: 2, M: 1, When: at(3, 3, 14, 30)}

// TestCatalogues: the same keys in all languages, which use the same arguments, and all can be said.
func TestCatalogues(t *testing.T) {
	lib, err := library()
	if err != nil {
		t.Fatal(err)
	}
	english := lib.says["en"]
	argument := regexp.MustCompile(`\.[A-Z][A-Za-z.]+`)
	for _, lang := range Languages() {
		say := lib.says[lang]
		for key := range say {
			if !english.has(key) {
				t.Errorf("say/%s.txt has %s, English has not", lang, key)
			}
		}
		for key, want := range english {
			got, ok := say[key]
			if !ok {
				t.Errorf("say/%s.txt lacks %s", lang, key)
				continue
			}
			a, b := argument.FindAllString(got.text, -1), argument.FindAllString(want.text, -1)
			slices.Sort(a)
			slices.Sort(b)
			if a, b = slices.Compact(a), slices.Compact(b); !slices.Equal(a, b) {
				t.Errorf("%s uses %v in %s, and %v in English", key, a, lang, b)
			}
			for _, args := range []Args{{}, fullArgs} {
				if _, err := execute(got.template, args); err != nil {
					t.Errorf("%s in %s: %v", key, lang, err)
				}
			}
		}
	}
}

// TestNoUnusedTexts: each key is named by the code or a text, or belongs to a family that is looked up by a word of the
// program.
func TestNoUnusedTexts(t *testing.T) {
	lib, err := library()
	if err != nil {
		t.Fatal(err)
	}
	code := allSources(t)
	families := map[string][]string{
		"role.":         {"member", "facilitator", "sponsor", "expert", "mentor"},
		"type.":         {"professional", "technology", "interest", "geographic"},
		"join.":         {"open", "confirm", "approve"},
		"delivery.":     {"each", "daily", "weekly", "monthly", "none"},
		"setting.":      {"name", "language", "timezone", "delivery", "digest-format", "digest-hour", "own-copies", "reminders", "newsletter", "thanks", "brief", "vacation", "news", "address"},
		"reason.":       Reasons(),
		"post.":         {"dropped", "left-out"},
		"page.problem.": {},
		"page.label.":   {"subject", "from", "address", "since", "reason"},
		"value.":        {},
		"feed.":         {"name"},
		"place.":        {"seated", "waiting", "offered", "lapsed"},
		"answer.":       {"accepted", "tentative", "declined", "waiting"},
		"said.":         {"accepted", "tentative", "declined", "waiting", "none"},
		"page.choice.":  {"accepted", "tentative", "declined", "yes", "no", "1", "2", "3", "4", "confirm", "drop", "approve", "decline", "none", "5"},
		"command.":      {},
		"search.":       {},
		"repeat.":       {"day", "week", "week-only", "month", "month-day", "nth", "year", "until", "count"},
		"nth.":          {"1", "2", "3", "4", "5", "-1"},
		"meet.":         {"moment", "label-option", "label-when", "label-repeats", "label-place", "label-about", "tally", "votes"},
		"vote.":         {"accepted", "tentative", "declined"},
		"poll.":         {"hold"},
		"brief.write.":  {"action", "welcome", "quiet", "host"},
		"minutes.":      {"subject", "attended"},
		"news.":         {},
		"alarm.": {"drought", "unanswered", "slow", "one-author", "gravity", "rsvp-response", "show-rate", "unmeasured", "newcomer",
			"facilitators-share", "charter-review"},
		"news-change.": {"title", "added", "removed", "reworded", "moved", "section", "no-section", "renamed", "restored"},
	}
	for family, words := range families {
		for _, word := range words {
			for lang, say := range lib.says {
				if !say.has(family + word) {
					t.Errorf("say/%s.txt lacks %s%s", lang, family, word)
				}
			}
		}
	}
	for key := range lib.says["en"] {
		if !usedKey(key, code, families) {
			t.Errorf("%s is not used", key)
		}
	}
}

func usedKey(key, code string, families map[string][]string) bool {
	for family, words := range families {
		if word, ok := strings.CutPrefix(key, family); ok {
			return len(words) == 0 || slices.Contains(words, word)
		}
	}
	parts := strings.Split(key, ".")
	if parts[0] == "page" && len(parts) == 3 && slices.Contains(pageKinds, parts[1]) {
		return slices.Contains([]string{"title", "text", "button", "done", "field", "field-hint"}, parts[2])
	}
	return strings.Contains(code, `"`+key+`"`)
}

// allSources is the code and the texts of mails, without tests.
func allSources(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	sources, err := fs.Glob(sourceFiles, "*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range sources {
		if strings.HasSuffix(source, "_test.go") {
			continue
		}
		text, err := fs.ReadFile(sourceFiles, source)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(text)
	}
	return b.String()
}

func TestSay(t *testing.T) {
	for _, c := range []struct{ lang, key, want string }{
		{"en", "command.left", "You have left Rust Guild. A mail of its own says how to undo that."},
		{"de-AT", "command.posts", "2 Beiträge in 1 Thread"},
		{"es", "command.granted", "Ana Sousa tiene ahora la función de facilitación."},
		{"en", "no.such-key", "no.such-key"},
	} {
		if got := Say(c.lang, c.key, fullArgs); got != c.want {
			t.Errorf("Say(%s, %s) = %q, want %q", c.lang, c.key, got, c.want)
		}
	}
	if got, want := Say("en", "command.thanks", Args{Name: "דנה"}), "Your thanks to דנה are noted."; got != want {
		t.Errorf("a name in Hebrew gives %q, want %q", got, want)
	}
	for name, value := range hostile {
		got := Say("en", "command.set-value", Args{Value: value, Names: []string{value}})
		if strings.ContainsAny(got, "\n") {
			t.Errorf("%s gives %q", name, got)
		}
		checkCharacters(t, name, got)
	}
	if Has("no.such-key") || !Has("command.left") {
		t.Error("Has does not know what there is")
	}
}
