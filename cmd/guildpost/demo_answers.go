package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"guildpost/mail/mailtest"
	"guildpost/store"
)

// A saying is how somebody answers an invitation, each time that they are asked.
type saying struct {
	who    person
	with   string // the program, for people
	shape  string // mailtest.CalendarAnswer; "" for words and for the page
	words  string // a plain reply
	answer store.RSVPAnswer
}

var sayings = []saying{
	{ben, "Exchange 365, which leaves the ORGANIZER out", "exchange", "", store.Accepted},
	{chloe, "Outlook", "outlook", "", store.Accepted},
	{dmitri, "Google, twice in one mail and marked as automatic", "google", "", store.Tentative},
	{esra, "Apple's Calendar, which does not say what the mail is", "apple", "", store.Accepted},
	{greta, "Android, in base64", "android", "", store.Declined},
	{ines, "Lotus Notes, with her departments in her name", "lotus", "", store.Accepted},
	{jonas, "Proton, without mailto:", "proton", "", store.Accepted},
	{keisha, "Grommunio, without ATTENDEE", "grommunio", "", store.Accepted},
	{lars, "words: \"yes\"", "", "yes", store.Accepted},
	{nora, "words: \"ja\"", "", "ja", store.Accepted},
	{hiro, "the button of the page", "", "", store.Accepted},
}

// answered: everybody answers as their program does, and each answer counts.
func (c *clinic) answered(ctx context.Context) error {
	if err := c.answerAll(ctx); err != nil {
		return err
	}
	if err := c.answersAre(ctx, sayings); err != nil {
		return err
	}
	for _, one := range sayings {
		c.say("  %-15s %-10s by %s", one.who.name, one.answer, one.with)
	}
	c.say("%d answers, by 8 programs, in words in two languages and by the page → all are recorded; none is posted to the list", len(sayings))
	return nil
}

func (c *clinic) answerAll(ctx context.Context) error {
	for _, one := range sayings {
		if err := c.answer(ctx, one); err != nil {
			return fmt.Errorf("%s answers by %s: %w", one.who.name, one.with, err)
		}
	}
	return nil
}

func (c *clinic) answer(ctx context.Context, one saying) error {
	invitation := c.has[one.who.address]
	switch {
	case one.shape != "":
		message, err := c.calendarAnswer(one.who, one.who, one.shape, one.answer)
		if err != nil {
			return err
		}
		return c.hand(one.who.address, message.To, message.Message())
	case one.words != "":
		if err := c.send(answer(one.who, invitation, one.words)); err != nil {
			return err
		}
		_, err := c.hear(ctx, mailTo{one.who, "You come: " + c.title})
		return err
	}
	return c.press(ctx, invitation, string(one.answer))
}

// calendarAnswer is what somebody's program answers to an invitation, which may be somebody else's.
func (c *clinic) calendarAnswer(who, whose person, shape string, answer store.RSVPAnswer) (a mailtest.CalendarAnswer, err error) {
	event, err := c.event(whose)
	if err != nil {
		return a, err
	}
	c.letters++
	return mailtest.CalendarAnswer{
		Shape: shape, ID: fmt.Sprintf("demo-%d@calendar.example", c.letters), From: who.address, To: event.Organizer.Address, Organizer: event.Organizer.Address,
		As: who.address, Name: who.name, PartStat: strings.ToUpper(string(answer)), Method: "REPLY", UID: event.UID,
		Stamp: c.now().UTC().Format("20060102T150405Z"), Sequence: fmt.Sprint(event.Sequence),
	}, nil
}

var (
	demoTicketLink = regexp.MustCompile(`https?://[^\s<>"]+(/t/[A-Za-z2-7]+)`)
	demoFormField  = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)
)

// press opens the page of an invitation, and presses one of its buttons.
func (c *clinic) press(ctx context.Context, invitation mailtest.Received, choice string) error {
	link := demoTicketLink.FindStringSubmatch(strings.ReplaceAll(textOf(invitation), " \n", ""))
	if link == nil {
		return fmt.Errorf("the invitation links to no page")
	}
	address := "http://" + c.daemon.web.Addr() + link[1]
	page, err := request(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	fields := url.Values{"choice": {choice}}
	for _, field := range demoFormField.FindAllStringSubmatch(page, -1) {
		fields.Set(field[1], field[2])
	}
	_, err = request(ctx, http.MethodPost, address, fields)
	return err
}

// answersAre is an error unless what people have answered is what is kept, and counts.
func (c *clinic) answersAre(ctx context.Context, all []saying) error {
	if err := c.arrive(ctx); err != nil {
		return err
	}
	rsvps, err := c.daemon.db.RSVPs(ctx, c.meeting.ID, 0)
	if err != nil {
		return err
	}
	kept := map[string]store.RSVPAnswer{}
	for _, one := range all {
		member, err := c.daemon.db.SubscriptionByAddress(ctx, c.community.ID, one.who.address)
		if err != nil {
			return err
		}
		for _, r := range rsvps {
			if r.SubscriptionID == member.ID && !r.Stale {
				kept[one.who.address] = r.Answer
			}
		}
		if got := kept[one.who.address]; got != one.answer {
			return fmt.Errorf("%s answered %s by %s, and %q is kept", one.who.name, one.answer, one.with, got)
		}
	}
	return nil
}
