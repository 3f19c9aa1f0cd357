package templates

import (
	"slices"
	"time"
)

// berlin is a zone without need for a zone database.
var berlin = time.FixedZone("CET", 3600)

func at(month time.Month, day, hour, minute int) time.Time {
	return time.Date(2026, month, day, hour, minute, 0, 0, berlin)
}

var rust = Community{
	Title: "Rust Guild", Address: "rust@lists.example.org", Name: "rust", Domain: "lists.example.org", Colour: "#B7410E",
	Purpose: "We learn to build dependable software in Rust, by showing each other what we do.",
}

var forAna = For{Community: rust, Recipient: "Ana Sousa"}

// ticket makes one of the length that real ones have.
func ticket(start string) Ticket {
	token := (start + "k3q7zj2m5xw4ra6tn8vbc2dhy3pfgse5u7")[:32]
	return Ticket{Address: "rust+t." + token + "@lists.example.org", URL: "https://lists.example.org/t/" + token}
}

var greylisted = Failure{"chloe@c.example", "451 4.7.1 Greylisting in action, please come back later"}

// samples has one of every type, filled as it would be in earnest. The name is that of its golden files.
func samples() []sample {
	return slices.Concat(
		joiningSamples(),
		answerSamples(),
		holdingSamples(),
		healthSamples(),
		meetingSamples(),
		digestSamples(),
		meetingChangedSamples(),
		meetingCallSamples(),
		answeringSamples(),
		meetingAfterSamples(),
		meetSamples(),
		sponsorSamples(),
		briefSamples(),
		thanksSamples(),
		newsletterSamples(),
	)
}

type sample struct {
	name string // of the type, and what is particular about this one
	data any
}

func joiningSamples() []sample {
	return []sample{
		{"confirm-join", ConfirmJoin{For: forAna, Address: "ana@a.example", Asked: at(3, 3, 14, 30), Confirm: ticket("c"), Expires: at(3, 6, 0, 0)}},
		{"confirm-join.questions", ConfirmJoin{For: For{Community: rust}, Address: "ana@a.example", Asked: at(3, 3, 14, 30), By: "Ben Okafor",
			Questions: []string{"What do you build, or want to build, in Rust?", "How did you hear of us?"}, Approve: true,
			Confirm: Ticket{Address: ticket("c").Address}, Expires: at(3, 6, 0, 0)}},
		{"confirm-leave.guest", ConfirmLeave{For: For{Community: rust, Recipient: "Eve"}, Address: "eve@e.example", Guest: true, Asked: at(3, 3, 14, 30), Confirm: ticket("d"), Expires: at(3, 6, 0, 0)}},
		{"confirm-leave", ConfirmLeave{For: forAna, Address: "ana@a.example", Asked: at(3, 3, 14, 30), Confirm: ticket("d"), Expires: at(3, 6, 0, 0)}},
		{"confirm-command", ConfirmCommand{For: forAna, Commands: []string{"set delivery weekly", "vacation 2026-08-31"},
			Asked: at(3, 3, 14, 30), Confirm: ticket("e"), Expires: at(3, 6, 0, 0)}},
		{"already-member", AlreadyMember{For: forAna, Address: "ana@a.example", Since: at(1, 12, 9, 0), Delivery: "weekly", Leave: ticket("l")}},
		{"join-pending", JoinPending{For: forAna, Address: "ana@a.example"}},
		{"join-request", JoinRequest{For: For{Community: rust, Recipient: "Ben Okafor"}, ReplyApproves: true, Name: "Ana Sousa", Address: "ana@a.example",
			Asked: at(3, 3, 14, 30), Answers: []Answer{
				{"What do you build, or want to build, in Rust?", "A parser for old mail formats.\nAnd a little game, in the evenings."},
				{"How did you hear of us?", ""},
			}, Approve: ticket("a"), Decline: ticket("r")}},
		{"join-request.unclear", JoinRequest{For: For{Community: rust, Recipient: "Ben Okafor"}, ReplyApproves: true, Unclear: true, Address: "ana@a.example",
			Asked: at(3, 3, 14, 30), Approve: ticket("a"), Decline: ticket("r")}},
		{"join-declined", JoinDeclined{For: forAna, By: "Ben Okafor", Reason: "This community is for people who work at Example Ltd.\nThere is an open one at rust-users.example."}},
		{"welcome", fullWelcome()},
		{"welcome.little", Welcome{For: For{Community: Community{Title: "Announcements", Name: "announce", Address: "announce@lists.example.org",
			Domain: "lists.example.org"}}, Address: "ana@a.example", Delivery: "each", OnlyAnnounce: true, Leave: ticket("l")}},
		{"invitation", Invitation{For: For{Community: rust}, By: "Ben Okafor", ByAddress: "ben@b.example",
			Note: "You asked me about lifetimes last week. Here are forty people who have been there.", Accept: ticket("i"), Expires: at(3, 17, 0, 0)}},
		{"left", Left{For: forAna, Address: "ana@a.example", Undo: ticket("u"), Expires: at(4, 2, 0, 0)}},
		{"not-a-member", NotAMember{For: forAna, Address: "ana@a.example"}},
		{"not-a-member.leave", NotAMember{For: forAna, Address: "ana@a.example", Leave: true}},
		{"removed", Removed{For: forAna, By: "Ben Okafor", Reason: "You wrote that you have left the company."}},
		{"restored", Restored{For: forAna, Address: "ana@a.example", By: "Ben Okafor", Delivery: "each"}},
		{"banned-notice", BannedNotice{For: forAna, Until: at(4, 1, 0, 0), Reason: "Three posts this week attacked other members. Please read the code of conduct."}},
		{"banned-notice.for-good", BannedNotice{For: For{Community: rust}}},
		{"new-member", NewMember{For: forAna, Name: "Chloé Dubois", Address: "chloe@c.example", Since: at(3, 3, 14, 30), By: "Ben Okafor", Members: 1043}},
		{"newsletter-off", NewsletterOff{For: forAna, Posts: true, Undo: ticket("u"), Leave: ticket("l"), Expires: at(4, 2, 0, 0)}},
		{"newsletter-off.only", NewsletterOff{For: forAna, Undo: ticket("u"), Leave: ticket("l"), Expires: at(4, 2, 0, 0)}},
		{"left.guest", Left{For: For{Community: rust, Recipient: "Eve"}, Address: "eve@e.example", Guest: true, Undo: ticket("u"), Expires: at(4, 2, 0, 0)}},
		{"left-member", LeftMember{For: forAna, Name: "Chloé Dubois", Address: "chloe@c.example", When: at(3, 3, 14, 30), Members: 1}},
	}
}

