package digest

import (
	"bytes"
	"encoding/csv"
	"testing"

	"guildpost/digest/measure"
)

// TestCSVNumbers: numbers are written in full, and what is not available as nothing.
func TestCSVNumbers(t *testing.T) {
	for _, test := range []struct {
		f    measure.Figure
		want string
	}{
		{measure.Figure{Unit: measure.Share, Value: 20.0 / 28, K: 20, N: 28}, "0.7142857142857143"},
		{measure.Figure{Unit: measure.Count, Value: 1234}, "1234"},
		{measure.Figure{Unit: measure.Count, Value: 7.25}, "7.25"},
		{measure.Figure{Unit: measure.Ratio, Value: -1.0 / 6, K: -1, N: 6}, "-0.16666666666666666"},
		{measure.Figure{Unit: measure.Index, Value: 76.2372}, "76.2372"},
		{measure.Figure{Unit: measure.Share, Why: measure.NoThreads}, ""},
	} {
		if got := csvNumber(test.f); got != test.want {
			t.Errorf("%+v is written as %q, want %q", test.f, got, test.want)
		}
	}
}

// TestWriteCSV: each figure of the five has its line, with what it was before.
func TestWriteCSV(t *testing.T) {
	var before measure.Measures
	before.Members.Number = measure.Figure{Unit: measure.Count, Value: 58}
	r := &Report{Before: before}
	r.Now.Members.Number = measure.Figure{Unit: measure.Count, Value: 62, N: 62, Coverage: 1}
	r.Now.Members.ActiveShare = measure.Figure{Unit: measure.Share, Why: measure.NoMembers}
	var out bytes.Buffer
	if err := r.WriteCSV(&out); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want, seen := 1, map[string]bool{}
	for _, m := range r.Now.All() {
		want += len(m.Parts())
	}
	if len(rows) != want {
		t.Errorf("%d lines, want %d", len(rows), want)
	}
	for _, row := range rows {
		seen[row[0]+" "+row[1]+" "+row[3]+" "+row[9]+" "+row[11]] = true
	}
	for _, line := range []string{"members members 62 58 ", "members active_share  0 no_members"} {
		if !seen[line] {
			t.Errorf("there is no line %q", line)
		}
	}
}
