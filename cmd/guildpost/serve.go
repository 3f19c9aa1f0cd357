package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"time"

	"github.com/spf13/cobra"

	"guildpost/store"
)

// stopTimeout is how long what is under way may take when the daemon ends; systemd kills after 90 s.
const stopTimeout = 30 * time.Second

func (a *app) serveCommand() *cobra.Command {
	c := &cobra.Command{Use: "serve", Short: "Runs the daemon", Args: arguments(0, 0),
		Long: "Runs the daemon in the foreground until SIGINT or SIGTERM. It logs to standard error."}
	c.RunE = func(c *cobra.Command, _ []string) error { return a.serve(c.Context()) }
	return c
}

func (a *app) serve(ctx context.Context) error {
	config, err := a.loadConfig()
	if err != nil {
		return err
	}
	if os.Geteuid() == 0 {
		a.warn("the daemon needs no root: make a user for it and give it the data folder")
	}
	log := newLog(a.stderr, config.Log)
	d, err := newDaemon(ctx, daemonOptions{Config: config, Now: a.now, Resolver: net.DefaultResolver, Log: log})
	if err != nil {
		return err
	}
	if err := d.Start(ctx); err != nil {
		return errors.Join(err, d.Stop(ctx))
	}
	select {
	case <-ctx.Done():
		log.Info("stopping")
	case <-d.Broken:
		err = store.Errorf(store.Temporary, "the disk of the database failed; look at the log, then start guildpost again")
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	return errors.Join(err, d.Stop(stopping))
}

// newLog makes the log that the configuration asks for.
func newLog(w io.Writer, c LogConfig) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.Level}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}
