package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// A call is one system call that strace saw, as it began or as it ended.
type call struct {
	name  string
	file  string // what the descriptor is, such as a path or socket:[1234]
	text  string // the whole line
	began bool
	ended bool
}

var (
	straceLine    = regexp.MustCompile(`^(\d+) +(\w+)\(\d+<([^>]*)>?(.*)$`)
	straceResumed = regexp.MustCompile(`^(\d+) +<\.\.\. (\w+) resumed>(.*)$`)
)

// readStrace returns the calls in the order in which they happened. One that was interrupted by others is there twice.
func readStrace(t *testing.T, file string) (calls []call) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	open := map[string]call{} // by thread
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		if m := straceLine.FindStringSubmatch(line); m != nil {
			c := call{name: m[2], file: m[3], text: line, began: true, ended: !strings.HasSuffix(line, "<unfinished ...>")}
			open[m[1]] = c
			calls = append(calls, c)
		} else if m := straceResumed.FindStringSubmatch(line); m != nil {
			c := open[m[1]]
			c.text, c.began, c.ended = line, false, true
			calls = append(calls, c)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return calls
}

// TestSyncBefore250 looks from outside at single posts: between the final dot and its 250 the database's log is written
// and synced, in this order.
func TestSyncBefore250(t *testing.T) {
	const posts = 50
	strace := needProgram(t, "strace", "strace")
	out := filepath.Join(t.TempDir(), "strace")
	p := newProcess(t, "127.0.0.1:1", "") // no smarthost: nothing but the posts is worth a sync
	p.program = append([]string{strace, "-f", "-y", "-s", "65536", "-o", out,
		"-e", "trace=read,write,writev,pwrite64,sendto,fsync,fdatasync"}, p.program...)
	p.fill(5)
	p.start()
	c := dialClient(t, p.lmtp, "LHLO")
	for i := range posts {
		c.post(fmt.Sprintf("sync-%d@example.org", i), "From: member0@example.org\r\nSubject: Sync\r\n\r\nText\r\n")
	}
	c.Close()
	p.signal(syscall.SIGTERM)
	if good := checkSyncs(t, readStrace(t, out)); good != posts {
		t.Errorf("%d of %d posts got 250 after a sync", good, posts)
	}
}

// checkSyncs follows each post from its final dot to its 250 and returns how many went by the book.
func checkSyncs(t *testing.T, calls []call) (good int) {
	t.Helper()
	socket, written, synced := "", false, false // since the final dot was read
	for _, c := range calls {
		wal := strings.HasSuffix(c.file, "guildpost.db-wal")
		switch {
		case c.name == "read" && c.ended && strings.Contains(c.text, `\r\n.\r\n"`):
			socket, written, synced = c.file, false, false
		case c.name == "pwrite64" && c.ended && wal:
			written = true
		case (c.name == "fsync" || c.name == "fdatasync") && c.ended && wal && strings.HasSuffix(c.text, "= 0"):
			synced = synced || written
		case c.file == socket && c.began && strings.Contains(c.text, `"250 `):
			if !synced {
				t.Errorf("250 before the sync (written: %v): %s", written, c.text)
			} else {
				good++
			}
			socket = ""
		}
	}
	return good
}
