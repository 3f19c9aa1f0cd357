package itip

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// needPeer skips a test whose peer is not on this machine; where GUILDPOST_TEST_REQUIRE names it, that is a failure.
func needPeer(t testing.TB, name string, there bool) {
	t.Helper()
	if there {
		return
	}
	if slices.Contains(strings.Fields(os.Getenv("GUILDPOST_TEST_REQUIRE")), name) {
		t.Fatalf("%s is required and not here", name)
	}
	t.Skipf("%s is not here", name)
}

// pythonWith returns a Python that has a module.
func pythonWith(t testing.TB, peer, module string) string {
	t.Helper()
	for _, python := range []string{"/usr/bin/python3", "python3"} {
		if exec.Command(python, "-c", "import "+module).Run() == nil {
			return python
		}
	}
	needPeer(t, peer, false)
	return ""
}

// compareRows expands the rule of each row of recurrence.py and compares three years of occurrences.
func compareRows(t *testing.T, table string) {
	t.Helper()
	rows := strings.Split(strings.TrimSpace(table), "\n")
	for _, row := range rows {
		fields := strings.Split(row, "\t")
		if len(fields) != 4 {
			t.Fatalf("a row of %d fields: %q", len(fields), row)
		}
		wall, _, _, err := parseClock(fields[1])
		rule, ruleErr := ParseRule(fields[2])
		if err != nil || ruleErr != nil {
			t.Fatal(row, err, ruleErr)
		}
		s := Series{Master: Event{Start: Time{Wall: wall, Zone: loadZone(fields[0])}, Rules: []Rule{rule}}}
		from := s.Master.Start.Instant(nil)
		found, err := s.expand(from, from.AddDate(0, 0, 3*365), 100_000, nil)
		var got []string
		for _, o := range found {
			got = append(got, o.Start.Key())
		}
		if want := strings.Fields(fields[3]); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s %s %s: %v\ngot  %.200s\nwant %.200s", fields[0], fields[1], fields[2], err, strings.Join(got, " "), strings.Join(want, " "))
		}
	}
	t.Logf("%d rules", len(rows))
}

