package mail

import (
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"
)

// readCorpus returns the files of a folder of the shared corpus by name. Without the
// corpus the test is skipped, or fails where GUILDPOST_TEST_REQUIRE asks for it.
func readCorpus(t testing.TB, folder string) map[string][]byte {
	t.Helper()
	dir := filepath.Join("..", "..", "shared", "corpus", folder)
	entries, err := os.ReadDir(dir)
	if err != nil {
		if strings.Contains(os.Getenv("GUILDPOST_TEST_REQUIRE"), "corpus") {
			t.Fatal(err)
		}
		t.Skip("no corpus here")
	}
	files := make(map[string][]byte)
	for _, entry := range entries {
		raw, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[entry.Name()] = raw
	}
	return files
}

// TestCorpusRead: whatever is in a message, it is read quickly and into clean text.
func TestCorpusRead(t *testing.T) {
	for _, folder := range []string{"mail", "itip", "bounce", "autoreply"} {
		worst, of := time.Duration(0), ""
		for name, raw := range readCorpus(t, folder) {
			start := time.Now()
			m := Read(raw)
			m.Text()
			Automatic(m, "", false)
			CalendarParts(m)
			if took := time.Since(start); took > worst {
				worst, of = took, name
			}
			checkMessage(t, raw, m)
			if t.Failed() {
				t.Fatalf("in %s/%s", folder, name)
			}
		}
		t.Logf("%s: at worst %v (%s)", folder, worst, of)
		if worst > 2*time.Second {
			t.Errorf("%s/%s took %v", folder, of, worst)
		}
	}
}

// TestCorpusAutoreply: none of these may become a post but the one that says that a
// person wrote it.
func TestCorpusAutoreply(t *testing.T) {
	for name, raw := range readCorpus(t, "autoreply") {
		kind, reason := Automatic(Read(raw), "", false)
		if want := !strings.Contains(name, "auto-submitted-no"); kind.IsRobot() != want {
			t.Errorf("%s: got %q (%s), want a robot: %v", name, kind, reason, want)
		}
	}
}

// robotsInMail are the messages of the corpus' ordinary mail that are automatic, and
// what they really are.
var robotsInMail = map[string]AutoKind{
	"alaveteli-empty-return-path.eml":                                      AutoBounce,  // Exim: returning message to sender
	"alaveteli-utf-7-conversion.eml":                                       AutoBounce,  // a DSN of Exchange in utf-7
	"bluemind-bm_ndr.eml":                                                  AutoBounce,  // a DSN in French
	"bluemind-mdn.eml":                                                     AutoReceipt, // a read receipt
	"bluemind-undelivered_with_eml.eml":                                    AutoBounce,  // a DSN of Postfix
	"discourse-invalid_from_2.eml":                                         AutoBounce,  // From MAILER-DAEMON
	"flanker-disposition-notification.eml":                                 AutoReceipt, // the example of RFC 8098
	"mailgem-mime_emails_raw_email_with_mimepart_without_content_type.eml": AutoBounce,  // a warning of sendmail
	"mailparser-js-delivery-status.eml":                                    AutoBounce,  // a DSN
	"mox-message_message-rfc822-multipart.eml":                             AutoBounce,  // a DSN
	"synth-hostile-delivery-status-forged.eml":                             AutoBounce,  // a forged DSN is no post either
}

func TestCorpusMailIsFromPeople(t *testing.T) {
	seen := 0
	for name, raw := range readCorpus(t, "mail") {
		kind, reason := Automatic(Read(raw), "", false)
		if want := robotsInMail[name]; kind.IsRobot() && kind != want || want != "" && kind != want {
			t.Errorf("%s: got %q (%s), want %q", name, kind, reason, want)
		}
		if kind.IsRobot() {
			seen++
		}
	}
	t.Logf("%d of the messages are automatic", seen)
}

// TestCorpusBounce: of what comes back nearly everything is seen to be no post. The
// exceptions are what package mail/bounce reads further, or what is spam.
func TestCorpusBounce(t *testing.T) {
	files := readCorpus(t, "bounce")
	var missed []string
	for name, raw := range files {
		if kind, _ := Automatic(Read(raw), "", false); !kind.IsRobot() {
			missed = append(missed, name)
		}
	}
	sort.Strings(missed)
	t.Logf("%d of %d pass for people's: %s", len(missed), len(files), strings.Join(missed, " "))
	if len(missed) > len(files)/40 {
		t.Errorf("%d of %d bounces pass for mail of people", len(missed), len(files))
	}
}

// TestCorpusCalendar: an answer is recognised as such whatever else its header says.
func TestCorpusCalendar(t *testing.T) {
	people := map[string]string{
		"ccs-reply_missing_attachment.eml":          "its calendar part is missing",
		"lists-usrp-35858be284d7.eml":               "an announcement with a calendar file",
		"synth-forwarded-inside-message-rfc822.eml": "a forwarded answer is nobody's",
	}
	for name, raw := range readCorpus(t, "itip") {
		if !strings.HasSuffix(name, ".eml") {
			continue
		}
		want := KindCalendar
		if people[name] != "" {
			want = KindPost
		}
		if got := KindOf(Read(raw), nil); got != want {
			t.Errorf("%s: got %q, want %q (%s)", name, got, want, people[name])
		}
	}
}

// TestCorpusReplies: the bodies collected for reply parsing lose what is quoted and
// keep what is not.
func TestCorpusReplies(t *testing.T) {
	bodies := 0
	for name, raw := range readCorpus(t, "mail") {
		if !strings.Contains(name, "-body-") || strings.HasPrefix(name, "thunderbird") {
			continue
		}
		bodies++
		got := StripReply(string(raw))
		if got == "" {
			t.Errorf("%s: nothing is left", name)
		}
		for line := range strings.SplitSeq(got, "\n") {
			if strings.HasPrefix(line, ">") || strings.HasSuffix(line, "wrote:") || strings.HasPrefix(line, "Sent from ") || line == "--" {
				t.Errorf("%s: %q is left", name, line)
			}
		}
	}
	if bodies < 10 {
		t.Errorf("only %d bodies", bodies)
	}
}
