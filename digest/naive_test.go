package digest

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"sort"
	"testing"
	"time"

	"guildpost/store/storetest"
)

// The independent check: what happened is exported as JSON, without what the store made of it (threads, parents,
// memberships), and the figures that people look at first are computed from that in a second, naive way that shares no
// code with the first.

type exported struct {
	From, To time.Time
	Zone     string
	Journal  []exportedChange // the oldest first
	People   map[string]int64 // members by address
	Posts    []exportedPost
	Meetings []met
}

type exportedChange struct {
	At            time.Time
	Member        int64
	Before, After string // as the journal has them
}

type exportedPost struct {
	ID, From   string
	At         time.Time
	References []string
	New, Old   int
}

func (l *lifelike) export(path string) {
	e := exported{From: l.window.From, To: l.window.To, Zone: l.window.Zone.String(), People: map[string]int64{}}
	entries, err := l.db.Journal(l.t.Context(), l.community.ID, 10_000)
	l.check(err)
	for _, j := range entries {
		if j.MemberID != 0 {
			e.Journal = append(e.Journal, exportedChange{j.At, j.MemberID, j.Before, j.After})
		}
	}
	sort.SliceStable(e.Journal, func(a, b int) bool { return e.Journal[a].At.Before(e.Journal[b].At) })
	for _, s := range storetest.Subscriptions(l.t, l.db, l.community) {
		e.People[s.Address] = s.MemberID
	}
	for _, m := range l.messages {
		e.Posts = append(e.Posts, exportedPost{m.id, m.from, m.at, m.references, m.fresh, m.old})
	}
	e.Meetings = l.meetings
	text, err := json.MarshalIndent(e, "", "\t")
	l.check(err)
	l.check(os.WriteFile(path, text, 0o600))
}

// naive is the second way.
type naive struct {
	exported
	zone    *time.Location
	byID    map[string]exportedPost
	without map[string]bool // people who are left out
}

func readNaive(t *testing.T, path string) *naive {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	n := &naive{byID: map[string]exportedPost{}, without: map[string]bool{}}
	if err := json.Unmarshal(text, &n.exported); err != nil {
		t.Fatal(err)
	}
	if n.zone, err = time.LoadLocation(n.Zone); err != nil {
		t.Fatal(err)
	}
	sort.Slice(n.Posts, func(a, b int) bool { return n.Posts[a].At.Before(n.Posts[b].At) })
	sort.Slice(n.Meetings, func(a, b int) bool { return n.Meetings[a].Start.Before(n.Meetings[b].Start) })
	for _, p := range n.Posts {
		n.byID[p.ID] = p
	}
	return n
}

// person is a member's number, or an address.
func (n *naive) person(p exportedPost) string {
	if id, ok := n.People[p.From]; ok {
		return fmt.Sprint(id)
	}
	return p.From
}

type journalState struct {
	State string   `json:"state"`
	Roles []string `json:"roles"`
}

func stateOf(text string) (s journalState) {
	_ = json.Unmarshal([]byte(text), &s) // "" is no state
	return s
}

func aliveState(s string) bool { return s == "active" || s == "suspended" }

// members are those at a time, and since when, by going through the whole journal.
func (n *naive) members(t time.Time) map[string]time.Time {
	in := map[string]time.Time{}
	for _, c := range n.Journal {
		who := fmt.Sprint(c.Member)
		if c.At.After(t) || n.without[who] {
			continue
		}
		switch is := aliveState(stateOf(c.After).State); {
		case is && !aliveState(stateOf(c.Before).State):
			in[who] = c.At
		case !is:
			delete(in, who)
		}
	}
	return in
}

func (n *naive) crossings(joins bool) (count int) {
	for _, c := range n.Journal {
		before, after := aliveState(stateOf(c.Before).State), aliveState(stateOf(c.After).State)
		if c.At.After(n.From) && !c.At.After(n.To) && !n.without[fmt.Sprint(c.Member)] && before != after && after == joins {
			count++
		}
	}
	return count
}

// leaveOutFacilitators leaves out who was a member and facilitator at some time of the window.
func (n *naive) leaveOutFacilitators() {
	is := func(text string) bool {
		s := stateOf(text)
		return aliveState(s.State) && slices.Contains(s.Roles, "facilitator")
	}
	began := map[int64]bool{}
	for _, c := range n.Journal {
		if !c.At.After(n.From) {
			began[c.Member] = is(c.After)
		} else if !c.At.After(n.To) && is(c.After) {
			began[c.Member] = true
		}
	}
	for member, was := range began {
		if was {
			n.without[fmt.Sprint(member)] = true
		}
	}
}

