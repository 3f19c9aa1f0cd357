package archive

import (
	"slices"
	"strings"
	"time"

	"guildpost/mail"
	"guildpost/store"
)

// An Incoming is a message of the past.
type Incoming struct {
	Raw      []byte
	Received time.Time // when it came, as where it was kept says; zero where that is not known
	Place    string    // where it was, for people
	Problem  string    // why it is not whole; "" where it is
}

// ours are the fields of which a message has at least one.
var ours = []string{"From", "Date", "Subject", "Message-ID", "To", "Received"}

// problemOf says why a message cannot be a post, "" if it can.
func problemOf(in Incoming, m *mail.Message) string {
	switch {
	case in.Problem != "":
		return in.Problem
	case len(in.Raw) == 0:
		return "the message is empty"
	case m.Exceeds != nil:
		return m.Exceeds.Error()
	case !slices.ContainsFunc(ours, m.Header.Has):
		return "this is no message: it has no header"
	}
	return ""
}

// arrival is what the store needs to know of a message of the past, of whose body it is the hash.
func arrival(c store.Community, in Incoming, m *mail.Message, hash []byte, now time.Time) store.Arrival {
	base, reply := mail.BaseSubject(m.Subject)
	author := m.Author()
	a := store.Arrival{
		CommunityID: c.ID, Raw: in.Raw, MessageID: m.Identity(hash, c.Domain), BodyHash: hash, Reply: reply,
		From: address(author), FromName: author.Name, Subject: m.Subject, SubjectBase: base, Date: date(m, in.Received, now), Now: now,
		References: m.Ancestors(), Text: store.PostText(m.SearchText()),
	}
	for _, f := range m.Files() {
		a.Attachments = append(a.Attachments, store.Attachment(f))
	}
	return a
}

// address is an author's address as it is kept: canonical, or at least in lower case; "" where there is none.
func address(a mail.Address) string {
	text := a.String()
	if canonical, err := mail.Canonical(text); err == nil {
		return canonical
	}
	return strings.ToLower(strings.Trim(text, "@"))
}

// How far a Date may be from when the message was received: clocks are wrong by hours and mail waits for days, but what
// is years old was sent by a clock that had lost its battery.
const (
	maxAhead  = 24 * time.Hour
	maxBehind = 3 * 365 * 24 * time.Hour
)

// date is when a message was written: as its Date says, unless that cannot be.
func date(m *mail.Message, received, now time.Time) time.Time {
	came := receivedDate(m)
	if came.IsZero() && plausible(received, now) {
		came = received
	}
	switch {
	case !plausible(m.Date, now):
	case came.IsZero(), m.Date.Before(came.Add(maxAhead)) && m.Date.After(came.Add(-maxBehind)):
		return m.Date
	}
	if !came.IsZero() {
		return came
	}
	return now
}

// plausible says whether mail can have been sent then.
func plausible(t, now time.Time) bool {
	return t.Year() > 1970 && t.Before(now.Add(maxAhead))
}

// receivedDate is when the last server received a message (RFC 5321 4.4: behind the semicolon); zero if none says so.
func receivedDate(m *mail.Message) time.Time {
	for _, value := range m.Header.Values("Received") {
		if i := strings.LastIndexByte(value, ';'); i >= 0 {
			if t, ok := mail.ParseDate(strings.TrimSpace(value[i+1:])); ok && t.Year() > 1970 {
				return t
			}
		}
	}
	return time.Time{}
}
