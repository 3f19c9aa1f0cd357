package store

import (
	"encoding/json"
	"errors"
	"slices"
)

// undoThread takes a change of a thread back.
func (t *tx) undoThread(by Actor, e JournalEntry) error {
	var was, is threadState
	if err := errors.Join(json.Unmarshal([]byte(e.Before), &was), json.Unmarshal([]byte(e.After), &is)); err != nil {
		return Errorf(Invalid, "what is left of that change in the journal is not enough to take it back")
	}
	if err := t.lockArchive(e.CommunityID); err != nil {
		return err
	}
	edit := EditOfThread{By: by, MemberID: e.MemberID}
	switch e.Action {
	case "merge threads":
		return t.undoMerge(edit, e, was, is)
	case "split thread":
		return t.undoSplit(edit, e, is)
	}
	return t.undoThreadState(edit, e, was, is)
}

// undoThreadState gives a thread back its title, state and labels.
func (t *tx) undoThreadState(edit EditOfThread, e JournalEntry, was, is threadState) error {
	th, err := t.threadMeant(e.CommunityID, is.Thread)
	if err != nil {
		return err
	}
	now, err := t.threadState(th)
	if err != nil {
		return err
	}
	if th.id != is.Thread || !sameThreadState(now, is) {
		return Errorf(Conflict, "it was changed again since then")
	}
	th.subject, th.titleBase, th.solved = was.Subject, was.Title, was.Solved
	if err := t.keepThread(th); err != nil {
		return err
	}
	if err := t.keepLabels(th.id, was.Labels); err != nil {
		return err
	}
	if err := t.recountThread(th.id); err != nil { // its first post may be another one now
		return err
	}
	return t.journal(edit.By, entry{community: e.CommunityID, member: edit.MemberID, action: e.Action, before: e.After, after: e.Before})
}

// sameThreadState compares what people set; the subject changes by itself where nobody gave a title.
func sameThreadState(a, b threadState) bool {
	return a.Title == b.Title && a.Solved == b.Solved && slices.Equal(a.Labels, b.Labels) && (a.Title == "" || a.Subject == b.Subject)
}

func (t *tx) keepLabels(threadID int64, labels []string) error {
	if _, err := t.exec("DELETE FROM thread_labels WHERE thread_id = ?", threadID); err != nil {
		return err
	}
	for _, label := range labels {
		if _, err := t.exec("INSERT INTO thread_labels (thread_id, label) VALUES (?, ?)", threadID, label); err != nil {
			return err
		}
	}
	return nil
}

// undoMerge makes the thread again, under its number, with its posts and what answered them since then.
func (t *tx) undoMerge(edit EditOfThread, e JournalEntry, was, is threadState) error {
	gone := was.Merged
	into, err := t.threadMeant(e.CommunityID, is.Thread)
	if err != nil {
		return err
	}
	posts, err := t.mergedPosts(into.id, gone.Posts)
	if err != nil {
		return err
	}
	if _, err := t.thread(gone.Thread); err == nil || KindOf(err) != NotFound || len(posts) == 0 {
		return Errorf(Conflict, "it was changed again since then")
	}
	if _, err := t.exec(`INSERT INTO threads (id, community_id, subject, subject_base, title_base, posts, first_at, last_at, solved)
		VALUES (?, ?, ?, ?, ?, 0, 0, 0, ?)`, gone.Thread, e.CommunityID, gone.Subject, gone.Base, gone.Title, gone.Solved); err != nil {
		return err
	}
	if _, err := t.exec("DELETE FROM thread_moves WHERE old_id = ?", gone.Thread); err != nil {
		return err
	}
	if now, err := t.threadState(into); err != nil {
		return err
	} else if sameThreadState(now, is) {
		into.subject, into.titleBase, into.subjectBase, into.solved = was.Subject, was.Title, was.Base, was.Solved
		if err := errors.Join(t.keepThread(into), t.keepLabels(into.id, was.Labels)); err != nil {
			return err
		}
	}
	if err := t.keepLabels(gone.Thread, gone.Labels); err != nil {
		return err
	}
	if err := t.moveThreadModes(into.id, gone.Thread); err != nil {
		return err
	}
	if err := t.apart(gone.Thread, into.id, posts); err != nil {
		return err
	}
	return t.journal(edit.By, entry{community: e.CommunityID, member: edit.MemberID, action: "split thread", before: is.text(),
		after: threadState{Thread: gone.Thread, Subject: gone.Subject, From: into.id}.text()})
}

// apart moves posts out of a thread. What had come together by hand must not be brought together by a late parent again.
func (t *tx) apart(thread, from int64, posts []int64) error {
	if err := t.movePosts(posts, from, thread); err != nil {
		return err
	}
	_, err := t.exec(`UPDATE posts SET split = TRUE WHERE thread_id = ? AND EXISTS (
		SELECT 1 FROM post_references r JOIN posts p ON p.message_id = r.message_id AND p.community_id = r.community_id
		WHERE r.post_id = posts.id AND p.thread_id = ?)`, thread, from)
	return err
}

// mergedPosts are those of a list that are in a thread, and those that came later and refer to one of them.
func (t *tx) mergedPosts(threadID int64, posts []int64) (all []int64, err error) {
	if len(posts) == 0 {
		return nil, nil
	}
	list := t.dialect.idList(posts)
	err = t.query(scanIDs(&all), `SELECT id FROM posts WHERE thread_id = ? AND (`+t.dialect.in("id")+` OR id > ? AND EXISTS (
		SELECT 1 FROM post_references r JOIN posts p ON p.message_id = r.message_id AND p.community_id = r.community_id
		WHERE r.post_id = posts.id AND `+t.dialect.in("p.id")+`)) ORDER BY id`, threadID, list, posts[len(posts)-1], list)
	return all, err
}

// undoSplit brings a thread back into the one that it was split off.
func (t *tx) undoSplit(edit EditOfThread, e JournalEntry, is threadState) error {
	part, err := t.threadMeant(e.CommunityID, is.Thread)
	if err != nil {
		return err
	}
	whole, err := t.threadMeant(e.CommunityID, is.From)
	if err != nil {
		return err
	}
	if part.id == whole.id || part.id != is.Thread {
		return Errorf(Conflict, "it was changed again since then")
	}
	if part.titleBase == is.Title {
		part.titleBase = "" // the title goes with the thread that was given it
		if err := t.keepThread(part); err != nil {
			return err
		}
	}
	return t.mergeByHand(edit, part, whole)
}
