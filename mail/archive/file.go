package archive

import (
	"context"
	"time"

	"guildpost/mail"
	"guildpost/store"
)

// An Importer files messages of the past into the archives of communities.
type Importer struct {
	DB  *store.DB
	Now func() time.Time
}

// A Result says what became of a message: a post, or kept aside for a problem.
type Result struct {
	PostID    int64
	ThreadID  int64
	Duplicate bool
	SameID    bool   // another post has its Message-ID, with another body
	Problem   string // a sentence
}

// File files some messages as they come, such as those of an IMAP folder, in one transaction, and returns what became of
// each. When it returns they are there for good, so that the folder's may be deleted.
func (im *Importer) File(ctx context.Context, c store.Community, all []Incoming) ([]Result, error) {
	f, err := im.forget(ctx)
	if err != nil {
		return nil, err
	}
	b := im.read(ctx, c, all, f)
	if b.err != nil {
		return nil, b.err
	}
	filed, err := im.DB.ImportPosts(ctx, c.ID, store.Filing{Posts: b.posts, Problems: b.problems, Now: im.Now()})
	if err != nil {
		return nil, err
	}
	return b.results(filed), nil
}

// A batch is some messages that were read.
type batch struct {
	incoming []Incoming
	posts    []store.Arrival
	problems []store.ImportProblem
	reasons  []string // of each of incoming; "" for a post
	known    []bool   // of each of incoming: whether it is a duplicate of what is elsewhere, and not among posts
	err      error    // the batch cannot be filed
	end      error    // what came after it cannot be read
}

// read makes arrivals of messages, without those who were erased.
func (im *Importer) read(ctx context.Context, c store.Community, all []Incoming, f *forgetting) *batch {
	b := &batch{incoming: all, reasons: make([]string, len(all)), known: make([]bool, len(all)), posts: make([]store.Arrival, 0, len(all))}
	now := im.Now()
	if f != nil {
		b.err = b.readForgetting(ctx, c, f, now)
	} else {
		for i, in := range all {
			b.add(i, readOne(c, in, now))
		}
	}
	store.Pack(b.posts)
	return b
}

func readOne(c store.Community, in Incoming, now time.Time) readMessage {
	r := readMessage{in: in, message: mail.Read(in.Raw)}
	if r.problem = problemOf(in, r.message); r.problem == "" {
		r.arrival = arrival(c, in, r.message, r.message.BodyHash(), now)
	}
	return r
}

// readForgetting reads all messages before it takes those who were erased out of each: one may quote another.
func (b *batch) readForgetting(ctx context.Context, c store.Community, f *forgetting, now time.Time) error {
	read := make([]readMessage, len(b.incoming))
	for i, in := range b.incoming {
		read[i] = readOne(c, in, now)
	}
	if err := f.forgetAll(ctx, c, read, now); err != nil {
		return err
	}
	for i, r := range read {
		b.add(i, r)
	}
	return nil
}

// add adds what became of a message.
func (b *batch) add(i int, r readMessage) {
	if b.reasons[i] = r.problem; r.problem == "" {
		b.posts = append(b.posts, r.arrival)
	} else if len(r.in.Raw) > 0 {
		b.problems = append(b.problems, store.ImportProblem{Place: r.in.Place, Reason: r.problem, Raw: r.in.Raw})
	}
}

// results are those of a batch, of whose posts the store said what became.
func (b *batch) results(filed []store.Filed) []Result {
	all := make([]Result, len(b.incoming))
	for i, reason := range b.reasons {
		if reason != "" {
			all[i].Problem = reason
			continue
		}
		if b.known[i] {
			all[i].Duplicate = true
			continue
		}
		f := filed[0]
		filed = filed[1:]
		all[i] = Result{PostID: f.PostID, ThreadID: f.ThreadID, Duplicate: f.Duplicate, SameID: f.SameID}
	}
	return all
}

// Attachment returns a file in a post by its part, and its content.
func Attachment(ctx context.Context, db *store.DB, post store.Post, part string) (a store.Attachment, content []byte, err error) {
	raw, err := db.Raw(ctx, post.RawID)
	if err != nil {
		return a, nil, err
	}
	m := mail.Read(raw)
	for _, f := range m.Files() {
		if f.Part == part {
			return store.Attachment(f), m.Part(part).Content(0), nil
		}
	}
	return a, nil, store.Errorf(store.NotFound, "post %d has no file in part %s", post.ID, part)
}
