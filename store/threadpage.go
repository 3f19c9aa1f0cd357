package store

import (
	"context"
	"time"
)

// A ThreadPost is a post as a part of its thread.
type ThreadPost struct {
	Post
	Parent int64 // the post of the same thread that it answers, 0 for none that is there
}

// A ThreadPlace is where a page of a thread ended. The zero value is before the first post.
type ThreadPlace struct {
	Date   time.Time
	PostID int64
}

// ThreadPage returns posts of a thread by date, behind a place, at most limit, each with what it answers.
func (db *DB) ThreadPage(ctx context.Context, threadID int64, after ThreadPlace, limit int) (page []ThreadPost, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		p, err := scanPost(row)
		page = append(page, ThreadPost{Post: p})
		return err
	}, "SELECT "+postColumns+" FROM posts WHERE thread_id = ? AND (sent_at, id) > (?, ?) ORDER BY sent_at, id LIMIT ?",
		threadID, micros(after.Date), after.PostID, limit)
	if err != nil || len(page) == 0 {
		return nil, err
	}
	return page, db.addParents(ctx, threadID, page)
}

// addParents finds for each post the nearest message that it answers and that is in the thread. The sum keeps the databases
// from looking through all of the thread for each reference.
func (db *DB) addParents(ctx context.Context, threadID int64, page []ThreadPost) error {
	at := map[int64]int{}
	ids := make([]int64, len(page))
	for i, p := range page {
		at[p.ID], ids[i] = i, p.ID
	}
	return db.query(ctx, func(row rowScanner) error {
		var post, parent int64
		err := row.Scan(&post, &parent)
		if i, ok := at[post]; ok && page[i].Parent == 0 {
			page[i].Parent = parent
		}
		return err
	}, `SELECT r.post_id, p.id FROM post_references r
		JOIN posts p ON p.message_id = r.message_id AND p.community_id = r.community_id
		WHERE `+db.dialect.in("r.post_id")+" AND p.thread_id + 0 = ? AND p.id <> r.post_id ORDER BY r.post_id, r.distance, p.id",
		db.dialect.idList(ids), threadID)
}
