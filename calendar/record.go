package calendar

import (
	"context"
	"slices"
	"strings"
	"time"

	"guildpost/calendar/itip"
	"guildpost/store"
)

var answers = map[itip.PartStat]store.RSVPAnswer{
	itip.Accepted: store.Accepted, itip.Tentative: store.Tentative, itip.Declined: store.Declined,
}

// take adds an answer of the invited person's calendar to a verdict. Who sends somebody else does not come: that is an answer,
// too (RFC 5546 3.2.2.3).
func (k *Calendar) take(ctx context.Context, a answering, answer itip.Answer, v *verdict) error {
	r, problem := k.rsvp(a, answer)
	if answer.PartStat == itip.Delegated && problem == "" {
		delegates, err := k.delegates(ctx, a, answer, v)
		if err != nil {
			return err
		}
		if r.Answer, r.Delegate = store.Declined, strings.Join(delegates, ", "); len(delegates) == 0 {
			problem = "delegated"
		}
	}
	switch {
	case problem != "":
		v.problem = problem
	case r.Answer != "":
		v.rsvps = append(v.rsvps, r)
	}
	return nil
}

// rsvp is an answer as it is kept, or why it cannot be. Its Answer is "" where nothing was answered.
func (k *Calendar) rsvp(a answering, answer itip.Answer) (r store.RSVP, problem string) {
	answer = answer.Bounded(k.Now(), a.meeting.Sequence)
	r = store.RSVP{Answer: answers[answer.PartStat], Comment: answer.Comment, Source: a.source(), At: k.Now(), Sequence: answer.Sequence,
		Stamp: answer.Stamp.UTC().Truncate(time.Microsecond)}
	key, ok := dateOf(a.meeting, answer.Occurrence)
	if !ok {
		return r, "date"
	}
	r.Occurrence, r.Later = key, answer.ThisAndLater && key != ""
	r.Stale = staleAnswer(a.meeting, r)
	return r, ""
}

// source is where what a calendar says came from.
func (a answering) source() string { return "calendar <" + a.message.MessageID + ">" }

// dateOf is the key of a date of a meeting, "" for the whole of it; false where it has no such date, or that is cancelled.
func dateOf(m store.Meeting, id itip.Time) (key string, ok bool) {
	if id.IsZero() {
		return "", true
	}
	found, ok := dateNamed(m, id)
	switch d, _ := dateChange(m, found); {
	case !ok || d.Cancelled:
		return "", false
	case m.Rule == "": // a REPLY to a meeting of one date that names that date
		return "", true
	}
	return found.Key(), true
}

// personal is an answer that somebody gave here, not in their calendar: it is to the meeting as it is now.
func (k *Calendar) personal(a answering, answer store.RSVPAnswer, source string) store.RSVP {
	return store.RSVP{Answer: answer, Source: source, At: k.Now(), Sequence: a.meeting.Sequence, Stamp: k.Now()}
}

// record keeps answers. One that somebody gave here counts above whatever their calendar has sent before, also where its
// clock is ahead.
func (k *Calendar) record(ctx context.Context, a answering, all []store.RSVP, notices []store.Notice) (int, error) {
	given := func(r store.RSVP) bool { return !strings.HasPrefix(r.Source, "calendar") }
	if slices.ContainsFunc(all, given) {
		have, err := k.DB.RSVPs(ctx, a.meeting.ID, a.invitation.Subscription.ID)
		if err != nil {
			return 0, err
		}
		for i := range all {
			for _, h := range have {
				if given(all[i]) && h.Occurrence == all[i].Occurrence && h.Later == all[i].Later && !all[i].Stamp.After(h.Stamp) {
					all[i].Stamp = h.Stamp.Add(time.Microsecond)
				}
			}
		}
	}
	changed, err := k.DB.RecordRSVPs(ctx, k.Now(), a.invitation, all, newer, notices)
	if err == nil && a.meeting.Settings.Capacity > 0 {
		_, err = k.seat(ctx, a.meeting, k.Now())
	}
	return changed, err
}

// newer says whether an answer counts above another one.
func newer(have, got store.RSVP) bool { return itip.CompareAnswers(asAnswer(got), asAnswer(have)) > 0 }

// newest are those of one person's answers that count.
func newest(all []store.RSVP) (kept []store.RSVP) {
	for _, r := range all {
		i := slices.IndexFunc(kept, func(k store.RSVP) bool { return k.Occurrence == r.Occurrence && k.Later == r.Later })
		switch {
		case i < 0:
			kept = append(kept, r)
		case newer(kept[i], r):
			kept[i] = r
		}
	}
	return kept
}

func asAnswer(r store.RSVP) itip.Answer {
	return itip.Answer{PartStat: partStat(r.Answer), Comment: r.Comment, Sequence: r.Sequence, Stamp: r.Stamp, DelegatedTo: []string{r.Delegate}}
}

func partStat(answer store.RSVPAnswer) itip.PartStat {
	for stat, a := range answers {
		if a == answer {
			return stat
		}
	}
	return itip.NeedsAction
}
