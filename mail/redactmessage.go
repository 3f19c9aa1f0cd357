package mail

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// A Redacted is what became of a message.
type Redacted struct {
	Raw     []byte // the message without the person
	Changed bool   // it is another one
	Files   int    // parts that name the person and cannot be changed, such as pictures and documents
}

// Message returns a message without the person: their name and address, and where it answers them also what they said.
// What names nobody is the same, byte for byte; so are the parts that do not.
func (r *Redactor) Message(raw []byte, answers bool) Redacted {
	if folded := foldASCII(raw); !answers && !holdsAny(folded, r.needles) && !holdsAny(folded, encodedMarks) {
		return Redacted{Raw: raw}
	}
	w := messageRedactor{Redactor: r, raw: raw, answers: answers}
	root, err := Scan(raw, DefaultLimits())
	if err != nil { // it cannot be taken apart, and was not when it was shown
		out, changed := r.replace(string(raw), false)
		return Redacted{Raw: []byte(out), Changed: changed}
	}
	if isBareBody(root.Header) {
		text := decodeUndeclared(raw)
		if redacted := w.shownWords(text, false); redacted != text {
			return Redacted{Raw: []byte(redacted), Changed: true}
		}
		return Redacted{Raw: raw}
	}
	w.part(root)
	return Redacted{Raw: w.out, Changed: !bytes.Equal(w.out, raw), Files: w.files}
}

// encodedMarks are in messages that have something in them that a look at their bytes does not show.
var encodedMarks = [][]byte{[]byte("=?"), []byte("base64"), []byte("quoted-printable"), []byte("*="), []byte("*0="), []byte("uuencode"), []byte("&#"), []byte("utf-7")}

type messageRedactor struct {
	*Redactor
	raw     []byte
	out     []byte
	answers bool
	files   int
}

// part writes a part with all that is in it.
func (w *messageRedactor) part(p *Part) {
	header := Header{Fields: make([]Field, 0, len(p.Header.Fields))}
	for _, f := range p.Header.Fields {
		header.Fields = append(header.Fields, w.field(f))
	}
	w.fileName(p, &header)
	if len(p.Children) == 0 {
		body, changed := w.leaf(p, &header)
		w.head(p, header)
		if !changed {
			body = p.RawBody()
		}
		w.out = append(w.out, body...)
		return
	}
	w.head(p, header)
	pos := p.Body.Start
	for _, child := range p.Children {
		w.between(pos, child.HeaderAt.Start)
		w.part(child)
		pos = child.Body.End
	}
	w.between(pos, p.Body.End)
}

func (w *messageRedactor) head(p *Part, header Header) {
	w.out = header.AppendTo(w.out)
	w.out = append(w.out, w.raw[p.HeaderAt.End:p.Body.Start]...)
}

// between writes what belongs to no part.
func (w *messageRedactor) between(from, to int) {
	text, _ := w.Text(string(w.raw[from:to]))
	w.out = append(w.out, text...)
}

// people are the fields that hold addresses: a name beside the person's address goes whatever it is.
var people = map[string]bool{"from": true, "to": true, "cc": true, "bcc": true, "sender": true, "reply-to": true, "resent-from": true,
	"resent-to": true, "resent-cc": true, "resent-sender": true, "x-original-from": true, "mail-followup-to": true, "mail-reply-to": true}

// references are the fields of Message-IDs.
var references = map[string]bool{"message-id": true, "in-reply-to": true, "references": true, "resent-message-id": true, "supersedes": true}

// field is a header field without the person.
func (w *messageRedactor) field(f Field) Field {
	name := strings.ToLower(f.Name)
	value := f.Value()
	switch {
	case f.Name == "":
		if text, changed := w.Text(string(f.Raw)); changed {
			f.Raw = []byte(text)
		}
		return f
	case references[name]:
		if text, changed := w.Reference(value); changed {
			return w.newField(f, text)
		}
		return f
	case people[name]:
		if list, changed := w.addresses(ParseAddressList(value)); changed {
			return w.newField(f, FormatAddresses(list))
		}
	}
	if text, changed := w.Text(value); changed {
		f = w.newField(f, text)
		value = text
	}
	if text, changed := w.Text(DecodeWords(value)); changed {
		return w.newField(f, EncodeText(text))
	}
	return f
}

// newField keeps a field whose value cannot be written without its value.
func (w *messageRedactor) newField(f Field, value string) Field {
	made, err := NewField(f.Name, value)
	if err != nil {
		made, err = NewField(f.Name, EncodeText(w.id.Name))
	}
	if err != nil {
		return f
	}
	return made
}

func (w *messageRedactor) addresses(list []Address) (out []Address, changed bool) {
	for _, a := range list {
		if address, is := w.replace(a.String(), false); is {
			at := strings.LastIndexByte(address, '@')
			a, changed = Address{Name: w.id.Name, Local: address[:at], Domain: address[at+1:]}, true
		}
		out = append(out, a)
	}
	return out, changed
}

