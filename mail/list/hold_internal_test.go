package list

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

func TestReadDecision(t *testing.T) {
	tests := []struct {
		name   string
		text   string
		reply  bool
		want   decision
		reason string
	}{
		{"nothing, as a mail of its own", "", false, approveIt, ""},
		{"nothing, as a reply", " \n", true, approveIt, ""},
		{"yes", "yes", true, approveIt, ""},
		{"Yes, with thanks", "Yes, of course!\n\nAda", true, approveIt, ""},
		{"OK.", "OK.", true, approveIt, ""},
		{"plus one", "+1", true, approveIt, ""},
		{"thumb", "👍", true, approveIt, ""},
		{"ja", "Ja, bitte", true, approveIt, ""},
		{"freigeben", "freigeben", true, approveIt, ""},
		{"sí", "¡Sí!", true, approveIt, ""},
		{"vale", "vale", true, approveIt, ""},
		{"no", "no", true, rejectIt, ""},
		{"no with a reason", "No, this is an advertisement.", true, rejectIt, "this is an advertisement."},
		{"no with a reason below", "Nein.\n\nBitte in die andere Liste.\nDanke", true, rejectIt, "Bitte in die andere Liste.\nDanke"},
		{"no with a dash", "no – off topic", true, rejectIt, "off topic"},
		{"quoted no", "\"no\", he said", true, rejectIt, "he said"},
		{"reject", "Reject: spam", true, rejectIt, "spam"},
		{"minus one", "-1 too long", true, rejectIt, "too long"},
		{"rechazar", "rechazar, es publicidad", true, rejectIt, "es publicidad"},
		{"no, as a mail of its own", "no, never", false, rejectIt, "never"},
		{"a question", "Why is this held?", true, unclear, ""},
		{"a yes that asks", "ok?", true, unclear, ""},
		{"a question as a mail of its own", "what is this?", false, unclear, ""},
		{"no problem", "no problem", true, unclear, ""},
		{"kein Problem", "Nee, Problem gibt es keins", true, unclear, ""},
		{"both", "yes, reject it", true, unclear, ""},
		{"both the other way", "No objections, approve", true, unclear, ""},
		{"a discussion", "I am not sure about this one.", true, unclear, ""},
		{"not sure", "not sure", true, unclear, ""},
		{"away", "I am away until Monday", true, unclear, ""},
		{"a word that begins like yes", "yesterday we said", true, unclear, ""},
		{"a word that begins like no", "nothing against it", true, unclear, ""},
		{"a mail of its own that says something", "From Ada, with a phone", false, approveIt, ""},
		{"a mail of its own with a no in it", "I think no", false, unclear, ""},
	}
	for _, test := range tests {
		got, reason := readDecision(test.text, test.reply)
		if got != test.want || reason != test.reason {
			t.Errorf("%s: readDecision(%q, %v) = %d, %q; want %d, %q", test.name, test.text, test.reply, got, reason, test.want, test.reason)
		}
	}
}

// FuzzReadDecision: nothing that holds a question mark in its first line, or words of both sides, decides anything.
func FuzzReadDecision(f *testing.F) {
	for _, text := range []string{"", "yes", "no: spam", "ok?", "yes no", "\u00a0 ja\n\n> nein"} {
		f.Add(text, true)
	}
	f.Fuzz(func(t *testing.T, text string, reply bool) {
		d, reason := readDecision(text, reply)
		line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
		if d != unclear && strings.Contains(line, "?") {
			t.Errorf("%q decides %d", text, d)
		}
		if d != rejectIt && reason != "" || !strings.Contains(text, reason) {
			t.Errorf("%q gives the reason %q for %d", text, reason, d)
		}
	})
}

