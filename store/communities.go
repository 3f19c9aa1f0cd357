package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// An Actor is who does something, and how, for the journal.
type Actor struct {
	Who string // an address, or "postmaster"
	Via string // "command", "mail <MESSAGE-ID>", "ticket", "web"
	At  time.Time
}

const communityColumns = "id, name, domain, title, closed, rules, created_at"

func scanCommunity(row rowScanner) (c Community, err error) {
	var rules string
	var created int64
	if err = row.Scan(&c.ID, &c.Name, &c.Domain, &c.Title, &c.Closed, &rules, &created); err != nil {
		return c, err
	}
	c.CreatedAt = fromMicros(created)
	return c, json.Unmarshal([]byte(rules), &c.Rules)
}

// CreateCommunity makes a community from Name, Domain, Title and Rules; Conflict where the list address is taken.
func (db *DB) CreateCommunity(ctx context.Context, by Actor, c Community) (Community, error) {
	c.CreatedAt = by.At
	rules, err := json.Marshal(c.Rules)
	if err != nil {
		return c, err
	}
	err = db.durable.do(ctx, func(t *tx) (err error) {
		c.ID, err = t.insert(`INSERT INTO communities (name, domain, title, closed, rules, created_at)
			VALUES (?, ?, ?, ?, ?, ?)`, c.Name, c.Domain, c.Title, c.Closed, string(rules), micros(c.CreatedAt))
		if isConflict(err) {
			return Errorf(Conflict, "there is a community %s already", c.Address())
		}
		if err != nil {
			return err
		}
		return t.journal(by, entry{community: c.ID, action: "create community", after: c.Address()})
	})
	return c, err
}

// Community returns the community with an ID.
func (db *DB) Community(ctx context.Context, id int64) (c Community, err error) {
	err = db.queryRow(ctx, "there is no such community", func(row rowScanner) (err error) {
		c, err = scanCommunity(row)
		return err
	}, "SELECT "+communityColumns+" FROM communities WHERE id = ?", id)
	return c, err
}

// CommunityByAddress returns the community with a list address.
func (db *DB) CommunityByAddress(ctx context.Context, name, domain string) (c Community, err error) {
	err = db.queryRow(ctx, fmt.Sprintf("there is no community %s@%s", name, domain), func(row rowScanner) (err error) {
		c, err = scanCommunity(row)
		return err
	}, "SELECT "+communityColumns+" FROM communities WHERE domain = ? AND name = ?", domain, name)
	return c, err
}

// CommunityByName takes what a person types: NAME@DOMAIN, or NAME where only one domain has it.
func (db *DB) CommunityByName(ctx context.Context, name string) (Community, error) {
	name = strings.ToLower(name)
	if local, domain, ok := strings.Cut(name, "@"); ok {
		return db.CommunityByAddress(ctx, local, domain)
	}
	all, err := db.Communities(ctx)
	if err != nil {
		return Community{}, err
	}
	var found []Community
	var addresses []string
	for _, c := range all {
		if c.Name == name {
			found = append(found, c)
			addresses = append(addresses, c.Address())
		}
	}
	switch len(found) {
	case 0:
		return Community{}, Errorf(NotFound, "there is no community %s; guildpost cop list shows those there are", name)
	case 1:
		return found[0], nil
	}
	return Community{}, Errorf(Conflict, "several communities have that name; say which: %s", strings.Join(addresses, ", "))
}

// Communities returns all communities by domain and name.
func (db *DB) Communities(ctx context.Context) (all []Community, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		c, err := scanCommunity(row)
		all = append(all, c)
		return err
	}, "SELECT "+communityColumns+" FROM communities ORDER BY domain, name")
	return all, err
}

// Domains returns the domains that have a community.
func (db *DB) Domains(ctx context.Context) (all []string, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		var domain string
		err := row.Scan(&domain)
		all = append(all, domain)
		return err
	}, "SELECT DISTINCT domain FROM communities ORDER BY domain")
	return all, err
}

// UpdateCommunity keeps a community's Title, Closed and Rules.
func (db *DB) UpdateCommunity(ctx context.Context, by Actor, c Community) error {
	after, err := json.Marshal(c.Rules)
	if err != nil {
		return err
	}
	return db.durable.do(ctx, func(t *tx) error {
		before, err := scanCommunity(t.row("SELECT "+communityColumns+" FROM communities WHERE id = ?"+
			t.dialect.forUpdate(), c.ID))
		if err != nil {
			return Errorf(NotFound, "there is no community %s any more", c.Address())
		}
		if _, err := t.exec("UPDATE communities SET title = ?, closed = ?, rules = ? WHERE id = ?",
			c.Title, c.Closed, string(after), c.ID); err != nil {
			return err
		}
		if before.Timezone != c.Timezone {
			if err := t.replanBriefs(c.ID); err != nil {
				return err
			}
		}
		return t.journal(by, entry{community: c.ID, action: "change community",
			before: communityText(before), after: communityText(c)})
	})
}

// communityText is what the journal keeps of a community.
func communityText(c Community) string {
	text, err := json.Marshal(struct {
		Title  string `json:"title"`
		Closed bool   `json:"closed"`
		Rules
	}{c.Title, c.Closed, c.Rules})
	if err != nil {
		return ""
	}
	return string(text)
}
