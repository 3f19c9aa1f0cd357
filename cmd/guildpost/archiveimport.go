package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"guildpost/mail/archive"
	"guildpost/mail/archive/box"
	"guildpost/store"
)

type archiveImportOptions struct {
	dryRun, json, allFolders, listBad, end bool
	format, writeBad, passwordFile         string
	folders                                []string
}

func (a *app) archiveImport() *cobra.Command {
	var o archiveImportOptions
	c := &cobra.Command{Use: "import COP SOURCE…", Short: "Files a history into a community's archive", Args: arguments(1, -1),
		Long: "Files messages of the past into a community's archive, with their dates, Message-IDs, threads and bytes. Nobody is mailed.\n" +
			"A SOURCE is an mbox file (of any flavour, also compressed by gzip), a Maildir, a folder of messages or of mbox files,\n" +
			"a single message, a ZIP that archive export wrote, imaps://USER@HOST/FOLDER for a folder of a mailbox, or - for the\n" +
			"standard input.\n\n" +
			"Importing again adds nothing that is there. An import that was cut short goes on when the same command is given again;\n" +
			"until it is finished, only facilitators see the archive. What is no message is reported, and kept aside (exit code 1).\n" +
			"More: guildpost help archive",
		RunE: func(c *cobra.Command, args []string) error { return a.runArchiveImport(c, args[0], args[1:], o) }}
	f := c.Flags()
	f.BoolVar(&o.dryRun, "dry-run", false, "say what would be filed, and file nothing")
	f.StringVar(&o.format, "format", "", "the `FLAVOUR` of an mbox, where it is not found out right: mboxrd, mboxo or mboxcl2")
	f.StringArrayVar(&o.folders, "folder", nil, "a `FOLDER` of a Maildir instead of its inbox; may be given several times")
	f.BoolVar(&o.allFolders, "all-folders", false, "a Maildir with all its folders")
	f.StringVar(&o.passwordFile, "password-file", "", "the `FILE` with the password for imaps:// (else $"+imapPasswordVariable+", or it is asked for)")
	f.BoolVar(&o.listBad, "list-bad", false, "list what was kept aside in imports into this community")
	f.StringVar(&o.writeBad, "write-bad", "", "write what was kept aside into a new `FOLDER`")
	f.BoolVar(&o.end, "end", false, "give up what is left of an import that was cut short; the archive is shown with what came")
	jsonFlag(c, &o.json)
	return c
}

func (a *app) runArchiveImport(c *cobra.Command, cop string, sources []string, o archiveImportOptions) error {
	ctx := c.Context()
	beside := o.listBad || o.writeBad != "" || o.end
	if beside == (len(sources) > 0) {
		if beside {
			return wrongUse(c, "--list-bad, --write-bad and --end need no source")
		}
		return wrongUse(c, "say from where to import")
	}
	if o.passwordFile != "" && !slices.ContainsFunc(sources, isIMAP) {
		return wrongUse(c, "--password-file is for a source imaps://USER@HOST/FOLDER")
	}
	return a.withCommunity(ctx, cop, func(db *store.DB, community store.Community) error {
		switch {
		case o.end:
			return a.endImports(ctx, db, community)
		case o.writeBad != "":
			return a.writeBad(ctx, db, community, o.writeBad)
		case o.listBad:
			return a.listBad(ctx, db, community, o.json)
		}
		return a.importArchive(ctx, db, community, sources, o)
	})
}

func (a *app) importArchive(ctx context.Context, db *store.DB, c store.Community, sources []string, o archiveImportOptions) error {
	b, source, err := a.openBoxes(ctx, sources, o)
	if err != nil {
		return err
	}
	defer b.Close()
	im := &archive.Importer{DB: db, Now: a.now}
	bar := a.progressOf("messages")
	progress := func(r archive.Report) {
		done, of := b.Progress()
		bar.set(int(r.Messages), done, of)
	}
	var r archive.Report
	if o.dryRun {
		r, err = im.DryRun(ctx, a.actor(), c, b, progress)
	} else {
		r, err = im.Import(ctx, a.actor(), c, source, b, progress)
	}
	bar.end()
	if err != nil && !o.dryRun {
		a.warn("%d messages were filed; the same command goes on from there. Until then facilitators alone see the archive", r.Resumed+r.Messages)
	}
	if err != nil {
		return err
	}
	return a.reportArchive(r, c, o)
}

// openBoxes opens the sources, and names them all as one: where they are and what is read of them.
func (a *app) openBoxes(ctx context.Context, sources []string, o archiveImportOptions) (b box.Box, name string, err error) {
	var all []box.Box
	var names []string
	for _, source := range sources {
		b, name, err := a.openBox(ctx, source, o)
		if err != nil {
			for _, b := range all {
				b.Close()
			}
			return nil, "", err
		}
		all = append(all, b)
		names = append(names, name)
	}
	name = strings.Join(names, ", ")
	if more := strings.Join(o.folders, ", "); more != "" {
		name += " (" + more + ")"
	}
	return box.Chain(all...), name, nil
}

