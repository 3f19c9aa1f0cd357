package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"guildpost/calendar"
	"guildpost/mail"
	"guildpost/store"
)

// A calendarHost is a daemon that serves the meetings of a community in zones that change their clocks on different days, and
// one in which they never do, to a member of it.
type calendarHost struct {
	t        *testing.T
	dir      string
	daemon   *Daemon
	url      string // of the web pages
	password string
	feed     string // the path of the member's
	meetings []store.Meeting
	now      time.Time
}

const calendarReader = "ann@a.example"

// serveCalendar starts a daemon with meetings that go on over the changes of the clocks of autumn 2026: in Australia on 4
// October, in Europe on the 25th, in America on 1 November.
func serveCalendar(t *testing.T) *calendarHost {
	t.Helper()
	h := &calendarHost{t: t, dir: t.TempDir(), now: time.Date(2026, 8, 3, 9, 0, 0, 0, time.UTC)}
	environ := []string{"GUILDPOST_DOMAIN=lists.example.org", "GUILDPOST_INBOUND_LMTP=127.0.0.1:0", "GUILDPOST_INBOUND_SMTP=", "GUILDPOST_WEB_LISTEN=127.0.0.1:0",
		"GUILDPOST_PUBLIC_URL=http://lists.example.org", "GUILDPOST_OUTBOUND_SMARTHOST=127.0.0.1:1"}
	config, err := loadConfig("", h.dir, environ)
	h.check(err)
	h.daemon, err = newDaemon(t.Context(), daemonOptions{Config: config, Now: func() time.Time { return h.now }, Resolver: demoResolver{}, Log: slog.New(slog.DiscardHandler)})
	h.check(err)
	h.fill()
	h.check(h.daemon.Start(t.Context()))
	t.Cleanup(func() {
		stopping, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		h.check(h.daemon.Stop(stopping))
	})
	h.url = "http://" + h.daemon.web.Addr()
	var out bytes.Buffer
	a := &app{dir: h.dir, environ: environ, now: func() time.Time { return h.now }, stdin: strings.NewReader(""), stdout: &out, stderr: os.Stderr}
	if code := a.run(t.Context(), []string{"member", "password", calendarReader}); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	h.password = strings.TrimSpace(out.String())
	return h
}

func (h *calendarHost) check(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *calendarHost) by() store.Actor {
	return store.Actor{Who: "postmaster", Via: "test", At: h.now}
}

func (h *calendarHost) fill() {
	ctx, db := h.t.Context(), h.daemon.db
	c, err := db.CreateCommunity(ctx, h.by(), store.Community{Name: "rust", Domain: "lists.example.org", Title: "Rust Guild"})
	h.check(err)
	s, _, err := db.AddMember(ctx, h.by(), c.ID, store.NewMember{Address: calendarReader, Name: "Ann"})
	h.check(err)
	wall := func(month time.Month, day, hour, minute int) time.Time {
		return time.Date(2026, month, day, hour, minute, 0, 0, time.UTC)
	}
	for _, p := range []calendar.Plan{
		{Title: "Berlin", Starts: wall(10, 13, 15, 0), Zone: "Europe/Berlin", Length: time.Hour, Rule: "FREQ=WEEKLY;COUNT=6"},
		{Title: "New York", Starts: wall(10, 14, 18, 30), Zone: "America/New_York", Length: 90 * time.Minute, Rule: "FREQ=WEEKLY;COUNT=6"},
		{Title: "Lord Howe", Starts: wall(9, 24, 9, 0), Zone: "Australia/Lord_Howe", Length: 45 * time.Minute, Rule: "FREQ=WEEKLY;COUNT=8"},
		{Title: "Kolkata", Starts: wall(10, 30, 11, 15), Zone: "Asia/Kolkata", Length: time.Hour, Location: "Room 3, or https://meet.example.org"},
	} {
		m, err := h.daemon.meets.Call(ctx, h.by(), c, p)
		h.check(err)
		h.meetings = append(h.meetings, m)
	}
	// One date of the first is moved, one is cancelled.
	m := h.meetings[0]
	m.Sequence++
	m.Changes = []store.DateChange{{Occurrence: "20261020T130000Z", Cancelled: true, Sequence: 1},
		{Occurrence: "20261103T140000Z", Starts: wall(11, 4, 8, 0), Length: time.Hour, Title: "Berlin", Sequence: 1}}
	h.meetings[0], err = db.ChangeMeeting(ctx, h.by(), m, nil)
	h.check(err)
	url, _, err := h.daemon.meets.FeedOf(ctx, h.by(), store.Feed{CommunityID: c.ID, MemberID: s.MemberID})
	h.check(err)
	h.feed = strings.TrimPrefix(url, "http://lists.example.org")
}