// rootOf follows references to the first message.
func (n *naive) rootOf(p exportedPost) string {
	if len(p.References) > 0 {
		return p.References[0]
	}
	return p.ID
}

func (n *naive) posts(from, to time.Time) (all []exportedPost) {
	for _, p := range n.Posts {
		if p.At.After(from) && !p.At.After(to) && !n.without[n.person(p)] {
			all = append(all, p)
		}
	}
	return all
}

func (n *naive) roots(from, to time.Time) (all []exportedPost) {
	for _, p := range n.posts(from, to) {
		if len(p.References) == 0 {
			all = append(all, p)
		}
	}
	return all
}

// firstAnswer is the first post of a thread by somebody else.
func (n *naive) firstAnswer(root exportedPost) (exportedPost, bool) {
	for _, p := range n.Posts {
		if n.rootOf(p) == root.ID && n.person(p) != n.person(root) && !n.without[n.person(p)] {
			return p, true
		}
	}
	return exportedPost{}, false
}

func (n *naive) answeredWithin(roots []exportedPost, hours float64) (k int) {
	for _, root := range roots {
		if a, ok := n.firstAnswer(root); ok && a.At.Sub(root.At).Hours() <= hours {
			k++
		}
	}
	return k
}

const week = 7 * 24 * time.Hour

func (n *naive) threads() []exportedPost { return n.roots(n.From.Add(-week), n.To.Add(-week)) }

func (n *naive) medianHours() float64 {
	var hours []float64
	for _, root := range n.threads() {
		h := 168.0
		if a, ok := n.firstAnswer(root); ok {
			h = min(h, a.At.Sub(root.At).Hours())
		}
		hours = append(hours, h)
	}
	slices.Sort(hours)
	return (hours[(len(hours)-1)/2] + hours[len(hours)/2]) / 2
}

func (n *naive) breadth() float64 {
	sum := 0.0
	for _, root := range n.threads() {
		authors := map[string]bool{}
		for _, p := range n.Posts {
			if n.rootOf(p) == root.ID && p.At.Sub(root.At) <= week && !n.without[n.person(p)] {
				authors[n.person(p)] = true
			}
		}
		sum += math.Min(1, float64(len(authors)-1)/3)
	}
	return sum / float64(len(n.threads()))
}

func (n *naive) perPerson() map[string]int {
	made := map[string]int{}
	for _, p := range n.posts(n.From, n.To) {
		made[n.person(p)]++
	}
	return made
}

// evenness by the mean difference of all pairs: G = Σ|xi-xj| / (2 n² mean), and G* = n/(n-1) G.
func (n *naive) evenness() float64 {
	sum, differences := 0.0, 0.0
	made := n.perPerson()
	for _, a := range made {
		sum += float64(a)
		for _, b := range made {
			differences += math.Abs(float64(a - b))
		}
	}
	size := float64(len(made))
	if len(made) < 5 { // too few to tell (metrics, section 3)
		return math.NaN()
	}
	return 1 - size/(size-1)*differences/(2*size*sum)
}

func (n *naive) newcomers() (k, all int) {
	roots := n.roots(n.From.Add(-48*time.Hour), n.To.Add(-48*time.Hour))
	var fresh []exportedPost
	for _, root := range roots {
		first := true
		for _, p := range n.Posts {
			if n.person(p) == n.person(root) && p.At.Before(root.At) {
				first = false
			}
		}
		since, is := n.members(root.At)[n.person(root)]
		if first || is && root.At.Sub(since) < 30*24*time.Hour {
			fresh = append(fresh, root)
		}
	}
	return n.answeredWithin(fresh, 48), len(fresh)
}

func (n *naive) reciprocity() float64 {
	pairs := map[[2]string]bool{}
	for _, p := range n.posts(n.To.Add(-91*24*time.Hour), n.To) {
		if len(p.References) == 0 {
			continue
		}
		a, b := n.person(p), n.person(n.byID[p.References[len(p.References)-1]])
		if a != b && !n.without[b] {
			pairs[[2]string{a, b}] = true
		}
	}
	k := 0
	for p := range pairs {
		if pairs[[2]string{p[1], p[0]}] {
			k++
		}
	}
	if len(pairs) < 10 {
		return math.NaN()
	}
	return float64(k) / float64(len(pairs))
}

