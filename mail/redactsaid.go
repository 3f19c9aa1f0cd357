package mail

import (
	"hash/maphash"
	"strings"
)

// What somebody said stands in the answers to it as well, quoted. It is found there by its runs of shingleWords words,
// however the lines were broken anew.
const shingleWords = 5

var shingleSeed = maphash.MakeSeed()

// Said notes what the person said: text is one of their messages. Message takes it out of the answers.
func (r *Redactor) Said(text string) {
	words := strings.Fields(FoldWords(text))
	for i := 0; i+shingleWords <= len(words); i++ {
		r.shingles[shingle(words[i:i+shingleWords])] = struct{}{}
	}
}

func shingle(words []string) uint64 {
	var h maphash.Hash
	h.SetSeed(shingleSeed)
	for _, word := range words {
		_, _ = h.WriteString(word) // a maphash takes everything
		_ = h.WriteByte(' ')
	}
	return h.Sum64()
}

// elision is what stands for a line that the person said.
const elision = "[…]"

// withoutSaid takes lines out that the person said: those most of whose runs of words are theirs, and short ones that are
// quoted directly below such a line.
func (r *Redactor) withoutSaid(text string) string {
	if len(r.shingles) == 0 {
		return text
	}
	lines := strings.Split(text, "\n")
	all := make([]string, 0, len(lines))
	gone, mark := false, ""
	for _, line := range lines {
		bare := strings.TrimRight(line, "\r")
		quotation := bare[:len(bare)-len(strings.TrimLeft(bare, "> \t|"))]
		words := strings.Fields(FoldWords(bare))
		switch {
		case r.isSaid(words), gone && quotation == mark && quotation != "" && len(words) < shingleWords && len(words) > 0:
			if !gone || quotation != mark {
				all = append(all, quotation+elision+line[len(bare):])
			}
			gone, mark = true, quotation
		default:
			all = append(all, line)
			gone = false
		}
	}
	return strings.Join(all, "\n")
}

// isSaid says that a line is the person's. A line that they share a phrase with is not.
func (r *Redactor) isSaid(words []string) bool {
	n, all := 0, len(words)-shingleWords+1
	for i := range max(0, all) {
		if _, ok := r.shingles[shingle(words[i:i+shingleWords])]; ok {
			n++
		}
	}
	return n > 0 && n*5 >= all*3
}
