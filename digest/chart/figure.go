package chart

// Colours are those of a figure, each "#RRGGBB".
type Colours struct {
	Accent string // what it is about
	Soft   string // what stands around that: ticks, labels, what was not
}

// A Figure is a drawing. Its zero value is empty.
type Figure struct {
	Width, Height int // in CSS pixels
	shapes        []shape
}

// A shape is filled with its colour, or drawn as a line of its Stroke's width where that is not 0.
type shape struct {
	kind   kind
	points []point // polygon, polyline; the centre of a circle; where a text begins, or has its middle
	radius float64 // of a circle, in pixels; of a text's letters the size
	stroke float64
	colour string
	veil   float64 // how much of its colour is taken away, from 0 to 1
	text   string
	anchor anchor
}

type kind int

const (
	polygon kind = iota
	polyline
	circle
	label
)

type anchor int

const (
	start anchor = iota
	middle
)

type point struct{ x, y float64 }

func (f *Figure) add(s shape) { f.shapes = append(f.shapes, s) }

func (f *Figure) rect(x, y, w, h float64, colour string) {
	f.add(shape{kind: polygon, points: box(x, y, w, h), colour: colour})
}

func box(x, y, w, h float64) []point { return []point{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}} }

func (f *Figure) disc(at point, radius float64, colour string) {
	f.add(shape{kind: circle, points: []point{at}, radius: radius, colour: colour})
}

func (f *Figure) ring(at point, radius float64, colour string) {
	f.add(shape{kind: circle, points: []point{at}, radius: radius, stroke: lineWidth, colour: colour})
}

func (f *Figure) line(points []point, colour string) {
	f.add(shape{kind: polyline, points: points, stroke: lineWidth, colour: colour})
}

// letters is the size of all labels, in pixels.
const letters = 11

func (f *Figure) label(x, y float64, text string, a anchor, colour string) {
	f.add(shape{kind: label, points: []point{{x, y}}, radius: letters, text: text, anchor: a, colour: colour})
}

const lineWidth = 2
