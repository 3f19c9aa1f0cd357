package chart

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the golden figures")

var colours = Colours{Accent: "#2A8A6C", Soft: "#7D8782"}

var samples = map[string]Figure{
	"line":      Line([]float64{3, 5, 4, 8, 6, 9, 12, 11, 14, 13, 15, 14}, colours),
	"line-gap":  Line([]float64{3, 5, math.NaN(), 8, math.NaN(), 9, 7}, colours),
	"line-one":  Line([]float64{7}, colours),
	"line-flat": Line([]float64{4, 4, 4, 4}, colours),
	"bars": Bars([]Bar{{"Jan", 4}, {"Feb", 7}, {"Mar", 0}, {"Apr", math.NaN()}, {"May", 9}, {"Jun", 12}, {"Jul", 3}, {"Aug", 2}, {"Sep", 8}, {"Oct", 9},
		{"Nov", 11}, {"Dec", 10}}, colours),
	"bars-nothing": Bars([]Bar{{"Jan", 0}, {"Feb", 0}}, colours),
	"strip":        Strip([]Meeting{{Came: 12}, {Came: 9}, {Cancelled: true}, {Came: 15}, {Came: 7}, {Came: 0}}, colours),
	"levels":       Levels([4]int{2, 5, 11, 44}, colours),
	"levels-few":   Levels([4]int{0, 0, 1, 2}, colours),
}

// TestGolden compares SVGs byte by byte. PNGs of the same shapes are looked at by their pixels, below.
func TestGolden(t *testing.T) {
	for name, f := range samples {
		path := filepath.Join("testdata", name+".svg")
		got := f.SVG("three & more")
		if *update {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
			if raw, err := f.PNG(); err != nil || os.WriteFile(filepath.Join("testdata", name+".png"), raw, 0o644) != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: the figure has changed (-update writes it):\n%s", name, got)
		}
	}
}

func decode(t *testing.T, f Figure) image.Image {
	t.Helper()
	raw, err := f.PNG()
	if err != nil {
		t.Fatal(err)
	}
	if len(raw) > 12_000 {
		t.Errorf("a figure has %d bytes: a newsletter has several, and must stay small", len(raw))
	}
	picture, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if picture.Bounds().Dx() != 2*f.Width || picture.Bounds().Dy() != 2*f.Height {
		t.Errorf("the picture is %v, want twice %d×%d", picture.Bounds(), f.Width, f.Height)
	}
	return picture
}

// is says whether a pixel has a colour; a colour without alpha is only that nothing is drawn there.
func is(picture image.Image, x, y float64, want color.NRGBA) bool {
	got := color.NRGBAModel.Convert(picture.At(int(x*scale), int(y*scale))).(color.NRGBA)
	return got == want || want.A == 0 && got.A == 0
}

var (
	accent  = color.NRGBA{0x2A, 0x8A, 0x6C, 255}
	soft    = color.NRGBA{0x7D, 0x87, 0x82, 255}
	nothing = color.NRGBA{}
)

func TestPixels(t *testing.T) {
	for name, tt := range map[string]struct {
		x, y float64
		want color.NRGBA
	}{
		"line":      {width - 2*margin, 10, accent}, // the last value, which is nearly the highest
		"line-flat": {width / 2, margin, accent},    // far from nothing
		"line-one":  {width - 2*margin, margin, accent},
		"bars":      {width / 24, barsHeight - letters - margin - 2, soft},
		"strip":     {2*28 + 14, 14, nothing}, // inside the ring of the cancelled one
		"levels":    {width - 10, 40, nothing},
	} {
		if picture := decode(t, samples[name]); !is(picture, tt.x, tt.y, tt.want) {
			t.Errorf("%s at %v,%v: %v, want %v", name, tt.x, tt.y, picture.At(int(tt.x*scale), int(tt.y*scale)), tt.want)
		}
	}
	strip := decode(t, samples["strip"])
	if !is(strip, 14, 14, accent) || !is(strip, 2*28+14+11, 14, soft) {
		t.Error("the dot of a meeting and the ring of a cancelled one are not where they should be")
	}
	bars := decode(t, samples["bars"])
	if last := width - width/24.0; !is(bars, last, barsHeight-letters-margin-2, accent) {
		t.Error("the last bar is not in the accent")
	}
}

// TestNothing: a community without values gets no figure, and no panic.
func TestNothing(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for name, f := range map[string]Figure{
		"no values": Line(nil, colours), "none known": Line([]float64{nan, nan}, colours), "endless": Line([]float64{1, inf}, colours),
		"no bars": Bars(nil, colours), "no bar known": Bars([]Bar{{"Jan", nan}}, colours),
		"no meetings": Strip(nil, colours), "nobody": Levels([4]int{}, colours), "fewer than nobody": Levels([4]int{-1}, colours),
	} {
		if !f.Empty() {
			t.Errorf("%s: a figure of %d×%d", name, f.Width, f.Height)
		}
		if _, err := f.PNG(); err == nil {
			t.Errorf("%s: PNG gives no error", name)
		}
	}
	if _, err := Line([]float64{1, 2}, Colours{Accent: "green"}).PNG(); err == nil {
		t.Error("green is taken as a colour")
	}
}

// FuzzFigures: whatever the values, everything stays within the picture.
func FuzzFigures(f *testing.F) {
	f.Add([]byte{1, 2, 255, 0, 9})
	f.Fuzz(func(t *testing.T, data []byte) {
		data = data[:min(len(data), 400)]
		var values []float64
		var bars []Bar
		var meetings []Meeting
		var levels [4]int
		for i, b := range data {
			v := float64(b)
			switch b {
			case 255:
				v = math.NaN()
			case 254:
				v = 1e18
			case 253:
				v = -v
			}
			values, bars = append(values, v), append(bars, Bar{string(rune(b)), v})
			meetings, levels[i%4] = append(meetings, Meeting{Came: int(b), Cancelled: b%5 == 0}), levels[i%4]+int(b)
		}
		for _, figure := range []Figure{Line(values, colours), Bars(bars, colours), Strip(meetings, colours), Levels(levels, colours)} {
			if figure.Empty() {
				continue
			}
			for _, s := range figure.shapes {
				if s.kind != label && !s.bounds().In(image.Rect(-scale, -scale, figure.Width*scale+scale, figure.Height*scale+scale)) {
					t.Fatalf("%+v is drawn outside of %d×%d", s, figure.Width, figure.Height)
				}
			}
		}
	})
}

// BenchmarkPNG: a newsletter has six figures or so, drawn once for all its readers.
func BenchmarkPNG(b *testing.B) {
	for b.Loop() {
		if _, err := samples["line"].PNG(); err != nil {
			b.Fatal(err)
		}
	}
}
