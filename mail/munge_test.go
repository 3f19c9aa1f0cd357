package mail

import (
	"strings"
	"testing"
)

var rustList = Address{Name: "Rust Guild", Local: "rust", Domain: "lists.example.org"}

const (
	annAddr  = "Ann <ann@a.example>"
	annOwn   = "ann@home.example"
	listAddr = "Rust Guild <rust@lists.example.org>"
	annVia   = "Ann via Rust Guild <rust@lists.example.org>"
)

// TestRewriteFrom holds the whole truth table: munge, policy, an own Reply-To or none.
func TestRewriteFrom(t *testing.T) {
	tests := []struct {
		name           string
		munge          bool
		reply          ReplyPolicy
		own            string // Reply-To of the post
		from           string
		replyTo, newCc string // wanted
	}{
		{"munged, author", true, ReplyToAuthor, "", annVia, annAddr, ""},
		{"munged, author, own", true, ReplyToAuthor, annOwn, annVia, annOwn, ""},
		{"munged, list", true, ReplyToList, "", annVia, listAddr, annAddr},
		{"munged, list, own", true, ReplyToList, annOwn, annVia, listAddr, annOwn},
		{"munged, both", true, ReplyToBoth, "", annVia, annAddr + ", " + listAddr, ""},
		{"munged, both, own", true, ReplyToBoth, annOwn, annVia, annOwn + ", " + listAddr, ""},
		{"as is, author", false, ReplyToAuthor, "", annAddr, "", ""},
		{"as is, author, own", false, ReplyToAuthor, annOwn, annAddr, annOwn, ""},
		{"as is, list", false, ReplyToList, "", annAddr, listAddr, ""},
		{"as is, list, own", false, ReplyToList, annOwn, annAddr, listAddr, annOwn},
		{"as is, both", false, ReplyToBoth, "", annAddr, annAddr + ", " + listAddr, ""},
		{"as is, both, own", false, ReplyToBoth, annOwn, annAddr, annOwn + ", " + listAddr, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := Header{}
			setAll(t, &h, "From", annAddr, "To", "rust@lists.example.org")
			if tt.own != "" {
				setAll(t, &h, "Reply-To", tt.own)
			}
			if err := RewriteFrom(&h, FromOptions{List: rustList, Munge: tt.munge, Reply: tt.reply}); err != nil {
				t.Fatal(err)
			}
			wantFields(t, h, "From", tt.from, "Reply-To", tt.replyTo, "Cc", tt.newCc, "To", "rust@lists.example.org")
			original := ""
			if tt.munge {
				original = annAddr
			}
			wantFields(t, h, "X-Original-From", original)
		})
	}
}

func setAll(t *testing.T, h *Header, pairs ...string) {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if err := h.Append(pairs[i], pairs[i+1]); err != nil {
			t.Fatal(err)
		}
	}
}

func wantFields(t *testing.T, h Header, pairs ...string) {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if got := h.Get(pairs[i]); got != pairs[i+1] {
			t.Errorf("%s: got %q, want %q", pairs[i], got, pairs[i+1])
		}
		if n := h.Count(pairs[i]); n > 1 {
			t.Errorf("there are %d %s fields", n, pairs[i])
		}
	}
}

