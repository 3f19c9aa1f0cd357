package digest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guildpost/digest/measure"
	"guildpost/digest/yeartest"
	"guildpost/mail"
	"guildpost/store"
)

// showPage keeps a page with its pictures, for whoever wants to look at it: in the folder that GUILDPOST_TEST_PAGES names.
func showPage(t *testing.T, name, page string) {
	t.Helper()
	folder := os.Getenv("GUILDPOST_TEST_PAGES")
	if folder == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(folder, name+".html"), []byte(page), 0o644); err != nil {
		t.Fatal(err)
	}
}

func goldenReport(t *testing.T, f *yeartest.Filed, r *Reports) {
	t.Helper()
	sponsors, err := f.DB.Subscriptions(t.Context(), f.Community.ID, store.SubscriptionFilter{State: store.Active, Role: store.Sponsor})
	if err != nil || len(sponsors) != 1 {
		t.Fatalf("%d sponsors, %v", len(sponsors), err)
	}
	raw, page, err := r.Preview(context.Background(), f.Community, measure.LastMonth(f.To, f.Zone), sponsors[0])
	if err != nil {
		t.Fatal(err)
	}
	read := mail.Read(raw)
	name := "year." + f.Law.Name + ".report"
	goldenFile(t, name+".txt", "Subject: "+read.Subject+"\n\n"+read.Text().All+"\n")
	showPage(t, name, page)
	for _, p := range f.People {
		if !p.Sponsor && strings.Contains(page, p.Name) {
			t.Errorf("the report names %s", p.Name)
		}
	}
}

// goldenMeasures keeps all figures of the last month, and the alarms of each month.
func goldenMeasures(t *testing.T, f *yeartest.Filed) {
	t.Helper()
	var b strings.Builder
	last := measureYear(t, f, measure.LastMonth(f.To, f.Zone))
	for i, one := range last.Now.All() {
		for _, p := range one.Parts() {
			value := string(p.Why)
			if p.Available() {
				value = fmt.Sprintf("%.4g", p.Value)
			}
			if p.Proportion() {
				value += fmt.Sprintf(" (%d/%d)", p.K, p.N)
			}
			fmt.Fprintf(&b, "%s.%s %s\n", measure.Names[i], p.Key, value)
		}
	}
	for m := 3; m <= yeartest.Months; m++ {
		w := measure.LastMonth(f.From.AddDate(0, m, 0), f.Zone)
		fmt.Fprintf(&b, "\nalarms of %s:", w.From.Format("2006-01"))
		for _, a := range measureYear(t, f, w).Alarms {
			fmt.Fprintf(&b, " %s=%.3g", a.Kind, a.Value)
		}
	}
	goldenFile(t, "year."+f.Law.Name+".measures.txt", b.String()+"\n")
}
