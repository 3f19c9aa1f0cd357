package main

import (
	"context"
	"strings"

	"guildpost/mail/list"
	"guildpost/mail/outbound"
	"guildpost/store"
	"guildpost/web"
	"guildpost/web/caldav"
)

// buildWeb makes the server of the web pages, where they are on.
func (d *Daemon) buildWeb() error {
	if d.config.Web.Listen == "" {
		return nil
	}
	handler, err := web.New(web.Options{
		Tickets: tickets{d.list, d.meets, d.news, d.reports}, Feeds: d.meets, Issues: d.news, Healthy: d.healthy, Accepting: d.accepting, PublicURL: strings.TrimRight(d.config.PublicURL, "/"),
		Language: d.config.Language, Help: "guildpost@" + d.config.Domain, Now: d.now, Log: d.log,
	})
	if err != nil {
		return err
	}
	handler.Calendars(caldav.New(caldav.Options{Meets: d.meets, Door: d.door, Log: d.log, Client: handler.Client, Private: handler.Private}))
	d.web = web.NewServer(d.config.Web.Listen, handler, d.log)
	return nil
}

// startWeb serves the pages; they come last, since a ticket may want everything else.
func (d *Daemon) startWeb() error {
	if d.web == nil {
		return nil
	}
	if err := d.web.Start(); err != nil {
		return err
	}
	d.log.Info("listening", "protocol", "HTTP", "address", d.web.Addr())
	return nil
}

func (d *Daemon) stopWeb(ctx context.Context) error {
	if d.web == nil {
		return nil
	}
	return d.web.Stop(ctx)
}

// healthy asks the store for an answer.
func (d *Daemon) healthy(ctx context.Context) error {
	select {
	case <-d.Broken:
		return store.Errorf(store.Temporary, "the disk of the database failed")
	default:
	}
	_, _, err := d.db.SchemaVersion(ctx)
	return err
}

// failed and refused join outbound and list, which do not know each other.
func (d *Daemon) failed(ctx context.Context, f outbound.Failure) {
	d.list.Failed(ctx, list.FailedDelivery{ID: f.Delivery.ID, SubscriptionID: f.Delivery.SubscriptionID, Recipient: f.Delivery.Recipient,
		Reply: f.Reply, Whole: f.Whole})
}

func (d *Daemon) refused(ctx context.Context, dispatch store.Dispatch, reply string) {
	d.list.Refused(ctx, dispatch, reply)
}
