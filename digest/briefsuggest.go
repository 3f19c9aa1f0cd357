package digest

import (
	"slices"
	"strings"

	"guildpost/templates"
)

// suggestions are what a brief may suggest to do, the most important first: a newcomer who gets no answer is not seen again; who
// wants to join, or has written, is waiting at the door; without meetings people lose each other; then come the others who ask,
// what is to be decided, and whom a word would do good. Each returns false where there is nothing of its kind.
var suggestions = []func(templates.Brief) (templates.BriefSuggestion, bool){
	suggestNewcomer, suggestJoin, suggestHeld, suggestDrought, suggestQuestion, suggestProposal, suggestAttendance, suggestIssue,
	suggestGreet, suggestHost, suggestAction, suggestQuiet, suggestReport, suggestAlarm,
}

// suggestion is the first of them that there is; its Kind is "" where there is nothing to tell at all.
func suggestion(b templates.Brief) templates.BriefSuggestion {
	for _, of := range suggestions {
		if s, ok := of(b); ok {
			return s
		}
	}
	return templates.BriefSuggestion{}
}

func suggestThread(b templates.Brief, kind string, newcomer bool) (templates.BriefSuggestion, bool) {
	at := slices.IndexFunc(b.Owed, func(t templates.BriefThread) bool { return t.Newcomer == newcomer })
	if at < 0 {
		return templates.BriefSuggestion{}, false
	}
	t := b.Owed[at]
	return templates.BriefSuggestion{Kind: kind, Name: t.From, What: t.Subject, Do: begins(t.Reply)}, true
}

func suggestNewcomer(b templates.Brief) (templates.BriefSuggestion, bool) {
	return suggestThread(b, "newcomer", true)
}

func suggestQuestion(b templates.Brief) (templates.BriefSuggestion, bool) {
	return suggestThread(b, "question", false)
}

func suggestJoin(b templates.Brief) (s templates.BriefSuggestion, ok bool) {
	if len(b.Joins) == 0 {
		return s, false
	}
	j := b.Joins[0]
	name := j.Name
	if name == "" {
		name = j.Address
	}
	return templates.BriefSuggestion{Kind: "join", Name: name, Do: j.Approve}, true
}

func suggestHeld(b templates.Brief) (s templates.BriefSuggestion, ok bool) {
	if len(b.Posts) == 0 {
		return s, false
	}
	p := b.Posts[0]
	return templates.BriefSuggestion{Kind: "held", Name: p.Address, What: p.Subject, Do: p.Approve}, true
}

// begins is what begins a mail by a link.
func begins(link string) templates.Ticket {
	address, _, _ := strings.Cut(strings.TrimPrefix(link, "mailto:"), "?")
	return templates.Ticket{URL: link, Address: address}
}

// meetLink begins a mail that calls a meeting.
func meetLink(b templates.Brief) string { return "mailto:" + b.Community.Function("meet") }

func suggestDrought(b templates.Brief) (s templates.BriefSuggestion, ok bool) {
	at := slices.IndexFunc(b.Alarms, func(a templates.BriefAlarm) bool { return a.Kind == "drought" })
	if at < 0 {
		return s, false
	}
	return templates.BriefSuggestion{Kind: "drought", Do: begins(meetLink(b)), Figure: b.Alarms[at]}, true
}

func suggestProposal(b templates.Brief) (s templates.BriefSuggestion, ok bool) {
	if len(b.Proposals) == 0 {
		return s, false
	}
	return templates.BriefSuggestion{Kind: "proposal", What: b.Proposals[0].Title, Do: b.Proposals[0].Accept}, true
}

func suggestAttendance(b templates.Brief) (s templates.BriefSuggestion, ok bool) {
	if len(b.Untold) == 0 {
		return s, false
	}
	return templates.BriefSuggestion{Kind: "attendance", What: b.Untold[0].Title, Do: b.Untold[0].Answer}, true
}

func suggestIssue(b templates.Brief) (s templates.BriefSuggestion, ok bool) {
	if b.Issue == nil {
		return s, false
	}
	return templates.BriefSuggestion{Kind: "issue", What: b.Issue.Title, Do: b.Issue.Approve}, true
}

func suggestReport(b templates.Brief) (s templates.BriefSuggestion, ok bool) {
	if b.Report == nil {
		return s, false
	}
	return templates.BriefSuggestion{Kind: "report", Do: b.Report.Send}, true
}

// suggestGreet is about who is new, before all who has not written.
func suggestGreet(b templates.Brief) (s templates.BriefSuggestion, ok bool) {
	if len(b.New) == 0 {
		return s, false
	}
	at := max(0, slices.IndexFunc(b.New, func(p templates.BriefPerson) bool { return !p.Wrote }))
	return templates.BriefSuggestion{Kind: "greet", Name: b.New[at].Name, Do: begins(b.New[at].Write)}, true
}

func suggestHost(b templates.Brief) (s templates.BriefSuggestion, ok bool) {
	if len(b.Hosts) == 0 {
		return s, false
	}
	return templates.BriefSuggestion{Kind: "host", Name: b.Hosts[0].Name, What: b.Next.Title, Do: begins(b.Hosts[0].Write)}, true
}

func suggestAction(b templates.Brief) (s templates.BriefSuggestion, ok bool) {
	if len(b.Actions) == 0 {
		return s, false
	}
	a := b.Actions[0]
	link := a.Write
	if link == "" { // nobody knows whose it is: the community may
		link = "mailto:" + b.Community.Address
	}
	return templates.BriefSuggestion{Kind: "action", Name: a.Owner, What: a.What, Do: begins(link)}, true
}

func suggestQuiet(b templates.Brief) (s templates.BriefSuggestion, ok bool) {
	if len(b.Quiet) == 0 {
		return s, false
	}
	return templates.BriefSuggestion{Kind: "quiet", Name: b.Quiet[0].Name, Do: begins(b.Quiet[0].Write)}, true
}

// suggestAlarm is about any other alarm: what helps begins with a mail to the community, or to a meeting's address.
func suggestAlarm(b templates.Brief) (s templates.BriefSuggestion, ok bool) {
	if len(b.Alarms) == 0 {
		return s, false
	}
	s = templates.BriefSuggestion{Kind: "alarm", Do: begins("mailto:" + b.Community.Address), Figure: b.Alarms[0]}
	switch s.Figure.Kind {
	case "rsvp-response", "show-rate":
		s.Do = begins(meetLink(b))
	}
	return s, true
}
