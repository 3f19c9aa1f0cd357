package main

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"guildpost/mail"
	"guildpost/store"
)

// withThread opens the database and finds the thread that a person named by its number.
func (a *app) withThread(ctx context.Context, number string, f func(db *store.DB, th store.Thread) error) error {
	return a.withStore(ctx, func(db *store.DB) error {
		th, err := threadNumbered(ctx, db, number)
		if err != nil {
			return err
		}
		return f(db, th)
	})
}

func threadNumbered(ctx context.Context, db *store.DB, number string) (store.Thread, error) {
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil || id <= 0 {
		return store.Thread{}, withHint(store.Errorf(store.Invalid, "%q is no number of a thread", number), "guildpost archive threads COP lists them")
	}
	th, err := db.Thread(ctx, id)
	if store.KindOf(err) == store.NotFound {
		err = withHint(store.Errorf(store.NotFound, "there is no thread %s", number), "guildpost archive threads COP lists them")
	}
	return th, err
}

// editor is who changes threads at the shell.
func (a *app) editor() store.EditOfThread { return store.EditOfThread{By: a.actor()} }

func (a *app) archiveMerge() *cobra.Command {
	return &cobra.Command{Use: "merge THREAD OTHER", Short: "Makes the other thread part of a thread", Args: arguments(2, 2),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withThread(c.Context(), args[0], func(db *store.DB, th store.Thread) error {
				other, err := threadNumbered(c.Context(), db, args[1])
				if err != nil {
					return err
				}
				if err := db.MergeThreads(c.Context(), a.editor(), th.CommunityID, other.ID, th.ID); err != nil {
					if store.KindOf(err) == store.NotFound {
						err = store.Errorf(store.Invalid, "threads %d and %d are of different communities", th.ID, other.ID)
					}
					return err
				}
				a.say("thread %d %q is part of %d %q now", other.ID, other.Subject, th.ID, th.Subject)
				return nil
			})
		}}
}

func (a *app) archiveSplit() *cobra.Command {
	return &cobra.Command{Use: "split POST|MESSAGE-ID [TITLE]", Short: "Makes a post and what answers it a thread of its own", Args: arguments(1, 2),
		Long: "Makes a post and all that answers it a thread of its own; later answers follow. POST is a number such as p34, which\n" +
			"guildpost archive show tells.",
		RunE: func(c *cobra.Command, args []string) error {
			return a.withStore(c.Context(), func(db *store.DB) error {
				posts, err := postsNamed(c.Context(), db, args[0])
				if err != nil {
					return err
				}
				if len(posts) > 1 {
					return withHint(store.Errorf(store.Conflict, "%s is a post of several communities", args[0]), "name one of them by its number: %s", postNumbers(posts))
				}
				title := ""
				if len(args) > 1 {
					if title, err = oneLine("the title", args[1], 500); err != nil {
						return err
					}
				}
				return a.split(c.Context(), db, posts[0], title)
			})
		}}
}

func (a *app) split(ctx context.Context, db *store.DB, p store.Post, title string) error {
	base, _ := mail.BaseSubject(p.Subject)
	titleBase, _ := mail.BaseSubject(title)
	id, err := db.SplitThread(ctx, a.editor(), p.CommunityID, p.ID, title, titleBase, base)
	if err != nil {
		return err
	}
	th, err := db.Thread(ctx, id)
	if err == nil {
		a.say("thread %d %q has %d of the posts now", th.ID, th.Subject, th.Posts)
	}
	return err
}

func postNumbers(posts []store.Post) string {
	var numbers []string
	for _, p := range posts {
		numbers = append(numbers, "p"+strconv.FormatInt(p.ID, 10))
	}
	return strings.Join(numbers, ", ")
}

func (a *app) archiveTitle() *cobra.Command {
	return &cobra.Command{Use: "title THREAD TITLE", Short: "Gives a thread a title, which stays whatever comes", Args: arguments(2, 2),
		RunE: func(c *cobra.Command, args []string) error {
			title, err := oneLine("the title", args[1], 500)
			if err != nil {
				return err
			}
			return a.withThread(c.Context(), args[0], func(db *store.DB, th store.Thread) error {
				base, _ := mail.BaseSubject(title)
				changed, err := db.TitleThread(c.Context(), a.editor(), th.CommunityID, th.ID, title, base)
				return a.sayChanged(err, changed, "thread %d is called %q now", th.ID, title)
			})
		}}
}

// sayChanged says what was changed, or that it was so already.
func (a *app) sayChanged(err error, changed bool, format string, args ...any) error {
	if err != nil {
		return err
	}
	if !changed {
		return store.Errorf(store.Conflict, "it is so already; nothing was changed")
	}
	a.say(format, args...)
	return nil
}

func (a *app) archiveSolved() *cobra.Command {
	return a.archiveState("solved", "Marks a thread as solved", true)
}

func (a *app) archiveOpen() *cobra.Command {
	return a.archiveState("open", "Marks a thread as open again", false)
}

func (a *app) archiveState(name, short string, solved bool) *cobra.Command {
	return &cobra.Command{Use: name + " THREAD", Short: short, Args: arguments(1, 1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withThread(c.Context(), args[0], func(db *store.DB, th store.Thread) error {
				changed, err := db.SolveThread(c.Context(), a.editor(), th.CommunityID, th.ID, solved)
				return a.sayChanged(err, changed, "thread %d %q is %s now", th.ID, th.Subject, name)
			})
		}}
}

func (a *app) archiveLabel() *cobra.Command {
	return a.archiveLabels("label", "Puts a label on a thread", true)
}

func (a *app) archiveUnlabel() *cobra.Command {
	return a.archiveLabels("unlabel", "Takes a label off a thread", false)
}

func (a *app) archiveLabels(name, short string, on bool) *cobra.Command {
	return &cobra.Command{Use: name + " THREAD LABEL", Short: short, Args: arguments(2, 2),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withThread(c.Context(), args[0], func(db *store.DB, th store.Thread) error {
				changed, err := db.LabelThread(c.Context(), a.editor(), th.CommunityID, th.ID, args[1], on)
				if err == nil && changed {
					th, err = db.Thread(c.Context(), th.ID)
				}
				return a.sayChanged(err, changed, "the labels of thread %d %q are now: %s", th.ID, th.Subject, spell(strings.Join(th.Labels, " "), "none"))
			})
		}}
}
