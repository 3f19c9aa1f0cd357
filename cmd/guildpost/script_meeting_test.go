package main

import (
	"fmt"
	"strconv"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"guildpost/calendar"
	"guildpost/mail"
	"guildpost/mail/mailtest"
)

// rsvp [-shape SHAPE] [-to ADDRESS] [-as ADDRESS] [-name NAME] [-date KEY] [-method METHOD] [-uid UID] [-stamp KEY] [-sequence N] FROM FILE.eml
// ANSWER answers a received invitation by calendar: in the shape of a program (mailtest.CalendarAnswer)
// or plainly. ANSWER is a PARTSTAT. -proven yes
// lets the mail server in front have found that it is from where it says. -to is somewhere else than the
// organiser; -as another attendee than FROM; -start KEY is what a COUNTER proposes, for an hour, and -comment why; -delegate ADDRESS
// sends somebody else, and -delegated ADDRESS says that one was sent. -hold N answers the N-th of several holds. With "!" it must be
// refused.
func cmdRSVP(ts *testscript.TestScript, neg bool, args []string) {
	r := mailtest.CalendarAnswer{Method: "REPLY", Sequence: "0"}
	var proven, hold, start string
	flags := map[string]*string{"-proven": &proven, "-shape": &r.Shape, "-to": &r.To, "-as": &r.As, "-name": &r.Name, "-date": &r.Date, "-method": &r.Method, "-uid": &r.UID, "-hold": &hold,
		"-stamp": &r.Stamp, "-sequence": &r.Sequence, "-start": &start, "-comment": &r.Comment, "-delegate": &r.Delegate, "-delegated": &r.Delegated}
	for len(args) > 1 && flags[args[0]] != nil {
		*flags[args[0]], args = args[1], args[2:]
	}
	if len(args) != 3 {
		ts.Fatalf("usage: rsvp [-shape SHAPE] [-to ADDRESS] [-as ADDRESS] [-date KEY] [-method METHOD] [-uid UID] [-hold N] [-stamp KEY] FROM FILE.eml ANSWER")
	}
	w := worldOf(ts).mail(ts)
	r.From, r.PartStat, r.Proven = args[0], args[2], proven != ""
	said := calendar.ReadMessage(mail.Read([]byte(ts.ReadFile(args[1]))))
	n, err := strconv.Atoi(hold)
	if err == nil && n >= 1 && n <= len(said.Objects) {
		said.Objects = said.Objects[n-1 : n]
	}
	if len(said.Objects) != 1 || len(said.Objects[0].Events) == 0 {
		ts.Fatalf("%s holds no invitation: %+v", args[1], said)
	}
	event := said.Objects[0].Events[0]
	if r.To == "" {
		r.To = event.Organizer.Address
	}
	if r.UID == "" {
		r.UID = event.UID
	}
	if r.Stamp == "" {
		r.Stamp = w.world.clock().UTC().Format("20060102T150405Z")
	}
	if r.As == "" {
		r.As = mustParse(ts, r.From)
	}
	r.Start = time.Date(2026, 8, 11, 13, 0, 0, 0, time.UTC)
	if start != "" {
		r.Start, err = time.Parse("20060102T150405Z", start)
		ts.Check(err)
	}
	w.replies++
	r.ID, r.Organizer = fmt.Sprintf("rsvp-%d@script.example", w.replies), event.Organizer.Address
	replies, err := w.send(false, mustParse(ts, r.From), []string{r.To}, r.Message())
	fmt.Fprint(ts.Stdout(), replies)
	if neg == (err == nil) {
		ts.Fatalf("rsvp: %v\n%s", err, replies)
	}
}