func fullWelcome() Welcome {
	return Welcome{
		For: forAna, Address: "ana@a.example", Delivery: "each",
		Goals:        []string{"Each team that ships Rust has somebody to ask.", "Our guidelines are written down, used, and looked at twice a year."},
		Audience:     "Everybody at Example Ltd who writes Rust, or is about to.",
		Benefits:     "Answers within a day, reviews by people who do not sit in your team, and a place to try things out.",
		Expectations: "Answer a question now and then, and come to one meeting a quarter.",
		Team:         []Person{{"Ben Okafor", "ben@b.example", "facilitator", ""}, {"Dana Levi", "dana@d.example", "expert", "unsafe code and FFI"}, {Name: "Emil Berg", Role: "sponsor"}},
		Resources:    []Link{{"Our guidelines", "https://wiki.example.org/rust/guidelines"}, {"", "https://doc.rust-lang.org/book/"}},
		Measures:     "By how many questions find an answer, and by what our initiatives change. The newsletter shows it.",
		Recognition:  "Who helps is named in the newsletter, and thanked by those who were helped.",
		Learning:     "In a workshop each month, and by looking back each half-year.",
		Meetings:     []Meeting{{"Workshop: error handling", at(3, 12, 15, 0), "Room 4.01"}, {"Roundtable", at(3, 26, 15, 0), "https://meet.example.org/rust"}},
		Charter:      true, Named: new(ticket("n")), Leave: ticket("l"),
	}
}

