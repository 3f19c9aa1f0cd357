package itip

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// addFiles seeds with the corpus where it is.
func addFiles(f *testing.F, add func([]byte)) {
	f.Helper()
	files, _ := filepath.Glob(filepath.Join("..", "..", "..", "shared", "corpus", "itip", "*.ics"))
	for _, file := range files {
		if raw, err := os.ReadFile(file); err == nil && len(raw) < 4000 {
			add(raw)
		}
	}
}

// FuzzRead: whatever is read is clean, ends in time, and comes back the same when it is written and read again.
func FuzzRead(f *testing.F) {
	full, _ := Write(fullObject())
	f.Add(full, "", "")
	f.Add([]byte(wrapped("ATTENDEE;CN=\"a \"b\" c\":mailto:x%40y@z")), "REPLY", "utf-16")
	f.Add([]byte(vtimezone("Old Halifax", outdated)), "", "")
	addFiles(f, func(raw []byte) { f.Add(raw, "", "") })
	f.Fuzz(func(t *testing.T, data []byte, method, charset string) {
		begin := time.Now()
		objects, err := Read(data, Hint{Method: method, Charset: charset})
		if took := time.Since(begin); took > 2*time.Second {
			t.Errorf("took %s", took)
		}
		if err != nil && objects != nil {
			t.Error("objects beside an error")
		}
		for i := range objects {
			o := &objects[i]
			checkClean(t, o)
			o.Answers()
			o.Proposals()
			o.RefreshRequests()
			checkRoundTrip(t, *o)
		}
	})
}

// checkClean: no text holds what must not reach a log, a mail or a page.
func checkClean(t *testing.T, o *Object) {
	t.Helper()
	check := func(s string, lines bool) {
		if !utf8.ValidString(s) || strings.IndexFunc(s, func(r rune) bool { return isControl(r) && (r != '\n' || !lines) }) >= 0 {
			t.Errorf("%q is not clean", s)
		}
	}
	for _, p := range o.Problems {
		check(p, false)
	}
	check(string(o.Method), false)
	for _, e := range slices.Concat(o.Events, o.Others) {
		for _, s := range []string{e.UID, e.Summary, e.Location, e.URL, e.RuleProblem} {
			check(s, false)
		}
		check(e.Description, true)
		for _, a := range append(e.Attendees, Attendee{Person: e.Organizer}) {
			for _, s := range []string{a.Address, a.Name, a.SentBy, string(a.Answer), a.URI} {
				check(s, false)
			}
		}
	}
}

// checkRoundTrip writes what was read, unless it may not be written, and reads it again.
func checkRoundTrip(t *testing.T, o Object) {
	t.Helper()
	o.Others = nil
	text, err := Write(o)
	if err != nil {
		return
	}
	checkLines(t, text)
	objects, err := Read(text, Hint{})
	var limit *LimitError
	if err != nil || len(objects) != 1 {
		if !asLimit(err, &limit) {
			t.Fatalf("%d objects, %v, from\n%s", len(objects), err, text)
		}
		return
	}
	again := objects[0]
	if len(again.Events) != len(o.Events) || again.Method != o.Method {
		t.Fatalf("got %d events and %s, want %d and %s, from\n%s", len(again.Events), again.Method, len(o.Events), o.Method, text)
	}
	for i := range o.Events {
		if got, want := readable(again.Events[i]), readable(o.Events[i]); got != want {
			t.Errorf("got\n%s\nwant\n%s\nfrom\n%s", got, want, text)
		}
	}
}

func asLimit(err error, limit **LimitError) bool {
	l, ok := err.(*LimitError)
	*limit = l
	return ok
}

// readable shows an event by what is to come through: moments for times, since an object's own zone is another pointer, and
// nothing of what Write leaves out or puts in its right form.
func readable(e Event) string {
	moments := func(list []Time) (keys []string) {
		for _, t := range list {
			keys = append(keys, t.Key())
		}
		return keys
	}
	var dates []Time
	for _, p := range e.Dates {
		dates = append(dates, p.Start, p.End)
	}
	var rules []string
	for _, r := range e.Rules {
		r.Until = writtenUntil(r.Until, e.Start)
		rules = append(rules, r.String())
	}
	attachments := slices.DeleteFunc(slices.Clone(e.Attachments), func(a Attachment) bool { return a.URI == "" })
	var alarms []string
	for _, a := range e.Alarms {
		alarms = append(alarms, a.At.String()+a.Trigger.String())
	}
	people := fmt.Sprintf("%+v %+v", e.Organizer, e.Attendees)
	return fmt.Sprintf("%q %d %s\n%s %s\n%s\n%s %v\n%q %q %q %q\n%q %q %q %v %d\n%v %q %q %v %v %v %v",
		e.UID, e.Sequence, e.Stamp, e.Start.Key(), e.Ends().Key(), people, e.RecurrenceID.Key(), e.ThisAndLater,
		e.Summary, e.Location, strings.ReplaceAll(e.Description, "\t", " "), tabless(e.Comments), e.URL, e.Status, e.Class, e.Transparent, e.Priority,
		len(attachments), e.RequestStatus, e.Categories, rules, moments(dates), moments(e.Exceptions), alarms)
}

