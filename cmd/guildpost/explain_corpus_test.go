package main

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"guildpost/calendar"
	"guildpost/mail"
)

// A corpusRow is a row of the corpus' expected.tsv about a calendar message.
type corpusRow struct{ file, who, result, uid, method string }

var rowMethod = regexp.MustCompile(`method=(\w+)`)

func calendarRows(t *testing.T) (rows []corpusRow) {
	t.Helper()
	table, err := os.ReadFile(filepath.Join(root, "..", "shared", "corpus", "expected.tsv"))
	needPeer(t, "corpus", err == nil)
	for line := range strings.Lines(string(table)) {
		fields := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		if len(fields) < 5 || !strings.HasPrefix(fields[0], "itip/") {
			continue
		}
		method := ""
		if m := rowMethod.FindStringSubmatch(fields[4]); m != nil {
			method = strings.ToUpper(m[1])
		}
		rows = append(rows, corpusRow{strings.TrimPrefix(fields[0], "itip/"), plainAddress(fields[1]), fields[2], fields[3], method})
	}
	return rows
}

// plainAddress brings a value of the table into the form that explain has.
func plainAddress(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	s, _ = url.PathUnescape(strings.TrimPrefix(s, "mailto:"))
	return s
}

// isIn looks for a row among what explain says: an attendee's answer, or the organiser's message.
func (r corpusRow) isIn(x explanation) bool {
	if r.who == "" && r.uid == "" { // nothing that says anything, or nothing that counts
		return len(x.Calendar) == 0 || r.method != "REPLY"
	}
	return slices.ContainsFunc(x.Calendar, func(c explainedCalendar) bool {
		if r.isAnswer() {
			return c.UID == r.uid && c.Method == r.method && c.PartStat == r.result && strings.ToLower(c.Attendee) == r.who
		}
		return c.UID == r.uid && c.Method == r.result && strings.ToLower(c.Organizer) == r.who
	})
}

func (r corpusRow) isAnswer() bool {
	return r.method == "REPLY" || r.method == "COUNTER" || r.method == "REFRESH"
}

// severalObjects are files with objects of several methods. The table was made by a line reader that takes the first for all.
var severalObjects = []string{"ical4j-multiple_calendars.ics", "libical-2446.ics", "libical-restriction.ics"}

// TestCorpusExplained: each calendar file ends in a defined outcome, each row about an answer agrees, and of the others all
// but those that the table has wrong.
func TestCorpusExplained(t *testing.T) {
	rows := calendarRows(t)
	explained := map[string]explanation{}
	files, _ := filepath.Glob(filepath.Join(root, "..", "shared", "corpus", "itip", "*"))
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		x := explainMessage(file, raw)
		explained[filepath.Base(file)] = x
		checkOutcome(t, filepath.Base(file), x)
	}
	agree, disagree := map[bool]int{}, map[bool]int{}
	for _, row := range rows {
		if row.isIn(explained[row.file]) {
			agree[row.isAnswer()]++
			continue
		}
		disagree[row.isAnswer()]++
		if !slices.Contains(severalObjects, row.file) {
			t.Errorf("%s: want %+v, got %+v", row.file, row, explained[row.file].Calendar)
		}
	}
	t.Logf("%d files; of the rows about answers %d agree and %d do not, of the others %d and %d", len(files), agree[true], disagree[true], agree[false], disagree[false])
	if disagree[true] > 0 || disagree[false] > 20 || agree[true] < 50 {
		t.Error("too few rows agree")
	}
}

// checkOutcome: a calendar message says what it is about, or why not.
func checkOutcome(t *testing.T, name string, x explanation) {
	t.Helper()
	switch {
	case x.Kind == mail.KindUnreadable:
		t.Errorf("%s is unreadable: %q", name, x.Problems)
	case x.Kind == mail.KindCalendar && len(x.Calendar) == 0 && len(x.Problems) == 0:
		t.Errorf("%s is a calendar message, and nothing is said about it", name)
	}
	for _, c := range x.Calendar {
		if c.UID == "" && len(x.Problems) == 0 || strings.ContainsAny(fmt.Sprint(c), "\r\n\x00") {
			t.Errorf("%s: %+v", name, c)
		}
		if c.Start != "" && c.Timezone == "" && len(c.Start) > len(time.DateOnly) && strings.HasSuffix(c.Start, "Z") {
			t.Errorf("%s: %s has no zone", name, c.Start)
		}
	}
}

func decideReply(b *testing.B, raw []byte) {
	answers := 0
	for _, o := range calendar.ReadMessage(mail.Read(raw)).Objects {
		answers += len(o.Answers())
	}
	if answers == 0 {
		b.Fatal("no answer")
	}
}

// BenchmarkDecideReply takes a REPLY out of its mail and decides what it says, over the corpus; the median is what counts.
func BenchmarkDecideReply(b *testing.B) {
	var replies [][]byte
	files, _ := filepath.Glob(filepath.Join(root, "..", "shared", "corpus", "itip", "*.eml"))
	needPeer(b, "corpus", len(files) > 0)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			b.Fatal(err)
		}
		if x := explainMessage(file, raw); len(x.Calendar) > 0 && x.Calendar[0].Method == "REPLY" {
			replies = append(replies, raw)
		}
	}
	took := make([]time.Duration, len(replies))
	for b.Loop() {
		for i, raw := range replies {
			begin := time.Now()
			decideReply(b, raw)
			if t := time.Since(begin); took[i] == 0 || t < took[i] {
				took[i] = t
			}
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "µs/median")
	b.ReportMetric(float64(took[len(took)-1].Microseconds()), "µs/slowest")
	b.ReportMetric(0, "ns/op")
}