func answerSamples() []sample {
	operator := For{Recipient: "Ana Sousa"}
	return []sample{
		{"ticket-expired", TicketExpired{For: forAna, Kind: "join", Expired: at(3, 6, 0, 0)}},
		{"ticket-expired.none", TicketExpired{For: operator, Expired: at(3, 6, 0, 0)}},
		{"ticket-wrong", TicketWrong{For: forAna, Address: "rust+t.k3q7zj2m5xw@lists.example.org"}},
		{"undo-done", UndoDone{For: forAna, By: "Ben Okafor", Changes: []string{"Chloé Dubois is a member again.", "She is a facilitator again."}}},
		{"help", Help{For: forAna, Member: true, Facilitator: true, Passwords: true, Feeds: true, Lost: true, Unknown: "setup my mail"}},
		{"help.lost", Help{For: For{Community: rust}, Lost: true, Suggestion: "vacation"}},
		{"help.installation", Help{For: operator, Address: "guildpost@lists.example.org"}},
		{"info", Info{For: forAna, Type: "technology", Since: at(1, 12, 9, 0), Members: 12345, Join: "approve",
			Facilitators: []Person{{Name: "Ben Okafor"}, {Name: "Dana Levi"}}, Meetings: fullWelcome().Meetings, Charter: true}},
		{"charter", Charter{For: forAna, Version: 3, Changed: at(2, 1, 9, 0), By: "Ben Okafor", New: true, Review: at(8, 1, 9, 0),
			Text: "MISSION\n\nWe learn to build dependable software in Rust, by showing each other what we do, and we write down what we have found out so that others need not find it out again.\n\nCONDUCT\n\n  1. Be kind.\n  2. Assume that others mean well.\n"}},
		{"command-results", CommandResults{For: forAna, Results: []CommandResult{
			{Line: "set delivery weekly", Done: true, Text: "Delivery is now: a weekly digest."},
			{Line: "vacaton 2026-08-31", Text: "This is not a command.", Suggestion: "vacation 2026-08-31"},
			{Line: "leave ben@b.example", Text: "Only a facilitator can do that."},
			{Line: "stats", Done: true, Text: "1,043 members", Lines: []string{"2026-02: 31 posts in 9 threads", "2026-03: 2 posts in 1 thread"}},
		}, Skipped: 2, Limit: 20}},
		{"member-list", MemberList{For: forAna, Members: fullWelcome().Team, First: 51, Total: 1043, Next: "who 101"}},
		{"member-list.none", MemberList{For: forAna, Query: "Zoë", First: 1}},
		{"communities", Communities{For: operator, Address: "guildpost@lists.example.org", Mine: true,
			Communities: []CommunityLine{{rust, "weekly"}, {Community{Title: "Accessibility", Name: "a11y", Domain: "lists.example.org", Purpose: "Everybody can use what we make."}, ""}}}},
		{"settings-changed", SettingsChanged{For: forAna, Changes: []Setting{{"delivery", "weekly"}, {"timezone", "Europe/Lisbon"}, {"news", "off"}}}},
		{"role-granted", RoleGranted{For: forAna, Role: "facilitator", By: "Ben Okafor"}},
		{"role-revoked", RoleRevoked{For: forAna, Role: "mentor"}},
		{"thread-muted", ThreadMuted{For: forAna, Subject: "Which linter, and why?", Undo: ticket("m")}},
		{"thread-followed", ThreadFollowed{For: forAna, Subject: "Which linter, and why?", Undo: ticket("f")}},
	}
}

