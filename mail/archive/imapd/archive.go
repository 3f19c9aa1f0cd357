package imapd

import (
	"context"
	"math"
	"sort"
	"sync"
	"time"

	"guildpost/store"
)

// allYears is the folder of a community that has all of its posts.
const allYears = 0

// An archive is the list of a community's posts in memory, twelve bytes each, shared by all sessions that look at it.
type archive struct {
	db          *store.DB
	communityID int64

	mu       sync.Mutex
	loaded   bool
	mark     store.MailboxMark // of what is in memory
	minutes  []uint32          // of the posts of allYears, since 1970
	byYear   map[int]listing
	watchers int       // sessions that have one of its folders open
	used     time.Time // last
}

// A listing is what a folder has. Its uids rise; they are appended to, but what is there never changes, so that sessions may
// keep them as their view.
type listing struct {
	uids []uint32
	next uint32 // above every UID that there ever was in the folder
}

// refresh reads the posts that are new; thorough looks for those that went as well. It says whether anything changed.
func (a *archive) refresh(ctx context.Context, thorough bool) (changed bool, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.loaded {
		return true, a.load(ctx)
	}
	posts, err := a.db.MailboxPosts(ctx, a.communityID, int64(a.byYear[allYears].next)-1)
	if err != nil {
		return false, err
	}
	a.add(posts, nil)
	a.mark.Posts += int64(len(posts))
	if !thorough {
		return len(posts) > 0, nil
	}
	if mark, err := a.db.MailboxMark(ctx, a.communityID); err != nil || mark == a.mark {
		return len(posts) > 0, err
	}
	return true, a.load(ctx)
}

// load reads everything.
func (a *archive) load(ctx context.Context) error {
	mark, err := a.db.MailboxMark(ctx, a.communityID)
	if err != nil {
		return err
	}
	posts, err := a.db.MailboxPosts(ctx, a.communityID, 0)
	if err != nil {
		return err
	}
	erased, err := a.db.ErasedPosts(ctx, a.communityID)
	if err != nil {
		return err
	}
	// Counts that were taken while posts came are wrong, and then it is loaded once more.
	mark.Posts = int64(len(posts))
	a.mark, a.loaded, a.byYear = mark, true, map[int]listing{}
	a.minutes = make([]uint32, 0, len(posts)+len(posts)/8)
	a.byYear[allYears] = listing{uids: make([]uint32, 0, cap(a.minutes)), next: 1}
	a.add(posts, erased)
	return nil
}

// add appends posts, which are above those that are there, without those that were erased.
func (a *archive) add(posts []store.MailboxPost, erased []int64) {
	all := a.byYear[allYears]
	var y yearSpan
	var year listing // of y
	for _, p := range posts {
		if p.ID >= math.MaxUint32 {
			break // RFC 3501 2.3.1.1 has no room for it
		}
		if !y.has(p.Minute) {
			if y.year != 0 {
				a.byYear[y.year] = year
			}
			y = yearOf(p.Minute)
			year = a.byYear[y.year]
		}
		all.next, year.next = uint32(p.ID)+1, uint32(p.ID)+1
		for len(erased) > 0 && erased[0] < p.ID {
			erased = erased[1:]
		}
		if len(erased) > 0 && erased[0] == p.ID {
			continue
		}
		a.minutes = append(a.minutes, uint32(p.Minute))
		all.uids = append(all.uids, uint32(p.ID))
		year.uids = append(year.uids, uint32(p.ID))
	}
	a.byYear[allYears] = all
	if y.year != 0 {
		a.byYear[y.year] = year
	}
}

// A yearSpan is the minutes of a year: from up to, not including, to.
type yearSpan struct {
	year     int
	from, to int64
}

func (y yearSpan) has(minute int64) bool { return y.from <= minute && minute < y.to }

// yearOf finds the year that a minute lies in, in UTC.
func yearOf(minute int64) yearSpan {
	year := time.Unix(minute*60, 0).UTC().Year()
	start := func(year int) int64 { return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Unix() / 60 }
	return yearSpan{year, start(year), start(year + 1)}
}

// listing returns what the folder of a year, or of all, has. UIDs begin at 1.
func (a *archive) listing(year int) listing {
	a.mu.Lock()
	defer a.mu.Unlock()
	l := a.byYear[year]
	l.next = max(l.next, 1)
	l.uids = l.uids[:len(l.uids):len(l.uids)]
	return l
}

// minutesOf returns the minutes of posts, which rise by UID; those that are gone have the minute 0.
func (a *archive) minutesOf(uids []uint32) []uint32 {
	a.mu.Lock()
	all, minutes := a.byYear[allYears].uids, a.minutes
	a.mu.Unlock()
	found := make([]uint32, len(uids))
	at := 0
	for i, uid := range uids {
		if at < len(all) && all[at] != uid {
			at += sort.Search(len(all)-at, func(j int) bool { return all[at+j] >= uid })
		}
		if at < len(all) && all[at] == uid {
			found[i] = minutes[at]
			at++
		}
	}
	return found
}
