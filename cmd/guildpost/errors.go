package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"guildpost/store"
)

// The exit codes; they are a contract.
const (
	exitDone      = 0
	exitFailed    = 1
	exitWrongUse  = 2
	exitNotFound  = 3
	exitConflict  = 4
	exitTemporary = 5
)

var exitCodes = map[store.Kind]int{
	store.Internal:  exitFailed,
	store.Invalid:   exitWrongUse,
	store.NotFound:  exitNotFound,
	store.Conflict:  exitConflict,
	store.Forbidden: exitFailed,
	store.Temporary: exitTemporary,
	store.TooLarge:  exitFailed,
}

// errSaid ends a command with exit 1 after it has said itself what failed.
var errSaid = errors.New("failed")

// A hinted error has a second sentence: what to do.
type hinted struct {
	err  error
	hint string
}

func (h hinted) Error() string { return h.err.Error() }

func (h hinted) Unwrap() error { return h.err }

func withHint(err error, format string, args ...any) error {
	return hinted{err, fmt.Sprintf(format, args...)}
}

// wrongUse says that a command was called wrongly, and how it is called.
func wrongUse(c *cobra.Command, format string, args ...any) error {
	return withHint(store.Errorf(store.Invalid, format, args...), "usage: %s", c.UseLine())
}

// report tells the person about an error, and returns the exit code. This is the one place that translates.
func (a *app) report(ctx context.Context, err error) int {
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errSaid):
		return exitFailed
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		fmt.Fprintln(a.stderr, "guildpost: interrupted")
		return exitFailed
	}
	fmt.Fprintf(a.stderr, "guildpost: %s\n", cleanLines(err.Error()))
	var h hinted
	if errors.As(err, &h) {
		fmt.Fprintf(a.stderr, "  %s\n", clean(h.hint))
	}
	return exitCodes[store.KindOf(err)]
}

// warn tells the person about something that does not stop the command.
func (a *app) warn(format string, args ...any) {
	fmt.Fprintf(a.stderr, "guildpost: warning: %s\n", clean(fmt.Sprintf(format, args...)))
}

// group is a command that only has others below it.
func group(use, short string, children ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: cobra.ArbitraryArgs}
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			c.SetOut(c.ErrOrStderr())
			_ = c.Help()
			return errNoCommand
		}
		return unknownCommand(c, args[0])
	}
	c.AddCommand(children...)
	return c
}

// errNoCommand: the help was shown; there is nothing more to say.
var errNoCommand = store.Errorf(store.Invalid, "say which command")

func unknownCommand(c *cobra.Command, name string) error {
	var names []string
	for _, child := range c.Commands() {
		names = append(names, child.Name())
	}
	err := store.Errorf(store.Invalid, "there is no command %s", strings.TrimSpace(c.CommandPath()+" "+name))
	if near := nearest(name, names); near != "" {
		return withHint(err, "did you mean %s %s?", c.CommandPath(), near)
	}
	return withHint(err, "%s --help lists the commands", c.CommandPath())
}

// arguments checks how many arguments there are; most < 0 is any number. The hint names them as Use does.
func arguments(least, most int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return wrongUse(c, "something is missing")
		case most >= 0 && len(args) > most:
			return wrongUse(c, "%q is too much", args[most])
		}
		return nil
	}
}

// nearest returns the name that was probably meant: the one at the smallest edit distance, if that is small, or
// the only one that begins so.
func nearest(word string, names []string) string {
	best, distance := "", 1+max(2, len(word)/3)
	for _, name := range names {
		d := editDistance(strings.ToLower(word), name)
		if len(word) > 1 && strings.HasPrefix(name, strings.ToLower(word)) {
			d = 1
		}
		if d < distance && d < len(name) {
			best, distance = name, d
		}
	}
	return best
}

// editDistance counts insertions, deletions and replacements (Levenshtein).
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
