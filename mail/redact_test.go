package mail

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func newRedactor() *Redactor {
	return NewRedactor(Identity{Addresses: []string{"ada@a.example", "lovelace@work.example"}, Names: []string{"Ada Lovelace", "Chloé Müller"},
		Common: []string{"Ada"}, Address: "erased-1@erased.invalid", Name: "Erased member"})
}

func TestRedactText(t *testing.T) {
	const address, name = "erased-1@erased.invalid", "Erased member"
	tests := []struct{ name, text, want string }{
		{"an address", "write to ada@a.example.", "write to " + address + "."},
		{"in any case", "ADA@A.Example", address},
		{"with a tag", "ada+lists@a.example", address},
		{"another's that ends so", "nada@a.example x.ada@a.example my-ada@a.example", "nada@a.example x.ada@a.example my-ada@a.example"},
		{"another's that begins so", "ada@a.example.org ada@a.examples", "ada@a.example.org ada@a.examples"},
		{"as archives hide it", "ada at a.example, ada (at) a.example, ada[at]a.example", address + ", " + address + ", " + address},
		{"in a bounce address", "bounces+ada=a.example@lists.example", "bounces+" + address + "@lists.example"},
		{"in a link", `mailto:ada%40a.example?x %3Cada@a.example%3E`, `mailto:` + address + `?x %3C` + address + `%3E`},
		{"in JSON", `"Ada Lovelace \u003cada@a.example\u003e"`, `"` + name + ` \u003c` + address + `\u003e"`},
		{"the other one", "<lovelace@work.example>", "<" + address + ">"},
		{"a name", "Thanks, Ada Lovelace!", "Thanks, " + name + "!"},
		{"the other way round", "Lovelace, Ada wrote", name + " wrote"},
		{"over two lines", "Ada\n> Lovelace", name},
		{"in other forms", "Chloe Muller, CHLOÉ MÜLLER, Chloe\u0301 Mu\u0308ller", name + ", " + name + ", " + name},
		{"a longer name", "Ada Lovelacey, Nada Lovelace", "Ada Lovelacey, Nada Lovelace"},
		{"the first name alone", "Hi Ada,", "Hi Ada,"},
	}
	for _, test := range tests {
		got, changed := newRedactor().Text(test.text)
		if got != test.want || changed != (test.text != test.want) {
			t.Errorf("%s: got %q %v, want %q", test.name, got, changed, test.want)
		}
	}
}

// TestRedactMessages: in each message of testdata/redact the person is named in a way of its own, and afterwards not at
// all, while the message is read as before.
func TestRedactMessages(t *testing.T) {
	files, err := filepath.Glob("testdata/redact/*.eml")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r := newRedactor()
		r.Said("The engine weaves algebraic patterns just as the loom weaves flowers and leaves.\nYes indeed.")
		got := r.Message(raw, true)
		if !got.Changed {
			t.Errorf("%s: not changed", file)
		}
		m := Read(got.Raw)
		everything := string(got.Raw) + "\n" + m.Subject + m.Text().All
		m.Root.Walk(func(p *Part) bool {
			for _, f := range p.Header.Fields {
				everything += "\n" + DecodeWords(f.Value())
			}
			everything += "\n" + p.Filename + "\n" + string(p.Content(0))
			return true
		})
		for _, word := range []string{"ada@a.example", "lovelace", "chloé", "chlo=c3", "weaves algebraic", "ada wrote"} {
			if strings.Contains(strings.ToLower(everything), word) {
				t.Errorf("%s: %q is still there:\n%s", file, word, got.Raw)
			}
		}
		if !strings.Contains(everything, "stays") {
			t.Errorf("%s: the rest is gone:\n%s", file, got.Raw)
		}
		if again := r.Message(got.Raw, true); again.Changed {
			t.Errorf("%s: changed again:\n%s\n%s", file, got.Raw, again.Raw)
		}
		compareParts(t, file, Read(raw).Root, m.Root)
	}
}

// compareParts wants the same tree of parts.
func compareParts(t *testing.T, file string, a, b *Part) {
	t.Helper()
	if a.Type != b.Type || len(a.Children) != len(b.Children) {
		t.Errorf("%s: a part %s with %d is %s with %d now", file, a.Type, len(a.Children), b.Type, len(b.Children))
		return
	}
	for i := range a.Children {
		compareParts(t, file, a.Children[i], b.Children[i])
	}
}

func TestRedactLeavesOthersAlone(t *testing.T) {
	r := newRedactor()
	r.Said("We should meet on Monday at ten and talk about it.")
	for name, text := range map[string]string{
		"nothing of hers":  "From: Ben <ben@b.example>\r\nSubject: =?utf-8?q?caf=C3=A9?=\r\n\r\nHi Ada, it is fine.\r\n",
		"a shared phrase":  "From: Ben <ben@b.example>\r\n\r\n> We should meet on Monday at noon, or much better, let us all write it down instead of that.\r\n",
		"base64":           "From: Ben <ben@b.example>\r\nContent-Transfer-Encoding: base64\r\n\r\nSGVsbG8gd29ybGQ=\r\n",
		"a broken message": "\x00\xff\r\n\r\n--",
	} {
		if got := r.Message([]byte(text), true); got.Changed || string(got.Raw) != text {
			t.Errorf("%s: got %q", name, got.Raw)
		}
	}
	picture := []byte("From: a@b.example\r\nContent-Type: image/png\r\n\r\n\x89PNG\x00ada@a.example")
	if got := r.Message(picture, false); got.Changed || got.Files != 1 {
		t.Errorf("a picture that names her: changed %v, %d files", got.Changed, got.Files)
	}
}

func FuzzRedact(f *testing.F) {
	files, _ := filepath.Glob("testdata/redact/*.eml")
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) > 1<<16 {
			return
		}
		r := newRedactor()
		got := r.Message(raw, false)
		if !got.Changed && !bytes.Equal(got.Raw, raw) {
			t.Error("another message that is said to be the same")
		}
		if text, changed := r.Text(Read(got.Raw).Text().All); changed {
			t.Errorf("the text still names her: %q", text)
		}
	})
}
