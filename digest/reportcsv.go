package digest

import (
	"encoding/csv"
	"io"
	"strconv"

	"guildpost/digest/measure"
)

// csvColumns are the first line of a report as CSV.
var csvColumns = []string{"measure", "figure", "unit", "value", "k", "n", "coverage", "low", "high", "before", "excluding_facilitators", "why"}

// WriteCSV writes a report's figures, a line each, as numbers in full: those of the window, of the window before, and without
// the facilitators.
func (r *Report) WriteCSV(w io.Writer) error {
	rows := [][]string{csvColumns}
	now, without, before := r.Now.All(), r.Without.All(), r.Before.All()
	for i, name := range measure.Names {
		twins, earlier := figuresByKey(without[i]), figuresByKey(before[i])
		for _, part := range now[i].Parts() {
			f := part.Figure
			line := []string{name, part.Key, string(f.Unit), csvNumber(f), "", strconv.Itoa(f.N), csvFloat(f.Coverage), "", "",
				csvNumber(earlier[part.Key]), csvNumber(twins[part.Key]), string(f.Why)}
			if f.Proportion() {
				line[4], line[7], line[8] = strconv.Itoa(f.K), csvFloat(f.Low), csvFloat(f.High)
			}
			rows = append(rows, line)
		}
	}
	return csv.NewWriter(w).WriteAll(rows)
}

func figuresByKey(m measure.Measure) map[string]measure.Figure {
	parts := map[string]measure.Figure{}
	for _, p := range m.Parts() {
		parts[p.Key] = p.Figure
	}
	return parts
}

func csvNumber(f measure.Figure) string {
	if !f.Available() {
		return ""
	}
	return csvFloat(f.Value)
}

func csvFloat(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
