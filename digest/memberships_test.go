package digest

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"guildpost/digest/measure"
	"guildpost/store"
)

// at is a time by its day, for tables.
func at(day int) time.Time {
	if day == 0 {
		return time.Time{}
	}
	return time.Date(2026, 1, day, 12, 0, 0, 0, time.UTC)
}

// TestMemberships reads histories: each change as "day state", the latest last. What was before the first was read is the
// state that it changed.
func TestMemberships(t *testing.T) {
	type change struct {
		day   int
		after store.MembershipState
	}
	active, suspended := store.MembershipState{State: store.Active}, store.MembershipState{State: store.Suspended}
	silent := store.MembershipState{State: store.Active, Delivery: store.None}
	leads := store.MembershipState{State: store.Active, Roles: []store.Role{store.Mentor, store.Facilitator}}
	gone := func(s store.SubscriptionState) store.MembershipState { return store.MembershipState{State: s} }
	spell := func(from, to int) []measure.Spell { return []measure.Spell{{From: at(from), To: at(to)}} }
	one := func(from, to int, end measure.Ending) measure.Membership {
		return measure.Membership{Person: 7, From: at(from), To: at(to), End: end}
	}
	tests := []struct {
		name    string
		first   store.MembershipState // before all changes
		changes []change
		since   int
		want    []measure.Membership
	}{
		{"long a member", active, nil, 2, []measure.Membership{one(2, 0, "")}},
		{"joined", store.MembershipState{}, []change{{5, active}}, 5, []measure.Membership{one(5, 0, "")}},
		{"joined long before the journal had it", store.MembershipState{}, []change{{5, active}}, 3, []measure.Membership{one(3, 0, "")}},
		{"waited for approval", store.MembershipState{}, []change{{4, gone(store.Pending)}, {5, active}}, 5, []measure.Membership{one(5, 0, "")}},
		{"left", active, []change{{6, gone(store.Left)}}, 2, []measure.Membership{one(1, 6, measure.Left)}},
		{"left and came again", active, []change{{6, gone(store.Left)}, {9, active}}, 9, []measure.Membership{one(1, 6, measure.Left), one(9, 0, "")}},
		{"banned", active, []change{{6, gone(store.Banned)}}, 2, []measure.Membership{one(1, 6, measure.Removed)}},
		{"bounced out", active, []change{{6, suspended}, {8, gone(store.Removed)}}, 2,
			[]measure.Membership{{Person: 7, From: at(1), To: at(8), End: measure.BouncedOut, Bounced: spell(6, 8)}}},
		{"bounced for a while", active, []change{{6, suspended}, {8, active}}, 2, []measure.Membership{{Person: 7, From: at(2), Bounced: spell(6, 8)}}},
		{"wants no mail", active, []change{{6, silent}}, 2, []measure.Membership{{Person: 7, From: at(2), NoMail: spell(6, 0)}}},
		{"led for a while", leads, []change{{6, active}}, 2, []measure.Membership{{Person: 7, From: at(2), Facilitator: spell(1, 6)}}},
		{"led, and was renamed meanwhile", active, []change{{5, leads}, {6, leads}, {8, active}}, 2, []measure.Membership{{Person: 7, From: at(2), Facilitator: spell(5, 8)}}},
	}
	for _, test := range tests {
		state := test.first
		var changes []store.MembershipChange
		for _, c := range test.changes {
			changes = append([]store.MembershipChange{{MemberID: 7, At: at(c.day), Before: state, After: c.after}}, changes...)
			state = c.after
		}
		s := store.Subscription{MemberID: 7, State: state.State, Delivery: state.Delivery, Roles: state.Roles, Since: at(test.since)}
		if got := memberships(s, changes, at(1)); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s:\n%v, want\n%v", test.name, fmt.Sprint(got), fmt.Sprint(test.want))
		}
	}
}
