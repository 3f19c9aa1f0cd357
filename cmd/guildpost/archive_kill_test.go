package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"guildpost/mail/archive/box"
	"guildpost/store"
)

// TestArchiveImportKilled: an import that is killed goes on from where it was, and nothing is lost or there twice.
func TestArchiveImportKilled(t *testing.T) {
	const messages = 9000
	p := newProcess(t, "127.0.0.1:1", "")
	c := p.fill(0)
	file := filepath.Join(p.dir, "old.mbox")
	writeOldMbox(t, file, messages)
	db := p.open()
	defer db.Close()
	args := []string{"--config", p.config, "archive", "import", "rust", file}
	child := exec.Command(p.program[0], args...)
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	begun := awaitImport(t, db, c)
	if err := child.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	if open, err := db.ArchiveOpen(t.Context(), c.ID); err != nil || open {
		t.Fatalf("the archive is open in the middle of the import: %v %v", open, err)
	}
	if out := p.command(args[2:]...); !strings.Contains(out, "passed over ") || !strings.Contains(out, fmt.Sprintf("has %d posts in %d threads", messages, messages/10)) {
		t.Errorf("going on says:\n%s", out)
	}
	all, err := db.Imports(t.Context(), c.ID, false)
	if err != nil || len(all) != 1 || all[0].ID != begun.ID || all[0].Added != messages || all[0].Taken != messages || all[0].FinishedAt.IsZero() {
		t.Errorf("imports: %+v %v", all, err)
	}
	if open, err := db.ArchiveOpen(t.Context(), c.ID); err != nil || !open {
		t.Errorf("the archive is open in the end: %v %v", open, err)
	}
}

// writeOldMbox writes an mbox of threads of ten.
func writeOldMbox(t *testing.T, file string, n int) {
	t.Helper()
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := box.NewWriter(f)
	first := time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		at := first.Add(time.Duration(i) * time.Minute)
		raw := fmt.Appendf(nil, "From: Ann <ann@example.org>\nMessage-ID: <%d@example.org>\nReferences: <%d@example.org>\nDate: %s\nSubject: Re: %d\n\n%s",
			i, i-i%10, at.Format(time.RFC1123Z), i/10, strings.Repeat("Something was said here.\n", 20))
		if err := w.Write("ann@example.org", at, raw); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// awaitImport waits until an import has filed something.
func awaitImport(t *testing.T, db *store.DB, c store.Community) store.Import {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		all, err := db.Imports(t.Context(), c.ID, false)
		if err != nil {
			t.Fatal(err)
		}
		if len(all) == 1 && all[0].Taken > 0 {
			return all[0]
		}
	}
	t.Fatal("nothing is imported")
	return store.Import{}
}
