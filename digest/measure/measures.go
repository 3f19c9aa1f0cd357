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
	posts, pairs := w.postIDs(win), w.replyPairs(win.last(Rolling)) // of which there may be a million
	return Measures{Window: win, Members: w.Members(win), Meetings: w.Meetings(win), Discussions: w.discussions(win, posts, pairs),
		Engagement: w.engagement(win, pairs), Impact: w.impact(win, posts)}
}

// Discussions computes the third measure.
func (w *World) Discussions(win Window) Discussions {
	return w.discussions(win, w.postIDs(win), w.replyPairs(win.last(Rolling)))
}

// Engagement computes the fourth measure.
func (w *World) Engagement(win Window) Engagement {
	return w.engagement(win, w.replyPairs(win.last(Rolling)))
}

// Impact computes the fifth measure.
func (w *World) Impact(win Window) Impact { return w.impact(win, w.postIDs(win)) }

// postIDs are the posts of a window.
func (w *World) postIDs(win Window) []int64 {
	from, to := w.postsIn(win)
	ids := make([]int64, 0, to-from)
	for i := from; i < to; i++ {
		if !w.skips(w.author[i]) {
			ids = append(ids, w.r.Posts[i].ID)
		}
	}
	return ids
}
