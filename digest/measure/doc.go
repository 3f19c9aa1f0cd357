// Package measure computes the five things that a community is judged by: number of members, frequency of meetings,
// quality of discussions, level of engagement, impact of initiatives. Each is a pure function over plain records in a
// window of time; nothing here reads a database or a clock, so every figure can be checked by hand.
//
// # The way of a figure
//
// Records hold what happened: people, memberships, posts, occurrences of meetings, votes, pulses, initiatives. New puts an
// index over them, and the World that it returns computes Measures of a Window:
//
//	world := measure.New(records)
//	m := world.Measures(measure.LastMonth(now, zone))
//	fmt.Println(m.Discussions.Quality.Value, m.Discussions.Quality.Coverage)
//
// # Rules for every figure
//
// A Figure carries what it was counted from: K of N, how much of what should be known is (Coverage), a Wilson 95 % interval
// where it is a proportion, and a Trace that names the very records. Where something would be divided by zero, the figure
// is not available and says why; it is never 0. Of fewer than five answers to a pulse nothing is told. Figures about threads
// look at a window that lies back by as long as a thread is given to be answered, so that none is judged too early. A
// World without facilitators gives each figure's twin. Nothing is rounded.
//
// Where a definition leaves something open, the comment of the field says what was chosen. Sources of the definitions:
// CHAOSS metrics; the Orbit model (levels, gravity); Wenger, Trayner and de Laat, value cycles (2011); Wenger, McDermott
// and Snyder, participation bands (2002); Goh and Barabási, burstiness (2008).
package measure
