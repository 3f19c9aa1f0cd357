package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"
)

// play runs acts as "guildpost demo --once" does.
func play(t *testing.T, now func() time.Time, acts []act) (code int, stdout, stderr string) {
	t.Helper()
	var out, errors bytes.Buffer
	a := &app{dir: t.TempDir(), now: now, stdout: &out, stderr: &errors}
	code = a.report(t.Context(), a.demo(t.Context(), acts, "data", true))
	return code, out.String(), errors.String()
}

func TestDemo(t *testing.T) {
	// On any day of the year: near a change of the clocks in spring and in autumn, and far from it.
	for _, day := range []string{"2026-02-10", "2026-04-02", "2026-04-03", "2026-10-28"} {
		t.Run(day, func(t *testing.T) {
			begins, err := time.Parse(time.DateOnly, day)
			if err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			code, stdout, stderr := play(t, func() time.Time { return begins.Add(time.Since(began)) }, acts())
			if code != 0 || !strings.Contains(stdout, " 0 missing, 0 unexpected, 0 repeated.") {
				t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
			}
		})
	}
}

// TestDemoFails: what does not go as an act says ends the demo with another exit code than 0, and says what it was.
func TestDemoFails(t *testing.T) {
	tests := []struct {
		name string
		play func(ctx context.Context, s *stage) error
		want string
	}{
		{"a copy that does not come", func(ctx context.Context, s *stage) error {
			s.members = append(s.members, nora) // who never joined
			return s.post(ctx, &letter{from: ada, subject: "Hello", body: "Hello.\n"})
		}, "nora@harbour.example did not get <"},
		{"a copy that nobody expected", func(ctx context.Context, s *stage) error {
			s.setMode(farid, "weekly") // which he never asked for
			return s.post(ctx, &letter{from: ada, subject: "Hello", body: "Hello.\n"})
		}, "farid@north.example got \"Hello\", which nobody expected"},
		{"a copy that no act waits for", func(_ context.Context, s *stage) error {
			return s.send(&letter{from: ada, subject: "Hello", body: "Hello.\n"})
		}, "did not go as it should"},
		{"a mail that does not come", func(ctx context.Context, s *stage) error {
			_, err := s.hear(ctx, mailTo{nora, "Welcome"})
			return err
		}, "Nora Quist did not get the mail \"Welcome\""},
		{"a post that is taken", func(_ context.Context, s *stage) error {
			return s.refused("Ada writes", &letter{from: ada, subject: "Hello", body: "Hello.\n"})
		}, "was not refused as it should be"},
		{"a membership that is none", func(ctx context.Context, s *stage) error { return s.isMember(ctx, nora, true) }, "Nora Quist is a member: false"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			code, stdout, stderr := play(t, time.Now, []act{{test.name, test.play}})
			if code == 0 || !strings.Contains(stdout+stderr, test.want) {
				t.Errorf("exit code %d, want another and %q\n%s%s", code, test.want, stdout, stderr)
			}
		})
	}
}
