package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"guildpost/mail/mailtest"
	"guildpost/store"
)

const demoDomain = "lists.example.org"

// An act is one part of the play, in a file of its own. Every feature adds its own: an act says what happens, and fails
// where that did not happen. What it makes go out it expects (stage.post, stage.hear), since a copy that nobody expected
// is a failure as well.
type act struct {
	title string
	play  func(ctx context.Context, s *stage) error
}

func acts() []act {
	return []act{
		{"A conversation", playConversation},
		{"Running the list by mail", playRunning},
		{"A meeting, across a change of the clocks", playMeeting},
		{"Three years of an older list", playArchive},
	}
}

func (a *app) demoCommand() *cobra.Command {
	var once bool
	var data string
	c := &cobra.Command{Use: "demo", Short: "Shows it all at work, without configuration or network", Args: arguments(0, 0),
		Long: "Starts the daemon with a smarthost that records, lets a community of 12 use it through its real ports, and says\n" +
			"what happens. Its clock begins before Europe's clocks changed the last time, so that what takes days can be shown. Then it\n" +
			"stays up with addresses and ports to try, until Ctrl-C. Nothing leaves this machine."}
	c.Flags().BoolVar(&once, "once", false, "end by itself; exit 0 only if all went as it says and every expected copy arrived once")
	c.Flags().StringVar(&data, "data", "", "keep what it makes in `DIR` (else in a temporary folder that is removed)")
	c.RunE = func(c *cobra.Command, _ []string) error { return a.demo(c.Context(), acts(), data, once) }
	return c
}

func (a *app) demo(ctx context.Context, acts []act, data string, once bool) (err error) {
	if data == "" {
		if data, err = os.MkdirTemp("", "guildpost-demo-"); err != nil {
			return err
		}
		defer os.RemoveAll(data)
	}
	s, err := a.openStage(ctx, absolute(data, a.dir), once)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.raise(ctx); err != nil {
		return err
	}
	for n, act := range acts {
		fmt.Fprintf(a.stdout, "\nAct %d. %s\n\n", n+1, act.title)
		if err := act.play(ctx, s); err != nil {
			return store.Errorf(store.Internal, "act %d, %s: %w", n+1, act.title, err)
		}
	}
	if err := s.summary(ctx); err != nil || once {
		return err
	}
	return s.stay(ctx)
}

// openStage starts a daemon of its own, whose clock shows when the play begins. Its ports are those that people can remember,
// unless it ends by itself.
func (a *app) openStage(ctx context.Context, data string, once bool) (*stage, error) {
	sink, err := mailtest.Start(mailtest.Options{Keep: mailtest.KeepData, Lint: true})
	if err != nil {
		return nil, err
	}
	s := &stage{app: a, changed: lastChange(a.now(), playedAfter), data: data, sink: sink, expected: map[copyKey]bool{}}
	s.shift = s.at(-playedBefore, 9).Sub(a.now())
	port := freePort
	if once {
		port = func(int) string { return "127.0.0.1:0" }
	}
	config, err := a.demoConfig(data, sink.Addr(), port)
	if err == nil {
		s.daemon, err = newDaemon(ctx, daemonOptions{
			Config: config, Now: s.now, Resolver: demoResolver{}, Log: slog.New(slog.DiscardHandler),
		})
	}
	if err == nil {
		err = s.daemon.Start(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// demoConfig writes the configuration as a postmaster would, so that all other commands work on the demo too.
func (a *app) demoConfig(data, smarthost string, port func(int) string) (*Config, error) {
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, err
	}
	file := filepath.Join(data, "guildpost.toml")
	text := fmt.Sprintf(`# Written by guildpost demo.
domain = %q
data   = "data"

[inbound]
smtp = %q
lmtp = %q

[outbound]
smarthost   = %q
tls         = "none"
connections = 4

[web]
listen = %q
`, demoDomain, port(2525), port(2424), smarthost, port(8080))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return nil, err
	}
	return loadConfig(file, data, nil)
}

// freePort is a port that people can remember, or any where that one is taken.
func freePort(port int) string {
	address := fmt.Sprintf("127.0.0.1:%d", port)
	l, err := net.Listen("tcp", address)
	if err != nil {
		return "127.0.0.1:0"
	}
	l.Close()
	return address
}

// demoResolver is the demo's DNS: strict.example asks receivers to refuse mail that others send in its name.
type demoResolver struct{}

func (demoResolver) LookupTXT(_ context.Context, name string) ([]string, error) {
	if name == "_dmarc.strict.example" {
		return []string{"v=DMARC1; p=reject"}, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

// stay keeps the daemon up and tells who gets what, until ctx ends.
func (s *stage) stay(ctx context.Context) error {
	smtp, lmtp := s.daemon.inbound.Addr("smtp"), s.daemon.inbound.Addr("lmtp")
	fmt.Fprintf(s.app.stdout, `
It stays up until Ctrl-C. Nothing leaves this machine. To try:

  SMTP %s, LMTP %s
  write:      swaks --server %s --from %s --to %s --header 'Subject: Hello'
  read:       mutt -f %s
  look:       guildpost --config %s member list rust-guild

`, smtp, lmtp, smtp, ada.address, s.community.Address(), filepath.Join(s.data, "mailboxes", "ben"),
		filepath.Join(s.data, "guildpost.toml"))
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			fresh, err := s.deliver()
			if err != nil {
				return err
			}
			for _, m := range fresh {
				s.say("%s gets %q", m.Recipient, headerOf(m.Data, "Subject"))
			}
		}
	}
}
