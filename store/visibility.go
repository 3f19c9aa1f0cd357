package store

// Visibility is what a community shows of itself, and of its members to each other. It is part of Rules.
type Visibility struct {
	Unlisted   bool       `json:"unlisted,omitempty"`    // it is not named in the list of communities
	MemberList MemberList `json:"member_list,omitempty"` // who sees who the members are
}

// MemberList says who sees who the members are. Nobody else ever does.
type MemberList string

// Who sees the members.
const (
	MemberListMembers      MemberList = ""
	MemberListFacilitators MemberList = "facilitators"
)