// fileName takes the person out of a file's name that is written in a way that a look at the field does not show.
func (w *messageRedactor) fileName(p *Part, h *Header) {
	_, changed := w.Text(p.Filename)
	if !changed {
		return
	}
	if h.Has("Content-Disposition") {
		_ = h.Set("Content-Disposition", spellDisposition(p.Disposition)) // a word of its own can be written
	}
	if value := h.Get("Content-Type"); strings.Contains(strings.ToLower(value), "name") {
		_ = h.Set("Content-Type", bareType(p)) // made of what was read
	}
}

func spellDisposition(word string) string {
	if word != "inline" {
		return "attachment"
	}
	return word
}

// bareType is the type of a part with those parameters that its body cannot be read without.
func bareType(p *Part) string {
	value := p.Type
	for _, name := range []string{"charset", "boundary", "format", "delsp"} {
		if v := p.Params[name]; v != "" && isASCII(v) && !strings.ContainsAny(v, "\"\\\r\n") {
			value += "; " + name + `="` + v + `"`
		}
	}
	return value
}

// leaf is the body of a part that holds no others, without the person; its header says how it is written.
func (w *messageRedactor) leaf(p *Part, h *Header) (body []byte, changed bool) {
	content := p.Content(0)
	readable := p.IsText() || p.IsMultipart() // one that is broken is read as the text that it is
	if readable || utf8.Valid(content) && !bytes.ContainsRune(content, 0) {
		text, known := DecodeCharset(p.Charset, content)
		if !known {
			text = decodeUndeclared(content)
		}
		redacted := w.shownWords(text, p.Type == "text/html")
		if redacted == text {
			return nil, false
		}
		if !readable {
			return w.sameWay(p, h, []byte(redacted)), true
		}
		return w.rewritten(p, h, redacted), true
	}
	if w.mayName(content) && w.address.Match(content) {
		w.files++
	}
	return nil, false
}

// shownWords is a text without the person, also as it is shown: without the control characters in it.
func (w *messageRedactor) shownWords(text string, isHTML bool) string {
	redacted := w.words(text, isHTML)
	shown := cleanText(redacted)
	if cleaned := w.words(shown, isHTML); cleaned != shown {
		return strings.ReplaceAll(cleaned, "\n", "\r\n")
	}
	return redacted
}

// words is a text without the person.
func (w *messageRedactor) words(text string, isHTML bool) string {
	if isHTML {
		return w.html(text)
	}
	text, _ = w.Text(text)
	if w.answers {
		text = w.attributions(w.withoutSaid(text))
	}
	return text
}

// rewritten is a text in UTF-8.
func (w *messageRedactor) rewritten(p *Part, h *Header, text string) []byte {
	switch cleanLabel(p.Charset) {
	case "", "us-ascii", "ascii", "utf-8", "utf8":
		if isASCII(text) || strings.HasPrefix(cleanLabel(p.Charset), "utf") {
			return w.sameWay(p, h, []byte(text))
		}
	}
	plain := *p
	plain.Params = map[string]string{"charset": "utf-8", "boundary": p.Params["boundary"], "format": p.Params["format"], "delsp": p.Params["delsp"]}
	_ = h.Set("Content-Type", bareType(&plain)) // made of what was read
	return w.sameWay(p, h, []byte(text))
}

// sameWay encodes a body as it was, or, where it was encoded in a way that is not written any more, as suits it.
func (w *messageRedactor) sameWay(p *Part, h *Header, content []byte) []byte {
	switch p.Encoding {
	case "", "7bit", "8bit", "binary":
		if isASCII(content) || p.Encoding == "8bit" || p.Encoding == "binary" {
			return content
		}
	case "base64":
		return appendBase64(nil, content)
	}
	body, encoding := encodeBody(content, p.IsText())
	_ = setEncoding(h, encoding, p.Parent == nil || !p.Parent.IsMultipart()) // a word of its own can be written
	return body
}

// attributions takes names of one word out of lines that introduce a quotation.
func (w *messageRedactor) attributions(text string) string {
	if w.common == nil {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if !strings.Contains(line, w.id.Address) && !introduces(strings.TrimLeft(strings.TrimSpace(line), "> ")) {
			continue
		}
		lines[i] = replaceAll(line, w.common, w.id.Name, func(before, after string) bool {
			last, _ := utf8.DecodeLastRuneInString(before)
			next, _ := utf8.DecodeRuneInString(after)
			return !isWordRune(last) && !isWordRune(next) && next != '@' && next != '.'
		})
	}
	return strings.Join(lines, "\n")
}

// html is a text of HTML without the person. What names nobody stays as it stands.
func (w *messageRedactor) html(src string) string {
	z := html.NewTokenizer(strings.NewReader(src))
	z.SetMaxBuf(0)
	var b strings.Builder
	for {
		kind := z.Next()
		raw := string(z.Raw())
		if kind == html.ErrorToken {
			b.WriteString(raw)
			return b.String()
		}
		if kind != html.TextToken {
			raw, _ = w.Text(raw)
			b.WriteString(raw)
			continue
		}
		said := html.UnescapeString(raw)
		if text := w.words(said, false); text != said {
			raw = html.EscapeString(text)
		}
		b.WriteString(raw)
	}
}
