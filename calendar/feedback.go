package calendar

import (
	"context"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

const (
	// fewestAnswers is how many answers there must be for anything of them to be shown: fewer have faces.
	fewestAnswers = 5
	// Questions go out between these hours, where the reader is.
	firstHour, lastHour = 9, 20
	// maxComment is how long what somebody writes with their answer may be, in bytes.
	maxComment = 2000
)

// decent is the next time at which somebody may be asked, where they are; now, if it is one.
func decent(now time.Time, zone *time.Location) time.Time {
	local := now.In(zone)
	switch hour := local.Hour(); {
	case hour < firstHour:
		return time.Date(local.Year(), local.Month(), local.Day(), firstHour, 0, 0, 0, zone)
	case hour >= lastHour:
		return time.Date(local.Year(), local.Month(), local.Day()+1, firstHour, 0, 0, 0, zone)
	}
	return now
}

// wasThere says whether somebody counts as having been at a date: as was said, else as they had said themselves.
func wasThere(o store.Occurrence, a store.Attendance) bool {
	return a.Came || o.ToldAt.IsZero() && a.Answer == store.Accepted
}

// askFeedback asks everybody who was at a date how it was, each at a decent hour, and sums up for the host when that is over.
func (k *Calendar) askFeedback(ctx context.Context, now time.Time) (int, error) {
	return k.eachTask(ctx, taskFeedback, now, func(task store.Task) (bool, error) {
		p, err := k.past(ctx, task.ObjectID)
		if err != nil {
			return k.orDrop(ctx, now, task, err)
		}
		all, err := k.DB.Attendances(ctx, p.occurrence.ID)
		if err != nil {
			return false, err
		}
		end := feedbackEnd(p.occurrence, all, now)
		if gone := p.community.Closed || !p.occurrence.CancelledAt.IsZero(); gone || !now.Before(end) {
			return k.sumUp(ctx, now, task, p, gone)
		}
		return k.askSome(ctx, now, task, p, all, end)
	})
}

// feedbackEnd is when no answers are waited for any more: some time after the first was asked. Where that was nobody so far, it
// is as if somebody were asked now, for as long as people remember.
func feedbackEnd(o store.Occurrence, all []store.Attendance, now time.Time) time.Time {
	first := now
	if late := o.Ends.Add(askedWithin); now.After(late) {
		return late
	}
	for _, a := range all {
		if !a.AskedAt.IsZero() && a.AskedAt.Before(first) {
			first = a.AskedAt
		}
	}
	return first.Add(feedbackFor)
}

// askSome asks those who can be asked now, in chunks, and leaves the others to the hour that suits them.
func (k *Calendar) askSome(ctx context.Context, now time.Time, task store.Task, p past, all []store.Attendance, end time.Time) (asked bool, err error) {
	next := end
	var ready []store.Subscription
	for _, a := range all {
		if !a.AskedAt.IsZero() || !wasThere(p.occurrence, a) || !mayBeAsked(a.Subscription) {
			continue
		}
		switch at := decent(now, k.zone(p.community, a.Subscription, p.meeting)); {
		case !at.After(now):
			ready = append(ready, a.Subscription)
		case at.Before(next):
			next = at
		}
	}
	for len(ready) > tellAtOnce {
		soon := task.DueAt.Add(time.Microsecond) // the same task, due as it was
		if taken, err := k.askThem(ctx, now, task, soon, p, ready[:tellAtOnce]); err != nil || !taken {
			return asked, err
		}
		asked, ready, task.DueAt = true, ready[tellAtOnce:], soon
	}
	taken, err := k.askThem(ctx, now, task, next, p, ready)
	return asked || taken && len(ready) > 0, err
}

// askThem asks some people in one transaction.
func (k *Calendar) askThem(ctx context.Context, now time.Time, task store.Task, next time.Time, p past, some []store.Subscription) (taken bool, err error) {
	var ids []int64
	var notices []store.Notice
	for _, s := range some {
		n, err := k.notice(k.feedbackLetter(p, s, false))
		if err != nil {
			return false, err
		}
		ids, notices = append(ids, s.ID), append(notices, n)
	}
	return k.DB.AskFeedback(ctx, now, task, next, ids, notices)
}

// mayBeAsked says whether somebody still gets mail.
func mayBeAsked(s store.Subscription) bool { return s.State == store.Active || s.State == store.Guest }

func (k *Calendar) feedbackLetter(p past, to store.Subscription, unclear bool) letter {
	token := k.pastToken(mail.TicketFeedback, to, p.occurrence.ID)
	return letter{community: p.community, to: to, from: mail.TicketAddress(p.community.Name, p.community.Domain, token),
		data: templates.MeetingFeedback{For: forReader(p.community, to), Title: p.occurrence.Title, Unclear: unclear,
			Start: p.occurrence.Starts.In(k.zone(p.community, to, p.meeting)), Answer: k.ticket(p.community, token)}}
}

// ReadFeedback reads "4 good examples": a number from 1 to 5, and what stands behind it and below. False is that it is none,
// or two, as "4 or 5".
func ReadFeedback(text string) (rating int, comment string, ok bool) {
	text = strings.TrimLeft(norm.NFKC.String(strings.TrimSpace(text)), "*_ ")
	if text == "" || text[0] < '1' || text[0] > '5' {
		return 0, "", false
	}
	rating, rest := int(text[0]-'0'), text[1:]
	for _, out := range []string{"/5", " / 5", " of 5", " out of 5", " von 5", " de 5"} {
		if after, found := strings.CutPrefix(rest, out); found {
			rest = after
			break
		}
	}
	first, _, _ := strings.Cut(rest, "\n")
	if first != "" && !strings.ContainsRune(" \t,.;:!-–—*_(", []rune(first)[0]) || numberFollows(first) {
		return 0, "", false
	}
	comment = strings.TrimSpace(strings.TrimLeft(rest, " \t,.;:!-–—*_"))
	if len(comment) > maxComment {
		comment = strings.ToValidUTF8(comment[:maxComment], "")
	}
	return rating, comment, true
}

// numberFollows says whether a line goes on as if the number were not all: "4-5", "4,5", "4 or 5".
func numberFollows(line string) bool {
	words := strings.Fields(strings.TrimLeft(line, " \t,.;:-–—"))
	for i, word := range words {
		number := len(word) > 0 && word[0] >= '0' && word[0] <= '9'
		joined := i == 0 || i == 1 && map[string]bool{"or": true, "to": true, "oder": true, "bis": true, "o": true, "a": true}[words[0]]
		if number && joined {
			return true
		}
	}
	return false
}

// answerFeedback handles a mail that says how a meeting was. What is clear is not answered.
func (k *Calendar) answerFeedback(ctx context.Context, c store.Community, _ mail.Envelope, m *mail.Message, t mail.Ticket) error {
	p, s, err := k.pastFor(ctx, t)
	if err == nil && p.community.ID != c.ID {
		err = store.Errorf(store.NotFound, "this meeting is not one of %s", c.Address())
	}
	if err != nil {
		return err
	}
	rating, comment, ok := ReadFeedback(m.Text().New)
	if !ok {
		return k.help(ctx, p, k.feedbackLetter(p, s, true), m)
	}
	return k.recordFeedback(ctx, p, s, rating, comment, "text <"+m.MessageID+">")
}

func (k *Calendar) recordFeedback(ctx context.Context, p past, s store.Subscription, rating int, comment, source string) error {
	f := store.Feedback{OccurrenceID: p.occurrence.ID, SubscriptionID: s.ID, Rating: rating, Comment: comment, Source: source, At: k.Now()}
	err := k.DB.RecordFeedback(ctx, k.Now(), f, nil)
	if err == nil { // not what they said
		k.Log.Info("somebody said how a meeting was", "community", p.community.Address(), "meeting", p.meeting.ID, "occurrence", p.occurrence.ID)
	}
	return err
}

func (k *Calendar) showFeedback(ctx context.Context, t mail.Ticket) (Page, error) {
	_, _, page, err := k.feedbackPage(ctx, t)
	return page, err
}

func (k *Calendar) feedbackPage(ctx context.Context, t mail.Ticket) (p past, s store.Subscription, page Page, err error) {
	if p, s, err = k.pastFor(ctx, t); err != nil {
		return p, s, page, err
	}
	page = Page{Community: p.community, Kind: "feedback", AskReason: true, Choices: []string{"1", "2", "3", "4", "5"},
		About: templates.Args{Subject: p.occurrence.Title, When: p.occurrence.Starts.In(k.zone(p.community, s, p.meeting))}}
	all, err := k.DB.Feedbacks(ctx, p.occurrence.ID)
	for _, f := range all {
		if f.SubscriptionID == s.ID {
			page.About.Code = page.Choices[f.Rating-1]
		}
	}
	return p, s, page, err
}

// pressFeedback takes the button in the first line and the sentence below it.
func (k *Calendar) pressFeedback(ctx context.Context, t mail.Ticket, said string) (Page, error) {
	p, s, page, err := k.feedbackPage(ctx, t)
	if err != nil {
		return page, err
	}
	choice, sentence, _ := strings.Cut(said, "\n")
	rating, _, ok := ReadFeedback(choice)
	if !ok || len(choice) != 1 {
		return page, store.Errorf(store.Invalid, "%q is no answer", choice)
	}
	page.About.Code = choice
	return page, k.recordFeedback(ctx, p, s, rating, strings.TrimSpace(sentence), "page")
}

// sumUp tells the host how people found a date, and takes the task.
func (k *Calendar) sumUp(ctx context.Context, now time.Time, task store.Task, p past, gone bool) (bool, error) {
	var notices []store.Notice
	text, err := k.summary(ctx, p)
	if err != nil {
		return false, err
	}
	if !gone && text.Asked > 0 {
		hosts, err := k.hosts(ctx, p.community, p.meeting, p.occurrence)
		if err != nil {
			return false, err
		}
		for _, host := range hosts {
			text.For, text.Start = forReader(p.community, host), p.occurrence.Starts.In(k.zone(p.community, host, p.meeting))
			n, err := k.notice(letter{community: p.community, to: host, data: text, from: p.community.FunctionAddress("owner")})
			if err != nil {
				return false, err
			}
			notices = append(notices, n)
		}
	}
	_, err = k.DB.TakeTask(ctx, now, task, time.Time{}, notices)
	return len(notices) > 0, err
}

// Feedback is how people found a date of a meeting. Of a few answers nothing but their number is there.
type Feedback struct {
	Asked, Answers int
	Counts         [6]int // by rating, 1 to 5
	Comments       []string
}

// Few says that the answers are too few to be shown.
func (f Feedback) Few() bool { return f.Answers < fewestAnswers }

// Mean is the mean of the ratings; of a few it is 0.
func (f Feedback) Mean() float64 {
	sum := 0
	for rating, n := range f.Counts {
		sum += rating * n
	}
	return float64(sum) / float64(max(f.Answers, 1))
}

// Feedback returns what there is to show of the answers about a date.
func (k *Calendar) Feedback(ctx context.Context, occurrence int64) (f Feedback, err error) {
	all, err := k.DB.Attendances(ctx, occurrence)
	if err != nil {
		return f, err
	}
	f.Comments = []string{}
	for _, a := range all {
		if !a.AskedAt.IsZero() {
			f.Asked++
		}
	}
	given, err := k.DB.Feedbacks(ctx, occurrence)
	if f.Answers = len(given); err != nil || f.Few() {
		return f, err
	}
	for _, answer := range given {
		f.Counts[answer.Rating]++
		if answer.Comment != "" {
			f.Comments = append(f.Comments, answer.Comment)
		}
	}
	// In no order: who answered when could be known from elsewhere.
	rand.Shuffle(len(f.Comments), func(i, j int) { f.Comments[i], f.Comments[j] = f.Comments[j], f.Comments[i] })
	return f, nil
}

// summary is that for the host.
func (k *Calendar) summary(ctx context.Context, p past) (text templates.MeetingFeedbackSummary, err error) {
	f, err := k.Feedback(ctx, p.occurrence.ID)
	text = templates.MeetingFeedbackSummary{Title: p.occurrence.Title, Asked: f.Asked, Answers: f.Answers, Few: f.Few(), Comments: f.Comments,
		Mean: strconv.FormatFloat(f.Mean(), 'f', 1, 64)}
	for rating := 5; rating > 0; rating-- {
		text.Counts = append(text.Counts, templates.FeedbackCount{Rating: rating, N: f.Counts[rating]})
	}
	return text, err
}
