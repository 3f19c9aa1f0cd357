package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"strings"
	"time"
)

// An Arrival is a message that came for a community, and what was understood of it.
type Arrival struct {
	CommunityID int64
	Raw         []byte   // the whole message, as it is kept
	Sender      string   // envelope sender, "" for <>
	MessageID   string   // without brackets; never empty
	BodyHash    []byte   // of the body alone: what makes a repeated Message-ID the same message
	References  []string // Message-IDs it answers, nearest first
	Reply       bool     // whether its subject says that it is an answer
	From        string   // canonical address of the author
	FromName    string
	MemberID    int64 // of the author, 0 for no member
	Subject     string
	SubjectBase string    // folded, without Re: and tags, for threads of last resort; "" for none
	Date        time.Time // the author's; zero where it cannot be read
	Now         time.Time
	RewriteFrom bool
	RequireTLS  bool
	Skip        []int64 // members who get no copy
	Text        PostText
	Attachments []Attachment
	Thanks      []Thanks // that stand in it: To, Note and TellAt
	Erased      bool     // of an import: a stub, since its author was erased

	packed *packedRaw    // Raw, where Pack has done it already
	memory *importMemory // what an import knows of others; nil elsewhere
}

// An Acceptance says what became of an arrival.
type Acceptance struct {
	PostID    int64
	ThreadID  int64
	HoldID    int64
	Duplicate bool // it was accepted or held before, and nothing was done
	Conflict  bool // its Message-ID was used before with another body: AcceptPost did nothing, hold it
}

// duplicateWindow is how long a message is recognised when it comes again.
const duplicateWindow = 30 * 24 * time.Hour

// subjectWindow is how old a thread may be that a message joins by its subject alone.
const (
	subjectWindow = 30 * 24 * time.Hour
	subjectAhead  = time.Hour // how much later than its answer a thread may begin: clocks differ
)

// AcceptPost files a message into its thread and puts it on its way, in one transaction; what it returns is
// promised.
func (db *DB) AcceptPost(ctx context.Context, a Arrival) (Acceptance, error) {
	raw, a := packArrival(a), a.bounded()
	var result Acceptance
	err := db.durable.do(ctx, func(t *tx) (err error) {
		if err = t.lockArchive(a.CommunityID); err != nil {
			return err
		}
		if result, err = t.known(a); err != nil || result.Duplicate || result.Conflict {
			return err
		}
		result, err = t.acceptPost(a, raw)
		return err
	})
	return result, err
}

// lockArchive lets one transaction at a time file into a community's archive: two copies of a message, or a post and
// its answer, that come at once must see each other. SQLite has one writer anyway.
func (t *tx) lockArchive(communityID int64) error {
	var id int64
	err := t.row("SELECT id FROM communities WHERE id = ?"+t.dialect.oneAtATime(), communityID).Scan(&id)
	if isNoRows(err) {
		return Errorf(NotFound, "there is no such community")
	}
	return err
}

// Bounds of what strangers write into columns that are indexed: PostgreSQL refuses keys over 2,704 bytes.
const (
	maxKey        = 1000 // bytes; RFC 5322 2.1.1 has lines of 998
	maxReferences = 100
)

// key shortens an overlong Message-ID or subject to one that differs where it differs.
func key(s string) string {
	s = text(s)
	if len(s) <= maxKey {
		return s
	}
	hash := sha256.Sum256([]byte(s))
	end := hex.EncodeToString(hash[:])
	return strings.ToValidUTF8(s[:maxKey-len(end)], "") + end
}

// bounded is the arrival with its keys as they are kept.
func (a Arrival) bounded() Arrival {
	a.MessageID, a.SubjectBase = key(a.MessageID), key(a.SubjectBase)
	references := make([]string, 0, min(len(a.References), maxReferences))
	for _, id := range a.References[:min(len(a.References), maxReferences)] {
		references = append(references, key(id))
	}
	a.References = references
	return a
}

// known says whether the message came before.
func (t *tx) known(a Arrival) (result Acceptance, err error) {
	since := micros(a.Now.Add(-duplicateWindow))
	err = t.query(func(row rowScanner) error {
		var postID, holdID int64
		var same bool
		if err := row.Scan(&postID, &holdID, &same); err != nil {
			return err
		}
		if same {
			result = Acceptance{PostID: postID, HoldID: holdID, Duplicate: true}
		} else if !result.Duplicate {
			result.Conflict = true
		}
		return nil
	}, `SELECT id, 0, body_hash = ? FROM posts WHERE community_id = ? AND message_id = ? AND +accepted_at > ?
		UNION ALL
		SELECT 0, id, body_hash = ? FROM holds WHERE community_id = ? AND message_id = ? AND since > ? AND state IN ('held', 'rejected')`,
		a.BodyHash, a.CommunityID, a.MessageID, since, a.BodyHash, a.CommunityID, a.MessageID, since)
	if result.Duplicate {
		result.Conflict = false
	}
	return result, err
}

