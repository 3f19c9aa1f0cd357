package mail

import (
	"bufio"
	"bytes"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-message/textproto"
)

// corpus returns the files of a folder of the shared corpus. Without the corpus the
// test is skipped, or fails where GUILDPOST_TEST_REQUIRE asks for it.
func corpusFiles(t testing.TB, folder string) []string {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join("..", "..", "shared", "corpus", folder, "*.eml"))
	if len(files) > 0 {
		return files
	}
	if strings.Contains(os.Getenv("GUILDPOST_TEST_REQUIRE"), "corpus") {
		t.Fatal("the corpus is required, but not there")
	}
	t.Skip("no corpus here")
	return nil
}

// crlf lets messages be written with plain line ends in tests.
func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

func TestSplitHeader(t *testing.T) {
	tests := []struct {
		name, raw string
		names     string // field names joined by commas, junk lines as "-"
		body      string
		noBody    bool
	}{
		{name: "plain", raw: "A: 1\r\nB: 2\r\n\r\nbody\r\n", names: "A,B", body: "body\r\n"},
		{name: "line feeds only", raw: "A: 1\nB: 2\n\nbody\n", names: "A,B", body: "body\n"},
		{name: "folded", raw: "A: 1\r\n 2\r\n\t3\r\nB: 2\r\n\r\n", names: "A,B"},
		{name: "no empty line", raw: "A: 1\r\nB: 2\r\n", names: "A,B", noBody: true},
		{name: "no line end", raw: "A: 1", names: "A", noBody: true},
		{name: "no header", raw: "\r\nbody", names: "", body: "body"},
		{name: "nothing", raw: "", names: "", noBody: true},
		{name: "mbox line", raw: "From joe@a.example Mon Nov 23 10:00:00 2026\nA: 1\n\nx", names: "-,A", body: "x"},
		{name: "leading continuation", raw: " x: 1\r\nA: 1\r\n\r\nx", names: "-,A", body: "x"},
		{name: "no colon", raw: "this is junk\r\nA: 1\r\n\r\nx", names: "-,A", body: "x"},
		{name: "space before the colon", raw: "A : 1\r\n\r\nx", names: "A", body: "x"},
		{name: "name with a space", raw: "A B: 1\r\n\r\nx", names: "-", body: "x"},
		{name: "8-bit name", raw: "\xc3\xa4: 1\r\n\r\nx", names: "-", body: "x"},
		{name: "no name", raw: ": 1\r\n\r\nx", names: "-", body: "x"},
		{name: "blank continuation", raw: "A: 1\r\n \r\nB: 2\r\n\r\nx", names: "A,B", body: "x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h, body := SplitHeader([]byte(tt.raw))
			var names []string
			for _, f := range h.Fields {
				names = append(names, orDash(f.Name))
			}
			if got := strings.Join(names, ","); got != tt.names {
				t.Errorf("names: got %s, want %s", got, tt.names)
			}
			if string(body) != tt.body || (body == nil) != tt.noBody {
				t.Errorf("body: got %q (nil: %v), want %q (nil: %v)", body, body == nil, tt.body, tt.noBody)
			}
		})
	}
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func TestFieldValue(t *testing.T) {
	h, _ := SplitHeader([]byte("A:  one \r\n\ttwo\r\nB:\r\n folded\r\nC:\r\nD: a:b\xff\n e\r\njunk\r\n\r\n"))
	for name, want := range map[string]string{"a": "one \ttwo", "b": "folded", "c": "", "d": "a:b\xff e", "e": ""} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if got := h.Fields[4].Value(); got != "" {
		t.Errorf("a junk line has the value %q", got)
	}
}

