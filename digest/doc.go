// Package digest makes a community visible to itself: it sends digests of its posts, newsletters, reports to its sponsors and
// briefs to its facilitators, gathers from the store what happened in a time, and has it measured.
//
// # Digests
//
// A Mailer sends those who want them a digest each day, week or month, at their hour. What somebody has got is kept in the store
// (store.DigestState), moves in the transaction that queues the mail, and follows every change of delivery: so each post comes
// once, whatever happens in between, and a daemon that was down for a week sends one digest with all of it. People whose digests
// are the same byte for byte share one message; unsubscribe tickets are added as it goes out. A digest shows threads with what is
// new in them: quotations are a mark, and what is long ends where the whole mail would grow beyond what Gmail shows.
//
// # The way of a figure
//
//  1. A Gatherer reads from the store what a window of time needs, by queries that cost what happened in the window and a
//     quarter of a year before it, not what the archive holds.
//  2. People are put together: an author is a member by any of their addresses; who is no member of anything is known by
//     the address. Memberships are read backwards from what they are now, through the journal.
//  3. package measure computes the figures, with facilitators and without, and those of the window before.
//  4. The Report is kept and given again until something that it was counted from has changed.
//
// Of votes, pulses, initiatives and what people keep the store has no records: their lists stay empty, and the
// figures say that nothing is recorded. Whoever adds such a record adds a source to the list in gather.go.
//
// # The way of an issue
//
//	schedule ──▶ composed ──▶ shown to the facilitators ──▶ sent, in pages ──▶ filed into the archive
//	             (sections)       │        ▲
//	                              ▼        │
//	                          an answer with the changed text (package issue)
//
// Newsletters.Due does all of it. What is news is told by a list of sections, in newslettercompose.go; whoever adds a record
// that makes news adds one. An issue is kept as records, not as text, so that it is put into words for each reader: what
// readers of a language, a zone and the same answers to meetings share is rendered once, and tickets are put into it.
//
// # The way of a report
//
// Reports.Due measures the month that is over, shows the facilitators what the sponsors will read, and sends it two days later
// unless one of them holds it back. What becomes of the report on a month is a row in the store (store.SponsorReport), whose
// state changes in the transaction that queues the mails: so each sponsor gets one on a month.
//
// # The way of a brief
//
// Briefs.Due tells each facilitator, on Mondays, what to look after, and one thing to do: what is gathered is listed in
// briefgather.go, and the order of what is suggested in briefsuggest.go. It costs one Report of a month, which is kept, and reads
// else only what waits. When somebody's next brief is due is a row in the store, which moves in the transaction that queues it.
package digest
