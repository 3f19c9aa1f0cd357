package store

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"time"
)

// Messages of one list have much in common: the fields of its software and servers, the footer, the phrases of its
// trade. A dictionary holds that once for all, and each message is packed as if it stood behind it. Each community has
// one of its own, made of the mail that came first; what was packed before keeps what it was packed with.

// maxCodecs bounds how many dictionaries are ready for use: each takes some megabytes.
const maxCodecs = 16

// codecs are the dictionaries that are ready for use.
type codecs struct {
	mu   sync.Mutex
	byID map[int64]*codec
}

// codec returns what packs and unpacks with a dictionary; 0 is none.
func (db *DB) codec(ctx context.Context, id int64) (*codec, error) {
	if id == 0 {
		return &plain, nil
	}
	db.codecs.mu.Lock()
	c := db.codecs.byID[id]
	db.codecs.mu.Unlock()
	if c != nil {
		return c, nil
	}
	c = &codec{id: id}
	err := db.queryRow(ctx, "a dictionary of the database is missing; restore a backup", func(row rowScanner) error {
		return row.Scan(&c.dictionary)
	}, "SELECT data FROM dictionaries WHERE id = ?", id)
	if err != nil {
		return nil, err
	}
	db.codecs.keep(c)
	return c, nil
}

func (all *codecs) keep(c *codec) {
	all.mu.Lock()
	defer all.mu.Unlock()
	if all.byID == nil || len(all.byID) >= maxCodecs {
		all.byID = map[int64]*codec{} // those in use go on
	}
	all.byID[c.id] = c
}

// currentCodec returns what packs a community's mail now.
func (db *DB) currentCodec(ctx context.Context, communityID int64) (*codec, error) {
	var id int64
	err := db.queryRow(ctx, "", func(row rowScanner) error { return row.Scan(&id) },
		"SELECT COALESCE(MAX(id), 0) FROM dictionaries WHERE community_id = ?", communityID)
	if err != nil {
		return nil, err
	}
	return db.codec(ctx, id)
}

// LearnMail makes a community's dictionary of some of its messages, if it has none yet and they are enough to learn
// from; it says whether it did.
func (db *DB) LearnMail(ctx context.Context, now time.Time, communityID int64, samples []Arrival) (bool, error) {
	have, err := db.currentCodec(ctx, communityID)
	if err != nil || have != &plain || len(samples) < minSamples {
		return false, err
	}
	data, err := makeDictionary(samples)
	if err != nil || data == nil {
		return false, err
	}
	learned := false
	err = db.durable.do(ctx, func(t *tx) error {
		learned = false
		if err := t.lockArchive(communityID); err != nil {
			return err
		}
		var id int64
		err := t.row("SELECT id FROM dictionaries WHERE community_id = ?", communityID).Scan(&id)
		if !isNoRows(err) {
			return err // another process was first
		}
		learned = true
		_, err = t.exec("INSERT INTO dictionaries (community_id, made_at, data) VALUES (?, ?, ?)", communityID, micros(now), data)
		return err
	})
	return learned, err
}

// LearnMailDue makes dictionaries for communities that have none and have got enough posts for one, and returns for how
// many.
func (db *DB) LearnMailDue(ctx context.Context, now time.Time) (n int, err error) {
	var ids []int64
	err = db.query(ctx, scanIDs(&ids), `SELECT id FROM communities c
		WHERE NOT EXISTS (SELECT 1 FROM dictionaries d WHERE d.community_id = c.id) ORDER BY id`)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		samples, err := db.latestPosts(ctx, id)
		if err != nil {
			return n, err
		}
		learned, err := db.LearnMail(ctx, now, id, samples)
		if err != nil {
			return n, err
		}
		if learned {
			n++
		}
	}
	return n, nil
}

// latestPosts returns the latest posts of a community as samples, or none where there are too few.
func (db *DB) latestPosts(ctx context.Context, communityID int64) (samples []Arrival, err error) {
	var rawIDs []int64
	err = db.query(ctx, func(row rowScanner) error {
		var rawID int64
		var a Arrival
		err := row.Scan(&rawID, &a.From, &a.FromName)
		rawIDs, samples = append(rawIDs, rawID), append(samples, a)
		return err
	}, `SELECT raw_id, from_address, from_name FROM posts WHERE community_id = ? ORDER BY accepted_at DESC LIMIT ?`, communityID, maxSamples)
	if err != nil || len(samples) < minSamples {
		return nil, err
	}
	for i, id := range rawIDs {
		if samples[i].Raw, err = db.Raw(ctx, id); err != nil {
			return nil, err
		}
		samples[i].Raw = bytes.Clone(samples[i].Raw[:min(len(samples[i].Raw), maxSample)])
	}
	return samples, nil
}

// unlearnChunk is how many messages are packed again in one transaction.
const unlearnChunk = 200

// UnlearnMail takes dictionaries out of use that hold one of some words, such as the address of somebody who is to be
// erased, whatever the case of its letters: the messages that were packed with them are packed again without, and they
// are deleted. It returns how many.
func (db *DB) UnlearnMail(ctx context.Context, words []string) (n int, err error) {
	var ids []int64
	err = db.query(ctx, func(row rowScanner) error {
		var id int64
		var data []byte
		if err := row.Scan(&id, &data); err != nil {
			return err
		}
		if holdsWord(data, words) {
			ids = append(ids, id)
		}
		return nil
	}, "SELECT id, data FROM dictionaries ORDER BY id")
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		if err := db.unlearn(ctx, id); err != nil {
			return n, fmt.Errorf("taking a dictionary out of use: %w", err)
		}
		n++
	}
	return n, nil
}

func holdsWord(data []byte, words []string) bool {
	folded := bytes.ToLower(data)
	for _, word := range words {
		if word != "" && bytes.Contains(folded, []byte(strings.ToLower(word))) {
			return true
		}
	}
	return false
}

func (db *DB) unlearn(ctx context.Context, dictionary int64) error {
	c, err := db.codec(ctx, dictionary)
	if err != nil {
		return err
	}
	for left := true; left; {
		err := db.durable.do(ctx, func(t *tx) error {
			done, err := t.repack(c)
			if left = done == unlearnChunk; err != nil || left {
				return err
			}
			_, err = t.exec("DELETE FROM dictionaries WHERE id = ?", dictionary)
			return err
		})
		if err != nil {
			return err
		}
	}
	db.codecs.mu.Lock()
	delete(db.codecs.byID, dictionary)
	db.codecs.mu.Unlock()
	return nil
}

// repack packs some messages of a dictionary again without it, and returns how many.
func (t *tx) repack(c *codec) (n int, err error) {
	type kept struct {
		id   int64
		size int
		data []byte
	}
	var all []kept
	err = t.query(func(row rowScanner) error {
		var k kept
		err := row.Scan(&k.id, &k.size, &k.data)
		all = append(all, k)
		return err
	}, "SELECT id, size, data FROM raw_messages WHERE dictionary_id = ? ORDER BY id LIMIT ?"+t.dialect.forUpdate(), c.id, unlearnChunk)
	if err != nil {
		return 0, err
	}
	for _, k := range all {
		rest, err := c.unpack(k.data, k.size)
		if err != nil {
			return 0, fmt.Errorf("message %d in the database is damaged; restore it from a backup: %w", k.id, err)
		}
		data, err := plain.pack(rest)
		if err != nil {
			return 0, err
		}
		if _, err := t.exec("UPDATE raw_messages SET data = ?, dictionary_id = ? WHERE id = ?", data, sql.NullInt64{}, k.id); err != nil {
			return 0, err
		}
	}
	return len(all), nil
}
