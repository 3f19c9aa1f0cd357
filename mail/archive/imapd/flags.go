package imapd

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/emersion/go-imap/v2"

	"guildpost/store"
)

// systemFlags are what members may mark beside keywords of their own.
var systemFlags = []imap.Flag{imap.FlagAnswered, imap.FlagFlagged, imap.FlagSeen}

const (
	maxKeywords   = 50  // that one member may have in one community
	maxKeyword    = 100 // bytes of one
	rememberMarks = 256 // changes that other sessions of the member are told of
)

// flagsKey says whose flags they are, and in which community.
type flagsKey struct{ member, community int64 }

// flags are what a member marked in a community, shared by all of their sessions here.
type flags struct {
	key    flagsKey
	uses   int // by sessions; under the hub's lock
	loaded bool

	mu      sync.Mutex
	marked  map[imap.Flag]bitmap
	version int       // counts the changes
	recent  []marking // the last of them, oldest first
}

// A bitmap holds UIDs, 4,096 to a chunk.
type bitmap map[uint32]*[store.ChunkPosts / 8]byte

func (b bitmap) has(uid uint32) bool {
	chunk, ok := b[uid/store.ChunkPosts]
	i := uid % store.ChunkPosts
	return ok && chunk[i/8]&(1<<(i%8)) != 0
}

func (b bitmap) set(uid uint32, on bool) {
	chunk, ok := b[uid/store.ChunkPosts]
	if !ok {
		chunk = &[store.ChunkPosts / 8]byte{}
		b[uid/store.ChunkPosts] = chunk
	}
	i := uid % store.ChunkPosts
	if on {
		chunk[i/8] |= 1 << (i % 8)
	} else {
		chunk[i/8] &^= 1 << (i % 8)
	}
}

// A marking is a change, for the other sessions of the member.
type marking struct {
	version int
	uids    []uint32
	by      *session
}

// useFlags returns a member's flags in a community; give them back with release.
func (h *hub) useFlags(ctx context.Context, key flagsKey) (*flags, error) {
	h.mu.Lock()
	f, ok := h.flags[key]
	if !ok {
		f = &flags{key: key, marked: map[imap.Flag]bitmap{}}
		h.flags[key] = f
	}
	f.uses++
	h.mu.Unlock()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.loaded && !h.db.Shared() {
		return f, nil
	}
	if err := f.load(ctx, h.db); err != nil {
		h.release(f)
		return nil, err
	}
	return f, nil
}

func (h *hub) release(f *flags) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if f.uses--; f.uses == 0 {
		delete(h.flags, f.key)
	}
}

func (f *flags) load(ctx context.Context, db *store.DB) error {
	chunks, err := db.PostFlags(ctx, f.key.member, f.key.community)
	if err != nil {
		return err
	}
	f.loaded = true
	clear(f.marked)
	for _, c := range chunks {
		flag := imap.Flag(c.Flag)
		if f.marked[flag] == nil {
			f.marked[flag] = bitmap{}
		}
		chunk := &[store.ChunkPosts / 8]byte{}
		copy(chunk[:], c.Bits)
		f.marked[flag][uint32(c.Chunk)] = chunk
	}
	return nil
}

// known returns the flag as it is kept: keywords are the same in upper and lower case (RFC 9051 2.3.2). f.mu is held.
func (f *flags) known(flag imap.Flag) (kept imap.Flag, ok bool) {
	if _, ok := f.marked[flag]; ok {
		return flag, true
	}
	for have := range f.marked {
		if strings.EqualFold(string(have), string(flag)) {
			return have, true
		}
	}
	return flag, slices.Contains(systemFlags, flag)
}

// all returns the flags that there are: those of the system and the member's keywords.
func (f *flags) all() []imap.Flag {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := slices.Clone(systemFlags)
	for flag := range f.marked {
		if !slices.Contains(all, flag) {
			all = append(all, flag)
		}
	}
	slices.Sort(all)
	return all
}

// of returns the flags of a post.
func (f *flags) of(uid uint32) []imap.Flag {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := []imap.Flag{}
	for flag, marked := range f.marked {
		if marked.has(uid) {
			list = append(list, flag)
		}
	}
	slices.Sort(list)
	return list
}

// among returns which of the posts have a flag, as bits.
func (f *flags) among(uids []uint32, flag imap.Flag) bits {
	f.mu.Lock()
	defer f.mu.Unlock()
	found := newBits(len(uids))
	kept, _ := f.known(flag)
	marked := f.marked[kept]
	if len(marked) == 0 {
		return found
	}
	for i, uid := range uids {
		if marked.has(uid) {
			found.set(i)
		}
	}
	return found
}

// mark keeps changes, and remembers them for the other sessions. Only what changes is written.
func (f *flags) mark(ctx context.Context, db *store.DB, by *session, uids []uint32, change map[imap.Flag]bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var changes []store.FlagChange
	touched := map[uint32]bool{}
	for flag, on := range change {
		kept, _ := f.known(flag)
		c := store.FlagChange{Flag: string(kept), Set: on}
		for _, uid := range uids {
			if f.marked[kept].has(uid) != on {
				c.Posts = append(c.Posts, int64(uid))
				touched[uid] = true
			}
		}
		if len(c.Posts) > 0 {
			changes = append(changes, c)
		}
	}
	if len(changes) == 0 {
		return nil
	}
	if err := db.MarkPosts(ctx, f.key.member, f.key.community, changes); err != nil {
		return err
	}
	f.keep(changes)
	f.remember(touched, by)
	return nil
}

func (f *flags) keep(changes []store.FlagChange) {
	for _, c := range changes {
		flag := imap.Flag(c.Flag)
		if f.marked[flag] == nil {
			f.marked[flag] = bitmap{}
		}
		for _, id := range c.Posts {
			f.marked[flag].set(uint32(id), c.Set)
		}
	}
}

func (f *flags) remember(touched map[uint32]bool, by *session) {
	f.version++
	m := marking{version: f.version, by: by}
	if len(touched) <= rememberMarks {
		for uid := range touched {
			m.uids = append(m.uids, uid)
		}
	}
	f.recent = append(f.recent, m)
	if len(f.recent) > rememberMarks {
		f.recent = slices.Delete(f.recent, 0, len(f.recent)-rememberMarks)
	}
}

// since returns the posts that other sessions marked since a version. A session that slept through many changes hears of
// the last ones; the rest it sees when it asks.
func (f *flags) since(version int, me *session) (uids []uint32, now int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, m := range f.recent {
		if m.version > version && m.by != me {
			uids = append(uids, m.uids...)
		}
	}
	slices.Sort(uids)
	return slices.Compact(uids), f.version
}

// fits says whether a flag can be kept, or why not. fresh is how many new ones a command has so far, with this one.
func (f *flags) fits(flag imap.Flag, fresh int) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, known := f.known(flag)
	switch {
	case known:
		return ""
	case strings.HasPrefix(string(flag), `\`):
		return "the archive is read-only: its messages are not deleted, and there are no drafts"
	case len(flag) > maxKeyword:
		return "a keyword may have 100 characters"
	case len(f.marked)+fresh > maxKeywords+len(systemFlags):
		return "there are 50 keywords already, and that is the most"
	}
	return ""
}
