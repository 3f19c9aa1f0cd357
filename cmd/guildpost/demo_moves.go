package main

import (
	"context"
	"fmt"
	"strings"

	"guildpost/store"
)

// zoe is who Ben forwards his invitation to; omar just comes along.
var (
	zoe  = person{name: "Zoe Adler", address: "zoe@workshop.example"}
	omar = person{name: "Omar Said", address: "omar@workshop.example"}
)

// counters: Dmitri proposes another time in Google's calendar, and Ada hears of it at once.
func (c *clinic) counters(ctx context.Context) error {
	proposed := c.at(2, 15)
	a, err := c.calendarAnswer(dmitri, dmitri, "google", store.Tentative)
	if err != nil {
		return err
	}
	a.Method, a.Start, a.Comment = "COUNTER", proposed, "On Thursday I am on a train."
	if err := c.hand(dmitri.address, a.To, a.Message()); err != nil {
		return err
	}
	heard, err := c.hear(ctx, mailTo{ada, "Another time is proposed: "}, mailTo{dmitri, "Passed on: "})
	if err != nil {
		return err
	}
	if text := textOf(heard[0]); !strings.Contains(text, proposed.Format("Monday, 2 January 2006, 15:04 MST")) || !strings.Contains(text, a.Comment) {
		return fmt.Errorf("%s does not read what %s proposes, but:\n%s", ada.name, dmitri.name, text)
	}
	c.say("%s proposes %s in Google's calendar: %q → %s reads it at once, with what everybody's clocks would show",
		dmitri.name, proposed.Format("Mon 2 Jan, 15:04 MST"), a.Comment, ada.name)
	return nil
}

// forwards: a stranger answers with Ben's invitation, and is a guest when Ada says so.
func (c *clinic) forwards(ctx context.Context) error {
	a, err := c.calendarAnswer(zoe, ben, "outlook", store.Accepted)
	if err != nil {
		return err
	}
	if err := c.hand(zoe.address, a.To, a.Message()); err != nil {
		return err
	}
	heard, err := c.hear(ctx, mailTo{ada, "May " + zoe.name}, mailTo{ben, "Somebody else answered: "})
	if err != nil {
		return err
	}
	c.say("%s forwards his invitation to %s, who accepts → his own answer stays; %s is asked: %q", ben.name, zoe.name, ada.name,
		headerOf(heard[0].Data, "Subject"))
	if err := c.send(answer(ada, heard[0], "Yes, she is welcome.")); err != nil {
		return err
	}
	told, err := c.hear(ctx, mailTo{zoe, "Invitation: " + c.title}, mailTo{ada, "Done: " + c.title}, mailTo{ben, zoe.address + " may come: "})
	if err != nil {
		return err
	}
	c.invited, c.has[zoe.address] = append(c.invited, zoe), told[0]
	c.say("She answers \"Yes, she is welcome.\" → %s is a guest, with an invitation of her own, and gets no posts", zoe.name)
	return c.answersAre(ctx, append([]saying{{who: zoe, with: "Outlook", answer: store.Accepted}}, sayings...))
}

// moves: Ada moves it in Outlook over the night in which the clocks change. Answers to the old time do not count for the new.
func (c *clinic) moves(ctx context.Context) error {
	if err := c.until(ctx, c.at(-5, 9)); err != nil {
		return err
	}
	if _, err := c.hear(ctx, mailTo{ada, "Who comes to the meetings"}); err != nil {
		return err
	}
	c.say("At eight the next morning %s reads in one mail who comes.", ada.name)
	before := c.clocks()
	c.starts, c.sequence = c.at(2, 15), 1
	if err := c.hand(ada.address, c.community.Address(), c.outlook()); err != nil {
		return err
	}
	if err := c.hearAll(ctx, "Changed: ", mailTo{ada, "Changed: "}); err != nil {
		return err
	}
	if err := c.showsClocks(); err != nil {
		return err
	}
	c.say("%s drags it to the day that %s proposed → %d people hear once:", ada.name, dmitri.name, len(c.invited))
	c.say("    before  %s", before)
	c.say("    after   %s  (the clocks in Berlin have changed in between, those in Tokyo never do)", c.clocks())
	return c.answerAgain(ctx)
}

// answerAgain: what was said of another time is no answer to this one. Who has moved it comes, and nobody asks her.
func (c *clinic) answerAgain(ctx context.Context) error {
	if err := c.answersAre(ctx, []saying{{who: ada, with: "Outlook", answer: store.Accepted}}); err != nil {
		return err
	}
	again, err := c.calendarAnswer(zoe, zoe, "outlook", store.Accepted)
	if err != nil {
		return err
	}
	if err := c.hand(zoe.address, again.To, again.Message()); err != nil {
		return err
	}
	if err := c.answerAll(ctx); err != nil {
		return err
	}
	if err := c.answersAre(ctx, append([]saying{{who: zoe, with: "Outlook", answer: store.Accepted}}, sayings...)); err != nil {
		return err
	}
	c.say("It is another time, so everybody is asked again, and answers as before → all %d answers are recorded", len(sayings)+1)
	return nil
}
