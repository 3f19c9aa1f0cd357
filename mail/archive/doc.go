// Package archive is the history of a community: what was said, for as long as the community wants.
//
// # In
//
// An Importer files messages of the past: those of a box (package box), or those that an IMAP folder gets. It mails
// nobody. Each message ends as one of three, and is counted as that:
//
//   - added: a post with the date of the message, in the thread that its references say, wherever in the box its parent
//     stands. Its bytes are kept as they are.
//   - a duplicate: the archive has a post with its Message-ID and the same body, whenever that came. So importing again
//     adds nothing. A message whose Message-ID was used for another body is added: lists and copies change bodies, and
//     an archive does not choose between two things that were said.
//   - bad: it is no message (empty, or without any field of a header), or hostile (beyond mail.DefaultLimits), or too
//     long. It is kept aside with the reason, and archive import --list-bad shows it.
//
// The date of a post is that of its Date field. Where that is missing or absurd, it is when the last server received it,
// or else when its box says that it came.
//
// # Search
//
// ParseQuery reads what people write (see Query), and a Searcher finds posts with snippets: the newest first, or the best.
// What may be searched is for the caller to say. Words are folded by package mail when a post is filed and when it is
// searched for, so that both databases find the same; what is quoted of earlier posts is not found again.
//
// # Out
//
// Export writes posts as mboxrd, Maildir or ZIP, byte for byte; what is imported from them is the same archive.
//
// # Less
//
// Posts do not stay for ever where a community wants that: what is older than its rule is deleted (Retention). And when
// somebody is erased, what they said becomes a stub that keeps its thread together, and their name and address are
// replaced wherever others have written them (Eraser).
package archive