// TestRecurrenceTable: three years of occurrences in five zones are those of Python's dateutil and zoneinfo.
func TestRecurrenceTable(t *testing.T) {
	table, err := os.ReadFile(filepath.Join("testdata", "recurrence.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	compareRows(t, string(table))
}

// TestRecurrencePeer compares with dateutil itself, on the rules of the table and on random ones.
func TestRecurrencePeer(t *testing.T) {
	if testing.Short() {
		t.Skip("starts Python")
	}
	python := pythonWith(t, "dateutil", "dateutil, zoneinfo")
	for _, args := range [][]string{{"table"}, {"random", "1", "150"}, {"random", "2", "150"}} {
		out, err := exec.Command(python, append([]string{filepath.Join("testdata", "recurrence.py")}, args...)...).Output()
		if err != nil {
			t.Fatal(err)
		}
		compareRows(t, string(out))
	}
}

// series reads the first series of an object's lines.
func series(t *testing.T, lines ...string) Series {
	t.Helper()
	text := "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTAMP:20260101T000000Z\n" + strings.Join(lines, "\n") + "\nEND:VEVENT\nEND:VCALENDAR\n"
	text = strings.ReplaceAll(text, "--\n", "END:VEVENT\nBEGIN:VEVENT\nUID:1\nDTSTAMP:20260101T000000Z\n")
	objects, err := Read([]byte(text), Hint{})
	if err != nil {
		t.Fatal(err)
	}
	if len(objects[0].Problems) > 0 {
		t.Fatal(objects[0].Problems)
	}
	return SeriesOf(objects[0].Events)[0]
}

func TestSeries(t *testing.T) {
	const weekly = "DTSTART;TZID=Europe/Berlin:20260302T090000\nDTEND;TZID=Europe/Berlin:20260302T100000\nRRULE:FREQ=WEEKLY;COUNT=5"
	for _, c := range []struct {
		name, lines, want string
	}{
		{"across the change of clocks", weekly, "0302T0800 0309T0800 0316T0800 0323T0800 0330T0700"},
		{"EXDATE list", weekly + "\nEXDATE;TZID=Europe/Berlin:20260309T090000,20260316T090000", "0302T0800 0323T0800 0330T0700"},
		{"EXDATE in UTC", weekly + "\nEXDATE:20260330T070000Z", "0302T0800 0309T0800 0316T0800 0323T0800"},
		{"EXDATE as a date", weekly + "\nEXDATE;VALUE=DATE:20260330", "0302T0800 0309T0800 0316T0800 0323T0800"},
		{"RDATE", weekly + "\nRDATE;TZID=Europe/Berlin:20260304T090000,20260309T090000", "0302T0800 0304T0800 0309T0800 0316T0800 0323T0800 0330T0700"},
		{"RDATE as a date", weekly + "\nRDATE;VALUE=DATE:20260304", "0302T0800 0304T0800 0309T0800 0316T0800 0323T0800 0330T0700"},
		{"RDATE alone", "DTSTART:20260302T080000Z\nRDATE:20260305T080000Z", "0302T0800 0305T0800"},
		{"one date moved", weekly + "\n--\nRECURRENCE-ID;TZID=Europe/Berlin:20260309T090000\nDTSTART;TZID=Europe/Berlin:20260310T150000", "0302T0800 0310T1400 0316T0800 0323T0800 0330T0700"},
		{"one date cancelled", weekly + "\n--\nRECURRENCE-ID:20260309T080000Z\nDTSTART:20260309T080000Z\nSTATUS:CANCELLED", "0302T0800 0316T0800 0323T0800 0330T0700"},
		{"the later revision of two", weekly + "\n--\nSEQUENCE:2\nRECURRENCE-ID:20260309T080000Z\nDTSTART:20260309T120000Z\n--\nSEQUENCE:1\nRECURRENCE-ID:20260309T080000Z\nDTSTART:20260309T130000Z", "0302T0800 0309T1200 0316T0800 0323T0800 0330T0700"},
		{"this and later", weekly + "\n--\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20260316T090000\nDTSTART;TZID=Europe/Berlin:20260317T110000", "0302T0800 0309T0800 0317T1000 0324T1000 0331T0900"},
		{"this and later, and one of them", weekly + "\n--\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20260316T090000\nDTSTART;TZID=Europe/Berlin:20260317T110000\n--\nRECURRENCE-ID;TZID=Europe/Berlin:20260323T090000\nDTSTART;TZID=Europe/Berlin:20260323T080000", "0302T0800 0309T0800 0317T1000 0323T0700 0331T0900"},
		{"DTSTART counts though the rule does not name it", "DTSTART:20260303T080000Z\nRRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=3", "0303T0800 0309T0800 0316T0800"},
		{"UNTIL as a date takes in that day", "DTSTART;TZID=America/New_York:20260302T200000\nRRULE:FREQ=DAILY;UNTIL=20260304", "0303T0100 0304T0100 0305T0100"},
		{"UNTIL in UTC for whole days", "DTSTART;VALUE=DATE:20260302\nRRULE:FREQ=DAILY;UNTIL=20260304T000000Z", "0302T0000 0303T0000 0304T0000"},
		{"a time that is skipped", "DTSTART;TZID=America/New_York:20260307T023000\nRRULE:FREQ=DAILY;COUNT=3", "0307T0730 0308T0730 0309T0630"},
		{"a time that comes twice", "DTSTART;TZID=America/New_York:20261031T013000\nRRULE:FREQ=DAILY;COUNT=3", "1031T0530 1101T0530 1102T0630"},
		{"a week begins on WKST", "DTSTART:20260306T080000Z\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,FR;WKST=SU;COUNT=4", "0306T0800 0315T0800 0320T0800 0329T0800"},
		{"week numbers take the day of DTSTART", "DTSTART:20260514T080000Z\nRRULE:FREQ=YEARLY;BYWEEKNO=20,22;COUNT=2", "0514T0800 0528T0800"},
		{"numbered days beside plain ones", "DTSTART:20260302T080000Z\nRRULE:FREQ=MONTHLY;BYDAY=1MO,WE;COUNT=4", "0302T0800 0304T0800 0311T0800 0318T0800"},
		{"only a changed date", "RECURRENCE-ID:20260309T080000Z\nDTSTART:20260309T100000Z", "0309T1000"},
	} {
		s := series(t, c.lines)
		found, err := s.Between(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), nil)
		var got []string
		for _, o := range found {
			got = append(got, o.Start.Instant(nil).Format("0102T1504"))
		}
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v\ngot  %s\nwant %s", c.name, err, strings.Join(got, " "), c.want)
		}
	}
}

// TestSeriesEnds: the length of a meeting holds for each of its dates, DURATION on the calendar and DTEND exactly.
func TestSeriesEnds(t *testing.T) {
	for lines, want := range map[string]string{
		"DTSTART;TZID=Europe/Berlin:20260328T220000\nDTEND;TZID=Europe/Berlin:20260329T060000": "2026-03-29T06:00:00 Europe/Berlin",
		"DTSTART;TZID=Europe/Berlin:20260328T220000\nDURATION:P1D":                             "2026-03-29T22:00:00 Europe/Berlin",
		"DTSTART;TZID=Europe/Berlin:20260328T220000\nDURATION:PT24H":                           "2026-03-29T23:00:00 Europe/Berlin",
		"DTSTART;VALUE=DATE:20260328":                                                          "2026-03-29",
		"DTSTART:20260328T100000Z":                                                             "2026-03-28T10:00:00 UTC",
		"DTSTART:20260328T100000\nDURATION:PT1H":                                               "2026-03-28T11:00:00",
	} {
		s := series(t, lines)
		found, err := s.Next(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), 1, nil)
		if err != nil || len(found) != 1 || found[0].End.String() != want {
			t.Errorf("%s: got %v (%v), want %s", lines, found, err, want)
		}
	}
}

