// Package yeartest makes up a year of two communities, for tests of measures and mails: one that thrives and one that fades.
// Nobody in it exists, and all that they write was written for it.
//
// Generate draws a Year as plain values, from a Law and a seed: the same ones give the same bytes. Each source (people, threads,
// meetings, thanks) has a stream of random numbers of its own, so that one more changes nothing in what the others drew.
// File puts a year into a store by the store's own methods, as mail and meetings would have.
//
// A year has fourteen months, since a month is compared with the same one a year ago, and that one with what came before it:
// it goes from 1 September 2025 to 1 November 2026.
//
// # What is drawn, how, and why
//
// The monthly values stand in laws.go, for each community. "WMS" are the bands of Wenger, McDermott and Snyder: a core of 10 to
// 15 in a hundred, 15 to 20 who are active, the rest at the edge; most who join stay at the edge.
//
//	what                        law                                     constants
//	who founds it               12 % core, 18 % active, the rest edge   WMS; two of the core facilitate
//	who joins                   Poisson for each month                  Law.Joins; 4 % core, 20 % active
//	who leaves                  each month with a chance                Law.Leaves for the edge, 0.7 of it for the active,
//	                                                                    Law.CoreLeaves for the core; facilitators stay
//	whose mail fails            3 % of those who join                   20 to 200 days later, for good
//	zone, language              by region                               Law.Regions: how many in a hundred each
//	who agrees to be named      70 %                                    an assumption
//	new threads of a day        Poisson                                 Law.Threads for a working day; 0.15 of it at weekends,
//	                                                                    0.1 on a holiday, 0.4 in August, 0.2 after 21 December
//	who begins one              weights core 3, active 1.6, edge 0.08   asking is spread wider than answering;
//	                                                                    Law.FacilitatorsBegin of them by facilitators
//	a newcomer's first thread   45 % of those who join                  exponential, 4 days after joining at the mean
//	hour of day                 a table for the clocks of the author    two peaks, 10 and 14 o'clock; nearly nothing at night
//	whether it is answered      a chance                                Law.Answered, and Law.Welcomed for newcomers
//	time to an answer           log-normal, σ = 1.3                     median Law.Hours: most come soon, few after days;
//	                                                                    what would come at night waits for the morning, and
//	                                                                    four in five at a weekend for the Monday
//	further answers             geometric                               Law.GoesOn for each next one, 13 at most
//	who answers                 weights core 10, active 2, edge 0.03    a small core gives most answers (the 90-9-1 rule);
//	                                                                    Law.ByFacilitators of them come from facilitators;
//	                                                                    a quarter of the later ones from who had asked
//	what is quoted              half of the answers                     the first paragraph of what they answer
//	meetings                    every Law.Every days, at an hour        cancelled with Law.Cancelled, 1 to 60 hours before
//	who answers an invitation   core 95 %, active 80 %, edge 30 %       times Law.Responds
//	who accepts                 core 80 %, active 50 %, edge 6 %        of those who answer
//	who comes                   Law.Shows of those who accepted         0.5 % of the others, and a guest at every third meeting
//	who tells how it was        half of those who came                  ratings of Law.Rating, one up or down
//	whether it is solved        Law.Solved of the threads answered      marked by who asked
//	thanks                      Law.Thanked of the threads answered     to who answered first, within two days
package yeartest
