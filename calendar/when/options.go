package when

import "time"

// pieces splits items where another option begins: at "or", and at commas between what is a date with a time each.
func (v *vocabulary) pieces(f folded, all []item, c Context) (pieces [][]item) {
	for _, piece := range split(all, func(i int) bool { return all[i].kind == kOr || isBar(f, all, i) }) {
		parts := split(piece, func(i int) bool { return piece[i].kind == kComma })
		if len(parts) > 1 && v.eachWhole(f, parts, c) {
			pieces = append(pieces, parts...)
		} else {
			pieces = append(pieces, piece)
		}
	}
	return pieces
}

// isBar says whether an item is " / " between options.
func isBar(f folded, all []item, i int) bool {
	it := all[i]
	return it.kind == kMark && f.text[it.from] == '/' && !it.glued && i+1 < len(all) && !all[i+1].glued
}

func (v *vocabulary) eachWhole(f folded, parts [][]item, c Context) bool {
	for _, part := range parts {
		d := v.parse(f, part, c.Zone)
		if !d.hasDay() || !d.start.set || len(d.problems) > 0 {
			return false
		}
	}
	return true
}

func split(all []item, at func(i int) bool) (parts [][]item) {
	start := 0
	for i := range all {
		if at(i) {
			if i > start {
				parts = append(parts, all[start:i])
			}
			start = i + 1
		}
	}
	if start < len(all) {
		parts = append(parts, all[start:])
	}
	return parts
}

// lastZone is the zone that the last option says, with its abbreviation.
func lastZone(drafts []draft) (*time.Location, string) {
	for i := len(drafts) - 1; i >= 0; i-- {
		if drafts[i].zone != nil {
			return drafts[i].zone, drafts[i].season
		}
	}
	return nil, ""
}

// takeDay takes the day of the option before.
func (d *draft) takeDay(from draft) {
	d.dates, d.dom, d.days, d.hasDays, d.weeks, d.hasWeek = from.dates, from.dom, from.days, from.hasDays, from.weeks, from.hasWeek
	d.next, d.coming, d.this, d.week, d.nth, d.month, d.year, d.nextMon = from.next, from.coming, from.this, from.week, from.nth, from.month, from.year, from.nextMon
}
