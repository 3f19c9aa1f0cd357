package digest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"guildpost/digest/measure"
	"guildpost/digest/yeartest"
	"guildpost/store"
	"guildpost/store/storetest"
)

// yearSeed is that of the golden files.
const yearSeed = 2026

// aYear files a year into a store of its own.
func aYear(t *testing.T, law yeartest.Law, seed uint64) *yeartest.Filed {
	t.Helper()
	f, err := yeartest.File(t.Context(), storetest.Open(t), yeartest.Generate(law, seed))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// exportYear is what happened in a year for the naive way.
func exportYear(t *testing.T, f *yeartest.Filed, w measure.Window) *naive {
	t.Helper()
	e := exported{From: w.From, To: w.To, Zone: w.Zone.String(), People: map[string]int64{}}
	entries, err := f.DB.Journal(t.Context(), f.Community.ID, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range slices.Backward(entries) {
		if j.MemberID != 0 && stateOf(j.Before).State+stateOf(j.After).State != "" { // what members do to threads is there as well
			e.Journal = append(e.Journal, exportedChange{j.At, j.MemberID, j.Before, j.After})
		}
	}
	slices.SortStableFunc(e.Journal, func(a, b exportedChange) int { return a.At.Compare(b.At) })
	for _, s := range storetest.Subscriptions(t, f.DB, f.Community) {
		e.People[s.Address] = s.MemberID
	}
	for _, p := range f.Posts {
		e.Posts = append(e.Posts, exportedPost{p.ID, f.People[p.By].Address, p.At, p.References, p.Fresh, p.Old})
	}
	for _, m := range f.Meetings {
		e.Meetings = append(e.Meetings, exportMeeting(f, m))
	}
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "year.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return readNaive(t, path)
}

func exportMeeting(f *yeartest.Filed, m yeartest.Meeting) met {
	address := func(i int) string {
		if i < 0 {
			return ""
		}
		return f.People[i].Address
	}
	out := met{Start: m.Start, End: m.End, Invited: m.Invited, Cancelled: m.Cancelled, Known: m.Known, Came: slices.Clone(m.Guests), Host: address(m.Host),
		Minutes: address(m.MinutesBy), Rated: map[string]time.Time{}}
	for _, i := range m.Asked {
		out.Asked = append(out.Asked, address(i))
	}
	for _, a := range m.Answers {
		out.Answers = append(out.Answers, metAnswer{address(a.By), a.At, a.Accepted})
	}
	for _, i := range m.Came {
		out.Came = append(out.Came, address(i))
	}
	for _, r := range m.Rated {
		out.Rated[address(r.By)] = r.At
	}
	return out
}

func measureYear(t *testing.T, f *yeartest.Filed, w measure.Window) *Report {
	t.Helper()
	r, err := (&Gatherer{DB: f.DB, Zone: time.UTC}).Report(t.Context(), f.Community, w)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestYearNaive: the figures of made-up years are those that the naive way finds, in spring, in summer and at the end.
func TestYearNaive(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long, and does one thing after the other: the race detector finds nothing in it")
	}
	for _, law := range []yeartest.Law{yeartest.Thriving, yeartest.Fading} {
		for seed := range uint64(2) {
			f := aYear(t, law, seed)
			for back := 0; back < 9; back += 4 {
				w := measure.LastMonth(f.To.AddDate(0, -back, 0), f.Zone)
				what := fmt.Sprintf("%s, seed %d, %s", law.Name, seed, w.From.Format("2006-01"))
				report, n := measureYear(t, f, w), exportYear(t, f, w)
				compareFigures(t, what, report.Now, n.figures())
				n.leaveOutFacilitators()
				compareFigures(t, what+" without facilitators", report.Without, n.figures())
			}
		}
	}
}

// TestYearBands: at the year's end the figures tell which community thrives, whatever the seed.
func TestYearBands(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long, and does one thing after the other: the race detector finds nothing in it")
	}
	for seed := range uint64(3) {
		up, down := aYear(t, yeartest.Thriving, seed), aYear(t, yeartest.Fading, seed)
		w := measure.LastMonth(up.To, up.Zone)
		a, b := measureYear(t, up, w), measureYear(t, down, measure.LastMonth(down.To, down.Zone))
		between := func(what string, f measure.Figure, low, high float64) {
			t.Helper()
			if !f.Available() || f.Value < low || f.Value > high {
				t.Errorf("seed %d: %s = %v (%s), want %v to %v", seed, what, f.Value, f.Why, low, high)
			}
		}
		between("thriving: members", a.Now.Members.Number, 70, 130)
		between("thriving: growth", a.Now.Members.Growth, 0, .25)
		between("thriving: meetings a month", a.Now.Meetings.Frequency, .9, 3.1)
		between("thriving: drought", a.Now.Meetings.Drought, 0, 1.5)
		between("thriving: show rate", a.Now.Meetings.Show, .6, 1)
		between("thriving: answered", a.Now.Discussions.Answered, .8, 1)
		between("thriving: hours", a.Now.Discussions.FirstAnswer, .5, 24)
		between("thriving: newcomers answered", a.Now.Discussions.Newcomers, .5, 1)
		between("thriving: posts by facilitators", a.Now.Discussions.ByFacilitators, 0, .35)
		between("thriving: engagement", a.Now.Engagement.Rate, .35, .9)
		between("thriving: evenness", a.Now.Discussions.Evenness, .2, .8)
		between("fading: answered", b.Now.Discussions.Answered, 0, .5)
		quarter := measureYear(t, down, measure.Window{From: down.To.AddDate(0, -3, 0), To: down.To, Zone: down.Zone})
		between("fading: posts by facilitators", quarter.Now.Discussions.ByFacilitators, .5, 1)
		between("fading: drought", b.Now.Meetings.Drought, 2, 12)
		between("fading: engagement", b.Now.Engagement.Rate, .02, .35)
		if q, p := a.Now.Discussions.Quality, b.Now.Discussions.Quality; !q.Available() || q.Value < 55 || p.Available() && p.Value > q.Value-20 {
			t.Errorf("seed %d: the quality indices are %v and %v", seed, q, p)
		}
		checkGravity(t, seed, up, down)
	}
}

// checkGravity wants one community drawn together over the year, and the other apart in spring.
func checkGravity(t *testing.T, seed uint64, up, down *yeartest.Filed) {
	t.Helper()
	pulled := func(f *yeartest.Filed, first, months int) (sum float64) {
		for m := range months {
			w := measure.LastMonth(f.From.AddDate(0, first+m+1, 0), f.Zone)
			g := measureYear(t, f, w).Now.Engagement.Gravity
			sum += g.Value
		}
		return sum
	}
	const april, summer = 7, 5
	if a, b := pulled(up, april, summer), pulled(down, april, summer); b > -2 || a < b {
		t.Errorf("seed %d: the gravity of summer is %v and %v", seed, a, b)
	}
}

// TestGoldenYear: what guildpost tells of both years at their end: the newsletter of the one that thrives, the alarms of the
// one that fades, and the reports to the sponsors of both.
func TestGoldenYear(t *testing.T) {
	for _, law := range []yeartest.Law{yeartest.Thriving, yeartest.Fading} {
		t.Run(law.Name, func(t *testing.T) {
			f := aYear(t, law, yearSeed)
			n := yearsNewsletters(t, f)
			goldenNewsletter(t, f, n)
			goldenReport(t, f, NewReports(n))
			goldenMeasures(t, f)
		})
	}
}

func yearsNewsletters(t *testing.T, f *yeartest.Filed) *Newsletters {
	t.Helper()
	n, _, _ := newsletters(t, 0)
	n.Gatherer, n.DB, n.Now = &Gatherer{DB: f.DB, Zone: time.UTC}, f.DB, func() time.Time { return f.To }
	return n
}

func goldenNewsletter(t *testing.T, f *yeartest.Filed, n *Newsletters) {
	t.Helper()
	i, _, err := n.Compose(context.Background(), f.Community, f.To)
	if err != nil {
		t.Fatal(err)
	}
	r, err := n.rendering(f.Community, i)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"en", "de"} {
		tokens, mine := []string{"lk3q7zj2m5xw4ra6tn8vbc2dhy", "lk4q7zj2m5xw4ra6tn8vbc2dhy", "n23q7zj2m5xw4ra6tn8vbc2dhy"}, make([]readerMeeting, len(r.meetings))
		for k := range mine {
			mine[k] = readerMeeting{fmt.Sprintf("wk%dq7zj2m5xw4ra6tn8vbc2dhy", k+2), store.Accepted}
			tokens = append(tokens, mine[k].token)
		}
		shared, err := r.copyFor(lang, f.Zone, mine)
		if err != nil {
			t.Fatal(err)
		}
		name := "year." + f.Law.Name + ".newsletter." + lang
		goldenFile(t, name+".txt", "Subject: "+shared.subject+"\n\n"+shared.text.fill(tokens))
		goldenFile(t, name+".html", shared.html.fill(tokens))
		showPage(t, name, r.page(shared.html.fill(tokens)))
	}
}
