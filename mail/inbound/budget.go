package inbound

import "sync/atomic"

// A budget bounds the memory of all messages that are coming in or being stored. The last quarter is for trusted
// peers, so that strangers who send slowly cannot keep out our own mail server.
type budget struct {
	used atomic.Int64
	max  int64
}

// take asks for n octets more, or gives back where n is negative.
func (b *budget) take(n int64, trusted bool) bool {
	limit := b.max
	if !trusted {
		limit -= b.max / 4
	}
	if b.used.Add(n) > limit && n > 0 {
		b.used.Add(-n)
		return false
	}
	return true
}
