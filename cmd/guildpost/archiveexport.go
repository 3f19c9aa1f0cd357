package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"guildpost/mail"
	"guildpost/mail/archive"
	"guildpost/store"
)

type archiveExportOptions struct {
	format, month, from, to, person string
	thread                          int64
}

func (a *app) archiveExport() *cobra.Command {
	var o archiveExportOptions
	c := &cobra.Command{Use: "export COP FILE", Short: "Writes a community's archive as mbox, Maildir or ZIP", Args: arguments(2, 2),
		Long: "Writes the posts of a community, byte for byte, into a new file, or - for the standard output. Formats:\n" +
			"mboxrd (one file), maildir (a folder), zip (each post as .eml, and index.json with threads and attachments).\n" +
			"archive import makes the same archive of any of them.",
		RunE: func(c *cobra.Command, args []string) error {
			return a.withCommunity(c.Context(), args[0], func(db *store.DB, community store.Community) error {
				return a.exportArchive(c.Context(), db, community, args[1], o)
			})
		}}
	f := c.Flags()
	f.StringVar(&o.format, "format", "mboxrd", "mboxrd, maildir or zip")
	f.Int64Var(&o.thread, "thread", 0, "only the thread with this `NUMBER`")
	f.StringVar(&o.month, "month", "", "only a `MONTH`, such as 2026-03")
	f.StringVar(&o.from, "from", "", "only from a `TIME` on, such as 2026-03-01")
	f.StringVar(&o.to, "to", "", "only before a `TIME`, such as 2026-04-01")
	f.StringVar(&o.person, "person", "", "only what was posted from an `ADDRESS`")
	return c
}

func (a *app) exportArchive(ctx context.Context, db *store.DB, c store.Community, name string, o archiveExportOptions) error {
	filter, err := a.exportFilter(ctx, db, c, o)
	if err != nil {
		return err
	}
	sink, out, err := a.openSink(db, c, name, filter, o.format)
	if err != nil {
		return err
	}
	bar := a.progressOf("posts")
	n, err := archive.Export(ctx, db, c.ID, filter, sink, func(n int) { bar.set(n, 0, 0) })
	bar.end()
	if err == nil {
		err = out.finish()
	}
	if err != nil {
		out.discard()
		return err
	}
	if name != "-" {
		a.say("wrote %s to %s", counted(n, "post", "posts"), shortPath(absolute(name, a.dir), a.dir))
	}
	return nil
}

func (a *app) exportFilter(ctx context.Context, db *store.DB, c store.Community, o archiveExportOptions) (f store.ExportFilter, err error) {
	if o.month != "" && (o.from != "" || o.to != "") {
		return f, store.Errorf(store.Invalid, "--month goes without --from and --to")
	}
	if o.month != "" {
		if f.From, err = time.ParseInLocation("2006-01", o.month, a.config.Timezone); err != nil {
			return f, store.Errorf(store.Invalid, "%q is no month: write it as 2026-03", o.month)
		}
		f.To = f.From.AddDate(0, 1, 0)
	}
	if o.from != "" {
		f.From, err = parseUntil(o.from, a.now(), a.config.Timezone)
	}
	if o.to != "" && err == nil {
		f.To, err = parseUntil(o.to, a.now(), a.config.Timezone)
	}
	if o.person != "" && err == nil {
		f.Person, err = mail.Canonical(o.person)
	}
	if err != nil {
		return f, store.Errorf(store.Invalid, "%w", err)
	}
	if o.thread == 0 {
		return f, nil
	}
	thread, err := threadNumbered(ctx, db, strconv.FormatInt(o.thread, 10))
	if err == nil && thread.CommunityID != c.ID {
		err = store.Errorf(store.NotFound, "there is no thread %d in %s", o.thread, c.Address())
	}
	f.ThreadID = thread.ID
	return f, err
}

// An exportFile is where an export goes: a new file or folder, or the standard output, which has no path.
type exportFile struct {
	path   string
	file   *os.File
	buffer *bufio.Writer
}

// openSink opens what an export goes to; it never overwrites.
func (a *app) openSink(db *store.DB, c store.Community, name string, filter store.ExportFilter, format string) (archive.Sink, *exportFile, error) {
	out := &exportFile{}
	if name != "-" {
		out.path = absolute(name, a.dir)
	}
	switch format {
	case "maildir":
		if name == "-" {
			return nil, nil, store.Errorf(store.Invalid, "a Maildir is a folder: it cannot go to the standard output")
		}
		sink, err := archive.ToMaildir(out.path)
		return sink, out, cannotMake(name, err)
	case "mboxrd", "zip":
	default:
		return nil, nil, store.Errorf(store.Invalid, "--format %s: must be one of mboxrd, maildir, zip", format)
	}
	w, err := out.open(a.stdout)
	if err != nil {
		return nil, nil, cannotMake(name, err)
	}
	if format == "zip" {
		return archive.ToZIP(w, db, c, filter, a.now()), out, nil
	}
	return archive.ToMbox(w), out, nil
}

func cannotMake(name string, err error) error {
	switch {
	case errors.Is(err, fs.ErrExist):
		return store.Errorf(store.Conflict, "%s exists; an export never overwrites: name another", name)
	case err != nil:
		return store.Errorf(store.Invalid, "%s cannot be written: %w", name, err)
	}
	return nil
}

func (f *exportFile) open(stdout io.Writer) (io.Writer, error) {
	if f.path == "" {
		f.buffer = bufio.NewWriterSize(stdout, 64<<10)
		return f.buffer, nil
	}
	file, err := os.OpenFile(f.path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	f.file, f.buffer = file, bufio.NewWriterSize(file, 256<<10)
	return f.buffer, err
}

// finish writes what is left.
func (f *exportFile) finish() error {
	if f.buffer == nil {
		return nil
	}
	err := f.buffer.Flush()
	if f.file != nil {
		err = errors.Join(err, f.file.Sync(), f.file.Close())
	}
	if err != nil {
		err = fmt.Errorf("the export is not whole: %w", err)
	}
	return err
}

// discard takes away what was written of an export that failed.
func (f *exportFile) discard() {
	if f.file != nil {
		f.file.Close()
	}
	if f.path != "" {
		os.RemoveAll(f.path)
	}
}
