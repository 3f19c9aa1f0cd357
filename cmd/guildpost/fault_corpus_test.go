package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"guildpost/mail"
	"guildpost/mail/mailtest"
	"guildpost/store"
)

// A corpusMessage is a real message that goes to a community of its own, with one member.
type corpusMessage struct {
	name string
	sent []byte // with CRLF
	code int
	text string // of the reply
}

func (m corpusMessage) list(i int) string   { return fmt.Sprintf("corpus%d", i) }
func (m corpusMessage) reader(i int) string { return fmt.Sprintf("reader%d@example.org", i) }

func readMailCorpus(t *testing.T) (all []corpusMessage) {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(root, "..", "shared", "corpus", "mail", "*"))
	needPeer(t, "corpus", len(files) > 0)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(raw, []byte("\r\n")) { // as a mail server would send it
			raw = bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n"))
		}
		if !bytes.HasSuffix(raw, []byte("\r\n")) {
			raw = append(raw, "\r\n"...)
		}
		all = append(all, corpusMessage{name: filepath.Base(file), sent: raw})
	}
	return all
}

// corpusCommunities makes a community for each message that accepts it from anybody.
func corpusCommunities(t *testing.T, p *process, all []corpusMessage) {
	t.Helper()
	db := p.open()
	defer db.Close()
	by := store.Actor{Who: "postmaster", Via: "test", At: time.Now().Add(-time.Hour)}
	for i, m := range all {
		c, err := db.CreateCommunity(t.Context(), by, store.Community{Name: m.list(i), Domain: "lists.example.org", Title: "Corpus",
			Rules: store.Rules{DMARC: store.DMARCNever, NonMembers: store.PostAccept}})
		if err == nil {
			_, err = db.ImportMembers(t.Context(), by, c.ID, []store.NewMember{{Address: m.reader(i)}})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// postCorpus posts all over LMTP and keeps the replies.
func postCorpus(t *testing.T, w *faultWorld, all []corpusMessage) {
	t.Helper()
	s := &sender{in: w.in, lmtp: true, life: &life{w.process.lmtp, w.process.smtp}}
	for i := range all {
		if s.conn == nil {
			if err := s.dial(); err != nil {
				t.Fatal(err)
			}
		}
		m := &all[i]
		var err error
		if m.code, m.text, err = s.postRaw(m.list(i), m.sent); err != nil {
			t.Errorf("%s: the connection ends: %v", m.name, err)
			s.conn.Close()
			s.conn = nil
		}
	}
}

// postRaw posts bytes as they are, and returns the reply to the final dot or the first one that refused.
func (s *sender) postRaw(list string, message []byte) (code int, text string, err error) {
	_ = s.nc.SetDeadline(time.Now().Add(30 * time.Second))
	if code, err = openData(s.conn, list); err != nil || code != 354 {
		return code, "", err
	}
	wire := mail.DotStuff(nil, message)
	if _, err = s.conn.W.Write(append(wire, ".\r\n"...)); err == nil {
		err = s.conn.W.Flush()
	}
	if err != nil {
		return 0, "", err
	}
	return readReply(s.conn)
}

// TestCorpusPosted posts real mail: each message is accepted or refused with a reason, and what is accepted goes out with
// the body that it had.
func TestCorpusPosted(t *testing.T) {
	all := readMailCorpus(t)
	w := newFaultWorld(t, 1, mailtest.Faults{}, "")
	corpusCommunities(t, w.process, all)
	w.in = newInjector(t, 0)
	w.process.start()
	postCorpus(t, w, all)
	w.drain(20 * time.Second)
	copies := map[string][][]byte{}
	for _, r := range w.sink.Received() {
		copies[r.Recipient] = append(copies[r.Recipient], r.Data)
	}
	reasons, overlong := map[string][]string{}, 0
	for i, m := range all {
		got := copies[m.reader(i)]
		switch {
		case m.code/100 == 5 && len(got) == 0:
			reason := varyingInReply.ReplaceAllString(m.text, "…")
			reasons[reason] = append(reasons[reason], m.name)
		case m.code == 250 && len(got) == 1:
			checkCopy(t, m, got[0])
			if hasLongLine(m.sent) {
				overlong++
			}
		default:
			t.Errorf("%s: reply %d %s, %d copies", m.name, m.code, m.text, len(got))
		}
	}
	for _, reason := range slices.Sorted(maps.Keys(reasons)) {
		names := reasons[reason]
		if !goodReasons.MatchString(reason) {
			t.Errorf("a new reason to refuse real mail: %s", reason)
		}
		t.Logf("%3d refused: %s\n        %s", len(names), reason, strings.Join(names, "\n        "))
	}
	if log := w.process.remarks(); strings.Contains(log, "panic") {
		t.Error(log)
	}
	// Bodies go out as they are, with lines as long as their authors made them.
	const long = "a line longer than 998 octets"
	for what, n := range w.sink.Stats().Lint {
		if what != long || n != overlong {
			t.Errorf("the smarthost saw %s %d times, with %d posts that have long lines", what, n, overlong)
		}
	}
}

func hasLongLine(message []byte) bool {
	for line := range bytes.Lines(message) {
		if len(line) > mail.MaxLine+len("\r\n") {
			return true
		}
	}
	return false
}

// goodReasons are those that were looked at, message by message. Whoever adds one looks again.
var goodReasons = regexp.MustCompile(strings.Join([]string{
	`delivery status notification \(RFC 3464\)$`, // also what sendmail and Exchange have for it
	`message disposition notification \(RFC 8098\)$`,
	`has the field X-Failed-Recipients$`,
	`needs (one|an) author in its From field, this message has \w+$`, // parts and bodies that are no messages; forgeries
	`the From address of this message cannot be answered`,            // an address with spaces and quotes
	`CR or LF that is not part of a CRLF`,                            // could not have come by SMTP
	`parts within parts deeper than|more than 1000 parts|500 fields`, // bombs
	`boundary of the message is longer than 200 octets$`,             // RFC 2046 5.1.1 has 70
	`cannot be a meeting of Corpus: it is over already`,              // invitations of years ago
}, "|"))

var varyingInReply = regexp.MustCompile(`[a-z]+\d+@lists\.example\.org|line \d+`)

// Fields that a copy does not have from its author: those of mail.OutgoingHeader and mail.PersonalHeader, and what is
// added where it is missing.
var (
	goneFields = []string{"bcc", "resent-bcc", "return-receipt-to", "return-receipt-requested", "read-receipt-to",
		"generate-delivery-report", "disposition-notification-to", "disposition-notification-options",
		"x-confirm-reading-to", "x-pmrqc", "errors-to", "approved", "approve", "x-approved", "x-approve", "return-path",
		"delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "apparently-to", "precedence", "archived-at",
		"domainkey-signature", "x-mute", "x-receipt"}
	addedFields     = []string{"x-mute", "archived-at", "x-loop", "precedence", "message-id", "date", "received"}
	signatureFields = []string{"dkim-signature", "arc-seal", "arc-message-signature", "arc-authentication-results"}
)

// checkCopy compares what arrived with what was sent, byte for byte but for the fields that are the list's business.
func checkCopy(t *testing.T, m corpusMessage, got []byte) {
	t.Helper()
	h, body := mail.SplitHeader(m.sent)
	gotHeader, gotBody := mail.SplitHeader(got)
	if !bytes.Equal(gotBody, body) || !bytes.HasSuffix(got, body) {
		t.Errorf("%s: the body has changed from %d to %d bytes: %s", m.name, len(body), len(gotBody), firstDifference(body, gotBody))
	}
	want := fieldsOf(h, func(name string) bool {
		return strings.HasPrefix(name, "list-") || slices.Contains(goneFields, name) || slices.Contains(signatureFields, name)
	})
	have := fieldsOf(gotHeader, func(name string) bool {
		return strings.HasPrefix(name, "list-") || slices.Contains(signatureFields, name)
	})
	have = withoutAdded(have, want)
	if !slices.Equal(have, want) {
		t.Errorf("%s: the header is\n%q, want\n%q", m.name, have, want)
	}
	before, after := mail.Read(m.sent), mail.Read(got)
	for _, problem := range after.Problems {
		if !slices.Contains(before.Problems, problem) {
			t.Errorf("%s: the copy has a problem that the post had not: %s", m.name, problem)
		}
	}
}

// fieldsOf are the raw fields that are not passed over; lines that are no fields do not go out.
func fieldsOf(h mail.Header, pass func(name string) bool) (raw []string) {
	for _, f := range h.Fields {
		if f.Name != "" && !pass(strings.ToLower(f.Name)) {
			raw = append(raw, strings.TrimRight(string(f.Raw), "\r\n"))
		}
	}
	return raw
}

// withoutAdded takes away what the list may add, once each and only where want has no more of it.
func withoutAdded(have, want []string) (rest []string) {
	for _, field := range have {
		name, _, _ := strings.Cut(strings.ToLower(field), ":")
		if len(rest) < len(want) && field == want[len(rest)] || !slices.Contains(addedFields, name) {
			rest = append(rest, field)
		}
	}
	return rest
}

func firstDifference(a, b []byte) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	return fmt.Sprintf("at %d %.40q becomes %.40q", i, a[i:], b[i:])
}
