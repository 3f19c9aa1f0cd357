package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"guildpost/digest"
	"guildpost/digest/measure"
)

// A figureRow is a figure with its twin and the one of the window before.
type figureRow struct {
	name, key            string
	now, without, before measure.Figure
}

// figureRows are all figures of a report, in their order.
func figureRows(r *digest.Report) (all []figureRow) {
	now, without, before := r.Now.All(), r.Without.All(), r.Before.All()
	for i, name := range measure.Names {
		twins, earlier := byKey(without[i]), byKey(before[i])
		for _, part := range now[i].Parts() {
			all = append(all, figureRow{name, part.Key, part.Figure, twins[part.Key], earlier[part.Key]})
		}
	}
	return all
}

func byKey(m measure.Measure) map[string]measure.Figure {
	parts := map[string]measure.Figure{}
	for _, p := range m.Parts() {
		parts[p.Key] = p.Figure
	}
	return parts
}

func (r figureRow) text() string { return figureText(r.name, r.key) }

// showMeasures writes a report for a person.
func (a *app) showMeasures(r *digest.Report) error {
	a.say("%s, %s, against %s", r.Community.Title, windowText(r.Window), windowText(r.Window.Before()))
	rows := figureRows(r)
	for _, name := range measure.Names {
		some := slices.DeleteFunc(slices.Clone(rows), func(row figureRow) bool { return row.name != name })
		fmt.Fprintln(a.stdout)
		if err := a.showMeasure(name, some); err != nil {
			return err
		}
	}
	if len(r.Alarms) > 0 {
		fmt.Fprintln(a.stdout, "\nLook at this")
	}
	for _, alarm := range r.Alarms {
		a.say("  %s", alarmWords[alarm.Kind])
	}
	return nil
}

// showMeasure writes a sentence on the measure's own figure, a line for each that is available, and why others are not.
func (a *app) showMeasure(name string, rows []figureRow) error {
	a.say("%s: %s", measureTitles[name], headline(rows[0]))
	available := slices.DeleteFunc(slices.Clone(rows), func(r figureRow) bool { return !r.now.Available() })
	if len(available) > 0 {
		table := a.table("  FIGURE", "VALUE", "95 %", "KNOWN", "CHANGE", "WITHOUT FACILITATORS")
		for _, row := range available {
			table.row("  "+row.text(), figureValue(row.now), intervalText(row.now), percent(row.now.Coverage),
				trendText(row.now, row.before), figureValue(row.without))
		}
		if err := table.flush(); err != nil {
			return err
		}
	}
	a.showMissing(rows)
	return nil
}

// headline is a measure's own figure in a sentence.
func headline(r figureRow) string {
	if !r.now.Available() {
		return fmt.Sprintf("%s is not available, since %s", r.text(), r.now.Why.Sentence())
	}
	text := fmt.Sprintf("%s (%s)", figureValue(r.now), r.text())
	if r.before.Available() {
		text += ", before " + figureValue(r.before)
	}
	return text
}

// showMissing names the figures that are not available, by their reasons. Where that is all of a measure, its own has said it.
func (a *app) showMissing(rows []figureRow) {
	missing := map[measure.Why][]string{}
	var reasons []measure.Why
	for _, row := range rows {
		if why := row.now.Why; why != "" {
			if missing[why] == nil {
				reasons = append(reasons, why)
			}
			missing[why] = append(missing[why], row.text())
		}
	}
	for _, why := range reasons {
		if len(missing[why]) < len(rows) {
			a.say("  not available, since %s: %s", why.Sentence(), strings.Join(missing[why], "; "))
		}
	}
}

// windowText names a whole month, else the days.
func windowText(w measure.Window) string {
	from, to := w.From.In(w.Zone), w.To.In(w.Zone)
	if from.Day() == 1 && from.AddDate(0, 1, 0).Equal(to) && from.Hour()+from.Minute()+from.Second() == 0 {
		return from.Format("January 2006")
	}
	return from.Format("2006-01-02 15:04") + " to " + to.Format("2006-01-02 15:04 MST")
}

// figureValue writes a figure with what it is of.
func figureValue(f measure.Figure) string {
	switch {
	case !f.Available():
		return "-"
	case f.Unit == measure.Share:
		return fmt.Sprintf("%s (%d/%d)", percent(f.Value), f.K, f.N)
	case f.Unit == measure.Ratio && f.K != 0:
		return fmt.Sprintf("%s (%d/%d)", figureNumber(f.Unit, f.Value), f.K, f.N)
	}
	return figureNumber(f.Unit, f.Value)
}

func percent(v float64) string { return fmt.Sprintf("%.0f %%", 100*v) }

// figureNumber writes a value with the digits that its unit deserves. Only here is anything rounded.
func figureNumber(unit measure.Unit, v float64) string {
	switch unit {
	case measure.Share:
		return percent(v)
	case measure.Hours:
		return fmt.Sprintf("%.1f h", v)
	case measure.Days:
		return fmt.Sprintf("%.1f days", v)
	case measure.Index:
		return fmt.Sprintf("%.1f of 100", v)
	case measure.Count:
		if v == math.Trunc(v) {
			return fmt.Sprintf("%.0f", v)
		}
		return fmt.Sprintf("%.1f", v)
	case measure.Points:
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

func intervalText(f measure.Figure) string {
	if !f.Proportion() {
		return "-"
	}
	return fmt.Sprintf("%.0f-%.0f %%", 100*f.Low, 100*f.High)
}

// trendText is the change against the window before.
func trendText(now, before measure.Figure) string {
	if !now.Available() || !before.Available() {
		return "-"
	}
	change := now.Value - before.Value
	text := figureNumber(now.Unit, math.Abs(change))
	switch now.Unit {
	case measure.Share:
		text = fmt.Sprintf("%.0f points", 100*math.Abs(change))
	case measure.Index:
		text = fmt.Sprintf("%.1f", math.Abs(change))
	}
	switch {
	case change > 0:
		return "+" + text
	case change < 0:
		return "-" + text
	}
	return "="
}
