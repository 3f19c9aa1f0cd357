package store

import (
	"context"
	"slices"
	"time"
)

// A Filing is some messages of an import.
type Filing struct {
	ImportID int64 // 0 for mail that trickles in, such as from an IMAP folder: it is promised when ImportPosts returns
	Taken    int64 // how many messages of the source are done with then, bad ones included
	Posts    []Arrival
	Problems []ImportProblem
	Now      time.Time
}

// A Filed says what became of a message.
type Filed struct {
	PostID    int64
	ThreadID  int64
	Duplicate bool // it was there, whenever it came
	SameID    bool // another post has its Message-ID, with another body: both are kept
}

// ImportPosts files messages of the past into a community's archive, in one transaction with how far the import has
// come, and returns what became of each. Nobody is mailed. A message that is there already, with the same body, is a
// duplicate, however long ago it came; its date is when it counts as accepted.
func (db *DB) ImportPosts(ctx context.Context, communityID int64, f Filing) (all []Filed, err error) {
	if len(f.Posts) > 0 && f.Posts[0].packed == nil {
		Pack(f.Posts)
	}
	writer := db.relaxed
	if f.ImportID == 0 {
		writer = db.durable
	}
	err = writer.do(ctx, func(t *tx) (err error) {
		if err = t.lockArchive(communityID); err != nil {
			return err
		}
		if all, err = t.importPosts(communityID, f); err != nil {
			return err
		}
		bad, err := t.importProblems(communityID, f)
		if err != nil || f.ImportID == 0 {
			return err
		}
		return t.advanceImport(f, all, bad)
	})
	return all, err
}

func (t *tx) advanceImport(f Filing, all []Filed, bad int64) error {
	duplicates := int64(0)
	for _, filed := range all {
		if filed.Duplicate {
			duplicates++
		}
	}
	n, err := t.exec(`UPDATE imports SET taken = ?, added = added + ?, duplicates = duplicates + ?, bad = bad + ?
		WHERE id = ? AND finished_at = 0`, f.Taken, int64(len(all))-duplicates, duplicates, bad, f.ImportID)
	if err == nil && n == 0 {
		return Errorf(Conflict, "this import was ended meanwhile; what it has filed is there")
	}
	return err
}

func (t *tx) importPosts(communityID int64, f Filing) (all []Filed, err error) {
	members, err := t.membersOf(f.Posts)
	if err != nil {
		return nil, err
	}
	places := importPositions{t: t, room: map[int64]time.Time{}}
	bundles := bundling{t: t, ids: map[*bundle]int64{}, blank: map[*bundle][]packedRaw{}}
	words := make([]searchRow, 0, len(f.Posts))
	all = make([]Filed, len(f.Posts))
	arrivals := make([]Arrival, len(f.Posts))
	for i, a := range f.Posts {
		a.CommunityID, a.MemberID = communityID, members[a.From]
		if !a.Date.IsZero() {
			a.Now = a.Date
		}
		arrivals[i] = a.bounded()
	}
	memory, err := t.remember(communityID, arrivals)
	if err != nil {
		return nil, err
	}
	for i, a := range arrivals {
		a.memory = memory
		var position int64
		if all[i], position, err = t.importPost(a, bundles, places); err != nil {
			return nil, err
		}
		if !all[i].Duplicate && !a.Erased {
			words = append(words, searchRow{position, a.Text})
		}
	}
	if err := bundles.finish(); err != nil {
		return nil, err
	}
	return all, t.indexAll(words)
}

func (t *tx) importPost(a Arrival, bundles bundling, places importPositions) (f Filed, position int64, err error) {
	if f = a.memory.known(a); f.Duplicate {
		bundles.leaveOut(*a.packed)
		return f, 0, nil
	}
	if position, err = places.take(a.CommunityID, postDate(a)); err != nil {
		return f, 0, err
	}
	rawID, err := bundles.keep(*a.packed)
	if err != nil {
		return f, 0, err
	}
	result, err := t.filePost(a, rawID, position, a.packed.size, false)
	f.PostID, f.ThreadID = result.PostID, result.ThreadID
	a.memory.filed(a, f)
	return f, position, err
}

// KnownPosts says of each of some arrivals whether the archive of a community has it.
func (db *DB) KnownPosts(ctx context.Context, communityID int64, all []Arrival) (known []bool, err error) {
	known = make([]bool, len(all))
	for i, a := range all {
		a = a.bounded()
		err = db.queryRow(ctx, "", func(row rowScanner) error { return row.Scan(&known[i]) },
			"SELECT EXISTS (SELECT 1 FROM posts WHERE community_id = ? AND message_id = ? AND body_hash = ?)", communityID, a.MessageID, a.BodyHash)
		if err != nil {
			return nil, err
		}
	}
	return known, nil
}

// membersOf returns who wrote, by address, of those who are members of any community now.
func (t *tx) membersOf(all []Arrival) (map[string]int64, error) {
	members := map[string]int64{}
	for chunk := range slices.Chunk(all, importChunk) {
		args := make([]any, len(chunk))
		for i, a := range chunk {
			args[i] = a.From
		}
		err := t.query(func(row rowScanner) error {
			var address string
			var id int64
			err := row.Scan(&address, &id)
			members[address] = id
			return err
		}, "SELECT address, member_id FROM addresses WHERE address IN "+tuple(len(chunk)), args...)
		if err != nil {
			return nil, err
		}
	}
	return members, nil
}

// importProblems keeps messages aside, each once, and returns how many are new.
func (t *tx) importProblems(communityID int64, f Filing) (n int64, err error) {
	for _, p := range f.Problems {
		rawID, err := t.keepRaw(packRaw(p.Raw))
		if err != nil {
			return n, err
		}
		added, err := t.exec(`INSERT INTO import_problems (community_id, import_id, place, reason, raw_id, at) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (community_id, raw_id) DO NOTHING`, communityID, f.ImportID, p.Place, p.Reason, rawID, micros(f.Now))
		if err != nil {
			return n, err
		}
		n += added
	}
	return n, nil
}

// importPositions hands out positions to many posts. Where thousands have the same date, the minutes that were found
// full are passed at once.
type importPositions struct {
	t    *tx
	room map[int64]time.Time // a minute that is full, and one behind it that was not
}

func (p importPositions) take(communityID int64, at time.Time) (int64, error) {
	minute := positionOf(communityID, at)
	if later, full := p.room[minute]; full {
		at = later
	}
	position, err := p.t.position(communityID, at)
	if found := position &^ (1<<positionMinute - 1); err == nil && found != minute {
		p.room[minute] = time.Unix((found-communityID<<positionCommunity)>>positionMinute*60, 0)
	}
	return position, err
}