// levels are n of Exploring, Participating, Contributing and Leading.
func (n *naive) levels(t time.Time) (levels [4]int) {
	days, helped := map[string]map[string]bool{}, map[string]bool{}
	active := func(who string, at time.Time) {
		if days[who] == nil {
			days[who] = map[string]bool{}
		}
		days[who][at.In(n.zone).Format("2006-01-02")] = true
	}
	led := n.met(t.Add(-91*24*time.Hour), t, active, helped)
	for _, p := range n.posts(t.Add(-91*24*time.Hour), t) {
		who := n.person(p)
		active(who, p.At)
		root := n.byID[n.rootOf(p)]
		if a, ok := n.firstAnswer(root); ok && a.ID == p.ID && !n.without[n.person(root)] {
			helped[who] = true
		}
	}
	for who := range n.members(t) {
		switch d := len(days[who]); {
		case led[who]:
			levels[3]++
		case d >= 6, d >= 3 && helped[who]:
			levels[2]++
		case d >= 1:
			levels[1]++
		default:
			levels[0]++
		}
	}
	return levels
}

func commitmentOf(levels [4]int) float64 {
	return float64(levels[0] + 16*levels[1] + 49*levels[2] + 100*levels[3])
}

// figures are the second way's, by the names that the command has for them.
func (n *naive) figures() map[string]float64 {
	members := n.members(n.To)
	active, fresh := map[string]bool{}, map[string]bool{}
	for _, p := range n.posts(n.From, n.To) {
		if _, is := members[n.person(p)]; is {
			active[n.person(p)] = true
		}
		fresh[n.person(p)] = true
	}
	n.met(n.From, n.To, func(who string, _ time.Time) {
		if _, is := members[who]; is {
			active[who] = true
		}
		fresh[who] = true
	}, map[string]bool{})
	n.met(time.Time{}, n.From, func(who string, _ time.Time) { delete(fresh, who) }, map[string]bool{})
	for _, p := range n.Posts {
		if !p.At.After(n.From) {
			delete(fresh, n.person(p))
		}
	}
	threads, posts := n.threads(), n.posts(n.From, n.To)
	answered := float64(n.answeredWithin(threads, 168)) / float64(len(threads))
	k, all := n.newcomers()
	levels, before := n.levels(n.To), n.levels(n.From)
	size := float64(len(members))
	figures := map[string]float64{
		"members.members": size, "members.joins": float64(n.crossings(true)), "members.leaves": float64(n.crossings(false)),
		"members.active": float64(len(active)), "members.new_contributors": float64(len(fresh)),
		"discussions.posts": float64(len(posts)), "discussions.answered": answered, "discussions.first_response": n.medianHours(),
		"discussions.breadth": n.breadth(), "discussions.evenness": n.evenness(), "discussions.newcomers_answered": float64(k) / float64(all),
		"discussions.reciprocity": n.reciprocity(), "engagement.rate": 1 - float64(levels[0])/size,
		"engagement.exploring": float64(levels[0]), "engagement.participating": float64(levels[1]), "engagement.contributing": float64(levels[2]),
		"engagement.gravity": (commitmentOf(levels) - commitmentOf(before)) / size, "engagement.index": 100 * (commitmentOf(levels)/size - 1) / 99,
		"engagement.leading": float64(levels[3]), "impact.hours": float64(len(posts))/6 + n.hoursMet(),
	}
	n.meetingFigures(figures, members)
	figures["discussions.responsiveness"] = math.Pow(2, -n.medianHours()/24)
	sum, weight := 0.0, 0.0
	for part, w := range map[string]float64{"answered": .20, "responsiveness": .15, "breadth": .10, "evenness": .10, "newcomers_answered": .15, "reciprocity": .10} {
		if v := figures["discussions."+part]; !math.IsNaN(v) {
			sum, weight = sum+w*v, weight+w
		}
	}
	if figures["discussions.quality"] = 100 * sum / weight; len(threads) < 5 || weight < .595 {
		figures["discussions.quality"] = math.NaN()
	}
	return figures
}
