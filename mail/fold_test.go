package mail

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestFoldWords(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"case", "Borrow CHECKER", "borrow checker"},
		{"punctuation", "  a, (b)... [c]! -- d", "a b c d"},
		{"nothing", " .,;-!? ", ""},
		{"apostrophes", "don't can’t l'homme O'Brien", "don t can t l homme o brien"},
		{"modifier apostrophe", "п\u02bcять", "п ять"},
		{"identifiers", "snake_case foo.bar a-b x/y", "snake case foo bar a b x y"},
		{"address", "Ann <ann.b@Example.ORG>", "ann ann b example org"},
		{"numbers", "v2.6 x86_64 3,14", "v2 6 x86 64 3 14"},
		{"C and its children", "C C++ c++. g++ C# F# issue#12 a + b", "c c ＋ c ＋ g ＋ c ＃ f ＃ issue 12 a b"},
		{"diff", "+++ b/file.c\n--- a/file.c", "b file c a file c"},
		{"accents", "Crème brûlée Ångström naïve", "creme brulee angstrom naive"},
		{"accents apart", "Cre\u0300me bru\u0302le\u0301e", "creme brulee"},
		{"German", "Straße GRÖẞE Äpfel ﬁnden", "strasse grosse apfel finden"},
		{"Polish", "Łódź zażółć gęślą", "lodz zazolc gesla"},
		{"Danish", "Øster Ærø Århus", "oster aero arhus"},
		{"Icelandic", "Þórður Guðmundsson", "thordur gudmundsson"},
		{"Vietnamese", "Đường Nguyễn", "duong nguyen"},
		{"Turkish", "İstanbul ISPARTA ısı Diyarbakır", "istanbul isparta isi diyarbakir"},
		{"Catalan", "col·lecció paral·lel", "col leccio paral lel"},
		{"Greek", "ΟΔΟΣ οδός Ὀδυσσεύς", "οδοσ οδοσ οδυσσευσ"},
		{"Cyrillic", "Ёлка МОЙ Київ", "елка мои киів"},
		{"Hebrew", "שָׁלוֹם", "שלום"},
		{"Arabic", "مُحَمَّد أحمد إلى مـــرحبا", "محمد احمد الي مرحبا"},
		{"Persian", "ی ک می\u200cخواهم", "ي ك ميخواهم"},
		{"Devanagari", "हिन्दी क़लम", "हिन्दी क़लम"},
		{"digits", "٣٫١٤ १२३ ４５ ²", "3 14 123 45 2"},
		{"Chinese", "搜索引擎2026年", "搜 索 引 擎 2026 年"},
		{"Japanese", "東京でサーバーを", "東 京 で サ ー バ ー を"},
		{"half-width", "ｻｰﾊﾞｰ ＡＢＣ", "サ ー バ ー abc"},
		{"kana apart", "か\u3099", "が"},
		{"Korean", "서버가 죽었다", "서 버 가 죽 었 다"},
		{"Korean apart", "\u1109\u1165\u1107\u1165", "서 버"},
		{"old Korean", "\u1140\u119e", "\u1140 \u119e"},
		{"Thai", "ภาษาไทย ที่", "ภ า ษ า ไ ท ย ท ี ่"},
		{"compatible forms", "ﬀ ㎏ ½ ① Ⅷ x² ™ Foo™", "ff kg 1 2 1 viii x2 foo"},
		{"invisible", "soft\u00adhyphen zero\u200dwidth \u202eturned\u202c zero\u200bspace", "softhyphen zerowidth turned zero space"},
		{"spaces", "a\u00a0b\u3000c\u2028d", "a b c d"},
		{"emoji", "ship it 🚀👩‍💻", "ship it"},
		{"invalid", "a\xffb\xc3", "a b"},
		{"long", strings.Repeat("x", 200) + " y", strings.Repeat("x", 60) + " y"},
		{"long, beyond ASCII", strings.Repeat("é", 200) + strings.Repeat("ж", 200), strings.Repeat("e", 60)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := FoldWords(tt.text); got != norm.NFC.String(tt.want) {
				t.Errorf("got  %q\nwant %q", got, norm.NFC.String(tt.want))
			}
			checkFold(t, tt.text)
		})
	}
}

