package templates

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// sourceFiles is this folder.
var sourceFiles = os.DirFS(".")

// mailTypes are the names of all structs of this package that embed For.
func mailTypes(t *testing.T) (names []string) {
	t.Helper()
	sources, err := fs.Glob(sourceFiles, "*.go")
	if err != nil || len(sources) == 0 {
		t.Fatalf("no sources: %v", err)
	}
	for _, source := range sources {
		parsed, err := parser.ParseFile(token.NewFileSet(), source, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			if s, ok := spec.Type.(*ast.StructType); ok && embedsFor(s) {
				names = append(names, spec.Name.Name)
			}
			return true
		})
	}
	return names
}

func embedsFor(s *ast.StructType) bool {
	for _, f := range s.Fields.List {
		if id, ok := f.Type.(*ast.Ident); ok && len(f.Names) == 0 && id.Name == "For" {
			return true
		}
	}
	return false
}

// sampleTypes returns the types of the samples by name.
func sampleTypes() map[string]reflect.Type {
	types := map[string]reflect.Type{}
	for _, s := range samples() {
		t := reflect.TypeOf(s.data)
		types[t.Name()] = t
	}
	return types
}

func source(t *testing.T, lang, name string) string {
	t.Helper()
	text, err := fs.ReadFile(files, "mail/"+lang+"/"+name+".md")
	if err != nil {
		t.Errorf("%v", err)
	}
	return string(text)
}

// TestEveryTypeHasItsTexts: each type of mail has samples and a file in each language, and each file has a type.
func TestEveryTypeHasItsTexts(t *testing.T) {
	sampled := sampleTypes()
	wanted := map[string]bool{}
	for _, name := range mailTypes(t) {
		typ, ok := sampled[name]
		if !ok {
			t.Errorf("%s has no sample", name)
			continue
		}
		wanted[nameOf(reflect.Zero(typ).Interface())] = true
	}
	if len(wanted) < 40 {
		t.Errorf("only %d types were found", len(wanted))
	}
	for _, lang := range Languages() {
		found, err := fs.Glob(files, "mail/"+lang+"/*")
		if err != nil {
			t.Fatal(err)
		}
		have := map[string]bool{}
		for _, file := range found {
			have[strings.TrimSuffix(path.Base(file), ".md")] = true
		}
		for name := range wanted {
			if !have[name] {
				t.Errorf("mail/%s/%s.md is missing", lang, name)
			}
		}
		for name := range have {
			if !wanted[name] {
				t.Errorf("mail/%s/%s.md belongs to no type", lang, name)
			}
		}
	}
}

// TestEveryFieldIsSaid: what a caller fills in stands in the text, in each language.
func TestEveryFieldIsSaid(t *testing.T) {
	for _, typ := range sampleTypes() {
		name := nameOf(reflect.Zero(typ).Interface())
		for _, lang := range Languages() {
			text := source(t, lang, name)
			for _, field := range fieldsOf(typ) {
				if !regexp.MustCompile(`[.$]` + field + `\b`).MatchString(text) {
					t.Errorf("mail/%s/%s.md does not use %s.%s", lang, name, typ.Name(), field)
				}
			}
		}
	}
}

// fieldsOf returns the fields of a type and of the structs within that are there for it, but not those that all share.
func fieldsOf(typ reflect.Type) (fields []string) {
	shared := []string{"For", "Community", "Ticket", "Reason", "Time", "Person", "Setting", "Repeats"}
	for i := range typ.NumField() {
		f := typ.Field(i)
		inner := f.Type
		if inner.Kind() == reflect.Slice {
			inner = inner.Elem()
		}
		if !f.Anonymous {
			fields = append(fields, f.Name)
		}
		if inner.Kind() == reflect.Struct && !slices.Contains(shared, inner.Name()) {
			fields = append(fields, fieldsOf(inner)...)
		}
	}
	return fields
}

var uses = regexp.MustCompile(`\{\{[^{}]*\}\}`)

// TestLanguagesSayTheSame: the same values stand in all languages, the same number of buttons, links, questions.
func TestLanguagesSayTheSame(t *testing.T) {
	count := func(text string) map[string]int {
		counts := map[string]int{}
		for _, a := range uses.FindAllString(text, -1) {
			for _, f := range regexp.MustCompile(`[.$][A-Z]\w+`).FindAllString(a, -1) {
				counts[f]++
			}
		}
		for line := range strings.SplitSeq(text, "\n") {
			if start, _, ok := strings.Cut(line, " "); ok && len(start) <= 2 && strings.Trim(start, "#=->1.") == "" {
				counts[start]++
			}
		}
		counts["links"] = strings.Count(text, "](") + strings.Count(text, "<")
		return counts
	}
	// A sentence may name something once more or less than in English; a person's name, a title.
	free := []string{".Community", ".Label", ".By", ".Members", ".Name"}
	for _, typ := range sampleTypes() {
		file := nameOf(reflect.Zero(typ).Interface())
		want := count(source(t, "en", file))
		for _, lang := range Languages()[1:] {
			got := count(source(t, lang, file))
			for key := range want {
				if got[key] != want[key] && !slices.Contains(free, key) {
					t.Errorf("mail/%s/%s.md has %s %d times, in English %d", lang, file, key, got[key], want[key])
				}
			}
		}
	}
}

// TestZeroData: nothing has to be known for a mail to be rendered.
func TestZeroData(t *testing.T) {
	for _, typ := range sampleTypes() {
		for _, lang := range Languages() {
			m, err := Render(lang, reflect.Zero(typ).Interface())
			if err != nil {
				t.Errorf("%s in %s: %v", typ.Name(), lang, err)
			}
			if all := m.Subject + m.Text + m.HTML; strings.Contains(all, "<no value>") || strings.Contains(all, "%!") || m.Subject == "" {
				t.Errorf("%s in %s is %q", typ.Name(), lang, all)
			}
		}
	}
}

// TestTone: no exclamation marks, no straight quotes in prose, no double spaces or trailing ones in any text.
func TestTone(t *testing.T) {
	bad := regexp.MustCompile(`[!¡]|[a-z]'[a-z]|[^ ]  [^ ]| $|\t`)
	err := fs.WalkDir(files, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(file, "page/") {
			return err
		}
		text, err := fs.ReadFile(files, file)
		for i, line := range strings.Split(string(text), "\n") {
			if found := bad.FindString(uses.ReplaceAllString(line, "X")); found != "" {
				t.Errorf("%s:%d has %q in %q", file, i+1, found, line)
			}
			if strings.ContainsAny(line, allMarks) {
				t.Errorf("%s:%d has a control character", file, i+1)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestAnswerable: people can answer each mail, and it says so, unless it is for the postmaster.
func TestAnswerable(t *testing.T) {
	say := map[string]string{"en": "ust reply to this", "de": "ntworte einfach auf diese Mail", "es": "respond(as|e) a este"}
	silent := []string{"mass-failure", "abuse-report", "trouble", "ticket-expired.none", "help.installation"}
	for _, s := range samples() {
		if slices.Contains(silent, s.name) || s.name == "held-facilitator.again" || s.name == "member-list.none" {
			continue
		}
		for lang, form := range say {
			m, err := Render(lang, s.data)
			if err != nil {
				t.Fatal(err)
			}
			if !regexp.MustCompile(form).MatchString(strings.ReplaceAll(m.Text, " \n", " ")) {
				t.Errorf("%s in %s does not say what a reply does:\n%s", s.name, lang, m.Text)
			}
		}
	}
}
