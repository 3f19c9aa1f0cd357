package store

import "slices"

// An Audience says who is invited to a meeting: all members, or those with one of some roles and those who are named; and
// guests besides.
type Audience struct {
	Roles  []Role  `json:"roles,omitempty"`
	Named  []int64 `json:"named,omitempty"`  // subscriptions
	Guests []int64 `json:"guests,omitempty"` // subscriptions
}

// IsAll says whether all members are invited.
func (a Audience) IsAll() bool { return len(a.Roles) == 0 && len(a.Named) == 0 }

// Has says whether somebody belongs to the audience, as far as the meeting goes: whether they are still there is another
// question.
func (a Audience) Has(s Subscription) bool {
	if slices.Contains(a.Guests, s.ID) {
		return true
	}
	return s.State != Guest && (a.IsAll() || slices.Contains(a.Named, s.ID) || slices.ContainsFunc(a.Roles, s.Has))
}

// condition is Has for a row s of subscriptions.
func (a Audience) condition(d dialect) (where string, args []any) {
	where, args = d.in("s.id"), []any{d.idList(a.Guests)}
	switch {
	case a.IsAll():
		return "(s.state <> 'guest' OR " + where + ")", args
	case len(a.Named) > 0:
		where, args = where+" OR s.state <> 'guest' AND "+d.in("s.id"), append(args, d.idList(a.Named))
	}
	for _, role := range a.Roles {
		where, args = where+" OR s.state <> 'guest' AND s.roles LIKE ?", append(args, "% "+string(role)+" %")
	}
	return "(" + where + ")", args
}
