package calendar

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"guildpost/mail"
)

// TestAsked: what an invitation asks for, in the forms in which calendars write it, and what cannot be a meeting.
func TestAsked(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	const times = "DTSTART;TZID=Europe/Berlin:20261130T150000\nDTEND;TZID=Europe/Berlin:20261130T163000\n"
	for _, c := range []struct {
		name, method, event, want string
	}{
		{"a meeting", "REQUEST", times + "SUMMARY:Clinic\nLOCATION:Room 3\\nFloor 2\nDESCRIPTION:Bring code.\\nGrüße\n",
			"Clinic | Room 3 Floor 2 | Bring code.\nGrüße | 2026-11-30 15:00 Europe/Berlin 1h30m0s"},
		{"Google, in UTC", "REQUEST", "DTSTART:20261130T140000Z\nDTEND:20261130T150000Z\nSUMMARY:Clinic\n", "Clinic |  |  | 2026-11-30 15:00 Europe/Berlin 1h0m0s"},
		{"in UTC, again and again", "REQUEST", "DTSTART:20261130T140000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY\nSUMMARY:Clinic\n",
			"Clinic |  |  | 2026-11-30 14:00 UTC 1h0m0s FREQ=WEEKLY"},
		{"Outlook", "REQUEST", "DTSTART;TZID=W. Europe Standard Time:20261130T150000\nDTEND;TZID=W. Europe Standard Time:20261130T160000\n" +
			"RRULE:FREQ=WEEKLY;COUNT=3;INTERVAL=1;BYDAY=MO;WKST=MO\nSUMMARY:Clinic\n", "Clinic |  |  | 2026-11-30 15:00 Europe/Berlin 1h0m0s FREQ=WEEKLY;COUNT=3;BYDAY=MO"},
		{"dates left out", "REQUEST", times + "RRULE:FREQ=DAILY;COUNT=5\nEXDATE;TZID=Europe/Berlin:20261202T150000,20261203T150000\nSUMMARY:Clinic\n",
			"Clinic |  |  | 2026-11-30 15:00 Europe/Berlin 1h30m0s FREQ=DAILY;COUNT=5 -20261202T140000Z -20261203T140000Z"},
		{"one date", "REQUEST", times + "RECURRENCE-ID;TZID=Europe/Berlin:20261130T140000\nSUMMARY:Clinic\n", "20261130T130000Z: 2026-11-30 14:00 1h30m0s Clinic"},
		{"one date and all later ones", "REQUEST", times + "RECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20261130\nSUMMARY:Clinic\n", "20261130+: 2026-11-30 14:00 1h30m0s Clinic"},
		{"cancelled", "CANCEL", "SUMMARY:Clinic\n", "cancelled"},
		{"one date cancelled", "CANCEL", "RECURRENCE-ID:20261130T140000Z\n", "-20261130T140000Z"},
		{"cancelled, as a request", "REQUEST", times + "STATUS:CANCELLED\n", "cancelled"},
		{"published", "PUBLISH", times + "SUMMARY:Clinic\n", "Clinic |  |  | 2026-11-30 15:00 Europe/Berlin 1h30m0s"},
		{"no title", "REQUEST", times, "The subject |  |  | 2026-11-30 15:00 Europe/Berlin 1h30m0s"},
		{"a title of two lines", "REQUEST", times + "SUMMARY:Clinic\\nagain\n", "Clinic again |  |  | 2026-11-30 15:00 Europe/Berlin 1h30m0s"},
		{"RDATE of its own start", "REQUEST", times + "RDATE;TZID=Europe/Berlin:20261130T150000\nSUMMARY:Clinic\n", "Clinic |  |  | 2026-11-30 15:00 Europe/Berlin 1h30m0s"},

		{"no rule", "REQUEST", times + "RDATE;TZID=Europe/Berlin:20261204T150000\n", "dates "},
		{"hourly", "REQUEST", times + "RRULE:FREQ=HOURLY\n", "rule "},
		{"two rules", "REQUEST", times + "RRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY\n", "rule it repeats by more than one rule"},
		{"an unknown zone", "REQUEST", "DTSTART;TZID=Mars:20261130T150000\nDTEND;TZID=Mars:20261130T160000\n", "zone Mars"},
		{"no zone", "REQUEST", "DTSTART:20261130T150000\nDTEND:20261130T160000\n", "floating "},
		{"whole days", "REQUEST", "DTSTART;VALUE=DATE:20261130\n", "all-day "},
		{"no start", "REQUEST", "SUMMARY:Clinic\n", "start "},
		{"no end", "REQUEST", "DTSTART;TZID=Europe/Berlin:20261130T150000\n", "length "},
		{"a quarter", "REQUEST", "DTSTART;TZID=Europe/Berlin:20261130T150000\nDURATION:P90D\n", "long "},
	} {
		t.Run(c.name, func(t *testing.T) {
			object := "BEGIN:VCALENDAR\nMETHOD:" + c.method + "\nBEGIN:VEVENT\nUID:1\nDTSTAMP:20261123T110000Z\n" + c.event + "END:VEVENT\nEND:VCALENDAR\n"
			message := callMessage("ada@a.example", strings.ReplaceAll(object, "\n", "\r\n"))
			objects, is := callsIn(message, ReadMessage(message))
			if !is || len(objects) != 1 {
				t.Fatalf("%d objects, %v", len(objects), is)
			}
			r := askingReader{list: "rust@lists.example.org", author: "ada@a.example", subject: "The subject", home: berlin, received: time.Now()}
			asked, wrong := r.read(objects[0].Events, c.method == "CANCEL")
			if got := askedText(asked, wrong); !strings.HasPrefix(got, c.want) || wrong == nil && got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func askedText(a asking, wrong *misfit) string {
	var words []string
	switch {
	case wrong != nil:
		return wrong.kind + " " + wrong.value
	case a.Cancelled:
		words = append(words, "cancelled")
	case a.Whole != nil:
		p := a.Whole
		words = append(words, strings.TrimSpace(fmt.Sprintf("%s | %s | %s | %s %s %s %s", p.Title, p.Location, p.Description, p.Starts.Format("2006-01-02 15:04"), p.Zone, p.Length, p.Rule)))
	}
	for _, d := range a.Dates {
		later := map[bool]string{true: "+"}[d.Later]
		if d.Cancelled {
			words = append(words, "-"+d.ID+later)
			continue
		}
		words = append(words, fmt.Sprintf("%s%s: %s %s %s", d.ID, later, d.Starts.Format("2006-01-02 15:04"), d.Length, d.Title))
	}
	return strings.Join(words, " ")
}

// TestAskedPeople: whom else a calendar invites, and who is none of them.
func TestAskedPeople(t *testing.T) {
	i := clinicInvite()
	i.more = "ATTENDEE;CN=Zoe:mailto:Zoe@Z.example\r\nATTENDEE;CUTYPE=ROOM;CN=Room 3:mailto:room3@a.example\r\nATTENDEE;CN=Ada:mailto:ada@a.example\r\n" +
		"ATTENDEE;CN=Nobody:invalid:nomail\r\nDESCRIPTION:" + strings.Repeat("long ", 5000) + "\r\n"
	message := callMessage("ada@a.example", i.object())
	objects, _ := callsIn(message, ReadMessage(message))
	asked, wrong := askingReader{list: "rust@lists.example.org", author: "ada@a.example", received: time.Now()}.read(objects[0].Events, false)
	if wrong != nil || fmt.Sprint(asked.Guests) != "[{zoe@z.example  Zoe  }]" || asked.Invited.Address != "rust@lists.example.org" {
		t.Errorf("%v: %+v", wrong, asked)
	}
	if !asked.Shortened || len(asked.Whole.Description) > maxDescription || !strings.HasSuffix(asked.Whole.Description, "…") {
		t.Errorf("a long text was kept in %d bytes", len(asked.Whole.Description))
	}
}

// TestWhatIsAPost: what stands in a message that calls nothing.
func TestWhatIsAPost(t *testing.T) {
	event := "BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Clinic\r\nDESCRIPTION:Bring code.\r\nDTSTART:20261130T140000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	object := func(method string) string { return "BEGIN:VCALENDAR\r\n" + method + event }
	file := "Content-Type: text/calendar; name=a.ics\r\nContent-Disposition: attachment; filename=a.ics"
	text := part("Content-Type: text/plain", "Who comes?")
	for _, c := range []struct {
		name  string
		parts []string
		is    bool
	}{
		{"a published file beside a text", []string{text, part(file, object("METHOD:PUBLISH\r\n"))}, false},
		{"a file without a method beside a text", []string{text, part(file, object(""))}, false},
		{"a file and no text", []string{part("Content-Type: text/plain", " "), part(file, object(""))}, true},
		{"a file and its own words", []string{part("Content-Type: text/plain", "Clinic\r\n\r\nBring code."), part(file, object("METHOD:PUBLISH\r\n"))}, true},
		{"an invitation beside a text", []string{text, part(file, object("METHOD:REQUEST\r\n"))}, true},
		{"the mail says that it is one", []string{text, part("Content-Type: text/calendar; method=REQUEST", object(""))}, true},
		{"a task", []string{text, part(file, strings.ReplaceAll(object("METHOD:REQUEST\r\n"), "VEVENT", "VTODO"))}, true},
		{"forwarded", []string{text, part("Content-Type: message/rfc822", "From: zoe@z.example\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\n"+object("METHOD:REQUEST\r\n"))}, false},
		{"a method that there is not", []string{text, part(file, object("METHOD:CREATE\r\n"))}, false},
		{"words", []string{text}, false},
	} {
		m := mail.Read([]byte("From: ada@example.com\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" + strings.Join(c.parts, "") + "--x--\r\n"))
		if _, is := callsIn(m, ReadMessage(m)); is != c.is {
			t.Errorf("%s: taken %v, want %v", c.name, is, c.is)
		}
	}
}
