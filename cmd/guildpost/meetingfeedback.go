package main

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"guildpost/calendar"
	"guildpost/store"
)

// A feedbackJSON is how people found a date of a meeting, for programs. Where there are fewer than five answers mean is null,
// and counts and comments are empty.
type feedbackJSON struct {
	Occurrence string         `json:"occurrence"`
	Start      jsonTime       `json:"start"`
	Asked      int            `json:"asked"`
	Answers    int            `json:"answers"`
	Mean       *float64       `json:"mean"`
	Counts     map[string]int `json:"counts"` // by rating, 1 to 5
	Comments   []string       `json:"comments"`
}

func (a *app) meetingFeedback() *cobra.Command {
	var asJSON bool
	var date string
	c := &cobra.Command{Use: "feedback COP ID", Short: "Shows how people found a date of a meeting", Args: arguments(2, 2),
		Long: "Shows what those who were at a date of a meeting answered on how it was, from 1 to 5. Nothing of it is shown where there are\n" +
			"fewer than five answers, and never whose they are."}
	jsonFlag(c, &asJSON)
	c.Flags().StringVar(&date, "date", "", "the `DATE`, on the clocks of the meeting: 2026-08-10 (the last one)")
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withMeeting(c.Context(), args[0], args[1], func(db *store.DB, community store.Community, m store.Meeting) error {
			o, err := occurrenceOn(c.Context(), db, community, m, date)
			if err != nil {
				return err
			}
			return a.showFeedback(c.Context(), db, o, asJSON)
		})
	}
	return c
}

func (a *app) showFeedback(ctx context.Context, db *store.DB, o store.Occurrence, asJSON bool) error {
	k, err := a.newCalendar(ctx, db)
	if err != nil {
		return err
	}
	f, err := k.Feedback(ctx, o.ID)
	if err != nil {
		return err
	}
	j := newFeedbackJSON(o, f)
	if asJSON {
		return a.printJSON(j)
	}
	t := a.fields()
	t.row("starts", j.Start.show(a.config.Timezone))
	t.row("asked", strconv.Itoa(j.Asked))
	t.row("answers", strconv.Itoa(j.Answers))
	if j.Mean == nil {
		t.row("mean", "(fewer than 5 answers are not shown)")
		return t.flush()
	}
	t.row("mean", strconv.FormatFloat(*j.Mean, 'f', 1, 64))
	for rating := 5; rating > 0; rating-- {
		t.row(strconv.Itoa(rating), strconv.Itoa(j.Counts[strconv.Itoa(rating)]))
	}
	for _, comment := range j.Comments {
		t.row("comment", comment)
	}
	return t.flush()
}

func newFeedbackJSON(o store.Occurrence, f calendar.Feedback) feedbackJSON {
	j := feedbackJSON{Occurrence: o.Key, Start: jsonTime(o.Starts), Asked: f.Asked, Answers: f.Answers, Counts: map[string]int{}, Comments: f.Comments}
	if f.Few() {
		return j
	}
	mean := f.Mean()
	j.Mean = &mean
	for rating := 1; rating <= 5; rating++ {
		j.Counts[strconv.Itoa(rating)] = f.Counts[rating]
	}
	return j
}
