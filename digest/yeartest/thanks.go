package yeartest

import "time"

// Thanks are one member's to another.
type Thanks struct {
	From, To int // places in People
	Note     string
	At       time.Time
}

var reasons = []string{"for the answer that worked at once", "for taking the time to look at it", "for the patient explanation", "for trying it out yourself",
	"for the checklist", "for the honest no"}

// thanks draws who thanks those who answered first.
func (d *drawing) thanks() {
	for _, t := range d.threadsBegun {
		if len(t.posts) < 2 || !d.chance(d.Law.Thanked) {
			continue
		}
		asker, helper := t.posts[0].By, t.posts[1].By
		at := d.within(t.posts[1].At, 48)
		if asker != helper && at.Before(d.To) && d.People[asker].In(at) && d.People[helper].In(at) {
			d.Thanks = append(d.Thanks, Thanks{asker, helper, reasons[d.IntN(len(reasons))], at})
		}
	}
}
