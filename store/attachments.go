package store

// An Attachment is a file in a post, addressable by the post and its part.
type Attachment struct {
	Part string // its place in the MIME tree as IMAP numbers it (RFC 9051 6.4.5): "2.1"
	Name string
	Type string // media type, lower case
	Size int64  // of its content, decoded, in bytes
	Hash []byte // SHA-256 of its content: equal for the same file in several posts
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
