package archive

import (
	"context"
	"errors"
	"io"
	"time"

	"guildpost/mail/archive/box"
	"guildpost/store"
)

// Bounds of a batch, which is one transaction: others wait no longer than it takes.
const (
	batchMessages = 1000
	batchBytes    = 8 << 20
)

// A Report says what became of the messages of an import.
type Report struct {
	Messages   int64 // read now: Added + Duplicates + Bad
	Resumed    int64 // passed over, since an earlier try has filed them
	Added      int64
	Duplicates int64
	SameID     int64 // of those added: with a Message-ID that another post has, with another body
	Erased     int64 // of those added: stubs, since their author was erased
	Bad        int64
	First      time.Time // the dates of those added, zero where there are none
	Last       time.Time
	Posts      int64 // in the archive then
	Threads    int64
	Problems   []Problem // the first thousand
}

// maxProblems bounds how many are in a report.
const maxProblems = 1000

// A Problem is a message that could not be filed.
type Problem struct {
	Place  string
	Reason string
}

func (r *Report) add(b *batch, results []Result) {
	r.Messages += int64(len(results))
	next := 0
	for i, result := range results {
		if result.Problem != "" {
			r.Bad++
			if len(r.Problems) < maxProblems {
				r.Problems = append(r.Problems, Problem{b.incoming[i].Place, result.Problem})
			}
			continue
		}
		if b.known[i] {
			r.Duplicates++
			continue
		}
		date, erased := b.posts[next].Date, b.posts[next].Erased
		next++
		switch {
		case result.Duplicate:
			r.Duplicates++
			continue
		case result.SameID:
			r.SameID++
		}
		r.Added++
		if erased {
			r.Erased++
		}
		if r.First.IsZero() || date.Before(r.First) {
			r.First = date
		}
		if date.After(r.Last) {
			r.Last = date
		}
	}
}

// Import files all messages of a box into a community's archive. source names the box: an import of the same that was
// not finished is taken up again. Until it is finished the archive is not shown (store.ArchiveOpen). progress, which may
// be nil, is told after each batch.
func (im *Importer) Import(ctx context.Context, by store.Actor, c store.Community, source string, b box.Box, progress func(Report)) (r Report, err error) {
	begun, err := im.DB.BeginImport(ctx, by, c.ID, source, b.Fingerprint())
	if err != nil {
		return r, err
	}
	for r.Resumed < begun.Taken {
		if err := b.Skip(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return r, err
		}
		r.Resumed++
	}
	f, err := im.forget(ctx)
	if err != nil {
		return r, err
	}
	run := importRun{Importer: im, community: c, id: begun.ID, box: b, report: &r, progress: progress, forgetting: f}
	if err := run.all(ctx); err != nil {
		return r, err
	}
	if _, err := im.DB.FinishImport(ctx, store.Actor{Who: by.Who, Via: by.Via, At: im.Now()}, begun.ID); err != nil {
		return r, err
	}
	r.Posts, r.Threads, err = im.DB.ArchiveSize(ctx, c.ID)
	return r, err
}

// An importRun is one import under way. Messages are read from the box, made arrivals, and filed, each at the same time
// as the others, in the order of the box.
type importRun struct {
	*Importer
	community store.Community
	id        int64
	box       box.Box
	report    *Report
	progress  func(Report)
	leaveOut  func(ctx context.Context, b *batch) error // for a dry run: takes out what is known elsewhere

	forgetting *forgetting // nil where nobody was erased
}

func (run *importRun) all(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	queue := run.readers(ctx)
	for reading := range queue {
		b := <-reading
		if err := run.file(ctx, b); err != nil {
			cancel()
			for reading := range queue { // nobody uses the box when this returns
				<-reading
			}
			return err
		}
	}
	return ctx.Err()
}

// take takes messages out of the box, up to some number or size. The error may come with messages.
func (run *importRun) take(messages, bytes int) (all []Incoming, err error) {
	for size := 0; len(all) < messages && size < bytes; {
		m, err := run.box.Next()
		if err != nil {
			return all, err
		}
		all = append(all, Incoming{Raw: m.Raw, Received: m.Received, Place: m.Place, Problem: m.Problem})
		size += len(m.Raw)
	}
	return all, nil
}

// readersAtOnce is how many batches are being read: each takes memory.
const readersAtOnce = 2

// readers reads batches at the same time as they are filed. Each comes on a channel of its own, those in their order.
func (run *importRun) readers(ctx context.Context) <-chan chan *batch {
	queue := make(chan chan *batch, 1)
	busy := make(chan struct{}, readersAtOnce)
	if run.forgetting != nil { // what is quoted is learnt from the batch before
		busy = make(chan struct{}, 1)
	}
	go func() {
		defer close(queue)
		for err := error(nil); err == nil; {
			var incoming []Incoming
			select {
			case busy <- struct{}{}:
			case <-ctx.Done():
				return
			}
			incoming, err = run.take(batchMessages, batchBytes)
			reading := make(chan *batch, 1)
			select {
			case queue <- reading:
			case <-ctx.Done():
				return
			}
			go func() {
				b := run.read(ctx, run.community, incoming, run.forgetting)
				for i := range incoming {
					incoming[i].Raw = nil // it is packed
				}
				<-busy
				if !errors.Is(err, io.EOF) {
					b.end = err
				}
				reading <- b
			}()
		}
	}()
	return queue
}

// file files a batch, and tells how far the import has come.
func (run *importRun) file(ctx context.Context, b *batch) error {
	if b.err == nil && run.leaveOut != nil {
		b.err = run.leaveOut(ctx, b)
	}
	if b.err != nil {
		return b.err
	}
	if len(b.incoming) == 0 {
		return b.end
	}
	taken := run.report.Resumed + run.report.Messages + int64(len(b.incoming))
	filed, err := run.DB.ImportPosts(ctx, run.community.ID,
		store.Filing{ImportID: run.id, Taken: taken, Posts: b.posts, Problems: b.problems, Now: run.Now()})
	if err != nil {
		return err
	}
	run.report.add(b, b.results(filed))
	if run.progress != nil {
		run.progress(*run.report)
	}
	return b.end
}
