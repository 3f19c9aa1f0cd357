package templates

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// DefaultColour is the colour of communities that have chosen none: the green of a signpost.
const DefaultColour = "#1D6B53"

// minContrast is what text needs against what it stands on (WCAG 2.2, 1.4.3); a little more, for rounding.
const minContrast = 4.55

// A palette is the colours of a mail in one scheme, each "#RRGGBB".
type palette struct {
	Paper  string // behind everything
	Panel  string // behind quotes and code
	Line   string // rules and borders; nothing is written in it
	Ink    string // text
	Soft   string // small print
	Accent string // the community's: wordmark, links, buttons
	On     string // text on Accent
}

// lightPalette and darkPalette have a contrast of 4.5:1 and more wherever text meets a ground, whatever the community's
// colour: that is darkened or lightened until it has.
func lightPalette(colour string) palette {
	p := palette{Paper: "#FFFFFF", Panel: "#F4F5F3", Line: "#D9DDD8", Ink: "#1F2623", Soft: "#5A645F", On: "#FFFFFF"}
	p.Accent = towards(parseColour(colour), rgb{}, p.Paper, p.Panel).String()
	return p
}

func darkPalette(colour string) palette {
	p := palette{Paper: "#161A18", Panel: "#212725", Line: "#3C4541", Ink: "#E7ECE9", Soft: "#A3AEA8", On: "#161A18"}
	p.Accent = towards(parseColour(colour), rgb{255, 255, 255}, p.Paper, p.Panel).String()
	return p
}

// minSeen is what a drawing needs against what it stands on (WCAG 2.2, 1.4.11).
const minSeen = 3

// ChartColours are the community's colour and a grey that can be seen on the paper of a light mail and of a dark one: a picture
// is the same in both.
func ChartColours(colour string) (accent, soft string) {
	light, dark := parseColour(lightPalette("").Paper), parseColour(darkPalette("").Paper)
	seen := func(c rgb) bool { return min(contrast(c, light), contrast(c, dark)) >= minSeen }
	nearest := func(c rgb) rgb {
		const steps = 100
		for step := range steps {
			for _, l := range []float64{c.lightness() + float64(step)/steps, c.lightness() - float64(step)/steps} {
				if mixed := c.withLightness(l); l >= 0 && l <= 1 && seen(mixed) {
					return mixed
				}
			}
		}
		return rgb{0x7D, 0x87, 0x82}
	}
	return nearest(parseColour(colour)).String(), nearest(rgb{0x7D, 0x87, 0x82}).String()
}

// rgb is a colour of sRGB, 0 to 255.
type rgb [3]float64

func (c rgb) String() string {
	return fmt.Sprintf("#%02X%02X%02X", int(c[0]+.5), int(c[1]+.5), int(c[2]+.5))
}

// parseColour reads "#RRGGBB"; anything else is the default colour.
func parseColour(s string) (c rgb) {
	n, err := strconv.ParseUint(strings.TrimPrefix(s, "#"), 16, 32)
	if err != nil || len(s) != len(DefaultColour) || s[0] != '#' {
		return parseColour(DefaultColour)
	}
	return rgb{float64(n >> 16), float64(n >> 8 & 0xff), float64(n & 0xff)}
}

// towards makes a colour lighter or darker until it can be read on all grounds. Its hue and saturation stay.
func towards(c, end rgb, grounds ...string) rgb {
	const steps = 100
	from, to := c.lightness(), end.lightness()
	for step := range steps {
		mixed := c
		if step > 0 {
			mixed = c.withLightness(from + (to-from)*float64(step)/steps)
		}
		least := math.Inf(1)
		for _, ground := range grounds {
			least = min(least, contrast(mixed, parseColour(ground)))
		}
		if least >= minContrast {
			return mixed
		}
	}
	return end
}

// lightness is that of HSL, from 0 to 1.
func (c rgb) lightness() float64 {
	return (slices.Max(c[:]) + slices.Min(c[:])) / 2 / 255
}

// withLightness changes the lightness of HSL.
func (c rgb) withLightness(l float64) rgb {
	low, chroma := slices.Min(c[:]), slices.Max(c[:])-slices.Min(c[:])
	if chroma == 0 {
		return rgb{255 * l, 255 * l, 255 * l}
	}
	saturation := chroma / 255 / (1 - math.Abs(2*c.lightness()-1))
	wanted := saturation * (1 - math.Abs(2*l-1)) * 255
	for i, v := range c {
		c[i] = math.Round(255*l - wanted/2 + (v-low)/chroma*wanted)
	}
	return c
}

// contrast is the ratio of WCAG 2.2, from 1 to 21.
func contrast(a, b rgb) float64 {
	la, lb := a.luminance(), b.luminance()
	return (max(la, lb) + .05) / (min(la, lb) + .05)
}

func (c rgb) luminance() float64 {
	linear := func(v float64) float64 {
		if v /= 255; v <= .04045 {
			return v / 12.92
		}
		return math.Pow((v+.055)/1.055, 2.4)
	}
	return .2126*linear(c[0]) + .7152*linear(c[1]) + .0722*linear(c[2])
}
