package digest

import (
	"context"
	"slices"
	"sync"

	"guildpost/digest/measure"
	"guildpost/store"
)

// A Report is what is told of a community in a window.
type Report struct {
	Community store.Community
	Window    measure.Window
	Now       measure.Measures
	Without   measure.Measures // the same without the facilitators
	Before    measure.Measures // of the window before
	Alarms    []measure.Alarm
	Week      measure.Week                        // that ends with the window
	People    map[measure.PersonID]measure.Person // everybody in the records
}

// A keptReport is given again while nothing has changed.
type keptReport struct {
	report *Report
	state  store.ArchiveState
}

// keptReports is how many are kept: a report's traces may take megabytes.
const keptReports = 4

// Report computes the measures of a window, or gives those that it has if nothing that they were counted from changed.
func (g *Gatherer) Report(ctx context.Context, c store.Community, w measure.Window) (*Report, error) {
	state, err := g.DB.ArchiveState(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	if known := g.known(c, w, state); known != nil {
		return known, nil
	}
	records, err := g.Records(ctx, c, w)
	if err != nil {
		return nil, err
	}
	r := newReport(c, w, records)
	if !r.Now.Meetings.Forecast.Available() { // each answer to what is still to come changes it
		g.keep(keptReport{r, state})
	}
	return r, nil
}

func newReport(c store.Community, w measure.Window, records *measure.Records) *Report {
	world := measure.New(records)
	r := &Report{Community: c, Window: w, People: make(map[measure.PersonID]measure.Person, len(records.Persons))}
	var all sync.WaitGroup
	all.Go(func() { r.Now = world.Measures(w) })
	all.Go(func() { r.Before = world.Measures(w.Before()) })
	all.Go(func() { r.Without = world.Without(w).Measures(w) })
	all.Go(func() { r.Week = world.Week(w.To) })
	all.Wait()
	r.Alarms = world.Alarms(r.Now, r.Before)
	for _, p := range records.Persons {
		r.People[p.ID] = p
	}
	return r
}

func (k keptReport) is(c store.Community, w measure.Window) bool {
	have := k.report
	return have.Community.ID == c.ID && have.Window.From.Equal(w.From) && have.Window.To.Equal(w.To) &&
		have.Window.Zone.String() == w.Zone.String()
}

func (g *Gatherer) known(c store.Community, w measure.Window, state store.ArchiveState) *Report {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, k := range g.kept {
		if k.is(c, w) && k.state == state {
			return k.report
		}
	}
	return nil
}

func (g *Gatherer) keep(k keptReport) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.kept = slices.DeleteFunc(g.kept, func(old keptReport) bool { return old.is(k.report.Community, k.report.Window) })
	g.kept = slices.Insert(g.kept, 0, k)
	g.kept = g.kept[:min(len(g.kept), keptReports)]
}
