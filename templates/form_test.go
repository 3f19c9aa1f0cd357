package templates

import (
	"testing"
	"unicode/utf8"
)

// TestForm: what is filled in is what would be rendered, for every name and token.
func TestForm(t *testing.T) {
	data := func(name, token string) any {
		return MeetingInvite{For: For{Community: rust, Recipient: name}, Title: "Clinic", Minutes: 60, Place: "Room 3",
			Answer: Ticket{Address: "rust+t." + token + "@lists.example.org", URL: "https://lists.example.org/t/" + token}}
	}
	filled := 0
	for _, lang := range Languages() {
		for _, name := range []string{"", "Ana Sousa", "Chloé Dubois", "J. R. R. Tolkien", "O'Brien", "A & B", "<b>", " Ana", "Ana ", "A  B", "A.", "دانا", "Ана",
			"Maximilian Alexander Ferdinand von und zu Hohenlohe", "Zqxjname", "zqxjtoken", "\x01", "\xff", "a\nb", "=?utf-8?q?x?=", "ﬁ", "ｗｉｄｅｗｉｄｅｗｉｄｅｗｉｄｅｗｉｄｅｗｉｄｅｗｉｄｅｗｉｄｅｗｉｄｅｗｉｄｅ", "ｗｉｄｅ", "e\u0301"} {
			f, err := NewForm(lang, name != "", data)
			if err != nil || f == nil {
				t.Fatalf("%s: %v, %v", lang, f, err)
			}
			for _, token := range []string{"k3q7zj2m5xw4", "a", "", "A", "a-b", "ä"} {
				got, ok := f.Fill(name, token)
				if !ok {
					continue
				}
				filled++
				if want := must(t, lang, data(name, token)); got != want {
					t.Errorf("%s, %q, %q: %+v, want %+v", lang, name, token, got, want)
				}
			}
		}
	}
	if filled < 3*2*6 {
		t.Errorf("only %d were filled in", filled)
	}
}

// TestNoForm: a mail that somebody has written the stand-ins into is not filled in.
func TestNoForm(t *testing.T) {
	for _, word := range []string{standInName, standInToken, "x"} {
		f, err := NewForm("en", true, func(name, token string) any {
			return MeetingInvite{For: For{Community: rust, Recipient: name}, Title: "Clinic", About: "About " + word, Answer: Ticket{URL: "https://x.example/" + token}}
		})
		if err != nil || (f != nil) != (word == "x") {
			t.Errorf("%q: %v, %v", word, f, err)
		}
	}
}

func must(t testing.TB, lang string, data any) Mail {
	t.Helper()
	m, err := Render(lang, data)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// FuzzForm: the same, for names that nobody has thought of.
func FuzzForm(f *testing.F) {
	for _, name := range []string{"Ana Sousa", "O'Brien", "Zoë  x", "From x", "-- ", "ａ"} {
		f.Add(name, "k3q7zj2m5xw4")
	}
	forms := map[string]*Form{}
	data := func(name, token string) any {
		return MeetingChanged{For: For{Community: rust, Recipient: name}, Title: "Clinic", Answer: Ticket{URL: "https://x.example/t/" + token, Address: "rust+t." + token + "@x.example"}}
	}
	for _, lang := range Languages() {
		form, err := NewForm(lang, true, data)
		if err != nil {
			f.Fatal(err)
		}
		forms[lang] = form
	}
	f.Fuzz(func(t *testing.T, name, token string) {
		for lang, form := range forms {
			got, ok := form.Fill(name, token)
			if ok && (!utf8.ValidString(name) || got != must(t, lang, data(name, token))) {
				t.Errorf("%s: %q, %q: %+v", lang, name, token, got)
			}
		}
	})
}
