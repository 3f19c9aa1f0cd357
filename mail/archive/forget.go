package archive

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"guildpost/mail"
	"guildpost/store"
)

// A forgetting keeps people who were erased out of what is filed. Of them a keyed hash of each address is left, so that they
// are known again when a message names the address; then their names are learnt from what stands beside it, and what they
// said from their own messages, as far as these are filed by the same forgetting and before what quotes them.
//
// What was written after the erasure is left alone: who writes again has come back.
type forgetting struct {
	db     *store.DB
	key    string
	at     map[string]time.Time // of an erasure, by hash
	known  map[string]*forgotten
	hashed map[string]bool // addresses that were looked up and belong to nobody who was erased
}

// A forgotten is an erased address that was met.
type forgotten struct {
	address  string
	who      string // what stands for the address
	at       time.Time
	names    []string
	redactor *mail.Redactor
	posts    map[string]bool // Message-IDs of their messages
}

// forget returns nil where nobody was erased.
func (im *Importer) forget(ctx context.Context) (*forgetting, error) {
	key, at, err := im.DB.Erasures(ctx)
	if err != nil || len(at) == 0 {
		return nil, err
	}
	return &forgetting{db: im.DB, key: key, at: at, known: map[string]*forgotten{}, hashed: map[string]bool{}}, nil
}

// maxHashed bounds how many addresses are remembered as those of others.
const maxHashed = 100_000

// person returns who was erased of the ones with an address, or nil.
func (f *forgetting) person(address string) *forgotten {
	address = strings.ToLower(address)
	if p := f.known[address]; p != nil || f.hashed[address] {
		return p
	}
	canonical, err := mail.Canonical(address)
	if err != nil {
		return nil
	}
	local, domain, _ := strings.Cut(canonical, "@")
	for _, a := range []string{canonical, mail.BaseLocal(local) + "@" + domain} {
		hash := store.HashAddress(f.key, a)
		at, erased := f.at[hash]
		if !erased {
			continue
		}
		p := f.known[a]
		if p == nil {
			p = &forgotten{address: a, who: standIn(f.key, a), at: at, posts: map[string]bool{}}
			p.redactor = mail.NewRedactor(mail.Identity{Addresses: []string{a}, Address: p.who, Name: erasedName})
			f.known[a] = p
		}
		f.known[address] = p
		return p
	}
	if len(f.hashed) >= maxHashed {
		clear(f.hashed)
	}
	f.hashed[address] = true
	return nil
}

// learn notes a name of the person.
func (f *forgetting) learn(ctx context.Context, p *forgotten, name string) error {
	name = strings.Join(strings.Fields(name), " ")
	if name == "" || name == erasedName || strings.Contains(name, "@") || slices.Contains(p.names, name) {
		return nil
	}
	shared, err := f.db.SharedNames(ctx, store.Person{Addresses: []string{p.address}, Names: []string{name}})
	if err != nil {
		return err
	}
	p.names = append(p.names, name)
	if isCommon(name, shared) {
		p.redactor = p.redactor.Also(nil, []string{name})
	} else {
		p.redactor = p.redactor.Also([]string{name}, nil)
	}
	return nil
}

// addressed are those of the erased that the header of a message names; what stands beside their addresses is their names.
func (f *forgetting) addressed(ctx context.Context, m *mail.Message) (met []*forgotten, err error) {
	for _, list := range [][]mail.Address{{m.Author()}, m.From, m.Sender, m.ReplyTo, m.To, m.Cc} {
		for _, a := range list {
			p := f.person(a.String())
			if p == nil {
				continue
			}
			if !slices.Contains(met, p) {
				met = append(met, p)
			}
			if err := f.learn(ctx, p, a.Name); err != nil {
				return nil, err
			}
		}
	}
	return met, nil
}

// mentioned are those of the erased whose address stands anywhere in a message. Of whom no header field has told the name, two
// words before the address are taken for it.
func (f *forgetting) mentioned(ctx context.Context, r readMessage) (met []*forgotten, err error) {
	for _, text := range []string{string(r.in.Raw), r.message.Text().All} {
		for _, match := range addressInText.FindAllStringSubmatch(text, -1) {
			p := f.person(match[2] + "@" + match[3])
			if p == nil {
				continue
			}
			if !slices.Contains(met, p) {
				met = append(met, p)
			}
			if len(p.names) > 0 {
				continue
			}
			if err := f.learn(ctx, p, match[1]); err != nil {
				return nil, err
			}
		}
	}
	return met, nil
}

// addressInText finds addresses, also those that public archives write as "ann at example.org", with what may be the name before.
var addressInText = regexp.MustCompile(`(\p{Lu}[\p{L}'.-]*[ \t]+\p{Lu}[\p{L}'.-]*)?["',]?[ \t]*[<(\[]?` +
	`([^\s<>()\[\],;:"'=|]{1,64})(?:@| at )([\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+)`)
