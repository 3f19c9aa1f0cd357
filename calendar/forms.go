package calendar

import (
	"sync"
	"time"

	"guildpost/store"
	"guildpost/templates"
)

// forms are the texts of letters that are the same for many readers.
type forms struct {
	mu    sync.Mutex
	texts map[form]*templates.Form // nil for those that cannot be filled in
	zones map[string]*time.Location
}

// A form is all on which the text of a letter about a meeting depends, but for its reader's name and ticket.
type form struct {
	lang, zone, shape string
	named             bool
}

func newForms() *forms {
	return &forms{texts: map[form]*templates.Form{}, zones: map[string]*time.Location{}}
}

// A reader is somebody to whom a text is written.
type reader struct {
	whose  templates.For
	ticket templates.Ticket
	zone   *time.Location
	now    time.Time
}

// write renders the text of a letter, or fills a form in that somebody else's was made with: the data of two readers with one
// language, zone and shape differ in their names and tickets only.
func (t *teller) write(w *letter, i store.Invitation, shape string, data func(reader) any) error {
	s := i.Subscription
	zone := t.zoneOf(s)
	of := func(name, token string) any {
		whose := forReader(t.c, s)
		whose.Recipient = name
		return data(reader{whose, t.ticket(t.c, token), zone, t.Now()})
	}
	lang := t.language(t.c, s)
	f, err := t.forms.get(form{lang, zone.String(), shape, s.Name != ""}, of)
	if err != nil {
		return err
	}
	text, ok := templates.Mail{}, false
	if f != nil {
		text, ok = f.Fill(s.Name, i.Token)
	}
	if !ok {
		text, err = templates.Render(lang, of(s.Name, i.Token))
	}
	w.text = &text
	return err
}

// get finds a form, or makes it.
func (f *forms) get(key form, data func(name, token string) any) (*templates.Form, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	made, known := f.texts[key]
	if known {
		return made, nil
	}
	made, err := templates.NewForm(key.lang, key.named, data)
	f.texts[key] = made
	return made, err
}

// zoneOf is where times are shown for somebody.
func (t *teller) zoneOf(s store.Subscription) *time.Location {
	t.forms.mu.Lock()
	defer t.forms.mu.Unlock()
	zone, known := t.forms.zones[s.Timezone]
	if !known {
		zone = t.zone(t.c, s, t.m)
		t.forms.zones[s.Timezone] = zone
	}
	return zone
}
