package templates

import "fmt"

// Together renders several mails as one: the subject and the frame are the first one's, and each of the others begins with
// a heading. Only the first one greets, and none says what a reply does but the first.
func Together(lang string, first any, more ...any) (Mail, error) {
	if len(more) == 0 {
		return Render(lang, first)
	}
	lib, err := library()
	if err != nil {
		return Mail{}, err
	}
	lang = Language(lang)
	subject, blocks, err := lib.render(lang, first)
	if err != nil {
		return Mail{}, err
	}
	var closing []block
	// What the installation itself says ends without a word on replies.
	if last := len(blocks) - 1; blocks[last].Kind == kindParagraph && communityOf(first).Name != "" {
		blocks, closing = blocks[:last:last], blocks[last:]
	}
	for _, data := range more {
		_, part, err := lib.render(lang, data)
		if err != nil {
			return Mail{}, err
		}
		blocks = append(append(blocks, block{Kind: kindRule}), asSection(part)...)
	}
	m := Mail{Subject: subject}
	frame := frame{Lang: lang, Subject: subject, Community: communityOf(first), Blocks: append(blocks, closing...), say: lib.says[lang]}
	m.Text = frame.text()
	m.HTML, err = frame.html(lib.mailHTML)
	return m, err
}

// render returns the subject and the body of one mail.
func (lib *texts) render(lang string, data any) (subject string, body []block, err error) {
	t, ok := lib.mails[lang][nameOf(data)]
	if !ok {
		return "", nil, fmt.Errorf("there is no mail for %T", data)
	}
	if subject, err = execute(t.subject, data); err != nil {
		return "", nil, err
	}
	text, err := execute(t.body, data)
	return subjectLine(subject), readBlocks(text), err
}

// asSection is the body of a mail within another: title, greeting … closing. Titles become headings.
func asSection(body []block) []block {
	var kept []block
	for i, b := range body {
		switch {
		case b.Kind == kindTitle:
			b.Kind = kindHeading
		case b.Kind == kindParagraph && (i == 1 || i == len(body)-1):
			continue
		}
		kept = append(kept, b)
	}
	return kept
}
