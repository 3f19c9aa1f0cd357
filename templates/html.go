package templates

import (
	"bytes"
	"fmt"
	htmltemplate "html/template"
)

// A frame is a document with everything that stands around it: what page/mail.html is executed with.
type frame struct {
	Lang, Subject string
	Community     Community
	Blocks        []block
	Light, Dark   palette
	pictures      map[string]htmltemplate.URL // by Content-ID; those of a mail are in it
	say           catalogue
}

// Footer is how to reach those who can help.
func (f frame) Footer() []footerLine { return f.Community.footer(f.say) }

// Wordmark is the name at the top.
func (f frame) Wordmark() string { return cleanInline(f.Community.Label()) }

// OrByMail introduces the address beside a button.
func (f frame) OrByMail() string { return f.say["mail.or-by-mail"].text }

// At gives a block's template what it needs beside the block.
func (f frame) At(b block) htmlBlock { return htmlBlock{block: b, Frame: f, P: f.Light} }

// Say gives the spans of a line their colours.
func (b htmlBlock) Say(spans []span) htmlSpans { return htmlSpans{Spans: spans, P: b.P} }

type htmlBlock struct {
	block
	Frame frame
	P     palette
}

type htmlSpans struct {
	Spans []span
	P     palette
}

// Is compares the kind with a name, so that the template need not know the letters.
func (b htmlBlock) Is(name string) bool { return kindNames[b.Kind] == name }

var kindNames = map[byte]string{
	kindTitle: "title", kindHeading: "heading", kindParagraph: "paragraph", kindBullet: "bullets", kindNumber: "numbers",
	kindQuote: "quote", kindCode: "code", kindButton: "button", kindSecond: "second", kindRule: "rule",
	kindEntry: "entry", kindPicture: "picture",
}

// First is the only line of a block that has one.
func (b htmlBlock) First() htmlSpans {
	if len(b.Lines) == 0 {
		return htmlSpans{P: b.P}
	}
	return b.Say(b.Lines[0])
}

// Second is what stands below the title of an entry.
func (b htmlBlock) Second() htmlSpans {
	if len(b.Lines) < 2 {
		return htmlSpans{P: b.P}
	}
	return b.Say(b.Lines[1])
}

// Source is where a picture comes from.
func (b htmlBlock) Source() htmltemplate.URL { return b.Frame.pictureSource(b.Image.CID) }

// Href is where the button leads: without web pages, to a new mail.
func (b htmlBlock) Href() string {
	if b.Goal.URL == "" {
		return safeURL("mailto:" + b.Goal.Address)
	}
	return b.Goal.URL
}

// mailHTMLFuncs are the comments that Outlook reads as instructions: html/template removes comments from its sources.
func mailHTMLFuncs() htmltemplate.FuncMap {
	return htmltemplate.FuncMap{
		"outlookOpen": func() htmltemplate.HTML {
			return `<!--[if mso]><table role="presentation" align="center" width="600" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->`
		},
		"outlookClose": func() htmltemplate.HTML { return `<!--[if mso]></td></tr></table><![endif]-->` },
	}
}

func (f frame) html(t *htmltemplate.Template) (string, error) {
	f.Light, f.Dark = lightPalette(f.Community.Colour), darkPalette(f.Community.Colour)
	var b bytes.Buffer
	if err := t.Execute(&b, f); err != nil {
		return "", fmt.Errorf("render %s: %w", t.Name(), err)
	}
	return b.String(), nil
}
