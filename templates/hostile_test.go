package templates

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

// hostile are values that somebody outside could choose.
var hostile = map[string]string{
	"markup":     `<script>alert(1)</script><img src=x onerror=alert(1)>"'><b>&lt;/td></table>-->`,
	"markdown":   "**bold** `code` [here](https://evil.example) <x@evil.example> # title => Press | https://evil.example | x@evil.example",
	"template":   `{{.Community.Name}} {{template "block"}} {{printf "%s" "x"}} }} {{`,
	"marks":      "\x01ptext\x02 \x03bold\x03 \x05here\x06https://evil.example\x0e \x0f",
	"lines":      "one\n-- \nJohn Doe\n> quoted\n## heading\n- item\n=> Press | https://evil.example | x@evil.example\r\nSubject: two\n\nFrom me",
	"separators": "one\u2028-- \u2029two\u0085three\vfour\ffive",
	"direction":  "abc\u202Egnp.exe\u202C \u2066x\u2069 \u200F\u061C",
	"invalid":    "\xff\xfe\x00\xc3(",
	"wrap":       strings.Repeat("word word word word word -- ", 20) + strings.Repeat("> ", 50) + strings.Repeat("From x ", 30),
	"long":       strings.Repeat("x", 10_000),
	"longWords":  strings.Repeat("many words ", 1_000),
	"zalgo":      "Z" + strings.Repeat("\u0301", 200) + "algo",
	"javascript": "javascript:alert(1)",
	"link":       `https://evil.example/"><script>`,
}

// kept are fields that are addresses and links of our own making, or that decide what is said.
var kept = []string{"Ticket", "Time", "Community", "Picture"}

// fill puts a value into every text of a copy of data.
func fill(data any, value string) any {
	v := reflect.New(reflect.TypeOf(data)).Elem()
	v.Set(deepCopy(reflect.ValueOf(data)))
	fillValue(v, value)
	return v.Interface()
}

func deepCopy(v reflect.Value) reflect.Value {
	c := reflect.New(v.Type()).Elem()
	c.Set(v)
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() != reflect.TypeFor[time.Time]() {
			for i := range v.NumField() {
				c.Field(i).Set(deepCopy(v.Field(i)))
			}
		}
	case reflect.Slice:
		c = reflect.MakeSlice(v.Type(), 0, v.Len())
		for i := range v.Len() {
			c = reflect.Append(c, deepCopy(v.Index(i)))
		}
	}
	return c
}

func fillValue(v reflect.Value, value string) {
	switch v.Kind() {
	case reflect.String:
		if _, markup := v.Interface().(Prose); v.String() != "" && !markup { // FuzzProse looks at what is in that
			v.SetString(value)
		}
	case reflect.Slice:
		for i := range v.Len() {
			fillValue(v.Index(i), value)
		}
	case reflect.Struct:
		if name := v.Type().Name(); name == "Community" {
			fillValue(v.FieldByName("Title"), value)
			fillValue(v.FieldByName("Purpose"), value)
			fillValue(v.FieldByName("Colour"), value)
		} else if !slices.Contains(kept, name) {
			for i := range v.NumField() {
				if f := v.Type().Field(i); f.Name != "Kind" && f.Name != "Role" && f.Name != "URL" {
					fillValue(v.Field(i), value)
				}
			}
		}
	}
}

var tag = regexp.MustCompile(`<[^>]*>`)
var foreign = regexp.MustCompile(`(?i)href="(javascript|data):|\son[a-z]+=|#ZgotmplZ|<script|<img [^s]|<img src="[^c]`)
var tagName = regexp.MustCompile(`^</?[a-z0-9!]+`)

// skeleton is the tags of a document without what lines, links to addresses and directions add.
func skeleton(html string) string {
	var names []string
	for _, t := range tag.FindAllString(html, -1) {
		name := tagName.FindString(strings.ToLower(t))
		if name != "<br" && name != "<a" && name != "</a" && name != "<bdi" && name != "</bdi" {
			names = append(names, name)
		}
	}
	return strings.Join(names, " ")
}

