package calendar

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"guildpost/calendar/itip"
	"guildpost/mail"
	"guildpost/store"
)

// maxCalls is how many meetings one mail may call.
const maxCalls = 20

// A callMail is a mail of somebody's calendar to a list address.
type callMail struct {
	community store.Community
	message   *mail.Message
	author    store.Subscription // zero for who is no member
	address   string             // of the author, canonical
	trusted   bool               // nothing speaks against its being theirs
	by        store.Actor
}

// messageID is that of the mail, "" where a facilitator's page did it.
func (w callMail) messageID() string {
	if w.message == nil {
		return ""
	}
	return w.message.MessageID
}

// Called handles what somebody's calendar sends to a list address: an invitation calls a meeting of the community, and what
// comes later about it changes or cancels it. It must not be posted: calendars take what they get as REQUEST, and its organiser
// would get everybody's answers. Taken is false for everything else. The error is for the sender.
func (k *Calendar) Called(ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message) (taken bool, err error) {
	if auto, _ := mail.Automatic(m, env.From, env.From == ""); auto.IsRobot() || len(m.From) != 1 {
		return false, nil
	}
	said := ReadMessage(m)
	objects, is := callsIn(m, said)
	if !is {
		return false, nil
	}
	w := callMail{community: c, message: m, by: store.Actor{Via: "mail <" + m.MessageID + ">", At: k.Now()}}
	if w.address, err = mail.Canonical(m.From[0].String()); err != nil {
		return true, store.Errorf(store.Invalid, "the From address of this message cannot be answered: %w", err).WithStatus("5.1.7")
	}
	w.by.Who = w.address
	if w.author, w.trusted, err = k.Author(ctx, c, env, m); err != nil {
		return true, err
	}
	if len(objects) == 0 {
		return true, k.unreadable(c, said)
	}
	return true, k.followAll(ctx, w, objects)
}

// unreadable refuses what a calendar wants of people, where it is no meeting, or cannot be read.
func (k *Calendar) unreadable(c store.Community, said Said) error {
	why := "it is about a task, about free time, or about no meeting at all"
	if len(said.Objects) == 0 && len(said.Problems) > 0 {
		why = strings.Join(said.Problems, "; ")
	}
	return store.Errorf(store.Forbidden, "this asks for something in people's calendars, and is not posted to %s: %s. "+
		"Invite %s to a meeting with a time of day, or write in words", c.Address(), why, c.Address())
}

// callsIn are the objects of a message that call, change or cancel meetings. Is says that it must not be posted, also where
// there are none.
//
// An organiser's methods say so by themselves, wherever in the message they stand: an attached invite.ics with METHOD:REQUEST
// lands in calendars as the other form does. What is published, or has no method, is a file like others (RFC 5546 3.2.1),
// unless the message is nothing else. What is in a forwarded message somebody else said to somebody else: that is a post.
func callsIn(m *mail.Message, said Said) (all []itip.Object, is bool) {
	for _, o := range said.Objects {
		switch method := wanted(o); {
		case method == itip.Request, method == itip.Add, method == itip.Cancel:
		case (method == itip.Publish || method == "") && len(o.Events) > 0 && isNothingElse(m, o):
		default:
			is = is || method == itip.DeclineCounter
			continue
		}
		if is = true; len(o.Events) > 0 {
			all = append(all, o)
		}
	}
	return all, is || len(all) == 0 && hasUnreadMethod(m, said)
}

// wanted is what an object wants: what it says itself, unless that is less than what the mail says of it.
func wanted(o itip.Object) itip.Method {
	switch o.Method {
	case itip.Publish, "":
		return cmp.Or(o.Declared, o.Method)
	}
	return o.Method
}

// isNothingElse says whether a message says nothing but what stands in a calendar object: it has no text, or that is the
// object's.
func isNothingElse(m *mail.Message, o itip.Object) bool {
	var said strings.Builder
	for _, e := range o.Events {
		said.WriteString(plain(e.Summary + "\n" + e.Location + "\n" + e.Description + "\n"))
	}
	for line := range strings.Lines(m.Text().New) {
		if !strings.Contains(said.String(), plain(line)) {
			return false
		}
	}
	return true
}

// hasUnreadMethod says whether a part wants something of calendars, by its look, and could not be read.
func hasUnreadMethod(m *mail.Message, said Said) bool {
	if len(said.Objects) > 0 {
		return false
	}
	return slices.ContainsFunc(mail.CalendarParts(m), func(part mail.CalendarPart) bool {
		method := itip.Method(part.Method)
		return !part.Part.InMessage() && method.IsKnown() && method != itip.Publish
	})
}

// A calledMeeting is what a mail says of one meeting of a calendar.
type calledMeeting struct {
	method itip.Method
	events []itip.Event
}

// followAll follows each meeting of a mail. What one of them cannot be is told its sender, and does not keep the others back.
func (k *Calendar) followAll(ctx context.Context, w callMail, objects []itip.Object) error {
	var uids []string
	meetings := map[string]calledMeeting{}
	for _, o := range objects {
		for _, e := range o.Events {
			if e.UID == "" { // it can be called, and nothing more
				e.UID = "without UID " + w.message.MessageID
			}
			if !slices.Contains(uids, e.UID) {
				uids = append(uids, e.UID)
			}
			meetings[e.UID] = calledMeeting{wanted(o), append(meetings[e.UID].events, e)}
		}
	}
	if len(uids) > maxCalls {
		return k.helpCaller(ctx, w, asking{}, misfit{kind: "many"})
	}
	for _, uid := range uids {
		if err := k.follow(ctx, w, meetings[uid]); err != nil {
			return err
		}
	}
	return nil
}
