package main

import (
	"context"
	"fmt"
	"strings"

	"guildpost/store"
)

// receiptNamed is how many recipients the sentence about a post names.
const receiptNamed = 5

// A receiptJSON is what became of a post, for programs.
type receiptJSON struct {
	Community string `json:"community"`
	MessageID string `json:"message_id"`
	Post      int64  `json:"post"`
	Subject   string `json:"subject"`
	Total     int    `json:"total"`
	Delivered int    `json:"delivered"`
	Waiting   int    `json:"waiting"`
	Refused   int    `json:"refused"`
	InDoubt   int    `json:"in_doubt"`
	Complete  bool   `json:"complete"` // no more recipients are to come
}

// receipts says what became of a post, in each community that has it.
func (a *app) receipts(ctx context.Context, db *store.DB, messageID string, asJSON bool) error {
	posts, err := db.PostsByMessageID(ctx, messageID)
	if err != nil {
		return err
	}
	if len(posts) == 0 {
		return store.Errorf(store.NotFound, "there is no post %s", messageID)
	}
	all := []receiptJSON{}
	for _, p := range posts {
		c, err := db.Community(ctx, p.CommunityID)
		if err != nil {
			return err
		}
		r, err := db.Receipt(ctx, p.ID, receiptNamed)
		if err != nil {
			return err
		}
		all = append(all, receiptJSON{c.Address(), p.MessageID, p.ID, p.Subject, r.Total, r.Delivered, r.Waiting, r.Refused, r.InDoubt, !r.Expanding})
		if !asJSON {
			a.say("%s: %s", c.Address(), receiptSentence(r))
		}
	}
	if asJSON {
		return a.printJSON(all)
	}
	return nil
}

// receiptSentence is what became of a post: "delivered to 87 of 90; 2 waiting, 1 refused: ann@a.example (550 no such user)".
func receiptSentence(r store.Receipt) string {
	text := fmt.Sprintf("delivered to %d of %d", r.Delivered, r.Total)
	if r.Expanding {
		text = fmt.Sprintf("delivered to %d, and not all copies are made yet", r.Delivered)
	}
	var counts, named []string
	for _, c := range []struct {
		n    int
		what string
	}{{r.Waiting, "waiting"}, {r.Refused, "refused"}, {r.InDoubt, "in doubt"}} {
		if c.n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", c.n, c.what))
		}
	}
	for _, d := range r.Open {
		if reply := d.Reply; reply != "" {
			named = append(named, d.Recipient+" ("+reply+")")
			continue
		}
		named = append(named, d.Recipient)
	}
	if len(counts) > 0 {
		text += "; " + strings.Join(counts, ", ") + ": " + strings.Join(named, ", ")
	}
	if more := r.Total - r.Delivered - len(r.Open); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
