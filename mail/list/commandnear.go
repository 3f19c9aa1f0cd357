package list

import "strings"

// nearestVerb returns the verb that a word was probably meant to be, "" where none is near.
func nearestVerb(word string) string {
	word = strings.ToLower(strings.Trim(word, ".,:;!?"))
	const longest = 20
	if len(word) < 2 || len(word) > longest {
		return ""
	}
	best, near, length := "", 3, 0
	for verb, others := range synonyms {
		if verb == "end" { // nobody is told to read no further
			continue
		}
		for _, known := range append([]string{verb}, others...) {
			d := editDistance(word, known)
			// Of those that are as near, a longer one has more letters right.
			nearer := d < near || d == near && (len(known) > length || len(known) == length && verb < best)
			if d*3 <= len(known)+2-d && nearer {
				best, near, length = verb, d, len(known)
			}
		}
	}
	return best
}

// editDistance counts the letters that are wrong, missing, too many, or swapped with the next.
func editDistance(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, last := make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row := make([]int, len(y)+1)
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(row[j-1]+1, last[j]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(y)]
}
