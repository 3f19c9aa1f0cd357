package store

import (
	"context"
	"strings"
)

// MergeThreads makes one thread part of another, at somebody's word.
func (db *DB) MergeThreads(ctx context.Context, e EditOfThread, communityID, from, into int64) error {
	return db.durable.do(ctx, func(t *tx) error {
		if err := t.lockArchive(communityID); err != nil {
			return err
		}
		gone, err := t.threadMeant(communityID, from)
		if err != nil {
			return err
		}
		stays, err := t.threadMeant(communityID, into)
		if err != nil {
			return err
		}
		if gone.id == stays.id {
			return Errorf(Conflict, "these are one thread already")
		}
		return t.mergeByHand(e, gone, stays)
	})
}

func (t *tx) mergeByHand(e EditOfThread, gone, stays threadRow) error {
	before, err := t.threadState(stays)
	if err != nil {
		return err
	}
	merged, err := t.threadState(gone)
	if err != nil {
		return err
	}
	if err := t.query(scanIDs(&merged.Posts), "SELECT id FROM posts WHERE thread_id = ? ORDER BY id", gone.id); err != nil {
		return err
	}
	if err := t.mergeThreads(gone.id, stays.id); err != nil {
		return err
	}
	if err := t.forgetSplits(stays.id); err != nil {
		return err
	}
	if stays, err = t.thread(stays.id); err != nil {
		return err
	}
	after, err := t.threadState(stays)
	if err != nil {
		return err
	}
	before.Merged = &merged
	return t.journal(e.By, entry{community: stays.community, member: e.MemberID, action: "merge threads", before: before.text(), after: after.text()})
}

// forgetSplits takes the mark from posts that are in one thread again with something that they answer.
func (t *tx) forgetSplits(threadID int64) error {
	_, err := t.exec(`UPDATE posts SET split = FALSE WHERE thread_id = ? AND split AND EXISTS (
		SELECT 1 FROM post_references r JOIN posts p ON p.message_id = r.message_id AND p.community_id = r.community_id
		WHERE r.post_id = posts.id AND p.thread_id = posts.thread_id AND p.id <> posts.id)`, threadID)
	return err
}

// SplitThread lets a thread begin with a post: what answers it goes with it, and later answers follow. A title, with its
// mail.BaseSubject, may be "": its subject is that of the post then, whose base is given.
func (db *DB) SplitThread(ctx context.Context, e EditOfThread, communityID, postID int64, title, titleBase, base string) (id int64, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		if err := t.lockArchive(communityID); err != nil {
			return err
		}
		p, err := scanPost(t.row("SELECT "+postColumns+" FROM posts WHERE id = ? AND community_id = ?", postID, communityID))
		if isNoRows(err) {
			return Errorf(NotFound, "there is no such post")
		}
		if err != nil {
			return err
		}
		made := threadRow{community: communityID, subject: text(p.Subject), subjectBase: key(base), firstAt: micros(p.Date)}
		if title = strings.TrimSpace(title); title != "" {
			made.subject, made.titleBase = text(title), key(titleBase)
		}
		id, err = t.split(e, p, made)
		return err
	})
	return id, err
}

func (t *tx) split(e EditOfThread, p Post, made threadRow) (id int64, err error) {
	old, err := t.thread(p.ThreadID)
	if err != nil {
		return 0, err
	}
	branch, rest, err := t.branch(p)
	if err != nil {
		return 0, err
	}
	if rest == 0 {
		return 0, Errorf(Conflict, "that post is the beginning of its thread already")
	}
	before, err := t.threadState(old)
	if err != nil {
		return 0, err
	}
	made.id, err = t.insert(`INSERT INTO threads (community_id, subject, subject_base, title_base, posts, first_at, last_at, solved)
		VALUES (?, ?, ?, ?, 0, ?, ?, ?)`, made.community, made.subject, made.subjectBase, made.titleBase, made.firstAt, made.firstAt, false)
	if err != nil {
		return 0, err
	}
	if err := t.movePosts(branch, old.id, made.id); err != nil {
		return 0, err
	}
	if _, err := t.exec("UPDATE posts SET split = TRUE WHERE id = ?", p.ID); err != nil {
		return 0, err
	}
	if err := t.moveThreadModes(old.id, made.id); err != nil {
		return 0, err
	}
	after := threadState{Thread: made.id, Subject: made.subject, Base: made.subjectBase, Title: made.titleBase, From: old.id, Post: p.ID}
	return made.id, t.journal(e.By, entry{community: made.community, member: e.MemberID, action: "split thread", before: before.text(), after: after.text()})
}

// movePosts moves posts from one thread to another and counts both anew.
func (t *tx) movePosts(ids []int64, from, into int64) error {
	if _, err := t.exec("UPDATE posts SET thread_id = ? WHERE "+t.dialect.in("id"), into, t.dialect.idList(ids)); err != nil {
		return err
	}
	if err := t.recountThread(from); err != nil {
		return err
	}
	return t.recountThread(into)
}

// branch is a post with all that answers it, directly or not, in its thread; rest is how many other posts that has.
func (t *tx) branch(root Post) (branch []int64, rest int, err error) {
	type node struct {
		id      int64
		message string
		refs    []string // nearest first
	}
	var nodes []node
	at := map[int64]int{}
	err = t.query(func(row rowScanner) error {
		var n node
		err := row.Scan(&n.id, &n.message)
		at[n.id] = len(nodes)
		nodes = append(nodes, n)
		return err
	}, "SELECT id, message_id FROM posts WHERE thread_id = ? ORDER BY sent_at, id", root.ThreadID)
	if err != nil {
		return nil, 0, err
	}
	err = t.query(func(row rowScanner) error {
		var id int64
		var ref string
		err := row.Scan(&id, &ref)
		if i, ok := at[id]; ok {
			nodes[i].refs = append(nodes[i].refs, ref)
		}
		return err
	}, `SELECT r.post_id, r.message_id FROM posts p JOIN post_references r ON r.post_id = p.id
		WHERE p.thread_id = ? ORDER BY r.post_id, r.distance`, root.ThreadID)
	if err != nil {
		return nil, 0, err
	}
	// A post belongs to the branch if the nearest message that it refers to and that is known does, or is its root.
	known, inside := map[string]bool{}, map[string]bool{root.MessageID: true}
	for _, n := range nodes {
		known[n.message] = true
	}
	in := map[int64]bool{root.ID: true}
	for again := true; again; {
		again = false
		for _, n := range nodes {
			if in[n.id] || n.message == root.MessageID {
				continue
			}
			for _, ref := range n.refs {
				if inside[ref] {
					in[n.id], inside[n.message], again = true, true, true
				}
				if known[ref] {
					break
				}
			}
		}
	}
	for _, n := range nodes {
		if in[n.id] {
			branch = append(branch, n.id)
		}
	}
	return branch, len(nodes) - len(branch), nil
}
