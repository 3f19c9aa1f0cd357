package bounce

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guildpost/mail"
)

// hostile are reports that would cost much if anything were quadratic in them.
func hostile() map[string]string {
	const head = "From: MAILER-DAEMON@example.net\nSubject: Undelivered Mail Returned to Sender\n"
	const report = head + "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\n"
	const status = "\n--b\nContent-Type: message/delivery-status\n\n"
	var names, groups, nested strings.Builder
	for i := range 40_000 {
		fmt.Fprintf(&names, "<u%d@example.com>: 550 user unknown\n", i)
		fmt.Fprintf(&groups, "Final-Recipient: rfc822; u%d@example.com\nAction: failed\nStatus: 5.1.1\n\n", i)
	}
	for range 200 {
		nested.WriteString(head + "Content-Type: message/rfc822\n\n")
	}
	return map[string]string{
		"many names":     head + "\n" + names.String(),
		"many groups":    report + "x" + status + groups.String() + "--b--\n",
		"names, groups":  report + names.String() + status + groups.String() + "--b--\n",
		"nested":         nested.String(),
		"at signs":       head + "\n" + strings.Repeat("@", 1<<20),
		"angle brackets": head + "\n" + strings.Repeat("<@>", 1<<19),
		"wildcards":      head + "\n<a@example.com>: " + strings.Repeat("mailbox user account domain ", 1<<15),
		"long to":        "To: " + strings.Repeat("a@example.com, ", 1<<15) + "\n" + head + "\n" + names.String(),
		"markup":         head + "Content-Type: text/html\n\n" + strings.Repeat("<p><style>", 1<<17) + names.String(),
		"digits":         head + "\n<a@example.com>: " + strings.Repeat("5.1.", 1<<18),
		"long field":     report + "x" + status + "Final-Recipient: rfc822; a@example.com\nDiagnostic-Code: smtp; 550" + strings.Repeat("\n lots of words", 1<<16) + "\n--b--\n",
	}
}

// TestHostile holds that no message takes long, with a wide margin for slow machines.
func TestHostile(t *testing.T) {
	for name, raw := range hostile() {
		t.Run(name, func(t *testing.T) {
			message := mail.Read([]byte(raw))
			start := time.Now()
			report := Read(message)
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %v for %d octets", took, len(raw))
			} else {
				t.Logf("%v for %d octets, %s, %d results", took, len(raw), report.Kind, len(report.Results))
			}
			checkReport(t, report)
		})
	}
}

// checkReport is what holds for every report, whatever was read.
func checkReport(t *testing.T, report Report) {
	t.Helper()
	if len(report.Results) > maxResults {
		t.Errorf("%d results", len(report.Results))
	}
	for _, r := range report.Results {
		if !isAddress(r.Recipient) {
			t.Errorf("recipient %q is no address", r.Recipient)
		}
		if r.Original != "" && !isAddress(r.Original) {
			t.Errorf("original %q is no address", r.Original)
		}
		for _, s := range []string{r.Recipient, r.Original, r.Action, r.Status, r.Reply, r.Reason, r.MTA} {
			if strings.IndexFunc(s, isHidden) >= 0 {
				t.Errorf("control character in %q", s)
			}
		}
		if len(r.Reply) > maxReply || r.Reason == "" {
			t.Errorf("reply of %d octets, reason %q", len(r.Reply), r.Reason)
		}
	}
	if strings.IndexFunc(report.MessageID, isHidden) >= 0 {
		t.Errorf("control character in the Message-ID %q", report.MessageID)
	}
	if (report.Kind == KindNone || report.Kind == KindAutoreply) && len(report.Results) > 0 {
		t.Errorf("%s with results", report.Kind)
	}
}

// FuzzRead: whatever comes in, Read ends soon, and what it says is fit for a database,
// a log and an envelope.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.eml"))
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		message := mail.Read(raw)
		start := time.Now()
		report := Read(message)
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("took %v for %d octets", took, len(raw))
		}
		checkReport(t, report)
	})
}