func holdingSamples() []sample {
	forBen := For{Community: rust, Recipient: "Ben Okafor"}
	posts := []HeldPost{
		{"Ana Sousa", "ana@a.example", "Which linter, and why?", Reason{Code: ReasonFirstPost}, at(3, 3, 14, 30), ticket("a"), ticket("r")},
		{"", "sales@spam.example", "", Reason{Code: ReasonAttachment, Detail: "offer.zip"}, at(3, 3, 15, 2), ticket("b"), ticket("s")},
	}
	return []sample{
		{"held-author", HeldAuthor{For: forAna, Subject: "Which linter, and why?", Reason: Reason{Code: ReasonFirstPost}, Since: at(3, 3, 14, 30), Days: 7}},
		{"held-facilitator", HeldFacilitator{For: forBen, From: "Ana Sousa", Address: "ana@a.example", Subject: "Which linter, and why?",
			Reason: Reason{Code: ReasonSize, Detail: "31 MB"}, Since: at(3, 3, 14, 30), Expires: at(3, 10, 14, 30), ReplyApproves: true,
			Text:    "Hello all,\n\nwe are about to choose a linter for three teams, and opinions differ more than I thought that they would. What do you use?\n\nAna",
			Approve: ticket("a"), Reject: ticket("r")}},
		{"held-facilitator.again", HeldFacilitator{For: forBen, Address: "x@x.example", Subject: "Offer", Again: true, Unclear: true, Since: at(3, 3, 14, 30),
			Reason: Reason{Detail: "The rule “offers” of the facilitators holds it."}, Text: "Buy now", Approve: ticket("a"), Reject: Ticket{Address: ticket("r").Address}}},
		{"held-digest", HeldDigest{For: forBen, Posts: posts, More: 1, Joins: []HeldJoin{{"Chloé Dubois", "chloe@c.example", at(3, 2, 8, 0), ticket("c"), ticket("d")}}}},
		{"held-digest.ended", HeldDigest{For: forBen, Posts: posts[:1], EndedPosts: []HeldPost{{Address: "ana@a.example", Subject: "Which linter, and why?", Since: at(2, 24, 9, 0)},
			{Address: "x@x.example", Since: at(2, 24, 9, 5)}}, EndedJoins: []HeldJoin{{Name: "Chloé Dubois", Address: "chloe@c.example", Since: at(2, 1, 8, 0)}}, EndedMore: 2}},
		{"held-digest.only-ended", HeldDigest{For: forBen, EndedPosts: []HeldPost{{Address: "ana@a.example", Subject: "Which linter, and why?", Since: at(2, 24, 9, 0)}}}},
		{"hold-already", HoldAlready{For: forBen, Subject: "Which linter, and why?", From: "Ana Sousa", By: "Dana Levi", Approved: true, When: at(3, 3, 15, 0)}},
		{"hold-already.expired", HoldAlready{For: forBen, Subject: "Which linter, and why?", When: at(3, 10, 15, 0)}},
		{"hold-done", HoldDone{For: forBen, Subject: "Which linter, and why?", From: "Ana Sousa", Approved: true}},
		{"hold-done.rejected", HoldDone{For: forBen, Subject: "Offer", Reason: "We do not take offers."}},
		{"hold-rejected", HoldRejected{For: forAna, Subject: "Which linter, and why?", By: "Ben Okafor", Reason: "We had this last week: please look for the thread “Linters”.\nYour view is welcome there."}},
		{"hold-expired", HoldExpired{For: forAna, Subject: "Which linter, and why?", Days: 7}},
		{"receipt", Receipt{For: forAna, Subject: "Which linter, and why?", Accepted: at(3, 3, 14, 30), Total: 1090, Delivered: 1085, Unlisted: 1,
			Waiting: []Failure{greylisted, {"dana@d.example", ""}}, Refused: []Failure{{"emil@e.example", "550 5.1.1 No such user"}}, InDoubt: []Failure{{"fay@f.example", ""}}}},
		{"not-delivered", NotDelivered{For: forAna, Subject: "Which linter, and why?", Failures: []Failure{{"ruts@lists.example.org", "There is no list address ruts@lists.example.org here."}}}},
		{"not-delivered.nobody", NotDelivered{For: forAna, Nobody: true, Failures: []Failure{{"ruts@lists.example.org", "There is no list address ruts@lists.example.org here."}}}},
	}
}

