package measure

import "time"

// Records are what happened in a community, as far as a window needs it: posts from Window.RecordsFrom on, all else from a
// year before on. The zero value of each list means that nothing of the kind is recorded; figures that need it say so.
type Records struct {
	Zone        *time.Location // the community's; nil is UTC
	Persons     []Person       // everybody who is named below
	Memberships []Membership
	Posts       []Post // discussion posts by time
	Threads     []Thread
	Occurrences []Occurrence
	Planned     []time.Time // when the charter's rule has a meeting, in order
	Votes       []Vote
	Pulses      []Pulse
	Acts        []Act
	Earlier     []Act // posts before Posts, of those whose first year is looked at: Wrote or FirstAnswered
	Thanks      []Thanks
	Initiatives []Initiative
	Evidence    []Evidence
	Stories     []Story
	Claims      []Claim
	HourlyRate  float64   // what an hour of a member costs; 0 is not set
	ReviewDue   time.Time // when the charter is to be reviewed; zero is never
}

// A PersonID stands for a person, all of whose addresses are one: the member's ID, or a number below 0 for somebody who is
// no member anywhere.
type PersonID = int64

// A Person is somebody who is or was a member, or did something here.
type Person struct {
	ID            PersonID
	Name          string
	Address       string
	Unit          string // where they work, or the domain of their address
	Zone          *time.Location
	Named         bool      // agrees to be named
	FirstPost     time.Time // their first ever; zero where it is among the posts, or there is none
	FirstAttended time.Time // as well, of meetings
}

// A Membership is a time in which a person was a confirmed member and not banned.
type Membership struct {
	Person      PersonID
	From, To    time.Time // To is zero while it lasts
	End         Ending
	Bounced     []Spell // when mail to them failed, so that they got none
	NoMail      []Spell // when they wanted none
	Facilitator []Spell
}

// A Spell is a time within a membership; To is zero while it lasts.
type Spell struct{ From, To time.Time }

// An Ending says how a membership ended.
type Ending string

// The ways to end.
const (
	Left       Ending = "left"
	BouncedOut Ending = "bounced"
	Removed    Ending = "removed" // or banned
	Lapsed     Ending = "lapsed"
)

// A Post is a discussion post: accepted, by a human, and no command or answer to a question of guildpost's.
type Post struct {
	ID, Thread         int64
	Parent             int64 // the post that it answers, 0 where that is not known
	Person             PersonID
	At                 Instant
	NewChars, OldChars int32 // what its author wrote, and what is quoted
}

// An Instant is a time in microseconds since 1970, UTC. Posts have it instead of a time.Time, which is three times as large
// and holds a pointer: there may be a million of them.
type Instant int64

// At is the instant of a time.
func At(t time.Time) Instant { return Instant(t.UnixMicro()) }

// Time is the time of an instant.
func (i Instant) Time() time.Time { return time.UnixMicro(int64(i)).UTC() }

// A Thread is what is known of a thread beside its posts. A thread of Posts that is not in Threads began with its first post.
type Thread struct {
	ID       int64
	FirstAt  time.Time // of its first post, which may lie before the records
	Announce bool      // it is tagged [announce] and wants no answers
	Solved   bool      // it ended with a solution, or thanks
}

// An Occurrence is one date of a meeting.
type Occurrence struct {
	ID              int64
	Start           time.Time
	Hours           float64
	FirstRequest    time.Time // when the first invitation was delivered; zero for never
	Cancelled       time.Time // zero for never
	Invited         []PersonID
	Answers         []Answer   // in the order in which they came
	AttendanceKnown bool       // somebody said who came
	Attended        []PersonID // members and guests
	Hosts           []PersonID // who hosted or facilitated it
}

// An Answer is an RSVP.
type Answer struct {
	Person   PersonID
	At       time.Time
	Accepted bool // Tentative and declined are answers too
}

// A Vote is a decision that people voted on.
type Vote struct {
	ID         int64
	Closed     time.Time
	Electorate []PersonID
	Ballots    []Ballot
}

