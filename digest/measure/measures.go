package measure

// Measures are the five of a window.
type Measures struct {
	Window      Window
	Members     Members
	Meetings    Meetings
	Discussions Discussions
	Engagement  Engagement
	Impact      Impact
}

// A Measure is one of the five. The first of its parts is the one that it is known by.
type Measure interface{ Parts() []Part }

// Names are the five in JSON, in their order.
var Names = []string{"members", "meetings", "discussions", "engagement", "impact"}

// All are the five in the order of Names.
func (m Measures) All() []Measure {
	return []Measure{m.Members, m.Meetings, m.Discussions, m.Engagement, m.Impact}
}

// Measures computes all five.
func (w *World) Measures(win Window) Measures {
	m := Measures{Window: win, Members: w.Members(win), Meetings: w.Meetings(win), Discussions: w.Discussions(win),
		Engagement: w.Engagement(win), Impact: w.Impact(win)}
	m.Impact.Hours.From = m.Discussions.Posts.From // the same posts: there may be a million
	return m
}
