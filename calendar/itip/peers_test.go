package itip

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-ical"
)

// writtenFiles writes invitations to weekly meetings in zones of all sorts, and returns when the meetings take place.
func writtenFiles(t *testing.T) (files []string, want map[string]string) {
	t.Helper()
	dir, want := t.TempDir(), map[string]string{}
	for _, name := range []string{"UTC", "Europe/Berlin", "Europe/Dublin", "America/New_York", "America/Santiago", "America/St_Johns", "America/Sao_Paulo",
		"Africa/Casablanca", "Africa/Cairo", "Asia/Kolkata", "Asia/Jerusalem", "Asia/Kathmandu", "Australia/Lord_Howe", "Australia/Sydney", "Pacific/Auckland", "Pacific/Apia"} {
		o := fullObject()
		o.Events = o.Events[:1]
		e := &o.Events[0]
		zone := loadZone(name)
		e.Start, e.End = Clock(2026, 3, 1, 10, 0, zone), Clock(2026, 3, 1, 11, 0, zone)
		e.Rules = []Rule{{Freq: Weekly, Interval: 1, Count: 110, WeekStart: time.Monday}}
		e.Dates, e.Exceptions, e.Comments = nil, nil, e.Comments[:1] // libical wants one COMMENT at most
		text, err := Write(o)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, strings.ReplaceAll(name, "/", "-")+".ics")
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		s := Series{Master: *e}
		found, err := s.Next(time.Time{}, 110, nil)
		if err != nil || len(found) != 110 {
			t.Fatal(len(found), err)
		}
		var times []string
		for _, occurrence := range found {
			times = append(times, occurrence.Start.Key())
		}
		files, want[file] = append(files, file), strings.Join(times, " ")
	}
	return files, want
}

// comparePeer runs a reader over written files: it must find nothing wrong, and the same moments.
func comparePeer(t *testing.T, program string, args ...string) {
	t.Helper()
	files, want := writtenFiles(t)
	out, err := exec.Command(program, append(args, files...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		file, got, found := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		seen[file] = true
		if got = strings.TrimSpace(got); !found || want[file] != got {
			t.Errorf("%s:\ngot  %.300s\nwant %.300s%s", filepath.Base(file), got, want[file], firstDifferent(got, want[file]))
		}
	}
	if len(seen) != len(files) {
		t.Errorf("%d of %d files were read:\n%.2000s", len(seen), len(files), out)
	}
}

func firstDifferent(got, want string) string {
	wanted := strings.Fields(want)
	for i, s := range strings.Fields(got) {
		if i < len(wanted) && s != wanted[i] {
			return fmt.Sprintf("\nat %d: %s, want %s", i, s, wanted[i])
		}
	}
	return ""
}

func TestPeerLibical(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a C program")
	}
	program := filepath.Join(t.TempDir(), "libical")
	out, err := exec.Command("gcc", "-Wall", "-o", program, filepath.Join("testdata", "libical.c"), "-lical").CombinedOutput()
	needPeer(t, "libical", err == nil || !strings.Contains(string(out), "libical/ical.h") && !strings.Contains(err.Error(), "not found"))
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	comparePeer(t, program)
}

func TestPeerPythonIcalendar(t *testing.T) {
	if testing.Short() {
		t.Skip("starts Python")
	}
	comparePeer(t, pythonWith(t, "icalendar", "icalendar, dateutil"), filepath.Join("testdata", "pyicalendar.py"))
}

// TestPeerICALJS wants ical.js at the path GUILDPOST_TEST_ICALJS, as npm installs it: node_modules/ical.js/dist/ical.js.
func TestPeerICALJS(t *testing.T) {
	if testing.Short() {
		t.Skip("starts Node")
	}
	library := os.Getenv("GUILDPOST_TEST_ICALJS")
	needPeer(t, "ical.js", library != "")
	node, err := exec.LookPath("node")
	needPeer(t, "ical.js", err == nil)
	comparePeer(t, node, filepath.Join("testdata", "icaljs.mjs"), library)
}

// TestPeerGoICAL: go-ical reads all of it, finds each value in place, and its encoder, which checks RFC 5545's counts, takes it.
func TestPeerGoICAL(t *testing.T) {
	files, want := writtenFiles(t)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		calendar, err := ical.NewDecoder(strings.NewReader(string(raw))).Decode()
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		events := calendar.Events()
		start, err := events[0].DateTimeStart(nil)
		if first, _, _ := strings.Cut(want[file], " "); err != nil || start.UTC().Format("20060102T150405Z") != first {
			t.Errorf("%s: got %s, %v", file, start, err)
		}
		text, err := events[0].Props.Text("DESCRIPTION")
		if full := fullObject(); err != nil || text != full.Events[0].Description {
			t.Errorf("%s: got %q, %v", file, text, err)
		}
		if rule, err := events[0].Props.RecurrenceRule(); err != nil || rule.Count != 110 {
			t.Errorf("%s: %v, %v", file, rule, err)
		}
		if names := calendar.Props["METHOD"]; len(names) != 1 || names[0].Value != "REQUEST" {
			t.Errorf("%s: got %v", file, names)
		}
		if err := ical.NewEncoder(new(strings.Builder)).Encode(calendar); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		if n := len(events[0].Props["ATTENDEE"]); n != 3 || !slices.ContainsFunc(calendar.Children, func(c *ical.Component) bool { return c.Name == "VEVENT" }) {
			t.Errorf("%s: %d attendees", file, n)
		}
	}
}
