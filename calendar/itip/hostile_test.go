package itip

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-ical"
)

// wrapped is an object with one event that has these lines besides.
func wrapped(lines string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n" + lines + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
}

// TestHostile: what makes go-ical panic, take seconds or overflow its stack ends at once and in words.
func TestHostile(t *testing.T) {
	limit := func(err error) bool { var l *LimitError; return errors.As(err, &l) }
	for _, c := range []struct {
		name, text string
		refused    bool
	}{
		{"a parameter where the line ends (go-ical panics)", wrapped("DTSTART;TZID=X"), false},
		{"a parameter of 200 kB (quadratic in go-ical)", wrapped("DTSTART;TZID=" + strings.Repeat("x", 200_000) + ":20260101T000000"), false},
		{"100,000 parameters (8 s in go-ical)", wrapped("ATTENDEE" + strings.Repeat(";X=1", 100_000) + ":mailto:a@b.example"), false},
		{"5,000 parameters in a line that is not too long", wrapped("ATTENDEE" + strings.Repeat(";X=1", 5_000) + ":mailto:a@b.example"), false},
		{"3,000,000 levels (go-ical's stack overflows)", "BEGIN:VCALENDAR\r\n" + strings.Repeat("BEGIN:A\r\n", 3_000_000), true},
		{"100,000 levels within a megabyte", "BEGIN:VCALENDAR\r\n" + strings.Repeat("BEGIN:A\n", 100_000), true},
		{"nine levels", "BEGIN:VCALENDAR\r\n" + strings.Repeat("BEGIN:A\r\n", 9), true},
		{"half a million empty folds", "BEGIN:VCALENDAR\r\nX:" + strings.Repeat("\r\n ", 300_000), false},
		{"3,000 lines", wrapped(strings.Repeat("X:1\r\n", 3_000)), true},
		{"10,000 events", "BEGIN:VCALENDAR\r\n" + strings.Repeat("BEGIN:VEVENT\r\nEND:VEVENT\r\n", 10_000), true},
		{"101 events", "BEGIN:VCALENDAR\r\n" + strings.Repeat("BEGIN:VEVENT\r\nEND:VEVENT\r\n", 101), true},
		{"3,800 dates in a line", wrapped("DTSTART:20260101T000000Z\r\nRDATE:" + strings.Repeat("20260101T000000Z,", 3_800)), false},
		{"1,500 RDATE lines", wrapped("DTSTART:20260101T000000Z\r\n" + strings.Repeat("RDATE:20260101T000000Z,20260102T000000Z\r\n", 1_500)), false},
		{"1,900 rules", wrapped("DTSTART:20260101T000000Z\r\n" + strings.Repeat("RRULE:FREQ=DAILY\r\n", 1_900)), false},
		{"600 attendees", wrapped(strings.Repeat("ATTENDEE:mailto:a@b.example\r\n", 600)), false},
		{"70 zones that no zone follows", "BEGIN:VCALENDAR\r\n" + manyZones(70) + "END:VCALENDAR", false},
		{"a zone of 400 observances", vtimezone("X", strings.Repeat("BEGIN:STANDARD\r\nDTSTART:16010101T000000\r\nTZOFFSETTO:+0100\r\nRRULE:FREQ=YEARLY\r\nEND:STANDARD\r\n", 390)), false},
		{"NULs", strings.Repeat("\x00", MaxSize), true},
		{"too long", strings.Repeat(" ", MaxSize+1), true},
	} {
		begin := time.Now()
		objects, err := Read([]byte(c.text), Hint{})
		took := time.Since(begin)
		if c.refused && !limit(err) && !errors.Is(err, ErrNoCalendar) || !c.refused && (err != nil || len(objects) == 0) {
			t.Errorf("%s: got %d objects, %v", c.name, len(objects), err)
		}
		if took > 3*time.Second {
			t.Errorf("%s took %s", c.name, took)
		}
		for _, o := range objects {
			begin := time.Now()
			for _, s := range SeriesOf(o.Events) {
				_, _ = s.Between(time.Time{}, time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC), nil)
			}
			if took := time.Since(begin); took > 3*time.Second {
				t.Errorf("%s: its dates took %s", c.name, took)
			}
		}
		t.Logf("%-50s %8s", c.name, took.Round(10*time.Microsecond))
	}
}

// manyZones are VTIMEZONEs that no zone follows, each with an event in it.
func manyZones(n int) string {
	var b strings.Builder
	for i := range n {
		id := "Z" + strings.Repeat("z", i)
		b.WriteString(strings.TrimSuffix(strings.TrimPrefix(vtimezone(id, outdated), "BEGIN:VCALENDAR\r\n"), "END:VCALENDAR\r\n"))
	}
	return b.String()
}

// TestTreePanics: should a line ever come through that go-ical cannot read, that is an error and no panic.
func TestTreePanics(t *testing.T) {
	const hostile = "BEGIN:VCALENDAR\r\nDTSTART;TZID=X\r\nEND:VCALENDAR\r\n"
	panicked := func() (panicked bool) {
		defer func() { panicked = recover() != nil }()
		_, _ = ical.NewDecoder(strings.NewReader(hostile)).Decode()
		return false
	}()
	if !panicked {
		t.Log("go-ical panics no more at a parameter where the line ends")
	}
	if _, err := decodeTree(hostile); err == nil {
		t.Error("no error")
	}
}
