package templates

const sampleTitle = "Rust Guild in February 2026"

// sampleSource is a draft's text as package issue writes it.
const sampleSource = `[[[ 7.2
# Rust Guild in February 2026

The clinic has a new room, and you filled it.

## Worth reading

- **Lifetimes in async traits** – chosen for 6 people in it, 13 answers
  and a solution (get 12)

]]] 7.2`

func newsletterSamples() []sample {
	return []sample{
		{"newsletter", fullNewsletter()},
		{"newsletter.short", Newsletter{For: For{Community: Community{Title: "Gardeners", Name: "garden", Address: "garden@lists.example.org",
			Domain: "lists.example.org"}}, Title: "Gardeners in February 2026", Leave: Ticket{Address: ticket("l").Address}, Sections: []NewsSection{
			{Parts: []NewsPart{{Body: "It was quiet since the last newsletter, and so this one is short."}}},
			{Heading: "Questions still open", Parts: []NewsPart{{Body: "- **When do you sow leek?** – Dana Levi asked on Tuesday, 3 February 2026, and waits for the first answer (get 3)"}}}}}},
		{"newsletter-draft", NewsletterDraft{For: forBen, Title: sampleTitle, SendAt: at(3, 3, 8, 0), Readers: 62, State: "drafted", Source: sampleSource, Notes: 1,
			Approve: ticket("a"), Later: ticket("p"), Skip: ticket("s")}},
		{"newsletter-draft.changed", NewsletterDraft{For: forBen, Title: sampleTitle, SendAt: at(3, 3, 8, 0), Readers: 1, Hold: true, State: "drafted", Source: sampleSource,
			By: "Dana Levi", Changes: []NewsChange{{What: "title", Text: sampleTitle}, {What: "reworded", Section: "Worth reading", Text: "Lifetimes in async traits – read this"},
				{What: "no-section", Text: "Questions still open"}, {What: "moved"}, {What: "restored", Section: "The community in figures", Text: "62 members – 3 more"}},
			Approve: ticket("a"), Later: ticket("p"), Skip: ticket("s")}},
		{"newsletter-answered.approved", NewsletterAnswered{For: forBen, Kind: "approved", Title: sampleTitle, When: at(3, 3, 8, 0)}},
		{"newsletter-answered.approved-before", NewsletterAnswered{For: forBen, Kind: "approved", Title: sampleTitle, By: "Dana Levi", When: at(3, 3, 8, 0)}},
		{"newsletter-answered.postponed", NewsletterAnswered{For: forBen, Kind: "postponed", Title: sampleTitle, When: at(3, 10, 8, 0)}},
		{"newsletter-answered.skipped", NewsletterAnswered{For: forBen, Kind: "skipped", Title: sampleTitle, By: "Dana Levi"}},
		{"newsletter-answered.overdue", NewsletterAnswered{For: forBen, Kind: "overdue", Title: sampleTitle}},
		{"newsletter-answered.unchanged", NewsletterAnswered{For: forBen, Kind: "unchanged", Title: sampleTitle}},
		{"newsletter-answered.changed", NewsletterAnswered{For: forBen, Kind: "changed", Title: sampleTitle, By: "Dana Levi", Source: sampleSource}},
		{"newsletter-answered.sending", NewsletterAnswered{For: forBen, Kind: "sending", Title: sampleTitle, When: at(3, 3, 8, 0)}},
		{"newsletter-answered.sent", NewsletterAnswered{For: forBen, Kind: "sent", Title: sampleTitle, When: at(3, 3, 8, 0)}},
		{"newsletter-answered.nothing-left", NewsletterAnswered{For: forBen, Kind: "nothing-left", Title: sampleTitle}},
		{"newsletter-answered.too-long", NewsletterAnswered{For: forBen, Kind: "too-long", Title: sampleTitle}},
		{"newsletter-answered.unreadable", NewsletterAnswered{For: forBen, Kind: "unreadable", Title: sampleTitle, Source: sampleSource}},
		{"newsletter-noted", NewsletterNoted{For: forBen, Title: "A new room", Note: "The clinic has a new room.\nIt is bigger.", Next: at(3, 3, 8, 0), Done: true}},
		{"newsletter-noted.unplanned", NewsletterNoted{For: forBen, Title: "A new room", Note: "The clinic has a new room.", Done: true}},
		{"newsletter-noted.unproven", NewsletterNoted{For: forBen, Title: "A new room", Note: "The clinic has a new room.", Confirm: ticket("n")}},
		{"newsletter-unsent", NewsletterUnsent{For: forBen, Title: sampleTitle, Approve: ticket("a"), Later: ticket("p"), Skip: ticket("s")}},
	}
}

