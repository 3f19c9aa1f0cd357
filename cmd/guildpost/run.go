package main

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"os"
	"time"

	"github.com/spf13/cobra"

	"guildpost/mail/list"
	"guildpost/store"
)

// An app is one run of the program: what it was given by the world, so that a test can give it another one.
type app struct {
	dir     string   // the working directory
	environ []string // as os.Environ
	stdin   io.Reader
	stdout  io.Writer
	stderr  io.Writer
	now     func() time.Time
	net     network
	due     []dueRunner // what due --run does, in this order

	configFile string // --config
	config     *Config
}

// A network is what check asks about the outside.
type network struct {
	dial    func(ctx context.Context, network, address string) (net.Conn, error)
	resolve resolver
	text    list.Resolver // of TXT records
	tls     *tls.Config   // for the smarthost; nil trusts what the machine trusts
}

// run is the program: it does what args say and returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	dir, err := os.Getwd()
	if err != nil {
		dir = "."
	}
	a := &app{
		dir: dir, environ: os.Environ(), now: time.Now,
		stdin: stdin, stdout: stdout, stderr: stderr,
		net: network{dial: (&net.Dialer{}).DialContext, resolve: net.DefaultResolver, text: net.DefaultResolver},
	}
	return a.run(ctx, args)
}

func (a *app) run(ctx context.Context, args []string) int {
	root := a.rootCommand()
	if args == nil {
		args = []string{} // cobra would take os.Args
	}
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	return a.report(ctx, err)
}

// Commands are listed in the order in which they are told about. The switch is a global of cobra, so it is set before
// anything runs at once.
func init() { cobra.EnableCommandSorting = false }

func (a *app) rootCommand() *cobra.Command {
	root := group("guildpost", "One daemon for a community of practice: mail, meetings, newsletter",
		a.serveCommand(), a.demoCommand(), a.initCommand(), a.checkCommand(), a.versionCommand(),
		a.copCommand(), a.memberCommand(), a.roleCommand(), a.heldCommand(), a.banCommand(), a.archiveCommand(), a.meetingCommand(), a.newsletterCommand(), a.feedCommand(),
		a.measureCommand(), a.reportCommand(), a.briefCommand(), a.digestCommand(), a.queueCommand(), a.bounceCommand(), a.limitsCommand(), a.dueCommand(), a.journalCommand(), a.undoCommand(), a.ticketCommand(), a.explainCommand(), a.backupCommand(),
		a.exportPersonCommand(), a.eraseCommand(),
	)
	root.Long = "guildpost runs communities of practice by e-mail and calendar.\nStart with: guildpost help start"
	root.SilenceErrors, root.SilenceUsage = true, true
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.SetHelpCommand(a.helpCommand())
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return wrongUse(c, "%v", err) })
	root.PersistentFlags().StringVar(&a.configFile, "config", "", "the configuration `FILE` (else $GUILDPOST_CONFIG, ./guildpost.toml, /etc/guildpost/guildpost.toml)")
	return root
}

// loadConfig reads the configuration, once.
func (a *app) loadConfig() (*Config, error) {
	if a.config != nil {
		return a.config, nil
	}
	c, err := loadConfig(a.configFile, a.dir, a.environ)
	if err != nil {
		return nil, err
	}
	for _, warning := range c.Warnings {
		a.warn("%s", warning)
	}
	a.config = c
	return c, nil
}

// openStore opens the database that the configuration names.
func (a *app) openStore(ctx context.Context) (*store.DB, *Config, error) {
	c, err := a.loadConfig()
	if err != nil {
		return nil, nil, err
	}
	options, err := storeOptions(c)
	if err != nil {
		return nil, nil, err
	}
	db, err := store.Open(ctx, options)
	return db, c, err
}

// storeOptions says which database the configuration names.
func storeOptions(c *Config) (store.Options, error) {
	url, err := c.Database.Value()
	if err != nil {
		return store.Options{}, err
	}
	if err := checkDatabase(url); err != nil {
		return store.Options{}, store.Errorf(store.Invalid, "the database that %s holds %v", c.Database, err)
	}
	return store.Options{Path: c.DatabaseFile(), URL: url}, nil
}

// withStore opens the database for the time of f.
func (a *app) withStore(ctx context.Context, f func(db *store.DB) error) error {
	db, _, err := a.openStore(ctx)
	if err != nil {
		return err
	}
	err = f(db)
	if closing := db.Close(); err == nil {
		err = closing
	}
	return err
}

// withCommunity opens the database and finds the community that a person named.
func (a *app) withCommunity(ctx context.Context, name string, f func(db *store.DB, c store.Community) error) error {
	return a.withStore(ctx, func(db *store.DB) error {
		c, err := db.CommunityByName(ctx, name)
		if err != nil {
			return err
		}
		return f(db, c)
	})
}

// actor is who commands act as in the journal.
func (a *app) actor() store.Actor {
	return store.Actor{Who: "postmaster", Via: "command", At: a.now()}
}
