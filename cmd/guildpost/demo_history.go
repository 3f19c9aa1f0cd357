package main

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// historyYears is how long the guild wrote to its old list before it came to guildpost.
const historyYears = 3

// An old thread is what was written about one question.
type oldThread struct {
	subject string
	asks    string
	answers []string
}

// remembered is the thread that somebody looks for in the last act: in its first post stands what she remembers, in the second
// what she needs.
var remembered = oldThread{"An iterator that borrows from its argument",
	"I want to return an iterator over the words of a text without collecting them\nfirst. The compiler says that the hidden type captures a lifetime.",
	[]string{"Say so in the return type: impl Iterator<Item = &str> + use<'_>. Then it may borrow,\nand the caller keeps the text alive.",
		"That compiles. Thank you!"}}

var oldThreads = []oldThread{
	{"Which linter settings for %s?", "We start a new service, %s, and want warnings to be errors from the first day.\nWhat has been worth it for you?",
		[]string{"Start with the default and add one lint a month. More than that nobody reads.",
			"We deny unwrap in everything but tests. It was a week of work and has paid since.", "Same here. Thank you both."}},
	{"%s is slow to build", "A clean build of %s takes eleven minutes. Where would you look first?",
		[]string{"cargo build --timings shows it: usually one crate that everything waits for.",
			"The linker. We changed ours and saved four minutes.", "It was the linker. Thanks!"}},
	{"Notes of the clinic: %s", "Here is what we looked at today, mostly from %s. Corrections are welcome.",
		[]string{"Thank you for writing it down. The third example was mine, and it is right."}},
	{"Error types in %s", "We pass strings around as errors in %s, and it shows. One enum for all, or one for\neach module?",
		[]string{"One for each module, and one at the edge that says what a caller can do about it.",
			"We had one for all. After two years it had 90 variants, and nobody knew which could happen where."}},
	{"A talk about %s?", "At the last clinic somebody asked for more about %s. Who would tell us? Twenty\nminutes are enough.",
		[]string{"I can, in four weeks.", "I will bring the examples."}},
	{"Lifetimes in %s", "A struct in %s keeps a reference, and now everything that holds it has a lifetime,\ntoo. Is there a way out?",
		[]string{"Keep an index instead of the reference, and look it up when you need it.",
			"Or an Arc, if it lives long anyway. It costs less than one thinks."}},
	{"Unsafe code in %s: who reviews?", "There are two unsafe blocks in %s. I would like two reviewers from other teams.",
		[]string{"I do it. Please write down above each what must hold.", "I am the second one."}},
}

var oldThings = []string{"the billing service", "harbour-api", "our parser", "the mail gateway", "north-cli", "the search index", "the scheduler"}

// writeHistory writes an mbox of three years until a time: always the same for the same time, since chance has a seed. It
// returns how many messages and threads that are.
func writeHistory(until time.Time) (mbox []byte, messages, threads int) {
	h := &history{chance: rand.New(rand.NewPCG(2026, 11)), at: until.AddDate(-historyYears, 0, 0)}
	for found := false; h.at.Before(until.AddDate(0, 0, -14)); threads++ {
		if !found && h.at.After(until.AddDate(-2, 0, 0)) {
			found = true
			h.thread(remembered, "", chloe, dmitri, chloe)
			continue
		}
		h.thread(oldThreads[h.chance.IntN(len(oldThreads))], oldThings[h.chance.IntN(len(oldThings))], h.some()...)
	}
	return h.mbox.Bytes(), h.messages, threads
}

type history struct {
	chance   *rand.Rand
	at       time.Time
	mbox     bytes.Buffer
	messages int
}

// some are people in any order.
func (h *history) some() []person {
	var all []person
	for _, i := range h.chance.Perm(len(cast)) {
		all = append(all, cast[i])
	}
	return all
}

// thread writes a thread, some days after the one before.
func (h *history) thread(t oldThread, thing string, who ...person) {
	h.at = h.at.Add(time.Duration(20+h.chance.IntN(80)) * time.Hour)
	fill := func(text string) string { return strings.ReplaceAll(text, "%s", thing) }
	first := &letter{from: who[0], subject: fill(t.subject), body: fill(t.asks)}
	h.write(first)
	before := first
	for i, text := range t.answers {
		h.at = h.at.Add(time.Duration(10+h.chance.IntN(600)) * time.Minute)
		answer := &letter{from: who[(i+1)%len(who)], subject: "Re: " + first.subject, answers: before}
		answer.body = fmt.Sprintf("%s wrote:\n%s\n\n%s", before.from.name, quotation(before.body), text)
		h.write(answer)
		answer.body, before = text, answer
	}
}

func quotation(text string) string { return "> " + strings.ReplaceAll(text, "\n", "\n> ") }

// write appends a letter to the mbox.
func (h *history) write(l *letter) {
	h.messages++
	l.id = fmt.Sprintf("old-%d@list.north.example", h.messages)
	l.to = "rust@list.north.example"
	signed := *l
	signed.body += "\n\n-- \n" + l.from.name + "\n"
	fmt.Fprintf(&h.mbox, "From %s %s\n", l.from.address, h.at.UTC().Format(time.ANSIC))
	lines := bufio.NewScanner(strings.NewReader(signed.message(h.at)))
	for lines.Scan() {
		fmt.Fprintf(&h.mbox, "%s\n", strings.TrimSuffix(lines.Text(), "\r"))
	}
	h.mbox.WriteByte('\n')
}
