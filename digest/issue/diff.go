package issue

import "slices"

// changes tells what is different from the issue that was.
func (e *editor) changes(now Issue) (all []Change) {
	if now.Title != e.was.Title {
		all = append(all, Change{What: Retitled, Text: now.title(e.words)})
	}
	all = append(all, e.removed(now)...)
	for _, s := range now.Sections {
		all = append(all, e.sectionChanges(s)...)
	}
	if len(all) == 0 && !e.sameOrder(now) {
		all = append(all, Change{What: Moved})
	} else {
		all = append(all, e.movedSections(now)...)
	}
	return append(all, e.restored...)
}

// was finds an item, by its record or text, in the issue that was.
func (e *editor) find(it Item) (Item, bool) {
	for _, s := range e.was.Sections {
		for _, other := range s.Items {
			if it.isText() && other.isText() && other.Text == it.Text || !it.isText() && sameRecord(it, other) {
				return other, true
			}
		}
	}
	return Item{}, false
}

// removed are the sections and items that were left out. Of a section that is gone its items are not told.
func (e *editor) removed(now Issue) (all []Change) {
	has := func(it Item) bool {
		return slices.ContainsFunc(now.Sections, func(s Section) bool {
			return slices.ContainsFunc(s.Items, func(other Item) bool {
				return it.isText() && other.isText() && other.Text == it.Text || !it.isText() && sameRecord(it, other)
			})
		})
	}
	for _, s := range e.was.Sections {
		var gone []Change
		for _, it := range s.Items {
			if !has(it) {
				gone = append(gone, Change{What: Removed, Section: s.Heading(e.words), Text: block(it, e.words)})
			}
		}
		if len(gone) == len(s.Items) && len(gone) > 0 && s.Kind != Opening && !e.stays(now, s) {
			gone = []Change{{What: NoSection, Text: s.Heading(e.words)}}
		}
		all = append(all, gone...)
	}
	return all
}

// stays says whether a section has its heading still.
func (e *editor) stays(now Issue, s Section) bool {
	return slices.ContainsFunc(now.Sections, func(other Section) bool { return other.Kind == s.Kind && other.Title == s.Title })
}

// sectionChanges are those within a section.
func (e *editor) sectionChanges(s Section) (all []Change) {
	heading := s.Heading(e.words)
	isNew := !slices.ContainsFunc(e.was.Sections, func(was Section) bool { return was.Heading(e.words) == heading })
	switch {
	case isNew && s.Kind != Free && s.Kind != Opening:
		all = append(all, Change{What: Renamed, Section: e.words.Heading(s.Kind), Text: heading})
	case isNew && s.Kind == Free:
		all = append(all, Change{What: NewSection, Text: heading})
	}
	for _, it := range s.Items {
		was, ok := e.find(it)
		switch {
		case !ok:
			all = append(all, Change{What: Added, Section: heading, Text: block(it, e.words)})
		case was != it:
			all = append(all, Change{What: Reworded, Section: heading, Text: it.Text})
		}
	}
	return all
}

// sameOrder says whether all items stand in the order in which they stood, in the same sections.
func (e *editor) sameOrder(now Issue) bool {
	return slices.EqualFunc(now.Sections, e.was.Sections, func(a, b Section) bool {
		return a.Kind == b.Kind && a.Title == b.Title && slices.Equal(a.Items, b.Items)
	})
}

// movedSections says whether the sections that stayed stand in another order. Several may have the same heading.
func (e *editor) movedSections(now Issue) []Change {
	last := -1
	seen := map[int]bool{}
	for _, s := range now.Sections {
		for at, was := range e.was.Sections {
			if seen[at] || was.Kind != s.Kind || was.Heading(e.words) != s.Heading(e.words) {
				continue
			}
			if seen[at] = true; at < last {
				return []Change{{What: Moved}}
			}
			last = at
			break
		}
	}
	return nil
}
