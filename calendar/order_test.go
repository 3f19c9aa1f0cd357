package calendar

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"guildpost/store"
	"guildpost/store/storetest"
)

// TestThousandOrders: a set of answers with repetitions, to the whole meeting, to dates and to all later ones, in a thousand orders
// and cut into any messages, ends in one state in both databases. So do proposals.
func TestThousandOrders(t *testing.T) {
	long(t)
	storetest.OnBoth(t, func(t *testing.T, db *store.DB) {
		const orders, atOnce = 1000, 8
		w := newWorldOn(t, db)
		var members []store.NewMember
		for i := range orders {
			members = append(members, store.NewMember{Address: fmt.Sprintf("m%d@m.example", i)})
		}
		_, err := db.ImportMembers(ctx, w.by(), w.c.ID, members)
		w.check(err)
		p := w.clinic()
		p.Rule = "FREQ=WEEKLY;COUNT=4"
		m := w.call(p)
		all, err := db.Invitations(ctx, m.ID, 0, orders)
		w.check(err)
		answers, proposals := orderedAnswers(w.now), orderedProposals(w.now)
		var next sync.WaitGroup
		for worker := range atOnce {
			next.Go(func() {
				for n := worker; n < orders; n += atOnce {
					if err := recordShuffled(w, all[n], answers, proposals, uint64(n)); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		next.Wait()
		checkOneState(w, m, orders)
	})
}

// orderedAnswers are answers of which many are close to each other.
func orderedAnswers(now time.Time) (all []store.RSVP) {
	for _, occurrence := range []string{"", "20260817T130000Z"} {
		for _, later := range []bool{false, true} {
			for i, answer := range []store.RSVPAnswer{store.Accepted, store.Declined, store.Tentative, store.Declined} {
				if later && occurrence == "" {
					continue
				}
				r := store.RSVP{Occurrence: occurrence, Later: later, Answer: answer, Source: "calendar <x>", At: now, Sequence: i % 2, Stamp: now.Add(time.Duration(i/2) * time.Second)}
				all = append(all, r, r)
			}
		}
	}
	return all
}

func orderedProposals(now time.Time) (all []store.Proposal) {
	for i := range 4 {
		p := store.Proposal{Starts: now.Add(time.Duration(i) * time.Hour), Length: time.Hour, Source: "calendar <x>", At: now, Sequence: i % 2, Stamp: now.Add(time.Duration(i/2) * time.Second)}
		all = append(all, p, p)
	}
	return all
}

// recordShuffled keeps the answers of one person in an order of its own, a few at a time.
func recordShuffled(w *world, i store.Invitation, answers []store.RSVP, proposals []store.Proposal, seed uint64) error {
	random := rand.New(rand.NewPCG(7, seed))
	answers, proposals = slices.Clone(answers), slices.Clone(proposals)
	random.Shuffle(len(answers), func(a, b int) { answers[a], answers[b] = answers[b], answers[a] })
	random.Shuffle(len(proposals), func(a, b int) { proposals[a], proposals[b] = proposals[b], proposals[a] })
	for len(answers) > 0 {
		n := 1 + random.IntN(len(answers))
		if _, err := w.DB.RecordRSVPs(ctx, w.now, i, answers[:n], newer, nil); err != nil {
			return err
		}
		answers = answers[n:]
	}
	for _, p := range proposals {
		if _, err := w.DB.RecordProposal(ctx, i, p, store.Task{Kind: "x"}, nil); err != nil {
			return err
		}
	}
	return nil
}

// checkOneState: everybody has answered, and proposes, the same.
func checkOneState(w *world, m store.Meeting, people int) {
	w.t.Helper()
	rsvps, err := w.DB.RSVPs(ctx, m.ID, 0)
	w.check(err)
	states := map[int64]string{}
	for _, r := range rsvps {
		states[r.SubscriptionID] += fmt.Sprintln(r.Occurrence, r.Later, r.Answer, r.Sequence, r.Stamp.Sub(w.now))
	}
	proposals, err := w.DB.Proposals(ctx, m.ID)
	w.check(err)
	for _, p := range proposals {
		if p.State == store.ProposalOpen {
			states[p.Subscription.ID] += fmt.Sprintln("proposes", p.Starts.Sub(w.now), p.Sequence, p.Stamp.Sub(w.now))
		}
	}
	different := map[string]int{}
	for _, state := range states {
		different[state]++
	}
	if len(states) != people || len(different) != 1 {
		w.t.Errorf("%d people ended in %d states: %v", len(states), len(different), different)
	}
	for state := range different {
		if strings.Count(state, "\n") != 4 || strings.Contains(state, " 0 ") && !strings.Contains(state, " 1 ") {
			w.t.Errorf("they ended in\n%s", state)
		}
	}
	if times := ProposedTimes(proposals); len(times) != 1 || len(times[0].By) != people {
		w.t.Errorf("%d times are proposed", len(times))
	}
}
