package main

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"guildpost/mail/mailtest"
)

// TestTwoDaemons: one SQLite database has one daemon. Another one refuses at once and names the first, which goes on.
func TestTwoDaemons(t *testing.T) {
	w := newFaultWorld(t, 5, mailtest.Faults{}, "")
	w.process.fill(w.members)
	w.in = newInjector(t, 0)
	w.process.start()
	c := w.client(true)
	for n := range 5 {
		if code, id := c.post(2 * n); code != 250 {
			t.Errorf("%s got %d", id, code)
		}
		w.refuseSecond()
		if code, id := c.post(2*n + 1); code != 250 {
			t.Errorf("%s got %d", id, code)
		}
	}
	w.drain(10 * time.Second)
	if repeats := w.check(); repeats > 0 {
		t.Errorf("%d repeats", repeats)
	}
	// Where the first has been killed there is nothing to clean up.
	w.process.kill()
	w.process.start()
}

// refuseSecond starts a second daemon beside the first.
func (w *faultWorld) refuseSecond() {
	w.t.Helper()
	second := exec.CommandContext(w.t.Context(), w.process.program[0], "--config", w.process.config, "serve")
	second.Dir = w.process.dir
	var said bytes.Buffer
	second.Stderr = &said
	began := time.Now()
	var exit *exec.ExitError
	if err := second.Run(); !errors.As(err, &exit) || exit.ExitCode() != exitConflict {
		w.t.Errorf("a second daemon ends with %v, want exit code %d", err, exitConflict)
	}
	if took := time.Since(began); took > 5*time.Second {
		w.t.Errorf("a second daemon took %v to refuse", took)
	}
	want := fmt.Sprintf("another guildpost serves %s/data/guildpost.db already (process %d); stop it first", w.process.dir, w.process.pid())
	if !strings.Contains(said.String(), want) {
		w.t.Errorf("a second daemon says\n%s, want\n%s", &said, want)
	}
}

// ownSchema makes a schema in the PostgreSQL of the tests that daemons started from now on use, and returns the
// database.
func ownSchema(t *testing.T) *sql.DB {
	t.Helper()
	base := os.Getenv("GUILDPOST_TEST_POSTGRES")
	needPeer(t, "postgres", base != "")
	schema := fmt.Sprintf("test_daemons_%d", os.Getpid())
	admin, err := sql.Open("pgx", base)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := admin.ExecContext(t.Context(), "CREATE SCHEMA "+schema); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := admin.Exec("DROP SCHEMA " + schema + " CASCADE"); err != nil {
			t.Error(err)
		}
		admin.Close()
	})
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("search_path", schema)
	u.RawQuery = query.Encode()
	t.Setenv("GUILDPOST_DATABASE", u.String())
	db, err := sql.Open("pgx", u.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// Two daemons share one queue; each has a smarthost of its own, so that one sees who delivered what.
type pair struct {
	t       *testing.T
	worlds  [2]*faultWorld
	members int
}

// got is how many of the members have a message, and how many copies are repeats; it is an error if somebody has none.
func (p pair) got(id string, complete bool) (copies, repeats int) {
	p.t.Helper()
	for i := range p.members {
		member := fmt.Sprintf("member%d@example.org", i)
		n := p.worlds[0].sink.Count(member, id) + p.worlds[1].sink.Count(member, id)
		if n == 0 && complete {
			p.t.Errorf("%s has no copy of %s", member, id)
		}
		copies, repeats = copies+min(n, 1), repeats+max(n-1, 0)
	}
	return copies, repeats
}

// post posts at one of the daemons.
func (p pair) post(at, n int) (id string) {
	p.t.Helper()
	w := p.worlds[at]
	code, id := w.client(false).post(n)
	if code != 250 {
		p.t.Fatalf("%s got %d", id, code)
	}
	return id
}

// TestTwoDaemonsPostgres: two daemons on one PostgreSQL share the queue, each copy goes out once; where one is killed,
// the other takes over what it had when its lease is over.
func TestTwoDaemonsPostgres(t *testing.T) {
	db := ownSchema(t)
	p := pair{t: t, members: 10_000}
	for i := range p.worlds {
		w := newFaultWorld(t, p.members, mailtest.Faults{Slow: time.Millisecond}, "connections = 5")
		w.in = newInjector(t, 0)
		p.worlds[i] = w
	}
	p.worlds[0].process.fill(p.members)
	for _, w := range p.worlds {
		w.process.start() // one after the other: so the workers' numbers say whose they are
	}
	began := time.Now()
	id := p.post(0, 1)
	p.worlds[0].drain(60 * time.Second)
	t.Logf("two daemons delivered %d in %v", p.members, time.Since(began))
	if _, repeats := p.got(id, true); repeats > 0 {
		t.Errorf("%d repeats", repeats)
	}
	shares := [2]int64{p.worlds[0].sink.Stats().Recipients, p.worlds[1].sink.Stats().Recipients}
	if min(shares[0], shares[1]) < int64(p.members/20) {
		t.Errorf("the daemons delivered %d: that is not sharing", shares)
	}

	id = p.post(1, 2)
	ctx := t.Context()
	if err := p.worlds[1].sink.Wait(ctx, int(shares[1])+1000); err != nil {
		t.Fatal(err)
	}
	p.worlds[1].process.kill()
	copies, _ := p.got(id, false)
	if copies == p.members {
		t.Error("the daemon was killed too late to see anything")
	}
	// Its lease ends before its time; to notice that is the other's business.
	if _, err := db.ExecContext(ctx, "UPDATE workers SET lease_until = 1 WHERE id = (SELECT MAX(id) FROM workers)"); err != nil {
		t.Fatal(err)
	}
	began = time.Now()
	p.worlds[0].drain(60 * time.Second)
	_, repeats := p.got(id, true)
	t.Logf("shares %d; killed after %d copies of the second post; the rest took %v; %d repeats", shares, copies, time.Since(began), repeats)
	if repeats > 5 {
		t.Errorf("%d repeats from 5 connections and one kill", repeats)
	}
	if code := p.worlds[0].process.signal(syscall.SIGTERM); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
