package main

import (
	"bytes"
	"context"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"guildpost/mail/archive/box"
)

// benchMessages is how many messages are imported.
const benchMessages = 100_000

// corpusFolder returns a folder of the corpus of real mail, which lies beside the repository; without it the test is
// skipped.
func corpusFolder(t testing.TB, name string) string {
	t.Helper()
	folder := filepath.Join(root, "..", "shared", "corpus", name)
	if _, err := os.Stat(folder); err != nil {
		t.Skip("there is no corpus of mail beside the repository")
	}
	return folder
}

// corpusBox opens the mbox files of the corpus as one.
func corpusBox(t testing.TB) box.Box {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(corpusFolder(t, "mbox"), "*.mbox*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no mbox files: %v", err)
	}
	var all []box.Box
	for _, file := range files {
		b, err := box.Open(file, box.Options{})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b)
	}
	return box.Chain(all...)
}

// A repeater makes more of the corpus: each time round, all messages have other Message-IDs, which their answers refer
// to, and other words here and there, since nobody says the same twice.
type repeater struct {
	round int
	out   bytes.Buffer
}

// message is a message as it is in this round.
func (r *repeater) message(raw []byte) []byte {
	r.out.Reset()
	header, field := true, ""
	for line := range bytes.Lines(raw) {
		text := strings.TrimRight(string(line), "\r\n")
		switch {
		case text == "":
			header = false
		case header && text[0] != ' ' && text[0] != '\t':
			name, _, _ := strings.Cut(text, ":")
			field = strings.ToLower(name)
		}
		if header && (field == "message-id" || field == "in-reply-to" || field == "references") {
			line = bytes.ReplaceAll(line, []byte(">"), fmt.Appendf(nil, ".%d>", r.round))
		}
		if !header {
			line = r.otherWords(line)
		}
		r.out.Write(line)
	}
	return r.out.Bytes()
}

// otherWords changes one line in four: a word of it is one that no other round has there.
func (r *repeater) otherWords(line []byte) []byte {
	sum := crc32.ChecksumIEEE(line)
	i := bytes.LastIndexByte(line, ' ')
	if r.round == 0 || sum%4 != 0 || i < 0 {
		return line
	}
	return fmt.Appendf(nil, "%s %s%s", line[:i], strconv.FormatUint(uint64(sum)%9000*31+uint64(r.round), 36), line[i:])
}

// repeatCorpus writes n messages as an mbox file, and if folder is not "" as files that notmuch reads; it returns the
// size of the mbox.
func repeatCorpus(t testing.TB, file, folder string, n int) int64 {
	t.Helper()
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := box.NewWriter(f)
	for done, round := 0, 0; done < n; round++ {
		b, r := corpusBox(t), repeater{round: round}
		for ; done < n; done++ {
			m, err := b.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			raw := r.message(m.Raw)
			if err := w.Write("someone@example.org", m.Received, raw); err != nil {
				t.Fatal(err)
			}
			if folder != "" {
				writeNotmuch(t, folder, done, raw)
			}
		}
		b.Close()
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

func writeNotmuch(t testing.TB, folder string, n int, raw []byte) {
	t.Helper()
	part := filepath.Join(folder, strconv.Itoa(n/1000), "cur")
	if n%1000 == 0 {
		if err := os.MkdirAll(part, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	writeFile(t, filepath.Join(part, strconv.Itoa(n)), string(raw))
}

// childUsage runs a program and returns how long it took and its memory at the peak, in bytes.
func childUsage(t testing.TB, c *exec.Cmd) (took time.Duration, peak int64) {
	t.Helper()
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	began := time.Now()
	if err := c.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", c, err, out.String())
	}
	return time.Since(began), c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
}

// notmuchRate is how many of the messages in a folder notmuch new takes a second; 0 where it is not installed.
func notmuchRate(b *testing.B, folder string, n int) float64 {
	b.Helper()
	program, err := exec.LookPath("notmuch")
	if err != nil {
		b.Log("no notmuch: nothing to compare with")
		return 0
	}
	config := filepath.Join(b.TempDir(), "config")
	writeFile(b, config, "[database]\npath="+folder+"\n[user]\nname=x\nprimary_email=x@example.org\n[new]\ntags=\n[search]\nexclude_tags=\n")
	c := exec.Command(program, "new", "--quiet")
	c.Env = append(os.Environ(), "NOTMUCH_CONFIG="+config)
	took, _ := childUsage(b, c)
	return float64(n) / took.Seconds()
}

// BenchmarkArchiveImport: 100,000 messages made of the corpus, with threads and search index, by the program as users run
// it; and notmuch over a tenth of the same, in the same run.
func BenchmarkArchiveImport(b *testing.B) {
	for range b.N {
		p := newProcess(b, "127.0.0.1:1", "")
		p.fill(0)
		file, folder := filepath.Join(p.dir, "all.mbox"), b.TempDir()
		size := repeatCorpus(b, file, "", benchMessages)
		repeatCorpus(b, filepath.Join(p.dir, "some.mbox"), folder, benchMessages/10)
		other := notmuchRate(b, folder, benchMessages/10)
		c := exec.CommandContext(b.Context(), p.program[0], "--config", p.config, "archive", "import", "rust", file)
		took, peak := childUsage(b, c)
		info, err := os.Stat(filepath.Join(p.dir, "data", "guildpost.db"))
		if err != nil {
			b.Fatal(err)
		}
		wantImported(b, p, benchMessages)
		rate := benchMessages / took.Seconds()
		b.ReportMetric(rate, "messages/s")
		b.ReportMetric(float64(peak)/1e6, "MB-peak")
		b.ReportMetric(float64(info.Size())/float64(size), "database/mbox")
		if other > 0 {
			b.ReportMetric(other, "notmuch/s")
			b.ReportMetric(rate/other, "x-notmuch")
		}
	}
	b.ReportMetric(0, "ns/op")
}

// wantImported looks whether all messages are there, but for those that are twice in the corpus.
func wantImported(t testing.TB, p *process, n int) {
	t.Helper()
	db := p.open()
	defer db.Close()
	c, err := db.CommunityByName(context.Background(), "rust")
	if err != nil {
		t.Fatal(err)
	}
	imports, err := db.Imports(context.Background(), c.ID, false)
	if err != nil || len(imports) != 1 {
		t.Fatalf("imports: %v %v", imports, err)
	}
	i := imports[0]
	if i.Added+i.Duplicates+i.Bad != int64(n) || i.Bad != 0 || i.Added < int64(n)*98/100 || i.FinishedAt.IsZero() {
		t.Errorf("of %d messages: %+v", n, i)
	}
}
