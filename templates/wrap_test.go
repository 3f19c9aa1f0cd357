package templates

import (
	"strings"
	"testing"
)

// TestColumns: no line of any mail is wider than 76 columns, but quotes, code and single words.
func TestColumns(t *testing.T) {
	for _, lang := range Languages() {
		for _, s := range samples() {
			m, err := Render(lang, s.data)
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.SplitSeq(m.Text, "\n") {
				verbatim := strings.HasPrefix(line, ">") || strings.HasPrefix(line, "     ")
				if columnsOf(line) > columns && !verbatim && strings.Contains(strings.TrimSpace(line), " ") {
					t.Errorf("%s in %s has %d columns: %q", s.name, lang, columnsOf(line), line)
				}
				if strings.HasSuffix(line, "  ") || strings.Contains(line, "\t") || strings.Contains(line, "\r") {
					t.Errorf("%s in %s has blanks that should not be there: %q", s.name, lang, line)
				}
				if strings.HasPrefix(line, ">") && strings.HasSuffix(line, " ") {
					t.Errorf("%s in %s has a quoted line that flows on: %q", s.name, lang, line)
				}
			}
		}
	}
}

func TestFill(t *testing.T) {
	for _, c := range []struct {
		name, first, rest, text, want string
	}{
		{"short", "", "", "one two", "one two\n"},
		{"nothing", "", "", "", "\n"},
		{"soft", "", "", strings.Repeat("ninechars ", 8), "ninechars ninechars ninechars ninechars ninechars ninechars ninechars \nninechars\n"},
		{"hanging", "  - ", "    ", strings.Repeat("ninechars ", 8),
			"   - ninechars ninechars ninechars ninechars ninechars ninechars ninechars\n     ninechars\n"},
		{"broken", "", "", "one\ntwo", "one\ntwo\n"},
		{"one long word", "", "", strings.Repeat("x", 100), strings.Repeat("x", 100) + "\n"},
		{"long word between", "", "", "a " + strings.Repeat("x", 100) + " b", "a \n" + strings.Repeat("x", 100) + " \nb\n"},
		{"quote at the start of a line", "", "", strings.Repeat("y", 70) + " > no", strings.Repeat("y", 70) + " > \nno\n"},
		{"quote in the next line", "", "", strings.Repeat("y", 74) + " > no", strings.Repeat("y", 74) + " \n > no\n"},
		{"signature in the next line", "", "", strings.Repeat("y", 74) + " -- " + strings.Repeat("z", 74),
			strings.Repeat("y", 74) + " \n– \n" + strings.Repeat("z", 74) + "\n"},
		{"From in the next line", "", "", strings.Repeat("y", 74) + " From me", strings.Repeat("y", 74) + " \n From me\n"},
		{"wide characters", "", "", strings.Repeat("漢", 36) + " 漢字", strings.Repeat("漢", 36) + " \n漢字\n"},
	} {
		w := &textWriter{}
		w.fill(c.first, c.rest, c.text)
		if got := w.out.String(); got != c.want {
			t.Errorf("%s: got\n%q, want\n%q", c.name, got, c.want)
		}
	}
}

// TestCompile: each piece of the source becomes what it should, in both forms.
func TestCompile(t *testing.T) {
	for _, c := range []struct{ name, source, text, html string }{
		{"paragraph of two lines", "one\ntwo", "one two\n", ">one two</p>"},
		{"broken line", "one\\\ntwo", "one\ntwo\n", ">one<br>\n two</p>"},
		{"bold", "a **b** c", "a b c\n", ">a <strong>b</strong> c</p>"},
		{"code", "say `set x`", "say “set x”\n", "set x</code></p>"},
		{"link", "[here](https://x.example/)", "here <https://x.example/>\n", `<a class="accent" href="https://x.example/"`},
		{"link to nowhere", "[here](javascript:x)", "here\n", ">here</p>"},
		{"address", "<a@x.example>", "a@x.example\n", `href="mailto:a@x.example"`},
		{"no link", "a < b [c] d", "a < b [c] d\n", ">a &lt; b [c] d</p>"},
		{"list", "- a\n- b", "   - a\n   - b\n", "<ul"},
		{"numbers", "1. a\n1. b", "   1. a\n   2. b\n", "<ol"},
		{"quote", "> a\n> b", "> a\n> b\n", "a<br>\nb</blockquote>"},
		{"code lines", "    a\n      b", "     a\n       b\n", "a<br>\n"},
		{"heading", "## a\n\nb", "a\nb\n", "a</h2>"},
		{"rule", "a\n\n---\n\nb", "a\n\n* * *\n\nb\n", "border-top:1px"},
		{"button", "=> Go | https://x.example/ | a@x.example", "Go:\n   https://x.example/\n   or write to:\n   a@x.example\n", ">Go</a>"},
		{"button by mail", "-> Go | | a@x.example", "Go:\n   a@x.example\n", `href="mailto:a@x.example"`},
		{"button to nowhere", "a\n\n=> Go | |", "a\n", ">a</p>"},
		{"nothing in a list", "a\n\n{{range .None}}\n- {{.}}\n{{end}}", "a\n", ">a</p>"},
		{"nothing in a quote", "a\n\n> {{.Empty}}", "a\n", ">a</p>"},
		{"quote of a quote", "> {{.Quoted}}", ">> a\n>\n> b\n", "&gt; a<br>"},
	} {
		text, html := renderSource(t, c.source)
		if text, _, _ = strings.Cut(text, "\n-- \n"); text != c.text {
			t.Errorf("%s: the text is %q, want %q", c.name, text, c.text)
		}
		if !strings.Contains(html, c.html) {
			t.Errorf("%s: the HTML lacks %q:\n%s", c.name, c.html, html)
		}
	}
}

func renderSource(t *testing.T, source string) (text, html string) {
	t.Helper()
	lib, err := library()
	if err != nil {
		t.Fatal(err)
	}
	m, err := compileMail("test.md", "Subject: test\n\n"+source, functions("en", lib.says["en"]))
	if err != nil {
		t.Fatal(err)
	}
	body, err := execute(m.body, map[string]any{"None": []string{}, "Empty": " \n ", "Quoted": "\n> a\n\nb\n"})
	if err != nil {
		t.Fatal(err)
	}
	f := frame{Lang: "en", Blocks: readBlocks(body), say: lib.says["en"]}
	if html, err = f.html(lib.mailHTML); err != nil {
		t.Fatal(err)
	}
	return f.text(), html
}

func TestCompileRefuses(t *testing.T) {
	for name, source := range map[string]string{
		"no subject": "Hello\n\nbody", "no empty line": "Subject: a", "open bold": "Subject: a\n\n**b", "open code": "Subject: a\n\n`b",
		"open action": "Subject: a\n\n{{.X", "unknown function": "Subject: a\n\n{{nothing .X}}", "open if": "Subject: a\n\n{{if .X}}\nb",
	} {
		if _, err := compileMail("test.md", source, functions("en", nil)); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}
