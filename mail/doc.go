// Package mail is what guildpost knows about the format of a message: how to read
// one whatever it looks like, how to edit its header without touching a byte of the
// rest, addresses, Message-IDs and tickets. It has no store and no network.
//
// # The life of a post
//
//  1. Bytes and an envelope come in: over LMTP or SMTP, or out of an IMAP mailbox
//     (package mail/inbound). Nothing has been promised yet.
//  2. [Scan] measures the structure in one pass. A message that is deeper, wider or
//     longer in its headers than [DefaultLimits] is answered 554 5.6.0 with the
//     sentence of the [LimitError], before anything else looks at it.
//  3. [Read] makes a [Message] of it. Reading never fails: what is broken becomes a
//     sentence in Problems, and the raw bytes stay as they were.
//  4. The recipient's address says what is asked for: a community's list address, one
//     of its command addresses, or a ticket (package mail/route).
//  5. The list checks it (package mail/list): a loop, an automatic message
//     ([Automatic]), too big, not from a member, to be held.
//  6. One transaction files the post into its thread by Message-ID, In-Reply-To and
//     References, and queues its fan-out (package store).
//  7. 250 is said, after the commit. From here on nothing is lost.
//  8. The fan-out is expanded into one delivery per subscription, in chunks.
//  9. A delivery is claimed and its copy written (package mail/outbound): the header
//     is edited field by field ([Header]), the body goes out byte for byte.
//  10. The smarthost takes it, refuses it, or is asked again later.
//  11. A bounce comes back to the delivery's own envelope sender (package mail/bounce)
//     and changes the health of that subscription.
//  12. A digest or a newsletter picks the thread up, with the text that
//     [Message.Text] found to be new in each post.
//
// # What reading forgives
//
// Mail that people sent and can read in their client must be read here as well:
// lines that end in LF or CR alone, junk between header fields, a missing boundary or
// one that never ends, base64 without padding, text in another charset than it says,
// dates of all kinds, two From fields. What guildpost does not do is guess in secret:
// wherever something was mended, [Message].Problems says so.
package mail
