package calendar

import (
	"time"

	"guildpost/calendar/itip"
	"guildpost/mail"
	"guildpost/store"
)

// wholeObject asks somebody to all dates of a meeting: those that have a change of their own stand beside the rest, and those
// that are cancelled are left out (RFC 5546 3.2.2). All of it has the SEQUENCE of the meeting, so what was sent before of one
// date is not above it.
func (t *teller) wholeObject(i store.Invitation) (itip.Method, []byte, error) {
	events := append([]itip.Event{t.series.Master}, t.series.Changes...)
	for n := range events {
		t.address(&events[n], i, itip.Request)
		events[n].Attendees[0].Answer = t.standing(i, events[n].RecurrenceID.Key()).partStat()
	}
	data, err := itip.Write(itip.Object{Method: itip.Request, Events: events})
	return itip.Request, data, err
}

// dateObject is about one date alone: it asks somebody to it as it is, or takes it off (RFC 5546 3.2.5).
func (t *teller) dateObject(i store.Invitation, one date) (itip.Method, []byte, error) {
	id, err := occurrenceID(one.Occurrence, t.series.Master.Start.Zone)
	if err != nil {
		return "", nil, err
	}
	e, method := changedDate(t.series.Master, one.DateChange, id), itip.Request
	if one.Cancelled {
		method = itip.Cancel
	}
	t.address(&e, i, method)
	if method == itip.Request {
		e.Attendees[0].Answer = t.standing(i, one.Occurrence).partStat()
	}
	data, err := itip.Write(itip.Object{Method: method, Events: []itip.Event{e}})
	return method, data, err
}

// endObject takes all dates off.
func (t *teller) endObject(i store.Invitation) (itip.Method, []byte, error) {
	all := t.series.Master
	t.address(&all, i, itip.Cancel)
	data, err := itip.Write(itip.Object{Method: itip.Cancel, Events: []itip.Event{all}})
	return itip.Cancel, data, err
}

// address makes an event one for somebody alone.
func (t *teller) address(e *itip.Event, i store.Invitation, method itip.Method) {
	e.Stamp, e.Sequence = t.Now().UTC().Truncate(time.Second), t.m.Sequence
	e.Organizer = itip.Person{Address: mail.TicketAddress(t.c.Name, t.c.Domain, i.Token), Name: t.c.Title, Email: t.c.Address()}
	reader := itip.Attendee{Person: itip.Person{Address: i.Subscription.Address, Name: i.Subscription.Name}, Type: "INDIVIDUAL",
		Role: "REQ-PARTICIPANT", RSVP: true}
	switch method {
	case itip.Request:
		e.Alarms = alarms(t.c, t.m, i.Subscription)
	case itip.Cancel:
		e.Status, reader.RSVP = "CANCELLED", false
	}
	e.Attendees = []itip.Attendee{reader}
}
