package mailtest

// draw says whether something with a share of 0 to 1 happens to what is named by key. It is a pure function, so
// that a seed repeats a run.
func draw(seed uint64, what, key string, share float64) bool {
	if share <= 0 {
		return false
	}
	return share >= 1 || float64(mix(seed, what, key)>>11)/(1<<53) < share
}

// drawNth is draw for the nth transaction of a connection.
func drawNth(seed uint64, what string, conn, n int, share float64) bool {
	if share <= 0 {
		return false
	}
	var key [16]byte
	for i := range 8 {
		key[i], key[8+i] = byte(conn>>(8*i)), byte(n>>(8*i))
	}
	return draw(seed, what, string(key[:]), share)
}

// mix is FNV-1a with a finish that spreads the high bits.
func mix(seed uint64, parts ...string) uint64 {
	h := uint64(14695981039346656037) ^ seed
	for _, part := range parts {
		for i := 0; i < len(part); i++ {
			h = (h ^ uint64(part[i])) * 1099511628211
		}
		h = (h ^ 0xff) * 1099511628211
	}
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}
