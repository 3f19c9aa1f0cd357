package store

import "context"

// An Attachment is a file in a post, addressable by the post and its part.
type Attachment struct {
	Part string // its place in the MIME tree as IMAP numbers it (RFC 9051 6.4.5): "2.1"
	Name string
	Type string // media type, lower case
	Size int64  // of its content, decoded, in bytes
	Hash []byte // SHA-256 of its content: equal for the same file in several posts

	// Start and End are where its content stands in Arrival.Raw, still encoded; they are not kept.
	Start, End int
}

func (t *tx) keepAttachments(postID int64, all []Attachment) error {
	for _, a := range all {
		if _, err := t.exec(`INSERT INTO attachments (post_id, part, name, type, size, hash) VALUES (?, ?, ?, ?, ?, ?)`,
			postID, a.Part, a.Name, a.Type, a.Size, a.Hash); err != nil {
			return err
		}
	}
	return nil
}

// Attachments returns the files of a post in their order. Their content is in its raw message.
func (db *DB) Attachments(ctx context.Context, postID int64) (all []Attachment, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		var a Attachment
		err := row.Scan(&a.Part, &a.Name, &a.Type, &a.Size, &a.Hash)
		all = append(all, a)
		return err
	}, "SELECT part, name, type, size, hash FROM attachments WHERE post_id = ? ORDER BY part", postID)
	return all, err
}
