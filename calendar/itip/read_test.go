package itip

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
)

// TestReadQuirks: what a person would understand is understood. Each case gives lines of an event and what is read there.
func TestReadQuirks(t *testing.T) {
	address := func(e *Event) string { return fmt.Sprintf("%s|%s", e.Attendees[0].Address, e.Attendees[0].Name) }
	start := func(e *Event) string { return e.Start.String() }
	summary := func(e *Event) string { return e.Summary }
	for _, c := range []struct {
		name, lines string
		read        func(*Event) string
		want        string
	}{
		{"no mailto (Proton)", "ATTENDEE;PARTSTAT=ACCEPTED:ada@example.com", address, "ada@example.com|"},
		{"MAILTO (Android)", "ATTENDEE:MAILTO:Ada@Example.com", address, "Ada@Example.com|"},
		{"lower-case names", "attendee;cn=Ada:mailto:ada@example.com", address, "ada@example.com|Ada"},
		{"percent-encoded", "ATTENDEE:mailto:ada%2Btag@example.com", address, "ada+tag@example.com|"},
		{"an address in EMAIL (Apple)", "ATTENDEE;EMAIL=ada@example.com:/aMkAD/principal/", address, "ada@example.com|"},
		{"a URN", "ATTENDEE;CN=Ada:urn:uuid:1234", func(e *Event) string { return e.Attendees[0].URI }, "urn:uuid:1234"},
		{"nobody (Exchange)", "ATTENDEE;CN=Room:invalid:nomail", address, "|Room"},
		{"quotes inside quotes", `ATTENDEE;CN="Ada "the Countess" Lovelace";PARTSTAT=DECLINED:mailto:ada@example.com`, address, `ada@example.com|Ada "the Countess" Lovelace`},
		{"quotes without quotes", `ATTENDEE;CN=Ada "the Countess":mailto:ada@example.com`, address, `ada@example.com|Ada "the Countess"`},
		{"a comma without quotes", `ATTENDEE;CN=Lovelace, Ada;RSVP=TRUE:mailto:ada@example.com`, address, "ada@example.com|Lovelace, Ada"},
		{"an escaped comma", `ATTENDEE;CN=Lovelace\, Ada:mailto:ada@example.com`, address, "ada@example.com|Lovelace, Ada"},
		{"a colon without quotes", `ATTENDEE;CN=Team: Blue:mailto:blue@example.com`, address, "blue@example.com|Team: Blue"},
		{"a quote that never closes", `ATTENDEE;CN="Ada:mailto:ada@example.com`, address, `ada@example.com|"Ada`},
		{"RFC 6868", `ATTENDEE;CN="Ada ^'L^' ^^":mailto:ada@example.com`, address, `ada@example.com|Ada "L" ^`},
		{"Notes' hierarchy", `ATTENDEE;CN="CN=Ada Lovelace/OU=Lab/O=Acme":mailto:ada@example.com`, address, "ada@example.com|Ada Lovelace"},
		{"a parameter without a value", "ATTENDEE;RSVP:mailto:ada@example.com", address, "ada@example.com|"},
		{"folded before a semicolon (Notes)", "ATTENDEE\r\n ;CN=\"Ada\"\r\n\t;PARTSTAT=ACCEPTED:mailto:ada@example.com", address, "ada@example.com|Ada"},
		{"PARTSTAT in lower case", "ATTENDEE;PARTSTAT=accepted:mailto:a@example.com", func(e *Event) string { return string(e.Attendees[0].Answer) }, "ACCEPTED"},
		{"an answer of nobody", "ATTENDEE;PARTSTAT=ACCEPTED:", func(e *Event) string { return string(e.Attendees[0].Answer) }, "ACCEPTED"},
		{"two DELEGATED-TO", `ATTENDEE;DELEGATED-TO="mailto:b@example.com","mailto:c@example.com":mailto:a@example.com`, func(e *Event) string { return strings.Join(e.Attendees[0].DelegatedTo, " ") }, "b@example.com c@example.com"},

		{"VALUE in lower case", "DTSTART;VALUE=date:20260310", start, "2026-03-10"},
		{"a date without VALUE", "DTSTART:20260310", start, "2026-03-10"},
		{"a date with a time", "DTSTART;VALUE=DATE:20260310T000000", start, "2026-03-10"},
		{"ISO 8601", "DTSTART:2026-03-10T09:00:00Z", start, "2026-03-10T09:00:00 UTC"},
		{"an offset", "DTSTART:20260310T090000+0100", start, "2026-03-10T08:00:00 UTC"},
		{"no seconds", "DTSTART:20260310T0900Z", start, "2026-03-10T09:00:00 UTC"},
		{"a zero too many (RFC 2446)", "DTSTART:20260310T0900000Z", start, "2026-03-10T09:00:00 UTC"},
		{"24 o'clock", "DTSTART:20260310T240000", start, "2026-03-11T00:00:00"},
		{"UTC with a zone", "DTSTART;TZID=Europe/Berlin:20260310T090000Z", start, "2026-03-10T10:00:00 Europe/Berlin"},
		{"a zone's name with colon and comma, unquoted", "DTSTART;TZID=(UTC+01:00) Amsterdam, Berlin:20260310T090000", start, "2026-03-10T09:00:00 Europe/Amsterdam"},
		{"the same quoted", `DTSTART;TZID="(UTC+01:00) Berlin, Rome":20260310T090000`, start, "2026-03-10T09:00:00 Europe/Berlin"},
		{"spaces round the value", "DTSTART: 20260310T090000Z ", start, "2026-03-10T09:00:00 UTC"},
		{"a day that is not", "DTSTART:20260230T090000Z", start, ""},
		{"DTEND as a date", "DTSTART:20260310T090000Z\r\nDTEND;VALUE=DATE:20260311", func(e *Event) string { return e.End.String() }, "2026-03-11T00:00:00 UTC"},
		{"an end before the start", "DTSTART:20260310T090000Z\r\nDTEND:20260310T080000Z", func(e *Event) string { return e.Ends().String() }, "2026-03-10T09:00:00 UTC"},
		{"P15M", "DTSTART:20260310T090000Z\r\nDURATION:P15M", func(e *Event) string { return e.Ends().String() }, "2026-03-10T09:15:00 UTC"},
		{"a bare THISANDFUTURE", "RECURRENCE-ID;THISANDFUTURE:20260310T090000Z", func(e *Event) string { return fmt.Sprint(e.RecurrenceID, e.ThisAndLater) }, "2026-03-10T09:00:00 UTC true"},

		{"escapes that are none", `SUMMARY:Time\: 10\, room \"5\"`, summary, `Time: 10, room "5"`},
		{"a line without a colon", "SUMMARY:Talk\r\nand more", summary, "Talk"},
		{"an empty line", "SUMMARY:Ta\r\n\r\n lk", summary, "Talk"},
		{"a control character", "SUMMARY:Ta\alk", summary, "Talk"},
		{"windows-1252", "SUMMARY:Caf\xe9 \x80", summary, "Café €"},
		{"folded within a character", "SUMMARY:Caf\xc3\r\n \xa9", summary, "Café"},
		{"quoted-printable (vCalendar)", "SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Caf=C3=A9=\r\n und=20Tee", summary, "Café und Tee"},
		{"the same in Latin-1", "SUMMARY;CHARSET=ISO-8859-1;QUOTED-PRINTABLE:Caf=E9 =3D =07Tee=0D=0Ax", summary, "Café = Tee x"},
		{"a lone backslash at the end", `SUMMARY:Talk\`, summary, `Talk\`},
		{"CR LF in a text", `DESCRIPTION:one\r\ntwo\Nthree`, func(e *Event) string { return e.Description }, "one\ntwo\nthree"},
		{"categories", `CATEGORIES:a\,b,c,,d`, func(e *Event) string { return strings.Join(e.Categories, "|") }, "a,b|c|d"},
		{"a sequence that is none", "SEQUENCE:many", func(e *Event) string { return fmt.Sprint(e.Sequence) }, "0"},
		{"an attachment inside", "ATTACH;ENCODING=BASE64;VALUE=BINARY;X-FILENAME=a.txt:aGVsbG8=", func(e *Event) string { return fmt.Sprint(e.Attachments) }, "[{  a.txt 8}]"},
	} {
		objects, err := Read([]byte(wrapped(c.lines)), Hint{})
		if err != nil || len(objects) != 1 || len(objects[0].Events) != 1 {
			t.Errorf("%s: %d objects, %v", c.name, len(objects), err)
			continue
		}
		if got := c.read(&objects[0].Events[0]); got != c.want {
			t.Errorf("%s: got %q, want %q (%v)", c.name, got, c.want, objects[0].Problems)
		}
	}
}

// TestReadFiles: odd files give the same event as the plain one.
func TestReadFiles(t *testing.T) {
	plain := wrapped("SUMMARY:Caf\u00e9\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ada@example.com")
	latin1, _ := charmap.ISO8859_1.NewEncoder().String(plain)
	for name, c := range map[string]struct {
		text string
		hint Hint
	}{
		"plain":                       {plain, Hint{}},
		"BOM":                         {"\ufeff" + plain, Hint{}},
		"LF":                          {strings.ReplaceAll(plain, "\r\n", "\n"), Hint{}},
		"CR":                          {strings.ReplaceAll(plain, "\r\n", "\r"), Hint{}},
		"CR CR LF":                    {strings.ReplaceAll(plain, "\r\n", "\r\r\n"), Hint{}},
		"UTF-16 with a mark":          {utf16Text("\ufeff"+plain, 0), Hint{}},
		"UTF-16LE":                    {utf16Text(plain, 1), Hint{Charset: "utf-16le"}},
		"UTF-16BE":                    {utf16Text(plain, 0), Hint{}},
		"ISO 8859-1":                  {latin1, Hint{}},
		"named charset":               {latin1, Hint{Charset: `"ISO-8859-1"`}},
		"text around it":              {"Hello,\r\nsee: below\r\n\r\n" + plain + "-- \r\nlist footer: http://example.com\r\n", Hint{}},
		"no END":                      {strings.TrimSuffix(plain, "END:VEVENT\r\nEND:VCALENDAR\r\n"), Hint{}},
		"END too often":               {plain + "END:VCALENDAR\r\n", Hint{}},
		"only the method of the mail": {strings.Replace(plain, "METHOD:REPLY\r\n", "", 1), Hint{Method: "reply"}},
		"folded everywhere":           {fold(plain), Hint{}},
	} {
		objects, err := Read([]byte(c.text), c.hint)
		if err != nil || len(objects) != 1 || len(objects[0].Events) != 1 {
			t.Errorf("%s: %d objects, %v", name, len(objects), err)
			continue
		}
		e := objects[0].Events[0]
		if got := fmt.Sprint(objects[0].Method, e.UID, e.Summary, e.Attendees[0].Address, e.Attendees[0].Answer); got != "REPLY1Caféada@example.comACCEPTED" && got != "REPLY 1 Café ada@example.com ACCEPTED" {
			t.Errorf("%s: got %s", name, got)
		}
	}
}

func utf16Text(s string, high int) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(s)) {
		pair := [2]byte{}
		pair[high], pair[1-high] = byte(unit>>8), byte(unit)
		b = append(b, pair[:]...)
	}
	return string(b)
}

// fold folds after each five octets.
func fold(s string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(s, "\r\n") {
		for len(line) > 5 {
			b.WriteString(line[:5] + "\r\n ")
			line = line[5:]
		}
		b.WriteString(line + "\r\n")
	}
	return b.String()
}

func TestReadMethods(t *testing.T) {
	for _, c := range []struct{ object, declared, want, problem string }{
		{"METHOD:COUNTER", "REPLY", "COUNTER", "the mail says method=REPLY"},
		{"METHOD:reply", "REPLY", "REPLY", ""},
		{"X:1", "request", "REQUEST", ""},
		{"X:1", "", "", ""},
		{"METHOD:CREATE", "", "CREATE", "none of iTIP"},
	} {
		objects, err := Read([]byte("BEGIN:VCALENDAR\n"+c.object+"\nBEGIN:VEVENT\nUID:1\nEND:VEVENT\nEND:VCALENDAR\n"), Hint{Method: c.declared})
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(objects[0].Problems, "; ")
		if string(objects[0].Method) != c.want || !strings.Contains(got, c.problem) || c.problem == "" && got != "" {
			t.Errorf("%s, %q: got %s (%s)", c.object, c.declared, objects[0].Method, got)
		}
	}
}

// TestReadOthers: tasks and free-busy times are no meetings, and that is said.
func TestReadOthers(t *testing.T) {
	text := "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VTODO\nUID:t\nATTENDEE;PARTSTAT=IN-PROCESS:mailto:a@example.com\nEND:VTODO\n" +
		"BEGIN:VFREEBUSY\nUID:f\nEND:VFREEBUSY\nBEGIN:VPOLL\nUID:p\nEND:VPOLL\nEND:VCALENDAR\nBEGIN:VCALENDAR\nEND:VCALENDAR\n"
	objects, err := Read([]byte(text), Hint{})
	if err != nil || len(objects) != 2 {
		t.Fatal(len(objects), err)
	}
	if o := objects[0]; len(o.Events) != 0 || len(o.Others) != 2 || len(o.Answers()) != 0 || len(o.Problems) != 3 {
		t.Errorf("got %d events, %d others, %q", len(o.Events), len(o.Others), o.Problems)
	}
	if got := objects[1].Problems; len(got) != 1 || got[0] != "the object holds no event" {
		t.Errorf("got %q", got)
	}
}
