package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"guildpost/store"
)

// A process is guildpost serve as a process of its own, as users run it: for what can only be seen from outside
// (signals, memory, start-up).
type process struct {
	t          testing.TB
	dir        string
	config     string
	lmtp, smtp string
	cmd        *exec.Cmd
	found      chan string // the protocols that it listens on, as they come up; closed when it has ended
	program    []string    // what runs it, such as strace

	mu      sync.Mutex
	trouble []string // lines of the log that are no daily business
}

// newProcess writes the configuration of a daemon; start starts it, any number of times.
func newProcess(t testing.TB, smarthost, more string) *process {
	t.Helper()
	dir := t.TempDir()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "guildpost")
	if err := os.Symlink(binary, link); err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, dir: dir, config: filepath.Join(dir, "guildpost.toml"), program: []string{link}}
	p.writeConfig(smarthost, more)
	t.Cleanup(func() { p.signal(syscall.SIGKILL) })
	return p
}

func (p *process) writeConfig(smarthost, more string) {
	if p.lmtp == "" {
		p.lmtp = "127.0.0.1:0"
	}
	text := fmt.Sprintf("domain = \"lists.example.org\"\ndata = \"data\"\n[inbound]\nlmtp = %q\nsmtp = \"127.0.0.1:0\"\n"+
		"[web]\nlisten = \"\"\n[outbound]\nsmarthost = %q\ntls = \"none\"\n%s\n", p.lmtp, smarthost, more)
	if err := os.WriteFile(p.config, []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// open opens the daemon's database beside it, as commands do.
func (p *process) open() *store.DB {
	p.t.Helper()
	options := store.Options{Path: filepath.Join(p.dir, "data", "guildpost.db"), URL: os.Getenv("GUILDPOST_DATABASE")}
	db, err := store.Open(p.t.Context(), options)
	if err != nil {
		p.t.Fatal(err)
	}
	return db
}

// fill makes the community rust with n members, member0@example.org and so on.
func (p *process) fill(n int) store.Community {
	p.t.Helper()
	db := p.open()
	defer db.Close()
	by := store.Actor{Who: "postmaster", Via: "test", At: time.Now().Add(-time.Hour)}
	c, err := db.CreateCommunity(p.t.Context(), by, store.Community{Name: "rust", Domain: "lists.example.org", Title: "Rust Guild",
		Rules: store.Rules{DMARC: store.DMARCNever}})
	if err != nil {
		p.t.Fatal(err)
	}
	for first := 0; first < n; first += 5000 {
		var some []store.NewMember
		for i := first; i < min(n, first+5000); i++ {
			some = append(some, store.NewMember{Address: fmt.Sprintf("member%d@example.org", i), Name: "Member " + strconv.Itoa(i)})
		}
		if _, err := db.ImportMembers(p.t.Context(), by, c.ID, some); err != nil {
			p.t.Fatal(err)
		}
	}
	return c
}

var listening = regexp.MustCompile(`msg=listening protocol=(\w+) address=(\S+)`)

// start runs the daemon and returns how long it took until it listens.
func (p *process) start() time.Duration {
	p.t.Helper()
	began := time.Now()
	p.launch()
	p.awaitListening()
	return time.Since(began)
}

// awaitListening waits until a daemon that was launched listens.
func (p *process) awaitListening() {
	p.t.Helper()
	for range 2 {
		select {
		case _, ok := <-p.found:
			if !ok {
				p.t.Fatalf("the daemon ended instead of listening\n%s", p.remarks())
			}
		case <-time.After(30 * time.Second):
			p.t.Fatal("the daemon does not listen")
		}
	}
}

// launch runs the daemon and waits for nothing.
func (p *process) launch() {
	p.t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		p.t.Fatal(err)
	}
	args := append(p.program[1:len(p.program):len(p.program)], "--config", p.config, "serve")
	p.cmd = exec.Command(p.program[0], args...)
	p.cmd.Dir, p.cmd.Stderr = p.dir, write
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	write.Close()
	p.found = make(chan string, 2)
	go p.follow(read, p.found)
}

// follow reads the daemon's log.
func (p *process) follow(log *os.File, found chan<- string) {
	defer log.Close()
	defer close(found)
	lines := bufio.NewScanner(log)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		if m := listening.FindStringSubmatch(line); m != nil {
			if m[1] == "LMTP" {
				p.lmtp = m[2]
			} else {
				p.smtp = m[2]
			}
			found <- m[1]
		}
		if !strings.Contains(line, "level=INFO") && !strings.Contains(line, "needs no root") {
			p.mu.Lock()
			p.trouble = append(p.trouble, line)
			p.mu.Unlock()
		}
	}
}

// remarks are the lines of the daemon's log that are no daily business, of all its runs.
func (p *process) remarks() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.trouble, "\n")
}

// kill ends the daemon with SIGKILL, and returns when nothing is left of it.
func (p *process) kill() {
	p.signal(syscall.SIGKILL)
	for range p.found {
	}
}

// signal sends a signal and waits for the end; the exit code, or -1 for a death by signal.
func (p *process) signal(sig syscall.Signal) int {
	if p.cmd == nil || p.cmd.ProcessState != nil {
		return 0
	}
	_ = syscall.Kill(p.pid(), sig)
	_ = p.cmd.Wait()
	return p.cmd.ProcessState.ExitCode()
}

// pid is the daemon's own number: a strace that runs it keeps signals to itself.
func (p *process) pid() int {
	pid := p.cmd.Process.Pid
	if len(p.program) == 1 {
		return pid
	}
	children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	for _, child := range strings.Fields(string(children)) {
		if n, err := strconv.Atoi(child); err == nil {
			return n
		}
	}
	return pid
}

// memory returns the resident memory of the daemon now and at most so far, in bytes.
func (p *process) memory() (now, peak int64) {
	p.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		p.t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		switch fields[0] {
		case "VmRSS:":
			now, _ = strconv.ParseInt(fields[1], 10, 64)
		case "VmHWM:":
			peak, _ = strconv.ParseInt(fields[1], 10, 64)
		}
	}
	return now << 10, peak << 10
}

// command runs a guildpost command beside the daemon.
func (p *process) command(args ...string) string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, p.program[0], append([]string{"--config", p.config}, args...)...)
	c.Dir = p.dir
	out, err := c.CombinedOutput()
	if err != nil {
		p.t.Fatalf("guildpost %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}
