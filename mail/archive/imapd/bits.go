package imapd

import mathbits "math/bits"

// bits says yes or no of each message of a folder, by its index.
type bits []uint64

func newBits(n int) bits { return make(bits, (n+63)/64) }

// ones has n times yes.
func ones(n int) bits {
	b := newBits(n)
	for i := range b {
		b[i] = ^uint64(0)
	}
	if n%64 != 0 {
		b[len(b)-1] = 1<<(n%64) - 1
	}
	return b
}

func (b bits) set(i int)      { b[i/64] |= 1 << (i % 64) }
func (b bits) has(i int) bool { return b[i/64]&(1<<(i%64)) != 0 }

// and leaves what both have.
func (b bits) and(other bits) {
	for i := range b {
		b[i] &= other[i]
	}
}

// without leaves what the other has not.
func (b bits) without(other bits) {
	for i := range b {
		b[i] &^= other[i]
	}
}

// or adds what the other has.
func (b bits) or(other bits) {
	for i := range b {
		b[i] |= other[i]
	}
}

func (b bits) count() (n int) {
	for _, word := range b {
		n += mathbits.OnesCount64(word)
	}
	return n
}

// each calls f with the index of each yes, in order, until it returns false.
func (b bits) each(f func(i int) bool) {
	for w, word := range b {
		for word != 0 {
			if !f(w*64 + mathbits.TrailingZeros64(word)) {
				return
			}
			word &= word - 1
		}
	}
}
