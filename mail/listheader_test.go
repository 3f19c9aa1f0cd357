package mail

import (
	"fmt"
	"strings"
	"testing"
)

func rustOutgoing() Outgoing {
	return Outgoing{
		FromOptions: FromOptions{List: rustList},
		Archive:     "https://lists.example.org/rust/",
		ArchivedAt:  "https://lists.example.org/rust/post/17",
		AuthServID:  "lists.example.org",
	}
}

func TestOutgoingHeader(t *testing.T) {
	const before = `Return-Path: <ann@a.example>
Delivered-To: rust@lists.example.org
Received: from a by b; Mon, 23 Nov 2026 10:00:00 +0000
Authentication-Results: lists.example.org; dkim=pass
Authentication-Results: (x) LISTS.example.org 1; spf=pass
Authentication-Results: mx.a.example; dkim=pass
From: Ann <ann@a.example>
Sender: sec@a.example
To: rust@lists.example.org
Bcc: secret@a.example
Subject: Lifetimes
 explained
Date: Mon, 23 Nov 2026 10:00:00 +0000
Message-ID: <1@a.example>
In-Reply-To: <0@a.example>
References: <x@a.example>
 <0@a.example>
Approved: password
Errors-To: x@a.example
Return-Receipt-To: ann@a.example
Disposition-Notification-To: ann@a.example
X-Confirm-Reading-To: ann@a.example
List-Id: Other <other.a.example>
LIST-UNSUBSCRIBE: <https://a.example/u>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
Archived-At: <https://a.example/1>
Precedence: bulk
X-Loop: other@a.example
X-Mailer: foo
`
	const want = `Received: from a by b; Mon, 23 Nov 2026 10:00:00 +0000
Authentication-Results: mx.a.example; dkim=pass
From: Ann <ann@a.example>
Sender: sec@a.example
To: rust@lists.example.org
Subject: Lifetimes
 explained
Date: Mon, 23 Nov 2026 10:00:00 +0000
Message-ID: <1@a.example>
In-Reply-To: <0@a.example>
References: <x@a.example>
 <0@a.example>
X-Loop: other@a.example
X-Mailer: foo
List-Id: Rust Guild <rust.lists.example.org>
List-Post: <mailto:rust@lists.example.org>
List-Help: <mailto:rust-help@lists.example.org>
List-Subscribe: <mailto:rust-join@lists.example.org>
List-Owner: <mailto:rust-owner@lists.example.org>
List-Archive: <https://lists.example.org/rust/>
Archived-At: <https://lists.example.org/rust/post/17>
X-Loop: rust@lists.example.org
Precedence: list
`
	h, _ := SplitHeader([]byte(crlf(before)))
	if err := OutgoingHeader(&h, rustOutgoing()); err != nil {
		t.Fatal(err)
	}
	if got := string(h.AppendTo(nil)); got != crlf(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestOutgoingHeaderVariants(t *testing.T) {
	tests := []struct {
		name string
		edit func(*Outgoing)
		want []string
	}{
		{"no posts", func(o *Outgoing) { o.NoPosts = true }, []string{"List-Post", "NO"}},
		{"no archive", func(o *Outgoing) { o.Archive, o.ArchivedAt = "", "" }, []string{"List-Archive", "", "Archived-At", ""}},
		{"no title", func(o *Outgoing) { o.List.Name = "" }, []string{"List-Id", "<rust.lists.example.org>"}},
		{"title not ASCII", func(o *Outgoing) { o.List.Name = "Röst" }, []string{"List-Id", "=?utf-8?b?UsO2c3Q=?= <rust.lists.example.org>"}},
		{"title with a line end", func(o *Outgoing) { o.List.Name = "a\r\nBcc: b" }, []string{"List-Id", `"a  Bcc: b" <rust.lists.example.org>`, "Bcc", ""}},
		{"brackets in a URL", func(o *Outgoing) { o.Archive = "https://x/>, <y" }, []string{"List-Archive", "<https://x/%3E,%20%3Cy>"}},
		{"tag", func(o *Outgoing) { o.SubjectTag = "[Rust]" }, []string{"Subject", "[Rust] Hi"}},
		{"munged", func(o *Outgoing) { o.Munge = true }, []string{"From", annVia, "Reply-To", "Ann <a@b>"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h, _ := SplitHeader([]byte("From: Ann <a@b>\r\nSubject: Hi\r\n"))
			o := rustOutgoing()
			tt.edit(&o)
			if err := OutgoingHeader(&h, o); err != nil {
				t.Fatal(err)
			}
			wantFields(t, h, tt.want...)
		})
	}
	h, _ := SplitHeader([]byte("From: a@b\r\n"))
	o := rustOutgoing()
	o.ArchivedAt = "https://x/\r\nBcc: a@b"
	if err := OutgoingHeader(&h, o); err == nil || len(h.Fields) != 1 {
		t.Errorf("a URL with a line end: %v, %q", err, h.AppendTo(nil))
	}
}

// TestJunkLines: the line that mbox files have on top goes, wherever our own trace field came to stand; no other line
// without a name does.
func TestJunkLines(t *testing.T) {
	for _, test := range []struct{ name, before, want string }{
		{"on top", "From ann Fri May 29\nFrom: <ann@a.example>\n", "From: <ann@a.example>\n"},
		{"below a trace field", "Received: x\nFrom ann Fri May 29\n more\nFrom: <ann@a.example>\n", "Received: x\nFrom: <ann@a.example>\n"},
		{"quoted", ">From ann Fri May 29\nFrom: <ann@a.example>\n", "From: <ann@a.example>\n"},
		{"later", "From: <ann@a.example>\nFrom ann Fri May 29\n", "From: <ann@a.example>\n"},
		{"junk", "junk\nFrom: <ann@a.example>\n", "From: <ann@a.example>\n"},
		{"in the middle", "From: <ann@a.example>\njunk\nX-Mine: 1\n", "From: <ann@a.example>\nX-Mine: 1\n"},
	} {
		h, _ := SplitHeader([]byte(test.before))
		if err := OutgoingHeader(&h, rustOutgoing()); err != nil {
			t.Fatal(err)
		}
		if got := string(h.AppendTo(nil)); !strings.HasPrefix(got, test.want) {
			t.Errorf("%s: got %q, want %q in front", test.name, got, test.want)
		}
	}
}

func TestSignatures(t *testing.T) {
	const signature = "DKIM-Signature: v=1; a=rsa-sha256; d=a.example; s=x;\n h=%s; bh=x;\n b=h=subject\n"
	const arc = "ARC-Seal: i=1; cv=none; b=x\nARC-Message-Signature: i=1; h=from:subject; b=x\nARC-Authentication-Results: i=1; x\n"
	tests := []struct {
		name   string
		signed string
		edit   func(*Outgoing)
		keep   bool
	}{
		{"nothing changed", "from:to:subject:date:message-id", func(*Outgoing) {}, true},
		{"folded list", "From:\n\tTo : Subject", func(*Outgoing) {}, true},
		{"body changed", "from", func(o *Outgoing) { o.BodyChanged = true }, false},
		{"tag", "from:subject", func(o *Outgoing) { o.SubjectTag = "[Rust]" }, false},
		{"tag, subject not signed", "from:to", func(o *Outgoing) { o.SubjectTag = "[Rust]" }, true},
		{"munged", "from:to", func(o *Outgoing) { o.Munge = true }, false},
		{"Reply-To signed though absent", "from:reply-to", func(o *Outgoing) { o.Reply = ReplyToList }, false},
		{"Reply-To not signed", "from", func(o *Outgoing) { o.Reply = ReplyToList }, true},
		{"signs a removed field", "from:errors-to", func(*Outgoing) {}, false},
		{"signs a list field", "from:list-id", func(*Outgoing) {}, false},
		{"signs what each copy gets", "from:list-unsubscribe", func(*Outgoing) {}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			raw := fmt.Sprintf(signature, tt.signed) + "From: a@b\nTo: c@d\nSubject: Hi\nErrors-To: x@y\n"
			h, _ := SplitHeader([]byte(crlf(raw)))
			o := rustOutgoing()
			tt.edit(&o)
			if err := OutgoingHeader(&h, o); err != nil {
				t.Fatal(err)
			}
			if got := h.Has("DKIM-Signature"); got != tt.keep {
				t.Errorf("kept: %v, want %v", got, tt.keep)
			}
		})
	}
	for _, tag := range []string{"", "[Rust]"} {
		h, _ := SplitHeader([]byte(crlf(arc + "From: a@b\nSubject: Hi\n")))
		o := rustOutgoing()
		o.SubjectTag = tag
		if err := OutgoingHeader(&h, o); err != nil {
			t.Fatal(err)
		}
		wantSets := 1
		if tag != "" {
			wantSets = 0
		}
		if n := h.Count("ARC-Seal") + h.Count("ARC-Message-Signature") + h.Count("ARC-Authentication-Results"); n != 3*wantSets {
			t.Errorf("tag %q: %d ARC fields, want %d", tag, n, 3*wantSets)
		}
	}
}

func TestSubjectTag(t *testing.T) {
	tests := []struct{ name, subject, tag, want string }{
		{"plain", "Hello", "[Rust]", "[Rust] Hello"},
		{"there already", "[Rust] Hello", "[Rust]", "[Rust] Hello"},
		{"there in other case", "Re: [RUST] Hello", "[Rust]", "Re: [RUST] Hello"},
		{"there, encoded", "=?utf-8?q?=5BRust=5D_J=C3=B6?=", "[Rust]", "=?utf-8?q?=5BRust=5D_J=C3=B6?="},
		{"behind Re", "Re: Hello", "[Rust]", "Re: [Rust] Hello"},
		{"behind AW without space", "AW:Hello", "[Rust]", "AW: [Rust] Hello"},
		{"encoded", "=?utf-8?q?J=C3=B6?=", "[Rust]", "[Rust] =?utf-8?q?J=C3=B6?="},
		{"behind Re, encoded", "Re: =?utf-8?q?J=C3=B6?=", "[Rust]", "Re: [Rust] =?utf-8?q?J=C3=B6?="},
		{"Re is encoded", "=?utf-8?q?Re:_J=C3=B6?=", "[Rust]", "Re: =?utf-8?b?W1J1c3RdIErDtg==?="},
		{"tag not ASCII", "Re: Hello", "[Röst]", "Re: =?utf-8?b?W1LDtnN0XSBIZWxsbw==?="},
		{"raw UTF-8", "Jö", "[Rust]", "[Rust] Jö"},
		{"none", "", "[Rust]", "[Rust]"},
		{"no tag", "Hello", "", "Hello"},
		{"tag with a line end", "Hello", "[a]\r\nBcc: b", "Hello"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h, _ := SplitHeader([]byte("Subject: " + tt.subject + "\r\n"))
			tagSubject(&h, tt.tag)
			wantFields(t, h, "Subject", tt.want)
			tagSubject(&h, tt.tag)
			wantFields(t, h, "Subject", tt.want)
		})
	}
}

