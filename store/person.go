package store

import (
	"context"
	"slices"
	"strconv"
	"strings"
)

// A Person is somebody as the database knows them: a member with all addresses, or an address that is nobody's.
type Person struct {
	MemberID  int64    // 0 for no member
	Addresses []string // canonical, the one that was asked for first
	Names     []string // that they have had, the member's first
}

// Person finds out who has an address: with all that are theirs, and those that they posted from.
func (db *DB) Person(ctx context.Context, address string) (p Person, err error) {
	p.Addresses = []string{address}
	err = db.queryRow(ctx, "no member", func(row rowScanner) error { return row.Scan(&p.MemberID) },
		"SELECT member_id FROM addresses WHERE address = ?", address)
	if err != nil && KindOf(err) != NotFound {
		return p, err
	}
	if p.MemberID != 0 {
		if err := db.addStrings(ctx, &p.Addresses, `SELECT address FROM addresses WHERE member_id = ?
			UNION SELECT from_address FROM posts WHERE member_id = ? AND from_address <> '' ORDER BY 1`, p.MemberID, p.MemberID); err != nil {
			return p, err
		}
		if err := db.addStrings(ctx, &p.Names, "SELECT name FROM members WHERE id = ?", p.MemberID); err != nil {
			return p, err
		}
	}
	text, args := p.where("SELECT DISTINCT from_name FROM posts WHERE {posts} ORDER BY 1")
	return p, db.addStrings(ctx, &p.Names, text, args...)
}

// addStrings appends the strings that a query finds, those that are not empty and not there yet.
func (db *DB) addStrings(ctx context.Context, all *[]string, text string, args ...any) error {
	return db.query(ctx, func(row rowScanner) error {
		var s string
		err := row.Scan(&s)
		if s != "" && !slices.Contains(*all, s) {
			*all = append(*all, s)
		}
		return err
	}, text, args...)
}

// SharedNames returns those of a person's names that others have as well, as members or authors.
func (db *DB) SharedNames(ctx context.Context, p Person) (shared []string, err error) {
	for _, name := range p.Names {
		text, args := p.where(`SELECT EXISTS (SELECT 1 FROM members WHERE name = ? AND id <> {member})
			OR EXISTS (SELECT 1 FROM posts WHERE from_name = ? AND state = 0 AND NOT ({posts}))`, name, name)
		var is bool
		if err := db.queryRow(ctx, "", func(row rowScanner) error { return row.Scan(&is) }, text, args...); err != nil {
			return nil, err
		}
		if is {
			shared = append(shared, name)
		}
	}
	return shared, nil
}

// where writes a statement about a person: {member} is the member's ID, {id} the same in digits, {addresses} the list of
// addresses, {posts} the condition that a row of posts is theirs. A "?" takes the next of args.
func (p Person) where(text string, args ...any) (string, []any) {
	const posts = "(member_id <> 0 AND member_id = {member} OR from_address IN {addresses})"
	text = strings.ReplaceAll(text, "{posts}", posts)
	var b strings.Builder
	var all []any
	for text != "" {
		before, rest, token := nextToken(text)
		b.WriteString(before)
		text = rest
		switch token {
		case "?":
			b.WriteString("?")
			all, args = append(all, args[0]), args[1:]
		case "{member}":
			b.WriteString("?")
			all = append(all, p.MemberID)
		case "{id}":
			b.WriteString("?")
			all = append(all, strconv.FormatInt(p.MemberID, 10))
		case "{addresses}":
			b.WriteString("(?" + strings.Repeat(", ?", len(p.Addresses)-1) + ")")
			for _, address := range p.Addresses {
				all = append(all, address)
			}
		}
	}
	return b.String(), all
}

// nextToken cuts a text at its first token.
func nextToken(text string) (before, rest, token string) {
	at := len(text)
	for _, t := range []string{"?", "{member}", "{id}", "{addresses}"} {
		if i := strings.Index(text, t); i >= 0 && i < at {
			at, token = i, t
		}
	}
	return text[:at], text[at+len(token):], token
}
