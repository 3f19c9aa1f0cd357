package measure

// valued is v_c: the members with a sign of a cycle of value in the year. Beside the evidence that is on record, coming to a
// meeting and rating one with 4 or 5 are signs of the first cycle, a kept item one of the second.
func (w *World) valued(win Window, cycle int, members []PersonID) Figure {
	if !w.hasSigns(cycle) {
		return missing(Share, NoEvidence)
	}
	year := win.year()
	marked := make([]bool, len(w.persons))
	mark := func(id PersonID) {
		if place, ok := w.known(id); ok {
			marked[place] = true
		}
	}
	for _, e := range w.r.Evidence {
		if e.Cycle == cycle && year.Contains(e.At) {
			mark(e.Person)
		}
	}
	switch cycle {
	case 1:
		w.immediate(year, mark)
	case 2:
		w.eachAct(year, func(_ int32, a Act) {
			if a.Kind == KeptItem {
				mark(a.Person)
			}
		})
	}
	return share(KindMember, w.ids(both(marked, w.membersAt(win.To))), members, NoMembers)
}

func (w *World) immediate(year Window, mark func(PersonID)) {
	for _, o := range w.held(year) {
		for _, id := range o.attended {
			mark(id)
		}
	}
	for _, p := range w.r.Pulses {
		for _, a := range p.Answers {
			if p.Question == Rated && a.Value >= 4 && year.Contains(a.At) {
				mark(a.Person)
			}
		}
	}
}

// hasSigns says whether anything is recorded at all that could be a sign of a cycle.
func (w *World) hasSigns(cycle int) bool {
	switch {
	case len(w.r.Evidence) > 0:
		return true
	case cycle == 1:
		return len(w.r.Occurrences) > 0 || len(w.r.Pulses) > 0
	case cycle == 2:
		return len(w.r.Acts) > 0
	}
	return false
}
