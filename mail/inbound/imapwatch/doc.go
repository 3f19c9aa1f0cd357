// Package imapwatch fetches mail from mailboxes on other servers (IMAP4rev1, RFC 3501, and rev2, RFC 9051), so that
// guildpost needs no port that mail comes in by: a hosted mailbox is enough.
//
// The life of a message here:
//
//  1. A [Watcher] keeps one connection to each mailbox. It hears of new mail by IDLE (RFC 2177), and looks itself every
//     few minutes, since a connection may be dead without either side knowing.
//  2. What is new is what has a UID above the last one that was seen. Sizes come first, then bodies in batches of bounded
//     size (fetch.go). A message over the limit is never fetched.
//  3. In mode deliver its recipients are found in its header (recipients.go), and it is handed to the same Receiver as
//     mail that came by LMTP. In mode archive it is given to an [Archiver], and nobody is mailed.
//  4. When that is committed it is noted in the store, and only then marked, moved or deleted as configured (after.go).
//
// # Once, and at least once
//
// A message is known by mailbox, UIDVALIDITY and UID, and by a hash of its bytes and each recipient. A crash between 3 and
// 4 repeats at most the message that was in flight, and a post is known again by its Message-ID and body. When the
// server gives a mailbox another UIDVALIDITY everything in it is looked at once more, and nothing runs twice.
//
// When a mailbox is opened for the first time, or under another UIDVALIDITY, mail that has lain there for more than 30
// days is left alone in mode deliver: it is history, and members would wonder.
//
// # Trouble
//
// A message that cannot be handled is tried again after a minute, then later and later. After three tries (where the
// fault is one of the whole system, after a day as well) it is given up: it stays where it is, gets the keyword
// $GuildpostProblem (or the flag \Flagged where keywords are not kept), and the postmaster is told once. So does a
// message that is for no list address. To have it tried again, move it out of the mailbox and back.
//
// A refusal for good is told to the sender by mail, with the list's own rules against answering robots and forgeries: IMAP
// has no way to refuse.
//
// A connection that breaks is made again, after 1 second to 10 minutes, with jitter. Each command has its time and its
// number of octets; a server that is silent, or never stops, is left. Where a server says something that the library does
// not understand, messages are fetched one at a time with BODY.PEEK[] alone, so that one of them cannot stop the others.
//
// # A folder read once
//
// [OpenFolder] reads what is in a folder from its beginning to its end for an import, with the same connections and
// fetches, by EXAMINE: it changes nothing there, and the store knows nothing of it.
//
// # What is used of a server
//
// IDLE, MOVE (RFC 6851), UIDPLUS (RFC 4315), ESEARCH and LITERAL+ where they are offered. Without UIDPLUS nothing is
// expunged, since EXPUNGE would also remove what others have marked: messages stay marked \Deleted. CONDSTORE and QRESYNC
// (RFC 7162) tell of changed flags and removed messages, which change nothing here; neither is asked for.
package imapwatch
