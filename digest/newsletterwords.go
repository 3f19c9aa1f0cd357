package digest

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"guildpost/digest/issue"
	"guildpost/store"
	"guildpost/templates"
)

// words put an issue into a language, with times in a zone.
type words struct {
	lang  string
	zone  *time.Location
	about templates.Community
	when  time.Time // what the issue is named after: a month, or, where weekly, a day
	daily bool
}

func (n *Newsletters) wordsFor(c store.Community, i store.Newsletter, lang string, zone *time.Location) words {
	home := n.Gatherer.CommunityZone(c)
	w := words{lang: lang, zone: zone, about: about(c), when: i.From.Add(i.Until.Sub(i.From) / 2).In(home)}
	if s, err := ParseSchedule(c.Newsletter); err == nil && s.isWeekly() {
		w.when, w.daily = i.SendAt.In(home), true
	}
	return w
}

func (w words) say(key string, args templates.Args) string {
	args.Community = w.about
	if !args.When.IsZero() {
		args.When = args.When.In(w.zone)
	}
	return templates.Say(w.lang, key, args)
}

// Title implements issue.Words.
func (w words) Title() string {
	key := "news.title"
	if w.daily {
		key = "news.title-day"
	}
	return templates.Say(w.lang, key, templates.Args{Community: w.about, When: w.when})
}

// Heading implements issue.Words.
func (w words) Heading(k issue.Kind) string {
	return w.say("news.heading."+string(k), templates.Args{})
}

// Block implements issue.Words.
func (w words) Block(it issue.Item) string {
	switch {
	case it.Summary != nil:
		return w.summary(*it.Summary)
	case it.Thread != nil:
		return newsEntry(it.Thread.Subject, w.thread(*it.Thread)+" ("+w.say("news.get", templates.Args{N: int(it.Thread.ID)})+")")
	case it.Meeting != nil:
		return newsEntry(it.Meeting.Title, w.meeting(*it.Meeting))
	case it.People != nil:
		return w.people(*it.People)
	case it.Thanks != nil:
		return newsEntry(it.Thanks.To, w.thanks(*it.Thanks))
	case it.Milestone != nil:
		return newsEntry(it.Milestone.Name, w.say("news.milestone."+it.Milestone.What, templates.Args{N: it.Milestone.N}))
	case it.Figure != nil:
		return newsEntry(w.figure(*it.Figure), w.trend(*it.Figure))
	}
	return it.Text
}

// newsEntry is an item of a list that begins with bold words; its text, where there is one, begins with a capital.
func newsEntry(title, text string) string {
	if text == "" {
		return "- **" + issue.Escape(title) + "**"
	}
	first, size := utf8.DecodeRuneInString(text)
	return "- **" + issue.Escape(title) + "** – " + string(unicode.ToUpper(first)) + text[size:]
}

func (w words) summary(s issue.Summary) string {
	var all []string
	if s.Writers > 0 {
		all = append(all, w.say("news.summary", templates.Args{N: s.Writers, M: s.Posts}))
	} else {
		all = append(all, w.say("news.summary.quiet", templates.Args{}))
	}
	if s.Joined > 0 {
		all = append(all, w.say("news.summary.joined", templates.Args{N: s.Joined}))
	}
	return strings.Join(all, " ")
}

// thread says why a thread is named.
func (w words) thread(t issue.Thread) string {
	switch {
	case t.Why == issue.Waits && t.By != "":
		return w.say("news.question.by", templates.Args{Name: issue.Escape(t.By), When: t.Since})
	case t.Why == issue.Waits:
		return w.say("news.question", templates.Args{When: t.Since})
	case t.Why == issue.Keeps:
		return w.say("news.kept", templates.Args{N: t.Posts - 1})
	}
	why := []string{w.say("news.why.people", templates.Args{N: t.People})}
	if t.Posts > 1 {
		why = append(why, w.say("news.why.answers", templates.Args{N: t.Posts - 1}))
	}
	if t.Thanks > 0 {
		why = append(why, w.say("news.why.thanks", templates.Args{N: t.Thanks}))
	}
	if t.Solved {
		why = append(why, w.say("news.why.solved", templates.Args{}))
	}
	return w.say("news.thread", templates.Args{Names: why})
}

