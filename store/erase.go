package store

import (
	"context"
	"time"
)

// The states of a post in the database.
const (
	postKept   = 0
	postErased = 1 // a stub: what it said, and who said it, was erased
)

// postNewsletter is the kind of a post that is an issue of the newsletter; those of people have 0.
const postNewsletter = 1

// eraseChunk bounds how many posts or rows one transaction changes, and so how long others wait.
const eraseChunk = 200

// OwnPosts returns posts of a person that are not stubs yet, by ID behind one, at most limit.
func (db *DB) OwnPosts(ctx context.Context, p Person, after int64, limit int) (all []Post, err error) {
	text, args := p.where("SELECT "+postColumns+" FROM posts WHERE {posts} AND state = 0 AND id > ? ORDER BY id LIMIT ?", after, limit)
	err = db.query(ctx, func(row rowScanner) error {
		post, err := scanPost(row)
		all = append(all, post)
		return err
	}, text, args...)
	return all, err
}

// AnswersTo returns the raw messages of the posts that refer to a person's.
func (db *DB) AnswersTo(ctx context.Context, p Person) (raws map[int64]bool, err error) {
	raws = map[int64]bool{}
	text, args := p.where(`SELECT DISTINCT a.raw_id FROM (SELECT community_id, message_id FROM posts WHERE {posts}) o
		JOIN post_references r ON r.community_id = o.community_id AND r.message_id = o.message_id JOIN posts a ON a.id = r.post_id`)
	err = db.query(ctx, func(row rowScanner) error {
		var id int64
		err := row.Scan(&id)
		raws[id] = true
		return err
	}, text, args...)
	return raws, err
}

// RawIDs returns the raw messages that are kept, by ID behind one, at most limit.
func (db *DB) RawIDs(ctx context.Context, after int64, limit int) (ids []int64, err error) {
	err = db.query(ctx, scanIDs(&ids), "SELECT id FROM raw_messages WHERE id > ? ORDER BY id LIMIT ?", after, limit)
	return ids, err
}

// A Stub is what remains of an erased post.
type Stub struct {
	Post    Post
	Raw     []byte
	Subject string
	From    string   // what stands instead of the author's address
	Was     PostText // what it was indexed with
}

// StubPosts makes posts stubs: their content, words and files go, and who wrote them is not known any more. Their
// Message-IDs, references and dates stay, so that their threads hold together.
func (db *DB) StubPosts(ctx context.Context, stubs []Stub) error {
	return db.durable.do(ctx, func(t *tx) error {
		rows := make([]searchRow, 0, len(stubs))
		raws := make([]int64, 0, len(stubs))
		for _, s := range stubs {
			position, err := t.stub(s)
			if err != nil {
				return err
			}
			rows, raws = append(rows, searchRow{position, s.Was}), append(raws, s.Post.RawID)
		}
		if err := t.unindexAll(rows); err != nil {
			return err
		}
		return t.pruneRaw(raws)
	})
}

func (t *tx) stub(s Stub) (position int64, err error) {
	rawID, err := t.keepRaw(packRaw(s.Raw))
	if err != nil {
		return 0, err
	}
	err = t.row(`UPDATE posts SET raw_id = ?, member_id = 0, from_address = ?, from_name = '', subject = ?, size = ?, new_chars = 0,
		quoted_chars = 0, state = ? WHERE id = ? RETURNING position`,
		rawID, s.From, text(s.Subject), len(s.Raw), postErased, s.Post.ID).Scan(&position)
	if err != nil {
		return 0, err
	}
	// What of it is on its way still goes out as the stub.
	if _, err := t.exec("UPDATE dispatches SET raw_id = ? WHERE post_id = ? AND raw_id = ?", rawID, s.Post.ID, s.Post.RawID); err != nil {
		return 0, err
	}
	_, err = t.exec("DELETE FROM attachments WHERE post_id = ?", s.Post.ID)
	return position, err
}

// A Redaction is a raw message that another one takes the place of.
type Redaction struct {
	RawID    int64
	Raw      []byte
	Subject  string
	Files    []Attachment
	Was, Now PostText
}

// RedactRaw puts redacted messages in the place of what they were: in posts, their words and files, in holds, and in what
// is on its way.
func (db *DB) RedactRaw(ctx context.Context, all []Redaction) error {
	return db.durable.do(ctx, func(t *tx) error {
		var was, now []searchRow
		raws := make([]int64, 0, len(all))
		for _, r := range all {
			positions, err := t.redactRaw(r)
			if err != nil {
				return err
			}
			for _, position := range positions {
				if r.Was != r.Now {
					was, now = append(was, searchRow{position, r.Was}), append(now, searchRow{position, r.Now})
				}
			}
			raws = append(raws, r.RawID)
		}
		if err := t.unindexAll(was); err != nil {
			return err
		}
		if err := t.indexAll(now); err != nil {
			return err
		}
		return t.pruneRaw(raws)
	})
}

