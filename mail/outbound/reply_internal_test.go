package outbound

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestReply(t *testing.T) {
	for _, test := range []struct {
		name, in string
		code     int
		text     string
		enhanced string
		rest     string // what is left unread
	}{
		{"one line", "250 2.0.0 ok\r\n", 250, "2.0.0 ok", "0.0", ""},
		{"several lines", "250-a\r\n250-b\r\n250 c\r\n354", 250, "a\nb\nc", "", "354"},
		{"no text", "250\r\n", 250, "", "", ""},
		{"an empty text", "250 \r\n", 250, "", "", ""},
		{"bare LF", "250-a\n250 b\n", 250, "a\nb", "", ""},
		{"the last code counts", "250-a\r\n451 b\r\n", 451, "a\nb", "", ""},
		{"more CR", "250 ok\r\r\n", 250, "ok", "", ""},
		{"a tab", "450\t4.2.0 later\r\n", 450, "4.2.0 later", "2.0", ""},
		{"something like a code", "550 5.1 no\r\n", 550, "5.1 no", "", ""},
		{"two replies", "354 go\r\n250 ok\r\n", 354, "go", "", "250 ok\r\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := &replyReader{buf: []byte(test.in)}
			got, ok, err := r.next()
			if err != nil || !ok || got.code != test.code || string(got.text) != test.text || got.enhanced() != test.enhanced {
				t.Errorf("got %d %q (%q) %t %v, want %d %q (%q)", got.code, got.text, got.enhanced(), ok, err, test.code, test.text, test.enhanced)
			}
			if rest := string(r.buf[r.at:]); rest != test.rest {
				t.Errorf("%q is left, want %q", rest, test.rest)
			}
		})
	}
}

func TestReplyInvalid(t *testing.T) {
	for name, in := range map[string]string{
		"no code":        "hello\r\n",
		"two digits":     "25 ok\r\n",
		"a class of 6":   "650 ok\r\n",
		"no separator":   "250ok\r\n",
		"an empty line":  "\r\n",
		"a long line":    "250 " + strings.Repeat("x", maxReplyLine+1) + "\r\n",
		"no end":         strings.Repeat("x", maxReplyLine+1),
		"too many lines": strings.Repeat("250-x\r\n", maxReplyLines+1),
	} {
		r := &replyReader{buf: []byte(in)}
		if got, ok, err := r.next(); err == nil {
			t.Errorf("%s: got %d %q %t", name, got.code, got.text, ok)
		}
	}
}

func TestReplyIncomplete(t *testing.T) {
	for _, in := range []string{"", "2", "250", "250 ok\r", "250-a\r\n", "250-a\r\n250"} {
		r := &replyReader{buf: []byte(in)}
		if got, ok, err := r.next(); ok || err != nil {
			t.Errorf("%q: got %d %q %t %v, want nothing yet", in, got.code, got.text, ok, err)
		}
	}
}

func TestReplyString(t *testing.T) {
	for in, want := range map[string]string{
		"250-a\r\n250 b\r\n":                        "250 a b",
		"550 no\x00\x1b[31m\xff\r\n":                "550 no??[31m?",
		"550 " + strings.Repeat("x", 3000) + "\r\n": "550 " + strings.Repeat("x", maxReplyText),
		"450\r\n": "450 ",
	} {
		r := &replyReader{buf: []byte(in)}
		if got, _, _ := r.next(); got.String() != want {
			t.Errorf("got %q, want %q", got.String(), want)
		}
	}
}

// FuzzReplies reads the same octets at once and in pieces: the replies are the same, what is kept is bounded, and
// what is shown is printable.
func FuzzReplies(f *testing.F) {
	f.Add([]byte("220 hi\r\n250-a\r\n250-SIZE 100\r\n250 AUTH=LOGIN\r\n354 go\r\n421 4.3.2 bye\r\n"), 3)
	f.Add([]byte("250-\r\n250\r\n\r\n"), 1)
	f.Add([]byte("250 \xff\xfe\x00\r\n599-\n599 x"), 7)
	f.Fuzz(func(t *testing.T, data []byte, step int) {
		whole := readAll(t, data, len(data))
		if step > 0 {
			if pieces := readAll(t, data, step); pieces != whole {
				t.Errorf("in pieces of %d: %q, at once: %q", step, pieces, whole)
			}
		}
	})
}

func readAll(t *testing.T, data []byte, step int) string {
	var r replyReader
	var all strings.Builder
	for n := 0; n < 10000; n++ {
		got, ok, err := r.next()
		if err != nil {
			return all.String() + "error"
		}
		if !ok {
			if len(data) == 0 {
				return all.String()
			}
			room := r.room()
			if cap(r.buf) > 2*replyBuffer+step {
				t.Fatalf("%d octets are kept", cap(r.buf))
			}
			k := copy(room, data[:min(step, len(data))])
			r.got(k)
			data = data[k:]
			continue
		}
		text := got.String()
		if !utf8.ValidString(text) || strings.ContainsAny(text, "\r\n\x00") || len(text) > 4+3*maxReplyText {
			t.Fatalf("%q is not fit to be shown", text)
		}
		_ = parseExtensions(got.text)
		_ = tooMany(got)
		all.WriteString(text + "\n")
	}
	return all.String()
}

func TestExtensions(t *testing.T) {
	ext := parseExtensions([]byte("sink.test\npipelining\nSize 1000\nAUTH=LOGIN\nauth plain\n8BITMIME\nSMTPUTF8\nSTARTTLS\nREQUIRETLS\n\nX"))
	if !ext.pipelining || !ext.size || ext.maxSize != 1000 || !ext.eightBit || !ext.smtputf8 || !ext.startTLS || !ext.requireTLS {
		t.Errorf("got %+v", ext)
	}
	if len(ext.auth) != 2 || ext.auth[0] != "LOGIN" || ext.auth[1] != "PLAIN" {
		t.Errorf("got AUTH %q", ext.auth)
	}
	// The first line is the peer's name, whatever it is.
	if ext := parseExtensions([]byte("PIPELINING")); ext.pipelining {
		t.Error("the peer's name was taken for an extension")
	}
}

func TestSendable(t *testing.T) {
	for address, want := range map[string]bool{
		"ada@example.org": true, `"ada lovelace"@example.org`: true, `"a>b"@example.org`: true, "björn@example.org": true,
		"": false, "a b@example.org": false, "a>b@example.org": false, "a\r\nb@example.org": false, "a\x00@example.org": false,
		"\"a\nb\"@example.org": false,
	} {
		if got := sendable(address); got != want {
			t.Errorf("%q: got %t", address, got)
		}
	}
}
