package mail

import (
	"strings"

	"golang.org/x/net/html/atom"
)

// ruler stands for a horizontal rule, as Outlook writes it into plain text.
const ruler = "________________________________"

func blockOf(a atom.Atom) blockKind {
	switch a {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Blockquote, atom.Ul, atom.Ol, atom.Dl,
		atom.Table, atom.Pre, atom.Fieldset, atom.Figure:
		return paraElement
	case atom.Div, atom.Li, atom.Tr, atom.Dt, atom.Dd, atom.Center, atom.Article, atom.Section, atom.Header,
		atom.Footer, atom.Main, atom.Nav, atom.Aside, atom.Address, atom.Body, atom.Html, atom.Form, atom.Hr,
		atom.Caption, atom.Thead, atom.Tbody, atom.Tfoot, atom.Figcaption, atom.Option, atom.Menu, atom.Dir:
		return lineElement
	}
	return inlineElement
}

func isVoid(a atom.Atom) bool {
	switch a {
	case atom.Br, atom.Hr, atom.Img, atom.Input, atom.Meta, atom.Link, atom.Base, atom.Area, atom.Col,
		atom.Embed, atom.Source, atom.Track, atom.Wbr, atom.Param, atom.Basefont, atom.Bgsound, atom.Frame:
		return true
	}
	return false
}

// isInvisible is true for elements whose content a reader does not see.
func isInvisible(t tag) bool {
	switch t.atom {
	case atom.Script, atom.Style, atom.Title, atom.Template, atom.Svg, atom.Math, atom.Object,
		atom.Applet, atom.Iframe, atom.Select, atom.Textarea, atom.Audio, atom.Video, atom.Canvas, atom.Noembed, atom.Noframes:
		return true
	}
	return t.hidden || strings.Contains(t.style, "display:none") || strings.Contains(t.style, "mso-hide:all")
}

// isQuoteElement is true for elements whose content somebody else wrote.
//
// QUIRK: Gmail and Outlook indent with a blockquote that has a margin and no border.
func isQuoteElement(t tag) bool {
	if t.atom == atom.Blockquote {
		indent := strings.Contains(t.style, "margin:00040px") || strings.Contains(t.style, "margin-left:40px")
		return !indent || t.typ == "cite" || strings.Contains(t.class, "quote")
	}
	return t.atom == atom.Div && (strings.Contains(t.class, "yahoo_quoted") || t.elementName == "quote")
}

// markOf recognises how mail clients mark a reply's parts in their HTML.
func markOf(t tag) lineMark {
	id := strings.TrimPrefix(t.id, "x_")
	switch id {
	case "appendonsend", "divRplyFwdMsg", "replySplit", "mail-editor-reference-message-container",
		"ms-outlook-mobile-body-separator-line", "stopSpelling", "OLK_SRC_BODY_SECTION":
		return markReplyBelow
	case "Signature", "ms-outlook-mobile-signature", "AppleMailSignature":
		return markSignature
	}
	switch class := t.class; {
	case hasClass(class, "OutlookMessageHeader"):
		return markReplyBelow
	case hasClass(class, "gmail_attr"), hasClass(class, "moz-cite-prefix"):
		return markAttribution
	case hasClass(class, "gmail_signature"), hasClass(class, "moz-signature"), hasClass(class, "protonmail_signature_block"):
		return markSignature
	}
	if t.atom == atom.Div && strings.Contains(t.style, "border:none;border-top:solid#") && strings.Contains(t.style, "padding:3.0pt0") {
		return markReplyBelow // Outlook's line above "From: … Sent: …", in whatever language
	}
	return markNone
}

func hasClass(classes, want string) bool {
	for class := range strings.FieldsSeq(classes) {
		if strings.TrimPrefix(class, "x_") == want {
			return true
		}
	}
	return false
}
