package chart

import (
	"fmt"
	"html"
	"strconv"
	"strings"
)

// SVG writes a figure for a web page, where title is what it says in words.
func (f Figure) SVG(title string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d"><title>%s</title>`,
		f.Width, f.Height, html.EscapeString(title))
	for _, s := range f.shapes {
		b.WriteString(s.svg())
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

func (s shape) svg() string {
	p, colour := s.points[0], html.EscapeString(s.colour)
	paint := s.paint(colour)
	switch s.kind {
	case circle:
		return fmt.Sprintf(`<circle cx="%s" cy="%s" r="%s" %s/>`, number(p.x), number(p.y), number(s.radius), paint)
	case label:
		return fmt.Sprintf(`<text x="%s" y="%s" font-family="Go, Helvetica, Arial, sans-serif" font-size="%s" text-anchor="%s" fill="%s">%s</text>`,
			number(p.x), number(p.y), number(s.radius), [...]string{"start", "middle"}[s.anchor], colour, html.EscapeString(s.text))
	case polyline:
		return fmt.Sprintf(`<polyline points="%s" %s stroke-linejoin="round" stroke-linecap="round"/>`, s.list(), paint)
	}
	return fmt.Sprintf(`<polygon points="%s" %s/>`, s.list(), paint)
}

func (s shape) paint(colour string) string {
	switch {
	case s.stroke > 0:
		return fmt.Sprintf(`fill="none" stroke="%s" stroke-width="%s"`, colour, number(s.stroke))
	case s.veil > 0:
		return fmt.Sprintf(`fill="%s" fill-opacity="%s"`, colour, number(1-s.veil))
	}
	return fmt.Sprintf(`fill="%s"`, colour)
}

func (s shape) list() string {
	all := make([]string, len(s.points))
	for i, p := range s.points {
		all[i] = number(p.x) + "," + number(p.y)
	}
	return strings.Join(all, " ")
}

// number is short: a hundredth of a pixel is seen by nobody.
func number(v float64) string { return strconv.FormatFloat(float64(int(v*100+.5))/100, 'f', -1, 64) }