func (t *tx) acceptPost(a Arrival, raw packedRaw) (result Acceptance, err error) {
	position, err := t.position(a.CommunityID, postDate(a))
	if err != nil {
		return result, err
	}
	rawID, err := t.keepRaw(raw)
	if err != nil {
		return result, err
	}
	if result, err = t.filePost(a, rawID, position, raw.size, true); err != nil {
		return result, err
	}
	if err := t.index(position, a.Text); err != nil {
		return result, err
	}
	if err := t.thankIn(a, result.PostID); err != nil {
		return result, err
	}
	return result, t.dispatchPost(a, result.PostID, rawID)
}

// filePost makes a post of an arrival, in its thread; its words are to be indexed yet. Listed is that it goes to the list.
func (t *tx) filePost(a Arrival, rawID, position int64, size int, listed bool) (result Acceptance, err error) {
	var parent int64
	if result.ThreadID, parent, err = t.threadFor(a); err != nil {
		return result, err
	}
	state := postKept
	if a.Erased {
		state = postErased
	}
	result.PostID, err = t.insert(`INSERT INTO posts (community_id, thread_id, parent_id, raw_id, member_id, message_id, body_hash,
		from_address, from_name, subject, sent_at, accepted_at, size, position, new_chars, quoted_chars, state, listed)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		a.CommunityID, result.ThreadID, parent, rawID, a.MemberID, a.MessageID, a.BodyHash, a.From, text(a.FromName),
		text(a.Subject), micros(postDate(a)), micros(a.Now), size, position, a.Text.NewChars, a.Text.QuotedChars, state, listed)
	if err != nil {
		return result, err
	}
	if err := t.keepAttachments(result.PostID, a.Attachments); err != nil {
		return result, err
	}
	if err := t.keepReferences(a, result.PostID); err != nil {
		return result, err
	}
	if awaited, err := t.isAwaited(a, result.PostID); err != nil || !awaited {
		return result, err
	}
	if err := t.adoptAnswers(a, result.PostID); err != nil {
		return result, err
	}
	result.ThreadID, err = t.adoptChildren(a, result.ThreadID)
	return result, err
}

// postDate is the author's date unless it cannot be right: it lies in the future, or before there was e-mail.
func postDate(a Arrival) time.Time {
	if a.Date.IsZero() || a.Date.After(a.Now.Add(24*time.Hour)) || a.Date.Year() < 1971 {
		return a.Now
	}
	return a.Date
}

func (t *tx) keepReferences(a Arrival, postID int64) error {
	for distance, id := range a.References {
		if _, err := t.exec(`INSERT INTO post_references (community_id, message_id, post_id, distance) VALUES (?, ?, ?, ?)
			ON CONFLICT DO NOTHING`, a.CommunityID, id, postID, distance); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) dispatchPost(a Arrival, postID, rawID int64) error {
	id, err := t.insert(`INSERT INTO dispatches (community_id, kind, post_id, raw_id, sender, rewrite_from, require_tls,
		accepted_at, expanded_to, expanding, secret) VALUES (?, 'post', ?, ?, ?, ?, ?, ?, 0, ?, ?)`,
		a.CommunityID, postID, rawID, a.Sender, a.RewriteFrom, a.RequireTLS, micros(a.Now), true, false)
	if err != nil {
		return err
	}
	for _, member := range a.Skip {
		if _, err := t.exec("INSERT INTO dispatch_skips (dispatch_id, member_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
			id, member); err != nil {
			return err
		}
	}
	return nil
}

const postColumns = `id, community_id, thread_id, raw_id, member_id, message_id, from_address, from_name, subject,
	sent_at, accepted_at, size, position, state`

func scanPost(row rowScanner) (p Post, err error) {
	var date, accepted, state int64
	err = row.Scan(&p.ID, &p.CommunityID, &p.ThreadID, &p.RawID, &p.MemberID, &p.MessageID, &p.From, &p.FromName,
		&p.Subject, &date, &accepted, &p.Size, &p.Position, &state)
	p.Date, p.AcceptedAt, p.Erased = fromMicros(date), fromMicros(accepted), state == postErased
	return p, err
}

// Post returns the post with an ID.
func (db *DB) Post(ctx context.Context, id int64) (p Post, err error) {
	err = db.queryRow(ctx, "there is no such post", func(row rowScanner) (err error) {
		p, err = scanPost(row)
		return err
	}, "SELECT "+postColumns+" FROM posts WHERE id = ?", id)
	return p, err
}

// PostsByMessageID returns the posts, in any community, that have a Message-ID.
func (db *DB) PostsByMessageID(ctx context.Context, messageID string) (all []Post, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		p, err := scanPost(row)
		all = append(all, p)
		return err
	}, "SELECT "+postColumns+" FROM posts WHERE message_id = ? ORDER BY id", key(messageID))
	return all, err
}

// ThreadPosts returns the posts of a thread, or of the one that has taken it in, by date.
func (db *DB) ThreadPosts(ctx context.Context, threadID int64) (all []Post, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		p, err := scanPost(row)
		all = append(all, p)
		return err
	}, movedThread+"SELECT "+postColumns+" FROM posts WHERE thread_id IN (SELECT id FROM meant) ORDER BY sent_at, id", threadID)
	return all, err
}

// isNoRows says that a lookup found nothing.
func isNoRows(err error) bool { return errors.Is(err, sql.ErrNoRows) }
