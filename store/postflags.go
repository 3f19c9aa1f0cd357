package store

import (
	"context"
	"slices"
)

// ChunkPosts is how many posts, by ID, one FlagChunk is about.
const ChunkPosts = 4096

// A FlagChunk says which of the posts from ChunkPosts*Chunk on a member gave a flag to: bit i%8 of byte i/8 is the post with
// the ID ChunkPosts*Chunk+i. Bytes at the end that are missing are zero.
type FlagChunk struct {
	Flag  string
	Chunk int64
	Bits  []byte
}

// PostFlags returns what a member marked in a community.
func (db *DB) PostFlags(ctx context.Context, memberID, communityID int64) (all []FlagChunk, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		var c FlagChunk
		err := row.Scan(&c.Flag, &c.Chunk, &c.Bits)
		all = append(all, c)
		return err
	}, "SELECT flag, chunk, bits FROM post_flags WHERE member_id = ? AND community_id = ? ORDER BY flag, chunk", memberID, communityID)
	return all, err
}

// A FlagChange gives a flag to posts, or takes it from them.
type FlagChange struct {
	Flag  string
	Set   bool
	Posts []int64 // in ascending order
}

// MarkPosts changes what a member marked in a community; NotFound where there is no such member any more. It may be lost when
// the power fails: who marked a post marks it again.
func (db *DB) MarkPosts(ctx context.Context, memberID, communityID int64, changes []FlagChange) error {
	return db.relaxed.do(ctx, func(t *tx) error {
		if err := t.lockMember(memberID); err != nil {
			return err
		}
		for _, change := range changes {
			for posts := change.Posts; len(posts) > 0; {
				chunk := posts[0] / ChunkPosts
				n := slices.IndexFunc(posts, func(id int64) bool { return id/ChunkPosts != chunk })
				if n < 0 {
					n = len(posts)
				}
				if err := t.markChunk(memberID, communityID, change, chunk, posts[:n]); err != nil {
					return err
				}
				posts = posts[n:]
			}
		}
		return nil
	})
}

func (t *tx) markChunk(memberID, communityID int64, change FlagChange, chunk int64, posts []int64) error {
	const which = " WHERE member_id = ? AND community_id = ? AND flag = ? AND chunk = ?"
	flag := text(change.Flag)
	var bits []byte
	err := t.row("SELECT bits FROM post_flags"+which, memberID, communityID, flag, chunk).Scan(&bits)
	if err != nil && !isNoRows(err) {
		return err
	}
	bits = markBits(bits, change.Set, posts)
	if len(bits) == 0 {
		_, err = t.exec("DELETE FROM post_flags"+which, memberID, communityID, flag, chunk)
		return err
	}
	_, err = t.exec(`INSERT INTO post_flags (member_id, community_id, flag, chunk, bits) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (member_id, community_id, flag, chunk) DO UPDATE SET bits = excluded.bits`, memberID, communityID, flag, chunk, bits)
	return err
}

// markBits sets or clears the bits of posts of one chunk, without zeros at the end.
func markBits(bits []byte, set bool, posts []int64) []byte {
	full := make([]byte, ChunkPosts/8)
	copy(full, bits)
	for _, id := range posts {
		i := id % ChunkPosts
		if set {
			full[i/8] |= 1 << (i % 8)
		} else {
			full[i/8] &^= 1 << (i % 8)
		}
	}
	end := len(full)
	for end > 0 && full[end-1] == 0 {
		end--
	}
	return full[:end]
}

// FolderChoices returns which folders of the archive a member chose to see (true), or not to see.
func (db *DB) FolderChoices(ctx context.Context, memberID int64) (shown map[string]bool, err error) {
	shown = map[string]bool{}
	err = db.query(ctx, func(row rowScanner) error {
		var folder string
		var yes bool
		err := row.Scan(&folder, &yes)
		shown[folder] = yes
		return err
	}, "SELECT folder, shown FROM folder_choices WHERE member_id = ?", memberID)
	return shown, err
}

// maxFolderChoices is far more than there are folders: who makes up names fills no disk.
const maxFolderChoices = 1000

// ChooseFolder keeps whether a member wants to see a folder of the archive.
func (db *DB) ChooseFolder(ctx context.Context, memberID int64, folder string, shown bool) error {
	return db.relaxed.do(ctx, func(t *tx) error {
		if err := t.lockMember(memberID); err != nil {
			return err
		}
		var n int
		if err := t.row("SELECT COUNT(*) FROM folder_choices WHERE member_id = ?", memberID).Scan(&n); err != nil {
			return err
		}
		if n >= maxFolderChoices {
			return Errorf(Conflict, "%d choices of folders are kept, and that is the most", n)
		}
		_, err := t.exec(`INSERT INTO folder_choices (member_id, folder, shown) VALUES (?, ?, ?)
			ON CONFLICT (member_id, folder) DO UPDATE SET shown = excluded.shown`, memberID, text(folder), shown)
		return err
	})
}
