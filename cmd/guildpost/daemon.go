package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"guildpost/calendar"
	"guildpost/digest"
	"guildpost/mail"
	"guildpost/mail/archive"
	"guildpost/mail/archive/imapd"
	"guildpost/mail/inbound"
	"guildpost/mail/inbound/imapwatch"
	"guildpost/mail/list"
	"guildpost/mail/login"
	"guildpost/mail/outbound"
	"guildpost/mail/route"
	"guildpost/store"
	"guildpost/templates"
	"guildpost/web"
)

// A Daemon is the running service: this is the one place that sees all sides. Make it with newDaemon, Start it, and
// Stop it once.
type Daemon struct {
	config  *Config
	now     func() time.Time
	log     *slog.Logger
	db      *store.DB
	release func() error // of the claim on the database
	list    *list.List
	meets   *calendar.Calendar
	news    *digest.Newsletters
	reports *digest.Reports
	briefs  *digest.Briefs
	digests *digest.Mailer
	inbound *inbound.Server
	watcher *imapwatch.Watcher // of mailboxes on other servers
	worker  *outbound.Worker
	loop    *dueLoop
	keys    *keyWatch
	web     *web.Server   // nil where there are no pages
	door    *login.Door   // for mail and calendar programs
	imapd   *imapd.Server // nil where the archive is not served over IMAP
	dueMu   sync.Mutex
	pruned  time.Time // when finished deliveries were last removed
	// Broken is closed when the database's disk failed: nothing can be promised any more.
	Broken chan struct{}
}

// daemonOptions are what a test or the demo gives instead of the world.
type daemonOptions struct {
	Config   *Config
	Now      func() time.Time
	Resolver list.Resolver
	Log      *slog.Logger
	Archiver imapwatch.Archiver // keeps what comes from mailboxes of mode archive; nil is their communities' archives
}

// newDaemon opens the database and builds all parts; nothing listens or sends yet.
func newDaemon(ctx context.Context, o daemonOptions) (*Daemon, error) {
	d := &Daemon{config: o.Config, now: o.Now, log: o.Log, Broken: make(chan struct{})}
	if err := d.openStore(ctx); err != nil {
		return nil, err
	}
	if err := d.build(ctx, o); err != nil {
		return nil, errors.Join(err, d.closeStore())
	}
	return d, nil
}

func (d *Daemon) openStore(ctx context.Context) (err error) {
	options, err := storeOptions(d.config)
	if err != nil {
		return err
	}
	options.OnBroken = func(err error) {
		d.log.Error("the disk of the database failed; guildpost ends, start it again", "error", err)
		close(d.Broken)
	}
	if err := os.MkdirAll(d.config.Data, 0o700); err != nil {
		return store.Errorf(store.Invalid, "the data folder cannot be made: %w", err)
	}
	if d.db, err = store.Open(ctx, options); err != nil {
		return err
	}
	if d.release, err = d.db.Serve(); err != nil {
		d.db.Close()
	}
	return err
}

func (d *Daemon) closeStore() error {
	return errors.Join(d.db.Close(), d.release())
}

func (d *Daemon) build(ctx context.Context, o daemonOptions) error {
	keys, err := newKeyWatch(ctx, d)
	if err != nil {
		return err
	}
	d.keys = keys
	d.list = &list.List{
		DB: d.db, Keys: keys.ring, Policy: list.NewDMARC(o.Resolver, d.now), Log: d.log, Now: d.now,
		Hostname: d.config.Domain, MaxMessage: d.config.Inbound.MaxMessage, Random: rand.Reader,
		Language: d.config.Language, Timezone: d.config.Timezone, Postmaster: d.config.Postmaster, SharedCopies: d.config.Outbound.RecipientsPerMessage > 1,
		AuthServID: d.config.Inbound.AuthServID, ArchiveOverIMAP: d.config.Web.IMAPListen != "",
		Searcher: listSearcher{archive.Searcher{DB: d.db}},
	}
	if d.config.Web.Listen != "" {
		d.list.PublicURL = d.config.PublicURL
	}
	d.meets, d.digests = calendarOf(d.list), digestsOf(d.list, d.config.Timezone)
	d.news = newslettersOf(d.list, d.config.Timezone)
	d.reports = digest.NewReports(d.news)
	d.briefs = digest.NewBriefs(d.news)
	d.list.Coming = d.meets.Coming
	d.list.Feeds = d.meets
	if err := d.buildOutbound(); err != nil {
		return err
	}
	d.list.Wake, d.meets.Wake, d.digests.Wake, d.news.Wake = d.worker.Wake, d.worker.Wake, d.worker.Wake, d.worker.Wake
	d.loop = newDueLoop(d)
	if d.door, err = login.New(d.db, d.now); err != nil {
		return err
	}
	if err := d.buildWeb(); err != nil {
		return err
	}
	if err := d.buildIMAP(); err != nil {
		return err
	}
	if o.Archiver == nil {
		o.Archiver = &filer{archive.Importer{DB: d.db, Now: d.now}}
	}
	return d.buildInbound(ctx, o.Archiver)
}

// newCourier makes the courier to the smarthost of a configuration; dial may be nil.
func newCourier(c *Config, log *slog.Logger, dial func(ctx context.Context, network, address string) (net.Conn, error)) (*outbound.SMTP, error) {
	password, err := c.Outbound.Password.Value()
	if err != nil {
		return nil, err
	}
	return outbound.NewSMTP(outbound.SMTPOptions{
		Smarthost: c.Outbound.Smarthost, Hello: c.Domain, TLS: outbound.TLSMode(c.Outbound.TLS),
		Username: c.Outbound.Username, Password: password, Log: log, Dial: dial,
	}), nil
}

