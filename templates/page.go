package templates

import (
	"bytes"
	"fmt"
	"strings"
)

// Style returns the stylesheet of all pages, to be served as /style.css (text/css; charset=utf-8).
func Style() ([]byte, error) { return files.ReadFile("page/style.css") }

// A TicketPage shows what a ticket will do, with one button that POSTs.
type TicketPage struct {
	Community Community
	// Kind picks the texts: join, apply (join, and a facilitator decides), leave, command, undo, hold-approve, hold-reject,
	// and so on: those of which say has page.KIND.title; others get general ones.
	Kind      string
	About     Args     // what the texts are about; its Community is set from the page's
	Title     string   // instead of the kind's; already in the reader's language
	Text      string   // instead of the kind's
	Button    string   // instead of the kind's
	Details   []Detail // what it is about, line by line: subject, author
	AskReason bool     // there is a field "reason"
	Choices   []string // instead of one button, one for each: accepted, tentative, declined, 1 to 5; its field is "choice"
	Ticks     []Tick   // a list to tick; its fields are "tick"
	Action    string   // where the button POSTs to
	Hidden    map[string]string
}

// A Tick is a line of a list to tick.
type Tick struct {
	Value string
	Label string
	On    bool // it is ticked already
}

// A Detail is a line of a TicketPage.
type Detail struct {
	Label string // subject, from, address, since, reason; others are shown as they are, in the reader's language
	Value string
}

// A DonePage says that it is done.
type DonePage struct {
	Community Community
	Kind      string // as TicketPage.Kind
	About     Args
	Text      string // instead of the kind's
	Undo      string // path of the page that takes it back; may be empty
}

// A ProblemPage says why nothing was done, and what to do.
type ProblemPage struct {
	Community Community
	Kind      string // expired, unknown, already, busy, limit, not-found, changed
	About     Args   // Name: who decided already
	Help      string // address to write to, where there is no community: guildpost@…; may be empty
}

// A pageView is what the templates of pages are executed with.
type pageView struct {
	Lang, Wordmark, Title, Text string

	// of a TicketPage
	Button, Action     string
	Details            []Detail
	Choices            []choiceView
	Ticks              []Tick
	AskReason          bool
	Reason, ReasonHint string
	Hidden             map[string]string

	// of the others
	Done, Close, Undo, UndoLink string
	WhatToDo                    string
	Advice                      []adviceLine
}

// A choiceView is one button of several.
type choiceView struct{ Value, Text string }

// An adviceLine is a sentence with an address in the middle.
type adviceLine struct{ Before, Address, After string }

// Page makes a page of data's type, which is one of TicketPage, DonePage, ProblemPage and IssuePage, in a language. It holds no
// script, no inline style and nothing from elsewhere. It fails for other types only.
func Page(lang string, data any) ([]byte, error) {
	lib, err := library()
	if err != nil {
		return nil, err
	}
	lang = Language(lang)
	w := pageWriter{say: lib.says[lang], view: pageView{Lang: lang}}
	name, view := "", any(nil)
	switch p := data.(type) {
	case TicketPage:
		name = "ticket"
		w.ticket(p)
	case DonePage:
		name = "done"
		w.done(p)
	case ProblemPage:
		name = "problem"
		w.problem(p)
	case IssuePage:
		name = "issue"
		if view, err = lib.issuePage(lang, p); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("there is no page for %T", data)
	}
	if view == nil {
		view = w.view
	}
	var b bytes.Buffer
	if err := lib.pages.ExecuteTemplate(&b, name, view); err != nil {
		return nil, fmt.Errorf("render page %s: %w", name, err)
	}
	return b.Bytes(), nil
}

// A pageWriter fills a view with texts.
type pageWriter struct {
	say  catalogue
	view pageView
}

func (w *pageWriter) ticket(p TicketPage) {
	v := &w.view
	w.kind(p.Community, p.Kind, "title", p.Title, &p.About, &v.Title)
	w.kind(p.Community, p.Kind, "text", p.Text, &p.About, &v.Text)
	w.kind(p.Community, p.Kind, "button", p.Button, &p.About, &v.Button)
	v.Action, v.Hidden, v.AskReason = p.Action, p.Hidden, p.AskReason
	v.Reason, v.ReasonHint = w.say["page.reason"].text, w.say["page.reason-hint"].text
	if key := "page." + p.Kind + ".field"; w.say.has(key) {
		v.Reason, v.ReasonHint = w.say[key].text, w.say[key+"-hint"].text
	}
	for _, tick := range p.Ticks {
		tick.Label = shorten(longestInline, cleanInline(tick.Label))
		v.Ticks = append(v.Ticks, tick)
	}
	for _, choice := range p.Choices {
		v.Choices = append(v.Choices, choiceView{choice, w.say.choice(choice)})
	}
	for _, d := range p.Details {
		if d.Value = cleanInline(d.Value); d.Value != "" {
			if label, ok := w.say["page.label."+d.Label]; ok {
				d.Label = label.text
			}
			v.Details = append(v.Details, Detail{cleanInline(d.Label), shorten(longestInline, d.Value)})
		}
	}
}

// choice is the text of a button. One without a text is the number of an option, or that and an answer: "2-accepted".
func (c catalogue) choice(value string) string {
	if s, ok := c["page.choice."+value]; ok {
		return s.text
	}
	if number, word, found := strings.Cut(value, "-"); found && c.has("page.choice."+word) { // an answer about one of several
		return cleanInline(number) + ": " + c["page.choice."+word].text
	}
	return cleanInline(value)
}

// kind picks a text of the kind, unless there is one already.
func (w *pageWriter) kind(c Community, kind, part, own string, about *Args, to *string) {
	w.view.Wordmark, about.Community = cleanInline(c.Label()), c
	if *to = cleanInline(own); *to != "" {
		return
	}
	key := "page." + kind + "." + part
	if !w.say.has(key) {
		key = "page.other." + part
	}
	*to = w.say.say(key, *about)
}

func (w *pageWriter) done(p DonePage) {
	v := &w.view
	w.kind(p.Community, p.Kind, "done", p.Text, &p.About, &v.Text)
	v.Title, v.Close = w.say["page.done"].text, w.say["page.close"].text
	v.Undo, v.UndoLink = p.Undo, w.say["page.undo-link"].text
}

func (w *pageWriter) problem(p ProblemPage) {
	v := &w.view
	if !w.say.has("page.problem." + p.Kind + ".title") {
		p.Kind = "unknown"
	}
	v.Wordmark, p.About.Community = cleanInline(p.Community.Label()), p.Community
	v.Title = w.say.say("page.problem."+p.Kind+".title", p.About)
	v.Text = w.say.say("page.problem."+p.Kind+".text", p.About)
	v.WhatToDo = w.say["page.what-to-do"].text
	if p.Kind == "unknown" || p.Kind == "busy" {
		v.Advice = append(v.Advice, adviceLine{Before: w.say["page.advice.reply"].text})
	}
	if p.Kind == "already" || p.Kind == "not-found" || p.Kind == "changed" {
		w.advise("page.advice.owner", p.Community, "owner", "")
	} else {
		w.advise("page.advice.help", p.Community, "help", p.Help)
	}
}

// advise adds a sentence with an address, if there is one.
func (w *pageWriter) advise(key string, c Community, function, address string) {
	if c.Name != "" {
		address = c.Function(function)
	}
	if address = cleanInline(address); address == "" {
		return
	}
	before, after, _ := strings.Cut(w.say[key].text, "{{.Address}}")
	w.view.Advice = append(w.view.Advice, adviceLine{before, address, after})
}
