package templates

import (
	"math"
	"testing"
	"time"
)

// speak returns the functions of a language.
func speak(t *testing.T, lang string) *speaker {
	t.Helper()
	lib, err := library()
	if err != nil {
		t.Fatal(err)
	}
	return newSpeaker(lang, lib.says[Language(lang)])
}

func TestPlural(t *testing.T) {
	cases := []string{"=0", "nobody", "one", "# member", "other", "# members"}
	for _, c := range []struct {
		lang string
		n    int
		want string
	}{
		{"en", 0, "nobody"}, {"en", 1, "1 member"}, {"en", 2, "2 members"}, {"en", 11, "11 members"}, {"en", 1043, "1,043 members"},
		{"en", -1, "-1 member"}, {"en", 1_000_000, "1,000,000 members"}, {"en", 10_000_001, "10,000,001 members"},
		{"de", 0, "nobody"}, {"de", 1, "1 member"}, {"de", 21, "21 members"}, {"de", 1043, "1.043 members"},
		{"es", 1, "1 member"}, {"es", 2, "2 members"}, {"es", 1043, "1043 members"}, {"es", 12345, "12.345 members"},
		{"en", math.MinInt, "-9,223,372,036,854,775,808 members"}, {"en", math.MaxInt, "9,223,372,036,854,775,807 members"},
		// These are not spoken yet; the rules are those of CLDR all the same.
		{"fr", 0, "nobody"}, {"pl", 5, "5 members"}, {"pl", 1, "1 member"},
	} {
		got, err := speak(t, c.lang).plural(c.n, cases...)
		if err != nil || got != c.want {
			t.Errorf("plural(%s, %d) = %q, %v; want %q", c.lang, c.n, got, err, c.want)
		}
	}
	if got, err := speak(t, "en").plural(2, "one", "# member"); err == nil {
		t.Errorf("plural without other gives %q and no error", got)
	}
	if got, _ := speak(t, "pl").plural(3, "few", "# osoby", "other", "# osób"); got != "3 osoby" {
		t.Errorf("plural(pl, 3) = %q, want 3 osoby", got)
	}
}

func TestJoin(t *testing.T) {
	for _, c := range []struct {
		lang  string
		names []string
		want  string
	}{
		{"en", nil, ""}, {"en", []string{"Ana"}, "Ana"}, {"en", []string{"Ana", "Ben"}, "Ana and Ben"},
		{"en", []string{"Ana", "Ben", "Chloé"}, "Ana, Ben and Chloé"},
		{"de", []string{"Ana", "Ben", "Chloé"}, "Ana, Ben und Chloé"},
		{"es", []string{"Ana", "Ben"}, "Ana y Ben"}, {"es", []string{"Ana", "Ignacio"}, "Ana e Ignacio"},
		{"es", []string{"Ana", "Hilario"}, "Ana e Hilario"}, {"es", []string{"agua", "hielo"}, "agua y hielo"},
	} {
		if got := speak(t, c.lang).join(c.names); got != c.want {
			t.Errorf("join(%s, %v) = %q, want %q", c.lang, c.names, got, c.want)
		}
	}
}

func TestMoment(t *testing.T) {
	utc := time.Date(2026, 3, 3, 14, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		name, lang string
		time       time.Time
		want       string
	}{
		{"English", "en", utc, "Tuesday, 3 March 2026, 14:30 UTC"},
		{"German", "de", utc, "Dienstag, 3. März 2026, 14:30 Uhr UTC"},
		{"Spanish", "es", utc, "martes, 3 de marzo de 2026, 14:30 UTC"},
		{"letters", "en", at(3, 3, 9, 5), "Tuesday, 3 March 2026, 09:05 CET (UTC+1)"},
		{"no letters", "en", utc.In(time.FixedZone("-03", -3*3600)), "Tuesday, 3 March 2026, 11:30 UTC-3"},
		{"half hours", "en", utc.In(time.FixedZone("IST", 5*3600+1800)), "Tuesday, 3 March 2026, 20:00 IST (UTC+5:30)"},
		{"half hours west", "en", utc.In(time.FixedZone("NST", -3*3600-1800)), "Tuesday, 3 March 2026, 11:00 NST (UTC-3:30)"},
		{"next day", "en", utc.In(time.FixedZone("+14", 14*3600)), "Wednesday, 4 March 2026, 04:30 UTC+14"},
		{"less than an hour west", "en", utc.In(time.FixedZone("", -1800)), "Tuesday, 3 March 2026, 14:00 UTC-0:30"},
		{"never", "en", time.Time{}, ""},
	} {
		if got := speak(t, c.lang).moment(c.time); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	for _, lang := range Languages() {
		seen := map[string]bool{}
		for month := range 12 {
			seen[speak(t, lang).day(time.Date(2026, time.Month(month+1), 1+month%7, 0, 0, 0, 0, time.UTC))] = true
		}
		if len(seen) != 12 {
			t.Errorf("%s has %d different months: %v", lang, len(seen), seen)
		}
	}
}

func TestLanguage(t *testing.T) {
	for tag, want := range map[string]string{
		"de": "de", "DE": "de", "de-AT": "de", "de_CH": "de", "de-Latn-AT-1996": "de", "es-419": "es", "en-GB": "en",
		"": "en", "fr": "en", "deutsch": "en", "-": "en", "de-": "de", "\x00": "en",
	} {
		if got := Language(tag); got != want {
			t.Errorf("Language(%q) = %q, want %q", tag, got, want)
		}
	}
}

func TestPerson(t *testing.T) {
	for _, c := range [][3]string{
		{"Ana", "ana@a.example", "Ana (ana@a.example)"}, {"", "ana@a.example", "ana@a.example"}, {"Ana", "", "Ana"},
		{"ana@a.example", "ana@a.example", "ana@a.example"}, {" \n", "ana@a.example", "ana@a.example"}, {"", "", ""},
	} {
		if got := person(c[0], c[1]); got != c[2] {
			t.Errorf("person(%q, %q) = %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func TestShorten(t *testing.T) {
	for _, c := range []struct {
		most       int
		text, want string
	}{
		{5, "", ""}, {5, "abcde", "abcde"}, {5, "abcdef", "abcd…"}, {5, "äöüäöü", "äöüä…"}, {6, "some words", "some…"}, {1, "ab", "…"},
	} {
		if got := shorten(c.most, c.text); got != c.want {
			t.Errorf("shorten(%d, %q) = %q, want %q", c.most, c.text, got, c.want)
		}
	}
}

func TestRenderUnknown(t *testing.T) {
	for name, data := range map[string]any{"nil": nil, "another type": 3, "a struct": Community{}, "a page": TicketPage{}} {
		if m, err := Render("en", data); err == nil {
			t.Errorf("%s gives %v and no error", name, m)
		}
	}
	byValue, err := Render("en", JoinPending{For: forAna})
	if err != nil {
		t.Fatal(err)
	}
	if byPointer, err := Render("en", &JoinPending{For: forAna}); err != nil || byPointer != byValue {
		t.Errorf("a pointer gives %v, %v; want %v", byPointer, err, byValue)
	}
}

func BenchmarkRender(b *testing.B) {
	data := fullWelcome()
	for b.Loop() {
		if _, err := Render("en", data); err != nil {
			b.Fatal(err)
		}
	}
}
