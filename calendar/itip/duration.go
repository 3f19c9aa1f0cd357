package itip

import (
	"fmt"
	"strings"
	"time"
)

// A Duration is a length of time (RFC 5545 3.3.6). Days are those of the calendar: a day later it is the same time of day,
// also where the clocks changed in between. The zero Duration is none.
type Duration struct {
	Days  int
	Exact time.Duration // hours, minutes and seconds
}

// maxDuration bounds what a duration may say, in days: a century.
const maxDuration = 36600

// ParseDuration reads a DURATION value such as PT1H30M, P1DT2H, -PT15M or P2W.
//
// QUIRK: a missing T (P15M are minutes, since RFC 5545 has no months), lower case, a P alone.
func ParseDuration(s string) (Duration, error) {
	bad := fmt.Errorf("%q is no duration", excerpt(s))
	rest := strings.ToUpper(strings.TrimSpace(s))
	negative := strings.HasPrefix(rest, "-")
	rest = strings.TrimLeft(rest, "+-")
	rest, found := strings.CutPrefix(rest, "P")
	if !found {
		return Duration{}, bad
	}
	var d Duration
	for rest = strings.TrimPrefix(rest, "T"); rest != ""; rest = strings.TrimPrefix(rest, "T") {
		end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
		if end <= 0 {
			return Duration{}, bad
		}
		n, ok := digitsOf(rest[:end])
		if !ok || !d.addUnit(n, rest[end]) {
			return Duration{}, bad
		}
		rest = rest[end+1:]
	}
	if negative {
		d.Days, d.Exact = -d.Days, -d.Exact
	}
	return d, nil
}

func (d *Duration) addUnit(n int, unit byte) bool {
	switch unit {
	case 'W':
		d.Days += 7 * n
	case 'D':
		d.Days += n
	case 'H':
		d.Exact += time.Duration(n) * time.Hour
	case 'M':
		d.Exact += time.Duration(n) * time.Minute
	case 'S':
		d.Exact += time.Duration(n) * time.Second
	default:
		return false
	}
	return d.Days <= maxDuration && d.Exact <= maxDuration*24*time.Hour
}

// IsZero reports whether the duration is none.
func (d Duration) IsZero() bool { return d == Duration{} }

// String returns the DURATION value. One whose parts have different signs, which RFC 5545 cannot write, is written in hours.
func (d Duration) String() string {
	if d.Days < 0 && d.Exact > 0 || d.Days > 0 && d.Exact < 0 {
		d = Duration{Exact: d.Exact + time.Duration(d.Days)*24*time.Hour}
	}
	sign := ""
	if d.Days < 0 || d.Exact < 0 {
		sign, d.Days, d.Exact = "-", -d.Days, -d.Exact
	}
	if d.Exact == 0 {
		if d.Days%7 == 0 && d.Days > 0 {
			return fmt.Sprintf("%sP%dW", sign, d.Days/7)
		}
		return fmt.Sprintf("%sP%dD", sign, d.Days)
	}
	var b strings.Builder
	b.WriteString(sign + "P")
	if d.Days > 0 {
		fmt.Fprintf(&b, "%dD", d.Days)
	}
	b.WriteByte('T')
	seconds := int(d.Exact / time.Second)
	for _, unit := range []struct {
		size int
		name byte
	}{{3600, 'H'}, {60, 'M'}, {1, 'S'}} {
		if n := seconds / unit.size; n > 0 {
			fmt.Fprintf(&b, "%d%c", n, unit.name)
			seconds -= n * unit.size
		}
	}
	return b.String()
}
