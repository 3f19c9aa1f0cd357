package archive

import (
	"context"
	"slices"
	"strings"
	"time"

	"guildpost/mail"
	"guildpost/store"
)

// An Eraser takes people out of the archive and all else that the database holds.
//
// What they said becomes stubs: messages with the Message-ID, references and date of the post and nothing more, so that
// threads hold together. In what others wrote their names and addresses are replaced, wherever they stand: every message
// that is kept is read for that, since a quotation may be anywhere. What they said is taken out of the answers that quote
// it. All rows about them go, or keep only what names nobody: see store.EraseRows.
//
// An erasure that was cut off is done by doing it again.
type Eraser struct {
	DB       *store.DB
	Now      func() time.Time
	Key      string                // of the hashes that are kept
	Progress func(done, total int) // of the messages that are read; may be nil
}

// A Finding says what an erasure is about, or what it did.
type Finding struct {
	Person      store.Person
	Common      []string // names that are replaced only beside the address, since others have them or they are one word
	Posts       int      // of theirs
	Others      int      // messages of others that name them
	Files       int      // files in messages of others that name them, which are left as they are
	Overwritten bool     // nothing of it is left in the database's files
}

// The name that stands for an erased person, and the domain of their address (RFC 2606: there is no such).
const (
	erasedName   = "Erased member"
	erasedDomain = "erased.invalid"
)

// An erasing is one erasure under way.
type erasing struct {
	*Eraser
	Finding
	redactor *mail.Redactor
	issuer   *mail.Redactor // for newsletters that name them: there names stand alone, and are no other words
	issues   map[int64]bool // raw messages of those
	who      string         // what stands for their address
	own      map[int64]bool // raw messages that they wrote
	answers  map[int64]bool // raw messages of the answers
	pretend  bool
}

// standIn is what stands for an address that was erased.
func standIn(key, address string) string {
	return "erased-" + store.HashAddress(key, address)[:12] + "@" + erasedDomain
}

// Find says what Erase would do.
func (e *Eraser) Find(ctx context.Context, address string) (Finding, error) {
	run, err := e.begin(ctx, address)
	if err != nil {
		return Finding{}, err
	}
	run.pretend = true
	return run.Finding, run.redactOthers(ctx)
}

// Erase erases the person who has an address, by all of their addresses.
func (e *Eraser) Erase(ctx context.Context, by store.Actor, address string) (Finding, error) {
	run, err := e.begin(ctx, address)
	if err != nil {
		return Finding{}, err
	}
	// Answers first: what they quote is known only while it is there.
	for _, step := range []func(context.Context) error{run.redactOthers, run.stubPosts} {
		if err := step(ctx); err != nil {
			return run.Finding, err
		}
	}
	err = e.DB.EraseRows(ctx, run.Person, store.Erasure{By: by, Clean: run.redactor.Text, CleanIssue: run.issuer.Text, CleanID: run.redactor.Reference, Who: run.who,
		Hash: func(address string) string { return store.HashAddress(e.Key, address) }})
	if err != nil {
		return run.Finding, err
	}
	if err := e.DB.OptimizeSearch(ctx); err != nil {
		return run.Finding, err
	}
	const patience = 10 * time.Second
	run.Overwritten, err = e.DB.Overwritten(ctx, patience)
	return run.Finding, err
}

// begin finds out who the person is and what they said.
func (e *Eraser) begin(ctx context.Context, address string) (*erasing, error) {
	person, err := e.DB.Person(ctx, address)
	if err != nil {
		return nil, err
	}
	shared, err := e.DB.SharedNames(ctx, person)
	if err != nil {
		return nil, err
	}
	run := &erasing{Eraser: e, Finding: Finding{Person: person}, own: map[int64]bool{},
		who: standIn(e.Key, address)}
	id := mail.Identity{Addresses: person.Addresses, Address: run.who, Name: erasedName}
	for _, name := range person.Names {
		if isCommon(name, shared) {
			id.Common = append(id.Common, name)
		} else {
			id.Names = append(id.Names, name)
		}
	}
	run.Common = id.Common
	run.redactor = mail.NewRedactor(id)
	alone := notShared(id.Common, shared)
	run.issuer = run.redactor.Also(alone, nil)
	if run.issues, err = e.DB.IssuesNaming(ctx, alone); err != nil {
		return nil, err
	}
	if run.answers, err = e.DB.AnswersTo(ctx, person); err != nil {
		return nil, err
	}
	return run, run.eachOwn(ctx, func(p store.Post, m *mail.Message) error {
		run.own[p.RawID] = true
		run.Posts++
		run.redactor.Said(m.Text().New)
		return nil
	})
}

