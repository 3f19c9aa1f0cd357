package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"guildpost/store"
)

func (a *app) queueCommand() *cobra.Command {
	return group("queue", "Deliveries on their way out: list, show, retry and drop them",
		a.queueList(), a.queueShow(), a.queueRetry(), a.queueDrop())
}

// A queueJSON is a delivery for programs.
type queueJSON struct {
	ID         int64    `json:"id"`
	Community  string   `json:"community"`
	MessageID  string   `json:"message_id"`
	Recipient  string   `json:"recipient"`
	State      string   `json:"state"`
	Attempts   int      `json:"attempts"`
	NextAt     jsonTime `json:"next_at"`
	Reply      string   `json:"reply"`
	AcceptedAt jsonTime `json:"accepted_at"`
	UpdatedAt  jsonTime `json:"updated_at"`
	InDoubt    int      `json:"in_doubt"`
}

func newQueueJSON(r store.QueueRow) queueJSON {
	return queueJSON{ID: r.ID, Community: r.Community, MessageID: r.MessageID, Recipient: r.Recipient, State: r.State.String(),
		Attempts: r.Attempts, NextAt: jsonTime(r.NextAt), Reply: r.Reply, AcceptedAt: jsonTime(r.AcceptedAt),
		UpdatedAt: jsonTime(r.UpdatedAt), InDoubt: r.InDoubt}
}

var deliveryStates = []store.DeliveryState{store.Waiting, store.Claimed, store.Deferred, store.Sent, store.Failed, store.Dropped}

func deliveryStateNames() []string {
	names := make([]string, len(deliveryStates))
	for i, s := range deliveryStates {
		names[i] = s.String()
	}
	return names
}

// parseStates reads "deferred,failed" or "all"; none for "".
func parseStates(words []string) ([]store.DeliveryState, error) {
	names := deliveryStateNames()
	var states []store.DeliveryState
	for _, word := range words {
		if word == "all" {
			return deliveryStates, nil
		}
		if err := among("state", word, append(names, "all")...); err != nil {
			return nil, err
		}
		states = append(states, deliveryStates[slices.Index(names, word)])
	}
	return states, nil
}

func (a *app) queueList() *cobra.Command {
	var asJSON bool
	var states []string
	c := &cobra.Command{Use: "list", Short: "Lists deliveries; those that are not finished, unless --state says otherwise", Args: arguments(0, 0)}
	jsonFlag(c, &asJSON)
	c.Flags().StringSliceVar(&states, "state", nil, "only those in a `STATE`: "+strings.Join(deliveryStateNames(), ", ")+", all")
	c.RunE = func(c *cobra.Command, _ []string) error {
		chosen, err := parseStates(states)
		if err != nil {
			return err
		}
		return a.withStore(c.Context(), func(db *store.DB) error {
			out := a.list(asJSON, "ID", "COMMUNITY", "RECIPIENT", "STATE", "ATTEMPTS", "NEXT", "REPLY")
			err := eachDelivery(c.Context(), db, store.QueueFilter{States: chosen}, func(r store.QueueRow) error {
				j := newQueueJSON(r)
				return out.add(j, strconv.FormatInt(j.ID, 10), j.Community, j.Recipient, j.State, strconv.Itoa(j.Attempts),
					showTime(r.NextAt, a.config.Timezone), j.Reply)
			})
			if err != nil {
				return err
			}
			return out.end("the queue is empty")
		})
	}
	return c
}

// eachDelivery calls f for all that the filter chooses, by ID, page by page.
func eachDelivery(ctx context.Context, db *store.DB, filter store.QueueFilter, f func(store.QueueRow) error) error {
	for {
		page, err := db.QueueList(ctx, filter)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, r := range page {
			if err := f(r); err != nil {
				return err
			}
		}
		filter.After = page[len(page)-1].ID
	}
}