func TestNextAndLast(t *testing.T) {
	s := series(t, "DTSTART;TZID=Europe/Berlin:19900101T090000\nRRULE:FREQ=DAILY")
	found, err := s.Next(time.Date(2026, 7, 1, 8, 0, 0, 0, time.UTC), 2, nil)
	if err != nil || len(found) != 2 || found[0].Start.String() != "2026-07-02T09:00:00 Europe/Berlin" {
		t.Errorf("got %v, %v", found, err)
	}
	if _, ends := s.Last(nil); ends {
		t.Error("a series without end has a last occurrence")
	}
	s = series(t, "DTSTART;TZID=Europe/Berlin:20260101T090000\nRRULE:FREQ=WEEKLY;COUNT=3\nRDATE;TZID=Europe/Berlin:20260301T090000")
	if last, ends := s.Last(nil); !ends || last.Start.String() != "2026-03-01T09:00:00 Europe/Berlin" {
		t.Errorf("got %v, %v", last, ends)
	}
}

// hardRules never match, match rarely, or match far too often.
var hardRules = []string{
	"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=4,6", "FREQ=WEEKLY;BYMONTHDAY=31;BYMONTH=2",
	"FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6", "FREQ=YEARLY;BYYEARDAY=366;BYMONTHDAY=1", "FREQ=DAILY;INTERVAL=10000;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO",
	"FREQ=DAILY", "FREQ=DAILY;COUNT=999999999", "FREQ=YEARLY;BYYEARDAY=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20;BYSETPOS=366",
	"FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23", "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU", "FREQ=MONTHLY;BYDAY=5MO;BYSETPOS=2",
}

// TestBudget: any rule ends, with at most so many occurrences; the time it takes is what BenchmarkHardestRule tells.
func TestBudget(t *testing.T) {
	for _, rule := range hardRules {
		for _, start := range []string{"16010101T000000", "20260101T000000"} {
			s := series(t, "DTSTART;TZID=Europe/Berlin:"+start+"\nRRULE:"+rule)
			begin := time.Now()
			found, err := s.Between(time.Time{}, time.Date(2300, 1, 1, 0, 0, 0, 0, time.UTC), nil)
			took := time.Since(begin)
			var limit *LimitError
			if err != nil && !errors.As(err, &limit) || len(found) > MaxOccurrences || len(found) < 1 {
				t.Errorf("%s: %d occurrences, %v", rule, len(found), err)
			}
			if took > 3*time.Second { // the machine may be busy, or race detection on
				t.Errorf("%s took %s", rule, took)
			}
		}
	}
}

func TestRulesRefused(t *testing.T) {
	for rule, want := range map[string]string{
		"FREQ=HOURLY":                           "the meeting repeats hourly",
		"FREQ=MINUTELY;BYSETPOS=366;BYMINUTE=1": "the meeting repeats minutely",
		"freq=secondly":                         "the meeting repeats secondly",
		"":                                      "FREQ is missing",
		"FREQ=FORTNIGHTLY":                      "FREQ=FORTNIGHTLY",
		"FREQ=DAILY;BYMONTH=13":                 "BYMONTH=13",
		"FREQ=DAILY;BYEASTER=1":                 "BYEASTER",
		"FREQ=DAILY;COUNT=0":                    "COUNT=0",
		"FREQ=DAILY;INTERVAL=-1":                "INTERVAL=-1",
		"FREQ=DAILY;UNTIL=tomorrow":             "UNTIL=TOMORROW",
		"FREQ=MONTHLY;BYDAY=0MO":                "0MO",
		"FREQ=DAILY;BYMINUTE=0,1,2,3,4,5,6,7,8,9;BYHOUR=1,2,3": "30 times a day",
		"RSCALE=CHINESE;FREQ=YEARLY":                           "RSCALE=CHINESE",
		"daily":                                                "no part",
	} {
		if _, err := ParseRule(rule); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q in it", rule, err, want)
		}
	}
	for rule, want := range map[string]string{
		"freq=weekly":                                  "FREQ=WEEKLY",
		"FREQ=DAILY;INTERVAL=1;BYDAY=MO, TU;":          "FREQ=DAILY;BYDAY=MO,TU",
		"RRULE:FREQ=WEEKLY;WKST=SU;BYDAY=+1MO,-1SU":    "FREQ=WEEKLY;BYDAY=-1SU,1MO;WKST=SU",
		"FREQ=DAILY;INTERVAL=0;X-NAME=1":               "FREQ=DAILY",
		"FREQ=MONTHLY;BYMONTHDAY=3,1,3;UNTIL=20260101": "FREQ=MONTHLY;UNTIL=20260101;BYMONTHDAY=1,3",
	} {
		if r, err := ParseRule(rule); err != nil || r.String() != want {
			t.Errorf("%s: got %s, %v, want %s", rule, r, err, want)
		}
	}
}
