package main

import (
	"context"
	"fmt"
)

// playConversation: members post and answer, and what is no post is kept away.
func playConversation(ctx context.Context, s *stage) error {
	first := &letter{from: ada, subject: "Borrow checker puzzles: bring yours", body: puzzles}
	answer := &letter{from: ben, subject: "Re: Borrow checker puzzles: bring yours", answers: first, body: benAnswers}
	thanks := &letter{from: ada, subject: "Re: Borrow checker puzzles: bring yours", answers: answer, cc: []person{ben}, body: adaThanks}
	strict := &letter{from: chloe, subject: "Une question sur les durées de vie", body: chloeAsks}
	slides := &letter{from: jonas, subject: "Folien vom Treffen: Größe und Ausrichtung", header: slidesHeader, body: slidesBody}
	for _, l := range []*letter{first, answer, thanks} {
		if err := s.post(ctx, l); err != nil {
			return err
		}
	}
	s.say("  (Ben is in Cc of that one and gets no second copy; Ada wants none of her own; Lars reads a weekly digest.)")
	if err := s.post(ctx, strict); err != nil {
		return err
	}
	if err := s.tellFrom(strict); err != nil {
		return err
	}
	if err := s.post(ctx, slides); err != nil {
		return err
	}
	return s.refusals(ctx, answer)
}

// tellFrom shows what became of an author whose domain asks receivers to refuse what others send in its name.
func (s *stage) tellFrom(l *letter) error {
	for _, m := range s.sink.Received() {
		if m.MessageID != l.id {
			continue
		}
		s.say("  (Her domain's DMARC policy is p=reject, so it goes out From: %s, Reply-To: %s)",
			headerOf(m.Data, "From"), headerOf(m.Data, "Reply-To"))
		return nil
	}
	return fmt.Errorf("no copy of %q is at the smarthost", l.subject)
}

// refusals: what must not reach the list, and what has reached it already.
func (s *stage) refusals(ctx context.Context, seen *letter) error {
	if err := s.refused("A stranger writes", &letter{from: stranger, subject: "Great offer", body: "Buy now.\n"}); err != nil {
		return err
	}
	away := &letter{from: greta, subject: "Automatische Antwort: Borrow checker puzzles", header: "Auto-Submitted: auto-replied\n",
		body: "Ich bin bis Montag nicht da.\n"}
	if err := s.refused("Greta's out-of-office answer", away); err != nil {
		return err
	}
	lost := &letter{from: ada, to: "rust-gild@" + demoDomain, subject: "Typing error", body: "Who reads this?\n"}
	if err := s.refused("A mail to an address that does not exist", lost); err != nil {
		return err
	}
	if err := s.send(seen); err != nil {
		return err
	}
	if err := s.arrive(ctx); err != nil {
		return err
	}
	s.say("Ben's mail program sends his answer a second time → taken, known, 0 copies")
	return nil
}

const puzzles = `Hello everyone,

at our next clinic I would like to solve real puzzles, not made-up ones. If the
borrow checker has refused something of yours that looked right, bring it along:
ten lines are enough.

Here is mine, to begin with:

    let first = &mut queue[0];
    queue.push(first.clone());

Ada
`

const benAnswers = `On Monday, Ada Okafor wrote:
> Here is mine, to begin with:
>     let first = &mut queue[0];
>     queue.push(first.clone());

push may move the whole buffer, so nothing that points into it can still be alive.
Clone first, end the borrow, then push:

    let first = queue[0].clone();
    queue.push(first);

Ben
`

const adaThanks = `> Clone first, end the borrow, then push

Thank you, Ben, that solved it.

Ada
`

const chloeAsks = `Bonjour,

quand une structure garde une référence, faut-il toujours nommer la durée de vie ?
Je préférerais ne pas l'écrire partout.

Chloé
`

const slidesHeader = `Content-Type: multipart/mixed; boundary="slides"
`

const slidesBody = `This is a multi-part message in MIME format.
--slides
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Anbei die Folien. Auf Seite 3 steht, warum ein Option<Box<T>> nicht größer ist als
ein Zeiger.

Jonas

--slides
Content-Type: text/markdown; charset=utf-8; name="folien.md"
Content-Disposition: attachment; filename="folien.md"
Content-Transfer-Encoding: base64

IyBHcsO2w59lIHVuZCBBdXNyaWNodHVuZwoKLSBzaXplX29mOjo8T3B0aW9uPEJveDx1OD4+PigpID09
IDgK

--slides--
`
