package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/rogpeppe/go-internal/testscript"
)

// A mailboxServer is an IMAP server in this process with the mailbox of a script: user lists, password secret.
type mailboxServer struct {
	user   *imapmemserver.User
	server *imapserver.Server
	addr   string
}

// A toldSession tells in IDLE also of what came just before, as real servers do; the library's own forgets that.
type toldSession struct{ *imapmemserver.UserSession }

func (s toldSession) Idle(w *imapserver.UpdateWriter, stop <-chan struct{}) error {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if err := s.Poll(w, true); err != nil {
				return err
			}
		case <-stop:
			return nil
		}
	}
}

func startMailboxServer() (*mailboxServer, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	m := &mailboxServer{user: imapmemserver.NewUser("lists", "secret"), addr: l.Addr().String()}
	if err := m.user.Create("INBOX", nil); err != nil {
		return nil, err
	}
	m.server = imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return toldSession{imapmemserver.NewUserSession(m.user)}, nil, nil
		},
		Caps:         imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapUIDPlus: {}, imap.CapMove: {}},
		InsecureAuth: true, Logger: log.New(io.Discard, "", 0),
	})
	go m.server.Serve(l)
	return m, nil
}

func (m *mailboxServer) append(raw string, at time.Time) error { return m.put("INBOX", raw, at) }

func (m *mailboxServer) put(name, raw string, at time.Time) error {
	if _, err := m.user.Status(name, &imap.StatusOptions{}); err != nil {
		if err := m.user.Create(name, nil); err != nil {
			return err
		}
	}
	raw = strings.ReplaceAll(strings.ReplaceAll(raw, "\r\n", "\n"), "\n", "\r\n")
	_, err := m.user.Append(name, bytes.NewReader([]byte(raw)), &imap.AppendOptions{Time: at})
	return err
}

// imap start|append FILE|put MAILBOX FILE TIME|list MAILBOX. start starts the server of a mailbox and puts
// its address into guildpost.toml in place of IMAPSERVER, and into the variable of that name; what is sent to the daemon goes
// through the mailbox from then on. append puts a message into it, and returns when the daemon is done with it. put puts one
// into any mailbox, which is made where it is missing, as of a time. list prints what is in a mailbox: subject and flags, a
// line each.
func cmdIMAP(ts *testscript.TestScript, neg bool, args []string) {
	w := worldOf(ts)
	switch {
	case !neg && len(args) == 1 && args[0] == "start":
		ts.Check(w.startIMAP(ts))
	case !neg && len(args) == 2 && args[0] == "append":
		ts.Check(w.mail(ts).throughMailbox(ts.ReadFile(args[1])))
	case !neg && len(args) == 4 && args[0] == "put":
		at, err := time.Parse(time.RFC3339, args[3])
		ts.Check(err)
		ts.Check(w.imap.put(args[1], ts.ReadFile(args[2]), at))
	case !neg && len(args) == 2 && args[0] == "list":
		ts.Check(w.imap.list(ts.Stdout(), args[1]))
	default:
		ts.Fatalf("usage: imap start | imap append FILE | imap put MAILBOX FILE TIME | imap list MAILBOX")
	}
}

func (w *world) startIMAP(ts *testscript.TestScript) (err error) {
	if w.imap, err = startMailboxServer(); err != nil {
		return err
	}
	ts.Defer(func() { w.imap.server.Close() })
	ts.Setenv("IMAPSERVER", w.imap.addr)
	config := strings.ReplaceAll(ts.ReadFile("guildpost.toml"), "IMAPSERVER", w.imap.addr)
	return os.WriteFile(ts.MkAbs("guildpost.toml"), []byte(config), 0o600)
}

// throughMailbox puts a message into the mailbox and waits until the daemon is done with it.
func (m *mailWorld) throughMailbox(raw string) error {
	done := func() (messages, working int64) {
		s := m.daemon.watcher.Stats()
		return s.Handled + s.Left + s.Retried + s.Problems, s.Working
	}
	before, _ := done()
	if err := m.world.imap.append(raw, m.world.clock()); err != nil {
		return err
	}
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); <-tick.C {
		// It counts within a pass, and what is done about it comes before that ends.
		if after, _ := done(); after > before {
			if _, working := done(); working == 0 {
				return nil
			}
		}
	}
	return fmt.Errorf("the message was not fetched\n%s", m.log)
}

// deliverToMailbox is what a provider does with mail for a catch-all: it writes down the envelope and puts it there.
func (m *mailWorld) deliverToMailbox(from string, to []string, text string) error {
	for _, one := range to {
		if err := m.throughMailbox("Return-Path: <" + from + ">\nDelivered-To: " + one + "\n" + text); err != nil {
			return err
		}
	}
	return nil
}

// open selects a mailbox as another client.
func (m *mailboxServer) open(name string) (*imapclient.Client, error) {
	c, err := imapclient.DialInsecure(m.addr, nil)
	if err != nil {
		return nil, err
	}
	if err = c.Login("lists", "secret").Wait(); err == nil {
		_, err = c.Select(name, nil).Wait()
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// remove removes the first message of a mailbox.
func (m *mailboxServer) remove(name string) error {
	c, err := m.open(name)
	if err != nil {
		return err
	}
	defer c.Close()
	deleted := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}
	if err := c.Store(imap.SeqSetNum(1), deleted, nil).Close(); err != nil {
		return err
	}
	return c.Expunge().Close()
}

func (m *mailboxServer) list(out io.Writer, name string) error {
	c, err := m.open(name)
	if err != nil {
		return err
	}
	defer c.Close()
	all, err := c.Fetch(imap.UIDSet{{Start: 1, Stop: 0}}, &imap.FetchOptions{UID: true, Flags: true, Envelope: true}).Collect()
	for _, message := range all {
		fmt.Fprintln(out, strings.TrimSpace(fmt.Sprint(message.Envelope.Subject, " ", message.Flags)))
	}
	return err
}

// dial reaches the script's own mailbox and its smarthost, and nothing else.
func (w *world) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if w.mails != nil && w.mails.sink != nil && address == "127.0.0.1:25" {
		return (&net.Dialer{}).DialContext(ctx, network, w.mails.sink.Addr())
	}
	if w.imap == nil || address != w.imap.addr {
		return noDial(ctx, network, address)
	}
	return (&net.Dialer{}).DialContext(ctx, network, address)
}
