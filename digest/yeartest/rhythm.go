package yeartest

import (
	"math"
	"slices"
	"time"
)

// hours are how much is written in each hour of a working day, on the clocks of who writes.
var hours = [24]float64{.2, .1, 0, 0, 0, .1, .4, 1.5, 5, 8.5, 10, 9, 5.5, 7, 9.5, 9, 7.5, 5.5, 3, 2.2, 2.2, 1.8, 1, .5}

// How much of a working day's other days have.
const (
	weekend, holiday, august, yearsEnd = .15, .1, .4, .2
)

// dayFactor is how much of a working day's writing a day has.
func (y *Year) dayFactor(day time.Time) float64 {
	f := 1.0
	switch day.Weekday() {
	case time.Saturday, time.Sunday:
		f = weekend
	}
	if slices.Contains(homeRegion(y.Law.Zone).holidays, day.Format("01-02")) {
		f = holiday
	}
	switch {
	case day.Month() == time.August:
		f *= august
	case day.Month() == time.December && day.Day() > 21:
		f *= yearsEnd
	}
	return f
}

func homeRegion(zone string) region {
	return regions[slices.IndexFunc(regions, func(r region) bool { return r.zone == zone })]
}

// at draws a time of a day, on the clocks of a zone.
func (d *drawing) at(day time.Time, zone *time.Location) time.Time {
	sum := 0.0
	for _, w := range hours {
		sum += w
	}
	left, hour := d.Float64()*sum, 0
	for left -= hours[0]; left > 0 && hour < 23; left -= hours[hour] {
		hour++
	}
	return time.Date(day.Year(), day.Month(), day.Day(), hour, d.IntN(60), d.IntN(60), 0, zone)
}

// awake moves a time at which somebody sleeps, or has a free day, to the next morning at which they write.
func (d *drawing) awake(at time.Time, p *Person) time.Time {
	zone := mustZone(p.Zone)
	local := at.In(zone)
	morning := func(days int) time.Time {
		return time.Date(local.Year(), local.Month(), local.Day()+days, 7, 30+d.IntN(150), d.IntN(60), 0, zone)
	}
	if local.Hour() < 7 {
		local = morning(0)
	} else if local.Hour() >= 22 {
		local = morning(1)
	}
	free := func() bool {
		return local.Weekday() == time.Saturday || local.Weekday() == time.Sunday || slices.Contains(regions[p.region].holidays, local.Format("01-02"))
	}
	for free() && d.chance(.8) {
		local = morning(1)
	}
	return local
}

// poisson draws how many happen of which so many do at the mean (Knuth).
func (d *drawing) poisson(mean float64) (n int) {
	for p := d.Float64(); p > math.Exp(-mean); p *= d.Float64() {
		n++
	}
	return n
}

// spread is the σ of waiting times: with 1.3, one in twenty takes more than eight times as long as the median.
const spread = 1.3

// wait draws a log-normal time of a median in hours: at least a minute.
func (d *drawing) wait(median float64) time.Duration {
	return max(time.Minute, time.Duration(median*math.Exp(spread*d.NormFloat64())*float64(time.Hour)).Truncate(time.Second))
}