func (t *tx) redactRaw(r Redaction) (positions []int64, err error) {
	rawID, err := t.keepRaw(packRaw(r.Raw))
	if err != nil {
		return nil, err
	}
	var posts []int64
	err = t.query(func(row rowScanner) error {
		var id, position int64
		err := row.Scan(&id, &position)
		posts, positions = append(posts, id), append(positions, position)
		return err
	}, `UPDATE posts SET raw_id = ?, subject = ?, size = ? WHERE raw_id = ? RETURNING id, position`, rawID, text(r.Subject), len(r.Raw), r.RawID)
	if err != nil {
		return nil, err
	}
	for _, post := range posts {
		for _, f := range r.Files {
			if _, err := t.exec("UPDATE attachments SET name = ?, size = ?, hash = ? WHERE post_id = ? AND part = ?",
				f.Name, f.Size, f.Hash, post, f.Part); err != nil {
				return nil, err
			}
		}
	}
	for _, table := range rawUsers {
		if table == "posts" {
			continue
		}
		if _, err := t.exec("UPDATE "+table+" SET raw_id = ? WHERE raw_id = ?", rawID, r.RawID); err != nil {
			return nil, err
		}
	}
	return positions, nil
}

// An Erasure is what is to be written of a person once they are gone.
type Erasure struct {
	By         Actor
	Clean      func(string) (cleaned string, changed bool) // takes the person out of a text
	CleanIssue func(string) (cleaned string, changed bool) // and out of a newsletter, where names stand alone
	CleanID    func(string) (cleaned string, changed bool) // and out of a Message-ID
	Who        string                                      // what stands instead of their address
	Hash       func(address string) string                 // keyed: what is kept of an address
}

// EraseRows removes a person from all tables but for the posts, which StubPosts and RedactRaw see to. It may be called
// again where it was cut off.
func (db *DB) EraseRows(ctx context.Context, p Person, e Erasure) error {
	// What names the person in rows of others goes first: once the member is gone, nobody knows the names any more.
	for _, table := range personTables {
		if len(table.texts) == 0 || table.own {
			continue
		}
		if err := db.cleanTable(ctx, table, e); err != nil {
			return err
		}
	}
	return db.durable.do(ctx, func(t *tx) error { return t.eraseRows(p, e) })
}

func (t *tx) eraseRows(p Person, e Erasure) error {
	for _, step := range []func(Person, Erasure) error{t.eraseMail, t.eraseHolds, t.eraseBans, t.eraseThanks, t.eraseMeetings, t.eraseJournal, t.eraseOwnRows, t.eraseMember} {
		if err := step(p, e); err != nil {
			return err
		}
	}
	for _, address := range p.Addresses {
		if _, err := t.exec("INSERT INTO erasures (hash, at) VALUES (?, ?) ON CONFLICT DO NOTHING", e.Hash(address), micros(e.By.At)); err != nil {
			return err
		}
	}
	return t.journal(e.By, entry{action: "erase", after: e.Hash(p.Addresses[0])})
}

func (t *tx) execFor(p Person, statement string, args ...any) (int64, error) {
	statement, args = p.where(statement, args...)
	return t.exec(statement, args...)
}

// eraseMail removes what is on its way to the person, or was, with the mails that were only for them.
func (t *tx) eraseMail(p Person, _ Erasure) error {
	var dispatches, raws []int64
	statement, args := p.where(`DELETE FROM deliveries WHERE recipient IN {addresses}
		OR subscription_id IN (SELECT id FROM subscriptions WHERE member_id = {member}) RETURNING dispatch_id`)
	if err := t.query(scanIDs(&dispatches), statement, args...); err != nil {
		return err
	}
	const alone = " AND kind <> 'post' AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.dispatch_id = dispatches.id)"
	err := t.query(scanIDs(&raws), "DELETE FROM dispatches WHERE "+t.dialect.in("id")+alone+" RETURNING raw_id", t.dialect.idList(dispatches))
	if err != nil {
		return err
	}
	return t.pruneRaw(raws)
}

// eraseHolds removes what the person wrote and a facilitator has decided about, or has to.
func (t *tx) eraseHolds(p Person, _ Erasure) error {
	var ids, raws []int64
	statement, args := p.where("DELETE FROM holds WHERE from_address IN {addresses} OR sender IN {addresses} RETURNING id, raw_id")
	err := t.query(func(row rowScanner) error {
		var id, raw int64
		err := row.Scan(&id, &raw)
		ids, raws = append(ids, id), append(raws, raw)
		return err
	}, statement, args...)
	if err != nil {
		return err
	}
	if _, err := t.exec("DELETE FROM schedule WHERE kind = ? AND "+t.dialect.in("object_id"), TaskHold, t.dialect.idList(ids)); err != nil {
		return err
	}
	return t.pruneRaw(raws)
}