func TestRewriteFromCases(t *testing.T) {
	munge := FromOptions{List: rustList, Munge: true}
	toList := FromOptions{List: rustList, Munge: true, Reply: ReplyToList}
	tests := []struct {
		name   string
		before string
		o      FromOptions
		want   []string
	}{
		{"author is in Cc already", "From: a@b\nCc: X <A@B>\n", toList, []string{"Cc", "X <A@B>"}},
		{"author is in To already", "From: a@b\nTo: rust@x, a@b\n", toList, []string{"Cc", ""}},
		{"Cc is kept", "From: a@b\nCc: c@d\nCc: e@f,\n", toList, []string{"Cc", "c@d, e@f, a@b"}},
		{"Reply-To is the list", "From: a@b\nReply-To: rust@lists.example.org\n", munge, []string{"Reply-To", "a@b"}},
		{"Reply-To is list and author", "From: a@b\nReply-To: rust@lists.example.org, x@y\n", toList, []string{"Cc", "x@y"}},
		{"no name", "From: ann@b\n", munge, []string{"From", "ann via Rust Guild <rust@lists.example.org>"}},
		{"name is an address", "From: \"ann@b\" <ann@b>\n", munge, []string{"From", "ann via Rust Guild <rust@lists.example.org>"}},
		{"name not ASCII", "From: =?utf-8?q?J=C3=B6rg?= <j@b>\n", munge, []string{"From", "=?utf-8?b?SsO2cmcgdmlhIFJ1c3QgR3VpbGQ=?= <rust@lists.example.org>", "X-Original-From", "=?utf-8?q?J=C3=B6rg?= <j@b>"}},
		{"comma", "From: \"Doe, Joe\" <j@b>\n", munge, []string{"From", `"Doe, Joe via Rust Guild" <rust@lists.example.org>`}},
		{"two authors", "From: Ann <a@b>, Ben <c@d>\nSender: x@y\n", munge, []string{"From", annVia, "Reply-To", "Ann <a@b>, Ben <c@d>", "Sender", "", "X-Original-From", "Ann <a@b>, Ben <c@d>"}},
		{"Sender stays", "From: a@b\nSender: x@y\n", FromOptions{List: rustList}, []string{"Sender", "x@y"}},
		{"two From fields", "From: a@b\nFrom: c@d\n", munge, []string{"From", "a via Rust Guild <rust@lists.example.org>"}},
		{"forged X-Original-From", "From: a@b\nX-Original-From: boss@c\n", munge, []string{"X-Original-From", "a@b"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h, _ := SplitHeader([]byte(tt.before))
			if err := RewriteFrom(&h, tt.o); err != nil {
				t.Fatal(err)
			}
			wantFields(t, h, tt.want...)
		})
	}
}

func TestRewriteFromNobody(t *testing.T) {
	const raw = "From: nobody\r\nSender: x@y\r\n"
	h, _ := SplitHeader([]byte(raw))
	if err := RewriteFrom(&h, FromOptions{List: rustList, Munge: true}); err == nil {
		t.Error("no error for a From without an address")
	}
	if got := string(h.AppendTo(nil)); got != raw {
		t.Errorf("the header was changed to %q", got)
	}
}

// FuzzRewriteFrom wants the author within reach and nothing new that was not meant.
func FuzzRewriteFrom(f *testing.F) {
	f.Add("Joe <a@b>", "x@y", "c@d", true, uint8(1))
	f.Add("=?utf-8?q?a=0D=0AX: y?= <a@b>", "", "", true, uint8(0))
	f.Fuzz(func(t *testing.T, from, replyTo, cc string, munge bool, reply uint8) {
		var h Header
		if h.Append("From", from) != nil || h.Append("Reply-To", replyTo) != nil || h.Append("Cc", cc) != nil {
			return
		}
		author, err := ParseAddress(from)
		if RewriteFrom(&h, FromOptions{List: rustList, Munge: munge, Reply: ReplyPolicy(reply % 3)}) != nil || err != nil {
			return
		}
		again, _ := SplitHeader(h.Message([]byte{}))
		for _, field := range again.Fields {
			if !strings.Contains(" From Reply-To Cc X-Original-From ", " "+field.Name+" ") {
				t.Errorf("new field %q", field.Raw)
			}
		}
		own := without(ParseAddressList(replyTo), rustList)
		reach := strings.ToLower(h.Get("From") + h.Get("Reply-To") + h.Get("Cc"))
		if len(own) == 0 && !author.sameMailbox(rustList) && isASCII(author.String()) && !strings.Contains(reach, strings.ToLower(author.String())) {
			t.Errorf("the author %s cannot be reached: %q", author, h.AppendTo(nil))
		}
	})
}
