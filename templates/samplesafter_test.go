package templates

import "time"

func meetingAfterSamples() []sample {
	const title = "Borrow checker clinic"
	forBen := For{Community: rust, Recipient: "Ben Okafor"}
	return []sample{
		{"meeting-over", MeetingOver{For: forBen, Title: title, Start: at(3, 12, 15, 0), Yes: []string{"Ana Sousa", "Ben Okafor", "Chloé Dubois"}, YesMore: 1,
			Maybe: []string{"Dana Levi", "Emil Berg"}, Silent: 12, Word: "attended", Example: "Ana Sousa", Answer: ticket("h")}},
		{"meeting-over.notes", MeetingOver{For: forAna, Title: title, Start: at(3, 12, 15, 0), Yes: []string{"Ana Sousa"}, Silent: 1, Notes: true, Hosts: "Ben Okafor",
			Word: "attended", Example: "Ana Sousa", Answer: ticket("h")}},
		{"meeting-over.fairness", MeetingOver{For: For{Community: rust}, Title: title, Start: at(3, 12, 15, 0), Unclear: true, Word: "attended", Example: "Ana Sousa",
			Fairness: []FairnessLine{{"Asia/Tokyo", 8, 75}, {"Europe/Berlin", 1, 0}}, Better: at(3, 19, 9, 0), Answer: Ticket{Address: ticket("h").Address}}},
		{"meeting-reported", MeetingReported{For: forBen, Title: title, Start: at(3, 12, 15, 0), Known: true, Came: []string{"Ana Sousa", "Ben Okafor"}, CameMore: 2,
			Guests: []string{"zoe@z.example"}, Minutes: "posted", Files: []string{"slides.pdf"}, Actions: []ActionLine{{"Ana Sousa", "write down what we found about lifetimes", at(12, 10, 0, 0), ""},
				{"Zed", "book the room", at(12, 11, 0, 0), "owner"}, {"Ben Okafor", "ask the compiler team", time.Time{}, "date"}, {"", "bring cake", time.Time{}, "both"}},
			Answer: ticket("h")}},
		{"meeting-reported.unclear", MeetingReported{For: forBen, Title: title, Start: at(3, 12, 15, 0), Known: true, Ambiguous: []string{"Ben"}, Unknown: []string{"Zed", "Yan"},
			Minutes: "already", Answer: ticket("h")}},
		{"meeting-reported.refused", MeetingReported{For: forBen, Title: title, Start: at(3, 12, 15, 0), Minutes: "refused",
			Refused: "ben@b.example is not a member of Rust Guild", Answer: ticket("h")}},
		{"meeting-feedback", MeetingFeedback{For: forAna, Title: title, Start: at(3, 12, 15, 0), Answer: ticket("f")}},
		{"meeting-feedback.unclear", MeetingFeedback{For: forAna, Title: title, Start: at(3, 12, 15, 0), Unclear: true, Answer: ticket("f")}},
		{"meeting-feedback-summary", MeetingFeedbackSummary{For: forBen, Title: title, Start: at(3, 12, 15, 0), Asked: 11, Answers: 5, Mean: "4.2",
			Counts: []FeedbackCount{{5, 2}, {4, 2}, {3, 1}, {2, 0}, {1, 0}}, Comments: []string{"Good examples.", "A little long,\nbut worth it."}}},
		{"meeting-feedback-summary.few", MeetingFeedbackSummary{For: forBen, Title: title, Start: at(3, 12, 15, 0), Asked: 1, Few: true}},
		{"action-due", ActionDue{For: forAna, Title: title, What: "write down what we found about lifetimes", Due: at(12, 10, 0, 0), Answer: ticket("t")}},
		{"action-due.unclear", ActionDue{For: forAna, Title: title, What: "write down what we found about lifetimes", Due: at(12, 10, 0, 0), Unclear: true, Answer: ticket("t")}},
		{"action-noted", ActionNoted{For: forAna, Title: title, What: "write down what we found about lifetimes", Done: true, Due: at(12, 10, 0, 0), Answer: ticket("t")}},
		{"action-noted.later", ActionNoted{For: forAna, Title: title, What: "write down what we found about lifetimes", Due: at(12, 17, 0, 0), Answer: ticket("t")}},
	}
}
