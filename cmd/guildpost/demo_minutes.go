package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// reminds: a day before, everybody who may come is reminded.
func (c *clinic) reminds(ctx context.Context) error {
	if err := c.until(ctx, c.starts.Add(-24*time.Hour)); err != nil {
		return err
	}
	return c.hearReminders(ctx, "A day", mailTo{ada, "Who comes to the meetings"}, mailTo{farid, "Mail from Rust Guild does not reach you"})
}

// hearReminders waits for the reminders, and for more.
func (c *clinic) hearReminders(ctx context.Context, before string, more ...mailTo) error {
	mails := append([]mailTo{{ada, "Reminder: " + c.title}}, more...)
	for _, p := range c.invited {
		if p.address != greta.address {
			mails = append(mails, mailTo{p, "Reminder: " + c.title})
		}
	}
	if _, err := c.hear(ctx, mails...); err != nil {
		return err
	}
	c.say("%s before, %d people are reminded; %s has declined, and is not", before, len(mails)-len(more), greta.name)
	return nil
}

// takesPlace: the hour before, and then it is over, and Ada is asked who came.
func (c *clinic) takesPlace(ctx context.Context) error {
	if err := c.until(ctx, c.starts.Add(-time.Hour)); err != nil {
		return err
	}
	if err := c.hearReminders(ctx, "An hour"); err != nil {
		return err
	}
	if err := c.until(ctx, c.starts.Add(5*time.Minute)); err != nil {
		return err
	}
	return c.arrive(ctx)
}

// ends: the host says in a line who came, and what stands below goes to the list.
func (c *clinic) ends(ctx context.Context) error {
	if err := c.until(ctx, c.starts.Add(65*time.Minute)); err != nil {
		return err
	}
	asked, err := c.hear(ctx, mailTo{ada, "Who came: " + c.title})
	if err != nil {
		return err
	}
	line := fmt.Sprintf("attended: all but %s, +%s", ben.name, omar.address)
	if err := c.send(answer(ada, asked[0], line+"\n\n"+minutes)); err != nil {
		return err
	}
	if _, err = c.hear(ctx, mailTo{ada, "Noted: " + c.title}); err != nil {
		return err
	}
	if err := c.attended(ctx, ada, chloe, esra, hiro, ines, jonas, keisha, lars, nora, zoe, omar); err != nil {
		return err
	}
	c.say("It is over, and %s is asked who came. She answers %q, with the minutes below → 11 people are noted", ada.name, line)
	return c.tellsAll(ctx)
}

// tellsAll: the minutes reach the list, and who came is asked how it was: in Tokyo on the next morning.
func (c *clinic) tellsAll(ctx context.Context) error {
	if err := c.until(ctx, c.now().Add(time.Minute)); err != nil {
		return err
	}
	var mails []mailTo
	for _, p := range c.members {
		if p.mode == "each" && p.own {
			mails = append(mails, mailTo{p, "Minutes: " + c.title})
		}
	}
	copies := len(mails)
	for _, p := range []person{ada, chloe, esra, ines, jonas, keisha, lars, nora, zoe, omar} {
		mails = append(mails, mailTo{p, "How was it? "})
	}
	if _, err := c.hear(ctx, mails...); err != nil {
		return err
	}
	c.say("The minutes go to the list in her name → %d copies. Who came is asked how it was → %d mails", copies, len(mails)-copies)
	if err := c.until(ctx, c.at(3, 9)); err != nil {
		return err
	}
	_, err := c.hear(ctx, mailTo{hiro, "How was it? "})
	c.say("  (In Tokyo it was night by then: %s is asked in the morning.)", hiro.name)
	return err
}

// attended is an error unless these came, and nobody else.
func (c *clinic) attended(ctx context.Context, all ...person) error {
	dates, err := c.daemon.db.Occurrences(ctx, c.meeting.ID, 2)
	if err != nil || len(dates) != 1 {
		return fmt.Errorf("%d dates have begun, and not one: %w", len(dates), err)
	}
	kept, err := c.daemon.db.Attendances(ctx, dates[0].ID)
	if err != nil {
		return err
	}
	var came, want []string
	for _, one := range kept {
		if one.Came {
			came = append(came, one.Subscription.Address)
		}
	}
	for _, p := range all {
		want = append(want, p.address)
	}
	slices.Sort(came)
	slices.Sort(want)
	if !slices.Equal(came, want) {
		return fmt.Errorf("%v are noted as having come, and not %v", came, want)
	}
	return nil
}

const minutes = `We looked at three structs that borrow. Two of them did not have to.

Next time: async, and what it holds across an await.
`