// checkFold proves what holds of any text.
func checkFold(t *testing.T, text string) {
	t.Helper()
	folded := FoldWords(text)
	if again := FoldWords(strings.NewReplacer(wordPlus, "", wordSharp, "").Replace(folded)); again != strings.Join(strings.Fields(strings.NewReplacer(wordPlus, "", wordSharp, "").Replace(folded)), " ") {
		t.Errorf("folded again: %q, was %q", again, folded)
	}
	spans, same := WordSpans(text)
	var words []string
	last := 0
	for _, s := range spans {
		if s.Start < last || s.End <= s.Start || s.End > len(same) {
			t.Fatalf("%q: a word from %d to %d behind %d of %d", text, s.Start, s.End, last, len(same))
		}
		last = s.Start
		words = append(words, s.Word)
	}
	if got := strings.Join(words, " "); got != folded {
		t.Errorf("spans: %q\nfolded: %q", got, folded)
	}
	for word := range strings.SplitSeq(folded, " ") {
		if len(word) > maxWord {
			t.Errorf("a word has %d octets", len(word))
		}
		for _, r := range word {
			if r < utf8.RuneSelf && asciiFolds[r] != byte(r) || unicode.IsSpace(r) || r == utf8.RuneError {
				t.Errorf("%q is in a word of %q", r, text)
			}
		}
	}
}

func TestWordSpans(t *testing.T) {
	spans, text := WordSpans("Die Größe: C++, e\u0301!")
	var got []string
	for _, s := range spans {
		got = append(got, s.Word+"="+text[s.Start:s.End])
	}
	if want := "die=Die grosse=Größe c=C ＋=++ e=e\u0301"; strings.Join(got, " ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzFoldWords(f *testing.F) {
	for _, seed := range []string{"Straße C++ don't", "か\u3099ﾞ½ㄱ\u1100", "ﷺ ㏂ Ⅷ", "é\u0301\u0315"} {
		f.Add(seed)
	}
	f.Fuzz(checkFold)
}

func TestSearchText(t *testing.T) {
	raw := "From: Ann Øster <ann@example.org>\nTo: Rust <rust@lists.example.org>\nCc: Ben <ben@b.example>\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\n" +
		"Content-Type: multipart/mixed; boundary=m\n\n--m\n\nNew *words*\n\n> old words\n\n-- \nAnn\n--m\nContent-Disposition: attachment; filename=\"Plan_2.pdf\"\n\nxx\n--m--\n"
	got := Read([]byte(raw)).SearchText()
	want := SearchText{Subject: "grusse", Author: "ann oster", From: "ann oster ann example org",
		To: "rust rust lists example org ben ben b example", Body: "new words", Files: "plan 2 pdf", Attached: true, NewChars: 11, QuotedChars: 11}
	if got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if got := Read([]byte("From: <no.name@example.org>\n\n> only\n> quoted\n")).SearchText(); got.Body != "only quoted" || got.Author != "no name" || got.Attached {
		t.Errorf("got %+v", got)
	}
}

func BenchmarkFoldWords(b *testing.B) {
	for _, name := range []string{"ascii", "latin", "cyrillic", "chinese"} {
		text := map[string]string{
			"ascii": "The borrow checker complains, again: foo.bar() is not Send.\n", "latin": "Die Größe der Äpfel überrascht — „naïve“ Leute in Łódź.\n",
			"cyrillic": "Мы не знаем, почему сервер снова упал.\n", "chinese": "搜索引擎在数据库中查找单词。\n"}[name]
		text = strings.Repeat(text, 200)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				FoldWords(text)
			}
		})
	}
	b.Run("corpus", func(b *testing.B) {
		raw, err := os.ReadFile(filepath.Join("..", "..", "shared", "corpus", "mbox", "notmuch-lkml.mbox"))
		if err != nil {
			b.Skip(err)
		}
		text := string(raw)
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			FoldWords(text)
		}
	})
}
