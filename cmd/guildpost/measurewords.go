package main

import (
	"strings"

	"guildpost/digest/measure"
)

// measureTitles are the five for people.
var measureTitles = map[string]string{
	"members": "Members", "meetings": "Meetings", "discussions": "Discussions", "engagement": "Engagement", "impact": "Impact",
}

// figureWords say what each figure is, by measure and key.
var figureWords = map[string]string{
	"members.members": "members", "members.deliverable": "members whose mail arrives", "members.no_mail": "members who want no mail",
	"members.joins": "joined", "members.leaves": "left in any way", "members.left": "left themselves", "members.bounced_out": "lost, since their mail failed",
	"members.removed": "removed or banned", "members.lapsed": "lapsed", "members.growth": "growth for each member", "members.churn": "churn for each member",
	"members.retention_1_month": "stayed for a month", "members.retention_3_months": "stayed for 3 months",
	"members.retention_6_months": "stayed for 6 months", "members.retention_12_months": "stayed for a year",
	"members.survival_year": "memberships that last a year (estimate)", "members.active": "members who contributed",
	"members.active_share": "members who contributed, of all", "members.new_contributors": "contributed for the first time ever",
	"members.went_inactive": "last contributed 90 days before", "members.units": "units or mail domains of members",
	"members.elephant_factor": "units with half of the contributions", "members.guests": "guests at meetings", "members.guests_joined": "guests of 90 days ago who joined",

	"meetings.frequency": "number of meetings a month", "meetings.held": "meetings held", "meetings.unconfirmed": "held by their RSVPs alone",
	"meetings.adherence": "planned meetings that were held", "meetings.cancelled": "cancelled after the invitation, for each planned",
	"meetings.cancelled_late": "cancelled within a day of the start", "meetings.gap_median": "days between meetings of a year, median",
	"meetings.gap_max": "days between meetings of a year, longest", "meetings.drought": "days since the last, by the rhythm's days",
	"meetings.regularity": "burstiness (-1 clockwork, 0 random)", "meetings.notice": "notice, median", "meetings.rsvp_response": "invitations answered",
	"meetings.accepted": "invitations accepted", "meetings.show_rate": "of those who accepted, came", "meetings.walk_ins": "of those who came, had not accepted",
	"meetings.attendance_share": "came, for each invitation", "meetings.reach": "members who came to any", "meetings.returning": "of those who came, had come before",
	"meetings.first_timers": "of those who came, came first", "meetings.time_inclusion": "start between 8 and 18 where members are",
	"meetings.time_fairness": "hours' burden, highest less lowest zone", "meetings.forecast": "expected at the next one",

	"discussions.quality": "discussion quality index", "discussions.answered": "threads answered within 7 days",
	"discussions.first_response": "first answer, median", "discussions.first_response_p90": "first answer, nine in ten within",
	"discussions.responsiveness": "responsiveness (1 at once, 1/2 in a day)", "discussions.breadth": "breadth (1 for four people in a thread)",
	"discussions.evenness": "evenness of posts per person", "discussions.newcomers_answered": "newcomers' threads answered in 48 h",
	"discussions.reciprocity": "pairs who answered each other, of all pairs", "discussions.usefulness": "usefulness, by the pulse",
	"discussions.posts": "posts", "discussions.threads": "threads begun", "discussions.replies_per_thread": "replies for each thread",
	"discussions.absence_factor": "people with more than half of the posts", "discussions.facilitators_share": "posts by facilitators",
	"discussions.solved": "threads solved or thanked for", "discussions.new_text": "text that is not quoted", "discussions.kept_items": "items kept",

	"engagement.rate": "members who take part", "engagement.leading": "leading", "engagement.contributing": "contributing",
	"engagement.participating": "participating", "engagement.exploring": "exploring", "engagement.core": "core (usual: 10 to 15 %)",
	"engagement.middle": "active (usual: 15 to 20 %)", "engagement.periphery": "periphery (usual: 65 to 75 %)",
	"engagement.commitment": "weighted commitment", "engagement.gravity": "gravity: its change for each member", "engagement.index": "engagement index",
	"engagement.funnel_answered": "joined a year ago and answered", "engagement.funnel_posted_or_attended": "... then posted or attended",
	"engagement.funnel_contributing": "... then contributed", "engagement.funnel_leading": "... then led",
	"engagement.conversion_posted_or_attended": "of those who answered, posted or attended", "engagement.conversion_contributing": "of those, contributed",
	"engagement.conversion_leading": "of those, led", "engagement.pulse_response": "questions of pulses answered", "engagement.turnout": "votes cast",
	"engagement.tied": "members with a tie to another", "engagement.newcomers_tied": "newcomers with two ties after 60 days",

	"impact.index": "impact index", "impact.active": "initiatives active", "impact.on_track": "initiatives on track", "impact.late": "initiatives late",
	"impact.done": "initiatives done", "impact.dropped": "initiatives dropped", "impact.on_time": "initiatives done in time", "impact.unmeasured": "initiatives nobody reads",
	"impact.reach": "members who took part in one", "impact.units": "units that took part", "impact.value_1": "of immediate value to members",
	"impact.value_2": "of potential value", "impact.value_3": "applied at work", "impact.value_4": "realised in an outcome", "impact.value_5": "reframed what counts",
	"impact.stories": "complete stories of the year", "impact.newest_story": "days since the newest story", "impact.net_recommendation": "net recommendation",
	"impact.hours": "hours put in (10 minutes a post)", "impact.cost": "what they cost", "impact.claimed_hours": "hours saved, self-reported",
	"impact.return_self_reported": "return, self-reported",
}

// figureText is what a figure is, for a person.
func figureText(name, key string) string {
	if text, ok := figureWords[name+"."+key]; ok {
		return text
	}
	for _, level := range []string{"leading", "contributing", "participating", "exploring"} {
		if way, ok := strings.CutPrefix(key, level+"_"); ok {
			return "of those " + level + " before: " + map[string]string{"up": "moved up", "held": "stayed", "down": "moved down"}[way]
		}
	}
	return strings.ReplaceAll(key, "_", " ") // a zone's burden
}

// alarmWords say what an alarm means and what to look at.
var alarmWords = map[measure.AlarmKind]string{
	measure.AlarmDrought:      "there was no meeting for twice the time of the rhythm",
	measure.AlarmUnanswered:   "fewer than half of the threads were answered, for the second time running",
	measure.AlarmSlow:         "half of the threads wait longer than 72 hours for an answer",
	measure.AlarmOneAuthor:    "one person wrote more than half of the posts",
	measure.AlarmGravity:      "people take part less than before, for the second time running",
	measure.AlarmResponse:     "fewer than 30 % of the invitations were answered",
	measure.AlarmShow:         "fewer than half of those who accepted came",
	measure.AlarmUnmeasured:   "an initiative has an indicator that nobody read for 100 days",
	measure.AlarmNewcomer:     "a newcomer has waited for an answer for more than 48 hours",
	measure.AlarmFacilitators: "facilitators wrote more than half of the posts",
	measure.AlarmReview:       "the charter's review is overdue",
}