func TestKeptReason(t *testing.T) {
	for _, want := range []keptReason{
		{templates.Reason{Code: templates.ReasonHeader, Detail: `X: "a" {b}`}, true}, {templates.Reason{Code: templates.ReasonSize}, false},
	} {
		if got := readReason(want.text()); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	if got := readReason("a sentence: of before").Detail; got != "a sentence: of before" {
		t.Errorf("a sentence is read as %q", got)
	}
	if got := ReasonSentence("en", store.Hold{Reason: keptReason{Reason: templates.Reason{Code: templates.ReasonSize, Detail: "31 MB"}}.text()}); got != "It is larger than this list allows: 31 MB." {
		t.Errorf("sentence: %q", got)
	}
}

func TestHeaderRules(t *testing.T) {
	tests := []struct{ name, rule, problem string }{
		{"good", "X-Spam-Flag: ^yes$", ""}, {"colon in the pattern", "Subject: ^re: ", ""},
		{"no colon", "Subject", "is not of the form"}, {"no pattern", "Subject: ", "is not of the form"}, {"no field", ": x", "is not of the form"},
		{"a space in the field", "My Field: x", "is not of the form"}, {"not RE2", "Subject: (?=x)", "RE2"},
		{"too large when compiled", "Subject: ((a{100}){100}){100}", "RE2"}, {"too long", "Subject: " + strings.Repeat("a", 501), "longer than 500"},
	}
	for _, test := range tests {
		err := CheckHeaderRules([]string{test.rule})
		if test.problem == "" && err != nil || test.problem != "" && (err == nil || !strings.Contains(err.Error(), test.problem)) {
			t.Errorf("%s: error %v, want %q", test.name, err, test.problem)
		}
	}
	if err := CheckHeaderRules(make([]string, 51)); err == nil {
		t.Error("51 patterns were taken")
	}
}

// TestCompiledOnce: patterns are compiled when they changed, and only then.
func TestCompiledOnce(t *testing.T) {
	l := &List{}
	c := store.Community{ID: 1}
	if got := l.compiledRules(c); len(got.headerHold) != 0 {
		t.Errorf("without rules: %+v", got)
	}
	c.HeaderHold = []string{"A: x"}
	first := l.compiledRules(c)
	if l.compiledRules(c) != first || len(first.headerHold) != 1 || len(first.headerRefuse) != 0 {
		t.Errorf("compiled again, or wrong: %+v", first)
	}
	c.HeaderHold, c.HeaderRefuse = nil, []string{"A: x"}
	if got := l.compiledRules(c); got == first || len(got.headerRefuse) != 1 || len(got.headerHold) != 0 {
		t.Errorf("after a change: %+v", got)
	}
}

func TestParseFileTypes(t *testing.T) {
	got, err := ParseFileTypes(" .EXE,.exe; image/*\ttext/html ")
	if err != nil || strings.Join(got, " ") != ".exe image/* text/html" {
		t.Errorf("got %v, %v", got, err)
	}
	for _, bad := range []string{"exe", "*", "*/png", "image/", "/png", "image/*x", ".", ".a/b", "a/b/c"} {
		if got, err := ParseFileTypes(bad); err == nil {
			t.Errorf("%q was taken as %v", bad, got)
		}
	}
}

func TestMaskAddress(t *testing.T) {
	for address, want := range map[string]string{"ann@a.example": "a…@a.example", "ü@x.example": "ü…@x.example", "nobody": "nobody"} {
		if got := maskAddress(address); got != want {
			t.Errorf("%s: got %s, want %s", address, got, want)
		}
	}
	row := store.QueueRow{Delivery: store.Delivery{Recipient: "ann@a.example", Reply: "550 5.1.1 <ann@a.example>: no such user ann@a.example"}}
	if got := notReached(row, false); strings.Contains(got.Reason, "ann") || !strings.Contains(got.Reason, "550 5.1.1 <a…@a.example>: no such user") {
		t.Errorf("the reply gives the address away: %q", got.Reason)
	}
	if got := notReached(row, true); got.Reason != row.Reply || got.Recipient != row.Recipient {
		t.Errorf("a facilitator reads %+v", got)
	}
}

// dropAll replaces every attachment.
func dropAll(p *mail.Part) (string, bool) {
	return "gone: " + fileName(p), isFile(p) && !isSigned(p)
}

// checkReplaced wants that a message lost its files and nothing else: what is no file has the same bytes, in order.
func checkReplaced(t *testing.T, raw []byte) {
	t.Helper()
	raw = mail.CanonicalCRLF(raw)
	out, n := replaceParts(raw, dropAll)
	before, err := mail.Scan(raw, mail.DefaultLimits())
	if err != nil {
		return
	}
	after, err := mail.Scan(out, mail.DefaultLimits())
	if err != nil {
		t.Fatalf("the result is beyond the limits: %v", err)
	}
	if n == 0 {
		if !bytes.Equal(raw, out) {
			t.Error("nothing was replaced, and the message differs")
		}
		return
	}
	if got, want := leaves(after, false), leaves(before, true); !bytes.Equal(got, want) {
		t.Errorf("%d files were replaced, and what is left differs:\ngot  %q\nwant %q", n, got, want)
	}
	if again, left := replaceParts(out, dropAll); left != 0 || !bytes.Equal(again, out) {
		t.Errorf("%d files are left", left)
	}
}

// leaves joins the bodies of all parts, with a mark for each that is or was replaced.
func leaves(p *mail.Part, replace bool) []byte {
	var all []byte
	p.Walk(func(p *mail.Part) bool {
		text, gone := dropAll(p)
		switch {
		case replace && gone && otherForm(p) != nil:
			return false
		case replace && gone:
			all = append(all, "["+text+"]\x00"...)
			return false
		case len(p.Children) == 0 && strings.HasPrefix(string(p.Content(0)), "[gone: "):
			all = append(append(all, bytes.TrimRight(p.Content(0), "\r\n")...), 0)
		case len(p.Children) == 0:
			all = append(append(all, p.RawBody()...), 0)
		}
		return true
	})
	return all
}

// TestReplaceCorpus: whatever a message is, taking files out of it harms nothing else.
func TestReplaceCorpus(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "shared", "corpus", "mail")
	files, err := filepath.Glob(filepath.Join(dir, "*.eml"))
	if err != nil || len(files) == 0 {
		if strings.Contains(os.Getenv("GUILDPOST_TEST_REQUIRE"), "corpus") {
			t.Fatal("there is no corpus")
		}
		t.Skip("there is no corpus here")
	}
	t.Logf("%d messages", len(files))
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if checkReplaced(t, raw); t.Failed() {
			t.Fatalf("in %s", filepath.Base(file))
		}
	}
}

