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

// An act is one part of the play. Every feature adds its own.
type act struct {
	title string
	play  func(ctx context.Context, s *stage) error
}

var acts = []act{
	{"A conversation", playConversation},
}

func (a *app) demoCommand() *cobra.Command {
	var once bool
	var data string
	c := &cobra.Command{Use: "demo", Short: "Shows it all at work, without configuration or network", Args: arguments(0, 0),
		Long: "Starts the daemon with a smarthost that records, lets a community of 12 use it through its real ports, and says\n" +
			"what happens. Then it stays up with addresses and ports to try, until Ctrl-C. Nothing leaves this machine."}
	c.Flags().BoolVar(&once, "once", false, "end by itself; exit 0 only if every expected copy arrived once")
	c.Flags().StringVar(&data, "data", "", "keep what it makes in `DIR` (else in a temporary folder that is removed)")
	c.RunE = func(c *cobra.Command, _ []string) error { return a.demo(c.Context(), data, once) }
	return c
}

func (a *app) demo(ctx context.Context, data string, once bool) (err error) {
	if data == "" {
		if data, err = os.MkdirTemp("", "guildpost-demo-"); err != nil {
			return err
		}
		defer os.RemoveAll(data)
	}
	s, err := a.openStage(ctx, absolute(data, a.dir))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	for n, act := range acts {
		fmt.Fprintf(a.stdout, "\nAct %d. %s\n\n", n+1, act.title)
		if err := act.play(ctx, s); err != nil {
			return err
		}
	}
	if err := s.summary(); err != nil || once {
		return err
	}
	return s.stay(ctx)
}

// openStage starts a daemon of its own and subscribes the cast.
func (a *app) openStage(ctx context.Context, data string) (*stage, error) {
	sink, err := mailtest.Start(mailtest.Options{Keep: mailtest.KeepData, Lint: true})
	if err != nil {
		return nil, err
	}
	s := &stage{app: a, data: data, sink: sink, expected: map[copyKey]bool{}}
	config, err := a.demoConfig(data, sink.Addr())
	if err == nil {
		s.daemon, err = newDaemon(ctx, daemonOptions{
			Config: config, Now: a.now, Resolver: demoResolver{}, Log: slog.New(slog.DiscardHandler),
		})
	}
	if err == nil {
		err = s.daemon.Start(ctx)
	}
	if err == nil {
		err = s.raise(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// demoConfig writes the configuration as a postmaster would, so that all other commands work on the demo too.
func (a *app) demoConfig(data, smarthost string) (*Config, error) {
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
`, demoDomain, freePort(2525), freePort(2424), smarthost, freePort(8080))
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

// raise makes the community and its members.
func (s *stage) raise(ctx context.Context) error {
	by := store.Actor{Who: "postmaster", Via: "demo", At: s.app.now()}
	c, err := s.daemon.db.CreateCommunity(ctx, by, store.Community{Name: "rust-guild", Domain: demoDomain, Title: "Rust Guild"})
	if store.KindOf(err) == store.Conflict {
		return store.Errorf(store.Conflict, "%s holds an earlier demo; name an empty folder", s.data)
	}
	if err != nil {
		return err
	}
	s.community = c
	for _, p := range cast {
		m := store.NewMember{Address: p.address, Name: p.name, Delivery: store.DeliveryMode(p.mode)}
		if p == ada {
			m.Roles = []store.Role{store.Facilitator}
		}
		subscription, _, err := s.daemon.db.AddMember(ctx, by, c.ID, m)
		if err != nil {
			return err
		}
		if !p.own {
			subscription.OwnCopies = false
			if err := s.daemon.db.UpdateSubscription(ctx, by, subscription); err != nil {
				return err
			}
		}
	}
	s.say("%s <%s> has %d members; %s is its facilitator.", c.Title, c.Address(), len(cast), ada.name)
	return nil
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
