package templates

import (
	"fmt"
	htmltemplate "html/template"
	"io/fs"
	"path"
	"strings"
	"text/template"
)

// A texts is everything compiled.
type texts struct {
	mails    map[string]map[string]mailTemplate // by language, by name
	says     map[string]catalogue               // by language
	mailHTML *htmltemplate.Template
	pages    *htmltemplate.Template
}

type mailTemplate struct {
	subject, body *template.Template
}

func loadLibrary() (*texts, error) {
	lib := &texts{mails: map[string]map[string]mailTemplate{}, says: map[string]catalogue{}}
	for _, lang := range Languages() {
		say, err := loadCatalogue(lang)
		if err != nil {
			return nil, err
		}
		lib.says[lang] = say
		if lib.mails[lang], err = loadMails(lang, say); err != nil {
			return nil, err
		}
	}
	var err error
	if lib.mailHTML, err = htmltemplate.New("mail.html").Funcs(mailHTMLFuncs()).ParseFS(files, "page/mail.html"); err != nil {
		return nil, err
	}
	lib.pages, err = htmltemplate.New("pages").ParseFS(files, "page/layout.html", "page/ticket.html", "page/done.html", "page/problem.html", "page/issue.html")
	return lib, err
}

func loadMails(lang string, say catalogue) (map[string]mailTemplate, error) {
	names, err := fs.Glob(files, "mail/"+lang+"/*.md")
	if err != nil {
		return nil, err
	}
	mails := map[string]mailTemplate{}
	for _, file := range names {
		source, err := fs.ReadFile(files, file)
		if err != nil {
			return nil, err
		}
		t, err := compileMail(file, string(source), functions(lang, say))
		if err != nil {
			return nil, err
		}
		mails[strings.TrimSuffix(path.Base(file), ".md")] = t
	}
	return mails, nil
}

// compileMail makes the templates of one file.
func compileMail(file, source string, funcs template.FuncMap) (t mailTemplate, err error) {
	head, body, ok := strings.Cut(source, "\n\n")
	subject, isSubject := strings.CutPrefix(head, "Subject: ")
	if !ok || !isSubject || strings.Contains(subject, "\n") {
		return t, fmt.Errorf("%s must begin with a line Subject: and an empty one", file)
	}
	if subject, err = compileInline(subject, "inline"); err != nil {
		return t, fmt.Errorf("%s: %w", file, err)
	}
	if body, err = compileBlocks(body); err != nil {
		return t, fmt.Errorf("%s: %w", file, err)
	}
	if t.subject, err = template.New(file + " Subject").Funcs(funcs).Parse(subject); err != nil {
		return t, err
	}
	t.body, err = template.New(file).Funcs(funcs).Parse(body)
	return t, err
}
