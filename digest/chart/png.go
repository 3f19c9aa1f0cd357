package chart

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// scale is how many pixels of a PNG a CSS pixel has.
const scale = 2

// PNG writes a figure in twice its size, on a transparent ground. The error is for a colour that is none, or an empty figure.
func (f Figure) PNG() ([]byte, error) {
	if f.Empty() {
		return nil, fmt.Errorf("there is nothing to draw")
	}
	canvas := image.NewRGBA(image.Rect(0, 0, f.Width*scale, f.Height*scale))
	for _, s := range f.shapes {
		colour, err := s.rgba()
		if err != nil {
			return nil, err
		}
		if s.kind == label {
			err = write(canvas, s, colour)
		} else {
			fill(canvas, s, colour)
		}
		if err != nil {
			return nil, err
		}
	}
	var b bytes.Buffer
	straight := image.NewNRGBA(canvas.Rect) // as PNG has it
	draw.Draw(straight, straight.Rect, canvas, image.Point{}, draw.Src)
	err := png.Encode(&b, straight)
	return b.Bytes(), err
}

// Empty says whether there is nothing to draw.
func (f Figure) Empty() bool { return f.Width <= 0 || f.Height <= 0 }

func (s shape) rgba() (color.NRGBA, error) {
	n, err := strconv.ParseUint(strings.TrimPrefix(s.colour, "#"), 16, 32)
	if err != nil || len(s.colour) != len("#RRGGBB") {
		return color.NRGBA{}, fmt.Errorf("%q is no colour such as #1D6B53", s.colour)
	}
	return color.NRGBA{uint8(n >> 16), uint8(n >> 8), uint8(n), uint8(255*(1-s.veil) + .5)}, nil
}

// fill draws all shapes but labels. A line is its pieces with a disc at each joint, all of them turned the same way, since
// the rasterizer takes away what is turned the other way.
func fill(canvas *image.RGBA, s shape, colour color.Color) {
	area := s.bounds().Intersect(canvas.Rect)
	if area.Empty() {
		return
	}
	r := pen{vector.NewRasterizer(area.Dx(), area.Dy()), area.Min}
	switch s.kind {
	case polygon:
		r.outline(s.points)
	case circle:
		r.round(s.points[0], s.radius+s.stroke/2, 1)
		if s.stroke > 0 {
			r.round(s.points[0], s.radius-s.stroke/2, -1)
		}
	case polyline:
		for i, p := range s.points {
			if r.round(p, s.stroke/2, 1); i > 0 {
				r.piece(s.points[i-1], p, s.stroke/2)
			}
		}
	}
	r.Draw(canvas, area, image.NewUniform(colour), image.Point{})
}

// bounds are the pixels that a shape may touch: what is around them need not be gone through.
func (s shape) bounds() image.Rectangle {
	around, reach := image.Rectangle{}, s.radius+s.stroke
	for _, p := range s.points {
		around = around.Union(image.Rect(int(math.Floor((p.x-reach)*scale)), int(math.Floor((p.y-reach)*scale)),
			int(math.Ceil((p.x+reach)*scale))+1, int(math.Ceil((p.y+reach)*scale))+1))
	}
	return around
}

// A pen draws on a part of the canvas.
type pen struct {
	*vector.Rasterizer
	corner image.Point // of that part
}

func (r pen) outline(points []point) {
	for i, p := range points {
		x, y := float32(p.x*scale-float64(r.corner.X)), float32(p.y*scale-float64(r.corner.Y))
		if i == 0 {
			r.MoveTo(x, y)
		} else {
			r.LineTo(x, y)
		}
	}
	r.ClosePath()
}

// corners are those of the polygon that a circle is drawn as: at these sizes nobody sees them.
const corners = 32

// round is a circle, turned with the clock for 1 and against it for -1.
func (r pen) round(at point, radius, turn float64) {
	points := make([]point, corners)
	for i := range points {
		sin, cos := math.Sincos(turn * float64(i) / corners * 2 * math.Pi)
		points[i] = point{at.x + radius*cos, at.y + radius*sin}
	}
	r.outline(points)
}

func (r pen) piece(a, b point, half float64) {
	long := math.Hypot(b.x-a.x, b.y-a.y)
	if long == 0 {
		return
	}
	dx, dy := (b.y-a.y)/long*half, -(b.x-a.x)/long*half
	r.outline([]point{{a.x + dx, a.y + dy}, {b.x + dx, b.y + dy}, {b.x - dx, b.y - dy}, {a.x - dx, a.y - dy}})
}

var loadFace = sync.OnceValues(func() (font.Face, error) {
	parsed, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return nil, err
	}
	return opentype.NewFace(parsed, &opentype.FaceOptions{Size: letters * scale, DPI: 72, Hinting: font.HintingNone})
})

// faceMu guards the face: it has one buffer.
var faceMu sync.Mutex

func write(canvas draw.Image, s shape, colour color.Color) error {
	faceMu.Lock()
	defer faceMu.Unlock()
	face, err := loadFace()
	if err != nil {
		return err
	}
	d := font.Drawer{Dst: canvas, Src: image.NewUniform(colour), Face: face}
	x := fixed.Int26_6(s.points[0].x * scale * 64)
	if s.anchor == middle {
		x -= d.MeasureString(s.text) / 2
	}
	d.Dot = fixed.Point26_6{X: x, Y: fixed.Int26_6(s.points[0].y * scale * 64)}
	d.DrawString(s.text)
	return nil
}
