package mail

import (
	"slices"
	"testing"
)

func TestAuthor(t *testing.T) {
	const list = "To: rust@lists.example.org\nList-Post: <mailto:rust@lists.example.org>\n"
	for _, test := range []struct{ name, header, want string }{
		{"a person", "From: Ann <ann@a.example>\n" + list, "Ann <ann@a.example>"},
		{"nobody", list, ""},
		{"Sender alone", "Sender: ann@a.example\n", "ann@a.example"},
		{"two authors", "From: Ann <ann@a.example>, ben@b.example\n", "Ann <ann@a.example>"},
		{"obfuscated", "From: ann at a.example (Ann)\n", "Ann <ann@a.example>"},
		{"a person with a Reply-To", "From: Ann <ann@a.example>\nReply-To: ann@home.example\n" + list, "Ann <ann@a.example>"},
		{"a person with a trace of munging elsewhere", "From: Ann <ann@a.example>\nX-Original-From: Eve <eve@e.example>\n" + list, "Ann <ann@a.example>"},
		{"a person who writes to herself", "From: Ann <ann@a.example>\nTo: ann@a.example\nReply-To: ann@home.example\n", "Ann <ann@a.example>"},
		{"a person in her own Cc", "From: Ann <ann@a.example>\nCc: ann@a.example\nReply-To: ann@home.example\n" + list, "Ann <ann@a.example>"},
		{"a person named Via", "From: Octavia Via <via@a.example>\nReply-To: ann@home.example\n", "Octavia Via <via@a.example>"},

		{"Mailman 2", "From: Ann via Rust <rust@lists.example.org>\nReply-To: Ann <ann@a.example>\n" + list, "Ann <ann@a.example>"},
		{"Mailman 2, encoded", "From: =?utf-8?q?Zo=C3=AB_via_Rust?= <rust@lists.example.org>\nReply-To: zoe@z.example\n" + list, "Zoë <zoe@z.example>"},
		{"answers go to the list as well", "From: Ann via Rust <rust@lists.example.org>\nReply-To: Rust <rust@lists.example.org>, Ann <ann@a.example>\n" + list, "Ann <ann@a.example>"},
		{"answers go to the list, the author in Cc", "From: Ann via Rust <rust@lists.example.org>\nReply-To: rust@lists.example.org\nCc: Ben <ben@b.example>, Ann <ann@a.example>\n" + list, "Ann <ann@a.example>"},
		{"answers go to the list, somebody else in Cc", "From: Ann via Rust <rust@lists.example.org>\nReply-To: rust@lists.example.org\nCc: Ben <ben@b.example>\n" + list, "Ann via Rust <rust@lists.example.org>"},
		{"answers go to two people", "From: Ann via Rust <rust@lists.example.org>\nReply-To: Ben <ben@b.example>, Ann <ann@a.example>\n" + list, "Ann <ann@a.example>"},
		{"answers go to two strangers", "From: Ann via Rust <rust@lists.example.org>\nReply-To: Ben <ben@b.example>, Cleo <cleo@c.example>\n" + list, "Ann via Rust <rust@lists.example.org>"},
		{"guildpost", "From: Ann via Rust <rust@lists.example.org>\nX-Original-From: Ann <ann@a.example>\nReply-To: ann@home.example\n" + list, "Ann <ann@a.example>"},
		{"Google Groups", "From: \"'Ann' via Rust\" <rust@googlegroups.example>\nX-Original-Sender: ann@a.example\nReply-To: Ben <ben@b.example>\n", "Ann <ann@a.example>"},
		{"in brackets", "From: \"Ann (via Rust)\" <rust-bot@lists.example.org>\nReply-To: ann@a.example\n", "Ann <ann@a.example>"},
		{"two vias", "From: Ann via Phone via Rust <rust@lists.example.org>\nReply-To: ann@a.example\n" + list, "Ann via Phone <ann@a.example>"},
		{"no via, by List-Id", "From: Ann <rust@lists.example.org>\nReply-To: Ann <ann@a.example>\nList-Id: Rust Guild <rust.lists.example.org>\n", "Ann <ann@a.example>"},
		{"no via, by X-BeenThere", "From: Ann <rust@lists.example.org>\nReply-To: ann@a.example\nX-BeenThere: rust@lists.example.org\n", "ann@a.example"},
		{"no via, by To of a list", "From: Ann <Rust@lists.example.org>\nTo: rust@lists.example.org\nReply-To: Ann <ann@a.example>\nPrecedence: list\n", "Ann <ann@a.example>"},

		{"the list itself", "From: Rust Guild <rust@lists.example.org>\nReply-To: rust@lists.example.org\n" + list, "Rust Guild <rust@lists.example.org>"},
		{"the list's owner answers", "From: Rust Guild <rust@lists.example.org>\nReply-To: rust-owner@lists.example.org\n" + list, "Rust Guild <rust@lists.example.org>"},
		{"via, and nobody behind", "From: Ann via Rust <rust@lists.example.org>\n" + list, "Ann via Rust <rust@lists.example.org>"},
		{"via, and no address behind", "From: Ann via Rust <rust@lists.example.org>\nX-Original-From: Ann\nReply-To: undisclosed\n" + list, "Ann via Rust <rust@lists.example.org>"},
		{"post is not allowed", "From: Ann <rust@lists.example.org>\nReply-To: ann@a.example\nList-Post: NO\nList-Id: <rust.lists.example.org>\n", "ann@a.example"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Read([]byte(test.header + "\ntext\n")).Author(); plain(got) != test.want {
				t.Errorf("the author is %q, want %q", plain(got), test.want)
			}
		})
	}
}

