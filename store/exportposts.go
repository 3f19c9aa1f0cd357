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
	After    int64     // those behind the post of this position, for the next page
}

// farFuture is behind every date that a position can hold.
var farFuture = time.Unix(60*(1<<(positionCommunity-positionMinute)-1), 0)

// ExportPosts returns posts of a community by date, those of one date in the order in which they came.
func (db *DB) ExportPosts(ctx context.Context, communityID int64, f ExportFilter) (all []Post, err error) {
	text := "SELECT " + postColumns + " FROM posts WHERE position > ? AND position < ?"
	// A post of a crowded minute has the position of a later one, so the last ones are asked for by their dates.
	first, last := positionOf(communityID, f.From), positionOf(communityID, farFuture)
	if f.From.IsZero() {
		first = positionOf(communityID, time.Unix(0, 0))
	}
	args := []any{max(first-1, f.After), last}
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
	}, text+" ORDER BY position LIMIT ?", append(args, f.Limit)...)
	return all, err
}
