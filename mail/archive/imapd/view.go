package imapd

import (
	"sort"

	"github.com/emersion/go-imap/v2"
)

// A view is a folder as a session was told of it: the message with sequence number n is uids[n-1]. It changes only when the
// client is told.
type view struct {
	uids []uint32
}

// A span is a range of messages of a view, by index: from up to, not including, to.
type span struct{ from, to int }

// index returns where a post is, or would be.
func (v view) index(uid uint32) (i int, ok bool) {
	i = sort.Search(len(v.uids), func(i int) bool { return v.uids[i] >= uid })
	return i, i < len(v.uids) && v.uids[i] == uid
}

// spans returns the messages that a set of numbers names, in its order. Numbers of messages that are not there are left
// out (RFC 3501 6.4.8), sequence numbers as well. ok is false for "$", which is not offered.
func (v view) spans(set imap.NumSet) (all []span, ok bool) {
	if imap.IsSearchRes(set) {
		return nil, false
	}
	switch set := set.(type) {
	case imap.SeqSet:
		for _, r := range set {
			from, to := order(r.Start, r.Stop, uint32(len(v.uids)))
			all = appendSpan(all, span{int(max(from, 1)) - 1, int(min(to, uint32(len(v.uids))))})
		}
	case imap.UIDSet:
		last := uint32(0)
		if len(v.uids) > 0 {
			last = v.uids[len(v.uids)-1]
		}
		for _, r := range set {
			from, to := order(uint32(r.Start), uint32(r.Stop), last)
			first, _ := v.index(from)
			end, found := v.index(to)
			if found {
				end++
			}
			all = appendSpan(all, span{first, end})
		}
	}
	return all, true
}

// order resolves "*" (0) and puts a range in order: "4:2" is "2:4", and "9:*" holds the last message, also where that is 5.
func order(start, stop, last uint32) (from, to uint32) {
	if start == 0 {
		start = last
	}
	if stop == 0 {
		stop = last
	}
	return min(start, stop), max(start, stop)
}

func appendSpan(all []span, s span) []span {
	if s.from >= s.to {
		return all
	}
	return append(all, s)
}

// length is how many messages the spans name.
func length(spans []span) (n int) {
	for _, s := range spans {
		n += s.to - s.from
	}
	return n
}

// change compares a view with what the folder has now: gone are the indexes of messages that are not there any more, from
// the last to the first, and added are the UIDs of new ones. A UID below the last of the view is none of the new ones: no
// client would look for it.
func (v view) change(now []uint32) (gone []int, added []uint32) {
	same := 0
	if 0 < len(v.uids) && len(v.uids) <= len(now) && &now[0] == &v.uids[0] {
		same = len(v.uids) // they share their beginning, which never changes
	}
	for same < len(v.uids) && same < len(now) && v.uids[same] == now[same] {
		same++
	}
	at := same
	for i := same; i < len(v.uids); i++ {
		for at < len(now) && now[at] < v.uids[i] {
			at++
		}
		if at < len(now) && now[at] == v.uids[i] {
			at++
			continue
		}
		gone = append(gone, i)
	}
	for l, r := 0, len(gone)-1; l < r; l, r = l+1, r-1 {
		gone[l], gone[r] = gone[r], gone[l]
	}
	return gone, now[at:]
}

// news is what a client has to be told of a folder.
type news struct {
	gone   []int // indexes, from the last to the first
	exists bool  // whether the number of messages has changed since then
}

// follow brings the view up to date. Where nothing may be expunged now, what is gone stays until it may (RFC 3501 7.4.1).
func (v *view) follow(now []uint32, mayExpunge bool) (n news) {
	gone, added := v.change(now)
	n.exists = len(added) > 0
	if mayExpunge {
		n.gone = gone
	}
	switch {
	case len(n.gone) == len(gone) && len(v.uids)-len(gone)+len(added) == len(now):
		v.uids = now
	case len(n.gone) > 0 || len(added) > 0:
		v.uids = append(v.without(n.gone), added...)
	}
	return n
}

// without returns the UIDs but for those of some indexes, from the last to the first.
func (v *view) without(gone []int) []uint32 {
	if len(gone) == 0 {
		return v.uids[:len(v.uids):len(v.uids)]
	}
	left := make([]uint32, 0, len(v.uids))
	for i, uid := range v.uids {
		if last := len(gone) - 1; last >= 0 && gone[last] == i {
			gone = gone[:last]
			continue
		}
		left = append(left, uid)
	}
	return left
}