func tabless(list []string) (out []string) {
	for _, s := range list {
		out = append(out, strings.ReplaceAll(s, "\t", " "))
	}
	return out
}

// FuzzRule: a rule is refused or expanded within the budget, in order, and its written form is the same rule.
func FuzzRule(f *testing.F) {
	for _, rule := range hardRules {
		f.Add(rule, int64(1_770_000_000), 1)
	}
	f.Add("FREQ=MONTHLY;BYDAY=1MO,-1FR;BYSETPOS=-1;UNTIL=20300101", int64(0), 2)
	zones := []string{"UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia"}
	f.Fuzz(func(t *testing.T, text string, start int64, zone int) {
		rule, err := ParseRule(text)
		if err != nil {
			return
		}
		if again, err := ParseRule(rule.String()); err != nil || again.String() != rule.String() {
			t.Errorf("%s is written %s and read %s (%v)", text, rule, again, err)
		}
		at := time.Unix(start%(200*365*86400), 0)
		s := Series{Master: Event{Start: At(at, loadZone(zones[(zone%len(zones)+len(zones))%len(zones)])), Rules: []Rule{rule}}}
		begin := time.Now()
		found, _ := s.Between(at, at.AddDate(200, 0, 0), nil)
		if took := time.Since(begin); took > time.Second {
			t.Errorf("%s took %s", text, took)
		}
		if len(found) > MaxOccurrences || len(found) == 0 {
			t.Errorf("%s: %d occurrences", text, len(found))
		}
		for i := 1; i < len(found); i++ {
			if !found[i].Start.Instant(nil).After(found[i-1].Start.Instant(nil)) {
				t.Errorf("%s: %s after %s", text, found[i].Start, found[i-1].Start)
			}
		}
	})
}

// FuzzZone: a name means the same zone each time; rules of a VTIMEZONE make a zone that can be written and shows the same.
func FuzzZone(f *testing.F) {
	f.Add("(UTC+01:00) Amsterdam, Berlin", berlinOfOutlook)
	f.Add("/mozilla.org/20070129_1/Europe/Berlin", outdated)
	f.Add("GMT-5", kolkata)
	f.Fuzz(func(t *testing.T, name, rules string) {
		if zone, ok := Zone(name); ok {
			again, _ := Zone(name)
			if zone == nil || zone != again {
				t.Errorf("%q: %v and %v", name, zone, again)
			}
			if byName, ok := Zone(zone.String()); !ok || byName != zone {
				t.Errorf("%q is %s, which is %v", name, zone, byName)
			}
		}
		begin := time.Now()
		objects, err := Read([]byte(vtimezone("x", rules)), Hint{})
		if took := time.Since(begin); took > 2*time.Second {
			t.Errorf("took %s", took)
		}
		if err != nil {
			return
		}
		for _, o := range objects {
			checkRoundTrip(t, o)
		}
	})
}

// FuzzTNEF: whatever is in a winmail.dat, what comes out is clean, and can be written once it has a UID and a stamp.
func FuzzTNEF(f *testing.F) {
	w := newTNEF("IPM.Microsoft Schedule.MtgReq")
	w.attribute(attRecipients, append([]byte{1, 0, 0, 0}, mapiList(person("ada@example.com", "Ada")...)...))
	w.attribute(attProperties, mapiList(uni(tagTopic, "Clinic"), filetime(tagStart, time.Unix(1_770_000_000, 0)), tnefProp{tagGlobalID, typeBinary, globalID("07EA0310")}))
	f.Add(w.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		o, err := ReadTNEF(data)
		if err != nil {
			return
		}
		checkClean(t, &o)
		for i := range o.Events {
			o.Events[i].UID, o.Events[i].Stamp, o.Events[i].RuleProblem = "1", time.Unix(0, 0), ""
		}
		if o.Method == "" {
			return
		}
		if _, err := Write(o); err != nil {
			t.Errorf("it cannot be written: %v", err)
		}
	})
}
