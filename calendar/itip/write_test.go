package itip

import (
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// fullObject is an invitation in which every field has something that wants care.
func fullObject() Object {
	berlin, lordHowe := loadZone("Europe/Berlin"), loadZone("Australia/Lord_Howe")
	stamp := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	rule, _ := ParseRule("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;UNTIL=20261231T225959Z;WKST=SU")
	event := Event{
		Kind: KindEvent, UID: "4711@lists.example.org", Sequence: 2, Stamp: stamp,
		Start: Clock(2026, 3, 2, 9, 0, berlin), End: Clock(2026, 3, 2, 10, 30, berlin),
		Organizer: Person{Address: "rust+t.7k3q@lists.example.org", Name: `Rust "Guild": Köln; Bonn, Aachen ^ 100%`, Email: "rust@lists.example.org"},
		Attendees: []Attendee{
			{Person: Person{Address: "ada@example.com", Name: "Lovelace, Ada"}, Answer: NeedsAction, Type: "INDIVIDUAL", Role: "REQ-PARTICIPANT", RSVP: true},
			{Person: Person{Address: "b+tag%x@example.com", SentBy: "c@example.com"}, Answer: Delegated, DelegatedTo: []string{"d@example.com", "e@example.com"}},
			{Person: Person{URI: "urn:uuid:1234", Name: "Room"}, Type: "ROOM", DelegatedFrom: []string{"b@example.com"}},
		},
		Rules:       []Rule{rule},
		Dates:       []Period{{Start: Clock(2026, 4, 3, 9, 0, lordHowe)}, {Start: Clock(2026, 4, 4, 9, 0, berlin), End: Clock(2026, 4, 4, 9, 45, berlin)}},
		Exceptions:  []Time{Clock(2026, 3, 4, 9, 0, berlin), At(stamp, time.UTC)},
		Summary:     "Borrow checker clinic; part 2, the \\ strikes back",
		Location:    "Room 3 or https://example.org/?a=1;b=2,3",
		Description: "Agenda:\n 1. " + strings.Repeat("Lebensdauern für Anfängerinnen und Anfänger 🦀 ", 20) + "\n\n2. \"quotes\", commas; semicolons\\n",
		Comments:    []string{"first", "second, with comma"}, Categories: []string{"a,b", "c"},
		URL: "https://example.org/m/4711?x=1;y=2", Status: "CONFIRMED", Class: "PUBLIC", Transparent: true, Priority: 5,
		Attachments:   []Attachment{{URI: "https://example.org/agenda.pdf", Type: "application/pdf", Name: "agenda, final.pdf"}},
		Alarms:        []Alarm{{Action: "DISPLAY", Trigger: Duration{Exact: -time.Hour}, Description: "in an hour"}, {Action: "DISPLAY", Trigger: Duration{Days: -1}, FromEnd: true, Description: "x"}, {Action: "DISPLAY", At: stamp, Description: "y"}},
		RequestStatus: []string{"2.0;Success"},
	}
	change := Event{Kind: KindEvent, UID: event.UID, Sequence: 2, Stamp: stamp, RecurrenceID: Clock(2026, 3, 16, 9, 0, berlin), ThisAndLater: true,
		Start: Clock(2026, 3, 17, 9, 0, berlin), Duration: Duration{Days: 1, Exact: 2 * time.Hour}, Summary: "moved"}
	day := Event{Kind: KindEvent, UID: "day", Stamp: stamp, Start: Date(2026, 5, 1), End: Date(2026, 5, 3), Rules: []Rule{{Freq: Yearly, Interval: 1, Count: 3, WeekStart: time.Monday}}}
	floating := Event{Kind: KindEvent, UID: "floating", Stamp: stamp, Start: Time{Wall: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)}}
	return Object{Method: Request, ProdID: ProdID, Version: "2.0", Events: []Event{event, change, day, floating}}
}

func TestWriteRead(t *testing.T) {
	want := fullObject()
	text, err := Write(want)
	if err != nil {
		t.Fatal(err)
	}
	checkLines(t, text)
	objects, err := Read(text, Hint{})
	if err != nil || len(objects) != 1 {
		t.Fatal(len(objects), err)
	}
	if got := objects[0]; !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
	again, err := Write(objects[0])
	if err != nil || string(again) != string(text) {
		t.Errorf("written again it differs: %v", err)
	}
}

