package mail

import "testing"

func TestBaseSubject(t *testing.T) {
	for _, test := range []struct {
		name, subject, base string
		reply               bool
	}{
		{"plain", "Borrow checker", "borrow checker", false},
		{"answer", "Re: Borrow checker", "borrow checker", true},
		{"answers in many languages", "AW: Antw: SV: Re[2]: Borrow  checker", "borrow checker", true},
		{"counted", "Re (3): Borrow checker", "borrow checker", true},
		{"tagged", "[Rust Guild] Re: [rust] Borrow checker", "borrow checker", true},
		{"forwarded", "Fwd: Borrow checker (fwd)", "borrow checker", true},
		{"a colon of its own", "Rust 1.90: what is new", "rust 1.90: what is new", false},
		{"nothing but a mark", "Re:", "", true},
		{"nothing but a tag", "[Rust Guild]", "[rust guild]", false},
		{"composed differently", "Re: Gru\u0308n", "grün", true},
		{"full width colon", "回复：借用检查", "借用检查", true},
		{"empty", "", "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			base, reply := BaseSubject(test.subject)
			if base != test.base || reply != test.reply {
				t.Errorf("BaseSubject(%q) = %q, %v; want %q, %v", test.subject, base, reply, test.base, test.reply)
			}
		})
	}
}