func (w words) meeting(m issue.Meeting) string {
	if !m.Held {
		text := w.say("news.meeting", templates.Args{When: m.Starts, N: m.Minutes})
		if m.Place != "" {
			text += ", " + issue.Escape(m.Place)
		}
		return text
	}
	all := []string{w.say("news.past", templates.Args{When: m.Starts})}
	switch {
	case m.Came > 0:
		all = append(all, w.say("news.past.came", templates.Args{N: m.Came}))
	case m.Accepted > 0:
		all = append(all, w.say("news.past.accepted", templates.Args{N: m.Accepted}))
	}
	if m.Ratings > 0 {
		all = append(all, w.say("news.past.rated", templates.Args{Value: strconv.FormatFloat(m.Rating, 'f', 1, 64), N: m.Ratings}))
	}
	text := strings.Join(all, "; ")
	if m.Thread != 0 {
		text += "; " + w.say("news.past.minutes", templates.Args{}) + " (" + w.say("news.get", templates.Args{N: int(m.Thread)}) + ")"
	}
	return text
}

func (w words) people(p issue.People) string {
	if len(p.Names) == 0 {
		return w.say("news.people.others", templates.Args{N: p.Others})
	}
	names := escaped(p.Names)
	if p.Others > 0 {
		names = append(names, w.say("news.people.more", templates.Args{N: p.Others}))
	}
	return w.say("news.people", templates.Args{Names: names})
}

func (w words) thanks(t issue.Thanks) string {
	text := w.say("news.thanks.nobody", templates.Args{})
	if len(t.From) > 0 {
		text = w.say("news.thanks", templates.Args{Names: escaped(t.From)})
	}
	if t.Note != "" {
		text += ", " + w.say("news.thanks.note", templates.Args{Text: issue.Escape(t.Note)})
	}
	return text
}

func escaped(names []string) (all []string) {
	for _, name := range names {
		all = append(all, issue.Escape(name))
	}
	return all
}

// figure is a measure in words.
func (w words) figure(f issue.Figure) string {
	args := templates.Args{N: int(math.Round(f.Value))}
	if f.N > 0 {
		args.N, args.M = f.K, f.N
	}
	return w.say("news.figure."+f.Key, args)
}

// trend compares a measure with earlier ones: a share in percent, a number by how much it has changed.
func (w words) trend(f issue.Figure) string {
	var all []string
	earlier := []struct {
		value *float64
		year  string
	}{{f.Before, ""}, {f.Year, "year."}}
	if f.Share {
		all = append(all, w.say("news.trend.percent", templates.Args{N: percent(f.Value)}))
	}
	for _, e := range earlier {
		switch {
		case e.value == nil:
		case f.Share:
			key := map[string]string{"": "news.trend.percent.before", "year.": "news.trend.percent.year"}[e.year]
			all = append(all, w.say(key, templates.Args{N: percent(*e.value)}))
		default:
			all = append(all, w.change(e.year, int(math.Round(f.Value)), int(math.Round(*e.value))))
		}
	}
	return strings.Join(all, ", ")
}

func percent(share float64) int { return int(math.Round(100 * share)) }

func (w words) change(year string, now, before int) string {
	switch {
	case now > before:
		return w.say("news.trend."+year+"more", templates.Args{N: now - before})
	case now < before:
		return w.say("news.trend."+year+"fewer", templates.Args{N: before - now})
	case now == 0:
		return w.say("news.trend."+year+"none", templates.Args{})
	}
	return w.say("news.trend."+year+"same", templates.Args{})
}

// chartWords say what a chart shows.
func (w words) chartWords(f issue.Figure) string {
	var values []string
	for _, v := range f.Series {
		switch {
		case v < 0:
			values = append(values, "–")
		case f.Share:
			values = append(values, fmt.Sprintf("%d %%", percent(v)))
		default:
			values = append(values, strconv.Itoa(int(math.Round(v))))
		}
	}
	return w.say("news.chart", templates.Args{Names: values})
}
