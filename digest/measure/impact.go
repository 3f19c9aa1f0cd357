package measure

import "strconv"

// Impact is the fifth measure: what came of it. All of it is as people reported it, with the evidence that there is.
type Impact struct {
	Index      Figure // II: what initiatives reached, weighted by the sponsor and by evidence; coverage is the weight of those with indicators
	Active     Figure // initiatives
	OnTrack    Figure // active, and not due yet
	LateOnes   Figure // active, and overdue
	Done       Figure // in the window
	Dropped    Figure // in the window
	OnTime     Figure // of those due in the window, those done by then
	Unmeasured Figure // active ones with an indicator that nobody has read for 100 days
	Reach      Figure // members who took part in one, of all
	Units      Figure // units of those who took part

	Value         [5]Figure // v: of the members, those with a sign of a cycle of value in the year; immediate first
	Stories       Figure    // complete ones of the year
	NewestStory   Figure    // days since the newest complete one
	Recommend     Figure    // NR: % of 9 and 10 less % of 0 to 6
	Hours         Figure    // H: time that people put in
	Cost          Figure    // H by the rate
	Return        Figure    // hours saved less hours put in, for each hour put in; self-reported
	ClaimedHours  Figure    // saved, by confidence and attribution; self-reported
	MinutesOfPost int       // that a post is taken to cost
}

// minutesOfPost is what a post is taken to cost its author.
const minutesOfPost = 10

// Parts implements Measure.
func (i Impact) Parts() []Part {
	parts := []Part{
		{"index", i.Index}, {"active", i.Active}, {"on_track", i.OnTrack}, {"late", i.LateOnes}, {"done", i.Done}, {"dropped", i.Dropped},
		{"on_time", i.OnTime}, {"unmeasured", i.Unmeasured}, {"reach", i.Reach}, {"units", i.Units},
	}
	for c, f := range i.Value {
		parts = append(parts, Part{"value_" + strconv.Itoa(c+1), f})
	}
	return append(parts, Part{"stories", i.Stories}, Part{"newest_story", i.NewestStory}, Part{"net_recommendation", i.Recommend}, Part{"hours", i.Hours}, Part{"cost", i.Cost},
		Part{"claimed_hours", i.ClaimedHours}, Part{"return_self_reported", i.Return})
}

// impact computes the fifth measure, given the posts of the window.
func (w *World) impact(win Window, posts []int64) Impact {
	i := Impact{MinutesOfPost: minutesOfPost}
	w.initiatives(&i, win)
	members := w.ids(w.membersAt(win.To))
	for c := range i.Value {
		i.Value[c] = w.valued(win, c+1, members)
	}
	i.Stories, i.NewestStory = w.stories(win)
	i.Recommend = w.recommend(win)
	w.investment(&i, win, posts)
	return i
}

// stories counts the complete stories of the year.
func (w *World) stories(win Window) (all, newest Figure) {
	if len(w.r.Stories) == 0 {
		return missing(Count, NoStories), missing(Days, NoStories)
	}
	var ids []int64
	newest = missing(Days, NoStories)
	last := win.year().From
	for _, s := range w.r.Stories {
		if !win.year().Contains(s.At) || !s.Happened || !s.Took || !s.Did || !s.Resulted {
			continue
		}
		if ids = append(ids, s.ID); s.At.After(last) {
			last = s.At
			newest = number(Days, win.To.Sub(s.At).Hours()/24, KindStory, []int64{s.ID})
		}
	}
	return count(KindStory, ids), newest
}

// recommend is NR over the answers of the window.
func (w *World) recommend(win Window) Figure {
	values, f := w.ratings(win, Recommend, Points)
	balance := 0
	for _, v := range values {
		if v >= 9 {
			balance++
		} else if v <= 6 {
			balance--
		}
	}
	if f.Available() {
		f.Value = 100 * float64(balance) / float64(len(values))
	}
	return f
}

// investment is the time that people put in: at meetings, in posts, in roles; and what they say it saved.
func (w *World) investment(i *Impact, win Window, posts []int64) {
	hours := 0.0
	for _, o := range recorded(w.held(win)) {
		hours += float64(len(o.attended)) * o.Hours
	}
	hours += float64(len(posts)) * minutesOfPost / 60
	w.eachAct(win, func(_ int32, a Act) { hours += a.Hours })
	i.Hours = number(Hours, hours, KindPost, posts)
	i.Cost = missing(Money, NoRate)
	if w.r.HourlyRate > 0 {
		i.Cost = number(Money, hours*w.r.HourlyRate, KindPost, posts)
	}
	i.ClaimedHours, i.Return = missing(Hours, NoClaims), missing(Ratio, NoClaims)
	saved, claims := 0.0, []int64(nil)
	for _, c := range w.r.Claims {
		if _, ok := w.known(c.Person); ok && win.Contains(c.At) {
			saved += c.Hours * c.Confidence * c.Attribution
			claims = append(claims, c.ID)
		}
	}
	if len(claims) > 0 {
		i.ClaimedHours = number(Hours, saved, KindClaim, claims)
		i.Return = finite(Ratio, (saved-hours)/hours, NoInvestment, KindClaim, claims)
	}
}
