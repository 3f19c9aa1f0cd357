package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/rogpeppe/go-internal/testscript"

	"guildpost/mail"
	"guildpost/mail/mailtest"
	"guildpost/store"
)

// A mailWorld is the daemon of a script with the smarthost where its mail arrives. It runs in the test process, by the
// script's clock.
type mailWorld struct {
	world   *world
	dir     string
	sink    *mailtest.Sink
	daemon  *Daemon
	log     *bytes.Buffer
	taken   map[string]int    // by recipient: how many of their messages the script has received
	replies int               // made by reply
	etags   map[string]string // of the feeds that were fetched
}

// mail starts the script's daemon where it does not run yet.
func (w *world) mail(ts *testscript.TestScript) *mailWorld {
	if w.mails == nil {
		sink, err := mailtest.Start(mailtest.Options{Keep: mailtest.KeepData, Lint: true})
		ts.Check(err)
		w.mails = &mailWorld{world: w, dir: ts.MkAbs("."), sink: sink, taken: map[string]int{}}
		ts.Defer(func() {
			w.mails.stop()
			sink.Close()
		})
	}
	if w.mails.daemon == nil {
		ts.Check(w.mails.start(ts))
	}
	return w.mails
}

func (m *mailWorld) start(ts *testscript.TestScript) error {
	file := filepath.Join(m.dir, "guildpost.toml")
	if _, err := os.Stat(file); err != nil {
		file = ""
	}
	inbound := "127.0.0.1:0"
	if m.world.imap != nil {
		inbound = ""
	}
	environ := append(scriptEnviron(ts), "GUILDPOST_INBOUND_LMTP="+inbound, "GUILDPOST_INBOUND_SMTP="+inbound,
		"GUILDPOST_WEB_LISTEN=127.0.0.1:0", "GUILDPOST_OUTBOUND_SMARTHOST="+m.sink.Addr(), "GUILDPOST_OUTBOUND_TLS=none",
		"GUILDPOST_OUTBOUND_CONNECTIONS=1") // so that mails to one recipient come in order
	config, err := loadConfig(file, m.dir, environ)
	if err != nil {
		return err
	}
	m.log = &bytes.Buffer{}
	d, err := newDaemon(context.Background(), daemonOptions{
		Config: config, Now: m.world.clock, Resolver: demoResolver{}, Log: slog.New(slog.NewTextHandler(&lockedWriter{w: m.log}, nil)),
	})
	if err != nil {
		return err
	}
	m.daemon = d
	return d.Start(context.Background())
}

func (m *mailWorld) stop() {
	if m.daemon == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_ = m.daemon.Stop(ctx)
	m.daemon = nil
}

// send [-lmtp] FROM TO… FILE hands a message to the daemon, from an envelope sender ("<>" is the null sender); replies
// go to stdout. With "!" every recipient must be refused.
func cmdSend(ts *testscript.TestScript, neg bool, args []string) {
	lmtp := len(args) > 0 && args[0] == "-lmtp"
	if lmtp {
		args = args[1:]
	}
	if len(args) < 3 {
		ts.Fatalf("usage: send [-lmtp] FROM TO... FILE")
	}
	w := worldOf(ts).mail(ts)
	text := strings.ReplaceAll(strings.ReplaceAll(ts.ReadFile(args[len(args)-1]), "\r\n", "\n"), "\n", "\r\n")
	replies, err := w.send(lmtp, strings.Trim(args[0], "<>"), args[1:len(args)-1], text)
	fmt.Fprint(ts.Stdout(), replies)
	if neg == (err == nil) {
		ts.Fatalf("send: %v\n%s", err, replies)
	}
}

func (m *mailWorld) send(lmtp bool, from string, to []string, text string) (replies string, err error) {
	if m.world.imap != nil {
		return "", m.deliverToMailbox(from, to, text)
	}
	kind := "smtp"
	if lmtp {
		kind = "lmtp"
	}
	conn, err := net.Dial("tcp", m.daemon.inbound.Addr(kind))
	if err != nil {
		return "", err
	}
	var c *smtp.Client
	if lmtp {
		c = smtp.NewClientLMTP(conn)
	} else {
		c = smtp.NewClient(conn)
	}
	defer c.Close()
	if err := c.Mail(from, nil); err != nil {
		return err.Error() + "\n", err
	}
	var all strings.Builder
	taken := 0
	for _, rcpt := range to {
		if rcptErr := c.Rcpt(rcpt, nil); rcptErr != nil {
			fmt.Fprintf(&all, "%s: %s\n", rcpt, replyText(rcptErr))
			err = rcptErr
			continue
		}
		taken++
	}
	if taken == 0 {
		return all.String(), err
	}
	return all.String() + m.data(c, lmtp, text, &err), err
}

