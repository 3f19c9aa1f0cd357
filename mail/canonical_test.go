package mail

import (
	"strings"
	"testing"
)

func TestCanonical(t *testing.T) {
	local64 := strings.Repeat("l", 64)
	label63 := strings.Repeat("d", 63)
	tests := []struct {
		name, addr, want string // want "" for an error
	}{
		{"plain", "joe@a.example", "joe@a.example"},
		{"case and space", "  Joe@A.Example\t", "joe@a.example"},
		{"plus", "joe+list@a.example", "joe+list@a.example"},
		{"U-label", "joe@Müller.example", "joe@xn--mller-kva.example"},
		{"A-label", "joe@XN--MLLER-KVA.example", "joe@xn--mller-kva.example"},
		{"ideographic dot", "joe@例え。example", "joe@xn--r8jz45g.example"},
		{"sharp s", "joe@faß.example", "joe@xn--fa-hia.example"},
		{"local part to NFC", "jo\u0308rg@a.example", "jörg@a.example"},
		{"local part in upper case", "JÖRG@a.example", "jörg@a.example"},
		{"dot at the end", "joe@a.example.", "joe@a.example"},
		{"underscore", "joe@my_host.example", "joe@my_host.example"},
		{"one label", "root@localhost", "root@localhost"},
		{"needless quotes", `"joe"@a.example`, "joe@a.example"},
		{"needed quotes", `"a,b"@a.example`, `"a,b"@a.example`},
		{"two dots", "a..b@docomo.example", "a..b@docomo.example"},
		{"literal", "joe@[192.0.2.1]", "joe@[192.0.2.1]"},
		{"IPv6 literal", "joe@[IPv6:2001:DB8::1]", "joe@[ipv6:2001:db8::1]"},
		{"longest local part", local64 + "@a.example", local64 + "@a.example"},

		{"no @", "joe", ""},
		{"empty", "", ""},
		{"no local part", "@a.example", ""},
		{"no domain", "joe@", ""},
		{"space", "j oe@a.example", ""},
		{"quoted space", `"j oe"@a.example`, ""},
		{"control", "j\x01oe@a.example", ""},
		{"line end", "joe@a.example\r\nRCPT TO:<x@y>", ""},
		{"NUL", "joe\x00@a.example", ""},
		{"bidi", "joe\u202e@a.example", ""},
		{"no-break space", "joe\u00a0@a.example", ""},
		{"zero width space", "jo\u200be@a.example", ""},
		{"brackets", "<joe@a.example>", ""},
		{"two @", "a@b@c", ""},
		{"name", "Joe <joe@a.example>", ""},
		{"invalid UTF-8", "jo\xff@a.example", ""},
		{"invalid UTF-8 in the domain", "joe@a\xff.example", ""},
		{"empty label", "joe@a..example", ""},
		{"hyphen", "joe@-a.example", ""},
		{"slash in the domain", "joe@a/b.example", ""},
		{"fullwidth @ in the domain", "joe@a\uff20b.example", ""},
		{"no IP address", "joe@[localhost]", ""},
		{"IPv6 without its tag", "joe@[2001:db8::1]", ""},
		{"local part too long", local64 + "l@a.example", ""},
		{"label too long", "joe@" + label63 + "d.example", ""},
		{"too long", local64 + "@" + label63 + "." + label63 + "." + label63, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Canonical(tt.addr)
			if got != tt.want || (err != nil) != (tt.want == "") {
				t.Errorf("got %q, %v; want %q", got, err, tt.want)
			}
		})
	}
}

func TestBaseLocal(t *testing.T) {
	for local, want := range map[string]string{"joe": "joe", "joe+a": "joe", "joe+a+b": "joe", "+joe": "+joe", "": ""} {
		if got := BaseLocal(local); got != want {
			t.Errorf("%q: got %q, want %q", local, got, want)
		}
	}
}