func TestPersonalHeader(t *testing.T) {
	const addr, url = "rust+t.abc@lists.example.org", "https://lists.example.org/t/abc"
	const post = "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
	tests := []struct{ name, mailto, url, want string }{
		{"both", addr, url, "List-Unsubscribe: <" + url + ">,\r\n <mailto:" + addr + ">\r\n" + post},
		{"with scheme", "mailto:" + addr, "", "List-Unsubscribe: <mailto:" + addr + ">\r\n"},
		{"URL alone", "", url, "List-Unsubscribe: <" + url + ">\r\n" + post},
		{"no TLS, no one-click", "", "http://x/t", "List-Unsubscribe: <http://x/t>\r\n"},
		{"nothing", "", "", ""},
		{"line end", "a@b\r\nBcc: c", "https://x/\n", ""},
		{"bracket", "a@b>", url, "List-Unsubscribe: <" + url + ">\r\n" + post},
		{"too long", strings.Repeat("a", 1000), "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(PersonalHeader(nil, tt.mailto, tt.url)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	buf := make([]byte, 0, 512)
	if n := testing.AllocsPerRun(100, func() { PersonalHeader(buf, addr, url) }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func BenchmarkPersonalHeader(b *testing.B) {
	buf := make([]byte, 0, 512)
	for b.Loop() {
		PersonalHeader(buf, "rust+t.aid2yauozc7b3eybbnb3yfa@lists.example.org", "https://lists.example.org/t/aid2yauozc7b3eybbnb3yfa")
	}
}
