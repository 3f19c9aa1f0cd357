package mail

import (
	"mime"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestParseAddressList(t *testing.T) {
	tests := []struct {
		name, value string
		want        []string // name|local|domain
	}{
		{"bare", "joe@a.example", []string{"|joe|a.example"}},
		{"angle", "Joe <joe@a.example>", []string{"Joe|joe|a.example"}},
		{"quoted name", `"Doe, Joe" <joe@a.example>`, []string{"Doe, Joe|joe|a.example"}},
		{"escaped quote", `"Joe \"J\" Doe" <joe@a.example>`, []string{`Joe "J" Doe|joe|a.example`}},
		{"two", "Joe <joe@a.example>, ann@b.example", []string{"Joe|joe|a.example", "|ann|b.example"}},
		{"semicolons", "joe@a.example; Ann <ann@b.example>;", []string{"|joe|a.example", "Ann|ann|b.example"}},
		{"unquoted comma", "Joe, Inc. <a@b>", []string{"Joe, Inc.|a|b"}},
		{"two unquoted commas", "Doe, Joe, Inc. <a@b>, Ann <c@d>", []string{"Doe, Joe, Inc.|a|b", "Ann|c|d"}},
		{"comma and bare address", "Joe, a@b", []string{"|a|b"}},
		{"never closed", "<a@b", []string{"|a|b"}},
		{"never closed, more follow", "Joe <a@b, Ann <c@d>", []string{"Joe|a|b", "Ann|c|d"}},
		{"doubled brackets", "Joe <<a@b>>", []string{"Joe|a|b"}},
		{"opening quote alone", `"Joe <a@b>`, []string{"Joe|a|b"}},
		{"all in quotes", `"Joe <a@b>"`, []string{"Joe|a|b"}},
		{"comment as name", "a@b (Joe Doe)", []string{"Joe Doe|a|b"}},
		{"comment beside name", "Joe (sales) <a@b>", []string{"Joe|a|b"}},
		{"nested comment", "a@b (Joe (the) Doe)", []string{"Joe (the) Doe|a|b"}},
		{"unclosed comment", "Joe (sales <a@b>", []string{"Joe (sales|a|b"}},
		{"group", "Team: joe@a.example, Ann <ann@b.example>;", []string{"|joe|a.example", "Ann|ann|b.example"}},
		{"empty group", "undisclosed-recipients:;", nil},
		{"group and more", "T: a@b;, c@d", []string{"|a|b", "|c|d"}},
		{"raw UTF-8 name", "Jörg Müller <a@b>", []string{"Jörg Müller|a|b"}},
		{"raw latin-1 name", "J\xf6rg <a@b>", []string{"Jörg|a|b"}},
		{"RFC 2047 Q", "=?iso-8859-1?q?J=F6rg?= <a@b>", []string{"Jörg|a|b"}},
		{"RFC 2047 in quotes", `"=?utf-8?b?SsO2cmc=?=" <a@b>`, []string{"Jörg|a|b"}},
		{"RFC 2047 with a comma inside", "=?utf-8?q?Doe=2C_Joe?= <a@b>", []string{"Doe, Joe|a|b"}},
		{"RFC 2047 cannot forge", "=?utf-8?q?x=40y_=3Cx=40y=3E?= <a@b>", []string{"x@y <x@y>|a|b"}},
		{"RFC 2047 line end", "=?utf-8?q?a=0D=0ABcc:_x?= <a@b>", []string{"a Bcc: x|a|b"}},
		{"RFC 2047 with a bare comma", "=?utf-8?q?Doe,_Joe?= <a@b>", []string{"Doe, Joe|a|b"}},
		{"no RFC 2047 after all", "=?utf-8?q?Doe, a@b", []string{"|a|b"}},
		{"unknown charset", "=?x-nope?q?Joe_=FF?= <a@b>", []string{"Joe \uFFFD|a|b"}},
		{"bidi override", "\u202eevil\u202c <a@b>", []string{"evil|a|b"}},
		{"address as name", "boss@corp.example <a@b>", []string{"boss@corp.example|a|b"}},
		{"last brackets count", "Joe <sales> <a@b>", []string{"Joe|a|b"}},
		{"name without brackets", "Joe Doe a@b", []string{"Joe Doe|a|b"}},
		{"spaces round the @", "a @ b.example", []string{"|a|b.example"}},
		{"quoted local part", `"joe smith"@b.example`, []string{"|joe smith|b.example"}},
		{"quoted local part with @", `<"a@x"@b.example>`, []string{"|a@x|b.example"}},
		{"quoted local part with bracket", `Joe <"a>x"@b.example>`, []string{"Joe|a>x|b.example"}},
		{"two @", "<a@x@b.example>", nil},
		{"route", "<@x.example,@y.example:a@b>", []string{"|a|b"}},
		{"mailto", "<mailto:a@b>", []string{"|a|b"}},
		{"apostrophes", "'a@b' <'a@b'>", []string{"'a@b'|a|b"}},
		{"several in one bracket", "<a@b, c@d>", []string{"|a|b", "|c|d"}},
		{"comment in the brackets", "<a@b (work)>", []string{"|a|b"}},
		{"literal", "a@[192.0.2.1]", []string{"|a|[192.0.2.1]"}},
		{"dot at the end", "<a@b.example.>", []string{"|a|b.example"}},
		{"UTF-8 address", "<jörg@müller.example>", []string{"|jörg|müller.example"}},
		{"control in the address", "<a\x01@b>", nil},
		{"space in the address", "<a b@c>", nil},
		{"no domain", "<a@>", nil},
		{"no local part", "<@b>", nil},
		{"nothing", " , ;", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, a := range ParseAddressList(tt.value) {
				got = append(got, a.Name+"|"+a.Local+"|"+a.Domain)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestParseAddress(t *testing.T) {
	a, err := ParseAddress("Joe <joe@a.example>, x@y")
	if err != nil || a.String() != "joe@a.example" {
		t.Errorf("got %v, %v", a, err)
	}
	if _, err := ParseAddress("nobody"); err == nil || !strings.Contains(err.Error(), "nobody") {
		t.Errorf("error: got %v", err)
	}
}

func TestAddressFormat(t *testing.T) {
	tests := []struct {
		name string
		a    Address
		want string
	}{
		{"no name", Address{"", "joe", "a.example"}, "joe@a.example"},
		{"atoms", Address{"Joe Doe", "joe", "a.example"}, "Joe Doe <joe@a.example>"},
		{"comma", Address{"Doe, Joe", "joe", "a.example"}, `"Doe, Joe" <joe@a.example>`},
		{"dot", Address{"Joe D.", "joe", "a.example"}, `"Joe D." <joe@a.example>`},
		{"quotes", Address{`a"b\c`, "joe", "a.example"}, `"a\"b\\c" <joe@a.example>`},
		{"not ASCII", Address{"Jörg", "joe", "a.example"}, "=?utf-8?b?SsO2cmc=?= <joe@a.example>"},
		{"looks encoded", Address{"=?utf-8?q?x?=", "joe", "a.example"}, "=?utf-8?b?PT91dGYtOD9xP3g/PQ==?= <joe@a.example>"},
		{"line end", Address{"Joe\r\nBcc: x@y", "joe", "a.example"}, `"Joe  Bcc: x@y" <joe@a.example>`},
		{"line end in the address", Address{"", "joe\r\nBcc: x", "a.ex\nample"}, `"joeBcc: x"@a.example`},
		{"local part in quotes", Address{"", "joe smith", "a.example"}, `"joe smith"@a.example`},
		{"nothing", Address{}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.a.Format(); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestAddressDisplay(t *testing.T) {
	tests := []struct{ name, want string }{
		{"Joe", "Joe"},
		{"", "a@b"},
		{"boss@corp.example", "boss@corp.example <a@b>"},
		{"boss\uff20corp.example", "boss\uff20corp.example <a@b>"},
		{"Z" + strings.Repeat("\u0301", 30) + "o", "Z" + strings.Repeat("\u0301", 4) + "o"},
		{"\u2066x\u2069", "x"},
	}
	for _, tt := range tests {
		if got := (Address{tt.name, "a", "b"}).Display(); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestEncodeText(t *testing.T) {
	long := strings.Repeat("Grüße aus Köln ", 20)
	for _, s := range []string{"", "plain text", "Grüße", long, "a =?utf-8?q?b?= c", strings.Repeat("x", 2000), "日本語のとても長い件名" + long} {
		encoded := EncodeText(s)
		var h Header
		if err := h.Set("Subject", encoded); err != nil {
			t.Errorf("%.20q: %v", s, err)
		}
		if got, want := DecodeWords(h.Get("Subject")), strings.TrimSpace(s); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		for _, word := range strings.Fields(encoded) {
			if !strings.HasPrefix(word, "=?utf-8?b?") {
				continue
			}
			if len(word) > 75 {
				t.Errorf("an encoded word has %d characters", len(word))
			}
			if text, err := new(mime.WordDecoder).Decode(word); err != nil || strings.ContainsRune(text, '\uFFFD') {
				t.Errorf("%s alone is %q, %v", word, text, err)
			}
		}
	}
}

func TestAddressTime(t *testing.T) {
	for _, piece := range []string{"<", "(", `"`, ":", "a@b,", "<a@b,", "a,", `\"`, "(\\", "@:", ";", "<<a>", "=?", "a@ ", "=?utf-8?q?"} {
		value := strings.Repeat(piece, 1<<19/len(piece))
		start := time.Now()
		ParseAddressList(value)
		ParseAddressList("x@" + value)
		if d := time.Since(start); d > 10*time.Second { // ten times what it takes, and a tenth of what quadratic would
			t.Errorf("512 KB of %q took %v", piece, d)
		}
	}
}

func TestAddressCorpus(t *testing.T) {
	found := 0
	for _, file := range corpusFiles(t, "mail") {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		h, _ := SplitHeader(raw)
		for _, a := range ParseAddressList(h.Get("From")) {
			found++
			checkSurvives(t, a)
		}
	}
	if found < 400 {
		t.Errorf("only %d addresses found in the From fields of the corpus", found)
	}
}

// checkSurvives fails if an address that was read is not read again as it is.
func checkSurvives(t *testing.T, a Address) {
	t.Helper()
	again, err := ParseAddress(a.Format())
	if err != nil || again.Local != a.Local || again.Domain != a.Domain {
		t.Errorf("%q is read again as %q (%v)", a, again, err)
	}
	if again.Name != a.Name {
		t.Errorf("the name %q is read again as %q", a.Name, again.Name)
	}
	if strings.ContainsAny(a.Format()+a.Display(), "\r\n\x00") {
		t.Errorf("%q has a control character in its forms", a)
	}
}

func FuzzAddress(f *testing.F) {
	for _, s := range []string{`Joe <a@b>, "x, y" <c@d>; G: e@f;`, `"a b"@c`, "=?utf-8?q?a?= <b@c>", "<a@b", "a (b) <c@[1.2.3.4]>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		for _, a := range ParseAddressList(value) {
			checkSurvives(t, a)
			canonical, err := Canonical(a.String())
			if err != nil {
				continue
			}
			if again, err := Canonical(canonical); err != nil || again != canonical {
				t.Errorf("%q is canonical, but becomes %q (%v)", canonical, again, err)
			}
		}
	})
}
