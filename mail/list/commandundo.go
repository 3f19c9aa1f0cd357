package list

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"

	"guildpost/store"
	"guildpost/templates"
)

const (
	journalLines  = 20
	journalLooked = 200 // entries among which one's own last change is looked for
)

// planUndo takes back what changed last by the asker or in their settings; for facilitators "undo NUMBER" any change of the community.
func planUndo(ctx context.Context, l *List, a *asker, c command) (plan, error) {
	var e store.JournalEntry
	var err error
	if n := number(a.withoutList(c.args)); n > 0 {
		e, err = l.changeOf(ctx, a, int64(n))
	} else {
		e, err = l.lastChange(ctx, a)
	}
	if err != nil {
		return plan{}, err
	}
	id := strconv.FormatInt(e.ID, 10)
	return plan{line: "undo " + id, do: func(ctx context.Context) (result, error) {
		what := l.textOfChange(a, e)
		_, err := l.DB.Undo(ctx, a.by, e.ID, nil)
		switch store.KindOf(err) {
		case store.Conflict:
			err = l.refuse(a, "command.changed-since", templates.Args{})
		case store.Invalid, store.NotFound:
			err = l.refuse(a, "command.undo-late", templates.Args{Value: what})
		}
		return result{done: true, text: l.say(a, "command.undone", templates.Args{Value: what})}, err
	}}, nil
}

// changeOf finds a change by its number: for facilitators any of the community, for everybody else their own.
func (l *List) changeOf(ctx context.Context, a *asker, id int64) (store.JournalEntry, error) {
	e, err := l.DB.JournalEntry(ctx, id)
	switch {
	case store.KindOf(err) == store.NotFound, err == nil && e.CommunityID != a.community.ID:
		return e, l.refuse(a, "command.undo-nothing", templates.Args{})
	case err == nil && !a.isFacilitator() && !a.own(e):
		return e, l.refuse(a, "command.needs-role", templates.Args{Code: string(store.Facilitator)})
	}
	return e, err
}

// own says whether a change is the asker's to take back: their own doing, or their settings, whoever changed them.
func (a *asker) own(e store.JournalEntry) bool {
	if e.Actor.Who == a.address || e.Actor.Who == a.s.Address {
		return true
	}
	var before, after struct {
		Roles []store.Role `json:"roles"`
	}
	if e.MemberID != a.s.MemberID || e.Action != "change membership" ||
		errors.Join(json.Unmarshal([]byte(e.Before), &before), json.Unmarshal([]byte(e.After), &after)) != nil {
		return false
	}
	return slices.Equal(before.Roles, after.Roles)
}

// lastChange is what the asker did last: to themselves, and as a facilitator to others.
func (l *List) lastChange(ctx context.Context, a *asker) (last store.JournalEntry, err error) {
	entries, err := l.DB.MemberJournal(ctx, a.community.ID, a.s.MemberID, journalLooked)
	if err == nil && a.isFacilitator() {
		var all []store.JournalEntry
		all, err = l.DB.Journal(ctx, a.community.ID, journalLooked)
		entries = append(entries, all...)
	}
	if err != nil {
		return last, err
	}
	for _, e := range entries {
		if a.own(e) && e.ID > last.ID && l.Now().Sub(e.At) <= undoLife {
			last = e
		}
	}
	if last.ID == 0 {
		return last, l.refuse(a, "command.undo-nothing", templates.Args{})
	}
	return last, nil
}

// planJournal lists the newest changes for facilitators.
func planJournal(ctx context.Context, l *List, a *asker, _ command) (plan, error) {
	if !a.isFacilitator() {
		return plan{}, l.refuse(a, "command.needs-role", templates.Args{Code: string(store.Facilitator)})
	}
	entries, err := l.DB.Journal(ctx, a.community.ID, journalLines)
	if err != nil {
		return plan{}, err
	}
	res := result{done: true, text: a.community.Title}
	zone := l.zone(a.community, a.s)
	for _, e := range entries {
		line := strconv.FormatInt(e.ID, 10) + ": " + e.At.In(zone).Format("2006-01-02 15:04") + ", " + l.textOfChange(a, e)
		if e.Actor.Who != "" {
			line += " (" + e.Actor.Who + ")"
		}
		res.lines = append(res.lines, line)
	}
	return plan{result: res}, nil
}
