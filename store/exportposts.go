package store

import (
	"context"
	"time"
)

// An ExportFilter says which posts of a community are wanted; zero fields do not count.
type ExportFilter struct {
	ThreadID int64
	From, To time.Time // from the first on, before the second
	Person   string    // canonical address of the author
	Limit    int       // at most so many
	After    int64     // those behind the post with this ID, for the next page
}

// ExportPosts returns posts of a community in the order in which they came, so that what is made of them by importing
// them again is the same.
func (db *DB) ExportPosts(ctx context.Context, communityID int64, f ExportFilter) (all []Post, err error) {
	// In the order of IDs, which no other index has: the plus keeps from sorting a community's posts for each page.
	text, args := "SELECT "+postColumns+" FROM posts WHERE id > ? AND +community_id = ?", []any{f.After, communityID}
	if f.ThreadID != 0 {
		text += " AND thread_id = ?"
		args = append(args, f.ThreadID)
	}
	if !f.From.IsZero() {
		text += " AND sent_at >= ?"
		args = append(args, micros(f.From))
	}
	if !f.To.IsZero() {
		text += " AND sent_at < ?"
		args = append(args, micros(f.To))
	}
	if f.Person != "" {
		text += " AND from_address = ?"
		args = append(args, f.Person)
	}
	err = db.query(ctx, func(row rowScanner) error {
		p, err := scanPost(row)
		all = append(all, p)
		return err
	}, text+" ORDER BY id LIMIT ?", append(args, f.Limit)...)
	return all, err
}
