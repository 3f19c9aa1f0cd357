package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"guildpost/store"
)

// importBatch is how many members are imported in one transaction: others wait no longer than it takes.
const importBatch = 1000

// maxRefusals is how many refused lines are shown.
const maxRefusals = 50

type importOptions struct{ strict, dryRun, json bool }

func (a *app) memberImport() *cobra.Command {
	var o importOptions
	c := &cobra.Command{Use: "import COP FILE.csv", Short: "Makes everybody in a CSV file a member", Args: arguments(2, 2),
		Long: "Makes everybody in a CSV file (or - for the standard input) a member. The first line names the columns, in any order:\n" +
			"address, and where you like name, role, delivery. Commas or tabs separate. The text must be UTF-8.\n\n" +
			"A line that is wrong is reported with its number, and the others are imported (exit code 1); with --strict nothing is.\n" +
			"Importing a file again changes only what has changed in it. An empty field leaves what is there. Whoever has left\n" +
			"since, or was removed or banned, is not brought back: guildpost member add does that.",
		RunE: func(c *cobra.Command, args []string) error { return a.importMembers(c.Context(), args[0], args[1], o) }}
	c.Flags().BoolVar(&o.strict, "strict", false, "import nothing when a line is wrong")
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "say what would happen, and do nothing")
	jsonFlag(c, &o.json)
	return c
}

// An importReport is what became of the lines of a file.
type importReport struct {
	Added     int       `json:"added"`
	Changed   int       `json:"changed"`
	Unchanged int       `json:"unchanged"`
	Refused   int       `json:"refused"`
	DryRun    bool      `json:"dry_run"`
	Refusals  []refusal `json:"refusals"`
}

// A refusal is a line that was not imported, and why.
type refusal struct {
	Line   int    `json:"line"`
	Reason string `json:"reason"`
}

func (a *app) importMembers(ctx context.Context, cop, file string, o importOptions) error {
	text, err := a.readInput(file)
	if err != nil {
		return err
	}
	return a.withCommunity(ctx, cop, func(db *store.DB, c store.Community) error {
		rows, refusals, err := readMembers(text)
		if err != nil {
			return withHint(store.Errorf(store.Invalid, "%s: %w", file, err), "the first line must name the columns: %s", strings.Join(memberColumns, ","))
		}
		known, err := knownMembers(ctx, db, c.ID)
		if err != nil {
			return err
		}
		rows, gone := known.refuseGone(rows)
		report := importReport{Refusals: mergeRefusals(refusals, gone), DryRun: o.dryRun}
		report.Refused = len(report.Refusals)
		if o.strict && report.Refused > 0 {
			return a.reportImport(report, o, "nothing was imported, because lines were refused")
		}
		if o.dryRun {
			known.count(rows, &report)
			return a.reportImport(report, o, "this was a dry run; nothing was changed")
		}
		failed := a.importRows(ctx, db, c, known, rows, &report)
		if err := a.reportImport(report, o, ""); failed == nil {
			return err
		}
		return failed
	})
}

func (a *app) readInput(file string) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(a.stdin)
	}
	text, err := os.ReadFile(absolute(file, a.dir))
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, store.Errorf(store.NotFound, "there is no file %s", file)
	case err != nil:
		return nil, store.Errorf(store.Invalid, "%s cannot be read: %w", file, err)
	}
	return text, nil
}

func (a *app) importRows(ctx context.Context, db *store.DB, c store.Community, known knownSubscriptions, rows []memberRow, report *importReport) error {
	rows, report.Unchanged = known.leaveOut(rows)
	bar := a.progress("members", len(rows))
	defer bar.end()
	for start := 0; start < len(rows); start += importBatch {
		batch := rows[start:min(start+importBatch, len(rows))]
		members := make([]store.NewMember, len(batch))
		for i, row := range batch {
			members[i] = row.member
		}
		result, err := db.ImportMembers(ctx, a.actor(), c.ID, members)
		if err != nil {
			return fmt.Errorf("the members from line %d on were not imported: %w", batch[0].line, err)
		}
		report.Added += result.Added
		report.Changed += result.Changed
		report.Unchanged += result.Unchanged
		bar.add(len(batch))
	}
	return nil
}

// reportImport says what happened. Refused lines make the command fail.
func (a *app) reportImport(r importReport, o importOptions, note string) error {
	if o.json {
		r.Refusals = notNil(r.Refusals)
		if err := a.printJSON(r); err != nil {
			return err
		}
	} else {
		for i, refused := range r.Refusals {
			if i == maxRefusals {
				fmt.Fprintf(a.stderr, "and %d more\n", len(r.Refusals)-i)
				break
			}
			fmt.Fprintf(a.stderr, "line %d: %s\n", refused.Line, clean(refused.Reason))
		}
		a.say("added %d, changed %d, unchanged %d, refused %d", r.Added, r.Changed, r.Unchanged, r.Refused)
		if note != "" {
			a.say("%s", note)
		}
	}
	if r.Refused > 0 {
		return errSaid
	}
	return nil
}