// plain writes an address as people read it.
func plain(a Address) string {
	if a.Name == "" {
		return a.String()
	}
	return a.Name + " <" + a.String() + ">"
}

// TestAuthorOfRewritten: what RewriteFrom does is found out again, for each policy.
func TestAuthorOfRewritten(t *testing.T) {
	list := Address{Name: "Rust Guild", Local: "rust", Domain: "lists.example.org"}
	for _, policy := range []ReplyPolicy{ReplyToAuthor, ReplyToList, ReplyToBoth} {
		h, _ := SplitHeader([]byte("From: Ann <ann@a.example>\r\nReply-To: ann@home.example\r\nTo: rust@lists.example.org\r\n\r\n"))
		if err := RewriteFrom(&h, FromOptions{List: list, Munge: true, Reply: policy}); err != nil {
			t.Fatal(err)
		}
		m := Read(h.Message([]byte("text\r\n")))
		if got := m.Author().Format(); got != "Ann <ann@a.example>" || !slices.Equal(m.From, []Address{{"Ann via Rust Guild", "rust", "lists.example.org"}}) {
			t.Errorf("policy %d: the author of %q is %q", policy, m.Raw, got)
		}
	}
}

// FuzzAuthor: an author is somebody whom the message names in one of the fields for that.
func FuzzAuthor(f *testing.F) {
	f.Add("From: Ann via Rust <rust@lists.example.org>\nReply-To: Ann <ann@a.example>\nList-Post: <mailto:rust@lists.example.org>\n")
	f.Add("From: ' via  via ' <a@b>\nX-Original-From: <c@d>, <e@f>\nCc: via <g@h>\nList-Id: .\nList-Id: a.b\n")
	f.Add("From: ann at a.example (Ann\nReply-To: \"(via \" <x@y>\nPrecedence: list\nTo: x@y\n")
	f.Fuzz(func(t *testing.T, header string) {
		m := Read([]byte(header + "\n\ntext\n"))
		author := m.Author()
		if len(m.From) == 0 && len(m.Sender) == 0 {
			return
		}
		var named []Address
		for _, field := range []string{"From", "Sender", "Reply-To", "Cc", "X-Original-From", "X-Original-Sender"} {
			named = append(named, m.addresses(field)...)
		}
		if !slices.ContainsFunc(named, author.sameMailbox) {
			t.Errorf("the author %v is none of %v", author, named)
		}
	})
}
