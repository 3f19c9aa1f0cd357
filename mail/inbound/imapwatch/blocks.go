package imapwatch

import "github.com/emersion/go-imap/v2"

// blocks divides a set of UIDs, in their order, without ever writing it out: a server can name four milliards in a line.
type blocks struct {
	ranges []imap.UIDRange
}

// newBlocks leaves out what is before from: "n:*" names the last message even if that is older (RFC 3501 6.4.8).
func newBlocks(set imap.UIDSet, from imap.UID) *blocks {
	b := &blocks{}
	for _, r := range set {
		if r.Start > r.Stop {
			r.Start, r.Stop = r.Stop, r.Start
		}
		if r.Start = max(r.Start, from); r.Start <= r.Stop {
			b.ranges = append(b.ranges, r)
		}
	}
	return b
}

func (b *blocks) count() (n uint64) {
	for _, r := range b.ranges {
		n += uint64(r.Stop) - uint64(r.Start) + 1
	}
	return n
}

// next returns up to blockSize UIDs, none at the end.
func (b *blocks) next() (uids []uint32) {
	for len(b.ranges) > 0 && len(uids) < blockSize {
		r := &b.ranges[0]
		uids = append(uids, uint32(r.Start))
		if r.Start == r.Stop {
			b.ranges = b.ranges[1:]
			continue
		}
		r.Start++
	}
	return uids
}

// uidSet is what a command names.
func uidSet(uids []uint32) (set imap.UIDSet) {
	for _, uid := range uids {
		set.AddNum(imap.UID(uid))
	}
	return set
}
