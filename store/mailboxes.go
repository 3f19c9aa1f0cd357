package store

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
)

// An Archive is a community as its members read it over IMAP.
type Archive struct {
	CommunityID int64
	Name        string
	Domain      string
	Title       string
	CreatedAt   time.Time
}

// ArchivesOf returns the archives that a member may read: those of the communities they belong to now, closed ones too. While
// a history is being imported, facilitators alone see it (see ArchiveOpen).
func (db *DB) ArchivesOf(ctx context.Context, memberID int64) (all []Archive, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		var a Archive
		var created int64
		err := row.Scan(&a.CommunityID, &a.Name, &a.Domain, &a.Title, &created)
		a.CreatedAt = fromMicros(created)
		all = append(all, a)
		return err
	}, `SELECT c.id, c.name, c.domain, c.title, c.created_at FROM subscriptions s JOIN communities c ON c.id = s.community_id
		WHERE s.member_id = ? AND `+isMember+` AND (s.roles LIKE '% facilitator %'
		OR NOT EXISTS (SELECT 1 FROM imports i WHERE i.community_id = c.id AND i.finished_at = 0)) ORDER BY c.domain, c.name`, memberID)
	return all, err
}

// A MailboxPost is a post in a list of all of them.
type MailboxPost struct {
	ID     int64
	Minute int64 // of its date, since 1970, UTC
}

// MailboxPosts returns the posts of a community whose ID is above after, by ID, with those that were erased.
func (db *DB) MailboxPosts(ctx context.Context, communityID, after int64) ([]MailboxPost, error) {
	// One row for all of them is read in half the time of a row for each, and sorted here since it mostly is already.
	var list string
	err := db.queryRow(ctx, "", func(row rowScanner) error { return row.Scan(&list) },
		`SELECT COALESCE(string_agg(CAST(id AS TEXT) || ' ' || CAST((position >> 6) & 1073741823 AS TEXT), ' '), '')
		FROM posts WHERE community_id = ? AND id > ?`, communityID, after)
	if err != nil {
		return nil, err
	}
	numbers := splitNumbers(list)
	all := make([]MailboxPost, len(numbers)/2)
	for i := range all {
		all[i] = MailboxPost{ID: numbers[2*i], Minute: numbers[2*i+1]}
	}
	byID := func(a, b MailboxPost) int { return cmp.Compare(a.ID, b.ID) }
	if !slices.IsSortedFunc(all, byID) {
		slices.SortFunc(all, byID)
	}
	return all, nil
}

// splitNumbers reads the numbers that the database wrote with a space between them; none is negative.
func splitNumbers(list string) []int64 {
	if list == "" {
		return nil
	}
	numbers := make([]int64, 0, strings.Count(list, " ")+1)
	n := int64(0)
	for i := range len(list) {
		if list[i] == ' ' {
			numbers = append(numbers, n)
			n = 0
			continue
		}
		n = 10*n + int64(list[i]-'0')
	}
	return append(numbers, n)
}

// A MailboxMark tells two states of a mailbox apart as far as posts that went are concerned.
type MailboxMark struct{ Posts, Erased int64 }

// MailboxMark counts the posts of a community, and those of them that were erased.
func (db *DB) MailboxMark(ctx context.Context, communityID int64) (m MailboxMark, err error) {
	err = db.queryRow(ctx, "", func(row rowScanner) error { return row.Scan(&m.Posts, &m.Erased) },
		`SELECT (SELECT COUNT(*) FROM posts WHERE community_id = ?), (SELECT COUNT(*) FROM posts WHERE community_id = ? AND state = 1)`,
		communityID, communityID)
	return m, err
}

// ErasedPosts returns the IDs of a community's posts that were erased.
func (db *DB) ErasedPosts(ctx context.Context, communityID int64) (ids []int64, err error) {
	err = db.query(ctx, scanIDs(&ids), "SELECT id FROM posts WHERE community_id = ? AND state = 1 ORDER BY id", communityID)
	return ids, err
}

