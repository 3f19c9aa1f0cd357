package templates

import (
	"bytes"
	"embed"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"text/template"
)

//go:embed mail say page
var files embed.FS

// fallback is the language of those whose own is not here.
const fallback = "en"

// A Mail is a rendered mail. Text and HTML say the same.
type Mail struct {
	Subject string // one line, not yet encoded for a header
	// Text is the body of a text/plain part with format=flowed and delsp=no (RFC 3676): wrapped to 76 columns, stuffed with
	// spaces where needed. Lines end in LF. It must not be wrapped again.
	Text string
	HTML string // a whole document, for a text/html part; lines end in LF
}

// Render makes the mail of data's type in a language (BCP 47; may be empty). It fails only for a type that is no mail
// and for a template that does not fit its type, both of which tests find; never for a value, whatever that holds.
func Render(lang string, data any) (Mail, error) {
	lib, err := library()
	if err != nil {
		return Mail{}, err
	}
	lang = Language(lang)
	t, ok := lib.mails[lang][nameOf(data)]
	if !ok {
		return Mail{}, fmt.Errorf("there is no mail for %T", data)
	}
	subject, err := execute(t.subject, data)
	if err != nil {
		return Mail{}, err
	}
	body, err := execute(t.body, data)
	if err != nil {
		return Mail{}, err
	}
	m := Mail{Subject: subjectLine(subject)}
	frame := frame{Lang: lang, Subject: m.Subject, Community: communityOf(data), Blocks: readBlocks(body), say: lib.says[lang]}
	m.Text = frame.text()
	m.HTML, err = frame.html(lib.mailHTML)
	return m, err
}

// Languages returns the languages that there are texts in, English first.
func Languages() []string { return []string{"en", "de", "es"} }

// Language returns the one of Languages that serves a tag (BCP 47) best.
func Language(tag string) string {
	tag = strings.ToLower(strings.ReplaceAll(tag, "_", "-"))
	for tag != "" {
		if slices.Contains(Languages(), tag) {
			return tag
		}
		tag = tag[:max(strings.LastIndexByte(tag, '-'), 0)]
	}
	return fallback
}

// wordStart finds where a word begins within a type's name: behind a small letter, and before the last of several capitals.
var wordStart = regexp.MustCompile(`([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])`)

// nameOf turns the name of data's type into that of its files: ConfirmJoin is confirm-join, NotAMember is not-a-member.
func nameOf(data any) string {
	t := reflect.TypeOf(data)
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nil {
		return ""
	}
	return strings.ToLower(wordStart.ReplaceAllString(wordStart.ReplaceAllString(t.Name(), "$1$3-$2$4"), "$1$3-$2$4"))
}

// communityOf returns whose mail or page this is.
func communityOf(data any) Community {
	if c, ok := data.(interface{ community() Community }); ok {
		return c.community()
	}
	return Community{}
}

func execute(t *template.Template, data any) (string, error) {
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		return "", fmt.Errorf("render %s: %w", t.Name(), err)
	}
	return b.String(), nil
}

// longestSubject is in characters: what no program shows in a list of mails need not be sent.
const longestSubject = 150

func subjectLine(s string) string {
	return shorten(longestSubject, cleanInline(stripMarks(s)))
}

// library compiles all texts when the first is asked for.
var library = sync.OnceValues(loadLibrary)