func TestHeaderEdit(t *testing.T) {
	const raw = "A: 1\r\nList-Id: x\r\na: 2\r\nlist-post: y\r\nB: 3\r\n"
	tests := []struct {
		name string
		edit func(*Header) error
		want string
	}{
		{"set replaces the first", func(h *Header) error { return h.Set("A", "9") }, "A: 9\r\nList-Id: x\r\nlist-post: y\r\nB: 3\r\n"},
		{"set appends", func(h *Header) error { return h.Set("C", "9") }, raw + "C: 9\r\n"},
		{"append", func(h *Header) error { return h.Append("A", "9") }, raw + "A: 9\r\n"},
		{"prepend", func(h *Header) error { return h.Prepend("C", "9") }, "C: 9\r\n" + raw},
		{"del", func(h *Header) error { h.Del("A", "b"); return nil }, "List-Id: x\r\nlist-post: y\r\n"},
		{"del prefix", func(h *Header) error { h.DelPrefix("list-"); return nil }, "A: 1\r\na: 2\r\nB: 3\r\n"},
		{"empty value", func(h *Header) error { return h.Set("B", "") }, "A: 1\r\nList-Id: x\r\na: 2\r\nlist-post: y\r\nB:\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before, _ := SplitHeader([]byte(raw))
			h := before
			if err := tt.edit(&h); err != nil {
				t.Fatal(err)
			}
			if got := string(h.AppendTo(nil)); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
			if got := string(before.AppendTo(nil)); got != raw {
				t.Errorf("a copy made before changed too:\n%s", got)
			}
		})
	}
}

func TestHeaderLookup(t *testing.T) {
	h, _ := SplitHeader([]byte("A: 1\r\njunk\r\na: 2\r\n\r\n"))
	if h.Count("A") != 2 || !h.Has("a") || h.Has("junk") || h.Has("") {
		t.Errorf("Count %d, Has(a) %v, Has(junk) %v, Has() %v", h.Count("A"), h.Has("a"), h.Has("junk"), h.Has(""))
	}
	if got := strings.Join(h.Values("A"), ","); got != "1,2" {
		t.Errorf("Values: got %s, want 1,2", got)
	}
}

func TestHeaderRefuses(t *testing.T) {
	tests := []struct{ name, field, value string }{
		{"line feed", "Subject", "a\nBcc: b@c"},
		{"carriage return", "Subject", "a\rBcc: b@c"},
		{"folded value", "Subject", "a\r\n b"},
		{"NUL", "Subject", "a\x00b"},
		{"colon in the name", "A:B", "x"},
		{"space in the name", "A B", "x"},
		{"no name", "", "x"},
		{"line end in the name", "A\r\nB", "x"},
		{"8-bit name", "Ä", "x"},
		{"word too long", "Subject", strings.Repeat("x", 1000)},
		{"name too long", strings.Repeat("x", 1000), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var h Header
			if h.Set(tt.field, tt.value) == nil || h.Append(tt.field, tt.value) == nil || h.Prepend(tt.field, tt.value) == nil {
				t.Error("no error")
			}
			if len(h.Fields) > 0 {
				t.Errorf("a field was added: %q", h.AppendTo(nil))
			}
		})
	}
}