// eraseBans keeps bans of the person as those of addresses that only a hash is kept of.
func (t *tx) eraseBans(p Person, e Erasure) error {
	statement, args := p.where("SELECT community_id, until, at FROM bans WHERE kind = 'person' AND value = {id}")
	type ban struct{ community, until, at int64 }
	var bans []ban
	err := t.query(func(row rowScanner) error {
		var b ban
		err := row.Scan(&b.community, &b.until, &b.at)
		bans = append(bans, b)
		return err
	}, statement, args...)
	if err != nil || p.MemberID == 0 {
		bans = nil
	}
	for _, b := range bans {
		for _, address := range p.Addresses {
			if _, err := t.exec(`INSERT INTO bans (community_id, kind, value, reason, until, actor, at) VALUES (?, ?, ?, '', ?, ?, ?)`,
				b.community, BanAddress, e.Hash(address), b.until, e.Who, b.at); err != nil {
				return err
			}
		}
	}
	for _, address := range p.Addresses {
		if _, err := t.exec("UPDATE bans SET value = ?, reason = '' WHERE kind = 'address' AND value = ?", e.Hash(address), address); err != nil {
			return err
		}
	}
	if p.MemberID != 0 {
		_, err = t.execFor(p, "DELETE FROM bans WHERE kind = 'person' AND value = {id}")
	}
	return err
}

// eraseThanks keeps that there were thanks, not whose.
func (t *tx) eraseThanks(p Person, _ Erasure) error {
	if p.MemberID == 0 {
		return nil
	}
	if _, err := t.execFor(p, "UPDATE thanks SET from_member = 0, note = '' WHERE from_member = {member}"); err != nil {
		return err
	}
	if _, err := t.execFor(p, "UPDATE thanks SET to_member = 0, note = '', untold = (0 = 1) WHERE to_member = {member}"); err != nil {
		return err
	}
	_, err := t.execFor(p, "DELETE FROM schedule WHERE kind = '"+TaskThanks+"' AND object_id = {member}")
	return err
}

// eraseMeetings keeps that a meeting was hosted, and that something was to be done, not by whom.
func (t *tx) eraseMeetings(p Person, _ Erasure) error {
	const own = " IN (SELECT id FROM subscriptions WHERE member_id = {member})"
	for _, statement := range []string{"UPDATE occurrences SET host_id = 0 WHERE host_id <> 0 AND host_id" + own,
		"UPDATE occurrences SET minutes_by = 0 WHERE minutes_by <> 0 AND minutes_by" + own,
		"UPDATE actions SET subscription_id = 0, owner = '' WHERE subscription_id <> 0 AND subscription_id" + own} {
		if _, err := t.execFor(p, statement); err != nil {
			return err
		}
	}
	return nil
}

// eraseJournal reduces what concerned the person, or was done by them, to when and what kind of change it was.
func (t *tx) eraseJournal(p Person, e Erasure) error {
	if _, err := t.execFor(p, "UPDATE journal SET actor = ?, via = '' WHERE actor IN {addresses} OR actor = ?", e.Who, e.Who); err != nil {
		return err
	}
	_, err := t.execFor(p, "UPDATE journal SET via = '', before_state = '', after_state = '', member_id = 0 WHERE member_id = {member} AND member_id <> 0")
	return err
}

// eraseOwnRows removes the rows about the person of the tables that say so.
func (t *tx) eraseOwnRows(p Person, _ Erasure) error {
	for _, table := range personTables {
		if table.erased != erasedRow {
			continue
		}
		if _, err := t.execFor(p, "DELETE FROM "+table.name+" WHERE "+table.mine); err != nil {
			return err
		}
	}
	return nil
}

// eraseMember removes the member; addresses, subscriptions and what hangs on them go with it.
func (t *tx) eraseMember(p Person, _ Erasure) error {
	if p.MemberID == 0 {
		return nil
	}
	if _, err := t.exec("UPDATE posts SET member_id = 0 WHERE member_id = ? AND member_id <> 0", p.MemberID); err != nil {
		return err
	}
	_, err := t.exec("DELETE FROM members WHERE id = ?", p.MemberID)
	return err
}

// Overwritten makes an end of what was deleted in the files of an SQLite database: freed room is filled with zeros as it is
// freed, and the write-ahead log is emptied. False says that a reader, such as a backup under way, kept some of the log from
// being emptied within the time. PostgreSQL's files are a matter of its VACUUM.
func (db *DB) Overwritten(ctx context.Context, within time.Duration) (bool, error) {
	if db.dialect != sqlite {
		return true, nil
	}
	deadline := time.NewTimer(within)
	defer deadline.Stop()
	for {
		var busy, log, moved int
		db.durable.lock.Lock()
		err := db.durable.pool.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &log, &moved)
		db.durable.lock.Unlock()
		if err != nil && !isBusy(err) || busy == 0 && err == nil {
			return err == nil, db.explain(err)
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-deadline.C:
			return false, nil
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
}
