package measure

// A Figure is a number with what it was counted from.
type Figure struct {
	Value    float64
	K, N     int     // what was counted, of how many; K is 0 for a figure that is no proportion
	Coverage float64 // 0 to 1: how much of what should be known for it is known
	// Low and High are the Wilson 95 % interval of a proportion, else 0.
	Low, High float64
	Unit      Unit
	Why       Why // why it is not available; "" where it is
	From      Trace
}

// A Unit says what a figure's number means.
type Unit string

// The units.
const (
	Count       Unit = "count"
	Share       Unit = "share"       // of 1
	Ratio       Unit = "ratio"       // may exceed 1, or be below 0
	Hours       Unit = "hours"       //
	Days        Unit = "days"        //
	PerMonth    Unit = "per_month"   // of 30.4375 days
	Index       Unit = "index"       // 0 to 100
	Coefficient Unit = "coefficient" //
	Points      Unit = "points"      // -100 to 100
	Money       Unit = "money"       // in what the rate of an hour is in
)

// A Trace names the records that a figure was counted from.
type Trace struct {
	Kind    Kind
	Counted []int64 // IDs
	Among   []int64 // IDs of all that could have been counted; nil where that is the same
}

// A Kind says what the IDs of a trace are.
type Kind string

// What can be traced.
const (
	KindMember     Kind = "member"     // PersonIDs
	KindMembership Kind = "membership" // PersonIDs, of memberships that began or ended
	KindPost       Kind = "post"
	KindThread     Kind = "thread" // IDs of the posts that began them
	KindOccurrence Kind = "occurrence"
	KindVote       Kind = "vote"
	KindPulse      Kind = "pulse"
	KindAct        Kind = "act"
	KindInitiative Kind = "initiative"
	KindStory      Kind = "story"
	KindClaim      Kind = "claim"
)

// Available says whether there is a value.
func (f Figure) Available() bool { return f.Why == "" }

// Proportion says whether the figure is K of N.
func (f Figure) Proportion() bool { return f.Unit == Share && f.High > 0 }

// A Part is a figure under the name that it has in JSON.
type Part struct {
	Key string
	Figure
}

// missing is a figure that is not available.
func missing(unit Unit, why Why) Figure { return Figure{Unit: unit, Why: why} }

// count is how many records there are.
func count(kind Kind, ids []int64) Figure {
	return Figure{Value: float64(len(ids)), N: len(ids), Coverage: 1, Unit: Count, From: Trace{Kind: kind, Counted: ids}}
}

// number is a value that was computed from n records.
func number(unit Unit, value float64, kind Kind, ids []int64) Figure {
	return Figure{Value: value, N: len(ids), Coverage: 1, Unit: unit, From: Trace{Kind: kind, Counted: ids}}
}

// share is the proportion of records that were counted.
func share(kind Kind, counted, among []int64, none Why) Figure {
	f := proportion(len(counted), len(among), none)
	f.From = Trace{kind, counted, among}
	return f
}

// proportion is k of n.
func proportion(k, n int, none Why) Figure {
	if n == 0 {
		return missing(Share, none)
	}
	low, high := Wilson(k, n)
	return Figure{Value: float64(k) / float64(n), K: k, N: n, Coverage: 1, Low: low, High: high, Unit: Share}
}

// ratio is a number per another that it may exceed.
func ratio(k, n int, none Why) Figure {
	if n == 0 {
		return missing(Ratio, none)
	}
	return Figure{Value: float64(k) / float64(n), K: k, N: n, Coverage: 1, Unit: Ratio}
}

// traced adds what a figure was counted from.
func (f Figure) traced(kind Kind, counted, among []int64) Figure {
	if f.Available() {
		f.From = Trace{kind, counted, among}
	}
	return f
}

// covered says how much is known, as k of n.
func (f Figure) covered(k, n int) Figure {
	if f.Available() && n > 0 {
		f.Coverage = float64(k) / float64(n)
	}
	return f
}
