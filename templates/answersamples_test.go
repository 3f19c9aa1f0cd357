package templates

func answeringSamples() []sample {
	const title = "Borrow checker clinic"
	zones := []ZoneTime{{When: at(3, 13, 9, 0), People: 8}, {When: at(3, 13, 4, 0).UTC(), People: 1, Night: true}}
	one := ProposedTime{When: at(3, 13, 9, 0), Minutes: 60, People: 3, By: []string{"Ben Okafor", "Dana Levi", "cid@c.example"},
		Comments: []string{"Thursdays I teach.\nFridays are free."}, Zones: zones, Accept: ticket("a")}
	other := ProposedTime{When: at(3, 14, 15, 0), Date: at(3, 12, 15, 0), Minutes: 90, Place: "Room 4", People: 14, By: []string{"Eve"}, Others: 13, Zones: []ZoneTime{{When: at(3, 14, 15, 0), People: 8}}, Accept: ticket("b")}
	return []sample{
		{"meeting-proposed", MeetingProposed{For: forAna, Title: title, When: at(3, 13, 9, 0), Minutes: 60, Answer: ticket("w")}},
		{"meeting-proposed.place", MeetingProposed{For: forAna, Title: title, When: at(3, 13, 9, 0), Minutes: 1, Place: "Room 4", Answer: ticket("w")}},
		{"meeting-proposals", MeetingProposals{For: forAna, Title: title, Start: at(3, 12, 15, 0), Times: []ProposedTime{one}, Decline: ticket("d")}},
		{"meeting-proposals.several", MeetingProposals{For: forAna, Title: title, Times: []ProposedTime{other, one}, More: 2, Decline: ticket("d")}},
		{"meeting-kept", MeetingKept{For: forAna, Title: title, Start: at(3, 12, 15, 0), When: at(3, 13, 9, 0), Reason: "The room is taken.\nSorry!", Answer: ticket("w")}},
		{"meeting-kept.plain", MeetingKept{For: forAna, Title: title, When: at(3, 13, 9, 0), Answer: ticket("w")}},
		{"meeting-alias", MeetingAlias{For: forAna, Title: title, Address: "a.lima@a.example", Answer: "accepted", Yes: ticket("y")}},
		{"meeting-stranger", MeetingStranger{For: forAna, Policy: "ask", Title: title, Name: "Zoe", Address: "zoe@z.example", Answer: ticket("w"), Own: ticket("y")}},
		{"meeting-stranger.guest", MeetingStranger{For: forAna, Policy: "guest", Title: title, Address: "zoe@z.example", Answer: ticket("w"), Own: ticket("y")}},
		{"meeting-stranger.instead", MeetingStranger{For: forAna, Policy: "refuse", Title: title, Address: "zoe@z.example", Instead: true, Answer: ticket("w"), Own: ticket("y")}},
		{"meeting-stranger.allowed", MeetingStranger{For: forAna, Policy: "allowed", Title: title, Name: "Zoe", Address: "zoe@z.example", Answer: ticket("w")}},
		{"meeting-stranger.declined", MeetingStranger{For: forAna, Policy: "declined", Title: title, Name: "Zoe", Address: "zoe@z.example", Reason: "We are too many already.", Answer: ticket("w")}},
		{"meeting-guest", MeetingGuest{For: forAna, Title: title, Start: at(3, 12, 15, 0), Name: "Zoe", Address: "zoe@z.example", By: "Ben Okafor", ByAddress: "ben@b.example", Answer: "accepted", Yes: ticket("y")}},
		{"meeting-guest.instead", MeetingGuest{For: forAna, Title: title, Address: "zoe@z.example", ByAddress: "ben@b.example", Instead: true, Yes: ticket("y")}},
		{"meeting-refused", MeetingRefused{For: For{Community: rust, Recipient: "Zoe"}, Title: title}},
		{"meeting-decided", MeetingDecided{For: forAna, Kind: "unclear", Title: title, Again: ticket("w")}},
		{"meeting-decided.proposal-accepted", MeetingDecided{For: forAna, Kind: "proposal-accepted", Title: title, When: at(3, 13, 9, 0)}},
		{"meeting-decided.proposals-declined", MeetingDecided{For: forAna, Kind: "proposals-declined", Title: title}},
		{"meeting-decided.alias-yes", MeetingDecided{For: forAna, Kind: "alias-yes", Title: title, Address: "a.lima@a.example"}},
		{"meeting-decided.alias-no", MeetingDecided{For: forAna, Kind: "alias-no", Title: title, Address: "a.lima@a.example"}},
		{"meeting-decided.alias-taken", MeetingDecided{For: forAna, Kind: "alias-taken", Title: title, Address: "a.lima@a.example"}},
		{"meeting-decided.guest-yes", MeetingDecided{For: forAna, Kind: "guest-yes", Title: title, Address: "zoe@z.example"}},
		{"meeting-decided.guest-no", MeetingDecided{For: forAna, Kind: "guest-no", Title: title, Address: "zoe@z.example"}},
		{"meeting-decided.already", MeetingDecided{For: forAna, Kind: "already", Title: title}},
		{"meeting-decided.expired", MeetingDecided{For: forAna, Kind: "expired", Title: title}},
	}
}
