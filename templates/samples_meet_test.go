package templates

import "time"

// clinicWish is a meeting that repeats, with all that can be said of one.
func clinicWish() MeetingWish {
	return MeetingWish{Title: "Borrow checker clinic", Place: "Room 3, or https://meet.example.org/clinic", About: "Bring the code that the compiler refuses.\nWe look at it together.",
		Unread: []string{"sharp", "maybe"}, Options: []MeetingOption{{Start: at(3, 12, 15, 0), Dates: []time.Time{at(3, 26, 15, 0), at(4, 9, 15, 0)}, More: true,
			Repeats: Repeats{Every: "week", Interval: 2, Weekdays: []time.Weekday{time.Thursday}, Count: 10}, Minutes: 60, Zone: "Europe/Berlin", Assumed: true,
			Local: []ZoneTime{{at(3, 12, 15, 0), 31, false}, {at(3, 12, 14, 0).UTC(), 1, true}}}}}
}

// choiceWish has several dates.
func choiceWish() MeetingWish {
	return MeetingWish{Title: "Borrow checker clinic", Options: []MeetingOption{
		{N: 1, Start: at(3, 4, 15, 0), Minutes: 90, Zone: "Europe/Berlin", Season: "CEST", Local: []ZoneTime{{at(3, 4, 15, 0), 32, false}}},
		{N: 2, Start: at(4, 3, 15, 0), Minutes: 90, Zone: "Europe/Berlin", Twice: true, Local: []ZoneTime{{at(4, 3, 15, 0), 32, false}}}}}
}

