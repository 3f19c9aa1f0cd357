package main

import (
	"context"
	"net"

	"guildpost/mail/archive/imapd"
)

// buildIMAP makes the server of the archive over IMAP, where it is on.
func (d *Daemon) buildIMAP() error {
	if d.config.Web.IMAPListen == "" {
		return nil
	}
	config, err := d.tls()
	if err != nil {
		return err
	}
	d.imapd, err = imapd.New(imapd.Options{DB: d.db, Door: d.door, Addr: d.config.Web.IMAPListen, Domain: d.config.Domain, TLS: config,
		Implicit: config != nil && d.config.implicitIMAP(), Now: d.now, Log: d.log})
	return err
}

// implicitIMAP says whether TLS begins with the connection: that is what port 993 is for (RFC 8314).
func (c *Config) implicitIMAP() bool {
	_, port, _ := net.SplitHostPort(c.Web.IMAPListen)
	return c.Web.IMAPTLS == "implicit" || c.Web.IMAPTLS == "auto" && port == "993"
}

func (d *Daemon) startIMAP() error {
	if d.imapd == nil {
		return nil
	}
	if err := d.imapd.Start(); err != nil {
		return err
	}
	d.log.Info("listening", "protocol", "IMAP", "address", d.imapd.Addr())
	return nil
}

func (d *Daemon) stopIMAP(ctx context.Context) error {
	if d.imapd == nil {
		return nil
	}
	return d.imapd.Stop(ctx)
}