// notShared are the names that nobody else has.
func notShared(names, shared []string) (alone []string) {
	for _, name := range names {
		if !slices.ContainsFunc(shared, func(s string) bool { return strings.EqualFold(s, name) }) {
			alone = append(alone, name)
		}
	}
	return alone
}

// isCommon says that a name alone does not tell who is meant.
func isCommon(name string, shared []string) bool {
	for _, s := range shared {
		if strings.EqualFold(s, name) {
			return true
		}
	}
	const shortest = 5 // letters of a name that is surely no other word
	return len(strings.Fields(name)) < 2 || len([]rune(name)) < shortest
}

const ownPage = 100 // posts that are read together

// eachOwn calls f with the person's posts.
func (run *erasing) eachOwn(ctx context.Context, f func(store.Post, *mail.Message) error) error {
	after := int64(0)
	for {
		page, err := run.DB.OwnPosts(ctx, run.Person, after, ownPage)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, p := range page {
			raw, err := run.DB.Raw(ctx, p.RawID)
			if err != nil {
				return err
			}
			if err := f(p, mail.Read(raw)); err != nil {
				return err
			}
			after = p.ID
		}
	}
}

// stubPosts makes the person's posts stubs.
func (run *erasing) stubPosts(ctx context.Context) error {
	var stubs []store.Stub
	flush := func() error {
		err := run.DB.StubPosts(ctx, stubs)
		stubs = stubs[:0]
		return err
	}
	err := run.eachOwn(ctx, func(p store.Post, m *mail.Message) error {
		stub, err := run.stub(p, m)
		if err != nil {
			return err
		}
		if stubs = append(stubs, stub); len(stubs) == ownPage {
			return flush()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

// stub is what remains of a post.
func (run *erasing) stub(p store.Post, m *mail.Message) (s store.Stub, err error) {
	subject, _ := run.redactor.Text(p.Subject)
	raw, err := stubMessage(run.redactor, run.who, store.Arrival{Subject: subject, Date: p.Date, MessageID: p.MessageID}, m)
	return store.Stub{Post: p, Raw: raw, Subject: subject, From: run.who, Was: store.PostText(m.SearchText())}, err
}

// stubMessage is the message that stands in the place of an erased one.
func stubMessage(redactor *mail.Redactor, who string, a store.Arrival, m *mail.Message) (raw []byte, err error) {
	local, domain, _ := strings.Cut(who, "@")
	var h mail.Header
	add := func(name, value string) {
		if value != "" && err == nil {
			err = h.Append(name, value)
		}
	}
	add("From", mail.Address{Name: erasedName, Local: local, Domain: domain}.Format())
	add("Date", a.Date.UTC().Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	add("Subject", mail.EncodeText(a.Subject))
	add("Message-ID", bracketed(redactor, []string{a.MessageID}))
	add("In-Reply-To", bracketed(redactor, m.InReplyTo))
	add("References", bracketed(redactor, m.References))
	add("MIME-Version", "1.0")
	add("Content-Type", "text/plain; charset=utf-8")
	return h.Message([]byte("What stood here was erased, as its author has the right to.\r\n")), err
}

// bracketed writes Message-IDs as a header field has them, without the person.
func bracketed(redactor *mail.Redactor, ids []string) string {
	var all []string
	for _, id := range ids {
		if id, _ = redactor.Reference(id); id != "" {
			all = append(all, "<"+id+">")
		}
	}
	return strings.Join(all, " ")
}
