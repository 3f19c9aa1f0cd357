package list

import (
	"fmt"
	"slices"
	"strings"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// ParseFileTypes reads a list of media types and ends of file names, such as ".exe, image/*", as the rules about
// attachments want it.
func ParseFileTypes(text string) (types []string, err error) {
	const most = 200
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune(" ,;\t\n", r) }) {
		if !isFileType(word) {
			return nil, store.Errorf(store.Invalid, "%q is neither a media type (image/png, image/*) nor the end of a file name (.exe)", word)
		}
		if !slices.Contains(types, word) {
			types = append(types, word)
		}
	}
	if len(types) > most {
		return nil, store.Errorf(store.Invalid, "there are %d types; %d are allowed", len(types), most)
	}
	return types, nil
}

func isFileType(word string) bool {
	if strings.HasPrefix(word, ".") {
		return len(word) > 1 && len(word) <= 40 && !strings.ContainsAny(word, "/*")
	}
	kind, sub, ok := strings.Cut(word, "/")
	return ok && kind != "" && sub != "" && len(word) <= 100 && !strings.ContainsAny(kind, "*") && !strings.ContainsAny(sub, "/") &&
		(sub == "*" || !strings.Contains(sub, "*"))
}

// isFile says whether a part is something beside the text: all but bare texts and what only holds others.
func isFile(p *mail.Part) bool {
	switch {
	case p.IsMultipart():
		return false
	case p.Type == "text/plain" || p.Type == "text/html":
		return p.Filename != "" || p.Disposition == "attachment"
	}
	return true
}

// isOfTypes says whether a part is of one of the types. Mail programs open a file by its name, whatever its type says,
// so the end of the name counts alone; spaces and points behind it do not, since Windows drops them.
func isOfTypes(p *mail.Part, types []string) bool {
	name := strings.TrimRight(strings.ToLower(p.Filename), " .")
	for _, t := range types {
		kind, any := strings.CutSuffix(t, "/*")
		switch {
		case strings.HasPrefix(t, "."):
			if strings.HasSuffix(name, t) {
				return true
			}
		case any && strings.HasPrefix(p.Type, kind+"/"), p.Type == t:
			return true
		}
	}
	return false
}

// matchingFile returns what to call the first attachment of one of the types, "" for none.
func matchingFile(m *mail.Message, types []string) (name string) {
	if len(types) == 0 {
		return ""
	}
	m.Root.Walk(func(p *mail.Part) bool {
		if name == "" && isFile(p) && isOfTypes(p, types) {
			name = fileName(p)
		}
		return name == ""
	})
	return name
}

func fileName(p *mail.Part) string {
	if p.Filename != "" {
		return p.Filename
	}
	return p.Type
}

// isSigned says whether a part cannot be changed without breaking what stands around it.
func isSigned(p *mail.Part) bool {
	for up := p.Parent; up != nil; up = up.Parent {
		if up.Type == "multipart/signed" || up.Type == "multipart/encrypted" {
			return true
		}
	}
	return false
}

// withoutDropped returns the message without the attachments that its community drops, each replaced by a note that says
// so; m itself where there are none. What is part of something signed stays: ruleAttachment holds it.
func (l *List) withoutDropped(c store.Community, m *mail.Message) *mail.Message {
	if len(c.AttachmentsDrop) == 0 {
		return m
	}
	lang := l.language(c, "")
	out, dropped := replaceParts(m.Raw, func(p *mail.Part) (note string, replace bool) {
		if !isFile(p) || isSigned(p) || !isOfTypes(p, c.AttachmentsDrop) {
			return "", false
		}
		what := fmt.Sprintf("%s (%s, %s)", fileName(p), p.Type, sizeText(int64(len(p.Content(0)))))
		return templates.Say(lang, "post.dropped", templates.Args{Value: what, Community: about(c)}), true
	})
	if dropped == 0 {
		return m
	}
	return mail.Read(out)
}
