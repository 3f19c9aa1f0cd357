package measure

// Engagement is the fourth measure: how many take part, how much, and where they move.
type Engagement struct {
	Rate       Figure    // ER: of the members, those above Exploring
	Levels     [4]Figure // members by level, Exploring first
	Core       Figure    // Leading and Contributing, of all; 10 to 15 % is usual (Wenger, McDermott and Snyder)
	Middle     Figure    // Participating; 15 to 20 %
	Periphery  Figure    // Exploring; 65 to 75 %
	Commitment Figure    // WC
	Gravity    Figure    // the change of WC since the window began, for each member
	Index      Figure    // EI, 0 where all explore, 100 where all lead
	Moves      [4]Moves  // by the level that somebody was in when the window began
	Funnel     [4]Figure // D0 to D3: how many of those who joined a year ago came so far
	Conversion [3]Figure // CR1 to CR3: of those who came so far, those who came a step farther
	Answers    Figure    // of pulses that were asked, those answered
	Turnout    Figure    // of votes that could be cast, those cast
	Tied       Figure    // members who answered somebody, were answered, or met somebody, in 91 days
	Newcomers  Figure    // of those who joined 60 days earlier, who had two ties by then
}

// Moves are the shares of a level's members that are in a higher, the same or a lower one now; who left is not counted.
type Moves struct{ Up, Held, Down Figure }

var stepNames = [...]string{"answered", "posted_or_attended", "contributing", "leading"}

// Parts implements Measure.
func (e Engagement) Parts() []Part {
	parts := []Part{{"rate", e.Rate}}
	for l := Leading; l >= Exploring; l-- {
		parts = append(parts, Part{l.String(), e.Levels[l]})
	}
	parts = append(parts, Part{"core", e.Core}, Part{"middle", e.Middle}, Part{"periphery", e.Periphery}, Part{"commitment", e.Commitment},
		Part{"gravity", e.Gravity}, Part{"index", e.Index})
	for l := Leading; l >= Exploring; l-- {
		m := e.Moves[l]
		parts = append(parts, Part{l.String() + "_up", m.Up}, Part{l.String() + "_held", m.Held}, Part{l.String() + "_down", m.Down})
	}
	for d, name := range stepNames {
		parts = append(parts, Part{"funnel_" + name, e.Funnel[d]})
	}
	for d := range e.Conversion {
		parts = append(parts, Part{"conversion_" + stepNames[d+1], e.Conversion[d]})
	}
	return append(parts, Part{"pulse_response", e.Answers}, Part{"turnout", e.Turnout}, Part{"tied", e.Tied}, Part{"newcomers_tied", e.Newcomers})
}

// engagement computes the fourth measure, given the pairs of 91 days.
func (w *World) engagement(win Window, pairs []pair) Engagement {
	members, levels := w.membersAt(win.To), w.levelsAt(win.To)
	earlier, before := w.membersAt(win.From), w.levelsAt(win.From)
	var e Engagement
	w.levels(&e, members, levels, tally(earlier, before))
	for l := range e.Moves {
		e.Moves[l] = w.moves(Level(l), both(earlier, members), before, levels)
	}
	w.funnel(&e, win)
	e.Answers, e.Turnout = w.answerRate(win), w.turnout(win)
	e.Tied = w.tied(win, members, pairs)
	e.Newcomers = w.newcomersTied(win.Back(newcomerTies))
	return e
}

func both(a, b []bool) []bool {
	all := make([]bool, len(a))
	for i := range a {
		all[i] = a[i] && b[i]
	}
	return all
}

// tally counts members by level.
func tally(members []bool, levels []Level) (n [4]int) {
	for place, is := range members {
		if is {
			n[levels[place]]++
		}
	}
	return n
}

func (w *World) levels(e *Engagement, members []bool, levels []Level, before [4]int) {
	var in [4][]PersonID
	all := w.ids(members)
	for place, is := range members {
		if is {
			in[levels[place]] = append(in[levels[place]], w.persons[place].ID)
		}
	}
	for l := range in {
		e.Levels[l] = share(KindMember, in[l], all, NoMembers).asCount()
	}
	core := append(in[Leading][:len(in[Leading]):len(in[Leading])], in[Contributing]...)
	e.Core = share(KindMember, core, all, NoMembers)
	e.Middle = share(KindMember, in[Participating], all, NoMembers)
	e.Periphery = share(KindMember, in[Exploring], all, NoMembers)
	e.Rate = share(KindMember, append(core[:len(core):len(core)], in[Participating]...), all, NoMembers)
	now := tally(members, levels)
	e.Commitment = number(Count, float64(Commitment(now)), KindMember, all)
	e.Gravity = finite(Ratio, Gravity(now, before), NoMembers, KindMember, all)
	e.Index = finite(Index, EngagementIndex(now), NoMembers, KindMember, all)
}

func (w *World) moves(l Level, stayed []bool, before, now []Level) Moves {
	var all, up, held, down []PersonID
	for place, is := range stayed {
		if !is || before[place] != l {
			continue
		}
		id := w.persons[place].ID
		all = append(all, id)
		switch {
		case now[place] > l:
			up = append(up, id)
		case now[place] < l:
			down = append(down, id)
		default:
			held = append(held, id)
		}
	}
	as := func(ids []PersonID) Figure { return share(KindMember, ids, all, NobodyInLevel) }
	return Moves{as(up), as(held), as(down)}
}

// answerRate is how many of the questions that were put were answered.
func (w *World) answerRate(win Window) Figure {
	asked, answered, ids := 0, 0, []int64(nil)
	for _, p := range w.r.Pulses {
		if !win.Contains(p.At) {
			continue
		}
		ids = append(ids, p.ID)
		to := w.keep(p.Asked)
		var by []PersonID
		for _, a := range p.Answers {
			by = append(by, a.Person)
		}
		asked, answered = asked+len(to), answered+overlap(to, w.keep(by))
	}
	return proportion(answered, asked, NoPulses).traced(KindPulse, ids, nil)
}

// turnout is how many of the votes that could be cast in the decisions of a window were cast.
func (w *World) turnout(win Window) Figure {
	could, did, ids := 0, 0, []int64(nil)
	for _, v := range w.r.Votes {
		if !win.Contains(v.Closed) {
			continue
		}
		ids = append(ids, v.ID)
		electorate := w.keep(v.Electorate)
		var by []PersonID
		for _, b := range v.Ballots {
			by = append(by, b.Person)
		}
		could, did = could+len(electorate), did+overlap(electorate, w.keep(by))
	}
	return proportion(did, could, NoVotes).traced(KindVote, ids, nil)
}
