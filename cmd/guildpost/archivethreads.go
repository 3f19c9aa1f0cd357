package main

import (
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"guildpost/store"
)

// A threadJSON is a thread for programs. The keys up to state are a contract.
type threadJSON struct {
	ID           int64    `json:"id"`
	Subject      string   `json:"subject"`
	Posts        int      `json:"posts"`
	Participants int      `json:"participants"`
	First        jsonTime `json:"first"`
	Last         jsonTime `json:"last"`
	State        string   `json:"state"` // open, solved
	Labels       []string `json:"labels"`
}

func newThreadJSON(th store.Thread) threadJSON {
	return threadJSON{ID: th.ID, Subject: th.Subject, Posts: th.Posts, Participants: th.Participants, First: jsonTime(th.FirstAt),
		Last: jsonTime(th.LastAt), State: string(th.State()), Labels: notNil(th.Labels)}
}

func (a *app) archiveThreads() *cobra.Command {
	var asJSON bool
	var since, state, label string
	var limit int
	c := &cobra.Command{Use: "threads COP", Short: "Lists the threads of a community, the latest first", Args: arguments(1, 1)}
	jsonFlag(c, &asJSON)
	c.Flags().StringVar(&since, "since", "", "with a post since a `DATE`")
	c.Flags().StringVar(&state, "state", "", "in a `STATE`: open, solved")
	c.Flags().StringVar(&label, "label", "", "with a `LABEL`")
	c.Flags().IntVar(&limit, "limit", 50, "how many")
	c.RunE = func(c *cobra.Command, args []string) error {
		if limit < 1 || limit > 1_000_000 {
			return wrongUse(c, "--limit must be from 1 to 1000000")
		}
		if state != "" && state != string(store.ThreadOpen) && state != string(store.ThreadSolved) {
			return wrongUse(c, "--state must be open or solved")
		}
		return a.withCommunity(c.Context(), args[0], func(db *store.DB, community store.Community) (err error) {
			filter := store.ThreadFilter{CommunityID: community.ID, State: store.ThreadState(state), Limit: limit}
			if since != "" {
				if filter.Since, err = parseUntil(since, a.now(), a.config.Timezone); err != nil {
					return err
				}
			}
			if label != "" {
				if filter.Label, err = store.ThreadLabel(label); err != nil {
					return err
				}
			}
			all, err := db.FindThreads(c.Context(), filter)
			if err != nil {
				return err
			}
			return a.listThreads(all, asJSON)
		})
	}
	return c
}

func (a *app) listThreads(all []store.Thread, asJSON bool) error {
	out := a.list(asJSON, "ID", "LAST", "POSTS", "PEOPLE", "STATE", "LABELS", "SUBJECT")
	for _, th := range all {
		j := newThreadJSON(th)
		err := out.add(j, strconv.FormatInt(j.ID, 10), j.Last.show(a.config.Timezone), strconv.Itoa(j.Posts), strconv.Itoa(j.Participants),
			j.State, strings.Join(j.Labels, " "), j.Subject)
		if err != nil {
			return err
		}
	}
	return out.end("there are no such threads")
}