// A Ballot is one person's vote.
type Ballot struct {
	Person PersonID
	At     time.Time
}

// A Pulse is a question that was put to people at a time.
type Pulse struct {
	ID       int64
	Question Question
	At       time.Time
	Asked    []PersonID
	Answers  []Rating // in the order in which they came
}

// A Question says what a pulse asks.
type Question string

// The questions that figures are made of.
const (
	Useful    Question = "useful"    // How useful was this month's discussion to your work? 1 to 5
	Recommend Question = "recommend" // Would you recommend this community? 0 to 10
	Rated     Question = "rated"     // How was this meeting? 1 to 5
)

// A Rating is an answer to a pulse.
type Rating struct {
	Person PersonID
	At     time.Time
	Value  float64
}

// An Act is something that one person did and that is no post, attendance, vote or answer.
type Act struct {
	ID     int64
	Person PersonID
	At     time.Time
	Kind   ActKind
	Object int64   // the occurrence, thread or initiative
	Hours  float64 // that a role took, as reported
}

// An ActKind says what was done.
type ActKind string

// What people do.
const (
	WroteMinutes ActKind = "minutes"
	Talked       ActKind = "talk"
	KeptItem     ActKind = "kept"     // made an answer, a link or a file part of the repertoire
	ActedInRole  ActKind = "role"     // as scribe, mentor or librarian
	CheckedIn    ActKind = "check-in" // reported on an initiative
	// Wrote and FirstAnswered stand for posts before the records, of those whose first year is looked at.
	Wrote         ActKind = "wrote"
	FirstAnswered ActKind = "first-answer"
)

// Thanks are one person's to another.
type Thanks struct {
	ID       int64
	From, To PersonID
	At       time.Time
}

// An Initiative is something that the community set out to do.
type Initiative struct {
	ID           int64
	Owner        PersonID
	Weight       float64 // 1 to 3, by the sponsor
	Started, Due time.Time
	Closed       time.Time // done or dropped; zero while it is active
	Dropped      bool
	Indicators   []Indicator
	Participants []PersonID
	OwnerSays    bool                   // that it worked
	Reports      map[PersonID]time.Time // members who said independently that it worked
	Confirmed    bool                   // by the sponsor or the team that it is for
}

// An Indicator is a number that an initiative wants to move.
type Indicator struct {
	Baseline, Goal float64
	BaselineAt     time.Time
	Readings       []Reading
}

// A Reading is an indicator's value at a time.
type Reading struct {
	At    time.Time
	Value float64
}

// Evidence is a sign of one of the five cycles in which a community is of value.
type Evidence struct {
	ID     int64
	Person PersonID
	At     time.Time
	Cycle  int // 1 immediate, 2 potential, 3 applied, 4 realised, 5 reframing
}

// A Story tells how something from the community became of use.
type Story struct {
	ID                            int64
	At                            time.Time
	Happened, Took, Did, Resulted bool // which of its four parts it has
}

// A Claim is hours that somebody says were saved, as they estimate it.
type Claim struct {
	ID                      int64
	Person                  PersonID
	At                      time.Time
	Hours                   float64
	Confidence, Attribution float64 // 0 to 1
}

// EachOther calls f for every contribution that is no post.
func (r *Records) EachOther(f func(id PersonID, at time.Time)) {
	for _, o := range r.Occurrences {
		for _, people := range [][]PersonID{o.Attended, o.Hosts} {
			for _, p := range people {
				f(p, o.Start)
			}
		}
	}
	for _, v := range r.Votes {
		for _, b := range v.Ballots {
			f(b.Person, b.At)
		}
	}
	for _, p := range r.Pulses {
		for _, a := range p.Answers {
			f(a.Person, a.At)
		}
	}
	for _, acts := range [][]Act{r.Acts, r.Earlier} {
		for _, a := range acts {
			f(a.Person, a.At)
		}
	}
}
