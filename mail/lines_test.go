package mail

import (
	"bytes"
	"strings"
	"testing"
)

func TestCanonicalCRLF(t *testing.T) {
	tests := []struct{ name, raw, want string }{
		{"canonical", "a\r\nb\r\n", "a\r\nb\r\n"},
		{"empty", "", ""},
		{"LF", "a\nb\n\nc", "a\r\nb\r\n\r\nc"},
		{"CR", "a\rb\r", "a\r\nb\r\n"},
		{"CR CR LF is one", "a\r\r\nb", "a\r\nb"},
		{"CR between", "a\r\nb\rc\r\n", "a\r\nb\r\nc\r\n"},
		{"CR at the end", "a\r\nb\r", "a\r\nb\r\n"},
		{"LF first", "\na", "\r\na"},
		{"smuggled end", "a\n.\r\nb\r.\rc", "a\r\n.\r\nb\r\n.\r\nc"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := CanonicalCRLF([]byte(tt.raw))
			if string(got) != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			again := CanonicalCRLF(got)
			if len(got) > 0 && &again[0] != &got[0] {
				t.Error("what is canonical was copied")
			}
		})
	}
}

func TestDotStuff(t *testing.T) {
	tests := []struct{ name, raw, want string }{
		{"plain", "a\r\nb\r\n", "a\r\nb\r\n"},
		{"dots", ".\r\n..a\r\nb.\r\n.", "..\r\n...a\r\nb.\r\n..\r\n"},
		{"no end", "a", "a\r\n"},
		{"empty", "", "\r\n"},
		{"adjacent", "a\r\n.\r\n.\r\n", "a\r\n..\r\n..\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(DotStuff([]byte(nil), []byte(tt.raw))); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func FuzzLines(f *testing.F) {
	f.Add([]byte("a\r\n.b\rc\n\r\r\n."))
	f.Fuzz(func(t *testing.T, raw []byte) {
		canonical := CanonicalCRLF(raw)
		if bare := strings.ReplaceAll(string(canonical), "\r\n", ""); strings.ContainsAny(bare, "\r\n") {
			t.Errorf("bare line ends in %q", canonical)
		}
		strip := strings.NewReplacer("\r", "", "\n", "")
		if strip.Replace(string(raw)) != strip.Replace(string(canonical)) {
			t.Errorf("%q became %q", raw, canonical)
		}
		stuffed := append(DotStuff(nil, canonical), ".\r\n"...)
		if end := bytes.Index(append([]byte("\r\n"), stuffed...), []byte("\r\n.\r\n")); end != len(stuffed)-3 {
			t.Errorf("DATA ends at %d of %d: %q", end, len(stuffed), stuffed)
		}
	})
}

func BenchmarkDotStuff(b *testing.B) {
	raw := bytes.Repeat([]byte("A line of a usual length, as people write them in mails.\r\n"), 180)
	dst := make([]byte, 0, 2*len(raw))
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		DotStuff(dst, raw)
	}
}
