package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3" // the archive is written past the store, which files a few thousand posts a second

	"guildpost/digest"
	"guildpost/digest/measure"
	"guildpost/store"
)

// benchSize is a number that a variable changes.
func benchSize(name string, byDefault int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil && n > 0 {
		return n
	}
	return byDefault
}

// BenchmarkMeasure: the five measures of the last month, for 10,000 members with 1,000,000 posts: of a year, which is what a
// large community has, and all of that one month. Cold is the first time, by a process of its own, with nothing of the
// database in memory; again is another process; warm is the second time in a process. GUILDPOST_BENCH_MEMBERS and
// GUILDPOST_BENCH_POSTS change the numbers.
func BenchmarkMeasure(b *testing.B) {
	members, posts := benchSize("GUILDPOST_BENCH_MEMBERS", 10_000), benchSize("GUILDPOST_BENCH_POSTS", 1_000_000)
	w := measure.LastMonth(time.Now(), time.UTC)
	for _, test := range []struct {
		name     string
		from, to time.Time
	}{{"posts-of-a-year", w.To.AddDate(-1, 0, 0), w.To}, {"posts-of-a-month", w.From, w.To}} {
		b.Run(test.name, func(b *testing.B) {
			p := newProcess(b, "127.0.0.1:1", "")
			c := p.fillArchive(members, posts, test.from, test.to)
			for range b.N {
				p.forget()
				cold, cpu, peak := p.measured()
				again, _, _ := p.measured()
				b.ReportMetric(cold.Seconds(), "s-cold")
				b.ReportMetric(cpu.Seconds(), "cpu-s-cold")
				b.ReportMetric(again.Seconds(), "s-again")
				b.ReportMetric(float64(peak)/1e6, "MB-peak")
				b.ReportMetric(float64(p.warm(c, w).Microseconds())/1000, "ms-warm")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// measured runs guildpost measure and returns how long it took, how much of the processors, and its memory at the peak.
func (p *process) measured() (took, cpu time.Duration, peak int64) {
	p.t.Helper()
	c := exec.Command(p.program[0], "--config", p.config, "measure", "rust", "--json")
	var out bytes.Buffer
	c.Dir, c.Stdout, c.Stderr = p.dir, &out, &out
	began := time.Now()
	if err := c.Start(); err != nil {
		p.t.Fatal(err)
	}
	ended := make(chan struct{})
	highest := make(chan int64)
	go func() { highest <- watchMemory(c.Process.Pid, ended) }()
	err := c.Wait()
	took = time.Since(began)
	close(ended)
	if err != nil {
		p.t.Fatalf("guildpost measure: %v\n%s", err, &out)
	}
	return took, c.ProcessState.UserTime() + c.ProcessState.SystemTime(), <-highest
}

// watchMemory looks at a process's peak of memory until it has ended. (What wait4 tells begins with that of its parent.)
func watchMemory(pid int, ended <-chan struct{}) (peak int64) {
	for tick := time.NewTicker(5 * time.Millisecond); ; {
		select {
		case <-ended:
			tick.Stop()
			return peak
		case <-tick.C:
		}
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			if fields := strings.Fields(line); fields[0] == "VmHWM:" {
				kilobytes, _ := strconv.ParseInt(fields[1], 10, 64)
				peak = max(peak, kilobytes<<10)
			}
		}
	}
}

// warm is how long a report takes that was made before.
func (p *process) warm(c store.Community, w measure.Window) time.Duration {
	db := p.open()
	defer db.Close()
	g := &digest.Gatherer{DB: db, Zone: time.UTC}
	if _, err := g.Report(p.t.Context(), c, w); err != nil {
		p.t.Fatal(err)
	}
	began := time.Now()
	if _, err := g.Report(p.t.Context(), c, w); err != nil {
		p.t.Fatal(err)
	}
	return time.Since(began)
}

// forget lets the system drop what it has of the database in memory.
func (p *process) forget() {
	f, err := os.Open(filepath.Join(p.dir, "data", "guildpost.db"))
	if err != nil {
		p.t.Fatal(err)
	}
	defer f.Close()
	const dontNeed = 4 // POSIX_FADV_DONTNEED
	if err := f.Sync(); err != nil {
		p.t.Fatal(err)
	}
	if _, _, errno := syscall.Syscall6(syscall.SYS_FADVISE64, f.Fd(), 0, 0, dontNeed, 0, 0); errno != 0 {
		p.t.Fatal(errno)
	}
}

// fillArchive makes the community rust of people who joined two years ago, and posts in threads of ten, ten threads at a
// time; a few people write much.
func (p *process) fillArchive(members, posts int, from, to time.Time) store.Community {
	p.t.Helper()
	c := p.fill(0)
	p.join(c, members, from.AddDate(-1, 0, 0))
	db, err := sql.Open("sqlite3", filepath.Join(p.dir, "data", "guildpost.db"))
	if err != nil {
		p.t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	step := to.Sub(from).Microseconds() / int64(posts)
	for _, statement := range []string{
		"INSERT INTO raw_messages (hash, size, place, kept, data) VALUES (x'00', 1, 0, 1, x'00')",
		`WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < @posts / 10)
			INSERT INTO threads (id, community_id, subject, subject_base, posts, first_at, last_at, solved)
			SELECT 1 + i, @c, 'About ' || i, 'about ' || i, 10, @from + @step * (i / 10 * 100 + i % 10), @from + @step * (i / 10 * 100 + 90 + i % 10), 0 FROM n`,
		`WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < @posts),
			w AS (SELECT i, (i * 7919 + i / 13 * 104729) % @members AS h FROM n)
			INSERT INTO posts (id, community_id, thread_id, parent_id, raw_id, member_id, message_id, body_hash, from_address, from_name, subject,
				sent_at, accepted_at, size, position, new_chars, quoted_chars, state)
			SELECT 1 + i, @c, 1 + i / 100 * 10 + i % 10, CASE WHEN i % 100 < 10 THEN 0 ELSE i - 9 END, 1, s.member_id, 'post-' || i || '@example.org', zeroblob(32),
				s.address, 'A Member', 'About ' || i, @from + @step * i, @from + @step * i, 3000, i, 400, 200, 0
			FROM w JOIN subscriptions s ON s.id = 1 + h * h / @members`,
	} {
		if _, err := db.Exec(statement, sql.Named("posts", posts), sql.Named("c", c.ID), sql.Named("members", members),
			sql.Named("from", from.UnixMicro()), sql.Named("step", step)); err != nil {
			p.t.Fatal(err)
		}
	}
	return c
}

// join lets members in at a time.
func (p *process) join(c store.Community, members int, at time.Time) {
	p.t.Helper()
	db := p.open()
	defer db.Close()
	by := store.Actor{Who: "postmaster", Via: "test", At: at}
	all := make([]store.NewMember, members)
	for i := range all {
		all[i] = store.NewMember{Address: fmt.Sprintf("member%d@example%d.org", i, i%50), Name: "Member " + strconv.Itoa(i)}
	}
	all[0].Roles = []store.Role{store.Facilitator}
	if _, err := db.ImportMembers(p.t.Context(), by, c.ID, all); err != nil {
		p.t.Fatal(err)
	}
}
