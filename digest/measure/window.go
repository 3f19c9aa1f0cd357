package measure

import "time"

// A Window is a time that is reported on: after From, up to and with To. Zone is the community's: a day of a contribution
// and a month begin there.
type Window struct {
	From, To time.Time
	Zone     *time.Location
}

const day = 24 * time.Hour

// Rolling is how far back levels and ties look.
const Rolling = 91 * day

// LastMonth is the last calendar month that was over at a time.
func LastMonth(now time.Time, zone *time.Location) Window {
	now = now.In(zone)
	return month(now.Year(), now.Month()-1, zone)
}

func month(year int, m time.Month, zone *time.Location) Window {
	return Window{time.Date(year, m, 1, 0, 0, 0, 0, zone), time.Date(year, m+1, 1, 0, 0, 0, 0, zone), zone}
}

// Contains says whether a time lies in the window.
func (w Window) Contains(t time.Time) bool { return t.After(w.From) && !t.After(w.To) }

// Days is how long the window is, in days of the calendar: a change of the clocks makes none longer.
func (w Window) Days() float64 {
	_, from := w.From.In(w.zone()).Zone()
	_, to := w.To.In(w.zone()).Zone()
	return (w.To.Sub(w.From) + time.Duration(to-from)*time.Second).Hours() / 24
}

// Before is the window that ends where this one begins: as many calendar months where this one has whole ones, else as
// many days.
func (w Window) Before() Window {
	from, to := w.From.In(w.zone()), w.To.In(w.zone())
	if months := (to.Year()-from.Year())*12 + int(to.Month()-from.Month()); monthBegins(from) && monthBegins(to) && months > 0 {
		return Window{from.AddDate(0, -months, 0), w.From, w.Zone}
	}
	return Window{from.AddDate(0, 0, -int(w.Days()+0.5)), w.From, w.Zone}
}

func monthBegins(t time.Time) bool {
	return t.Equal(time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, t.Location()))
}

// Back is the window moved back.
func (w Window) Back(d time.Duration) Window { return Window{w.From.Add(-d), w.To.Add(-d), w.Zone} }

// last is the window of a length that ends with this one.
func (w Window) last(d time.Duration) Window { return Window{w.To.Add(-d), w.To, w.Zone} }

func (w Window) year() Window { return w.last(365 * day) }

func (w Window) zone() *time.Location {
	if w.Zone == nil {
		return time.UTC
	}
	return w.Zone
}

// midnights are the beginnings of the days that touch the window, the first at or before its begin.
func (w Window) midnights() (all []time.Time) {
	from := w.From.In(w.zone())
	for d := from.Day(); ; d++ {
		t := time.Date(from.Year(), from.Month(), d, 0, 0, 0, 0, w.zone())
		if t.After(w.To) {
			return all
		}
		all = append(all, t)
	}
}

// RecordsFrom is the earliest time of posts that the figures of a window, of the one before, and its trend want.
func (w Window) RecordsFrom() time.Time { return w.Before().Before().To.Add(-Rolling) }
