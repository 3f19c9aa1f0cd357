package yeartest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Shares of the classes among those who found a community, and among those who join it later.
const (
	foundersCore, foundersActive = .12, .18
	joinersCore, joinersActive   = .04, .20
	namedShare, bouncedShare     = .70, .03
)

// Facilitators is how many of the core facilitate.
const facilitators = 2

func (d *drawing) people() {
	n := d.Law.Founders
	for i := range n {
		p := d.person(d.From.AddDate(0, 0, -20-d.IntN(380)))
		switch at := float64(i) / float64(n); {
		case at < foundersCore:
			p.Class, p.Facilitator = Core, i < facilitators
		case at < foundersCore+foundersActive:
			p.Class = Active
		}
		p.Named = p.Named || p.Facilitator
		d.add(p)
	}
	sponsor := d.person(d.From.AddDate(0, 0, -410))
	sponsor.Sponsor, sponsor.Named, sponsor.Language = true, true, d.Law.Language
	d.People = append(d.People, sponsor)
	for m := range Months {
		for range d.poisson(d.Law.Joins[m]) {
			p := d.person(d.From.AddDate(0, m, d.IntN(28)).Add(time.Duration(8*60+d.IntN(10*60)) * time.Minute))
			switch at := d.Float64(); {
			case at < joinersCore:
				p.Class = Core
			case at < joinersCore+joinersActive:
				p.Class = Active
			}
			d.add(p)
		}
	}
}

// person draws who somebody is. Two never have one name.
func (d *drawing) person(joined time.Time) Person {
	r := d.region()
	for {
		name := regions[r].given[d.IntN(len(regions[r].given))] + " " + regions[r].family[d.IntN(len(regions[r].family))]
		p := Person{Name: name, Address: address(name), Named: d.chance(namedShare), Zone: regions[r].zone, Language: regions[r].language,
			Class: Edge, Joined: joined, region: r}
		if !slices.ContainsFunc(d.People, func(other Person) bool { return other.Address == p.Address }) {
			return p
		}
	}
}

func (d *drawing) region() int {
	n := d.IntN(100)
	for i, r := range regions {
		if n -= d.Law.Regions[r.name]; n < 0 {
			return i
		}
	}
	return len(regions) - 1
}

var ascii = strings.NewReplacer(" ", ".", "ü", "ue", "í", "i", "ñ", "n", "é", "e")

// domains of the houses that people work for, by the first letter of their names.
var domains = []string{"harbour.example", "mill.example", "orchard.example", "quarry.example"}

func address(name string) string {
	return fmt.Sprintf("%s@%s", ascii.Replace(strings.ToLower(name)), domains[int(name[0])%len(domains)])
}

// add lets somebody in, and draws how it ends.
func (d *drawing) add(p Person) {
	if !p.Facilitator {
		d.leave(&p)
	}
	if p.Left.IsZero() && !p.Joined.Before(d.From) && d.chance(bouncedShare) {
		if at := p.Joined.AddDate(0, 0, 20+d.IntN(180)); at.Before(d.To) {
			p.Bounced = at
		}
	}
	d.People = append(d.People, p)
}

// leave draws month by month whether somebody leaves.
func (d *drawing) leave(p *Person) {
	for m := range Months {
		risk := d.Law.Leaves[m]
		switch p.Class {
		case Core:
			risk = d.Law.CoreLeaves[m]
		case Active:
			risk *= .7
		}
		at := d.From.AddDate(0, m, d.IntN(28)).Add(time.Duration(9*60+d.IntN(8*60)) * time.Minute)
		if d.chance(risk) && at.After(p.Joined.AddDate(0, 0, 7)) {
			p.Left = at
			return
		}
	}
}
