package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"guildpost/calendar"
	"guildpost/calendar/itip"
	"guildpost/mail"
	"guildpost/mail/mailtest"
	"guildpost/store"
)

// A clinic is the meeting of the demo, as Ada has it in Outlook, and what everybody has got of it.
type clinic struct {
	*stage
	title    string
	starts   time.Time
	sequence int
	meeting  store.Meeting
	invited  []person                     // all that get mail about it, but not Ada, in whose calendar it is
	has      map[string]mailtest.Received // the newest invitation that each has, by address
}

// playMeeting: a facilitator invites the list in her own calendar, and all the rest is done by answering.
func playMeeting(ctx context.Context, s *stage) error {
	c := &clinic{stage: s, title: "Borrow checker clinic", starts: s.at(-3, 15), has: map[string]mailtest.Received{}}
	for _, part := range []func(context.Context) error{c.weekBegins, c.called, c.answered, c.counters, c.forwards, c.moves, c.reminds, c.takesPlace, c.ends} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

// weekBegins: it is Monday before the clocks change; who reads a digest a week gets theirs.
func (c *clinic) weekBegins(ctx context.Context) error {
	if err := c.until(ctx, c.at(-6, 10)); err != nil {
		return err
	}
	if _, err := c.hear(ctx, mailTo{lars, "Rust Guild: "}, mailTo{hiro, "Rust Guild: "}); err != nil {
		return err
	}
	c.say("It is %s. The clocks change on Sunday. (%s and %s get their weekly digest.)", c.now().In(berlin).Format("Monday, 2 January 2006"), hiro.name, lars.name)
	return nil
}

// called: the list address is invited from Outlook, and everybody gets an invitation of their own.
func (c *clinic) called(ctx context.Context) error {
	for _, p := range c.members {
		if p.address != ada.address && p.mode != "" {
			c.invited = append(c.invited, p)
		}
	}
	if err := c.hand(ada.address, c.community.Address(), c.outlook()); err != nil {
		return err
	}
	if err := c.hearAll(ctx, "Invitation: ", mailTo{ada, "Called: "}); err != nil {
		return err
	}
	all, err := c.daemon.db.Meetings(ctx, c.community.ID, c.now())
	if err != nil || len(all) != 1 {
		return fmt.Errorf("%d meetings are called, and not one: %w", len(all), err)
	}
	c.meeting = all[0]
	c.say("%s invites %s in Outlook to %q, %s → %d members get an invitation of their own", ada.name, c.community.Address(), c.title,
		c.clocks(), len(c.invited))
	c.say("  (Her calendar gets the list's \"accepted\". %s's mailbox fails, so he gets none now.)", farid.name)
	return c.showsClocks()
}

// hearAll waits for a mail to everybody who is invited, and for more; they have that invitation from then on.
func (c *clinic) hearAll(ctx context.Context, subject string, more ...mailTo) error {
	mails := more
	for _, p := range c.invited {
		mails = append(mails, mailTo{p, subject + c.title})
	}
	heard, err := c.hear(ctx, mails...)
	if err != nil {
		return err
	}
	for i, p := range c.invited {
		c.has[p.address] = heard[len(more)+i]
	}
	return nil
}

// clocks is when it is, on the clocks of Berlin and of Tokyo.
func (c *clinic) clocks() string {
	return c.starts.In(berlin).Format("Mon 2 Jan, 15:04 MST") + " = " + c.starts.In(tokyo).Format("15:04 MST")
}

// showsClocks is an error unless Ben and Hiro read when it is on their own clocks.
func (c *clinic) showsClocks() error {
	for p, zone := range map[person]*time.Location{ben: berlin, hiro: tokyo} {
		want := c.starts.In(zone).Format("Monday, 2 January 2006, 15:04 MST")
		if text := textOf(c.has[p.address]); !strings.Contains(text, want) {
			return fmt.Errorf("%s does not read %q, but:\n%s", p.name, want, text)
		}
	}
	return nil
}

// event is the date in somebody's newest invitation.
func (c *clinic) event(p person) (e itip.Event, err error) {
	said := calendar.ReadMessage(mail.Read(c.has[p.address].Data))
	if len(said.Objects) != 1 || len(said.Objects[0].Events) != 1 {
		return e, fmt.Errorf("%s's invitation holds no date", p.name)
	}
	return said.Objects[0].Events[0], nil
}

// outlook is the meeting as Outlook mails it: to all whom it invites, with a time zone by the name that Windows has for it.
func (c *clinic) outlook() string {
	c.letters++
	head := fmt.Sprintf("From: %s <%s>\nTo: %s\nSubject: %s\nDate: %s\nMessage-ID: <demo-%d@north.example>\nMIME-Version: 1.0\n", ada.name, ada.address,
		c.community.Address(), c.title, c.now().Format(time.RFC1123Z), c.letters)
	starts := c.starts.In(berlin)
	return mailtest.CalendarMail("outlook", head, "REQUEST", strings.NewReplacer("LIST", c.community.Address(), "TITLE", c.title,
		"NOW", c.now().UTC().Format("20060102T150405Z"), "NUMBER", fmt.Sprint(c.sequence),
		"STARTS", starts.Format("20060102T150405"), "ENDS", starts.Add(time.Hour).Format("20060102T150405")).Replace(outlookObject))
}

const outlookObject = `BEGIN:VCALENDAR
METHOD:REQUEST
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
ORGANIZER;CN=Ada Okafor:MAILTO:ada@north.example
ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=Rust Guild:MAILTO:LIST
DESCRIPTION;LANGUAGE=en-US:Bring what the compiler refused.\n
UID:040000008200E00074C5B7101A82E0080000000000C1D5A7
SUMMARY;LANGUAGE=en-US:TITLE
DTSTART;TZID=W. Europe Standard Time:STARTS
DTEND;TZID=W. Europe Standard Time:ENDS
CLASS:PUBLIC
PRIORITY:5
DTSTAMP:NOW
TRANSP:OPAQUE
STATUS:CONFIRMED
SEQUENCE:NUMBER
LOCATION;LANGUAGE=en-US:Room 3
X-MICROSOFT-CDO-APPT-SEQUENCE:NUMBER
X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE
X-MICROSOFT-CDO-IMPORTANCE:1
X-MICROSOFT-CDO-INSTTYPE:0
X-MICROSOFT-DISALLOW-COUNTER:FALSE
BEGIN:VALARM
DESCRIPTION:REMINDER
TRIGGER;RELATED=START:-PT15M
ACTION:DISPLAY
END:VALARM
END:VEVENT
END:VCALENDAR
`
