package store

// A post's parent is the post that it answers: the nearest of its references that is here. It is kept with the post, since
// the measures look at the parents of a hundred thousand posts at once; 0 where none of them is here.

// answered finds the post that a message answers: the first that has the nearest of its references; zero where none is here.
func (t *tx) answered(a Arrival) (p rememberedPost, err error) {
	if a.memory != nil {
		return a.memory.nearest(a.References), nil
	}
	for _, ref := range a.References {
		// +id: SQLite would else go through all posts of the community in that order, until it meets this one.
		err = t.row("SELECT id, thread_id FROM posts WHERE message_id = ? AND community_id = ? ORDER BY +id LIMIT 1",
			ref, a.CommunityID).Scan(&p.id, &p.threadID)
		if err == nil || !isNoRows(err) {
			return p, err
		}
	}
	return rememberedPost{}, nil
}

// isAwaited says whether other posts refer to a new one that came after them, as to almost none.
func (t *tx) isAwaited(a Arrival, postID int64) (is bool, err error) {
	if a.memory != nil && !a.memory.referred[a.MessageID] {
		return false, nil
	}
	err = t.row("SELECT EXISTS (SELECT 1 FROM post_references WHERE community_id = ? AND message_id = ? AND post_id <> ?)",
		a.CommunityID, a.MessageID, postID).Scan(&is)
	return is, err
}

// adoptAnswers makes a post the parent of those that refer to it, unless they have a nearer one. What a post refers to is
// farther from its answers than itself.
func (t *tx) adoptAnswers(a Arrival, postID int64) error {
	_, err := t.exec(`UPDATE posts SET parent_id = ? WHERE id IN (SELECT r.post_id FROM post_references r
			WHERE r.community_id = ? AND r.message_id = ? AND r.post_id <> ?)
		AND (parent_id = 0 OR parent_id IN (SELECT q.id FROM post_references r
			JOIN posts q ON q.community_id = r.community_id AND q.message_id = r.message_id WHERE r.post_id = ?))`,
		postID, a.CommunityID, a.MessageID, postID, postID)
	return err
}
