package main

import (
	"context"
	"os"
	"path/filepath"

	"guildpost/mail/inbound"
	"guildpost/mail/inbound/imapwatch"
	"guildpost/store"
)

// buildWatcher makes the watcher of mailboxes. What it fetches goes the same way as what comes by LMTP; what is a
// community's history goes to the archiver, which is nil where there is none.
func (d *Daemon) buildWatcher(ctx context.Context, receiver inbound.Receiver, archiver imapwatch.Archiver) (err error) {
	o := imapwatch.Options{
		DB: d.db, Receiver: receiver, Archiver: archiver, MaxMessage: d.config.Inbound.MaxMessage,
		Now: d.now, Tell: d.list.Trouble, Log: d.log, Holder: d.holder(),
	}
	if o.Mailboxes, err = mailboxes(ctx, d.db, d.config); err != nil {
		return err
	}
	d.watcher, err = imapwatch.New(o)
	return err
}

// holder names this daemon among those that share a database, and is the same after a restart.
func (d *Daemon) holder() string {
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	data, err := filepath.Abs(d.config.Data)
	if err != nil {
		data = d.config.Data
	}
	return host + ":" + data
}

// mailboxes are those of the configuration, with their communities.
func mailboxes(ctx context.Context, db *store.DB, c *Config) (all []imapwatch.Mailbox, err error) {
	for _, m := range c.IMAP {
		box := m.mailbox()
		if box.Mode == imapwatch.Archive {
			community, err := db.CommunityByName(ctx, m.Community)
			if err != nil {
				return nil, withHint(err, "imap.community is %s; guildpost cop list shows the communities there are", m.Community)
			}
			box.Community = community.ID
		}
		all = append(all, box)
	}
	return all, nil
}