// run runs a client, and returns what it wrote.
func (h *calendarHost) run(name string, args ...string) string {
	h.t.Helper()
	out, err := h.try(name, args...)
	if err != nil {
		h.t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return out
}

func (h *calendarHost) try(name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(h.t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = h.dir
	cmd.Env = append(os.Environ(), "HOME="+h.dir, "XDG_CONFIG_HOME="+h.dir, "XDG_DATA_HOME="+h.dir, "XDG_CACHE_HOME="+h.dir, "TERM=dumb", "LC_ALL=C.UTF-8", "TZ=UTC")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// dates are when the meetings take place on the clocks of a zone, sorted, a line each.
func (h *calendarHost) dates(meetings []store.Meeting, zone *time.Location) string {
	var lines []string
	for _, m := range meetings {
		starts, _ := calendar.Next(m, h.now, 20)
		for _, start := range starts {
			lines = append(lines, start.In(zone).Format("2006-01-02 15:04 ")+m.Title+"\n")
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// khalZones are where who looks at the calendar lives.
var khalZones = []string{"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"}

// khal shows what a folder of meetings holds, as somebody in a zone sees it, sorted.
func (h *calendarHost) khal(folder, zone string) string {
	h.t.Helper()
	h.khalConfig(folder, zone)
	out := h.run("khal", "-c", "khalrc", "list", "--format", "{start-long} {title}", "--day-format", "", "2026-09-01", "120d")
	lines := slices.DeleteFunc(strings.SplitAfter(out, "\n"), func(line string) bool { return strings.TrimSpace(line) == "" })
	slices.Sort(lines)
	return strings.Join(slices.Compact(lines), "") // one that goes on after midnight is listed for both days
}

func (h *calendarHost) khalConfig(folder, zone string) {
	writeFile(h.t, filepath.Join(h.dir, "khalrc"), fmt.Sprintf(`[calendars]
[[meetings]]
path = %[1]s
[sqlite]
path = %[1]s-%[2]s.db
[locale]
local_timezone = %[3]s
default_timezone = %[3]s
timeformat = %%H:%%M
dateformat = %%m-%%d
longdateformat = %%Y-%%m-%%d
datetimeformat = %%m-%%d %%H:%%M
longdatetimeformat = %%Y-%%m-%%d %%H:%%M
[default]
default_calendar = meetings
`, filepath.Join(h.dir, folder), strings.ReplaceAll(zone, "/", "-"), zone))
}

// wantDates wants that khal shows a folder's meetings at the right times, in all zones.
func (h *calendarHost) wantDates(folder string, meetings []store.Meeting) {
	h.t.Helper()
	for _, name := range khalZones {
		zone, err := time.LoadLocation(name)
		h.check(err)
		if got, want := h.khal(folder, name), h.dates(meetings, zone); got != want {
			h.t.Errorf("%s in %s: khal shows\n%swant\n%s", folder, name, got, want)
		}
	}
}

// TestVdirsyncer keeps the CalDAV collection and the feed in step with folders: what changes comes, what is removed there comes
// again, and nothing goes up.
func TestVdirsyncer(t *testing.T) {
	program := needProgram(t, "vdirsyncer", "vdirsyncer")
	needProgram(t, "khal", "khal")
	h := serveCalendar(t)
	writeFile(t, filepath.Join(h.dir, "sync"), fmt.Sprintf(`[general]
status_path = "status/"
[pair dav]
a = "near"
b = "far"
collections = ["from b"]
conflict_resolution = "b wins"
partial_sync = "revert"
[storage near]
type = "filesystem"
path = "dav/"
fileext = ".ics"
[storage far]
type = "caldav"
url = "%[1]s/dav/"
username = "%[2]s"
password = "%[3]s"
read_only = true
[pair feed]
a = "page"
b = "web"
collections = null
partial_sync = "revert"
[storage page]
type = "filesystem"
path = "feed/"
fileext = ".ics"
[storage web]
type = "http"
url = "%[1]s%[4]s"
`, h.url, calendarReader, h.password, h.feed))
	h.check(os.MkdirAll(filepath.Join(h.dir, "feed"), 0o700))
	vdirsyncer := func(args ...string) string { return h.run(program, append([]string{"-c", "sync"}, args...)...) }
	h.run("sh", "-c", "yes | "+program+" -c sync discover")
	vdirsyncer("sync")
	collection := filepath.Join("dav", "rust@lists.example.org")
	h.wantDates(collection, h.meetings)
	h.wantDates("feed", h.meetings)
	if out := vdirsyncer("sync"); strings.Contains(out, "Copying") || strings.Contains(out, "Deleting") {
		t.Errorf("the second time something came: %s", out)
	}
	var err error
	h.meetings[2], err = h.daemon.meets.Cancel(t.Context(), h.by(), h.meetings[2].ID)
	h.check(err)
	m := h.meetings[3]
	m.Starts, m.Sequence = m.Starts.AddDate(0, 0, 1), 1
	h.meetings[3], err = h.daemon.db.ChangeMeeting(t.Context(), h.by(), m, nil)
	h.check(err)
	files, err := filepath.Glob(filepath.Join(h.dir, collection, "*.ics"))
	h.check(err)
	if len(files) != 4 {
		t.Fatalf("there are %v", files)
	}
	h.check(os.Remove(files[0]))
	vdirsyncer("sync")
	vdirsyncer("sync")
	left := slices.Concat(h.meetings[:2], h.meetings[3:])
	for _, folder := range []string{collection, "feed"} {
		got := h.khal(folder, "Europe/Berlin")
		got = strings.Join(slices.DeleteFunc(strings.SplitAfter(got, "\n"), func(line string) bool { return strings.Contains(line, "Lord Howe") }), "")
		berlin, err := time.LoadLocation("Europe/Berlin")
		h.check(err)
		if want := h.dates(left, berlin); got != want {
			t.Errorf("%s after a change: got\n%swant\n%s", folder, got, want)
		}
	}
}

// TestKhal imports the feed, and the invitations as they came by mail.
func TestKhal(t *testing.T) {
	needProgram(t, "khal", "khal")
	h := serveCalendar(t)
	h.khalConfig("imported", "UTC")
	h.check(os.MkdirAll(filepath.Join(h.dir, "imported"), 0o700))
	resp, err := http.Get(h.url + h.feed)
	h.check(err)
	var text bytes.Buffer
	_, err = text.ReadFrom(resp.Body)
	h.check(errors.Join(err, resp.Body.Close()))
	writeFile(t, filepath.Join(h.dir, "feed.ics"), text.String())
	h.run("khal", "-c", "khalrc", "import", "--batch", "-a", "meetings", "feed.ics")
	h.wantDates("imported", h.meetings)

	h.khalConfig("invited", "UTC")
	h.check(os.MkdirAll(filepath.Join(h.dir, "invited"), 0o700))
	for i, m := range h.meetings[1:] {
		file := fmt.Sprintf("invite-%d.ics", i)
		writeFile(t, filepath.Join(h.dir, file), h.invitation(m))
		h.run("khal", "-c", "khalrc", "import", "--batch", "-a", "meetings", file)
	}
	h.wantDates("invited", h.meetings[1:])
}

// invitation is the file of the mail that invites to a meeting.
func (h *calendarHost) invitation(m store.Meeting) (text string) {
	h.t.Helper()
	queue, err := h.daemon.db.QueueList(h.t.Context(), store.QueueFilter{})
	h.check(err)
	for _, row := range queue {
		d, err := h.daemon.db.Dispatch(h.t.Context(), row.DispatchID)
		h.check(err)
		raw, err := h.daemon.db.Raw(h.t.Context(), d.RawID)
		h.check(err)
		mail.Read(raw).Root.Walk(func(p *mail.Part) bool {
			if data := string(p.Content(1 << 20)); p.Filename == "invite.ics" && strings.Contains(data, "SUMMARY:"+m.Title+"\r\n") {
				text = data
			}
			return true
		})
	}
	if text == "" {
		h.t.Fatalf("there is no invitation to %s", m.Title)
	}
	return text
}