func healthSamples() []sample {
	return []sample{
		{"suspended", Suspended{For: forAna, Address: "ana@a.example", Since: at(3, 3, 14, 30), Diagnostic: "550 5.2.1 The mailbox is disabled", Return: ticket("b")}},
		{"suspended.last", Suspended{For: forAna, Address: "ana@a.example", Since: at(3, 3, 14, 30), Return: ticket("b"), Last: true}},
		{"suspended-report", SuspendedReport{For: forAna, Members: []Unreachable{
			{"Chloé Dubois", "chloe@c.example", at(2, 3, 9, 0), "550 5.1.1 No such user"}, {"", "emil@e.example", at(2, 4, 9, 0), ""}}}},
		{"returned", Returned{For: forAna, Address: "ana@a.example", Delivery: "daily"}},
		{"mass-failure", MassFailure{For: For{Community: rust}, Subject: "Which linter, and why?", MessageID: "f00.b4r@a.example", Copies: 400, Failed: 398,
			Domain: "big.example", Replies: []string{"550 5.7.1 Message refused, see https://big.example/why", "421 4.7.0 Try again later"}, Since: at(3, 3, 14, 30)}},
		{"abuse-report", AbuseReport{For: For{Community: rust}, Address: "ana@a.example", Reporter: "big.example", Subject: "Which linter, and why?", Received: at(3, 3, 14, 30)}},
		{"expiring", Expiring{For: forAna, Rule: "retention=5y", Posts: 1234, Before: at(3, 17, 0, 0), On: at(3, 31, 0, 0),
			Stop: "guildpost cop set rust retention=off", Keep: "guildpost archive export rust FILE"}},
		{"trouble", Trouble{For: For{}, Title: "the disk is nearly full", Text: "/var/lib/guildpost has 312 MB left.\nBelow 256 MB no mail is taken any more. Make room, or move the data folder."}},
	}
}

func meetingSamples() []sample {
	const title = "Borrow checker clinic"
	return []sample{
		{"meeting-invite", MeetingInvite{For: forAna, Title: title, Dates: []time.Time{at(3, 12, 15, 0)}, Minutes: 60,
			Place: "Room 3, or https://meet.example.org/clinic", About: "Bring the code that the compiler refuses.\nWe look at it together.", Answer: ticket("w")}},
		{"meeting-invite.series", MeetingInvite{For: For{Community: rust}, Title: title, Dates: []time.Time{at(3, 12, 15, 0), at(3, 19, 15, 0), at(3, 26, 15, 0)},
			More: true, Minutes: 1, Caller: "Ben Okafor", Answer: Ticket{Address: ticket("w").Address}}},
		{"meeting-reminder", MeetingReminder{For: forAna, Title: title, Start: at(3, 12, 15, 0), Minutes: 60, Place: "Room 3, or https://meet.example.org/clinic",
			About: "Bring the code that the compiler refuses.\nWe look at it together.", AskWish: true, Answer: ticket("w"), Off: ticket("o")}},
		{"meeting-reminder.last", MeetingReminder{For: forAna, Title: title, Start: at(3, 12, 15, 0), Minutes: 60, Place: "Room 3, or https://meet.example.org/clinic",
			Said: "accepted", Wanted: []Wish{{"Why does this closure not live long enough", "Ben Okafor"}, {"async traits", ""}}, Answer: ticket("w"), Off: ticket("o")}},
		{"meeting-noted", MeetingNoted{For: forAna, Title: title, Start: at(3, 12, 15, 0), Answer: "accepted", Wishes: []string{"Why does this closure not live long enough", "async traits"}, Change: ticket("w")}},
		{"meeting-noted.wish", MeetingNoted{For: forAna, Title: title, Start: at(3, 12, 15, 0), Wishes: []string{"async traits"}, Change: ticket("w")}},
		{"meeting-noted.answer", MeetingNoted{For: forAna, Title: title, Start: at(3, 12, 15, 0), Answer: "declined", Whole: true, Change: ticket("w")}},
		{"meeting-rollup", MeetingRollup{For: For{Community: rust, Recipient: "Ben Okafor"}, Meetings: []RolledMeeting{
			{Title: title, Start: at(3, 12, 15, 0), Accepted: 14, Expected: 10, Quorum: 12, Answers: []RolledAnswers{
				{"accepted", 14, []string{"Ana Sousa", "Chloé Dubois", "Dana Levi"}, 11}, {"tentative", 1, []string{"Emil Berg"}, 0},
				{"declined", 1, []string{"Fay"}, 0}, {"none", 1043, nil, 0}},
				New: []NewAnswer{{"Ana Sousa", "accepted", time.Time{}, ""}, {"Fay", "declined", at(3, 19, 15, 0), "I am on a train then."}}, MoreNew: 3,
				Wanted: []Wish{{"async traits", "Ana Sousa"}}, Failed: []FailedInvitation{{"gone@g.example", "550 5.1.1 no such user"}}},
			{Title: "Roundtable", Start: at(3, 26, 15, 0), Nobody: true}}}},
		{"meeting-quorum", MeetingQuorum{For: For{Community: rust, Recipient: "Ben Okafor"}, Title: title, Start: at(3, 12, 15, 0), Quorum: 5, Accepted: 4, Expected: 3, Open: 12}},
		{"meeting-cancelled", MeetingCancelled{For: forAna, Title: title, Start: at(3, 12, 15, 0)}},
		{"meeting-invite.guest", MeetingInvite{For: For{Community: rust, Recipient: "Eve"}, Title: title, Dates: []time.Time{at(3, 12, 15, 0)}, Minutes: 60, Guest: true, Answer: ticket("w")}},
		{"meeting-cancelled.apart", MeetingCancelled{For: forAna, Title: title, Start: at(3, 12, 15, 0), Apart: true}},
		{"meeting-cancelled.left", MeetingCancelled{For: forAna, Title: title, Left: true}},
		{"meeting-place.waiting", MeetingPlace{For: forAna, State: "waiting", Title: title, Start: at(3, 12, 15, 0), Place: "Room 3", Line: 3, Change: ticket("w")}},
		{"meeting-place.offered", MeetingPlace{For: forAna, State: "offered", Title: title, Start: at(3, 12, 15, 0), Place: "Room 3", Until: at(3, 11, 9, 30), Claim: ticket("y"), Change: ticket("w")}},
		{"meeting-place.seated", MeetingPlace{For: forAna, State: "seated", Title: title, Start: at(3, 12, 15, 0), Place: "Room 3", Change: ticket("w")}},
		{"meeting-place.lapsed", MeetingPlace{For: forAna, State: "lapsed", Title: title, Start: at(3, 12, 15, 0), Place: "Room 3", Change: ticket("w")}},
		{"meeting-help.unclaimed", MeetingHelp{For: forAna, Kind: "unclaimed", Title: title, Answer: ticket("w")}},
		{"meeting-answered", MeetingAnswered{For: forAna, Title: title, Start: at(3, 12, 15, 0), Answer: "tentative", Change: ticket("w")}},
		{"meeting-help", MeetingHelp{For: forAna, Kind: "unclear", Title: title, Answer: ticket("w")}},
		{"meeting-help.other", MeetingHelp{For: forAna, Kind: "other", Title: title, Address: "zoe@z.example", Answer: ticket("w")}},
		{"meeting-help.cancelled", MeetingHelp{For: forAna, Kind: "cancelled", Title: title}},
		{"meeting-help.proposal", MeetingHelp{For: forAna, Kind: "proposal", Title: title, Answer: ticket("w")}},
		{"meeting-help.unproven", MeetingHelp{For: forAna, Kind: "unproven", Title: title, Answer: ticket("w")}},
	}
}

