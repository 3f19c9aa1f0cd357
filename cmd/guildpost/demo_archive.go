package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"guildpost/mail"
	"guildpost/mail/mailtest"
)

// playArchive: what the guild wrote before it came here is brought in, and somebody finds an answer of two years ago.
func playArchive(ctx context.Context, s *stage) error {
	if err := s.importHistory(ctx); err != nil {
		return err
	}
	return s.finds(ctx)
}

// importHistory imports an mbox as a postmaster would, twice: what is there is known.
func (s *stage) importHistory(ctx context.Context) error {
	mbox, messages, threads := writeHistory(s.now())
	file := filepath.Join(s.data, "old-list.mbox")
	if err := os.WriteFile(file, mbox, 0o600); err != nil {
		return err
	}
	before, _, err := s.daemon.db.ArchiveSize(ctx, s.community.ID)
	if err != nil {
		return err
	}
	for _, added := range []int{messages, 0} {
		report, err := s.runImport(ctx, file)
		if err != nil {
			return err
		}
		if report.Messages != int64(messages) || report.Added != int64(added) || report.Posts != before+int64(messages) {
			return fmt.Errorf("the import of %d messages ended as %+v", messages, report)
		}
		if added > 0 {
			s.say("%d years of the old list come in (guildpost archive import rust-guild %s): %d posts in %d threads", historyYears,
				filepath.Base(file), messages, threads)
		}
	}
	s.say("  (Nobody is mailed. The same once more: 0 posts added, all are known.)")
	return s.arrive(ctx)
}

// imported is what the demo reads of an archiveReport.
type imported struct{ Messages, Added, Posts int64 }

func (s *stage) runImport(ctx context.Context, file string) (report imported, err error) {
	var out, trouble bytes.Buffer
	a := &app{dir: s.data, now: s.now, stdout: &out, stderr: &trouble}
	code := a.run(ctx, []string{"--config", filepath.Join(s.data, "guildpost.toml"), "archive", "import", "--json", "rust-guild", file})
	if code != 0 {
		return report, fmt.Errorf("archive import ended with exit code %d: %s", code, trouble.String())
	}
	return report, json.Unmarshal(out.Bytes(), &report)
}

// finds: Nora remembers a word and a name, and gets the thread.
func (s *stage) finds(ctx context.Context) error {
	commands := s.community.FunctionAddress("request")
	const query = "find iterator from:dmitri"
	if err := s.send(&letter{from: nora, to: commands, subject: query}); err != nil {
		return err
	}
	found, err := s.heardText(ctx, mailTo{nora, "What became of your commands"})
	if err != nil {
		return err
	}
	if item := listItem(found, remembered.subject); !strings.Contains(item, "use<'_>") {
		return fmt.Errorf("%s did not find the thread she looked for, but read:\n%s", nora.name, found)
	}
	s.say("%s writes %q to %s → the answer of two years ago:", nora.name, query, commands)
	s.say("    %s", listItem(found, remembered.subject))
	return nil
}

// listItem is the item of a list in a mail that holds a phrase, without the breaks of its lines.
func listItem(text, phrase string) string {
	item := ""
	for line := range strings.Lines(text + "\n") {
		line = strings.TrimSpace(line)
		begun, begins := strings.CutPrefix(line, "- ")
		switch {
		case (begins || line == "") && strings.Contains(item, phrase):
			return item
		case begins || line == "":
			item = begun
		default:
			item += " " + line
		}
	}
	return ""
}

// heardText is the text of a mail of the daemon's own that somebody ought to get.
func (s *stage) heardText(ctx context.Context, want mailTo) (string, error) {
	heard, err := s.hear(ctx, want)
	if err != nil {
		return "", err
	}
	return textOf(heard[0]), nil
}

func textOf(m mailtest.Received) string { return mail.Read(m.Data).Text().All }
