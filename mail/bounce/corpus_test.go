package bounce

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"guildpost/mail"
)

// corpus is the folder of sample messages beside the repository. Where it is absent
// the test is skipped, unless GUILDPOST_TEST_REQUIRE names it.
func corpus(tb testing.TB) string {
	tb.Helper()
	dir := filepath.Join("..", "..", "..", "shared", "corpus")
	if _, err := os.Stat(dir); err != nil {
		if strings.Contains(os.Getenv("GUILDPOST_TEST_REQUIRE"), "corpus") {
			tb.Fatalf("the corpus is required: %v", err)
		}
		tb.Skip("no corpus")
	}
	return dir
}

// A truth is what expected.tsv says about one recipient of a file.
type truth struct{ who, class, detail string }

// truths reads the rows of a folder by file.
func truths(tb testing.TB, dir, folder string) map[string][]truth {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "expected.tsv"))
	if err != nil {
		tb.Fatal(err)
	}
	rows := make(map[string][]truth)
	for _, line := range strings.Split(string(data), "\n") {
		col := strings.Split(line, "\t")
		if len(col) >= 6 && strings.HasPrefix(col[0], folder+"/") {
			rows[col[0]] = append(rows[col[0]], truth{strings.ToLower(col[1]), col[2], col[4] + " " + col[5]})
		}
	}
	return rows
}

func readFile(tb testing.TB, path string) Report {
	tb.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return Read(mail.Read(raw))
}

// A score counts what TestCorpusBounces found.
type score struct {
	files, found, all int // files that name a recipient; with one found; with all found
	classes, right    int // files with a truth; with all classes right
}

// TestCorpusBounces holds the two figures by which this package is judged: in how many
// files the recipient is found, and in how many all classes are right. Run it with -v
// to see every miss.
func TestCorpusBounces(t *testing.T) {
	dir := corpus(t)
	var s score
	for file, rows := range truths(t, dir, "bounce") {
		s.add(t, file, rows, readFile(t, filepath.Join(dir, file)))
	}
	t.Logf("recipient found in %d of %d files (all rows in %d): %.2f %%", s.found, s.files, s.all, percent(s.found, s.files))
	t.Logf("class right in %d of %d files: %.2f %%", s.right, s.classes, percent(s.right, s.classes))
	if percent(s.found, s.files) < 98 {
		t.Errorf("recipients found in %.2f %% of the files, want 98", percent(s.found, s.files))
	}
	if percent(s.right, s.classes) < 95 {
		t.Errorf("classes right in %.2f %% of the files, want 95", percent(s.right, s.classes))
	}
}

// add compares one file's report with its rows.
func (s *score) add(t *testing.T, file string, rows []truth, report Report) {
	got := make(map[string]Result)
	for _, r := range report.Results {
		got[strings.ToLower(r.Recipient)] = r
	}
	named, hit, right := 0, 0, true
	for _, row := range rows {
		if row.who == "" {
			right = right && row.class == worst(report)
			continue
		}
		named++
		r, ok := got[row.who]
		if ok {
			hit++
		} else {
			t.Logf("recipient %s: %s not among %v (%s) %s", file, row.who, slices.Sorted(maps.Keys(got)), report.Kind, row.detail)
		}
		right = right && ok && r.Class.String() == row.class
	}
	s.count(named, hit, right)
	if named > 0 && len(got) > named {
		t.Logf("more recipients %s: %v", file, slices.Sorted(maps.Keys(got)))
	}
	if !right {
		t.Logf("class %s: want %v got %s %+v", file, rows, report.Kind, report.Results)
	}
}

func (s *score) count(named, hit int, right bool) {
	s.classes++
	if right {
		s.right++
	}
	if named == 0 {
		return
	}
	s.files++
	if hit > 0 {
		s.found++
	}
	if hit == named {
		s.all++
	}
}

func worst(report Report) string {
	class := None
	for _, r := range report.Results {
		class = max(class, r.Class)
	}
	return class.String()
}

func percent(part, whole int) float64 { return 100 * float64(part) / float64(max(whole, 1)) }

// reportsElsewhere are the messages of other folders that are bounces indeed.
var reportsElsewhere = []string{
	"mail/alaveteli-empty-return-path.eml", "mail/alaveteli-utf-7-conversion.eml", "mail/bluemind-bm_ndr.eml",
	"mail/bluemind-undelivered_with_eml.eml", "mail/mailgem-mime_emails_raw_email_with_mimepart_without_content_type.eml",
	"mail/mailparser-js-delivery-status.eml", "mail/synth-hostile-delivery-status-forged.eml",
}

// TestCorpusOthers holds that messages of people, meetings and automatic replies are
// not taken for bounces.
func TestCorpusOthers(t *testing.T) {
	dir := corpus(t)
	for _, folder := range []string{"mail", "itip", "autoreply"} {
		entries, err := os.ReadDir(filepath.Join(dir, folder))
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			file := folder + "/" + entry.Name()
			report := readFile(t, filepath.Join(dir, file))
			bounced := report.Kind == KindBounce || report.Kind == KindDelay
			if bounced != slices.Contains(reportsElsewhere, file) {
				t.Errorf("%s: got %s %+v", file, report.Kind, report.Results)
			}
			checkReport(t, report)
		}
	}
}