func meetSamples() []sample {
	const title = "Borrow checker clinic"
	expires := at(3, 6, 14, 30)
	return []sample{
		{"meeting-echo", MeetingEcho{For: forAna, Kind: "confirm", Wish: clinicWish(), Members: 32, Expires: expires, Answer: ticket("e")}},
		{"meeting-echo.ask", MeetingEcho{For: forAna, Kind: "ask", Wish: choiceWish(), Members: 1, Propose: true, Unclear: true, Expires: expires, Answer: ticket("e")}},
		{"meeting-echo.either", MeetingEcho{For: For{Community: rust}, Kind: "either", Wish: choiceWish(), Members: 32, Expires: expires, Answer: Ticket{Address: ticket("e").Address}}},
		{"meeting-echo.poll", MeetingEcho{For: forAna, Kind: "poll", Wish: choiceWish(), Members: 32, Closes: at(3, 10, 15, 0), Expires: expires, Answer: ticket("e")}},
		{"meeting-proposal", MeetingProposal{For: For{Community: rust, Recipient: "Ben Okafor"}, Name: "Ana Sousa", Address: "ana@a.example", Wish: clinicWish(),
			Members: 32, Expires: at(3, 10, 14, 30), Answer: ticket("p")}},
		{"meeting-proposal.poll", MeetingProposal{For: For{Community: rust}, Address: "ana@a.example", Poll: true, Unclear: true, Wish: choiceWish(), Members: 1,
			Expires: at(3, 10, 14, 30), Answer: ticket("p")}},
		{"meeting-wish-help", MeetingWishHelp{For: forAna, Kind: "nothing", Meet: "rust-meet@lists.example.org"}},
		{"meeting-wish-help.zone", MeetingWishHelp{For: forAna, Kind: "zone", Words: "IST", Unread: []string{"sharp"}, Meet: "rust-meet@lists.example.org"}},
		{"meeting-wish-help.past", MeetingWishHelp{For: forAna, Kind: "past", Words: "1 March 15:00", When: at(3, 1, 15, 0), Meet: "rust-meet@lists.example.org"}},
		{"meeting-wish-help.refused", MeetingWishHelp{For: forAna, Kind: "refused", Meet: "rust-meet@lists.example.org"}},
		{"meeting-wish-help.expired", MeetingWishHelp{For: forAna, Kind: "expired", Meet: "rust-meet@lists.example.org"}},
		{"meeting-wish-done", MeetingWishDone{For: forAna, Kind: "called", Title: title, Start: at(3, 12, 15, 0), Members: 32}},
		{"meeting-wish-done.approved-poll", MeetingWishDone{For: forAna, Kind: "approved", Title: title, By: "Ben Okafor", Members: 1, Closes: at(3, 10, 15, 0)}},
		{"meeting-wish-done.proposed", MeetingWishDone{For: forAna, Kind: "proposed", Title: title}},
		{"meeting-wish-done.approved", MeetingWishDone{For: forAna, Kind: "approved", Title: title, By: "Ben Okafor", Members: 32}},
		{"meeting-wish-done.declined", MeetingWishDone{For: forAna, Kind: "declined", Title: title, By: "Ben Okafor", Reason: "We meet that day already."}},
		{"meeting-wish-done.dropped", MeetingWishDone{For: forAna, Kind: "dropped", Title: title}},
		{"meeting-wish-done.already", MeetingWishDone{For: forAna, Kind: "already", Title: title, By: "Ben Okafor"}},
		{"meeting-poll", MeetingPoll{For: forAna, Title: title, Place: "Room 3", About: "Bring code.\nAnd questions.", Dates: pollDates("", "", ""), Closes: at(3, 10, 15, 0), Answer: ticket("v")}},
		{"meeting-poll.again", MeetingPoll{For: For{Community: rust}, Title: title, Dates: pollDates("", "", ""), Closes: at(3, 10, 15, 0), Again: true,
			Answer: Ticket{Address: ticket("v").Address}}},
		{"meeting-poll-answered", MeetingPollAnswered{For: forAna, Kind: "noted", Title: title, Dates: pollDates("accepted", "tentative", "declined"), Closes: at(3, 10, 15, 0), Answer: ticket("v")}},
		{"meeting-poll-answered.unclear", MeetingPollAnswered{For: forAna, Kind: "unclear", Title: title, Dates: pollDates("accepted", "", ""), Closes: at(3, 10, 15, 0), Answer: ticket("v")}},
		{"meeting-poll-answered.other", MeetingPollAnswered{For: forAna, Kind: "other", Address: "zoe@z.example", Title: title, Dates: pollDates("", "", ""), Closes: at(3, 10, 15, 0), Answer: ticket("v")}},
		{"meeting-poll-answered.closed", MeetingPollAnswered{For: forAna, Kind: "closed", Title: title, Dates: pollDates("accepted", "", ""), Closes: at(3, 10, 15, 0)}},
		{"meeting-poll-tally", MeetingPollTally{For: forAna, Kind: "open", Title: title, Dates: pollTallies(0), Asked: 32, Voted: 1, Closes: at(3, 10, 15, 0), Close: ticket("y")}},
		{"meeting-poll-tally.tie", MeetingPollTally{For: forAna, Kind: "tie", Title: title, Dates: pollTallies(0), Asked: 32, Voted: 20, Closes: at(3, 11, 15, 0), Close: ticket("y")}},
		{"meeting-poll-tally.closed", MeetingPollTally{For: forAna, Kind: "closed", Title: title, Dates: pollTallies(2), Asked: 32, Voted: 20, Closes: at(3, 10, 15, 0)}},
		{"meeting-poll-tally.none", MeetingPollTally{For: forAna, Kind: "none", Title: title, Dates: pollTallies(0), Asked: 1, Voted: 0, Closes: at(3, 10, 15, 0)}},
		{"meeting-poll-tally.soon", MeetingPollTally{For: forAna, Kind: "soon", Title: title, Dates: pollTallies(0), Asked: 32, Voted: 20, Closes: at(3, 10, 15, 0), Close: ticket("y")}},
		{"meeting-poll-closed", MeetingPollClosed{For: forAna, Title: title, Chosen: at(3, 12, 15, 0), Answer: "accepted", Others: []time.Time{at(3, 13, 10, 0), at(3, 14, 16, 0)}}},
		{"meeting-poll-closed.none", MeetingPollClosed{For: For{Community: rust}, Title: title, Others: []time.Time{at(3, 12, 15, 0), at(3, 13, 10, 0)}}},
	}
}

func pollDates(answers ...string) (all []PollDate) {
	for n, answer := range answers {
		all = append(all, PollDate{N: n + 1, When: at(3, 12+n, 15, 0), Minutes: 60, Answer: answer})
	}
	return all
}

func pollTallies(chosen int) []PollTally {
	return []PollTally{{N: 1, When: at(3, 12, 15, 0), Yes: 9, Maybe: 1, Chosen: chosen == 1}, {N: 2, When: at(3, 13, 6, 0), Yes: 9, Maybe: 1, No: 4, Night: 31, Chosen: chosen == 2}}
}
