package issue

import "slices"

// read makes an issue of blocks.
func (e *editor) read(all []piece) Issue {
	now := Issue{Title: e.was.Title}
	at := -1 // the section that blocks go to
	for i := 0; i < len(all); i++ {
		p := all[i]
		switch {
		case p.start == headingStart && p.level == 1 && len(now.Sections) == 0:
			now.Title = e.readTitle(p.text)
		case p.start == headingStart:
			now.Sections = append(now.Sections, Section{Kind: Free, Title: p.text})
			at = len(now.Sections) - 1
		default:
			if at < 0 {
				now.Sections = append(now.Sections, Section{Kind: Opening})
				at = 0
			}
			it, n := e.item(all[i:])
			now.Sections[at].Items = append(now.Sections[at].Items, it)
			i += n - 1
		}
	}
	e.recognise(&now)
	e.keepFigures(&now)
	now.Sections = slices.DeleteFunc(now.Sections, func(s Section) bool { return len(s.Items) == 0 })
	return now
}

// readTitle is "" for the title that is our own.
func (e *editor) readTitle(text string) string {
	if fold(text) == fold(e.was.title(e.words)) {
		return e.was.Title
	}
	return text
}

// maxJoin is how many blocks are tried as one: some programs put blank lines between all lines.
const maxJoin = 12

// item reads the first of some blocks, and says how many blocks it is made of.
func (e *editor) item(all []piece) (Item, int) {
	text := all[0].text
	for n := 1; ; n++ {
		if p, ok := e.take(e.known[fold(text)]); ok {
			return e.at(p), n
		}
		if n == len(all) || n == maxJoin || all[n].start != paragraphStart {
			break
		}
		text += " " + all[n].text
	}
	if p, ok := e.take(e.bold[boldStart(all[0].text)]); ok {
		it := e.at(p)
		it.Text = all[0].text
		return it, 1
	}
	return Item{Text: all[0].text}, 1
}

// take uses the first of some places that is not used yet.
func (e *editor) take(places []place) (place, bool) {
	for _, p := range places {
		if !e.used[p] {
			e.used[p] = true
			return p, true
		}
	}
	return place{}, false
}

func (e *editor) at(p place) Item { return e.was.Sections[p.section].Items[p.item] }

// recognise finds which sections are those that were: by their headings, or else by what stands in them.
func (e *editor) recognise(now *Issue) {
	taken := map[int]bool{}
	for i := range now.Sections {
		s := &now.Sections[i]
		if s.Kind == Opening && s.Title == "" {
			continue
		}
		for _, was := range e.headings[fold(s.Title)] {
			if !taken[was] {
				taken[was] = true
				s.Kind, s.Title = e.was.Sections[was].Kind, e.was.Sections[was].Title
				break
			}
		}
	}
	for i := range now.Sections {
		s := &now.Sections[i]
		if s.Kind != Free || s.Title == "" {
			continue
		}
		if was, ok := e.home(s.Items); ok && !taken[was] {
			taken[was] = true
			s.Kind = e.was.Sections[was].Kind
		}
	}
}

// home is the section that at least half of some items were in, where that has a heading of its kind.
func (e *editor) home(items []Item) (section int, ok bool) {
	for i, s := range e.was.Sections {
		n := 0
		for _, it := range items {
			if !it.isText() && slices.ContainsFunc(s.Items, func(other Item) bool { return sameRecord(it, other) }) {
				n++
			}
		}
		if n > 0 && 2*n >= len(items) && s.Kind != Opening {
			return i, true
		}
	}
	return 0, false
}

// sameRecord compares records; each is in one place in memory.
func sameRecord(a, b Item) bool {
	a.Text, b.Text = "", ""
	return a == b
}

// keepFigures puts the figures back as they were counted, in their order: where a section of them stands, else at the end.
func (e *editor) keepFigures(now *Issue) {
	was := slices.IndexFunc(e.was.Sections, func(s Section) bool { return s.Kind == Figures })
	if was < 0 {
		return
	}
	e.noteFigures(*now, was)
	for i := range now.Sections {
		now.Sections[i].Items = slices.DeleteFunc(now.Sections[i].Items, func(it Item) bool { return it.Figure != nil })
	}
	at := slices.IndexFunc(now.Sections, func(s Section) bool { return s.Kind == Figures })
	if at < 0 {
		now.Sections = append(now.Sections, Section{Kind: Figures, Title: e.was.Sections[was].Title})
		at = len(now.Sections) - 1
	}
	s := &now.Sections[at]
	// Comments stay; what looks like one more figure does not. It is told unless a figure is missing, of which it then is
	// what somebody made.
	missing := len(e.restored)
	s.Items = slices.DeleteFunc(s.Items, func(it Item) bool {
		invented := it.isText() && startOf(it.Text) == listStart
		if invented {
			missing--
		}
		if invented && missing < 0 {
			e.restored = append(e.restored, Change{What: Restored, Section: s.Heading(e.words), Text: it.Text})
		}
		return invented
	})
	for _, it := range e.was.Sections[was].Items {
		if it.Figure != nil {
			s.Items = append(s.Items, it)
		}
	}
}

// noteFigures notes which figures were changed or left out.
func (e *editor) noteFigures(now Issue, was int) {
	heading := e.was.Sections[was].Heading(e.words)
	for _, it := range e.was.Sections[was].Items {
		if it.Figure == nil {
			continue
		}
		same := func(other Item) bool { return other == it }
		if !slices.ContainsFunc(now.Sections, func(s Section) bool { return slices.ContainsFunc(s.Items, same) }) {
			e.restored = append(e.restored, Change{What: Restored, Section: heading, Text: block(it, e.words)})
		}
	}
}
