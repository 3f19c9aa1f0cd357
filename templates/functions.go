package templates

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"time"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// longestInline is in characters: a value within a paragraph is cut there. What may be longer stands in a quote.
const longestInline = 1000

// A speaker does what templates call, in one language.
type speaker struct {
	lang string
	tag  language.Tag
	say  catalogue
}

func newSpeaker(lang string, say catalogue) *speaker {
	return &speaker{lang: lang, tag: language.Make(lang), say: say}
}

// functions are what templates can call, beside those of text/template.
func functions(lang string, say catalogue) template.FuncMap {
	s := newSpeaker(lang, say)
	return template.FuncMap{
		"inline":  s.inline,    // added to every action by the compiler
		"lines":   s.lines,     // the same, in quotes and code
		"plural":  s.plural,    // {{plural .N "one" "# member" "other" "# members"}}; # is the number
		"join":    s.join,      // {{join .Names}}:  with commas and "and"
		"day":     s.day,       // a date
		"moment":  s.moment,    // a date with time and zone
		"repeats": s.repeats,   // {{repeats .Repeats}}: how a meeting repeats, in words
		"word":    s.word,      // {{word "role" .Role}}: the text of a word that the program uses
		"value":   s.value,     // {{value .Key .Value}}: a setting's value in words
		"reason":  s.reason,    // the sentence of a Reason
		"hello":   s.hello,     // a greeting with the name, if there is one
		"person":  person,      // {{person .Name .Address}}: both, or what there is
		"first":   first,       // {{first 12 .Text}}: the first lines
		"short":   shorten,     // {{short 60 .Subject}}
		"month":   s.month,     // "March 2026"
		"prose":   Prose.marks, // blocks of a Prose; stands alone on a line
	}
}

// inline makes what an action prints harmless in a line.
func (s *speaker) inline(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return markDirection(shorten(longestInline, cleanInline(v))), nil
	case int:
		return s.number(v), nil
	}
	return "", fmt.Errorf("a %T cannot be printed", v)
}

// longestLines is in characters: more than that nobody reads in a quote.
const longestLines = 20_000

func (s *speaker) lines(v string) string {
	lines := strings.Split(shorten(longestLines, cleanLines(v)), "\n")
	for i, line := range lines {
		lines[i] = markDirection(line)
	}
	return strings.Join(lines, "\n")
}