func digestSamples() []sample {
	post := func(from string, day, hour int, text string) DigestPost {
		return DigestPost{From: from, Address: "x@a.example", Date: at(3, day, hour, 5), Text: text,
			Reply: "mailto:rust@lists.example.org?In-Reply-To=%3C1%40a.example%3E&Subject=Re%3A%20Lifetimes"}
	}
	last := post("", 4, 18, "")
	last.Files, last.More = "error.log, main.rs", 4210
	return []sample{
		{"digest", Digest{For: For{Community: rust}, Rhythm: "daily", Posts: 4, Threads: []DigestThread{
			{Number: 12, Subject: "Lifetimes in a parser that borrows its input", Posts: []DigestPost{
				post("Ben Okafor", 3, 17, "How do you name the lifetime of the input, when there are two?\n\nI have tried 'a and 'b, and nobody can read it."),
				post("Chloé Martin", 4, 9, "[…]\nCall it 'input. The names may be long.\n\n    fn parse<'input>(text: &'input str)"),
			}},
			{Number: 14, Subject: "Room for Thursday", Posts: []DigestPost{post("Ana Sousa", 4, 10, "Room 3 is free again."), last}},
		}, Meetings: []DigestMeeting{{"Borrow checker clinic", at(3, 12, 15, 0), "Room 3", "accepted"}, {"Show and tell", at(3, 19, 15, 0), "", ""}}}},
		{"digest.last", Digest{For: For{Community: rust}, Rhythm: "each", Posts: 1, Threads: []DigestThread{{Number: 14, Posts: []DigestPost{post("Ana Sousa", 4, 10, "Room 3 is free again.")}}}}},
	}
}