func (a *app) queueShow() *cobra.Command {
	var asJSON, summary bool
	c := &cobra.Command{Use: "show ID|MESSAGE-ID", Short: "Shows a delivery, or all deliveries of a post", Args: arguments(1, 1)}
	jsonFlag(c, &asJSON)
	c.Flags().BoolVar(&summary, "summary", false, "only how many copies of a post were delivered, and who has none")
	c.RunE = func(c *cobra.Command, args []string) error {
		filter := store.QueueFilter{MessageID: strings.Trim(args[0], "<> ")}
		if id, err := strconv.ParseInt(args[0], 10, 64); err == nil {
			filter = store.QueueFilter{DeliveryID: id}
		}
		return a.withStore(c.Context(), func(db *store.DB) error {
			if summary {
				return a.receipts(c.Context(), db, filter.MessageID, asJSON)
			}
			var all []queueJSON
			err := eachDelivery(c.Context(), db, filter, func(r store.QueueRow) error {
				all = append(all, newQueueJSON(r))
				return nil
			})
			if err != nil {
				return err
			}
			if len(all) == 0 {
				return store.Errorf(store.NotFound, "there is no delivery %s; those that ended long ago are not kept", args[0])
			}
			if asJSON {
				return a.printJSON(all)
			}
			if filter.MessageID != "" {
				if err := a.receipts(c.Context(), db, filter.MessageID, false); err != nil {
					return err
				}
				a.say("")
			}
			return a.showDeliveries(all)
		})
	}
	return c
}

func (a *app) showDeliveries(all []queueJSON) error {
	for i, j := range all {
		if i > 0 {
			a.say("")
		}
		t := a.fields()
		t.row("delivery", strconv.FormatInt(j.ID, 10))
		t.row("community", j.Community)
		t.row("message_id", j.MessageID)
		t.row("recipient", j.Recipient)
		t.row("state", j.State)
		t.row("attempts", fmt.Sprintf("%d (%d of them in doubt)", j.Attempts, j.InDoubt))
		t.row("accepted", j.AcceptedAt.show(a.config.Timezone))
		t.row("changed", j.UpdatedAt.show(a.config.Timezone))
		t.row("next", j.NextAt.show(a.config.Timezone))
		t.row("reply", j.Reply)
		if err := t.flush(); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) queueRetry() *cobra.Command {
	var all bool
	c := &cobra.Command{Use: "retry ID...|--all", Short: "Tries deferred or failed deliveries again now", Args: arguments(0, -1)}
	c.Flags().BoolVar(&all, "all", false, "all deferred ones")
	c.RunE = func(c *cobra.Command, args []string) error {
		if all == (len(args) > 0) {
			return wrongUse(c, "say which deliveries, or --all")
		}
		ids, err := parseIDs(args)
		if err != nil {
			return err
		}
		return a.withStore(c.Context(), func(db *store.DB) error {
			n, err := db.RetryDeliveries(c.Context(), ids)
			return a.changedDeliveries(n, ids, err, "tried again", "deferred or failed")
		})
	}
	return c
}

func (a *app) queueDrop() *cobra.Command {
	var yes bool
	c := &cobra.Command{Use: "drop ID...", Short: "Gives up deliveries; their recipients never get them", Args: arguments(1, -1)}
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	c.RunE = func(c *cobra.Command, args []string) error {
		ids, err := parseIDs(args)
		if err != nil {
			return err
		}
		if err := a.sure(yes, fmt.Sprintf("drop these deliveries for good: %d?", len(ids))); err != nil {
			return err
		}
		return a.withStore(c.Context(), func(db *store.DB) error {
			n, err := db.DropDeliveries(c.Context(), a.actor(), ids)
			return a.changedDeliveries(n, ids, err, "dropped", "on their way")
		})
	}
	return c
}

// changedDeliveries says how many deliveries were changed. None of those named is a conflict.
func (a *app) changedDeliveries(n int, ids []int64, err error, done, state string) error {
	switch {
	case err != nil:
		return err
	case ids != nil && n == 0:
		return withHint(store.Errorf(store.Conflict, "none of these deliveries is %s", state), "guildpost queue list shows those that are not finished")
	case n < len(ids):
		a.warn("%d of %d are not %s, and were left as they are", len(ids)-n, len(ids), state)
	}
	a.say("%s: %d", done, n)
	return nil
}

// parseIDs returns nil for none.
func parseIDs(args []string) ([]int64, error) {
	var ids []int64
	for _, arg := range args {
		id, err := strconv.ParseInt(arg, 10, 64)
		if err != nil || id <= 0 {
			return nil, withHint(store.Errorf(store.Invalid, "%q is no number of a delivery", arg), "guildpost queue list shows them")
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}