// checkLines: CRLF, 75 octets at most, folds between characters, ASCII control characters nowhere.
func checkLines(t *testing.T, text []byte) {
	t.Helper()
	if !strings.HasSuffix(string(text), "END:VCALENDAR\r\n") {
		t.Errorf("ends in %q", text[max(0, len(text)-20):])
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(string(text), "\r\n"), "\r\n") {
		if len(line) > maxOctets || !utf8.ValidString(line) || strings.IndexFunc(line, isControl) >= 0 || line == "" {
			t.Errorf("a line of %d octets: %q", len(line), line)
		}
	}
}

func TestWriteGolden(t *testing.T) {
	berlin := loadZone("Europe/Berlin")
	text, err := Write(Object{Method: Request, Events: []Event{{
		UID: "1@lists.example.org", Stamp: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC), Start: Clock(2026, 3, 2, 9, 0, berlin), End: Clock(2026, 3, 2, 10, 0, berlin),
		Rules: []Rule{{Freq: Weekly, Interval: 1, WeekStart: time.Monday, Until: Date(2026, 6, 1)}}, Summary: "Clinic",
		Organizer: Person{Address: "rust+t.abc@lists.example.org", Name: "Rust Guild", Email: "rust@lists.example.org"},
		Attendees: []Attendee{{Person: Person{Address: "ada@example.com", Name: "Ada"}, Type: "INDIVIDUAL", Role: "REQ-PARTICIPANT", Answer: NeedsAction, RSVP: true}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	const want = `BEGIN:VCALENDAR
PRODID:-//guildpost//guildpost//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:REQUEST
BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:20241027T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20250330T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
UID:1@lists.example.org
DTSTAMP:20260301T080000Z
SEQUENCE:0
DTSTART;TZID=Europe/Berlin:20260302T090000
DTEND;TZID=Europe/Berlin:20260302T100000
RRULE:FREQ=WEEKLY;UNTIL=20260601T215959Z
SUMMARY:Clinic
ORGANIZER;CN="Rust Guild";EMAIL=rust@lists.example.org:mailto:rust+t.abc@li
 sts.example.org
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=
 TRUE;CN=Ada:mailto:ada@example.com
END:VEVENT
END:VCALENDAR
`
	if got := strings.ReplaceAll(string(text), "\r\n", "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestWriteRefuses: nothing can add a line or a property, and what nobody could read is not written.
func TestWriteRefuses(t *testing.T) {
	for name, change := range map[string]func(*Event){
		"no UID":                         func(e *Event) { e.UID = "" },
		"no stamp":                       func(e *Event) { e.Stamp = time.Time{} },
		"a bell":                         func(e *Event) { e.Summary = "a\ab" },
		"a carriage return":              func(e *Event) { e.Summary = "a\rb" },
		"NUL in a name":                  func(e *Event) { e.Organizer.Name = "a\x00b" },
		"a line end in a UID":            func(e *Event) { e.URL = "https://a\r\nATTENDEE:mailto:x@y" },
		"no UTF-8":                       func(e *Event) { e.Location = "a\xff" },
		"a line end in a status":         func(e *Event) { e.Status = "A\nB" },
		"a colon in a status":            func(e *Event) { e.Status = "A:B" },
		"no address":                     func(e *Event) { e.Organizer.Address = "not an address" },
		"a line end in an address":       func(e *Event) { e.Attendees = []Attendee{{Person: Person{Address: "a@b\r\nX:1"}}} },
		"Local":                          func(e *Event) { e.Start.Zone = time.Local },
		"a zone without a name":          func(e *Event) { e.Start.Zone = time.FixedZone("", 3600) },
		"an unknown zone":                func(e *Event) { e.Start = Time{Wall: e.Start.Wall, UnknownZone: "Mars"} },
		"a rule that cannot be followed": func(e *Event) { e.RuleProblem = "the meeting repeats hourly" },
		"the year 1":                     func(e *Event) { e.Start.Wall = time.Date(1, 2, 3, 0, 0, 0, 0, time.UTC) },
	} {
		o := fullObject()
		o.Events = o.Events[:1]
		change(&o.Events[0])
		if text, err := Write(o); err == nil {
			t.Errorf("%s was written:\n%s", name, text)
		}
	}
	if _, err := Write(Object{Others: []Event{{Kind: KindTask}}}); err == nil {
		t.Error("a task was written")
	}
}
