package box

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// readAll reads a box to its end.
func readAll(t testing.TB, b Box) (all []Message) {
	t.Helper()
	for {
		m, err := b.Next()
		if errors.Is(err, io.EOF) {
			if err := b.Close(); err != nil {
				t.Error(err)
			}
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, m)
	}
}

func read(t testing.TB, text string, flavour Flavour) []Message {
	t.Helper()
	b, err := OpenReader(strings.NewReader(text), "test.mbox", Options{Flavour: flavour})
	if err != nil {
		t.Fatal(err)
	}
	return readAll(t, b)
}

func raws(all []Message) (list []string) {
	for _, m := range all {
		list = append(list, string(m.Raw))
	}
	return list
}

const from = "From ann@example.org Thu Jan  3 10:00:00 2019\n"

// In the tables, "FROM" stands for a From line.
var mboxTests = []struct {
	name    string
	flavour Flavour
	text    string
	want    []string
}{
	{"two messages", Auto, "FROMA: 1\n\none\n\nFROMA: 2\n\ntwo\n\n", []string{"A: 1\n\none\n", "A: 2\n\ntwo\n"}},
	{"no empty line at the end", Auto, "FROMA: 1\n\none\n", []string{"A: 1\n\none\n"}},
	{"no line end at the end", Auto, "FROMA: 1\n\none", []string{"A: 1\n\none"}},
	{"empty lines in front", Auto, "\n\nFROMA: 1\n\none\n\n", []string{"A: 1\n\none\n"}},
	{"empty lines at the end of a message stay", Auto, "FROMA: 1\n\none\n\n\n\nFROMA: 2\n\ntwo\n\n\n", []string{"A: 1\n\none\n\n\n", "A: 2\n\ntwo\n\n"}},
	{"no body", Auto, "FROMA: 1\n\nFROMA: 2\n\n\n", []string{"A: 1\n", "A: 2\n\n"}},
	{"CRLF", Auto, "From a@b.c Thu Jan  3 10:00:00 2019\r\nA: 1\r\n\r\none\r\n\r\nFrom a@b.c Thu Jan  3 10:00:00 2019\r\nA: 2\r\n\r\ntwo\r\n\r\n",
		[]string{"A: 1\r\n\r\none\r\n", "A: 2\r\n\r\ntwo\r\n"}},
	{"CRLF messages behind LF lines", Auto, "FROMA: 1\r\n\r\none\r\n\nFROMA: 2\r\n\r\ntwo\r\n\n", []string{"A: 1\r\n\r\none\r\n", "A: 2\r\n\r\ntwo\r\n"}},
	{"quoted lines of mboxrd", MboxRD, "FROMA: 1\n\n>From x\n>>From y\n> From z\n\n", []string{"A: 1\n\nFrom x\n>From y\n> From z\n"}},
	{"quoted lines of mboxo", MboxO, "FROMA: 1\n\n>From x\n>>From y\n\n", []string{"A: 1\n\nFrom x\n>>From y\n"}},
	{"a line that begins with From and is not quoted", Auto, "FROMA: 1\n\nFrom here on it is easy.\n\nFrom the start.\n\nFROMA: 2\n\ntwo\n\n",
		[]string{"A: 1\n\nFrom here on it is easy.\n\nFrom the start.\n", "A: 2\n\ntwo\n"}},
	{"a From line that is quoted text", Auto, "FROMA: 1\n\nsuch as\n\nFROMand so on.\n\nA: b\n\n", []string{"A: 1\n\nsuch as\n\n" + from + "and so on.\n\nA: b\n"}},
	{"a patch by git", Auto, "FROMA: 1\n\nFrom 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\nFrom: Ann <ann@example.org>\n\ndiff\n\n",
		[]string{"A: 1\n\nFrom 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\nFrom: Ann <ann@example.org>\n\ndiff\n"}},
	{"a file of git's patches", Auto, "From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\nA: 1\n\none\n\nFrom 9123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\nA: 2\n\ntwo\n\n",
		[]string{"A: 1\n\none\n", "A: 2\n\ntwo\n"}},
	{"Content-Length", MboxCL2, "FROMA: 1\nContent-Length: 57\n\none\n\n" + from + "A: b\n\n\nFROMA: 2\nContent-Length: 4\n\ntwo\n\n",
		[]string{"A: 1\nContent-Length: 57\n\none\n\n" + from + "A: b\n\n", "A: 2\nContent-Length: 4\n\ntwo\n"}},
	{"Content-Length is found", Auto, "FROMA: 1\nContent-Length: 57\n\none\n\n" + from + "A: b\n\n\nFROMA: 2\nContent-Length: 4\n\ntwo\n\n",
		[]string{"A: 1\nContent-Length: 57\n\none\n\n" + from + "A: b\n\n", "A: 2\nContent-Length: 4\n\ntwo\n"}},
	{"Content-Length is wrong", Auto, "FROMA: 1\nContent-Length: 2\n\none\n\nFROMA: 2\nContent-Length: 9999\n\n>From\n>From two\n\n",
		[]string{"A: 1\nContent-Length: 2\n\none\n", "A: 2\nContent-Length: 9999\n\n>From\nFrom two\n"}},
	{"something in front", MboxRD, "hello\nFROMA: 1\n\none\n\n", []string{"hello\n", "A: 1\n\none\n"}},
	{"an empty message", MboxRD, "FROM\nFROMA: 1\n\none\n\n", []string{"", "A: 1\n\none\n"}},
	{"one message and no mbox", Auto, "From: Ann\n\nFROM\n", []string{"From: Ann\n\n" + from + "\n"}},
	{"nothing", Auto, "", []string{""}},
	{"nothing in an mbox", MboxRD, "\n", nil},
}

