package measure

import "slices"

// inclusion tells whether meetings are at hours at which members can come, and whether it is always the same ones who
// get up at night. Members whose zone is not known lower the coverage.
func (w *World) inclusion(m *Meetings, held []occurrence) {
	inside, all, zoned, members := 0, 0, 0, 0
	sum, n := map[string]float64{}, map[string]int{}
	for _, o := range held {
		for place, is := range w.membersAt(o.Start) {
			if !is {
				continue
			}
			members++
			zone := w.persons[place].Zone
			if zone == nil {
				continue
			}
			zoned++
			hour := o.Start.In(zone).Hour()
			if all++; hour >= 8 && hour < 18 {
				inside++
			}
			sum[zone.String()] += Burden(hour)
			n[zone.String()]++
		}
	}
	why := NoZones
	if len(held) == 0 {
		why = NoneHeld
	}
	ids := occurrenceIDs(held)
	m.TimeInclusion = proportion(inside, all, why).traced(KindOccurrence, ids, nil).covered(zoned, members)
	m.Burden = map[string]Figure{}
	var means []float64
	for zone, total := range sum {
		mean := total / float64(n[zone])
		means = append(means, mean)
		f := number(Ratio, mean, KindOccurrence, ids)
		f.N = n[zone]
		m.Burden[zone] = f
	}
	m.Fairness = missing(Ratio, why)
	if len(means) > 0 {
		m.Fairness = number(Ratio, slices.Max(means)-slices.Min(means), KindOccurrence, ids).covered(zoned, members)
	}
}

// Burden is what a meeting costs whose start is in an hour of the day where somebody is.
func Burden(hour int) float64 {
	switch {
	case hour >= 9 && hour < 17:
		return 0
	case hour >= 7 && hour < 9, hour >= 17 && hour < 20:
		return 0.5
	case hour == 6, hour >= 20 && hour < 22:
		return 1
	}
	return 2
}
