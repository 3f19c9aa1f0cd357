package main

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite what the scripts expect (cmp); read the diff before you keep it")

// TestMain lets the test binary be the program when it is called by its name. (testscript.Main would do that too, but it
// takes the word "guildpost" away from scriptCommands.)
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "guildpost" {
		main()
	}
	os.Exit(m.Run())
}

// installProgram puts the program into the script's PATH.
func installProgram(env *testscript.Env) error {
	binary, err := os.Executable()
	if err != nil {
		return err
	}
	bin := filepath.Join(env.WorkDir, ".bin")
	if err := os.Mkdir(bin, 0o755); err != nil {
		return err
	}
	env.Setenv("PATH", bin+string(filepath.ListSeparator)+env.Getenv("PATH"))
	return os.Symlink(binary, filepath.Join(bin, "guildpost"))
}

// TestScript runs the conversations in testdata/script. In them "guildpost" runs in the test process, with the script's
// clock; "exec guildpost" runs the program, with its own.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           filepath.Join("testdata", "script"),
		UpdateScripts: *update,
		Setup: func(env *testscript.Env) error {
			env.Values[worldKey{}] = newWorld(env)
			return installProgram(env)
		},
		Cmds: scriptCommands,
	})
}

type scriptCommand = func(ts *testscript.TestScript, neg bool, args []string)

// scriptCommands are the words of the scripts beside testscript's own.
var scriptCommands = map[string]scriptCommand{
	"guildpost": cmdGuildpost,
	"exitcode":  cmdExitCode,
	"input":     cmdInput,
	"clock":     cmdClock,
	"lines":     cmdLines,

	"send":      cmdSend,
	"reply":     cmdReply,
	"write":     cmdWrite,
	"text":      cmdText,
	"receive":   cmdReceive,
	"got":       cmdGot,
	"fields":    cmdFields,
	"restart":   cmdRestart,
	"smarthost": cmdSmarthost,
	"get":       cmdGet,
	"click":     cmdClick,
	"fetch":     cmdFetch,
	"bounce":    cmdBounce,
	"complain":  cmdComplain,
	"rsvp":      cmdRSVP,
	"rework":    cmdRework,
	"invite":    cmdInvite,
	"imap":      cmdIMAP,
	"archive":   cmdArchive,

	"leftover": cmdLeftover,
	"restore":  cmdRestore,
	"unzip":    cmdUnzip,
}

// A world is what one script has beside its files.
type world struct {
	mu    sync.Mutex
	now   time.Time
	code  int    // of the last guildpost
	stdin string // for the next guildpost
	mails *mailWorld
	imap  *mailboxServer // nil where mail comes in by LMTP and SMTP
}

// clock is the script's time.
func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

type worldKey struct{}

func newWorld(env *testscript.Env) *world {
	env.Setenv("HOME", env.WorkDir)
	return &world{now: time.Date(2026, 8, 3, 9, 0, 0, 0, time.UTC)}
}

func worldOf(ts *testscript.TestScript) *world { return ts.Value(worldKey{}).(*world) }

// scriptEnviron is what is passed on from the script's environment.
func scriptEnviron(ts *testscript.TestScript) []string {
	var environ []string
	for _, k := range configKeys {
		if value := ts.Getenv(k.env()); value != "" {
			environ = append(environ, k.env()+"="+value)
		}
	}
	for _, name := range []string{"GUILDPOST_CONFIG", "GUILDPOST_NONSENSE", "SECRET", imapPasswordVariable} {
		if value := ts.Getenv(name); value != "" {
			environ = append(environ, name+"="+value)
		}
	}
	return environ
}

// guildpost [ARGS] runs the program in the test process.
func cmdGuildpost(ts *testscript.TestScript, neg bool, args []string) {
	w := worldOf(ts)
	a := &app{
		dir: ts.MkAbs("."), environ: scriptEnviron(ts), now: w.clock,
		stdin: strings.NewReader(w.stdin), stdout: ts.Stdout(), stderr: ts.Stderr(),
		net: network{dial: w.dial, resolve: noDNS{}, text: demoResolver{}},
	}
	w.stdin = ""
	w.code = a.run(context.Background(), args)
	if neg == (w.code == 0) {
		ts.Fatalf("guildpost %s: exit code %d", strings.Join(args, " "), w.code)
	}
}

// exitcode N wants that the last guildpost ended with N.
func cmdExitCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: exitcode N")
	}
	if got := strconv.Itoa(worldOf(ts).code); got != args[0] {
		ts.Fatalf("exit code %s, want %s", got, args[0])
	}
}

// input FILE gives the next guildpost a file to read.
func cmdInput(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: input FILE")
	}
	worldOf(ts).stdin = ts.ReadFile(args[0])
}

// clock +25h moves the clock.
func cmdClock(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: clock +DURATION")
	}
	w := worldOf(ts)
	later, err := parseUntil(args[0], w.clock(), time.UTC)
	ts.Check(err)
	w.mu.Lock()
	w.now = later
	w.mu.Unlock()
	if w.mails != nil && w.mails.daemon != nil {
		_, err = w.mails.daemon.Due(context.Background(), later)
		ts.Check(err)
		w.mails.daemon.worker.Wake()
	}
}

// lines N FILE wants that a file has N lines.
func cmdLines(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: lines N FILE")
	}
	if got := strconv.Itoa(strings.Count(ts.ReadFile(args[1]), "\n")); got != args[0] {
		ts.Fatalf("%s has %s lines, want %s", args[1], got, args[0])
	}
}

// outcome runs the program in a folder and returns what it wrote.
func outcome(t *testing.T, dir string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	return commandIn(dir, time.Date(2026, 8, 3, 9, 0, 0, 0, time.UTC), args...)
}

// commandIn is outcome at a time.
func commandIn(dir string, now time.Time, args ...string) (code int, stdout, stderr string) {
	var out, errors bytes.Buffer
	a := &app{
		dir: dir, now: func() time.Time { return now },
		stdin: strings.NewReader(""), stdout: &out, stderr: &errors,
		net: network{dial: noDial, resolve: noDNS{}, text: demoResolver{}},
	}
	code = a.run(context.Background(), args)
	return code, out.String(), errors.String()
}

func writeFile(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
