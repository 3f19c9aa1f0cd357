package bounce

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guildpost/mail"
)

// TestShapes reads each testdata/NAME.eml and compares with NAME.want: a line with the
// kind and the Message-ID of the original ("-" for none), then a line for each result
// with recipient, class, reason and as much more as is said: status, MTA.
func TestShapes(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.eml"))
	if err != nil || len(files) == 0 {
		t.Fatal("no test data", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".eml")
		t.Run(name, func(t *testing.T) { compareShape(t, file) })
	}
}

func compareShape(t *testing.T, file string) {
	data, err := os.ReadFile(strings.TrimSuffix(file, ".eml") + ".want")
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(strings.TrimSpace(string(data)), "\n")
	report := readFile(t, file)
	if got := strings.TrimSpace(fmt.Sprintf("%s %s", report.Kind, orDash(report.MessageID))); got != want[0] {
		t.Errorf("report: got %q, want %q", got, want[0])
	}
	if len(report.Results) != len(want)-1 {
		t.Fatalf("got %d results, want %d: %+v", len(report.Results), len(want)-1, report.Results)
	}
	for i, r := range report.Results {
		got := strings.Join(strings.Fields(fmt.Sprintf("%s %s %s %s %s", r.Recipient, r.Class, r.Reason, r.Status, r.MTA)), " ")
		if got != want[i+1] && !strings.HasPrefix(got, want[i+1]+" ") {
			t.Errorf("result %d: got %q, want %q (reply %q)", i, got, want[i+1], r.Reply)
		}
	}
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// TestShapesCRLF holds that the line ends make no difference.
func TestShapesCRLF(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		crlf := strings.ReplaceAll(string(raw), "\n", "\r\n")
		lf, want := Read(mail.Read([]byte(crlf))), Read(mail.Read(raw))
		if fmt.Sprint(lf.Kind, lf.Results, lf.MessageID) != fmt.Sprint(want.Kind, want.Results, want.MessageID) {
			t.Errorf("%s with CRLF: got %v %+v, want %v %+v", file, lf.Kind, lf.Results, want.Kind, want.Results)
		}
	}
}
