package chart

import (
	"math"
	"slices"
	"strconv"
)

// Sizes, in CSS pixels: a figure is as wide as a narrow phone shows beside its margins.
const (
	width      = 280
	lineHeight = 48
	barsHeight = 64
	margin     = 6
)

// Line draws how a value went: one for each period, the last one marked. A value that is not known (math.NaN) is a gap. With
// no known value the figure is empty. Its foot is nothing, or the lowest value if that is below it: the area under the line
// must not make a small change look like a fall.
func Line(values []float64, c Colours) Figure {
	low, high, ok := span(values)
	if !ok {
		return Figure{}
	}
	low = min(low, 0)
	f := Figure{Width: width, Height: lineHeight}
	bottom := float64(lineHeight - margin)
	x := func(i int) float64 {
		if len(values) == 1 {
			return width - 2*margin
		}
		return margin + float64(i)*(width-3*margin)/float64(len(values)-1)
	}
	y := func(v float64) float64 {
		if high == low {
			return bottom
		}
		return bottom - (v-low)/(high-low)*(bottom-margin)
	}
	for _, run := range runs(values) {
		points := make([]point, 0, run.to-run.from)
		for i := run.from; i < run.to; i++ {
			points = append(points, point{x(i), y(values[i])})
		}
		f.run(points, bottom, c)
	}
	for i := len(values) - 1; i >= 0; i-- {
		if !math.IsNaN(values[i]) {
			f.disc(point{x(i), y(values[i])}, 4, c.Accent)
			break
		}
	}
	return f
}

// run draws values that follow each other: a line with a faint area below it, or a dot for one alone.
func (f *Figure) run(points []point, bottom float64, c Colours) {
	if len(points) == 1 {
		f.disc(points[0], lineWidth, c.Accent)
		return
	}
	area := append(slices.Clone(points), point{points[len(points)-1].x, bottom + margin/2}, point{points[0].x, bottom + margin/2})
	f.add(shape{kind: polygon, points: area, colour: c.Accent, veil: .8})
	f.line(points, c.Accent)
}

// A stretch is the values from an index to before another.
type stretch struct{ from, to int }

// runs are the stretches without a gap.
func runs(values []float64) (all []stretch) {
	for i := 0; i < len(values); i++ {
		from := i
		for i < len(values) && !math.IsNaN(values[i]) {
			i++
		}
		if i > from {
			all = append(all, stretch{from, i})
		}
	}
	return all
}

// span is the lowest and the highest of the known values; not ok where there is none.
func span(values []float64) (low, high float64, ok bool) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if !math.IsNaN(v) {
			low, high = min(low, v), max(high, v)
		}
	}
	return low, high, low <= high && !math.IsInf(low, 0) && !math.IsInf(high, 0)
}

// A Bar is a value with its name, which is short: a month, a day.
type Bar struct {
	Name  string
	Value float64 // 0 and more; math.NaN where it is not known
}

// Bars draws values side by side, from 0: the last one in the accent, those before it soft. With no known value the figure is
// empty.
func Bars(bars []Bar, c Colours) Figure {
	values := make([]float64, len(bars))
	for i, b := range bars {
		values[i] = b.Value
	}
	_, high, ok := span(values)
	if !ok {
		return Figure{}
	}
	const top, bottom = margin, barsHeight - letters - margin
	f := Figure{Width: width, Height: barsHeight}
	step := float64(width) / float64(len(bars))
	for i, b := range bars {
		colour := c.Soft
		if i == len(bars)-1 {
			colour = c.Accent
		}
		at := float64(i) * step
		if b.Value >= 0 && high > 0 {
			tall := max(b.Value/high*(bottom-top), 1)
			f.rect(at+step*.15, bottom-tall, step*.7, tall, colour)
		} else {
			f.rect(at+step*.15, bottom-1, step*.7, 1, c.Soft)
		}
		if named(i, len(bars)) {
			f.label(at+step/2, barsHeight-margin/2, b.Name, middle, c.Soft)
		}
	}
	return f
}

// named says which bars have room for their name: all of few, else every second, and so on back from the last.
func named(i, n int) bool {
	const most = 7
	every := (n + most - 1) / most
	return (n-1-i)%every == 0
}

// A Meeting is one date in a Strip.
type Meeting struct {
	Came      int // who came, or said they would
	Cancelled bool
}

// Strip draws meetings in their order: a dot for each, the larger the more came, and a ring for one that was cancelled. At most
// the last 24 are drawn. Without any the figure is empty.
func Strip(meetings []Meeting, c Colours) Figure {
	const most, height = 24, 28
	meetings = meetings[max(0, len(meetings)-most):]
	if len(meetings) == 0 {
		return Figure{}
	}
	high := 1
	for _, m := range meetings {
		high = max(high, m.Came)
	}
	f := Figure{Width: width, Height: height}
	step := min(float64(width)/float64(len(meetings)), height)
	for i, m := range meetings {
		at := point{step * (float64(i) + .5), height / 2}
		if m.Cancelled {
			f.ring(at, min(step, height)/2-3, c.Soft)
			continue
		}
		// By area, since that is what one sees.
		f.disc(at, max((min(step, height)/2-1)*math.Sqrt(float64(m.Came)/float64(high)), lineWidth), c.Accent)
	}
	return f
}

// Levels draws how many are on each level of engagement, from the most active: one row, each as long as its share. Without
// anybody the figure is empty.
func Levels(n [4]int, c Colours) Figure {
	const height, row, gap = 34, 14, 2
	all := 0
	for _, k := range n {
		all += max(k, 0)
	}
	if all == 0 {
		return Figure{}
	}
	f := Figure{Width: width, Height: height}
	at := 0.0
	for i, k := range n {
		if k <= 0 {
			continue
		}
		long := float64(k) / float64(all) * width
		s := shape{kind: polygon, points: box(min(at, width-1), 0, max(long-gap, 1), row), colour: c.Accent, veil: float64(i) / float64(len(n))}
		if i == len(n)-1 {
			s.colour, s.veil = c.Soft, .5
		}
		f.add(s)
		if text := strconv.Itoa(k); long > float64(len(text)+1)*letters*.6 {
			f.label(at, row+letters+3, text, start, c.Soft)
		}
		at += long
	}
	return f
}