func TestFolding(t *testing.T) {
	word := strings.Repeat("w", 30)
	tests := []struct{ name, value, want string }{
		{"short", "a b", "X: a b\r\n"},
		{"at a space", word + " " + word + " " + word, "X: " + word + " " + word + "\r\n " + word + "\r\n"},
		{"white space is kept", word + " " + word + "  \t" + word, "X: " + word + " " + word + "\r\n  \t" + word + "\r\n"},
		{"a long first word stays", strings.Repeat("w", 500), "X: " + strings.Repeat("w", 500) + "\r\n"},
		{"a very long first word", strings.Repeat("w", 996), "X:\r\n " + strings.Repeat("w", 996) + "\r\n"},
		{"trimmed", "  a \t", "X: a\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var h Header
			if err := h.Set("X", tt.value); err != nil {
				t.Fatal(err)
			}
			if got := string(h.AppendTo(nil)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAddKeepsFirstLine(t *testing.T) {
	for _, raw := range []string{"From a@b Mon\r\nA: 1\r\n", " cont: 1\r\nA: 1\r\n"} {
		h, _ := SplitHeader([]byte(raw))
		if err := h.Prepend("B", "2"); err != nil {
			t.Fatal(err)
		}
		again, _ := SplitHeader(h.AppendTo(nil))
		if again.Get("B") != "2" || !strings.HasPrefix(string(h.AppendTo(nil)), raw[:6]) {
			t.Errorf("%q became %q", raw, h.AppendTo(nil))
		}
	}
}

func TestAppendAfterMissingLineEnd(t *testing.T) {
	h, body := SplitHeader([]byte("A: 1"))
	if err := h.Append("B", "2"); err != nil {
		t.Fatal(err)
	}
	if got, want := string(h.Message(body)), "A: 1\r\nB: 2\r\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSplitHeaderLinear(t *testing.T) {
	raw := []byte("A: 1\r\n" + strings.Repeat(" x\r\n", 1<<20))
	start := time.Now()
	h, _ := SplitHeader(raw)
	if d := time.Since(start); d > 10*time.Second {
		t.Errorf("%d continuation lines took %v", 1<<20, d)
	}
	if len(h.Fields) != 1 {
		t.Errorf("got %d fields, want 1", len(h.Fields))
	}
}

func TestHeaderCorpus(t *testing.T) {
	for _, file := range corpusFiles(t, "mail") {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		checkGivesBack(t, raw)
	}
}

// checkGivesBack fails when the parts of raw do not add up to raw.
func checkGivesBack(t *testing.T, raw []byte) (Header, []byte) {
	t.Helper()
	h, body := SplitHeader(raw)
	head := h.AppendTo(nil)
	if !bytes.HasPrefix(raw, head) || !bytes.HasSuffix(raw, body) {
		t.Fatalf("header or body differ from the message %q", raw)
	}
	between := string(raw[len(head) : len(raw)-len(body)])
	if body == nil && between != "" || body != nil && between != "\n" && between != "\r\n" {
		t.Fatalf("between header and body stands %q in %q", between, raw)
	}
	return h, body
}

func FuzzHeader(f *testing.F) {
	f.Add([]byte("A: 1\r\nB: 2\r\n c\r\n\r\nbody"), "A", "x y", byte(0))
	f.Add([]byte(" lead\nFrom x\n\n"), "Subject", "a\r\nBcc: b", byte(1))
	f.Add([]byte("A: 1"), "X-Y", strings.Repeat("word ", 300), byte(2))
	f.Fuzz(func(t *testing.T, raw []byte, name, value string, op byte) {
		h, body := checkGivesBack(t, raw)
		names := fieldCounts(h)
		var err error
		switch op % 4 {
		case 0:
			err = h.Set(name, value)
			names[strings.ToLower(name)] = 1
		case 1:
			err = h.Append(name, value)
			names[strings.ToLower(name)]++
		case 2:
			err = h.Prepend(name, value)
			names[strings.ToLower(name)]++
		case 3:
			h.Del(name)
			if name != "" {
				delete(names, strings.ToLower(name))
			}
		}
		if err != nil {
			return
		}
		again, bodyAgain := SplitHeader(h.Message(body))
		if !bytes.Equal(body, bodyAgain) {
			t.Errorf("the body was %q and is %q", body, bodyAgain)
		}
		if got := fieldCounts(again); !equalCounts(got, names) {
			t.Errorf("fields: got %v, want %v", got, names)
		}
	})
}

func fieldCounts(h Header) map[string]int {
	counts := map[string]int{}
	for _, f := range h.Fields {
		counts[strings.ToLower(f.Name)]++
	}
	return counts
}

func equalCounts(a, b map[string]int) bool {
	if len(a) != len(b) {
		return false
	}
	for k, n := range a {
		if b[k] != n {
			return false
		}
	}
	return true
}

// FuzzHeaderValue asks other parsers whether a value can leave its field.
func FuzzHeaderValue(f *testing.F) {
	f.Add("a\r\nBcc: b@c")
	f.Add(strings.Repeat("a  b\t", 200))
	f.Add("ä \x85\u2028\x0b\x0cBcc: x")
	f.Fuzz(func(t *testing.T, value string) {
		var h Header
		if err := h.Append("X-Value", value); err != nil {
			return
		}
		raw := h.Message([]byte("body"))
		for _, line := range strings.Split(string(raw), "\r\n") {
			if len(line) > MaxLine || strings.ContainsAny(line, "\r\n\x00") {
				t.Fatalf("bad line %q", line)
			}
		}
		if got := h.Get("X-Value"); got != strings.Trim(value, " \t") {
			t.Errorf("got %q, want %q", got, value)
		}
		if msg, err := mail.ReadMessage(bytes.NewReader(raw)); err == nil && len(msg.Header) != 1 {
			t.Errorf("net/mail sees %v", msg.Header)
		}
		tp, err := textproto.ReadHeader(newReader(raw))
		if err == nil && tp.Len() != 1 {
			t.Errorf("go-message sees %d fields", tp.Len())
		}
	})
}

func newReader(raw []byte) *bufio.Reader { return bufio.NewReader(bytes.NewReader(raw)) }
