package archive

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"time"

	"guildpost/mail"
	"guildpost/store"
)

// A read message is one of a batch.
type readMessage struct {
	in      Incoming
	message *mail.Message
	problem string
	arrival store.Arrival // where there is no problem
	met     []*forgotten
}

// forgetAll takes those who were erased out of the messages of a batch: first what they wrote themselves, then what others
// wrote, which may quote it.
func (f *forgetting) forgetAll(ctx context.Context, c store.Community, all []readMessage, now time.Time) (err error) {
	for i := range all {
		r := &all[i]
		if r.met, err = f.addressed(ctx, r.message); err != nil {
			return err
		}
		if p := f.author(*r, now); p != nil {
			if err := f.stub(r, p); err != nil {
				return err
			}
		}
	}
	for i := range all {
		r := &all[i]
		if r.arrival.Erased {
			continue
		}
		if r.met, err = f.mentioned(ctx, *r); err != nil {
			return err
		}
		f.redact(c, r, now)
	}
	return nil
}

// author returns who wrote a message, if they were erased since. One that has no date was written before.
func (f *forgetting) author(r readMessage, now time.Time) *forgotten {
	p := f.person(r.message.Author().String())
	if p == nil {
		return nil
	}
	if written := date(r.message, r.in.Received, now); written.After(p.at) && !written.Equal(now) {
		return nil
	}
	return p
}

// stub makes a message what remains of a post whose author was erased. Of one that could not be filed nothing remains.
func (f *forgetting) stub(r *readMessage, p *forgotten) (err error) {
	p.redactor.Said(r.message.Text().New)
	a := &r.arrival
	p.posts[a.MessageID] = true
	if r.problem != "" {
		r.in.Raw, a.Erased = nil, true
		return nil
	}
	for _, met := range r.met {
		a.Subject, _ = met.redactor.Text(a.Subject)
		a.MessageID, a.References = withoutIDs(met.redactor, a.MessageID, a.References)
	}
	a.SubjectBase, _ = mail.BaseSubject(a.Subject)
	a.Raw, err = stubMessage(p.redactor, p.who, *a, r.message)
	a.From, a.FromName, a.Text, a.Attachments, a.Erased = p.who, "", store.PostText{}, nil, true
	return err
}

// withoutIDs are Message-IDs without the person.
func withoutIDs(redactor *mail.Redactor, id string, references []string) (string, []string) {
	id, _ = redactor.Reference(id)
	for i, ref := range references {
		references[i], _ = redactor.Reference(ref)
	}
	return id, references
}

// redact takes the erased out of a message of somebody else. It is known again by the body that it came with.
func (f *forgetting) redact(c store.Community, r *readMessage, now time.Time) {
	written := date(r.message, r.in.Received, now)
	raw, hash := r.in.Raw, r.arrival.BodyHash
	for _, p := range f.each() {
		if written.After(p.at) && !written.Equal(now) {
			continue
		}
		answers := slices.Contains(r.met, p) || slices.ContainsFunc(r.message.Ancestors(), func(id string) bool { return p.posts[id] })
		raw = p.redactor.Message(raw, answers).Raw
	}
	if bytes.Equal(raw, r.in.Raw) {
		return
	}
	r.in.Raw, r.message = raw, mail.Read(raw)
	if r.problem == "" {
		r.arrival = arrival(c, r.in, r.message, hash, now)
	}
}

// each are those who were met, in a steady order.
func (f *forgetting) each() (all []*forgotten) {
	for _, p := range f.known {
		if !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b *forgotten) int { return strings.Compare(a.address, b.address) })
	return all
}
