package main

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"guildpost/mail/list"
	"guildpost/store"
)

// slowFor is how long a thread stays slow where nobody says otherwise.
const slowFor = 3 * 24 * time.Hour

func (a *app) copSlow() *cobra.Command {
	until := ""
	c := &cobra.Command{Use: "slow COP MESSAGE-ID|THREAD EVERY", Short: "Slows a thread down: one post of each author within a time",
		Args: arguments(3, 3),
		Long: "Lets each author post to a thread once within EVERY, such as 1h or 30m; what they post beyond waits for a facilitator.\n" +
			"The thread is named by the Message-ID of one of its posts, or by its number. EVERY 0 ends it."}
	c.Flags().StringVar(&until, "until", "", "until `TIME`: 2026-08-31, \"2026-08-31 18:00\" or +2d; three days where nothing is said")
	c.RunE = func(c *cobra.Command, args []string) error {
		every, err := time.ParseDuration(args[2])
		if args[2] == "0" {
			every, err = 0, nil
		}
		if err != nil || every < 0 || every > 30*24*time.Hour {
			return wrongUse(c, "%q is no time between posts; write 30m or 2h, or 0", args[2])
		}
		return a.slowThread(c.Context(), args, every, until)
	}
	return c
}

func (a *app) slowThread(ctx context.Context, args []string, every time.Duration, until string) error {
	return a.withList(ctx, func(l *list.List) error {
		c, err := l.DB.CommunityByName(ctx, args[0])
		if err != nil {
			return err
		}
		thread, err := findThread(ctx, l.DB, c, args[1])
		if err != nil {
			return err
		}
		slow := store.SlowThread{ThreadID: thread, Every: every, Until: a.now().Add(slowFor)}
		if until != "" {
			if slow.Until, err = parseUntil(until, a.now(), a.zone(c)); err != nil {
				return err
			}
		}
		if err := l.SlowThread(ctx, a.actor(), c, slow); err != nil {
			return err
		}
		if every == 0 {
			a.say("thread %d is as fast as any", thread)
			return nil
		}
		a.say("thread %d: each author posts once in %s until %s", thread, every, showTime(slow.Until, a.zone(c)))
		return nil
	})
}

// findThread finds a thread by its number or by one of its posts.
func findThread(ctx context.Context, db *store.DB, c store.Community, name string) (int64, error) {
	id, err := strconv.ParseInt(name, 10, 64)
	if err == nil {
		posts, err := db.ThreadPosts(ctx, id)
		if err == nil && (len(posts) == 0 || posts[0].CommunityID != c.ID) {
			err = store.Errorf(store.NotFound, "there is no thread %d in %s", id, c.Address())
		}
		return id, err
	}
	posts, err := db.PostsByMessageID(ctx, strings.Trim(name, "<> "))
	if err != nil {
		return 0, err
	}
	for _, p := range posts {
		if p.CommunityID == c.ID {
			return p.ThreadID, nil
		}
	}
	return 0, store.Errorf(store.NotFound, "there is no post %s in %s", name, c.Address())
}
