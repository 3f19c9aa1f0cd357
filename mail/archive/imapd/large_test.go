package imapd

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"guildpost/store"
	"guildpost/store/storetest"
)

// fill gives a community n posts at once, two of three of them read by a member.
func (w *world) fill(community, member int64, n int) {
	w.Helper()
	w.sql("INSERT INTO raw_messages (hash, size, place, kept, data) VALUES (1, 1, 0, 1, 1)")
	w.sql(fmt.Sprintf(`INSERT INTO posts (id, community_id, thread_id, raw_id, member_id, message_id, body_hash, from_address, from_name, subject,
		sent_at, accepted_at, size, position, new_chars, quoted_chars, state)
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %[2]d)
		SELECT 5 * i, %[1]d, 1, 1, 0, 'id' || i, 'h', 'ann@a.example', 'Ann', 'A subject of usual length ' || i,
		1000000 * (1600000000 + 600 * i), 1, 5000, (%[1]d << 36) | ((1600000000 + 600 * i) / 60 << 6), 1, 1, 0 FROM n`, community, n))
	var ids []int64
	for i := int64(1); i <= int64(n); i++ {
		if i%3 != 0 {
			ids = append(ids, 5*i)
		}
	}
	w.check(w.db.MarkPosts(ctx, member, community, []store.FlagChange{{Flag: string(imap.FlagSeen), Set: true, Posts: ids}}))
}

// TestLargeFolder: a folder of 200,000 posts is opened in a moment, and takes a few megabytes.
func TestLargeFolder(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const n = 200_000
	w := newWorld(t, nil)
	rust := storetest.Community(t, w.db, "rust")
	ann := w.member(rust, "ann@a.example")
	w.sql("PRAGMA foreign_keys = off; INSERT INTO threads (id, community_id, subject, subject_base, posts, first_at, last_at, solved) VALUES (1, 1, '', '', 1, 1, 1, false)")
	w.fill(rust.ID, ann.MemberID, n)
	c := w.login(ann, nil)
	before := heapInUse()
	for _, folder := range []string{"rust", "rust/2023", "rust"} {
		began := time.Now()
		d, err := c.Select(folder, nil).Wait()
		w.check(err)
		t.Logf("SELECT %s: %d messages in %v", folder, d.NumMessages, time.Since(began))
		if took := time.Since(began); took > time.Second {
			t.Errorf("SELECT %s took %v", folder, took)
		}
		if folder == "rust" && d.NumMessages != n {
			t.Errorf("there are %d messages", d.NumMessages)
		}
	}
	if used := heapInUse() - before; used > 20<<20 {
		t.Errorf("it takes %d bytes", used)
	}
	began := time.Now()
	found, err := c.Search(&imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagSeen}, Since: time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)}, nil).Wait()
	w.check(err)
	t.Logf("SEARCH UNSEEN SINCE: %d in %v", len(found.AllSeqNums()), time.Since(began))
	began = time.Now()
	all := c.Fetch(imap.SeqSet{{Start: 1, Stop: n}}, &imap.FetchOptions{Flags: true, UID: true})
	count := 0
	for all.Next() != nil {
		count++
	}
	w.check(all.Close())
	t.Logf("FETCH 1:* (UID FLAGS): %d in %v", count, time.Since(began))
	if count != n {
		t.Errorf("%d messages were fetched", count)
	}
	began = time.Now()
	w.check(c.Store(imap.SeqSet{{Start: 1, Stop: n}}, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagSeen}}, nil).Close())
	t.Logf("STORE 1:* +FLAGS.SILENT (\\Seen) in %v", time.Since(began))
	s, err := c.Status("rust", &imap.StatusOptions{NumUnseen: true}).Wait()
	w.check(err)
	if *s.NumUnseen != 0 {
		t.Errorf("%d are unseen", *s.NumUnseen)
	}
}

func heapInUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
