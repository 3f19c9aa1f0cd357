package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"guildpost/mail/archive"
	"guildpost/store"
)

// A foundJSON is a hit for programs. The keys up to snippet are a contract.
type foundJSON struct {
	Post      int64    `json:"post"`
	Thread    int64    `json:"thread"`
	From      string   `json:"from"`
	Date      jsonTime `json:"date"`
	Subject   string   `json:"subject"`
	Snippet   string   `json:"snippet"`
	Name      string   `json:"name"` // of the author
	Community string   `json:"community"`
	MessageID string   `json:"message_id"`
	Solved    bool     `json:"solved"`
	Page      string   `json:"page"` // for --after-page
}

func newFoundJSON(f archive.Found) foundJSON {
	return foundJSON{Post: f.ID, Thread: f.ThreadID, From: f.From, Date: jsonTime(f.Date), Subject: f.Subject, Snippet: f.Snippet.Text,
		Name: f.FromName, Community: f.Community.Address(), MessageID: f.MessageID, Solved: f.Solved, Page: f.Key.String()}
}

// searchOptions are the flags of archive search.
type searchOptions struct {
	json  bool
	page  archive.Page
	after string
}

func (a *app) archiveSearch() *cobra.Command {
	var o searchOptions
	c := &cobra.Command{Use: "search [COP] QUERY...", Short: "Finds posts by their words", Args: arguments(1, -1),
		Long: "Finds posts, the newest first: in all communities, or in COP alone. QUERY is words, \"phrases in quotation marks\",\n" +
			"beginnings*, -words to leave out, from: to: subject: list: after: before: has:attachment is:solved in:THREAD. What each\n" +
			"of them does is told by guildpost help search. Put a query with -words in quotation marks, or behind --."}
	jsonFlag(c, &o.json)
	c.Flags().IntVar(&o.page.Limit, "limit", 20, "how many")
	c.Flags().BoolVar(&o.page.Ranked, "rank", false, "the best first, instead of the newest")
	c.Flags().StringVar(&o.after, "after-page", "", "what follows a page: the `KEY` that it ended with")
	c.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return withHint(wrongUse(c, "%v", err), "a query with -words stands in quotation marks, or behind --: guildpost archive search -- borrow -macro")
	})
	c.RunE = func(c *cobra.Command, args []string) (err error) {
		if o.page.Limit < 1 || o.page.Limit > 1000 {
			return wrongUse(c, "--limit must be from 1 to 1000")
		}
		if o.page.After, err = store.ParseSearchKey(o.after); err != nil {
			return err
		}
		return a.withStore(c.Context(), func(db *store.DB) error { return a.searchArchive(c.Context(), db, args, o) })
	}
	return c
}

func (a *app) searchArchive(ctx context.Context, db *store.DB, args []string, o searchOptions) error {
	communities, words, err := searchedCommunities(ctx, db, args)
	if err != nil {
		return err
	}
	q, err := archive.ParseQuery(strings.Join(words, " "), archive.Asking{Now: a.now(), Zone: a.config.Timezone})
	if err != nil {
		return withHint(err, "guildpost help search tells what can be written")
	}
	searcher := archive.Searcher{DB: db}
	found, more, err := searcher.Search(ctx, q, communities, o.page)
	if err != nil {
		return err
	}
	if o.json {
		all := make([]foundJSON, len(found))
		for i, f := range found {
			all[i] = newFoundJSON(f)
		}
		return a.printJSON(all)
	}
	return a.showFound(found, more, q)
}

// searchedCommunities takes the community off the arguments, if the first of several names one; else all are searched.
func searchedCommunities(ctx context.Context, db *store.DB, args []string) (communities []store.Community, words []string, err error) {
	if len(args) > 1 {
		c, err := db.CommunityByName(ctx, args[0])
		if err == nil {
			return []store.Community{c}, args[1:], nil
		}
		if store.KindOf(err) != store.NotFound {
			return nil, nil, err
		}
	}
	communities, err = db.Communities(ctx)
	return communities, args, err
}

// showFound writes hits for a person; on a terminal, what was looked for is bold.
func (a *app) showFound(found []archive.Found, more bool, q archive.Query) error {
	if len(found) == 0 {
		a.say("nothing was found for %s", q)
		return nil
	}
	bold := isTerminal(a.stdout)
	for _, f := range found {
		author := f.From
		if f.FromName != "" {
			author = f.FromName + " (" + f.From + ")"
		}
		a.say("%s  %s  thread %s: %s", jsonTime(f.Date).show(a.config.Timezone), author, strconv.FormatInt(f.ThreadID, 10), f.Subject)
		if f.Snippet.Text != "" {
			fmt.Fprintf(a.stdout, "    %s\n", showSnippet(f.Snippet, bold))
		}
	}
	if more {
		a.say("there are more: --after-page %s", found[len(found)-1].Key)
	}
	return nil
}

// showSnippet cleans a snippet piece by piece, since only our own control characters may reach a terminal.
func showSnippet(s archive.Snippet, bold bool) string {
	if !bold {
		return clean(s.Text)
	}
	var b strings.Builder
	at := 0
	for _, m := range s.Marks {
		b.WriteString(clean(s.Text[at:m.Start]) + "\x1b[1m" + clean(s.Text[m.Start:m.End]) + "\x1b[0m")
		at = m.End
	}
	return b.String() + clean(s.Text[at:])
}
