package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"guildpost/digest"
	"guildpost/digest/measure"
	"guildpost/store"
)

// explainAll is --explain without a figure.
const explainAll = "all"

// explains says whether a figure is to be explained.
func (q measureRequest) explains(r figureRow) bool {
	return q.explain == explainAll || q.explain == r.key || q.explain == r.name+"."+r.key
}

// figureNames are all figures as --explain names them.
func figureNames() (all []string) {
	for i, m := range (measure.Measures{}).All() {
		for _, p := range m.Parts() {
			all = append(all, measure.Names[i]+"."+p.Key)
		}
	}
	return all
}

// checkFigure wants --explain to name a figure that there is.
func (q measureRequest) checkFigure() error {
	if q.explain == "" || q.explain == explainAll {
		return nil
	}
	var keys []string
	for _, name := range figureNames() {
		_, key, _ := strings.Cut(name, ".")
		if keys = append(keys, key); q.explain == name || q.explain == key {
			return nil
		}
	}
	err := store.Errorf(store.NotFound, "there is no figure %s", q.explain)
	if near := nearest(q.explain, keys); near != "" {
		return withHint(err, "did you mean --explain=%s?", near)
	}
	return withHint(err, "the figures are %s", strings.Join(figureNames(), ", "))
}

// explainMeasures lists what figures were counted from: + is counted, - could have been.
func (a *app) explainMeasures(ctx context.Context, db *store.DB, r *digest.Report, q measureRequest) error {
	a.say("%s, %s", r.Community.Title, windowText(r.Window))
	for _, row := range figureRows(r) {
		if !q.explains(row) {
			continue
		}
		fmt.Fprintln(a.stdout)
		if !row.now.Available() {
			a.say("%s.%s: not available, since %s", row.name, row.key, row.now.Why.Sentence())
			continue
		}
		a.say("%s.%s: %s = %s", row.name, row.key, row.text(), figureValue(row.now))
		if err := a.explainTrace(ctx, db, r, row.now.From, q); err != nil {
			return err
		}
	}
	return nil
}

// A traced record was counted, or could have been.
type traced struct {
	id      int64
	counted bool
}

func (a *app) explainTrace(ctx context.Context, db *store.DB, r *digest.Report, t measure.Trace, q measureRequest) error {
	var all []traced
	for _, id := range t.Counted {
		all = append(all, traced{id, true})
	}
	for _, id := range uncounted(t) {
		all = append(all, traced{id, false})
	}
	shown := page(all, q)
	words, err := traceWords(ctx, db, r, t.Kind, shown)
	if err != nil {
		return err
	}
	for _, one := range shown {
		sign := "-"
		if one.counted {
			sign = "+"
		}
		a.say("  %s %s", sign, words[one.id])
	}
	if more := len(all) - len(shown); more > 0 {
		a.say("  (%d to %d of %d; --skip and --limit show others)", q.offset+min(1, len(shown)), q.offset+len(shown), len(all))
	}
	return nil
}

// uncounted are those that could have been counted and were not.
func uncounted(t measure.Trace) (others []int64) {
	if len(t.Among) == 0 {
		return nil
	}
	counted := make(map[int64]bool, len(t.Counted))
	for _, id := range t.Counted {
		counted[id] = true
	}
	return slices.DeleteFunc(slices.Clone(t.Among), func(id int64) bool { return counted[id] })
}

// traceWords says what the records are.
func traceWords(ctx context.Context, db *store.DB, r *digest.Report, kind measure.Kind, shown []traced) (map[int64]string, error) {
	words := map[int64]string{}
	var posts, dates []int64
	for _, one := range shown {
		switch kind {
		case measure.KindPost, measure.KindThread:
			posts = append(posts, one.id)
			words[one.id] = "post " + strconv.FormatInt(one.id, 10) + ", which is gone"
		case measure.KindOccurrence:
			if dates = append(dates, one.id); one.id < 0 {
				words[one.id] = "the next date of meeting " + strconv.FormatInt(-one.id, 10)
				continue
			}
			words[one.id] = "a date of a meeting, which is gone"
		case measure.KindMember, measure.KindMembership:
			words[one.id] = personWords(r.People[one.id])
		default:
			words[one.id] = string(kind) + " " + strconv.FormatInt(one.id, 10)
		}
	}
	met, err := db.OccurrencesByID(ctx, dates)
	if err != nil {
		return nil, err
	}
	for _, o := range met {
		words[o.ID] = showTime(o.Starts, r.Window.Zone) + "  " + o.Title
	}
	all, err := db.PostsByID(ctx, posts)
	for _, p := range all {
		words[p.ID] = fmt.Sprintf("%s  %s  %s  <%s>", showTime(p.Date, r.Window.Zone), p.From, p.Subject, p.MessageID)
	}
	return words, err
}

func personWords(p measure.Person) string {
	if p.Name == "" {
		return p.Address
	}
	return p.Name + " <" + p.Address + ">"
}
