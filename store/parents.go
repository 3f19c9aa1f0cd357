package store

// A post's parent is the post that it answers: the nearest of its references that is here. It is kept with the post, since
// the measures look at the parents of a hundred thousand posts at once; 0 where none of them is here.

// setParents finds a new post's parent, and gives it to those that came before it and answer it.
func (t *tx) setParents(a Arrival, postID int64) error {
	for _, ref := range a.References {
		var parent int64
		err := t.row("SELECT id FROM posts WHERE community_id = ? AND message_id = ? AND id <> ? ORDER BY +id LIMIT 1",
			a.CommunityID, ref, postID).Scan(&parent)
		if isNoRows(err) {
			continue
		}
		if err == nil {
			_, err = t.exec("UPDATE posts SET parent_id = ? WHERE id = ?", parent, postID)
		}
		if err != nil {
			return err
		}
		break
	}
	return t.adoptAnswers(a, postID)
}

// adoptAnswers makes a post the parent of those that refer to it, unless they have a nearer one. What a post refers to is
// farther from its answers than itself.
func (t *tx) adoptAnswers(a Arrival, postID int64) error {
	var answer int64
	err := t.row("SELECT post_id FROM post_references WHERE community_id = ? AND message_id = ? AND post_id <> ? LIMIT 1",
		a.CommunityID, a.MessageID, postID).Scan(&answer)
	if isNoRows(err) {
		return nil // as with almost every post
	}
	if err != nil {
		return err
	}
	_, err = t.exec(`UPDATE posts SET parent_id = ? WHERE id IN (SELECT r.post_id FROM post_references r
			WHERE r.community_id = ? AND r.message_id = ? AND r.post_id <> ?)
		AND (parent_id = 0 OR parent_id IN (SELECT q.id FROM post_references r
			JOIN posts q ON q.community_id = r.community_id AND q.message_id = r.message_id WHERE r.post_id = ?))`,
		postID, a.CommunityID, a.MessageID, postID, postID)
	return err
}
