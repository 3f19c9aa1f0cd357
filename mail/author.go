package mail

import (
	"slices"
	"strings"
)

// Author is who wrote a message, as far as it says: who stands first in From, else in Sender; the zero Address where that
// is nobody.
//
// A list that puts itself into From, since the author's domain forbids others to send in its name (DMARC, RFC 7960
// 4.1.3.1), is not the author. From is the list where its address is that of List-Post, List-Id or what older software has
// in their place, or where its name ends in " via List" or " (via List)". Then the author is in one of these fields, the
// first that has somebody else than the list:
//
//   - X-Original-From and X-Original-Sender, which keep what From was (guildpost, Google Groups);
//   - Reply-To, where answers reach the author (Mailman): of several there, the one of the name in From;
//   - Cc, for the one of the name in From: it is there that Mailman has the author where answers go to the list.
//
// Where none says who it was, the list stays the author.
//
// QUIRK: public archives of Mailman write addresses as "ann at example.org (Ann)"; these are read as well.
func (m *Message) Author() Address {
	var from Address
	switch {
	case len(m.From) > 0:
		from = m.From[0]
	case len(m.Sender) > 0:
		from = m.Sender[0]
	default:
		return obfuscated(m.Header.Get("From"))
	}
	if author, ok := m.behindList(from); ok {
		return author
	}
	return from
}

// behindList finds the person in whose stead a list stands in From.
func (m *Message) behindList(from Address) (author Address, ok bool) {
	name, via := cutVia(from.Name)
	lists := m.listAddresses()
	if !via && !slices.ContainsFunc(lists, from.sameMailbox) {
		return Address{}, false
	}
	lists = append(slices.Clip(lists), from)
	for _, field := range []string{"X-Original-From", "X-Original-Sender", "Reply-To", "Cc"} {
		people := slices.DeleteFunc(m.addresses(field), func(a Address) bool { return ofList(a, lists) })
		if author, ok = pick(people, name, field != "Cc"); ok {
			break
		}
	}
	if author.Name == "" {
		author.Name = name
	}
	return author, ok
}

// pick finds the one of a name, or the only one there is where that is enough.
func pick(people []Address, name string, only bool) (Address, bool) {
	if only && len(people) == 1 {
		return people[0], true
	}
	i := slices.IndexFunc(people, func(a Address) bool { return name != "" && strings.EqualFold(bareName(a.Name), name) })
	if i < 0 {
		return Address{}, false
	}
	return people[i], true
}

// cutVia takes " via List" or " (via List)" from the end of a name. The name is "" where it had neither.
func cutVia(full string) (name string, ok bool) {
	full = bareName(full)
	i := strings.LastIndex(full, " via ")
	if strings.HasSuffix(full, ")") {
		i = max(i, strings.LastIndex(full, " (via "))
	}
	if i < 0 {
		return "", false
	}
	return bareName(full[:i]), true
}

// bareName is a name without what stands round it: Google Groups writes 'Ann' via Group.
func bareName(name string) string { return strings.Trim(name, ` '"`) }

// listAddresses are those of the lists that a message has passed. Where a list says that it is one and not which, it is
// the one that the message is to.
func (m *Message) listAddresses() (all []Address) {
	for _, field := range []string{"List-Post", "X-BeenThere", "X-Mailing-List"} {
		for _, value := range m.Header.Values(field) {
			value, _, _ = strings.Cut(strings.Trim(strings.TrimSpace(value), "<>"), "?")
			all = append(all, ParseAddressList(value)...)
		}
	}
	for _, id := range m.ListIDs() {
		if a, err := ParseAddress(strings.Replace(id, ".", "@", 1)); err == nil {
			all = append(all, a)
		}
	}
	isList := m.Header.Has("List-Unsubscribe") || m.Header.Has("Mailing-List") || strings.EqualFold(strings.TrimSpace(m.Header.Get("Precedence")), "list")
	if len(all) == 0 && len(m.To) == 1 && isList {
		return m.To
	}
	return all
}

// ofList says whether an address is one of the lists, or one beside it such as list-owner and list+t.
func ofList(a Address, lists []Address) bool {
	return slices.ContainsFunc(lists, func(list Address) bool {
		beside, ok := strings.CutPrefix(strings.ToLower(a.Local), strings.ToLower(list.Local))
		return ok && strings.EqualFold(a.Domain, list.Domain) && (beside == "" || beside[0] == '-' || beside[0] == '+')
	})
}

// obfuscated reads "ann at example.org (Ann)".
func obfuscated(value string) Address {
	value, comment, _ := strings.Cut(DecodeWords(value), "(")
	words := strings.Fields(value)
	if len(words) != 3 || words[1] != "at" {
		return Address{}
	}
	a, err := ParseAddress(words[0] + "@" + words[2])
	if err != nil {
		return Address{}
	}
	a.Name = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(comment), ")"))
	return a
}