var forBen = For{Community: rust, Recipient: "Ben Okafor"}

// fullNewsletter has a section of each kind.
func fullNewsletter() Newsletter {
	figure := func(body Prose, cid string) NewsPart {
		return NewsPart{Body: body, Picture: Picture{CID: cid + "@lists.example.org", Alt: "The last twelve months: 50, 51, 62", Width: 280, Height: 48}}
	}
	return Newsletter{For: forAna, Title: sampleTitle, Leave: ticket("l"), Off: ticket("o"), Read: "https://lists.example.org/n/k3q7zj2m5x", Sections: []NewsSection{
		{Parts: []NewsPart{{Body: "The clinic has a new room, and **you filled it**. Thank you.\n\nNext month we look at [the new edition](https://rust.example/edition)."}}},
		{Heading: "Worth reading", Closing: "To read one, write what stands in brackets, such as “get 12”, to <rust-request@lists.example.org>.", Parts: []NewsPart{
			{Body: "- **[Lifetimes in async traits](mailto:rust-request@lists.example.org?subject=get%2012)** – chosen for 6 people in it, 13 answers and a solution (get 12)"},
			{Body: "- **[`cargo` workspaces: what goes where, and why it is not obvious at all](mailto:rust-request@lists.example.org?subject=get%2015)** – chosen for 4 people in it and 8 answers (get 15)"},
			{Body: "- **<script>alert(1)</script>** – chosen for 3 people in it and 3 answers (get 16)"}}},
		{Heading: "Questions still open", Parts: []NewsPart{
			{Body: "- **[Who has used proptest?](mailto:rust-request@lists.example.org?subject=get%2017)** – Dana Levi asked on Tuesday, 17 February 2026, and waits for the first answer (get 17)"}}},
		{Heading: "What comes next", Parts: []NewsPart{
			{Body: "- **Borrow checker clinic** – Thursday, 5 March 2026, 15:00 CET (UTC+1), 60 minutes, Room 5", Coming: true, Answer: "accepted", Respond: ticket("w")},
			{Body: "- **Spring meeting** – Friday, 20 March 2026, 10:00 CET (UTC+1), 240 minutes", Coming: true, Respond: ticket("v")}}},
		{Heading: "What has been", Parts: []NewsPart{{Body: "- **Borrow checker clinic** – Thursday, 5 February 2026; 9 people came; rated 4.6 of 5 by 8 people"}}},
		{Heading: "New among us", Parts: []NewsPart{{Body: "Welcome, Chloé Dubois, Emil Berg and 3 others."}}},
		{Heading: "Thanks and milestones", Parts: []NewsPart{{Body: "- **Ben Okafor** – thanked by Ana Sousa and Dana Levi; for: “the review of the parser”"},
			{Body: "- **דנה** – a member for 3 years"}}},
		{Heading: "Answers to keep", Parts: []NewsPart{{Body: "- **How do I pin a toolchain?** – a question with 5 answers, one of which solved it (get 11)"}}},
		{Heading: "Jobs", Parts: []NewsPart{{Body: "We look for somebody who\n- likes old mail formats\n- can wait\n1. Read\n2. Write\n> “It is all text.”"}}},
		{Heading: "The community in figures", Parts: []NewsPart{figure("- **62 members** – 3 more than a month before and 12 more than a year ago", "members"),
			figure("- **2 meetings in a month** – as many as a month before and 1 more than a year ago", "meetings"),
			figure("- **9 of 11 threads were answered within a week** – that is 82 %; 75 % a month before and 60 % a year ago", "discussions"),
			figure("- **14 of 62 members wrote or came** – 3 more than a month before and 5 more than a year ago", "engagement")}},
	}}
}
