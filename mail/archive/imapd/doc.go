// Package imapd serves the archive over IMAP (RFC 3501), for members with an app password: their mail program reads and
// searches what their communities said, as it does with its own folders.
//
// # Folders
//
//	INBOX        empty: RFC 3501 5.1 wants it, and mail programs look for it
//	rust         all posts of a community, by the name of its list, which never changes; new ones come here
//	rust/2024    those of a year, by their dates, in UTC
//
// A community of another domain than the installation's is called rust@other.example. The folder of a community is shown by
// itself ("subscribed"), those of its years are there for who chooses them, so that nobody downloads everything twice.
// A folder that somebody may not read does not exist for them: they are told the same as of one that does not.
//
// Who may read is looked up for each command, and while a program waits: a membership or a password that ends, ends the
// session. While a history is being imported, the archive is shown to facilitators alone, and then appears with new UIDs.
//
// # Messages
//
// A message is the post as it came in, byte for byte: that never changes, as IMAP demands of what has a UID. The UID is the
// post's ID in all its folders: IDs are used once, and rise in the order in which a community's posts were filed. A post
// that moves to another thread keeps it; one that was erased is expunged. INTERNALDATE is the date of the post, since the
// archive's order is that of its posts, whenever they were imported.
//
// Nothing can be written, but each member has flags of their own: \Seen, \Flagged, \Answered and keywords. \Deleted is
// refused. So a mailbox is opened read-write, as RFC 3501 has it where flags can be kept.
//
// # Searching
//
// SUBJECT, FROM, TO, TEXT and BODY look for words that begin with the words given, in the index of the archive, without
// regard to case and accents; RFC 3501 6.4.4 has substrings, which no index of a large archive finds. BODY is what people
// search for in a message: what its author wrote, with its subject and the author's name; quoted text is found where it was
// written. TEXT looks at the addresses as well. HEADER Message-ID, In-Reply-To and References are looked up;
// other fields are read from the messages, a bounded number of them.
//
// # What the library leaves out
//
// go-imap's server knows no SORT, THREAD, CONDSTORE, QRESYNC, ID, QUOTA or COMPRESS, and cannot be taught them: their
// commands are answered BAD, and none is announced. Mail programs then sort and thread what they have downloaded.
// It announces SASL-IR, LITERAL-, ENABLE, IDLE and UTF8=ACCEPT by itself; NAMESPACE, ESEARCH, LIST-EXTENDED, LIST-STATUS,
// STATUS=SIZE and CHILDREN are ours.
package imapd
