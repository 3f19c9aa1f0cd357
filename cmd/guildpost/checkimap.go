package main

import (
	"context"
	"fmt"
	"strings"

	"guildpost/mail/inbound/imapwatch"
	"guildpost/store"
)

// checkIMAP logs in to each mailbox as the daemon will, and changes nothing there.
func (a *app) checkIMAP(ctx context.Context, c *Config) (found []finding) {
	for _, m := range c.IMAP {
		box := m.mailbox()
		name := "imap " + box.String()
		report, err := imapwatch.Look(ctx, imapwatch.Options{Dial: a.net.dial, TLS: a.net.tls, Now: a.now, Timeout: checkTimeout}, box)
		if err != nil {
			found = append(found, fail(name, "%s", clean(store.Sentence(err)+cause(err))))
			continue
		}
		found = append(found, ok(name, "%s", seen(report)))
		for _, warning := range report.Warnings {
			found = append(found, warn(name, "%s", warning))
		}
	}
	return found
}

// cause is what an error came from, behind its sentence.
func cause(err error) string {
	text := strings.TrimPrefix(err.Error(), store.Sentence(err))
	if text == err.Error() {
		return ""
	}
	return text
}

// seen says what a mailbox is like.
func seen(r imapwatch.Report) string {
	var can []string
	for _, one := range []struct {
		there bool
		name  string
	}{{r.Idle, "IDLE"}, {r.Move, "MOVE"}, {r.UIDPlus, "UIDPLUS"}, {r.Keywords, "keywords"}} {
		if one.there {
			can = append(can, one.name)
		}
	}
	offers := "none of IDLE, MOVE, UIDPLUS, keywords"
	if len(can) > 0 {
		offers = strings.Join(can, ", ")
	}
	secure := "without TLS"
	if r.TLS {
		secure = "with TLS"
	}
	return fmt.Sprintf("%d messages; logged in by %s %s; the server offers %s", r.Messages, r.Login, secure, offers)
}