func TestMbox(t *testing.T) {
	for _, test := range mboxTests {
		t.Run(test.name, func(t *testing.T) {
			got := raws(read(t, strings.ReplaceAll(test.text, "FROM", from), test.flavour))
			if strings.Join(got, "|") != strings.Join(test.want, "|") || len(got) != len(test.want) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

func TestFromLine(t *testing.T) {
	for line, want := range map[string]string{
		"From ann@example.org Thu Jan  3 10:00:00 2019":                 "2019-01-03T10:00:00Z",
		"From ann@example.org  Thu Jan 13 10:00:00 2019 +0200":          "2019-01-13T08:00:00Z",
		"From ann at example.org Thu Jan  3 10:00:00 2019":              "2019-01-03T10:00:00Z",
		"From - Thu Jan 03 10:00:00 2019":                               "2019-01-03T10:00:00Z",
		"From Thu Jan  3 10:00:00 2019":                                 "2019-01-03T10:00:00Z",
		"From ann@example.org Thu Jan  3 10:00 2019":                    "2019-01-03T10:00:00Z",
		"From ann Thu Jan  3 10:00:00 UTC 2019":                         "2019-01-03T10:00:00Z",
		"From ann Thu Jan  3 10:00:00 2019 remote from mars":            "2019-01-03T10:00:00Z",
		"From ann@example.org Thu, 3 Jan 2019 10:00:00 +0100":           "2019-01-03T09:00:00Z",
		"From ann@example.org":                                          "",
		"From here on Sun is shining at 10:00:00 2019":                  "",
		"From: ann@example.org Thu Jan  3 10:00:00 2019":                "",
		"From x Thu Jan 3 10:00:00 2019 or so":                          "",
		"From " + strings.Repeat("x", 600) + " Thu Jan 3 10:00:00 2019": "",
	} {
		date, ok := fromLine([]byte(line + "\r\n"))
		if got := date.Format(time.RFC3339); ok != (want != "") || ok && got != want {
			t.Errorf("%s: got %s %v, want %q", line, got, ok, want)
		}
	}
}

func TestWhereAndWhen(t *testing.T) {
	all := read(t, from+"A: 1\n\none\n\n"+from+"A: 2\n\n", MboxRD)
	if len(all) != 2 || all[1].Place != "test.mbox, message 2 at byte 57" || all[1].Received.Format(time.RFC3339) != "2019-01-03T10:00:00Z" {
		t.Errorf("got %+v", all)
	}
}

func TestTooLong(t *testing.T) {
	line := strings.Repeat("0123456789abcdef", 4) + "\n"
	text := io.MultiReader(strings.NewReader(from+"A: 1\n\n"), io.LimitReader(bufio.NewReader(repeat(line)), MaxMessage+100), strings.NewReader("\n\n"+from+"A: 2\n\n"))
	b, err := OpenReader(text, "test.mbox", Options{})
	if err != nil {
		t.Fatal(err)
	}
	all := readAll(t, b)
	if len(all) != 2 || len(all[0].Raw) != TooLongKept || !strings.Contains(all[0].Problem, "100 MB") || string(all[1].Raw) != "A: 2\n" {
		t.Errorf("%d messages, the first with %d bytes and %q", len(all), len(all[0].Raw), all[0].Problem)
	}
}

type repeat string

func (r repeat) Read(p []byte) (int, error) {
	n := 0
	for n+len(r) <= len(p) {
		n += copy(p[n:], r)
	}
	return n, nil
}

// write writes an mboxrd file of messages.
func write(t testing.TB, all ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := NewWriter(&b)
	for _, raw := range all {
		if err := w.Write("ann@example.org", time.Unix(1546509600, 0), []byte(raw)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWriter(t *testing.T) {
	got := write(t, "A: 1\n\nFrom x\n>From y\n", "A: 2\r\n\r\ntwo\r\n", "A: 3\n\nno end")
	want := from + "A: 1\n\n>From x\n>>From y\n\n" + from + "A: 2\r\n\r\ntwo\r\n\n" + from + "A: 3\n\nno end\nFrom MAILER-DAEMON Thu Jan  1 00:00:00 1970\n"
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if err := NewWriter(io.Discard).Write("", time.Time{}, nil); err == nil {
		t.Error("an empty message was written")
	}
}

func FuzzMboxRoundTrip(f *testing.F) {
	f.Add("A: 1\n\none\n", "From x\n>From y", "\n\n\r\n")
	f.Add(from, "x\r", "A: 1\r\n\r\nFrom \r\n")
	f.Add("A: 1\nContent-Length: 3\n\nfour", from+from, "\n")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		var want []string
		for _, raw := range []string{a, b, c} {
			if raw != "" {
				want = append(want, raw)
			}
		}
		if len(want) == 0 {
			return
		}
		got := raws(read(t, write(t, want...), MboxRD))
		if strings.Join(got, "|") != strings.Join(want, "|") || len(got) != len(want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	})
}

// FuzzMboxRead: whatever the file, no more comes out than stands in it, and what comes out can be written and read again.
func FuzzMboxRead(f *testing.F) {
	for _, test := range mboxTests {
		f.Add(strings.ReplaceAll(test.text, "FROM", from))
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, flavour := range []Flavour{Auto, MboxRD, MboxO, MboxCL2} {
			got := raws(read(t, text, flavour))
			size := 0
			var kept []string
			for _, raw := range got {
				size += len(raw)
				if raw != "" {
					kept = append(kept, raw)
				}
			}
			if size > len(text) {
				t.Errorf("%q: %d bytes came out of %d", flavour, size, len(text))
			}
			if again := raws(read(t, write(t, kept...), MboxRD)); strings.Join(again, "|") != strings.Join(kept, "|") {
				t.Errorf("%q: got %q, written and read again %q", flavour, kept, again)
			}
		}
	})
}

func FuzzMaildirName(f *testing.F) {
	f.Add("1546509600.M1P2.host:2,S")
	f.Add("99999999999.x")
	f.Add("hello")
	modified := time.Unix(1, 0)
	f.Fuzz(func(t *testing.T, name string) {
		got := maildirTime(name, modified)
		if got.Year() < 1970 || got.Year() > 2286 {
			t.Errorf("%q came at %v", name, got)
		}
		if seconds, _, _ := strings.Cut(name, "."); got != modified && !strings.HasPrefix(MaildirName(got, 1), strings.Repeat("0", max(0, 10-len(strings.TrimLeft(seconds, "+0"))))+strings.TrimLeft(seconds, "+0")+".") {
			t.Errorf("%q came at %v, which is written %s", name, got, MaildirName(got, 1))
		}
	})
}

func TestMaildir(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "box")
	w, err := NewMaildirWriter(folder)
	if err != nil {
		t.Fatal(err)
	}
	for i, raw := range []string{"A: 2\n\nno end", "A: 1\r\n\r\none\r\n"} {
		if err := w.Write(time.Unix(int64(1546509600-i), 0), []byte(raw)); err != nil {
			t.Fatal(err)
		}
	}
	put(t, filepath.Join(folder, ".Sub", "new", "1546509700.x"), "A: 3\n\n")
	put(t, filepath.Join(folder, "tmp", "1546509701.x"), "being delivered")
	for _, test := range []struct {
		folders []string
		want    string
	}{
		{nil, "A: 2\n\nno end|A: 1\r\n\r\none\r\n"}, {[]string{"Sub"}, "A: 3\n\n"},
		{[]string{".Sub", ""}, "A: 2\n\nno end|A: 1\r\n\r\none\r\n|A: 3\n\n"},
	} {
		b, err := Open(folder, Options{Folders: test.folders})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(raws(readAll(t, b)), "|"); got != test.want {
			t.Errorf("%v: got %q, want %q", test.folders, got, test.want)
		}
	}
	if _, err := Open(folder, Options{Folders: []string{"None"}}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
	if all, err := MaildirFolders(folder); strings.Join(all, "|") != "|.Sub" {
		t.Errorf("folders %q %v", all, err)
	}
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestFolder(t *testing.T) {
	folder := t.TempDir()
	put(t, filepath.Join(folder, "b.eml"), from+"A: 1\n\n"+from+"A: x\n\n")
	put(t, filepath.Join(folder, "a", "c.EML"), "A: 2\n\n")
	put(t, filepath.Join(folder, "a", "d.txt"), from+"A: 3\n\n"+from+"A: 4\n\n")
	put(t, filepath.Join(folder, ".git", "e.eml"), "A: no\n\n")
	b, err := Open(folder, Options{})
	if err != nil {
		t.Fatal(err)
	}
	all := readAll(t, b)
	want := []string{"A: 2\n\n", "A: 3\n", "A: 4\n", from + "A: 1\n\n" + from + "A: x\n\n"}
	if got := raws(all); strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if all[2].Place != "a/d.txt, message 2 at byte 52" {
		t.Errorf("it stands in %q", all[2].Place)
	}
	if b, err = Open(folder, Options{}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := b.Skip(); err != nil {
			t.Fatal(err)
		}
	}
	if m, err := b.Next(); err != nil || string(m.Raw) != "A: 4\n" {
		t.Errorf("behind two that were passed over is %q %v", m.Raw, err)
	}
}