// openBox opens a source, and says by what name it is known again.
func (a *app) openBox(ctx context.Context, source string, o archiveImportOptions) (b box.Box, name string, err error) {
	if isIMAP(source) {
		return a.openIMAP(ctx, source, o)
	}
	if b, err = a.openFiles(source, o); source != "-" {
		source = absolute(source, a.dir)
	}
	return b, source, err
}

// openFiles opens what is in files, or comes from the standard input.
func (a *app) openFiles(source string, o archiveImportOptions) (box.Box, error) {
	flavour := box.Flavour(o.format)
	switch flavour {
	case box.Auto, box.MboxRD, box.MboxO, box.MboxCL2:
	default:
		return nil, store.Errorf(store.Invalid, "--format %s: must be one of mboxrd, mboxo, mboxcl2", o.format)
	}
	if source == "-" {
		return box.OpenReader(a.stdin, "standard input", box.Options{Flavour: flavour})
	}
	path := absolute(source, a.dir)
	folders := o.folders
	if o.allFolders {
		var err error
		if folders, err = box.MaildirFolders(path); err != nil {
			return nil, store.Errorf(store.NotFound, "there is no Maildir %s", source)
		}
	}
	b, err := box.Open(path, box.Options{Flavour: flavour, Folders: folders})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, store.Errorf(store.NotFound, "there is no file or folder %s", source)
	}
	return b, err
}

// An archiveReport is what became of the messages of a source, for programs.
type archiveReport struct {
	Community  string          `json:"community"`
	DryRun     bool            `json:"dry_run"`
	Messages   int64           `json:"messages"`
	Resumed    int64           `json:"resumed"`
	Added      int64           `json:"added"`
	Duplicates int64           `json:"duplicates"`
	SameID     int64           `json:"same_id"`
	Erased     int64           `json:"erased"`
	Bad        int64           `json:"bad"`
	First      jsonTime        `json:"first"`
	Last       jsonTime        `json:"last"`
	Posts      int64           `json:"posts"`
	Threads    int64           `json:"threads"`
	Problems   []archiveReason `json:"problems"`
}

// An archiveReason is a message that was not filed, and why.
type archiveReason struct {
	Place  string `json:"place"`
	Reason string `json:"reason"`
}

// reportArchive says what happened. Bad messages make the command fail.
func (a *app) reportArchive(r archive.Report, c store.Community, o archiveImportOptions) error {
	if o.json {
		out := archiveReport{Community: c.Address(), DryRun: o.dryRun, Messages: r.Messages, Resumed: r.Resumed, Added: r.Added,
			Duplicates: r.Duplicates, SameID: r.SameID, Erased: r.Erased, Bad: r.Bad, First: jsonTime(r.First), Last: jsonTime(r.Last),
			Posts: r.Posts, Threads: r.Threads, Problems: []archiveReason{}}
		for _, p := range r.Problems {
			out.Problems = append(out.Problems, archiveReason(p))
		}
		if err := a.printJSON(out); err != nil {
			return err
		}
	} else {
		a.sayArchive(r, c, o.dryRun)
	}
	if r.Bad > 0 {
		return errSaid
	}
	return nil
}

func (a *app) sayArchive(r archive.Report, c store.Community, dryRun bool) {
	for i, p := range r.Problems {
		if i == maxRefusals {
			fmt.Fprintf(a.stderr, "and %d more\n", r.Bad-int64(i))
			break
		}
		fmt.Fprintf(a.stderr, "%s: %s\n", clean(p.Place), clean(p.Reason))
	}
	if r.Resumed > 0 {
		a.say("passed over %d messages that were filed before", r.Resumed)
	}
	a.say("read %s: added %d, duplicates %d, bad %d", counted(int(r.Messages), "message", "messages"), r.Added, r.Duplicates, r.Bad)
	switch {
	case r.SameID == 1:
		a.say("1 of those added has a Message-ID that another post has, with another body")
	case r.SameID > 1:
		a.say("%d of those added have a Message-ID that another post has, with another body", r.SameID)
	}
	switch {
	case r.Erased == 1:
		a.say("1 of those added is a stub: its author was erased")
	case r.Erased > 1:
		a.say("%d of those added are stubs: their authors were erased", r.Erased)
	}
	if r.Added > 0 {
		a.say("they are from %s to %s", showTime(r.First, a.config.Timezone), showTime(r.Last, a.config.Timezone))
	}
	if dryRun {
		a.say("this was a dry run: nothing was filed; it would be %s in %s", counted(int(r.Posts), "post", "posts"), counted(int(r.Threads), "thread", "threads"))
		return
	}
	a.say("the archive of %s has %s in %s", c.Address(), counted(int(r.Posts), "post", "posts"), counted(int(r.Threads), "thread", "threads"))
}
