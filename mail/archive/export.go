package archive

import (
	"context"
	"io"

	"guildpost/mail/archive/box"
	"guildpost/store"
)

// A Sink takes the posts that are exported, in the order in which they came.
type Sink interface {
	// Add takes a post, and its bytes as they came.
	Add(p store.Post, raw []byte) error
	// End is called once, after the last post.
	End(ctx context.Context) error
}

// exportPage is how many posts are asked for at a time.
const exportPage = 500

// Export gives the posts of a community that a filter names to a sink, and returns how many. progress, which may be nil,
// is told after each page.
func Export(ctx context.Context, db *store.DB, communityID int64, f store.ExportFilter, sink Sink, progress func(n int)) (n int, err error) {
	err = eachPage(ctx, db, communityID, f, func(page []store.Post) error {
		for _, p := range page {
			raw, err := db.Raw(ctx, p.RawID)
			if err != nil {
				return err
			}
			if err := sink.Add(p, raw); err != nil {
				return err
			}
			n++
		}
		if progress != nil {
			progress(n)
		}
		return nil
	})
	if err != nil {
		return n, err
	}
	return n, sink.End(ctx)
}

// eachPage calls fn with the posts that a filter names, some at a time.
func eachPage(ctx context.Context, db *store.DB, communityID int64, f store.ExportFilter, fn func([]store.Post) error) error {
	f.Limit = exportPage
	for {
		page, err := db.ExportPosts(ctx, communityID, f)
		if err != nil || len(page) == 0 {
			return err
		}
		if err := fn(page); err != nil {
			return err
		}
		f.After = page[len(page)-1].ID
	}
}

// ToMbox returns a sink that writes an mboxrd file.
func ToMbox(w io.Writer) Sink { return mboxSink{box.NewWriter(w)} }

type mboxSink struct{ w *box.Writer }

// Add is part of Sink.
func (s mboxSink) Add(p store.Post, raw []byte) error { return s.w.Write(p.From, p.Date, raw) }

// End is part of Sink.
func (s mboxSink) End(context.Context) error { return s.w.Close() }

// ToMaildir returns a sink that makes a Maildir at a path where nothing is yet.
func ToMaildir(folder string) (Sink, error) {
	w, err := box.NewMaildirWriter(folder)
	return maildirSink{w}, err
}

type maildirSink struct{ w *box.MaildirWriter }

// Add is part of Sink.
func (s maildirSink) Add(p store.Post, raw []byte) error { return s.w.Write(p.Date, raw) }

// End is part of Sink.
func (s maildirSink) End(context.Context) error { return nil }
