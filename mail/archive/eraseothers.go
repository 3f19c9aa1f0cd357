package archive

import (
	"context"
	"sync"

	"guildpost/mail"
	"guildpost/store"
)

const (
	scanPage   = 500     // messages that are read together
	scanners   = 2       // that read at once
	redactMost = 8 << 20 // bytes of messages that are written together
	redactPage = ownPage // and how many
)

// redactOthers goes through all messages that are kept and takes the person out of those that name them.
func (run *erasing) redactOthers(ctx context.Context) error {
	var ids []int64
	for after := int64(0); ; {
		page, err := run.DB.RawIDs(ctx, after, 10_000)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			break
		}
		ids, after = append(ids, page...), page[len(page)-1]
	}
	for done := 0; done < len(ids); done += scanPage {
		page := ids[done:min(done+scanPage, len(ids))]
		found, err := run.scan(ctx, page)
		if err == nil && !run.pretend {
			err = run.write(ctx, found)
		}
		if err != nil {
			return err
		}
		if run.Progress != nil {
			run.Progress(done+len(page), len(ids))
		}
	}
	return nil
}

// A scanned is what a scanner found.
type scanned struct {
	redactions []store.Redaction
	files      int
	err        error
}

// scan reads messages and returns those that name the person, without them.
func (run *erasing) scan(ctx context.Context, ids []int64) (all []store.Redaction, err error) {
	results := make([]scanned, scanners)
	var wait sync.WaitGroup
	for i := range results {
		share := ids[i*len(ids)/scanners : (i+1)*len(ids)/scanners]
		wait.Go(func() { results[i] = run.scanShare(ctx, share) })
	}
	wait.Wait()
	for _, r := range results {
		if r.err != nil {
			return nil, r.err
		}
		all = append(all, r.redactions...)
		run.Files += r.files
	}
	run.Others += len(all)
	return all, nil
}

func (run *erasing) scanShare(ctx context.Context, ids []int64) (s scanned) {
	for _, id := range ids {
		if run.own[id] {
			continue
		}
		raw, err := run.DB.Raw(ctx, id)
		if store.KindOf(err) == store.NotFound {
			continue // it was pruned meanwhile
		}
		if err != nil {
			return scanned{err: err}
		}
		redactor := run.redactor
		if run.issues[id] {
			redactor = run.issuer
		}
		redacted := redactor.Message(raw, run.answers[id])
		s.files += redacted.Files
		if redacted.Changed {
			s.redactions = append(s.redactions, run.redaction(id, raw, redacted.Raw))
		}
	}
	return s
}

func (run *erasing) redaction(id int64, was, now []byte) store.Redaction {
	r := store.Redaction{RawID: id, Raw: now}
	if run.pretend {
		return store.Redaction{RawID: id}
	}
	m := mail.Read(now)
	r.Subject, r.Now, r.Was = m.Subject, store.PostText(m.SearchText()), store.PostText(mail.Read(was).SearchText())
	for _, f := range m.Files() {
		r.Files = append(r.Files, store.Attachment(f))
	}
	return r
}

// write puts redacted messages in the place of what they were, some at a time.
func (run *erasing) write(ctx context.Context, all []store.Redaction) error {
	for len(all) > 0 {
		n, size := 0, 0
		for n < len(all) && n < redactPage && (n == 0 || size+len(all[n].Raw) <= redactMost) {
			size += len(all[n].Raw)
			n++
		}
		if err := run.DB.RedactRaw(ctx, all[:n]); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}
