package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"guildpost/digest"
	"guildpost/mail"
	"guildpost/store"
)

func (a *app) newsletterPreview() *cobra.Command {
	var out, reader string
	c := &cobra.Command{Use: "preview COP", Short: "Shows the newsletter as it would go out now", Args: arguments(1, 1),
		Long: "Shows the issue that is drafted or, where there is none, what one would be now, as a reader would get it. Nothing is kept.\n" +
			"With --out the message (.eml), its two forms (.html, .txt) and, where Chromium is installed, a picture (.png) are written."}
	c.Flags().StringVar(&out, "out", "", "write files into a `FOLDER` rather than the text to the terminal")
	c.Flags().StringVar(&reader, "for", "", "as the member with an `ADDRESS` gets it (a facilitator, else any member)")
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withNewsletters(c.Context(), args[0], func(db *store.DB, n *digest.Newsletters, community store.Community) error {
			i, _, err := n.Current(c.Context(), community, a.now())
			if err != nil {
				return err
			}
			s, err := previewReader(c.Context(), db, community, reader)
			if err != nil {
				return err
			}
			raw, page, err := n.Preview(c.Context(), community, i, s)
			if err != nil {
				return err
			}
			if out == "" {
				m := mail.Read(raw)
				a.sayLines("Subject: " + m.Subject + "\n\n" + m.Text().All)
				return nil
			}
			return a.writePreview(c.Context(), out, "newsletter", raw, page)
		})
	}
	return c
}

// previewReader is whose copy is shown.
func previewReader(ctx context.Context, db *store.DB, c store.Community, address string) (s store.Subscription, err error) {
	if address != "" {
		if address, err = mail.Canonical(address); err != nil {
			return s, store.Errorf(store.Invalid, "%w", err)
		}
		return db.SubscriptionByAddress(ctx, c.ID, address)
	}
	for _, f := range []store.SubscriptionFilter{{State: store.Active, Role: store.Facilitator, Limit: 1}, {State: store.Active, Limit: 1}} {
		if all, err := db.Subscriptions(ctx, c.ID, f); err != nil || len(all) > 0 {
			return all[0], err
		}
	}
	return s, store.Errorf(store.NotFound, "%s has no members who could read it", c.Address())
}

// writePreview writes a mail and its forms into files that have a name in a folder.
func (a *app) writePreview(ctx context.Context, dir, stem string, raw []byte, page string) error {
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(a.dir, dir)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return store.Errorf(store.Invalid, "the preview cannot be written: %w", err)
	}
	m := mail.Read(raw)
	for _, file := range []struct {
		name string
		data []byte
	}{{stem + ".eml", raw}, {stem + ".html", []byte(page)}, {stem + ".txt", []byte("Subject: " + m.Subject + "\n\n" + m.Text().All + "\n")}} {
		if err := os.WriteFile(filepath.Join(dir, file.name), file.data, 0o600); err != nil {
			return store.Errorf(store.Invalid, "the preview cannot be written: %w", err)
		}
		a.say("%s", filepath.Join(dir, file.name))
	}
	return a.drawPreview(ctx, dir, stem)
}

// browsers are what Chromium is called, here and there.
var browsers = []string{"chromium", "chromium-browser", "google-chrome", "chrome"}

// drawPreview draws a preview where there is something to draw with.
func (a *app) drawPreview(ctx context.Context, dir, stem string) error {
	for _, name := range browsers {
		browser, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		args := []string{"--headless", "--disable-gpu", "--hide-scrollbars", "--window-size=700,2000", "--screenshot=" + filepath.Join(dir, stem+".png"),
			"file://" + filepath.Join(dir, stem+".html")}
		if os.Geteuid() == 0 { // Chromium refuses to run as root otherwise
			args = append([]string{"--no-sandbox"}, args...)
		}
		if text, err := exec.CommandContext(ctx, browser, args...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s cannot draw the preview: %w: %s", name, err, text)
		}
		a.say("%s", filepath.Join(dir, stem+".png"))
		return nil
	}
	a.say("no picture: Chromium is not installed")
	return nil
}
