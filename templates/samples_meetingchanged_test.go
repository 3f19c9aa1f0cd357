package templates

import "time"

func meetingChangedSamples() []sample {
	const title = "Borrow checker clinic"
	moved := MeetingChange{Kind: "moved", WasAt: at(3, 12, 15, 0), IsAt: at(3, 12, 16, 30)}
	return []sample{
		{"meeting-changed", MeetingChanged{For: forAna, Title: title, Changes: []MeetingChange{moved,
			{Kind: "place", Was: "Room 3", Is: "Room 4, or https://meet.example.org/clinic"}},
			Dates: []time.Time{at(3, 12, 16, 30)}, Minutes: 60, Place: "Room 4, or https://meet.example.org/clinic", Answered: "accepted", Again: true, Answer: ticket("w")}},
		{"meeting-changed.place", MeetingChanged{For: forAna, Title: title, Changes: []MeetingChange{{Kind: "place", Was: "Room 3"}},
			Dates: []time.Time{at(3, 12, 15, 0)}, Minutes: 60, Answered: "tentative", Answer: ticket("w")}},
		{"meeting-changed.date", MeetingChanged{For: forAna, Title: title, OneDate: true, Changes: []MeetingChange{moved}, Minutes: 60, Place: "Room 3",
			Again: true, Answer: ticket("w")}},
		{"meeting-changed.series", MeetingChanged{For: For{Community: rust}, Title: title, Changes: []MeetingChange{
			{Kind: "title", Was: "Clinic", Is: title}, {Kind: "repeats"}, {Kind: "zone", Was: "Europe/Berlin", Is: "Europe/Lisbon"}, {Kind: "ends", IsAt: at(6, 4, 15, 0)}, {Kind: "length", WasMinutes: 60, IsMinutes: 90},
			{Kind: "cancelled", WasAt: at(3, 19, 15, 0)}, {Kind: "back", IsAt: at(4, 2, 15, 0)}, {Kind: "place", On: at(3, 26, 15, 0), Is: "Room 4"}},
			Dates: []time.Time{at(3, 12, 15, 0), at(3, 26, 15, 0), at(4, 2, 15, 0)}, More: true, Minutes: 90, Answer: Ticket{Address: ticket("w").Address}}},
		{"meeting-invite.follows", MeetingInvite{For: forAna, Title: title, Dates: []time.Time{at(3, 12, 15, 0)}, More: true, Minutes: 60, Follows: true,
			Answered: "accepted", Answer: ticket("w")}},
		{"meeting-date-cancelled", MeetingDateCancelled{For: forAna, Title: title, Date: at(3, 12, 15, 0), Next: at(3, 19, 15, 0)}},
		{"meeting-date-cancelled.last", MeetingDateCancelled{For: forAna, Title: title, Date: at(3, 12, 15, 0)}},
	}
}
