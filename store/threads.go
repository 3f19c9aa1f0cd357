package store

// threadFor finds the thread of a message, by its nearest known reference, else by its subject, and counts the
// post in; or makes a thread. Threads never cross communities. parent is the post that the message answers, 0 for none.
func (t *tx) threadFor(a Arrival) (id, parent int64, err error) {
	if id, parent, err = t.knownThread(a); err != nil {
		return 0, 0, err
	}
	at := micros(postDate(a))
	if id == 0 {
		id, err = t.insert(`INSERT INTO threads (community_id, subject, subject_base, posts, first_at, last_at, solved)
			VALUES (?, ?, ?, 1, ?, ?, ?)`, a.CommunityID, text(a.Subject), text(a.SubjectBase), at, at, false)
		return id, parent, err
	}
	_, err = t.exec(`UPDATE threads SET posts = posts + 1,
		first_at = CASE WHEN first_at < ? THEN first_at ELSE ? END,
		last_at = CASE WHEN last_at > ? THEN last_at ELSE ? END WHERE id = ?`, at, at, at, at, id)
	return id, parent, err
}

// knownThread finds the thread that a message belongs to and the post that it answers, 0 for none.
func (t *tx) knownThread(a Arrival) (id, parent int64, err error) {
	answered, err := t.answered(a)
	switch {
	case err != nil || answered.id != 0:
		return answered.threadID, answered.id, err
	case len(a.References) > 0:
		id, err = t.threadByReference(a)
	case a.Reply && a.SubjectBase != "":
		id, err = t.threadBySubject(a)
	}
	return id, 0, err
}

// threadByReference finds a thread by another answer to one of the messages that a message answers, none of which is here;
// where a thread was split, one of the old part.
func (t *tx) threadByReference(a Arrival) (id int64, err error) {
	for _, ref := range a.References {
		if a.memory != nil && !a.memory.referred[ref] {
			continue
		}
		err = t.row(`SELECT p.thread_id FROM post_references r JOIN posts p ON p.id = r.post_id
			WHERE r.community_id = ? AND r.message_id = ? ORDER BY
			EXISTS (SELECT 1 FROM posts x WHERE x.thread_id = p.thread_id AND x.split), p.id LIMIT 1`, a.CommunityID, ref).Scan(&id)
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
		a.CommunityID, text(a.SubjectBase), micros(at.Add(-subjectWindow)), micros(at.Add(subjectAhead))).Scan(&id)
	if isNoRows(err) {
		return 0, nil
	}
	return id, err
}

// adoptChildren joins the threads of posts that referred to this one before it came, and returns the thread that
// they are all in: the oldest. A thread that was split off below this post stays what somebody made it.
func (t *tx) adoptChildren(a Arrival, own int64) (int64, error) {
	var others []int64
	err := t.query(scanIDs(&others), `SELECT DISTINCT p.thread_id FROM post_references r JOIN posts p ON p.id = r.post_id
		WHERE r.community_id = ? AND r.message_id = ? AND p.thread_id <> ? AND NOT EXISTS (
			SELECT 1 FROM posts x JOIN post_references above ON above.post_id = x.id
			WHERE x.thread_id = p.thread_id AND x.split AND above.community_id = ? AND above.message_id = ?)`,
		a.CommunityID, a.MessageID, own, a.CommunityID, a.MessageID)
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
		if a.memory != nil {
			a.memory.merged(from, into)
		}
		own = into
	}
	return own, nil
}

// mergeThreads makes one thread part of another, with all that hangs on it.
func (t *tx) mergeThreads(from, into int64) error {
	gone, err := t.thread(from)
	if err != nil {
		return err
	}
	stays, err := t.thread(into)
	if err != nil {
		return err
	}
	if _, err := t.exec("UPDATE posts SET thread_id = ? WHERE thread_id = ?", into, from); err != nil {
		return err
	}
	// What began first gives the subject, unless somebody gave a title.
	if stays.titleBase == "" && (gone.titleBase != "" || gone.firstAt < stays.firstAt) {
		stays.subject, stays.titleBase = gone.subject, gone.titleBase
	}
	if gone.firstAt < stays.firstAt {
		stays.subjectBase = gone.subjectBase
	}
	stays.solved = stays.solved || gone.solved
	if err := t.keepThread(stays); err != nil {
		return err
	}
	if err := t.recountThread(into); err != nil {
		return err
	}
	if err := t.moveSlowThread(stays.community, from, into); err != nil {
		return err
	}
	return t.leaveThread(from, into)
}

// leaveThread ends a thread that has no posts any more; what hangs on it moves to where its posts went.
func (t *tx) leaveThread(from, into int64) error {
	if err := t.moveThreadModes(from, into); err != nil {
		return err
	}
	if _, err := t.exec(`INSERT INTO thread_labels (thread_id, label)
		SELECT CAST(? AS BIGINT), label FROM thread_labels WHERE thread_id = ? ON CONFLICT DO NOTHING`, into, from); err != nil {
		return err
	}
	if _, err := t.exec(`INSERT INTO thread_moves (old_id, thread_id) VALUES (?, ?)
		ON CONFLICT (old_id) DO UPDATE SET thread_id = excluded.thread_id`, from, into); err != nil {
		return err
	}
	_, err := t.exec("DELETE FROM threads WHERE id = ?", from)
	return err
}

// recountThread sets the figures of a thread to those of its posts, and its subject to that of the first, unless somebody
// gave it a title. A thread without posts goes.
func (t *tx) recountThread(id int64) error {
	n, err := t.exec("DELETE FROM threads WHERE id = ? AND NOT EXISTS (SELECT 1 FROM posts WHERE thread_id = ?)", id, id)
	if err != nil || n > 0 {
		return err
	}
	_, err = t.exec(`UPDATE threads SET
		subject = CASE WHEN title_base <> '' THEN subject
			ELSE (SELECT subject FROM posts WHERE thread_id = threads.id ORDER BY sent_at, id LIMIT 1) END,
		posts = (SELECT COUNT(*) FROM posts WHERE thread_id = threads.id),
		first_at = (SELECT MIN(sent_at) FROM posts WHERE thread_id = threads.id),
		last_at = (SELECT MAX(sent_at) FROM posts WHERE thread_id = threads.id)
		WHERE id = ?`, id)
	return err
}

// A threadRow is what is kept of a thread beside its posts.
type threadRow struct {
	id, community                   int64
	subject, subjectBase, titleBase string
	firstAt                         int64
	solved                          bool
}

func (t *tx) thread(id int64) (th threadRow, err error) {
	err = t.row("SELECT id, community_id, subject, subject_base, title_base, first_at, solved FROM threads WHERE id = ?"+
		t.dialect.forUpdate(), id).Scan(&th.id, &th.community, &th.subject, &th.subjectBase, &th.titleBase, &th.firstAt, &th.solved)
	if isNoRows(err) {
		return th, Errorf(NotFound, "there is no such thread")
	}
	return th, err
}

func (t *tx) keepThread(th threadRow) error {
	_, err := t.exec("UPDATE threads SET subject = ?, subject_base = ?, title_base = ?, solved = ? WHERE id = ?",
		th.subject, th.subjectBase, th.titleBase, th.solved, th.id)
	return err
}