func (m *mailWorld) data(c *smtp.Client, lmtp bool, text string, err *error) string {
	var all strings.Builder
	data, dataErr := c.Data()
	if dataErr == nil {
		_, dataErr = data.Write([]byte(text))
	}
	if dataErr == nil && lmtp {
		var each map[string]*smtp.DataResponse
		each, dataErr = data.CloseWithLMTPResponse()
		for rcpt := range each {
			fmt.Fprintf(&all, "%s: 250\n", rcpt)
		}
	} else if dataErr == nil {
		dataErr = data.Close()
	}
	if dataErr != nil {
		fmt.Fprintf(&all, "%s\n", replyText(dataErr))
	}
	*err = dataErr
	return all.String()
}

func replyText(err error) string {
	var reply *smtp.SMTPError
	if errors.As(err, &reply) {
		return fmt.Sprintf("%d %d.%d.%d %s", reply.Code, reply.EnhancedCode[0], reply.EnhancedCode[1], reply.EnhancedCode[2], reply.Message)
	}
	return err.Error()
}

// receive ADDRESS [FILE] waits for the next message to somebody and writes its canonical form to FILE, and as it came to
// FILE.eml. With "!" nothing more must arrive: it waits until nothing is on its way.
func cmdReceive(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 1 || len(args) > 2 || neg && len(args) > 1 {
		ts.Fatalf("usage: receive ADDRESS [FILE]; ! receive ADDRESS")
	}
	w := worldOf(ts).mail(ts)
	message, ok := w.next(ts, args[0])
	switch {
	case neg && ok:
		ts.Fatalf("%s got a message:\n%s", args[0], mailtest.Canonical(string(message)))
	case !neg && !ok:
		ts.Fatalf("%s got nothing\n%s", args[0], w.log)
	case ok && len(args) == 2:
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(mailtest.Canonical(string(message))), 0o600))
		ts.Check(os.WriteFile(ts.MkAbs(args[1]+".eml"), message, 0o600))
	}
}

// next is the next message to an address, once nothing is on its way any more.
func (m *mailWorld) next(ts *testscript.TestScript, address string) ([]byte, bool) {
	m.settle(ts)
	var all [][]byte
	for _, r := range m.sink.Received() {
		if r.Recipient == address {
			all = append(all, r.Data)
		}
	}
	n := m.taken[address]
	if n >= len(all) {
		return nil, false
	}
	m.taken[address]++
	return all[n], true
}

// settle waits until the queue holds nothing that could go out by the script's clock.
func (m *mailWorld) settle(ts *testscript.TestScript) {
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); <-tick.C {
		idle, err := m.daemon.db.Idle(context.Background(), m.world.clock())
		ts.Check(err)
		if idle {
			return
		}
	}
	rows, _ := m.daemon.db.QueueList(context.Background(), store.QueueFilter{})
	ts.Fatalf("mail is still on its way: %+v\n%s", rows, m.log)
}

// cmdRestart stops the daemon as SIGTERM does, and starts it again.
func cmdRestart(ts *testscript.TestScript, neg bool, args []string) {
	w := worldOf(ts).mail(ts)
	w.stop()
	ts.Check(w.start(ts))
}

// smarthost up|down|refuse PATTERN says how the smarthost behaves from now on.
func cmdSmarthost(ts *testscript.TestScript, neg bool, args []string) {
	w := worldOf(ts).mail(ts)
	faults, err := smarthostFaults(args)
	ts.Check(err)
	w.sink.SetFaults(faults)
	if faults.Storm {
		w.sink.CloseConns()
	}
}

// fields NAME… FILE prints header fields of a received message, decoded, in the order asked for.
func cmdFields(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: fields NAME... FILE")
	}
	h, _ := mail.SplitHeader([]byte(ts.ReadFile(args[len(args)-1])))
	for _, name := range args[:len(args)-1] {
		if !h.Has(name) {
			fmt.Fprintf(ts.Stdout(), "%s: (none)\n", name)
		}
		for _, value := range h.Values(name) {
			fmt.Fprintf(ts.Stdout(), "%s: %s\n", name, mail.DecodeWords(value))
		}
	}
}

// got prints who has got messages that the script has not received yet, sorted.
func cmdGot(ts *testscript.TestScript, neg bool, args []string) {
	w := worldOf(ts).mail(ts)
	w.settle(ts)
	have := map[string]int{}
	for _, r := range w.sink.Received() {
		have[r.Recipient]++
	}
	var lines []string
	for address, n := range have {
		if n > w.taken[address] {
			lines = append(lines, fmt.Sprintf("%s %d", address, n-w.taken[address]))
			w.taken[address] = n
		}
	}
	slices.Sort(lines)
	out := ts.Stdout() // asked for even if there is nothing to say: it forgets what the last command said
	for _, line := range lines {
		fmt.Fprintln(out, line)
	}
}

func smarthostFaults(args []string) (f mailtest.Faults, err error) {
	switch {
	case len(args) == 1 && args[0] == "up":
	case len(args) == 1 && args[0] == "down":
		f.Storm = true
	case len(args) == 2 && args[0] == "refuse":
		f.Bad, err = regexp.Compile(args[1])
	default:
		err = errors.New("usage: smarthost up|down|refuse PATTERN")
	}
	return f, err
}

// lockedWriter lets the daemon's goroutines and the script share a buffer.
type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}