func FuzzReplaceParts(f *testing.F) {
	f.Add([]byte("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: image/png\n\nx\n--b\n\ntext\n--b--\n"))
	f.Add([]byte("Content-Type: application/zip\nDKIM-Signature: x\n\nPK"))
	f.Add([]byte("Content-Type: message/rfc822\n\nContent-Type: image/png\n\nx"))
	f.Fuzz(func(t *testing.T, raw []byte) { checkReplaced(t, raw) })
}

func TestReplaceAlternative(t *testing.T) {
	raw := "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\nContent-Type: text/calendar\r\n\r\nBEGIN\r\n" +
		"--b\r\nContent-Type: text/html\r\n\r\n<p>text\r\n--b--\r\n"
	want := "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>text\r\n--b--\r\n"
	if out, n := replaceParts([]byte(raw), dropAll); n != 1 || string(out) != want {
		t.Errorf("%d replaced:\n%q, want\n%q", n, out, want)
	}
}

func TestReplaceHeader(t *testing.T) {
	raw := "From: ada@a.example\r\nContent-Type: application/zip; name=\"größe.zip\"\r\nContent-Transfer-Encoding: base64\r\n" +
		"DKIM-Signature: v=1\r\nARC-Seal: i=1\r\nSubject: File\r\n\r\nUEs=\r\n"
	out, n := replaceParts([]byte(raw), dropAll)
	want := "From: ada@a.example\r\nSubject: File\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n" +
		"Content-Transfer-Encoding: quoted-printable\r\nContent-Disposition: inline\r\n\r\n[gone: gr=C3=B6=C3=9Fe.zip]\r\n"
	if n != 1 || string(out) != want {
		t.Errorf("%d replaced:\n%q, want\n%q", n, out, want)
	}
}
