package imapd

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"

	"guildpost/mail"
	"guildpost/store/storetest"
)

// checkMessage wants of any message that what a client reads of its structure fits what it then fetches.
func checkMessage(t *testing.T, raw []byte) {
	t.Helper()
	m := mail.Read(raw)
	part := func(path []int, specifier imap.PartSpecifier) []byte {
		return sectionOf(m, &imap.FetchItemBodySection{Part: path, Specifier: specifier})
	}
	if !bytes.Equal(part(nil, ""), raw) {
		t.Fatal("the whole message is another")
	}
	if whole := slices.Concat(part(nil, "HEADER"), part(nil, "TEXT")); !bytes.Equal(whole, raw) {
		t.Fatalf("header and text are %d bytes of %d", len(whole), len(raw))
	}
	envelope(m.Header)
	checkStructure(t, structure(m.Root), nil, part)
}

func checkStructure(t *testing.T, s imap.BodyStructure, path []int, part func([]int, imap.PartSpecifier) []byte) {
	t.Helper()
	switch s := s.(type) {
	case *imap.BodyStructureMultiPart:
		if len(s.Children) == 0 || s.Extended == nil || s.Subtype == "" {
			t.Fatalf("%v is no multipart that can be written: %+v", path, s)
		}
		for i, child := range s.Children {
			checkStructure(t, child, append(slices.Clip(path), i+1), part)
		}
	case *imap.BodyStructureSinglePart:
		if len(path) == 0 {
			path = []int{1}
		}
		checkPart(t, s, path, part)
	}
}

func checkPart(t *testing.T, s *imap.BodyStructureSinglePart, path []int, part func([]int, imap.PartSpecifier) []byte) {
	t.Helper()
	if body := part(path, ""); len(body) != int(s.Size) {
		t.Fatalf("part %v has %d bytes, but is told to have %d", path, len(body), s.Size)
	}
	if s.Type == "" || s.Subtype == "" || s.Extended == nil || (s.Type == "text") != (s.Text != nil) {
		t.Fatalf("part %v cannot be written: %+v", path, s)
	}
	message := s.Type == "message" && (s.Subtype == "rfc822" || s.Subtype == "global")
	if message != (s.MessageRFC822 != nil) {
		t.Fatalf("part %v is %s/%s with message %v", path, s.Type, s.Subtype, s.MessageRFC822)
	}
	if !message {
		return
	}
	body, inside := part(path, ""), slices.Concat(part(path, "HEADER"), part(path, "TEXT"))
	if !bytes.HasPrefix(body, inside) && !bytes.Equal(body, inside) {
		t.Fatalf("part %v has other header and text than itself", path)
	}
	if _, multipart := s.MessageRFC822.BodyStructure.(*imap.BodyStructureMultiPart); !multipart {
		path = append(slices.Clip(path), 1)
	}
	checkStructure(t, s.MessageRFC822.BodyStructure, path, part)
}

var oddMessages = []string{
	"", "\r\n", "no header at all", "From a@b Mon Jan 1\r\nSubject: x\r\n\r\nbody", "Subject: x\r\nbad line\r\n\r\nbody", "a: b\rc: d\r\rbody\r",
	"Content-Type: multipart/mixed\r\n\r\nno boundary", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b--\r\n", "Content-Type: multipart/mixed; boundary=b\r\n\r\nno parts",
	"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--b--\r\n",
	"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ntext", "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nU3ViamVjdA==",
	"Content-Type: message/rfc822\r\n\r\nContent-Type: message/rfc822\r\n\r\nContent-Type: multipart/x; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--",
	"Content-Type: message/news\r\n\r\nSubject: inner\r\n\r\ntext", "Content-Type: nonsense\r\n\r\nx", "Content-Type: text/\r\n\r\nx", "Content-Type: multipart/\r\n\r\nx",
	"Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nSubject: one\r\n\r\nx\r\n--b--\r\n", tree, strings.ReplaceAll(tree, "\n", "\r\n"),
	"From: =?utf-8?q?=00?= <a>, :;, \"\r\n x\" <b@>\r\nTo: undisclosed-recipients:;\r\nDate: never\r\n\r\n",
	strings.Repeat("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n", 200), "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\n\r\n", 2000),
}

func TestOddMessages(t *testing.T) {
	for _, raw := range oddMessages {
		checkMessage(t, []byte(raw))
	}
}

func FuzzMessage(f *testing.F) {
	for _, raw := range oddMessages {
		f.Add([]byte(raw))
	}
	f.Fuzz(func(t *testing.T, raw []byte) { checkMessage(t, raw) })
}

func FuzzMatch(f *testing.F) {
	for _, c := range [][2]string{{"rust/2024", "rust/%"}, {"INBOX", "inbox"}, {"rust", "*"}, {"rust/2024", "%"}, {"", ""}} {
		f.Add(c[0], c[1])
	}
	f.Fuzz(func(t *testing.T, name, pattern string) {
		got := match(name, pattern)
		if !strings.ContainsAny(pattern, "*%") && !strings.EqualFold(pattern, inbox) && got != (name == pattern) {
			t.Fatalf("%q matches %q: %v", pattern, name, got)
		}
		if got && !match(name, pattern+"*") && !strings.EqualFold(pattern, inbox) {
			t.Fatalf("%q* does not match %q", pattern, name)
		}
		if !strings.ContainsRune(name, delimiter) && match(name, strings.ReplaceAll(pattern, "*", "%")) != got && !strings.EqualFold(pattern, inbox) {
			t.Fatalf("without a delimiter * and %% differ in %q for %q", pattern, name)
		}
	})
}

// corpus are real messages.
func corpus(t *testing.T) (all [][]byte) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "..", "shared", "corpus", "*", "*.eml"))
	if err != nil || len(files) == 0 {
		if strings.Contains(os.Getenv("GUILDPOST_TEST_REQUIRE"), "corpus") {
			t.Fatal("the corpus is required and not here")
		}
		t.Skip("the corpus is not here")
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, raw)
	}
	return all
}

// TestCorpus reads real messages, and odd ones, with a client: it understands what it is told, and gets each byte for byte.
func TestCorpus(t *testing.T) {
	w := newWorld(t, nil)
	rust := storetest.Community(t, w.db, "rust")
	all := corpus(t)
	for _, raw := range oddMessages {
		all = append(all, []byte(raw))
	}
	for i, raw := range all {
		checkMessage(t, raw)
		a := storetest.Arrival(rust, fmt.Sprint(i))
		a.Raw = raw
		storetest.Accept(t, w.db, a)
	}
	c := w.selected(w.member(rust, "ann@a.example"), "rust")
	set := imap.SeqSet{{Start: 1, Stop: uint32(len(all))}}
	got, err := c.Fetch(set, &imap.FetchOptions{Envelope: true, BodyStructure: &imap.FetchItemBodyStructure{Extended: true}, RFC822Size: true,
		BodySection: []*imap.FetchItemBodySection{{Peek: true}}}).Collect()
	w.check(err)
	if len(got) != len(all) {
		t.Fatalf("%d messages of %d", len(got), len(all))
	}
	for i, m := range got {
		if body := m.BodySection[0].Bytes; !bytes.Equal(body, all[i]) || int(m.RFC822Size) != len(all[i]) {
			t.Errorf("message %d has %d bytes, and is told to have %d; want %d", i, len(body), m.RFC822Size, len(all[i]))
		}
		if m.Envelope == nil || m.BodyStructure == nil {
			t.Errorf("message %d has no envelope or structure", i)
		}
	}
}
