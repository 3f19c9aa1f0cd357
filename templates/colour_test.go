package templates

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"testing"
)

// TestContrast: whatever colour a community has, text can be read (WCAG 2.2, 1.4.3: 4.5:1).
func TestContrast(t *testing.T) {
	colours := []string{"", "#B7410E", "#FFFF00", "#FFFFFF", "#000000", "#808080", "#00FF00", "#0000FF", "red", "#12345", "#GGGGGG"}
	for r := 0; r < 256; r += 51 {
		for g := 0; g < 256; g += 51 {
			for b := 0; b < 256; b += 51 {
				colours = append(colours, fmt.Sprintf("#%02x%02x%02x", r, g, b))
			}
		}
	}
	for _, colour := range colours {
		for name, p := range map[string]palette{"light": lightPalette(colour), "dark": darkPalette(colour)} {
			for what, pair := range map[string][2]string{
				"ink on paper": {p.Ink, p.Paper}, "ink on panel": {p.Ink, p.Panel}, "soft on paper": {p.Soft, p.Paper},
				"accent on paper": {p.Accent, p.Paper}, "accent on panel": {p.Accent, p.Panel}, "on accent": {p.On, p.Accent},
			} {
				if c := contrast(parseColour(pair[0]), parseColour(pair[1])); c < 4.5 {
					t.Errorf("%s of %q: %s has %.2f:1", name, colour, what, c)
				}
			}
		}
		accent, soft := ChartColours(colour)
		for _, drawn := range []string{accent, soft} {
			for _, paper := range []string{lightPalette(colour).Paper, darkPalette(colour).Paper} {
				if c := contrast(parseColour(drawn), parseColour(paper)); c < 3 || !hex.MatchString(drawn) {
					t.Errorf("what is drawn for %q, %s on %s, has %.2f:1", colour, drawn, paper, c)
				}
			}
		}
	}
}

func TestContrastFormula(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want string
	}{{"#000000", "#FFFFFF", "21.00"}, {"#FFFFFF", "#FFFFFF", "1.00"}, {"#777777", "#FFFFFF", "4.48"}, {"#767676", "#FFFFFF", "4.54"}} {
		if got := fmt.Sprintf("%.2f", contrast(parseColour(c.a), parseColour(c.b))); got != c.want {
			t.Errorf("contrast of %s and %s is %s, want %s", c.a, c.b, got, c.want)
		}
	}
}

// TestColourIsKept: a colour that can be read already is left as it is.
func TestColourIsKept(t *testing.T) {
	for _, colour := range []string{"#B7410E", DefaultColour} {
		if got := lightPalette(colour).Accent; got != colour {
			t.Errorf("%s became %s", colour, got)
		}
	}
	if got := lightPalette("nonsense").Accent; got != DefaultColour {
		t.Errorf("nonsense became %s, want %s", got, DefaultColour)
	}
}

var hex = regexp.MustCompile(`#[0-9A-Fa-f]{6}\b`)

// TestColoursComeFromThePalette: the design names no colour of its own, and whatever has one changes in the dark.
func TestColoursComeFromThePalette(t *testing.T) {
	design, err := fs.ReadFile(files, "page/mail.html")
	if err != nil {
		t.Fatal(err)
	}
	if found := hex.FindAllString(string(design), -1); found != nil {
		t.Errorf("page/mail.html names colours: %v", found)
	}
	for _, s := range samples() {
		m, err := Render("en", s.data)
		if err != nil {
			t.Fatal(err)
		}
		for _, tag := range tag.FindAllString(m.HTML, -1) {
			if strings.Contains(tag, "style=") && hex.MatchString(tag) && !strings.Contains(tag, "class=") {
				t.Errorf("%s: %s stays light in the dark", s.name, tag)
			}
		}
	}
}

// TestStylesheetContrast: the colours of pages can be read as well, and are those of mails.
func TestStylesheetContrast(t *testing.T) {
	css, err := Style()
	if err != nil {
		t.Fatal(err)
	}
	roots := regexp.MustCompile(`(?s):root \{.*?\}`).FindAllString(string(css), -1)
	if len(roots) != 2 {
		t.Fatalf("style.css has %d :root, want one for light and one for dark", len(roots))
	}
	for i, p := range []palette{lightPalette(""), darkPalette("")} {
		vars := map[string]string{}
		for _, m := range regexp.MustCompile(`--(\w+): (#\w{6});`).FindAllStringSubmatch(roots[i], -1) {
			vars[m[1]] = m[2]
		}
		for name, want := range map[string]string{"paper": p.Paper, "panel": p.Panel, "line": p.Line, "ink": p.Ink, "soft": p.Soft, "accent": p.Accent, "on": p.On} {
			if vars[name] != want {
				t.Errorf("style.css has --%s %s in %d, mails have %s", name, vars[name], i, want)
			}
		}
		if c := contrast(parseColour(vars["soft"]), parseColour(p.Panel)); c < 4.5 {
			t.Errorf("soft on panel has %.2f:1 in %d", c, i)
		}
		if c := contrast(parseColour(vars["edge"]), parseColour(p.Paper)); c < 3 { // WCAG 2.2, 1.4.11
			t.Errorf("the edge of a field has %.2f:1 in %d", c, i)
		}
	}
	if rest := strings.Replace(strings.Replace(string(css), roots[0], "", 1), roots[1], "", 1); hex.MatchString(rest) {
		t.Errorf("style.css names colours outside of :root: %v", hex.FindAllString(rest, -1))
	}
}
