package mail

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestDecodeCharset(t *testing.T) {
	tests := []struct {
		name, label, octets, want string
		unknown                   bool
	}{
		{"utf-8", "UTF-8", "gr\xc3\xbcn", "grün", false},
		{"utf-8 that is not", "utf-8", "gr\xfcn", "grün", false},
		{"utf-8 with a broken octet", "utf-8", "\xc3\xa4 \xfc", "ä \uFFFD", false},
		{"undeclared utf-8", "", "gr\xc3\xbcn", "grün", false},
		{"undeclared else", "", "gr\xfcn \x80", "grün €", false},
		{"us-ascii that is not", "us-ascii", "gr\xc3\xbcn", "grün", false},
		{"latin1 is windows-1252", "ISO-8859-1", "\x93\xfc\x94", "“ü”", false},
		{"latin2", "iso-8859-2", "\xb1", "ą", false},
		{"koi8-r", "koi8-r", "\xf0\xd2\xc9", "При", false},
		{"gb2312 is gb18030", "GB2312", "\xc4\xe3\xba\xc3", "你好", false},
		{"hz", "hz-gb-2312", "~{Dc:C~}!", "你好!", false},
		{"big5", "big5", "\xa7\x41", "你", false},
		{"shift_jis", "shift_jis", "\x83\x65", "テ", false},
		{"cp932", "cp932", "\x83\x65", "テ", false},
		{"iso-2022-jp", "iso-2022-jp", "\x1b$B%F\x1b(B!", "テ!", false},
		{"iso-2022-kr", "iso-2022-kr", "\x1b$)C\x0eGQ\x0f!", "한!", false},
		{"euc-kr", "ks_c_5601-1987", "\xc7\xd1", "한", false},
		{"utf-16 with mark", "utf-16be", "\x00a\x00b", "ab", false},
		{"utf-7", "utf-7", "1 +- 1, gr+APw-n", "1 + 1, grün", false},
		{"utf-7 hides nothing", "utf-7", "+ADw-script+AD4-", "<script>", false},
		{"cp850", "cp850", "\x81", "ü", false},
		{"label in quotes", "'utf-8'", "\xc3\xa4", "ä", false},
		{"label without hyphen", "ISO8859-15", "\xa4", "€", false},
		{"win-1251", "win-1251", "\xc0", "А", false},
		{"with a language", "utf-8*en", "\xc3\xa4", "ä", false},
		{"unknown", "x-martian", "a\xe4\xf6b", "a\uFFFD\uFFFDb", true},
		{"replacement", "iso-2022-cn", "abc", "abc", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, known := DecodeCharset(tt.label, []byte(tt.octets))
			if got != tt.want || known == tt.unknown {
				t.Errorf("got %q (known: %v), want %q (known: %v)", got, known, tt.want, !tt.unknown)
			}
			if knownCharset(tt.label) == tt.unknown {
				t.Errorf("knownCharset says %v", !tt.unknown)
			}
		})
	}
}

func FuzzDecodeCharset(f *testing.F) {
	for _, label := range []string{"", "utf-8", "utf-7", "iso-2022-jp", "iso-2022-kr", "gb18030", "utf-16", "x-martian"} {
		f.Add(label, []byte("+ADw- \x1b$B%F\x0eGQ \xff\xfe \x80"))
	}
	f.Fuzz(func(t *testing.T, label string, octets []byte) {
		text, known := DecodeCharset(label, octets)
		if !utf8.ValidString(text) || len(text) > 4*len(octets)+3 {
			t.Errorf("%q: %d octets became %d, valid: %v", label, len(octets), len(text), utf8.ValidString(text))
		}
		if known != knownCharset(label) && len(octets) > 0 {
			t.Errorf("%q: known %v", label, known)
		}
	})
}

func TestDecodeWords(t *testing.T) {
	tests := []struct{ name, value, want string }{
		{"plain", "Hello there", "Hello there"},
		{"q", "=?utf-8?q?gr=C3=BCn_und_rot?=", "grün und rot"},
		{"b", "=?UTF-8?B?Z3LDvG4=?=", "grün"},
		{"b without padding", "=?UTF-8?B?Z3LDvG4?=", "grün"},
		{"adjacent", "=?utf-8?q?a?= =?utf-8?q?b?=", "ab"},
		{"adjacent, folded", "=?utf-8?q?a?=\r\n =?iso-8859-1?q?=FC?=", "aü"},
		{"text between", "=?utf-8?q?a?= and =?utf-8?q?b?=", "a and b"},
		{"character cut in two", "=?utf-8?q?gr=C3?= =?utf-8?q?=BCn?=", "grün"},
		{"character cut in two, base64", "=?utf-8?B?4pg=?= =?utf-8?B?gw==?=", "☃"},
		{"spaces within", "=?utf-8?q?a b c?=", "a b c"},
		{"question mark within", "=?utf-8?q?What??=", "What?"},
		{"touches text", "Re:=?utf-8?q?=C3=A4?=x", "Re:äx"},
		{"with a language", "=?utf-8*de?q?=C3=A4?=", "ä"},
		{"not closed", "=?utf-8?q?abc", "=?utf-8?q?abc"},
		{"no encoding", "=?utf-8?x?abc?= d", "=?utf-8?x?abc?= d"},
		{"unknown charset", "=?x-martian?q?a=FFb?=", "a\uFFFDb"},
		{"iso-2022-jp, twice", "=?ISO-2022-JP?B?GyRCJUYbKEI=?= =?ISO-2022-JP?B?GyRCJUYbKEI=?=", "テテ"},
		{"raw utf-8", "gr\xc3\xbcn", "grün"},
		{"raw windows-1252", "gr\xfcn", "grün"},
		{"raw beside a word", "gr\xfcn =?utf-8?q?=C3=BC?=", "grün ü"},
		{"line ends encoded", "=?utf-8?q?a=0D=0ABcc:_x@y?=", "a Bcc: x@y"},
		{"nul and bidi encoded", "=?utf-8?B?YQBi4oCuYw==?=", "abc"},
		{"white space", "  a \t b\r\n c ", "a b c"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := DecodeWords(tt.value); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestDecodeWordsIsBounded(t *testing.T) {
	for name, value := range map[string]string{
		"openings":  strings.Repeat("=?", 500_000),
		"labels":    strings.Repeat("=?utf-8?q?", 100_000),
		"words":     strings.Repeat("=?gb18030?b?"+strings.Repeat("/", 60)+"?= ", 10_000),
		"long word": "=?utf-8?q?" + strings.Repeat("ä", 100_000) + "?=",
	} {
		if got := DecodeWords(value); len(got) > maxWords || !utf8.ValidString(got) {
			t.Errorf("%s: got %d octets", name, len(got))
		}
	}
}

func FuzzDecodeWords(f *testing.F) {
	f.Add("=?utf-8?q?gr=C3?= =?utf-8?q?=BCn?= =?iso-2022-jp?B?GyRC?= =?")
	f.Fuzz(func(t *testing.T, value string) {
		got := DecodeWords(value)
		if len(got) > maxWords || len(got) > 4*len(value) || !utf8.ValidString(got) || strings.ContainsFunc(got, isHidden) {
			t.Errorf("%q became %q", value, got)
		}
	})
}
