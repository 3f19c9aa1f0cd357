package store

import "time"

// threadFor finds the thread of a message, by its nearest known reference, else by its subject, and counts the
// post in; or makes a thread. Threads never cross communities.
func (t *tx) threadFor(a Arrival) (id int64, err error) {
	if id, err = t.knownThread(a); err != nil {
		return 0, err
	}
	at := micros(postDate(a))
	if id == 0 {
		return t.insert(`INSERT INTO threads (community_id, subject, subject_base, posts, first_at, last_at, solved)
			VALUES (?, ?, ?, 1, ?, ?, ?)`, a.CommunityID, text(a.Subject), text(a.SubjectBase), at, at, false)
	}
	_, err = t.exec(`UPDATE threads SET posts = posts + 1,
		first_at = CASE WHEN first_at < ? THEN first_at ELSE ? END,
		last_at = CASE WHEN last_at > ? THEN last_at ELSE ? END WHERE id = ?`, at, at, at, at, id)
	return id, err
}

// knownThread finds the thread that a message belongs to, 0 for none.
func (t *tx) knownThread(a Arrival) (id int64, err error) {
	id, err = t.threadByReference(a)
	if err == nil && id == 0 && len(a.References) == 0 && a.Reply && a.SubjectBase != "" {
		id, err = t.threadBySubject(a)
	}
	return id, err
}

func (t *tx) threadByReference(a Arrival) (id int64, err error) {
	for _, ref := range a.References {
		err = t.row("SELECT thread_id FROM posts WHERE community_id = ? AND message_id = ? ORDER BY id LIMIT 1",
			a.CommunityID, ref).Scan(&id)
		if err == nil || !isNoRows(err) {
			return id, err
		}
	}
	// None of them is here, but another answer to one of them may be.
	for _, ref := range a.References {
		err = t.row(`SELECT p.thread_id FROM post_references r JOIN posts p ON p.id = r.post_id
			WHERE r.community_id = ? AND r.message_id = ? ORDER BY p.id LIMIT 1`, a.CommunityID, ref).Scan(&id)
		if err == nil || !isNoRows(err) {
			return id, err
		}
	}
	return 0, nil
}

func (t *tx) threadBySubject(a Arrival) (id int64, err error) {
	at := postDate(a)
	err = t.row(`SELECT id FROM threads WHERE community_id = ? AND subject_base = ? AND last_at > ? AND first_at < ?
		ORDER BY last_at DESC LIMIT 1`,
		a.CommunityID, text(a.SubjectBase), micros(at.Add(-subjectWindow)), micros(at.Add(time.Hour))).Scan(&id)
	if isNoRows(err) {
		return 0, nil
	}
	return id, err
}

// adoptChildren joins the threads of posts that referred to this one before it came, and returns the thread that
// they are all in: the oldest.
func (t *tx) adoptChildren(a Arrival, own int64) (int64, error) {
	var others []int64
	err := t.query(func(row rowScanner) error {
		var id int64
		err := row.Scan(&id)
		others = append(others, id)
		return err
	}, `SELECT DISTINCT p.thread_id FROM post_references r JOIN posts p ON p.id = r.post_id
		WHERE r.community_id = ? AND r.message_id = ? AND p.thread_id <> ?`, a.CommunityID, a.MessageID, own)
	if err != nil {
		return 0, err
	}
	for _, other := range others {
		from, into := other, own
		if other < own {
			from, into = own, other
		}
		if err := t.mergeThreads(from, into); err != nil {
			return 0, err
		}
		own = into
	}
	return own, nil
}

// mergeThreads moves the posts of one thread into another, whose subject stays unless the other began before it.
func (t *tx) mergeThreads(from, into int64) error {
	if _, err := t.exec("UPDATE posts SET thread_id = ? WHERE thread_id = ?", into, from); err != nil {
		return err
	}
	if _, err := t.exec(`UPDATE threads SET
		subject = (SELECT subject FROM posts WHERE thread_id = threads.id ORDER BY sent_at, id LIMIT 1),
		subject_base = (SELECT o.subject_base FROM threads o WHERE o.id IN (threads.id, ?) ORDER BY o.first_at, o.id LIMIT 1),
		posts = (SELECT COUNT(*) FROM posts WHERE thread_id = threads.id),
		first_at = (SELECT MIN(sent_at) FROM posts WHERE thread_id = threads.id),
		last_at = (SELECT MAX(sent_at) FROM posts WHERE thread_id = threads.id),
		solved = solved OR (SELECT o.solved FROM threads o WHERE o.id = ?)
		WHERE id = ?`, from, from, into); err != nil {
		return err
	}
	if err := t.moveThreadModes(from, into); err != nil {
		return err
	}
	_, err := t.exec("DELETE FROM threads WHERE id = ?", from)
	return err
}