// PostYears returns the years, in UTC, that a community has posts of.
func (db *DB) PostYears(ctx context.Context, communityID int64) (years []int, err error) {
	from, end := communityID<<positionCommunity, (communityID+1)<<positionCommunity
	for {
		var first int64
		err := db.queryRow(ctx, "", func(row rowScanner) error { return row.Scan(&first) },
			"SELECT COALESCE(MIN(position), 0) FROM posts WHERE position >= ? AND position < ?", from, end)
		if err != nil || first == 0 {
			return years, err
		}
		minute := first >> positionMinute & (1<<(positionCommunity-positionMinute) - 1)
		year := time.Unix(minute*60, 0).UTC().Year()
		years = append(years, year)
		from = positionOf(communityID, time.Date(year+1, 1, 1, 0, 0, 0, 0, time.UTC))
	}
}

// A MailboxRow is a post as a list of messages shows it.
type MailboxRow struct {
	ID    int64
	RawID int64
	Date  time.Time
	Size  int64 // bytes
}

// MailboxRows returns the posts with the IDs, by ID; those that are gone or erased are missing.
func (db *DB) MailboxRows(ctx context.Context, ids []int64) (all []MailboxRow, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		var r MailboxRow
		var date int64
		err := row.Scan(&r.ID, &r.RawID, &date, &r.Size)
		r.Date = fromMicros(date)
		all = append(all, r)
		return err
	}, "SELECT id, raw_id, sent_at, size FROM posts WHERE "+db.dialect.in("id")+" AND state = 0 ORDER BY id", db.dialect.idList(ids))
	return all, err
}

// PostsWithID returns the posts of a community that have a Message-ID, or (answers) that refer to it.
func (db *DB) PostsWithID(ctx context.Context, communityID int64, messageID string, answers bool) (ids []int64, err error) {
	query := "SELECT id FROM posts WHERE message_id = ? AND community_id = ? ORDER BY +id"
	if answers {
		query = "SELECT post_id FROM post_references WHERE message_id = ? AND community_id = ? ORDER BY post_id"
	}
	err = db.query(ctx, scanIDs(&ids), query, key(messageID), communityID)
	return ids, err
}

// PostsWithTerms returns all posts of a community that have one term of each group, by ID.
func (db *DB) PostsWithTerms(ctx context.Context, communityID int64, all [][]SearchTerm) ([]int64, error) {
	var list string
	err := db.queryRow(ctx, "", func(row rowScanner) error { return row.Scan(&list) },
		`SELECT COALESCE(string_agg(CAST(p.id AS TEXT), ' '), '') FROM search s CROSS JOIN posts p
		WHERE p.position = s.docid AND `+db.dialect.matches("s")+" AND s.docid >= ? AND s.docid < ?",
		db.dialect.match(all, nil), communityID<<positionCommunity, (communityID+1)<<positionCommunity)
	if err != nil {
		return nil, err
	}
	ids := splitNumbers(list)
	slices.Sort(ids)
	return ids, nil
}

// JournalMark returns the ID of the newest change in the journal: where it is as it was, nobody joined or left.
func (db *DB) JournalMark(ctx context.Context) (id int64, err error) {
	err = db.queryRow(ctx, "", func(row rowScanner) error { return row.Scan(&id) }, "SELECT COALESCE(MAX(id), 0) FROM journal")
	return id, err
}

// PostBytes adds up the sizes of a community's posts of a year, in UTC, or of all for 0.
func (db *DB) PostBytes(ctx context.Context, communityID int64, year int) (bytes int64, err error) {
	from, end := communityID<<positionCommunity, (communityID+1)<<positionCommunity
	if year != 0 {
		from = positionOf(communityID, time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC))
		end = positionOf(communityID, time.Date(year+1, 1, 1, 0, 0, 0, 0, time.UTC))
	}
	err = db.queryRow(ctx, "", func(row rowScanner) error { return row.Scan(&bytes) },
		"SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM posts WHERE position >= ? AND position < ? AND state = 0", from, end)
	return bytes, err
}
