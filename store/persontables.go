package store

// A personTable says what a table holds of people. Export and erasure go through the list of them, and a test compares it
// with the schema: a table or column that is not in it fails.
type personTable struct {
	name  string
	key   []string // its primary key
	mine  string   // the condition that a row is about a person, as Person.where reads it; "" where none is
	texts []string // columns in which a person may be named
	// others are columns of text or bytes that name nobody: states, hashes, words of the program.
	others []string
	people []string // columns that are IDs of members or subscriptions
	// erased says what becomes of the rows that are about the person, in words of this package; "" is that their texts are
	// cleaned, as are those of all others.
	erased string
	own    bool // its texts are of the person of the row alone, who is never another one
}

// What becomes of rows.
const (
	erasedRow     = "row"     // they go
	erasedByOther = "other"   // they go with another table's, or are made anew: see erase.go
	erasedJournal = "journal" // reduced to when and what kind
)

var personTables = []personTable{
	{name: "members", key: []string{"id"}, mine: "id = {member}", texts: []string{"name"}, others: []string{"language", "timezone"}, erased: erasedByOther, own: true},
	{name: "addresses", key: []string{"address"}, mine: "member_id = {member}", texts: []string{"address"}, people: []string{"member_id"}, erased: erasedByOther, own: true},
	{name: "subscriptions", key: []string{"id"}, mine: "member_id = {member}", texts: []string{"address"},
		others: []string{"state", "delivery", "newsletter", "roles", "digest_format"}, people: []string{"member_id"}, erased: erasedByOther, own: true},
	{name: "thread_modes", key: []string{"subscription_id", "thread_id"}, mine: "subscription_id IN (SELECT id FROM subscriptions WHERE member_id = {member})",
		others: []string{"mode"}, people: []string{"subscription_id"}, erased: erasedByOther},
	{name: "digests", key: []string{"subscription_id"}, mine: "subscription_id IN (SELECT id FROM subscriptions WHERE member_id = {member})",
		others: []string{"also"}, people: []string{"subscription_id"}, erased: erasedByOther},
	{name: "briefs", key: []string{"subscription_id"}, mine: "subscription_id IN (SELECT id FROM subscriptions WHERE member_id = {member})",
		people: []string{"subscription_id"}, erased: erasedByOther},
	{name: "posts", key: []string{"id"}, mine: "{posts}", texts: []string{"message_id", "from_name", "subject"},
		others: []string{"body_hash", "from_address"}, people: []string{"member_id"}},
	{name: "attachments", key: []string{"post_id", "part"}, mine: "post_id IN (SELECT id FROM posts WHERE {posts})", texts: []string{"name"},
		others: []string{"part", "type", "hash"}},
	{name: "post_references", key: []string{"community_id", "message_id", "post_id"}, mine: "post_id IN (SELECT id FROM posts WHERE {posts})",
		texts: []string{"message_id"}},
	{name: "threads", key: []string{"id"}, texts: []string{"subject", "subject_base", "title_base"}},
	{name: "thread_labels", key: []string{"thread_id", "label"}, texts: []string{"label"}},
	{name: "holds", key: []string{"id"}, mine: "from_address IN {addresses} OR sender IN {addresses}",
		texts: []string{"message_id", "sender", "subject", "reason", "decided_by", "note"}, others: []string{"from_address", "body_hash", "state"}, erased: erasedByOther},
	{name: "dispatches", key: []string{"id"}, mine: "sender IN {addresses}", texts: []string{"sender"}, others: []string{"kind"}},
	{name: "dispatch_skips", key: []string{"dispatch_id", "member_id"}, mine: "member_id = {member} AND member_id <> 0", people: []string{"member_id"}, erased: erasedRow},
	{name: "deliveries", key: []string{"id"}, mine: "recipient IN {addresses} OR subscription_id IN (SELECT id FROM subscriptions WHERE member_id = {member})",
		texts: []string{"reply"}, others: []string{"recipient"}, people: []string{"subscription_id"}, erased: erasedByOther},
	{name: "journal", key: []string{"id"}, mine: "member_id = {member} AND member_id <> 0 OR actor IN {addresses}",
		texts: []string{"actor", "via", "before_state", "after_state"}, others: []string{"action"}, people: []string{"member_id"}, erased: erasedJournal},
	{name: "schedule", key: []string{"id"}, texts: []string{"payload"}, others: []string{"kind"}},
	{name: "requests", key: []string{"id"}, mine: "address IN {addresses}", texts: []string{"payload", "decided_by"},
		others: []string{"kind", "address", "state"}, erased: erasedRow},
	{name: "limits", key: []string{"name"}, texts: []string{"name"}, erased: erasedByOther},
	{name: "bans", key: []string{"id"}, mine: "kind = 'address' AND value IN {addresses} OR kind = 'person' AND value = {id}",
		texts: []string{"reason", "actor"}, others: []string{"kind", "value"}, erased: erasedByOther},
	{name: "failures", key: []string{"id"}, mine: "address IN {addresses}", texts: []string{"reason"},
		others: []string{"address", "domain", "status"}, people: []string{"subscription_id"}, erased: erasedRow},
	{name: "thanks", key: []string{"id"}, mine: "from_member = {member} AND from_member <> 0 OR to_member = {member} AND to_member <> 0", texts: []string{"note"},
		people: []string{"from_member", "to_member"}, erased: erasedByOther},
	{name: "app_passwords", key: []string{"id"}, mine: "member_id = {member}", texts: []string{"name"}, others: []string{"hash"},
		people: []string{"member_id"}, erased: erasedByOther, own: true},
	{name: "feeds", key: []string{"id"}, mine: "member_id = {member} AND member_id <> 0", others: []string{"hash", "secret", "etag"},
		people: []string{"member_id"}, erased: erasedRow},
	{name: "post_flags", key: []string{"member_id", "community_id", "flag", "chunk"}, mine: "member_id = {member}",
		others: []string{"flag", "bits"}, people: []string{"member_id"}, erased: erasedByOther},
	{name: "folder_choices", key: []string{"member_id", "folder"}, mine: "member_id = {member}", others: []string{"folder"},
		people: []string{"member_id"}, erased: erasedByOther},
	{name: "meetings", key: []string{"id"}, mine: "actor IN {addresses}", texts: []string{"title", "location", "description", "actor", "settings", "changes"},
		others: []string{"uid", "starts", "timezone", "rule", "state", "times"}},
	{name: "meeting_versions", key: []string{"meeting_id", "revision"}, texts: []string{"said"}},
	{name: "calls", key: []string{"id"}, mine: "address IN {addresses}", texts: []string{"uid", "name", "payload", "decided_by"},
		others: []string{"address", "meeting_uid", "state"}, people: []string{"subscription_id"}, erased: erasedRow},
	{name: "polls", key: []string{"id"}, mine: "actor IN {addresses}", texts: []string{"title", "location", "description", "actor"}, others: []string{"uid", "state"}},
	{name: "poll_options", key: []string{"poll_id", "number"}, others: []string{"uid", "starts", "timezone"}},
	{name: "poll_asked", key: []string{"poll_id", "subscription_id"}, mine: "subscription_id IN (SELECT id FROM subscriptions WHERE member_id = {member})",
		others: []string{"token"}, people: []string{"subscription_id"}, erased: erasedByOther, own: true},
	{name: "poll_votes", key: []string{"poll_id", "subscription_id", "number"}, mine: "subscription_id IN (SELECT id FROM subscriptions WHERE member_id = {member})",
		texts: []string{"source"}, others: []string{"answer"}, people: []string{"subscription_id"}, erased: erasedByOther},
	{name: "invitations", key: []string{"meeting_id", "subscription_id"}, mine: "subscription_id IN (SELECT id FROM subscriptions WHERE member_id = {member})",
		texts: []string{"address"}, others: []string{"token", "state"}, people: []string{"subscription_id"}, erased: erasedByOther, own: true},
	{name: "rsvps", key: []string{"meeting_id", "subscription_id", "occurrence", "later"},
		mine:  "subscription_id IN (SELECT id FROM subscriptions WHERE member_id = {member})",
		texts: []string{"comment", "source", "delegate"}, others: []string{"occurrence", "answer"}, people: []string{"subscription_id"}, erased: erasedByOther},
	{name: "proposals", key: []string{"id"}, mine: "subscription_id IN (SELECT id FROM subscriptions WHERE member_id = {member})",
		texts: []string{"place", "comment", "source"}, others: []string{"occurrence", "state"}, people: []string{"subscription_id"}, erased: erasedByOther},
	{name: "wishes", key: []string{"id"}, mine: "subscription_id IN (SELECT id FROM subscriptions WHERE member_id = {member})",
		texts: []string{"wish", "source"}, others: []string{"occurrence"}, people: []string{"subscription_id"}, erased: erasedByOther},
	{name: "rollups", key: []string{"subscription_id"}, mine: "subscription_id IN (SELECT id FROM subscriptions WHERE member_id = {member})",
		people: []string{"subscription_id"}, erased: erasedByOther},
	{name: "reminders", key: []string{"meeting_id", "subscription_id", "kind", "starts_at"},
		mine:   "subscription_id IN (SELECT id FROM subscriptions WHERE member_id = {member})",
		others: []string{"kind"}, people: []string{"subscription_id"}, erased: erasedByOther},
	{name: "occurrences", key: []string{"id"}, mine: "host_id IN (SELECT id FROM subscriptions WHERE member_id = {member}) OR minutes_by IN (SELECT id FROM subscriptions WHERE member_id = {member})",
		texts: []string{"title", "minutes", "minutes_id", "source"}, others: []string{"occurrence"}, people: []string{"host_id", "minutes_by"}, erased: erasedByOther},
	{name: "attendances", key: []string{"occurrence_id", "subscription_id"}, mine: "subscription_id IN (SELECT id FROM subscriptions WHERE member_id = {member})",
		texts: []string{"source"}, others: []string{"answer"}, people: []string{"subscription_id"}, erased: erasedByOther},
	{name: "feedbacks", key: []string{"occurrence_id", "subscription_id"}, mine: "subscription_id IN (SELECT id FROM subscriptions WHERE member_id = {member})",
		texts: []string{"comment", "source"}, people: []string{"subscription_id"}, erased: erasedByOther},
	{name: "actions", key: []string{"id"}, mine: "subscription_id IN (SELECT id FROM subscriptions WHERE member_id = {member})",
		texts: []string{"owner", "what", "source"}, others: []string{"due_on", "state"}, people: []string{"subscription_id"}, erased: erasedByOther},
	{name: "places", key: []string{"meeting_id", "subscription_id", "occurrence"},
		mine:   "subscription_id IN (SELECT id FROM subscriptions WHERE member_id = {member})",
		others: []string{"occurrence", "state"}, people: []string{"subscription_id"}, erased: erasedByOther},
	{name: "newsletters", key: []string{"id"}, mine: "decided_by IN {addresses}", texts: []string{"content", "decided_by"}, others: []string{"state"}},
	{name: "newsletter_notes", key: []string{"id"}, mine: "subscription_id IN (SELECT id FROM subscriptions WHERE member_id = {member})",
		texts: []string{"message_id", "title", "note"}, people: []string{"subscription_id"}, erased: erasedRow},
	{name: "reports", key: []string{"community_id", "month"}, others: []string{"state"}},
	{name: "communities", key: []string{"id"}, texts: []string{"title", "rules"}, others: []string{"name", "domain"}},
	{name: "imap_mailboxes", key: []string{"id"}, texts: []string{"account", "mailbox", "holder"}},
	{name: "imap_open", key: []string{"mailbox_id", "uid"}, texts: []string{"reason"}},
	{name: "imports", key: []string{"id"}, texts: []string{"source", "actor"}, others: []string{"fingerprint"}},
	{name: "import_problems", key: []string{"id"}, texts: []string{"place", "reason"}},

	// These hold nothing in a column of their own: raw messages are gone through one by one.
	{name: "raw_messages", key: []string{"id"}, others: []string{"hash", "data"}},
	{name: "raw_blobs", key: []string{"raw_id", "place"}},
	{name: "blobs", key: []string{"id"}, others: []string{"hash", "data"}},
	{name: "bundles", key: []string{"id"}, others: []string{"data"}},
	{name: "imap_handled", key: []string{"hash"}, others: []string{"hash"}},
	{name: "settings", key: []string{"name"}, others: []string{"name", "value"}},
	{name: "erasures", key: []string{"hash"}, others: []string{"hash"}},
	{name: "thread_moves", key: []string{"old_id"}},
	{name: "flows", key: []string{"community_id", "kind"}, others: []string{"kind"}},
	{name: "workers", key: []string{"id"}},
}
