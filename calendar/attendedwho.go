package calendar

import (
	"slices"
	"strings"

	"guildpost/mail"
)

// Somebody is a person who was invited to a date of a meeting.
type Somebody struct {
	ID      int64 // of the subscription
	Name    string
	Address string // canonical
	Yes     bool   // they had said that they come
}

// Present is who came by a line, and what of the line could not be told.
type Present struct {
	Came      []int64        // subscriptions of people who were invited, in their order
	Guests    []mail.Address // who were not
	Ambiguous []string       // what fits several people
	Unknown   []string       // what fits nobody
}

// Match finds the people whom a line means: by their full name, by a part of it that only one of them has, or by their
// address. What is not clear is told, not guessed; whoever is meant by it did not come, where the line says all but them,
// only once it is.
func (a Attended) Match(people []Somebody) (p Present) {
	names := newNames(people)
	came := map[int64]bool{}
	for _, one := range people {
		came[one.ID] = a.All && one.Yes
	}
	yes := slices.DeleteFunc(slices.Clone(people), func(s Somebody) bool { return !s.Yes })
	among := newNames(yes)
	for _, item := range a.But {
		for _, id := range p.meant(item, among, names) {
			came[id] = false
		}
	}
	for _, item := range a.Names {
		for _, id := range p.meant(item, names) {
			came[id] = true
		}
	}
	for _, item := range a.Plus {
		p.plus(item, names, came)
	}
	for _, one := range people {
		if came[one.ID] {
			p.Came = append(p.Came, one.ID)
		}
	}
	return p
}

// plus takes what was written with a plus: a guest by address, or somebody who is invited.
func (p *Present) plus(item string, names *nameIndex, came map[int64]bool) {
	ids, _ := names.find(item)
	address, err := mail.ParseAddress(item)
	if len(ids) == 0 && err == nil {
		if canonical, err := mail.Canonical(address.String()); err == nil {
			if !slices.ContainsFunc(p.Guests, func(g mail.Address) bool { return g.String() == canonical }) {
				guest, _ := mail.ParseAddress(canonical)
				guest.Name = address.Name
				p.Guests = append(p.Guests, guest)
			}
			return
		}
	}
	for _, id := range p.meant(item, names) {
		came[id] = true
	}
}

// meant are the people of an item, by the first of some lists in which it fits any. "Ada and Ben" are two, where nobody is
// called so.
func (p *Present) meant(item string, lists ...*nameIndex) []int64 {
	for _, names := range lists {
		if ids, _ := names.find(item); len(ids) == 1 {
			return ids
		} else if len(ids) > 1 {
			p.Ambiguous = append(p.Ambiguous, item)
			return nil
		}
	}
	if before, after, ok := cutAnd(item); ok {
		return append(p.meant(before, lists...), p.meant(after, lists...)...)
	}
	p.Unknown = append(p.Unknown, item)
	return nil
}

// cutAnd parts an item at its first "and".
func cutAnd(item string) (before, after string, ok bool) {
	words := strings.Fields(item)
	for i, word := range words {
		if i > 0 && i+1 < len(words) && (andWords[plain(word)] || word == "&") {
			return strings.Join(words[:i], " "), strings.Join(words[i+1:], " "), true
		}
	}
	return "", "", false
}

// A nameIndex finds people by what they are called.
type nameIndex struct {
	byAddress map[string]int64
	byName    map[string][]int64 // full names
	byWord    map[string][]int64 // the words of names
	words     map[int64][]string
}

func newNames(people []Somebody) *nameIndex {
	x := &nameIndex{byAddress: map[string]int64{}, byName: map[string][]int64{}, byWord: map[string][]int64{}, words: map[int64][]string{}}
	for _, one := range people {
		x.byAddress[one.Address] = one.ID
		name := plain(one.Name)
		if name == "" {
			continue
		}
		x.byName[name] = append(x.byName[name], one.ID)
		x.words[one.ID] = strings.Fields(name)
		for i, word := range x.words[one.ID] {
			if !slices.Contains(x.words[one.ID][:i], word) {
				x.byWord[word] = append(x.byWord[word], one.ID)
			}
		}
	}
	return x
}

// find returns who is meant, several where that is not clear, and whether an address was looked for.
func (x *nameIndex) find(item string) (ids []int64, byAddress bool) {
	if strings.Contains(item, "@") {
		if address, err := mail.ParseAddress(item); err == nil {
			if canonical, err := mail.Canonical(address.String()); err == nil {
				if id, ok := x.byAddress[canonical]; ok {
					return []int64{id}, true
				}
				return nil, true
			}
		}
	}
	name := plain(item)
	if ids := x.byName[name]; len(ids) > 0 {
		return ids, false
	}
	words := strings.Fields(name)
	switch {
	case len(words) == 0:
		return nil, false
	case len(words) == 1:
		return x.oneWord(words[0]), false
	}
	for _, id := range x.byWord[words[0]] {
		if inOrder(words, x.words[id]) {
			ids = append(ids, id)
		}
	}
	return ids, false
}

// oneWord is who has a word as their first name, else who has it anywhere in their name.
func (x *nameIndex) oneWord(word string) (ids []int64) {
	for _, id := range x.byWord[word] {
		if x.words[id][0] == word {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return x.byWord[word]
	}
	return ids
}

// inOrder says whether words stand in a name in that order; the last may be an initial: "Ben O." is Ben Okafor.
func inOrder(words, name []string) bool {
	at := 0
	for i, word := range words {
		for at < len(name) && name[at] != word && !(i == len(words)-1 && len([]rune(word)) == 1 && strings.HasPrefix(name[at], word)) {
			at++
		}
		if at++; at > len(name) {
			return false
		}
	}
	return true
}