func meetingCallSamples() []sample {
	whole := MeetingReading{Title: "Borrow checker clinic", Dates: []time.Time{at(3, 12, 15, 0), at(3, 19, 15, 0), at(3, 26, 15, 0)}, More: true, Minutes: 60,
		Place: "Room 3", About: "Bring the code that the compiler refuses.\nWe look at it together.", Zone: "Europe/Berlin"}
	dates := MeetingReading{Title: whole.Title, Changes: []MeetingDate{{Was: at(3, 12, 15, 0), Cancelled: true},
		{Was: at(3, 19, 15, 0), Starts: at(3, 20, 16, 0)}, {Was: at(3, 26, 15, 0), Starts: at(3, 26, 16, 0), Later: true}}}
	asked := MeetingCallAsked{For: forAna, Kind: "new", From: "Cid Santos", Address: "cid@c.example", Reading: whole, Expires: at(3, 11, 0, 0),
		Approve: ticket("a"), Decline: ticket("d")}
	change, cancel := asked, asked
	change.Kind, change.Unproven, change.Reading, change.Unclear = "change", true, dates, true
	cancel.Kind, cancel.Stranger, cancel.From, cancel.Organizer, cancel.Guests = "cancel", true, "", "Zoe <zoe@z.example>", []string{"Dan", "eve@e.example"}
	return append([]sample{
		{"meeting-call-asked", asked}, {"meeting-call-asked.change", change}, {"meeting-call-asked.cancel", cancel},
		{"meeting-call-answer", MeetingCallAnswer{For: forAna, Kind: "called", Reading: whole, Guests: []string{"Dan", "eve@e.example"}, Twice: []string{"Dan"}, Shortened: true}},
		{"meeting-call-answer.changed", MeetingCallAnswer{For: forAna, Kind: "changed", Reading: dates}},
		{"meeting-call-answer.cancelled", MeetingCallAnswer{For: forAna, Kind: "cancelled", Reading: MeetingReading{Title: whole.Title}}},
		{"meeting-call-answer.known", MeetingCallAnswer{For: forAna, Kind: "known", Reading: MeetingReading{Title: whole.Title}}},
		{"meeting-call-answer.proposed", MeetingCallAnswer{For: forAna, Kind: "proposed", Reading: whole}},
		{"meeting-call-answer.approved", MeetingCallAnswer{For: forAna, Kind: "approved", Reading: whole, By: "Ben Okafor"}},
		{"meeting-call-answer.declined", MeetingCallAnswer{For: forAna, Kind: "declined", Reading: whole, Reason: "We meet on Thursday already."}},
		{"meeting-call-answer.expired", MeetingCallAnswer{For: forAna, Kind: "expired", Reading: whole}},
		{"meeting-call-decided", MeetingCallDecided{For: forAna, Title: whole.Title, From: "Cid Santos", Approved: true}},
		{"meeting-call-decided.declined", MeetingCallDecided{For: forAna, Title: whole.Title, From: "Cid Santos", Reason: "We meet on Thursday already."}},
		{"meeting-call-decided.already", MeetingCallDecided{For: forAna, Title: whole.Title, From: "Cid Santos", Already: true, By: "Ben Okafor"}},
		{"meeting-call-decided.late", MeetingCallDecided{For: forAna, Title: whole.Title, From: "Cid Santos", Already: true}},
		{"meeting-changed-here", MeetingChangedHere{For: forAna, Title: whole.Title, Dates: whole.Dates, Place: whole.Place}},
		{"meeting-changed-here.cancelled", MeetingChangedHere{For: forAna, Cancelled: true, Title: whole.Title}},
	}, meetingCallHelpSamples()...)
}

func meetingCallHelpSamples() (all []sample) {
	for kind, value := range map[string]string{"rule": "FREQ=HOURLY is below a day", "zone": "Mars/Olympus", "another": "Ben Okafor", "date": "2026-03-13", "own": ""} {
		all = append(all, sample{"meeting-call-help." + kind, MeetingCallHelp{For: forAna, Kind: kind, Value: value, Title: "Borrow checker clinic"}})
	}
	return append(all, sample{"meeting-call-help", MeetingCallHelp{For: forAna, Kind: "all-day"}})
}
