package measure

// Why says why a figure is not available; a word for programs.
type Why string

// The reasons.
const (
	NoMembers       Why = "no_members"
	NoPosts         Why = "no_posts"
	NoThreads       Why = "no_threads"
	NoNewcomers     Why = "no_newcomers"
	NoJoins         Why = "no_joins"
	NoMeetings      Why = "no_meetings"
	NoneHeld        Why = "no_meetings_held"
	NoPlan          Why = "no_rhythm"
	NoInvitations   Why = "no_invitations"
	NoAcceptances   Why = "no_acceptances"
	NoAttendance    Why = "no_attendance"
	NoComing        Why = "no_coming_meeting"
	NoZones         Why = "no_zones"
	NoVotes         Why = "no_votes"
	NoPulses        Why = "no_pulses"
	TooFewAnswers   Why = "too_few_answers"
	TooFewPosters   Why = "too_few_posters"
	TooFewThreads   Why = "too_few_threads"
	TooFewPairs     Why = "too_few_pairs"
	TooFewGaps      Why = "too_few_gaps"
	TooLittleKnown  Why = "too_little_known"
	NobodyInLevel   Why = "nobody_in_level"
	NoGuests        Why = "no_guests"
	NoInitiatives   Why = "no_initiatives"
	NothingDue      Why = "nothing_due"
	NoIndicators    Why = "no_indicators"
	NoClaims        Why = "no_claims"
	NoRate          Why = "no_rate"
	NoInvestment    Why = "no_investment"
	NobodyBefore    Why = "nobody_before"
	NoContributions Why = "no_contributions"
	NobodyReached   Why = "nobody_reached_the_step_before"
	NoText          Why = "no_text"
	NoActs          Why = "no_acts"
	NoStories       Why = "no_stories"
	NoEvidence      Why = "no_evidence"
)

var sentences = map[Why]string{
	NoMembers: "there were no members", NoPosts: "nobody wrote", NoThreads: "no thread was begun",
	NoNewcomers: "no newcomer began a thread", NoJoins: "nobody joined in the time looked at", NoMeetings: "no meetings are recorded",
	NoneHeld: "no meeting was held", NoPlan: "the charter plans no meetings", NoInvitations: "nobody was invited",
	NoAcceptances: "nobody had accepted", NoAttendance: "no attendance is recorded", NoComing: "no meeting is planned",
	NoZones: "no member's time zone is known", NoVotes: "no votes are recorded", NoPulses: "no pulse was asked",
	TooFewAnswers: "fewer than 5 answered, and of so few nothing is told", TooFewPosters: "fewer than 5 people wrote",
	TooFewThreads: "fewer than 5 threads were begun", TooFewPairs: "fewer than 10 pairs of people answered each other",
	TooFewGaps: "fewer than 4 meetings were held in a year", TooLittleKnown: "too few of its parts are known",
	NobodyInLevel: "nobody was in that level", NoGuests: "no guests came", NoInitiatives: "no initiatives are recorded",
	NothingDue: "nothing was due", NoIndicators: "no initiative has an indicator that can be read", NoClaims: "nobody reported hours saved",
	NoRate: "what an hour costs is not set", NoInvestment: "no time was spent", NobodyBefore: "there were no members when the window began",
	NoContributions: "nobody contributed", NobodyReached: "nobody reached the step before", NoText: "the posts have no text",
	NoActs: "nothing of the kind is recorded", NoStories: "no stories are recorded", NoEvidence: "nothing is recorded that would be a sign of it",
}

// Sentence says it in English.
func (w Why) Sentence() string { return sentences[w] }
