package templates

func sponsorSamples() []sample {
	picture := func(cid string) Picture {
		return Picture{CID: cid + "@lists.example.org", Alt: "The last twelve months: 41, 44, 44, 47, 50, 52, 51, 55, 56, 58, 60, 62", Width: 240, Height: 48}
	}
	full := SponsorReport{For: forAna, Month: at(2, 15, 0, 0), Active: 14, Measures: []ReportMeasure{
		{"members", "62 members", "2 more than a month before, 21 more than a year ago", "up", picture("figure1")},
		{"meetings", "2 meetings in the last month", "as many as a month before", "fine", picture("figure2")},
		{"discussions", "12 of 17 threads were answered within a week", "that is 71 %, after 65 % a month before", "fine", picture("figure3")},
		{"engagement", "14 of 62 members wrote or came", "3 more than a month before", "low", picture("figure4")},
		{Key: "impact"},
	}}
	draft := full
	draft.Draft = &ReportDraft{SendAt: at(3, 4, 9, 0), Sponsors: 2, Hold: ticket("h"), Send: ticket("s")}
	fading := SponsorReport{For: For{Community: rust}, Month: at(2, 15, 0, 0), Active: 2, Alarms: []string{"drought", "one-author"}, Measures: []ReportMeasure{
		{"members", "31 members", "4 fewer than a month before", "down", Picture{}},
		{"meetings", "No meeting in the last month", "one fewer than a month before", "none", Picture{}},
		{"discussions", "One of 4 threads was answered within a week", "that is 25 %", "low", Picture{}},
		{"engagement", "0 of 31 members wrote or came", "", "none", Picture{}},
		{"impact", "Initiatives are at 40 of 100", "", "", Picture{}},
	}}
	still := SponsorReport{For: forAna, Month: at(2, 15, 0, 0), Measures: []ReportMeasure{{Key: "members"}, {Key: "meetings"}, {Key: "discussions"}, {Key: "engagement"}, {Key: "impact"}}}
	return []sample{
		{"sponsor-report", full}, {"sponsor-report.draft", draft}, {"sponsor-report.fading", fading}, {"sponsor-report.still", still},
		{"report-answered.held", ReportAnswered{For: forAna, Month: at(2, 15, 0, 0), Kind: "held", Send: ticket("s")}},
		{"report-answered.sent", ReportAnswered{For: forAna, Month: at(2, 15, 0, 0), Kind: "sent"}},
		{"report-answered.passed", ReportAnswered{For: forAna, Month: at(2, 15, 0, 0), Kind: "passed"}},
	}
}
