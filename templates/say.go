package templates

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"text/template"
	"time"
)

// Args is what the short texts are about: each uses a few of these.
type Args struct {
	Community Community
	Name      string // a person's; where only an address is known, that
	Address   string
	Subject   string
	Value     string // what was set, looked for or not understood
	Code      string // a word of the program, such as a role, which has a text of its own
	Text      string // a piece of what somebody wrote, or what to write instead
	Names     []string
	N, M      int
	When      time.Time
}

// Say returns a short text in a language: one line, without markup. Keys are those of say/LANGUAGE.txt. A key that does
// not exist is returned as it is, so that a mail goes out with an odd line rather than not at all; Has tells.
func Say(lang, key string, args Args) string {
	lib, err := library()
	if err != nil {
		return key
	}
	return lib.says[Language(lang)].say(key, args)
}

// Has says whether there is a short text of that key.
func Has(key string) bool {
	lib, err := library()
	return err == nil && lib.says[fallback].has(key)
}

// A catalogue is the short texts of a language by key.
type catalogue map[string]saying

// A saying is a short text. Most are fixed.
type saying struct {
	text     string // as in the source
	template *template.Template
}

func (c catalogue) has(key string) bool {
	_, ok := c[key]
	return ok
}

func (c catalogue) say(key string, args Args) string {
	s, ok := c[key]
	if !ok {
		return cleanInline(key)
	}
	out, err := execute(s.template, args)
	if err != nil {
		return cleanInline(key)
	}
	return cleanInline(stripMarks(out))
}

var sayingForm = regexp.MustCompile(`^([a-z][a-z0-9.-]*) = (\S.*)$`)

// loadCatalogue reads say/LANGUAGE.txt: a line "key = text" each; lines that begin with two spaces go on with the one
// before; lines that begin with # are comments.
func loadCatalogue(lang string) (catalogue, error) {
	file := "say/" + lang + ".txt"
	source, err := fs.ReadFile(files, file)
	if err != nil {
		return nil, err
	}
	c := catalogue{}
	joined := strings.ReplaceAll(string(source), "\n  ", " ")
	for line := range strings.SplitSeq(joined, "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		m := sayingForm.FindStringSubmatch(line)
		if m == nil || c.has(m[1]) {
			return nil, fmt.Errorf("%s: %q is not a line KEY = TEXT, or the key is there already", file, line)
		}
		c[m[1]] = saying{text: m[2]}
	}
	return c, c.compile(lang, file)
}

// compile comes after all are read, since the functions look words up in the catalogue.
func (c catalogue) compile(lang, file string) error {
	funcs := functions(lang, c)
	for key, s := range c {
		t, err := template.New(file + " " + key).Funcs(funcs).Parse(wrapActions(s.text, "inline"))
		if err != nil {
			return err
		}
		c[key] = saying{text: s.text, template: t}
	}
	return nil
}
