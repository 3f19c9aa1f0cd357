package store

import (
	"bytes"
	"slices"
)

// An importMemory is what the posts of one transaction of an import have to do with each other and with those that were
// there: asked for all at once, it takes a few statements instead of several for each. It says nothing that the database
// would not say.
type importMemory struct {
	posts    map[string][]rememberedPost // by Message-ID, in the order in which they came
	referred map[string]bool             // Message-IDs of these arrivals and their references that some post refers to
}

// A rememberedPost is one that is there.
type rememberedPost struct {
	id, threadID int64
	bodyHash     []byte
}

// remember asks for what some arrivals have to do with.
func (t *tx) remember(communityID int64, all []Arrival) (*importMemory, error) {
	m := &importMemory{posts: map[string][]rememberedPost{}, referred: map[string]bool{}}
	wanted := map[string]bool{}
	for _, a := range all {
		wanted[a.MessageID] = true
		for _, id := range a.References {
			wanted[id] = true
		}
	}
	ids := make([]string, 0, len(wanted))
	for id := range wanted {
		ids = append(ids, id)
	}
	slices.Sort(ids) // neighbours in the index one after the other
	for chunk := range slices.Chunk(ids, importChunk) {
		args := make([]any, 0, 1+len(chunk))
		args = append(args, communityID)
		for _, id := range chunk {
			args = append(args, id)
		}
		if err := t.rememberSome(m, args); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// rememberSome asks about some Message-IDs, which stand in args behind the community.
func (t *tx) rememberSome(m *importMemory, args []any) error {
	in := tuple(len(args) - 1)
	// The plus keeps SQLite from reading all posts of the community, which an index has by ID.
	err := t.query(func(row rowScanner) error {
		var id string
		var p rememberedPost
		err := row.Scan(&id, &p.id, &p.threadID, &p.bodyHash)
		m.posts[id] = append(m.posts[id], p)
		return err
	}, "SELECT message_id, id, thread_id, body_hash FROM posts WHERE +community_id = ? AND message_id IN "+in+" ORDER BY id", args...)
	if err != nil {
		return err
	}
	return t.query(func(row rowScanner) error {
		var id string
		err := row.Scan(&id)
		m.referred[id] = true
		return err
	}, "SELECT DISTINCT message_id FROM post_references WHERE community_id = ? AND message_id IN "+in, args...)
}

// known says whether a message came before, whenever that was.
func (m *importMemory) known(a Arrival) (f Filed) {
	for _, p := range m.posts[a.MessageID] {
		if bytes.Equal(p.bodyHash, a.BodyHash) {
			return Filed{PostID: p.id, ThreadID: p.threadID, Duplicate: true}
		}
		f.SameID = true
	}
	return f
}

// nearest returns the post that the first of some references which is there leads to; zero where none is.
func (m *importMemory) nearest(references []string) rememberedPost {
	for _, ref := range references {
		if posts := m.posts[ref]; len(posts) > 0 {
			return posts[0]
		}
	}
	return rememberedPost{}
}

// filed adds a post.
func (m *importMemory) filed(a Arrival, f Filed) {
	m.posts[a.MessageID] = append(m.posts[a.MessageID], rememberedPost{f.PostID, f.ThreadID, a.BodyHash})
	for _, ref := range a.References {
		m.referred[ref] = true
	}
}

// merged says that a thread became part of another.
func (m *importMemory) merged(from, into int64) {
	for _, posts := range m.posts {
		for i := range posts {
			if posts[i].threadID == from {
				posts[i].threadID = into
			}
		}
	}
}