// number groups digits by three as the language does.
func (s *speaker) number(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	group := s.say["number.group"].text
	if len(digits) < 5 && s.lang == "es" {
		return sign + digits // Spanish groups from five digits on
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(group)
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

var pluralForms = map[plural.Form]string{
	plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other",
}

// plural picks a text by the cardinal rules of CLDR. Cases are pairs of a category ("one", "other"; or "=0" for exactly
// that number) and a text.
func (s *speaker) plural(n int, cases ...string) (string, error) {
	count := max(n, -max(n, -math.MaxInt))
	if count > 10_000_000 {
		count = 10_000_000 + count%1_000_000 // no rule looks further than at the last six digits
	}
	form := pluralForms[plural.Cardinal.MatchPlural(s.tag, count, 0, 0, 0, 0)]
	for _, want := range []string{"=" + strconv.Itoa(n), form, "other"} {
		for pair := range slices.Chunk(cases, 2) {
			if len(pair) == 2 && pair[0] == want {
				return strings.ReplaceAll(pair[1], "#", s.number(n)), nil
			}
		}
	}
	return "", fmt.Errorf("plural has no case for %d: it needs \"other\"", n)
}

// join lists texts: "Ana, Ben and Chloé".
func (s *speaker) join(names []string) string {
	last := len(names) - 1
	switch {
	case last < 0:
		return ""
	case last == 0:
		return names[0]
	}
	and := s.say["word.and"].text
	if s.lang == "es" && startsWithI(names[last]) {
		and = "e"
	}
	return strings.Join(names[:last], ", ") + " " + and + " " + names[last]
}

// startsWithI says whether a Spanish "y" before a name becomes "e": before the sound i.
func startsWithI(name string) bool {
	name = strings.ToLower(name)
	for _, diphthong := range []string{"hia", "hie", "hio", "ia", "ie", "io"} {
		if strings.HasPrefix(name, diphthong) {
			return false
		}
	}
	return strings.HasPrefix(name, "i") || strings.HasPrefix(name, "hi") || strings.HasPrefix(name, "í")
}

// word returns the text of a word that the program uses, such as a role. Others are returned as they are.
func (s *speaker) word(kind, code string) string {
	if w, ok := s.say[kind+"."+code]; ok {
		return w.text
	}
	return code
}

// value returns what a setting is set to, in words where there are some.
func (s *speaker) value(key, value string) string {
	if w, ok := s.say["value."+key+"."+value]; ok {
		return w.text
	}
	return value
}

func (s *speaker) reason(r Reason) string {
	if key := "reason." + r.Code; s.say.has(key) {
		return s.say.say(key, Args{Value: r.Detail})
	}
	return strings.TrimSpace(r.Code + " " + r.Detail)
}

func (s *speaker) hello(name string) string {
	if name = cleanInline(name); name == "" {
		return s.say["hello"].text
	}
	return strings.ReplaceAll(s.say["hello.name"].text, "#", name)
}

// person names somebody by name and address.
func person(name, address string) string {
	name, address = cleanInline(name), cleanInline(address)
	switch {
	case name == "" || name == address:
		return address
	case address == "":
		return name
	}
	return name + " (" + address + ")"
}

// first returns the first lines of a text that have something in them, and an ellipsis where there are more.
func first(most int, text string) string {
	var kept []string
	for line := range strings.SplitSeq(cleanLines(text), "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if len(kept) == most {
			return strings.Join(kept, "\n") + "\n…"
		}
		kept = append(kept, shorten(longestInline, line))
	}
	return strings.Join(kept, "\n")
}

// day writes the date of a time, in the zone that the time is in: "Tuesday, 3 March 2026". The zero time is nothing.
func (s *speaker) day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	format := s.say["date.day"].text
	return strings.NewReplacer(
		"WEEKDAY", s.nth("date.weekdays", int(t.Weekday())), "MONTH", s.nth("date.months", int(t.Month())-1),
		"DAY", strconv.Itoa(t.Day()), "YEAR", strconv.Itoa(t.Year()),
	).Replace(format)
}

// month writes the month and year of a time. The zero time is nothing.
func (s *speaker) month(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return strings.NewReplacer("MONTH", s.nth("date.months", int(t.Month())-1), "YEAR", strconv.Itoa(t.Year())).Replace(s.say["date.month"].text)
}

// moment writes date, time and zone: "Tuesday, 3 March 2026, 14:30 CET (UTC+1)".
func (s *speaker) moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return strings.NewReplacer("DATE", s.day(t), "TIME", t.Format("15:04"), "ZONE", zone(t)).Replace(s.say["date.moment"].text)
}

// nth returns a word of a list with spaces between.
func (s *speaker) nth(key string, n int) string {
	if words := strings.Fields(s.say[key].text); n < len(words) {
		return words[n]
	}
	return ""
}

// zone names a time's zone, by its letters where it has some, and by how far it is from UTC.
func zone(t time.Time) string {
	name, seconds := t.Zone()
	if seconds == 0 {
		return "UTC"
	}
	offset := fmt.Sprintf("UTC%+d", seconds/3600)
	if minutes := max(seconds, -seconds) / 60 % 60; minutes != 0 {
		offset += fmt.Sprintf(":%02d", minutes)
		if seconds < 0 && seconds > -3600 {
			offset = fmt.Sprintf("UTC-0:%02d", minutes)
		}
	}
	if name == "" || name[0] == '+' || name[0] == '-' {
		return offset
	}
	return name + " (" + offset + ")"
}