// checkHarmless compares a mail that has hostile values with the same that has not.
func checkHarmless(t *testing.T, what string, m, benign Mail) {
	t.Helper()
	if got, want := skeleton(m.HTML), skeleton(benign.HTML); got != want {
		t.Errorf("%s: the values changed the markup: got %s, want %s", what, got, want)
	}
	for _, tag := range tag.FindAllString(m.HTML, -1) {
		if foreign.MatchString(tag) {
			t.Errorf("%s: the tag %s is not ours", what, tag)
		}
	}
	if got := strings.Count(m.Text, "\n-- \n"); got != 1 {
		t.Errorf("%s: %d signatures in\n%s", what, got, m.Text)
	}
	for line := range strings.SplitSeq(m.Text, "\n") {
		if strings.HasPrefix(line, "From ") || line == "--" {
			t.Errorf("%s: the line %q could be taken for something else", what, line)
		}
	}
	if quotes(m.Text) == 0 != (quotes(benign.Text) == 0) {
		t.Errorf("%s: quotes appear in\n%s", what, m.Text)
	}
	if strings.ContainsAny(m.Subject, "\r\n") || utf8.RuneCountInString(m.Subject) > longestSubject {
		t.Errorf("%s: the subject is %q", what, m.Subject)
	}
	for _, text := range []string{m.Subject, m.Text, m.HTML} {
		checkCharacters(t, what, text)
	}
}

func quotes(text string) (n int) {
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(line, ">") {
			n++
		}
	}
	return n
}

func checkCharacters(t *testing.T, what, text string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Errorf("%s: invalid UTF-8", what)
	}
	marks := 0
	for _, r := range text {
		if r != '\n' && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
			t.Errorf("%s: the character %U got through", what, r)
			return
		}
		if marks++; !unicode.Is(unicode.Mn, r) {
			marks = 0
		}
		if marks > mostMarks {
			t.Errorf("%s: %d combining marks on one character", what, marks)
			return
		}
	}
}

// TestHostileValues: whatever values hold, a mail keeps its form.
func TestHostileValues(t *testing.T) {
	for _, s := range samples() {
		benign, err := Render("en", fill(s.data, "benign"))
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range hostile {
			m, err := Render("en", fill(s.data, value))
			if err != nil {
				t.Errorf("%s with %s: %v", s.name, name, err)
				continue
			}
			checkHarmless(t, s.name+" with "+name, m, benign)
		}
	}
}

// TestHostileAddresses: even what we make ourselves can only become a link that is one.
func TestHostileAddresses(t *testing.T) {
	for name, value := range hostile {
		c := Community{Title: value, Name: value, Domain: value, Address: value, Colour: value, Purpose: value}
		m, err := Render("en", Welcome{For: For{c, value}, Leave: Ticket{value, value}, Resources: []Link{{"here", value}, {"", value}}})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, tag := range tag.FindAllString(m.HTML, -1) {
			if foreign.MatchString(tag) {
				t.Errorf("%s: the tag %s is not ours", name, tag)
			}
		}
	}
}

// TestRightToLeft: a name in Hebrew cannot reorder what stands around it.
func TestRightToLeft(t *testing.T) {
	m, err := Render("en", JoinPending{For: For{Community{Title: "שלום"}, "דנה לוי"}, Address: "dana@d.example"})
	if err != nil {
		t.Fatal(err)
	}
	if want := "<bdi>Hello דנה לוי,</bdi>"; !strings.Contains(m.HTML, want) {
		t.Errorf("%s is not in %s", want, m.HTML)
	}
	if want := "of <bdi>שלום</bdi> look"; !strings.Contains(m.HTML, want) {
		t.Errorf("%s is not in %s", want, m.HTML)
	}
	if !strings.Contains(m.Text, "Hello דנה לוי,") {
		t.Errorf("the greeting is not in %s", m.Text)
	}
}

func FuzzRender(f *testing.F) {
	for _, value := range hostile {
		f.Add(value[:min(len(value), 500)]) // longer ones only keep the fuzzer busy with making them shorter
	}
	benign, err := Render("de", fill(heldSample(), "benign"))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if cleanInline(value) == "" {
			return // texts that are not there are left out, with their markup
		}
		m, err := Render("de", fill(heldSample(), value))
		if err != nil {
			t.Fatal(err)
		}
		checkHarmless(t, "fuzz", m, benign)
	})
}

func heldSample() any {
	for _, s := range holdingSamples() {
		if s.name == "held-facilitator" {
			return s.data
		}
	}
	return nil
}
