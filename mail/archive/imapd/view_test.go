package imapd

import (
	"slices"
	"testing"

	"github.com/emersion/go-imap/v2"
)

func TestSpans(t *testing.T) {
	v := view{uids: []uint32{2, 5, 6, 9}}
	for _, c := range []struct {
		name string
		set  imap.NumSet
		want []span
	}{
		{"first", imap.SeqSetNum(1), []span{{0, 1}}},
		{"last", imap.SeqSet{{Start: 0, Stop: 0}}, []span{{3, 4}}},
		{"all", imap.SeqSet{{Start: 1, Stop: 0}}, []span{{0, 4}}},
		{"beyond the last", imap.SeqSet{{Start: 7, Stop: 0}}, []span{{3, 4}}},
		{"not there", imap.SeqSetNum(7), nil},
		{"partly there", imap.SeqSet{{Start: 3, Stop: 4000000000}}, []span{{2, 4}}},
		{"a UID", imap.UIDSetNum(5), []span{{1, 2}}},
		{"no UID", imap.UIDSetNum(7), nil},
		{"UIDs", imap.UIDSet{{Start: 3, Stop: 8}}, []span{{1, 3}}},
		{"UIDs up to one", imap.UIDSet{{Start: 3, Stop: 9}}, []span{{1, 4}}},
		{"all UIDs", imap.UIDSet{{Start: 1, Stop: 0}}, []span{{0, 4}}},
		{"UIDs beyond the last", imap.UIDSet{{Start: 100, Stop: 0}}, []span{{3, 4}}},
		{"several", imap.UIDSet{{Start: 2, Stop: 2}, {Start: 6, Stop: 6}}, []span{{0, 1}, {2, 3}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, ok := v.spans(c.set); !ok || !slices.Equal(got, c.want) {
				t.Errorf("got %v %v, want %v", got, ok, c.want)
			}
			if got, _ := (view{}).spans(c.set); length(got) != 0 {
				t.Errorf("in an empty folder: %v", got)
			}
		})
	}
	if _, ok := v.spans(imap.SearchRes()); ok {
		t.Error("the result of an earlier search is understood")
	}
}

func TestFollow(t *testing.T) {
	for _, c := range []struct {
		name      string
		have, now []uint32
		may       bool
		gone      []int
		exists    bool
		after     []uint32
		laterGone []int
		hidden    bool // something is in the folder that the view does not show
	}{
		{name: "nothing", have: []uint32{1, 2}, now: []uint32{1, 2}, may: true, after: []uint32{1, 2}},
		{name: "new", have: []uint32{1, 2}, now: []uint32{1, 2, 3}, may: true, exists: true, after: []uint32{1, 2, 3}},
		{name: "first", now: []uint32{3}, may: true, exists: true, after: []uint32{3}},
		{name: "gone", have: []uint32{1, 2, 3, 4}, now: []uint32{2, 4}, may: true, gone: []int{2, 0}, after: []uint32{2, 4}},
		{name: "all gone", have: []uint32{1, 2}, may: true, gone: []int{1, 0}},
		{name: "gone and new", have: []uint32{1, 2, 3}, now: []uint32{1, 3, 5}, may: true, gone: []int{1}, exists: true, after: []uint32{1, 3, 5}},
		{name: "gone but not now", have: []uint32{1, 2, 3}, now: []uint32{1, 3}, after: []uint32{1, 2, 3}, laterGone: []int{1}},
		{name: "new, gone but not now", have: []uint32{1, 2, 3}, now: []uint32{1, 3, 5}, exists: true, after: []uint32{1, 2, 3, 5}, laterGone: []int{1}},
		{name: "the last gone", have: []uint32{1, 2}, now: []uint32{1, 5}, may: true, gone: []int{1}, exists: true, after: []uint32{1, 5}},
		{name: "a new UID below old ones", have: []uint32{1, 5}, now: []uint32{1, 3, 5, 6}, may: true, exists: true, after: []uint32{1, 5, 6}, hidden: true},
		{name: "the same, with one gone", have: []uint32{1, 5}, now: []uint32{3, 5}, may: true, gone: []int{0}, after: []uint32{5}, hidden: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := view{uids: c.have}
			before := slices.Clone(c.have)
			n := v.follow(c.now, c.may)
			if !slices.Equal(n.gone, c.gone) || n.exists != c.exists || !slices.Equal(v.uids, c.after) {
				t.Errorf("got %+v and %v, want gone %v, exists %v and %v", n, v.uids, c.gone, c.exists, c.after)
			}
			if n := v.follow(c.now, true); !slices.Equal(n.gone, c.laterGone) || !c.hidden && !slices.Equal(v.uids, c.now) {
				t.Errorf("later: got %+v and %v", n, v.uids)
			}
			if !slices.Equal(before, c.have) {
				t.Error("what others may share was changed")
			}
		})
	}
}

// FuzzFollow: a client that does what it is told has what the folder has.
func FuzzFollow(f *testing.F) {
	f.Add([]byte{1, 2, 3}, []byte{2, 3, 4}, false)
	f.Fuzz(func(t *testing.T, a, b []byte, first bool) {
		v := view{uids: rising(a)}
		client := slices.Clone(v.uids)
		for _, may := range []bool{first, true} {
			now := rising(b)
			n := v.follow(now, may)
			for _, i := range n.gone {
				client = slices.Delete(client, i, i+1)
			}
			if !n.exists && len(client) != len(v.uids) {
				t.Fatalf("a client has %d messages, the view %d", len(client), len(v.uids))
			}
			client = append(client, v.uids[len(client):]...)
			if !slices.Equal(client, v.uids) {
				t.Fatalf("a client has %v, the view %v", client, v.uids)
			}
		}
	})
}

func rising(b []byte) (uids []uint32) {
	uid := uint32(0)
	for _, step := range b {
		uid += uint32(step%8) + 1
		uids = append(uids, uid)
	}
	return uids
}
