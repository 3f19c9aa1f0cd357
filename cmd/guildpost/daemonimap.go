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
	if o.Mailboxes, err = d.mailboxes(ctx); err != nil {
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

// mailboxes are those of the configuration, with their communities. One whose community is not there is left out, and told:
// what others bring still comes.
func (d *Daemon) mailboxes(ctx context.Context) (all []imapwatch.Mailbox, err error) {
	for _, m := range d.config.IMAP {
		box := m.mailbox()
		if box.Mode == imapwatch.Archive {
			community, err := d.db.CommunityByName(ctx, m.Community)
			switch store.KindOf(err) {
			case store.NotFound, store.Invalid, store.Conflict:
				if err := d.leaveOut(ctx, box, m.Community, err); err != nil {
					return nil, err
				}
				continue
			}
			if err != nil {
				return nil, err
			}
			box.Community = community.ID
		}
		all = append(all, box)
	}
	return all, nil
}

// leaveOut tells that a mailbox is not watched.
func (d *Daemon) leaveOut(ctx context.Context, box imapwatch.Mailbox, community string, why error) error {
	d.log.Error("a mailbox is left out, since its community is not there; guildpost cop list shows those there are", "mailbox", box.Name,
		"community", community, "error", why)
	return d.list.Trouble(ctx, "imap community "+box.String(), 1, "A mailbox is not watched: "+box.String(),
		"Its imap.community is "+community+": "+store.Sentence(why)+".\nPut the configuration right, and start guildpost again.")
}
