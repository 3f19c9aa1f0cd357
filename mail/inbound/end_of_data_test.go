package inbound

import (
	"strings"
	"testing"
	"time"
)

// smuggled is what an attacker hopes to have read as a second message.
const smuggled = "MAIL FROM:<evil@b.example>\r\nRCPT TO:<rust@lists.example>\r\nDATA\r\nSubject: smuggled\r\n\r\nsmuggled\r\n.\r\n"

// notEnds are what some server somewhere has taken for the end of DATA (CVE-2023-51764, CVE-2023-51765, CVE-2023-51766).
var notEnds = []struct{ name, end string }{
	{"LF . LF", "\n.\n"},
	{"LF . CR LF", "\n.\r\n"},
	{"CR . CR LF", "\r.\r\n"},
	{"CR LF . LF", "\r\n.\n"},
	{"CR LF . CR", "\r\n.\r"},
	{"CR . CR", "\r.\r"},
	{"CR . LF", "\r.\n"},
	{"LF . CR", "\n.\r"},
	{"CR LF . CR CR LF", "\r\n.\r\r\n"},
	{"LF CR . CR LF", "\n\r.\r\n"},
	{"CR LF NUL . CR LF", "\r\n\x00.\r\n"},
	{"CR LF . NUL CR LF", "\r\n.\x00\r\n"},
	{"CR NUL LF . CR LF", "\r\x00\n.\r\n"},
	{"CR LF . space CR LF", "\r\n. \r\n"},
	{"LF LF . LF LF", "\n\n.\n\n"},
	{"LF LF . CR LF", "\n\n.\r\n"},
	{"CR CR . CR CR", "\r\r.\r\r"},
	{"CR LF . CR LF without the first CR LF", ".\r\n"},
	{"NEL . NEL", "\xc2\x85.\xc2\x85"},
}

func TestOnlyCRLFDotCRLFEndsData(t *testing.T) {
	for _, kind := range []string{"smtp", "lmtp"} {
		for _, tc := range notEnds {
			t.Run(kind+" "+tc.name, func(t *testing.T) {
				w := start(t, nil)
				c, _ := w.hello(t, kind)
				c.envelope("rust@lists.example")
				body := "Subject: x\r\n\r\ntext" + tc.end + smuggled
				want := strings.TrimSuffix(body, ".\r\n")
				if bare := strings.NewReplacer("\r\n", "").Replace(body); strings.ContainsAny(bare, "\r\n") {
					c.data(body, "554 5.6.11 ")
					w.wantMessages(t)
				} else {
					// Nothing but text: one message, with the sender of the envelope.
					c.data(body, "250")
					got := w.wantMessages(t, strings.ReplaceAll(want, "\r\n.", "\r\n"))
					if got[0].env.From != "ann@a.example" {
						t.Errorf("sender is %s", got[0].env.From)
					}
				}
				c.ask("NOOP", "250 2.0.0") // in step
				c.envelope("rust@lists.example")
				c.data(hello+".\r\n", "250")
			})
		}
	}
}

func TestRealEnds(t *testing.T) {
	for _, tc := range []struct{ name, body, want, message string }{
		{"empty message", ".\r\n", "250", ""},
		{"one empty line", "\r\n.\r\n", "250", "\r\n"},
		{"stuffed dot", "..\r\n.\r\n", "250", ".\r\n"},
		{"stuffed end", "..\r\n..\r\n.x\r\n.\r\n", "250", ".\r\n.\r\nx\r\n"},
		{"NUL and 8 bit", "a\x00b\xff\r\n.\r\n", "250", "a\x00b\xff\r\n"},
		{"line longer than the read buffer", strings.Repeat("y", 3*readBuffer) + "\r\n.\r\n", "250", strings.Repeat("y", 3*readBuffer) + "\r\n"},
		{"line end across the read buffer", strings.Repeat("y", readBuffer-1) + "\r\n.\r\n", "250", strings.Repeat("y", readBuffer-1) + "\r\n"},
		{"CR before the last CR LF", "text\r\r\n.\r\n", "554 5.6.11 line 1 ", ""},
		{"only CR CR LF", "\r\r\n.\r\n", "554 5.6.11 line 1 ", ""},
		{"LF before the last CR LF", "text\n\r\n.\r\n", "554 5.6.11 line 1 ", ""},
		{"bare CR", "a\r\nb\rc\r\n.\r\n", "554 5.6.11 line 2 ", ""},
		{"bare LF", "a\r\nb\r\nc\nd\r\n.\r\n", "554 5.6.11 line 3 ", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := start(t, nil)
			c, _ := w.hello(t, "smtp")
			c.envelope("rust@lists.example")
			began := time.Now()
			c.data(tc.body, tc.want)
			if took := time.Since(began); took > 2*time.Second {
				t.Errorf("answered after %s", took)
			}
			if tc.want == "250" {
				w.wantMessages(t, tc.message)
			} else {
				w.wantMessages(t)
			}
			c.envelope("rust@lists.example")
			c.data(hello+".\r\n", "250")
		})
	}
}

// TestEndInPieces sends the end of a message octet by octet, so that each cut of it is seen in a read of its own.
func TestEndInPieces(t *testing.T) {
	w := start(t, nil)
	c, _ := w.hello(t, "smtp")
	c.envelope("rust@lists.example")
	c.ask("DATA", "354")
	for _, b := range []byte("a\r\n..b\r\n.\r\n") {
		c.send(string(b))
	}
	c.want("250")
	w.wantMessages(t, "a\r\n.b\r\n")
}