// buildOutbound makes the delivery worker with the courier to the smarthost.
func (d *Daemon) buildOutbound() error {
	o := d.config.Outbound
	courier, err := newCourier(d.config, d.log, nil)
	if err != nil {
		return err
	}
	d.worker = outbound.New(outbound.Options{
		Queue: d.db, Courier: courier, Composer: composer{d.list, o.RecipientsPerMessage > 1},
		Connections: o.Connections, RecipientsPerMessage: o.RecipientsPerMessage, Now: d.now, Log: d.log,
		Failed: d.failed, Refused: d.refused,
	})
	return nil
}

// composer joins list and outbound, which do not know each other.
type composer struct {
	list   *list.List
	shared bool
}

// Compose implements outbound.Composer.
func (c composer) Compose(ctx context.Context, d store.Dispatch) (*outbound.Copy, error) {
	shared := c.shared && d.Kind == store.DispatchPost
	made, err := c.list.Compose(ctx, d, shared)
	if err != nil {
		return nil, err
	}
	out := &outbound.Copy{
		Rest:     mail.DotStuff(make([]byte, 0, len(made.Message)+64), made.Message),
		EightBit: made.EightBit, SMTPUTF8: made.SMTPUTF8, Shared: shared,
		Sender: func(dst []byte, to *store.Delivery) []byte { return made.Sender(dst, to.SubscriptionID, to.ID) },
		Rest7: func() ([]byte, error) {
			message, _, err := mail.Downgrade8bit(made.Message)
			return mail.DotStuff(nil, message), err
		},
	}
	if made.Head != nil {
		out.Head = func(dst []byte, to *store.Delivery) []byte { return made.Head(dst, to.SubscriptionID) }
	}
	return out, nil
}

func (d *Daemon) buildInbound(ctx context.Context, archiver imapwatch.Archiver) (err error) {
	router := &route.Router{DB: d.db, Log: d.log, Domain: d.config.Domain, Accepting: d.accepting, Returned: d.returned}
	d.handle(router)
	in := d.config.Inbound
	options := inbound.Options{
		Hostname: d.config.Domain, LMTPAddr: in.LMTP, SMTPAddr: in.SMTP, MaxMessage: in.MaxMessage,
		Now: d.now, Logger: d.log, RequireTLS: true,
	}
	if options.TLS, err = d.tls(); err != nil {
		return err
	}
	if d.inbound, err = inbound.New(options, router); err != nil {
		return err
	}
	return d.buildWatcher(ctx, router, archiver)
}

// tls is the TLS of all listeners, nil where there is no certificate.
func (d *Daemon) tls() (*tls.Config, error) {
	in := d.config.Inbound
	if in.TLSCert == "" {
		return nil, nil
	}
	certificate, err := tls.LoadX509KeyPair(in.TLSCert, in.TLSKey)
	if err != nil {
		return nil, store.Errorf(store.Invalid, "the TLS certificate cannot be used: %w", err)
	}
	return &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}, nil
}

// returned joins route and list, which do not know each other.
func (d *Daemon) returned(ctx context.Context, env mail.Envelope, m *mail.Message, refused []route.Refusal) error {
	failures := make([]templates.Failure, len(refused))
	for i, r := range refused {
		failures[i] = templates.Failure{Recipient: r.Recipient, Reason: store.Sentence(r.Err)}
	}
	return d.list.NotDelivered(ctx, env, m, failures)
}

// reserve is how much of the disk stays free: mail is put off while there is less.
const reserve = 20_000_000

// accepting says no while the disk is nearly full: what is taken must be kept.
func (d *Daemon) accepting(context.Context) error {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(filepath.Clean(d.config.Data), &fs); err != nil {
		return store.Errorf(store.Temporary, "the data folder cannot be reached: %w", err)
	}
	if free := fs.Bavail * uint64(fs.Bsize); free < reserve {
		return store.Errorf(store.Temporary, "the disk is full, try again later")
	}
	return nil
}

// Start listens, and begins to deliver.
func (d *Daemon) Start(ctx context.Context) error {
	if err := d.worker.Start(ctx); err != nil {
		return err
	}
	d.loop.start()
	d.keys.start()
	if err := d.inbound.Start(); err != nil {
		return err
	}
	for _, kind := range []string{"lmtp", "smtp"} {
		if addr := d.inbound.Addr(kind); addr != "" {
			d.log.Info("listening", "protocol", strings.ToUpper(kind), "address", addr)
		}
	}
	if err := errors.Join(d.watcher.Start(), d.startIMAP()); err != nil {
		return err
	}
	return d.startWeb()
}

// Stop takes no new mail, lets sessions and deliveries under way end, and closes the store last. When ctx ends
// first, what still runs is cut; what was promised is kept either way.
func (d *Daemon) Stop(ctx context.Context) error {
	err := errors.Join(d.stopWeb(ctx), d.stopIMAP(ctx), d.watcher.Stop(ctx), d.inbound.Stop(ctx), d.loop.stop(), d.keys.stop(), d.worker.Stop(ctx))
	return errors.Join(err, d.closeStore())
}
