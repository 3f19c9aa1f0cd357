package templates

func briefSamples() []sample {
	day, write := at(3, 2, 8, 0), "mailto:eve@e.example?Subject=Welcome"
	reply := "mailto:rust@lists.example.org?In-Reply-To=%3Cq1%40e.example%3E&Subject=Re%3A%20Who%20has%20used%20proptest%3F"
	owed := []BriefThread{{"Who has used proptest?", "Eve Martin", 3, true, reply}, {"A room for the workshop", "Dana Levi", 4, false, reply}}
	alarms := func(kinds ...string) (all []BriefAlarm) {
		for _, kind := range kinds {
			all = append(all, BriefAlarm{kind, 31, "-0.4"})
		}
		return all
	}
	full := Brief{For: forBen, Week: day, Suggestion: BriefSuggestion{Kind: "newcomer", Name: "Eve Martin", What: "Who has used proptest?", Do: Ticket{"rust@lists.example.org", reply}},
		Posts:     []HeldPost{{"", "zoe@z.example", "A job in Porto", Reason{Code: "non-member"}, at(2, 28, 9, 0), ticket("a"), ticket("r")}},
		Joins:     []HeldJoin{{"Emil Berg", "emil@e.example", at(2, 27, 9, 0), ticket("a"), ticket("r")}},
		Issue:     &BriefIssue{Title: sampleTitle, SendAt: at(3, 3, 8, 0), Approve: ticket("a"), Later: ticket("p"), Skip: ticket("s")},
		Report:    &BriefReport{Month: at(2, 1, 0, 0), SendAt: at(3, 4, 9, 0), Hold: ticket("h"), Send: ticket("s")},
		Proposals: []BriefProposal{{"Borrow checker clinic", at(3, 13, 15, 0), 3, ticket("a"), ticket("r")}},
		Untold:    []BriefMeeting{{"Show and tell", at(2, 26, 15, 0), ticket("w")}},
		Actions:   []BriefAction{{"Book the room", "Show and tell", "Dana Levi", at(2, 20, 0, 0), write}, {"Write it down", "Show and tell", "", at(2, 21, 0, 0), ""}},
		Owed:      owed,
		New: []BriefPerson{{"Eve Martin", []Answer{{"What do you build, or want to build, in Rust?", "A parser for old mail formats.\nAnd a little game."}, {"How did you hear of us?", ""}}, true, write},
			{"finn@f.example", nil, false, write}},
		Quiet: []BriefPerson{{Name: "Greta Olsen", Write: write}},
		Hosts: []BriefHost{{Name: "Chloé Dubois", Came: 5, Of: 6, Write: write}, {"Ana Sousa", 4, 6, at(1, 8, 15, 0), write}},
		Next:  BriefMeeting{Title: "Borrow checker clinic", Start: at(3, 12, 15, 0)},
		Alarms: alarms("drought", "unanswered", "slow", "one-author", "gravity", "rsvp-response", "show-rate", "unmeasured", "facilitators-share",
			"charter-review"),
		Cut: map[string]int{"posts": 1, "joins": 2, "proposals": 1, "untold": 3, "actions": 1, "owed": 12, "new": 2, "quiet": 1}}
	all := []sample{{"brief", full}}
	do := Brief{For: For{Community: rust}, Week: day}
	for _, s := range []BriefSuggestion{
		{Kind: "join", Name: "Emil Berg", Do: ticket("a")}, {Kind: "held", Name: "zoe@z.example", Do: ticket("a")},
		{Kind: "drought", Do: Ticket{"rust-meet@lists.example.org", "mailto:rust-meet@lists.example.org"}, Figure: BriefAlarm{Kind: "drought", N: 2}},
		{Kind: "question", Name: "Dana Levi", What: "A room for the workshop", Do: Ticket{"rust@lists.example.org", reply}}, {Kind: "proposal", What: "Borrow checker clinic", Do: ticket("a")},
		{Kind: "attendance", What: "Show and tell", Do: Ticket{Address: ticket("w").Address}}, {Kind: "issue", What: sampleTitle, Do: ticket("a")},
		{Kind: "greet", Name: "finn@f.example", Do: Ticket{"eve@e.example", write}}, {Kind: "host", Name: "Chloé Dubois", What: "Borrow checker clinic", Do: Ticket{"eve@e.example", write}},
		{Kind: "action", Name: "Dana Levi", What: "Book the room", Do: Ticket{"eve@e.example", write}}, {Kind: "quiet", Name: "Greta Olsen", Do: Ticket{"eve@e.example", write}},
		{Kind: "report", Do: ticket("s")}, {Kind: "alarm", Figure: BriefAlarm{Kind: "one-author", N: 1}, Do: Ticket{"rust@lists.example.org", "mailto:rust@lists.example.org"}},
	} {
		one := do
		one.Suggestion = s
		all = append(all, sample{"brief." + s.Kind, one})
	}
	return all
}
